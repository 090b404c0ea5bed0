//! What stands around every page of one review: its number, title, state, steps, tabs and the one thing to do next.

use super::page::Page;
use super::view::{Clock, StateView, StepView, WhenView, state, state_words};
use crate::app::App;
use crate::http::SignedIn;
use hardwon_core::access::{self, Need, Standing};
use hardwon_core::reviews::{self, Review, State, Visibility, steps};
use hardwon_core::{Ctx, Result, Tx, minutes};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Document,
    Discussion,
    Questions,
    Records,
    /// Who takes part, who may see it, who has read it: reached from the side column, not a tab.
    People,
    Meeting,
    Outcome,
    History,
}

/// A review and what the reader is in it, as every tab needs them.
#[derive(Debug, Clone)]
pub struct Seen {
    pub review: Review,
    pub standing: Standing,
    /// Whether the minutes of a decided review have been sent.
    pub minutes_sent: bool,
}

/// Loads the review at an address for a reader, in the transaction of the page.
pub fn load(ctx: &Ctx, tx: &mut Tx<'_>, number: i64) -> Result<Seen> {
    let standing = access::review_numbered(ctx, tx, number, Need::See)?;
    let review = reviews::load(tx, standing.id)?;
    let minutes_sent =
        review.state == State::Decided && minutes::sent(tx, review.id, review.round)?;
    Ok(Seen {
        review,
        standing,
        minutes_sent,
    })
}

#[derive(Debug, Clone)]
pub struct TabView {
    pub href: String,
    pub label: &'static str,
    pub current: bool,
    pub count: i64,
}

/// The frame as `reviews/frame.html` shows it; views that extend it have fields `page` and `frame`.
#[derive(Debug, Clone)]
pub struct Frame {
    pub number: i64,
    pub kind: String,
    pub title: String,
    pub state: StateView,
    pub round: i64,
    pub private: bool,
    pub active: WhenView,
    /// When an imported proposal was written, as it says itself.
    pub written: Option<WhenView>,
    pub steps: Vec<StepView>,
    pub tabs: Vec<TabView>,
    /// The one thing to do next: address, icon and words; empty where there is nothing to do for this reader.
    pub primary: Option<Primary>,
    pub can_edit: bool,
    pub org_name: String,
}

#[derive(Debug, Clone)]
pub struct Primary {
    pub href: String,
    pub icon: &'static str,
    pub label: &'static str,
}

impl Frame {
    pub fn new(user: &SignedIn, seen: &Seen, tab: Tab) -> Self {
        let review = &seen.review;
        let clock = clock(user);
        let tabs = tabs(review, tab);
        Self {
            number: review.number,
            kind: user.name_of(review.kind),
            title: review.title.clone(),
            state: state(review.state, review.outcome),
            round: review.round,
            private: review.visibility == Visibility::Private,
            active: clock.relative(review.active_at),
            written: review
                .written_on
                .as_deref()
                .and_then(|day| clock.day_start(day).ok().flatten())
                .map(|at| clock.date(at)),
            steps: step_views(review, &clock),
            // Where one already is, is nowhere to go.
            primary: primary(seen)
                .filter(|one| !tabs.iter().any(|tab| tab.current && tab.href == one.href)),
            tabs,
            can_edit: seen.standing.can_edit(),
            org_name: user.visitor.organisation.clone(),
        }
    }
}

/// How this reader reads times.
pub fn clock(user: &SignedIn) -> Clock {
    Clock::new(
        user.ctx.at,
        &user.visitor.zone,
        &user.visitor.organisation_zone,
    )
    .with_locale(&user.visitor.locale)
}

/// The page around a tab.
pub fn page(app: &App, user: &SignedIn, seen: &Seen) -> Page {
    Page::new(
        app,
        Some(&user.visitor),
        seen.review.title.clone(),
        "reviews",
    )
}

fn step_views(review: &Review, clock: &Clock) -> Vec<StepView> {
    let states = steps::states(review.kind);
    let here = states
        .iter()
        .position(|&state| state == review.state)
        .unwrap_or(0);
    states
        .iter()
        .enumerate()
        .map(|(place, &state)| StepView {
            label: state_words(state),
            note: match state {
                State::Circulating if place == here => review
                    .comments_until
                    .map(|at| format!("until {}", clock.date(at).text)),
                State::Scheduled if place == here => {
                    review.meeting_at.map(|at| clock.date(at).text)
                }
                _ => None,
            }
            .unwrap_or_default(),
            done: place < here,
            current: place == here,
        })
        .collect()
}

fn tabs(review: &Review, current: Tab) -> Vec<TabView> {
    let base = format!("/reviews/{}", review.number);
    let tab = |tab: Tab, path: &str, label, count| TabView {
        href: format!("{base}{path}"),
        label,
        current: tab == current,
        count,
    };
    vec![
        tab(Tab::Document, "", "Document", 0),
        tab(
            Tab::Discussion,
            "/discussion",
            "Discussion",
            review.open_threads,
        ),
        tab(
            Tab::Questions,
            "/questions",
            "Questions",
            review.open_questions,
        ),
        tab(Tab::Records, "/records", "Records", 0),
        tab(Tab::Meeting, "/meeting", "Meeting", 0),
        tab(Tab::Outcome, "/outcome", "Outcome", 0),
        tab(Tab::History, "/history", "History", 0),
    ]
}

fn primary(seen: &Seen) -> Option<Primary> {
    let base = format!("/reviews/{}", seen.review.number);
    let act = |path: &str, icon, label| {
        Some(Primary {
            href: format!("{base}{path}"),
            icon,
            label,
        })
    };
    if !seen.standing.can_edit() {
        return match seen.review.state {
            State::Circulating => act(
                "/questions",
                "i-message-circle-question-mark",
                "Ask or vote",
            ),
            State::Scheduled | State::InReview => {
                act("/meeting", "i-calendar", "Go to the meeting")
            }
            State::Decided | State::Closed => act("/outcome", "i-scroll-text", "Read the outcome"),
            _ => None,
        };
    }
    match seen.review.state {
        State::Draft | State::Gathering => act("/circulation/new", "i-send", "Circulate"),
        State::Circulating => act("/meeting/new", "i-calendar-plus", "Schedule the meeting"),
        State::Scheduled => act("/meeting", "i-calendar", "Go to the meeting"),
        State::InReview => act("/decision/new", "i-gavel", "Record the decision"),
        State::Decided if seen.minutes_sent => act("/outcome", "i-scroll-text", "Read the outcome"),
        State::Decided | State::Launched | State::Published => {
            act("/minutes", "i-scroll-text", "Write the minutes")
        }
        State::Closed => act("/outcome", "i-scroll-text", "Read the outcome"),
    }
}
