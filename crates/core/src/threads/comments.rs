//! Comments: answering in a thread, and editing what one wrote, with every earlier wording kept.

use super::{MAX_COMMENT, mentions, sql};
use crate::access::{self, Need};
use crate::ctx::Ctx;
use crate::error::{Error, Fields, Result};
use crate::event::{self, Thing};
use crate::id::{CommentId, ReviewId, ThreadId};
use crate::people::Face;
use hardwon_db::{Row, Tx, params};
use serde_json::json;

#[derive(Debug, Clone)]
pub struct Comment {
    pub id: CommentId,
    pub thread: ThreadId,
    /// The round of the review in which it was written.
    pub round: i64,
    pub author: Face,
    pub body: String,
    pub html: String,
    /// Counts up with every edit.
    pub version: i64,
    pub created_at: i64,
    pub edited_at: Option<i64>,
}

impl Comment {
    pub(super) fn from_row(row: &Row<'_>) -> Result<Self, hardwon_db::Error> {
        Ok(Self {
            id: row.get(0)?,
            thread: row.get(1)?,
            round: row.get(2)?,
            author: Face {
                id: row.get(3)?,
                name: row.get(4)?,
                handle: row.get(5)?,
            },
            body: row.get(6)?,
            html: row.get(7)?,
            version: row.get(8)?,
            created_at: row.get(9)?,
            edited_at: row.get(10)?,
        })
    }
}

pub(super) fn check(body: &str, fields: &mut Fields) {
    if body.trim().is_empty() {
        fields.add("body", "Please write something.");
    }
    if body.chars().count() > MAX_COMMENT {
        fields.add("body", "A comment may have at most 20,000 characters.");
    }
}

/// A comment that was added.
#[derive(Debug, Clone, Copy)]
pub struct Answered {
    pub comment: CommentId,
    pub thread: ThreadId,
    /// The number of the review.
    pub review: i64,
}

/// Answers in a thread, open or resolved. Everybody who sees the review may.
pub fn comment(ctx: &Ctx, tx: &mut Tx<'_>, thread: ThreadId, body: &str) -> Result<Answered> {
    let author = ctx.require_person()?;
    let reader = access::reader(ctx)?;
    let (review, number, round, title, place) = tx
        .query_opt(sql::TO_ANSWER, params![reader, thread], |row| {
            Ok((
                row.get::<ReviewId>(0)?,
                row.get::<i64>(1)?,
                row.get::<i64>(2)?,
                row.get::<String>(3)?,
                row.get::<i64>(4)?,
            ))
        })?
        .ok_or(Error::NotFound)?;
    let mut fields = Fields::default();
    check(body, &mut fields);
    fields.check()?;
    let words = mentions::read(tx, review, body)?;
    let id: CommentId = ctx.id();
    tx.execute(
        sql::INSERT_COMMENT,
        params![
            id,
            thread,
            review,
            round,
            author,
            body.trim_end(),
            words.html,
            ctx.at
        ],
    )?;
    tx.execute(sql::COUNT_COMMENT, params![thread, ctx.at])?;
    tx.execute(sql::COUNT_IN_REVIEW, params![review, ctx.at])?;
    event::record(
        ctx,
        tx,
        "thread.commented",
        &Thing::new("comment", id),
        Some(review),
        &json!({ "title": title, "number": place, "thread": thread, "comment": id, "mentions": words.named }),
    )?;
    Ok(Answered {
        comment: id,
        thread,
        review: number,
    })
}

/// A comment for somebody who may see its review.
pub fn get_comment(ctx: &Ctx, tx: &mut Tx<'_>, id: CommentId) -> Result<Comment> {
    let comment = load(tx, id)?;
    let review: ReviewId =
        tx.query_one(sql::REVIEW_OF, params![comment.thread], |row| row.get(0))?;
    access::review(ctx, tx, review, Need::See)?;
    Ok(comment)
}

fn load(tx: &mut Tx<'_>, id: CommentId) -> Result<Comment> {
    tx.query_opt(
        &format!("{} where c.id = $1", sql::COMMENT_COLUMNS),
        params![id],
        Comment::from_row,
    )?
    .ok_or(Error::NotFound)
}

/// What became of an edit.
#[derive(Debug, Clone)]
pub enum Edit {
    Written(Comment),
    /// Its writer had saved elsewhere in between. Nothing was written; both texts are to be shown.
    Stale {
        theirs: Comment,
    },
}

/// Changes a comment, which only its writer may, from version `base`. The earlier wording is kept.
pub fn edit(ctx: &Ctx, tx: &mut Tx<'_>, id: CommentId, base: i64, body: &str) -> Result<Edit> {
    let before = get_comment(ctx, tx, id)?;
    if ctx.require_person()? != before.author.id {
        return Err(Error::denied("Only who wrote a comment may change it."));
    }
    let mut fields = Fields::default();
    check(body, &mut fields);
    fields.check()?;
    let body = body.trim_end();
    if before.body == body {
        return Ok(Edit::Written(before));
    }
    if before.version != base {
        return Ok(Edit::Stale { theirs: before });
    }
    let review: ReviewId =
        tx.query_one(sql::REVIEW_OF, params![before.thread], |row| row.get(0))?;
    let words = mentions::read(tx, review, body)?;
    let known = mentions::read(tx, review, &before.body)?.named;
    let new: Vec<String> = words
        .named
        .into_iter()
        .filter(|id| !known.contains(id))
        .collect();
    tx.execute(sql::KEEP_VERSION, params![id])?;
    if tx.execute(sql::EDIT, params![id, base, body, words.html, ctx.at])? == 0 {
        return Err(Error::conflict(
            "This comment was changed at the same moment. Please look again.",
        ));
    }
    event::record(
        ctx,
        tx,
        "comment.edited",
        &Thing::new("comment", id),
        Some(review),
        &json!({ "thread": before.thread, "comment": id, "version": base + 1, "mentions": new }),
    )?;
    Ok(Edit::Written(load(tx, id)?))
}

/// An earlier wording of a comment.
#[derive(Debug, Clone)]
pub struct Past {
    pub version: i64,
    pub body: String,
    pub at: i64,
}

/// A comment's earlier wordings, oldest first, for everybody who may see it.
pub fn versions(ctx: &Ctx, tx: &mut Tx<'_>, id: CommentId) -> Result<Vec<Past>> {
    get_comment(ctx, tx, id)?;
    Ok(tx.query(sql::VERSIONS, params![id], |row| {
        Ok(Past {
            version: row.get(0)?,
            body: row.get(1)?,
            at: row.get(2)?,
        })
    })?)
}
