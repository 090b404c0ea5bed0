//! `/settings/tokens`: what programs act with on somebody's behalf. A token is shown once, when it is made.

use super::profile::Done;
use super::tabs;
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use crate::web::frame::{self, TabView};
use crate::web::page::{Page, html, html_invalid};
use crate::web::people::SecretPage;
use crate::web::view::{ChoiceView, WhenView};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::auth::Scope;
use hardwon_core::auth::tokens;
use hardwon_core::id::TokenId;
use hardwon_core::{Error, Fields, Role};
use serde::Deserialize;

struct TokenView {
    id: TokenId,
    name: String,
    scope: &'static str,
    ends: WhenView,
    ended: bool,
    used: Option<WhenView>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct NewForm {
    name: String,
    scope: String,
    days: String,
}

#[derive(Template)]
#[template(path = "settings/tokens.html")]
struct View {
    page: Page,
    tabs: Vec<TabView>,
    tokens: Vec<TokenView>,
    form: NewForm,
    scopes: Vec<ChoiceView>,
    lasting: Vec<ChoiceView>,
    errors: Fields,
}

async fn view(app: &App, user: &SignedIn, form: NewForm, errors: Fields) -> Result<View, Error> {
    user.visitor.require_account()?;
    let (ctx, id) = (user.ctx.clone(), user.visitor.person);
    let found = app.db.read(move |tx| tokens::of(&ctx, tx, id)).await?;
    let clock = frame::clock(user);
    let mut scopes = vec![
        ChoiceView {
            hint: "Sees what you see.".to_owned(),
            ..ChoiceView::new("read", "Read", &form.scope)
        },
        ChoiceView {
            hint: "Also writes, comments and votes as you.".to_owned(),
            ..ChoiceView::new("write", "Write", &form.scope)
        },
    ];
    if user.visitor.role == Role::Administrator {
        scopes.push(ChoiceView {
            hint: "Also settings and accounts.".to_owned(),
            ..ChoiceView::new("admin", "Administration", &form.scope)
        });
    }
    let lasting = [
        ("7", "7 days"),
        ("30", "30 days"),
        ("90", "90 days"),
        ("365", "A year"),
    ];
    Ok(View {
        page: Page::new(app, Some(&user.visitor), "Settings", "settings"),
        tabs: tabs(user, "/settings/tokens"),
        tokens: found
            .into_iter()
            .map(|token| TokenView {
                id: token.id,
                name: token.name,
                scope: token.scope.as_str(),
                ends: clock.date(token.expires_at),
                ended: token.expires_at <= user.ctx.at,
                used: token.used_at.map(|at| clock.relative(at)),
            })
            .collect(),
        scopes,
        lasting: lasting
            .into_iter()
            .map(|(days, label)| ChoiceView::new(days, label, &form.days))
            .collect(),
        form,
        errors,
    })
}

pub async fn page(State(app): State<App>, user: SignedIn, Query(done): Query<Done>) -> Reply {
    let form = NewForm {
        scope: "read".to_owned(),
        days: "90".to_owned(),
        ..NewForm::default()
    };
    let mut view = view(&app, &user, form, Fields::default()).await?;
    view.page = done.on(view.page);
    html(&view)
}

pub async fn create(State(app): State<App>, user: SignedIn, Form(form): Form<NewForm>) -> Reply {
    user.visitor.require_account()?;
    let (ctx, id, name) = (user.ctx.clone(), user.visitor.person, form.name.clone());
    let days = form.days.parse().unwrap_or(0);
    let made = match Scope::parse(&form.scope).filter(|scope| *scope != Scope::Calendar) {
        Some(scope) => {
            app.db
                .write(move |tx| tokens::create(&ctx, tx, id, &name, scope, days))
                .await
        }
        None => Err(Error::invalid("scope", "Choose what the token may do.")),
    };
    match made {
        Ok((_, secret)) => html(&SecretPage {
            page: Page::new(&app, Some(&user.visitor), "The token", "settings"),
            lead: format!(
                "“{}” acts as you. Keep it where you keep passwords.",
                form.name.trim()
            ),
            label: "Token",
            secret: secret.text,
            note: "It is not shown again. Send it as “Authorization: Bearer …”.".to_owned(),
            back: "/settings/tokens".to_owned(),
        }),
        Err(Error::Invalid(errors)) => html_invalid(&view(&app, &user, form, errors).await?),
        Err(error) => Err(error.into()),
    }
}

pub async fn revoke(State(app): State<App>, user: SignedIn, Path(id): Path<TokenId>) -> Reply {
    user.visitor.require_account()?;
    let ctx = user.ctx.clone();
    app.db.write(move |tx| tokens::revoke(&ctx, tx, id)).await?;
    Ok(Redirect::to("/settings/tokens?done=revoked").into_response())
}
