//! What can be found: which things become entries of the search index, with which words, and who may see them. How an
//! index is kept and asked is the business of `hardwon-search`.

use crate::ctx::day_begins;
use crate::error::Result;
use crate::event::Event;
use crate::id::{DecisionId, LearningId, PersonId, QuestionId, ReviewId, ThreadId};
use crate::reviews::{State, Visibility};
use crate::words;
use hardwon_db::{Row, Tx, params};

pub mod sql;

/// Raised when entries change their shape, so that every index is built anew.
pub const SHAPE: u32 = 2;

words! {
    /// What an entry is.
    EntryKind {
        Review = "review",
        Thread = "thread",
        Question = "question",
        Decision = "decision",
        Learning = "learning",
    }
}

/// Something that can be found.
#[derive(Debug, Clone)]
pub struct Entry {
    pub key: Key,
    pub title: String,
    pub body: String,
    pub url: String,
    pub review: Option<ReviewId>,
    pub state: Option<State>,
    /// Who wrote or takes part in it.
    pub people: Vec<PersonId>,
    pub at: i64,
    /// The people and teams who may find it; `None` is everybody.
    pub audience: Option<Vec<String>>,
}

/// One thing that has, or had, an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    Review(ReviewId),
    Thread(ThreadId),
    Question(QuestionId),
    Decision(DecisionId),
    Learning(LearningId),
}

impl Key {
    pub fn kind(self) -> EntryKind {
        match self {
            Self::Review(_) => EntryKind::Review,
            Self::Thread(_) => EntryKind::Thread,
            Self::Question(_) => EntryKind::Question,
            Self::Decision(_) => EntryKind::Decision,
            Self::Learning(_) => EntryKind::Learning,
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Review(id) => write!(f, "review:{id}"),
            Self::Thread(id) => write!(f, "thread:{id}"),
            Self::Question(id) => write!(f, "question:{id}"),
            Self::Decision(id) => write!(f, "decision:{id}"),
            Self::Learning(id) => write!(f, "learning:{id}"),
        }
    }
}

/// What an event makes stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stale {
    One(Key),
    /// A review with everything in it, for its state or its privacy changed.
    Whole(ReviewId),
}

pub fn stale(event: &Event) -> Option<Stale> {
    let id = event.subject_id.as_str();
    if event.kind == "question.voted" {
        return None;
    }
    let thread = || event.data["thread"].as_str().unwrap_or(id).parse().ok();
    match event.subject_kind.as_str() {
        "document" => event.review.map(Key::Review).map(Stale::One),
        // The prompts that join a new review are no entries.
        "review"
            if matches!(
                event.kind.as_str(),
                "review.created" | "question.prompts-joined"
            ) =>
        {
            event.review.map(Key::Review).map(Stale::One)
        }
        "review" => event.review.map(Stale::Whole),
        "thread" | "comment" => thread().map(Key::Thread).map(Stale::One),
        "question" => id.parse().ok().map(Key::Question).map(Stale::One),
        "decision" => event.review.map(Stale::Whole),
        "learning" => id.parse().ok().map(Key::Learning).map(Stale::One),
        _ => None,
    }
}

/// The entry of one thing as it is now, or nothing when there is nothing to find any more.
pub fn entry(tx: &mut Tx<'_>, key: Key) -> Result<Option<Entry>> {
    let found = match key {
        Key::Review(id) => review(tx, id)?,
        Key::Thread(id) => found(tx, sql::THREAD, &id)?,
        Key::Question(id) => found(tx, sql::QUESTION, &id)?,
        Key::Decision(id) => found(tx, sql::DECISION, &id)?,
        Key::Learning(id) => found(tx, sql::LEARNING, &id)?,
    };
    let Some(found) = found else { return Ok(None) };
    let mut body = found.body;
    if let Key::Thread(id) = key {
        let comments = tx.query(sql::COMMENTS, params![id], |row| row.get::<String>(0))?;
        body = comments.join("\n\n");
    }
    let mut people: Vec<PersonId> = found.person.into_iter().collect();
    let mut audience = None;
    if let Some(review) = found.review {
        people.extend(tx.query(sql::PEOPLE, params![review], |row| row.get::<PersonId>(0))?);
        if found.visibility == Some(Visibility::Private) {
            audience = Some(tx.query(sql::GRANTS, params![review], |row| row.get(0))?);
        }
    }
    people.sort_unstable();
    people.dedup();
    Ok(Some(Entry {
        key,
        title: found.title,
        body,
        url: url(key, found.number, &found.own),
        review: found.review,
        state: found.state,
        people,
        at: found.at,
        audience,
    }))
}

/// Everything of a review that has an entry.
pub fn keys_of(tx: &mut Tx<'_>, review: ReviewId) -> Result<Vec<Key>> {
    let mut keys = vec![Key::Review(review)];
    keys.extend(tx.query(sql::THREADS_OF, params![review], |row| {
        Ok(Key::Thread(row.get(0)?))
    })?);
    keys.extend(tx.query(sql::QUESTIONS_OF, params![review], |row| {
        Ok(Key::Question(row.get(0)?))
    })?);
    keys.extend(tx.query(sql::DECISIONS_OF, params![review], |row| {
        Ok(Key::Decision(row.get(0)?))
    })?);
    keys.extend(tx.query(sql::LEARNINGS_OF, params![review], |row| {
        Ok(Key::Learning(row.get(0)?))
    })?);
    Ok(keys)
}

/// The next reviews after `after`, for building an index anew.
pub fn reviews_after(
    tx: &mut Tx<'_>,
    after: Option<ReviewId>,
    limit: i64,
) -> Result<Vec<ReviewId>> {
    Ok(tx.query(sql::REVIEWS_AFTER, params![after, limit], |row| row.get(0))?)
}

/// Learnings that belong to no review.
pub fn loose_learnings(tx: &mut Tx<'_>) -> Result<Vec<Key>> {
    Ok(tx.query(sql::LOOSE_LEARNINGS, params![], |row| {
        Ok(Key::Learning(row.get(0)?))
    })?)
}

struct Found {
    review: Option<ReviewId>,
    number: Option<i64>,
    visibility: Option<Visibility>,
    state: Option<State>,
    title: String,
    body: String,
    person: Option<PersonId>,
    at: i64,
    own: String,
}

/// A proposal that was imported and nothing has happened to since is as old as it says it is.
fn review(tx: &mut Tx<'_>, id: ReviewId) -> Result<Option<Found>> {
    Ok(tx.query_opt(sql::REVIEW, params![id], |row| {
        let mut found = Found::read(row)?;
        let written: Option<String> = row.get(9)?;
        if let Some(at) = written.and_then(|day| day_begins(day.parse().ok()?)) {
            found.at = at;
        }
        Ok(found)
    })?)
}

fn found(tx: &mut Tx<'_>, statement: &str, id: &dyn hardwon_db::ToValue) -> Result<Option<Found>> {
    Ok(tx.query_opt(statement, &[id], Found::read)?)
}

impl Found {
    fn read(row: &Row<'_>) -> Result<Self, hardwon_db::Error> {
        Ok(Self {
            review: row.get(0)?,
            number: row.get(1)?,
            visibility: row.get(2)?,
            state: row.get(3)?,
            title: row.get(4)?,
            body: row.get(5)?,
            person: row.get(6)?,
            at: row.get(7)?,
            own: row.get(8)?,
        })
    }
}

fn url(key: Key, review: Option<i64>, own: &str) -> String {
    let base = review
        .map(|number| format!("/reviews/{number}"))
        .unwrap_or_default();
    match key {
        Key::Review(_) => base,
        Key::Thread(_) => format!("{base}/discussion#thread-{own}"),
        Key::Question(_) => format!("{base}/questions#question-{own}"),
        Key::Decision(_) => format!("/decisions/{own}"),
        Key::Learning(_) => format!("/learnings/{own}"),
    }
}
