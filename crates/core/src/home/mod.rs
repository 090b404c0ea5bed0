//! What needs somebody, read for the first page they see: one statement for each kind of thing, however many reviews
//! there are. Everything here follows from what other features recorded; nothing is stored.

use crate::access;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::id::{ConditionId, PersonId, QuestionId, ThreadId};
use crate::meetings::MeetingState;
use crate::reviews::{Outcome, State};
use hardwon_db::{Row, Tx, params};

pub mod sql;

/// A review as far as a row here needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub number: i64,
    pub title: String,
}

impl Review {
    fn from_row(row: &Row<'_>) -> Result<Self, hardwon_db::Error> {
        Ok(Self {
            number: row.get(0)?,
            title: row.get(1)?,
        })
    }
}

/// One thing that needs the reader.
#[derive(Debug, Clone)]
pub enum Need {
    /// They were asked to comment, and have not read this round.
    Comment {
        review: Review,
        author: String,
        feedback_wanted: String,
        until: Option<i64>,
    },
    /// Open questions that they have not voted on.
    Vote {
        review: Review,
        count: i64,
        meeting_at: Option<i64>,
        until: Option<i64>,
    },
    /// A condition they own.
    Condition {
        review: Review,
        id: ConditionId,
        body: String,
        since: i64,
    },
    /// A question they follow up.
    Question {
        review: Review,
        id: QuestionId,
        body: String,
        since: i64,
    },
    /// A blocking concern they raised was answered: only they can say whether it is settled.
    Concern {
        review: Review,
        thread: ThreadId,
        title: String,
        at: i64,
    },
    /// They lead a review that waits for its next step.
    Lead {
        review: Review,
        step: LeadStep,
        since: i64,
    },
    /// A decision they lead was to be looked at again.
    LookAgain {
        review: Review,
        decision: i64,
        outcome: Outcome,
        /// `YYYY-MM-DD`
        on: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadStep {
    Finish,
    Decide,
    SendMinutes,
    /// Every condition is met or let go.
    Close,
}

/// A meeting that the reader is invited to.
#[derive(Debug, Clone)]
pub struct Coming {
    pub review: Review,
    pub starts_at: i64,
    pub minutes: i64,
    pub state: MeetingState,
}

const DAY: i64 = 86_400_000;

/// How far ahead meetings are shown.
const AHEAD: i64 = 14 * DAY;

/// What needs the person who asks, the most pressing kinds first.
pub fn needs(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<Vec<Need>> {
    let me = ctx.require_person()?;
    let mut needs = led(tx, me)?;
    needs.extend(look_again(ctx, tx, me)?);
    needs.extend(tx.query(sql::CONCERNS, params![me], |row| {
        Ok(Need::Concern {
            review: Review::from_row(row)?,
            thread: row.get(2)?,
            title: row.get(3)?,
            at: row.get(4)?,
        })
    })?);
    let comments = tx.query(sql::TO_COMMENT, params![me], |row| {
        Ok(Need::Comment {
            review: Review::from_row(row)?,
            author: row.get(2)?,
            feedback_wanted: row.get(3)?,
            until: row.get(4)?,
        })
    })?;
    let votes = tx.query(sql::TO_VOTE, params![me], |row| {
        Ok(Need::Vote {
            review: Review::from_row(row)?,
            count: row.get(2)?,
            meeting_at: row.get(3)?,
            until: row.get(4)?,
        })
    })?;
    needs.extend(votes.into_iter().filter(|vote| {
        // Whoever has not read it is asked to read first.
        !comments
            .iter()
            .any(|comment| review(comment) == review(vote))
    }));
    needs.extend(comments);
    needs.extend(tx.query(sql::OWNED, params![me], |row| {
        let (review, body, since) = (Review::from_row(row)?, row.get(4)?, row.get(5)?);
        Ok(match row.get::<String>(2)?.as_str() {
            "condition" => Need::Condition {
                review,
                id: row.get(3)?,
                body,
                since,
            },
            _ => Need::Question {
                review,
                id: row.get(3)?,
                body,
                since,
            },
        })
    })?);
    Ok(needs)
}

fn review(need: &Need) -> &Review {
    match need {
        Need::Comment { review, .. }
        | Need::Vote { review, .. }
        | Need::Condition { review, .. }
        | Need::Question { review, .. }
        | Need::Concern { review, .. }
        | Need::Lead { review, .. }
        | Need::LookAgain { review, .. } => review,
    }
}

fn led(tx: &mut Tx<'_>, me: PersonId) -> Result<Vec<Need>> {
    let found = tx.query(sql::LED, params![me], |row| {
        let state: State = row.get(2)?;
        let (met, unsent, open) = (
            row.get::<i64>(4)? == 1,
            row.get::<i64>(5)? == 1,
            row.get::<i64>(6)?,
        );
        let imported = row.get::<i64>(7)? == 1;
        let step = match state {
            State::Draft => Some(LeadStep::Finish),
            State::InReview | State::Scheduled if met => Some(LeadStep::Decide),
            _ if unsent && !matches!(state, State::InReview | State::Scheduled) => {
                Some(LeadStep::SendMinutes)
            }
            State::Decided if open == 0 && !imported => Some(LeadStep::Close),
            _ => None,
        };
        let (review, since) = (Review::from_row(row)?, row.get(3)?);
        Ok(step.map(|step| Need::Lead {
            review,
            step,
            since,
        }))
    })?;
    Ok(found.into_iter().flatten().collect())
}

fn look_again(ctx: &Ctx, tx: &mut Tx<'_>, me: PersonId) -> Result<Vec<Need>> {
    // A day early in UTC is the day itself somewhere.
    let today = jiff::Timestamp::from_millisecond(ctx.at + DAY)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
        .to_string();
    Ok(tx.query(sql::LOOK_AGAIN, params![me, today], |row| {
        Ok(Need::LookAgain {
            review: Review::from_row(row)?,
            decision: row.get(2)?,
            outcome: row.get(3)?,
            on: row.get(4)?,
        })
    })?)
}

/// The meetings of the next two weeks that the reader is invited to or comes to, and those that are running.
pub fn coming_up(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<Vec<Coming>> {
    let reader = access::reader(ctx)?;
    Ok(tx.query(
        sql::COMING_UP,
        params![reader, ctx.at - DAY / 3, ctx.at + AHEAD],
        |row| {
            Ok(Coming {
                review: Review::from_row(row)?,
                starts_at: row.get(2)?,
                minutes: row.get(3)?,
                state: row.get(4)?,
            })
        },
    )?)
}

/// Whether there is any review that the reader may see, so that an empty page can teach those who start.
pub fn is_new_here(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<bool> {
    let reader = access::reader(ctx)?;
    Ok(tx
        .query_opt(sql::ANY_REVIEW, params![reader], |row| row.get::<i64>(0))?
        .is_none())
}
