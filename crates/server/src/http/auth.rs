//! Who is asking: the session cookie, turned into a [`Ctx`]. (API tokens come through the same door.)

use super::error::Failure;
use crate::app::App;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use hardwon_core::auth::{self, Visitor};
use hardwon_core::{Actor, Ctx, Error};
use std::net::{IpAddr, SocketAddr};

pub const COOKIE: &str = "hardwon_session";

/// Somebody, or nobody. Found once a request and kept in its extensions.
#[derive(Clone)]
pub struct Viewer(pub Option<Visitor>);

impl FromRequestParts<App> for Viewer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        if let Some(viewer) = parts.extensions.get::<Self>() {
            return Ok(viewer.clone());
        }
        let jar = CookieJar::from_headers(&parts.headers);
        let visitor = match jar.get(COOKIE) {
            None => None,
            Some(cookie) => {
                let hash = auth::hash(cookie.value());
                let now = app.world.now();
                app.db.read(move |tx| auth::visitor(tx, &hash, now)).await?
            }
        };
        let viewer = Self(visitor);
        parts.extensions.insert(viewer.clone());
        Ok(viewer)
    }
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
        let ctx = Ctx::new(&app.world, actor, format!("web {}", address(parts, app)));
        Ok(Self { ctx, visitor })
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
