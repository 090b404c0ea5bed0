//! Meetings for calendars: one as a file (RFC 5545), and all that somebody is invited to as a feed at a secret address.

use super::page::{Page, html};
use super::view::{Clock, WhenView};
use crate::app::App;
use crate::http::{Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use hardwon_core::auth::{self, Scope, tokens};
use hardwon_core::meetings::{self, Answer, Entry, MeetingState, zones};
use hardwon_core::{Actor, Ctx, Error, Tx};
use icalendar::{Calendar, Component as _, Event, EventLike as _, Property};

/// Days of the past that a feed still tells of.
pub const PAST_DAYS: i64 = 180;

/// `20261126T150000Z`
fn stamp(at: i64) -> String {
    zones::local(at, "UTC")
        .strftime("%Y%m%dT%H%M%SZ")
        .to_string()
}

/// Writes entries as a calendar. Every time is UTC, so that no reader depends on somebody's list of zones.
pub fn write(entries: &[Entry], name: &str, base_url: &str, now: i64) -> String {
    let mut calendar = Calendar::empty();
    for (key, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//Hardwon//Meetings//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("X-WR-CALNAME", name),
        ("REFRESH-INTERVAL;VALUE=DURATION", "PT1H"),
    ] {
        calendar.append_property(Property::new(key, value));
    }
    for entry in entries {
        calendar.push(event(entry, base_url, now));
    }
    calendar.to_string()
}

fn event(entry: &Entry, base_url: &str, now: i64) -> Event {
    let meeting = &entry.meeting;
    let host = base_url
        .split_once("://")
        .map_or(base_url, |(_, host)| host)
        .split([':', '/'])
        .next()
        .unwrap_or("hardwon");
    let page = format!("{base_url}/reviews/{}/meeting", entry.number);
    let (status, mark) = match meeting.state {
        MeetingState::Cancelled => ("CANCELLED", "Called off: "),
        _ => ("CONFIRMED", ""),
    };
    let mut description = format!(
        "{} minutes of presentation, {} of questions.\nProposal, questions and notes: {page}",
        meeting.presentation_minutes, meeting.question_minutes
    );
    if !meeting.cancelled_reason.is_empty() {
        description = format!("{}\n\n{description}", meeting.cancelled_reason);
    }
    let mut event = Event::new();
    event
        .uid(&format!("meeting-{}@{host}", meeting.id))
        .sequence(u32::try_from(meeting.revision).unwrap_or(u32::MAX))
        .summary(&format!("{mark}#{} {}", entry.number, entry.title))
        .description(&description)
        .add_property("DTSTAMP", stamp(now))
        .add_property("CREATED", stamp(meeting.created_at))
        .add_property("DTSTART", stamp(meeting.starts_at))
        .add_property("DTEND", stamp(meeting.ends_at()))
        .add_property("STATUS", status)
        .url(&page);
    if !meeting.place.is_empty() {
        event.location(&meeting.place);
    }
    if entry.answer == Answer::Declined || meeting.state == MeetingState::Cancelled {
        // It takes none of their time.
        event.add_property("TRANSP", "TRANSPARENT");
    }
    event.done()
}

/// The answer that a calendar program understands.
pub fn file(text: String, name: &str) -> Response {
    (
        [
            (
                header::CONTENT_TYPE,
                "text/calendar; charset=utf-8".to_owned(),
            ),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{name}\""),
            ),
        ],
        text,
    )
        .into_response()
}

/// `GET /reviews/7/meeting.ics`
pub async fn download(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let ctx = user.ctx.clone();
    let entry = app
        .db
        .read(move |tx| meetings::entry(&ctx, tx, number))
        .await?;
    let text = write(
        std::slice::from_ref(&entry),
        &user.visitor.organisation,
        &app.config.base_url,
        user.ctx.at,
    );
    Ok(file(text, &format!("meeting-{number}.ics")))
}

struct EntryView {
    href: String,
    title: String,
    when: WhenView,
    minutes: i64,
    place: String,
    note: &'static str,
}

#[derive(Template)]
#[template(path = "meetings/calendar.html")]
struct CalendarPage {
    page: Page,
    entries: Vec<EntryView>,
    /// The address, right after it was made and never again.
    address: String,
    since: Option<WhenView>,
    used: Option<WhenView>,
}

/// `GET /calendar`: what one is invited to, and the address to follow it at.
pub async fn index(State(app): State<App>, user: SignedIn) -> Reply {
    page(&app, &user, String::new()).await
}

async fn page(app: &App, user: &SignedIn, address: String) -> Reply {
    let ctx = user.ctx.clone();
    let (entries, token) = app
        .db
        .read(move |tx| {
            // A meeting that is under way is still to come.
            let from = ctx.at - meetings::MAX_MINUTES * 60_000;
            let entries = meetings::entries(&ctx, tx, from)?;
            Ok::<_, Error>((entries, tokens::newest_of(&ctx, tx, Scope::Calendar)?))
        })
        .await?;
    let clock = Clock::new(
        user.ctx.at,
        &user.visitor.zone,
        &user.visitor.organisation_zone,
    );
    html(&CalendarPage {
        page: Page::new(app, Some(&user.visitor), "Your meetings", "calendar"),
        entries: entries
            .iter()
            .filter(|entry| {
                entry.meeting.is_open() || entry.meeting.state == MeetingState::Cancelled
            })
            .map(|entry| EntryView {
                href: format!("/reviews/{}/meeting", entry.number),
                title: format!("#{} {}", entry.number, entry.title),
                when: clock.exact(entry.meeting.starts_at),
                minutes: entry.meeting.minutes(),
                place: entry.meeting.place.clone(),
                note: note(entry),
            })
            .collect(),
        address,
        since: token.map(|(at, _)| clock.date(at)),
        used: token.and_then(|(_, at)| at).map(|at| clock.relative(at)),
    })
}

fn note(entry: &Entry) -> &'static str {
    match (entry.meeting.state, entry.answer) {
        (MeetingState::Cancelled, _) => "called off",
        (MeetingState::Running, _) => "under way",
        (_, Answer::Coming) => "you are coming",
        (_, Answer::Maybe) => "maybe",
        (_, Answer::Declined) => "you cannot come",
        (_, Answer::None) => "",
    }
}

/// `POST /calendar/address`: a new address; the one before is no good any more.
pub async fn create(State(app): State<App>, user: SignedIn) -> Reply {
    let ctx = user.ctx.clone();
    let secret = app.db.write(move |tx| renew(&ctx, tx)).await?;
    page(&app, &user, feed_address(&app.config.base_url, &secret)).await
}

/// Ends the actor's address and makes another; gives its secret.
pub fn renew(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<String, Error> {
    let me = ctx.require_person()?;
    tokens::revoke_scope(ctx, tx, Scope::Calendar)?;
    let days = tokens::MAX_DAYS;
    let made = tokens::create(ctx, tx, me, "Calendar", Scope::Calendar, days)?;
    Ok(made.1.text)
}

pub fn feed_address(base_url: &str, secret: &str) -> String {
    format!("{base_url}/calendar/{secret}.ics")
}

/// `POST /calendar/address/removal`
pub async fn remove(State(app): State<App>, user: SignedIn) -> Reply {
    let ctx = user.ctx;
    app.db
        .write(move |tx| tokens::revoke_scope(&ctx, tx, Scope::Calendar))
        .await?;
    Ok(Redirect::to("/calendar").into_response())
}

/// `GET /calendar/SECRET.ics`: whoever has the address reads the meetings of the person whose it is, and nothing else.
pub async fn feed(State(app): State<App>, Path(name): Path<String>) -> Reply {
    let secret = name.strip_suffix(".ics").ok_or(Error::NotFound)?.to_owned();
    let (world, now) = (app.world.clone(), app.world.now());
    let (visitor, entries) = app
        .db
        .read(move |tx| {
            let visitor =
                auth::token_person(tx, &secret, Scope::Calendar, now)?.ok_or(Error::NotFound)?;
            let actor = Actor::Person {
                id: visitor.person,
                role: visitor.role,
            };
            let ctx = Ctx::new(&world, actor, "calendar");
            let entries = meetings::entries(&ctx, tx, now - PAST_DAYS * 86_400_000)?;
            Ok::<_, Error>((visitor, entries))
        })
        .await?;
    if visitor.is_due(now) {
        let (ctx, proof, days) = (
            Ctx::operator(&app.world),
            visitor.proof.clone(),
            app.config.session_days,
        );
        let noted = app
            .db
            .write(move |tx| auth::note_use(&ctx, tx, &proof, days))
            .await;
        if let Err(error) = noted {
            tracing::debug!(cause = %error, "the use of a calendar could not be noted");
        }
    }
    let text = write(&entries, &visitor.organisation, &app.config.base_url, now);
    Ok(file(text, "meetings.ics"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hardwon_core::id::{DocumentId, MeetingId, ReviewId};
    use hardwon_core::meetings::{Meeting, Phase};

    fn entry(date: &str, time: &str, zone: &str) -> Entry {
        let starts_at = zones::instant(date, time, zone).expect("a time that exists");
        let id = uuid::Uuid::from_u128(7);
        Entry {
            meeting: Meeting {
                id: MeetingId(id),
                review: ReviewId(id),
                round: 1,
                starts_at,
                presentation_minutes: 10,
                question_minutes: 50,
                zone: zone.to_owned(),
                place: "Room 4, first floor; ring twice".to_owned(),
                state: MeetingState::Planned,
                phase: Phase::Waiting,
                phase_started_at: None,
                question: None,
                question_started_at: None,
                notes: DocumentId(id),
                revision: 2,
                version: 3,
                created_at: 1_772_442_000_000,
                started_at: None,
                ended_at: None,
                cancelled_reason: String::new(),
            },
            number: 7,
            title:
                "Größe, Preis; und \\ alles, was eine Zeile länger macht als fünfundsiebzig Bytes"
                    .to_owned(),
            answer: Answer::None,
        }
    }

    #[test]
    fn a_meeting_as_a_calendar_file() {
        let mut cancelled = entry("2026-03-30", "10:00", "Europe/London");
        cancelled.meeting.state = MeetingState::Cancelled;
        cancelled.meeting.cancelled_reason = "Ada is ill.".to_owned();
        cancelled.title = "Queue".to_owned();
        // The last Friday of winter time and the first Monday of summer time, at the same time of day.
        let text = write(
            &[entry("2026-03-27", "10:00", "Europe/London"), cancelled],
            "Loomcraft",
            "https://hardwon.loomcraft.example:7400",
            1_772_442_000_000,
        );
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        assert!(!text.replace("\r\n", "").contains('\n'), "{text}");
        insta::assert_snapshot!(text.replace("\r\n", "\n"), @r#"
        BEGIN:VCALENDAR
        VERSION:2.0
        PRODID:-//Hardwon//Meetings//EN
        CALSCALE:GREGORIAN
        METHOD:PUBLISH
        X-WR-CALNAME:Loomcraft
        REFRESH-INTERVAL;VALUE=DURATION:PT1H
        BEGIN:VEVENT
        CREATED:20260302T090000Z
        DESCRIPTION:10 minutes of presentation\, 50 of questions.\nProposal\, quest
         ions and notes: https://hardwon.loomcraft.example:7400/reviews/7/meeting
        DTEND:20260327T110000Z
        DTSTAMP:20260302T090000Z
        DTSTART:20260327T100000Z
        LOCATION:Room 4\, first floor\; ring twice
        SEQUENCE:2
        STATUS:CONFIRMED
        SUMMARY:#7 Größe\, Preis\; und \\ alles\, was eine Zeile länger macht al
         s fünfundsiebzig Bytes
        UID:meeting-00000000000000000000000000000007@hardwon.loomcraft.example
        URL:https://hardwon.loomcraft.example:7400/reviews/7/meeting
        END:VEVENT
        BEGIN:VEVENT
        CREATED:20260302T090000Z
        DESCRIPTION:Ada is ill.\n\n10 minutes of presentation\, 50 of questions.\nP
         roposal\, questions and notes: https://hardwon.loomcraft.example:7400/revi
         ews/7/meeting
        DTEND:20260330T100000Z
        DTSTAMP:20260302T090000Z
        DTSTART:20260330T090000Z
        LOCATION:Room 4\, first floor\; ring twice
        SEQUENCE:2
        STATUS:CANCELLED
        SUMMARY:Called off: #7 Queue
        TRANSP:TRANSPARENT
        UID:meeting-00000000000000000000000000000007@hardwon.loomcraft.example
        URL:https://hardwon.loomcraft.example:7400/reviews/7/meeting
        END:VEVENT
        END:VCALENDAR
        "#);
    }
}
