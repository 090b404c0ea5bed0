//! Learnings and assumptions over the API.

use crate::app::App;
use crate::http::api::{Answer, Change, Limit, Params, found, limit, maybe_word, part, word};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, Id, ListJson, Time};
use axum::extract::{Path, State};
use hardwon_core::access::{self, Need};
use hardwon_core::id::{LearningId, RecordId};
use hardwon_core::learnings::learn::{self, Assumption};
use hardwon_core::learnings::{self, Learning, LearningForm};
use hardwon_core::reviews::{Outcome, State as ReviewState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One thing we now know.
#[derive(Serialize, ToSchema)]
#[schema(as = Learning)]
pub struct LearningJson {
    #[schema(value_type = Id)]
    id: LearningId,
    number: i64,
    /// The number of the review it comes from.
    review: Option<i64>,
    round: Option<i64>,
    /// Markdown.
    body: String,
    applies_to: String,
    version: i64,
    created_by: Option<FaceJson>,
    #[schema(value_type = Time)]
    created_at: i64,
}

impl From<&Learning> for LearningJson {
    fn from(learning: &Learning) -> Self {
        Self {
            id: learning.id,
            number: learning.number,
            review: learning.origin.as_ref().map(|origin| origin.number),
            round: learning.round,
            body: learning.body.clone(),
            applies_to: learning.applies_to.clone(),
            version: learning.version,
            created_by: learning.by.as_ref().map(FaceJson::from),
            created_at: learning.created_at,
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams, Default)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    #[param(required = false, schema_with = limit)]
    limit: Option<Limit>,
    /// What `next` of the page before says.
    cursor: Option<String>,
}

/// Lists learnings, newest first.
#[utoipa::path(get, path = "/learnings", tag = "Learnings", params(ListParams),
    responses((status = 200, description = "One page of the list", body = ListJson<LearningJson>)))]
pub async fn list(
    State(app): State<App>,
    user: SignedIn,
    Params(params): Params<ListParams>,
) -> Reply {
    let page = part(params.limit, params.cursor.as_deref())?;
    let listed = app
        .db
        .read(move |tx| learnings::list(&user.ctx, tx, None, &page))
        .await?;
    Ok(found(
        &ListJson::of(&listed, |one| LearningJson::from(one)),
        None,
    ))
}

/// Lists the learnings of a review, newest first.
#[utoipa::path(get, path = "/reviews/{number}/learnings", tag = "Learnings",
    params(("number" = i64, Path), ListParams),
    responses((status = 200, description = "One page of the list", body = ListJson<LearningJson>)))]
pub async fn of_review(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Params(params): Params<ListParams>,
) -> Reply {
    let page = part(params.limit, params.cursor.as_deref())?;
    let listed = app
        .db
        .read(move |tx| {
            let review = access::review_numbered(&user.ctx, tx, number, Need::See)?.id;
            learnings::list(&user.ctx, tx, Some(review), &page)
        })
        .await?;
    Ok(found(
        &ListJson::of(&listed, |one| LearningJson::from(one)),
        None,
    ))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLearning {
    #[schema(min_length = 1, max_length = 5000, pattern = "\\S")]
    body: String,
    /// Technologies, systems, teams, situations: in words.
    #[serde(default)]
    #[schema(max_length = 500)]
    applies_to: String,
}

async fn note(app: &App, review: Option<i64>, change: Change<NewLearning>) -> Reply {
    change
        .write(app, move |change, tx| {
            let review = match review {
                None => None,
                Some(number) => {
                    Some(access::review_numbered(&change.ctx, tx, number, Need::See)?.id)
                }
            };
            let form = LearningForm {
                body: change.body.body.clone(),
                applies_to: change.body.applies_to.clone(),
            };
            let (_, number) = learnings::add(&change.ctx, tx, review, &form)?;
            let (learning, _) = learnings::get(&change.ctx, tx, number)?;
            let address = format!("/api/v1/learnings/{number}");
            Ok(Answer::created(address, &LearningJson::from(&learning)).version(learning.version))
        })
        .await
}

/// Notes a learning that comes from no review.
#[utoipa::path(post, path = "/learnings", tag = "Learnings", request_body = NewLearning,
    responses((status = 201, description = "The new learning", body = LearningJson)))]
pub async fn create(State(app): State<App>, change: Change<NewLearning>) -> Reply {
    note(&app, None, change).await
}

/// Notes a learning of a review.
#[utoipa::path(post, path = "/reviews/{number}/learnings", tag = "Learnings", params(("number" = i64, Path)),
    request_body = NewLearning,
    responses((status = 201, description = "The new learning", body = LearningJson)))]
pub async fn create_of_review(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<NewLearning>,
) -> Reply {
    note(&app, Some(number), change).await
}

/// Gives one learning.
#[utoipa::path(get, path = "/learnings/{number}", tag = "Learnings", params(("number" = i64, Path)),
    responses((status = 200, description = "The learning", body = LearningJson)))]
pub async fn show(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let (learning, _) = app
        .db
        .read(move |tx| learnings::get(&user.ctx, tx, number))
        .await?;
    Ok(found(
        &LearningJson::from(&learning),
        Some(learning.version),
    ))
}

/// What may be changed of a learning; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LearningChange {
    #[schema(min_length = 1, max_length = 5000, pattern = "\\S")]
    body: Option<String>,
    #[schema(max_length = 500)]
    applies_to: Option<String>,
}

/// Changes a learning.
#[utoipa::path(patch, path = "/learnings/{number}", tag = "Learnings", params(("number" = i64, Path)),
    request_body = LearningChange,
    responses((status = 200, description = "The learning as it is now", body = LearningJson)))]
pub async fn change(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<LearningChange>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let (before, _) = learnings::get(&change.ctx, tx, number)?;
            if let Some(stale) = change.stale(before.version, || LearningJson::from(&before)) {
                return Ok(stale);
            }
            let wanted = &change.body;
            let form = LearningForm {
                body: wanted.body.clone().unwrap_or(before.body),
                applies_to: wanted.applies_to.clone().unwrap_or(before.applies_to),
            };
            let now = learnings::change(&change.ctx, tx, number, before.version, &form)?;
            Ok(Answer::ok(&LearningJson::from(&now)).version(now.version))
        })
        .await
}

/// Something that a review holds to be true.
#[derive(Serialize, ToSchema)]
#[schema(as = Assumption)]
pub struct AssumptionJson {
    #[schema(value_type = Id)]
    id: RecordId,
    title: String,
    detail: String,
    state: String,
    /// The number of its review.
    review: i64,
    review_title: String,
    #[schema(schema_with = word::<ReviewState>)]
    review_state: ReviewState,
    #[schema(schema_with = maybe_word::<Outcome>)]
    outcome: Option<Outcome>,
    #[schema(value_type = Time)]
    created_at: i64,
}

impl From<&Assumption> for AssumptionJson {
    fn from(assumption: &Assumption) -> Self {
        Self {
            id: assumption.id,
            title: assumption.title.clone(),
            detail: assumption.detail.clone(),
            state: assumption.state.clone(),
            review: assumption.review_number,
            review_title: assumption.review_title.clone(),
            review_state: assumption.review_state,
            outcome: assumption.outcome,
            created_at: assumption.created_at,
        }
    }
}

/// Lists the assumptions that are held, newest first.
#[utoipa::path(get, path = "/assumptions", tag = "Learnings", params(ListParams),
    responses((status = 200, description = "One page of the list", body = ListJson<AssumptionJson>)))]
pub async fn assumptions(
    State(app): State<App>,
    user: SignedIn,
    Params(params): Params<ListParams>,
) -> Reply {
    let page = part(params.limit, params.cursor.as_deref())?;
    let listed = app
        .db
        .read(move |tx| learn::assumptions(&user.ctx, tx, &page))
        .await?;
    Ok(found(
        &ListJson::of(&listed, |one| AssumptionJson::from(one)),
        None,
    ))
}
