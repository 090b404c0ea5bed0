//! Notes: a document that everybody in the room writes. Saving happens as people type, several times a second; the event
//! log hears of it at most every few seconds, and of the last save in any case, if the caller asks again.

use super::{find, record, sql};
use crate::access::{self, Need};
use crate::ctx::Ctx;
use crate::documents::{self, Engine, Saved};
use crate::error::Result;
use crate::id::MeetingId;
use hardwon_db::{Tx, params};
use serde_json::json;

/// How long the event log is left alone after it was told of notes.
pub const QUIET_MS: i64 = 5_000;

/// What became of notes that were saved, and whether the log has still to be told of them.
#[derive(Debug, Clone)]
pub struct NotesSaved {
    pub saved: Saved,
    pub untold: bool,
}

/// Saves the notes, which their writer began from version `base`. Everybody who sees the review may, also afterwards.
pub fn save_notes(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    id: MeetingId,
    base: i64,
    text: &str,
) -> Result<NotesSaved> {
    let (meeting, _) = find(ctx, tx, id, Need::TakePart)?;
    ctx.require_person()?;
    let saved = documents::save(ctx, tx, engine, meeting.notes, base, text)?;
    let changed = matches!(saved, Saved::Written { .. } | Saved::Merged { .. });
    let untold = changed && !tell_notes(ctx, tx, id)?;
    Ok(NotesSaved { saved, untold })
}

/// Tells the log of notes that it does not know of, unless it was told a moment ago; false means to ask again later.
pub fn tell_notes(ctx: &Ctx, tx: &mut Tx<'_>, id: MeetingId) -> Result<bool> {
    let (version, told, told_at): (i64, i64, i64) =
        tx.query_one(sql::NOTES_TOLD, params![id], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    if version <= told {
        return Ok(true);
    }
    if ctx.at < told_at + QUIET_MS {
        return Ok(false);
    }
    tx.execute(sql::TELL_NOTES, params![id, version, ctx.at])?;
    let meeting = super::load(tx, id)?;
    let standing = access::review(ctx, tx, meeting.review, Need::See)?;
    let mut data = meeting.data(&standing);
    data["document"] = json!(meeting.notes);
    data["version"] = json!(version);
    record(ctx, tx, "notes.saved", &meeting, &data)?;
    Ok(true)
}
