//! Meetings as a person's calendar has them.

use super::{Answer, Meeting, people, sql};
use crate::access::{self, Need};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use hardwon_db::{Tx, params};

/// A meeting with what a calendar says of it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub meeting: Meeting,
    pub number: i64,
    pub title: String,
    pub answer: Answer,
}

/// Everything the actor is invited to, or said they come to, that begins at `from` or later; by time, at most 500.
/// Those that were called off are among them, so that a calendar can say so.
pub fn entries(ctx: &Ctx, tx: &mut Tx<'_>, from: i64) -> Result<Vec<Entry>> {
    let person = ctx.require_person()?;
    Ok(
        tx.query(sql::ENTRIES, params![person.to_string(), from], |row| {
            Ok(Entry {
                meeting: Meeting::from_row(row)?,
                number: row.get(20)?,
                title: row.get(21)?,
                answer: row.get(22)?,
            })
        })?,
    )
}

/// The current meeting of the review at an address.
pub fn entry(ctx: &Ctx, tx: &mut Tx<'_>, number: i64) -> Result<Entry> {
    let review = access::review_numbered(ctx, tx, number, Need::See)?;
    let meeting = super::current(tx, review.id)?.ok_or(Error::NotFound)?;
    let answer = match ctx.person() {
        Some(person) => people::own(tx, meeting.id, person)?.0,
        None => Answer::None,
    };
    Ok(Entry {
        meeting,
        number,
        title: review.title,
        answer,
    })
}
