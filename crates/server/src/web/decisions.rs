//! Decisions: the list, one as a record, and the form that records one.

pub mod json;

use super::frame::{self, Seen};
use super::page::{Page, html, html_invalid};
use super::view::{ChoiceView, Clock, PersonView, WhenView, outcome_words};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::access::{self, Need};
use hardwon_core::decisions::agreements::{self, Agreement};
use hardwon_core::decisions::{
    self, ConditionForm, Decision, DecisionForm, DissentForm, Filter, Record, Ref, StopReason,
    Validity,
};
use hardwon_core::id::{PersonId, ReviewId};
use hardwon_core::page::{Listed, Page as ListPage};
use hardwon_core::reviews::participants::{self, PrincipalKind};
use hardwon_core::reviews::{self, Outcome, beside};
use hardwon_core::stances::conditions::{self, Condition, ConditionState};
use hardwon_core::{Ctx, Error, Fields, Result, Tx, threads};
use serde::Deserialize;

/// A decision as the partial `outcome/parts.html` shows it.
pub struct RecordView {
    pub number: i64,
    pub review: i64,
    pub title: String,
    pub round: i64,
    pub date: WhenView,
    pub tone: &'static str,
    pub icon: &'static str,
    pub verdict: &'static str,
    /// Why it stops.
    pub stops: String,
    pub overlaps: Vec<(i64, String)>,
    pub reason: String,
    pub come_back: String,
    pub dissent: Vec<(PersonView, String)>,
    pub by: Option<PersonView>,
    pub recorded: WhenView,
    pub version: i64,
    pub hash: String,
    pub hash_start: String,
    pub look_again: String,
    pub supersedes: Vec<RefView>,
    pub superseded_by: Vec<RefView>,
    pub validity: &'static str,
}

pub struct RefView {
    pub number: i64,
    pub review: i64,
    pub title: String,
    pub verdict: &'static str,
    pub date: WhenView,
}

pub fn reference(other: &Ref, clock: &Clock) -> RefView {
    RefView {
        number: other.number,
        review: other.review_number,
        title: other.title.clone(),
        verdict: outcome_words(other.outcome),
        date: clock.date(other.decided_at),
    }
}

/// Colour and icon of what was decided.
pub fn verdict(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::GoAhead => ("good", "i-circle-check"),
        Outcome::Stop => ("bad", "i-octagon-alert"),
        Outcome::MoreInformation => ("warn", "i-search"),
        Outcome::Superseded => ("muted", "i-archive"),
    }
}

pub fn stop_words(reason: StopReason) -> &'static str {
    match reason {
        StopReason::BetterAlternative => "There is a better alternative",
        StopReason::OverlappingGoals => "Its goals overlap with another project",
        StopReason::NotWorthTheCost => "It is not worth the cost",
        StopReason::Other => "Another reason",
    }
}

pub fn validity_words(validity: Validity) -> &'static str {
    match validity {
        Validity::Valid => "",
        Validity::Superseded => "Superseded",
        Validity::Past => "Of an earlier round",
    }
}

/// The people and teams that a decision's words name, to be linked.
pub fn named(tx: &mut Tx<'_>, record: &Record) -> Result<Vec<(String, String)>> {
    let decision = &record.decision;
    let mut texts = vec![decision.reason.as_str(), &decision.come_back_when];
    texts.extend(record.dissent.iter().map(|one| one.words.as_str()));
    threads::linked(tx, decision.review, &texts.join("\n\n"))
}

pub fn record_view(record: &Record, named: &[(String, String)], clock: &Clock) -> RecordView {
    let decision = &record.decision;
    let (tone, icon) = verdict(decision.outcome);
    let stops = match decision.stop_reason {
        None => String::new(),
        Some(StopReason::Other) => decision.stop_words.clone(),
        Some(reason) if decision.stop_words.is_empty() => stop_words(reason).to_owned(),
        Some(reason) => format!("{}: {}", stop_words(reason), decision.stop_words),
    };
    RecordView {
        number: decision.number,
        review: decision.review_number,
        title: decision.title.clone(),
        round: decision.round,
        date: clock.date(decision.decided_at),
        tone,
        icon,
        verdict: outcome_words(decision.outcome),
        stops,
        overlaps: record.overlaps.clone(),
        reason: threads::html(&decision.reason, named),
        come_back: threads::html(&decision.come_back_when, named),
        dissent: record
            .dissent
            .iter()
            .map(|one| {
                let words = threads::html(&one.words, named);
                (PersonView::from(&one.person), words)
            })
            .collect(),
        by: decision.decided_by.as_ref().map(PersonView::from),
        recorded: clock.exact(decision.recorded_at),
        version: decision.document_version,
        hash_start: record.text_hash.chars().take(12).collect(),
        hash: record.text_hash.clone(),
        look_again: decision
            .look_again_on
            .as_deref()
            .map(day)
            .unwrap_or_default(),
        supersedes: record
            .supersedes
            .iter()
            .map(|one| reference(one, clock))
            .collect(),
        superseded_by: record
            .superseded_by
            .iter()
            .map(|one| reference(one, clock))
            .collect(),
        validity: validity_words(decision.validity),
    }
}

/// `2027-05-26` as "26 May 2027".
pub fn day(text: &str) -> String {
    text.parse::<jiff::civil::Date>().map_or_else(
        |_| text.to_owned(),
        |date| date.strftime("%-d %b %Y").to_string(),
    )
}

/// A condition as a line of a record.
pub struct ConditionView {
    pub id: String,
    pub body: String,
    pub icon: &'static str,
    pub tone: &'static str,
    pub note: String,
    pub open: bool,
    pub can_tend: bool,
}

pub fn condition(
    one: &Condition,
    clock: &Clock,
    can_tend: impl Fn(&Condition) -> bool,
) -> ConditionView {
    let owner = one.owner.as_ref().map(|face| face.name.as_str());
    let closed = one
        .closed_at
        .map(|at| clock.date(at).text)
        .unwrap_or_default();
    let mut note = match (one.state, owner) {
        (ConditionState::Open, Some(owner)) => format!("{owner} sees to it"),
        (ConditionState::Open, None) => "Nobody sees to it yet".to_owned(),
        (ConditionState::Met, Some(owner)) => format!("{owner} · met {closed}"),
        (ConditionState::Met, None) => format!("Met {closed}"),
        (ConditionState::LetGo, _) => format!("Let go {closed}"),
    };
    if !one.closed_reason.is_empty() {
        note = format!("{note}: {}", one.closed_reason);
    }
    if let (conditions::Source::Stance, Some(by)) = (one.source, &one.raised_by) {
        note = format!("{note} · {} says yes, if", by.name);
    }
    let (icon, tone) = match one.state {
        ConditionState::Open => ("i-square", ""),
        ConditionState::Met => ("i-square-check", "good"),
        ConditionState::LetGo => ("i-square-minus", "muted"),
    };
    ConditionView {
        id: one.id.to_string(),
        body: one.body.clone(),
        icon,
        tone,
        note,
        open: one.state == ConditionState::Open,
        can_tend: can_tend(one),
    }
}

/// An agreement with its words rendered.
pub struct AgreementView {
    pub id: String,
    pub component: String,
    pub html: String,
    pub round: i64,
    pub on_record: bool,
}

pub fn agreement(one: &Agreement) -> AgreementView {
    AgreementView {
        id: one.id.to_string(),
        component: one.component.clone(),
        html: threads::html(&one.body, &[]),
        round: one.round,
        on_record: one.record.is_some(),
    }
}

#[derive(Template)]
#[template(path = "outcome/decision.html")]
struct DecisionPage {
    page: Page,
    record: RecordView,
    agreements: Vec<AgreementView>,
    conditions: Vec<ConditionView>,
}

pub async fn show(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let ctx = user.ctx.clone();
    let (record, named, agreed, raised) = app
        .db
        .read(move |tx| {
            let record = decisions::get(&ctx, tx, number)?;
            let review = record.decision.review;
            let named = named(tx, &record)?;
            let agreed = agreements::list(&ctx, tx, review)?;
            let raised = conditions::list(&ctx, tx, review, &hundreds())?;
            Ok::<_, Error>((record, named, agreed, raised.items))
        })
        .await?;
    let clock = frame::clock(&user);
    let round = record.decision.round;
    let title = format!("D-{number} {}", record.decision.title);
    html(&DecisionPage {
        page: Page::new(&app, Some(&user.visitor), title, "reviews"),
        agreements: agreed
            .iter()
            .filter(|one| one.round == round)
            .map(agreement)
            .collect(),
        conditions: raised
            .iter()
            .filter(|one| one.round == round)
            .map(|one| condition(one, &clock, |_| false))
            .collect(),
        record: record_view(&record, &named, &clock),
    })
}

/// As much of a list as one page shows at once.
pub fn hundreds() -> ListPage {
    ListPage {
        limit: hardwon_core::page::MAX_LIMIT,
        after: None,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ListQuery {
    outcome: String,
    validity: String,
    look_again: String,
    cursor: String,
    limit: Option<usize>,
}

impl ListQuery {
    fn address(&self, cursor: &str) -> String {
        let pairs: Vec<_> = [
            ("outcome", self.outcome.as_str()),
            ("validity", &self.validity),
            ("look_again", &self.look_again),
            ("cursor", cursor),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
        format!(
            "/decisions?{}",
            serde_html_form::to_string(&pairs).unwrap_or_default()
        )
    }
}

struct RowView {
    number: i64,
    review: i64,
    title: String,
    round: i64,
    outcome: &'static str,
    outcome_label: &'static str,
    validity: &'static str,
    date: WhenView,
    by: Option<PersonView>,
    look_again: String,
    due: bool,
}

#[derive(Template)]
#[template(path = "outcome/decisions.html")]
struct ListView {
    page: Page,
    rows: Vec<RowView>,
    outcomes: Vec<ChoiceView>,
    validities: Vec<ChoiceView>,
    due: Vec<ChoiceView>,
    filtered: bool,
    older: String,
}

pub async fn list(State(app): State<App>, user: SignedIn, Query(query): Query<ListQuery>) -> Reply {
    let clock = frame::clock(&user);
    let today = clock.today();
    let filter = Filter {
        outcome: Outcome::parse(&query.outcome),
        validity: Validity::parse(&query.validity),
        look_again_by: (query.look_again == "due").then(|| today.to_string()),
    };
    let part = ListPage::parse(query.limit, Some(&query.cursor))?;
    let ctx = user.ctx.clone();
    let Listed { items, next } = app
        .db
        .read(move |tx| decisions::list(&ctx, tx, &filter, &part))
        .await?;
    let today = today.to_string();
    let choices = |first: &str, chosen: &str, rest: &[(&str, &str)]| {
        let mut all = vec![ChoiceView::new("", first, chosen)];
        all.extend(
            rest.iter()
                .map(|(value, label)| ChoiceView::new(*value, *label, chosen)),
        );
        all
    };
    let outcomes: Vec<_> = Outcome::ALL
        .iter()
        .map(|&outcome| (outcome.as_str(), outcome_words(outcome)))
        .collect();
    html(&ListView {
        page: Page::new(&app, Some(&user.visitor), "Decisions", "reviews"),
        rows: items.iter().map(|one| row(one, &clock, &today)).collect(),
        outcomes: choices("Any outcome", &query.outcome, &outcomes),
        validities: choices(
            "Whether they hold or not",
            &query.validity,
            &[
                ("valid", "Hold now"),
                ("superseded", "Superseded"),
                ("past", "Of an earlier round"),
            ],
        ),
        due: choices(
            "Whenever they are looked at again",
            &query.look_again,
            &[("due", "To look at again by today")],
        ),
        filtered: [&query.outcome, &query.validity, &query.look_again]
            .iter()
            .any(|value| !value.is_empty()),
        older: next
            .map(|cursor| query.address(&cursor.to_string()))
            .unwrap_or_default(),
    })
}

fn row(one: &Decision, clock: &Clock, today: &str) -> RowView {
    RowView {
        number: one.number,
        review: one.review_number,
        title: one.title.clone(),
        round: one.round,
        outcome: one.outcome.as_str(),
        outcome_label: outcome_words(one.outcome),
        validity: validity_words(one.validity),
        date: clock.date(one.decided_at),
        by: one.decided_by.as_ref().map(PersonView::from),
        look_again: one.look_again_on.as_deref().map(day).unwrap_or_default(),
        due: one.validity == Validity::Valid
            && one.look_again_on.as_deref().is_some_and(|day| day <= today),
    }
}

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
fn somebody(
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
