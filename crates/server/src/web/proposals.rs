//! A new proposal: from a template of the organisation, from a text that was pasted, or from a file.

use super::page::{Page, html, html_invalid};
use crate::app::App;
use crate::http::{Failure, Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{FromRequest, Multipart, Query, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use hardwon_core::reviews::participants::find_principal;
use hardwon_core::reviews::{
    self, ReviewForm, ReviewKind, ReviewRole, Template as ReviewTemplate, Visibility, participants,
    privacy,
};
use hardwon_core::{Error, Fields};
use hardwon_prose::Syntax;
use serde::Deserialize;

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct NewForm {
    title: String,
    text: String,
    feedback_wanted: String,
    private: Option<String>,
    /// People and teams who may see a private review, separated by commas.
    with: String,
    /// The template that the text began with.
    template: String,
    /// The name and text of an uploaded file.
    #[serde(skip)]
    file: Option<(String, String)>,
}

impl<S: Send + Sync> FromRequest<S> for NewForm {
    type Rejection = Failure;

    /// A form with a file arrives in parts, one without as every other form.
    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let in_parts = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("multipart/form-data"));
        if !in_parts {
            let Form(form) = Form::from_request(request, state).await?;
            return Ok(form);
        }
        let mut parts = Multipart::from_request(request, state)
            .await
            .map_err(|rejection| Error::invalid("form", rejection.body_text()))?;
        let mut form = Self::default();
        let unreadable = |error: axum::extract::multipart::MultipartError| {
            Error::invalid("form", format!("This form cannot be read: {error}."))
        };
        while let Some(part) = parts.next_field().await.map_err(unreadable)? {
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().unwrap_or_default().to_owned();
            let bytes = part.bytes().await.map_err(unreadable)?;
            if name == "file" && file.is_empty() {
                continue;
            }
            let text = String::from_utf8(bytes.to_vec())
                .map_err(|_| Error::invalid(&name, "This is no text in UTF-8."))?
                .replace("\r\n", "\n");
            match name.as_str() {
                "title" => form.title = text,
                "text" => form.text = text,
                "feedback_wanted" => form.feedback_wanted = text,
                "private" => form.private = Some(text),
                "with" => form.with = text,
                "template" => form.template = text,
                "file" => form.file = Some((file, text)),
                _ => {}
            }
        }
        Ok(form)
    }
}

struct TemplateView {
    href: String,
    name: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "reviews/new.html")]
struct NewView {
    page: Page,
    form: NewForm,
    templates: Vec<TemplateView>,
    offered: Vec<String>,
    errors: Fields,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct NewQuery {
    /// An id, or `none` for an empty page; without it the first of the organisation's templates.
    template: String,
}

pub async fn new(State(app): State<App>, user: SignedIn, Query(query): Query<NewQuery>) -> Reply {
    let templates = templates(&app).await?;
    let chosen = match query.template.as_str() {
        "none" => None,
        "" => templates.first(),
        id => templates.iter().find(|one| one.id.to_string() == id),
    };
    let form = NewForm {
        text: chosen.map(|one| one.body.clone()).unwrap_or_default(),
        template: chosen.map_or_else(|| "none".to_owned(), |one| one.id.to_string()),
        ..NewForm::default()
    };
    html(&view(&app, &user, form, templates, Fields::default()).await?)
}

async fn templates(app: &App) -> Result<Vec<ReviewTemplate>, Error> {
    app.db
        .read(|tx| reviews::templates(tx, ReviewKind::Architecture))
        .await
}

async fn view(
    app: &App,
    user: &SignedIn,
    form: NewForm,
    templates: Vec<ReviewTemplate>,
    errors: Fields,
) -> Result<NewView, Error> {
    let offered = app.db.read(participants::principals).await?;
    let mut choices: Vec<TemplateView> = templates
        .into_iter()
        .map(|one| TemplateView {
            current: one.id.to_string() == form.template,
            href: format!("/reviews/new?template={}", one.id),
            name: one.name,
        })
        .collect();
    choices.push(TemplateView {
        href: "/reviews/new?template=none".to_owned(),
        name: "An empty page".to_owned(),
        current: form.template == "none" || form.template.is_empty(),
    });
    Ok(NewView {
        page: Page::new(app, Some(&user.visitor), "New proposal", "reviews"),
        form,
        templates: choices,
        offered: offered
            .iter()
            .map(|one| format!("{} (@{})", one.name, one.handle))
            .collect(),
        errors,
    })
}

pub async fn create(State(app): State<App>, user: SignedIn, form: NewForm) -> Reply {
    // A titled text is what was written, whatever template it began with.
    let templates_matter = form.file.is_some() || form.title.trim().is_empty();
    let begun = if templates_matter {
        templates(&app).await?
    } else {
        Vec::new()
    };
    let done = match wanted(&form, &begun) {
        Err(error) => Err(error),
        Ok(wanted) => {
            let (ctx, engine) = (user.ctx.clone(), app.engine.clone());
            let with = form.with.clone();
            app.db
                .write(move |tx| {
                    let (id, number) = reviews::create(&ctx, tx, engine.as_ref(), &wanted)?;
                    if wanted.visibility == Visibility::Private {
                        for name in with
                            .split(',')
                            .map(str::trim)
                            .filter(|name| !name.is_empty())
                        {
                            let principal =
                                find_principal(tx, name).map_err(|error| match error {
                                    Error::Invalid(fields) => Error::invalid(
                                        "with",
                                        fields.get("who").unwrap_or("Nobody has this name."),
                                    ),
                                    other => other,
                                })?;
                            privacy::grant(&ctx, tx, id, &principal)?;
                            participants::add(&ctx, tx, id, &principal, ReviewRole::Stakeholder)?;
                        }
                    }
                    Ok(number)
                })
                .await
        }
    };
    match done {
        Ok(number) => Ok(Redirect::to(&format!("/reviews/{number}")).into_response()),
        Err(Error::Invalid(errors)) => {
            let mut form = form;
            // A browser does not send a file twice, so what it held goes on as text.
            if form.text.trim().is_empty()
                && let Some((_, text)) = form.file.take()
            {
                form.text = text;
            }
            let templates = templates(&app).await?;
            html_invalid(&view(&app, &user, form, templates, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// What the form asks for. The file goes before a template that nobody wrote into; a title left empty is the text's
/// first heading.
fn wanted(form: &NewForm, templates: &[ReviewTemplate]) -> Result<ReviewForm, Error> {
    let untouched = form.text.trim().is_empty()
        || templates
            .iter()
            .any(|one| one.id.to_string() == form.template && one.body.trim() == form.text.trim());
    let (syntax, text) = match &form.file {
        None => (Syntax::Markdown, form.text.clone()),
        Some(_) if !untouched => {
            return Err(Error::invalid(
                "file",
                "There is a file and a text. Please empty the text to start from the file.",
            ));
        }
        Some((name, text)) => {
            let rst = name.to_lowercase().ends_with(".rst");
            let syntax = if rst { Syntax::Rst } else { Syntax::Markdown };
            (syntax, text.clone())
        }
    };
    let title = if form.title.trim().is_empty() && !(untouched && form.file.is_none()) {
        hardwon_prose::outline(&text, syntax)
            .first()
            .map(|heading| heading.text.clone())
            .unwrap_or_default()
    } else {
        form.title.clone()
    };
    if title.trim().is_empty() {
        return Err(Error::invalid(
            "title",
            "Give it a title, or begin the text with a heading.",
        ));
    }
    Ok(ReviewForm {
        kind: ReviewKind::Architecture,
        title,
        visibility: if form.private.is_some() {
            Visibility::Private
        } else {
            Visibility::Open
        },
        syntax,
        text,
        feedback_wanted: form.feedback_wanted.clone(),
    })
}
