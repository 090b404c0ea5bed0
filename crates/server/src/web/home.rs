//! Home: what needs you, what is coming up, what was learned, what happened on this day.

pub mod json;

use super::decisions::day;
use super::frame;
use super::learnings::{DayView, LearningView, learning_view, remembered};
use super::outcome::short;
use super::page::{Page, html};
use super::view::{Clock, WhenView, outcome_words};
use crate::app::App;
use crate::http::{Reply, SignedIn};
use askama::Template;
use axum::extract::State;
use hardwon_core::Error;
use hardwon_core::home::{self, Coming, LeadStep, Need};
use hardwon_core::learnings::{self, learn};
use hardwon_core::meetings::MeetingState;
use hardwon_core::page::Page as ListPage;

struct NeedView {
    icon: &'static str,
    href: String,
    title: String,
    number: i64,
    note: String,
    /// A time that presses.
    due: Option<WhenView>,
    /// When it began.
    since: Option<WhenView>,
    on: String,
}

struct ComingView {
    number: i64,
    title: String,
    when: WhenView,
    minutes: i64,
    running: bool,
    soon: bool,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Page,
    lead: String,
    needs: Vec<NeedView>,
    /// Whether a meeting of theirs runs now, which comes before all else.
    running: bool,
    coming: Vec<ComingView>,
    learnings: Vec<LearningView>,
    today: Vec<DayView>,
    new_here: bool,
}

pub async fn index(State(app): State<App>, user: SignedIn) -> Reply {
    let (ctx, zone) = (user.ctx.clone(), user.visitor.zone.clone());
    let (needs, coming, learned, today, new_here) = app
        .db
        .read(move |tx| {
            let needs = home::needs(&ctx, tx)?;
            let coming = home::coming_up(&ctx, tx)?;
            let few = ListPage {
                limit: 5,
                after: None,
            };
            let learned = learnings::list(&ctx, tx, None, &few)?.items;
            let today = learn::on_this_day(&ctx, tx, &zone)?;
            let new_here = needs.is_empty() && home::is_new_here(&ctx, tx)?;
            Ok::<_, Error>((needs, coming, learned, today, new_here))
        })
        .await?;
    let clock = frame::clock(&user);
    html(&HomePage {
        page: Page::new(&app, Some(&user.visitor), "Home", "home"),
        lead: lead(needs.len(), coming.first(), &clock),
        running: coming.iter().any(|one| one.state == MeetingState::Running),
        needs: needs
            .into_iter()
            .map(|need| need_view(need, &clock))
            .collect(),
        coming: coming
            .into_iter()
            .map(|one| coming_view(one, &clock, user.ctx.at))
            .collect(),
        learnings: learned
            .iter()
            .map(|one| learning_view(one, &clock))
            .collect(),
        today: today.iter().map(|one| remembered(one, &clock)).collect(),
        new_here,
    })
}

fn lead(needs: usize, next: Option<&Coming>, clock: &Clock) -> String {
    let first = match needs {
        0 => "Nothing needs you now.".to_owned(),
        1 => "One thing needs you.".to_owned(),
        count => format!("{count} things need you."),
    };
    match next {
        Some(next) if next.state == MeetingState::Running => {
            format!("{first} A meeting is running.")
        }
        Some(next) => {
            let when = clock.relative(next.starts_at).text;
            format!("{first} Your next meeting: {when}.")
        }
        None => first,
    }
}

fn coming_view(one: Coming, clock: &Clock, now: i64) -> ComingView {
    let running = one.state == MeetingState::Running;
    ComingView {
        number: one.review.number,
        title: one.review.title,
        when: clock.exact(one.starts_at),
        minutes: one.minutes,
        running,
        soon: running || (one.starts_at - now).abs() < 3_600_000,
    }
}

fn need_view(need: Need, clock: &Clock) -> NeedView {
    let row = |icon, review: &home::Review, path: String, title: String| NeedView {
        icon,
        href: format!("/reviews/{}{path}", review.number),
        title,
        number: review.number,
        note: String::new(),
        due: None,
        since: None,
        on: String::new(),
    };
    match need {
        Need::Comment {
            review,
            author,
            feedback_wanted,
            until,
        } => NeedView {
            note: if feedback_wanted.trim().is_empty() {
                format!("{author} asks for comments")
            } else {
                format!("{author} asks: {}", short(&feedback_wanted, 160))
            },
            due: until.map(|at| clock.relative(at)),
            ..row(
                "i-message-square-text",
                &review,
                String::new(),
                format!("Comment on “{}”", review.title),
            )
        },
        Need::Vote {
            review,
            count,
            meeting_at,
            until,
        } => NeedView {
            note: meeting_at
                .map(|_| "For the meeting".to_owned())
                .unwrap_or_default(),
            due: meeting_at.or(until).map(|at| clock.relative(at)),
            ..row(
                "i-message-circle-question-mark",
                &review,
                "/questions".to_owned(),
                format!(
                    "Vote on {count} question{} about “{}”",
                    if count == 1 { "" } else { "s" },
                    review.title
                ),
            )
        },
        Need::Condition {
            review,
            id,
            body,
            since,
        } => NeedView {
            note: format!("A condition of “{}”", review.title),
            since: Some(clock.relative(since)),
            ..row(
                "i-square-check",
                &review,
                format!("/outcome#condition-{id}"),
                format!("See to it: {}", short(&body, 160)),
            )
        },
        Need::Question {
            review,
            id,
            body,
            since,
        } => NeedView {
            note: format!("A question of “{}” that you follow up", review.title),
            since: Some(clock.relative(since)),
            ..row(
                "i-arrow-right",
                &review,
                format!("/questions#question-{id}"),
                format!("Find out: {}", short(&body, 160)),
            )
        },
        Need::Concern {
            review,
            thread,
            title,
            at,
        } => NeedView {
            note: format!("You raised it in “{}”; it was answered", review.title),
            since: Some(clock.relative(at)),
            ..row(
                "i-octagon-alert",
                &review,
                format!("/discussion#thread-{thread}"),
                format!("Is your blocking concern settled? “{title}”"),
            )
        },
        Need::Lead {
            review,
            step,
            since,
        } => {
            let (icon, path, title, note) = lead_words(step, &review.title);
            NeedView {
                note: note.to_owned(),
                since: Some(clock.relative(since)),
                ..row(icon, &review, path.to_owned(), title)
            }
        }
        Need::LookAgain {
            review,
            decision,
            outcome,
            on,
        } => NeedView {
            href: format!("/decisions/{decision}"),
            note: format!("Decided: {}", outcome_words(outcome).to_lowercase()),
            on: day(&on),
            ..row(
                "i-calendar-clock",
                &review,
                String::new(),
                format!("Look again at “{}”", review.title),
            )
        },
    }
}

fn lead_words(step: LeadStep, title: &str) -> (&'static str, &'static str, String, &'static str) {
    match step {
        LeadStep::Finish => (
            "i-pencil",
            "",
            format!("Finish “{title}”"),
            "A draft that you have not circulated",
        ),
        LeadStep::Decide => (
            "i-gavel",
            "/decision/new",
            format!("Record the decision on “{title}”"),
            "Its meeting is over",
        ),
        LeadStep::SendMinutes => (
            "i-scroll-text",
            "/minutes",
            format!("Send the minutes of “{title}”"),
            "They are composed from what was recorded",
        ),
        LeadStep::Close => (
            "i-check-check",
            "/outcome",
            format!("Close “{title}”"),
            "No condition is open any more",
        ),
    }
}
