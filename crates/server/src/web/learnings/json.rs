//! Learnings and assumptions over the API.

use crate::app::App;
use crate::http::api::{
    Answer, Change, Limit, Params, PartParams, found, limit, maybe_word, part, shown, versioned,
    word,
};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, Id, ListJson, Time};
use axum::extract::{Path, State};
use hardwon_core::access::{self, Need};
use hardwon_core::id::{LearningId, RecordId};
use hardwon_core::learnings::learn::{self, Assumption, Remembered};
use hardwon_core::learnings::{self, Learning, LearningForm};
use hardwon_core::reviews::records::RecordState;
use hardwon_core::reviews::{Outcome, State as ReviewState};
use hardwon_core::{Ctx, Error, Tx, words};
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

versioned!(LearningJson);

fn one(ctx: &Ctx, tx: &mut Tx<'_>, number: i64) -> Result<LearningJson, Error> {
    Ok(LearningJson::from(&learnings::get(ctx, tx, number)?.0))
}

/// Lists learnings, newest first.
#[utoipa::path(get, path = "/learnings", tag = "Learnings", params(PartParams),
    responses((status = 200, description = "One page of the list", body = ListJson<LearningJson>)))]
pub async fn list(
    State(app): State<App>,
    user: SignedIn,
    Params(params): Params<PartParams>,
) -> Reply {
    let page = params.page()?;
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
    params(("number" = i64, Path), PartParams),
    responses((status = 200, description = "One page of the list", body = ListJson<LearningJson>)))]
pub async fn of_review(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Params(params): Params<PartParams>,
) -> Reply {
    let page = params.page()?;
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
            let address = format!("/api/v1/learnings/{number}");
            Ok(Answer::made(address, &one(&change.ctx, tx, number)?))
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
    let body = app.db.read(move |tx| one(&user.ctx, tx, number)).await?;
    Ok(shown(&body))
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
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| one(ctx, tx, number);
    change
        .edit(&app, read, move |change, tx| {
            let (before, _) = learnings::get(&change.ctx, tx, number)?;
            let wanted = &change.body;
            let form = LearningForm {
                body: wanted.body.clone().unwrap_or(before.body),
                applies_to: wanted.applies_to.clone().unwrap_or(before.applies_to),
            };
            learnings::change(&change.ctx, tx, number, before.version, &form).map(drop)
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
    #[schema(schema_with = word::<RecordState>)]
    state: RecordState,
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
            state: assumption.state,
            review: assumption.review_number,
            review_title: assumption.review_title.clone(),
            review_state: assumption.review_state,
            outcome: assumption.outcome,
            created_at: assumption.created_at,
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams, Default)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AssumptionParams {
    /// Those that are `held` where nothing is said; `confirmed` and `contradicted` are the others.
    #[param(required = false, schema_with = word::<Held>)]
    state: Option<Held>,
    #[param(required = false, schema_with = limit)]
    limit: Option<Limit>,
    /// What `next` of the page before says.
    cursor: Option<String>,
}

words! {
    /// The states of an assumption.
    Held { Held = "held", Confirmed = "confirmed", Contradicted = "contradicted" }
}

/// Lists assumptions, newest first.
#[utoipa::path(get, path = "/assumptions", tag = "Learnings", params(AssumptionParams),
    responses((status = 200, description = "One page of the list", body = ListJson<AssumptionJson>)))]
pub async fn assumptions(
    State(app): State<App>,
    user: SignedIn,
    Params(params): Params<AssumptionParams>,
) -> Reply {
    let page = part(params.limit, params.cursor.as_deref())?;
    let state = match params.state {
        None | Some(Held::Held) => RecordState::Held,
        Some(Held::Confirmed) => RecordState::Confirmed,
        Some(Held::Contradicted) => RecordState::Contradicted,
    };
    let listed = app
        .db
        .read(move |tx| learn::assumptions(&user.ctx, tx, state, &page))
        .await?;
    Ok(found(
        &ListJson::of(&listed, |one| AssumptionJson::from(one)),
        None,
    ))
}

words! {
    RememberedKind { Decision = "decision", Learning = "learning" }
}

/// What was decided or learned on this day of an earlier year.
#[derive(Serialize, ToSchema)]
#[schema(as = Remembered)]
pub struct RememberedJson {
    #[schema(schema_with = word::<RememberedKind>)]
    kind: RememberedKind,
    /// The number of the decision or learning.
    number: i64,
    /// The title of the review, or what was learned.
    title: String,
    #[schema(schema_with = maybe_word::<Outcome>)]
    outcome: Option<Outcome>,
    #[schema(value_type = Time)]
    at: i64,
}

impl From<&Remembered> for RememberedJson {
    fn from(one: &Remembered) -> Self {
        match one {
            Remembered::Decision {
                number,
                title,
                outcome,
                at,
            } => Self {
                kind: RememberedKind::Decision,
                number: *number,
                title: title.clone(),
                outcome: Some(*outcome),
                at: *at,
            },
            Remembered::Learning { number, body, at } => Self {
                kind: RememberedKind::Learning,
                number: *number,
                title: body.clone(),
                outcome: None,
                at: *at,
            },
        }
    }
}

/// Lists what was decided or learned on this day of earlier years, newest first; the day is yours, in your zone.
#[utoipa::path(get, path = "/on-this-day", tag = "Learnings",
    responses((status = 200, description = "At most 20", body = ListJson<RememberedJson>)))]
pub async fn on_this_day(State(app): State<App>, user: SignedIn) -> Reply {
    let found_then = app
        .db
        .read(move |tx| learn::on_this_day(&user.ctx, tx, &user.visitor.zone))
        .await?;
    let body = ListJson {
        items: found_then.iter().map(RememberedJson::from).collect(),
        next: None,
    };
    Ok(found(&body, None))
}
