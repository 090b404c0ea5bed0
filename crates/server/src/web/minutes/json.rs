//! Minutes over the API.

use crate::app::App;
use crate::http::api::{Answer, Change, Params, Problem, found, shown, versioned};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, Time, clash};
use axum::extract::{Path, State};
use hardwon_core::access::{self, Need};
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

versioned!(MinutesJson);

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
    Ok(shown(&minutes))
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
            if let Some(stale) = change.stale(&before) {
                return Ok(stale);
            }
            let review = access::review_numbered(ctx, tx, number, Need::See)?.id;
            let (base, text) = (change.body.base, &change.body.text);
            let saved = minutes::save(ctx, tx, engine.as_ref(), review, round, base, text)?;
            if let Some(both) = clash(&saved) {
                return Ok(both);
            }
            Ok(Answer::of(&read(ctx, tx, number, Some(round))?))
        })
        .await
}

/// What composing the minutes anew would make of them.
#[derive(Serialize, ToSchema)]
#[schema(as = MinutesComposition)]
pub struct CompositionJson {
    round: i64,
    /// What is composed now with what people edited; save it with the version as `base` to take it over.
    text: String,
    /// The version that it was merged with; 0 while nobody has saved any.
    version: i64,
    /// Whether both fit together; otherwise the same lines stand between conflict marks.
    clean: bool,
}

/// Composes the minutes of a round anew; nothing is written. For those who may write them.
#[utoipa::path(get, path = "/reviews/{number}/minutes/composition", tag = "Outcome",
    params(("number" = i64, Path), RoundParams),
    responses((status = 200, description = "What would be there", body = CompositionJson),
        (status = 409, description = "They have been sent and stay as they are", body = Problem,
            content_type = "application/problem+json")))]
pub async fn composition(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Params(params): Params<RoundParams>,
) -> Reply {
    let body = app
        .db
        .read(move |tx| {
            let round = read(&user.ctx, tx, number, params.round)?.round;
            let review = access::review_numbered(&user.ctx, tx, number, Need::Edit)?.id;
            let proposed = minutes::propose(&user.ctx, tx, review, round)?;
            Ok::<_, Error>(CompositionJson {
                round,
                text: proposed.text,
                version: proposed.version,
                clean: proposed.clean,
            })
        })
        .await?;
    Ok(found(&body, None))
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
            let before = read(ctx, tx, number, params.round)?;
            let round = before.round;
            if let Some(stale) = change.stale(&before) {
                return Ok(stale);
            }
            let review = access::review_numbered(ctx, tx, number, Need::See)?.id;
            minutes::send(ctx, tx, engine.as_ref(), review, round, change.body.version)?;
            Ok(Answer::of(&read(ctx, tx, number, Some(round))?))
        })
        .await
}
