//! The records tab: goals, departures, alternatives, costs, assumptions and tricky components, each with an address of
//! its own; and how this review refers to others.

pub mod json;
mod one;
mod words;

use super::document::{ReadinessView, RelatedView, readiness, related_view};
use super::frame::{self, Frame, Seen, Tab};
use super::page::{Page, html, html_invalid};
use super::view::ChoiceView;
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::access::{self, Need};
use hardwon_core::documents::{self, Reading};
use hardwon_core::id::ReviewId;
use hardwon_core::link::Relation;
use hardwon_core::reviews::records::{self, Record, RecordForm, RecordKind};
use hardwon_core::reviews::relations::{self, Related};
use hardwon_core::{Ctx, Error, Fields, Tx};
use serde::Deserialize;

pub use one::{
    MoveForm, RecordFields, StateForm, change, create, create_suggested, new, place, remove,
    restore, set_state, show,
};
pub use words::kind_word;
use words::{WORDS, Words, state_word};

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

/// Runs a verb on a review that the reader sees.
async fn act<T: Send + 'static>(
    app: &App,
    user: &SignedIn,
    number: i64,
    verb: impl Fn(&Ctx, &mut Tx<'_>, ReviewId) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| {
            let review = access::review_numbered(&ctx, tx, number, Need::See)?.id;
            verb(&ctx, tx, review)
        })
        .await
}

pub async fn relate(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<LinkForm>,
) -> Reply {
    let wanted = form.clone();
    let done = act(&app, &user, number, move |ctx, tx, review| {
        let (relation, other) = target(&wanted)?;
        relations::relate(ctx, tx, review, relation, other, &wanted.note)
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
    act(&app, &user, number, move |ctx, tx, review| {
        let (relation, other) = target(&form)?;
        relations::unrelate(ctx, tx, review, relation, other)
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
