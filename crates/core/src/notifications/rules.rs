//! Who is told about what. One rule an event kind; an event without a rule is nobody's inbox.

use super::sql;
use crate::error::Result;
use crate::event::Event;
use crate::id::{PersonId, ReviewId};
use hardwon_db::{Tx, params};
use std::collections::BTreeSet;

/// One message of an event, and who gets it.
pub struct Notice {
    pub kind: String,
    pub summary: String,
    pub href: String,
    pub audience: Vec<PersonId>,
}

/// The groups of people that a rule may speak to.
enum Audience {
    Participants,
    Leads,
    /// Who is named in the event's data under this key (people or teams).
    Named(&'static str),
    /// Who wrote in the thread that the data names, and those who lead the review.
    Thread,
    /// Who asked the question that the event is about.
    Askers,
}

/// What an event says to whom: words that follow the actor's name, where it leads within the review, and the audience.
fn rule(event: &Event) -> Option<(&'static str, String, Audience)> {
    let data = |key: &str| event.data[key].as_str().unwrap_or_default();
    let thread = || {
        format!(
            "/discussion#thread-{}",
            event.data["thread"].as_str().unwrap_or(&event.subject_id)
        )
    };
    let question = || format!("/questions#question-{}", event.subject_id);
    Some(match event.kind.as_str() {
        "review.circulated" => (
            "asks for comments on",
            String::new(),
            Audience::Participants,
        ),
        "review.person-added" => ("named you in", String::new(), Audience::Named("principal")),
        "review.stepped" => match data("to") {
            "closed" => ("closed", "/outcome".into(), Audience::Participants),
            "in-review" => (
                "opened the meeting of",
                "/meeting".into(),
                Audience::Participants,
            ),
            _ => return None,
        },
        "review.visibility-changed" => (
            if data("to") == "private" {
                "made private"
            } else {
                "opened to everyone"
            },
            "/people".into(),
            Audience::Participants,
        ),
        "review.last-call" => ("gave a last call on", String::new(), Audience::Participants),
        "thread.opened" => ("started a thread in", thread(), Audience::Leads),
        "thread.commented" => ("answered in", thread(), Audience::Thread),
        "thread.resolved" => ("resolved a thread in", thread(), Audience::Thread),
        "question.asked" => ("asked a question in", question(), Audience::Leads),
        "question.ended" => ("closed your question in", question(), Audience::Askers),
        "condition.assigned" => (
            "gave you a condition to meet in",
            "/outcome".into(),
            Audience::Named("owner"),
        ),
        "question.followed-up" => (
            "gave you a question to follow up in",
            question(),
            Audience::Named("owner"),
        ),
        "meeting.scheduled" => (
            "invited you to the meeting of",
            "/meeting".into(),
            Audience::Participants,
        ),
        "meeting.moved" => (
            "moved the meeting of",
            "/meeting".into(),
            Audience::Participants,
        ),
        "meeting.cancelled" => (
            "called off the meeting of",
            "/meeting".into(),
            Audience::Participants,
        ),
        "decision.recorded" => (
            "recorded the decision of",
            "/outcome".into(),
            Audience::Participants,
        ),
        "minutes.sent" => (
            "sent the minutes of",
            "/minutes".into(),
            Audience::Participants,
        ),
        _ => return None,
    })
}

/// What is to be told about an event. Somebody who is mentioned hears that, and not the same event once more.
pub fn notices(tx: &mut Tx<'_>, event: &Event) -> Result<Vec<Notice>> {
    let Some(review) = event.review else {
        return Ok(Vec::new());
    };
    let Some((number, title)) = tx.query_opt(sql::REVIEW, params![review], |row| {
        Ok((row.get::<i64>(0)?, row.get::<String>(1)?))
    })?
    else {
        return Ok(Vec::new());
    };
    let mut notices = Vec::new();
    let mut told = BTreeSet::new();
    let mut tell = |kind: &str, words: &str, place: &str, people: Vec<PersonId>| {
        let audience: Vec<_> = people
            .into_iter()
            .filter(|person| told.insert(*person))
            .collect();
        if !audience.is_empty() {
            notices.push(Notice {
                kind: kind.to_owned(),
                summary: format!("{words} #{number} {title}"),
                href: format!("/reviews/{number}{place}"),
                audience,
            });
        }
    };
    let rule = rule(event);
    let mentioned = named(tx, review, event, "mentions")?;
    let place = rule.as_ref().map_or("", |(_, place, _)| place.as_str());
    tell("mention", "mentioned you in", place, mentioned);
    if let Some((words, place, audience)) = &rule {
        let people = people(tx, review, event, audience)?;
        tell(&event.kind, words, place, people);
    }
    Ok(notices)
}

fn people(
    tx: &mut Tx<'_>,
    review: ReviewId,
    event: &Event,
    audience: &Audience,
) -> Result<Vec<PersonId>> {
    Ok(match audience {
        Audience::Participants => tx.query(sql::PARTICIPANTS, params![review], |row| row.get(0))?,
        Audience::Leads => tx.query(sql::LEADS, params![review], |row| row.get(0))?,
        Audience::Named(key) => named(tx, review, event, key)?,
        Audience::Thread => {
            let thread = event.data["thread"]
                .as_str()
                .unwrap_or(&event.subject_id)
                .to_owned();
            let mut people = tx.query(sql::SPEAKERS, params![review, thread], |row| row.get(0))?;
            people.extend(tx.query(sql::LEADS, params![review], |row| row.get::<PersonId>(0))?);
            people
        }
        Audience::Askers => tx.query(sql::ASKERS, params![event.subject_id], |row| row.get(0))?,
    })
}

/// The people behind the ids (of people or teams) that the data holds under a key: one, or a list.
fn named(tx: &mut Tx<'_>, review: ReviewId, event: &Event, key: &str) -> Result<Vec<PersonId>> {
    let ids: Vec<&str> = match &event.data[key] {
        serde_json::Value::String(id) => vec![id.as_str()],
        serde_json::Value::Array(ids) => ids.iter().filter_map(|id| id.as_str()).collect(),
        _ => Vec::new(),
    };
    let mut people = Vec::new();
    for id in ids {
        people.extend(tx.query(sql::PEOPLE_OF, params![review, id], |row| {
            row.get::<PersonId>(0)
        })?);
    }
    Ok(people)
}
