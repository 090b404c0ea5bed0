//! The life cycle of a review over the API.

use crate::app::App;
use crate::http::api::{Answer, Change, found, maybe_word, word};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, ListJson, Time};
use crate::web::records::json::whole;
use axum::extract::{Path, State};
use hardwon_core::access::{self, Need};
use hardwon_core::reviews::steps::{self, Step};
use hardwon_core::reviews::{self, CirculationForm, State as ReviewState};
use hardwon_core::{Ctx, Error, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A step of a life cycle that was taken; the first is the creation.
#[derive(Serialize, ToSchema)]
#[schema(as = Step)]
pub struct StepJson {
    round: i64,
    #[schema(schema_with = maybe_word::<ReviewState>)]
    from: Option<ReviewState>,
    #[schema(schema_with = word::<ReviewState>)]
    to: ReviewState,
    reason: String,
    /// The number of the document's version that was kept at this step.
    document_version: Option<i64>,
    actor: Option<FaceJson>,
    #[schema(value_type = Time)]
    at: i64,
}

impl From<&Step> for StepJson {
    fn from(step: &Step) -> Self {
        Self {
            round: step.round,
            from: step.from,
            to: step.to,
            reason: step.reason.clone(),
            document_version: step.document_version,
            actor: step.actor.as_ref().map(FaceJson::from),
            at: step.at,
        }
    }
}

fn taken(ctx: &Ctx, tx: &mut Tx<'_>, number: i64) -> Result<ListJson<StepJson>, Error> {
    let review = access::review_numbered(ctx, tx, number, Need::See)?.id;
    let listed = whole(steps::history(tx, review)?);
    Ok(ListJson::of(&listed, |step| StepJson::from(step)))
}

/// Lists the steps of a review, oldest first.
#[utoipa::path(get, path = "/reviews/{number}/steps", tag = "Reviews", params(("number" = i64, Path)),
    responses((status = 200, description = "The steps", body = ListJson<StepJson>)))]
pub async fn list(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let listed = app.db.read(move |tx| taken(&user.ctx, tx, number)).await?;
    Ok(found(&listed, None))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStep {
    #[schema(schema_with = word::<ReviewState>)]
    to: ReviewState,
    /// A step back says why, and so does closing what was not decided.
    #[serde(default)]
    #[schema(max_length = 2000)]
    reason: String,
}

/// Moves a review to another state.
#[utoipa::path(post, path = "/reviews/{number}/steps", tag = "Reviews", params(("number" = i64, Path)),
    request_body = NewStep,
    responses((status = 200, description = "The steps as they are now", body = ListJson<StepJson>)))]
pub async fn create(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<NewStep>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let review = access::review_numbered(&change.ctx, tx, number, Need::See)?.id;
            reviews::step(&change.ctx, tx, review, change.body.to, &change.body.reason)?;
            Ok(Answer::ok(&taken(&change.ctx, tx, number)?))
        })
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub struct Circulation {
    #[schema(value_type = Option<Time>)]
    comments_until: Option<i64>,
    #[schema(value_type = Option<Time>)]
    last_call_until: Option<i64>,
    /// What the author would like to hear about.
    #[schema(max_length = 2000)]
    feedback_wanted: String,
    /// A word to those who are asked.
    #[schema(max_length = 2000)]
    note: String,
}

/// Asks for comments. A draft begins to circulate; where a review circulates already, its dates change.
#[utoipa::path(put, path = "/reviews/{number}/circulation", tag = "Reviews", params(("number" = i64, Path)),
    request_body = Circulation,
    responses((status = 200, description = "The steps as they are now", body = ListJson<StepJson>)))]
pub async fn circulate(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<Circulation>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let review = access::review_numbered(&change.ctx, tx, number, Need::See)?.id;
            let wanted = &change.body;
            let form = CirculationForm {
                comments_until: wanted.comments_until,
                last_call_until: wanted.last_call_until,
                feedback_wanted: wanted.feedback_wanted.clone(),
                note: wanted.note.clone(),
            };
            reviews::circulate(&change.ctx, tx, review, &form)?;
            Ok(Answer::ok(&taken(&change.ctx, tx, number)?))
        })
        .await
}
