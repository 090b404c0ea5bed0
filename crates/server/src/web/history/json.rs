//! Named versions of a review's document over the API.

use crate::app::App;
use crate::http::api::{Answer, Change, found};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, ListJson, Time};
use crate::web::records::json::whole;
use axum::extract::{Path, State};
use hardwon_core::access::{self, Need};
use hardwon_core::documents::{self, Version};
use hardwon_core::reviews;
use hardwon_core::{Ctx, Error, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A named, unchanging state of a document.
#[derive(Serialize, ToSchema)]
#[schema(as = DocumentVersion)]
pub struct VersionJson {
    number: i64,
    /// Of a version that was kept at a step, the state it led to.
    name: String,
    author: Option<FaceJson>,
    #[schema(value_type = Time)]
    at: i64,
}

impl From<&Version> for VersionJson {
    fn from(version: &Version) -> Self {
        Self {
            number: version.number,
            name: version.name.clone(),
            author: version.author.as_ref().map(FaceJson::from),
            at: version.at,
        }
    }
}

fn kept(ctx: &Ctx, tx: &mut Tx<'_>, number: i64) -> Result<ListJson<VersionJson>, Error> {
    let review = access::review_numbered(ctx, tx, number, Need::See)?;
    let listed = whole(documents::versions(tx, review.document)?);
    Ok(ListJson::of(&listed, |version| VersionJson::from(version)))
}

/// Lists the named versions of a review's document, oldest first.
#[utoipa::path(get, path = "/reviews/{number}/versions", tag = "Documents", params(("number" = i64, Path)),
    responses((status = 200, description = "The versions", body = ListJson<VersionJson>)))]
pub async fn list(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let listed = app.db.read(move |tx| kept(&user.ctx, tx, number)).await?;
    Ok(found(&listed, None))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVersion {
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    name: String,
}

/// Keeps the document as it is now under a name.
#[utoipa::path(post, path = "/reviews/{number}/versions", tag = "Documents", params(("number" = i64, Path)),
    request_body = NewVersion,
    responses((status = 200, description = "The versions as they are now", body = ListJson<VersionJson>)))]
pub async fn create(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<NewVersion>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let review = access::review_numbered(&change.ctx, tx, number, Need::See)?.id;
            reviews::keep_version(&change.ctx, tx, review, &change.body.name)?;
            Ok(Answer::ok(&kept(&change.ctx, tx, number)?))
        })
        .await
}

/// A named version with its text.
#[derive(Serialize, ToSchema)]
pub struct DocumentVersionText {
    number: i64,
    text: String,
}

/// Gives the text of a named version.
#[utoipa::path(get, path = "/reviews/{number}/versions/{version}", tag = "Documents",
    params(("number" = i64, Path), ("version" = i64, Path)),
    responses((status = 200, description = "The text as it stood", body = DocumentVersionText)))]
pub async fn show(
    State(app): State<App>,
    user: SignedIn,
    Path((number, version)): Path<(i64, i64)>,
) -> Reply {
    let text = app
        .db
        .read(move |tx| {
            let review = access::review_numbered(&user.ctx, tx, number, Need::See)?;
            documents::version_text(tx, review.document, version)
        })
        .await?;
    let body = DocumentVersionText {
        number: version,
        text,
    };
    Ok(found(&body, None))
}
