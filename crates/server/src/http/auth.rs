//! Who is asking: a session's cookie or a program's token, turned into a [`Ctx`]. A request that brings both is the
//! token's.

use super::error::Failure;
use crate::app::App;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use hardwon_core::auth::{self, Proof, Scope, Visitor};
use hardwon_core::reviews::ReviewKind;
use hardwon_core::{Actor, Ctx, Error};
use std::net::{IpAddr, SocketAddr};

pub const COOKIE: &str = "hardwon_session";

/// Somebody, or nobody. Found once a request and kept in its extensions.
#[derive(Clone)]
pub struct Viewer(pub Option<Visitor>);

/// A session whose end has just moved along: its cookie is sent again, so that the browser keeps it as long.
#[derive(Clone)]
pub struct Renewed(pub String);

impl FromRequestParts<App> for Viewer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        if let Some(viewer) = parts.extensions.get::<Self>() {
            return Ok(viewer.clone());
        }
        let now = app.world.now();
        let visitor = if has_bearer(&parts.headers) {
            let secret = bearer(&parts.headers).unwrap_or_default().to_owned();
            app.db
                .read(move |tx| auth::token_person(tx, &secret, Scope::Read, now))
                .await?
        } else if let Some(secret) = session_secret(&parts.headers) {
            let hash = auth::hash(&secret);
            let found = app.db.read(move |tx| auth::visitor(tx, &hash, now)).await?;
            if found.as_ref().is_some_and(|visitor| visitor.is_due(now)) {
                parts.extensions.insert(Renewed(secret));
            }
            found
        } else {
            None
        };
        if let Some(visitor) = &visitor
            && visitor.is_due(now)
        {
            note_use(app, visitor).await;
        }
        let viewer = Self(visitor);
        parts.extensions.insert(viewer.clone());
        Ok(viewer)
    }
}

/// Notes that somebody was here. Whoever reads while the disk is full is still let in.
async fn note_use(app: &App, visitor: &Visitor) {
    let (ctx, proof, days) = (
        Ctx::operator(&app.world),
        visitor.proof.clone(),
        app.config.session_days,
    );
    let noted = app
        .db
        .write(move |tx| auth::note_use(&ctx, tx, &proof, days))
        .await;
    if let Err(error) = noted {
        tracing::debug!(
            reason = error.to_string(),
            "the use of a session could not be noted"
        );
    }
}

fn session_secret(headers: &HeaderMap) -> Option<String> {
    CookieJar::from_headers(headers)
        .get(COOKIE)
        .map(|cookie| cookie.value().to_owned())
}

/// Whether the request brings a token, right or wrong.
pub fn has_bearer(headers: &HeaderMap) -> bool {
    bearer(headers).is_some()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// The cookie that carries a session's secret. The server decides when a session ends; the browser forgets it then too.
pub fn session_cookie(app: &App, secret: String) -> Cookie<'static> {
    Cookie::build((COOKIE, secret))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.config.is_secure())
        .max_age(
            std::time::Duration::from_secs(u64::from(app.config.session_days) * 86_400)
                .try_into()
                .expect("a number of days is a number of seconds"),
        )
        .build()
}

/// The cookie that takes the session's away.
pub fn ended_cookie() -> Cookie<'static> {
    Cookie::build((COOKIE, "")).path("/").build()
}

/// Somebody who is signed in; anybody else is shown the way to the sign-in page.
pub struct SignedIn {
    pub ctx: Ctx,
    pub visitor: Visitor,
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Viewer(visitor) = Viewer::from_request_parts(parts, app).await?;
        let visitor = visitor.ok_or(Error::SignInNeeded)?;
        let actor = Actor::Person {
            id: visitor.person,
            role: visitor.role,
        };
        let origin = match &visitor.proof {
            Proof::Session(_) => format!("web {}", address(parts, app)),
            Proof::Token { name, scope, .. } => {
                let reads = matches!(parts.method, Method::GET | Method::HEAD);
                if *scope < Scope::Write && !reads {
                    return Err(Error::denied(
                        "This token may only read; a change needs one with the scope write.",
                    )
                    .into());
                }
                format!("api {name}")
            }
        };
        Ok(Self {
            ctx: Ctx::new(&app.world, actor, origin),
            visitor,
        })
    }
}

impl SignedIn {
    /// What a meeting of this kind is called in this organisation.
    pub fn name_of(&self, kind: ReviewKind) -> String {
        self.visitor.settings.name(kind).to_owned()
    }
}

/// Where a request comes from, for what happens before anybody is known: its address and what its browser says it is.
pub struct Caller {
    pub address: String,
    pub agent: String,
}

impl FromRequestParts<App> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self {
            address: address(parts, app),
            agent: parts
                .headers
                .get(header::USER_AGENT)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
        })
    }
}

impl Caller {
    /// Set-up, sign-in and invitations: the program acts on the word of whoever holds the secret.
    pub fn ctx(&self, app: &App) -> Ctx {
        Ctx::new(&app.world, Actor::Operator, format!("web {}", self.address))
    }
}

/// The address of whoever asks. A proxy's word is taken only from proxies that the configuration names.
pub fn address(parts: &Parts, app: &App) -> String {
    let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
        return "unknown".to_owned();
    };
    let trusted = |address: &IpAddr| app.config.trusted_proxies.contains(address);
    if trusted(&peer.ip()) {
        let forwarded = parts
            .headers
            .get("x-forwarded-for")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let nearest = forwarded
            .rsplit(',')
            .filter_map(|part| part.trim().parse::<IpAddr>().ok())
            .find(|a| !trusted(a));
        if let Some(address) = nearest {
            return address.to_string();
        }
    }
    peer.ip().to_string()
}
