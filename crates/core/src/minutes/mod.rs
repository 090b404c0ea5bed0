//! Minutes: what a round of a review came to, composed as Markdown from everything that was recorded, edited by whoever
//! leads the review, and sent once. How they are composed is in [`compose`].

use crate::access::{self, Need, Standing};
use crate::ctx::Ctx;
use crate::documents::{self, Engine, Saved};
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::{DocumentId, ReviewId};
use crate::people::Face;
use hardwon_db::{Tx, params};
use hardwon_prose::Syntax;
use serde_json::json;

mod compose;
pub mod sql;
#[cfg(test)]
mod tests;

pub use compose::compose;

#[derive(Debug, Clone)]
pub struct Minutes {
    pub round: i64,
    pub document: DocumentId,
    /// Markdown.
    pub text: String,
    pub html: String,
    pub version: i64,
    /// What was composed last.
    composed: String,
    pub composed_at: i64,
    pub sent_at: Option<i64>,
    pub sent_by: Option<Face>,
}

/// The minutes of a round, if somebody has written them.
pub fn get(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId, round: i64) -> Result<Option<Minutes>> {
    access::review(ctx, tx, review, Need::See)?;
    find(tx, review, round)
}

fn find(tx: &mut Tx<'_>, review: ReviewId, round: i64) -> Result<Option<Minutes>> {
    Ok(tx.query_opt(sql::GET, params![review, round], |row| {
        Ok(Minutes {
            round: row.get(0)?,
            document: row.get(1)?,
            text: row.get(2)?,
            html: row.get(3)?,
            version: row.get(4)?,
            composed: row.get(5)?,
            composed_at: row.get(6)?,
            sent_at: row.get(7)?,
            sent_by: Face::from_columns(row, 8)?,
        })
    })?)
}

/// Whether the minutes of a round have been sent; the caller has asked [`crate::access`].
pub fn sent(tx: &mut Tx<'_>, review: ReviewId, round: i64) -> Result<bool> {
    let sent = tx.query_opt(sql::SENT, params![review, round], |row| row.get::<i64>(0))?;
    Ok(sent.is_some())
}

/// The round whose minutes are next: the latest that met or decided, or else the present one.
pub fn latest_round(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId) -> Result<i64> {
    let standing = access::review(ctx, tx, review, Need::See)?;
    let met: Option<i64> = tx.query_one(sql::LATEST_ROUND, params![review], |row| row.get(0))?;
    Ok(met.unwrap_or(standing.round))
}

/// Saves minutes that their writer began from version `base`; 0 is what is composed, while nobody has saved any.
pub fn save(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    review: ReviewId,
    round: i64,
    base: i64,
    text: &str,
) -> Result<Saved> {
    let standing = writable(ctx, tx, review, round)?;
    let minutes = ensure(ctx, tx, engine, &standing, round)?;
    documents::save(ctx, tx, engine, minutes.document, base.max(1), text)
}

/// Somebody who may write minutes of a round that this review has had, while they are not sent.
fn writable(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId, round: i64) -> Result<Standing> {
    let standing = access::review(ctx, tx, review, Need::Edit)?;
    if !(1..=standing.round).contains(&round) {
        return Err(Error::NotFound);
    }
    if find(tx, review, round)?.is_some_and(|minutes| minutes.sent_at.is_some()) {
        return Err(Error::conflict(
            "These minutes have been sent and stay as they are.",
        ));
    }
    Ok(standing)
}

/// The minutes, begun with what is composed now if nobody has saved any.
fn ensure(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    review: &Standing,
    round: i64,
) -> Result<Minutes> {
    if let Some(minutes) = find(tx, review.id, round)? {
        return Ok(minutes);
    }
    let composed = compose(ctx, tx, review.id, round)?;
    let syntax = Syntax::Markdown;
    let document = documents::create(ctx, tx, engine, Some(review.id), syntax, &composed)?;
    tx.execute(
        sql::INSERT,
        params![review.id, round, document, composed, ctx.at],
    )?;
    find(tx, review.id, round)?.ok_or(Error::NotFound)
}

/// What composing anew would make of minutes that people have edited.
#[derive(Debug, Clone)]
pub struct Proposal {
    pub now: String,
    pub version: i64,
    /// The edits and what is new together; where both touch the same lines, both between conflict marks.
    pub text: String,
    pub clean: bool,
}

/// Composes anew and merges people's edits in; nothing is written.
pub fn propose(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId, round: i64) -> Result<Proposal> {
    writable(ctx, tx, review, round)?;
    let composed = compose(ctx, tx, review, round)?;
    let Some(minutes) = find(tx, review, round)? else {
        return Ok(Proposal {
            now: composed.clone(),
            version: 0,
            text: composed,
            clean: true,
        });
    };
    let (text, clean) = match diffy::merge(&minutes.composed, &minutes.text, &composed) {
        Ok(text) => (text, true),
        Err(text) => (text, false),
    };
    Ok(Proposal {
        now: minutes.text,
        version: minutes.version,
        text,
        clean,
    })
}

/// Saves minutes that took over what was composed anew.
pub fn take_over(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    review: ReviewId,
    round: i64,
    base: i64,
    text: &str,
) -> Result<Saved> {
    let saved = save(ctx, tx, engine, review, round, base, text)?;
    if !matches!(saved, Saved::Conflict { .. }) {
        let composed = compose(ctx, tx, review, round)?;
        tx.execute(sql::SET_COMPOSED, params![review, round, composed, ctx.at])?;
    }
    Ok(saved)
}

/// Sends the minutes to those who take part, as they are at `version` (0: as composed, while nobody has saved any). From
/// then on they can be read and not changed.
pub fn send(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    review: ReviewId,
    round: i64,
    version: i64,
) -> Result<()> {
    let standing = writable(ctx, tx, review, round)?;
    let before = find(tx, review, round)?.map_or(0, |minutes| minutes.version);
    if before != version {
        return Err(Error::conflict(
            "Somebody has changed these minutes since you read them. Please look again before you send them.",
        ));
    }
    let minutes = ensure(ctx, tx, engine, &standing, round)?;
    documents::cut(
        ctx,
        tx,
        minutes.document,
        documents::VersionKind::Step,
        "sent",
    )?;
    tx.execute(sql::SEND, params![review, round, ctx.at, ctx.person()])?;
    tx.execute(sql::TOUCH, params![review, ctx.at])?;
    event::record(
        ctx,
        tx,
        "minutes.sent",
        &Thing::new("minutes", minutes.document),
        Some(review),
        &json!({ "title": standing.title, "number": standing.number, "round": round }),
    )
}
