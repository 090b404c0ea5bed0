//! The document as it was: a version to read, and an earlier round with its questions and what was said.

use super::{text, version_name};
use crate::app::App;
use crate::http::{Reply, SignedIn};
use crate::web::document::plain_outline;
use crate::web::frame::{self, Frame, Tab};
use crate::web::page::{Page, html};
use crate::web::view::{PersonView, WhenView};
use askama::Template;
use axum::extract::{Path, State};
use hardwon_core::Error;
use hardwon_core::documents::{self, OutlineEntry};
use hardwon_core::reviews::rounds::{self, PastQuestion};

struct CommentView {
    author: PersonView,
    html: String,
    at: WhenView,
}

struct ThreadView {
    title: String,
    heading: String,
    blocking: bool,
    resolved: bool,
    comments: Vec<CommentView>,
}

struct QuestionView {
    number: i64,
    body: String,
    state: String,
    answer: String,
    votes: String,
}

#[derive(Template)]
#[template(path = "reviews/past.html")]
struct PastView {
    page: Page,
    frame: Frame,
    heading: String,
    /// What this was, and when.
    lead: String,
    html: String,
    outline: Vec<OutlineEntry>,
    /// The version this is; a round is none.
    version: Option<i64>,
    questions: Vec<QuestionView>,
    threads: Vec<ThreadView>,
}

/// A version of the document, to read.
pub async fn version(
    State(app): State<App>,
    user: SignedIn,
    Path((number, version)): Path<(i64, i64)>,
) -> Reply {
    let ctx = user.ctx.clone();
    let (seen, past, found, syntax) = app
        .db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            let document = seen.review.document;
            let past = documents::version_text(tx, document, version)?;
            let found = documents::versions(tx, document)?
                .into_iter()
                .find(|one| one.number == version);
            let syntax = documents::read(tx, document)?.syntax;
            Ok::<_, Error>((seen, past, found, syntax))
        })
        .await?;
    let found = found.ok_or(Error::NotFound)?;
    let rendered = hardwon_prose::render(&past, syntax);
    html(&PastView {
        page: frame::page(&app, &user, &seen),
        frame: Frame::new(&user, &seen, Tab::History),
        heading: format!("Version {version}: {}", version_name(&found)),
        lead: format!(
            "The document as it stood on {}.",
            frame::clock(&user).exact(found.at).text
        ),
        outline: plain_outline(&rendered.headings),
        html: rendered.html,
        version: Some(version),
        questions: Vec::new(),
        threads: Vec::new(),
    })
}

/// An earlier round as it stood: the document, the questions and what was said.
pub async fn round(
    State(app): State<App>,
    user: SignedIn,
    Path((number, round)): Path<(i64, i64)>,
) -> Reply {
    let ctx = user.ctx.clone();
    let (seen, found, past, syntax, questions, comments) = app
        .db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            let (id, document) = (seen.review.id, seen.review.document);
            let found = rounds::round(tx, id, round)?;
            let past = text(tx, document, found.document_version.unwrap_or(0))?;
            let syntax = documents::read(tx, document)?.syntax;
            let questions = rounds::questions(tx, id, round)?;
            let comments = rounds::comments(tx, id, round)?;
            Ok::<_, Error>((seen, found, past, syntax, questions, comments))
        })
        .await?;
    let clock = frame::clock(&user);
    let mut threads: Vec<ThreadView> = Vec::new();
    let mut last = None;
    for comment in comments {
        if last != Some(comment.thread) {
            last = Some(comment.thread);
            threads.push(ThreadView {
                title: comment.thread_title.clone(),
                heading: comment.heading.clone().unwrap_or_default(),
                blocking: comment.blocking,
                resolved: comment.resolved,
                comments: Vec::new(),
            });
        }
        if let Some(thread) = threads.last_mut() {
            thread.comments.push(CommentView {
                author: PersonView::from(&comment.author),
                html: comment.html,
                at: clock.exact(comment.at),
            });
        }
    }
    let rendered = hardwon_prose::render(&past, syntax);
    let ended = found.closed_at.map_or_else(
        || "it is open".to_owned(),
        |at| format!("it ended on {}", clock.date(at).text),
    );
    html(&PastView {
        page: frame::page(&app, &user, &seen),
        frame: Frame::new(&user, &seen, Tab::History),
        heading: format!("Round {round}"),
        lead: format!(
            "Opened on {}; {ended}. The document, the questions and the threads of that round.",
            clock.date(found.opened_at).text
        ),
        outline: plain_outline(&rendered.headings),
        html: rendered.html,
        version: None,
        questions: questions.into_iter().map(question).collect(),
        threads,
    })
}

fn question(question: PastQuestion) -> QuestionView {
    QuestionView {
        number: question.number,
        body: question.body,
        state: question.state.replace('-', " "),
        answer: question.answer,
        votes: format!("{} for, {} against", question.up, question.down),
    }
}
