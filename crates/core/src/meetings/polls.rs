//! Agreement polls: one statement, and who agrees, agrees with concerns, or disagrees, each with their own words. They
//! show where people stand; they decide nothing.

use super::sql;
use crate::access::{self, Need, Standing};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::{MeetingId, PersonId, PollId, ReviewId};
use crate::people::Face;
use crate::words;
use hardwon_db::{Row, Tx, params};
use serde_json::json;

words! {
    PollState { Open = "open", Closed = "closed" }
}

words! {
    Choice {
        Agree = "agree",
        Concerns = "agree-with-concerns",
        Disagree = "disagree",
    }
}

/// What somebody said with their choice.
#[derive(Debug, Clone)]
pub struct Word {
    pub person: Face,
    pub choice: Choice,
    pub words: String,
}

#[derive(Debug, Clone)]
pub struct Poll {
    pub id: PollId,
    pub review: ReviewId,
    pub meeting: Option<MeetingId>,
    pub round: i64,
    pub statement: String,
    pub state: PollState,
    pub opened_at: i64,
    pub closed_at: Option<i64>,
    pub agree: i64,
    pub concerns: i64,
    pub disagree: i64,
    /// The words of those who wrote some, in the order in which they came.
    pub words: Vec<Word>,
}

impl Poll {
    pub fn count(&self) -> i64 {
        self.agree + self.concerns + self.disagree
    }

    fn from_row(row: &Row<'_>) -> Result<Self, hardwon_db::Error> {
        Ok(Self {
            id: row.get(0)?,
            review: row.get(1)?,
            meeting: row.get(2)?,
            round: row.get(3)?,
            statement: row.get(4)?,
            state: row.get(5)?,
            opened_at: row.get(6)?,
            closed_at: row.get(7)?,
            agree: 0,
            concerns: 0,
            disagree: 0,
            words: Vec::new(),
        })
    }
}

/// Asks everybody where they stand on a statement: in a meeting, or outside one.
pub fn open_poll(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    meeting: Option<MeetingId>,
    statement: &str,
) -> Result<PollId> {
    let standing = access::review(ctx, tx, review, Need::Run)?;
    let statement = statement.trim();
    if statement.is_empty() {
        return Err(Error::invalid(
            "statement",
            "Please write the statement to agree with.",
        ));
    }
    if statement.chars().count() > 2_000 {
        return Err(Error::invalid(
            "statement",
            "A statement may have at most 2,000 characters.",
        ));
    }
    if let Some(id) = meeting
        && super::load(tx, id)?.review != review
    {
        return Err(Error::NotFound);
    }
    let id: PollId = ctx.id();
    tx.execute(
        sql::OPEN_POLL,
        params![
            id,
            review,
            meeting,
            standing.round,
            statement,
            ctx.person(),
            ctx.at
        ],
    )?;
    tell(ctx, tx, "poll.opened", id, &standing, statement)?;
    Ok(id)
}

/// Closes a poll; its result stays.
pub fn close_poll(ctx: &Ctx, tx: &mut Tx<'_>, id: PollId) -> Result<Poll> {
    let (poll, standing) = place(ctx, tx, id, Need::Run)?;
    if tx.execute(sql::CLOSE_POLL, params![id, ctx.at])? == 0 {
        return Err(Error::conflict("This poll is closed already."));
    }
    tell(ctx, tx, "poll.closed", id, &standing, &poll.statement)?;
    Ok(poll)
}

/// Says where one stands, or changes it, while the poll is open.
pub fn vote(ctx: &Ctx, tx: &mut Tx<'_>, id: PollId, choice: Choice, words: &str) -> Result<Poll> {
    let (poll, standing) = place(ctx, tx, id, Need::TakePart)?;
    let person = ctx.require_person()?;
    let words = words.trim();
    if words.chars().count() > 2_000 {
        return Err(Error::invalid(
            "words",
            "Your words may have at most 2,000 characters.",
        ));
    }
    if poll.state != PollState::Open {
        return Err(Error::conflict("This poll is closed."));
    }
    tx.execute(sql::VOTE, params![id, person, choice, words, ctx.at])?;
    tell(ctx, tx, "poll.voted", id, &standing, &poll.statement)?;
    Ok(poll)
}

/// One's own choice and words. The caller has asked [`access`].
pub fn own_vote(tx: &mut Tx<'_>, id: PollId, person: PersonId) -> Result<Option<(Choice, String)>> {
    Ok(tx.query_opt(sql::OWN_VOTE, params![id, person], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?)
}

/// The polls of a round with their results, oldest first. The caller has asked [`access`].
pub fn polls(tx: &mut Tx<'_>, review: ReviewId, round: i64) -> Result<Vec<Poll>> {
    let mut polls = tx.query(sql::POLLS, params![review, round], Poll::from_row)?;
    for poll in &mut polls {
        count(tx, poll)?;
    }
    Ok(polls)
}

/// One poll with its result. The caller has asked [`access`].
pub fn poll(tx: &mut Tx<'_>, id: PollId) -> Result<Poll> {
    let mut poll = tx
        .query_opt(sql::POLL, params![id], Poll::from_row)?
        .ok_or(Error::NotFound)?;
    count(tx, &mut poll)?;
    Ok(poll)
}

fn count(tx: &mut Tx<'_>, poll: &mut Poll) -> Result<()> {
    for (choice, votes) in tx.query(sql::TALLY, params![poll.id], |row| {
        Ok((row.get::<Choice>(0)?, row.get::<i64>(1)?))
    })? {
        match choice {
            Choice::Agree => poll.agree = votes,
            Choice::Concerns => poll.concerns = votes,
            Choice::Disagree => poll.disagree = votes,
        }
    }
    poll.words = tx.query(sql::WORDS, params![poll.id], |row| {
        Ok(Word {
            person: Face {
                id: row.get(0)?,
                name: row.get(1)?,
                handle: row.get(2)?,
            },
            choice: row.get(3)?,
            words: row.get(4)?,
        })
    })?;
    Ok(())
}

/// A poll, and what the actor is in its review.
fn place(ctx: &Ctx, tx: &mut Tx<'_>, id: PollId, need: Need) -> Result<(Poll, Standing)> {
    let poll = tx
        .query_opt(sql::POLL, params![id], Poll::from_row)?
        .ok_or(Error::NotFound)?;
    let standing = access::review(ctx, tx, poll.review, need)?;
    Ok((poll, standing))
}

fn tell(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    kind: &'static str,
    id: PollId,
    review: &Standing,
    statement: &str,
) -> Result<()> {
    event::record(
        ctx,
        tx,
        kind,
        &Thing::new("poll", id),
        Some(review.id),
        &json!({ "title": review.title, "number": review.number, "poll": id, "statement": statement }),
    )
}
