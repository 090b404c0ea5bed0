//! One record: writing it, its versions, its state, its place among the others, and its removal.

use super::act;
use super::words::{state_word, words};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use crate::web::frame::{self, Frame, Seen, Tab};
use crate::web::page::{Page, html, html_invalid};
use crate::web::view::{ChoiceView, PersonView, WhenView};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect};
use hardwon_core::access::Need;
use hardwon_core::id::RecordId;
use hardwon_core::reviews::records::{
    self, Move, Record, RecordChanged, RecordForm, RecordKind, RecordState,
};
use hardwon_core::{Error, Fields};
use serde::Deserialize;

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct RecordFields {
    kind: String,
    title: String,
    detail: String,
    version: i64,
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct StateForm {
    state: String,
    note: String,
}

struct VersionView {
    number: i64,
    change: String,
    note: String,
    title: String,
    detail: String,
    author: Option<PersonView>,
    at: WhenView,
}

#[derive(Template)]
#[template(path = "reviews/record.html")]
struct RecordPage {
    page: Page,
    frame: Frame,
    /// Empty for a new record.
    id: String,
    heading: &'static str,
    title_label: &'static str,
    detail_label: &'static str,
    example: &'static str,
    can_edit: bool,
    removed: bool,
    form: RecordFields,
    /// What the record says now, when somebody else changed it while this form was open.
    theirs: Option<RecordFields>,
    history: Vec<VersionView>,
    /// The states to choose from; none where there is only one.
    states: Vec<ChoiceView>,
    note: String,
    errors: Fields,
}

fn new_page(
    app: &App,
    user: &SignedIn,
    seen: &Seen,
    kind: RecordKind,
    form: RecordFields,
    errors: Fields,
) -> RecordPage {
    let words = words(kind);
    RecordPage {
        page: frame::page(app, user, seen),
        frame: Frame::new(user, seen, Tab::Records),
        id: String::new(),
        heading: words.add,
        title_label: words.title,
        detail_label: words.detail,
        example: words.example,
        can_edit: true,
        removed: false,
        form,
        theirs: None,
        history: Vec::new(),
        states: Vec::new(),
        note: String::new(),
        errors,
    }
}

pub async fn new(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(form): Query<RecordFields>,
) -> Reply {
    let kind = RecordKind::parse(&form.kind).unwrap_or(RecordKind::Departure);
    let seen = editable(&app, &user, number).await?;
    let form = RecordFields {
        kind: kind.as_str().to_owned(),
        ..form
    };
    html(&new_page(&app, &user, &seen, kind, form, Fields::default()))
}

async fn editable(app: &App, user: &SignedIn, number: i64) -> Result<Seen, Error> {
    let ctx = user.ctx.clone();
    app.db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            seen.standing.require(Need::Edit)?;
            Ok(seen)
        })
        .await
}

pub async fn create(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<RecordFields>,
) -> Reply {
    let kind = RecordKind::parse(&form.kind)
        .ok_or_else(|| Error::invalid("kind", "There is no such kind of record."))?;
    let wanted = RecordForm {
        kind,
        title: form.title.clone(),
        detail: form.detail.clone(),
    };
    let ctx = user.ctx.clone();
    let done = app
        .db
        .write(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            records::add(&ctx, tx, seen.review.id, &wanted)
        })
        .await;
    match done {
        Ok(id) => Ok(Redirect::to(&format!("/reviews/{number}/records#r-{id}")).into_response()),
        Err(Error::Invalid(errors)) => {
            let seen = editable(&app, &user, number).await?;
            html_invalid(&new_page(&app, &user, &seen, kind, form, errors))
        }
        Err(error) => Err(error.into()),
    }
}

async fn one(
    app: &App,
    user: &SignedIn,
    number: i64,
    id: RecordId,
) -> Result<(Seen, Record, Vec<records::RecordVersion>), Error> {
    let ctx = user.ctx.clone();
    app.db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            let record = records::record(tx, seen.review.id, id)?;
            let history = records::history(tx, id)?;
            Ok((seen, record, history))
        })
        .await
}

pub async fn show(
    State(app): State<App>,
    user: SignedIn,
    Path((number, id)): Path<(i64, String)>,
) -> Reply {
    let (seen, record, history) = one(&app, &user, number, parse(&id)?).await?;
    let errors = Fields::default();
    html(&record_page(
        &app, &user, &seen, &record, &history, None, errors,
    ))
}

/// `typed` is what came back with errors, or against a version that is not the present one.
fn record_page(
    app: &App,
    user: &SignedIn,
    seen: &Seen,
    record: &Record,
    history: &[records::RecordVersion],
    typed: Option<RecordFields>,
    errors: Fields,
) -> RecordPage {
    let clock = frame::clock(user);
    let words = words(record.kind);
    let now = RecordFields {
        kind: record.kind.as_str().to_owned(),
        title: record.title.clone(),
        detail: record.detail.clone(),
        version: record.version,
    };
    let stale = typed
        .as_ref()
        .is_some_and(|typed| typed.version != record.version);
    RecordPage {
        page: frame::page(app, user, seen),
        frame: Frame::new(user, seen, Tab::Records),
        id: record.id.to_string(),
        heading: words.title,
        title_label: words.title,
        detail_label: words.detail,
        example: words.example,
        can_edit: seen.standing.can_edit(),
        removed: record.removed_at.is_some(),
        theirs: stale.then(|| now.clone()),
        form: typed.map_or_else(
            || now.clone(),
            |typed| RecordFields {
                version: record.version,
                ..typed
            },
        ),
        states: match record.kind.states() {
            [_] => Vec::new(),
            states => states
                .iter()
                .map(|&one| ChoiceView::new(one.as_str(), state_word(one), record.state.as_str()))
                .collect(),
        },
        note: record.note.clone(),
        history: history
            .iter()
            .rev()
            .map(|version| VersionView {
                number: version.version,
                change: match version.change {
                    RecordChanged::StateSet => state_word(version.state).to_owned(),
                    other => other.as_str().to_owned(),
                },
                note: match version.change {
                    RecordChanged::StateSet => version.note.clone(),
                    _ => String::new(),
                },
                title: version.title.clone(),
                detail: version.detail.clone(),
                author: version.author.as_ref().map(PersonView::from),
                at: clock.exact(version.at),
            })
            .collect(),
        errors,
    }
}

fn parse(id: &str) -> Result<RecordId, Error> {
    id.parse().map_err(|_| Error::NotFound)
}

pub async fn change(
    State(app): State<App>,
    user: SignedIn,
    Path((number, id)): Path<(i64, String)>,
    Form(form): Form<RecordFields>,
) -> Reply {
    let id = parse(&id)?;
    let wanted = form.clone();
    let done = act(&app, &user, number, move |ctx, tx, review| {
        records::change(
            ctx,
            tx,
            review,
            id,
            wanted.version,
            &wanted.title,
            &wanted.detail,
        )
    })
    .await;
    let (status, errors) = match done {
        Ok(()) => {
            return Ok(Redirect::to(&format!("/reviews/{number}/records#r-{id}")).into_response());
        }
        Err(Error::Invalid(errors)) => (StatusCode::UNPROCESSABLE_ENTITY, errors),
        Err(Error::Conflict(_)) => (StatusCode::CONFLICT, Fields::default()),
        Err(error) => return Err(error.into()),
    };
    let (seen, record, history) = one(&app, &user, number, id).await?;
    let page = record_page(&app, &user, &seen, &record, &history, Some(form), errors);
    Ok((status, Html(page.render()?)).into_response())
}

/// Says what became of a departure or an assumption.
pub async fn set_state(
    State(app): State<App>,
    user: SignedIn,
    Path((number, id)): Path<(i64, String)>,
    Form(form): Form<StateForm>,
) -> Reply {
    let id = parse(&id)?;
    let wanted = form.clone();
    let done = act(&app, &user, number, move |ctx, tx, review| {
        let state = RecordState::parse(&wanted.state)
            .ok_or_else(|| Error::invalid("state", "Please choose what became of it."))?;
        records::set_state(ctx, tx, review, id, state, &wanted.note)
    })
    .await;
    let errors = match done {
        Ok(()) => {
            return Ok(Redirect::to(&format!("/reviews/{number}/records/{id}")).into_response());
        }
        Err(Error::Invalid(errors)) => errors,
        Err(error) => return Err(error.into()),
    };
    let (seen, record, history) = one(&app, &user, number, id).await?;
    let mut page = record_page(&app, &user, &seen, &record, &history, None, errors);
    for choice in &mut page.states {
        choice.selected = choice.value == form.state;
    }
    page.note = form.note;
    html_invalid(&page)
}

#[derive(Deserialize)]
pub struct MoveForm {
    #[serde(rename = "move")]
    direction: Move,
}

pub async fn place(
    State(app): State<App>,
    user: SignedIn,
    Path((number, id)): Path<(i64, String)>,
    Form(form): Form<MoveForm>,
) -> Reply {
    let id = parse(&id)?;
    act(&app, &user, number, move |ctx, tx, review| {
        records::reorder(ctx, tx, review, id, form.direction)
    })
    .await?;
    Ok(Redirect::to(&format!("/reviews/{number}/records#r-{id}")).into_response())
}

pub async fn remove(
    State(app): State<App>,
    user: SignedIn,
    Path((number, id)): Path<(i64, String)>,
) -> Reply {
    let id = parse(&id)?;
    act(&app, &user, number, move |ctx, tx, review| {
        records::remove(ctx, tx, review, id)
    })
    .await?;
    Ok(Redirect::to(&format!("/reviews/{number}/records/{id}")).into_response())
}

pub async fn restore(
    State(app): State<App>,
    user: SignedIn,
    Path((number, id)): Path<(i64, String)>,
) -> Reply {
    let id = parse(&id)?;
    act(&app, &user, number, move |ctx, tx, review| {
        records::restore(ctx, tx, review, id)
    })
    .await?;
    Ok(Redirect::to(&format!("/reviews/{number}/records#r-{id}")).into_response())
}

/// Makes records of what the text's section for a kind holds.
pub async fn create_suggested(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<RecordFields>,
) -> Reply {
    let kind = RecordKind::parse(&form.kind)
        .ok_or_else(|| Error::invalid("kind", "There is no such kind of record."))?;
    act(&app, &user, number, move |ctx, tx, review| {
        records::add_suggested(ctx, tx, review, kind)
    })
    .await?;
    Ok(Redirect::to(&format!("/reviews/{number}/records#{kind}")).into_response())
}
