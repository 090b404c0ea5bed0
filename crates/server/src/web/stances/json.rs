//! Stances and conditions over the API.

#![expect(
    unused_qualifications,
    reason = "utoipa writes them where a list has parameters beside its path"
)]

use crate::app::App;
use crate::http::api::{
    Answer, Change, Nothing, Params, PartParams, found, shown, versioned, word,
};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, Id, ListJson, Time};
use axum::extract::{Path, State};
use hardwon_core::access::{self, Need};
use hardwon_core::id::ConditionId;
use hardwon_core::stances::conditions::{self, Condition, ConditionState, Source};
use hardwon_core::stances::{self, Position, Stance, StanceForm};
use hardwon_core::{Ctx, Error, Tx, threads, words};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Serialize, ToSchema)]
#[schema(as = Stance)]
pub struct StanceJson {
    person: FaceJson,
    #[schema(schema_with = word::<Position>)]
    position: Position,
    words: String,
    #[schema(value_type = Time)]
    at: i64,
}

impl From<&Stance> for StanceJson {
    fn from(stance: &Stance) -> Self {
        Self {
            person: FaceJson::from(&stance.person),
            position: stance.position,
            words: stance.words.clone(),
            at: stance.at,
        }
    }
}

#[derive(Deserialize, IntoParams, Default)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RoundParams {
    /// The present round where none is named.
    round: Option<i64>,
}

fn all(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    number: i64,
    round: Option<i64>,
) -> Result<ListJson<StanceJson>, Error> {
    let review = access::review_numbered(ctx, tx, number, Need::See)?;
    let list = stances::list(ctx, tx, review.id, round.unwrap_or(review.round))?;
    Ok(ListJson {
        items: list.iter().map(StanceJson::from).collect(),
        next: None,
    })
}

/// Lists where people stand in a round, by name.
#[utoipa::path(get, path = "/reviews/{number}/stances", tag = "Stances",
    params(RoundParams, ("number" = i64, Path)),
    responses((status = 200, description = "The stances", body = ListJson<StanceJson>)))]
pub async fn list(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Params(params): Params<RoundParams>,
) -> Reply {
    let list = app
        .db
        .read(move |tx| all(&user.ctx, tx, number, params.round))
        .await?;
    Ok(found(&list, None))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStance {
    #[schema(schema_with = word::<Position>)]
    position: Position,
    #[serde(default)]
    #[schema(max_length = 5000)]
    words: String,
    /// What a `yes-if` depends on; each becomes a condition that is tracked.
    #[serde(default)]
    #[schema(max_items = 20)]
    conditions: Vec<String>,
}

/// Says where one stands in the present round, or changes it.
#[utoipa::path(put, path = "/reviews/{number}/stances", tag = "Stances", params(("number" = i64, Path)),
    request_body = NewStance,
    responses((status = 200, description = "The stances of the round", body = ListJson<StanceJson>)))]
pub async fn take(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<NewStance>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let review = access::review_numbered(&change.ctx, tx, number, Need::TakePart)?;
            let wanted = &change.body;
            let form = StanceForm {
                position: wanted.position,
                words: wanted.words.clone(),
                conditions: wanted.conditions.clone(),
            };
            stances::take(&change.ctx, tx, review.id, &form)?;
            Ok(Answer::ok(&all(&change.ctx, tx, number, None)?))
        })
        .await
}

/// Takes one's stance of the present round back.
#[utoipa::path(delete, path = "/reviews/{number}/stances", tag = "Stances", params(("number" = i64, Path)),
    responses((status = 200, description = "The stances of the round", body = ListJson<StanceJson>)))]
pub async fn withdraw(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<Nothing>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let review = access::review_numbered(&change.ctx, tx, number, Need::TakePart)?;
            stances::withdraw(&change.ctx, tx, review.id)?;
            Ok(Answer::ok(&all(&change.ctx, tx, number, None)?))
        })
        .await
}

/// What a `yes-if` or a decision depends on.
#[derive(Serialize, ToSchema)]
#[schema(as = Condition)]
pub struct ConditionJson {
    #[schema(value_type = Id)]
    id: ConditionId,
    round: i64,
    #[schema(schema_with = word::<Source>)]
    source: Source,
    raised_by: Option<FaceJson>,
    body: String,
    owner: Option<FaceJson>,
    #[schema(schema_with = word::<ConditionState>)]
    state: ConditionState,
    closed_by: Option<FaceJson>,
    closed_reason: String,
    #[schema(value_type = Option<Time>)]
    closed_at: Option<i64>,
    version: i64,
    #[schema(value_type = Time)]
    created_at: i64,
}

impl From<&Condition> for ConditionJson {
    fn from(condition: &Condition) -> Self {
        Self {
            id: condition.id,
            round: condition.round,
            source: condition.source,
            raised_by: condition.raised_by.as_ref().map(FaceJson::from),
            body: condition.body.clone(),
            owner: condition.owner.as_ref().map(FaceJson::from),
            state: condition.state,
            closed_by: condition.closed_by.as_ref().map(FaceJson::from),
            closed_reason: condition.closed_reason.clone(),
            closed_at: condition.closed_at,
            version: condition.version,
            created_at: condition.created_at,
        }
    }
}

versioned!(ConditionJson);

fn one(ctx: &Ctx, tx: &mut Tx<'_>, id: ConditionId) -> Result<ConditionJson, Error> {
    Ok(ConditionJson::from(&conditions::get(ctx, tx, id)?.0))
}

/// Lists the conditions of a review in every round, oldest first.
#[utoipa::path(get, path = "/reviews/{number}/conditions", tag = "Stances",
    params(PartParams, ("number" = i64, Path)),
    responses((status = 200, description = "One page of the list", body = ListJson<ConditionJson>)))]
pub async fn conditions(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Params(params): Params<PartParams>,
) -> Reply {
    let page = params.page()?;
    let listed = app
        .db
        .read(move |tx| {
            let review = access::review_numbered(&user.ctx, tx, number, Need::See)?;
            conditions::list(&user.ctx, tx, review.id, &page)
        })
        .await?;
    Ok(found(
        &ListJson::of(&listed, |one| ConditionJson::from(one)),
        None,
    ))
}

/// Gives one condition.
#[utoipa::path(get, path = "/conditions/{id}", tag = "Stances", params(("id" = Id, Path)),
    responses((status = 200, description = "The condition", body = ConditionJson)))]
pub async fn condition(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<ConditionId>,
) -> Reply {
    let body = app.db.read(move |tx| one(&user.ctx, tx, id)).await?;
    Ok(shown(&body))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOwner {
    /// The handle of who takes care of it; null for nobody.
    owner: Option<String>,
}

/// Gives a condition to somebody. Everybody may take one on that nobody has.
#[utoipa::path(put, path = "/conditions/{id}/owner", tag = "Stances", params(("id" = Id, Path)),
    request_body = NewOwner,
    responses((status = 200, description = "The condition as it is now", body = ConditionJson)))]
pub async fn assign(
    State(app): State<App>,
    Path(id): Path<ConditionId>,
    change: Change<NewOwner>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| one(ctx, tx, id);
    change
        .edit(&app, read, move |change, tx| {
            let review = conditions::get(&change.ctx, tx, id)?.0.review;
            let owner = match &change.body.owner {
                None => None,
                Some(handle) => Some(
                    threads::person_named(tx, review, handle)?
                        .ok_or_else(|| Error::invalid("owner", "Nobody here has this handle."))?,
                ),
            };
            conditions::assign(&change.ctx, tx, id, owner).map(drop)
        })
        .await
}

words! {
    /// How a condition is closed.
    Closing { Met = "met", LetGo = "let-go" }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClosing {
    #[schema(schema_with = word::<Closing>)]
    state: Closing,
    /// What shows that it is met; needed to let it go.
    #[serde(default)]
    #[schema(max_length = 2000)]
    reason: String,
}

/// Closes a condition: it is met, or let go with a reason.
#[utoipa::path(put, path = "/conditions/{id}/closing", tag = "Stances", params(("id" = Id, Path)),
    request_body = NewClosing,
    responses((status = 200, description = "The condition as it is now", body = ConditionJson)))]
pub async fn close(
    State(app): State<App>,
    Path(id): Path<ConditionId>,
    change: Change<NewClosing>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| one(ctx, tx, id);
    change
        .edit(&app, read, move |change, tx| {
            let wanted = &change.body;
            match wanted.state {
                Closing::Met => conditions::meet(&change.ctx, tx, id, &wanted.reason),
                Closing::LetGo => conditions::let_go(&change.ctx, tx, id, &wanted.reason),
            }
            .map(drop)
        })
        .await
}

/// Opens a closed condition again.
#[utoipa::path(delete, path = "/conditions/{id}/closing", tag = "Stances", params(("id" = Id, Path)),
    responses((status = 200, description = "The condition as it is now", body = ConditionJson)))]
pub async fn reopen(
    State(app): State<App>,
    Path(id): Path<ConditionId>,
    change: Change<Nothing>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| one(ctx, tx, id);
    change
        .edit(&app, read, move |change, tx| {
            conditions::reopen(&change.ctx, tx, id).map(drop)
        })
        .await
}
