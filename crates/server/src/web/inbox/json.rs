//! One's inbox over the API.

use crate::app::App;
use crate::http::api::{Answer, Change, Limit, Nothing, Params, found, limit, part};
use crate::http::{Reply, SignedIn};
use crate::web::json::{Id, ListJson, Time};
use axum::extract::{Path, State};
use hardwon_core::id::InboxId;
use hardwon_core::notifications::{self, Item, Show};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One thing that you should know.
#[derive(Serialize, ToSchema)]
#[schema(as = InboxItem)]
pub struct ItemJson {
    #[schema(value_type = Id)]
    id: InboxId,
    /// The kind of event, or `mention`.
    kind: String,
    /// The name of whoever did it.
    actor: Option<String>,
    /// What happened, without who did it.
    summary: String,
    /// The address of its page.
    href: String,
    #[schema(value_type = Time)]
    at: i64,
    read: bool,
}

impl From<&Item> for ItemJson {
    fn from(item: &Item) -> Self {
        Self {
            id: item.id,
            kind: item.kind.clone(),
            actor: item.actor.clone(),
            summary: item.summary.clone(),
            href: item.href.clone(),
            at: item.at,
            read: item.read,
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams, Default)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InboxParams {
    /// Only what has not been read.
    unread: bool,
    #[param(required = false, schema_with = limit)]
    limit: Option<Limit>,
    /// What `next` of the page before says.
    cursor: Option<String>,
}

/// Lists your inbox, newest first.
#[utoipa::path(get, path = "/inbox", tag = "Inbox", params(InboxParams),
    responses((status = 200, description = "One page of the list", body = ListJson<ItemJson>)))]
pub async fn list(
    State(app): State<App>,
    user: SignedIn,
    Params(params): Params<InboxParams>,
) -> Reply {
    let page = part(params.limit, params.cursor.as_deref())?;
    let show = if params.unread {
        Show::Unread
    } else {
        Show::All
    };
    let listed = app
        .db
        .read(move |tx| notifications::list(&user.ctx, tx, show, &page))
        .await?;
    Ok(found(
        &ListJson::of(&listed, |item| ItemJson::from(item)),
        None,
    ))
}

/// Notes that you have read everything.
#[utoipa::path(post, path = "/inbox/readings", tag = "Inbox",
    responses((status = 204, description = "Noted")))]
pub async fn read_all(State(app): State<App>, change: Change<Nothing>) -> Reply {
    change
        .write(&app, |change, tx| {
            notifications::read_all(&change.ctx, tx)?;
            Ok(Answer::done())
        })
        .await
}

/// Notes that you have read one item.
#[utoipa::path(put, path = "/inbox/{id}/reading", tag = "Inbox", params(("id" = Id, Path)),
    responses((status = 204, description = "Noted")))]
pub async fn read(
    State(app): State<App>,
    Path(id): Path<InboxId>,
    change: Change<Nothing>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            notifications::read(&change.ctx, tx, id)?;
            Ok(Answer::done())
        })
        .await
}
