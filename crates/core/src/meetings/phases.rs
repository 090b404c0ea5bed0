//! Running a meeting: its phases, the question under discussion, and how questions end there.

use super::{Meeting, MeetingState, Phase, agenda, comes_before, find, load, record, sql};
use crate::access::Need;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::id::{MeetingId, QuestionId};
use crate::questions::{self, Ending, QuestionState};
use crate::reviews::{State, steps};
use hardwon_db::{Tx, params};
use serde_json::json;

/// Takes a meeting to a phase, in any order: the first begins it (and the review is in review), `over` ends it, and a
/// meeting that was ended too early goes on.
pub fn enter(ctx: &Ctx, tx: &mut Tx<'_>, id: MeetingId, phase: Phase) -> Result<Meeting> {
    let (before, standing) = find(ctx, tx, id, Need::Run)?;
    if before.state == MeetingState::Cancelled {
        return Err(Error::conflict(
            "This meeting was called off. Please schedule another one.",
        ));
    }
    if before.phase == phase {
        return Ok(before);
    }
    if phase == Phase::Waiting {
        return Err(Error::conflict(
            "A meeting that has begun does not wait again.",
        ));
    }
    if before.started_at.is_none() && phase == Phase::Over {
        return Err(Error::conflict(
            "This meeting has not begun. It can be called off instead.",
        ));
    }
    let over = phase == Phase::Over;
    let state = if over {
        MeetingState::Ended
    } else {
        MeetingState::Running
    };
    let ended_at = over.then_some(ctx.at);
    tx.execute(sql::ENTER, params![id, state, phase, ctx.at, ended_at])?;
    let begins = before.started_at.is_none();
    if begins && comes_before(&standing, State::InReview) {
        steps::apply(ctx, tx, &standing, State::InReview, "")?;
    }
    let meeting = load(tx, id)?;
    if phase == Phase::Questions && !is_open_question(tx, &meeting)? {
        let first = agenda::open(tx, &meeting)?.first().map(|item| item.id);
        tx.execute(sql::SET_QUESTION, params![id, first, first.map(|_| ctx.at)])?;
    }
    let kind = match (begins, over) {
        (true, _) => "meeting.started",
        (_, true) => "meeting.ended",
        _ => "meeting.phase-entered",
    };
    let mut data = meeting.data(&standing);
    data["phase"] = json!(phase);
    data["from"] = json!(before.phase);
    record(ctx, tx, kind, &meeting, &data)?;
    load(tx, id)
}

fn is_open_question(tx: &mut Tx<'_>, meeting: &Meeting) -> Result<bool> {
    let Some(id) = meeting.question else {
        return Ok(false);
    };
    let state = tx.query_opt(sql::QUESTION, params![id, meeting.review], |row| {
        row.get::<QuestionState>(3)
    })?;
    Ok(state == Some(QuestionState::Open))
}

/// Takes up a question, whatever its rank; the meeting comes to its questions if it was elsewhere.
pub fn set_question(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: MeetingId,
    question: QuestionId,
) -> Result<Meeting> {
    let (mut meeting, standing) = find(ctx, tx, id, Need::Run)?;
    let (number, state) = tx
        .query_opt(sql::QUESTION, params![question, meeting.review], |row| {
            Ok((row.get::<i64>(1)?, row.get::<QuestionState>(3)?))
        })?
        .ok_or(Error::NotFound)?;
    if state != QuestionState::Open {
        return Err(Error::conflict(
            "This question has ended. Open it again to discuss it.",
        ));
    }
    if meeting.phase != Phase::Questions {
        meeting = enter(ctx, tx, id, Phase::Questions)?;
    }
    if meeting.question == Some(question) {
        return Ok(meeting);
    }
    tx.execute(sql::SET_QUESTION, params![id, question, ctx.at])?;
    let mut data = meeting.data(&standing);
    data["question"] = json!(question);
    data["question_number"] = json!(number);
    record(ctx, tx, "meeting.question-taken", &meeting, &data)?;
    load(tx, id)
}

/// Ends a question in the meeting; when it was the current one, the next of the agenda follows.
pub fn end_question(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: MeetingId,
    question: QuestionId,
    ending: &Ending,
) -> Result<Meeting> {
    let (meeting, _) = find(ctx, tx, id, Need::Run)?;
    if meeting.state != MeetingState::Running {
        return Err(Error::conflict(
            "The meeting is not running. Questions can also be ended on their own page.",
        ));
    }
    let found = tx.query_opt(sql::QUESTION, params![question, meeting.review], |_| Ok(()))?;
    found.ok_or(Error::NotFound)?;
    questions::end(ctx, tx, question, ending)?;
    if meeting.question == Some(question) {
        follow_on(ctx, tx, &meeting)?;
    }
    load(tx, id)
}

/// Puts the next question of the agenda up, or none when all have ended.
fn follow_on(ctx: &Ctx, tx: &mut Tx<'_>, meeting: &Meeting) -> Result<()> {
    let next = agenda::open(tx, meeting)?.first().map(|item| item.id);
    tx.execute(
        sql::SET_QUESTION,
        params![meeting.id, next, next.map(|_| ctx.at)],
    )?;
    Ok(())
}
