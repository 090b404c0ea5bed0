//! Threads: discussions at a review or at a heading of its document, with their comments. A *blocking concern* is a
//! thread with a name that only its raiser, or the facilitator with a written reason, closes; it is shown and never
//! stops anything.

use crate::access::{self, Need, Standing};
use crate::ctx::Ctx;
use crate::documents::{self, Anchor, Document, Engine, Quote};
use crate::error::{Error, Fields, Result};
use crate::event::{self, Thing};
use crate::id::{CommentId, PersonId, ReviewId, ThreadId};
use crate::people::Face;
use crate::reviews::ReviewRole;
use crate::words;
use hardwon_db::{Tx, params};
use serde_json::json;

mod comments;
mod list;
mod mentions;
pub mod sql;
mod suggestions;

pub use comments::{Answered, Comment, Edit, Past, comment, edit, get_comment, versions};
pub use list::{
    Concern, Counts, Filter, Show, blocking, by_heading, comments, comments_of, counts, get, list,
    marks,
};
pub use mentions::{html, linked, person_named};
pub use suggestions::{Suggestion, SuggestionState, accept, decline};

/// The longest comment, in characters.
pub const MAX_COMMENT: usize = 20_000;

const MAX_TITLE: usize = 200;

words! {
    ThreadState { Open = "open", Resolved = "resolved" }
}

words! {
    /// How heavy a thread is.
    Weight {
        Ordinary = "ordinary",
        /// A concern that its raiser wants answered before they can agree.
        Blocking = "blocking",
    }
}

/// A thread without its comments.
#[derive(Debug, Clone)]
pub struct Thread {
    pub id: ThreadId,
    pub review: ReviewId,
    pub number: i64,
    pub round: i64,
    pub title: String,
    /// The heading it was raised at, in the words it had then.
    pub heading: Option<Heading>,
    /// The words it stands at, and where they are now.
    pub anchor: Option<Anchor>,
    /// Other words that were proposed for them.
    pub suggestion: Option<Suggestion>,
    pub weight: Weight,
    pub state: ThreadState,
    pub raised_by: Face,
    pub resolution: Option<Resolution>,
    /// The comment that holds what was decided here.
    pub decided: Option<CommentId>,
    pub comment_count: i64,
    pub version: i64,
    pub created_at: i64,
    pub active_at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    pub text: String,
    pub slug: String,
}

/// How a thread was closed.
#[derive(Debug, Clone)]
pub struct Resolution {
    pub by: Face,
    pub reason: String,
    pub at: i64,
}

/// What a thread begins with.
#[derive(Debug, Clone)]
pub struct ThreadForm {
    /// A blocking concern has a name; for other threads the first words of the comment serve.
    pub title: String,
    /// The slug of a heading of the document; empty for the review as a whole.
    pub at: String,
    /// Words of the document to stand at; the heading follows from them.
    pub quote: Option<Quote>,
    /// Words proposed for the quoted ones; empty to leave them out.
    pub replacement: Option<String>,
    pub weight: Weight,
    pub body: String,
}

/// A thread that was opened, and its first comment.
#[derive(Debug, Clone, Copy)]
pub struct Opened {
    pub thread: ThreadId,
    pub number: i64,
    pub comment: CommentId,
}

/// Opens a thread with its first comment. Everybody who sees the review may, also without the right to edit it.
pub fn open(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    standing: &Standing,
    form: &ThreadForm,
) -> Result<Opened> {
    standing.require(Need::TakePart)?;
    let review = standing.id;
    let author = ctx.require_person()?;
    let title = form.title.trim();
    let mut fields = Fields::default();
    if form.weight == Weight::Blocking && title.is_empty() {
        fields.add("title", "A blocking concern has a name of a few words.");
    }
    if title.chars().count() > MAX_TITLE {
        fields.add("title", "A title may have at most 200 characters.");
    }
    // Proposed words speak for themselves.
    let body = match form.body.trim_end() {
        "" if form.replacement.is_some() => "A suggestion.",
        body => body,
    };
    comments::check(body, &mut fields);
    let mut place = None;
    if let Some(quote) = &form.quote {
        let document = documents::with_typing(ctx, tx, engine, standing.document)?;
        match documents::anchors::find(&document, quote) {
            Ok(at) => {
                let replaced = form.replacement.as_deref();
                if replaced == document.text.get(at.clone()) {
                    fields.add(
                        "replacement",
                        "These are the same words. Please write others, or only comment.",
                    );
                }
                place = Some((document, quote, at));
            }
            Err(Error::Invalid(wrong)) => fields.extend(wrong),
            Err(error) => return Err(error),
        }
    } else if form.replacement.is_some() {
        fields.add(
            "quote",
            "A suggestion stands at words of the document. Please choose them first.",
        );
    }
    let heading = if let Some((document, _, at)) = &place {
        above(document, at.start)
    } else if form.at.is_empty() {
        None
    } else {
        let found = heading(tx, standing, &form.at)?;
        if found.is_none() {
            fields.add(
                "at",
                "The document has no such heading any more. Please choose another.",
            );
        }
        found
    };
    fields.check()?;
    let words = mentions::read(tx, review, body)?;
    let title = if title.is_empty() {
        first_words(body)
    } else {
        title.to_owned()
    };
    let (id, first): (ThreadId, CommentId) = (ctx.id(), ctx.id());
    let number: i64 = tx.query_one(sql::NEXT_NUMBER, params![review], |row| row.get(0))?;
    tx.execute(
        sql::INSERT,
        params![
            id,
            review,
            number,
            standing.round,
            title,
            heading.as_ref().map(|heading| heading.text.as_str()),
            heading.as_ref().map(|heading| heading.slug.as_str()),
            form.weight == Weight::Blocking,
            author,
            ctx.at
        ],
    )?;
    if let Some((document, quote, at)) = place {
        documents::anchors::tie(tx, engine, &document, id, quote, at)?;
    }
    if let Some(replacement) = &form.replacement {
        tx.execute(sql::SUGGEST, params![id, replacement])?;
    }
    tx.execute(
        sql::INSERT_COMMENT,
        params![
            first,
            id,
            review,
            standing.round,
            author,
            body,
            words.html,
            ctx.at
        ],
    )?;
    tx.execute(
        sql::COUNT_OPENED,
        params![review, ctx.at, i64::from(form.weight == Weight::Blocking)],
    )?;
    event::record(
        ctx,
        tx,
        "thread.opened",
        &Thing::new("thread", id),
        Some(review),
        &json!({
            "title": title, "number": number, "thread": id, "comment": first, "weight": form.weight,
            "heading": heading.map(|heading| heading.text), "mentions": words.named,
        }),
    )?;
    Ok(Opened {
        thread: id,
        number,
        comment: first,
    })
}

/// The heading over a place in a document.
fn above(document: &Document, at: usize) -> Option<Heading> {
    let headings = hardwon_prose::outline(&document.text, document.syntax);
    let over = headings
        .into_iter()
        .rfind(|heading| heading.start <= at && at < heading.end)?;
    Some(Heading {
        text: over.text,
        slug: over.slug,
    })
}

fn heading(tx: &mut Tx<'_>, standing: &Standing, slug: &str) -> Result<Option<Heading>> {
    let document = documents::get(tx, standing.document)?;
    Ok(document
        .outline
        .into_iter()
        .find(|entry| entry.slug == slug)
        .map(|entry| Heading {
            text: entry.text,
            slug: entry.slug,
        }))
}

/// The beginning of a comment as a title: its first line's words, cut at a word.
fn first_words(body: &str) -> String {
    let plain = hardwon_prose::plain(body, hardwon_prose::Syntax::Markdown);
    let line = plain
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or("Untitled");
    if line.chars().count() <= 80 {
        return line.to_owned();
    }
    let mut title = String::new();
    for word in line.split_whitespace() {
        if title.chars().count() + word.chars().count() > 78 {
            break;
        }
        title.push_str(word);
        title.push(' ');
    }
    let title = match title.trim_end() {
        "" => line.chars().take(78).collect(),
        title => title.to_owned(),
    };
    format!("{title}…")
}

/// A thread, and what the actor is in its review.
fn place(ctx: &Ctx, tx: &mut Tx<'_>, id: ThreadId) -> Result<(Thread, Standing)> {
    let review: ReviewId = tx
        .query_opt(sql::REVIEW_OF, params![id], |row| row.get(0))?
        .ok_or(Error::NotFound)?;
    let standing = access::review(ctx, tx, review, Need::TakePart)?;
    Ok((list::load(tx, id)?, standing))
}

/// Whether somebody may resolve a thread, and whether they have to say why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MayResolve {
    Yes,
    WithReason,
    No,
}

/// Who closes what: a blocking concern only its raiser, or the facilitator with a reason; any other thread also
/// whoever wrote the review.
pub fn may_resolve(thread: &Thread, standing: &Standing, person: Option<PersonId>) -> MayResolve {
    let raised = person == Some(thread.raised_by.id);
    let wrote = standing.is(ReviewRole::Author) || person == Some(standing.author);
    match thread.weight {
        _ if raised => MayResolve::Yes,
        Weight::Ordinary if wrote => MayResolve::Yes,
        _ if standing.facilitates() => MayResolve::WithReason,
        _ => MayResolve::No,
    }
}

/// Whether somebody may mark what was decided in a thread.
pub fn may_mark(thread: &Thread, standing: &Standing, person: Option<PersonId>) -> MayResolve {
    if person == Some(thread.raised_by.id) || standing.can_edit() {
        MayResolve::Yes
    } else {
        MayResolve::No
    }
}

/// Closes a thread; see [`may_resolve`].
pub fn resolve(ctx: &Ctx, tx: &mut Tx<'_>, id: ThreadId, reason: &str) -> Result<Thread> {
    let (thread, standing) = place(ctx, tx, id)?;
    let person = ctx.require_person()?;
    let reason = reason.trim();
    match may_resolve(&thread, &standing, Some(person)) {
        MayResolve::Yes => {}
        MayResolve::WithReason if !reason.is_empty() => {}
        MayResolve::WithReason => {
            return Err(Error::invalid(
                "reason",
                "You close what somebody else raised: please say why, for them to read.",
            ));
        }
        MayResolve::No if thread.weight == Weight::Blocking => {
            return Err(Error::denied(format!(
                "Only {}, who raised this concern, or the facilitator may close it.",
                thread.raised_by.name
            )));
        }
        MayResolve::No => {
            return Err(Error::denied(format!(
                "Only {}, who started this thread, the review's author or its facilitator may resolve it.",
                thread.raised_by.name
            )));
        }
    }
    if reason.chars().count() > 2_000 {
        return Err(Error::invalid(
            "reason",
            "A reason may have at most 2,000 characters.",
        ));
    }
    if tx.execute(sql::RESOLVE, params![id, person, reason, ctx.at])? == 0 {
        return Err(Error::conflict("This thread is resolved already."));
    }
    count_open(ctx, tx, &thread, -1)?;
    tell(ctx, tx, "thread.resolved", &thread, reason)?;
    Ok(thread)
}

/// Opens a thread again. Everybody who takes part may, but a blocking concern only those who may close it.
pub fn reopen(ctx: &Ctx, tx: &mut Tx<'_>, id: ThreadId) -> Result<Thread> {
    let (thread, standing) = place(ctx, tx, id)?;
    let person = ctx.require_person()?;
    if thread.weight == Weight::Blocking
        && may_resolve(&thread, &standing, Some(person)) == MayResolve::No
    {
        return Err(Error::denied(format!(
            "Only {}, who raised this concern, or the facilitator may open it again.",
            thread.raised_by.name
        )));
    }
    if tx.execute(sql::REOPEN, params![id, ctx.at])? == 0 {
        return Err(Error::conflict("This thread is open already."));
    }
    count_open(ctx, tx, &thread, 1)?;
    tell(ctx, tx, "thread.reopened", &thread, "")?;
    Ok(thread)
}

/// Marks the comment that holds what was decided in its thread; there is one a thread, the last marked.
pub fn mark_decided(ctx: &Ctx, tx: &mut Tx<'_>, comment: CommentId) -> Result<Thread> {
    set_decided(ctx, tx, comment, Some(comment), "thread.decided")
}

/// Takes the mark off a comment again.
pub fn unmark_decided(ctx: &Ctx, tx: &mut Tx<'_>, comment: CommentId) -> Result<Thread> {
    set_decided(ctx, tx, comment, None, "thread.undecided")
}

fn set_decided(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    comment: CommentId,
    mark: Option<CommentId>,
    kind: &'static str,
) -> Result<Thread> {
    let id: ThreadId = tx
        .query_opt(sql::THREAD_OF_COMMENT, params![comment], |row| row.get(0))?
        .ok_or(Error::NotFound)?;
    let (thread, standing) = place(ctx, tx, id)?;
    if may_mark(&thread, &standing, ctx.person()) == MayResolve::No {
        return Err(Error::denied(
            "Whoever started the thread, or who leads the review, says what was decided in it.",
        ));
    }
    let unchanged = match mark {
        Some(_) => thread.decided == mark,
        None => thread.decided != Some(comment),
    };
    if unchanged {
        return Ok(thread);
    }
    tx.execute(sql::DECIDE, params![id, mark, ctx.at])?;
    event::record(
        ctx,
        tx,
        kind,
        &Thing::new("thread", id),
        Some(thread.review),
        &json!({ "title": thread.title, "number": thread.number, "thread": id, "comment": comment }),
    )?;
    Ok(thread)
}

fn count_open(ctx: &Ctx, tx: &mut Tx<'_>, thread: &Thread, by: i64) -> Result<()> {
    let blocking = if thread.weight == Weight::Blocking {
        by
    } else {
        0
    };
    tx.execute(
        sql::COUNT_OPEN,
        params![thread.review, ctx.at, by, blocking],
    )?;
    Ok(())
}

fn tell(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    kind: &'static str,
    thread: &Thread,
    reason: &str,
) -> Result<()> {
    event::record(
        ctx,
        tx,
        kind,
        &Thing::new("thread", thread.id),
        Some(thread.review),
        &json!({
            "title": thread.title, "number": thread.number, "thread": thread.id, "weight": thread.weight,
            "reason": reason,
        }),
    )
}

#[cfg(test)]
mod tests;
