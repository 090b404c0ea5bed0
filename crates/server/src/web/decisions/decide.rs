//! The form by which a decision is recorded.

use super::view::stop_words;
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use crate::web::frame::{self, Seen};
use crate::web::page::{Page, html, html_invalid};
use crate::web::view::{ChoiceView, outcome_words};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::access::{self, Need};
use hardwon_core::decisions::{self, ConditionForm, DecisionForm, DissentForm, StopReason};
use hardwon_core::id::{PersonId, ReviewId};
use hardwon_core::reviews::participants::{self, PrincipalKind};
use hardwon_core::reviews::{self, Outcome, beside};
use hardwon_core::{Ctx, Error, Fields, Result, Tx};
use serde::Deserialize;

/// What is typed into the form. Conditions and dissent are rows of two fields each.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct DecideForm {
    outcome: String,
    stop_reason: String,
    stop_words: String,
    overlaps: String,
    reason: String,
    condition: Vec<String>,
    condition_owner: Vec<String>,
    dissent: Vec<String>,
    dissent_by: Vec<String>,
    look_again_on: String,
    come_back_when: String,
    supersedes: String,
    /// The name of the button that asks for more rows.
    more: String,
}

struct PairView {
    place: usize,
    words: String,
    who: String,
}

/// Rows as they were typed, with some empty ones after them.
fn rows(words: &[String], who: &[String], least: usize) -> Vec<PairView> {
    let at = |list: &[String], place: usize| list.get(place).cloned().unwrap_or_default();
    let typed: Vec<(String, String)> = (0..words.len().max(who.len()))
        .map(|place| (at(words, place), at(who, place)))
        .filter(|(words, who)| !words.trim().is_empty() || !who.trim().is_empty())
        .collect();
    let count = least.max(typed.len() + 1);
    (0..count)
        .map(|place| {
            let (words, who) = typed.get(place).cloned().unwrap_or_default();
            PairView {
                place: place + 1,
                words,
                who,
            }
        })
        .collect()
}

#[derive(Template)]
#[template(path = "outcome/decide.html")]
struct DecidePage {
    page: Page,
    number: i64,
    title: String,
    round: i64,
    outcomes: Vec<ChoiceView>,
    reasons: Vec<ChoiceView>,
    stops: bool,
    form: DecideForm,
    conditions: Vec<PairView>,
    dissent: Vec<PairView>,
    people: Vec<String>,
    errors: Fields,
    blocking: Vec<beside::Blocking>,
    open_questions: i64,
    /// The decision that a correction takes the place of.
    corrects: Option<i64>,
}

struct Around {
    seen: Seen,
    people: Vec<String>,
    blocking: Vec<beside::Blocking>,
    corrects: Option<i64>,
}

fn around(ctx: &Ctx, tx: &mut Tx<'_>, number: i64) -> Result<Around> {
    let seen = frame::load(ctx, tx, number)?;
    seen.standing.require(Need::Run)?;
    let id = seen.review.id;
    Ok(Around {
        people: participants::principals(tx)?
            .into_iter()
            .filter(|one| one.kind == PrincipalKind::Person)
            .map(|one| format!("{} (@{})", one.name, one.handle))
            .collect(),
        blocking: beside::blocking(tx, id)?,
        corrects: match seen.review.state {
            reviews::State::Decided => decisions::of_review(ctx, tx, id)?
                .first()
                .map(|record| record.decision.number),
            _ => None,
        },
        seen,
    })
}

fn decide_page(
    app: &App,
    user: &SignedIn,
    around: Around,
    form: DecideForm,
    errors: Fields,
) -> DecidePage {
    let review = &around.seen.review;
    let hints = [
        (Outcome::GoAhead, "With or without conditions.".to_owned()),
        (
            Outcome::Stop,
            "A better alternative, overlapping goals, or not worth the costs.".to_owned(),
        ),
        (
            Outcome::MoreInformation,
            format!(
                "Opens round {} and carries the open questions over.",
                review.round + 1
            ),
        ),
    ];
    let more = |name: &str| if form.more == name { 3 } else { 0 };
    let typed = |list: &[String]| list.iter().filter(|one| !one.trim().is_empty()).count();
    DecidePage {
        page: Page::new(app, Some(&user.visitor), "Record the decision", "reviews"),
        number: review.number,
        title: review.title.clone(),
        round: review.round,
        outcomes: hints
            .into_iter()
            .map(|(outcome, hint)| ChoiceView {
                hint,
                ..ChoiceView::new(outcome.as_str(), outcome_words(outcome), &form.outcome)
            })
            .collect(),
        reasons: StopReason::ALL
            .iter()
            .map(|&reason| ChoiceView::new(reason.as_str(), stop_words(reason), &form.stop_reason))
            .collect(),
        stops: form.outcome == Outcome::Stop.as_str()
            || !form.stop_reason.is_empty()
            || !form.stop_words.is_empty(),
        conditions: rows(
            &form.condition,
            &form.condition_owner,
            2.max(typed(&form.condition) + more("conditions")),
        ),
        dissent: rows(
            &form.dissent,
            &form.dissent_by,
            1.max(typed(&form.dissent) + more("dissent")),
        ),
        people: around.people,
        errors,
        blocking: around.blocking,
        open_questions: review.open_questions,
        corrects: around.corrects,
        form,
    }
}

pub async fn new(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let ctx = user.ctx.clone();
    let around = app.db.read(move |tx| around(&ctx, tx, number)).await?;
    let in_half_a_year = frame::clock(&user)
        .today()
        .saturating_add(jiff::Span::new().months(6));
    let form = DecideForm {
        look_again_on: in_half_a_year.to_string(),
        ..DecideForm::default()
    };
    html(&decide_page(&app, &user, around, form, Fields::default()))
}

pub async fn create(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<DecideForm>,
) -> Reply {
    if !form.more.is_empty() {
        let ctx = user.ctx.clone();
        let around = app.db.read(move |tx| around(&ctx, tx, number)).await?;
        return html(&decide_page(&app, &user, around, form, Fields::default()));
    }
    let (ctx, typed) = (user.ctx.clone(), form.clone());
    let recorded = app
        .db
        .write(move |tx| {
            let review = access::review_numbered(&ctx, tx, number, Need::Run)?.id;
            let wanted = read(tx, review, &typed)?;
            decisions::record(&ctx, tx, review, &wanted)
        })
        .await;
    match recorded {
        Ok(_) => Ok(Redirect::to(&format!("/reviews/{number}/outcome")).into_response()),
        Err(Error::Invalid(errors)) => {
            let ctx = user.ctx.clone();
            let around = app.db.read(move |tx| around(&ctx, tx, number)).await?;
            html_invalid(&decide_page(&app, &user, around, form, errors))
        }
        Err(error) => Err(error.into()),
    }
}

/// What the form says, with people and reviews found by what was typed.
fn read(tx: &mut Tx<'_>, review: ReviewId, form: &DecideForm) -> Result<DecisionForm> {
    let mut fields = Fields::default();
    let outcome = Outcome::parse(&form.outcome);
    if outcome.is_none() {
        fields.add("outcome", "Please choose what was decided.");
    }
    let numbers = |text: &str| -> Option<Vec<i64>> {
        text.split([',', ' ', ';', '\n'])
            .filter(|part| !part.is_empty())
            .map(|part| part.trim_start_matches('#').parse().ok())
            .collect()
    };
    let supersedes = numbers(&form.supersedes);
    if supersedes.is_none() {
        fields.add("supersedes", "Numbers of reviews, such as #3, #12.");
    }
    let overlaps = numbers(&form.overlaps).filter(|all| all.len() <= 1);
    if overlaps.is_none() {
        fields.add("overlaps", "The number of one review, such as #12.");
    }
    let mut raised = Vec::new();
    for pair in rows(&form.condition, &form.condition_owner, 0) {
        if pair.words.trim().is_empty() && pair.who.trim().is_empty() {
            continue;
        }
        let owner = match pair.who.trim() {
            "" => None,
            who => somebody(tx, review, who, "conditions", &mut fields)?,
        };
        raised.push(ConditionForm {
            body: pair.words,
            owner,
        });
    }
    let mut dissent = Vec::new();
    for pair in rows(&form.dissent, &form.dissent_by, 0) {
        if pair.words.trim().is_empty() && pair.who.trim().is_empty() {
            continue;
        }
        if let Some(person) = somebody(tx, review, &pair.who, "dissent", &mut fields)? {
            dissent.push(DissentForm {
                person,
                words: pair.words,
            });
        }
    }
    if form.reason.trim().is_empty() {
        fields.add("reason", "Say why, in a sentence or two.");
    }
    fields.check()?;
    let day = form.look_again_on.trim();
    Ok(DecisionForm {
        outcome: outcome.unwrap_or(Outcome::GoAhead),
        stop_reason: StopReason::parse(&form.stop_reason),
        stop_words: form.stop_words.clone(),
        overlaps: overlaps.and_then(|all| all.first().copied()),
        reason: form.reason.clone(),
        conditions: raised,
        dissent,
        look_again_on: (!day.is_empty()).then(|| day.to_owned()),
        come_back_when: form.come_back_when.clone(),
        supersedes: supersedes.unwrap_or_default(),
    })
}

/// The person that a name or handle means, who must be able to see the review.
pub(super) fn somebody(
    tx: &mut Tx<'_>,
    review: ReviewId,
    typed: &str,
    field: &str,
    fields: &mut Fields,
) -> Result<Option<PersonId>> {
    let found = match participants::find_principal(tx, typed) {
        Ok(found) => found,
        Err(Error::Invalid(wrong)) => {
            fields.add(field, wrong.get("who").unwrap_or("Please name somebody."));
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    if found.kind == PrincipalKind::Team {
        fields.add(
            field,
            format!("{} is a team; please name a person.", found.name),
        );
        return Ok(None);
    }
    let person: PersonId = found.id.parse().map_err(Error::bug)?;
    if !decisions::can_see(tx, review, person)? {
        fields.add(field, format!("{} cannot see this review.", found.name));
        return Ok(None);
    }
    Ok(Some(person))
}
