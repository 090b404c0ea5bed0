//! How questions are ranked, and which one somebody is shown first.

use crate::id::{PersonId, QuestionId};

/// The normal quantile of a two-sided 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

/// The lower bound of the share of votes that are for a question, at 95 % confidence; 0 where nobody voted.
///
/// E. B. Wilson, “Probable inference, the law of succession, and statistical inference”, Journal of the American
/// Statistical Association 22 (1927), 209–212; for ranking: E. Miller, “How Not To Sort By Average Rating” (2009).
/// Three of three is worth less than thirty of thirty-two, which neither the difference nor the average says.
pub fn lower_bound(up: i64, down: i64) -> f64 {
    interval(up, down).map_or(0.0, |(low, _)| low)
}

/// How little is known of a question: the width of that interval, and 1 where nobody voted.
fn uncertainty(up: i64, down: i64) -> f64 {
    interval(up, down).map_or(1.0, |(low, high)| high - low)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no organisation has 2^53 voters"
)]
fn interval(up: i64, down: i64) -> Option<(f64, f64)> {
    let n = (up + down) as f64;
    if n <= 0.0 {
        return None;
    }
    let share = up as f64 / n;
    let z2 = Z * Z;
    let middle = share + z2 / (2.0 * n);
    let reach = Z * ((share * (1.0 - share) + z2 / (4.0 * n)) / n).sqrt();
    let whole = 1.0 + z2 / n;
    Some((
        ((middle - reach) / whole).max(0.0),
        (middle + reach) / whole,
    ))
}

/// A question that somebody could be shown.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    pub id: QuestionId,
    pub number: i64,
    pub up: i64,
    pub down: i64,
}

/// Puts the questions that a person has not voted on in the order in which they are shown: those of which least is
/// known first, so that an early question does not win by being early. Between equals the order is each person's own.
/// Those they skipped come last, the first skipped first.
pub fn for_person(candidates: &mut [Candidate], person: PersonId, skipped: &[i64]) {
    candidates.sort_by(|a, b| {
        let place = |c: &Candidate| skipped.iter().rposition(|&number| number == c.number);
        place(a)
            .cmp(&place(b))
            .then_with(|| uncertainty(b.up, b.down).total_cmp(&uncertainty(a.up, a.down)))
            .then_with(|| mix(person, a.id).cmp(&mix(person, b.id)))
    });
}

/// FNV-1a over both ids: the same for the same pair on every machine.
fn mix(person: PersonId, question: QuestionId) -> u64 {
    person
        .0
        .as_bytes()
        .iter()
        .chain(question.0.as_bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_bound_is_wilsons() {
        // Values to four places by R's `binom::binom.confint(x, n, methods = "wilson")`.
        let check = |up, down, bound: f64| {
            let found = lower_bound(up, down);
            assert!((found - bound).abs() < 5e-5, "{up}:{down} gives {found}");
        };
        check(0, 0, 0.0);
        check(0, 1, 0.0);
        check(1, 0, 0.2065);
        check(3, 0, 0.4385);
        check(5, 5, 0.2366);
        check(10, 0, 0.7225);
        check(30, 2, 0.7985);
        check(100, 100, 0.4314);
    }

    #[test]
    fn certainty_counts_and_not_the_difference() {
        assert!(lower_bound(30, 2) > lower_bound(3, 0));
        // 60 : 40 leads by more votes than 9 : 1 and is less sure to be liked.
        assert!(lower_bound(9, 1) > lower_bound(60, 40));
    }

    #[test]
    fn the_least_known_come_first_and_the_skipped_last() {
        let id = |n: u128| QuestionId(uuid::Uuid::from_u128(n));
        let mut candidates: Vec<Candidate> = [(1, 9), (2, 0), (3, 1), (4, 0)]
            .map(|(number, up)| Candidate {
                id: id(u128::from(number as u64)),
                number,
                up,
                down: 0,
            })
            .to_vec();
        let order = |candidates: &[Candidate]| -> Vec<i64> {
            candidates
                .iter()
                .map(|candidate| candidate.number)
                .collect()
        };
        let person = PersonId(uuid::Uuid::from_u128(77));
        for_person(&mut candidates, person, &[]);
        assert_eq!(order(&candidates)[2..], [3, 1]);
        let first = candidates[0].number;
        for_person(&mut candidates, person, &[first]);
        assert_eq!(candidates[3].number, first);
    }

    #[test]
    fn equals_are_shown_to_everyone_in_their_own_order() {
        let mut first = std::collections::BTreeSet::new();
        for person in 0..40 {
            let mut candidates: Vec<Candidate> = (1..=4)
                .map(|number| Candidate {
                    id: QuestionId(uuid::Uuid::from_u128(number)),
                    number: i64::try_from(number).unwrap(),
                    up: 0,
                    down: 0,
                })
                .collect();
            for_person(
                &mut candidates,
                PersonId(uuid::Uuid::from_u128(person)),
                &[],
            );
            first.insert(candidates[0].number);
        }
        assert_eq!(first.len(), 4, "every question is somebody's first");
    }
}
