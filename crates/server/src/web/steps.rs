//! A review's life cycle: circulating it, and moving it forward or back with a reason.

pub mod json;

use super::frame::{self, Seen};
use super::page::{Page, html, html_invalid};
use super::view::{ChoiceView, state_words};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::access::Need;
use hardwon_core::reviews::steps::{self, Direction};
use hardwon_core::reviews::{self, CirculationForm, State as ReviewState};
use hardwon_core::{Error, Fields};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;

const WEEK: i64 = 7 * 86_400_000;

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct CirculationFields {
    comments_until: String,
    last_call_until: String,
    feedback_wanted: String,
    note: String,
}

#[derive(Template)]
#[template(path = "reviews/circulate.html")]
struct CirculateView {
    page: Page,
    number: i64,
    review_title: String,
    begins: bool,
    asked: i64,
    zone: String,
    form: CirculationFields,
    errors: Fields,
}

pub async fn new_circulation(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
) -> Reply {
    let (seen, asked) = load(&app, &user, number).await?;
    let review = &seen.review;
    let until = review
        .comments_until
        .filter(|&at| at > user.ctx.at)
        .map_or_else(
            || evening(user.ctx.at + WEEK, &user.visitor.zone),
            |at| local(at, &user.visitor.zone),
        );
    let form = CirculationFields {
        comments_until: until,
        last_call_until: review
            .last_call_until
            .map(|at| local(at, &user.visitor.zone))
            .unwrap_or_default(),
        feedback_wanted: review.feedback_wanted.clone(),
        note: String::new(),
    };
    html(&circulate_view(
        &app,
        &user,
        &seen,
        asked,
        form,
        Fields::default(),
    ))
}

async fn load(app: &App, user: &SignedIn, number: i64) -> Result<(Seen, i64), Error> {
    let ctx = user.ctx.clone();
    app.db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            seen.standing.require(Need::Edit)?;
            let reach = reviews::readers::reach(tx, seen.review.id, seen.review.round)?;
            Ok((seen, reach.asked))
        })
        .await
}

fn circulate_view(
    app: &App,
    user: &SignedIn,
    seen: &Seen,
    asked: i64,
    form: CirculationFields,
    errors: Fields,
) -> CirculateView {
    let begins = matches!(
        seen.review.state,
        ReviewState::Draft | ReviewState::Gathering
    );
    let title = if begins {
        "Circulate"
    } else {
        "Dates and last call"
    };
    CirculateView {
        page: Page::new(app, Some(&user.visitor), title, "reviews"),
        number: seen.review.number,
        review_title: seen.review.title.clone(),
        begins,
        asked,
        zone: user.visitor.zone.replace('_', " "),
        form,
        errors,
    }
}

pub async fn circulate(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<CirculationFields>,
) -> Reply {
    let mut errors = Fields::default();
    let mut time = |field: &str, text: &str| match instant(text, &user.visitor.zone) {
        Ok(at) => at,
        Err(message) => {
            errors.add(field, message);
            None
        }
    };
    let wanted = CirculationForm {
        comments_until: time("comments_until", &form.comments_until),
        last_call_until: time("last_call_until", &form.last_call_until),
        feedback_wanted: form.feedback_wanted.clone(),
        note: form.note.clone(),
    };
    if errors.is_empty() {
        let ctx = user.ctx.clone();
        let done = app
            .db
            .write(move |tx| {
                let seen = frame::load(&ctx, tx, number)?;
                reviews::circulate(&ctx, tx, seen.review.id, &wanted)
            })
            .await;
        match done {
            Ok(()) => return Ok(Redirect::to(&format!("/reviews/{number}")).into_response()),
            Err(Error::Invalid(fields)) => errors = fields,
            Err(error) => return Err(error.into()),
        }
    }
    let (seen, asked) = load(&app, &user, number).await?;
    html_invalid(&circulate_view(&app, &user, &seen, asked, form, errors))
}

/// The instant that a person's clock shows, from what their browser sends for a date and time; nothing for nothing.
pub fn instant(text: &str, zone: &str) -> Result<Option<i64>, &'static str> {
    const WRONG: &str = "Please give a day and a time, such as 2026-11-25T18:00.";
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let civil: DateTime = text.parse().map_err(|_| WRONG)?;
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let at = civil.to_zoned(zone).map_err(|_| WRONG)?;
    Ok(Some(at.timestamp().as_millisecond()))
}

/// An instant as an input for date and time shows it.
fn local(at: i64, zone: &str) -> String {
    zoned(at, zone).strftime("%Y-%m-%dT%H:%M").to_string()
}

fn evening(at: i64, zone: &str) -> String {
    zoned(at, zone).strftime("%Y-%m-%dT18:00").to_string()
}

fn zoned(at: i64, zone: &str) -> jiff::Zoned {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    jiff::Timestamp::from_millisecond(at)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_zoned(zone)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct StepForm {
    to: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "reviews/step.html")]
struct StepPage {
    page: Page,
    number: i64,
    review_title: String,
    now: &'static str,
    choices: Vec<ChoiceView>,
    form: StepForm,
    errors: Fields,
}

pub async fn new_step(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let (seen, _) = load(&app, &user, number).await?;
    html(&step_view(
        &app,
        &user,
        &seen,
        StepForm::default(),
        Fields::default(),
    ))
}

fn step_view(app: &App, user: &SignedIn, seen: &Seen, form: StepForm, errors: Fields) -> StepPage {
    let review = &seen.review;
    let choices = steps::states(review.kind)
        .iter()
        .filter_map(|&to| {
            let direction = steps::direction(review.kind, review.state, to).ok()?;
            if to == ReviewState::Decided && direction == Direction::Forward {
                return None;
            }
            let mut choice = ChoiceView::new(to.as_str(), state_words(to), &form.to);
            choice.hint = match direction {
                Direction::Back => "A step back; it says why.".to_owned(),
                Direction::Forward => String::new(),
            };
            Some(choice)
        })
        .collect();
    StepPage {
        page: Page::new(app, Some(&user.visitor), "Move to another state", "reviews"),
        number: review.number,
        review_title: review.title.clone(),
        now: state_words(review.state),
        choices,
        form,
        errors,
    }
}

pub async fn step(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<StepForm>,
) -> Reply {
    let errors = match ReviewState::parse(&form.to) {
        None => Fields::one("to", "Please choose where it goes."),
        Some(to) => {
            let (ctx, reason) = (user.ctx.clone(), form.reason.clone());
            let done = app
                .db
                .write(move |tx| {
                    let seen = frame::load(&ctx, tx, number)?;
                    reviews::step(&ctx, tx, seen.review.id, to, &reason)
                })
                .await;
            match done {
                Ok(()) => return Ok(Redirect::to(&format!("/reviews/{number}")).into_response()),
                Err(Error::Invalid(fields)) => fields,
                Err(error) => return Err(error.into()),
            }
        }
    };
    let (seen, _) = load(&app, &user, number).await?;
    html_invalid(&step_view(&app, &user, &seen, form, errors))
}
