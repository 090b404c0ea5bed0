//! Threads and comments over the API.

#![expect(
    unused_qualifications,
    reason = "utoipa writes them where a list has parameters beside its path"
)]

use crate::app::App;
use crate::http::api::{
    Answer, Change, Limit, Nothing, Params, PartParams, found, limit, part, shown, versioned, word,
};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, Id, ListJson, Time};
use axum::extract::{Path, State};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hardwon_core::access::{self, Need};
use hardwon_core::documents::{Anchor, Quote};
use hardwon_core::id::{CommentId, ThreadId};
use hardwon_core::threads::{
    self, Comment, Edit, Filter, Past, Show, Suggestion, SuggestionState, Thread, ThreadForm,
    ThreadState, Weight,
};
use hardwon_core::{Ctx, Error, Tx};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A discussion at a review or at a heading of its document, without its comments.
#[derive(Serialize, ToSchema)]
#[schema(as = Thread)]
pub struct ThreadJson {
    #[schema(value_type = Id)]
    id: ThreadId,
    /// Its number in the review.
    number: i64,
    round: i64,
    title: String,
    /// The heading it was raised at, in the words it had then; null for the review as a whole.
    heading: Option<HeadingJson>,
    /// The words of the document that it stands at; null where it stands at a heading or at the whole review.
    quote: Option<AnchorJson>,
    suggestion: Option<SuggestionJson>,
    #[schema(schema_with = word::<Weight>)]
    weight: Weight,
    #[schema(schema_with = word::<ThreadState>)]
    state: ThreadState,
    raised_by: FaceJson,
    resolution: Option<ResolutionJson>,
    /// The comment that holds what was decided here.
    #[schema(value_type = Option<Id>)]
    decided: Option<CommentId>,
    comment_count: i64,
    version: i64,
    #[schema(value_type = Time)]
    created_at: i64,
    #[schema(value_type = Time)]
    active_at: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Heading)]
pub struct HeadingJson {
    text: String,
    slug: String,
}

/// Words of a document as they were chosen, and what stood around them.
#[derive(Serialize, ToSchema)]
#[schema(as = Anchor)]
pub struct AnchorJson {
    words: String,
    before: String,
    after: String,
    /// The words were deleted since.
    detached: bool,
    /// Positions before and after the words, as Yjs encodes relative positions, in Base64.
    first: String,
    last: String,
}

impl From<&Anchor> for AnchorJson {
    fn from(anchor: &Anchor) -> Self {
        Self {
            words: anchor.quote.words.clone(),
            before: anchor.quote.before.clone(),
            after: anchor.quote.after.clone(),
            detached: anchor.at.is_none(),
            first: BASE64.encode(&anchor.first),
            last: BASE64.encode(&anchor.last),
        }
    }
}

/// Words that were proposed for those the thread stands at.
#[derive(Serialize, ToSchema)]
#[schema(as = Suggestion)]
pub struct SuggestionJson {
    replacement: String,
    #[schema(schema_with = word::<SuggestionState>)]
    state: SuggestionState,
    decided_by: Option<FaceJson>,
    #[schema(value_type = Option<Time>)]
    decided_at: Option<i64>,
}

impl From<&Suggestion> for SuggestionJson {
    fn from(suggestion: &Suggestion) -> Self {
        Self {
            replacement: suggestion.replacement.clone(),
            state: suggestion.state,
            decided_by: suggestion.decided_by.as_ref().map(FaceJson::from),
            decided_at: suggestion.decided_at,
        }
    }
}

/// How a thread was closed.
#[derive(Serialize, ToSchema)]
#[schema(as = Resolution)]
pub struct ResolutionJson {
    by: FaceJson,
    reason: String,
    #[schema(value_type = Time)]
    at: i64,
}

impl From<&Thread> for ThreadJson {
    fn from(thread: &Thread) -> Self {
        Self {
            id: thread.id,
            number: thread.number,
            round: thread.round,
            title: thread.title.clone(),
            heading: thread.heading.as_ref().map(|heading| HeadingJson {
                text: heading.text.clone(),
                slug: heading.slug.clone(),
            }),
            quote: thread.anchor.as_ref().map(AnchorJson::from),
            suggestion: thread.suggestion.as_ref().map(SuggestionJson::from),
            weight: thread.weight,
            state: thread.state,
            raised_by: FaceJson::from(&thread.raised_by),
            resolution: thread.resolution.as_ref().map(|done| ResolutionJson {
                by: FaceJson::from(&done.by),
                reason: done.reason.clone(),
                at: done.at,
            }),
            decided: thread.decided,
            comment_count: thread.comment_count,
            version: thread.version,
            created_at: thread.created_at,
            active_at: thread.active_at,
        }
    }
}

versioned!(ThreadJson, CommentJson);

fn thread(ctx: &Ctx, tx: &mut Tx<'_>, id: ThreadId) -> Result<ThreadJson, Error> {
    Ok(ThreadJson::from(&threads::get(ctx, tx, id)?.0))
}

fn one_comment(ctx: &Ctx, tx: &mut Tx<'_>, id: CommentId) -> Result<CommentJson, Error> {
    Ok(CommentJson::from(&threads::get_comment(ctx, tx, id)?))
}

/// The thread that a comment stands in.
fn thread_of(ctx: &Ctx, tx: &mut Tx<'_>, id: CommentId) -> Result<ThreadJson, Error> {
    let place = threads::get_comment(ctx, tx, id)?.thread;
    thread(ctx, tx, place)
}

#[derive(Deserialize, IntoParams, Default)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ThreadParams {
    /// Which threads; all where nothing is said.
    #[param(required = false, schema_with = word::<Show>)]
    show: Option<Show>,
    /// The slug of the heading they were raised at.
    at: Option<String>,
    #[param(required = false, schema_with = limit)]
    limit: Option<Limit>,
    /// What `next` of the page before says.
    cursor: Option<String>,
}

/// Lists the threads of a review, oldest first.
#[utoipa::path(get, path = "/reviews/{number}/threads", tag = "Threads",
    params(ThreadParams, ("number" = i64, Path)),
    responses((status = 200, description = "One page of the list", body = ListJson<ThreadJson>)))]
pub async fn list(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Params(params): Params<ThreadParams>,
) -> Reply {
    let page = part(params.limit, params.cursor.as_deref())?;
    let listed = app
        .db
        .read(move |tx| {
            let review = access::review_numbered(&user.ctx, tx, number, Need::See)?;
            let filter = Filter {
                show: params.show.unwrap_or(Show::All),
                at: params.at.clone(),
                ..Filter::default()
            };
            threads::list(&user.ctx, tx, review.id, &filter, &page)
        })
        .await?;
    Ok(found(
        &ListJson::of(&listed, |one| ThreadJson::from(one)),
        None,
    ))
}

/// What a thread begins with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewThread {
    /// A blocking concern needs one; otherwise the first words of the comment serve.
    #[serde(default)]
    #[schema(max_length = 200)]
    title: String,
    /// The slug of a heading of the document; empty for the review as a whole.
    #[serde(default)]
    at: String,
    /// Words of the document, by which the thread is found its place; the heading follows from them.
    quote: Option<QuoteJson>,
    /// Words proposed for the quoted ones, in Markdown; an empty text proposes to leave them out.
    #[schema(max_length = 20000)]
    replacement: Option<String>,
    #[serde(default = "ordinary")]
    #[schema(required = false, schema_with = word::<Weight>)]
    weight: Weight,
    /// The first comment, in Markdown; `@handle` tells somebody.
    #[schema(min_length = 1, max_length = 20000, pattern = "\\S")]
    body: String,
}

/// Words as the document or its page has them; those around them tell them from the same words elsewhere.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Quote)]
pub struct QuoteJson {
    #[schema(min_length = 1, max_length = 4000, pattern = "\\S")]
    words: String,
    #[serde(default)]
    before: String,
    #[serde(default)]
    after: String,
}

fn ordinary() -> Weight {
    Weight::Ordinary
}

/// Opens a thread with its first comment.
#[utoipa::path(post, path = "/reviews/{number}/threads", tag = "Threads", params(("number" = i64, Path)),
    request_body = NewThread,
    responses((status = 201, description = "The new thread", body = ThreadJson)))]
pub async fn create(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<NewThread>,
) -> Reply {
    let engine = app.engine.clone();
    change
        .write(&app, move |change, tx| {
            let review = access::review_numbered(&change.ctx, tx, number, Need::TakePart)?;
            let wanted = &change.body;
            let form = ThreadForm {
                title: wanted.title.clone(),
                at: wanted.at.clone(),
                quote: wanted.quote.as_ref().map(|quote| Quote {
                    words: quote.words.clone(),
                    before: quote.before.clone(),
                    after: quote.after.clone(),
                }),
                replacement: wanted.replacement.clone(),
                weight: wanted.weight,
                body: wanted.body.clone(),
            };
            let opened = threads::open(&change.ctx, tx, engine.as_ref(), &review, &form)?;
            let address = format!("/api/v1/threads/{}", opened.thread);
            let made = thread(&change.ctx, tx, opened.thread)?;
            Ok(Answer::made(address, &made))
        })
        .await
}

/// Gives one thread.
#[utoipa::path(get, path = "/threads/{id}", tag = "Threads", params(("id" = Id, Path)),
    responses((status = 200, description = "The thread", body = ThreadJson)))]
pub async fn show(State(app): State<App>, user: SignedIn, Path(id): Path<ThreadId>) -> Reply {
    let body = app.db.read(move |tx| thread(&user.ctx, tx, id)).await?;
    Ok(shown(&body))
}

/// Why something is done.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    #[serde(default)]
    #[schema(max_length = 2000)]
    reason: String,
}

/// Resolves a thread.
///
/// Its raiser and the review's author may; the facilitator says why. A blocking concern only its raiser closes, or the
/// facilitator with a reason.
#[utoipa::path(put, path = "/threads/{id}/resolution", tag = "Threads", params(("id" = Id, Path)),
    request_body = Reason,
    responses((status = 200, description = "The thread as it is now", body = ThreadJson)))]
pub async fn resolve(
    State(app): State<App>,
    Path(id): Path<ThreadId>,
    change: Change<Reason>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| thread(ctx, tx, id);
    change
        .edit(&app, read, move |change, tx| {
            threads::resolve(&change.ctx, tx, id, &change.body.reason).map(drop)
        })
        .await
}

/// Opens a resolved thread again.
#[utoipa::path(delete, path = "/threads/{id}/resolution", tag = "Threads", params(("id" = Id, Path)),
    responses((status = 200, description = "The thread as it is now", body = ThreadJson)))]
pub async fn reopen(
    State(app): State<App>,
    Path(id): Path<ThreadId>,
    change: Change<Nothing>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| thread(ctx, tx, id);
    change
        .edit(&app, read, move |change, tx| {
            threads::reopen(&change.ctx, tx, id).map(drop)
        })
        .await
}

#[derive(Serialize, ToSchema)]
#[schema(as = Comment)]
pub struct CommentJson {
    #[schema(value_type = Id)]
    id: CommentId,
    #[schema(value_type = Id)]
    thread: ThreadId,
    /// The round of the review in which it was written.
    round: i64,
    author: FaceJson,
    /// Markdown.
    body: String,
    html: String,
    version: i64,
    #[schema(value_type = Time)]
    created_at: i64,
    #[schema(value_type = Option<Time>)]
    edited_at: Option<i64>,
}

impl From<&Comment> for CommentJson {
    fn from(comment: &Comment) -> Self {
        Self {
            id: comment.id,
            thread: comment.thread,
            round: comment.round,
            author: FaceJson::from(&comment.author),
            body: comment.body.clone(),
            html: comment.html.clone(),
            version: comment.version,
            created_at: comment.created_at,
            edited_at: comment.edited_at,
        }
    }
}

/// Lists the comments of a thread, oldest first.
#[utoipa::path(get, path = "/threads/{id}/comments", tag = "Threads", params(PartParams, ("id" = Id, Path)),
    responses((status = 200, description = "One page of the list", body = ListJson<CommentJson>)))]
pub async fn comments(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<ThreadId>,
    Params(params): Params<PartParams>,
) -> Reply {
    let page = params.page()?;
    let listed = app
        .db
        .read(move |tx| {
            threads::get(&user.ctx, tx, id)?;
            threads::comments(tx, id, &page)
        })
        .await?;
    Ok(found(
        &ListJson::of(&listed, |one| CommentJson::from(one)),
        None,
    ))
}

/// A comment's words, in Markdown.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentText {
    #[schema(min_length = 1, max_length = 20000, pattern = "\\S")]
    body: String,
}

/// Answers in a thread.
#[utoipa::path(post, path = "/threads/{id}/comments", tag = "Threads", params(("id" = Id, Path)),
    request_body = CommentText,
    responses((status = 201, description = "The new comment", body = CommentJson)))]
pub async fn comment(
    State(app): State<App>,
    Path(id): Path<ThreadId>,
    change: Change<CommentText>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let answered = threads::comment(&change.ctx, tx, id, &change.body.body)?;
            let address = format!("/api/v1/comments/{}", answered.comment);
            let made = one_comment(&change.ctx, tx, answered.comment)?;
            Ok(Answer::made(address, &made))
        })
        .await
}

/// Gives one comment.
#[utoipa::path(get, path = "/comments/{id}", tag = "Threads", params(("id" = Id, Path)),
    responses((status = 200, description = "The comment", body = CommentJson)))]
pub async fn show_comment(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<CommentId>,
) -> Reply {
    let body = app
        .db
        .read(move |tx| one_comment(&user.ctx, tx, id))
        .await?;
    Ok(shown(&body))
}

/// Changes a comment, which only its writer may; earlier wordings are kept.
#[utoipa::path(patch, path = "/comments/{id}", tag = "Threads", params(("id" = Id, Path)),
    request_body = CommentText,
    responses((status = 200, description = "The comment as it is now", body = CommentJson)))]
pub async fn edit_comment(
    State(app): State<App>,
    Path(id): Path<CommentId>,
    change: Change<CommentText>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| one_comment(ctx, tx, id);
    change
        .edit(&app, read, move |change, tx| {
            let version = threads::get_comment(&change.ctx, tx, id)?.version;
            match threads::edit(&change.ctx, tx, id, version, &change.body.body)? {
                Edit::Written(_) => Ok(()),
                Edit::Stale { .. } => Err(Error::conflict("Somebody changed this comment.")),
            }
        })
        .await
}

/// An earlier wording of a comment.
#[derive(Serialize, ToSchema)]
#[schema(as = CommentVersion)]
pub struct PastJson {
    version: i64,
    body: String,
    #[schema(value_type = Time)]
    at: i64,
}

impl From<&Past> for PastJson {
    fn from(past: &Past) -> Self {
        Self {
            version: past.version,
            body: past.body.clone(),
            at: past.at,
        }
    }
}

/// Lists the earlier wordings of a comment, oldest first.
#[utoipa::path(get, path = "/comments/{id}/versions", tag = "Threads", params(("id" = Id, Path)),
    responses((status = 200, description = "The earlier wordings", body = ListJson<PastJson>)))]
pub async fn versions(State(app): State<App>, user: SignedIn, Path(id): Path<CommentId>) -> Reply {
    let past = app
        .db
        .read(move |tx| threads::versions(&user.ctx, tx, id))
        .await?;
    let all = ListJson {
        items: past.iter().map(PastJson::from).collect(),
        next: None,
    };
    Ok(found(&all, None))
}

/// Marks the comment that holds what was decided in its thread.
#[utoipa::path(put, path = "/comments/{id}/decision", tag = "Threads", params(("id" = Id, Path)),
    responses((status = 200, description = "The thread as it is now", body = ThreadJson)))]
pub async fn decide(
    State(app): State<App>,
    Path(id): Path<CommentId>,
    change: Change<Nothing>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| thread_of(ctx, tx, id);
    change
        .edit(&app, read, move |change, tx| {
            threads::mark_decided(&change.ctx, tx, id).map(drop)
        })
        .await
}

/// Takes that mark off again.
#[utoipa::path(delete, path = "/comments/{id}/decision", tag = "Threads", params(("id" = Id, Path)),
    responses((status = 200, description = "The thread as it is now", body = ThreadJson)))]
pub async fn undecide(
    State(app): State<App>,
    Path(id): Path<CommentId>,
    change: Change<Nothing>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| thread_of(ctx, tx, id);
    change
        .edit(&app, read, move |change, tx| {
            threads::unmark_decided(&change.ctx, tx, id).map(drop)
        })
        .await
}

/// Accepts a suggestion: its words take the place of those it stands at, and the thread is resolved.
///
/// Whoever may write the document may; the words are its proposer's.
#[utoipa::path(put, path = "/threads/{id}/suggestion/acceptance", tag = "Threads", params(("id" = Id, Path)),
    responses((status = 200, description = "The thread as it is now", body = ThreadJson)))]
pub async fn accept(
    State(app): State<App>,
    Path(id): Path<ThreadId>,
    change: Change<Nothing>,
) -> Reply {
    let engine = app.engine.clone();
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| thread(ctx, tx, id);
    change
        .edit(&app, read, move |change, tx| {
            threads::accept(&change.ctx, tx, engine.as_ref(), id).map(drop)
        })
        .await
}

/// Declines a suggestion: the text stays as it is, and the thread is resolved.
///
/// Whoever may write the document may, and who proposed it.
#[utoipa::path(put, path = "/threads/{id}/suggestion/refusal", tag = "Threads", params(("id" = Id, Path)),
    responses((status = 200, description = "The thread as it is now", body = ThreadJson)))]
pub async fn decline(
    State(app): State<App>,
    Path(id): Path<ThreadId>,
    change: Change<Nothing>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| thread(ctx, tx, id);
    change
        .edit(&app, read, move |change, tx| {
            threads::decline(&change.ctx, tx, id).map(drop)
        })
        .await
}
