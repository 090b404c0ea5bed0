//! The life cycle: which state follows which, for each kind. A step forward may skip states (a review decided without a
//! meeting is still a review); a step back is allowed and says why. Nothing is deleted by a step.

use super::{ReviewKind, State, sql};
use crate::access::{self, Need};
use crate::ctx::Ctx;
use crate::documents::{self, VersionKind};
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::{PersonId, ReviewId, StepId, VersionId};
use hardwon_db::{Tx, params};
use serde_json::json;

/// The states of a kind, in order.
pub fn states(kind: ReviewKind) -> &'static [State] {
    use State::{
        Circulating, Closed, Decided, Draft, Gathering, InReview, Launched, Published, Scheduled,
    };
    match kind {
        ReviewKind::Architecture => &[Draft, Circulating, Scheduled, InReview, Decided, Closed],
        ReviewKind::Operability => &[
            Draft,
            Circulating,
            Scheduled,
            InReview,
            Decided,
            Launched,
            Closed,
        ],
        ReviewKind::PostMortem | ReviewKind::Study => {
            &[Gathering, Scheduled, InReview, Published, Closed]
        }
    }
}

pub fn first(kind: ReviewKind) -> State {
    states(kind)[0]
}

/// A step that was taken.
#[derive(Debug, Clone)]
pub struct Step {
    pub round: i64,
    pub from: Option<State>,
    pub to: State,
    pub reason: String,
    /// The number of the document's version that was kept at this step.
    pub document_version: Option<i64>,
    pub actor: Option<crate::people::Face>,
    pub at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Forward,
    Back,
}

/// Whether a step from one state to another exists for this kind, and which way it goes.
pub fn direction(kind: ReviewKind, from: State, to: State) -> Result<Direction> {
    let place = |state| states(kind).iter().position(|&known| known == state);
    let (Some(here), Some(there)) = (place(from), place(to)) else {
        return Err(Error::conflict(format!(
            "A review of this kind is never {}.",
            to.as_str()
        )));
    };
    match there.cmp(&here) {
        std::cmp::Ordering::Greater => Ok(Direction::Forward),
        std::cmp::Ordering::Less => Ok(Direction::Back),
        std::cmp::Ordering::Equal => Err(Error::conflict(format!(
            "This review is {} already.",
            to.as_str()
        ))),
    }
}

/// Moves a review to another state. `Decided` is reached only by recording a decision.
pub fn step(ctx: &Ctx, tx: &mut Tx<'_>, id: ReviewId, to: State, reason: &str) -> Result<()> {
    let review = access::review(ctx, tx, id, Need::Edit)?;
    let direction = direction(review.kind, review.state, to)?;
    if direction == Direction::Back && reason.trim().is_empty() {
        return Err(Error::invalid(
            "reason",
            "A step back says why, so that everybody can follow.",
        ));
    }
    if to == State::Decided && direction == Direction::Forward {
        return Err(Error::conflict(
            "A review becomes decided by recording its decision.",
        ));
    }
    let settled = matches!(
        review.state,
        State::Decided | State::Launched | State::Published
    );
    if to == State::Closed && !settled && reason.trim().is_empty() {
        return Err(Error::invalid(
            "reason",
            "It was not decided yet: please say why it closes.",
        ));
    }
    if reason.chars().count() > 2000 {
        return Err(Error::invalid(
            "reason",
            "At most 2,000 characters, please.",
        ));
    }
    apply(ctx, tx, &review, to, reason)?;
    Ok(())
}

/// Carries out a step that the caller has checked: cuts a version of the document and keeps who, when and why.
pub fn apply(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: &access::Standing,
    to: State,
    reason: &str,
) -> Result<VersionId> {
    if tx.execute(sql::SET_STATE, params![review.id, review.state, to, ctx.at])? == 0 {
        return Err(Error::conflict(
            "Somebody moved this review at the same moment. Please look again.",
        ));
    }
    let version = documents::cut(ctx, tx, review.document, VersionKind::Step, to.as_str())?;
    record(
        ctx,
        tx,
        review.id,
        review.round,
        Some(review.state),
        to,
        reason.trim(),
        Some(version),
    )?;
    let change = json!({ "title": review.title, "number": review.number, "from": review.state, "to": to, "reason": reason.trim() });
    event::record(
        ctx,
        tx,
        "review.stepped",
        &Thing::new("review", review.id),
        Some(review.id),
        &change,
    )?;
    Ok(version)
}

#[expect(clippy::too_many_arguments, reason = "one row, column by column")]
pub(super) fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    round: i64,
    from: Option<State>,
    to: State,
    reason: &str,
    version: Option<VersionId>,
) -> Result<()> {
    let actor: Option<PersonId> = ctx.person();
    tx.execute(
        sql::INSERT_STEP,
        params![
            ctx.id::<StepId>(),
            review,
            round,
            from,
            to,
            reason,
            version,
            actor,
            ctx.at
        ],
    )?;
    Ok(())
}

/// Every step so far, oldest first.
pub fn history(tx: &mut Tx<'_>, review: ReviewId) -> Result<Vec<Step>> {
    Ok(tx.query(sql::STEPS, params![review], |row| {
        Ok(Step {
            round: row.get(0)?,
            from: row.get(1)?,
            to: row.get(2)?,
            reason: row.get(3)?,
            actor: crate::people::Face::from_columns(row, 4)?,
            at: row.get(7)?,
            document_version: row.get(8)?,
        })
    })?)
}
