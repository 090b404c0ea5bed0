use super::steps::{Direction, direction, first, states};
use super::{ReviewKind, State};
use proptest::prelude::*;

fn kind() -> impl Strategy<Value = ReviewKind> {
    proptest::sample::select(ReviewKind::ALL)
}

fn walk() -> impl Strategy<Value = Vec<State>> {
    proptest::collection::vec(proptest::sample::select(State::ALL), 0..40)
}

proptest! {
    /// Whatever is asked for in whatever order, a review is always in a state of its kind, a step forward and the step
    /// back undo each other, and only asking for the present state or a foreign one is refused.
    #[test]
    fn a_life_cycle_never_leaves_its_states(kind in kind(), walk in walk()) {
        let own = states(kind);
        let mut here = first(kind);
        prop_assert_eq!(here, own[0]);
        for wanted in walk {
            let place = |state: State| own.iter().position(|&one| one == state);
            match direction(kind, here, wanted) {
                Ok(Direction::Forward) => {
                    prop_assert!(place(wanted) > place(here));
                    prop_assert_eq!(direction(kind, wanted, here).unwrap(), Direction::Back);
                    here = wanted;
                }
                Ok(Direction::Back) => {
                    prop_assert!(place(wanted) < place(here));
                    prop_assert_eq!(direction(kind, wanted, here).unwrap(), Direction::Forward);
                    here = wanted;
                }
                Err(_) => prop_assert!(wanted == here || place(wanted).is_none()),
            }
            prop_assert!(own.contains(&here));
        }
    }
}

#[test]
fn every_kind_ends_closed_and_has_each_state_once() {
    for &kind in ReviewKind::ALL {
        let own = states(kind);
        assert_eq!(own.last(), Some(&State::Closed), "{kind}");
        let mut once = own.to_vec();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), own.len(), "{kind}");
    }
}
