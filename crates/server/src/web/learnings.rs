//! Learnings with pages of their own, and the page to learn from: what is new, what we hold to be true, what is to be
//! looked at again, and what happened on this day.

pub mod json;

use super::decisions::day;
use super::frame;
use super::outcome::{LearningFields, short};
use super::page::{Page, html, html_invalid};
use super::view::{Clock, PersonView, StateView, WhenView, outcome_words, state};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::decisions::{self, Decision, Filter, Validity};
use hardwon_core::learnings::learn::{self, Assumption, Remembered};
use hardwon_core::learnings::{self, Learning, LearningForm};
use hardwon_core::page::{Listed, Page as ListPage};
use hardwon_core::reviews::records::RecordState;
use hardwon_core::{Ctx, Error, Fields, Result, Tx};
use serde::Deserialize;

/// A learning as lists show it.
pub struct LearningView {
    pub number: i64,
    pub html: String,
    /// Its words in one line, for a title.
    pub line: String,
    pub review: i64,
    pub review_title: String,
    pub round: i64,
    pub applies_to: String,
    pub by: Option<PersonView>,
    pub when: WhenView,
}

pub fn learning_view(learning: &Learning, clock: &Clock) -> LearningView {
    let plain = hardwon_prose::plain(&learning.body, hardwon_prose::Syntax::Markdown);
    LearningView {
        number: learning.number,
        html: hardwon_core::threads::html(&learning.body, &[]),
        line: short(&plain.split_whitespace().collect::<Vec<_>>().join(" "), 160),
        review: learning.origin.as_ref().map_or(0, |origin| origin.number),
        review_title: learning
            .origin
            .as_ref()
            .map(|origin| origin.title.clone())
            .unwrap_or_default(),
        round: learning.round.unwrap_or(0),
        applies_to: learning.applies_to.clone(),
        by: learning.by.as_ref().map(PersonView::from),
        when: clock.relative(learning.created_at),
    }
}

struct AssumptionView {
    title: String,
    href: String,
    review: i64,
    review_title: String,
    state: StateView,
}

fn assumption(one: &Assumption) -> AssumptionView {
    AssumptionView {
        title: one.title.clone(),
        href: format!("/reviews/{}/records#record-{}", one.review_number, one.id),
        review: one.review_number,
        review_title: one.review_title.clone(),
        state: state(one.review_state, one.outcome),
    }
}

pub struct AgainView {
    pub number: i64,
    pub review: i64,
    pub title: String,
    pub outcome: &'static str,
    pub on: String,
    pub due: bool,
}

fn again(one: &Decision, today: &str) -> AgainView {
    let on = one.look_again_on.as_deref().unwrap_or_default();
    AgainView {
        number: one.number,
        review: one.review_number,
        title: one.title.clone(),
        outcome: outcome_words(one.outcome),
        on: day(on),
        due: on <= today,
    }
}

/// Something that was decided or learned on this day.
pub struct DayView {
    pub date: String,
    pub href: String,
    pub words: String,
}

pub fn remembered(one: &Remembered, clock: &Clock) -> DayView {
    match one {
        Remembered::Decision {
            number,
            title,
            outcome,
            at,
        } => DayView {
            date: clock.date(*at).text,
            href: format!("/decisions/{number}"),
            words: format!("{title}: {}", outcome_words(*outcome).to_lowercase()),
        },
        Remembered::Learning { number, body, at } => DayView {
            date: clock.date(*at).text,
            href: format!("/learnings/{number}"),
            words: short(body, 200),
        },
    }
}

#[derive(Template)]
#[template(path = "outcome/learn.html")]
struct LearnPage {
    page: Page,
    learnings: Vec<LearningView>,
    older: String,
    assumptions: Vec<AssumptionView>,
    more_assumptions: bool,
    again: Vec<AgainView>,
    today: Vec<DayView>,
    form: LearningFields,
    errors: Fields,
    empty: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct LearnQuery {
    cursor: String,
    limit: Option<usize>,
}

struct Found {
    learnings: Listed<Learning>,
    assumptions: Listed<Assumption>,
    again: Vec<Decision>,
    today: Vec<Remembered>,
}

fn find(ctx: &Ctx, tx: &mut Tx<'_>, part: &ListPage, zone: &str, today: &str) -> Result<Found> {
    let few = |limit| ListPage { limit, after: None };
    let filter = Filter {
        validity: Some(Validity::Valid),
        look_again_by: Some(today.to_owned()),
        ..Filter::default()
    };
    Ok(Found {
        learnings: learnings::list(ctx, tx, None, part)?,
        assumptions: learn::assumptions(ctx, tx, RecordState::Held, &few(10))?,
        again: decisions::list(ctx, tx, &filter, &few(10))?.items,
        today: learn::on_this_day(ctx, tx, zone)?,
    })
}

async fn learn_page(
    app: &App,
    user: &SignedIn,
    query: LearnQuery,
    form: LearningFields,
    errors: Fields,
) -> Reply<LearnPage> {
    let clock = frame::clock(user);
    let part = ListPage::parse(query.limit.or(Some(20)), Some(&query.cursor))?;
    let (ctx, zone) = (user.ctx.clone(), user.visitor.zone.clone());
    let today = clock.today();
    // What is due within a month can be prepared.
    let soon = today.saturating_add(jiff::Span::new().days(30)).to_string();
    let found = app
        .db
        .read(move |tx| find(&ctx, tx, &part, &zone, &soon))
        .await?;
    let today = today.to_string();
    Ok(LearnPage {
        page: Page::new(app, Some(&user.visitor), "Learn", "learn"),
        learnings: found
            .learnings
            .items
            .iter()
            .map(|one| learning_view(one, &clock))
            .collect(),
        older: found
            .learnings
            .next
            .map(|next| format!("/learn?cursor={next}"))
            .unwrap_or_default(),
        more_assumptions: found.assumptions.next.is_some(),
        assumptions: found.assumptions.items.iter().map(assumption).collect(),
        again: found.again.iter().map(|one| again(one, &today)).collect(),
        today: found
            .today
            .iter()
            .map(|one| remembered(one, &clock))
            .collect(),
        empty: found.learnings.items.is_empty()
            && query.cursor.is_empty()
            && found.assumptions.items.is_empty()
            && errors.is_empty(),
        form,
        errors,
    })
}

pub async fn learn(
    State(app): State<App>,
    user: SignedIn,
    Query(query): Query<LearnQuery>,
) -> Reply {
    let form = LearningFields::default();
    html(&learn_page(&app, &user, query, form, Fields::default()).await?)
}

/// A learning that belongs to no review.
pub async fn create(
    State(app): State<App>,
    user: SignedIn,
    Form(form): Form<LearningFields>,
) -> Reply {
    let ctx = user.ctx.clone();
    let wanted = read(&form);
    match app
        .db
        .write(move |tx| learnings::add(&ctx, tx, None, &wanted))
        .await
    {
        Ok((_, number)) => Ok(Redirect::to(&format!("/learnings/{number}")).into_response()),
        Err(Error::Invalid(errors)) => {
            let query = LearnQuery::default();
            html_invalid(&learn_page(&app, &user, query, form, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

fn read(form: &LearningFields) -> LearningForm {
    LearningForm {
        body: form.body.clone(),
        applies_to: form.applies_to.clone(),
    }
}

#[derive(Template)]
#[template(path = "outcome/assumptions.html")]
struct AssumptionsPage {
    page: Page,
    assumptions: Vec<AssumptionView>,
    older: String,
}

pub async fn assumptions(
    State(app): State<App>,
    user: SignedIn,
    Query(query): Query<LearnQuery>,
) -> Reply {
    let part = ListPage::parse(query.limit, Some(&query.cursor))?;
    let ctx = user.ctx.clone();
    let found = app
        .db
        .read(move |tx| learn::assumptions(&ctx, tx, RecordState::Held, &part))
        .await?;
    html(&AssumptionsPage {
        page: Page::new(
            &app,
            Some(&user.visitor),
            "What we hold to be true",
            "learn",
        ),
        assumptions: found.items.iter().map(assumption).collect(),
        older: found
            .next
            .map(|next| format!("/assumptions?cursor={next}"))
            .unwrap_or_default(),
    })
}

#[derive(Template)]
#[template(path = "outcome/learning.html")]
struct LearningPage {
    page: Page,
    learning: LearningView,
    can_change: bool,
}

pub async fn show(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let ctx = user.ctx.clone();
    let (learning, can_change) = app
        .db
        .read(move |tx| {
            let (learning, standing) = learnings::get(&ctx, tx, number)?;
            let can_change = learnings::may_change(&ctx, &learning, standing.as_ref());
            Ok::<_, Error>((learning, can_change))
        })
        .await?;
    let learning = learning_view(&learning, &frame::clock(&user));
    let title = format!("Learning {number}");
    html(&LearningPage {
        page: Page::new(&app, Some(&user.visitor), title, "learn"),
        learning,
        can_change,
    })
}

#[derive(Template)]
#[template(path = "outcome/learning_edit.html")]
struct EditPage {
    page: Page,
    number: i64,
    form: LearningFields,
    errors: Fields,
    theirs: String,
}

async fn edit_page(
    app: &App,
    user: &SignedIn,
    number: i64,
    form: Option<LearningFields>,
    errors: Fields,
) -> Reply<EditPage> {
    let ctx = user.ctx.clone();
    let learning = app
        .db
        .read(move |tx| {
            let (learning, standing) = learnings::get(&ctx, tx, number)?;
            if !learnings::may_change(&ctx, &learning, standing.as_ref()) {
                return Err(Error::denied(
                    "Whoever noted a learning changes it, and those who lead its review.",
                ));
            }
            Ok(learning)
        })
        .await?;
    let theirs = match &form {
        Some(form) if form.version != learning.version => learning.body.clone(),
        _ => String::new(),
    };
    let form = LearningFields {
        version: learning.version,
        ..form.unwrap_or(LearningFields {
            body: learning.body,
            applies_to: learning.applies_to,
            version: 0,
        })
    };
    Ok(EditPage {
        page: Page::new(app, Some(&user.visitor), "Change the learning", "learn"),
        number,
        form,
        errors,
        theirs,
    })
}

pub async fn edit(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    html(&edit_page(&app, &user, number, None, Fields::default()).await?)
}

pub async fn change(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<LearningFields>,
) -> Reply {
    let (ctx, wanted, base) = (user.ctx.clone(), read(&form), form.version);
    let errors = match app
        .db
        .write(move |tx| learnings::change(&ctx, tx, number, base, &wanted))
        .await
    {
        Ok(_) => return Ok(Redirect::to(&format!("/learnings/{number}")).into_response()),
        Err(Error::Invalid(errors)) => errors,
        Err(Error::Conflict(said)) => Fields::one("body", said),
        Err(error) => return Err(error.into()),
    };
    html_invalid(&edit_page(&app, &user, number, Some(form), errors).await?)
}
