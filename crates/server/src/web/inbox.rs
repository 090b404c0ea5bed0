//! The inbox: what happened that its owner should know.

pub mod json;

use super::frame;
use super::page::{Page, html};
use super::view::{WhenView, initials};
use crate::app::App;
use crate::http::{Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::Error;
use hardwon_core::id::InboxId;
use hardwon_core::notifications::{self, Show};
use hardwon_core::page::{Listed, Page as ListPage};
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct InboxQuery {
    show: String,
    cursor: String,
}

struct ItemView {
    id: String,
    actor: String,
    initials: String,
    summary: String,
    when: WhenView,
    read: bool,
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct InboxPage {
    page: Page,
    items: Vec<ItemView>,
    unread_only: bool,
    older: String,
}

pub async fn index(
    State(app): State<App>,
    user: SignedIn,
    Query(query): Query<InboxQuery>,
) -> Reply {
    let part = ListPage::parse(None, Some(&query.cursor))?;
    let show = if query.show == "all" {
        Show::All
    } else {
        Show::Unread
    };
    let ctx = user.ctx.clone();
    let Listed { items, next } = app
        .db
        .read(move |tx| notifications::list(&ctx, tx, show, &part))
        .await?;
    let clock = frame::clock(&user);
    html(&InboxPage {
        page: Page::new(&app, Some(&user.visitor), "Inbox", "inbox"),
        items: items
            .into_iter()
            .map(|item| {
                let actor = item.actor.unwrap_or_else(|| "Somebody".to_owned());
                ItemView {
                    id: item.id.to_string(),
                    initials: initials(&actor),
                    actor,
                    summary: item.summary,
                    when: clock.relative(item.at),
                    read: item.read,
                }
            })
            .collect(),
        unread_only: show == Show::Unread,
        older: next
            .map(|cursor| format!("/inbox?show={}&cursor={cursor}", query.show))
            .unwrap_or_default(),
    })
}

/// Opens an item: it counts as read, and its page follows.
pub async fn open(State(app): State<App>, user: SignedIn, Path(id): Path<String>) -> Reply {
    let id: InboxId = id.parse().map_err(|_| Error::NotFound)?;
    let href = app
        .db
        .write(move |tx| notifications::read(&user.ctx, tx, id))
        .await?;
    Ok(Redirect::to(&href).into_response())
}

pub async fn read_all(State(app): State<App>, user: SignedIn) -> Reply {
    app.db
        .write(move |tx| notifications::read_all(&user.ctx, tx))
        .await?;
    Ok(Redirect::to("/inbox").into_response())
}
