//! Votes: one each, for or against, changed and withdrawn at will. The counters and the rank of a question move in the
//! vote's own transaction, by the difference that the vote makes.

use super::{QuestionState, rank, sql};
use crate::access;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::{PersonId, QuestionId, ReviewId};
use crate::words;
use hardwon_db::{Tx, params};
use serde_json::json;

words! {
    Vote { For = "for", Against = "against" }
}

impl Vote {
    pub(super) fn value(self) -> i64 {
        match self {
            Self::For => 1,
            Self::Against => -1,
        }
    }

    pub(super) fn from_value(value: Option<i64>) -> Option<Self> {
        match value {
            Some(1) => Some(Self::For),
            Some(-1) => Some(Self::Against),
            _ => None,
        }
    }
}

/// A question's votes after one was cast.
#[derive(Debug, Clone)]
pub struct Voted {
    pub question: QuestionId,
    /// The number of the question in its review, and of the review.
    pub number: i64,
    pub review: i64,
    pub body: String,
    pub up: i64,
    pub down: i64,
    pub score: f64,
    pub mine: Option<Vote>,
}

/// Votes on a question, or changes one's vote. Everybody who sees the review may, one vote each.
pub fn vote(ctx: &Ctx, tx: &mut Tx<'_>, id: QuestionId, vote: Vote) -> Result<Voted> {
    cast(ctx, tx, id, Some(vote))
}

/// Takes one's vote back.
pub fn withdraw(ctx: &Ctx, tx: &mut Tx<'_>, id: QuestionId) -> Result<Voted> {
    cast(ctx, tx, id, None)
}

/// Privacy is part of the first statement, as it is of lists: a vote is the most frequent change there is.
fn cast(ctx: &Ctx, tx: &mut Tx<'_>, id: QuestionId, wanted: Option<Vote>) -> Result<Voted> {
    let person: PersonId = ctx.require_person()?;
    let reader = access::reader(ctx)?;
    let (review, state, before, merged_from, past, mut voted) = tx
        .query_opt(sql::TO_VOTE, params![reader, id], |row| {
            let voted = Voted {
                question: id,
                review: row.get(1)?,
                number: row.get(2)?,
                body: row.get(8)?,
                up: row.get(4)?,
                down: row.get(5)?,
                score: 0.0,
                mine: wanted,
            };
            Ok((
                row.get::<ReviewId>(0)?,
                row.get::<QuestionState>(3)?,
                Vote::from_value(row.get(6)?),
                row.get::<Option<QuestionId>>(7)?,
                row.get::<bool>(9)?,
                voted,
            ))
        })?
        .ok_or(Error::NotFound)?;
    match state {
        QuestionState::Merged => {
            return Err(Error::conflict(
                "This question was merged into another. Please vote on that one.",
            ));
        }
        QuestionState::SetAside => {
            return Err(Error::conflict(
                "This prompt was set aside. Bring it back to vote on it.",
            ));
        }
        QuestionState::Open if past => {
            return Err(Error::conflict(
                "The round of this question is over, and its votes stay as they were.",
            ));
        }
        QuestionState::Open => {}
        _ => {
            return Err(Error::conflict(
                "This question has ended, and its votes stay as they were. Open it again to vote on it.",
            ));
        }
    }
    voted.up += i64::from(wanted == Some(Vote::For)) - i64::from(before == Some(Vote::For));
    voted.down +=
        i64::from(wanted == Some(Vote::Against)) - i64::from(before == Some(Vote::Against));
    voted.score = rank::lower_bound(voted.up, voted.down);
    if wanted == before {
        return Ok(voted);
    }
    if let Some(vote) = wanted {
        tx.execute(sql::VOTE, params![id, person, vote.value(), ctx.at])?;
    } else {
        tx.execute(sql::UNVOTE, params![id, person])?;
        if let Some(source) = merged_from {
            // Else the withdrawn vote would be back when the merge is undone.
            tx.execute(sql::UNVOTE, params![source, person])?;
        }
    }
    tx.execute(sql::TALLY, params![id, voted.up, voted.down, voted.score])?;
    event::record_unnamed(
        ctx,
        tx,
        "question.voted",
        &Thing::new("question", id),
        Some(review),
        &json!({
            "question": id, "number": voted.number, "for": voted.up, "against": voted.down, "score": voted.score,
        }),
    )?;
    Ok(voted)
}
