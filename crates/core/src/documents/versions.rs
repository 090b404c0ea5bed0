//! States of a document that stay: named by somebody, kept at a step of the life cycle, or kept by itself in a pause of
//! the writing. The last kind thins out with age; the others stay for ever.

use super::{Document, Engine, Saved, save, sql, with_typing};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::{DocumentId, VersionId};
use crate::people::Face;
use crate::words;
use hardwon_db::{Tx, params};
use serde_json::json;

/// A document that has not changed for so long rests.
pub const REST_MS: i64 = 10 * 60_000;
/// A document that never rests is kept so often.
pub const WRITING_MS: i64 = 60 * 60_000;
/// For so long every automatic version stays; after it, the last one of each day does.
pub const FRESH_MS: i64 = 24 * 3_600_000;
/// How far back versions are thinned out: a server that slept for longer keeps more than it needs.
const THINNED_MS: i64 = 60 * 24 * 3_600_000;

words! {
    VersionKind {
        Named = "named",
        /// Kept at a step of the review's life cycle.
        Step = "step",
        /// Kept by itself in a pause.
        Automatic = "automatic",
    }
}

/// An unchanging state of a document.
#[derive(Debug, Clone)]
pub struct Version {
    pub id: VersionId,
    pub document: DocumentId,
    pub number: i64,
    pub name: String,
    pub kind: VersionKind,
    pub author: Option<Face>,
    pub at: i64,
}

/// Keeps the document's present text under a name.
pub fn cut(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: DocumentId,
    kind: VersionKind,
    name: &str,
) -> Result<VersionId> {
    let version: VersionId = ctx.id();
    tx.query_one(
        sql::CUT,
        params![version, id, name, ctx.person(), ctx.at, kind],
        |row| row.get::<i64>(0),
    )?;
    tx.execute(sql::IS_KEPT, params![id])?;
    Ok(version)
}

/// Keeps a text under a name beside the document, which stays as it is; gives the version's number as well.
pub fn keep(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: DocumentId,
    name: &str,
    text: &str,
) -> Result<(VersionId, i64)> {
    let version: VersionId = ctx.id();
    let number = tx.query_one(
        sql::KEEP,
        params![
            version,
            id,
            name,
            text,
            ctx.person(),
            ctx.at,
            VersionKind::Named
        ],
        |row| row.get(0),
    )?;
    Ok((version, number))
}

/// Every version, oldest first.
pub fn versions(tx: &mut Tx<'_>, id: DocumentId) -> Result<Vec<Version>> {
    Ok(tx.query(sql::VERSIONS, params![id], |row| {
        Ok(Version {
            id: row.get(0)?,
            document: row.get(1)?,
            number: row.get(2)?,
            name: row.get(3)?,
            author: Face::from_columns(row, 4)?,
            at: row.get(7)?,
            kind: row.get(8)?,
        })
    })?)
}

/// The text of a version.
pub fn version_text(tx: &mut Tx<'_>, id: DocumentId, number: i64) -> Result<String> {
    tx.query_opt(sql::VERSION_TEXT, params![id, number], |row| row.get(0))?
        .ok_or(Error::NotFound)
}

fn is_kept(tx: &mut Tx<'_>, now: &Document) -> Result<bool> {
    let latest: Option<String> =
        tx.query_opt(sql::LATEST_TEXT, params![now.id], |row| row.get(0))?;
    // Nothing at all needs no version to be found again.
    Ok(latest.map_or(now.text.is_empty(), |text| text == now.text))
}

/// What became of a version that somebody wanted back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    pub saved: Saved,
    /// The version that holds what was there before.
    pub before: Option<i64>,
}

/// Writes an earlier version's text as a new edit, after what is there now has been kept.
pub fn restore(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    id: DocumentId,
    number: i64,
) -> Result<Restored> {
    let text = version_text(tx, id, number)?;
    let now = with_typing(ctx, tx, engine, id)?;
    let before = if now.text == text || is_kept(tx, &now)? {
        None
    } else {
        let name = format!("before version {number} came back");
        Some(keep(ctx, tx, id, &name, &now.text)?.1)
    };
    let saved = save(ctx, tx, engine, id, now.version, &text)?;
    Ok(Restored { saved, before })
}

/// A document whose text waits to be kept.
#[derive(Debug, Clone, Copy)]
pub struct Pause {
    id: DocumentId,
    rested: bool,
    updated_at: i64,
}

/// The document that has waited longest for a version of its own, if one rests or was written for long.
pub fn in_pause(tx: &mut Tx<'_>, at: i64) -> Result<Option<Pause>> {
    Ok(tx.query_opt(
        sql::IN_PAUSE,
        params![at - REST_MS, at - WRITING_MS],
        |row| {
            Ok::<_, hardwon_db::Error>(Pause {
                id: row.get(0)?,
                rested: row.get(1)?,
                updated_at: row.get(2)?,
            })
        },
    )?)
}

/// Keeps what waits, unless it is the newest version already or another node has claimed it. The version bears the time
/// of the text's last change and nobody's name: several people may have written it.
pub fn keep_in_pause(ctx: &Ctx, tx: &mut Tx<'_>, pause: Pause) -> Result<()> {
    if tx.execute(sql::CLAIM, params![pause.id, pause.updated_at])? == 0 {
        return Ok(());
    }
    let now = super::get(tx, pause.id)?;
    if is_kept(tx, &now)? {
        return Ok(());
    }
    let name = if pause.rested {
        "in a pause"
    } else {
        "while it was written"
    };
    let (version, kind): (VersionId, _) = (ctx.id(), VersionKind::Automatic);
    let number: i64 = tx.query_one(
        sql::CUT,
        params![
            version,
            now.id,
            name,
            None::<crate::id::PersonId>,
            now.updated_at,
            kind
        ],
        |row| row.get(0),
    )?;
    let subject = Thing::new("document", now.id);
    let data = json!({ "version": number, "automatic": true });
    event::record(
        ctx,
        tx,
        "document.version-kept",
        &subject,
        now.review,
        &data,
    )
}

/// Forgets automatic versions of earlier days but the last of each day.
pub fn thin(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<()> {
    // Whole days, so that the last of a day is judged when the day is over.
    let until = (ctx.at - FRESH_MS) / 86_400_000 * 86_400_000;
    tx.execute(sql::THIN, params![until - THINNED_MS, until])?;
    Ok(())
}
