//! The spine: every change records one event in its own transaction. Inbox, search, live pages, audit and history
//! read events; no feature calls them.

use crate::ctx::{Actor, Ctx};
use crate::error::Result;
use crate::id::ReviewId;
use hardwon_db::{Tx, params};
use serde_json::Value;

pub mod sql;

/// What an event, a link or a search entry is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    pub kind: &'static str,
    pub id: String,
}

impl Thing {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "ids are small; a reference at every call would be noise"
    )]
    pub fn new(kind: &'static str, id: impl ToString) -> Self {
        Self {
            kind,
            id: id.to_string(),
        }
    }
}

/// Records that `kind` (such as `review.circulated`) happened to `subject`. `review` names the review whose privacy
/// covers the event; `data` holds what its readers need to tell about it without asking again.
pub fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    kind: &'static str,
    subject: &Thing,
    review: Option<ReviewId>,
    data: &Value,
) -> Result<()> {
    tx.execute(
        sql::INSERT,
        params![
            ctx.at,
            ctx.person(),
            ctx.origin.as_ref(),
            kind,
            subject.kind,
            subject.id,
            review,
            data.to_string()
        ],
    )?;
    Ok(())
}

/// Records a change without saying who made it or from where: for votes, and for what is asked without a name. Nobody
/// learns it from the log, administrators included.
pub fn record_unnamed(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    kind: &'static str,
    subject: &Thing,
    review: Option<ReviewId>,
    data: &Value,
) -> Result<()> {
    tx.execute(
        sql::INSERT,
        params![
            ctx.at,
            None::<crate::id::PersonId>,
            UNNAMED,
            kind,
            subject.kind,
            subject.id,
            review,
            data.to_string()
        ],
    )?;
    Ok(())
}

/// The origin of an event that does not say where it came from.
pub const UNNAMED: &str = "not kept";

/// An event as its readers see it.
#[derive(Debug, Clone)]
pub struct Event {
    pub seq: i64,
    pub at: i64,
    pub actor: Option<crate::id::PersonId>,
    pub origin: String,
    pub kind: String,
    pub subject_kind: String,
    pub subject_id: String,
    pub review: Option<ReviewId>,
    pub data: Value,
}

impl Event {
    fn from_row(row: &hardwon_db::Row<'_>) -> Result<Self, hardwon_db::Error> {
        Ok(Self {
            seq: row.get(0)?,
            at: row.get(1)?,
            actor: row.get(2)?,
            origin: row.get(3)?,
            kind: row.get(4)?,
            subject_kind: row.get(5)?,
            subject_id: row.get(6)?,
            review: row.get(7)?,
            data: serde_json::from_str(&row.get::<String>(8)?)
                .map_err(|error| hardwon_db::Error::unreadable(error.to_string()))?,
        })
    }
}

/// Events after `seq`, oldest first.
pub fn after(tx: &mut Tx<'_>, seq: i64, limit: i64) -> Result<Vec<Event>> {
    Ok(tx.query(sql::AFTER, params![seq, limit], Event::from_row)?)
}

/// Events with one of these numbers, for a reader that saw a gap: on PostgreSQL a smaller number can be committed later.
pub fn at(tx: &mut Tx<'_>, seq: i64) -> Result<Option<Event>> {
    Ok(tx.query_opt(sql::AT, params![seq], Event::from_row)?)
}

/// The events of a review after `seq`, oldest first. The caller has asked [`crate::access`].
pub fn of_review_after(
    tx: &mut Tx<'_>,
    review: ReviewId,
    seq: i64,
    limit: i64,
) -> Result<Vec<Event>> {
    Ok(tx.query(
        sql::OF_REVIEW_AFTER,
        params![review, seq, limit],
        Event::from_row,
    )?)
}

/// The number of the newest event, or 0.
pub fn newest(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(tx.query_one(sql::NEWEST, params![], |row| row.get(0))?)
}

/// When the newest event happened, if there is one.
pub fn newest_at(tx: &mut Tx<'_>) -> Result<Option<i64>> {
    Ok(tx.query_one(sql::NEWEST_AT, params![], |row| row.get(0))?)
}

/// How far the reader of this name has come.
pub fn cursor(tx: &mut Tx<'_>, reader: &str) -> Result<i64> {
    Ok(tx
        .query_opt(sql::CURSOR, params![reader], |row| row.get(0))?
        .unwrap_or(0))
}

/// Moves a reader from `from` to `to`; false when another node did so first.
pub fn advance(ctx: &Ctx, tx: &mut Tx<'_>, reader: &str, from: i64, to: i64) -> Result<bool> {
    debug_assert!(
        ctx.actor == Actor::Operator,
        "event readers act for the program"
    );
    tx.execute(sql::START_CURSOR, params![reader, ctx.at])?;
    Ok(tx.execute(sql::MOVE_CURSOR, params![reader, from, to, ctx.at])? == 1)
}
