//! Every route of the program, in one list.

use super::{assets, error, guard};
use crate::app::App;
use crate::web::{home, inbox, reviews, search, set_up, sign_in};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// The largest body of a request: a document of 4 MiB as a form, percent-encoded.
const MAX_BODY: usize = 13 << 20;

pub fn router(app: App) -> Router {
    let pages = Router::new()
        .route("/", get(home::index))
        .route("/set-up/{secret}", get(set_up::page).post(set_up::create))
        .route("/join/{secret}", get(set_up::invitation).post(set_up::join))
        .route("/welcome", get(set_up::welcome))
        .route("/sign-in", get(sign_in::page).post(sign_in::create))
        .route(
            "/sign-in/{secret}",
            get(sign_in::link).post(sign_in::follow),
        )
        .route("/sign-out", post(sign_in::sign_out))
        .route("/search", get(search::index))
        .route("/api/v1/search", get(search::api))
        .route("/inbox", get(inbox::index))
        .route("/inbox/readings", post(inbox::read_all))
        .route("/inbox/{id}/reading", post(inbox::open))
        .route("/reviews", get(reviews::list).post(reviews::create))
        .route("/reviews/new", get(reviews::new))
        .route("/reviews/{number}", get(reviews::show));
    Router::new()
        .merge(pages)
        .fallback(|| async { error::Failure::from(hardwon_core::Error::NotFound) })
        .layer(from_fn_with_state(app.clone(), error::dress))
        .layer(from_fn_with_state(app.clone(), guard::forgery))
        .route("/assets/{name}", get(assets::serve))
        .route("/healthz", get(|| async { "ok\n" }))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(guard::headers))
        .layer(CompressionLayer::new())
        .with_state(app)
}
