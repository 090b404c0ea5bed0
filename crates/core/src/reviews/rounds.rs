//! Rounds: what a review was like when it was circulated before. Opening the next one belongs to decisions.

use super::sql;
use crate::error::{Error, Result};
use crate::id::{PersonId, ReviewId};
use crate::people::Face;
use hardwon_db::{Tx, params};

#[derive(Debug, Clone)]
pub struct Round {
    pub round: i64,
    pub opened_at: i64,
    pub closed_at: Option<i64>,
    /// The named version of the document that the round ended with; of a round that is open, the latest one.
    pub document_version: Option<i64>,
}

pub fn rounds(tx: &mut Tx<'_>, review: ReviewId) -> Result<Vec<Round>> {
    Ok(tx.query(sql::ROUNDS, params![review], |row| {
        Ok(Round {
            round: row.get(0)?,
            opened_at: row.get(1)?,
            closed_at: row.get(2)?,
            document_version: row.get(3)?,
        })
    })?)
}

pub fn round(tx: &mut Tx<'_>, review: ReviewId, number: i64) -> Result<Round> {
    rounds(tx, review)?
        .into_iter()
        .find(|round| round.round == number)
        .ok_or(Error::NotFound)
}

/// A question as it stood at the end of a round; who asked is not told here.
#[derive(Debug, Clone)]
pub struct PastQuestion {
    pub number: i64,
    pub body: String,
    pub state: String,
    pub answer: String,
    pub up: i64,
    pub down: i64,
}

/// The questions asked in a round, in their order, at most 1,000.
pub fn questions(tx: &mut Tx<'_>, review: ReviewId, round: i64) -> Result<Vec<PastQuestion>> {
    Ok(
        tx.query(sql::ROUND_QUESTIONS, params![review, round], |row| {
            Ok(PastQuestion {
                number: row.get(0)?,
                body: row.get(1)?,
                state: row.get(2)?,
                answer: row.get(3)?,
                up: row.get(4)?,
                down: row.get(5)?,
            })
        })?,
    )
}

/// A comment of a thread that was opened in a round.
#[derive(Debug, Clone)]
pub struct PastComment {
    pub thread: i64,
    pub thread_title: String,
    pub heading: Option<String>,
    pub blocking: bool,
    pub resolved: bool,
    pub author: Face,
    pub html: String,
    pub at: i64,
}

/// What was said in the threads of a round, thread by thread, at most 2,000 comments.
pub fn comments(tx: &mut Tx<'_>, review: ReviewId, round: i64) -> Result<Vec<PastComment>> {
    Ok(
        tx.query(sql::ROUND_COMMENTS, params![review, round], |row| {
            Ok(PastComment {
                thread: row.get(0)?,
                thread_title: row.get(1)?,
                heading: row.get(2)?,
                blocking: row.get(3)?,
                resolved: row.get::<String>(4)? == "resolved",
                author: Face {
                    id: row.get::<PersonId>(5)?,
                    name: row.get(6)?,
                    handle: row.get(7)?,
                },
                html: row.get(8)?,
                at: row.get(9)?,
            })
        })?,
    )
}
