//! The outcome of a review: what was decided, agreed and learned, which conditions and questions are left.

use super::decisions::{
    AgreementView, ConditionView, RecordView, agreement, condition, hundreds, named, record_view,
};
use super::frame::{self, Frame, Seen, Tab};
use super::learnings::{LearningView, learning_view};
use super::page::{Page, html, html_invalid};
use super::view::{ChoiceView, PersonView, WhenView, state};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::access::{self, Need};
use hardwon_core::decisions::agreements::{self, Agreement, AgreementForm};
use hardwon_core::decisions::{self, Record};
use hardwon_core::id::{AgreementId, RecordId};
use hardwon_core::learnings::{self, Learning, LearningForm};
use hardwon_core::link::Relation;
use hardwon_core::meetings::{self, Choice, Poll, PollState};
use hardwon_core::questions::{self, Question, QuestionState};
use hardwon_core::reviews::records::{self, RecordKind};
use hardwon_core::reviews::relations::{self, Related};
use hardwon_core::stances::conditions::{self, Condition, ConditionState};
use hardwon_core::{Ctx, Error, Fields, Result, Tx, minutes};
use serde::Deserialize;

struct QuestionView {
    id: String,
    body: String,
    icon: &'static str,
    tone: &'static str,
    note: String,
}

struct PollView {
    statement: String,
    agree: i64,
    concerns: i64,
    disagree: i64,
    count: i64,
    open: bool,
    words: Vec<(PersonView, &'static str, String)>,
}

struct RelatedView {
    number: i64,
    title: String,
    words: &'static str,
    state: super::view::StateView,
}

/// What is typed into the page's own forms, when it comes back.
#[derive(Default)]
struct Typed {
    agreement: AgreementFields,
    learning: LearningFields,
    errors: Fields,
    of_agreement: bool,
    of_learning: bool,
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct AgreementFields {
    component: String,
    agreed: String,
    record: String,
    version: i64,
}

impl AgreementFields {
    fn read(&self) -> Result<AgreementForm> {
        Ok(AgreementForm {
            component: self.component.clone(),
            body: self.agreed.clone(),
            record: parse_record(&self.record)?,
        })
    }
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct LearningFields {
    pub body: String,
    pub applies_to: String,
    pub version: i64,
}

/// Two forms of the page have a body.
const AGREED: &[(&str, &str)] = &[("body", "agreed")];

fn parse_record(text: &str) -> Result<Option<RecordId>> {
    match text.trim() {
        "" => Ok(None),
        id => id
            .parse()
            .map(Some)
            .map_err(|_| Error::invalid("record", "This review has no such record.")),
    }
}

#[derive(Template)]
#[template(path = "outcome/outcome.html")]
struct OutcomePage {
    page: Page,
    frame: Frame,
    current: Option<RecordView>,
    earlier: Vec<RecordView>,
    agreements: Vec<AgreementView>,
    components: Vec<ChoiceView>,
    conditions: Vec<ConditionView>,
    open_conditions: usize,
    polls: Vec<PollView>,
    left: Vec<QuestionView>,
    learnings: Vec<LearningView>,
    related: Vec<RelatedView>,
    superseded: bool,
    /// Everything that a decision asked for is done.
    may_close: bool,
    can_run: bool,
    can_correct: bool,
    minutes_round: i64,
    minutes_sent: Option<WhenView>,
    typed: Typed,
}

struct Found {
    seen: Seen,
    /// Each with whom its words name.
    decisions: Vec<(Record, Vec<(String, String)>)>,
    agreements: Vec<Agreement>,
    components: Vec<(RecordId, String)>,
    conditions: Vec<Condition>,
    polls: Vec<Poll>,
    left: Vec<Question>,
    learnings: Vec<Learning>,
    related: Vec<Related>,
    minutes_round: i64,
    minutes_sent: Option<i64>,
}

fn find(ctx: &Ctx, tx: &mut Tx<'_>, number: i64) -> Result<Found> {
    let seen = frame::load(ctx, tx, number)?;
    let id = seen.review.id;
    let mut polls = Vec::new();
    for round in (1..=seen.review.round).rev() {
        polls.extend(meetings::polls(tx, id, round)?);
    }
    let minutes_round = minutes::latest_round(ctx, tx, id)?;
    let mut decided = Vec::new();
    for record in decisions::of_review(ctx, tx, id)? {
        let named = named(tx, &record)?;
        decided.push((record, named));
    }
    Ok(Found {
        decisions: decided,
        agreements: agreements::list(ctx, tx, id)?,
        components: records::records(tx, id)?
            .into_iter()
            .filter(|record| record.kind == RecordKind::TrickyComponent)
            .map(|record| (record.id, record.title))
            .collect(),
        conditions: conditions::list(ctx, tx, id, &hundreds())?.items,
        left: questions::left(ctx, tx, id)?,
        learnings: learnings::list(ctx, tx, Some(id), &hundreds())?.items,
        related: relations::related(ctx, tx, id)?,
        minutes_sent: minutes::get(ctx, tx, id, minutes_round)?.and_then(|one| one.sent_at),
        minutes_round,
        polls,
        seen,
    })
}

fn page(app: &App, user: &SignedIn, found: &Found, typed: Typed) -> OutcomePage {
    use hardwon_core::reviews::State;
    let clock = frame::clock(user);
    let standing = &found.seen.standing;
    let me = user.ctx.person();
    let open_conditions = found
        .conditions
        .iter()
        .filter(|one| one.state == ConditionState::Open)
        .count();
    let mut records = found
        .decisions
        .iter()
        .map(|(record, named)| record_view(record, named, &clock));
    OutcomePage {
        page: frame::page(app, user, &found.seen),
        frame: Frame::new(user, &found.seen, Tab::Outcome),
        current: records.next(),
        earlier: records.collect(),
        agreements: found.agreements.iter().map(agreement).collect(),
        components: components(&found.components, &typed.agreement.record),
        conditions: found
            .conditions
            .iter()
            .map(|one| condition(one, &clock, |one| conditions::may_tend(one, standing, me)))
            .collect(),
        open_conditions,
        polls: found.polls.iter().map(poll).collect(),
        left: found.left.iter().map(question).collect(),
        learnings: found
            .learnings
            .iter()
            .rev()
            .map(|one| learning_view(one, &clock))
            .collect(),
        superseded: found
            .related
            .iter()
            .any(|one| one.relation == Relation::Supersedes && !one.from_here),
        related: found.related.iter().filter_map(related).collect(),
        may_close: standing.can_edit()
            && found.seen.review.state == State::Decided
            && open_conditions == 0,
        can_run: standing.can_edit(),
        can_correct: standing.can_edit() && found.seen.review.state == State::Decided,
        minutes_round: found.minutes_round,
        minutes_sent: found.minutes_sent.map(|at| clock.relative(at)),
        typed,
    }
}

fn components(records: &[(RecordId, String)], chosen: &str) -> Vec<ChoiceView> {
    let mut all = vec![ChoiceView::new("", "Another part, named below", chosen)];
    all.extend(
        records
            .iter()
            .map(|(id, title)| ChoiceView::new(id.to_string(), title.clone(), chosen)),
    );
    all
}

fn poll(poll: &Poll) -> PollView {
    PollView {
        statement: poll.statement.clone(),
        agree: poll.agree,
        concerns: poll.concerns,
        disagree: poll.disagree,
        count: poll.count(),
        open: poll.state == PollState::Open,
        words: poll
            .words
            .iter()
            .map(|word| {
                let choice = match word.choice {
                    Choice::Agree => "agrees",
                    Choice::Concerns => "agrees with concerns",
                    Choice::Disagree => "disagrees",
                };
                (PersonView::from(&word.person), choice, word.words.clone())
            })
            .collect(),
    }
}

fn question(question: &Question) -> QuestionView {
    let owner = question
        .owner
        .as_ref()
        .map_or("somebody", |face| face.name.as_str());
    let (icon, tone, note) = match question.state {
        QuestionState::FollowedUp => ("i-arrow-right", "", format!("{owner} follows up")),
        QuestionState::Unresolved => ("i-circle-question-mark", "warn", "Unresolved".to_owned()),
        _ => ("i-circle-dashed", "", "Open".to_owned()),
    };
    QuestionView {
        id: question.id.to_string(),
        body: question.body.clone(),
        icon,
        tone,
        note,
    }
}

fn related(one: &Related) -> Option<RelatedView> {
    let words = match (one.relation, one.from_here) {
        (Relation::Supersedes, true) => "Supersedes",
        (Relation::Supersedes, false) => "Superseded by",
        (Relation::SeeAlso, _) if !one.note.is_empty() => "See also",
        _ => return None,
    };
    Some(RelatedView {
        number: one.number,
        title: one.title.clone(),
        words,
        state: state(one.state, one.outcome),
    })
}

pub async fn show(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let ctx = user.ctx.clone();
    let found = app.db.read(move |tx| find(&ctx, tx, number)).await?;
    html(&page(&app, &user, &found, Typed::default()))
}

/// The page again, with what was typed into one of its forms and what is wrong with it.
async fn again(app: &App, user: &SignedIn, number: i64, typed: Typed) -> Reply {
    let ctx = user.ctx.clone();
    let found = app.db.read(move |tx| find(&ctx, tx, number)).await?;
    html_invalid(&page(app, user, &found, typed))
}

pub async fn add_agreement(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<AgreementFields>,
) -> Reply {
    let (ctx, typed) = (user.ctx.clone(), form.clone());
    let added = app
        .db
        .write(move |tx| {
            let review = access::review_numbered(&ctx, tx, number, Need::See)?.id;
            agreements::add(&ctx, tx, review, &typed.read()?)
        })
        .await;
    match added {
        Ok(id) => {
            Ok(Redirect::to(&format!("/reviews/{number}/outcome#agreement-{id}")).into_response())
        }
        Err(Error::Invalid(errors)) => {
            let typed = Typed {
                agreement: form,
                errors: errors.renamed(AGREED),
                of_agreement: true,
                ..Typed::default()
            };
            again(&app, &user, number, typed).await
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn add_learning(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<LearningFields>,
) -> Reply {
    let ctx = user.ctx.clone();
    let wanted = LearningForm {
        body: form.body.clone(),
        applies_to: form.applies_to.clone(),
    };
    let added = app
        .db
        .write(move |tx| {
            let review = access::review_numbered(&ctx, tx, number, Need::See)?.id;
            learnings::add(&ctx, tx, Some(review), &wanted)
        })
        .await;
    match added {
        Ok((_, learning)) => Ok(Redirect::to(&format!(
            "/reviews/{number}/outcome#learning-{learning}"
        ))
        .into_response()),
        Err(Error::Invalid(errors)) => {
            let typed = Typed {
                learning: form,
                errors,
                of_learning: true,
                ..Typed::default()
            };
            again(&app, &user, number, typed).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "outcome/agreement.html")]
struct AgreementPage {
    page: Page,
    id: AgreementId,
    number: i64,
    title: String,
    form: AgreementFields,
    components: Vec<ChoiceView>,
    errors: Fields,
    /// What somebody else made of it in the meantime.
    theirs: String,
}

async fn agreement_page(
    app: &App,
    user: &SignedIn,
    id: AgreementId,
    form: Option<AgreementFields>,
    errors: Fields,
) -> Reply<AgreementPage> {
    let ctx = user.ctx.clone();
    let (found, standing, records) = app
        .db
        .read(move |tx| {
            let (found, standing) = agreements::get(&ctx, tx, id, Need::Run)?;
            let records: Vec<_> = records::records(tx, standing.id)?
                .into_iter()
                .filter(|record| record.kind == RecordKind::TrickyComponent)
                .map(|record| (record.id, record.title))
                .collect();
            Ok::<_, Error>((found, standing, records))
        })
        .await?;
    let theirs = match &form {
        Some(form) if form.version != found.version => found.body.clone(),
        _ => String::new(),
    };
    let form = AgreementFields {
        version: found.version,
        ..form.unwrap_or(AgreementFields {
            component: found.component,
            agreed: found.body,
            record: found.record.map(|id| id.to_string()).unwrap_or_default(),
            version: 0,
        })
    };
    Ok(AgreementPage {
        page: Page::new(app, Some(&user.visitor), "Change the agreement", "reviews"),
        id,
        number: standing.number,
        title: standing.title,
        components: components(&records, &form.record),
        form,
        errors,
        theirs,
    })
}

pub async fn edit_agreement(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<AgreementId>,
) -> Reply {
    html(&agreement_page(&app, &user, id, None, Fields::default()).await?)
}

pub async fn change_agreement(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<AgreementId>,
    Form(form): Form<AgreementFields>,
) -> Reply {
    let (ctx, typed) = (user.ctx.clone(), form.clone());
    let changed = app
        .db
        .write(move |tx| {
            agreements::change(&ctx, tx, id, typed.version, &typed.read()?)?;
            Ok::<_, Error>(agreements::get(&ctx, tx, id, Need::See)?.1.number)
        })
        .await;
    match changed {
        Ok(number) => {
            Ok(Redirect::to(&format!("/reviews/{number}/outcome#agreement-{id}")).into_response())
        }
        Err(Error::Invalid(errors)) => html_invalid(
            &agreement_page(&app, &user, id, Some(form), errors.renamed(AGREED)).await?,
        ),
        Err(Error::Conflict(said)) => {
            let errors = Fields::one("agreed", said);
            html_invalid(&agreement_page(&app, &user, id, Some(form), errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn withdraw_agreement(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<AgreementId>,
) -> Reply {
    let ctx = user.ctx.clone();
    let number = app
        .db
        .write(move |tx| {
            let (_, standing) = agreements::get(&ctx, tx, id, Need::Run)?;
            agreements::withdraw(&ctx, tx, id)?;
            Ok::<_, Error>(standing.number)
        })
        .await?;
    Ok(Redirect::to(&format!("/reviews/{number}/outcome")).into_response())
}

/// A line of the outcome that a clock is not needed for.
pub fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most).collect();
    let whole = cut
        .rsplit_once(' ')
        .map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole} …")
}
