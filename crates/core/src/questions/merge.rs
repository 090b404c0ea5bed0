//! Merging duplicates. Both askers are kept and votes are united, nobody counted twice: who voted on both is counted
//! as they voted on the question that stays, since its wording is what is asked from then on. The merged question keeps
//! its own votes and askers and points to where it went, so that a merge can be undone.

use super::{Question, QuestionState, place, rank, sql};
use crate::access::Need;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::QuestionId;
use hardwon_db::{Tx, params};
use serde_json::json;

/// Merges an open question into another of the same review and round.
pub fn merge(ctx: &Ctx, tx: &mut Tx<'_>, source: QuestionId, target: QuestionId) -> Result<()> {
    let (from, _) = place(ctx, tx, source, Need::Run)?;
    let into = match place(ctx, tx, target, Need::Run) {
        Ok((into, _)) if into.review == from.review && into.round == from.round => into,
        Ok(_) | Err(Error::NotFound) => {
            return Err(Error::invalid(
                "target",
                "There is no such question in this round of the review.",
            ));
        }
        Err(error) => return Err(error),
    };
    if source == target {
        return Err(Error::invalid(
            "target",
            "A question cannot be merged into itself.",
        ));
    }
    if from.state != QuestionState::Open {
        return Err(Error::conflict("Only an open question can be merged."));
    }
    if matches!(into.state, QuestionState::Merged | QuestionState::SetAside) {
        return Err(Error::conflict(
            "The other question was itself merged or set aside.",
        ));
    }
    if tx.execute(sql::MERGE, params![source, target, ctx.person(), ctx.at])? == 0 {
        return Err(Error::conflict(
            "Somebody changed this question at the same moment. Please look again.",
        ));
    }
    tx.execute(sql::MERGE_VOTES, params![source, target])?;
    tx.execute(sql::MERGE_ASKERS, params![source, target])?;
    recount(tx, target)?;
    tx.execute(sql::COUNT, params![from.review, -1_i64, -1_i64, ctx.at])?;
    tell(ctx, tx, "question.merged", &from, &into)
}

/// Undoes a merge. Votes that came with the merged question leave again with it; a vote that was changed since then
/// stays where it was changed.
pub fn unmerge(ctx: &Ctx, tx: &mut Tx<'_>, source: QuestionId) -> Result<()> {
    let (from, _) = place(ctx, tx, source, Need::Run)?;
    let Some(target) = from.merged_into else {
        return Err(Error::conflict("This question is not merged."));
    };
    let (into, _) = place(ctx, tx, target, Need::Run)?;
    if into.state == QuestionState::Merged {
        return Err(Error::conflict(
            "The other question was merged further. Undo that merge first.",
        ));
    }
    if tx.execute(sql::SPLIT, params![source])? == 0 {
        return Err(Error::conflict("This question is not merged."));
    }
    tx.execute(sql::SPLIT_VOTES, params![source, target])?;
    tx.execute(sql::SPLIT_ASKERS, params![source, target])?;
    recount(tx, target)?;
    recount(tx, source)?;
    tx.execute(sql::COUNT, params![from.review, 1_i64, 1_i64, ctx.at])?;
    tell(ctx, tx, "question.unmerged", &from, &into)
}

/// Sets a question's counters and rank from its votes: only a merge moves many at once.
fn recount(tx: &mut Tx<'_>, id: QuestionId) -> Result<()> {
    let (up, down): (i64, i64) = tx.query_one(sql::RECOUNT, params![id], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    tx.execute(
        sql::TALLY,
        params![id, up, down, rank::lower_bound(up, down)],
    )?;
    Ok(())
}

fn tell(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    kind: &'static str,
    from: &Question,
    into: &Question,
) -> Result<()> {
    event::record(
        ctx,
        tx,
        kind,
        &Thing::new("question", from.id),
        Some(from.review),
        &json!({
            "title": from.body, "number": from.number, "question": from.id,
            "target": into.id, "target_title": into.body, "target_number": into.number,
        }),
    )
}
