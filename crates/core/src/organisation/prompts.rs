//! Prompts: the organisation's bank of questions that every review of a kind starts with.

use super::sql;
use super::templates::{Direction, swap};
use crate::ctx::{Ctx, Role};
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::PromptId;
use crate::people::filled;
use crate::reviews::ReviewKind;
use garde::Validate;
use hardwon_db::{Row, Tx, params};
use serde_json::json;

#[derive(Debug, Clone)]
pub struct Prompt {
    pub id: PromptId,
    pub kind: ReviewKind,
    pub body: String,
    pub position: i64,
    /// Since when new reviews no longer start with it.
    pub retired_at: Option<i64>,
    pub version: i64,
}

impl Prompt {
    fn from_row(row: &Row<'_>) -> Result<Self, hardwon_db::Error> {
        Ok(Self {
            id: row.get(0)?,
            kind: row.get(1)?,
            body: row.get(2)?,
            position: row.get(3)?,
            retired_at: row.get(4)?,
            version: row.get(5)?,
        })
    }
}

#[derive(Debug, Clone, Validate)]
pub struct PromptForm {
    #[garde(custom(filled), length(chars, max = 500))]
    pub body: String,
}

/// Prompts of one kind, or of all, in their order; retired ones among them.
pub fn all(tx: &mut Tx<'_>, kind: Option<ReviewKind>) -> Result<Vec<Prompt>> {
    let kind = kind.map(ReviewKind::as_str).unwrap_or_default();
    Ok(tx.query(sql::PROMPTS, params![kind], Prompt::from_row)?)
}

/// Prompts that a new review of this kind starts with.
pub fn offered(tx: &mut Tx<'_>, kind: ReviewKind) -> Result<Vec<Prompt>> {
    let mut found = all(tx, Some(kind))?;
    found.retain(|prompt| prompt.retired_at.is_none());
    Ok(found)
}

pub fn get(tx: &mut Tx<'_>, id: PromptId) -> Result<Prompt> {
    tx.query_opt(sql::PROMPT, params![id], Prompt::from_row)?
        .ok_or(Error::NotFound)
}

pub(super) fn insert(ctx: &Ctx, tx: &mut Tx<'_>, kind: ReviewKind, body: &str) -> Result<PromptId> {
    let id: PromptId = ctx.id();
    let position: i64 = tx.query_one(sql::NEXT_PROMPT_POSITION, params![kind], |row| row.get(0))?;
    tx.execute(
        sql::INSERT_PROMPT,
        params![id, kind, body.trim(), position, ctx.at],
    )?;
    Ok(id)
}

/// Adds a prompt at the end of its kind's list.
pub fn create(ctx: &Ctx, tx: &mut Tx<'_>, kind: ReviewKind, form: &PromptForm) -> Result<PromptId> {
    ctx.require(Role::Administrator)?;
    form.validate()?;
    let id = insert(ctx, tx, kind, &form.body)?;
    record(ctx, tx, "prompt.created", id, &form.body)?;
    Ok(id)
}

/// Changes a prompt from version `version` on. Questions that reviews have from it stay as they are.
pub fn change(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: PromptId,
    form: &PromptForm,
    version: i64,
) -> Result<()> {
    ctx.require(Role::Administrator)?;
    form.validate()?;
    if get(tx, id)?.version != version {
        return Err(Error::conflict(
            "This prompt was changed by somebody else in the meantime. Your version is below; save again to keep it.",
        ));
    }
    tx.execute(sql::CHANGE_PROMPT, params![id, form.body.trim()])?;
    record(ctx, tx, "prompt.changed", id, &form.body)
}

/// Moves a prompt one place in its kind's list.
pub fn shift(ctx: &Ctx, tx: &mut Tx<'_>, id: PromptId, direction: Direction) -> Result<()> {
    ctx.require(Role::Administrator)?;
    let prompt = get(tx, id)?;
    let mut order: Vec<PromptId> = all(tx, Some(prompt.kind))?
        .iter()
        .map(|prompt| prompt.id)
        .collect();
    swap(&mut order, &id, direction);
    for (place, id) in (1_i64..).zip(&order) {
        tx.execute(sql::PLACE_PROMPT, params![id, place])?;
    }
    record(ctx, tx, "prompt.moved", id, &prompt.body)
}

/// New reviews no longer start with it.
pub fn retire(ctx: &Ctx, tx: &mut Tx<'_>, id: PromptId) -> Result<()> {
    ctx.require(Role::Administrator)?;
    let prompt = get(tx, id)?;
    tx.execute(sql::RETIRE_PROMPT, params![id, Some(ctx.at)])?;
    record(ctx, tx, "prompt.retired", id, &prompt.body)
}

/// New reviews start with it again.
pub fn restore(ctx: &Ctx, tx: &mut Tx<'_>, id: PromptId) -> Result<()> {
    ctx.require(Role::Administrator)?;
    let prompt = get(tx, id)?;
    tx.execute(sql::RETIRE_PROMPT, params![id, None::<i64>])?;
    record(ctx, tx, "prompt.restored", id, &prompt.body)
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, kind: &'static str, id: PromptId, body: &str) -> Result<()> {
    event::record(
        ctx,
        tx,
        kind,
        &Thing::new("prompt", id),
        None,
        &json!({ "name": body.trim() }),
    )
}
