//! `/settings`: what somebody says about themselves, and how they read times.

use super::tabs;
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use crate::web::frame::TabView;
use crate::web::page::{Page, html, html_invalid};
use crate::web::view::ChoiceView;
use crate::web::zones;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::people::{self, Person, ProfileForm};
use hardwon_core::{Error, Fields};
use serde::Deserialize;

/// What a page was led to by: `saved` after a change that succeeded.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Done {
    done: String,
}

impl Done {
    pub fn on(&self, page: Page) -> Page {
        match self.done.as_str() {
            "saved" => page.with_flash("good", "Saved."),
            "password" => page.with_flash(
                "good",
                "Your password is changed. Everywhere else you are signed out.",
            ),
            "ended" => page.with_flash("good", "That session has ended."),
            "revoked" => page.with_flash("good", "The token no longer works."),
            _ => page,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct EditForm {
    name: String,
    zone: String,
    locale: String,
    about: String,
    version: i64,
}

#[derive(Template)]
#[template(path = "settings/profile.html")]
struct View {
    page: Page,
    tabs: Vec<TabView>,
    handle: String,
    form: EditForm,
    zones: Vec<ChoiceView>,
    locales: Vec<ChoiceView>,
    errors: Fields,
    conflict: String,
}

fn view(app: &App, user: &SignedIn, form: EditForm) -> View {
    View {
        page: Page::new(app, Some(&user.visitor), "Settings", "settings"),
        tabs: tabs(user, "/settings"),
        handle: user.visitor.handle.clone(),
        zones: zones::choices(&form.zone),
        locales: zones::locales(&form.locale),
        form,
        errors: Fields::default(),
        conflict: String::new(),
    }
}

async fn own(app: &App, user: &SignedIn) -> Result<Person, Error> {
    let id = user.visitor.person;
    app.db.read(move |tx| people::get(tx, id)).await
}

pub async fn page(State(app): State<App>, user: SignedIn, Query(done): Query<Done>) -> Reply {
    let person = own(&app, &user).await?;
    let form = EditForm {
        name: person.name,
        zone: person.zone,
        locale: person.locale,
        about: person.about,
        version: person.version,
    };
    let mut view = view(&app, &user, form);
    view.page = done.on(view.page);
    html(&view)
}

pub async fn update(State(app): State<App>, user: SignedIn, Form(form): Form<EditForm>) -> Reply {
    let wanted = ProfileForm {
        name: form.name.clone(),
        zone: form.zone.clone(),
        locale: form.locale.clone(),
        about: form.about.clone(),
        version: form.version,
    };
    let (ctx, id) = (user.ctx.clone(), user.visitor.person);
    let changed = app
        .db
        .write(move |tx| people::change_profile(&ctx, tx, id, &wanted))
        .await;
    match changed {
        Ok(()) => Ok(Redirect::to("/settings?done=saved").into_response()),
        Err(Error::Invalid(errors)) => html_invalid(&View {
            errors,
            ..view(&app, &user, form)
        }),
        Err(Error::Conflict(conflict)) => {
            let now = own(&app, &user).await?;
            let form = EditForm {
                version: now.version,
                ..form
            };
            html_invalid(&View {
                conflict: format!("{conflict} What is saved now about you: {}", now.about),
                ..view(&app, &user, form)
            })
        }
        Err(error) => Err(error.into()),
    }
}
