//! Home: what needs you, what is coming up, what was learned.

use super::page::{Page, html};
use crate::app::App;
use crate::http::{Reply, SignedIn};
use askama::Template;
use axum::extract::State;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Page,
}

pub async fn index(State(app): State<App>, user: SignedIn) -> Reply {
    html(&HomePage {
        page: Page::new(&app, Some(&user.visitor), "Home", "home"),
    })
}
