//! Typing: updates that editors send are appended as they come, and the text that pages, search and versions read follows
//! in pauses.

use super::authorship::{self, Clocks};
use super::{
    Anchor, Document, anchors, count, get, outline_json, render, sections_json, snapshot, sql,
};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::{DocumentId, PersonId, ReviewId};
use hardwon_db::{ToValue, Tx, params};
use serde_json::json;

/// Rows of one statement, and documents of one question: a statement takes 48 values.
const AT_ONCE: usize = 15;
/// Whoever types has their text shown long before.
const UNSHOWN_MS: i64 = 60_000;

/// One update and who sent it.
#[derive(Debug, Clone)]
pub struct Typed {
    pub author: PersonId,
    pub content: Vec<u8>,
    /// What it adds to the clocks of editing sessions.
    pub clocks: Vec<Clocks>,
}

/// What a log holds after a number.
#[derive(Debug, Clone, Default)]
pub struct Log {
    pub updates: Vec<Vec<u8>>,
    /// The number of the last of them, or the one that was asked from.
    pub last: i64,
    /// The number that the first of them comes up to when it is a snapshot, or the one that was asked from.
    pub kept: i64,
}

/// The updates after a number, in order. Where some of them have been trimmed, the whole document: whoever has seen a part
/// of it already loses nothing by hearing that again.
pub fn log_after(tx: &mut Tx<'_>, id: DocumentId, after: i64) -> Result<Log> {
    let log = rows(tx, id, after, i64::MAX)?;
    let count = i64::try_from(log.updates.len()).unwrap_or(i64::MAX);
    if log.last - after == count {
        return Ok(log);
    }
    snapshot::whole(tx, id)
}

/// The rows of the log after a number and up to another.
pub(super) fn rows(tx: &mut Tx<'_>, id: DocumentId, after: i64, until: i64) -> Result<Log> {
    let mut last = after;
    let updates = tx.query(sql::UPDATES_BETWEEN, params![id, after, until], |row| {
        last = row.get(0)?;
        row.get(1)
    })?;
    Ok(Log {
        updates,
        last,
        kept: after,
    })
}

/// Appends updates in their order. `known` is the number up to which the caller has seen the log; what others appended
/// since is given back, with the number of the last update there is now.
pub fn append<'a>(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: DocumentId,
    known: i64,
    new: impl IntoIterator<Item = &'a Typed>,
) -> Result<Log> {
    let mut log = log_after(tx, id, known)?;
    let new: Vec<&Typed> = new.into_iter().collect();
    for some in new.chunks(AT_ONCE) {
        let numbers: Vec<i64> = (log.last + 1..).take(some.len()).collect();
        let mut values: Vec<&dyn ToValue> = vec![&id, &ctx.at];
        for (number, typed) in numbers.iter().zip(some) {
            values.push(number);
            values.push(&typed.content);
            values.push(&typed.author);
        }
        tx.execute(&sql::append_many(some.len()), &values)?;
        log.last += i64::try_from(some.len()).unwrap_or(i64::MAX);
    }
    authorship::note_typed(tx, id, &new)?;
    Ok(log)
}

/// Which documents have updates after the number that is said of each, and the number of the last of them.
pub fn ahead(tx: &mut Tx<'_>, known: &[(DocumentId, i64)]) -> Result<Vec<(DocumentId, i64)>> {
    let mut found = Vec::new();
    for some in known.chunks(AT_ONCE) {
        let mut values: Vec<&dyn ToValue> = Vec::new();
        for (id, seq) in some {
            values.push(id);
            values.push(seq);
        }
        found.extend(tx.query(&sql::ahead(some.len()), &values, |row| {
            Ok::<_, hardwon_db::Error>((row.get(0)?, row.get(1)?))
        })?);
    }
    Ok(found)
}

/// Documents to which something was typed a while ago that their pages do not show: the program ended in between.
pub fn unshown(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<Vec<DocumentId>> {
    Ok(
        tx.query(sql::UNSHOWN, params![ctx.at - UNSHOWN_MS, 100_i64], |row| {
            row.get(0)
        })?,
    )
}

/// The number up to which pages show the document.
pub fn shown(tx: &mut Tx<'_>, id: DocumentId) -> Result<i64> {
    tx.query_opt(sql::SHOWN, params![id], |row| row.get(0))?
        .ok_or(Error::NotFound)
}

/// Shows the text that the log adds up to at `version`, with the anchors where they stand in it, unless something newer
/// is shown already. Gives the review whose document has changed by it.
pub fn show(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: DocumentId,
    version: i64,
    text: &str,
    anchors: &[Anchor],
) -> Result<Option<ReviewId>> {
    let now = get(tx, id)?;
    if now.version >= version || now.text == text {
        tx.execute(sql::ADVANCE, params![id, version])?;
        if now.text == text {
            anchors::follow(tx, text, &now.html, anchors)?;
        }
        return Ok(None);
    }
    let words = set(ctx, tx, &now, version, text, anchors)?;
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
    anchors: &[Anchor],
) -> Result<i64> {
    let rendered = render(tx, text, now.syntax)?;
    anchors::follow(tx, text, &rendered.html, anchors)?;
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
