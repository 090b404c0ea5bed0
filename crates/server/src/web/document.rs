//! A review's document: reading it, with what stands beside it; writing it; its named versions; taking it away.

mod edit;
mod tasks;

use super::frame::{self, Frame, Seen, Tab};
use super::page::{Page, html};
use super::threads::margin::{Margin, MarginView};
use super::view::{PersonView, StateView, WhenView, state};
use crate::app::App;
use crate::http::{Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use hardwon_core::documents::{self, OutlineEntry, Reading, SectionState, references, sections};
use hardwon_core::id::ReviewId;
use hardwon_core::link::Relation;
use hardwon_core::reviews::participants::{Participant, PrincipalKind, participants};
use hardwon_core::reviews::readers::{self, Reach};
use hardwon_core::reviews::records::{self, Record, RecordKind};
use hardwon_core::reviews::relations::{self, Related};
use hardwon_core::reviews::{self, ReviewKind, ReviewRole, beside};
use hardwon_core::threads;
use hardwon_core::{Ctx, Error, Result, Tx};
use hardwon_prose::{Syntax, place};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub use edit::{DocumentForm, VersionForm, edit, keep_version, preview, save};
pub use tasks::tick;

struct HeadingView {
    level: u8,
    text: String,
    slug: String,
    threads: i64,
}

/// A person or team in the side column, with what they do.
struct WhoView {
    team: bool,
    name: String,
    initials: String,
    href: String,
    note: &'static str,
}

struct BlockingView {
    href: String,
    title: String,
    raised_by: String,
    since: WhenView,
}

struct StanceView {
    icon: &'static str,
    label: &'static str,
    people: i64,
}

pub struct RelatedView {
    pub words: &'static str,
    pub relation: &'static str,
    pub number: i64,
    pub title: String,
    pub state: StateView,
    pub note: String,
}

/// The readiness panel: an advice, never a gate.
pub struct ReadinessView {
    pub present: usize,
    pub of: usize,
    pub there: Vec<&'static str>,
    /// What the author may want to look at, in words.
    pub gaps: Vec<GapView>,
}

pub struct GapView {
    pub icon: &'static str,
    pub text: String,
    pub href: String,
}

#[derive(Template)]
#[template(path = "reviews/document.html")]
struct DocumentView {
    page: Page,
    frame: Frame,
    html: String,
    outline: Vec<HeadingView>,
    author: PersonView,
    updated: WhenView,
    words: i64,
    feedback_wanted: String,
    readiness: Option<ReadinessView>,
    people: Vec<WhoView>,
    followers: usize,
    reach: Reach,
    follows: bool,
    takes_part: bool,
    me: String,
    comments_until: Option<WhenView>,
    last_call: Option<WhenView>,
    meeting_at: Option<WhenView>,
    stances: Vec<StanceView>,
    blocking: Vec<BlockingView>,
    related: Vec<RelatedView>,
    source: String,
    /// Open threads at words of the document.
    in_margin: usize,
    /// The threads beside the document, where they are asked for or there are some.
    margin: Option<MarginView>,
    /// The version that the text's boxes are of, for whoever may tick them.
    tasks: Option<i64>,
}

/// Everything that the document's page shows, read in one transaction.
struct Loaded {
    seen: Seen,
    reading: Reading,
    html: String,
    news: bool,
    people: Vec<Participant>,
    threads: BTreeMap<String, i64>,
    blocking: Vec<beside::Blocking>,
    stances: Vec<(String, i64)>,
    records: Vec<Record>,
    related: Vec<Related>,
    reach: Reach,
    in_margin: usize,
    margin: Option<Margin>,
}

fn load(ctx: &Ctx, tx: &mut Tx<'_>, number: i64, query: &ShowQuery) -> Result<Loaded> {
    let seen = frame::load(ctx, tx, number)?;
    let (id, round) = (seen.review.id, seen.review.round);
    let mut reading = documents::read(tx, seen.review.document)?;
    let html = with_references(
        ctx,
        tx,
        std::mem::take(&mut reading.html),
        seen.review.source_format.is_some(),
    )?;
    let marks = threads::marks(tx, seen.review.document)?;
    let margin = match query.beside.as_str() {
        "comments" => true,
        "about" => false,
        _ => !marks.is_empty(),
    };
    Ok(Loaded {
        in_margin: marks.len(),
        html: place::mark(&html, &marks),
        margin: margin
            .then(|| Margin::load(ctx, tx, &seen, &query.show))
            .transpose()?,
        news: readers::is_news(ctx, tx, id, round, reading.version)?,
        people: participants(tx, id)?,
        threads: beside::threads_by_heading(tx, id)?,
        blocking: if seen.review.blocking_threads > 0 {
            beside::blocking(tx, id)?
        } else {
            Vec::new()
        },
        stances: beside::stances(tx, id, round)?,
        records: records::records(tx, id)?,
        related: relations::related(ctx, tx, id)?,
        reach: readers::reach(tx, id, round)?,
        seen,
        reading,
    })
}

/// Leaves linked only the references that the reader may follow. In a text from elsewhere, `#12` is a number of its own
/// world and leads nowhere here.
fn with_references(ctx: &Ctx, tx: &mut Tx<'_>, html: String, imported: bool) -> Result<String> {
    let numbers = references::numbers(&html);
    if numbers.is_empty() {
        return Ok(html);
    }
    let visible = if imported {
        Vec::new()
    } else {
        relations::visible(ctx, tx, &numbers)?
    };
    if visible.len() == numbers.len() {
        return Ok(html);
    }
    Ok(references::unlink(&html, &visible))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ShowQuery {
    /// Present after a save into which another one had come.
    merged: Option<String>,
    /// What stands beside the document: `comments` or `about` it.
    beside: String,
    /// Which of the comments.
    show: String,
    /// Present after a box was ticked whose line others had changed.
    moved: Option<String>,
}

pub async fn show(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(query): Query<ShowQuery>,
) -> Reply {
    let ctx = user.ctx.clone();
    let (merged, moved) = (query.merged.is_some(), query.moved.is_some());
    let loaded = app
        .db
        .read(move |tx| load(&ctx, tx, number, &query))
        .await?;
    if loaded.news {
        note_reading(&app, &user, loaded.seen.review.id);
    }
    let mut view = view(&app, &user, loaded);
    if merged {
        view.page = view.page.with_flash(
            "good",
            "Saved. Somebody else had saved meanwhile; both changes are in the document.",
        );
    }
    if moved {
        view.page = view.page.with_flash(
            "warn",
            "Somebody changed this task meanwhile, so nothing was ticked. Please look at it again.",
        );
    }
    html(&view)
}

/// Notes the reading after the answer, so that reading stays cheap; a page opened again tells nothing new.
fn note_reading(app: &App, user: &SignedIn, review: ReviewId) {
    let (app, ctx) = (app.clone(), user.ctx.clone());
    tokio::spawn(async move {
        let noted = app
            .db
            .write(move |tx| reviews::mark_read(&ctx, tx, review))
            .await;
        if let Err(error) = noted {
            tracing::warn!(%error, "a reading could not be noted");
        }
    });
}

fn view(app: &App, user: &SignedIn, loaded: Loaded) -> DocumentView {
    let clock = frame::clock(user);
    let Loaded {
        seen,
        reading,
        html,
        people,
        threads,
        blocking,
        stances,
        records,
        related,
        reach,
        in_margin,
        margin,
        ..
    } = loaded;
    let review = &seen.review;
    let outline: Vec<HeadingView> = reading
        .outline
        .iter()
        .map(|entry| HeadingView {
            level: entry.level,
            text: entry.text.clone(),
            slug: entry.slug.clone(),
            threads: threads.get(&entry.slug).copied().unwrap_or(0),
        })
        .collect();
    let tasks = (reading.syntax == Syntax::Markdown
        && seen.standing.can_edit()
        && html.contains(hardwon_prose::markdown::tasks::BOX))
    .then_some(reading.version);
    let me = user.visitor.person.to_string();
    let mine = |one: &&Participant| one.principal.id == me;
    DocumentView {
        in_margin,
        margin: margin.map(|margin| margin.view(user, &seen, &reading.outline)),
        page: frame::page(app, user, &seen),
        frame: Frame::new(user, &seen, Tab::Document),
        html: tasks.map_or_else(
            || with_talk(&html, &outline, review.number),
            |_| tasks::with_boxes(&with_talk(&html, &outline, review.number)),
        ),
        tasks,
        author: PersonView::from(reading.updated_by.as_ref().unwrap_or(&review.author)),
        updated: clock.relative(reading.updated_at),
        words: reading.words,
        feedback_wanted: review.feedback_wanted.clone(),
        readiness: readiness(review.kind, review.number, &reading, &records),
        followers: people
            .iter()
            .filter(|one| one.role == ReviewRole::Follower)
            .count(),
        reach,
        follows: people
            .iter()
            .filter(mine)
            .any(|one| one.role == ReviewRole::Follower),
        takes_part: people.iter().any(|one| mine(&one)),
        people: who(&people),
        me,
        comments_until: review.comments_until.map(|at| clock.exact(at)),
        last_call: review.last_call_until.map(|at| clock.exact(at)),
        meeting_at: review.meeting_at.map(|at| clock.exact(at)),
        stances: stances
            .iter()
            .map(|(value, people)| stance(value, *people))
            .collect(),
        blocking: blocking
            .into_iter()
            .map(|concern| BlockingView {
                href: format!(
                    "/reviews/{}/discussion#thread-{}",
                    review.number, concern.thread
                ),
                title: concern.title,
                raised_by: concern.raised_by,
                since: clock.date(concern.since),
            })
            .collect(),
        related: related.iter().map(related_view).collect(),
        source: match (&review.source_format, &review.source_state) {
            (Some(format), Some(state)) => format!("Imported ({format}), there “{state}”"),
            (Some(format), None) => format!("Imported ({format})"),
            _ => String::new(),
        },
        outline,
    }
}

pub fn related_view(related: &Related) -> RelatedView {
    RelatedView {
        words: match (related.relation, related.from_here) {
            (Relation::Supersedes, true) => "Supersedes",
            (Relation::Supersedes, false) => "Superseded by",
            (Relation::Requires, true) => "Requires",
            (Relation::Requires, false) => "Required by",
            (Relation::Amends, true) => "Amends",
            (Relation::Amends, false) => "Amended by",
            _ => "See also",
        },
        relation: related.relation.as_str(),
        number: related.number,
        title: related.title.clone(),
        state: state(related.state, related.outcome),
        note: related.note.clone(),
    }
}

fn stance(value: &str, people: i64) -> StanceView {
    let (icon, label) = match value {
        "yes" => ("i-circle-check good", "Yes"),
        "yes-if" => ("i-circle-dot warn", "Yes, if"),
        "not-yet" => ("i-circle-dashed", "Not yet"),
        _ => ("i-circle-minus", "Abstain"),
    };
    StanceView {
        icon,
        label,
        people,
    }
}

/// Those who do something for the review; an author who also presents stands there once, followers are only counted.
fn who(people: &[Participant]) -> Vec<WhoView> {
    let roles = [
        (ReviewRole::Presenter, "presents"),
        (ReviewRole::Author, "wrote it"),
        (ReviewRole::Facilitator, "facilitates"),
        (ReviewRole::NoteTaker, "takes notes"),
        (ReviewRole::Stakeholder, "stakeholder"),
    ];
    let mut shown: Vec<WhoView> = Vec::new();
    for (role, note) in roles {
        for one in people.iter().filter(|one| one.role == role) {
            let presents = people.iter().any(|other| {
                other.role == ReviewRole::Presenter && other.principal.id == one.principal.id
            });
            if role == ReviewRole::Author && presents {
                continue;
            }
            let team = one.principal.kind == PrincipalKind::Team;
            shown.push(WhoView {
                team,
                name: one.principal.name.clone(),
                initials: super::view::initials(&one.principal.name),
                href: principal_address(team, &one.principal.handle),
                note,
            });
        }
    }
    shown
}

pub fn principal_address(team: bool, handle: &str) -> String {
    if team {
        format!("/teams/{handle}")
    } else {
        format!("/people/{handle}")
    }
}

/// What is there and what might be missing. Only architecture reviews have standard sections yet.
pub fn readiness(
    kind: ReviewKind,
    number: i64,
    reading: &Reading,
    records: &[Record],
) -> Option<ReadinessView> {
    if kind != ReviewKind::Architecture {
        return None;
    }
    let mut view = ReadinessView {
        present: 0,
        of: reading.sections.len(),
        there: Vec::new(),
        gaps: Vec::new(),
    };
    for section in &reading.sections {
        let name = sections::name(&section.key);
        let words = match section.state {
            SectionState::Present => {
                view.present += 1;
                view.there.push(name);
                continue;
            }
            SectionState::Empty => format!("“{name}” is empty."),
            SectionState::Missing => format!("“{name}” is missing."),
        };
        view.gaps.push(GapView {
            icon: "i-circle-dashed",
            text: words,
            href: format!("/reviews/{number}/edit"),
        });
    }
    for record in records
        .iter()
        .filter(|record| record.named_under.is_none() && record.kind != RecordKind::TrickyComponent)
    {
        view.gaps.push(GapView {
            icon: "i-link-2-off",
            text: format!(
                "The {} “{}” is recorded but not named in the text.",
                super::records::kind_word(record.kind),
                record.title
            ),
            href: format!("/reviews/{number}/records#r-{}", record.id),
        });
    }
    Some(view)
}

/// Puts a way to discuss each heading at its end.
fn with_talk(html: &str, outline: &[HeadingView], number: i64) -> String {
    let mut page = String::with_capacity(html.len() + outline.len() * 220);
    let mut rest = html;
    for heading in outline {
        let id = format!(" id=\"{}{}\"", hardwon_prose::ANCHOR_PREFIX, heading.slug);
        let Some(end) = rest
            .find(&id)
            .and_then(|start| Some(start + rest[start..].find("</h")?))
        else {
            continue;
        };
        page.push_str(&rest[..end]);
        rest = &rest[end..];
        let text = askama::filters::escape(&heading.text, askama::filters::Html)
            .map(|text| text.to_string())
            .unwrap_or_default();
        let (icon, shown, words) = match heading.threads {
            0 => (
                "i-message-square-plus",
                String::new(),
                format!("Discuss “{text}”"),
            ),
            1 => (
                "i-message-square",
                "1".into(),
                format!(" thread about “{text}”"),
            ),
            n => (
                "i-message-square",
                n.to_string(),
                format!(" threads about “{text}”"),
            ),
        };
        let _ = write!(
            page,
            " <a class=\"heading-talk\" href=\"/reviews/{number}/discussion?at={}\"><i class=\"i {icon}\" \
             aria-hidden=\"true\"></i>{shown}<span class=\"visually-hidden\">{words}</span></a>",
            heading.slug
        );
    }
    page.push_str(rest);
    page
}

/// The document as written.
pub async fn download(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let ctx = user.ctx.clone();
    let (seen, document) = app
        .db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            let document = documents::get(tx, seen.review.document)?;
            Ok::<_, Error>((seen, document))
        })
        .await?;
    let (kind, ending) = match document.syntax {
        Syntax::Markdown => ("text/markdown; charset=utf-8", "md"),
        Syntax::Rst => ("text/x-rst; charset=utf-8", "rst"),
        Syntax::Plain => ("text/plain; charset=utf-8", "txt"),
    };
    let name = format!(
        "attachment; filename=\"{}-{}.{ending}\"",
        seen.review.number,
        file_name(&seen.review.title)
    );
    Ok((
        [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ],
        document.text,
    )
        .into_response())
}

/// A title as part of a file's name: plain letters, digits and hyphens.
fn file_name(title: &str) -> String {
    let mut name = String::new();
    for c in hardwon_core::people::key(title).chars().take(60) {
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if !name.ends_with('-') && !name.is_empty() {
            name.push('-');
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() { "document" } else { name }.to_owned()
}

/// The headings of an old text, for its own page.
pub fn plain_outline(outline: &[hardwon_prose::Heading]) -> Vec<OutlineEntry> {
    outline
        .iter()
        .map(|heading| OutlineEntry {
            level: heading.level,
            text: heading.text.clone(),
            slug: heading.slug.clone(),
        })
        .collect()
}
