//! Writing a document: the form, what happens when two save, the preview, and named versions.

use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use crate::web::frame::{self, Seen};
use crate::web::page::{Page, html, html_invalid, wants_part};
use crate::web::threads::margin::{Margin, MarginView};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect};
use hardwon_core::documents::{self, Saved, SectionState, sections};
use hardwon_core::reviews::{self, ReviewKind};
use hardwon_core::{Error, Fields, Result};
use hardwon_prose::Syntax;
use serde::Deserialize;

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct DocumentForm {
    title: String,
    /// The title that the form began with; only a changed one renames.
    title_before: String,
    text: String,
    base: i64,
    summary: String,
    /// What was written went over the socket already, and is not in the form.
    together: Option<String>,
}

struct ClashView {
    theirs: String,
    yours: String,
}

#[derive(Template)]
#[template(path = "reviews/edit.html")]
struct EditView {
    page: Page,
    number: i64,
    review_title: String,
    markdown: bool,
    me: String,
    form: DocumentForm,
    errors: Fields,
    sections: Vec<SectionView>,
    present: usize,
    preview: Option<String>,
    clash: Option<ClashView>,
    margin: Option<MarginView>,
}

struct SectionView {
    name: &'static str,
    state: &'static str,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct EditQuery {
    /// Which of the comments stand beside the text.
    show: String,
}

pub async fn edit(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(query): Query<EditQuery>,
) -> Reply {
    let ctx = user.ctx.clone();
    let (seen, document, margin) = app
        .db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            seen.standing.require(hardwon_core::access::Need::Edit)?;
            let document = documents::get(tx, seen.review.document)?;
            let margin = Margin::load(&ctx, tx, &seen, &query.show)?;
            Ok::<_, Error>((seen, document, margin))
        })
        .await?;
    let margin = margin.view(&user, &seen, &document.outline);
    let form = DocumentForm {
        title: seen.review.title.clone(),
        title_before: seen.review.title.clone(),
        text: document.text,
        base: document.version,
        ..DocumentForm::default()
    };
    let errors = Fields::default();
    let mut view = edit_view(&app, &user, &seen, document.syntax, form, errors);
    view.margin = Some(margin);
    html(&view)
}

fn edit_view(
    app: &App,
    user: &SignedIn,
    seen: &Seen,
    syntax: Syntax,
    form: DocumentForm,
    errors: Fields,
) -> EditView {
    let headings = hardwon_prose::outline(&form.text, syntax);
    let sections = if seen.review.kind == ReviewKind::Architecture {
        sections::find(&form.text, &headings)
    } else {
        Vec::new()
    };
    EditView {
        page: Page::new(app, Some(&user.visitor), "Edit the document", "reviews"),
        number: seen.review.number,
        review_title: seen.review.title.clone(),
        markdown: syntax == Syntax::Markdown,
        me: user.visitor.person.to_string(),
        sections: sections
            .iter()
            .map(|section| SectionView {
                name: sections::name(&section.key),
                state: section.state.as_str(),
            })
            .collect(),
        present: sections
            .iter()
            .filter(|section| section.state == SectionState::Present)
            .count(),
        form,
        errors,
        preview: None,
        clash: None,
        margin: None,
    }
}

/// Saves the document. Where two people changed the same lines, nothing is written and the second sees both texts.
pub async fn save(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<DocumentForm>,
) -> Reply {
    let (ctx, engine, wanted) = (user.ctx.clone(), app.engine.clone(), form.clone());
    let done = app
        .db
        .write(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            let id = seen.review.id;
            let title = wanted.title.trim();
            if !title.is_empty() && title != wanted.title_before.trim() {
                reviews::rename(&ctx, tx, id, title)?;
            }
            if wanted.together.is_none() && has_marks(&wanted.text) {
                return Err(Error::invalid(
                    "text",
                    "There are still lines that begin with <<<<<<< or >>>>>>>. Please choose what stands between them.",
                ));
            }
            let saved = if wanted.together.is_some() {
                reviews::settle_document(&ctx, tx, engine.as_ref(), id)?;
                Saved::Unchanged { version: 0 }
            } else {
                let (base, text) = (wanted.base, &wanted.text);
                reviews::save_document(&ctx, tx, engine.as_ref(), id, base, text)?
            };
            let summary = wanted.summary.trim();
            if !summary.is_empty() && !matches!(saved, Saved::Conflict { .. }) {
                reviews::keep_version(&ctx, tx, id, summary)?;
            }
            Ok(saved)
        })
        .await;
    let failed = match done {
        Ok(Saved::Conflict {
            theirs,
            merged,
            version,
        }) => {
            let (seen, syntax) = context(&app, &user, number).await?;
            let yours = form.text.clone();
            let form = DocumentForm {
                text: merged,
                base: version,
                ..form
            };
            let mut view = edit_view(&app, &user, &seen, syntax, form, Fields::default());
            view.clash = Some(ClashView { theirs, yours });
            return Ok((StatusCode::CONFLICT, Html(view.render()?)).into_response());
        }
        Ok(Saved::Merged { .. }) => {
            return Ok(Redirect::to(&format!("/reviews/{number}?merged=1")).into_response());
        }
        Ok(_) => return Ok(Redirect::to(&format!("/reviews/{number}")).into_response()),
        Err(Error::Invalid(errors)) => errors,
        Err(error) => return Err(error.into()),
    };
    let (seen, syntax) = context(&app, &user, number).await?;
    html_invalid(&edit_view(&app, &user, &seen, syntax, form, failed))
}

/// Whether the marks of a merge are still in the text.
fn has_marks(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("<<<<<<< ours"))
        && text.lines().any(|line| line.starts_with(">>>>>>> theirs"))
}

async fn context(app: &App, user: &SignedIn, number: i64) -> Result<(Seen, Syntax)> {
    let ctx = user.ctx.clone();
    app.db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            let syntax = documents::read(tx, seen.review.document)?.syntax;
            Ok((seen, syntax))
        })
        .await
}

#[derive(Template)]
#[template(path = "reviews/preview.html")]
struct PreviewView {
    html: String,
}

/// Shows how a text would look; nothing is kept. With script only the preview is replaced.
pub async fn preview(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    headers: HeaderMap,
    Form(form): Form<DocumentForm>,
) -> Reply {
    let (seen, syntax) = context(&app, &user, number).await?;
    seen.standing.require(hardwon_core::access::Need::Edit)?;
    let rendered = hardwon_prose::render(&form.text, syntax).html;
    if wants_part(&headers) {
        return html(&PreviewView { html: rendered });
    }
    let mut view = edit_view(&app, &user, &seen, syntax, form, Fields::default());
    view.preview = Some(rendered);
    html(&view)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct VersionForm {
    name: String,
}

pub async fn keep_version(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<VersionForm>,
) -> Reply {
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            reviews::keep_version(&ctx, tx, seen.review.id, &form.name)
        })
        .await?;
    Ok(Redirect::to(&format!("/reviews/{number}/history")).into_response())
}
