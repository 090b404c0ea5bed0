//! One question: how it ends, merging it, setting a prompt aside.

use super::frame::{self, Frame, Seen, Tab};
use super::page::{Page, html, html_invalid, wants_part};
use super::questions::{QuestionView, view};
use super::view::ChoiceView;
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};
use hardwon_core::id::{PersonId, QuestionId, ReviewId};
use hardwon_core::page::Page as ListPage;
use hardwon_core::questions::{self, Ending, Filter, Naming, Question, QuestionState, Show, Sort};
use hardwon_core::threads;
use hardwon_core::{Ctx, Error, Fields, Result, Tx};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "talk/question.html")]
struct QuestionPage {
    page: Page,
    frame: Frame,
    question: QuestionView,
    errors: Fields,
    endings: Vec<ChoiceView>,
    ending_error: String,
    answer: String,
    answer_error: String,
    person: String,
    person_error: String,
    targets: Vec<ChoiceView>,
    target_error: String,
    reason: String,
    reason_error: String,
}

#[derive(Template)]
#[template(path = "talk/question_part.html")]
struct QuestionPart {
    question: QuestionView,
}

struct Found {
    seen: Seen,
    question: Question,
    others: Vec<Question>,
    own: bool,
}

fn find(ctx: &Ctx, tx: &mut Tx<'_>, id: QuestionId) -> Result<Found> {
    let (question, standing) = questions::get(ctx, tx, id)?;
    let seen = frame::load(ctx, tx, standing.number)?;
    let filter = Filter {
        sort: Sort::Votes,
        show: Show::Asked,
        round: Some(question.round),
    };
    let page = ListPage::parse(Some(200), None)?;
    let mut others = Vec::new();
    if standing.can_edit() && question.state == QuestionState::Open {
        others = questions::list(ctx, tx, question.review, &filter, &page)?.items;
        others.retain(|other| other.id != id);
    }
    let own = match ctx.person() {
        Some(person) => questions::asked_by(tx, id, person)?,
        None => false,
    };
    Ok(Found {
        seen,
        question,
        others,
        own,
    })
}

fn page(
    app: &App,
    user: &SignedIn,
    found: &Found,
    form: EndingForm,
    errors: Fields,
) -> QuestionPage {
    let question = &found.question;
    let leads = found.seen.standing.can_edit();
    let mut shown = view(question, &found.seen.standing, &frame::clock(user));
    shown.own_unnamed = found.own && question.naming == Naming::Unnamed;
    let chosen = if form.ending.is_empty() {
        "answered"
    } else {
        &form.ending
    };
    let mut endings = vec![
        ChoiceView::new("answered", "Answered", chosen),
        ChoiceView::new("followed-up", "Followed up", chosen),
    ];
    if leads {
        endings.push(ChoiceView::new("unresolved", "Unresolved", chosen));
    }
    let error = |field: &str| errors.get(field).unwrap_or_default().to_owned();
    let typed = !form.answer.is_empty() || !errors.is_empty();
    QuestionPage {
        page: frame::page(app, user, &found.seen),
        frame: Frame::new(user, &found.seen, Tab::Questions),
        question: shown,
        endings,
        ending_error: error("ending"),
        answer: if typed {
            form.answer
        } else {
            question.answer.clone()
        },
        answer_error: error("answer"),
        person: form.person,
        person_error: error("person"),
        targets: found
            .others
            .iter()
            .map(|other| ChoiceView::new(other.id.to_string(), other.body.clone(), ""))
            .collect(),
        target_error: error("target"),
        reason: form.reason,
        reason_error: error("reason"),
        errors,
    }
}

async fn found(app: &App, user: &SignedIn, id: QuestionId) -> Result<Found> {
    let ctx = user.ctx.clone();
    app.db.read(move |tx| find(&ctx, tx, id)).await
}

pub async fn show(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<QuestionId>,
    headers: HeaderMap,
) -> Reply {
    let found = found(&app, &user, id).await?;
    if wants_part(&headers) {
        return html(&QuestionPart {
            question: view(&found.question, &found.seen.standing, &frame::clock(&user)),
        });
    }
    html(&page(
        &app,
        &user,
        &found,
        EndingForm::default(),
        Fields::default(),
    ))
}

/// The forms of a question's page, which come back together when one of them is refused.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct EndingForm {
    ending: String,
    answer: String,
    person: String,
    reason: String,
    target: String,
}

impl EndingForm {
    fn ending(&self, tx: &mut Tx<'_>, review: ReviewId, own: PersonId) -> Result<Ending> {
        let named = if self.person.trim().is_empty() {
            None
        } else {
            let found = threads::person_named(tx, review, &self.person)?;
            Some(found.ok_or_else(|| {
                Error::invalid(
                    "person",
                    "Nobody with this handle takes part here. It is at the top of a person’s page.",
                )
            })?)
        };
        Ok(match self.ending.as_str() {
            "answered" => Ending::Answered {
                answer: self.answer.clone(),
                by: named,
            },
            "followed-up" => Ending::FollowedUp {
                owner: named.unwrap_or(own),
                note: self.answer.clone(),
            },
            "unresolved" => Ending::Unresolved {
                note: self.answer.clone(),
            },
            _ => return Err(Error::invalid("ending", "Please choose how it ends.")),
        })
    }
}

/// Where a change of a question leads: back to the list, at the question.
async fn back(app: &App, user: &SignedIn, id: QuestionId) -> Reply {
    let ctx = user.ctx.clone();
    let (_, standing) = app.db.read(move |tx| questions::get(&ctx, tx, id)).await?;
    let address = format!("/reviews/{}/questions#question-{id}", standing.number);
    Ok(Redirect::to(&address).into_response())
}

async fn after(
    app: &App,
    user: &SignedIn,
    id: QuestionId,
    form: EndingForm,
    done: Result<()>,
) -> Reply {
    match done {
        Ok(()) => back(app, user, id).await,
        Err(Error::Invalid(errors)) => {
            let found = found(app, user, id).await?;
            html_invalid(&page(app, user, &found, form, errors))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn end(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<QuestionId>,
    Form(form): Form<EndingForm>,
) -> Reply {
    let (ctx, wanted) = (user.ctx.clone(), form.clone());
    let done = app
        .db
        .write(move |tx| {
            let own = ctx.require_person()?;
            let (question, _) = questions::get(&ctx, tx, id)?;
            let ending = wanted.ending(tx, question.review, own)?;
            questions::end(&ctx, tx, id, &ending).map(drop)
        })
        .await;
    after(&app, &user, id, form, done).await
}

pub async fn reopen(State(app): State<App>, user: SignedIn, Path(id): Path<QuestionId>) -> Reply {
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| questions::reopen(&ctx, tx, id))
        .await?;
    back(&app, &user, id).await
}

pub async fn set_aside(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<QuestionId>,
    Form(form): Form<EndingForm>,
) -> Reply {
    let (ctx, reason) = (user.ctx.clone(), form.reason.clone());
    let done = app
        .db
        .write(move |tx| questions::set_aside(&ctx, tx, id, &reason).map(drop))
        .await;
    after(&app, &user, id, form, done).await
}

pub async fn merge(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<QuestionId>,
    Form(form): Form<EndingForm>,
) -> Reply {
    let (ctx, target) = (user.ctx.clone(), form.target.clone());
    let done = app
        .db
        .write(move |tx| {
            let target = target
                .parse()
                .map_err(|_| Error::invalid("target", "Please choose a question."))?;
            questions::merge(&ctx, tx, id, target)
        })
        .await;
    after(&app, &user, id, form, done).await
}

pub async fn unmerge(State(app): State<App>, user: SignedIn, Path(id): Path<QuestionId>) -> Reply {
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| questions::unmerge(&ctx, tx, id))
        .await?;
    back(&app, &user, id).await
}
