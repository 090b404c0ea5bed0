//! Reviews over the API: the list, one review, its title, its document.

use crate::app::App;
use crate::http::api::{
    Answer, Change, Limit, Params, etag, found, limit, maybe_word, part, shown, versioned, word,
};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, Id, ListJson, Time, clash};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use hardwon_core::access::{self, Need};
use hardwon_core::documents::{self, Document, Saved};
use hardwon_core::id::{DocumentId, PersonId, ReviewId};
use hardwon_core::people::{self, teams};
use hardwon_core::reviews::{
    self, Filter, Outcome, Review, ReviewForm, ReviewKind, Summary, Visibility,
};
use hardwon_core::{Ctx, Error, Tx};
use hardwon_prose::Syntax;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

#[derive(Deserialize, utoipa::IntoParams, Default)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    #[param(required = false, schema_with = word::<ReviewKind>)]
    kind: Option<ReviewKind>,
    #[param(required = false, schema_with = word::<reviews::State>)]
    state: Option<reviews::State>,
    #[param(required = false, schema_with = word::<Outcome>)]
    outcome: Option<Outcome>,
    /// The handle of somebody who takes part in any role.
    person: Option<String>,
    /// The handle of a team that takes part in any role.
    team: Option<String>,
    /// Something happened in it since.
    #[param(value_type = Option<Time>)]
    active_since: Option<i64>,
    /// Words that the title holds.
    title: Option<String>,
    #[param(required = false, schema_with = limit)]
    limit: Option<Limit>,
    /// What `next` of the page before says.
    cursor: Option<String>,
}

/// A review as a list shows it.
#[derive(Serialize, ToSchema)]
#[schema(as = ReviewSummary)]
pub struct SummaryJson {
    #[schema(value_type = Id)]
    id: ReviewId,
    number: i64,
    #[schema(schema_with = word::<ReviewKind>)]
    kind: ReviewKind,
    title: String,
    #[schema(schema_with = word::<reviews::State>)]
    state: reviews::State,
    /// What its decision says.
    #[schema(schema_with = maybe_word::<Outcome>)]
    outcome: Option<Outcome>,
    round: i64,
    #[schema(schema_with = word::<Visibility>)]
    visibility: Visibility,
    author: FaceJson,
    /// When something last happened in it.
    #[schema(value_type = Time)]
    active_at: i64,
    #[schema(value_type = Option<Time>)]
    meeting_at: Option<i64>,
    #[schema(value_type = Option<Time>)]
    comments_until: Option<i64>,
    open_threads: i64,
    blocking_threads: i64,
    comment_count: i64,
    open_questions: i64,
    question_count: i64,
}

impl From<&Summary> for SummaryJson {
    fn from(review: &Summary) -> Self {
        Self {
            id: review.id,
            number: review.number,
            kind: review.kind,
            title: review.title.clone(),
            state: review.state,
            outcome: review.outcome,
            round: review.round,
            visibility: review.visibility,
            author: FaceJson::from(&review.author),
            active_at: review.active_at,
            meeting_at: review.meeting_at,
            comments_until: review.comments_until,
            open_threads: review.open_threads,
            blocking_threads: review.blocking_threads,
            comment_count: review.comment_count,
            open_questions: review.open_questions,
            question_count: review.question_count,
        }
    }
}

/// A review without its document's text.
#[derive(Serialize, ToSchema)]
#[schema(as = Review)]
pub struct ReviewJson {
    #[schema(value_type = Id)]
    id: ReviewId,
    number: i64,
    #[schema(schema_with = word::<ReviewKind>)]
    kind: ReviewKind,
    title: String,
    #[schema(schema_with = word::<reviews::State>)]
    state: reviews::State,
    /// What its decision says.
    #[schema(schema_with = maybe_word::<Outcome>)]
    outcome: Option<Outcome>,
    round: i64,
    #[schema(schema_with = word::<Visibility>)]
    visibility: Visibility,
    author: FaceJson,
    #[schema(value_type = Id)]
    document_id: DocumentId,
    /// What the author would like to hear about.
    feedback_wanted: String,
    #[schema(value_type = Option<Time>)]
    comments_until: Option<i64>,
    #[schema(value_type = Option<Time>)]
    last_call_until: Option<i64>,
    #[schema(value_type = Option<Time>)]
    meeting_at: Option<i64>,
    /// `YYYY-MM-DD`, when the decision is to be looked at again.
    look_again_on: Option<String>,
    /// `YYYY-MM-DD`, of an imported proposal.
    written_on: Option<String>,
    /// Which kind of proposal it was imported from.
    source_format: Option<String>,
    /// The state that the imported proposal had, in its own words.
    source_state: Option<String>,
    version: i64,
    #[schema(value_type = Time)]
    created_at: i64,
    #[schema(value_type = Time)]
    active_at: i64,
    open_threads: i64,
    blocking_threads: i64,
    comment_count: i64,
    open_questions: i64,
    question_count: i64,
    reader_count: i64,
}

impl From<&Review> for ReviewJson {
    fn from(review: &Review) -> Self {
        Self {
            id: review.id,
            number: review.number,
            kind: review.kind,
            title: review.title.clone(),
            state: review.state,
            outcome: review.outcome,
            round: review.round,
            visibility: review.visibility,
            author: FaceJson::from(&review.author),
            document_id: review.document,
            feedback_wanted: review.feedback_wanted.clone(),
            comments_until: review.comments_until,
            last_call_until: review.last_call_until,
            meeting_at: review.meeting_at,
            look_again_on: review.look_again_on.clone(),
            written_on: review.written_on.clone(),
            source_format: review.source_format.clone(),
            source_state: review.source_state.clone(),
            version: review.version,
            created_at: review.created_at,
            active_at: review.active_at,
            open_threads: review.open_threads,
            blocking_threads: review.blocking_threads,
            comment_count: review.comment_count,
            open_questions: review.open_questions,
            question_count: review.question_count,
            reader_count: review.reader_count,
        }
    }
}

versioned!(ReviewJson, DocumentJson);

fn one(ctx: &Ctx, tx: &mut Tx<'_>, number: i64) -> Result<ReviewJson, Error> {
    Ok(ReviewJson::from(&reviews::get(ctx, tx, number)?))
}

/// Lists reviews, those first in which something happened last.
#[utoipa::path(get, path = "/reviews", tag = "Reviews", params(ListParams),
    responses((status = 200, description = "One page of the list", body = ListJson<SummaryJson>)))]
pub async fn list(
    State(app): State<App>,
    user: SignedIn,
    Params(params): Params<ListParams>,
) -> Reply {
    let page = part(params.limit, params.cursor.as_deref())?;
    let listed = app
        .db
        .read(move |tx| {
            let person = params
                .person
                .as_deref()
                .map(|handle| somebody(tx, handle))
                .transpose()?;
            let team = params
                .team
                .as_deref()
                .map(|handle| {
                    teams::by_handle(tx, handle)
                        .map(|team| team.id)
                        .map_err(|_| Error::invalid("team", "There is no such team."))
                })
                .transpose()?;
            let filter = Filter {
                kind: params.kind,
                state: params.state,
                outcome: params.outcome,
                person,
                team,
                active_since: params.active_since,
                title: params.title.clone(),
            };
            reviews::list(&user.ctx, tx, &filter, &page)
        })
        .await?;
    Ok(found(
        &ListJson::of(&listed, |review| SummaryJson::from(review)),
        None,
    ))
}

fn somebody(tx: &mut Tx<'_>, handle: &str) -> Result<PersonId, Error> {
    people::by_handle(tx, handle)?
        .ok_or_else(|| Error::invalid("person", "Nobody has this handle."))
}

/// What a review begins with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewReview)]
pub struct NewReview {
    #[schema(min_length = 1, max_length = 300, pattern = "\\S")]
    title: String,
    /// The first text of its document, in Markdown.
    #[serde(default)]
    text: String,
    /// What the author would like to hear about.
    #[serde(default)]
    #[schema(max_length = 2000)]
    feedback_wanted: String,
    #[serde(default = "open")]
    #[schema(required = false, schema_with = word::<Visibility>)]
    visibility: Visibility,
}

fn open() -> Visibility {
    Visibility::Open
}

/// Opens the draft of an architecture review. Whoever opens it is its author and presents it.
#[utoipa::path(post, path = "/reviews", tag = "Reviews", request_body = NewReview,
    responses((status = 201, description = "The new review", body = ReviewJson)))]
pub async fn create(State(app): State<App>, change: Change<NewReview>) -> Reply {
    let engine = app.engine.clone();
    change
        .write(&app, move |change, tx| {
            let wanted = &change.body;
            let form = ReviewForm {
                kind: ReviewKind::Architecture,
                title: wanted.title.clone(),
                visibility: wanted.visibility,
                syntax: Syntax::Markdown,
                text: wanted.text.clone(),
                feedback_wanted: wanted.feedback_wanted.clone(),
            };
            let (_, number) = reviews::create(&change.ctx, tx, engine.as_ref(), &form)?;
            let address = format!("/api/v1/reviews/{number}");
            Ok(Answer::made(address, &one(&change.ctx, tx, number)?))
        })
        .await
}

/// Gives one review.
#[utoipa::path(get, path = "/reviews/{number}", tag = "Reviews", params(("number" = i64, Path)),
    responses((status = 200, description = "The review", body = ReviewJson)))]
pub async fn show(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let body = app.db.read(move |tx| one(&user.ctx, tx, number)).await?;
    Ok(shown(&body))
}

/// What may be changed of a review directly; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewChange {
    #[schema(min_length = 1, max_length = 300, pattern = "\\S")]
    title: Option<String>,
}

/// Renames a review.
#[utoipa::path(patch, path = "/reviews/{number}", tag = "Reviews", params(("number" = i64, Path)),
    request_body = ReviewChange,
    responses((status = 200, description = "The review as it is now", body = ReviewJson)))]
pub async fn change(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<ReviewChange>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| one(ctx, tx, number);
    change
        .edit(&app, read, move |change, tx| {
            let review = access::review_numbered(&change.ctx, tx, number, Need::Edit)?.id;
            match &change.body.title {
                Some(title) => reviews::rename(&change.ctx, tx, review, title),
                None => Ok(()),
            }
        })
        .await
}

/// A review's document.
#[derive(Serialize, ToSchema)]
#[schema(as = Document)]
pub struct DocumentJson {
    #[schema(value_type = Id)]
    id: DocumentId,
    #[schema(value_type = Syntaxes)]
    syntax: &'static str,
    text: String,
    words: i64,
    /// Counts up with every change of the text.
    version: i64,
    #[schema(value_type = Time)]
    updated_at: i64,
}

#[derive(ToSchema)]
#[schema(as = Syntax, rename_all = "lowercase")]
#[expect(dead_code, reason = "describes what a document's syntax is in JSON")]
enum Syntaxes {
    Markdown,
    Rst,
}

impl From<&Document> for DocumentJson {
    fn from(document: &Document) -> Self {
        Self {
            id: document.id,
            syntax: document.syntax.as_str(),
            text: document.text.clone(),
            words: document.words,
            version: document.version,
            updated_at: document.updated_at,
        }
    }
}

fn document_of(ctx: &Ctx, tx: &mut Tx<'_>, number: i64) -> Result<(ReviewId, Document), Error> {
    let review = access::review_numbered(ctx, tx, number, Need::See)?;
    Ok((review.id, documents::get(tx, review.document)?))
}

/// Gives the document of a review as it is written.
///
/// With `Accept: text/markdown` (or `text/x-rst`, `text/plain`) the answer is the text alone.
#[utoipa::path(get, path = "/reviews/{number}/document", tag = "Documents", params(("number" = i64, Path)),
    responses((status = 200, description = "The document", content(
        (DocumentJson = "application/json"), (String = "text/markdown"), (String = "text/x-rst"),
        (String = "text/plain")))))]
pub async fn document(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    headers: HeaderMap,
) -> Reply {
    let (_, document) = app
        .db
        .read(move |tx| document_of(&user.ctx, tx, number))
        .await?;
    let mut response = if wants_text(&headers) {
        let kind = match document.syntax {
            Syntax::Markdown => "text/markdown; charset=utf-8",
            Syntax::Rst => "text/x-rst; charset=utf-8",
            Syntax::Plain => "text/plain; charset=utf-8",
        };
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(kind))];
        let mut response: Response = (kind, document.text).into_response();
        if let Ok(tag) = etag(document.version).parse() {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    } else {
        shown(&DocumentJson::from(&document))
    };
    response
        .headers_mut()
        .insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

/// Whether a text is asked for before JSON.
fn wants_text(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|range| range.split(';').next())
        .find_map(|kind| match kind.trim() {
            "text/markdown" | "text/x-rst" | "text/plain" | "text/*" => Some(true),
            "application/json" | "application/*" | "*/*" => Some(false),
            _ => None,
        })
        .unwrap_or(false)
}

/// A new text for a document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentChange {
    text: String,
    /// The version from which the text was written. What others saved since is merged in.
    #[schema(minimum = 1)]
    base: i64,
}

/// A new text, as JSON with its base or as nothing but the text.
pub enum Written {
    From(DocumentChange),
    Whole(String),
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Written;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a text and its base")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Written, E> {
                Ok(Written::Whole(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Written, A::Error> {
                DocumentChange::deserialize(MapAccessDeserializer::new(map)).map(Written::From)
            }
        }
        source.deserialize_any(Either)
    }
}

/// What became of a text that somebody saved.
#[derive(Serialize, ToSchema)]
#[schema(as = SavedDocument)]
pub struct SavedJson {
    /// Whether others had saved in between and their changes were merged in.
    merged: bool,
    document: DocumentJson,
}

/// Saves the document of a review.
///
/// What others saved since `base` is merged in, line by line. Where both changed the same lines the answer is 409:
/// nothing is written, and `current` holds `theirs` and, in `merged`, both between conflict marks.
///
/// The text can be sent as it is, with `Content-Type: text/markdown` (`text/x-rst`, `text/plain`); then `If-Match` names
/// the version it was written from, and a version that is not the present one is refused with 412.
#[utoipa::path(put, path = "/reviews/{number}/document", tag = "Documents", params(("number" = i64, Path)),
    request_body(content((DocumentChange = "application/json"), (String = "text/markdown"), (String = "text/x-rst"),
        (String = "text/plain"))),
    responses((status = 200, description = "The document as it is now", body = SavedJson)))]
pub async fn save_document(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<Written>,
) -> Reply {
    let engine = app.engine.clone();
    change
        .write(&app, move |change, tx| {
            let (review, before) = document_of(&change.ctx, tx, number)?;
            if let Some(stale) = change.stale(&DocumentJson::from(&before)) {
                return Ok(stale);
            }
            let (text, base) = match &change.body {
                Written::From(wanted) => (&wanted.text, wanted.base),
                Written::Whole(text) if change.names_version() => (text, before.version),
                Written::Whole(_) => {
                    let wanted = "Say which version the text was written from.";
                    return Err(Error::invalid("If-Match", wanted));
                }
            };
            let saved =
                reviews::save_document(&change.ctx, tx, engine.as_ref(), review, base, text)?;
            if let Some(both) = clash(&saved) {
                return Ok(both);
            }
            let (_, now) = document_of(&change.ctx, tx, number)?;
            let body = SavedJson {
                merged: matches!(saved, Saved::Merged { .. }),
                document: DocumentJson::from(&now),
            };
            Ok(Answer::ok(&body).version(now.version))
        })
        .await
}
