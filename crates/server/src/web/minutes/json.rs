//! Minutes over the API.

use crate::app::App;
use crate::http::api::{Answer, Change, Params, Problem, found};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, Time};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hardwon_core::access::{self, Need};
use hardwon_core::documents::Saved;
use hardwon_core::minutes;
use hardwon_core::{Ctx, Error, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Deserialize, utoipa::IntoParams, Default)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RoundParams {
    /// The latest round that met or decided, where none is named.
    #[param(minimum = 1)]
    round: Option<i64>,
}

/// The minutes of a round.
#[derive(Serialize, ToSchema)]
#[schema(as = Minutes)]
pub struct MinutesJson {
    round: i64,
    /// Markdown.
    text: String,
    /// 0 while nobody has saved any: then the text is what is composed now.
    version: i64,
    #[schema(value_type = Option<Time>)]
    sent_at: Option<i64>,
    sent_by: Option<FaceJson>,
}

fn read(ctx: &Ctx, tx: &mut Tx<'_>, number: i64, round: Option<i64>) -> Result<MinutesJson, Error> {
    let standing = access::review_numbered(ctx, tx, number, Need::See)?;
    let round = match round {
        Some(round) => round,
        None => minutes::latest_round(ctx, tx, standing.id)?,
    };
    if !(1..=standing.round).contains(&round) {
        return Err(Error::NotFound);
    }
    Ok(match minutes::get(ctx, tx, standing.id, round)? {
        Some(saved) => MinutesJson {
            round,
            text: saved.text,
            version: saved.version,
            sent_at: saved.sent_at,
            sent_by: saved.sent_by.as_ref().map(FaceJson::from),
        },
        None => MinutesJson {
            round,
            text: minutes::compose(ctx, tx, standing.id, round)?,
            version: 0,
            sent_at: None,
            sent_by: None,
        },
    })
}

/// Gives the minutes of a round, as they were saved or as they are composed now.
#[utoipa::path(get, path = "/reviews/{number}/minutes", tag = "Outcome",
    params(("number" = i64, Path), RoundParams),
    responses((status = 200, description = "The minutes", body = MinutesJson)))]
pub async fn show(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Params(params): Params<RoundParams>,
) -> Reply {
    let minutes = app
        .db
        .read(move |tx| read(&user.ctx, tx, number, params.round))
        .await?;
    let version = minutes.version;
    Ok(found(&minutes, Some(version)))
}

/// A new text for the minutes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MinutesChange {
    text: String,
    /// The version from which the text was written; 0 for what was composed. What others saved since is merged in.
    #[schema(minimum = 0)]
    base: i64,
}

/// Saves the minutes of a round, while they are not sent.
///
/// What others saved since `base` is merged in, line by line. Where both changed the same lines the answer is 409:
/// nothing is written, and `current` holds `theirs` and, in `merged`, both between conflict marks.
#[utoipa::path(put, path = "/reviews/{number}/minutes", tag = "Outcome",
    params(("number" = i64, Path), RoundParams), request_body = MinutesChange,
    responses((status = 200, description = "The minutes as they are now", body = MinutesJson)))]
pub async fn save(
    State(app): State<App>,
    Path(number): Path<i64>,
    Params(params): Params<RoundParams>,
    change: Change<MinutesChange>,
) -> Reply {
    let engine = app.engine.clone();
    change
        .write(&app, move |change, tx| {
            let ctx = &change.ctx;
            let before = read(ctx, tx, number, params.round)?;
            let round = before.round;
            if let Some(stale) = change.stale(before.version, || before) {
                return Ok(stale);
            }
            let review = access::review_numbered(ctx, tx, number, Need::See)?.id;
            let (base, text) = (change.body.base, &change.body.text);
            let saved = minutes::save(ctx, tx, engine.as_ref(), review, round, base, text)?;
            if let Saved::Conflict {
                theirs,
                merged,
                version,
            } = saved
            {
                let both = serde_json::json!({ "theirs": theirs, "merged": merged, "version": version });
                let problem = Problem::new(
                    StatusCode::CONFLICT,
                    "Somebody else changed the same lines. Nothing was written; put both together and save with the new version as base.",
                );
                return Ok(Answer::problem(&problem.with_current(both)));
            }
            let now = read(ctx, tx, number, Some(round))?;
            Ok(Answer::ok(&now).version(now.version))
        })
        .await
}

/// Which minutes are sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sending {
    /// The version that was read; 0 for what was composed.
    #[schema(minimum = 0)]
    version: i64,
}

/// Sends the minutes of a round to those who take part. From then on they stay as they are.
#[utoipa::path(post, path = "/reviews/{number}/minutes/sending", tag = "Outcome",
    params(("number" = i64, Path), RoundParams), request_body = Sending,
    responses((status = 200, description = "The minutes as they were sent", body = MinutesJson)))]
pub async fn send(
    State(app): State<App>,
    Path(number): Path<i64>,
    Params(params): Params<RoundParams>,
    change: Change<Sending>,
) -> Reply {
    let engine = app.engine.clone();
    change
        .write(&app, move |change, tx| {
            let ctx = &change.ctx;
            let round = read(ctx, tx, number, params.round)?.round;
            let review = access::review_numbered(ctx, tx, number, Need::See)?.id;
            minutes::send(ctx, tx, engine.as_ref(), review, round, change.body.version)?;
            let now = read(ctx, tx, number, Some(round))?;
            Ok(Answer::ok(&now).version(now.version))
        })
        .await
}
