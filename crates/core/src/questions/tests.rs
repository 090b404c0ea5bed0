//! Votes and merges in any order: nobody is counted twice, and counters equal what a recount gives.

use super::{Naming, Vote, ask, get, merge, rank, sql, unmerge, vote, withdraw};
use crate::ctx::{Actor, Ctx, Role, World};
use crate::documents::{Anchor, Clocks, Engine, Stretch};
use crate::error::{Error, Result};
use crate::id::{PersonId, QuestionId};
use crate::people::{self, PersonForm, PersonState};
use crate::reviews::{self, ReviewForm, ReviewKind, Visibility};
use hardwon_db::{Db, params, testing};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;

const PEOPLE: usize = 4;
const QUESTIONS: usize = 4;

/// A document whose log is its texts.
struct Texts;

impl Engine for Texts {
    fn update(&self, _: &[Vec<u8>], new: &str) -> Result<Vec<u8>> {
        Ok(new.as_bytes().to_vec())
    }

    fn text(&self, log: &[Vec<u8>]) -> Result<String> {
        Ok(String::from_utf8_lossy(log.last().map_or(&[], Vec::as_slice)).into_owned())
    }

    fn anchor(&self, _: &[Vec<u8>], _: Range<usize>) -> Result<(Vec<u8>, Vec<u8>)> {
        Ok((Vec::new(), Vec::new()))
    }

    fn follow(&self, _: &[Vec<u8>], anchors: Vec<Anchor>) -> Result<Vec<Anchor>> {
        Ok(anchors)
    }

    fn clocks(&self, _: &[u8]) -> Result<Vec<Clocks>> {
        Ok(Vec::new())
    }

    fn stretches(&self, _: &[Vec<u8>]) -> Result<Vec<Stretch>> {
        Ok(Vec::new())
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Vote(usize, usize, Vote),
    Withdraw(usize, usize),
    Merge(usize, usize),
    Unmerge(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (person, question) = (0..PEOPLE, 0..QUESTIONS);
    let votes = prop_oneof![Just(Vote::For), Just(Vote::Against)];
    prop_oneof![
        4 => (person.clone(), question.clone(), votes).prop_map(|(p, q, v)| Step::Vote(p, q, v)),
        1 => (person, question.clone()).prop_map(|(p, q)| Step::Withdraw(p, q)),
        2 => (question.clone(), question.clone()).prop_map(|(a, b)| Step::Merge(a, b)),
        2 => question.prop_map(Step::Unmerge),
    ]
}

/// What the rule says, worked out without a database: each question's votes with the question they came along from.
#[derive(Default)]
struct Model {
    votes: [BTreeMap<usize, (Vote, Option<usize>)>; QUESTIONS],
    into: [Option<usize>; QUESTIONS],
}

impl Model {
    /// Takes the step if it is one that can be taken.
    fn take(&mut self, step: Step) -> bool {
        match step {
            Step::Vote(person, question, vote) => {
                if self.into[question].is_some() {
                    return false;
                }
                let before = self.votes[question].get(&person).copied();
                // The same vote again changes nothing, not even where it came from.
                if before.is_none_or(|(known, _)| known != vote) {
                    self.votes[question].insert(person, (vote, None));
                }
                true
            }
            Step::Withdraw(person, question) => {
                if self.into[question].is_some() {
                    return false;
                }
                if let Some((_, Some(source))) = self.votes[question].remove(&person) {
                    self.votes[source].remove(&person);
                }
                true
            }
            Step::Merge(from, to) => {
                if from == to || self.into[from].is_some() || self.into[to].is_some() {
                    return false;
                }
                for (person, (vote, _)) in self.votes[from].clone() {
                    self.votes[to].entry(person).or_insert((vote, Some(from)));
                }
                self.into[from] = Some(to);
                true
            }
            Step::Unmerge(from) => {
                let Some(to) = self.into[from] else {
                    return false;
                };
                if self.into[to].is_some() {
                    return false;
                }
                self.votes[to].retain(|_, (_, source)| *source != Some(from));
                self.into[from] = None;
                true
            }
        }
    }

    fn count(&self, question: usize, wanted: Vote) -> i64 {
        let votes = self.votes[question].values();
        i64::try_from(votes.filter(|(vote, _)| *vote == wanted).count()).unwrap()
    }
}

struct Hall {
    db: Db,
    world: World,
    people: Vec<PersonId>,
    _guard: testing::Guard,
}

impl Hall {
    fn new() -> Self {
        let (db, guard) = testing::fresh(hardwon_db::Backend::Sqlite);
        let (world, _) = World::frozen(1_772_442_000_000, 7);
        let ctx = Ctx::operator(&world);
        let people = db
            .write_blocking(|tx| {
                (0..PEOPLE)
                    .map(|n| {
                        let form = PersonForm {
                            name: format!("Person {n}"),
                            email: None,
                            role: Role::Member,
                            state: PersonState::Active,
                            zone: "UTC".to_owned(),
                            locale: "en".to_owned(),
                        };
                        people::create(&ctx, tx, &form)
                    })
                    .collect::<Result<Vec<_>>>()
            })
            .unwrap();
        Self {
            db,
            world,
            people,
            _guard: guard,
        }
    }

    fn ctx(&self, person: usize) -> Ctx {
        let actor = Actor::Person {
            id: self.people[person],
            role: Role::Member,
        };
        Ctx::new(&self.world, actor, "test")
    }

    fn questions(&self) -> Vec<QuestionId> {
        let ctx = self.ctx(0);
        self.db
            .write_blocking(|tx| {
                let form = ReviewForm {
                    kind: ReviewKind::Architecture,
                    title: "Ledger".to_owned(),
                    visibility: Visibility::Open,
                    syntax: hardwon_prose::Syntax::Markdown,
                    text: String::new(),
                    feedback_wanted: String::new(),
                };
                let (review, _) = reviews::create(&ctx, tx, &Texts, &form)?;
                (0..QUESTIONS)
                    .map(|n| {
                        let asked = ask(&ctx, tx, review, &format!("Question {n}?"), Naming::Named);
                        asked.map(|asked| asked.id)
                    })
                    .collect::<Result<Vec<_>>>()
            })
            .unwrap()
    }

    /// Whether the product took the step.
    fn take(&self, questions: &[QuestionId], step: Step) -> bool {
        let who = match step {
            Step::Vote(person, ..) | Step::Withdraw(person, _) => person,
            Step::Merge(..) | Step::Unmerge(_) => 0,
        };
        let ctx = self.ctx(who);
        let done = self.db.write_blocking(|tx| match step {
            Step::Vote(_, question, wanted) => {
                vote(&ctx, tx, questions[question], wanted).map(drop)
            }
            Step::Withdraw(_, question) => withdraw(&ctx, tx, questions[question]).map(drop),
            Step::Merge(from, to) => merge(&ctx, tx, questions[from], questions[to]),
            Step::Unmerge(from) => unmerge(&ctx, tx, questions[from]),
        });
        match done {
            Ok(()) => true,
            Err(Error::Conflict(_) | Error::Invalid(_)) => false,
            Err(error) => panic!("{step:?}: {error:?}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn votes_are_united_without_counting_anybody_twice(steps in prop::collection::vec(step(), 1..40)) {
        thread_local!(static HALL: Hall = Hall::new());
        HALL.with(|hall| {
            let questions = hall.questions();
            let mut model = Model::default();
            for step in steps {
                prop_assert_eq!(hall.take(&questions, step), model.take(step), "{:?}", step);
            }
            let ctx = hall.ctx(0);
            for (n, &id) in questions.iter().enumerate() {
                // What a merged question shows is frozen; its counters are made anew when the merge is undone.
                if model.into[n].is_some() {
                    continue;
                }
                let (question, recounted) = hall
                    .db
                    .read_blocking(|tx| {
                        let (question, _) = get(&ctx, tx, id)?;
                        let recounted: (i64, i64) = tx.query_one(sql::RECOUNT, params![id], |row| {
                            Ok((row.get(0)?, row.get(1)?))
                        })?;
                        Ok::<_, Error>((question, recounted))
                    })
                    .unwrap();
                prop_assert_eq!((question.up, question.down), recounted);
                prop_assert_eq!(question.up, model.count(n, Vote::For));
                prop_assert_eq!(question.down, model.count(n, Vote::Against));
                prop_assert!((question.score - rank::lower_bound(question.up, question.down)).abs() < 1e-12);
            }
            Ok(())
        })?;
    }
}
