//! Questions: asked ahead of a meeting or in it, voted on, merged, and ended. Ranking is in [`rank`]; votes are in
//! [`vote`].
//!
//! Who asked without their name is known to the database (for telling them what became of it) and to no list, event,
//! page, export or figure. Votes are nobody's business either: only their counts are shown.

use crate::access::{self, Need, Standing};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::{PersonId, PromptId, QuestionId, ReviewId};
use crate::people::Face;
use crate::reviews::ReviewKind;
use crate::words;
use hardwon_db::{ToValue, Tx, params};
use serde_json::json;

mod carry;
mod ending;
mod list;
mod merge;
pub mod rank;
pub mod sql;
mod vote;

pub use carry::carry_over;
pub use ending::{Ending, end, may_end, reopen, set_aside};
pub use list::{Filter, Next, Show, Sort, get, left, list, next_unvoted};
pub use merge::{merge, unmerge};
pub use vote::{Vote, Voted, vote, withdraw};

/// The longest question, in characters.
pub const MAX_QUESTION: usize = 2_000;

words! {
    Origin {
        Person = "person",
        /// From the organisation's bank.
        Prompt = "prompt",
        Import = "import",
        /// From an earlier round.
        Carried = "carried",
    }
}

words! {
    QuestionState {
        Open = "open",
        Answered = "answered",
        FollowedUp = "followed-up",
        Unresolved = "unresolved",
        SetAside = "set-aside",
        Merged = "merged",
    }
}

words! {
    /// Whether a question says who asked it.
    Naming { Named = "named", Unnamed = "unnamed" }
}

#[derive(Debug, Clone)]
pub struct Question {
    pub id: QuestionId,
    pub review: ReviewId,
    pub number: i64,
    pub round: i64,
    pub origin: Origin,
    pub body: String,
    pub naming: Naming,
    pub state: QuestionState,
    /// The answer, who follows up how, or why it was set aside: what its end was recorded with.
    pub answer: String,
    /// Who answered, or who recorded another end.
    pub closed_by: Option<Face>,
    pub closed_at: Option<i64>,
    /// Who follows it up.
    pub owner: Option<Face>,
    pub merged_into: Option<QuestionId>,
    pub carried_from: Option<QuestionId>,
    pub up: i64,
    pub down: i64,
    /// [`rank::lower_bound`] of its votes.
    pub score: f64,
    pub version: i64,
    pub created_at: i64,
    /// The reader's own vote.
    pub mine: Option<Vote>,
    /// The prompt of the organisation's bank that it is.
    pub prompt: Option<PromptId>,
    /// Who asked it under their name. Empty for what was asked without one, and for prompts.
    pub askers: Vec<Face>,
}

/// A question that was asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub id: QuestionId,
    pub number: i64,
}

/// Asks a question. Everybody who sees the review may.
pub fn ask(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    body: &str,
    naming: Naming,
) -> Result<Asked> {
    let standing = access::review(ctx, tx, review, Need::TakePart)?;
    let asker = ctx.require_person()?;
    let body = body.trim();
    if body.is_empty() {
        return Err(Error::invalid("body", "Please write your question."));
    }
    if body.chars().count() > MAX_QUESTION {
        return Err(Error::invalid(
            "body",
            "A question may have at most 2,000 characters.",
        ));
    }
    let number = next_number(tx, review)?;
    let new = New {
        number,
        round: standing.round,
        origin: Origin::Person,
        naming,
        ..New::default()
    };
    let id = insert(ctx, tx, review, body, &new)?;
    tx.execute(
        sql::ADD_ASKER,
        params![id, asker, naming == Naming::Unnamed, ctx.at],
    )?;
    tx.execute(sql::COUNT, params![review, 1_i64, 1_i64, ctx.at])?;
    let thing = Thing::new("question", id);
    let data = json!({ "title": body, "number": number, "question": id });
    match naming {
        Naming::Named => event::record(ctx, tx, "question.asked", &thing, Some(review), &data)?,
        Naming::Unnamed => {
            event::record_unnamed(ctx, tx, "question.asked", &thing, Some(review), &data)?;
        }
    }
    Ok(Asked { id, number })
}

/// What a new question is besides its words.
struct New {
    number: i64,
    round: i64,
    origin: Origin,
    naming: Naming,
    prompt: Option<PromptId>,
    carried_from: Option<QuestionId>,
    up: i64,
    down: i64,
}

impl Default for New {
    fn default() -> Self {
        Self {
            number: 1,
            round: 1,
            origin: Origin::Person,
            naming: Naming::Named,
            prompt: None,
            carried_from: None,
            up: 0,
            down: 0,
        }
    }
}

fn insert(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    body: &str,
    new: &New,
) -> Result<QuestionId> {
    let id: QuestionId = ctx.id();
    tx.execute(
        sql::INSERT,
        params![
            id,
            review,
            new.number,
            new.round,
            new.origin,
            new.prompt,
            body,
            new.naming == Naming::Unnamed,
            new.carried_from,
            new.up,
            new.down,
            rank::lower_bound(new.up, new.down),
            ctx.at
        ],
    )?;
    Ok(id)
}

fn next_number(tx: &mut Tx<'_>, review: ReviewId) -> Result<i64> {
    Ok(tx.query_one(sql::NEXT_NUMBER, params![review], |row| row.get(0))?)
}

/// Gives a new review the standard prompts of its kind. Called once, by whoever creates the review.
pub fn seed_prompts(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId, kind: ReviewKind) -> Result<i64> {
    let prompts = tx.query(sql::PROMPTS, params![kind], |row| {
        Ok((row.get::<PromptId>(0)?, row.get::<String>(1)?))
    })?;
    let number = i64::try_from(prompts.len()).expect("a bank of prompts is short");
    if number > 0 {
        let rows: Vec<_> = prompts
            .iter()
            .map(|(prompt, body)| (ctx.id::<QuestionId>(), prompt, body))
            .collect();
        let unknown = rank::lower_bound(0, 0);
        let mut values: Vec<&dyn ToValue> = vec![&review, &unknown, &ctx.at];
        for (id, prompt, body) in &rows {
            values.extend([id as &dyn ToValue, prompt, body]);
        }
        tx.execute(&sql::insert_prompts(rows.len()), &values)?;
        tx.execute(sql::COUNT, params![review, number, number, ctx.at])?;
        event::record(
            ctx,
            tx,
            "question.prompts-joined",
            &Thing::new("review", review),
            Some(review),
            &json!({ "count": number }),
        )?;
    }
    Ok(number)
}

/// Adds a question that an imported document asks, which nobody here has asked.
pub fn import(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId, body: &str) -> Result<Asked> {
    let standing = access::review(ctx, tx, review, Need::Edit)?;
    let number = next_number(tx, review)?;
    let new = New {
        number,
        round: standing.round,
        origin: Origin::Import,
        ..New::default()
    };
    let id = insert(ctx, tx, review, body.trim(), &new)?;
    tx.execute(sql::COUNT, params![review, 1_i64, 1_i64, ctx.at])?;
    event::record(
        ctx,
        tx,
        "question.imported",
        &Thing::new("question", id),
        Some(review),
        &json!({ "title": body.trim(), "number": number, "question": id }),
    )?;
    Ok(Asked { id, number })
}

/// A question, and what the actor is in its review.
fn place(ctx: &Ctx, tx: &mut Tx<'_>, id: QuestionId, need: Need) -> Result<(Question, Standing)> {
    let review: ReviewId = tx
        .query_opt(sql::REVIEW_OF, params![id], |row| row.get(0))?
        .ok_or(Error::NotFound)?;
    let standing = access::review(ctx, tx, review, need)?;
    Ok((list::load(ctx, tx, id)?, standing))
}

/// Whether the actor asked this question, for saying so to nobody but them.
pub fn asked_by(tx: &mut Tx<'_>, id: QuestionId, person: PersonId) -> Result<bool> {
    Ok(tx
        .query_opt(sql::ASKED, params![id, person], |row| row.get::<i64>(0))?
        .is_some())
}

#[cfg(test)]
mod tests;
