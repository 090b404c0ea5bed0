//! Recording a decision: the one way in which a review becomes decided, and in which its next round opens.

use super::{StopReason, sql};
use crate::access::{self, Need, Standing};
use crate::ctx::Ctx;
use crate::documents;
use crate::error::{Error, Fields, Result};
use crate::event::{self, Thing};
use crate::id::{DecisionId, PersonId, ReviewId, VersionId};
use crate::link::{self, Relation};
use crate::questions;
use crate::reviews::{self, Outcome, ReviewKind, State, Visibility, steps};
use crate::stances::conditions;
use hardwon_db::{Tx, params};
use serde_json::json;

/// Something that a decision depends on, with whoever sees to it.
#[derive(Debug, Clone)]
pub struct ConditionForm {
    pub body: String,
    pub owner: Option<PersonId>,
}

#[derive(Debug, Clone)]
pub struct DissentForm {
    pub person: PersonId,
    pub words: String,
}

#[derive(Debug, Clone)]
pub struct DecisionForm {
    pub outcome: Outcome,
    /// Why it stops; of a stop only.
    pub stop_reason: Option<StopReason>,
    pub stop_words: String,
    /// The review whose goals overlap, by number.
    pub overlaps: Option<i64>,
    /// Markdown.
    pub reason: String,
    pub conditions: Vec<ConditionForm>,
    pub dissent: Vec<DissentForm>,
    /// `YYYY-MM-DD`
    pub look_again_on: Option<String>,
    pub come_back_when: String,
    /// Reviews whose decisions this one takes the place of, by number.
    pub supersedes: Vec<i64>,
}

/// A decision that was just recorded.
#[derive(Debug, Clone, Copy)]
pub struct Recorded {
    pub id: DecisionId,
    pub number: i64,
    /// How many questions the next round took along, if one was opened.
    pub carried: i64,
}

/// Whether a text is a day, written `YYYY-MM-DD`.
pub fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

/// Records the decision of the present round, bound to the document as it is now. In a review that is decided already it
/// is a correction, which supersedes the decision before. *Gather more information* opens the next round, which takes
/// open questions along; conditions stay open until somebody meets them or lets them go.
pub fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    form: &DecisionForm,
) -> Result<Recorded> {
    let review = access::review(ctx, tx, review, Need::Run)?;
    let person = ctx.require_person()?;
    check_state(&review)?;
    check(ctx, form)?;
    let overlaps = match form.overlaps {
        Some(number) => Some(other(ctx, tx, &review, number, "overlaps")?),
        None => None,
    };
    let superseded = form
        .supersedes
        .iter()
        .map(|&number| other(ctx, tx, &review, number, "supersedes"))
        .collect::<Result<Vec<_>>>()?;

    let before = newest(tx, review.id)?;
    let version = if review.state == State::Decided {
        documents::cut(
            ctx,
            tx,
            review.document,
            documents::VersionKind::Step,
            "decided again",
        )?
    } else {
        steps::apply(ctx, tx, &review, State::Decided, form.outcome.as_str())?
    };
    let recorded = insert(ctx, tx, &review, form, version, person)?;
    let thing = Thing::new("decision", recorded.id);
    tx.execute(
        sql::SET_OUTCOME,
        params![review.id, form.outcome, form.look_again_on, ctx.at],
    )?;
    if let Some((earlier, round)) = before
        && round == review.round
    {
        let earlier = Thing::new("decision", earlier);
        link::add(ctx, tx, &thing, Relation::Supersedes, &earlier, "")?;
    }
    for other in &superseded {
        supersede(ctx, tx, &review, &thing, other)?;
    }
    if let Some(other) = &overlaps {
        let there = Thing::new("review", other.id);
        link::add(ctx, tx, &thing, Relation::SeeAlso, &there, "Goals overlap")?;
        let here = Thing::new("review", review.id);
        link::add(ctx, tx, &here, Relation::SeeAlso, &there, "Goals overlap")?;
    }
    for condition in &form.conditions {
        let new = conditions::New {
            round: review.round,
            source: conditions::Source::Decision,
            body: &condition.body,
            owner: condition.owner,
        };
        conditions::raise(ctx, tx, &review, &new)?;
    }
    event::record(
        ctx,
        tx,
        "decision.recorded",
        &thing,
        Some(review.id),
        &json!({
            "title": review.title, "number": review.number, "decision": recorded.number, "outcome": form.outcome,
            "round": review.round, "reason": form.reason.trim(), "look_again_on": form.look_again_on,
            "supersedes": superseded.iter().map(|other| other.number).collect::<Vec<_>>(),
        }),
    )?;
    let carried = if form.outcome == Outcome::MoreInformation {
        open_next_round(ctx, tx, &review, version)?
    } else {
        0
    };
    Ok(Recorded {
        carried,
        ..recorded
    })
}

fn check_state(review: &Standing) -> Result<()> {
    if review.kind != ReviewKind::Architecture {
        return Err(Error::conflict(
            "Only an architecture review is decided in this way.",
        ));
    }
    match review.state {
        State::Closed => Err(Error::conflict(
            "This review is closed. Step it back to decided first, and say why; or start a review that supersedes it.",
        )),
        _ => Ok(()),
    }
}

fn check(ctx: &Ctx, form: &DecisionForm) -> Result<()> {
    let mut fields = Fields::default();
    let long = |text: &str, most: usize| text.chars().count() > most;
    if form.reason.trim().is_empty() {
        fields.add("reason", "Say why, in a sentence or two.");
    }
    if long(&form.reason, 20_000) {
        fields.add("reason", "At most 20,000 characters, please.");
    }
    match (form.outcome, form.stop_reason) {
        (Outcome::Superseded, _) => fields.add(
            "outcome",
            "A review is superseded by another one's decision.",
        ),
        (Outcome::Stop, None) => fields.add("stop_reason", "Please name why it stops."),
        (Outcome::Stop, Some(StopReason::OverlappingGoals))
            if form.overlaps.is_none() && form.stop_words.trim().is_empty() =>
        {
            fields.add(
                "overlaps",
                "Please link the other project's review, or name the project.",
            );
        }
        (Outcome::Stop, Some(StopReason::Other)) if form.stop_words.trim().is_empty() => {
            fields.add("stop_words", "Please name the reason.");
        }
        _ => {}
    }
    if form.outcome != Outcome::Stop {
        let of_stop = [
            ("stop_reason", form.stop_reason.is_some()),
            ("stop_words", !form.stop_words.trim().is_empty()),
            ("overlaps", form.overlaps.is_some()),
            ("come_back_when", !form.come_back_when.trim().is_empty()),
        ];
        for (field, filled) in of_stop {
            if filled {
                fields.add(
                    field,
                    "This belongs to “stop and rethink”. Please choose that, or leave this empty.",
                );
            }
        }
    }
    if long(&form.stop_words, 2_000) {
        fields.add("stop_words", "At most 2,000 characters, please.");
    }
    if long(&form.come_back_when, 5_000) {
        fields.add("come_back_when", "At most 5,000 characters, please.");
    }
    if let Some(day) = &form.look_again_on {
        let today = jiff::Timestamp::from_millisecond(ctx.at)
            .map_err(Error::bug)?
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date();
        if !is_day(day) {
            fields.add("look_again_on", "A date is written YYYY-MM-DD.");
        } else if day
            .parse::<jiff::civil::Date>()
            .is_ok_and(|day| day < today)
        {
            fields.add("look_again_on", "This day has passed already.");
        }
    }
    if form.conditions.len() > 50 {
        fields.add("conditions", "At most 50 conditions, please.");
    }
    for condition in &form.conditions {
        if condition.body.trim().is_empty() {
            fields.add("conditions", "Please say what the condition is.");
        }
        if long(&condition.body, 1_000) {
            fields.add(
                "conditions",
                "A condition may have at most 1,000 characters.",
            );
        }
    }
    for (place, dissent) in form.dissent.iter().enumerate() {
        if dissent.words.trim().is_empty() {
            fields.add("dissent", "Dissent is recorded in words.");
        }
        if long(&dissent.words, 10_000) {
            fields.add("dissent", "At most 10,000 characters each, please.");
        }
        if form.dissent[..place]
            .iter()
            .any(|other| other.person == dissent.person)
        {
            fields.add("dissent", "Please put what one person says into one field.");
        }
    }
    fields.check()
}

/// Another review that the form names by number, if the actor may see it.
fn other(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: &Standing,
    number: i64,
    field: &str,
) -> Result<Standing> {
    let found = match access::review_numbered(ctx, tx, number, Need::See) {
        Err(Error::NotFound) => {
            return Err(Error::invalid(
                field,
                format!("There is no review #{number}."),
            ));
        }
        found => found?,
    };
    if found.id == review.id {
        return Err(Error::invalid(
            field,
            "Please name another review than this one.",
        ));
    }
    Ok(found)
}

fn newest(tx: &mut Tx<'_>, review: ReviewId) -> Result<Option<(DecisionId, i64)>> {
    Ok(tx.query_opt(sql::NEWEST, params![review], |row| {
        Ok((row.get(0)?, row.get(2)?))
    })?)
}

fn insert(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: &Standing,
    form: &DecisionForm,
    version: VersionId,
    person: PersonId,
) -> Result<Recorded> {
    let id: DecisionId = ctx.id();
    let number = reviews::next_number(tx, "decision")?;
    tx.execute(
        sql::INSERT,
        params![
            id,
            number,
            review.id,
            review.round,
            form.outcome,
            form.stop_reason,
            form.stop_words.trim(),
            form.reason.trim(),
            form.come_back_when.trim(),
            form.look_again_on,
            version,
            person,
            ctx.at,
            ctx.at
        ],
    )?;
    for dissent in &form.dissent {
        tx.execute(
            sql::INSERT_DISSENT,
            params![id, dissent.person, dissent.words.trim()],
        )?;
    }
    Ok(Recorded {
        id,
        number,
        carried: 0,
    })
}

/// Writes both ends: review to review, decision to decision. The earlier review is shown as superseded to everybody,
/// unless this one is private: then only its own readers learn of it, by the links.
fn supersede(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: &Standing,
    decision: &Thing,
    other: &Standing,
) -> Result<()> {
    let (here, there) = (
        Thing::new("review", review.id),
        Thing::new("review", other.id),
    );
    link::add(ctx, tx, &here, Relation::Supersedes, &there, "")?;
    if let Some((earlier, _)) = newest(tx, other.id)? {
        let earlier = Thing::new("decision", earlier);
        link::add(ctx, tx, decision, Relation::Supersedes, &earlier, "")?;
    }
    if review.visibility == Visibility::Open {
        tx.execute(sql::MARK_SUPERSEDED, params![other.id])?;
        event::record(
            ctx,
            tx,
            "review.superseded",
            &there,
            Some(other.id),
            &json!({ "title": other.title, "number": other.number, "by": review.number, "by_title": review.title }),
        )?;
    }
    Ok(())
}

fn open_next_round(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: &Standing,
    version: VersionId,
) -> Result<i64> {
    let round = review.round + 1;
    tx.execute(
        sql::CLOSE_ROUND,
        params![review.id, review.round, version, ctx.at],
    )?;
    tx.execute(sql::OPEN_ROUND, params![review.id, round, ctx.at])?;
    tx.execute(sql::NEXT_ROUND, params![review.id, round, ctx.at])?;
    let mut next = review.clone();
    (next.state, next.round) = (State::Decided, round);
    steps::apply(
        ctx,
        tx,
        &next,
        State::Circulating,
        &format!("Round {round}: more information is gathered."),
    )?;
    event::record(
        ctx,
        tx,
        "review.round-opened",
        &Thing::new("review", review.id),
        Some(review.id),
        &json!({ "title": review.title, "number": review.number, "round": round }),
    )?;
    questions::carry_over(ctx, tx, review.id, round)
}
