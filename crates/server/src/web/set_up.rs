//! The first start: an organisation with its first person, by the link that the terminal shows; and joining by invitation.

use super::page::{Page, html, html_invalid};
use super::sign_in::begin;
use super::view::ChoiceView;
use super::zones;
use crate::app::App;
use crate::http::{Caller, Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use axum_extra::extract::CookieJar;
use garde::Validate;
use hardwon_core::auth::{links, password};
use hardwon_core::people::{PersonForm, PersonState};
use hardwon_core::{Error, Fields, Role, organisation};
use serde::Deserialize;

/// What somebody says about themselves to get an account, and on the first start about the organisation.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct NewcomerForm {
    organisation: String,
    zone: String,
    name: String,
    email: String,
    password: String,
}

impl NewcomerForm {
    fn person(&self) -> PersonForm {
        PersonForm {
            name: self.name.clone(),
            email: Some(self.email.clone()),
            role: Role::Member,
            state: PersonState::Active,
            zone: self.zone.clone(),
            locale: zones::USUAL_LOCALE.to_owned(),
        }
    }

    /// Everything that is wrong at once, before a password is hashed.
    fn check(&self, organisation: &str) -> Fields {
        let mut fields = match self.person().validate().map_err(Error::from) {
            Err(Error::Invalid(fields)) => fields,
            _ => Fields::default(),
        };
        let own = [self.name.as_str(), &self.email, organisation];
        if let Some(objection) = password::objection(&self.password, &own) {
            fields.add("password", objection);
        }
        fields
    }
}

#[derive(Template)]
#[template(path = "auth/set_up.html")]
struct SetUpPage {
    page: Page,
    secret: String,
    form: NewcomerForm,
    zones: Vec<ChoiceView>,
    errors: Fields,
}

impl SetUpPage {
    fn new(app: &App, secret: String, form: NewcomerForm, errors: Fields) -> Self {
        Self {
            page: Page::new(app, None, "Set up Hardwon", ""),
            secret,
            zones: zones::choices(&form.zone),
            form,
            errors,
        }
    }
}

pub async fn page(State(app): State<App>, caller: Caller, Path(secret): Path<String>) -> Reply {
    let (ctx, asked) = (caller.ctx(&app), secret.clone());
    app.db
        .read(move |tx| links::open(&ctx, tx, links::Kind::SetUp, &asked))
        .await?;
    let form = NewcomerForm {
        zone: "UTC".to_owned(),
        ..NewcomerForm::default()
    };
    html(&SetUpPage::new(&app, secret, form, Fields::default()))
}

pub async fn create(
    State(app): State<App>,
    caller: Caller,
    jar: CookieJar,
    Path(secret): Path<String>,
    Form(form): Form<NewcomerForm>,
) -> Reply {
    let (ctx, asked) = (caller.ctx(&app), secret.clone());
    app.db
        .read(move |tx| links::open(&ctx, tx, links::Kind::SetUp, &asked))
        .await?;
    let mut errors = form.check(&form.organisation);
    if form.organisation.trim().is_empty() {
        errors.add("organisation", "Please fill this in.");
    } else if form.organisation.chars().count() > 100 {
        errors.add("organisation", "Use at most 100 characters.");
    }
    if !errors.is_empty() {
        return html_invalid(&SetUpPage::new(&app, secret, form, errors));
    }
    let set_up = links::SetUp {
        organisation: form.organisation.clone(),
        person: form.person(),
        password_hash: app.gate.hash(&form.password).await?,
    };
    let ctx = caller.ctx(&app);
    let person = app
        .db
        .write(move |tx| links::set_up(&ctx, tx, &secret, &set_up))
        .await?;
    let jar = begin(&app, &caller, jar, person).await?;
    Ok((jar, Redirect::to("/welcome")).into_response())
}

#[derive(Template)]
#[template(path = "auth/welcome.html")]
struct WelcomePage {
    page: Page,
    is_admin: bool,
    organisation: String,
}

/// What to do next, for somebody who has just arrived.
pub async fn welcome(State(app): State<App>, user: SignedIn) -> Reply {
    html(&WelcomePage {
        page: Page::new(
            &app,
            Some(&user.visitor),
            format!("Welcome to {}", user.visitor.organisation),
            "home",
        ),
        is_admin: user.visitor.role == Role::Administrator,
        organisation: user.visitor.organisation.clone(),
    })
}

#[derive(Template)]
#[template(path = "auth/join.html")]
struct JoinPage {
    page: Page,
    secret: String,
    organisation: String,
    team: String,
    form: NewcomerForm,
    zones: Vec<ChoiceView>,
    errors: Fields,
}

async fn join_page(
    app: &App,
    caller: &Caller,
    secret: String,
    typed: Option<(NewcomerForm, Fields)>,
) -> Result<JoinPage, Error> {
    let (ctx, asked) = (caller.ctx(app), secret.clone());
    let (link, organisation) = app
        .db
        .read(move |tx| {
            let link = links::open(&ctx, tx, links::Kind::Invitation, &asked)?;
            Ok::<_, Error>((link, organisation::get(tx)?))
        })
        .await?;
    let (form, errors) = typed.unwrap_or_else(|| {
        let form = NewcomerForm {
            zone: organisation.zone.clone(),
            email: link.email.clone().unwrap_or_default(),
            ..NewcomerForm::default()
        };
        (form, Fields::default())
    });
    Ok(JoinPage {
        page: Page::new(app, None, format!("Join {}", organisation.name), ""),
        secret,
        organisation: organisation.name,
        team: link.team_name.unwrap_or_default(),
        zones: zones::choices(&form.zone),
        form,
        errors,
    })
}

pub async fn invitation(
    State(app): State<App>,
    caller: Caller,
    Path(secret): Path<String>,
) -> Reply {
    html(&join_page(&app, &caller, secret, None).await?)
}

pub async fn join(
    State(app): State<App>,
    caller: Caller,
    jar: CookieJar,
    Path(secret): Path<String>,
    Form(form): Form<NewcomerForm>,
) -> Reply {
    let page = join_page(&app, &caller, secret.clone(), None).await?;
    let errors = form.check(&page.organisation);
    if !errors.is_empty() {
        return html_invalid(&join_page(&app, &caller, secret, Some((form, errors))).await?);
    }
    let hash = app.gate.hash(&form.password).await?;
    let (ctx, person, asked) = (caller.ctx(&app), form.person(), secret.clone());
    let accepted = app
        .db
        .write(move |tx| links::accept(&ctx, tx, &asked, &person, &hash))
        .await;
    match accepted {
        Ok(person) => {
            let jar = begin(&app, &caller, jar, person).await?;
            Ok((jar, Redirect::to("/welcome")).into_response())
        }
        Err(Error::Invalid(errors)) => {
            html_invalid(&join_page(&app, &caller, secret, Some((form, errors))).await?)
        }
        Err(error) => Err(error.into()),
    }
}
