//! One comment: its address, editing it, its earlier wordings.

use super::frame::{self, Frame, Seen, Tab};
use super::page::{Page, html, html_invalid};
use super::view::WhenView;
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use hardwon_core::id::CommentId;
use hardwon_core::threads::{self, Comment, Edit};
use hardwon_core::{Ctx, Error, Result, Tx};
use serde::Deserialize;

fn load(ctx: &Ctx, tx: &mut Tx<'_>, id: CommentId) -> Result<(Seen, Comment)> {
    let comment = threads::get_comment(ctx, tx, id)?;
    let (_, standing) = threads::get(ctx, tx, comment.thread)?;
    Ok((frame::load(ctx, tx, standing.number)?, comment))
}

fn address(comment: &Comment) -> String {
    format!("/threads/{}#comment-{}", comment.thread, comment.id)
}

pub async fn show(State(app): State<App>, user: SignedIn, Path(id): Path<CommentId>) -> Reply {
    let ctx = user.ctx.clone();
    let comment = app
        .db
        .read(move |tx| threads::get_comment(&ctx, tx, id))
        .await?;
    Ok(Redirect::to(&address(&comment)).into_response())
}

#[derive(Template)]
#[template(path = "talk/comment_edit.html")]
struct EditView {
    page: Page,
    frame: Frame,
    id: CommentId,
    body: String,
    error: String,
    version: i64,
    /// The comment as it is now, when it was changed in between.
    theirs: String,
}

fn edit_view(app: &App, user: &SignedIn, seen: &Seen, comment: &Comment) -> EditView {
    EditView {
        page: frame::page(app, user, seen),
        frame: Frame::new(user, seen, Tab::Discussion),
        id: comment.id,
        body: comment.body.clone(),
        error: String::new(),
        version: comment.version,
        theirs: String::new(),
    }
}

pub async fn edit(State(app): State<App>, user: SignedIn, Path(id): Path<CommentId>) -> Reply {
    let ctx = user.ctx.clone();
    let (seen, comment) = app.db.read(move |tx| load(&ctx, tx, id)).await?;
    if user.ctx.person() != Some(comment.author.id) {
        return Err(Error::denied("Only who wrote a comment may change it.").into());
    }
    html(&edit_view(&app, &user, &seen, &comment))
}

#[derive(Deserialize)]
pub struct EditForm {
    #[serde(default)]
    body: String,
    version: i64,
}

pub async fn update(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<CommentId>,
    Form(form): Form<EditForm>,
) -> Reply {
    let (ctx, body, base) = (user.ctx.clone(), form.body.clone(), form.version);
    let edited = app
        .db
        .write(move |tx| threads::edit(&ctx, tx, id, base, &body))
        .await;
    let errors = match edited {
        Ok(Edit::Written(comment)) => return Ok(Redirect::to(&address(&comment)).into_response()),
        Ok(Edit::Stale { .. }) => None,
        Err(Error::Invalid(errors)) => Some(errors),
        Err(error) => return Err(error.into()),
    };
    let ctx = user.ctx.clone();
    let (seen, comment) = app.db.read(move |tx| load(&ctx, tx, id)).await?;
    let mut view = edit_view(&app, &user, &seen, &comment);
    view.body = form.body;
    match errors {
        Some(errors) => {
            view.version = form.version;
            view.error = errors.get("body").unwrap_or_default().to_owned();
            html_invalid(&view)
        }
        None => {
            view.theirs = comment.body;
            let mut response = html(&view)?;
            *response.status_mut() = StatusCode::CONFLICT;
            Ok(response)
        }
    }
}

struct PastView {
    version: i64,
    html: String,
    when: WhenView,
}

#[derive(Template)]
#[template(path = "talk/comment_versions.html")]
struct VersionsView {
    page: Page,
    frame: Frame,
    id: CommentId,
    author: String,
    versions: Vec<PastView>,
}

pub async fn versions(State(app): State<App>, user: SignedIn, Path(id): Path<CommentId>) -> Reply {
    let ctx = user.ctx.clone();
    let (seen, comment, versions) = app
        .db
        .read(move |tx| {
            let (seen, comment) = load(&ctx, tx, id)?;
            Ok::<_, Error>((seen, comment, threads::versions(&ctx, tx, id)?))
        })
        .await?;
    let clock = frame::clock(&user);
    html(&VersionsView {
        page: frame::page(&app, &user, &seen),
        frame: Frame::new(&user, &seen, Tab::Discussion),
        id,
        author: comment.author.name,
        versions: versions
            .into_iter()
            .map(|past| PastView {
                version: past.version,
                html: hardwon_prose::render_comment(&past.body),
                when: clock.exact(past.at),
            })
            .collect(),
    })
}
