//! How a question ends: answered, followed up by somebody, or unresolved; prompts can also be set aside. Every end can
//! be taken back.

use super::{Question, QuestionState, place, sql};
use crate::access::{Need, Standing};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::{PersonId, QuestionId};
use crate::people;
use hardwon_db::{Tx, params};
use serde_json::json;

/// The end of a question.
#[derive(Debug, Clone)]
pub enum Ending {
    /// `by` is who answered, where somebody else writes it down.
    Answered {
        answer: String,
        by: Option<PersonId>,
    },
    FollowedUp {
        owner: PersonId,
        note: String,
    },
    Unresolved {
        note: String,
    },
}

/// Who ends what: those who lead the review in every way; anybody answers, or takes a question on themselves.
pub fn may_end(standing: &Standing, person: Option<PersonId>, ending: &Ending) -> bool {
    standing.can_edit()
        || match ending {
            Ending::Answered { by, .. } => by.is_none() || *by == person,
            Ending::FollowedUp { owner, .. } => Some(*owner) == person,
            Ending::Unresolved { .. } => false,
        }
}

/// Ends an open question, or ends an ended one differently.
pub fn end(ctx: &Ctx, tx: &mut Tx<'_>, id: QuestionId, ending: &Ending) -> Result<Question> {
    let (question, standing) = place(ctx, tx, id, Need::TakePart)?;
    let person = ctx.require_person()?;
    if !may_end(&standing, Some(person), ending) {
        return Err(Error::denied(
            "Anybody may answer a question or follow it up themselves; the rest is for those who lead the review.",
        ));
    }
    if matches!(
        question.state,
        QuestionState::Merged | QuestionState::SetAside
    ) {
        return Err(Error::conflict(
            "This question was merged or set aside. Bring it back first.",
        ));
    }
    let (state, words, by, owner) = match ending {
        Ending::Answered { answer, by } => {
            if answer.trim().is_empty() {
                return Err(Error::invalid("answer", "Please write the answer."));
            }
            (QuestionState::Answered, answer, by.unwrap_or(person), None)
        }
        Ending::FollowedUp { owner, note } => {
            (QuestionState::FollowedUp, note, person, Some(*owner))
        }
        Ending::Unresolved { note } => (QuestionState::Unresolved, note, person, None),
    };
    let words = words.trim();
    if words.chars().count() > 20_000 {
        return Err(Error::invalid(
            "answer",
            "An answer may have at most 20,000 characters.",
        ));
    }
    let answerer = people::face(tx, by)?;
    let owner = owner.map(|owner| people::face(tx, owner)).transpose()?;
    write(ctx, tx, &question, state, words, by, owner.as_ref())?;
    let data = json!({
        "title": question.body, "number": question.number, "question": id, "state": state, "words": words,
        "by": by, "by_name": answerer.name, "owner": owner.as_ref().map(|face| face.id),
        "owner_name": owner.as_ref().map(|face| &face.name),
    });
    let thing = Thing::new("question", id);
    event::record(
        ctx,
        tx,
        "question.ended",
        &thing,
        Some(question.review),
        &data,
    )?;
    if owner.is_some() {
        event::record(
            ctx,
            tx,
            "question.followed-up",
            &thing,
            Some(question.review),
            &data,
        )?;
    }
    Ok(question)
}

/// Sets a standard prompt aside, with the reason why it doesn't matter here.
pub fn set_aside(ctx: &Ctx, tx: &mut Tx<'_>, id: QuestionId, reason: &str) -> Result<Question> {
    let (question, _) = place(ctx, tx, id, Need::Edit)?;
    let person = ctx.require_person()?;
    if question.prompt.is_none() {
        return Err(Error::conflict(
            "Only standard prompts are set aside; what a person asked is answered.",
        ));
    }
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::invalid(
            "reason",
            "Please say why this prompt does not matter here.",
        ));
    }
    if reason.chars().count() > 2_000 {
        return Err(Error::invalid(
            "reason",
            "A reason may have at most 2,000 characters.",
        ));
    }
    if question.state != QuestionState::Open {
        return Err(Error::conflict("Only an open prompt can be set aside."));
    }
    write(
        ctx,
        tx,
        &question,
        QuestionState::SetAside,
        reason,
        person,
        None,
    )?;
    tx.execute(sql::COUNT, params![question.review, 0_i64, -1_i64, ctx.at])?;
    event::record(
        ctx,
        tx,
        "question.set-aside",
        &Thing::new("question", id),
        Some(question.review),
        &json!({ "title": question.body, "number": question.number, "question": id, "reason": reason }),
    )?;
    Ok(question)
}

fn write(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    question: &Question,
    to: QuestionState,
    words: &str,
    by: PersonId,
    owner: Option<&people::Face>,
) -> Result<()> {
    let changed = tx.execute(
        sql::END,
        params![
            question.id,
            question.state,
            to,
            words,
            by,
            owner.map(|face| face.id),
            ctx.at
        ],
    )?;
    if changed == 0 {
        return Err(Error::conflict(
            "Somebody ended this question at the same moment. Please look again.",
        ));
    }
    if question.state == QuestionState::Open {
        tx.execute(sql::COUNT, params![question.review, -1_i64, 0_i64, ctx.at])?;
    }
    Ok(())
}

/// Opens an ended question again, or brings a prompt back. Everybody who sees the review may; the earlier answer
/// stays with the question until it ends anew.
pub fn reopen(ctx: &Ctx, tx: &mut Tx<'_>, id: QuestionId) -> Result<Question> {
    let (question, _) = place(ctx, tx, id, Need::TakePart)?;
    match question.state {
        QuestionState::Open => return Err(Error::conflict("This question is open already.")),
        QuestionState::Merged => {
            return Err(Error::conflict(
                "This question was merged. Undo the merge to open it.",
            ));
        }
        _ => {}
    }
    if tx.execute(sql::REOPEN, params![id, question.state])? == 0 {
        return Err(Error::conflict(
            "Somebody changed this question at the same moment. Please look again.",
        ));
    }
    let listed = i64::from(question.state == QuestionState::SetAside);
    tx.execute(sql::COUNT, params![question.review, 1_i64, listed, ctx.at])?;
    event::record(
        ctx,
        tx,
        "question.reopened",
        &Thing::new("question", id),
        Some(question.review),
        &json!({
            "title": question.body, "number": question.number, "question": id, "from": question.state,
            "words": question.answer,
        }),
    )?;
    Ok(question)
}
