//! `/settings/sign-in`: the password, and the sessions in which somebody is signed in.

pub mod json;

use super::profile::Done;
use super::tabs;
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use crate::web::frame::{self, TabView};
use crate::web::page::{Page, html, html_invalid};
use crate::web::view::WhenView;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::auth::{self, Visitor, password};
use hardwon_core::id::SessionId;
use hardwon_core::{Ctx, Error, Fields, people};
use serde::Deserialize;

struct SessionView {
    id: SessionId,
    device: String,
    address: String,
    begun: WhenView,
    seen: WhenView,
    current: bool,
}

#[derive(Template)]
#[template(path = "settings/security.html")]
struct View {
    page: Page,
    tabs: Vec<TabView>,
    email: String,
    sessions: Vec<SessionView>,
    has_password: bool,
    errors: Fields,
}

async fn view(app: &App, user: &SignedIn, errors: Fields) -> Result<View, Error> {
    user.visitor.require_account()?;
    let (ctx, id) = (user.ctx.clone(), user.visitor.person);
    let (sessions, person, kept) = app
        .db
        .read(move |tx| {
            let sessions = auth::sessions(&ctx, tx, id)?;
            let person = people::get(tx, id)?;
            Ok::<_, Error>((sessions, person, auth::own_password(&ctx, tx)?))
        })
        .await?;
    let clock = frame::clock(user);
    Ok(View {
        page: Page::new(app, Some(&user.visitor), "Settings", "settings"),
        tabs: tabs(user, "/settings/sign-in"),
        email: person.email.unwrap_or_default(),
        sessions: sessions
            .into_iter()
            .map(|session| SessionView {
                current: user.visitor.session() == Some(session.id),
                id: session.id,
                device: device(&session.agent),
                address: session.address,
                begun: clock.date(session.created_at),
                seen: clock.relative(session.seen_at),
            })
            .collect(),
        has_password: kept.is_some(),
        errors,
    })
}

/// "Firefox on Linux", from what a browser says it is. Enough to tell one's own devices apart.
fn device(agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    // Most browsers also name the ones they descend from, so the rarer names come first.
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "An unknown device".to_owned(),
    }
}

pub async fn page(State(app): State<App>, user: SignedIn, Query(done): Query<Done>) -> Reply {
    let mut view = view(&app, &user, Fields::default()).await?;
    view.page = done.on(view.page);
    html(&view)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct PasswordForm {
    present: String,
    password: String,
}

/// Changes the password; everywhere else its owner is signed out.
pub async fn set_password(
    State(app): State<App>,
    user: SignedIn,
    Form(form): Form<PasswordForm>,
) -> Reply {
    user.visitor.require_account()?;
    let hash = match new_password(
        &app,
        &user.ctx,
        &user.visitor,
        &form.present,
        &form.password,
    )
    .await
    {
        Ok(hash) => hash,
        Err(Error::Invalid(errors)) => return html_invalid(&view(&app, &user, errors).await?),
        Err(error) => return Err(error.into()),
    };
    let (ctx, id, keep) = (
        user.ctx.clone(),
        user.visitor.person,
        user.visitor.session(),
    );
    app.db
        .write(move |tx| auth::set_password(&ctx, tx, id, &hash, keep))
        .await?;
    Ok(Redirect::to("/settings/sign-in?done=password").into_response())
}

/// The hash of a password that somebody may change theirs to, who gives the present one with it.
async fn new_password(
    app: &App,
    ctx: &Ctx,
    visitor: &Visitor,
    present: &str,
    wanted: &str,
) -> Result<String, Error> {
    let id = ctx.require_person()?;
    let ctx = ctx.clone();
    let (kept, email) = app
        .db
        .read(move |tx| {
            let kept = auth::own_password(&ctx, tx)?;
            Ok::<_, Error>((kept, people::get(tx, id)?.email.unwrap_or_default()))
        })
        .await?;
    let mut errors = Fields::default();
    if !app.gate.admits(&email, &visitor.handle) {
        errors.add(
            "present",
            "There were too many tries. Please wait a few minutes.",
        );
    } else if kept.is_some() && !app.gate.verify(present, kept).await? {
        errors.add("present", "This is not your present password.");
    }
    let own = [visitor.name.as_str(), &email, &visitor.organisation];
    if let Some(objection) = password::objection(wanted, &own) {
        errors.add("password", objection);
    }
    errors.check()?;
    app.gate.hash(wanted).await
}

pub async fn end(State(app): State<App>, user: SignedIn, Path(id): Path<SessionId>) -> Reply {
    user.visitor.require_account()?;
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| auth::end_session(&ctx, tx, id))
        .await?;
    Ok(Redirect::to("/settings/sign-in?done=ended").into_response())
}

/// Ends every session but this one.
pub async fn end_others(State(app): State<App>, user: SignedIn) -> Reply {
    user.visitor.require_account()?;
    let (ctx, keep) = (user.ctx.clone(), user.visitor.session());
    app.db
        .write(move |tx| auth::end_other_sessions(&ctx, tx, keep))
        .await?;
    Ok(Redirect::to("/settings/sign-in?done=ended").into_response())
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn devices_are_told_apart() {
        for (agent, expected) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
                "Safari on iPhone",
            ),
            ("", "An unknown device"),
        ] {
            assert_eq!(device(agent), expected);
        }
    }
}
