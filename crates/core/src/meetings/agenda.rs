//! The agenda: the presentation, the questions by the share of votes for them that one can be sure of, the outcome. It is
//! computed and never stored; whoever runs the meeting takes any question next.

use super::{Meeting, sql};
use crate::error::Result;
use crate::id::QuestionId;
use crate::people::Face;
use crate::questions::QuestionState;
use hardwon_db::{Row, Tx, params};

/// A question as the agenda shows it.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: QuestionId,
    pub number: i64,
    pub body: String,
    pub state: QuestionState,
    pub up: i64,
    pub down: i64,
}

impl Item {
    fn from_row(row: &Row<'_>) -> Result<Self, hardwon_db::Error> {
        Ok(Self {
            id: row.get(0)?,
            number: row.get(1)?,
            body: row.get(2)?,
            state: row.get(3)?,
            up: row.get(4)?,
            down: row.get(5)?,
        })
    }
}

#[derive(Debug, Clone)]
pub struct Agenda {
    /// What this meeting has come to the end of, in that order.
    pub done: Vec<Item>,
    /// What is being discussed, and who asked it (nobody where they did not give their name).
    pub now: Option<(Item, Vec<Face>)>,
    /// What comes, the first next.
    pub next: Vec<Item>,
}

impl Agenda {
    /// The place of the current question among all, from 1, and how many there are.
    pub fn place(&self) -> (usize, usize) {
        let here = usize::from(self.now.is_some());
        (
            self.done.len() + 1,
            self.done.len() + here + self.next.len(),
        )
    }

    /// About how many minutes one question has.
    pub fn minutes_each(&self, meeting: &Meeting) -> i64 {
        let all = i64::try_from(self.place().1).unwrap_or(i64::MAX).max(1);
        (meeting.question_minutes / all)
            .clamp(3, 15)
            .min(meeting.question_minutes)
    }
}

/// The caller has asked [`crate::access`].
pub fn agenda(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<Agenda> {
    let since = meeting.started_at.unwrap_or(i64::MAX);
    let done = tx.query(
        sql::DONE,
        params![meeting.review, meeting.round, since],
        Item::from_row,
    )?;
    let mut next = open(tx, meeting)?;
    let current = meeting.question;
    let mut now = None;
    if let Some(place) = next.iter().position(|item| Some(item.id) == current) {
        let item = next.remove(place);
        now = Some((item.clone(), askers(tx, item.id)?));
    } else if let Some(id) = current.filter(|id| !done.iter().any(|item| item.id == *id)) {
        // Of another round, merged, or beyond the list: it is discussed all the same.
        let item = tx.query_opt(sql::QUESTION, params![id, meeting.review], Item::from_row)?;
        if let Some(item) = item.filter(|item| item.state == QuestionState::Open) {
            now = Some((item.clone(), askers(tx, item.id)?));
        }
    }
    Ok(Agenda { done, now, next })
}

pub(super) fn open(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<Vec<Item>> {
    Ok(tx.query(
        sql::OPEN,
        params![meeting.review, meeting.round],
        Item::from_row,
    )?)
}

fn askers(tx: &mut Tx<'_>, id: QuestionId) -> Result<Vec<Face>> {
    Ok(tx.query(sql::ASKERS, params![id], |row| {
        Ok(Face {
            id: row.get(0)?,
            name: row.get(1)?,
            handle: row.get(2)?,
        })
    })?)
}

/// A question's place in the order, for telling listeners without its words.
#[derive(Debug, Clone, Copy)]
pub struct Rank {
    pub id: QuestionId,
    pub number: i64,
    pub up: i64,
    pub down: i64,
}

/// The open questions in their order, the current one included. The caller has asked [`crate::access`].
pub fn ranking(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<Vec<Rank>> {
    Ok(
        tx.query(sql::OPEN, params![meeting.review, meeting.round], |row| {
            Ok(Rank {
                id: row.get(0)?,
                number: row.get(1)?,
                up: row.get(4)?,
                down: row.get(5)?,
            })
        })?,
    )
}
