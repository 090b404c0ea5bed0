//! One thread: its page, what is said in it, its resolution, and what was decided in it.

use super::view::{Reader, ThreadView};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use crate::web::frame::{self, Frame, Seen, Tab};
use crate::web::page::{Page, html, html_invalid, wants_part};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};
use hardwon_core::documents::{self, OutlineEntry};
use hardwon_core::id::{CommentId, ThreadId};
use hardwon_core::page::Page as ListPage;
use hardwon_core::threads::{self, Comment, Thread, Weight};
use hardwon_core::{Ctx, Error, Fields, Result, Tx};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "talk/thread.html")]
struct ThreadPage {
    page: Page,
    frame: Frame,
    thread: ThreadView,
    older: String,
}

#[derive(Template)]
#[template(path = "talk/thread_part.html")]
struct ThreadPart {
    thread: ThreadView,
}

/// One thread with its comments, for its own page and for live pages.
struct One {
    seen: Seen,
    outline: Vec<OutlineEntry>,
    thread: Thread,
    comments: Vec<Comment>,
    next: Option<String>,
}

fn one(ctx: &Ctx, tx: &mut Tx<'_>, id: ThreadId, page: &ListPage) -> Result<One> {
    let (thread, standing) = threads::get(ctx, tx, id)?;
    let seen = frame::load(ctx, tx, standing.number)?;
    let listed = threads::comments(tx, id, page)?;
    Ok(One {
        outline: documents::get(tx, seen.review.document)?.outline,
        seen,
        thread,
        comments: listed.items,
        next: listed.next.map(|cursor| cursor.to_string()),
    })
}

fn one_view(user: &SignedIn, found: &One) -> ThreadView {
    let reader = Reader {
        clock: frame::clock(user),
        person: user.ctx.person(),
        standing: &found.seen.standing,
        outline: &found.outline,
    };
    reader.view(&found.thread, found.comments.iter().collect())
}

fn one_page(app: &App, user: &SignedIn, found: &One) -> ThreadPage {
    let mut thread = one_view(user, found);
    thread.unfolded = true;
    thread.more = 0;
    ThreadPage {
        page: frame::page(app, user, &found.seen),
        frame: Frame::new(user, &found.seen, Tab::Discussion),
        thread,
        older: found
            .next
            .as_ref()
            .map(|cursor| format!("/threads/{}?cursor={cursor}", found.thread.id))
            .unwrap_or_default(),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ThreadQuery {
    cursor: String,
}

pub async fn show(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<ThreadId>,
    Query(query): Query<ThreadQuery>,
    headers: HeaderMap,
) -> Reply {
    let ctx = user.ctx.clone();
    let page = ListPage::parse(Some(200), Some(&query.cursor))?;
    let found = app.db.read(move |tx| one(&ctx, tx, id, &page)).await?;
    if wants_part(&headers) {
        return html(&ThreadPart {
            thread: one_view(&user, &found),
        });
    }
    html(&one_page(&app, &user, &found))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ReplyForm {
    body: String,
    decided: Option<String>,
}

pub async fn comment(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<ThreadId>,
    Form(form): Form<ReplyForm>,
) -> Reply {
    let (ctx, body, decided) = (user.ctx.clone(), form.body.clone(), form.decided.is_some());
    let answered = app
        .db
        .write(move |tx| {
            let answered = threads::comment(&ctx, tx, id, &body)?;
            if decided {
                threads::mark_decided(&ctx, tx, answered.comment)?;
            }
            Ok::<_, Error>(answered)
        })
        .await;
    match answered {
        Ok(answered) => Ok(Redirect::to(&format!(
            "/reviews/{}/discussion?show=all#comment-{}",
            answered.review, answered.comment
        ))
        .into_response()),
        Err(Error::Invalid(errors)) => {
            let ctx = user.ctx.clone();
            let found = app
                .db
                .read(move |tx| one(&ctx, tx, id, &ListPage::default()))
                .await?;
            let mut view = one_page(&app, &user, &found);
            view.thread.typed = form.body;
            view.thread.error = errors.get("body").unwrap_or_default().to_owned();
            html_invalid(&view)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "talk/resolve.html")]
struct ResolveView {
    page: Page,
    frame: Frame,
    id: String,
    title: String,
    blocking: bool,
    raised_by: String,
    reason: String,
    error: String,
    errors: Fields,
}

async fn resolve_view(
    app: &App,
    user: &SignedIn,
    id: ThreadId,
    reason: String,
    errors: Fields,
) -> Result<ResolveView> {
    let ctx = user.ctx.clone();
    let (seen, thread) = app
        .db
        .read(move |tx| {
            let (thread, standing) = threads::get(&ctx, tx, id)?;
            Ok::<_, Error>((frame::load(&ctx, tx, standing.number)?, thread))
        })
        .await?;
    Ok(ResolveView {
        page: frame::page(app, user, &seen),
        frame: Frame::new(user, &seen, Tab::Discussion),
        id: id.to_string(),
        title: thread.title,
        blocking: thread.weight == Weight::Blocking,
        raised_by: thread.raised_by.name,
        reason,
        error: errors.get("reason").unwrap_or_default().to_owned(),
        errors,
    })
}

pub async fn new_resolution(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<ThreadId>,
) -> Reply {
    html(&resolve_view(&app, &user, id, String::new(), Fields::default()).await?)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ReasonForm {
    reason: String,
}

pub async fn resolve(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<ThreadId>,
    Form(form): Form<ReasonForm>,
) -> Reply {
    let (ctx, reason) = (user.ctx.clone(), form.reason.clone());
    let resolved = app
        .db
        .write(move |tx| {
            threads::resolve(&ctx, tx, id, &reason)?;
            threads::get(&ctx, tx, id)
        })
        .await;
    match resolved {
        Ok((_, standing)) => {
            Ok(Redirect::to(&format!("/reviews/{}/discussion", standing.number)).into_response())
        }
        Err(Error::Invalid(errors)) => {
            html_invalid(&resolve_view(&app, &user, id, form.reason, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn reopen(State(app): State<App>, user: SignedIn, Path(id): Path<ThreadId>) -> Reply {
    let ctx = user.ctx.clone();
    let (_, standing) = app
        .db
        .write(move |tx| {
            threads::reopen(&ctx, tx, id)?;
            threads::get(&ctx, tx, id)
        })
        .await?;
    let address = format!("/reviews/{}/discussion#thread-{id}", standing.number);
    Ok(Redirect::to(&address).into_response())
}

pub async fn decide(State(app): State<App>, user: SignedIn, Path(id): Path<CommentId>) -> Reply {
    let ctx = user.ctx.clone();
    let thread = app
        .db
        .write(move |tx| threads::mark_decided(&ctx, tx, id))
        .await?;
    Ok(Redirect::to(&format!("/threads/{}#comment-{id}", thread.id)).into_response())
}

pub async fn undecide(State(app): State<App>, user: SignedIn, Path(id): Path<CommentId>) -> Reply {
    let ctx = user.ctx.clone();
    let thread = app
        .db
        .write(move |tx| threads::unmark_decided(&ctx, tx, id))
        .await?;
    Ok(Redirect::to(&format!("/threads/{}#comment-{id}", thread.id)).into_response())
}

/// `POST /threads/{id}/suggestion/acceptance`
pub async fn accept(State(app): State<App>, user: SignedIn, Path(id): Path<ThreadId>) -> Reply {
    let (ctx, engine) = (user.ctx.clone(), app.engine.clone());
    let (_, standing) = app
        .db
        .write(move |tx| {
            threads::accept(&ctx, tx, engine.as_ref(), id)?;
            threads::get(&ctx, tx, id)
        })
        .await?;
    Ok(Redirect::to(&format!("/reviews/{}?beside=comments", standing.number)).into_response())
}

/// `POST /threads/{id}/suggestion/refusal`
pub async fn decline(State(app): State<App>, user: SignedIn, Path(id): Path<ThreadId>) -> Reply {
    let ctx = user.ctx.clone();
    let (_, standing) = app
        .db
        .write(move |tx| {
            threads::decline(&ctx, tx, id)?;
            threads::get(&ctx, tx, id)
        })
        .await?;
    Ok(Redirect::to(&format!("/reviews/{}?beside=comments", standing.number)).into_response())
}
