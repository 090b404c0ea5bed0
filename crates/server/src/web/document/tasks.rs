//! The boxes of a document's task lists, to tick where it is read.

use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::Error;
use hardwon_core::access::{self, Need};
use hardwon_core::documents::Saved;
use hardwon_core::reviews::tasks::{self, Task};
use hardwon_prose::markdown::tasks::BOX;
use serde::Deserialize;
use std::fmt::Write as _;

/// How much of a task's words its box is named by, in characters.
const NAME: usize = 120;

/// Puts a button in the place of each box, for the page's form `tasks`.
pub fn with_boxes(html: &str) -> String {
    let mut page = String::with_capacity(html.len() + html.len() / 8);
    let mut parts = html.split(BOX);
    page.push_str(parts.next().unwrap_or_default());
    for (number, part) in parts.enumerate() {
        let (attributes, rest) = part.split_once('>').unwrap_or((part, ""));
        let done = attributes.contains("checked");
        let (verb, checked) = if done {
            ("untick", "true")
        } else {
            ("tick", "false")
        };
        let _ = write!(
            page,
            "<li class=\"task\"><button class=\"tick\" form=\"tasks\" name=\"{verb}\" value=\"{number}\" \
             role=\"checkbox\" aria-checked=\"{checked}\" aria-label=\"{}\"></button>{rest}",
            name(rest)
        );
    }
    page
}

/// The first line of a task's words. They are HTML already, so without tags only the quotation marks are to be escaped.
fn name(html: &str) -> String {
    let line = html
        .split(['\n'])
        .next()
        .unwrap_or_default()
        .split("</li>")
        .next()
        .unwrap_or_default();
    let mut words = String::new();
    let mut inside = false;
    for c in line.chars().take(NAME * 4) {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            '"' if !inside => words.push_str("&quot;"),
            c if !inside => words.push(c),
            _ => {}
        }
    }
    let words = words.trim();
    if words.is_empty() {
        return "Task".to_owned();
    }
    // A reference to a character is not cut in two.
    let cut: String = words.chars().take(NAME).collect();
    match cut.rfind('&') {
        Some(at) if cut.len() < words.len() && !cut[at..].contains(';') => cut[..at].to_owned(),
        _ => cut,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct TickForm {
    version: i64,
    tick: Option<usize>,
    untick: Option<usize>,
}

/// Ticks a task, or takes the tick away: whatever the reader saw is turned around, and nothing else changes.
pub async fn tick(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<TickForm>,
) -> Reply {
    let (ctx, engine) = (user.ctx.clone(), app.engine.clone());
    let saved = app
        .db
        .write(move |tx| {
            let review = access::review_numbered(&ctx, tx, number, Need::Edit)?;
            let (task, done) = match (form.tick, form.untick) {
                (Some(task), _) => (task, true),
                (None, Some(task)) => (task, false),
                (None, None) => return Err(Error::invalid("tick", "Which task is it?")),
            };
            let task = Task {
                number: task,
                base: form.version,
            };
            tasks::tick(&ctx, tx, engine.as_ref(), review.id, task, done)
        })
        .await;
    let moved = match saved {
        Ok(Saved::Conflict { .. }) | Err(Error::Invalid(_)) => "?moved=1",
        Ok(_) => "",
        Err(error) => return Err(error.into()),
    };
    Ok(Redirect::to(&format!("/reviews/{number}{moved}")).into_response())
}
