//! Whatever happens in whichever order, a new round loses nothing: open and unresolved questions come along with their
//! votes, conditions stay, and everything earlier stays readable.

use crate::outcome::{act, proposal, review};
use crate::site::{Person, Site, everywhere};
use hardwon_core::Role;
use hardwon_core::decisions::{self, ConditionForm, DecisionForm};
use hardwon_core::id::ReviewId;
use hardwon_core::page::Page;
use hardwon_core::questions::{self, Ending, Filter, Naming, QuestionState, Show, Sort, Vote};
use hardwon_core::reviews::{self, Outcome, rounds};
use hardwon_core::stances::conditions::{self, ConditionState};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

#[derive(Debug, Clone)]
enum Step {
    Ask,
    VoteFor(usize),
    Answer(usize),
    FollowUp(usize),
    GiveUp(usize),
    MeetCondition(usize),
    NextRound(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Ask),
        2 => (0_usize..20).prop_map(Step::VoteFor),
        1 => (0_usize..20).prop_map(Step::Answer),
        1 => (0_usize..20).prop_map(Step::FollowUp),
        1 => (0_usize..20).prop_map(Step::GiveUp),
        1 => (0_usize..20).prop_map(Step::MeetCondition),
        2 => (0_usize..3).prop_map(Step::NextRound),
    ]
}

/// What a question should be like now.
#[derive(Debug, Clone)]
struct Expected {
    body: String,
    state: QuestionState,
    voted: bool,
}

#[test]
fn no_sequence_of_rounds_loses_anything() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let mut runner = TestRunner::new(Config {
            cases: 8,
            failure_persistence: None,
            ..Config::default()
        });
        let plans: Vec<Vec<Step>> = (0..8)
            .map(|_| {
                use proptest::strategy::ValueTree as _;
                prop::collection::vec(step(), 1..24)
                    .new_tree(&mut runner)
                    .unwrap()
                    .current()
            })
            .collect();
        for (number, plan) in (1..).zip(plans) {
            proposal(&site, &ada, "Rounds", &[]).await;
            let id = review(&site, &ada, number).await;
            go(&site, &ada, id, &plan).await;
        }
    });
}

async fn go(site: &Site, ada: &Person, id: ReviewId, plan: &[Step]) {
    // The standard prompts are there from the beginning.
    let mut expected: Vec<Expected> = act(site, ada, move |ctx, tx| {
        let all = Filter {
            sort: Sort::New,
            show: Show::All,
            round: None,
        };
        Ok(questions::list(ctx, tx, id, &all, &Page::default())?.items)
    })
    .await
    .into_iter()
    .map(|question| Expected {
        body: question.body,
        state: question.state,
        voted: false,
    })
    .collect();
    let (mut round, mut raised, mut met) = (1, 0_usize, 0_usize);
    let mut asked = 0_usize;
    let person = ada.id;
    for (at, step) in plan.iter().enumerate() {
        site.clock.advance(1_000);
        let choose = |wanted: usize, among: &[QuestionState]| {
            let fit: Vec<usize> = (0..expected.len())
                .filter(|&place| among.contains(&expected[place].state))
                .collect();
            (!fit.is_empty()).then(|| fit[wanted % fit.len()])
        };
        let open = [QuestionState::Open];
        match step {
            Step::Ask => {
                asked += 1;
                let body = format!("Question {asked}?");
                let words = body.clone();
                act(site, ada, move |ctx, tx| {
                    questions::ask(ctx, tx, id, &words, Naming::Unnamed)
                })
                .await;
                expected.push(Expected {
                    body,
                    state: QuestionState::Open,
                    voted: false,
                });
            }
            Step::VoteFor(wanted) => {
                if let Some(place) = choose(*wanted, &open) {
                    let body = expected[place].body.clone();
                    act(site, ada, move |ctx, tx| {
                        let question = find(ctx, tx, id, round, &body)?;
                        questions::vote(ctx, tx, question, Vote::For)
                    })
                    .await;
                    expected[place].voted = true;
                }
            }
            Step::Answer(wanted) | Step::FollowUp(wanted) | Step::GiveUp(wanted) => {
                if let Some(place) = choose(*wanted, &open) {
                    let body = expected[place].body.clone();
                    let (ending, state) = match step {
                        Step::Answer(_) => (
                            Ending::Answered {
                                answer: "So.".to_owned(),
                                by: None,
                            },
                            QuestionState::Answered,
                        ),
                        Step::FollowUp(_) => (
                            Ending::FollowedUp {
                                owner: person,
                                note: String::new(),
                            },
                            QuestionState::FollowedUp,
                        ),
                        _ => (
                            Ending::Unresolved {
                                note: String::new(),
                            },
                            QuestionState::Unresolved,
                        ),
                    };
                    act(site, ada, move |ctx, tx| {
                        let question = find(ctx, tx, id, round, &body)?;
                        questions::end(ctx, tx, question, &ending)
                    })
                    .await;
                    expected[place].state = state;
                }
            }
            Step::MeetCondition(wanted) => {
                let wanted = *wanted;
                met += act(site, ada, move |ctx, tx| {
                    let open: Vec<_> = conditions::list(ctx, tx, id, &Page::default())?
                        .items
                        .into_iter()
                        .filter(|one| one.state == ConditionState::Open)
                        .collect();
                    if open.is_empty() {
                        return Ok(0);
                    }
                    conditions::meet(ctx, tx, open[wanted % open.len()].id, "")?;
                    Ok(1)
                })
                .await;
            }
            Step::NextRound(count) => {
                let form = DecisionForm {
                    outcome: Outcome::MoreInformation,
                    stop_reason: None,
                    stop_words: String::new(),
                    overlaps: None,
                    reason: format!("Step {at}"),
                    conditions: (0..*count)
                        .map(|_| ConditionForm {
                            body: "Find out".to_owned(),
                            owner: None,
                        })
                        .collect(),
                    dissent: Vec::new(),
                    look_again_on: None,
                    come_back_when: String::new(),
                    supersedes: Vec::new(),
                };
                act(site, ada, move |ctx, tx| {
                    decisions::record(ctx, tx, id, &form)
                })
                .await;
                round += 1;
                raised += count;
                // What was answered, or is followed up, stays in its round; the rest begins anew as open.
                expected.retain(|one| {
                    matches!(one.state, QuestionState::Open | QuestionState::Unresolved)
                });
                for one in &mut expected {
                    one.state = QuestionState::Open;
                }
            }
        }
        let (here, all, left, review, open, decided, held) = act(site, ada, move |ctx, tx| {
            let list = |ctx: &_, tx: &mut _, round| {
                let filter = Filter {
                    sort: Sort::New,
                    show: Show::All,
                    round,
                };
                let page = Page {
                    limit: 200,
                    after: None,
                };
                Ok::<_, hardwon_core::Error>(questions::list(ctx, tx, id, &filter, &page)?.items)
            };
            let conditions = conditions::list(ctx, tx, id, &Page::default())?.items;
            Ok((
                list(ctx, tx, Some(round))?,
                list(ctx, tx, None)?,
                questions::left(ctx, tx, id)?.len(),
                reviews::load(tx, id)?,
                conditions
                    .iter()
                    .filter(|one| one.state == ConditionState::Open)
                    .count(),
                decisions::of_review(ctx, tx, id)?.len(),
                rounds::rounds(tx, id)?.len(),
            ))
        })
        .await;
        let said = |text: &str| format!("{text}, after step {at} of {plan:?}");
        assert_eq!(
            here.len(),
            expected.len(),
            "{}",
            said("questions of the round")
        );
        for one in &expected {
            let found = here.iter().find(|question| question.body == one.body);
            let found = found.unwrap_or_else(|| panic!("{} is lost, {}", one.body, said("")));
            assert_eq!(found.state, one.state, "{}", said(&one.body));
            assert_eq!(found.up, i64::from(one.voted), "{}", said("its votes"));
        }
        for number in 1..=asked {
            let body = format!("Question {number}?");
            assert!(
                all.iter().any(|one| one.body == body),
                "{}",
                said("earlier rounds")
            );
        }
        let open_questions = expected
            .iter()
            .filter(|one| one.state == QuestionState::Open)
            .count();
        assert_eq!(
            review.open_questions,
            i64::try_from(open_questions).unwrap(),
            "{}",
            said("counter")
        );
        assert!(left >= open_questions, "{}", said("what is left"));
        assert_eq!(open, raised - met, "{}", said("open conditions"));
        assert_eq!(
            (review.round, held),
            (round, usize::try_from(round).unwrap()),
            "{}",
            said("rounds")
        );
        assert_eq!(decided + 1, held, "{}", said("decisions"));
    }
}

fn find(
    ctx: &hardwon_core::Ctx,
    tx: &mut hardwon_core::Tx<'_>,
    review: ReviewId,
    round: i64,
    body: &str,
) -> Result<hardwon_core::id::QuestionId, hardwon_core::Error> {
    let filter = Filter {
        sort: Sort::New,
        show: Show::All,
        round: Some(round),
    };
    let page = Page {
        limit: 200,
        after: None,
    };
    let found = questions::list(ctx, tx, review, &filter, &page)?;
    Ok(found.items.iter().find(|one| one.body == body).unwrap().id)
}
