//! What became of a review: its steps, rounds and document versions, in one log.

pub mod authors;
mod difference;
pub mod json;
mod past;
pub mod restoration;

pub use difference::difference;
pub use past::{round, version};

use super::frame::{self, Frame, Tab};
use super::page::{Page, html};
use super::view::{Clock, PersonView, WhenView, outcome_words, state_words};
use crate::app::App;
use crate::http::{Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use hardwon_core::documents::{self, Version, VersionKind};
use hardwon_core::reviews::rounds;
use hardwon_core::reviews::steps::{self, Direction, Step};
use hardwon_core::reviews::{self, Outcome};
use hardwon_core::{Error, Result, Tx};
use serde::Deserialize;
use std::collections::BTreeSet;

/// One line of the log, newest first.
struct EntryView {
    at_ms: i64,
    /// A version that was kept by itself.
    automatic: bool,
    /// The version to read, where the entry is one.
    version: Option<i64>,
    icon: &'static str,
    strong: String,
    rest: String,
    author: Option<PersonView>,
    reason: String,
    at: WhenView,
    href: String,
    href_words: &'static str,
}

/// Entries that stand together: one alone, or versions that were kept by themselves.
struct GroupView {
    automatic: bool,
    entries: Vec<EntryView>,
}

struct RoundView {
    number: i64,
    opened: WhenView,
    closed: Option<WhenView>,
    current: bool,
}

struct VersionChoice {
    number: i64,
    label: String,
}

/// The versions to choose from, newest first: those somebody meant to keep, and the others.
struct Choices {
    meant: Vec<VersionChoice>,
    automatic: Vec<VersionChoice>,
}

impl Choices {
    fn new(versions: &[Version], clock: &Clock) -> Self {
        let (automatic, meant): (Vec<_>, Vec<_>) = versions
            .iter()
            .rev()
            .partition(|version| version.kind == VersionKind::Automatic);
        let choice = |version: &Version, words: &str| VersionChoice {
            number: version.number,
            label: format!("Version {}: {words}", version.number),
        };
        Self {
            meant: meant
                .into_iter()
                .map(|version| choice(version, &version_name(version)))
                .collect(),
            automatic: automatic
                .into_iter()
                .map(|version| choice(version, &clock.exact(version.at).text))
                .collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.meant.is_empty() && self.automatic.is_empty()
    }
}

#[derive(Template)]
#[template(path = "reviews/history.html")]
struct HistoryView {
    page: Page,
    frame: Frame,
    groups: Vec<GroupView>,
    rounds: Vec<RoundView>,
    versions: Choices,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct HistoryQuery {
    /// The version that was just brought back.
    restored: Option<i64>,
}

pub async fn list(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(query): Query<HistoryQuery>,
) -> Reply {
    let ctx = user.ctx.clone();
    let (seen, log, versions, past) = app
        .db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            let log = steps::history(tx, seen.review.id)?;
            let versions = documents::versions(tx, seen.review.document)?;
            let past = rounds::rounds(tx, seen.review.id)?;
            Ok::<_, Error>((seen, log, versions, past))
        })
        .await?;
    let clock = frame::clock(&user);
    let mut entries: Vec<EntryView> = log
        .iter()
        .map(|step| step_entry(step, &seen.review, clock.exact(step.at)))
        .collect();
    let at_steps: BTreeSet<i64> = log
        .iter()
        .filter_map(|step| step.document_version)
        .collect();
    let before = std::iter::once(None).chain(versions.iter().map(|one| Some(one.number)));
    entries.extend(
        versions
            .iter()
            .zip(before)
            .filter(|(version, _)| !at_steps.contains(&version.number))
            .map(|(version, before)| {
                version_entry(version, before, number, clock.exact(version.at))
            }),
    );
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at_ms));
    let mut page = frame::page(&app, &user, &seen);
    if let Some(version) = query.restored {
        let words = format!(
            "Version {version} is back in the document. What was there before is in the history."
        );
        page = page.with_flash("good", words);
    }
    html(&HistoryView {
        page,
        rounds: past
            .iter()
            .map(|round| RoundView {
                number: round.round,
                opened: clock.date(round.opened_at),
                closed: round.closed_at.map(|at| clock.date(at)),
                current: round.round == seen.review.round,
            })
            .collect(),
        versions: Choices::new(&versions, &clock),
        frame: Frame::new(&user, &seen, Tab::History),
        groups: groups(entries),
    })
}

/// Puts versions that were kept by themselves, one after the other, into one fold.
fn groups(entries: Vec<EntryView>) -> Vec<GroupView> {
    let mut groups: Vec<GroupView> = Vec::new();
    for entry in entries {
        match groups.last_mut() {
            Some(group) if group.automatic && entry.automatic => group.entries.push(entry),
            _ => groups.push(GroupView {
                automatic: entry.automatic,
                entries: vec![entry],
            }),
        }
    }
    groups
}

/// A decision's step says what was decided.
fn reason_words(step: &Step) -> String {
    Some(step)
        .filter(|step| step.to == reviews::State::Decided)
        .and_then(|step| Outcome::parse(&step.reason))
        .map_or_else(|| step.reason.clone(), |one| outcome_words(one).to_owned())
}

/// A version kept at a step carries that state's name.
fn version_name(version: &Version) -> String {
    reviews::State::parse(&version.name).map_or_else(
        || version.name.clone(),
        |state| state_words(state).to_lowercase(),
    )
}

fn step_entry(step: &Step, review: &hardwon_core::reviews::Review, at: WhenView) -> EntryView {
    let back = step.from.is_some_and(|from| {
        matches!(
            steps::direction(review.kind, from, step.to),
            Ok(Direction::Back)
        )
    });
    let words = state_words(step.to);
    let (icon, strong) = match step.from {
        None => ("i-file-plus", "Opened".to_owned()),
        Some(_) if back => ("i-undo-2", format!("Back to {}", words.to_lowercase())),
        Some(_) => (step_icon(step.to), words.to_owned()),
    };
    EntryView {
        at_ms: step.at,
        automatic: false,
        version: None,
        icon,
        strong,
        rest: if step.round > 1 {
            format!("in round {}", step.round)
        } else {
            String::new()
        },
        author: step.actor.as_ref().map(PersonView::from),
        reason: reason_words(step),
        at,
        href: step
            .document_version
            .map(|version| format!("/reviews/{}/versions/{version}", review.number))
            .unwrap_or_default(),
        href_words: "The document then",
    }
}

fn step_icon(state: hardwon_core::reviews::State) -> &'static str {
    use hardwon_core::reviews::State;
    match state {
        State::Draft | State::Gathering => "i-pencil",
        State::Circulating => "i-send",
        State::Scheduled => "i-calendar",
        State::InReview => "i-users",
        State::Decided => "i-gavel",
        State::Launched => "i-rocket",
        State::Published => "i-book-open",
        State::Closed => "i-archive",
    }
}

fn version_entry(version: &Version, before: Option<i64>, number: i64, at: WhenView) -> EntryView {
    let (href, href_words) = match before {
        Some(before) => (
            format!(
                "/reviews/{number}/difference?from={before}&to={}",
                version.number
            ),
            "What changed",
        ),
        None => (
            format!("/reviews/{number}/versions/{}", version.number),
            "Read it",
        ),
    };
    let automatic = version.kind == VersionKind::Automatic;
    EntryView {
        at_ms: version.at,
        automatic,
        version: Some(version.number),
        icon: "i-file-diff",
        strong: format!("Version {}", version.number),
        rest: if automatic {
            version.name.clone()
        } else {
            format!("of the document: “{}”", version_name(version))
        },
        author: version.author.as_ref().map(PersonView::from),
        reason: String::new(),
        at,
        href,
        href_words,
    }
}

/// The text of a named version, or for 0 the present one.
fn text(tx: &mut Tx<'_>, document: hardwon_core::id::DocumentId, version: i64) -> Result<String> {
    if version == 0 {
        return Ok(documents::get(tx, document)?.text);
    }
    documents::version_text(tx, document, version)
}
