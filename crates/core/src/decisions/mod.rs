//! Decisions: what a round of a review came to, why, by whom, with dissent and conditions, bound to one version of the
//! document. A decision is written once and never changed; a correction is another decision that supersedes it.
//!
//! It is not an approval by rank: whoever leads the review writes down what was agreed, and who did not agree. Nothing
//! here stops a decision because something is open; pages say what is.

use crate::access::{self, Need};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::id::{DecisionId, PersonId, ReviewId};
use crate::page::{Conditions, Cursor, Listed, Page};
use crate::people::Face;
use crate::reviews::Outcome;
use crate::words;
use hardwon_db::{Row, Tx, params};

pub mod agreements;
mod record;
pub mod sql;
#[cfg(test)]
mod tests;

pub use record::{ConditionForm, DecisionForm, DissentForm, Recorded, is_day, record};

words! {
    /// Why a project stops.
    StopReason {
        BetterAlternative = "better-alternative",
        OverlappingGoals = "overlapping-goals",
        NotWorthTheCost = "not-worth-the-cost",
        /// In the decision's own words.
        Other = "other",
    }
}

words! {
    /// Whether a decision still holds.
    Validity {
        Valid = "valid",
        /// Another decision has taken its place.
        Superseded = "superseded",
        /// A later round of the same review came to a decision of its own.
        Past = "past",
    }
}

#[derive(Debug, Clone)]
pub struct Decision {
    pub id: DecisionId,
    pub number: i64,
    pub review: ReviewId,
    pub review_number: i64,
    pub title: String,
    pub round: i64,
    pub outcome: Outcome,
    pub stop_reason: Option<StopReason>,
    pub stop_words: String,
    /// Markdown.
    pub reason: String,
    /// Of a *no*: what would have to be different to come back.
    pub come_back_when: String,
    /// `YYYY-MM-DD`
    pub look_again_on: Option<String>,
    /// The version of the document that was decided on.
    pub document_version: i64,
    pub decided_by: Option<Face>,
    pub decided_at: i64,
    pub recorded_at: i64,
    pub validity: Validity,
}

/// Somebody who did not agree, in their words.
#[derive(Debug, Clone)]
pub struct Dissent {
    pub person: Face,
    pub words: String,
}

/// Another decision that this one refers to, or is referred to by.
#[derive(Debug, Clone)]
pub struct Ref {
    pub number: i64,
    pub review_number: i64,
    pub title: String,
    pub outcome: Outcome,
    pub decided_at: i64,
}

/// A decision with everything its record shows.
#[derive(Debug, Clone)]
pub struct Record {
    pub decision: Decision,
    pub dissent: Vec<Dissent>,
    pub supersedes: Vec<Ref>,
    pub superseded_by: Vec<Ref>,
    /// Reviews whose goals overlap, as far as the reader may see them: number and title.
    pub overlaps: Vec<(i64, String)>,
    /// SHA-256 of the text that was decided on, in hexadecimal digits.
    pub text_hash: String,
}

/// What the list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub outcome: Option<Outcome>,
    pub validity: Option<Validity>,
    /// Those that were to be looked at again by this day (`YYYY-MM-DD`).
    pub look_again_by: Option<String>,
}

/// Decisions of every review that the actor may see, newest first.
pub fn list(ctx: &Ctx, tx: &mut Tx<'_>, filter: &Filter, page: &Page) -> Result<Listed<Decision>> {
    let reader = access::reader(ctx)?;
    let mut conditions = Conditions::default();
    conditions.bind(&reader);
    conditions.and(sql::SEEN, &[]);
    if let Some(outcome) = filter.outcome {
        conditions.and("d.outcome = $$", &[&outcome]);
    }
    match filter.validity {
        Some(Validity::Valid) => {
            conditions
                .and(sql::NOT_SUPERSEDED, &[])
                .and(sql::NOT_PAST, &[]);
        }
        Some(Validity::Superseded) => {
            conditions.and(sql::IS_SUPERSEDED, &[]);
        }
        Some(Validity::Past) => {
            conditions
                .and(sql::NOT_SUPERSEDED, &[])
                .and(sql::IS_PAST, &[]);
        }
        None => {}
    }
    if let Some(day) = &filter.look_again_by {
        conditions.and("d.look_again_on <= $$", &[day]);
    }
    if let Some(after) = &page.after {
        conditions.and("(d.decided_at, d.id) < ($$, $$)", &[&after.key, &after.id]);
    }
    let limit = conditions.bind(&page.fetch());
    let text = format!(
        "{}{} order by d.decided_at desc, d.id desc limit {limit}",
        sql::COLUMNS,
        conditions.text()
    );
    let found = tx.query(&text, &conditions.params(), Decision::from_row)?;
    Ok(page.cut(found, |one| Cursor::new(one.decided_at, one.id)))
}

impl Decision {
    fn from_row(row: &Row<'_>) -> Result<Self, hardwon_db::Error> {
        Ok(Self {
            id: row.get(0)?,
            number: row.get(1)?,
            review: row.get(2)?,
            review_number: row.get(3)?,
            title: row.get(4)?,
            round: row.get(5)?,
            outcome: row.get(6)?,
            stop_reason: row.get(7)?,
            stop_words: row.get(8)?,
            reason: row.get(9)?,
            come_back_when: row.get(10)?,
            look_again_on: row.get(11)?,
            document_version: row.get(12)?,
            decided_by: Face::from_columns(row, 13)?,
            decided_at: row.get(16)?,
            recorded_at: row.get(17)?,
            validity: row.get(18)?,
        })
    }
}

/// The decision at an address with its record, if the actor may see its review.
pub fn get(ctx: &Ctx, tx: &mut Tx<'_>, number: i64) -> Result<Record> {
    let reader = access::reader(ctx)?;
    let decision = tx
        .query_opt(sql::BY_NUMBER, params![reader, number], Decision::from_row)?
        .ok_or(Error::NotFound)?;
    complete(ctx, tx, decision)
}

/// The decisions of a review, newest first, each with its record; at most 50.
pub fn of_review(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId) -> Result<Vec<Record>> {
    access::review(ctx, tx, review, Need::See)?;
    let reader = access::reader(ctx)?;
    let found = tx.query(sql::OF_REVIEW, params![reader, review], Decision::from_row)?;
    found
        .into_iter()
        .map(|decision| complete(ctx, tx, decision))
        .collect()
}

fn complete(ctx: &Ctx, tx: &mut Tx<'_>, decision: Decision) -> Result<Record> {
    let reader = access::reader(ctx)?;
    let id = decision.id;
    let text: String = tx.query_one(sql::TEXT, params![id], |row| row.get(0))?;
    Ok(Record {
        dissent: tx.query(sql::DISSENT, params![id], |row| {
            Ok(Dissent {
                person: Face {
                    id: row.get::<PersonId>(0)?,
                    name: row.get(1)?,
                    handle: row.get(2)?,
                },
                words: row.get(3)?,
            })
        })?,
        supersedes: tx.query(sql::SUPERSEDES, params![reader, id], reference)?,
        superseded_by: tx.query(sql::SUPERSEDED_BY, params![reader, id], reference)?,
        overlaps: tx.query(sql::OVERLAPS, params![reader, id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?,
        text_hash: hash(&text),
        decision,
    })
}

/// Whether somebody who is named in a decision can read it at all.
pub fn can_see(tx: &mut Tx<'_>, review: ReviewId, person: PersonId) -> Result<bool> {
    let found = tx.query_opt(sql::CAN_SEE, params![person, review], |row| {
        row.get::<i64>(0)
    })?;
    Ok(found.is_some())
}

fn reference(row: &Row<'_>) -> Result<Ref, hardwon_db::Error> {
    Ok(Ref {
        number: row.get(0)?,
        review_number: row.get(1)?,
        title: row.get(2)?,
        outcome: row.get(3)?,
        decided_at: row.get(4)?,
    })
}

fn hash(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    use std::fmt::Write as _;
    Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::with_capacity(64), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        })
}
