//! Records of a review and its links to others over the API.

use crate::app::App;
use crate::http::api::{Answer, Change, Nothing, found, shown, versioned, word};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, Id, ListJson, Time};
use axum::extract::{Path, State};
use hardwon_core::access::{self, Need};
use hardwon_core::documents;
use hardwon_core::documents::sections::{self, SectionState};
use hardwon_core::id::{RecordId, ReviewId};
use hardwon_core::link::Relation;
use hardwon_core::page::Listed;
use hardwon_core::reviews::records::{
    self, Move, Record, RecordChanged, RecordForm, RecordKind, RecordState, RecordVersion,
};
use hardwon_core::reviews::relations::{self, Related};
use hardwon_core::reviews::{Outcome, ReviewKind, State as ReviewState};
use hardwon_core::{Ctx, Error, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a review's document says, as a record that can be linked from elsewhere.
#[derive(Serialize, ToSchema)]
#[schema(as = Record)]
pub struct RecordJson {
    #[schema(value_type = Id)]
    id: RecordId,
    #[schema(schema_with = word::<RecordKind>)]
    kind: RecordKind,
    title: String,
    /// Of a departure, what it departs from and why; of an alternative, why not.
    detail: String,
    #[schema(schema_with = word::<RecordState>)]
    state: RecordState,
    /// Why it is in this state, or the evidence.
    note: String,
    /// The slug of the heading under which the document names it, empty before the first heading; null where it does not.
    named_under: Option<String>,
    version: i64,
    #[schema(value_type = Option<Time>)]
    removed_at: Option<i64>,
}

impl From<&Record> for RecordJson {
    fn from(record: &Record) -> Self {
        Self {
            id: record.id,
            kind: record.kind,
            title: record.title.clone(),
            detail: record.detail.clone(),
            state: record.state,
            note: record.note.clone(),
            named_under: record.named_under.clone(),
            version: record.version,
            removed_at: record.removed_at,
        }
    }
}

/// A list that is never longer than one page.
pub fn whole<T>(items: Vec<T>) -> Listed<T> {
    Listed { items, next: None }
}

fn review(ctx: &Ctx, tx: &mut Tx<'_>, number: i64) -> Result<ReviewId, Error> {
    Ok(access::review_numbered(ctx, tx, number, Need::See)?.id)
}

versioned!(RecordJson);

fn one(ctx: &Ctx, tx: &mut Tx<'_>, number: i64, id: RecordId) -> Result<RecordJson, Error> {
    let review = review(ctx, tx, number)?;
    Ok(RecordJson::from(&records::record(tx, review, id)?))
}

/// Lists the records of a review, by kind and in their order.
#[utoipa::path(get, path = "/reviews/{number}/records", tag = "Records", params(("number" = i64, Path)),
    responses((status = 200, description = "The records", body = ListJson<RecordJson>)))]
pub async fn list(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let found_records = app
        .db
        .read(move |tx| {
            let review = review(&user.ctx, tx, number)?;
            records::records(tx, review)
        })
        .await?;
    let listed = whole(found_records);
    Ok(found(
        &ListJson::of(&listed, |record| RecordJson::from(record)),
        None,
    ))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRecord {
    #[schema(schema_with = word::<RecordKind>)]
    kind: RecordKind,
    #[schema(min_length = 1, max_length = 300, pattern = "\\S")]
    title: String,
    #[serde(default)]
    #[schema(max_length = 10_000)]
    detail: String,
}

/// Adds a record.
#[utoipa::path(post, path = "/reviews/{number}/records", tag = "Records", params(("number" = i64, Path)),
    request_body = NewRecord,
    responses((status = 201, description = "The new record", body = RecordJson)))]
pub async fn create(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<NewRecord>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let review = review(&change.ctx, tx, number)?;
            let form = RecordForm {
                kind: change.body.kind,
                title: change.body.title.clone(),
                detail: change.body.detail.clone(),
            };
            let id = records::add(&change.ctx, tx, review, &form)?;
            let address = format!("/api/v1/reviews/{number}/records/{id}");
            Ok(Answer::made(address, &one(&change.ctx, tx, number, id)?))
        })
        .await
}

/// Gives one record, removed or not.
#[utoipa::path(get, path = "/reviews/{number}/records/{id}", tag = "Records",
    params(("number" = i64, Path), ("id" = Id, Path)),
    responses((status = 200, description = "The record", body = RecordJson)))]
pub async fn show(
    State(app): State<App>,
    user: SignedIn,
    Path((number, id)): Path<(i64, RecordId)>,
) -> Reply {
    let body = app
        .db
        .read(move |tx| one(&user.ctx, tx, number, id))
        .await?;
    Ok(shown(&body))
}

/// What may be changed of a record; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordChange {
    #[schema(min_length = 1, max_length = 300, pattern = "\\S")]
    title: Option<String>,
    #[schema(max_length = 10_000)]
    detail: Option<String>,
    /// Changes places with the record of its kind before or after it.
    #[serde(rename = "move")]
    #[schema(required = false, schema_with = crate::http::api::maybe_word::<Move>)]
    direction: Option<Move>,
}

/// Changes a record.
#[utoipa::path(patch, path = "/reviews/{number}/records/{id}", tag = "Records",
    params(("number" = i64, Path), ("id" = Id, Path)), request_body = RecordChange,
    responses((status = 200, description = "The record as it is now", body = RecordJson)))]
pub async fn change(
    State(app): State<App>,
    Path((number, id)): Path<(i64, RecordId)>,
    change: Change<RecordChange>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| one(ctx, tx, number, id);
    change
        .edit(&app, read, move |change, tx| {
            let review = review(&change.ctx, tx, number)?;
            let before = records::record(tx, review, id)?;
            let wanted = &change.body;
            records::change(
                &change.ctx,
                tx,
                review,
                id,
                before.version,
                wanted.title.as_deref().unwrap_or(&before.title),
                wanted.detail.as_deref().unwrap_or(&before.detail),
            )?;
            if let Some(direction) = wanted.direction {
                records::reorder(&change.ctx, tx, review, id, direction)?;
            }
            Ok(())
        })
        .await
}

/// Takes a record out of the list; it stays in the history.
#[utoipa::path(delete, path = "/reviews/{number}/records/{id}", tag = "Records",
    params(("number" = i64, Path), ("id" = Id, Path)),
    responses((status = 204, description = "It is removed")))]
pub async fn remove(
    State(app): State<App>,
    Path((number, id)): Path<(i64, RecordId)>,
    change: Change<Nothing>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| one(ctx, tx, number, id);
    change
        .remove(&app, read, move |change, tx| {
            let review = review(&change.ctx, tx, number)?;
            records::remove(&change.ctx, tx, review, id)
        })
        .await
}

/// Brings a removed record back.
#[utoipa::path(delete, path = "/reviews/{number}/records/{id}/removal", tag = "Records",
    params(("number" = i64, Path), ("id" = Id, Path)),
    responses((status = 200, description = "The record as it is now", body = RecordJson)))]
pub async fn restore(
    State(app): State<App>,
    Path((number, id)): Path<(i64, RecordId)>,
    change: Change<Nothing>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| one(ctx, tx, number, id);
    change
        .edit(&app, read, move |change, tx| {
            let review = review(&change.ctx, tx, number)?;
            records::restore(&change.ctx, tx, review, id)
        })
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRecordState {
    /// Of a departure `open`, `under-review`, `accepted`, `declined` or `dismissed`; of an assumption `held`, `confirmed`
    /// or `contradicted`.
    #[schema(schema_with = word::<RecordState>)]
    state: RecordState,
    /// Why, or the evidence.
    #[serde(default)]
    #[schema(max_length = 10_000)]
    note: String,
}

/// Says what became of a departure or an assumption.
#[utoipa::path(put, path = "/reviews/{number}/records/{id}/state", tag = "Records",
    params(("number" = i64, Path), ("id" = Id, Path)), request_body = NewRecordState,
    responses((status = 200, description = "The record as it is now", body = RecordJson)))]
pub async fn set_state(
    State(app): State<App>,
    Path((number, id)): Path<(i64, RecordId)>,
    change: Change<NewRecordState>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| one(ctx, tx, number, id);
    change
        .edit(&app, read, move |change, tx| {
            let review = review(&change.ctx, tx, number)?;
            let wanted = &change.body;
            records::set_state(&change.ctx, tx, review, id, wanted.state, &wanted.note)
        })
        .await
}

/// One version of a record.
#[derive(Serialize, ToSchema)]
#[schema(as = RecordVersion)]
pub struct RecordVersionJson {
    version: i64,
    #[schema(schema_with = word::<RecordChanged>)]
    change: RecordChanged,
    title: String,
    detail: String,
    #[schema(schema_with = word::<RecordState>)]
    state: RecordState,
    note: String,
    author: Option<FaceJson>,
    #[schema(value_type = Time)]
    at: i64,
}

impl From<&RecordVersion> for RecordVersionJson {
    fn from(one: &RecordVersion) -> Self {
        Self {
            version: one.version,
            change: one.change,
            title: one.title.clone(),
            detail: one.detail.clone(),
            state: one.state,
            note: one.note.clone(),
            author: one.author.as_ref().map(FaceJson::from),
            at: one.at,
        }
    }
}

/// Lists what became of a record, oldest first.
#[utoipa::path(get, path = "/reviews/{number}/records/{id}/versions", tag = "Records",
    params(("number" = i64, Path), ("id" = Id, Path)),
    responses((status = 200, description = "Its versions", body = ListJson<RecordVersionJson>)))]
pub async fn versions(
    State(app): State<App>,
    user: SignedIn,
    Path((number, id)): Path<(i64, RecordId)>,
) -> Reply {
    let listed = app
        .db
        .read(move |tx| {
            let review = review(&user.ctx, tx, number)?;
            records::record(tx, review, id)?;
            Ok::<_, Error>(whole(records::history(tx, id)?))
        })
        .await?;
    let body = ListJson::of(&listed, |one| RecordVersionJson::from(one));
    Ok(found(&body, None))
}

/// What the document says and nobody has recorded.
#[derive(Serialize, ToSchema)]
#[schema(as = SuggestedRecord)]
pub struct SuggestedJson {
    #[schema(schema_with = word::<RecordKind>)]
    kind: RecordKind,
    title: String,
    detail: String,
}

/// Lists what the document's standard sections hold and nobody has recorded.
#[utoipa::path(get, path = "/reviews/{number}/records/suggested", tag = "Records", params(("number" = i64, Path)),
    responses((status = 200, description = "What could be recorded", body = ListJson<SuggestedJson>)))]
pub async fn suggested(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let forms = app
        .db
        .read(move |tx| {
            let review = access::review_numbered(&user.ctx, tx, number, Need::See)?;
            records::suggestions(tx, &review)
        })
        .await?;
    let body = ListJson::of(&whole(forms), |form| SuggestedJson {
        kind: form.kind,
        title: form.title.clone(),
        detail: form.detail.clone(),
    });
    Ok(found(&body, None))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuggestedKind {
    #[schema(schema_with = word::<RecordKind>)]
    kind: RecordKind,
}

/// Makes records of everything that the document's section for one kind holds.
#[utoipa::path(post, path = "/reviews/{number}/records/suggested", tag = "Records", params(("number" = i64, Path)),
    request_body = SuggestedKind,
    responses((status = 200, description = "The records of the review now", body = ListJson<RecordJson>)))]
pub async fn create_suggested(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<SuggestedKind>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let review = review(&change.ctx, tx, number)?;
            records::add_suggested(&change.ctx, tx, review, change.body.kind)?;
            let listed = whole(records::records(tx, review)?);
            Ok(Answer::ok(&ListJson::of(&listed, |one| {
                RecordJson::from(one)
            })))
        })
        .await
}

/// One standard section of a proposal, and whether the document has it.
#[derive(Serialize, ToSchema)]
#[schema(as = Section)]
pub struct SectionJson {
    key: String,
    name: &'static str,
    #[schema(schema_with = word::<SectionState>)]
    state: SectionState,
    /// The slug of the heading that was recognised.
    heading: Option<String>,
}

/// What a proposal has and what might be missing: an advice, never a gate.
#[derive(Serialize, ToSchema)]
#[schema(as = Readiness)]
pub struct ReadinessJson {
    /// Empty for kinds of reviews that have no standard sections.
    sections: Vec<SectionJson>,
    /// Records that the document does not name.
    unnamed: Vec<RecordJson>,
}

/// Says which standard sections the document has and which records it does not name.
#[utoipa::path(get, path = "/reviews/{number}/readiness", tag = "Records", params(("number" = i64, Path)),
    responses((status = 200, description = "What is there and what might be missing", body = ReadinessJson)))]
pub async fn readiness(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let body = app
        .db
        .read(move |tx| {
            let review = access::review_numbered(&user.ctx, tx, number, Need::See)?;
            let reading = documents::read(tx, review.document)?;
            let all = records::records(tx, review.id)?;
            let unnamed = all.iter().filter(|record| {
                record.named_under.is_none() && record.kind != RecordKind::TrickyComponent
            });
            let mut sections = Vec::new();
            if review.kind == ReviewKind::Architecture {
                sections.extend(reading.sections.iter().map(|section| SectionJson {
                    key: section.key.clone(),
                    name: sections::name(&section.key),
                    state: section.state,
                    heading: section.slug.clone(),
                }));
            }
            Ok::<_, Error>(ReadinessJson {
                sections,
                unnamed: unnamed.map(RecordJson::from).collect(),
            })
        })
        .await?;
    Ok(found(&body, None))
}

/// Another review that this one is linked with.
#[derive(Serialize, ToSchema)]
#[schema(as = ReviewLink)]
pub struct LinkJson {
    #[schema(schema_with = word::<Relation>)]
    relation: Relation,
    /// Whether the link starts at this review: it supersedes the other, and is not superseded by it.
    from_here: bool,
    number: i64,
    title: String,
    #[schema(schema_with = word::<ReviewState>)]
    state: ReviewState,
    #[schema(schema_with = crate::http::api::maybe_word::<Outcome>)]
    outcome: Option<Outcome>,
    note: String,
}

impl From<&Related> for LinkJson {
    fn from(related: &Related) -> Self {
        Self {
            relation: related.relation,
            from_here: related.from_here,
            number: related.number,
            title: related.title.clone(),
            state: related.state,
            outcome: related.outcome,
            note: related.note.clone(),
        }
    }
}

fn links_of(ctx: &Ctx, tx: &mut Tx<'_>, number: i64) -> Result<ListJson<LinkJson>, Error> {
    let review = review(ctx, tx, number)?;
    let listed = whole(relations::related(ctx, tx, review)?);
    Ok(ListJson::of(&listed, |related| LinkJson::from(related)))
}

/// Lists the reviews that a review is linked with, as far as you may see them.
#[utoipa::path(get, path = "/reviews/{number}/links", tag = "Records", params(("number" = i64, Path)),
    responses((status = 200, description = "The links", body = ListJson<LinkJson>)))]
pub async fn links(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let listed = app
        .db
        .read(move |tx| links_of(&user.ctx, tx, number))
        .await?;
    Ok(found(&listed, None))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    #[schema(schema_with = word::<Relation>)]
    relation: Relation,
    /// The number of the other review.
    number: i64,
    #[serde(default)]
    #[schema(max_length = 500)]
    note: String,
}

/// Links a review with another one.
#[utoipa::path(post, path = "/reviews/{number}/links", tag = "Records", params(("number" = i64, Path)),
    request_body = NewLink,
    responses((status = 200, description = "The links as they are now", body = ListJson<LinkJson>)))]
pub async fn relate(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<NewLink>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let review = review(&change.ctx, tx, number)?;
            let wanted = &change.body;
            relations::relate(
                &change.ctx,
                tx,
                review,
                wanted.relation,
                wanted.number,
                &wanted.note,
            )?;
            Ok(Answer::ok(&links_of(&change.ctx, tx, number)?))
        })
        .await
}

/// Takes a link away, whichever end it started from.
#[utoipa::path(delete, path = "/reviews/{number}/links/{relation}/{other}", tag = "Records",
    params(("number" = i64, Path), ("relation" = String, Path), ("other" = i64, Path)),
    responses((status = 204, description = "It is gone")))]
pub async fn unrelate(
    State(app): State<App>,
    Path((number, relation, other)): Path<(i64, String, i64)>,
    change: Change<Nothing>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let review = review(&change.ctx, tx, number)?;
            let relation = Relation::parse(&relation).ok_or(Error::NotFound)?;
            relations::unrelate(&change.ctx, tx, review, relation, other)?;
            Ok(Answer::done())
        })
        .await
}
