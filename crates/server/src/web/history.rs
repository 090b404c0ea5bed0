//! What became of a review: its steps, rounds and document versions, what changed between two versions, and earlier
//! rounds as they stood.

pub mod json;

use super::frame::{self, Frame, Tab};
use super::page::{Page, html};
use super::view::{PersonView, WhenView, outcome_words, state_words};
use crate::app::App;
use crate::http::{Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use hardwon_core::documents::difference::{self, Difference, Line};
use hardwon_core::documents::{self, OutlineEntry, Version};
use hardwon_core::reviews::rounds::{self, PastQuestion};
use hardwon_core::reviews::steps::{self, Direction, Step};
use hardwon_core::reviews::{self, Outcome};
use hardwon_core::{Error, Result, Tx};
use serde::Deserialize;

/// One line of the log, newest first.
struct EntryView {
    at_ms: i64,
    icon: &'static str,
    strong: String,
    rest: String,
    author: Option<PersonView>,
    reason: String,
    at: WhenView,
    href: String,
    href_words: &'static str,
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

#[derive(Template)]
#[template(path = "reviews/history.html")]
struct HistoryView {
    page: Page,
    frame: Frame,
    entries: Vec<EntryView>,
    rounds: Vec<RoundView>,
    versions: Vec<VersionChoice>,
}

pub async fn list(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
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
    entries.extend(
        versions
            .iter()
            .filter(|version| {
                !log.iter()
                    .any(|step| step.document_version == Some(version.number))
            })
            .map(|version| version_entry(version, number, clock.exact(version.at))),
    );
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at_ms));
    html(&HistoryView {
        page: frame::page(&app, &user, &seen),
        rounds: past
            .iter()
            .map(|round| RoundView {
                number: round.round,
                opened: clock.date(round.opened_at),
                closed: round.closed_at.map(|at| clock.date(at)),
                current: round.round == seen.review.round,
            })
            .collect(),
        versions: choices(&versions),
        frame: Frame::new(&user, &seen, Tab::History),
        entries,
    })
}

fn choices(versions: &[Version]) -> Vec<VersionChoice> {
    versions
        .iter()
        .rev()
        .map(|version| VersionChoice {
            number: version.number,
            label: format!("Version {}: {}", version.number, version_name(version)),
        })
        .collect()
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

fn version_entry(version: &Version, number: i64, at: WhenView) -> EntryView {
    EntryView {
        at_ms: version.at,
        icon: "i-file-diff",
        strong: format!("Version {}", version.number),
        rest: format!("of the document: “{}”", version.name),
        author: version.author.as_ref().map(PersonView::from),
        reason: String::new(),
        at,
        href: if version.number > 1 {
            format!(
                "/reviews/{number}/difference?from={}&to={}",
                version.number - 1,
                version.number
            )
        } else {
            format!("/reviews/{number}/versions/{}", version.number)
        },
        href_words: if version.number > 1 {
            "What changed"
        } else {
            "Read it"
        },
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct DifferenceQuery {
    /// Version numbers; 0 is the document as it is now.
    from: i64,
    to: i64,
    view: String,
}

/// A stretch of one line: plain, taken away, or added.
struct SpanView {
    text: String,
    changed: bool,
}

struct SideView {
    number: usize,
    spans: Vec<SpanView>,
    changed: bool,
}

struct DiffRow {
    old: Option<SideView>,
    new: Option<SideView>,
    same: bool,
}

struct DiffPart {
    folded: usize,
    rows: Vec<DiffRow>,
}

#[derive(Template)]
#[template(path = "reviews/difference.html")]
struct DifferenceView {
    page: Page,
    number: i64,
    review_title: String,
    inline: bool,
    from: i64,
    to: i64,
    versions: Vec<VersionChoice>,
    added: usize,
    removed: usize,
    parts: Vec<DiffPart>,
    folded_after: usize,
}

pub async fn difference(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(query): Query<DifferenceQuery>,
) -> Reply {
    let ctx = user.ctx.clone();
    let (from, to) = (query.from, query.to);
    let (seen, versions, found) = app
        .db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            let document = seen.review.document;
            let versions = documents::versions(tx, document)?;
            let (old, new) = (text(tx, document, from)?, text(tx, document, to)?);
            Ok::<_, Error>((seen, versions, difference::between(&old, &new)))
        })
        .await?;
    let Difference {
        parts,
        folded_after,
        lines_added,
        lines_removed,
    } = found;
    html(&DifferenceView {
        page: Page::new(&app, Some(&user.visitor), "What changed", "reviews"),
        number,
        review_title: seen.review.title.clone(),
        inline: query.view == "inline",
        from,
        to,
        versions: choices(&versions),
        added: lines_added,
        removed: lines_removed,
        parts: parts
            .into_iter()
            .map(|part| DiffPart {
                folded: part.folded,
                rows: part
                    .rows
                    .into_iter()
                    .map(|row| DiffRow {
                        same: row.is_same(),
                        old: row.old.map(side),
                        new: row.new.map(side),
                    })
                    .collect(),
            })
            .collect(),
        folded_after,
    })
}

fn side(line: Line) -> SideView {
    SideView {
        number: line.number,
        changed: line.spans.iter().any(|span| span.changed),
        spans: line
            .spans
            .into_iter()
            .map(|span| SpanView {
                text: span.text,
                changed: span.changed,
            })
            .collect(),
    }
}

/// The text of a named version, or for 0 the present one.
fn text(tx: &mut Tx<'_>, document: hardwon_core::id::DocumentId, version: i64) -> Result<String> {
    if version == 0 {
        return Ok(documents::get(tx, document)?.text);
    }
    documents::version_text(tx, document, version)
}

struct CommentView {
    author: PersonView,
    html: String,
    at: WhenView,
}

struct ThreadView {
    title: String,
    heading: String,
    blocking: bool,
    resolved: bool,
    comments: Vec<CommentView>,
}

struct QuestionView {
    number: i64,
    body: String,
    state: String,
    answer: String,
    votes: String,
}

#[derive(Template)]
#[template(path = "reviews/past.html")]
struct PastView {
    page: Page,
    frame: Frame,
    heading: String,
    /// What this was, and when.
    lead: String,
    html: String,
    outline: Vec<OutlineEntry>,
    is_round: bool,
    questions: Vec<QuestionView>,
    threads: Vec<ThreadView>,
}

/// A named version of the document, to read.
pub async fn version(
    State(app): State<App>,
    user: SignedIn,
    Path((number, version)): Path<(i64, i64)>,
) -> Reply {
    let ctx = user.ctx.clone();
    let (seen, past, found, syntax) = app
        .db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            let document = seen.review.document;
            let past = documents::version_text(tx, document, version)?;
            let found = documents::versions(tx, document)?
                .into_iter()
                .find(|one| one.number == version);
            let syntax = documents::read(tx, document)?.syntax;
            Ok::<_, Error>((seen, past, found, syntax))
        })
        .await?;
    let found = found.ok_or(Error::NotFound)?;
    let rendered = hardwon_prose::render(&past, syntax);
    html(&PastView {
        page: frame::page(&app, &user, &seen),
        frame: Frame::new(&user, &seen, Tab::History),
        heading: format!("Version {version}: {}", version_name(&found)),
        lead: format!(
            "The document as it stood on {}.",
            frame::clock(&user).exact(found.at).text
        ),
        outline: super::document::plain_outline(&rendered.headings),
        html: rendered.html,
        is_round: false,
        questions: Vec::new(),
        threads: Vec::new(),
    })
}

/// An earlier round as it stood: the document, the questions and what was said.
pub async fn round(
    State(app): State<App>,
    user: SignedIn,
    Path((number, round)): Path<(i64, i64)>,
) -> Reply {
    let ctx = user.ctx.clone();
    let (seen, found, past, syntax, questions, comments) = app
        .db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            let (id, document) = (seen.review.id, seen.review.document);
            let found = rounds::round(tx, id, round)?;
            let past = text(tx, document, found.document_version.unwrap_or(0))?;
            let syntax = documents::read(tx, document)?.syntax;
            let questions = rounds::questions(tx, id, round)?;
            let comments = rounds::comments(tx, id, round)?;
            Ok::<_, Error>((seen, found, past, syntax, questions, comments))
        })
        .await?;
    let clock = frame::clock(&user);
    let mut threads: Vec<ThreadView> = Vec::new();
    let mut last = None;
    for comment in comments {
        if last != Some(comment.thread) {
            last = Some(comment.thread);
            threads.push(ThreadView {
                title: comment.thread_title.clone(),
                heading: comment.heading.clone().unwrap_or_default(),
                blocking: comment.blocking,
                resolved: comment.resolved,
                comments: Vec::new(),
            });
        }
        if let Some(thread) = threads.last_mut() {
            thread.comments.push(CommentView {
                author: PersonView::from(&comment.author),
                html: comment.html,
                at: clock.exact(comment.at),
            });
        }
    }
    let rendered = hardwon_prose::render(&past, syntax);
    let ended = found.closed_at.map_or_else(
        || "it is open".to_owned(),
        |at| format!("it ended on {}", clock.date(at).text),
    );
    html(&PastView {
        page: frame::page(&app, &user, &seen),
        frame: Frame::new(&user, &seen, Tab::History),
        heading: format!("Round {round}"),
        lead: format!(
            "Opened on {}; {ended}. The document, the questions and the threads of that round.",
            clock.date(found.opened_at).text
        ),
        outline: super::document::plain_outline(&rendered.headings),
        html: rendered.html,
        is_round: true,
        questions: questions.into_iter().map(question).collect(),
        threads,
    })
}

fn question(question: PastQuestion) -> QuestionView {
    QuestionView {
        number: question.number,
        body: question.body,
        state: question.state.replace('-', " "),
        answer: question.answer,
        votes: format!("{} for, {} against", question.up, question.down),
    }
}
