//! Meetings: sessions of a review with a time, invited people, phases, notes, a parking lot and polls. Who is invited
//! follows from who takes part in the review; what is discussed follows from its questions and their votes.
//!
//! What a meeting decides is not recorded here but by the review's outcome.

use crate::access::{self, Need, Standing};
use crate::ctx::{Ctx, HORIZON_MS};
use crate::documents::{self, Engine};
use crate::error::{Error, Fields, Result};
use crate::event::{self, Thing};
use crate::id::{DocumentId, MeetingId, QuestionId, ReviewId};
use crate::reviews::{State, steps};
use crate::words;
use hardwon_db::{Row, Tx, params};
use hardwon_prose::Syntax;
use serde_json::{Value, json};

mod agenda;
mod calendar;
mod notes;
mod parking;
mod people;
mod phases;
mod polls;
mod record;
pub mod sql;
#[cfg(test)]
mod tests;
pub mod zones;

pub use agenda::{Agenda, Item, Rank, agenda, ranking};
pub use calendar::{Entry, entries, entry};
pub use notes::{NotesSaved, QUIET_MS, save_notes, tell_notes};
pub use parking::{Parked, ParkedState, drop_parked, park, parked, put_back, take_up};
pub use people::{Answer, Invited, Present, answer, invited, is_joinable, join, own, present};
pub use phases::{end_question, enter, set_question};
pub use polls::{
    Choice, Poll, PollState, Word, close_poll, open_poll, own_vote, poll, polls, vote,
};
pub use record::{Held, RoundRecord, of_round};

words! {
    MeetingState {
        Planned = "planned",
        Running = "running",
        Ended = "ended",
        Cancelled = "cancelled",
    }
}

words! {
    /// What the meeting is at.
    Phase {
        Waiting = "waiting",
        Presentation = "presentation",
        Questions = "questions",
        Outcome = "outcome",
        Over = "over",
    }
}

/// The longest meeting, in minutes: longer ones are several.
pub const MAX_MINUTES: i64 = 480;

#[derive(Debug, Clone)]
pub struct Meeting {
    pub id: MeetingId,
    pub review: ReviewId,
    pub round: i64,
    pub starts_at: i64,
    pub presentation_minutes: i64,
    pub question_minutes: i64,
    /// The zone in which it was scheduled.
    pub zone: String,
    /// A room, or the address of a call.
    pub place: String,
    pub state: MeetingState,
    pub phase: Phase,
    pub phase_started_at: Option<i64>,
    pub question: Option<QuestionId>,
    pub question_started_at: Option<i64>,
    pub notes: DocumentId,
    /// Counts up whenever the invitation changes.
    pub revision: i64,
    pub version: i64,
    pub created_at: i64,
    pub started_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub cancelled_reason: String,
}

impl Meeting {
    pub fn minutes(&self) -> i64 {
        self.presentation_minutes + self.question_minutes
    }

    pub fn ends_at(&self) -> i64 {
        self.starts_at + self.minutes() * 60_000
    }

    /// It is planned or running: what belongs to it can still change.
    pub fn is_open(&self) -> bool {
        matches!(self.state, MeetingState::Planned | MeetingState::Running)
    }

    fn from_row(row: &Row<'_>) -> Result<Self, hardwon_db::Error> {
        Ok(Self {
            id: row.get(0)?,
            review: row.get(1)?,
            round: row.get(2)?,
            starts_at: row.get(3)?,
            presentation_minutes: row.get(4)?,
            question_minutes: row.get(5)?,
            zone: row.get(6)?,
            place: row.get(7)?,
            state: row.get(8)?,
            phase: row.get(9)?,
            phase_started_at: row.get(10)?,
            question: row.get(11)?,
            question_started_at: row.get(12)?,
            notes: row.get(13)?,
            revision: row.get(14)?,
            version: row.get(15)?,
            created_at: row.get(16)?,
            started_at: row.get(17)?,
            ended_at: row.get(18)?,
            cancelled_reason: row.get(19)?,
        })
    }

    /// What an event tells of it.
    fn data(&self, review: &Standing) -> Value {
        json!({
            "title": review.title, "number": review.number, "meeting": self.id, "starts_at": self.starts_at,
            "minutes": self.minutes(), "zone": self.zone,
        })
    }
}

/// When and where.
#[derive(Debug, Clone)]
pub struct MeetingForm {
    pub starts_at: i64,
    pub presentation_minutes: i64,
    pub question_minutes: i64,
    pub zone: String,
    pub place: String,
}

impl MeetingForm {
    fn check(&self, now: i64) -> Result<()> {
        let mut fields = Fields::default();
        if self.starts_at > now + HORIZON_MS {
            fields.add("date", "Please choose a day within the next ten years.");
        }
        if self.starts_at < now - 15 * 60_000 {
            fields.add("date", "This is in the past. Please choose a time to come.");
        }
        if self.presentation_minutes < 0 {
            fields.add("presentation", "Please give minutes, 0 or more.");
        }
        if self.question_minutes < 1 {
            fields.add("questions", "Please leave at least a minute for questions.");
        }
        let minutes = self
            .presentation_minutes
            .saturating_add(self.question_minutes);
        if minutes > MAX_MINUTES {
            fields.add(
                "questions",
                "A meeting lasts at most 8 hours. Please schedule several.",
            );
        }
        if self.place.trim().chars().count() > 500 {
            fields.add("place", "A place may have at most 500 characters.");
        }
        if zones::zone(&self.zone).is_none() {
            fields.add("zone", "This zone is not known.");
        }
        fields.check()
    }
}

/// Schedules a meeting of a review. One that has not come so far is scheduled by it.
pub fn schedule(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    review: ReviewId,
    form: &MeetingForm,
) -> Result<MeetingId> {
    let standing = access::review(ctx, tx, review, Need::Run)?;
    form.check(ctx.at)?;
    if !comes_before(&standing, State::Decided) {
        return Err(Error::conflict(
            "This review is decided. A new round, or a step back, comes before another meeting.",
        ));
    }
    if current(tx, review)?.is_some_and(|meeting| meeting.is_open()) {
        return Err(Error::conflict(
            "A meeting is scheduled already. Please move that one.",
        ));
    }
    let id: MeetingId = ctx.id();
    let notes = documents::create(ctx, tx, engine, Some(review), Syntax::Markdown, "")?;
    tx.execute(
        sql::INSERT,
        params![
            id,
            review,
            standing.round,
            form.starts_at,
            form.presentation_minutes,
            form.question_minutes,
            form.zone,
            form.place.trim(),
            notes,
            ctx.person(),
            ctx.at
        ],
    )?;
    tx.execute(
        sql::SET_MEETING_AT,
        params![review, Some(form.starts_at), ctx.at],
    )?;
    let meeting = load(tx, id)?;
    if comes_before(&standing, State::Scheduled) {
        steps::apply(ctx, tx, &standing, State::Scheduled, "")?;
    }
    record(
        ctx,
        tx,
        "meeting.scheduled",
        &meeting,
        &meeting.data(&standing),
    )?;
    Ok(id)
}

/// Whether the review has not come to a state yet.
fn comes_before(review: &Standing, state: State) -> bool {
    let states = steps::states(review.kind);
    let place = |wanted| states.iter().position(|&known| known == wanted);
    // A kind that has no such state is published instead of decided.
    let there = place(state).or_else(|| place(State::Published));
    place(review.state) < there
}

/// Moves a meeting to another time or place. `version` is what the writer saw.
pub fn reschedule(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: MeetingId,
    version: i64,
    form: &MeetingForm,
) -> Result<()> {
    let (before, standing) = find(ctx, tx, id, Need::Run)?;
    form.check(ctx.at)?;
    if before.state != MeetingState::Planned {
        return Err(Error::conflict(
            "Only a meeting that has not begun can be moved.",
        ));
    }
    let changed = tx.execute(
        sql::MOVE,
        params![
            id,
            version,
            form.starts_at,
            form.presentation_minutes,
            form.question_minutes,
            form.zone,
            form.place.trim()
        ],
    )?;
    if changed == 0 {
        return Err(Error::conflict(
            "Somebody changed this meeting meanwhile. Please look at it again.",
        ));
    }
    tx.execute(
        sql::SET_MEETING_AT,
        params![standing.id, Some(form.starts_at), ctx.at],
    )?;
    let after = load(tx, id)?;
    let mut data = after.data(&standing);
    data["from"] = json!(before.starts_at);
    record(ctx, tx, "meeting.moved", &after, &data)
}

/// Calls a meeting off. A review that was scheduled for it goes back to where it was before.
pub fn cancel(ctx: &Ctx, tx: &mut Tx<'_>, id: MeetingId, reason: &str) -> Result<()> {
    let (meeting, standing) = find(ctx, tx, id, Need::Run)?;
    let reason = reason.trim();
    let mut fields = Fields::default();
    if reason.is_empty() {
        fields.add(
            "reason",
            "Please say why, for everybody who had it in their calendar.",
        );
    }
    if reason.chars().count() > 2_000 {
        fields.add("reason", "A reason may have at most 2,000 characters.");
    }
    fields.check()?;
    if tx.execute(sql::CANCEL, params![id, reason])? == 0 {
        return Err(Error::conflict(
            "Only a meeting that has not begun can be called off.",
        ));
    }
    tx.execute(
        sql::SET_MEETING_AT,
        params![standing.id, None::<i64>, ctx.at],
    )?;
    if standing.state == State::Scheduled {
        let states = steps::states(standing.kind);
        let before = states
            .iter()
            .take_while(|&&state| state != State::Scheduled)
            .last()
            .copied()
            .unwrap_or_else(|| steps::first(standing.kind));
        let why = format!("The meeting was called off: {reason}");
        steps::apply(ctx, tx, &standing, before, &why)?;
    }
    let mut data = meeting.data(&standing);
    data["reason"] = json!(reason);
    record(ctx, tx, "meeting.cancelled", &meeting, &data)
}

/// The meeting that a review's page shows: the one to come or under way, else the last one. The caller has asked
/// [`access`].
pub fn current(tx: &mut Tx<'_>, review: ReviewId) -> Result<Option<Meeting>> {
    Ok(tx.query_opt(sql::CURRENT, params![review], Meeting::from_row)?)
}

/// Every meeting of a review, oldest first, at most 200. The caller has asked [`access`].
pub fn all(tx: &mut Tx<'_>, review: ReviewId) -> Result<Vec<Meeting>> {
    Ok(tx.query(sql::ALL, params![review], Meeting::from_row)?)
}

/// The meeting itself; the caller has asked [`access`].
pub fn load(tx: &mut Tx<'_>, id: MeetingId) -> Result<Meeting> {
    tx.query_opt(sql::GET, params![id], Meeting::from_row)?
        .ok_or(Error::NotFound)
}

/// A meeting, and what the actor is in its review.
pub fn find(ctx: &Ctx, tx: &mut Tx<'_>, id: MeetingId, need: Need) -> Result<(Meeting, Standing)> {
    let meeting = load(tx, id)?;
    let standing = access::review(ctx, tx, meeting.review, need)?;
    Ok((meeting, standing))
}

fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    kind: &'static str,
    meeting: &Meeting,
    data: &Value,
) -> Result<()> {
    let thing = Thing::new("meeting", meeting.id);
    event::record(ctx, tx, kind, &thing, Some(meeting.review), data)
}
