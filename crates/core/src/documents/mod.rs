//! Documents: text in Markdown (or, imported, reStructuredText) with the log of updates that led to it, its rendering,
//! its versions, and who wrote what. What a document belongs to, and who may read it, is decided by whoever owns it.

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::{DocumentId, PersonId, ReviewId};
use crate::people::Face;
use hardwon_db::{Tx, params};
use hardwon_prose::{Links, Rendered, Syntax};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::ops::Range;

pub mod anchors;
pub mod authorship;
pub mod difference;
pub mod references;
pub mod sections;
pub mod snapshot;
pub mod sql;
#[cfg(test)]
mod tests;
pub mod typing;
pub mod versions;

pub use anchors::Anchor;
pub use authorship::{Clocks, Stretch};
pub use hardwon_prose::place::Quote;
pub use sections::{Found, SectionState};
pub use versions::{Version, VersionKind, cut, keep, version_text, versions};

/// The longest text of one document, in bytes.
pub const MAX_BYTES: usize = 4 << 20;

/// A heading of a document, as pages list it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutlineEntry {
    pub level: u8,
    pub text: String,
    pub slug: String,
}

#[derive(Debug, Clone)]
pub struct Document {
    pub id: DocumentId,
    pub review: Option<ReviewId>,
    pub syntax: Syntax,
    pub text: String,
    pub html: String,
    pub outline: Vec<OutlineEntry>,
    pub words: i64,
    /// Counts up with every change of the text.
    pub version: i64,
    pub updated_by: Option<PersonId>,
    pub updated_at: i64,
}

/// The document engine, which lives in the server; here an update is bytes.
pub trait Engine: Send + Sync {
    /// The update that turns what the log adds up to into `new`.
    fn update(&self, log: &[Vec<u8>], new: &str) -> Result<Vec<u8>>;
    /// The text that a log adds up to.
    fn text(&self, log: &[Vec<u8>]) -> Result<String>;
    /// Positions around a stretch of the text, in bytes, that move with it.
    fn anchor(&self, log: &[Vec<u8>], at: Range<usize>) -> Result<(Vec<u8>, Vec<u8>)>;
    /// The anchors with the places where they stand now. Those whose words were deleted stand nowhere, unless the same
    /// words stand elsewhere now.
    fn follow(&self, log: &[Vec<u8>], anchors: Vec<Anchor>) -> Result<Vec<Anchor>>;
    /// What an update adds to the clocks of editing sessions.
    fn clocks(&self, update: &[u8]) -> Result<Vec<Clocks>>;
    /// The text that a log adds up to, in the stretches in which it was written.
    fn stretches(&self, log: &[Vec<u8>]) -> Result<Vec<Stretch>>;
}

pub fn create(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    review: Option<ReviewId>,
    syntax: Syntax,
    text: &str,
) -> Result<DocumentId> {
    check_length(text)?;
    let id: DocumentId = ctx.id();
    let rendered = render(tx, text, syntax)?;
    tx.execute(
        sql::INSERT,
        params![
            id,
            review,
            syntax.as_str(),
            text,
            rendered.html,
            outline_json(&rendered),
            sections_json(text, &rendered),
            count(rendered.words),
            ctx.person(),
            ctx.at
        ],
    )?;
    let update = engine.update(&[], text)?;
    append(ctx, tx, engine, id, (1, &update), ctx.person())?;
    Ok(id)
}

pub fn get(tx: &mut Tx<'_>, id: DocumentId) -> Result<Document> {
    tx.query_opt(sql::GET, params![id], |row| {
        Ok(Document {
            id: row.get(0)?,
            review: row.get(1)?,
            syntax: syntax(&row.get::<String>(2)?)?,
            text: row.get(3)?,
            html: row.get(4)?,
            outline: json_column(&row.get::<String>(5)?)?,
            words: row.get(6)?,
            version: row.get(7)?,
            updated_by: row.get(8)?,
            updated_at: row.get(9)?,
        })
    })?
    .ok_or(Error::NotFound)
}

/// A document as its page shows it: rendered, without the source.
#[derive(Debug, Clone)]
pub struct Reading {
    pub html: String,
    pub outline: Vec<OutlineEntry>,
    pub sections: Vec<Found>,
    pub syntax: Syntax,
    pub words: i64,
    pub version: i64,
    pub updated_at: i64,
    pub updated_by: Option<Face>,
}

pub fn read(tx: &mut Tx<'_>, id: DocumentId) -> Result<Reading> {
    tx.query_opt(sql::READ, params![id], |row| {
        Ok(Reading {
            html: row.get(0)?,
            outline: json_column(&row.get::<String>(1)?)?,
            sections: json_column(&row.get::<String>(2)?)?,
            syntax: syntax(&row.get::<String>(3)?)?,
            words: row.get(4)?,
            version: row.get(5)?,
            updated_at: row.get(6)?,
            updated_by: Face::from_columns(row, 7)?,
        })
    })?
    .ok_or(Error::NotFound)
}

fn json_column<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, hardwon_db::Error> {
    serde_json::from_str(text).map_err(|error| hardwon_db::Error::unreadable(error.to_string()))
}

/// What became of a text that somebody saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// It is the document now.
    Written { version: i64 },
    /// Somebody else had saved in between; both changes are in the document.
    Merged { version: i64, text: String },
    /// Nothing to do: the text is what the document says already.
    Unchanged { version: i64 },
    /// Both changed the same lines. Nothing was written; `merged` holds both between conflict marks.
    Conflict {
        theirs: String,
        merged: String,
        version: i64,
    },
}

/// Saves `text`, which its writer began from version `base`. When others have saved since, the changes are merged line
/// by line; where they touch the same lines nothing is written and the writer gets both.
pub fn save(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    id: DocumentId,
    base: i64,
    text: &str,
) -> Result<Saved> {
    check_length(text)?;
    let now = with_typing(ctx, tx, engine, id)?;
    if now.text == text {
        return Ok(Saved::Unchanged {
            version: now.version,
        });
    }
    if base == now.version {
        return Ok(Saved::Written {
            version: write(ctx, tx, engine, &now, text)?,
        });
    }
    match text_at(tx, engine, &now, base)? {
        Some(ancestor) => merge(ctx, tx, engine, now, &ancestor, text),
        // It was begun so long ago that nobody knows what from: the writer gets both texts.
        None => Ok(Saved::Conflict {
            merged: diffy::merge("", text, &now.text).unwrap_or_else(|both| both),
            theirs: now.text,
            version: now.version,
        }),
    }
}

/// What the document said at a version; nothing when that is so long ago that nobody knows.
pub fn text_at(
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    now: &Document,
    version: i64,
) -> Result<Option<String>> {
    if version < 1 || version > now.version {
        return Err(Error::invalid(
            "base",
            "This document has no such version to start from.",
        ));
    }
    let log = snapshot::until(tx, now.id, version)?;
    log.map(|log| engine.text(&log.updates)).transpose()
}

/// The document with everything that was typed into it, also what its pages do not show yet.
pub fn with_typing(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    id: DocumentId,
) -> Result<Document> {
    let now = get(tx, id)?;
    let typed = typing::log_after(tx, id, now.version)?;
    if typed.updates.is_empty() {
        return Ok(now);
    }
    let whole = snapshot::whole(tx, id)?.updates;
    let text = engine.text(&whole)?;
    let anchors = followed(tx, engine, id, &whole)?;
    typing::show(ctx, tx, id, typed.last, &text, &anchors)?;
    get(tx, id)
}

/// Takes in a text that was written elsewhere from `ancestor`, in the same way.
pub fn take_in(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    id: DocumentId,
    ancestor: &str,
    text: &str,
) -> Result<Saved> {
    check_length(text)?;
    let now = with_typing(ctx, tx, engine, id)?;
    merge(ctx, tx, engine, now, ancestor, text)
}

fn merge(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    now: Document,
    ancestor: &str,
    text: &str,
) -> Result<Saved> {
    match diffy::merge(ancestor, text, &now.text) {
        Ok(merged) if merged == now.text => Ok(Saved::Unchanged {
            version: now.version,
        }),
        Ok(merged) => Ok(Saved::Merged {
            version: write(ctx, tx, engine, &now, &merged)?,
            text: merged,
        }),
        Err(merged) => Ok(Saved::Conflict {
            theirs: now.text,
            merged,
            version: now.version,
        }),
    }
}

/// Replaces a stretch of the text, in bytes, by words of somebody else, whom the log names.
pub fn replace(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    now: &Document,
    at: Range<usize>,
    (author, words): (PersonId, &str),
) -> Result<i64> {
    let text = [&now.text[..at.start], words, &now.text[at.end..]].concat();
    check_length(&text)?;
    write_as(ctx, tx, engine, now, &text, Some(author))
}

fn write(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    now: &Document,
    text: &str,
) -> Result<i64> {
    write_as(ctx, tx, engine, now, text, ctx.person())
}

fn write_as(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    now: &Document,
    text: &str,
    author: Option<PersonId>,
) -> Result<i64> {
    let mut whole = snapshot::whole(tx, now.id)?.updates;
    let update = engine.update(&whole, text)?;
    let version = now.version + 1;
    append(ctx, tx, engine, now.id, (version, &update), author)?;
    whole.push(update);
    let anchors = followed(tx, engine, now.id, &whole)?;
    let words = typing::set(ctx, tx, now, version, text, &anchors)?;
    tell(ctx, tx, now, version, words)?;
    Ok(version)
}

/// The anchors of a document where they stand in the text that a log adds up to.
fn followed(
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    id: DocumentId,
    log: &[Vec<u8>],
) -> Result<Vec<Anchor>> {
    let anchors = anchors::of(tx, id)?;
    if anchors.is_empty() {
        return Ok(anchors);
    }
    engine.follow(log, anchors)
}

/// Tells whoever follows the review that one of its documents has a new text. `main` is false for notes and minutes.
fn tell(ctx: &Ctx, tx: &mut Tx<'_>, now: &Document, version: i64, words: i64) -> Result<()> {
    let Some(review) = now.review else {
        return Ok(());
    };
    let known = tx.query_opt(sql::TOUCH_REVIEW, params![review, ctx.at], |row| {
        Ok::<_, hardwon_db::Error>((
            row.get::<String>(0)?,
            row.get::<i64>(1)?,
            row.get::<DocumentId>(2)?,
        ))
    })?;
    let (title, number, main) = known.ok_or(Error::NotFound)?;
    let data = json!({
        "title": title, "number": number, "version": version, "words": words, "words_before": now.words,
        "main": main == now.id,
    });
    let subject = Thing::new("document", now.id);
    event::record(ctx, tx, "document.saved", &subject, Some(review), &data)
}

/// Renders with `@name` linked where there is such a person or team, and every `#12` to the review of that number:
/// whether its reader may see that review is decided when it is read, by [`references`].
fn render(tx: &mut Tx<'_>, text: &str, syntax: Syntax) -> Result<Rendered> {
    let mut known = BTreeMap::new();
    for handle in hardwon_prose::mentions(text).into_iter().take(200) {
        let handle = handle.to_lowercase();
        let address: Option<String> =
            tx.query_opt(sql::HANDLE, params![handle], |row| row.get(0))?;
        if let Some(address) = address {
            known.insert(handle, address);
        }
    }
    let links = Links {
        mention: &|handle| known.get(&handle.to_lowercase()).cloned(),
        number: &|number| Some(references::address(number)),
    };
    Ok(hardwon_prose::render_with(text, syntax, &links))
}

fn sections_json(text: &str, rendered: &Rendered) -> String {
    serde_json::to_string(&sections::find(text, &rendered.headings))
        .expect("strings and numbers are always JSON")
}

fn append(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    id: DocumentId,
    (seq, update): (i64, &[u8]),
    author: Option<PersonId>,
) -> Result<()> {
    tx.execute(sql::APPEND, params![id, seq, update, author, ctx.at])?;
    authorship::note(tx, id, author, &engine.clocks(update)?)
}

fn outline_json(rendered: &Rendered) -> String {
    let entries: Vec<OutlineEntry> = rendered
        .headings
        .iter()
        .map(|heading| OutlineEntry {
            level: heading.level,
            text: heading.text.clone(),
            slug: heading.slug.clone(),
        })
        .collect();
    serde_json::to_string(&entries).expect("strings and numbers are always JSON")
}

fn count(words: usize) -> i64 {
    i64::try_from(words).unwrap_or(i64::MAX)
}

fn check_length(text: &str) -> Result<()> {
    if text.len() > MAX_BYTES {
        return Err(Error::invalid(
            "text",
            "A document may hold at most 4 MiB of text.",
        ));
    }
    Ok(())
}

fn syntax(text: &str) -> Result<Syntax, hardwon_db::Error> {
    text.parse()
        .map_err(|_| hardwon_db::Error::unreadable(format!("{text} is no syntax")))
}
