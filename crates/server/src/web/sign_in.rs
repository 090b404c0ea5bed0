//! Signing in and out: by password, or once by a link that an administrator made.

use super::page::{Page, html};
use crate::app::App;
use crate::http::auth::{Viewer, ended_cookie, session_cookie};
use crate::http::{Caller, Form, Reply};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect};
use axum_extra::extract::CookieJar;
use hardwon_core::auth::{self, links, password};
use hardwon_core::id::PersonId;
use hardwon_core::{Actor, Ctx, Error, Fields, organisation, people};
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Next {
    next: String,
}

#[derive(Template)]
#[template(path = "auth/sign_in.html")]
struct SignInPage {
    page: Page,
    founded: bool,
    email: String,
    next: String,
    complaint: &'static str,
}

pub async fn page(
    State(app): State<App>,
    Viewer(visitor): Viewer,
    Query(query): Query<Next>,
) -> Reply {
    let next = safe(&query.next);
    if visitor.is_some() {
        return Ok(Redirect::to(&next).into_response());
    }
    let founded = app.db.read(organisation::exists).await?;
    html(&SignInPage {
        page: Page::new(&app, None, "Sign in", ""),
        founded,
        email: String::new(),
        next,
        complaint: "",
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct SignInForm {
    email: String,
    password: String,
    next: String,
}

/// Whoever signs in learns only whether address and password belong together: the same words and the same work whether
/// or not there is such an account.
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    jar: CookieJar,
    Form(form): Form<SignInForm>,
) -> Reply {
    let refuse = |status: StatusCode, complaint| {
        let page = SignInPage {
            page: Page::new(&app, None, "Sign in", ""),
            founded: true,
            email: form.email.clone(),
            next: safe(&form.next),
            complaint,
        };
        Ok((status, Html(page.render()?)).into_response())
    };
    if !app.gate.admits(&form.email, &caller.address) {
        let mut answer: axum::response::Response = refuse(
            StatusCode::TOO_MANY_REQUESTS,
            "There were too many tries. Please wait a few minutes, then try again.",
        )?;
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, header::HeaderValue::from_static("60"));
        return Ok(answer);
    }
    let email = form.email.clone();
    let account = app.db.read(move |tx| auth::account(tx, &email)).await?;
    let kept = account
        .as_ref()
        .and_then(|account| account.password_hash.clone());
    let right = form.password.chars().count() <= password::MAX_CHARACTERS
        && app.gate.verify(&form.password, kept).await?;
    match account {
        Some(account) if right => {
            let jar = begin(&app, &caller, jar, account.person).await?;
            Ok((jar, Redirect::to(&safe(&form.next))).into_response())
        }
        _ => refuse(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Address and password do not belong together. Check both; after several tries you have to wait.",
        ),
    }
}

/// Begins a session for a person and puts it into their cookies. A session that the browser had before ends.
pub async fn begin(
    app: &App,
    caller: &Caller,
    jar: CookieJar,
    person: PersonId,
) -> Result<CookieJar, Error> {
    let (world, days) = (app.world.clone(), app.config.session_days);
    let (address, agent) = (caller.address.clone(), caller.agent.clone());
    let before = jar
        .get(crate::http::auth::COOKIE)
        .map(|cookie| auth::hash(cookie.value()));
    let secret = app
        .db
        .write(move |tx| {
            let role = people::get(tx, person)?.role;
            let ctx = Ctx::new(
                &world,
                Actor::Person { id: person, role },
                format!("web {address}"),
            );
            if let Some(before) = &before {
                auth::forget(tx, before)?;
            }
            auth::begin_session(&ctx, tx, person, days, &address, &agent)
        })
        .await?;
    Ok(jar.add(session_cookie(app, secret.text)))
}

pub async fn sign_out(
    State(app): State<App>,
    Viewer(visitor): Viewer,
    caller: Caller,
    headers: HeaderMap,
) -> Reply {
    if let Some(visitor) = visitor
        && let Some(session) = visitor.session()
    {
        let actor = Actor::Person {
            id: visitor.person,
            role: visitor.role,
        };
        let ctx = Ctx::new(&app.world, actor, format!("web {}", caller.address));
        app.db
            .write(move |tx| auth::end_session(&ctx, tx, session))
            .await?;
    }
    let jar = CookieJar::from_headers(&headers).remove(ended_cookie());
    Ok((jar, Redirect::to("/sign-in")).into_response())
}

#[derive(Template)]
#[template(path = "auth/link.html")]
struct LinkPage {
    page: Page,
    secret: String,
    name: String,
    errors: Fields,
}

/// A link is opened by looking and used by pressing the button, since mail programs look at links by themselves.
pub async fn link(State(app): State<App>, caller: Caller, Path(secret): Path<String>) -> Reply {
    html(&link_page(&app, &caller, secret, Fields::default()).await?)
}

async fn link_page(
    app: &App,
    caller: &Caller,
    secret: String,
    errors: Fields,
) -> Result<LinkPage, Error> {
    let (ctx, asked) = (caller.ctx(app), secret.clone());
    let person = app
        .db
        .read(move |tx| {
            let link = links::open(&ctx, tx, links::Kind::SignIn, &asked)?;
            people::face(tx, link.person.ok_or(Error::NotFound)?)
        })
        .await?;
    Ok(LinkPage {
        page: Page::new(app, None, format!("Welcome back, {}", person.name), ""),
        secret,
        name: person.name,
        errors,
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct LinkForm {
    password: String,
}

/// Signs in by the link, with a new password where one is given.
pub async fn follow(
    State(app): State<App>,
    caller: Caller,
    jar: CookieJar,
    Path(secret): Path<String>,
    Form(form): Form<LinkForm>,
) -> Reply {
    let hash = if form.password.is_empty() {
        None
    } else {
        let (ctx, asked) = (caller.ctx(&app), secret.clone());
        let own = app
            .db
            .read(move |tx| {
                let link = links::open(&ctx, tx, links::Kind::SignIn, &asked)?;
                let person = people::get(tx, link.person.ok_or(Error::NotFound)?)?;
                let organisation = organisation::get(tx)?.name;
                Ok::<_, Error>([person.name, person.email.unwrap_or_default(), organisation])
            })
            .await?;
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        if let Some(objection) = password::objection(&form.password, &own) {
            let errors = Fields::one("password", objection);
            return super::page::html_invalid(&link_page(&app, &caller, secret, errors).await?);
        }
        Some(app.gate.hash(&form.password).await?)
    };
    let ctx = caller.ctx(&app);
    let person = app
        .db
        .write(move |tx| {
            let person = links::follow(&ctx, tx, &secret)?;
            if let Some(hash) = &hash {
                auth::set_password(&ctx, tx, person, hash, None)?;
            }
            Ok::<_, Error>(person)
        })
        .await?;
    let jar = begin(&app, &caller, jar, person).await?;
    Ok((jar, Redirect::to("/")).into_response())
}

/// Where to go after signing in: an address of ours, never another site's.
pub fn safe(next: &str) -> String {
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.contains(char::is_control)
        && !next.starts_with("/sign-in");
    if ours {
        next.to_owned()
    } else {
        "/".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn only_our_own_addresses_are_led_to() {
        for (next, expected) in [
            ("/reviews/7?tab=1", "/reviews/7?tab=1"),
            ("", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("/sign-in?next=/", "/"),
        ] {
            assert_eq!(safe(next), expected, "{next}");
        }
    }
}
