//! The meeting's room: one page for who leads, who takes part, the projector and the telephone, live for all of them.
//! Scheduling is in `meetings`; what happens to be sent live is in `live`.

mod actions;
pub mod json;
pub mod parts;

use super::frame::{self, Frame, Seen, Tab};
use super::page::{Page, html};
use super::questions::skipped;
use super::view::{ChoiceView, WhenView};
use crate::app::App;
use crate::http::{Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use hardwon_core::documents::{self, Document};
use hardwon_core::meetings::{
    self, Agenda, Answer, Choice, Invited, Meeting, MeetingState, Parked, Phase, Poll, PollState,
    Present,
};
use hardwon_core::people::Face;
use hardwon_core::questions::{self, Next};
use hardwon_core::stances::{self, Stance};
use hardwon_core::{Ctx, Error, Result, Tx, event};
use serde::Deserialize;

pub use actions::{
    close_poll, end_question, enter, join, open_poll, park, save_notes, save_notes_form,
    set_parked, take_question, vote,
};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct RoomQuery {
    view: String,
    /// Numbers of questions that the reader has put off voting on.
    skip: String,
}

#[derive(Template)]
#[template(path = "room/none.html")]
struct NoMeeting {
    page: Page,
    frame: Frame,
}

#[derive(Template)]
#[template(path = "room/room.html")]
struct RoomPage {
    page: Page,
    projector: bool,
    leads: bool,
    number: i64,
    title: String,
    meeting: String,
    since: i64,
    starts: WhenView,
    minutes: i64,
    place: String,
    place_href: String,
    planned: bool,
    closed: bool,
    joinable: bool,
    absent: bool,
    cancelled: String,
    answers: Vec<ChoiceView>,
    answered: String,
    head: String,
    say: String,
    now: String,
    notes: String,
    notes_version: i64,
    parked: String,
    agenda: String,
    vote: String,
    polls: Vec<String>,
    stances: String,
    here: String,
    people: Vec<String>,
}

/// Everything in a room, for one reader.
struct Room {
    meeting: Meeting,
    agenda: Agenda,
    notes: Document,
    parked: Vec<Parked>,
    polls: Vec<(Poll, Option<(Choice, String)>)>,
    next: Option<Next>,
    stances: Vec<Stance>,
    present: Present,
    invited: Vec<Invited>,
    own: (Answer, Option<i64>),
    since: i64,
}

fn load(ctx: &Ctx, tx: &mut Tx<'_>, meeting: Meeting, skipped: &[i64]) -> Result<Room> {
    let person = ctx.require_person()?;
    let mut polls = Vec::new();
    for poll in meetings::polls(tx, meeting.review, meeting.round)? {
        let own = match poll.state {
            PollState::Open => meetings::own_vote(tx, poll.id, person)?,
            PollState::Closed => None,
        };
        polls.push((poll, own));
    }
    let next = if meeting.is_open() && meeting.phase <= Phase::Questions {
        questions::next_unvoted(ctx, tx, meeting.review, meeting.round, skipped)?
    } else {
        None
    };
    Ok(Room {
        // First, so that what happens while the rest is read is sent again.
        since: event::newest(tx)?,
        agenda: meetings::agenda(tx, &meeting)?,
        notes: documents::get(tx, meeting.notes)?,
        parked: meetings::parked(tx, meeting.id)?,
        polls,
        next,
        stances: stances::list(ctx, tx, meeting.review, meeting.round)?,
        present: meetings::present(tx, meeting.id, parts::NAMED)?,
        invited: meetings::invited(ctx, tx, meeting.review, Some(meeting.id))?,
        own: meetings::own(tx, meeting.id, person)?,
        meeting,
    })
}

/// `GET /reviews/7/meeting`
pub async fn show(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(query): Query<RoomQuery>,
) -> Reply {
    let (ctx, put_off) = (user.ctx.clone(), skipped(&query.skip));
    let (seen, room) = app
        .db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            let room = match meetings::current(tx, seen.review.id)? {
                Some(meeting) => Some(load(&ctx, tx, meeting, &put_off)?),
                None => None,
            };
            Ok::<_, Error>((seen, room))
        })
        .await?;
    match room {
        Some(room) => html(&view(&app, &user, &seen, room, &query)?),
        None => html(&NoMeeting {
            page: frame::page(&app, &user, &seen),
            frame: Frame::new(&user, &seen, Tab::Meeting),
        }),
    }
}

fn view(
    app: &App,
    user: &SignedIn,
    seen: &Seen,
    room: Room,
    query: &RoomQuery,
) -> Result<RoomPage> {
    let (meeting, now) = (&room.meeting, user.ctx.at);
    let (own, joined_at) = room.own;
    let mut polls = Vec::new();
    for (poll, own) in &room.polls {
        polls.push(parts::poll(poll, own.as_ref())?);
    }
    let running = meeting.state == MeetingState::Running;
    Ok(RoomPage {
        page: frame::page(app, user, seen),
        projector: query.view == "projector",
        leads: seen.standing.can_edit(),
        number: seen.review.number,
        title: seen.review.title.clone(),
        meeting: meeting.id.to_string(),
        since: room.since,
        starts: frame::clock(user).exact(meeting.starts_at),
        minutes: meeting.minutes(),
        place_href: link(&meeting.place),
        place: meeting.place.clone(),
        planned: meeting.state == MeetingState::Planned,
        closed: !meeting.is_open(),
        joinable: meeting.is_open(),
        absent: joined_at.is_none() && meetings::is_joinable(meeting, now),
        cancelled: meeting.cancelled_reason.clone(),
        answers: [Answer::Coming, Answer::Maybe, Answer::Declined]
            .iter()
            .map(|&answer| ChoiceView::new(answer.as_str(), answer_words(answer), own.as_str()))
            .collect(),
        answered: answered(&room.invited),
        head: parts::head(meeting, now)?,
        say: parts::render(&parts::Say {
            text: String::new(),
        })?,
        now: parts::now(meeting, &room.agenda, seen.review.number, now)?,
        notes_version: room.notes.version,
        parked: parts::parked(&room.parked)?,
        agenda: parts::agenda(meeting, &room.agenda)?,
        vote: parts::vote(
            seen.review.number,
            room.next.as_ref(),
            &skipped(&query.skip),
        )?,
        polls,
        stances: parts::stances(&room.stances)?,
        here: parts::here(&room.present)?,
        people: if running || meeting.phase == Phase::Waiting {
            names(&room.invited, &room.present.first)
        } else {
            Vec::new()
        },
        notes: room.notes.text,
    })
}

fn answer_words(answer: Answer) -> &'static str {
    match answer {
        Answer::None => "No answer",
        Answer::Coming => "I am coming",
        Answer::Maybe => "Maybe",
        Answer::Declined => "I cannot come",
    }
}

/// How many said what; nobody is named for not answering.
fn answered(invited: &[Invited]) -> String {
    let count = |answer| invited.iter().filter(|one| one.answer == answer).count();
    format!(
        "{} invited · {} coming · {} maybe · {} cannot come",
        invited.len(),
        count(Answer::Coming),
        count(Answer::Maybe),
        count(Answer::Declined)
    )
}

/// Where a place is the address of a call.
fn link(place: &str) -> String {
    let is_link = place.starts_with("https://") || place.starts_with("http://");
    if is_link && !place.contains(char::is_whitespace) {
        place.to_owned()
    } else {
        String::new()
    }
}

/// What the field for an owner offers.
fn names(invited: &[Invited], present: &[Face]) -> Vec<String> {
    let mut faces: Vec<&Face> = invited.iter().map(|one| &one.person).collect();
    for face in present {
        if !faces.iter().any(|known| known.id == face.id) {
            faces.push(face);
        }
    }
    faces
        .iter()
        .take(300)
        .map(|face| format!("{} (@{})", face.name, face.handle))
        .collect()
}
