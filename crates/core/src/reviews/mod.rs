//! Reviews: facilitated inquiries with a document, people and an outcome. What every kind shares is here: creation,
//! lists, the life cycle and its rounds, who takes part. What a kind adds has its own module.

use crate::access::{self, Need};
use crate::ctx::Ctx;
use crate::documents::{self, Engine, Saved, typing};
use crate::error::{Error, Fields, Result};
use crate::event::{self, Thing};
use crate::id::{DocumentId, ReviewId, TemplateId};
use crate::people::{self, Face};
use crate::questions;
use crate::words;
use garde::Validate;
use hardwon_db::{Tx, params};
use hardwon_prose::Syntax;
use serde_json::json;

pub mod beside;
mod circulation;
mod list;
mod naming;
pub mod participants;
pub mod privacy;
pub mod readers;
pub mod records;
pub mod relations;
pub mod rounds;
pub mod sql;
pub mod steps;
pub mod tasks;
#[cfg(test)]
mod tests;
mod versions;

pub use circulation::{CirculationForm, circulate};
pub use list::{Column, Filter, Summary, board, list};
pub use readers::mark_read;
pub use steps::{Step, step};
pub use versions::{keep_version, restore_version};

words! {
    ReviewKind {
        Architecture = "architecture",
        Operability = "operability",
        PostMortem = "post-mortem",
        Study = "study",
    }
}

words! {
    /// Where a review stands. Which steps lead where depends on its kind; see [`steps`].
    State {
        Draft = "draft",
        Gathering = "gathering",
        Circulating = "circulating",
        Scheduled = "scheduled",
        InReview = "in-review",
        Decided = "decided",
        Launched = "launched",
        Published = "published",
        Closed = "closed",
    }
}

words! {
    Visibility { Open = "open", Private = "private" }
}

words! {
    /// What somebody (or a team) is in a review.
    ReviewRole {
        Author = "author",
        Presenter = "presenter",
        Stakeholder = "stakeholder",
        Facilitator = "facilitator",
        NoteTaker = "note-taker",
        Follower = "follower",
    }
}

words! {
    /// What a review's decision says. The first three are an architecture review's.
    Outcome {
        GoAhead = "go-ahead",
        Stop = "stop-and-rethink",
        MoreInformation = "gather-more-information",
        /// Only of imported decisions: another one has taken its place.
        Superseded = "superseded",
    }
}

/// A review without its document's text.
#[derive(Debug, Clone)]
pub struct Review {
    pub id: ReviewId,
    pub number: i64,
    pub kind: ReviewKind,
    pub title: String,
    pub state: State,
    pub outcome: Option<Outcome>,
    pub round: i64,
    pub visibility: Visibility,
    pub author: Face,
    pub document: DocumentId,
    /// What the author would like to hear about, in their words.
    pub feedback_wanted: String,
    pub comments_until: Option<i64>,
    pub last_call_until: Option<i64>,
    pub meeting_at: Option<i64>,
    /// `YYYY-MM-DD`
    pub look_again_on: Option<String>,
    /// `YYYY-MM-DD`, of an imported proposal.
    pub written_on: Option<String>,
    pub source_format: Option<String>,
    pub source_state: Option<String>,
    pub version: i64,
    pub created_at: i64,
    pub active_at: i64,
    pub open_threads: i64,
    pub blocking_threads: i64,
    pub comment_count: i64,
    pub open_questions: i64,
    pub question_count: i64,
    pub reader_count: i64,
}

/// What a review begins with.
#[derive(Debug, Clone, Validate)]
pub struct ReviewForm {
    #[garde(skip)]
    pub kind: ReviewKind,
    #[garde(custom(filled), length(max = 300))]
    pub title: String,
    #[garde(skip)]
    pub visibility: Visibility,
    #[garde(skip)]
    pub syntax: Syntax,
    /// The first text of its document.
    #[garde(skip)]
    pub text: String,
    #[garde(length(max = 2000))]
    pub feedback_wanted: String,
}

fn filled(text: &str, (): &()) -> garde::Result {
    if text.trim().is_empty() {
        Err(garde::Error::new("Please fill this in."))
    } else {
        Ok(())
    }
}

/// Opens a draft. Whoever opens it is its author and presents it.
pub fn create(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    form: &ReviewForm,
) -> Result<(ReviewId, i64)> {
    let author = ctx.require_person()?;
    form.validate()?;
    let id: ReviewId = ctx.id();
    let number = next_number(tx, "review")?;
    let title = form.title.trim();
    let state = steps::first(form.kind);
    let document = documents::create(ctx, tx, engine, Some(id), form.syntax, &form.text)?;
    tx.execute(
        sql::INSERT,
        params![
            id,
            number,
            form.kind,
            title,
            people::key(title),
            state,
            form.visibility,
            author,
            document,
            form.feedback_wanted,
            ctx.at
        ],
    )?;
    for role in [ReviewRole::Author, ReviewRole::Presenter] {
        tx.execute(
            sql::ADD_PERSON,
            params![id, "person", author, role, author, ctx.at],
        )?;
    }
    if form.visibility == Visibility::Private {
        tx.execute(sql::GRANT, params![id, "person", author])?;
    }
    tx.execute(sql::OPEN_ROUND, params![id, 1_i64, ctx.at])?;
    steps::record(ctx, tx, id, 1, None, state, "", None)?;
    event::record(
        ctx,
        tx,
        "review.created",
        &Thing::new("review", id),
        Some(id),
        &json!({ "title": title }),
    )?;
    questions::seed_prompts(ctx, tx, id, form.kind)?;
    Ok((id, number))
}

/// The next number of a kind of thing, for its address. Numbers are never used twice.
pub fn next_number(tx: &mut Tx<'_>, name: &str) -> Result<i64> {
    Ok(tx.query_one(sql::NEXT_NUMBER, params![name], |row| row.get(0))?)
}

/// The review at an address, if the actor may see it.
pub fn get(ctx: &Ctx, tx: &mut Tx<'_>, number: i64) -> Result<Review> {
    let standing = access::review_numbered(ctx, tx, number, Need::See)?;
    load(tx, standing.id)
}

/// The review itself; the caller has asked [`access`].
pub fn load(tx: &mut Tx<'_>, id: ReviewId) -> Result<Review> {
    tx.query_opt(sql::GET, params![id], |row| {
        Ok(Review {
            id: row.get(0)?,
            number: row.get(1)?,
            kind: row.get(2)?,
            title: row.get(3)?,
            state: row.get(4)?,
            outcome: row.get(5)?,
            round: row.get(6)?,
            visibility: row.get(7)?,
            author: Face {
                id: row.get(8)?,
                name: row.get(9)?,
                handle: row.get(10)?,
            },
            document: row.get(11)?,
            feedback_wanted: row.get(12)?,
            comments_until: row.get(13)?,
            last_call_until: row.get(14)?,
            meeting_at: row.get(15)?,
            look_again_on: row.get(16)?,
            written_on: row.get(17)?,
            source_format: row.get(18)?,
            source_state: row.get(19)?,
            version: row.get(20)?,
            created_at: row.get(21)?,
            active_at: row.get(22)?,
            open_threads: row.get(23)?,
            blocking_threads: row.get(24)?,
            comment_count: row.get(25)?,
            open_questions: row.get(26)?,
            question_count: row.get(27)?,
            reader_count: row.get(28)?,
        })
    })?
    .ok_or(Error::NotFound)
}

/// Renames a review.
pub fn rename(ctx: &Ctx, tx: &mut Tx<'_>, id: ReviewId, title: &str) -> Result<()> {
    let before = access::review(ctx, tx, id, Need::Edit)?;
    let title = title.trim();
    let mut fields = Fields::default();
    if title.is_empty() {
        fields.add("title", "Please fill this in.");
    }
    if title.chars().count() > 300 {
        fields.add("title", "A title may have at most 300 characters.");
    }
    fields.check()?;
    tx.execute(sql::RENAME, params![id, title, people::key(title), ctx.at])?;
    let change = json!({ "from": before.title, "title": title });
    event::record(
        ctx,
        tx,
        "review.renamed",
        &Thing::new("review", id),
        Some(id),
        &change,
    )
}

/// Saves the document of a review (see [`documents::save`]) and looks again where it names the records.
pub fn save_document(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    id: ReviewId,
    base: i64,
    text: &str,
) -> Result<Saved> {
    let review = access::review(ctx, tx, id, Need::Edit)?;
    let saved = documents::save(ctx, tx, engine, review.document, base, text)?;
    if matches!(saved, Saved::Written { .. } | Saved::Merged { .. }) {
        records::rename_all(tx, id, review.document)?;
    }
    Ok(saved)
}

/// Shows a text that was typed into a review's document (see [`typing::show`]) and looks again where it names the records.
pub fn show_typed(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    document: DocumentId,
    version: i64,
    (text, anchors): (&str, &[documents::Anchor]),
) -> Result<()> {
    match typing::show(ctx, tx, document, version, text, anchors)? {
        Some(review) => records::rename_all(tx, review, document),
        None => Ok(()),
    }
}

/// Brings everything that was typed into the document of a review to its pages.
pub fn settle_document(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    id: ReviewId,
) -> Result<()> {
    let review = access::review(ctx, tx, id, Need::Edit)?;
    documents::with_typing(ctx, tx, engine, review.document)?;
    records::rename_all(tx, id, review.document)
}

/// What a proposal can start from.
#[derive(Debug, Clone)]
pub struct Template {
    pub id: TemplateId,
    pub name: String,
    pub body: String,
}

/// The templates for a kind of review, in the organisation's order.
pub fn templates(tx: &mut Tx<'_>, kind: ReviewKind) -> Result<Vec<Template>> {
    Ok(tx.query(sql::TEMPLATES, params![kind], |row| {
        Ok(Template {
            id: row.get(0)?,
            name: row.get(1)?,
            body: row.get(2)?,
        })
    })?)
}
