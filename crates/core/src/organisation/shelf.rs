//! What reviews start from, as shelves by kind of review: templates (headings and hints that a document begins with) and
//! prompts (questions that join every review). Both are kept by administrators in an order of theirs, and retired rather
//! than deleted.

use super::sql;
use crate::ctx::{Ctx, Role};
use crate::error::{Error, Fields, Result};
use crate::event::{self, Thing};
use crate::id::EntryId;
use crate::reviews::ReviewKind;
use crate::words;
use hardwon_db::{Row, ToValue, Tx, params};
use serde_json::json;

words! {
    Shelf { Templates = "templates", Prompts = "prompts" }
}

words! {
    /// Which way something moves in its list.
    Direction { Up = "up", Down = "down" }
}

impl Shelf {
    /// What one of its entries is called.
    pub fn singular(self) -> &'static str {
        match self {
            Self::Templates => "template",
            Self::Prompts => "prompt",
        }
    }

    /// The longest text of an entry, in characters.
    pub fn longest(self) -> usize {
        match self {
            Self::Templates => 100_000,
            Self::Prompts => 500,
        }
    }

    fn sql(self) -> &'static sql::Shelf {
        match self {
            Self::Templates => &sql::TEMPLATES,
            Self::Prompts => &sql::PROMPTS,
        }
    }
}

/// A template or a prompt.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: EntryId,
    pub kind: ReviewKind,
    /// Of a template; a prompt is its words alone.
    pub name: String,
    /// Of a template, Markdown.
    pub body: String,
    pub position: i64,
    /// Since when new reviews no longer start from it.
    pub retired_at: Option<i64>,
    pub version: i64,
}

impl Entry {
    fn from_row(row: &Row<'_>) -> Result<Self, hardwon_db::Error> {
        Ok(Self {
            id: row.get(0)?,
            kind: row.get(1)?,
            name: row.get(2)?,
            body: row.get(3)?,
            position: row.get(4)?,
            retired_at: row.get(5)?,
            version: row.get(6)?,
        })
    }

    /// What it is called in lists.
    pub fn title(&self) -> &str {
        if self.name.is_empty() {
            &self.body
        } else {
            &self.name
        }
    }
}

#[derive(Debug, Clone)]
pub struct EntryForm {
    pub name: String,
    pub body: String,
}

impl EntryForm {
    /// A prompt has no name.
    pub fn new(name: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            body: body.into(),
        }
    }

    fn check(&self, shelf: Shelf) -> Result<()> {
        let mut fields = Fields::default();
        if shelf == Shelf::Templates {
            check(&mut fields, "name", &self.name, 100);
        }
        check(&mut fields, "body", &self.body, shelf.longest());
        fields.check()
    }

    /// The parameters `$2` and, of a template, `$3` of a statement that changes an entry.
    fn values(&self, shelf: Shelf) -> Vec<&str> {
        match shelf {
            Shelf::Templates => vec![&self.body, self.name.trim()],
            Shelf::Prompts => vec![self.body.trim()],
        }
    }
}

fn check(fields: &mut Fields, field: &str, text: &str, longest: usize) {
    if text.trim().is_empty() {
        fields.add(field, "Please fill this in.");
    } else if text.chars().count() > longest {
        fields.add(field, format!("Use at most {longest} characters."));
    }
}

/// Entries for one kind of review, or for all, in their order; retired ones among them.
pub fn all(tx: &mut Tx<'_>, shelf: Shelf, kind: Option<ReviewKind>) -> Result<Vec<Entry>> {
    let kind = kind.map(ReviewKind::as_str).unwrap_or_default();
    Ok(tx.query(shelf.sql().all, params![kind], Entry::from_row)?)
}

pub fn get(tx: &mut Tx<'_>, shelf: Shelf, id: EntryId) -> Result<Entry> {
    tx.query_opt(shelf.sql().one, params![id], Entry::from_row)?
        .ok_or(Error::NotFound)
}

pub(super) fn insert(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    shelf: Shelf,
    kind: ReviewKind,
    form: &EntryForm,
) -> Result<EntryId> {
    let id: EntryId = ctx.id();
    let next = shelf.sql().next_position;
    let position: i64 = tx.query_one(next, params![kind], |row| row.get(0))?;
    let values = form.values(shelf);
    let mut row: Vec<&dyn ToValue> = vec![&id, &kind, &position, &ctx.at];
    row.extend(values.iter().map(|value| value as &dyn ToValue));
    tx.execute(shelf.sql().insert, &row)?;
    Ok(id)
}

/// Adds an entry at the end of its kind's list.
pub fn create(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    shelf: Shelf,
    kind: ReviewKind,
    form: &EntryForm,
) -> Result<EntryId> {
    ctx.require(Role::Administrator)?;
    form.check(shelf)?;
    let id = insert(ctx, tx, shelf, kind, form)?;
    tell(ctx, tx, shelf, ["template.created", "prompt.created"], id)?;
    Ok(id)
}

/// Changes an entry from version `version` on. Reviews that began with it keep what they have.
pub fn change(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    shelf: Shelf,
    id: EntryId,
    form: &EntryForm,
    version: i64,
) -> Result<()> {
    ctx.require(Role::Administrator)?;
    form.check(shelf)?;
    if get(tx, shelf, id)?.version != version {
        return Err(Error::conflict(format!(
            "This {} was changed by somebody else in the meantime. Your version is below; save again to keep it.",
            shelf.singular()
        )));
    }
    let values = form.values(shelf);
    let mut row: Vec<&dyn ToValue> = vec![&id];
    row.extend(values.iter().map(|value| value as &dyn ToValue));
    tx.execute(shelf.sql().change, &row)?;
    tell(ctx, tx, shelf, ["template.changed", "prompt.changed"], id)
}

/// Moves an entry one place in its kind's list; at either end nothing moves.
pub fn shift(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    shelf: Shelf,
    id: EntryId,
    direction: Direction,
) -> Result<()> {
    ctx.require(Role::Administrator)?;
    let kind = get(tx, shelf, id)?.kind;
    let mut order: Vec<EntryId> = all(tx, shelf, Some(kind))?
        .iter()
        .map(|entry| entry.id)
        .collect();
    let here = order.iter().position(|&other| other == id);
    let there = match direction {
        Direction::Up => here.and_then(|here| here.checked_sub(1)),
        Direction::Down => here
            .map(|here| here + 1)
            .filter(|&there| there < order.len()),
    };
    if let (Some(here), Some(there)) = (here, there) {
        order.swap(here, there);
    }
    for (place, id) in (1_i64..).zip(&order) {
        tx.execute(shelf.sql().place, params![id, place])?;
    }
    tell(ctx, tx, shelf, ["template.moved", "prompt.moved"], id)
}

/// New reviews no longer start from it.
pub fn retire(ctx: &Ctx, tx: &mut Tx<'_>, shelf: Shelf, id: EntryId) -> Result<()> {
    set_retired(ctx, tx, shelf, id, Some(ctx.at))?;
    tell(ctx, tx, shelf, ["template.retired", "prompt.retired"], id)
}

/// New reviews start from it again.
pub fn restore(ctx: &Ctx, tx: &mut Tx<'_>, shelf: Shelf, id: EntryId) -> Result<()> {
    set_retired(ctx, tx, shelf, id, None)?;
    tell(ctx, tx, shelf, ["template.restored", "prompt.restored"], id)
}

fn set_retired(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    shelf: Shelf,
    id: EntryId,
    at: Option<i64>,
) -> Result<()> {
    ctx.require(Role::Administrator)?;
    get(tx, shelf, id)?;
    tx.execute(shelf.sql().retire, params![id, at])?;
    Ok(())
}

/// Records what happened, by the name that it has on each shelf.
fn tell(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    shelf: Shelf,
    [of_template, of_prompt]: [&'static str; 2],
    id: EntryId,
) -> Result<()> {
    let kind = match shelf {
        Shelf::Templates => of_template,
        Shelf::Prompts => of_prompt,
    };
    let thing = Thing::new(shelf.singular(), id);
    let name = get(tx, shelf, id)?.title().to_owned();
    event::record(ctx, tx, kind, &thing, None, &json!({ "name": name }))
}
