//! Reading threads: lists, one of them, and what side columns say about them.

use super::{Comment, Heading, Resolution, Suggestion, Thread, Weight, sql};
use crate::access::{self, Need};
use crate::ctx::Ctx;
use crate::documents::Anchor;
use crate::error::{Error, Result};
use crate::id::{DocumentId, PersonId, ReviewId, ThreadId};
use crate::page::{Conditions, Cursor, Listed, Page};
use crate::people::Face;
use crate::words;
use hardwon_db::{Row, Tx, params};
use hardwon_prose::place::Mark;

words! {
    /// Which threads of a review to list.
    Show {
        Open = "open",
        Blocking = "blocking",
        /// Those that the reader raised or wrote in.
        Mine = "mine",
        Decided = "decided",
        Resolved = "resolved",
        All = "all",
    }
}

/// Which threads of a review to list.
#[derive(Debug, Clone)]
pub struct Filter {
    pub show: Show,
    /// Only those at the heading with this slug.
    pub at: Option<String>,
    /// Only those that stand at words of the document.
    pub in_margin: bool,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            show: Show::Open,
            at: None,
            in_margin: false,
        }
    }
}

/// The threads of a review, oldest first.
pub fn list(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    filter: &Filter,
    page: &Page,
) -> Result<Listed<Thread>> {
    access::review(ctx, tx, review, Need::See)?;
    let reader = access::reader(ctx)?;
    let mut conditions = Conditions::default();
    conditions.and("t.review_id = $$", &[&review]);
    match filter.show {
        Show::Open => conditions.and("t.state = 'open'", &[]),
        Show::Blocking => conditions.and("t.state = 'open' and t.blocking = true", &[]),
        Show::Mine => conditions.and(
            "(t.raised_by = $$ or exists (select 1 from comment c where c.thread_id = t.id and c.author_id = $$))",
            &[&reader, &reader],
        ),
        Show::Decided => conditions.and("t.decided_comment_id is not null", &[]),
        Show::Resolved => conditions.and("t.state = 'resolved'", &[]),
        Show::All => &mut conditions,
    };
    if let Some(slug) = &filter.at {
        conditions.and("t.heading_slug = $$", &[slug]);
    }
    if filter.in_margin {
        conditions.and("a.thread_id is not null", &[]);
    }
    if let Some(after) = &page.after {
        conditions.and("t.number > $$", &[&after.key]);
    }
    let limit = conditions.bind(&page.fetch());
    let text = format!(
        "{}{} order by t.number limit {limit}",
        sql::COLUMNS,
        conditions.text()
    );
    let threads = tx.query(&text, &conditions.params(), from_row)?;
    Ok(page.cut(threads, |thread| Cursor::new(thread.number, thread.id)))
}

fn from_row(row: &Row<'_>) -> Result<Thread, hardwon_db::Error> {
    let (heading, slug): (Option<String>, Option<String>) = (row.get(5)?, row.get(6)?);
    let closer: Option<PersonId> = row.get(12)?;
    let resolution = match closer {
        Some(id) => Some(Resolution {
            by: Face {
                id,
                name: row.get(13)?,
                handle: row.get(14)?,
            },
            reason: row.get::<Option<String>>(15)?.unwrap_or_default(),
            at: row.get::<Option<i64>>(16)?.unwrap_or_default(),
        }),
        None => None,
    };
    Ok(Thread {
        id: row.get(0)?,
        review: row.get(1)?,
        number: row.get(2)?,
        round: row.get(3)?,
        title: row.get(4)?,
        anchor: Anchor::from_columns(row, 22)?,
        suggestion: Suggestion::from_columns(row, 32)?,
        heading: heading.zip(slug).map(|(text, slug)| Heading { text, slug }),
        weight: if row.get(7)? {
            Weight::Blocking
        } else {
            Weight::Ordinary
        },
        state: row.get(8)?,
        raised_by: Face {
            id: row.get(9)?,
            name: row.get(10)?,
            handle: row.get(11)?,
        },
        resolution,
        decided: row.get(17)?,
        comment_count: row.get(18)?,
        version: row.get(19)?,
        created_at: row.get(20)?,
        active_at: row.get(21)?,
    })
}

pub(super) fn load(tx: &mut Tx<'_>, id: ThreadId) -> Result<Thread> {
    tx.query_opt(
        &format!("{} where t.id = $1", sql::COLUMNS),
        params![id],
        from_row,
    )?
    .ok_or(Error::NotFound)
}

/// A thread for somebody who may see its review, with what they are in it.
pub fn get(ctx: &Ctx, tx: &mut Tx<'_>, id: ThreadId) -> Result<(Thread, access::Standing)> {
    let thread = load(tx, id)?;
    let standing = access::review(ctx, tx, thread.review, Need::See)?;
    Ok((thread, standing))
}

/// A thread's comments, oldest first; the caller has loaded the thread for the reader.
pub fn comments(tx: &mut Tx<'_>, thread: ThreadId, page: &Page) -> Result<Listed<Comment>> {
    let mut conditions = Conditions::default();
    conditions.and("c.thread_id = $$", &[&thread]);
    if let Some(after) = &page.after {
        conditions.and("(c.created_at, c.id) > ($$, $$)", &[&after.key, &after.id]);
    }
    let limit = conditions.bind(&page.fetch());
    let text = format!(
        "{}{} order by c.created_at, c.id limit {limit}",
        sql::COMMENT_COLUMNS,
        conditions.text()
    );
    let found = tx.query(&text, &conditions.params(), Comment::from_row)?;
    Ok(page.cut(found, |comment| Cursor::new(comment.created_at, comment.id)))
}

/// The most comments that a page of threads brings; what a thread has beyond them is on its own page.
const MAX_COMMENTS: i64 = 2_000;

/// The comments of several threads at once, oldest first; the caller has listed the threads for the reader.
pub fn comments_of(tx: &mut Tx<'_>, threads: &[Thread]) -> Result<Vec<Comment>> {
    if threads.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids = Conditions::default();
    let places: Vec<String> = threads.iter().map(|thread| ids.bind(&thread.id)).collect();
    let limit = ids.bind(&MAX_COMMENTS);
    let text = format!(
        "{} where c.thread_id in ({}) order by c.created_at, c.id limit {limit}",
        sql::COMMENT_COLUMNS,
        places.join(", ")
    );
    Ok(tx.query(&text, &ids.params(), Comment::from_row)?)
}

/// How many threads of a review each filter shows to the reader.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub open: i64,
    pub blocking: i64,
    pub resolved: i64,
    pub decided: i64,
    pub mine: i64,
}

pub fn counts(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId) -> Result<Counts> {
    let reader = access::reader(ctx)?;
    Ok(tx.query_one(sql::COUNTS, params![review, reader], |row| {
        Ok(Counts {
            open: row.get(0)?,
            blocking: row.get(1)?,
            resolved: row.get(2)?,
            decided: row.get(3)?,
            mine: row.get(4)?,
        })
    })?)
}

/// A blocking concern that is open.
#[derive(Debug, Clone)]
pub struct Concern {
    pub thread: ThreadId,
    pub number: i64,
    pub title: String,
    pub raised_by: Face,
    pub at: i64,
}

/// The open blocking concerns of a review, oldest first; the caller has asked [`access`].
pub fn blocking(tx: &mut Tx<'_>, review: ReviewId) -> Result<Vec<Concern>> {
    Ok(tx.query(sql::BLOCKING, params![review], |row| {
        Ok(Concern {
            thread: row.get(0)?,
            number: row.get(1)?,
            title: row.get(2)?,
            raised_by: Face {
                id: row.get(3)?,
                name: row.get(4)?,
                handle: row.get(5)?,
            },
            at: row.get(6)?,
        })
    })?)
}

/// Where open threads stand in the rendering of a document; the caller has asked [`access`].
pub fn marks(tx: &mut Tx<'_>, document: DocumentId) -> Result<Vec<Mark>> {
    Ok(tx.query(sql::MARKS, params![document], |row| {
        let letter = |at: usize| -> Result<usize, hardwon_db::Error> {
            Ok(usize::try_from(row.get::<i64>(at)?).unwrap_or_default())
        };
        Ok(Mark {
            thread: row.get(0)?,
            letters: letter(1)?..letter(2)?,
        })
    })?)
}

/// How many open threads there are at each heading (by slug); the caller has asked [`access`].
pub fn by_heading(tx: &mut Tx<'_>, review: ReviewId) -> Result<Vec<(String, i64)>> {
    Ok(tx.query(sql::BY_HEADING, params![review], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?)
}
