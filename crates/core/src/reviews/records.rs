//! What a review's document says, as records that can be linked from elsewhere: goals, departures, alternatives, costs,
//! assumptions, tricky components. Each version of a record is kept, and a removed one stays readable in its history.

use super::{naming, sql};
use crate::access::{self, Need, Standing};
use crate::ctx::Ctx;
use crate::documents;
use crate::error::{Error, Fields, Result};
use crate::event::{self, Thing};
use crate::id::{DocumentId, RecordId, ReviewId};
use crate::people::{self, Face};
use crate::words;
use hardwon_db::{Row, Tx, params};
use serde_json::json;

words! {
    RecordKind {
        Goal = "goal",
        Departure = "departure",
        Alternative = "alternative",
        Cost = "cost",
        Assumption = "assumption",
        TrickyComponent = "tricky-component",
    }
}

impl RecordKind {
    /// The standard section of the document where records of this kind are written about.
    pub fn section(self) -> Option<&'static str> {
        match self {
            Self::Goal => Some("goals"),
            Self::Departure => Some("departures"),
            Self::Alternative => Some("alternatives"),
            Self::Cost => Some("costs"),
            Self::Assumption => Some("assumptions"),
            Self::TrickyComponent => None,
        }
    }

    /// The states that a record of this kind goes through; it begins in the first.
    pub fn states(self) -> &'static [RecordState] {
        use RecordState::{
            Accepted, Confirmed, Contradicted, Declined, Dismissed, Held, Kept, Open, UnderReview,
        };
        match self {
            Self::Departure => &[Open, UnderReview, Accepted, Declined, Dismissed],
            Self::Assumption => &[Held, Confirmed, Contradicted],
            _ => &[Kept],
        }
    }
}

words! {
    /// What became of a record. Only departures and assumptions have more than one.
    RecordState {
        Kept = "kept",
        Held = "held",
        Confirmed = "confirmed",
        Contradicted = "contradicted",
        Open = "open",
        UnderReview = "under-review",
        Accepted = "accepted",
        Declined = "declined",
        Dismissed = "dismissed",
    }
}

words! {
    /// What made a new version of a record.
    RecordChanged {
        Added = "added",
        Changed = "changed",
        Removed = "removed",
        Restored = "restored",
        StateSet = "state-set",
    }
}

#[derive(Debug, Clone)]
pub struct Record {
    pub id: RecordId,
    pub kind: RecordKind,
    pub title: String,
    /// Of a departure, what it departs from and why; of an alternative, why not; of the others, more about it.
    pub detail: String,
    pub state: RecordState,
    /// Why it is in this state, or the evidence.
    pub note: String,
    pub position: i64,
    /// The slug of the heading under which the document names it, empty before the first heading.
    pub named_under: Option<String>,
    pub version: i64,
    pub removed_at: Option<i64>,
}

impl Record {
    fn from_row(row: &Row<'_>) -> Result<Self, hardwon_db::Error> {
        Ok(Self {
            id: row.get(0)?,
            kind: row.get(1)?,
            title: row.get(2)?,
            detail: row.get(3)?,
            state: row.get(4)?,
            note: row.get(5)?,
            position: row.get(6)?,
            named_under: row.get(7)?,
            version: row.get(8)?,
            removed_at: row.get(9)?,
        })
    }
}

#[derive(Debug, Clone)]
pub struct RecordForm {
    pub kind: RecordKind,
    pub title: String,
    pub detail: String,
}

fn check(title: &str, detail: &str) -> Result<()> {
    let mut fields = Fields::default();
    if title.trim().is_empty() {
        fields.add("title", "Please fill this in.");
    }
    if title.chars().count() > 300 {
        fields.add("title", "At most 300 characters, please.");
    }
    if detail.chars().count() > 10_000 {
        fields.add("detail", "At most 10,000 characters, please.");
    }
    fields.check()
}

/// The records of a review in their order, without the removed ones; at most 1,000. The caller has asked [`access`].
pub fn records(tx: &mut Tx<'_>, review: ReviewId) -> Result<Vec<Record>> {
    Ok(tx.query(sql::RECORDS, params![review], Record::from_row)?)
}

/// One record of a review, removed or not.
pub fn record(tx: &mut Tx<'_>, review: ReviewId, id: RecordId) -> Result<Record> {
    tx.query_opt(sql::RECORD, params![review, id], Record::from_row)?
        .ok_or(Error::NotFound)
}

pub fn add(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId, form: &RecordForm) -> Result<RecordId> {
    let standing = access::review(ctx, tx, review, Need::Edit)?;
    check(&form.title, &form.detail)?;
    let text = naming::Text::of(tx, standing.document)?;
    insert(ctx, tx, &standing, &text, form)
}

fn insert(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: &Standing,
    text: &naming::Text,
    form: &RecordForm,
) -> Result<RecordId> {
    let id: RecordId = ctx.id();
    let (title, detail) = (form.title.trim(), form.detail.trim());
    tx.execute(
        sql::INSERT_RECORD,
        params![
            id,
            review.id,
            form.kind,
            title,
            detail,
            form.kind.states()[0],
            text.names(form.kind, title),
            ctx.person(),
            ctx.at
        ],
    )?;
    keep(ctx, tx, id, RecordChanged::Added)?;
    tell(ctx, tx, review, "record.added", id, form.kind, title)?;
    Ok(id)
}

/// Writes a new version; `version` is the one its writer began from.
pub fn change(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    id: RecordId,
    version: i64,
    title: &str,
    detail: &str,
) -> Result<()> {
    let standing = access::review(ctx, tx, review, Need::Edit)?;
    let before = record(tx, review, id)?;
    check(title, detail)?;
    let (title, detail) = (title.trim(), detail.trim());
    if (before.title.as_str(), before.detail.as_str()) == (title, detail) {
        return Ok(());
    }
    let named = naming::Text::of(tx, standing.document)?.names(before.kind, title);
    let row = params![id, version, title, detail, named];
    if tx.execute(sql::CHANGE_RECORD, row)? == 0 {
        return Err(stale());
    }
    keep(ctx, tx, id, RecordChanged::Changed)?;
    tell(ctx, tx, &standing, "record.changed", id, before.kind, title)
}

fn stale() -> Error {
    Error::conflict("Somebody changed this record in the meantime. Both versions are below.")
}

/// Takes a record out of the lists; it stays in the history and can come back.
pub fn remove(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId, id: RecordId) -> Result<()> {
    set_removed(ctx, tx, review, id, Some(ctx.at), RecordChanged::Removed)
}

pub fn restore(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId, id: RecordId) -> Result<()> {
    set_removed(ctx, tx, review, id, None, RecordChanged::Restored)
}

fn set_removed(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    id: RecordId,
    at: Option<i64>,
    change: RecordChanged,
) -> Result<()> {
    let standing = access::review(ctx, tx, review, Need::Edit)?;
    let before = record(tx, review, id)?;
    if before.removed_at.is_some() == at.is_some() {
        return Ok(());
    }
    tx.execute(sql::REMOVE_RECORD, params![id, at])?;
    keep(ctx, tx, id, change)?;
    let kind = if at.is_some() {
        "record.removed"
    } else {
        "record.restored"
    };
    tell(ctx, tx, &standing, kind, id, before.kind, &before.title)
}

/// Says what became of a departure or an assumption, and why; an assumption is not confirmed or contradicted without
/// the evidence.
pub fn set_state(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    id: RecordId,
    state: RecordState,
    note: &str,
) -> Result<()> {
    let standing = access::review(ctx, tx, review, Need::Edit)?;
    let before = record(tx, review, id)?;
    let note = note.trim();
    let mut fields = Fields::default();
    if !before.kind.states().contains(&state) {
        fields.add("state", "A record of this kind has no such state.");
    }
    if note.chars().count() > 10_000 {
        fields.add("note", "At most 10,000 characters, please.");
    }
    if note.is_empty()
        && matches!(
            state,
            RecordState::Confirmed
                | RecordState::Contradicted
                | RecordState::Declined
                | RecordState::Dismissed
        )
    {
        fields.add("note", "Please say what shows it, or why.");
    }
    fields.check()?;
    if (before.state, before.note.as_str()) == (state, note) {
        return Ok(());
    }
    tx.execute(sql::SET_RECORD_STATE, params![id, state, note])?;
    keep(ctx, tx, id, RecordChanged::StateSet)?;
    tx.execute(sql::TOUCH, params![review, ctx.at])?;
    let data = json!({
        "title": standing.title, "number": standing.number, "record_kind": before.kind, "record": before.title,
        "from": before.state, "state": state, "note": note,
    });
    let thing = Thing::new("record", id);
    event::record(ctx, tx, "record.state-set", &thing, Some(review), &data)
}

words! {
    Move { Up = "up", Down = "down" }
}

/// Changes places with the neighbour of the same kind; at either end nothing happens.
pub fn reorder(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    id: RecordId,
    direction: Move,
) -> Result<()> {
    access::review(ctx, tx, review, Need::Edit)?;
    let moved = record(tx, review, id)?;
    let mut places: Vec<RecordId> = records(tx, review)?
        .into_iter()
        .filter(|one| one.kind == moved.kind)
        .map(|one| one.id)
        .collect();
    let Some(here) = places.iter().position(|&one| one == id) else {
        return Ok(());
    };
    let there = match direction {
        Move::Up => here.checked_sub(1),
        Move::Down => Some(here + 1).filter(|&there| there < places.len()),
    };
    let Some(there) = there else { return Ok(()) };
    places.swap(here, there);
    for (place, one) in (1_i64..).zip(&places) {
        tx.execute(sql::PLACE_RECORD, params![one, place])?;
    }
    Ok(())
}

/// One version of a record.
#[derive(Debug, Clone)]
pub struct RecordVersion {
    pub version: i64,
    pub title: String,
    pub detail: String,
    pub state: RecordState,
    pub note: String,
    pub change: RecordChanged,
    pub at: i64,
    pub author: Option<Face>,
}

/// What became of a record, oldest first, at most 500 versions.
pub fn history(tx: &mut Tx<'_>, id: RecordId) -> Result<Vec<RecordVersion>> {
    Ok(tx.query(sql::RECORD_VERSIONS, params![id], |row| {
        Ok(RecordVersion {
            version: row.get(0)?,
            title: row.get(1)?,
            detail: row.get(2)?,
            state: row.get(3)?,
            note: row.get(4)?,
            change: row.get(5)?,
            at: row.get(6)?,
            author: Face::from_columns(row, 7)?,
        })
    })?)
}

/// What the document has sections about and no record of yet.
pub fn suggestions(tx: &mut Tx<'_>, review: &Standing) -> Result<Vec<RecordForm>> {
    let document = documents::get(tx, review.document)?;
    let known: Vec<String> = records(tx, review.id)?
        .iter()
        .map(|record| people::key(&record.title))
        .collect();
    let mut found = naming::suggestions(&document);
    found.retain(|form| !known.contains(&people::key(&form.title)));
    Ok(found)
}

/// Makes records of everything that the document's section for this kind holds; gives how many.
pub fn add_suggested(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    kind: RecordKind,
) -> Result<usize> {
    let standing = access::review(ctx, tx, review, Need::Edit)?;
    let text = naming::Text::of(tx, standing.document)?;
    let found = suggestions(tx, &standing)?;
    let mut added = 0;
    for form in found.iter().filter(|form| form.kind == kind) {
        insert(ctx, tx, &standing, &text, form)?;
        added += 1;
    }
    Ok(added)
}

/// Looks again where the document names each record, after its text changed.
pub(super) fn rename_all(tx: &mut Tx<'_>, review: ReviewId, document: DocumentId) -> Result<()> {
    let all = records(tx, review)?;
    if all.is_empty() {
        return Ok(());
    }
    let text = naming::Text::of(tx, document)?;
    for record in all {
        let named = text.names(record.kind, &record.title);
        if named != record.named_under {
            tx.execute(sql::NAME_RECORD, params![record.id, named])?;
        }
    }
    Ok(())
}

fn keep(ctx: &Ctx, tx: &mut Tx<'_>, id: RecordId, change: RecordChanged) -> Result<()> {
    tx.execute(sql::KEEP_RECORD, params![id, change, ctx.person(), ctx.at])?;
    Ok(())
}

fn tell(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: &Standing,
    event: &'static str,
    id: RecordId,
    kind: RecordKind,
    title: &str,
) -> Result<()> {
    tx.execute(sql::TOUCH, params![review.id, ctx.at])?;
    let data = json!({
        "title": review.title, "number": review.number, "record_kind": kind, "record": title,
    });
    event::record(
        ctx,
        tx,
        event,
        &Thing::new("record", id),
        Some(review.id),
        &data,
    )
}
