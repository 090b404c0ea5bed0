//! The parking lot: what came up and does not belong to the question at hand.

use super::{Meeting, find, record, sql};
use crate::access::Need;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::id::{MeetingId, ParkedId, PersonId};
use crate::people::Face;
use crate::questions::{self, Asked, Naming};
use crate::words;
use hardwon_db::{Row, Tx, params};
use serde_json::json;

words! {
    ParkedState {
        Parked = "parked",
        /// It became a question of the review.
        TakenUp = "taken-up",
        Dropped = "dropped",
    }
}

#[derive(Debug, Clone)]
pub struct Parked {
    pub id: ParkedId,
    pub meeting: MeetingId,
    pub body: String,
    pub state: ParkedState,
    pub by: Option<Face>,
    pub at: i64,
}

impl Parked {
    fn from_row(row: &Row<'_>) -> Result<Self, hardwon_db::Error> {
        let by: Option<PersonId> = row.get(4)?;
        let by = match by {
            Some(id) => Some(Face {
                id,
                name: row.get(5)?,
                handle: row.get(6)?,
            }),
            None => None,
        };
        Ok(Self {
            id: row.get(0)?,
            meeting: row.get(1)?,
            body: row.get(2)?,
            state: row.get(3)?,
            by,
            at: row.get(7)?,
        })
    }
}

/// Everything that was parked in a meeting, in order. The caller has asked [`crate::access`].
pub fn parked(tx: &mut Tx<'_>, meeting: MeetingId) -> Result<Vec<Parked>> {
    Ok(tx.query(sql::PARKED, params![meeting], Parked::from_row)?)
}

/// Parks something. Everybody who sees the review may.
pub fn park(ctx: &Ctx, tx: &mut Tx<'_>, meeting: MeetingId, body: &str) -> Result<ParkedId> {
    let (meeting, standing) = find(ctx, tx, meeting, Need::TakePart)?;
    let person = ctx.require_person()?;
    let body = body.trim();
    if body.is_empty() {
        return Err(Error::invalid("park", "Please write what to come back to."));
    }
    if body.chars().count() > questions::MAX_QUESTION {
        return Err(Error::invalid(
            "park",
            "What is parked may have at most 2,000 characters.",
        ));
    }
    let id: ParkedId = ctx.id();
    tx.execute(
        sql::PARK,
        params![id, meeting.id, meeting.review, body, person, ctx.at],
    )?;
    let mut data = meeting.data(&standing);
    data["parked"] = json!(id);
    data["body"] = json!(body);
    record(ctx, tx, "meeting.parked", &meeting, &data)?;
    Ok(id)
}

/// Makes a question of something parked; whoever takes it up asks it.
pub fn take_up(ctx: &Ctx, tx: &mut Tx<'_>, id: ParkedId) -> Result<(Meeting, Asked)> {
    let (item, meeting) = change(ctx, tx, id, ParkedState::Parked, ParkedState::TakenUp)?;
    let asked = questions::ask(ctx, tx, meeting.review, &item.body, Naming::Named)?;
    Ok((meeting, asked))
}

/// Lets something parked go; it stays readable.
pub fn drop_parked(ctx: &Ctx, tx: &mut Tx<'_>, id: ParkedId) -> Result<Meeting> {
    Ok(change(ctx, tx, id, ParkedState::Parked, ParkedState::Dropped)?.1)
}

/// Takes back that something was let go.
pub fn put_back(ctx: &Ctx, tx: &mut Tx<'_>, id: ParkedId) -> Result<Meeting> {
    Ok(change(ctx, tx, id, ParkedState::Dropped, ParkedState::Parked)?.1)
}

fn change(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: ParkedId,
    from: ParkedState,
    to: ParkedState,
) -> Result<(Parked, Meeting)> {
    let item = tx
        .query_opt(sql::PARKED_ONE, params![id], Parked::from_row)?
        .ok_or(Error::NotFound)?;
    let (meeting, standing) = find(ctx, tx, item.meeting, Need::TakePart)?;
    ctx.require_person()?;
    if tx.execute(sql::SET_PARKED, params![id, from, to])? == 0 {
        return Err(Error::conflict(
            "Somebody else has dealt with this meanwhile.",
        ));
    }
    let mut data = meeting.data(&standing);
    data["parked"] = json!(id);
    data["body"] = json!(item.body);
    data["state"] = json!(to);
    record(ctx, tx, "meeting.parked-changed", &meeting, &data)?;
    Ok((item, meeting))
}
