//! Decisions, conditions and agreements as pages show them.

use crate::web::view::{Clock, PersonView, WhenView, outcome_words};
use hardwon_core::decisions::agreements::Agreement;
use hardwon_core::decisions::{Record, Ref, StopReason, Validity};
use hardwon_core::reviews::Outcome;
use hardwon_core::stances::conditions::{self, Condition, ConditionState};
use hardwon_core::{Result, Tx, threads};

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
