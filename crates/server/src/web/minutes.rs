//! Minutes: composed, edited, composed again, sent, and read ever after.

pub mod json;

use super::frame::{self, Frame, Seen, Tab};
use super::page::{Page, html, html_invalid};
use super::view::{ChoiceView, PersonView, WhenView};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use hardwon_core::access::{self, Need};
use hardwon_core::documents::difference::{self, Difference};
use hardwon_core::documents::{Saved, references};
use hardwon_core::minutes::{self, Minutes};
use hardwon_core::reviews::relations;
use hardwon_core::{Ctx, Error, Fields, Result, Tx};
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct MinutesQuery {
    round: Option<i64>,
}

struct Found {
    seen: Seen,
    round: i64,
    minutes: Option<Minutes>,
    text: String,
    html: String,
}

/// The minutes of a round as somebody has saved them, or as they are composed now.
fn find(ctx: &Ctx, tx: &mut Tx<'_>, number: i64, round: Option<i64>) -> Result<Found> {
    let seen = frame::load(ctx, tx, number)?;
    let id = seen.review.id;
    let round = match round {
        Some(round) => round,
        None => minutes::latest_round(ctx, tx, id)?,
    };
    if !(1..=seen.review.round).contains(&round) {
        return Err(Error::NotFound);
    }
    let saved = minutes::get(ctx, tx, id, round)?;
    let (text, html) = match &saved {
        Some(saved) => {
            let numbers = references::numbers(&saved.html);
            let visible = relations::visible(ctx, tx, &numbers)?;
            (
                saved.text.clone(),
                references::unlink(&saved.html, &visible),
            )
        }
        None => {
            let text = minutes::compose(ctx, tx, id, round)?;
            let links = hardwon_prose::Links {
                mention: &|_| None,
                number: &|number| Some(references::address(number)),
            };
            let html =
                hardwon_prose::render_with(&text, hardwon_prose::Syntax::Markdown, &links).html;
            let visible = relations::visible(ctx, tx, &references::numbers(&html))?;
            (text, references::unlink(&html, &visible))
        }
    };
    Ok(Found {
        seen,
        round,
        minutes: saved,
        text,
        html,
    })
}

#[derive(Template)]
#[template(path = "outcome/minutes.html")]
struct MinutesPage {
    page: Page,
    frame: Frame,
    round: i64,
    rounds: Vec<ChoiceView>,
    html: String,
    version: i64,
    composed: Option<WhenView>,
    sent: Option<WhenView>,
    sent_by: Option<PersonView>,
    can_edit: bool,
}

pub async fn show(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(query): Query<MinutesQuery>,
) -> Reply {
    let ctx = user.ctx.clone();
    let found = app
        .db
        .read(move |tx| find(&ctx, tx, number, query.round))
        .await?;
    let clock = frame::clock(&user);
    let saved = found.minutes.as_ref();
    let chosen = found.round.to_string();
    html(&MinutesPage {
        page: frame::page(&app, &user, &found.seen),
        frame: Frame {
            primary: None,
            ..Frame::new(&user, &found.seen, Tab::Outcome)
        },
        round: found.round,
        rounds: (1..=found.seen.review.round)
            .map(|round| ChoiceView::new(round.to_string(), format!("Round {round}"), &chosen))
            .collect(),
        version: saved.map_or(0, |minutes| minutes.version),
        composed: saved.map(|minutes| clock.relative(minutes.composed_at)),
        sent: saved
            .and_then(|minutes| minutes.sent_at)
            .map(|at| clock.exact(at)),
        sent_by: saved
            .and_then(|minutes| minutes.sent_by.as_ref())
            .map(PersonView::from),
        can_edit: found.seen.standing.can_edit(),
        html: found.html,
    })
}

pub async fn markdown(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(query): Query<MinutesQuery>,
) -> Reply {
    let ctx = user.ctx.clone();
    let found = app
        .db
        .read(move |tx| find(&ctx, tx, number, query.round))
        .await?;
    let name = format!(
        "attachment; filename=\"minutes-{number}-round-{}.md\"",
        found.round
    );
    Ok((
        [
            (
                header::CONTENT_TYPE,
                "text/markdown; charset=utf-8".to_owned(),
            ),
            (header::CONTENT_DISPOSITION, name),
        ],
        found.text,
    )
        .into_response())
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct MinutesForm {
    round: Option<i64>,
    base: i64,
    text: String,
}

#[derive(Template)]
#[template(path = "outcome/minutes_edit.html")]
struct EditPage {
    page: Page,
    number: i64,
    title: String,
    round: i64,
    action: &'static str,
    base: i64,
    /// Not `text`, which is what a macro of forms calls a label.
    words: String,
    errors: Fields,
    /// What somebody else has saved in the meantime.
    theirs: String,
    /// What composing anew changes.
    difference: Option<Difference>,
    clean: bool,
}

pub async fn edit(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(query): Query<MinutesQuery>,
) -> Reply {
    let ctx = user.ctx.clone();
    let found = app
        .db
        .read(move |tx| {
            let found = find(&ctx, tx, number, query.round)?;
            found.seen.standing.require(Need::Edit)?;
            if found
                .minutes
                .as_ref()
                .is_some_and(|one| one.sent_at.is_some())
            {
                return Err(Error::conflict(
                    "These minutes have been sent and stay as they are.",
                ));
            }
            Ok(found)
        })
        .await?;
    html(&EditPage {
        base: found.minutes.as_ref().map_or(0, |one| one.version),
        ..edit_page(&app, &user, &found, "minutes", found.text.clone())
    })
}

fn edit_page(
    app: &App,
    user: &SignedIn,
    found: &Found,
    action: &'static str,
    text: String,
) -> EditPage {
    let review = &found.seen.review;
    EditPage {
        page: Page::new(app, Some(&user.visitor), "Edit the minutes", "reviews"),
        number: review.number,
        title: review.title.clone(),
        round: found.round,
        action,
        base: 0,
        words: text,
        errors: Fields::default(),
        theirs: String::new(),
        difference: None,
        clean: true,
    }
}

pub async fn save(
    app: State<App>,
    user: SignedIn,
    number: Path<i64>,
    form: Form<MinutesForm>,
) -> Reply {
    keep(app, user, number, form, "minutes").await
}

/// Saves minutes that were composed anew.
pub async fn take_over(
    app: State<App>,
    user: SignedIn,
    number: Path<i64>,
    form: Form<MinutesForm>,
) -> Reply {
    keep(app, user, number, form, "minutes/composition").await
}

async fn keep(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<MinutesForm>,
    action: &'static str,
) -> Reply {
    let (ctx, engine, typed) = (user.ctx.clone(), app.engine.clone(), form.clone());
    let saved = app
        .db
        .write(move |tx| {
            let review = access::review_numbered(&ctx, tx, number, Need::See)?.id;
            let round = match typed.round {
                Some(round) => round,
                None => minutes::latest_round(&ctx, tx, review)?,
            };
            let verb = if action == "minutes" {
                minutes::save
            } else {
                minutes::take_over
            };
            let saved = verb(
                &ctx,
                tx,
                engine.as_ref(),
                review,
                round,
                typed.base,
                &typed.text,
            )?;
            Ok::<_, Error>((round, saved))
        })
        .await;
    let (errors, theirs, base) = match saved {
        Ok((
            _,
            Saved::Conflict {
                theirs, version, ..
            },
        )) => (
            Fields::one(
                "text",
                "Somebody changed the same lines since you began. Both are here; what you save now counts.",
            ),
            theirs,
            version,
        ),
        Ok((round, _)) => {
            let address = format!("/reviews/{number}/minutes?round={round}");
            return Ok(Redirect::to(&address).into_response());
        }
        Err(Error::Invalid(errors)) => (errors, String::new(), form.base),
        Err(error) => return Err(error.into()),
    };
    let (ctx, round) = (user.ctx.clone(), form.round);
    let found = app.db.read(move |tx| find(&ctx, tx, number, round)).await?;
    html_invalid(&EditPage {
        errors,
        theirs,
        base,
        ..edit_page(&app, &user, &found, action, form.text)
    })
}

/// What composing anew would change, for taking it over.
pub async fn composition(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(query): Query<MinutesQuery>,
) -> Reply {
    let ctx = user.ctx.clone();
    let (found, proposal) = app
        .db
        .read(move |tx| {
            let found = find(&ctx, tx, number, query.round)?;
            let proposal = minutes::propose(&ctx, tx, found.seen.review.id, found.round)?;
            Ok::<_, Error>((found, proposal))
        })
        .await?;
    html(&EditPage {
        base: proposal.version,
        difference: Some(difference::between(&proposal.now, &proposal.text)),
        clean: proposal.clean,
        ..edit_page(&app, &user, &found, "minutes/composition", proposal.text)
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct SendForm {
    round: Option<i64>,
    version: i64,
}

pub async fn send(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<SendForm>,
) -> Reply {
    let (ctx, engine) = (user.ctx.clone(), app.engine.clone());
    let round = app
        .db
        .write(move |tx| {
            let review = access::review_numbered(&ctx, tx, number, Need::See)?.id;
            let round = match form.round {
                Some(round) => round,
                None => minutes::latest_round(&ctx, tx, review)?,
            };
            minutes::send(&ctx, tx, engine.as_ref(), review, round, form.version)?;
            Ok::<_, Error>(round)
        })
        .await?;
    Ok(Redirect::to(&format!("/reviews/{number}/minutes?round={round}")).into_response())
}
