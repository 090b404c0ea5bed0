//! A new round takes the questions along that the last one left.

use super::{Naming, New, Origin, QuestionState, insert, next_number, sql};
use crate::access::{self, Need};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::event::{self, Thing};
use crate::id::{PromptId, QuestionId, ReviewId};
use hardwon_db::{Tx, params};
use serde_json::json;

struct Left {
    id: QuestionId,
    body: String,
    naming: Naming,
    state: QuestionState,
    prompt: Option<PromptId>,
    up: i64,
    down: i64,
}

/// Carries what is open or unresolved over to a new round, with askers and votes, and gives how many that are. The
/// earlier question stays readable in its round, as unresolved there. What somebody follows up stays with them.
pub fn carry_over(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId, new_round: i64) -> Result<i64> {
    access::review(ctx, tx, review, Need::Run)?;
    let left = tx.query(sql::TO_CARRY, params![review, new_round], |row| {
        Ok(Left {
            id: row.get(0)?,
            body: row.get(2)?,
            naming: if row.get(3)? {
                Naming::Unnamed
            } else {
                Naming::Named
            },
            state: row.get(4)?,
            prompt: row.get(5)?,
            up: row.get(6)?,
            down: row.get(7)?,
        })
    })?;
    let first = next_number(tx, review)?;
    let (mut carried, mut still_open) = (0, 0);
    for (number, question) in (first..).zip(left) {
        let new = New {
            number,
            round: new_round,
            origin: Origin::Carried,
            naming: question.naming,
            prompt: question.prompt,
            carried_from: Some(question.id),
            up: question.up,
            down: question.down,
        };
        let id = insert(ctx, tx, review, &question.body, &new)?;
        tx.execute(sql::CARRY_VOTES, params![question.id, id])?;
        tx.execute(sql::CARRY_ASKERS, params![question.id, id])?;
        if question.state == QuestionState::Open {
            still_open += 1;
            tx.execute(
                sql::END,
                params![
                    question.id,
                    QuestionState::Open,
                    QuestionState::Unresolved,
                    format!("Carried over to round {new_round}."),
                    ctx.person(),
                    None::<crate::id::PersonId>,
                    ctx.at
                ],
            )?;
        }
        carried += 1;
    }
    if carried > 0 {
        tx.execute(
            sql::COUNT,
            params![review, carried - still_open, carried, ctx.at],
        )?;
        event::record(
            ctx,
            tx,
            "question.carried-over",
            &Thing::new("review", review),
            Some(review),
            &json!({ "count": carried, "round": new_round }),
        )?;
    }
    Ok(carried)
}
