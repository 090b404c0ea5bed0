//! Typing: updates that editors send are appended as they come, and the text that pages, search and versions read follows
//! in pauses.

use super::{Document, count, get, outline_json, render, sections_json, sql};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::{DocumentId, PersonId, ReviewId};
use hardwon_db::{Tx, params};
use serde_json::json;

/// One update and who sent it.
#[derive(Debug, Clone)]
pub struct Typed {
    pub author: PersonId,
    pub content: Vec<u8>,
}

/// What a log holds after a number.
#[derive(Debug, Clone, Default)]
pub struct Log {
    pub updates: Vec<Vec<u8>>,
    /// The number of the last of them, or the one that was asked from.
    pub last: i64,
}

/// The updates after a number, in order; all of them after 0.
pub fn log_after(tx: &mut Tx<'_>, id: DocumentId, after: i64) -> Result<Log> {
    let mut last = after;
    let updates = tx.query(sql::UPDATES_AFTER, params![id, after], |row| {
        last = row.get(0)?;
        row.get(1)
    })?;
    Ok(Log { updates, last })
}

/// Appends updates in their order. `known` is the number up to which the caller has seen the log; what others appended
/// since is given back, with the number of the last update there is now.
pub fn append(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: DocumentId,
    known: i64,
    new: &[Typed],
) -> Result<Log> {
    let mut log = log_after(tx, id, known)?;
    for typed in new {
        log.last += 1;
        tx.execute(
            sql::APPEND,
            params![id, log.last, typed.content, typed.author, ctx.at],
        )?;
    }
    Ok(log)
}

/// Shows the text that the log adds up to at `version`, unless something newer is shown already. Gives the review whose
/// document has changed by it.
pub fn show(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: DocumentId,
    version: i64,
    text: &str,
) -> Result<Option<ReviewId>> {
    let now = get(tx, id)?;
    if now.version >= version || now.text == text {
        tx.execute(sql::ADVANCE, params![id, version])?;
        return Ok(None);
    }
    let words = set(ctx, tx, &now, version, text)?;
    let Some(review) = now.review else {
        return Ok(None);
    };
    tx.execute(sql::TOUCH_REVIEW_QUIETLY, params![review, ctx.at])?;
    let data = json!({ "version": version, "words": words, "words_before": now.words });
    let subject = Thing::new("document", id);
    event::record(ctx, tx, "document.typed", &subject, Some(review), &data)?;
    Ok(Some(review))
}

/// Writes a text with what is derived from it, and counts its words.
pub(super) fn set(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    now: &Document,
    version: i64,
    text: &str,
) -> Result<i64> {
    let rendered = render(tx, text, now.syntax)?;
    let words = count(rendered.words);
    let changed = tx.execute(
        sql::WRITE,
        params![
            now.id,
            now.version,
            text,
            rendered.html,
            outline_json(&rendered),
            sections_json(text, &rendered),
            words,
            ctx.person(),
            ctx.at,
            version
        ],
    )?;
    if changed == 0 {
        return Err(Error::conflict(
            "Somebody saved this document at the same moment. Please save again.",
        ));
    }
    Ok(words)
}
