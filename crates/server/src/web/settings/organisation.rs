//! `/settings/organisation`: name, zone, what meetings are called, who may invite, and what is forgotten when.

use super::profile::Done;
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
use hardwon_core::organisation::{self, OrganisationForm, Settings};
use hardwon_core::reviews::ReviewKind;
use hardwon_core::{Error, Fields, Role};
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct EditForm {
    name: String,
    zone: String,
    name_architecture: String,
    name_operability: String,
    #[serde(rename = "name_post-mortem")]
    name_post_mortem: String,
    name_study: String,
    inviters: String,
    address_days: String,
    session_days: String,
    idempotency_days: String,
    version: i64,
}

impl EditForm {
    fn of(organisation: &organisation::Organisation) -> Self {
        let settings = &organisation.settings;
        let name = |kind| settings.name(kind).to_owned();
        Self {
            name: organisation.name.clone(),
            zone: organisation.zone.clone(),
            name_architecture: name(ReviewKind::Architecture),
            name_operability: name(ReviewKind::Operability),
            name_post_mortem: name(ReviewKind::PostMortem),
            name_study: name(ReviewKind::Study),
            inviters: settings.inviters.to_string(),
            address_days: settings.address_days.to_string(),
            session_days: settings.session_days.to_string(),
            idempotency_days: settings.idempotency_days.to_string(),
            version: organisation.version,
        }
    }

    fn wanted(&self) -> Result<OrganisationForm, Error> {
        let days = |text: &str| text.trim().parse().unwrap_or(0);
        let names = [
            (ReviewKind::Architecture, &self.name_architecture),
            (ReviewKind::Operability, &self.name_operability),
            (ReviewKind::PostMortem, &self.name_post_mortem),
            (ReviewKind::Study, &self.name_study),
        ];
        Ok(OrganisationForm {
            name: self.name.clone(),
            zone: self.zone.clone(),
            settings: Settings {
                names: names
                    .into_iter()
                    .map(|(kind, name)| (kind, name.clone()))
                    .collect(),
                inviters: Role::parse(&self.inviters)
                    .ok_or_else(|| Error::invalid("inviters", "Choose who may invite."))?,
                address_days: days(&self.address_days),
                session_days: days(&self.session_days),
                idempotency_days: days(&self.idempotency_days),
            },
            version: self.version,
        })
    }
}

#[derive(Template)]
#[template(path = "settings/organisation.html")]
struct View {
    page: Page,
    tabs: Vec<TabView>,
    form: EditForm,
    zones: Vec<ChoiceView>,
    inviters: Vec<ChoiceView>,
    errors: Fields,
    conflict: String,
}

fn view(app: &App, user: &SignedIn, form: EditForm) -> View {
    let inviter = |value, label, hint: &str| ChoiceView {
        hint: hint.to_owned(),
        ..ChoiceView::new(value, label, &form.inviters)
    };
    View {
        page: Page::new(app, Some(&user.visitor), "Settings", "settings"),
        tabs: tabs(user, "/settings/organisation"),
        zones: zones::choices(&form.zone),
        inviters: vec![
            inviter("administrator", "Administrators", ""),
            inviter("facilitator", "Facilitators and administrators", ""),
            inviter(
                "member",
                "Everyone",
                "Nobody invites into a role wider than their own; administrators can revoke any invitation.",
            ),
        ],
        form,
        errors: Fields::default(),
        conflict: String::new(),
    }
}

pub async fn page(State(app): State<App>, user: SignedIn, Query(done): Query<Done>) -> Reply {
    user.ctx.require(Role::Administrator)?;
    let found = app.db.read(organisation::get).await?;
    let mut view = view(&app, &user, EditForm::of(&found));
    view.page = done.on(view.page);
    html(&view)
}

pub async fn update(State(app): State<App>, user: SignedIn, Form(form): Form<EditForm>) -> Reply {
    user.ctx.require(Role::Administrator)?;
    let ctx = user.ctx.clone();
    let changed = match form.wanted() {
        Ok(wanted) => {
            app.db
                .write(move |tx| organisation::change(&ctx, tx, &wanted))
                .await
        }
        Err(error) => Err(error),
    };
    match changed {
        Ok(()) => Ok(Redirect::to("/settings/organisation?done=saved").into_response()),
        Err(Error::Invalid(errors)) => html_invalid(&View {
            errors,
            ..view(&app, &user, form)
        }),
        Err(Error::Conflict(conflict)) => {
            let now = app.db.read(organisation::get).await?;
            let form = EditForm {
                version: now.version,
                ..form
            };
            html_invalid(&View {
                conflict: format!("{conflict} Saved now: {}, {}.", now.name, now.zone),
                ..view(&app, &user, form)
            })
        }
        Err(error) => Err(error.into()),
    }
}
