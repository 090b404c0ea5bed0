//! Templates: the headings and hints that a new review's document starts from, in the organisation's order and words.

use super::sql;
use crate::ctx::{Ctx, Role};
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::TemplateId;
use crate::people::filled;
use crate::reviews::ReviewKind;
use crate::words;
use garde::Validate;
use hardwon_db::{Row, Tx, params};
use serde_json::json;

#[derive(Debug, Clone)]
pub struct Template {
    pub id: TemplateId,
    pub kind: ReviewKind,
    pub name: String,
    /// Markdown.
    pub body: String,
    pub position: i64,
    /// Since when it is no longer offered.
    pub retired_at: Option<i64>,
    pub version: i64,
}

impl Template {
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
}

words! {
    /// Which way something moves in its list.
    Direction { Up = "up", Down = "down" }
}

#[derive(Debug, Clone, Validate)]
pub struct TemplateForm {
    #[garde(custom(filled), length(chars, max = 100))]
    pub name: String,
    #[garde(custom(filled), length(max = 100_000))]
    pub body: String,
}

/// Templates of one kind, or of all, in their order; retired ones among them.
pub fn all(tx: &mut Tx<'_>, kind: Option<ReviewKind>) -> Result<Vec<Template>> {
    let kind = kind.map(ReviewKind::as_str).unwrap_or_default();
    Ok(tx.query(sql::TEMPLATES, params![kind], Template::from_row)?)
}

/// Templates that a new review of this kind may start from; the first is the usual one.
pub fn offered(tx: &mut Tx<'_>, kind: ReviewKind) -> Result<Vec<Template>> {
    let mut found = all(tx, Some(kind))?;
    found.retain(|template| template.retired_at.is_none());
    Ok(found)
}

pub fn get(tx: &mut Tx<'_>, id: TemplateId) -> Result<Template> {
    tx.query_opt(sql::TEMPLATE, params![id], Template::from_row)?
        .ok_or(Error::NotFound)
}

pub(super) fn insert(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    kind: ReviewKind,
    name: &str,
    body: &str,
) -> Result<TemplateId> {
    let id: TemplateId = ctx.id();
    let position: i64 =
        tx.query_one(sql::NEXT_TEMPLATE_POSITION, params![kind], |row| row.get(0))?;
    tx.execute(
        sql::INSERT_TEMPLATE,
        params![id, kind, name.trim(), body, position, ctx.at],
    )?;
    Ok(id)
}

/// Adds a template at the end of its kind's list.
pub fn create(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    kind: ReviewKind,
    form: &TemplateForm,
) -> Result<TemplateId> {
    ctx.require(Role::Administrator)?;
    form.validate()?;
    let id = insert(ctx, tx, kind, &form.name, &form.body)?;
    record(ctx, tx, "template.created", id, &form.name)?;
    Ok(id)
}

/// Changes a template from version `version` on. Reviews that began from it keep what they have.
pub fn change(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: TemplateId,
    form: &TemplateForm,
    version: i64,
) -> Result<()> {
    ctx.require(Role::Administrator)?;
    form.validate()?;
    if get(tx, id)?.version != version {
        return Err(Error::conflict(
            "This template was changed by somebody else in the meantime. Your version is below; save again to keep it.",
        ));
    }
    tx.execute(
        sql::CHANGE_TEMPLATE,
        params![id, form.name.trim(), form.body],
    )?;
    record(ctx, tx, "template.changed", id, &form.name)
}

/// Moves a template one place in its kind's list.
pub fn shift(ctx: &Ctx, tx: &mut Tx<'_>, id: TemplateId, direction: Direction) -> Result<()> {
    ctx.require(Role::Administrator)?;
    let template = get(tx, id)?;
    let mut order: Vec<TemplateId> = all(tx, Some(template.kind))?
        .iter()
        .map(|template| template.id)
        .collect();
    swap(&mut order, &id, direction);
    for (place, id) in (1_i64..).zip(&order) {
        tx.execute(sql::PLACE_TEMPLATE, params![id, place])?;
    }
    record(ctx, tx, "template.moved", id, &template.name)
}

/// Swaps an entry with its neighbour; at the end of the list nothing moves.
pub(super) fn swap<T: PartialEq>(order: &mut [T], entry: &T, direction: Direction) {
    let Some(place) = order.iter().position(|other| other == entry) else {
        return;
    };
    let other = match direction {
        Direction::Up => place.checked_sub(1),
        Direction::Down => Some(place + 1).filter(|place| *place < order.len()),
    };
    if let Some(other) = other {
        order.swap(place, other);
    }
}

/// No longer offers a template.
pub fn retire(ctx: &Ctx, tx: &mut Tx<'_>, id: TemplateId) -> Result<()> {
    ctx.require(Role::Administrator)?;
    let template = get(tx, id)?;
    tx.execute(sql::RETIRE_TEMPLATE, params![id, Some(ctx.at)])?;
    record(ctx, tx, "template.retired", id, &template.name)
}

/// Offers a retired template again.
pub fn restore(ctx: &Ctx, tx: &mut Tx<'_>, id: TemplateId) -> Result<()> {
    ctx.require(Role::Administrator)?;
    let template = get(tx, id)?;
    tx.execute(sql::RETIRE_TEMPLATE, params![id, None::<i64>])?;
    record(ctx, tx, "template.restored", id, &template.name)
}

fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    kind: &'static str,
    id: TemplateId,
    name: &str,
) -> Result<()> {
    event::record(
        ctx,
        tx,
        kind,
        &Thing::new("template", id),
        None,
        &json!({ "name": name.trim() }),
    )
}
