//! Where threads stand in a document: between two positions that move with the text, and in which words they were raised.
//! The text itself knows nothing of them.

use super::{Document, Engine, snapshot, sql};
use crate::error::{Error, Result};
use crate::id::{DocumentId, ThreadId};
use hardwon_db::{Row, Tx, params};
use hardwon_prose::place::{self, Quote};
use std::ops::Range;

/// The longest quote, in characters.
pub const MAX_QUOTE: usize = 4_000;
/// How much of what stands around a quote is kept on either side, in characters.
const AROUND: usize = 200;

/// The words of a document that a thread stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    pub thread: ThreadId,
    /// Positions as the document engine encodes them.
    pub first: Vec<u8>,
    pub last: Vec<u8>,
    /// The words as they were chosen.
    pub quote: Quote,
    /// Where they stand in the text, in bytes; nothing while they are deleted.
    pub at: Option<Range<usize>>,
    /// Where they stand in its rendering, in letters.
    pub shown: Option<Range<usize>>,
}

impl Anchor {
    /// Reads the columns of [`sql::ANCHOR_COLUMNS`] from a number on; nothing where there is no anchor.
    pub(crate) fn from_columns(
        row: &Row<'_>,
        at: usize,
    ) -> Result<Option<Self>, hardwon_db::Error> {
        let Some(thread) = row.get::<Option<ThreadId>>(at)? else {
            return Ok(None);
        };
        let range = |first: usize| -> Result<_, hardwon_db::Error> {
            let ends = (
                row.get::<Option<i64>>(first)?,
                row.get::<Option<i64>>(first + 1)?,
            );
            let (Some(start), Some(end)) = ends else {
                return Ok(None);
            };
            Ok(usize::try_from(start).ok().zip(usize::try_from(end).ok()))
        };
        Ok(Some(Self {
            thread,
            first: row.get(at + 1)?,
            last: row.get(at + 2)?,
            quote: Quote {
                words: row.get(at + 3)?,
                before: row.get(at + 4)?,
                after: row.get(at + 5)?,
            },
            at: range(at + 6)?.map(|(start, end)| start..end),
            shown: range(at + 8)?.map(|(start, end)| start..end),
        }))
    }
}

/// All anchors in a document, also those of threads that are resolved.
pub fn of(tx: &mut Tx<'_>, id: DocumentId) -> Result<Vec<Anchor>> {
    let found = tx.query(sql::ANCHORS, params![id], |row| {
        Anchor::from_columns(row, 0)
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// Where quoted words stand in a document as it is now, or what to say when they do not.
pub fn find(document: &Document, quote: &Quote) -> Result<Range<usize>> {
    if quote.words.chars().count() > MAX_QUOTE {
        return Err(Error::invalid(
            "quote",
            "A comment stands at no more than 4,000 characters. Please choose fewer words, or comment on the heading.",
        ));
    }
    place::find(&document.text, quote).ok_or_else(|| {
        Error::invalid(
            "quote",
            "These words are not in the document any more. Please choose others, or comment on the heading.",
        )
    })
}

/// Ties a thread to a stretch of the document's text, which is as long as the log says it is.
pub fn tie(
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    document: &Document,
    thread: ThreadId,
    quote: &Quote,
    at: Range<usize>,
) -> Result<()> {
    let whole = snapshot::whole(tx, document.id)?;
    let (first, last) = engine.anchor(&whole.updates, at.clone())?;
    let ends = |text: &str| -> String {
        let skip = text.chars().count().saturating_sub(AROUND);
        text.chars().skip(skip).collect()
    };
    let shown = place::shown(&document.text, &document.html, std::slice::from_ref(&at));
    let shown = shown.into_iter().next().flatten();
    tx.execute(
        sql::TIE,
        params![
            thread,
            document.id,
            first,
            last,
            quote.words.trim(),
            ends(&quote.before),
            quote.after.chars().take(AROUND).collect::<String>(),
            number(at.start),
            number(at.end),
            shown.as_ref().map(|range| number(range.start)),
            shown.as_ref().map(|range| number(range.end))
        ],
    )?;
    Ok(())
}

/// Writes down where anchors stand in a new text.
pub(super) fn follow(tx: &mut Tx<'_>, text: &str, html: &str, anchors: &[Anchor]) -> Result<()> {
    let there: Vec<Range<usize>> = anchors.iter().filter_map(|one| one.at.clone()).collect();
    let mut shown = place::shown(text, html, &there).into_iter();
    for anchor in anchors {
        let at = anchor.at.as_ref();
        let shown = at.and_then(|_| shown.next().flatten());
        tx.execute(
            sql::FOLLOW,
            params![
                anchor.thread,
                anchor.first,
                anchor.last,
                at.map(|range| number(range.start)),
                at.map(|range| number(range.end)),
                shown.as_ref().map(|range| number(range.start)),
                shown.as_ref().map(|range| number(range.end))
            ],
        )?;
    }
    Ok(())
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
