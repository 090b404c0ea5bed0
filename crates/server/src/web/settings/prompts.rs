//! `/settings/prompts`: the questions that every review of a kind starts with, in order.

use super::profile::Done;
use super::tabs;
use super::templates::{GroupView, PlaceForm, groups};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use crate::web::frame::TabView;
use crate::web::page::{Page, html, html_invalid};
use crate::web::view::ChoiceView;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::id::PromptId;
use hardwon_core::organisation::prompts::{self, PromptForm};
use hardwon_core::reviews::ReviewKind;
use hardwon_core::{Error, Fields, Role};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "settings/prompts.html")]
struct ListView {
    page: Page,
    tabs: Vec<TabView>,
    groups: Vec<GroupView>,
}

pub async fn list(State(app): State<App>, user: SignedIn, Query(done): Query<Done>) -> Reply {
    user.ctx.require(Role::Administrator)?;
    let found = app.db.read(|tx| prompts::all(tx, None)).await?;
    let page = Page::new(&app, Some(&user.visitor), "Settings", "settings");
    html(&ListView {
        page: done.on(page),
        tabs: tabs(&user, "/settings/prompts"),
        groups: groups(
            &user,
            found.into_iter().map(|prompt| {
                (
                    prompt.kind,
                    prompt.id.to_string(),
                    prompt.body,
                    prompt.retired_at.is_some(),
                )
            }),
        ),
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct EditForm {
    kind: String,
    body: String,
    version: i64,
}

impl EditForm {
    fn wanted(&self) -> PromptForm {
        PromptForm {
            body: self.body.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "settings/prompt.html")]
struct EditView {
    page: Page,
    action: String,
    is_new: bool,
    form: EditForm,
    kinds: Vec<ChoiceView>,
    errors: Fields,
    theirs: String,
}

fn edit_view(app: &App, user: &SignedIn, id: Option<PromptId>, form: EditForm) -> EditView {
    let (title, action) = match id {
        None => ("New prompt", "/settings/prompts".to_owned()),
        Some(id) => ("Change the prompt", format!("/settings/prompts/{id}")),
    };
    EditView {
        page: Page::new(app, Some(&user.visitor), title, "settings"),
        action,
        is_new: id.is_none(),
        kinds: ReviewKind::ALL
            .iter()
            .map(|&kind| ChoiceView::new(kind.as_str(), user.name_of(kind), &form.kind))
            .collect(),
        form,
        errors: Fields::default(),
        theirs: String::new(),
    }
}

pub async fn new(State(app): State<App>, user: SignedIn, Query(form): Query<EditForm>) -> Reply {
    user.ctx.require(Role::Administrator)?;
    html(&edit_view(&app, &user, None, form))
}

pub async fn create(State(app): State<App>, user: SignedIn, Form(form): Form<EditForm>) -> Reply {
    user.ctx.require(Role::Administrator)?;
    let (ctx, wanted) = (user.ctx.clone(), form.wanted());
    let created = match ReviewKind::parse(&form.kind) {
        Some(kind) => {
            app.db
                .write(move |tx| prompts::create(&ctx, tx, kind, &wanted))
                .await
        }
        None => Err(Error::invalid("kind", "Choose what the prompt is for.")),
    };
    match created {
        Ok(_) => Ok(Redirect::to("/settings/prompts?done=saved").into_response()),
        Err(Error::Invalid(errors)) => html_invalid(&EditView {
            errors,
            ..edit_view(&app, &user, None, form)
        }),
        Err(error) => Err(error.into()),
    }
}

pub async fn edit(State(app): State<App>, user: SignedIn, Path(id): Path<PromptId>) -> Reply {
    user.ctx.require(Role::Administrator)?;
    let prompt = app.db.read(move |tx| prompts::get(tx, id)).await?;
    let form = EditForm {
        kind: prompt.kind.to_string(),
        body: prompt.body,
        version: prompt.version,
    };
    html(&edit_view(&app, &user, Some(id), form))
}

pub async fn update(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<PromptId>,
    Form(form): Form<EditForm>,
) -> Reply {
    user.ctx.require(Role::Administrator)?;
    let (ctx, wanted, version) = (user.ctx.clone(), form.wanted(), form.version);
    let changed = app
        .db
        .write(move |tx| prompts::change(&ctx, tx, id, &wanted, version))
        .await;
    match changed {
        Ok(()) => Ok(Redirect::to("/settings/prompts?done=saved").into_response()),
        Err(Error::Invalid(errors)) => html_invalid(&EditView {
            errors,
            ..edit_view(&app, &user, Some(id), form)
        }),
        Err(Error::Conflict(_)) => {
            let now = app.db.read(move |tx| prompts::get(tx, id)).await?;
            let form = EditForm {
                version: now.version,
                ..form
            };
            html_invalid(&EditView {
                theirs: now.body,
                ..edit_view(&app, &user, Some(id), form)
            })
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn shift(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<PromptId>,
    Form(form): Form<PlaceForm>,
) -> Reply {
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| prompts::shift(&ctx, tx, id, form.direction))
        .await?;
    Ok(Redirect::to("/settings/prompts").into_response())
}

pub async fn retire(State(app): State<App>, user: SignedIn, Path(id): Path<PromptId>) -> Reply {
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| prompts::retire(&ctx, tx, id))
        .await?;
    Ok(Redirect::to("/settings/prompts").into_response())
}

pub async fn restore(State(app): State<App>, user: SignedIn, Path(id): Path<PromptId>) -> Reply {
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| prompts::restore(&ctx, tx, id))
        .await?;
    Ok(Redirect::to("/settings/prompts").into_response())
}
