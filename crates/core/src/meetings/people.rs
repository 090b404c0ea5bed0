//! Who is invited, who comes, and who is there.

use super::{Meeting, MeetingState, find, record, sql};
use crate::access::{self, Need};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::id::{MeetingId, PersonId, ReviewId};
use crate::people::Face;
use crate::words;
use hardwon_db::{Tx, params};
use serde_json::json;

words! {
    /// What somebody said to an invitation.
    Answer {
        None = "none",
        Coming = "coming",
        Maybe = "maybe",
        Declined = "declined",
    }
}

/// How early before its start somebody can be there.
const EARLY_MS: i64 = 60 * 60_000;

/// Somebody who is named in the review, themselves or by a team.
#[derive(Debug, Clone)]
pub struct Invited {
    pub person: Face,
    pub zone: String,
    pub answer: Answer,
    pub joined_at: Option<i64>,
}

/// Everybody who is invited to a meeting of this review, by name, at most 2,000.
pub fn invited(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    meeting: Option<MeetingId>,
) -> Result<Vec<Invited>> {
    access::review(ctx, tx, review, Need::See)?;
    let meeting = meeting.map_or_else(String::new, |id| id.to_string());
    Ok(tx.query(sql::INVITED, params![review, meeting], |row| {
        Ok(Invited {
            person: Face {
                id: row.get(0)?,
                name: row.get(1)?,
                handle: row.get(2)?,
            },
            zone: row.get(3)?,
            answer: row.get::<Option<Answer>>(4)?.unwrap_or(Answer::None),
            joined_at: row.get(5)?,
        })
    })?)
}

/// Says whether one comes. Everybody who sees the review may.
pub fn answer(ctx: &Ctx, tx: &mut Tx<'_>, id: MeetingId, answer: Answer) -> Result<Meeting> {
    let (meeting, standing) = find(ctx, tx, id, Need::TakePart)?;
    let person = ctx.require_person()?;
    if !meeting.is_open() {
        return Err(Error::conflict("This meeting is over, or was called off."));
    }
    if own(tx, id, person)?.0 == answer {
        return Ok(meeting);
    }
    tx.execute(sql::ANSWER, params![id, person, answer])?;
    let mut data = meeting.data(&standing);
    data["answer"] = json!(answer);
    record(ctx, tx, "meeting.answered", &meeting, &data)?;
    Ok(meeting)
}

/// What somebody said to a meeting, and since when they are there. The caller has asked [`access`].
pub fn own(tx: &mut Tx<'_>, id: MeetingId, person: PersonId) -> Result<(Answer, Option<i64>)> {
    Ok(tx
        .query_opt(sql::OWN, params![id, person], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .unwrap_or((Answer::None, None)))
}

/// Whether somebody who opens the room now is there: from an hour before its start until its end.
pub fn is_joinable(meeting: &Meeting, now: i64) -> bool {
    match meeting.state {
        MeetingState::Running => true,
        MeetingState::Planned => now >= meeting.starts_at - EARLY_MS,
        MeetingState::Ended | MeetingState::Cancelled => false,
    }
}

/// Notes that the actor is in the room. Coming again changes nothing.
pub fn join(ctx: &Ctx, tx: &mut Tx<'_>, id: MeetingId) -> Result<Meeting> {
    let (meeting, standing) = find(ctx, tx, id, Need::TakePart)?;
    let person = ctx.require_person()?;
    if !is_joinable(&meeting, ctx.at) {
        return Err(Error::conflict(
            "The room opens an hour before the meeting and closes with it.",
        ));
    }
    let before = own(tx, id, person)?.1;
    tx.execute(sql::JOIN, params![id, person, ctx.at])?;
    if before.is_none() {
        record(
            ctx,
            tx,
            "meeting.joined",
            &meeting,
            &meeting.data(&standing),
        )?;
    }
    Ok(meeting)
}

/// Who is there, in the order in which they came, with how many they are altogether.
#[derive(Debug, Clone, Default)]
pub struct Present {
    pub first: Vec<Face>,
    pub count: i64,
}

/// The first `limit` of those who are there. The caller has asked [`access`].
pub fn present(tx: &mut Tx<'_>, id: MeetingId, limit: i64) -> Result<Present> {
    let first = tx.query(sql::PRESENT, params![id, limit], |row| {
        Ok(Face {
            id: row.get(0)?,
            name: row.get(1)?,
            handle: row.get(2)?,
        })
    })?;
    let count = tx.query_one(sql::COUNT_PRESENT, params![id], |row| row.get(0))?;
    Ok(Present { first, count })
}
