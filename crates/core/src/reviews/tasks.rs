//! Ticking the tasks of a review's document without opening an editor.

use super::save_document;
use crate::access::{self, Need};
use crate::ctx::Ctx;
use crate::documents::{self, Engine, Saved};
use crate::error::{Error, Result};
use crate::id::ReviewId;
use hardwon_db::Tx;
use hardwon_prose::{Syntax, markdown};

/// A task as its reader saw it.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    /// Counted from 0, in the text of `base`.
    pub number: usize,
    pub base: i64,
}

/// Marks a task done or not done; what others wrote since the reader's version stays. A task whose line they changed is
/// [`Saved::Conflict`], and nothing is written.
pub fn tick(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    id: ReviewId,
    task: Task,
    done: bool,
) -> Result<Saved> {
    let review = access::review(ctx, tx, id, Need::Edit)?;
    let now = documents::with_typing(ctx, tx, engine, review.document)?;
    let seen = if task.base == now.version {
        Some(now.text)
    } else {
        documents::text_at(tx, engine, &now, task.base)?
    };
    let seen = seen.filter(|_| now.syntax == Syntax::Markdown);
    let (seen, ticked) = seen
        .and_then(|seen| {
            let ticked = markdown::tasks::tick(&seen, task.number, done)?;
            Some((seen, ticked))
        })
        .ok_or_else(|| {
            Error::invalid(
                "task",
                "Which line this box belongs to is not sure; please tick it in the text.",
            )
        })?;
    if ticked == seen {
        return Ok(Saved::Unchanged {
            version: now.version,
        });
    }
    save_document(ctx, tx, engine, id, task.base, &ticked)
}
