//! Suggestions: a thread that proposes other words for those it stands at. Whoever writes the document accepts or declines
//! them with one action; the words that come in are their proposer's.

use super::{Thread, list, sql};
use crate::access::Need;
use crate::ctx::Ctx;
use crate::documents::{self, Engine, anchors};
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::ThreadId;
use crate::people::Face;
use crate::words;
use hardwon_db::{Row, Tx, params};
use serde_json::json;

words! {
    SuggestionState { Open = "open", Accepted = "accepted", Declined = "declined" }
}

/// Words proposed in place of those a thread stands at.
#[derive(Debug, Clone)]
pub struct Suggestion {
    pub replacement: String,
    pub state: SuggestionState,
    pub decided_by: Option<Face>,
    pub decided_at: Option<i64>,
}

impl Suggestion {
    pub(super) fn from_columns(
        row: &Row<'_>,
        at: usize,
    ) -> Result<Option<Self>, hardwon_db::Error> {
        let Some(state) = row.get::<Option<SuggestionState>>(at)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            state,
            replacement: row.get(at + 1)?,
            decided_by: Face::from_columns(row, at + 2)?,
            decided_at: row.get(at + 5)?,
        }))
    }
}

/// Puts the proposed words in, as the words of whoever proposed them, and resolves the thread.
pub fn accept(ctx: &Ctx, tx: &mut Tx<'_>, engine: &dyn Engine, id: ThreadId) -> Result<Thread> {
    let (thread, standing) = super::place(ctx, tx, id)?;
    standing.require(Need::Edit)?;
    let suggestion = open(&thread)?;
    let document = documents::with_typing(ctx, tx, engine, standing.document)?;
    // The text may have moved on since the thread was read.
    let anchor = list::load(tx, id)?.anchor;
    let Some(at) = anchor.as_ref().and_then(|anchor| anchor.at.clone()) else {
        return Err(Error::conflict(
            "The words that this suggestion stands at were deleted. Please write the new ones by hand, or decline it.",
        ));
    };
    let words = suggestion.replacement.as_str();
    let author = thread.raised_by.id;
    documents::replace(ctx, tx, engine, &document, at.clone(), (author, words))?;
    if let (Some(anchor), false) = (anchor, words.trim().is_empty()) {
        // From here on the thread stands at the new words; the quote stays what it was about.
        let document = documents::get(tx, standing.document)?;
        tx.execute(sql::UNTIE, params![id])?;
        let at = at.start..at.start + words.len();
        anchors::tie(tx, engine, &document, id, &anchor.quote, at)?;
    }
    settle(ctx, tx, &thread, SuggestionState::Accepted)
}

/// Leaves the text as it is and resolves the thread. Who proposed the words may take them back like this as well.
pub fn decline(ctx: &Ctx, tx: &mut Tx<'_>, id: ThreadId) -> Result<Thread> {
    let (thread, standing) = super::place(ctx, tx, id)?;
    if ctx.person() != Some(thread.raised_by.id) {
        standing.require(Need::Edit)?;
    }
    open(&thread)?;
    settle(ctx, tx, &thread, SuggestionState::Declined)
}

fn open(thread: &Thread) -> Result<&Suggestion> {
    match &thread.suggestion {
        Some(suggestion) if suggestion.state == SuggestionState::Open => Ok(suggestion),
        Some(_) => Err(Error::conflict(
            "This suggestion was accepted or declined already.",
        )),
        None => Err(Error::conflict("This thread suggests no other words.")),
    }
}

fn settle(ctx: &Ctx, tx: &mut Tx<'_>, thread: &Thread, to: SuggestionState) -> Result<Thread> {
    let person = ctx.require_person()?;
    tx.execute(sql::SETTLE, params![thread.id, to, person, ctx.at])?;
    let reason = match to {
        SuggestionState::Accepted => "The suggestion was accepted.",
        _ => "The suggestion was declined.",
    };
    event::record(
        ctx,
        tx,
        "thread.suggestion-settled",
        &Thing::new("thread", thread.id),
        Some(thread.review),
        &json!({ "title": thread.title, "number": thread.number, "thread": thread.id, "state": to }),
    )?;
    if tx.execute(sql::RESOLVE, params![thread.id, person, reason, ctx.at])? > 0 {
        super::count_open(ctx, tx, thread, -1)?;
        super::tell(ctx, tx, "thread.resolved", thread, reason)?;
    }
    list::load(tx, thread.id)
}
