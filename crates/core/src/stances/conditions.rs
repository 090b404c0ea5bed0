//! Conditions: what a *yes, if* or a decision depends on, with an owner, until it is met or let go with a reason.

use super::sql;
use crate::access::{self, Need, Standing};
use crate::ctx::Ctx;
use crate::error::{Error, Fields, Result};
use crate::event::{self, Thing};
use crate::id::{ConditionId, PersonId, ReviewId};
use crate::page::{Conditions, Cursor, Listed, Page};
use crate::people::{self, Face};
use crate::words;
use hardwon_db::{Row, Tx, params};
use serde_json::json;

words! {
    Source { Stance = "stance", Decision = "decision" }
}

words! {
    ConditionState { Open = "open", Met = "met", LetGo = "let-go" }
}

#[derive(Debug, Clone)]
pub struct Condition {
    pub id: ConditionId,
    pub review: ReviewId,
    pub round: i64,
    pub source: Source,
    pub raised_by: Option<Face>,
    pub body: String,
    pub owner: Option<Face>,
    pub state: ConditionState,
    pub closed_by: Option<Face>,
    pub closed_reason: String,
    pub closed_at: Option<i64>,
    pub version: i64,
    pub created_at: i64,
}

/// A condition to be raised.
#[derive(Debug, Clone)]
pub struct New<'a> {
    pub round: i64,
    pub source: Source,
    pub body: &'a str,
    pub owner: Option<PersonId>,
}

pub(super) fn check(body: &str, fields: &mut Fields) {
    if body.chars().count() > 1_000 {
        fields.add(
            "conditions",
            "A condition may have at most 1,000 characters.",
        );
    }
}

/// Raises a condition; the caller has asked [`access`] and checked the words.
pub fn raise(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    standing: &Standing,
    new: &New<'_>,
) -> Result<ConditionId> {
    let id: ConditionId = ctx.id();
    tx.execute(
        sql::RAISE,
        params![
            id,
            standing.id,
            new.round,
            new.source,
            ctx.person(),
            new.body.trim(),
            new.owner,
            ctx.at
        ],
    )?;
    event::record(
        ctx,
        tx,
        "condition.raised",
        &Thing::new("condition", id),
        Some(standing.id),
        &json!({ "title": new.body.trim(), "source": new.source }),
    )?;
    if let Some(owner) = new.owner {
        tell_owner(ctx, tx, standing.id, id, new.body.trim(), owner)?;
    }
    Ok(id)
}

fn tell_owner(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    id: ConditionId,
    body: &str,
    owner: PersonId,
) -> Result<()> {
    let name = people::face(tx, owner)?.name;
    event::record(
        ctx,
        tx,
        "condition.assigned",
        &Thing::new("condition", id),
        Some(review),
        &json!({ "title": body, "owner": owner, "owner_name": name }),
    )
}

/// The conditions of a review in every round, oldest first.
pub fn list(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    page: &Page,
) -> Result<Listed<Condition>> {
    access::review(ctx, tx, review, Need::See)?;
    let mut conditions = Conditions::default();
    conditions.and("c.review_id = $$", &[&review]);
    if let Some(after) = &page.after {
        conditions.and("(c.created_at, c.id) > ($$, $$)", &[&after.key, &after.id]);
    }
    let limit = conditions.bind(&page.fetch());
    let text = format!(
        "{}{} order by c.created_at, c.id limit {limit}",
        sql::CONDITIONS,
        conditions.text()
    );
    let found = tx.query(&text, &conditions.params(), from_row)?;
    Ok(page.cut(found, |one| Cursor::new(one.created_at, one.id)))
}

fn from_row(row: &Row<'_>) -> Result<Condition, hardwon_db::Error> {
    let face = |at: usize| -> Result<Option<Face>, hardwon_db::Error> {
        let Some(id) = row.get::<Option<PersonId>>(at)? else {
            return Ok(None);
        };
        Ok(Some(Face {
            id,
            name: row.get(at + 1)?,
            handle: row.get(at + 2)?,
        }))
    };
    Ok(Condition {
        id: row.get(0)?,
        review: row.get(1)?,
        round: row.get(2)?,
        source: row.get(3)?,
        raised_by: face(4)?,
        body: row.get(7)?,
        owner: face(8)?,
        state: row.get(11)?,
        closed_by: face(12)?,
        closed_reason: row.get::<Option<String>>(15)?.unwrap_or_default(),
        closed_at: row.get(16)?,
        version: row.get(17)?,
        created_at: row.get(18)?,
    })
}

/// A condition for somebody who may see its review, with what they are in it.
pub fn get(ctx: &Ctx, tx: &mut Tx<'_>, id: ConditionId) -> Result<(Condition, Standing)> {
    place(ctx, tx, id, Need::See)
}

fn place(ctx: &Ctx, tx: &mut Tx<'_>, id: ConditionId, need: Need) -> Result<(Condition, Standing)> {
    let review: ReviewId = tx
        .query_opt(sql::REVIEW_OF, params![id], |row| row.get(0))?
        .ok_or(Error::NotFound)?;
    let standing = access::review(ctx, tx, review, need)?;
    let condition = tx
        .query_opt(
            &format!("{} where c.id = $1", sql::CONDITIONS),
            params![id],
            from_row,
        )?
        .ok_or(Error::NotFound)?;
    Ok((condition, standing))
}

/// Whether somebody may tend a condition: who raised it, who owns it, and those who lead the review.
pub fn may_tend(condition: &Condition, standing: &Standing, person: Option<PersonId>) -> bool {
    let is = |face: &Option<Face>| face.as_ref().map(|face| face.id) == person && person.is_some();
    standing.can_edit() || is(&condition.raised_by) || is(&condition.owner)
}

fn tended(ctx: &Ctx, tx: &mut Tx<'_>, id: ConditionId) -> Result<Condition> {
    let (condition, standing) = place(ctx, tx, id, Need::TakePart)?;
    if may_tend(&condition, &standing, ctx.person()) {
        Ok(condition)
    } else {
        Err(Error::denied(
            "Only who raised a condition, who owns it or who leads the review may change it.",
        ))
    }
}

/// Gives a condition to somebody, or to nobody. Everybody may take one on that nobody has.
pub fn assign(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: ConditionId,
    owner: Option<PersonId>,
) -> Result<Condition> {
    let (condition, standing) = place(ctx, tx, id, Need::TakePart)?;
    let takes_on = condition.owner.is_none() && owner.is_some() && owner == ctx.person();
    if !takes_on && !may_tend(&condition, &standing, ctx.person()) {
        return Err(Error::denied(
            "You may take a condition on that nobody has; who raised it or leads the review may give it to others.",
        ));
    }
    if condition.owner.as_ref().map(|face| face.id) == owner {
        return Ok(condition);
    }
    tx.execute(sql::ASSIGN, params![id, owner])?;
    match owner {
        Some(owner) => tell_owner(ctx, tx, condition.review, id, &condition.body, owner)?,
        None => tell(ctx, tx, "condition.unassigned", &condition, "")?,
    }
    Ok(condition)
}

/// Says that a condition is met, with what shows it if there is something to say.
pub fn meet(ctx: &Ctx, tx: &mut Tx<'_>, id: ConditionId, note: &str) -> Result<Condition> {
    let condition = tended(ctx, tx, id)?;
    close(ctx, tx, &condition, ConditionState::Met, note)?;
    Ok(condition)
}

/// Lets a condition go, which always says why.
pub fn let_go(ctx: &Ctx, tx: &mut Tx<'_>, id: ConditionId, reason: &str) -> Result<Condition> {
    let condition = tended(ctx, tx, id)?;
    if reason.trim().is_empty() {
        return Err(Error::invalid(
            "reason",
            "Please say why this condition is let go.",
        ));
    }
    close(ctx, tx, &condition, ConditionState::LetGo, reason)?;
    Ok(condition)
}

fn close(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    condition: &Condition,
    to: ConditionState,
    reason: &str,
) -> Result<()> {
    let reason = reason.trim();
    if reason.chars().count() > 2_000 {
        return Err(Error::invalid(
            "reason",
            "A reason may have at most 2,000 characters.",
        ));
    }
    let person = ctx.person();
    if tx.execute(
        sql::CLOSE,
        params![condition.id, to, person, reason, ctx.at],
    )? == 0
    {
        return Err(Error::conflict("This condition is closed already."));
    }
    let kind = match to {
        ConditionState::Met => "condition.met",
        _ => "condition.let-go",
    };
    tell(ctx, tx, kind, condition, reason)
}

/// Opens a closed condition again.
pub fn reopen(ctx: &Ctx, tx: &mut Tx<'_>, id: ConditionId) -> Result<Condition> {
    let condition = tended(ctx, tx, id)?;
    if tx.execute(sql::REOPEN, params![id])? == 0 {
        return Err(Error::conflict("This condition is open already."));
    }
    tell(ctx, tx, "condition.reopened", &condition, "")?;
    Ok(condition)
}

fn tell(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    kind: &'static str,
    condition: &Condition,
    reason: &str,
) -> Result<()> {
    event::record(
        ctx,
        tx,
        kind,
        &Thing::new("condition", condition.id),
        Some(condition.review),
        &json!({ "title": condition.body, "reason": reason }),
    )
}
