//! Bringing back an earlier version of a document: what that would change, and doing it.

use super::version_name;
use crate::app::App;
use crate::http::api::{Answer, Change};
use crate::http::{Reply, SignedIn};
use crate::web::frame;
use crate::web::page::{Page, html};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::access::{self, Need};
use hardwon_core::documents::{Saved, difference, versions};
use hardwon_core::{Error, documents, reviews};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Template)]
#[template(path = "reviews/restore.html")]
struct RestoreView {
    page: Page,
    number: i64,
    review_title: String,
    version: i64,
    name: String,
    kept_on: String,
    added: usize,
    removed: usize,
}

/// Says what would change, and asks.
pub async fn new(
    State(app): State<App>,
    user: SignedIn,
    Path((number, version)): Path<(i64, i64)>,
) -> Reply {
    let ctx = user.ctx.clone();
    let (seen, found, change) = app
        .db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            seen.standing.require(Need::Edit)?;
            let document = seen.review.document;
            let found = versions::versions(tx, document)?
                .into_iter()
                .find(|one| one.number == version)
                .ok_or(Error::NotFound)?;
            let now = documents::get(tx, document)?.text;
            let then = versions::version_text(tx, document, version)?;
            Ok::<_, Error>((seen, found, difference::between(&now, &then)))
        })
        .await?;
    html(&RestoreView {
        page: Page::new(&app, Some(&user.visitor), "Bring a version back", "reviews"),
        number,
        review_title: seen.review.title.clone(),
        version,
        name: version_name(&found),
        kept_on: frame::clock(&user).exact(found.at).text,
        added: change.lines_added,
        removed: change.lines_removed,
    })
}

pub async fn create(
    State(app): State<App>,
    user: SignedIn,
    Path((number, version)): Path<(i64, i64)>,
) -> Reply {
    let (ctx, engine) = (user.ctx.clone(), app.engine.clone());
    app.db
        .write(move |tx| {
            let review = access::review_numbered(&ctx, tx, number, Need::See)?.id;
            reviews::restore_version(&ctx, tx, engine.as_ref(), review, version)
        })
        .await?;
    let back = format!("/reviews/{number}/history?restored={version}");
    Ok(Redirect::to(&back).into_response())
}

/// Nothing more needs to be said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRestoration {}

/// What became of it.
#[derive(Serialize, ToSchema)]
#[schema(as = RestoredVersion)]
pub struct RestoredJson {
    /// False when the document said this already.
    changed: bool,
    /// The number of the version that was kept of what was there before; absent when that was kept already.
    before: Option<i64>,
    /// The document's version now, to write from.
    base: i64,
}

/// Brings an earlier version back as a new edit.
///
/// It becomes the smallest edits of what the document says now, merged with what others are typing, and what was there
/// before is kept as a version.
#[utoipa::path(post, path = "/reviews/{number}/versions/{version}/restoration", tag = "Documents",
    params(("number" = i64, Path), ("version" = i64, Path)), request_body = NewRestoration,
    responses((status = 200, description = "What became of it", body = RestoredJson)))]
pub async fn restore(
    State(app): State<App>,
    Path((number, version)): Path<(i64, i64)>,
    change: Change<NewRestoration>,
) -> Reply {
    let engine = app.engine.clone();
    change
        .write(&app, move |change, tx| {
            let review = access::review_numbered(&change.ctx, tx, number, Need::See)?;
            let done =
                reviews::restore_version(&change.ctx, tx, engine.as_ref(), review.id, version)?;
            let body = RestoredJson {
                changed: !matches!(done.saved, Saved::Unchanged { .. }),
                before: done.before,
                base: documents::get(tx, review.document)?.version,
            };
            Ok(Answer::ok(&body))
        })
        .await
}
