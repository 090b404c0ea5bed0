//! `/settings/templates`: what new reviews start from, by kind, in order.

use super::profile::Done;
use super::tabs;
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use crate::web::frame::TabView;
use crate::web::page::{Page, html, html_invalid};
use crate::web::view::ChoiceView;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::id::TemplateId;
use hardwon_core::organisation::templates::{self, Direction, TemplateForm};
use hardwon_core::reviews::ReviewKind;
use hardwon_core::{Error, Fields, Role};
use serde::Deserialize;

/// One entry of a shelf: templates and prompts look the same in a list.
pub(super) struct EntryView {
    pub id: String,
    pub text: String,
    pub retired: bool,
    pub first: bool,
    pub last: bool,
}

pub(super) struct GroupView {
    pub kind: ReviewKind,
    pub name: String,
    pub offered: Vec<EntryView>,
    pub retired: Vec<EntryView>,
}

/// Entries by kind: those on offer in their order, then the retired ones.
pub(super) fn groups(
    user: &SignedIn,
    entries: impl IntoIterator<Item = (ReviewKind, String, String, bool)>,
) -> Vec<GroupView> {
    let mut groups: Vec<GroupView> = ReviewKind::ALL
        .iter()
        .map(|&kind| GroupView {
            kind,
            name: user.name_of(kind),
            offered: Vec::new(),
            retired: Vec::new(),
        })
        .collect();
    for (kind, id, text, retired) in entries {
        let Some(group) = groups.iter_mut().find(|group| group.kind == kind) else {
            continue;
        };
        let shelf = if retired {
            &mut group.retired
        } else {
            &mut group.offered
        };
        let first = shelf.is_empty();
        if let Some(before) = shelf.last_mut() {
            before.last = false;
        }
        shelf.push(EntryView {
            id,
            text,
            retired,
            first,
            last: true,
        });
    }
    groups
}

#[derive(Template)]
#[template(path = "settings/templates.html")]
struct ListView {
    page: Page,
    tabs: Vec<TabView>,
    groups: Vec<GroupView>,
}

pub async fn list(State(app): State<App>, user: SignedIn, Query(done): Query<Done>) -> Reply {
    user.ctx.require(Role::Administrator)?;
    let found = app.db.read(|tx| templates::all(tx, None)).await?;
    let page = Page::new(&app, Some(&user.visitor), "Settings", "settings");
    html(&ListView {
        page: done.on(page),
        tabs: tabs(&user, "/settings/templates"),
        groups: groups(
            &user,
            found.into_iter().map(|template| {
                (
                    template.kind,
                    template.id.to_string(),
                    template.name,
                    template.retired_at.is_some(),
                )
            }),
        ),
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct EditForm {
    kind: String,
    name: String,
    body: String,
    version: i64,
}

impl EditForm {
    fn wanted(&self) -> TemplateForm {
        TemplateForm {
            name: self.name.clone(),
            body: self.body.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "settings/template.html")]
struct EditView {
    page: Page,
    action: String,
    is_new: bool,
    form: EditForm,
    kinds: Vec<ChoiceView>,
    errors: Fields,
    theirs: String,
}

fn edit_view(app: &App, user: &SignedIn, id: Option<TemplateId>, form: EditForm) -> EditView {
    let (title, action) = match id {
        None => ("New template", "/settings/templates".to_owned()),
        Some(id) => ("Change the template", format!("/settings/templates/{id}")),
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
                .write(move |tx| templates::create(&ctx, tx, kind, &wanted))
                .await
        }
        None => Err(Error::invalid("kind", "Choose what the template is for.")),
    };
    match created {
        Ok(_) => Ok(Redirect::to("/settings/templates?done=saved").into_response()),
        Err(Error::Invalid(errors)) => html_invalid(&EditView {
            errors,
            ..edit_view(&app, &user, None, form)
        }),
        Err(error) => Err(error.into()),
    }
}

pub async fn edit(State(app): State<App>, user: SignedIn, Path(id): Path<TemplateId>) -> Reply {
    user.ctx.require(Role::Administrator)?;
    let template = app.db.read(move |tx| templates::get(tx, id)).await?;
    let form = EditForm {
        kind: template.kind.to_string(),
        name: template.name,
        body: template.body,
        version: template.version,
    };
    html(&edit_view(&app, &user, Some(id), form))
}

pub async fn update(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<TemplateId>,
    Form(form): Form<EditForm>,
) -> Reply {
    user.ctx.require(Role::Administrator)?;
    let (ctx, wanted, version) = (user.ctx.clone(), form.wanted(), form.version);
    let changed = app
        .db
        .write(move |tx| templates::change(&ctx, tx, id, &wanted, version))
        .await;
    match changed {
        Ok(()) => Ok(Redirect::to("/settings/templates?done=saved").into_response()),
        Err(Error::Invalid(errors)) => html_invalid(&EditView {
            errors,
            ..edit_view(&app, &user, Some(id), form)
        }),
        Err(Error::Conflict(_)) => {
            let now = app.db.read(move |tx| templates::get(tx, id)).await?;
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

#[derive(Deserialize)]
pub struct PlaceForm {
    pub direction: Direction,
}

pub async fn shift(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<TemplateId>,
    Form(form): Form<PlaceForm>,
) -> Reply {
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| templates::shift(&ctx, tx, id, form.direction))
        .await?;
    Ok(Redirect::to("/settings/templates").into_response())
}

pub async fn retire(State(app): State<App>, user: SignedIn, Path(id): Path<TemplateId>) -> Reply {
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| templates::retire(&ctx, tx, id))
        .await?;
    Ok(Redirect::to("/settings/templates").into_response())
}

pub async fn restore(State(app): State<App>, user: SignedIn, Path(id): Path<TemplateId>) -> Reply {
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| templates::restore(&ctx, tx, id))
        .await?;
    Ok(Redirect::to("/settings/templates").into_response())
}
