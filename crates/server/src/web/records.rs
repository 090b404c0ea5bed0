//! The records tab: goals, departures, alternatives, costs, assumptions and tricky components, each with an address of
//! its own; and how this review refers to others.

pub mod json;

use super::document::{ReadinessView, RelatedView, readiness, related_view};
use super::frame::{self, Frame, Seen, Tab};
use super::page::{Page, html, html_invalid};
use super::view::{ChoiceView, PersonView, WhenView};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect};
use hardwon_core::access::Need;
use hardwon_core::documents::{self, Reading};
use hardwon_core::id::RecordId;
use hardwon_core::link::Relation;
use hardwon_core::reviews::records::{
    self, Move, Record, RecordChanged, RecordForm, RecordKind, RecordState,
};
use hardwon_core::reviews::relations::{self, Related};
use hardwon_core::{Error, Fields};
use serde::Deserialize;

/// One kind as the page shows it: its words, and what to say where there is none yet.
struct Words {
    kind: RecordKind,
    plural: &'static str,
    add: &'static str,
    icon: &'static str,
    title: &'static str,
    detail: &'static str,
    teaches: &'static str,
    example: &'static str,
}

const WORDS: &[Words] = &[
    Words {
        kind: RecordKind::Goal,
        plural: "Goals",
        add: "Add a goal",
        icon: "i-target",
        title: "Goal",
        detail: "How will we see that it is reached?",
        teaches: "A goal is what this is for. Written down, the design can be held against it, and overlaps with other work show.",
        example: "“Every balance can be explained from its movements, by Support.”",
    },
    Words {
        kind: RecordKind::Departure,
        plural: "Departures",
        add: "Add a departure",
        icon: "i-git-branch",
        title: "What is new and different",
        detail: "What does it depart from, and why is that worth it?",
        teaches: "A departure is a technology or a pattern that we have not adopted. It is what an architecture review is about.",
        example: "“Balances are derived from a log, not kept as a row.”",
    },
    Words {
        kind: RecordKind::Alternative,
        plural: "Alternatives",
        add: "Add an alternative",
        icon: "i-split",
        title: "Alternative",
        detail: "Why not?",
        teaches: "An alternative is a way that was considered and not taken. Its “why not” spares the next person the same search.",
        example: "“The accountants’ package: it keeps its own database, and we could not join it to an order.”",
    },
    Words {
        kind: RecordKind::Cost,
        plural: "Costs and pain points",
        add: "Add a cost",
        icon: "i-coins",
        title: "Cost or pain point",
        detail: "How much, for whom, and for how long?",
        teaches: "A cost is time, money, attention, or what we cannot do instead.",
        example: "“Support needs two days of training before the launch.”",
    },
    Words {
        kind: RecordKind::Assumption,
        plural: "Assumptions",
        add: "Add an assumption",
        icon: "i-lightbulb",
        title: "What we hold to be true",
        detail: "What rests on it, and what would contradict it?",
        teaches: "An assumption is something this design holds to be true. Written down, it can be confirmed or contradicted later, and whoever builds on it hears.",
        example: "“The largest seller stays below five million movements a year.”",
    },
    Words {
        kind: RecordKind::TrickyComponent,
        plural: "Tricky components",
        add: "Add a tricky component",
        icon: "i-puzzle",
        title: "Component",
        detail: "What makes it tricky?",
        teaches: "A tricky component is a part that people should agree on in the meeting; the agreement is kept with the outcome.",
        example: "“The nightly checkpoint of sums.”",
    },
];

fn words(kind: RecordKind) -> &'static Words {
    WORDS
        .iter()
        .find(|words| words.kind == kind)
        .expect("every kind has its words")
}

/// The kind as it stands in a sentence.
pub fn kind_word(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Goal => "goal",
        RecordKind::Departure => "departure",
        RecordKind::Alternative => "alternative",
        RecordKind::Cost => "cost",
        RecordKind::Assumption => "assumption",
        RecordKind::TrickyComponent => "tricky component",
    }
}

/// A state as it stands in a list; nothing for what has only one.
fn state_word(state: RecordState) -> &'static str {
    match state {
        RecordState::Kept => "",
        RecordState::Held => "held",
        RecordState::Confirmed => "confirmed",
        RecordState::Contradicted => "contradicted",
        RecordState::Open => "open",
        RecordState::UnderReview => "under review",
        RecordState::Accepted => "accepted",
        RecordState::Declined => "declined",
        RecordState::Dismissed => "dismissed",
    }
}

struct RecordView {
    id: String,
    state: &'static str,
    title: String,
    detail: String,
    /// Empty where that is not known or not asked.
    named_in: String,
    named_href: String,
    unnamed: bool,
    first: bool,
    last: bool,
    why_not: bool,
}

struct GroupView {
    kind: &'static str,
    plural: &'static str,
    add: &'static str,
    icon: &'static str,
    teaches: &'static str,
    example: &'static str,
    records: Vec<RecordView>,
    /// Titles of what the text says and nobody recorded.
    suggested: Vec<String>,
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct LinkForm {
    relation: String,
    number: String,
    note: String,
}

#[derive(Template)]
#[template(path = "reviews/records.html")]
struct RecordsView {
    page: Page,
    frame: Frame,
    groups: Vec<GroupView>,
    readiness: Option<ReadinessView>,
    related: Vec<RelatedView>,
    relations: Vec<ChoiceView>,
    link: LinkForm,
    errors: Fields,
}

struct Loaded {
    seen: Seen,
    reading: Reading,
    records: Vec<Record>,
    suggested: Vec<RecordForm>,
    related: Vec<Related>,
}

async fn load(app: &App, user: &SignedIn, number: i64) -> Result<Loaded, Error> {
    let ctx = user.ctx.clone();
    app.db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            Ok(Loaded {
                reading: documents::read(tx, seen.review.document)?,
                records: records::records(tx, seen.review.id)?,
                suggested: if seen.standing.can_edit() {
                    records::suggestions(tx, &seen.standing)?
                } else {
                    Vec::new()
                },
                related: relations::related(&ctx, tx, seen.review.id)?,
                seen,
            })
        })
        .await
}

pub async fn list(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let loaded = load(&app, &user, number).await?;
    html(&view(
        &app,
        &user,
        &loaded,
        LinkForm::default(),
        Fields::default(),
    ))
}

fn view(
    app: &App,
    user: &SignedIn,
    loaded: &Loaded,
    link: LinkForm,
    errors: Fields,
) -> RecordsView {
    let review = &loaded.seen.review;
    let choices = [
        (Relation::Supersedes, "Supersedes"),
        (Relation::Requires, "Requires"),
        (Relation::Amends, "Amends"),
        (Relation::SeeAlso, "See also"),
    ];
    RecordsView {
        page: frame::page(app, user, &loaded.seen),
        frame: Frame::new(user, &loaded.seen, Tab::Records),
        groups: WORDS
            .iter()
            .map(|words| group(words, review.number, loaded))
            .collect(),
        readiness: readiness(review.kind, review.number, &loaded.reading, &loaded.records),
        related: loaded.related.iter().map(related_view).collect(),
        relations: choices
            .iter()
            .map(|(relation, label)| ChoiceView::new(relation.as_str(), *label, &link.relation))
            .collect(),
        link,
        errors,
    }
}

fn group(words: &Words, number: i64, loaded: &Loaded) -> GroupView {
    let own: Vec<&Record> = loaded
        .records
        .iter()
        .filter(|record| record.kind == words.kind)
        .collect();
    GroupView {
        kind: words.kind.as_str(),
        plural: words.plural,
        add: words.add,
        icon: words.icon,
        teaches: words.teaches,
        example: words.example,
        records: own
            .iter()
            .enumerate()
            .map(|(place, record)| {
                let heading = record.named_under.as_deref().and_then(|slug| {
                    loaded
                        .reading
                        .outline
                        .iter()
                        .find(|entry| entry.slug == slug)
                });
                RecordView {
                    id: record.id.to_string(),
                    state: state_word(record.state),
                    title: record.title.clone(),
                    detail: record.detail.clone(),
                    named_in: match (&record.named_under, heading) {
                        (Some(_), Some(heading)) => heading.text.clone(),
                        (Some(_), None) => "the beginning".to_owned(),
                        (None, _) => String::new(),
                    },
                    named_href: heading.map_or_else(
                        || format!("/reviews/{number}"),
                        |heading| format!("/reviews/{number}#h-{}", heading.slug),
                    ),
                    unnamed: record.named_under.is_none()
                        && record.kind != RecordKind::TrickyComponent,
                    first: place == 0,
                    last: place + 1 == own.len(),
                    why_not: record.kind == RecordKind::Alternative,
                }
            })
            .collect(),
        suggested: loaded
            .suggested
            .iter()
            .filter(|form| form.kind == words.kind)
            .map(|form| form.title.clone())
            .collect(),
    }
}

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
    let (ctx, wanted) = (user.ctx.clone(), form.clone());
    let done = app
        .db
        .write(move |tx| {
            let review = frame::load(&ctx, tx, number)?.review.id;
            records::change(
                &ctx,
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
    let (ctx, wanted) = (user.ctx.clone(), form.clone());
    let done = app
        .db
        .write(move |tx| {
            let review = frame::load(&ctx, tx, number)?.review.id;
            let state = RecordState::parse(&wanted.state)
                .ok_or_else(|| Error::invalid("state", "Please choose what became of it."))?;
            records::set_state(&ctx, tx, review, id, state, &wanted.note)
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
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| {
            let review = frame::load(&ctx, tx, number)?.review.id;
            records::reorder(&ctx, tx, review, id, form.direction)
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
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| {
            let review = frame::load(&ctx, tx, number)?.review.id;
            records::remove(&ctx, tx, review, id)
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
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| {
            let review = frame::load(&ctx, tx, number)?.review.id;
            records::restore(&ctx, tx, review, id)
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
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| {
            let review = frame::load(&ctx, tx, number)?.review.id;
            records::add_suggested(&ctx, tx, review, kind)
        })
        .await?;
    Ok(Redirect::to(&format!("/reviews/{number}/records#{kind}")).into_response())
}

pub async fn relate(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<LinkForm>,
) -> Reply {
    let (ctx, wanted) = (user.ctx.clone(), form.clone());
    let done = app
        .db
        .write(move |tx| {
            let review = frame::load(&ctx, tx, number)?.review.id;
            let (relation, other) = target(&wanted)?;
            relations::relate(&ctx, tx, review, relation, other, &wanted.note)
        })
        .await;
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/reviews/{number}/records#links")).into_response()),
        Err(Error::Invalid(errors)) => {
            let loaded = load(&app, &user, number).await?;
            html_invalid(&view(&app, &user, &loaded, form, errors))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn unrelate(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<LinkForm>,
) -> Reply {
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| {
            let review = frame::load(&ctx, tx, number)?.review.id;
            let (relation, other) = target(&form)?;
            relations::unrelate(&ctx, tx, review, relation, other)
        })
        .await?;
    Ok(Redirect::to(&format!("/reviews/{number}/records#links")).into_response())
}

fn target(form: &LinkForm) -> Result<(Relation, i64), Error> {
    let relation = Relation::parse(&form.relation)
        .ok_or_else(|| Error::invalid("relation", "Please choose how they belong together."))?;
    let number = form
        .number
        .trim()
        .trim_start_matches('#')
        .parse()
        .map_err(|_| Error::invalid("number", "Please give the number of a review, such as 12."))?;
    Ok((relation, number))
}
