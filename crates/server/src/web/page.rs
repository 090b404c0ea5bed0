//! What the layout needs to know around every page.

use crate::app::App;
use crate::http::assets::Assets;
use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse};
use hardwon_core::Role;
use hardwon_core::auth::Visitor;

use super::view::initials;
use crate::http::Reply;

/// Whether a script asks for a part of a page and not for the whole.
pub fn wants_part(headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request")
}

#[derive(Debug, Clone)]
pub struct Page {
    pub title: String,
    pub lang: String,
    pub org_name: String,
    pub me: Option<Me>,
    pub unread: i64,
    /// Which part of the navigation is current: home, reviews, learn, people, settings, inbox.
    pub active: &'static str,
    pub flash: Option<Flash>,
    pub assets: Assets,
}

#[derive(Debug, Clone)]
pub struct Me {
    pub name: String,
    pub initials: String,
    pub href: String,
    pub is_admin: bool,
}

/// A message about what has just happened; `kind` is good, warn or bad.
#[derive(Debug, Clone)]
pub struct Flash {
    pub kind: &'static str,
    pub text: String,
}

impl Page {
    pub fn new(
        app: &App,
        visitor: Option<&Visitor>,
        title: impl Into<String>,
        active: &'static str,
    ) -> Self {
        Self {
            title: title.into(),
            lang: "en".to_owned(),
            org_name: visitor.map_or_else(
                || "Hardwon".to_owned(),
                |visitor| visitor.organisation.clone(),
            ),
            me: visitor.map(|visitor| Me {
                name: visitor.name.clone(),
                initials: initials(&visitor.name),
                href: format!("/people/{}", visitor.handle),
                is_admin: visitor.role == Role::Administrator,
            }),
            unread: visitor.map_or(0, |visitor| visitor.unread),
            active,
            flash: None,
            assets: app.assets.clone(),
        }
    }

    #[must_use]
    pub fn with_flash(mut self, kind: &'static str, text: impl Into<String>) -> Self {
        self.flash = Some(Flash {
            kind,
            text: text.into(),
        });
        self
    }
}

/// Renders a page.
pub fn html(template: &impl Template) -> Reply {
    Ok(Html(template.render()?).into_response())
}

/// Renders a form that came back with errors: the same page, everything typed still there.
pub fn html_invalid(template: &impl Template) -> Reply {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(template.render()?)).into_response())
}
