//! `/settings/templates` and `/settings/prompts`: what new reviews start from, by kind, in order. Which of the two a
//! request is for, its route says.

pub mod json;

use super::profile::Done;
use super::tabs;
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use crate::web::frame::TabView;
use crate::web::page::{Page, html, html_invalid};
use crate::web::view::ChoiceView;
use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::id::EntryId;
use hardwon_core::organisation::shelf::{self, Direction, Entry, EntryForm, Shelf};
use hardwon_core::reviews::ReviewKind;
use hardwon_core::{Ctx, Error, Fields, Result, Role, Tx};
use serde::Deserialize;

/// The words of one shelf.
struct Words {
    address: &'static str,
    lead: &'static str,
    /// Where there is none of a kind.
    none: &'static str,
    /// Of the first of each kind.
    first: &'static str,
    label: &'static str,
    hint: &'static str,
    class: &'static str,
}

const TEMPLATES: Words = Words {
    address: "/settings/templates",
    lead: "What a new review’s document starts from. The first of each kind is the usual one; a change reaches only what is begun afterwards.",
    none: "None: these reviews start empty.",
    first: "the usual one",
    label: "Text",
    hint: "Markdown. Headings are the sections; a hint between <!-- and --> is shown to writers and to nobody else.",
    class: "document",
};

const PROMPTS: Words = Words {
    address: "/settings/prompts",
    lead: "Questions that join every review of a kind when it is created. A review can set one aside with a reason.",
    none: "None: these reviews start without a question.",
    first: "",
    label: "The question",
    hint: "",
    class: "short",
};

fn words(shelf: Shelf) -> &'static Words {
    match shelf {
        Shelf::Templates => &TEMPLATES,
        Shelf::Prompts => &PROMPTS,
    }
}

struct EntryView {
    id: String,
    text: String,
    retired: bool,
    first: bool,
    last: bool,
}

struct GroupView {
    kind: ReviewKind,
    name: String,
    offered: Vec<EntryView>,
    retired: Vec<EntryView>,
}

#[derive(Template)]
#[template(path = "settings/shelf.html")]
struct ShelfView {
    page: Page,
    tabs: Vec<TabView>,
    one: &'static str,
    words: &'static Words,
    groups: Vec<GroupView>,
}

pub async fn list(
    State(app): State<App>,
    user: SignedIn,
    Extension(shelf): Extension<Shelf>,
    Query(done): Query<Done>,
) -> Reply {
    user.ctx.require(Role::Administrator)?;
    let found = app.db.read(move |tx| shelf::all(tx, shelf, None)).await?;
    let page = Page::new(&app, Some(&user.visitor), "Settings", "settings");
    html(&ShelfView {
        page: done.on(page),
        tabs: tabs(&user, words(shelf).address),
        one: shelf.singular(),
        words: words(shelf),
        groups: ReviewKind::ALL
            .iter()
            .map(|&kind| group(&user, kind, &found))
            .collect(),
    })
}

/// The entries for a kind: those on offer in their order, and the retired ones.
fn group(user: &SignedIn, kind: ReviewKind, all: &[Entry]) -> GroupView {
    let part = |retired: bool| {
        let own: Vec<&Entry> = all
            .iter()
            .filter(|entry| entry.kind == kind && entry.retired_at.is_some() == retired)
            .collect();
        let view = |(place, entry): (usize, &&Entry)| EntryView {
            id: entry.id.to_string(),
            text: entry.title().to_owned(),
            retired,
            first: place == 0,
            last: place + 1 == own.len(),
        };
        own.iter().enumerate().map(view).collect()
    };
    GroupView {
        kind,
        name: user.name_of(kind),
        offered: part(false),
        retired: part(true),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct EditForm {
    kind: String,
    name: String,
    body: String,
    version: i64,
}

impl EditForm {
    fn wanted(&self) -> EntryForm {
        EntryForm::new(&*self.name, &*self.body)
    }
}

#[derive(Template)]
#[template(path = "settings/entry.html")]
struct EditView {
    page: Page,
    one: &'static str,
    words: &'static Words,
    back: &'static str,
    action: String,
    is_new: bool,
    named: bool,
    form: EditForm,
    kinds: Vec<ChoiceView>,
    errors: Fields,
    theirs: String,
}

fn edit_view(
    app: &App,
    user: &SignedIn,
    shelf: Shelf,
    id: Option<EntryId>,
    form: EditForm,
) -> EditView {
    let (one, words) = (shelf.singular(), words(shelf));
    let (title, action) = match id {
        None => (format!("New {one}"), words.address.to_owned()),
        Some(id) => (
            format!("Change the {one}"),
            format!("{}/{id}", words.address),
        ),
    };
    EditView {
        page: Page::new(app, Some(&user.visitor), title, "settings"),
        one,
        words,
        back: match shelf {
            Shelf::Templates => "Templates",
            Shelf::Prompts => "Prompts",
        },
        action,
        is_new: id.is_none(),
        named: shelf == Shelf::Templates,
        kinds: ReviewKind::ALL
            .iter()
            .map(|&kind| ChoiceView::new(kind.as_str(), user.name_of(kind), &form.kind))
            .collect(),
        form,
        errors: Fields::default(),
        theirs: String::new(),
    }
}

pub async fn new(
    State(app): State<App>,
    user: SignedIn,
    Extension(shelf): Extension<Shelf>,
    Query(form): Query<EditForm>,
) -> Reply {
    user.ctx.require(Role::Administrator)?;
    html(&edit_view(&app, &user, shelf, None, form))
}

fn saved(shelf: Shelf) -> Reply {
    let list = words(shelf).address;
    Ok(Redirect::to(&format!("{list}?done=saved")).into_response())
}

pub async fn create(
    State(app): State<App>,
    user: SignedIn,
    Extension(shelf): Extension<Shelf>,
    Form(form): Form<EditForm>,
) -> Reply {
    user.ctx.require(Role::Administrator)?;
    let (ctx, wanted) = (user.ctx.clone(), form.wanted());
    let created = match ReviewKind::parse(&form.kind) {
        Some(kind) => {
            app.db
                .write(move |tx| shelf::create(&ctx, tx, shelf, kind, &wanted))
                .await
        }
        None => {
            let one = shelf.singular();
            Err(Error::invalid(
                "kind",
                format!("Choose what the {one} is for."),
            ))
        }
    };
    match created {
        Ok(_) => saved(shelf),
        Err(Error::Invalid(errors)) => html_invalid(&EditView {
            errors,
            ..edit_view(&app, &user, shelf, None, form)
        }),
        Err(error) => Err(error.into()),
    }
}

pub async fn edit(
    State(app): State<App>,
    user: SignedIn,
    Extension(shelf): Extension<Shelf>,
    Path(id): Path<EntryId>,
) -> Reply {
    user.ctx.require(Role::Administrator)?;
    let entry = app.db.read(move |tx| shelf::get(tx, shelf, id)).await?;
    let form = EditForm {
        kind: entry.kind.to_string(),
        name: entry.name,
        body: entry.body,
        version: entry.version,
    };
    html(&edit_view(&app, &user, shelf, Some(id), form))
}

pub async fn update(
    State(app): State<App>,
    user: SignedIn,
    Extension(shelf): Extension<Shelf>,
    Path(id): Path<EntryId>,
    Form(form): Form<EditForm>,
) -> Reply {
    user.ctx.require(Role::Administrator)?;
    let (ctx, wanted, version) = (user.ctx.clone(), form.wanted(), form.version);
    let changed = app
        .db
        .write(move |tx| shelf::change(&ctx, tx, shelf, id, &wanted, version))
        .await;
    match changed {
        Ok(()) => saved(shelf),
        Err(Error::Invalid(errors)) => html_invalid(&EditView {
            errors,
            ..edit_view(&app, &user, shelf, Some(id), form)
        }),
        Err(Error::Conflict(_)) => {
            let now = app.db.read(move |tx| shelf::get(tx, shelf, id)).await?;
            let form = EditForm {
                version: now.version,
                ..form
            };
            html_invalid(&EditView {
                theirs: now.body,
                ..edit_view(&app, &user, shelf, Some(id), form)
            })
        }
        Err(error) => Err(error.into()),
    }
}

/// Does something about an entry and leads back to the list.
async fn act(
    app: &App,
    user: SignedIn,
    shelf: Shelf,
    verb: impl Fn(&Ctx, &mut Tx<'_>) -> Result<()> + Send + 'static,
) -> Reply {
    app.db.write(move |tx| verb(&user.ctx, tx)).await?;
    Ok(Redirect::to(words(shelf).address).into_response())
}

#[derive(Deserialize)]
pub struct PlaceForm {
    direction: Direction,
}

pub async fn shift(
    State(app): State<App>,
    user: SignedIn,
    Extension(on): Extension<Shelf>,
    Path(id): Path<EntryId>,
    Form(form): Form<PlaceForm>,
) -> Reply {
    act(&app, user, on, move |ctx, tx| {
        shelf::shift(ctx, tx, on, id, form.direction)
    })
    .await
}

pub async fn retire(
    State(app): State<App>,
    user: SignedIn,
    Extension(on): Extension<Shelf>,
    Path(id): Path<EntryId>,
) -> Reply {
    act(&app, user, on, move |ctx, tx| {
        shelf::retire(ctx, tx, on, id)
    })
    .await
}

pub async fn restore(
    State(app): State<App>,
    user: SignedIn,
    Extension(on): Extension<Shelf>,
    Path(id): Path<EntryId>,
) -> Reply {
    act(&app, user, on, move |ctx, tx| {
        shelf::restore(ctx, tx, on, id)
    })
    .await
}
