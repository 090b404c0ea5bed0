//! Every route of the program, in one list.

use super::{api, assets, error, guard};
use crate::app::App;
use crate::web::{
    document, history, home, inbox, participants, proposals, records, reviews, search, set_up,
    sign_in, steps,
};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// The largest body of a request: a document of 4 MiB as a form, percent-encoded.
const MAX_BODY: usize = 13 << 20;

/// What every review has: its document, life cycle, people, records and history.
fn spine() -> Router<App> {
    Router::new()
        .route("/reviews", get(reviews::list).post(proposals::create))
        .route("/reviews/new", get(proposals::new))
        .route("/reviews/board", get(reviews::board))
        .route("/reviews/{number}", get(document::show))
        .route("/reviews/{number}/edit", get(document::edit))
        .route("/reviews/{number}/document", post(document::save))
        .route("/reviews/{number}/document.md", get(document::download))
        .route("/reviews/{number}/document.rst", get(document::download))
        .route("/reviews/{number}/preview", post(document::preview))
        .route("/reviews/{number}/versions", post(document::keep_version))
        .route(
            "/reviews/{number}/versions/{version}",
            get(history::version),
        )
        .route("/reviews/{number}/difference", get(history::difference))
        .route("/reviews/{number}/history", get(history::list))
        .route("/reviews/{number}/rounds/{round}", get(history::round))
        .route(
            "/reviews/{number}/circulation/new",
            get(steps::new_circulation),
        )
        .route("/reviews/{number}/circulation", post(steps::circulate))
        .route("/reviews/{number}/steps/new", get(steps::new_step))
        .route("/reviews/{number}/steps", post(steps::step))
        .route(
            "/reviews/{number}/people",
            get(participants::list).post(participants::add),
        )
        .route(
            "/reviews/{number}/people/removal",
            post(participants::remove),
        )
        .route(
            "/reviews/{number}/visibility",
            post(participants::set_visibility),
        )
        .route("/reviews/{number}/access", post(participants::grant))
        .route(
            "/reviews/{number}/access/removal",
            post(participants::revoke),
        )
        .route("/reviews/{number}/readers", get(participants::readers))
        .route(
            "/reviews/{number}/records",
            get(records::list).post(records::create),
        )
        .route("/reviews/{number}/records/new", get(records::new))
        .route(
            "/reviews/{number}/records/suggested",
            post(records::create_suggested),
        )
        .route(
            "/reviews/{number}/records/{id}",
            get(records::show).post(records::change),
        )
        .route(
            "/reviews/{number}/records/{id}/position",
            post(records::place),
        )
        .route(
            "/reviews/{number}/records/{id}/removal",
            post(records::remove),
        )
        .route(
            "/reviews/{number}/records/{id}/removal/removal",
            post(records::restore),
        )
        .route("/reviews/{number}/links", post(records::relate))
        .route("/reviews/{number}/links/removal", post(records::unrelate))
}

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
        .route("/inbox", get(inbox::index))
        .route("/inbox/readings", post(inbox::read_all))
        .route("/inbox/{id}/reading", post(inbox::open))
        .merge(spine());
    Router::new()
        .merge(pages)
        .merge(api::router())
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
