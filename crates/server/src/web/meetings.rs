//! Scheduling a meeting, moving it, calling it off, and saying whether one comes. Before anything is sent the page shows
//! what time it is for everybody who is invited.

pub mod json;

use super::frame::{self, Seen};
use super::page::{Page, html, html_invalid};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::access::{self, Need};
use hardwon_core::id::MeetingId;
use hardwon_core::meetings::zones::{self, LocalTime, Suggestion};
use hardwon_core::meetings::{self, Answer, Invited, Meeting, MeetingForm};
use hardwon_core::{Ctx, Error, Fields, Result, Tx};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What the form holds, as it was typed. `seen` is the time whose local times were on the page that sent it.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct ScheduleForm {
    date: String,
    time: String,
    presentation: String,
    questions: String,
    place: String,
    seen: String,
    version: i64,
}

impl ScheduleForm {
    fn of(meeting: &Meeting, zone: &str) -> Self {
        let (date, time) = date_and_time(meeting.starts_at, zone);
        Self {
            date,
            time,
            presentation: meeting.presentation_minutes.to_string(),
            questions: meeting.question_minutes.to_string(),
            place: meeting.place.clone(),
            seen: String::new(),
            version: meeting.version,
        }
    }

    /// Fills in what was left out: ten minutes of presentation, fifty of questions.
    fn complete(mut self) -> Self {
        if self.presentation.is_empty() {
            self.presentation = "10".to_owned();
        }
        if self.questions.is_empty() {
            self.questions = "50".to_owned();
        }
        self
    }

    fn minutes(&self) -> i64 {
        let number = |text: &str| text.trim().parse::<i64>().unwrap_or(0).clamp(0, 1_000);
        (number(&self.presentation) + number(&self.questions)).clamp(1, meetings::MAX_MINUTES)
    }

    fn read(&self, zone: &str) -> Result<MeetingForm> {
        let mut fields = Fields::default();
        let mut number = |name: &str, text: &str| -> i64 {
            text.trim().parse().unwrap_or_else(|_| {
                fields.add(name, "Please give a number of minutes.");
                0
            })
        };
        let presentation_minutes = number("presentation", &self.presentation);
        let question_minutes = number("questions", &self.questions);
        let starts_at = match zones::instant(&self.date, &self.time, zone) {
            Ok(at) => at,
            Err(Error::Invalid(wrong)) => {
                fields.extend(wrong);
                0
            }
            Err(error) => return Err(error),
        };
        fields.check()?;
        Ok(MeetingForm {
            starts_at,
            presentation_minutes,
            question_minutes,
            zone: zone.to_owned(),
            place: self.place.clone(),
        })
    }
}

fn date_and_time(at: i64, zone: &str) -> (String, String) {
    let local = zones::local(at, zone);
    (
        local.strftime("%Y-%m-%d").to_string(),
        local.strftime("%H:%M").to_string(),
    )
}

struct ZoneView {
    zone: String,
    begins: String,
    night: bool,
    people: String,
}

struct SuggestionView {
    href: String,
    label: String,
    note: String,
}

#[derive(Template)]
#[template(path = "meetings/schedule.html")]
struct SchedulePage {
    page: Page,
    number: i64,
    title: String,
    heading: &'static str,
    action: String,
    /// Where the same form is shown with other local times.
    preview: String,
    button: &'static str,
    zone: String,
    form: ScheduleForm,
    errors: Fields,
    zones: Vec<ZoneView>,
    seen: String,
    nights: usize,
    suggestions: Vec<SuggestionView>,
    invited: usize,
}

/// Which meeting a form is about: a new one of a review, or one to be moved.
#[derive(Clone)]
enum Target {
    New(i64),
    Move(MeetingId),
}

struct Loaded {
    seen: Seen,
    meeting: Option<Meeting>,
    invited: Vec<Invited>,
}

fn load(ctx: &Ctx, tx: &mut Tx<'_>, target: &Target) -> Result<Loaded> {
    let (number, meeting) = match target {
        Target::New(number) => (*number, None),
        Target::Move(id) => {
            let (meeting, standing) = meetings::find(ctx, tx, *id, Need::Run)?;
            (standing.number, Some(meeting))
        }
    };
    let seen = frame::load(ctx, tx, number)?;
    seen.standing.require(Need::Run)?;
    let invited = meetings::invited(ctx, tx, seen.review.id, meeting.as_ref().map(|one| one.id))?;
    Ok(Loaded {
        seen,
        meeting,
        invited,
    })
}

fn view(
    app: &App,
    user: &SignedIn,
    loaded: Loaded,
    form: Option<ScheduleForm>,
    errors: Fields,
) -> SchedulePage {
    let zone = user.visitor.zone.clone();
    let number = loaded.seen.review.number;
    let mut form = match (form, &loaded.meeting) {
        (Some(form), _) => form,
        (None, Some(meeting)) => ScheduleForm::of(meeting, &zone),
        (None, None) => ScheduleForm::default(),
    }
    .complete();
    let counts = counted(&loaded.invited);
    let suggested = zones::suggest(&counts, &zone, user.ctx.at, form.minutes());
    if form.date.is_empty() && form.time.is_empty() {
        // The best of them to begin with.
        let best = suggested
            .iter()
            .min_by_key(|one| (one.night, one.off, one.at));
        if let Some(best) = best {
            (form.date, form.time) = date_and_time(best.at, &zone);
        }
    }
    let (action, preview, heading, button) = match &loaded.meeting {
        None => (
            format!("/reviews/{number}/meetings"),
            format!("/reviews/{number}/meeting/new"),
            "Schedule the meeting",
            "Schedule",
        ),
        Some(meeting) => (
            format!("/meetings/{}/times", meeting.id),
            format!("/meetings/{}/move", meeting.id),
            "Move the meeting",
            "Move it",
        ),
    };
    let at = zones::instant(&form.date, &form.time, &zone).ok();
    let times = at.map_or_else(Vec::new, |at| {
        zones::local_times(faces(&loaded.invited), at, form.minutes(), &zone)
    });
    SchedulePage {
        page: Page::new(app, Some(&user.visitor), heading, "reviews"),
        number,
        title: loaded.seen.review.title,
        heading,
        suggestions: suggested
            .iter()
            .map(|one| suggestion(one, &preview, &form, &zone))
            .collect(),
        action,
        preview,
        button,
        seen: at.map(|at| at.to_string()).unwrap_or_default(),
        nights: nights(&times),
        zones: times.iter().map(zone_view).collect(),
        invited: loaded.invited.len(),
        errors,
        form,
        zone,
    }
}

fn faces(invited: &[Invited]) -> impl Iterator<Item = (hardwon_core::people::Face, String)> {
    invited
        .iter()
        .map(|one| (one.person.clone(), one.zone.clone()))
}

fn counted(invited: &[Invited]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for one in invited {
        *counts.entry(one.zone.clone()).or_insert(0) += 1;
    }
    counts
}

fn nights(times: &[LocalTime]) -> usize {
    times
        .iter()
        .filter(|time| time.night)
        .map(|time| time.people.len())
        .sum()
}

fn zone_view(time: &LocalTime) -> ZoneView {
    let mut names: Vec<&str> = time.people.iter().map(|face| face.name.as_str()).collect();
    let more = names.len().saturating_sub(6);
    names.truncate(6);
    let mut people = names.join(", ");
    if more > 0 {
        people.push_str(&format!(" and {more} more"));
    }
    ZoneView {
        zone: time.zone.replace('_', " "),
        begins: format!(
            "{} to {}",
            time.starts.strftime("%a %H:%M"),
            time.ends.strftime("%H:%M")
        ),
        night: time.night,
        people,
    }
}

fn suggestion(one: &Suggestion, preview: &str, form: &ScheduleForm, zone: &str) -> SuggestionView {
    let (date, time) = date_and_time(one.at, zone);
    let pairs = [
        ("date", date.as_str()),
        ("time", &time),
        ("presentation", &form.presentation),
        ("questions", &form.questions),
        ("place", &form.place),
    ];
    let query = serde_html_form::to_string(pairs).unwrap_or_default();
    let people = |count: usize| {
        if count == 1 {
            "1 person".to_owned()
        } else {
            format!("{count} people")
        }
    };
    let note = match (one.night, one.off) {
        (0, 0) => "in everybody's hours of work".to_owned(),
        (0, off) => format!("early or late for {}", people(off)),
        (night, _) => format!("night for {}", people(night)),
    };
    SuggestionView {
        href: format!("{preview}?{query}"),
        label: zones::local(one.at, zone)
            .strftime("%a %-d %b, %H:%M")
            .to_string(),
        note,
    }
}

/// `GET /reviews/7/meeting/new`
pub async fn new(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(form): Query<ScheduleForm>,
) -> Reply {
    show(&app, &user, Target::New(number), form).await
}

/// `GET /meetings/ID/move`
pub async fn edit(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<String>,
    Query(form): Query<ScheduleForm>,
) -> Reply {
    show(&app, &user, Target::Move(parse(&id)?), form).await
}

async fn show(app: &App, user: &SignedIn, target: Target, form: ScheduleForm) -> Reply {
    let ctx = user.ctx.clone();
    let loaded = app.db.read(move |tx| load(&ctx, tx, &target)).await?;
    let typed = !form.date.is_empty() || !form.time.is_empty();
    let page = view(app, user, loaded, typed.then_some(form), Fields::default());
    html(&page)
}

fn parse(id: &str) -> Result<MeetingId> {
    id.parse().map_err(|_| Error::NotFound)
}

/// `POST /reviews/7/meetings`
pub async fn create(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<ScheduleForm>,
) -> Reply {
    let form = form.complete();
    let target = Target::New(number);
    let wanted = match ready(&app, &user, &target, &form).await? {
        Ok(wanted) => wanted,
        Err(errors) => return again(&app, &user, target, form, errors).await,
    };
    let (ctx, engine) = (user.ctx.clone(), app.engine.clone());
    let outcome = app
        .db
        .write(move |tx| {
            let review = access::review_numbered(&ctx, tx, number, Need::Run)?;
            meetings::schedule(&ctx, tx, engine.as_ref(), review.id, &wanted)
        })
        .await;
    match outcome {
        Ok(_) => Ok(Redirect::to(&format!("/reviews/{number}/meeting")).into_response()),
        Err(Error::Invalid(errors)) => again(&app, &user, target, form, errors).await,
        Err(error) => Err(error.into()),
    }
}

/// `POST /meetings/ID/times`
pub async fn update(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<String>,
    Form(form): Form<ScheduleForm>,
) -> Reply {
    let form = form.complete();
    let id = parse(&id)?;
    let target = Target::Move(id);
    let wanted = match ready(&app, &user, &target, &form).await? {
        Ok(wanted) => wanted,
        Err(errors) => return again(&app, &user, target, form, errors).await,
    };
    let (ctx, version) = (user.ctx.clone(), form.version);
    let outcome = app
        .db
        .write(move |tx| {
            meetings::reschedule(&ctx, tx, id, version, &wanted)?;
            Ok::<_, Error>(meetings::find(&ctx, tx, id, Need::See)?.1.number)
        })
        .await;
    match outcome {
        Ok(number) => Ok(Redirect::to(&format!("/reviews/{number}/meeting")).into_response()),
        Err(Error::Invalid(errors)) => again(&app, &user, target, form, errors).await,
        Err(error) => Err(error.into()),
    }
}

/// What is wanted, or what is wrong with it: a time that takes somebody's night is sent only by whoever has seen so.
async fn ready(
    app: &App,
    user: &SignedIn,
    target: &Target,
    form: &ScheduleForm,
) -> Result<Result<MeetingForm, Fields>> {
    let wanted = match form.read(&user.visitor.zone) {
        Ok(wanted) => wanted,
        Err(Error::Invalid(fields)) => return Ok(Err(fields)),
        Err(error) => return Err(error),
    };
    if form.seen == wanted.starts_at.to_string() {
        return Ok(Ok(wanted));
    }
    let (ctx, target) = (user.ctx.clone(), target.clone());
    let invited = app
        .db
        .read(move |tx| Ok::<_, Error>(load(&ctx, tx, &target)?.invited))
        .await?;
    let times = zones::local_times(
        faces(&invited),
        wanted.starts_at,
        form.minutes(),
        &user.visitor.zone,
    );
    Ok(match nights(&times) {
        0 => Ok(wanted),
        nights => {
            let whom = if nights == 1 {
                "one person".to_owned()
            } else {
                format!("{nights} people")
            };
            Err(Fields::one(
                "time",
                format!("This is at night for {whom}; see below. Send it again if it must be."),
            ))
        }
    })
}

async fn again(
    app: &App,
    user: &SignedIn,
    target: Target,
    form: ScheduleForm,
    errors: Fields,
) -> Reply {
    let ctx = user.ctx.clone();
    let loaded = app.db.read(move |tx| load(&ctx, tx, &target)).await?;
    html_invalid(&view(app, user, loaded, Some(form), errors))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct CancelForm {
    reason: String,
}

#[derive(Template)]
#[template(path = "meetings/cancel.html")]
struct CancelPage {
    page: Page,
    number: i64,
    title: String,
    meeting: String,
    reason: String,
    errors: Fields,
}

/// `GET /meetings/ID/cancellation/new`
pub async fn new_cancellation(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<String>,
) -> Reply {
    html(&cancel_page(&app, &user, parse(&id)?, String::new(), Fields::default()).await?)
}

async fn cancel_page(
    app: &App,
    user: &SignedIn,
    id: MeetingId,
    reason: String,
    errors: Fields,
) -> Result<CancelPage> {
    let ctx = user.ctx.clone();
    let (_, standing) = app
        .db
        .read(move |tx| meetings::find(&ctx, tx, id, Need::Run))
        .await?;
    Ok(CancelPage {
        page: Page::new(app, Some(&user.visitor), "Call the meeting off", "reviews"),
        number: standing.number,
        title: standing.title,
        meeting: id.to_string(),
        reason,
        errors,
    })
}

/// `POST /meetings/ID/cancellation`
pub async fn cancel(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<String>,
    Form(form): Form<CancelForm>,
) -> Reply {
    let id = parse(&id)?;
    let (ctx, reason) = (user.ctx.clone(), form.reason.clone());
    let outcome = app
        .db
        .write(move |tx| {
            meetings::cancel(&ctx, tx, id, &reason)?;
            Ok::<_, Error>(meetings::find(&ctx, tx, id, Need::See)?.1.number)
        })
        .await;
    match outcome {
        Ok(number) => Ok(Redirect::to(&format!("/reviews/{number}/meeting")).into_response()),
        Err(Error::Invalid(errors)) => {
            html_invalid(&cancel_page(&app, &user, id, form.reason, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
pub struct AnswerForm {
    answer: String,
}

/// `POST /meetings/ID/answer`
pub async fn answer(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<String>,
    Form(form): Form<AnswerForm>,
) -> Reply {
    let id = parse(&id)?;
    let answer = Answer::parse(&form.answer)
        .ok_or_else(|| Error::invalid("answer", "This is no answer to an invitation."))?;
    let ctx = user.ctx;
    let number = app
        .db
        .write(move |tx| {
            meetings::answer(&ctx, tx, id, answer)?;
            Ok::<_, Error>(meetings::find(&ctx, tx, id, Need::See)?.1.number)
        })
        .await?;
    Ok(Redirect::to(&format!("/reviews/{number}/meeting")).into_response())
}
