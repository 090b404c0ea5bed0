//! Stances: where somebody stands on a proposal in a round, in a word and in their own words, changeable until the
//! decision and after it. They are shown as words beside each other; nothing adds them up into a verdict. What a *yes,
//! if* depends on becomes [`conditions`].

use crate::access::{self, Need};
use crate::ctx::Ctx;
use crate::error::{Fields, Result};
use crate::event::{self, Thing};
use crate::id::{ConditionId, ReviewId};
use crate::people::Face;
use crate::words;
use hardwon_db::{Tx, params};
use serde_json::json;

pub mod conditions;
pub mod sql;

pub use conditions::Condition;

words! {
    Position {
        Yes = "yes",
        YesIf = "yes-if",
        NotYet = "not-yet",
        Abstain = "abstain",
    }
}

#[derive(Debug, Clone)]
pub struct Stance {
    pub person: Face,
    pub position: Position,
    pub words: String,
    pub at: i64,
}

/// What somebody says about where they stand.
#[derive(Debug, Clone)]
pub struct StanceForm {
    pub position: Position,
    pub words: String,
    /// What a *yes, if* depends on: one entry a condition; the others have none.
    pub conditions: Vec<String>,
}

/// Takes a stance in the present round, or changes one's own; gives the conditions that it raised. Conditions that were
/// raised before stay until somebody meets them or lets them go: others may be at work on them.
pub fn take(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    form: &StanceForm,
) -> Result<Vec<ConditionId>> {
    let standing = access::review(ctx, tx, review, Need::TakePart)?;
    let person = ctx.require_person()?;
    let words = form.words.trim();
    let mut fields = Fields::default();
    let open: Vec<String> = tx.query(
        sql::OPEN_OWN,
        params![review, standing.round, person],
        |row| row.get(0),
    )?;
    let mut new: Vec<&str> = Vec::new();
    for condition in form.conditions.iter().map(|condition| condition.trim()) {
        // Whoever says the same again means the same condition.
        if !condition.is_empty()
            && !new.contains(&condition)
            && !open.iter().any(|before| before == condition)
        {
            new.push(condition);
        }
    }
    if form.position != Position::YesIf && !new.is_empty() {
        fields.add(
            "conditions",
            "Conditions belong to “yes, if”. Please choose it, or empty this field.",
        );
    }
    if words.chars().count() > 5_000 {
        fields.add("words", "Your words may have at most 5,000 characters.");
    }
    if new.len() > 20 {
        fields.add("conditions", "Please name at most 20 conditions.");
    }
    for condition in &new {
        conditions::check(condition, &mut fields);
    }
    if form.position == Position::YesIf && new.is_empty() && open.is_empty() {
        fields.add(
            "conditions",
            "Please name what your yes depends on, one condition a line.",
        );
    }
    fields.check()?;
    tx.execute(
        sql::TAKE,
        params![review, standing.round, person, form.position, words, ctx.at],
    )?;
    tx.execute(sql::TOUCH, params![review, ctx.at])?;
    event::record(
        ctx,
        tx,
        "stance.taken",
        &Thing::new("stance", review),
        Some(review),
        &json!({ "title": standing.title, "round": standing.round, "position": form.position }),
    )?;
    new.into_iter()
        .map(|body| {
            let raised = conditions::New {
                round: standing.round,
                source: conditions::Source::Stance,
                body,
                owner: None,
            };
            conditions::raise(ctx, tx, &standing, &raised)
        })
        .collect()
}

/// Takes one's stance of the present round back. Its conditions stay.
pub fn withdraw(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId) -> Result<()> {
    let standing = access::review(ctx, tx, review, Need::TakePart)?;
    let person = ctx.require_person()?;
    if tx.execute(sql::WITHDRAW, params![review, standing.round, person])? > 0 {
        event::record(
            ctx,
            tx,
            "stance.withdrawn",
            &Thing::new("stance", review),
            Some(review),
            &json!({ "title": standing.title, "round": standing.round }),
        )?;
    }
    Ok(())
}

/// The stances of a round, by name: their order says nothing about anybody.
pub fn list(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId, round: i64) -> Result<Vec<Stance>> {
    access::review(ctx, tx, review, Need::See)?;
    Ok(tx.query(sql::LIST, params![review, round], |row| {
        Ok(Stance {
            person: Face {
                id: row.get(0)?,
                name: row.get(1)?,
                handle: row.get(2)?,
            },
            position: row.get(3)?,
            words: row.get(4)?,
            at: row.get(5)?,
        })
    })?)
}
