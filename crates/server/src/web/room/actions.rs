//! What people do in a room. Without script every form leads back to the page; with it the answer is only whether it
//! worked, because what changed comes to everybody by the live channel.

use super::parts::{self, Mine, Say};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use crate::web::live;
use crate::web::page::{html, wants_part};
use askama::Template as _;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use hardwon_core::documents::Saved;
use hardwon_core::id::{MeetingId, ParkedId, PollId, QuestionId, ReviewId};
use hardwon_core::meetings::{self, Choice, Meeting, ParkedState, Phase};
use hardwon_core::questions::Ending;
use hardwon_core::reviews::participants::{self, PrincipalKind};
use hardwon_core::{Ctx, Error, Result, Tx, access, documents};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// What is written where somebody ends a question in the meeting without a sentence of their own.
const ANSWERED: &str = "Answered in the meeting; see its notes.";

fn id<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| Error::NotFound)
}

/// Runs a verb and answers: the page again, or (for a script) only what did not work.
async fn act<T: Send + 'static>(
    app: &App,
    user: &SignedIn,
    headers: &HeaderMap,
    verb: impl Fn(&Ctx, &mut Tx<'_>) -> Result<(ReviewId, T)> + Send + 'static,
) -> Reply {
    let ctx = user.ctx.clone();
    let outcome = app
        .db
        .write(move |tx| {
            let (review, _) = verb(&ctx, tx)?;
            Ok::<_, Error>(access::review(&ctx, tx, review, access::Need::See)?.number)
        })
        .await;
    let part = wants_part(headers);
    match outcome {
        Ok(_) if part => html(&Say {
            text: String::new(),
        }),
        Ok(number) => Ok(Redirect::to(&format!("/reviews/{number}/meeting")).into_response()),
        Err(Error::Invalid(fields)) if part => refused(&fields),
        Err(error) => Err(error.into()),
    }
}

fn refused(fields: &hardwon_core::Fields) -> Reply {
    let text = fields.sentences();
    let say = Say { text }.render()?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(say)).into_response())
}

fn of(meeting: &Meeting) -> (ReviewId, ()) {
    (meeting.review, ())
}

#[derive(Deserialize)]
pub struct PhaseForm {
    phase: String,
}

/// `POST /meetings/ID/phase`
pub async fn enter(
    State(app): State<App>,
    user: SignedIn,
    Path(meeting): Path<String>,
    headers: HeaderMap,
    Form(form): Form<PhaseForm>,
) -> Reply {
    let meeting: MeetingId = id(&meeting)?;
    let phase = Phase::parse(&form.phase)
        .ok_or_else(|| Error::invalid("phase", "A meeting has no such phase."))?;
    act(&app, &user, &headers, move |ctx, tx| {
        Ok(of(&meetings::enter(ctx, tx, meeting, phase)?))
    })
    .await
}

#[derive(Deserialize)]
pub struct QuestionForm {
    question: String,
}

/// `POST /meetings/ID/question`
pub async fn take_question(
    State(app): State<App>,
    user: SignedIn,
    Path(meeting): Path<String>,
    headers: HeaderMap,
    Form(form): Form<QuestionForm>,
) -> Reply {
    let (meeting, question): (MeetingId, QuestionId) = (id(&meeting)?, id(&form.question)?);
    act(&app, &user, &headers, move |ctx, tx| {
        Ok(of(&meetings::set_question(ctx, tx, meeting, question)?))
    })
    .await
}

#[derive(Deserialize)]
pub struct EndForm {
    question: String,
    end: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    owner: String,
}

/// `POST /meetings/ID/question-ends`
pub async fn end_question(
    State(app): State<App>,
    user: SignedIn,
    Path(meeting): Path<String>,
    headers: HeaderMap,
    Form(form): Form<EndForm>,
) -> Reply {
    let (meeting, question): (MeetingId, QuestionId) = (id(&meeting)?, id(&form.question)?);
    act(&app, &user, &headers, move |ctx, tx| {
        meetings::find(ctx, tx, meeting, access::Need::Run)?;
        let ending = ending(tx, &form)?;
        let ended = meetings::end_question(ctx, tx, meeting, question, &ending)?;
        Ok(of(&ended))
    })
    .await
}

fn ending(tx: &mut Tx<'_>, form: &EndForm) -> Result<Ending> {
    let note = form.note.trim().to_owned();
    match form.end.as_str() {
        "answered" => Ok(Ending::Answered {
            answer: if note.is_empty() {
                ANSWERED.to_owned()
            } else {
                note
            },
            by: None,
        }),
        "followed-up" => {
            let who =
                participants::find_principal(tx, &form.owner).map_err(|error| match error {
                    Error::Invalid(fields) => Error::invalid(
                        "owner",
                        format!(
                            "Who follows it up? {}",
                            fields.get("who").unwrap_or_default()
                        ),
                    ),
                    other => other,
                })?;
            if who.kind != PrincipalKind::Person {
                return Err(Error::invalid(
                    "owner",
                    "A person follows a question up, not a team.",
                ));
            }
            Ok(Ending::FollowedUp {
                owner: id(&who.id)?,
                note,
            })
        }
        "unresolved" => Ok(Ending::Unresolved { note }),
        _ => Err(Error::invalid("end", "A question has no such end.")),
    }
}

/// `POST /meetings/ID/presence`
pub async fn join(
    State(app): State<App>,
    user: SignedIn,
    Path(meeting): Path<String>,
    headers: HeaderMap,
) -> Reply {
    let meeting: MeetingId = id(&meeting)?;
    act(&app, &user, &headers, move |ctx, tx| {
        Ok(of(&meetings::join(ctx, tx, meeting)?))
    })
    .await
}

#[derive(Deserialize)]
pub struct ParkForm {
    #[serde(default)]
    park: String,
}

/// `POST /meetings/ID/parked`
pub async fn park(
    State(app): State<App>,
    user: SignedIn,
    Path(meeting): Path<String>,
    headers: HeaderMap,
    Form(form): Form<ParkForm>,
) -> Reply {
    let meeting: MeetingId = id(&meeting)?;
    act(&app, &user, &headers, move |ctx, tx| {
        let parked = meetings::park(ctx, tx, meeting, &form.park)?;
        Ok((meetings::load(tx, meeting)?.review, parked))
    })
    .await
}

#[derive(Deserialize)]
pub struct ParkedForm {
    state: String,
}

/// `POST /parked/ID/state`
pub async fn set_parked(
    State(app): State<App>,
    user: SignedIn,
    Path(item): Path<String>,
    headers: HeaderMap,
    Form(form): Form<ParkedForm>,
) -> Reply {
    let item: ParkedId = id(&item)?;
    let state = ParkedState::parse(&form.state)
        .ok_or_else(|| Error::invalid("state", "What is parked has no such state."))?;
    act(&app, &user, &headers, move |ctx, tx| {
        Ok(of(&match state {
            ParkedState::TakenUp => meetings::take_up(ctx, tx, item)?.0,
            ParkedState::Dropped => meetings::drop_parked(ctx, tx, item)?,
            ParkedState::Parked => meetings::put_back(ctx, tx, item)?,
        }))
    })
    .await
}

#[derive(Deserialize)]
pub struct PollForm {
    #[serde(default)]
    statement: String,
}

/// `POST /meetings/ID/polls`
pub async fn open_poll(
    State(app): State<App>,
    user: SignedIn,
    Path(meeting): Path<String>,
    headers: HeaderMap,
    Form(form): Form<PollForm>,
) -> Reply {
    let meeting: MeetingId = id(&meeting)?;
    act(&app, &user, &headers, move |ctx, tx| {
        let review = meetings::find(ctx, tx, meeting, access::Need::Run)?
            .0
            .review;
        let poll = meetings::open_poll(ctx, tx, review, Some(meeting), &form.statement)?;
        Ok((review, poll))
    })
    .await
}

/// `POST /polls/ID/closing`
pub async fn close_poll(
    State(app): State<App>,
    user: SignedIn,
    Path(poll): Path<String>,
    headers: HeaderMap,
) -> Reply {
    let poll: PollId = id(&poll)?;
    act(&app, &user, &headers, move |ctx, tx| {
        Ok((meetings::close_poll(ctx, tx, poll)?.review, ()))
    })
    .await
}

#[derive(Deserialize)]
pub struct VoteForm {
    choice: String,
    #[serde(default)]
    words: String,
}

/// `POST /polls/ID/votes`
pub async fn vote(
    State(app): State<App>,
    user: SignedIn,
    Path(poll): Path<String>,
    headers: HeaderMap,
    Form(form): Form<VoteForm>,
) -> Reply {
    let poll: PollId = id(&poll)?;
    let choice = Choice::parse(&form.choice)
        .ok_or_else(|| Error::invalid("choice", "A poll has no such choice."))?;
    if !wants_part(&headers) {
        return act(&app, &user, &headers, move |ctx, tx| {
            Ok((
                meetings::vote(ctx, tx, poll, choice, &form.words)?.review,
                (),
            ))
        })
        .await;
    }
    let (ctx, words) = (user.ctx.clone(), form.words.clone());
    let outcome = app
        .db
        .write(move |tx| {
            let voted = meetings::vote(&ctx, tx, poll, choice, &words)?;
            Ok::<_, Error>(voted)
        })
        .await;
    match outcome {
        Ok(voted) => {
            let own = (choice, form.words.trim().to_owned());
            html(&Mine::new(&voted, Some(&own)))
        }
        Err(Error::Invalid(fields)) => {
            let ctx = user.ctx.clone();
            let own = (choice, form.words);
            let poll = app
                .db
                .read(move |tx| {
                    let poll = meetings::poll(tx, poll)?;
                    access::review(&ctx, tx, poll.review, access::Need::See)?;
                    Ok::<_, Error>(poll)
                })
                .await?;
            let mut mine = Mine::new(&poll, Some(&own));
            mine.error = fields.get("words").unwrap_or_default().to_owned();
            Ok((
                StatusCode::UNPROCESSABLE_ENTITY,
                Html(parts::render(&mine)?),
            )
                .into_response())
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
pub struct NotesJson {
    text: String,
}

/// What became of saved notes, and of whom the room is told.
async fn save(
    app: &App,
    user: &SignedIn,
    meeting: MeetingId,
    base: i64,
    text: String,
) -> Result<(Saved, Meeting)> {
    let (ctx, engine) = (user.ctx.clone(), app.engine.clone());
    let (saved, meeting) = app
        .db
        .write(move |tx| {
            let saved = meetings::save_notes(&ctx, tx, engine.as_ref(), meeting, base, &text)?;
            Ok::<_, Error>((saved, meetings::load(tx, meeting)?))
        })
        .await?;
    if matches!(saved.saved, Saved::Written { .. } | Saved::Merged { .. }) {
        saved_notes(app, meeting.id).await;
    }
    Ok((saved.saved, meeting))
}

/// Lets the room see notes that were saved, and sees to it that the event log hears of them.
pub(super) async fn saved_notes(app: &App, meeting: MeetingId) {
    let review = app
        .db
        .read(move |tx| meetings::load(tx, meeting).map(|meeting| meeting.review))
        .await;
    let sent = match review {
        Ok(review) => live::notes_changed(app, review).await,
        Err(error) => Err(error),
    };
    if let Err(error) = sent {
        // The notes are saved; others see them with the next change.
        tracing::warn!(cause = %error, "notes could not be sent to the room");
    }
    tell_later(app, meeting);
}

/// The event log hears of the last save too, once the quiet time after the one before is over.
fn tell_later(app: &App, meeting: MeetingId) {
    let key = format!("{meeting} told");
    let quiet = Duration::from_millis(meetings::QUIET_MS.unsigned_abs() + 200);
    let wait = match app.live.turn(&key, quiet) {
        crate::realtime::Turn::Planned => return,
        crate::realtime::Turn::Now => quiet,
        crate::realtime::Turn::Later(wait) => wait,
    };
    let app = app.clone();
    tokio::spawn(async move {
        tokio::time::sleep(wait).await;
        app.live.resume(&key);
        let ctx = Ctx::operator(&app.world);
        let told = app
            .db
            .write(move |tx| meetings::tell_notes(&ctx, tx, meeting))
            .await;
        if !matches!(told, Ok(true)) {
            tracing::debug!("the log will hear of the notes with their next change");
        }
    });
}

/// `PUT /meetings/ID/notes`: as typed, by script. `If-Match` names the version the text was begun from.
pub async fn save_notes(
    State(app): State<App>,
    user: SignedIn,
    Path(meeting): Path<String>,
    headers: HeaderMap,
    body: Result<Json<NotesJson>, JsonRejection>,
) -> Reply {
    let meeting: MeetingId = id(&meeting)?;
    let Ok(Json(body)) = body else {
        // Who may not see the meeting learns nothing from what is wrong with the request.
        let ctx = user.ctx.clone();
        app.db
            .read(move |tx| meetings::find(&ctx, tx, meeting, access::Need::See).map(drop))
            .await?;
        return Err(Error::invalid("text", "Send {\"text\": \"…\"} as JSON.").into());
    };
    let base = headers
        .get(header::IF_MATCH)
        .and_then(|value| value.to_str().ok()?.trim_matches('"').parse::<i64>().ok())
        .ok_or_else(|| Error::invalid("If-Match", "Say which version the text was begun from."))?;
    let text = body.text.replace("\r\n", "\n");
    let (saved, _) = save(&app, &user, meeting, base, text).await?;
    let answer = |status: StatusCode, body: serde_json::Value| (status, Json(body)).into_response();
    Ok(match saved {
        Saved::Written { version } | Saved::Unchanged { version } => {
            answer(StatusCode::OK, json!({ "version": version }))
        }
        // Others' lines are in it too: the writer takes the united text over.
        Saved::Merged { version, text } => {
            answer(StatusCode::OK, json!({ "version": version, "text": text }))
        }
        Saved::Conflict {
            theirs, version, ..
        } => answer(
            StatusCode::CONFLICT,
            json!({ "version": version, "text": theirs }),
        ),
    })
}

#[derive(Deserialize)]
pub struct NotesForm {
    #[serde(default)]
    text: String,
    base: i64,
}

/// `POST /meetings/ID/notes`: by a form, without script. Where both wrote the same lines, both are shown.
pub async fn save_notes_form(
    State(app): State<App>,
    user: SignedIn,
    Path(meeting): Path<String>,
    Form(form): Form<NotesForm>,
) -> Reply {
    let (saved, meeting) = save(&app, &user, id(&meeting)?, form.base, form.text).await?;
    let ctx = user.ctx.clone();
    let number = app
        .db
        .read(move |tx| access::review(&ctx, tx, meeting.review, access::Need::See))
        .await?
        .number;
    if let Saved::Conflict { merged, .. } = saved {
        return both(&app, &user, number, meeting.id, merged).await;
    }
    let response: Response = Redirect::to(&format!("/reviews/{number}/meeting")).into_response();
    Ok(response)
}

#[derive(askama::Template)]
#[template(path = "room/both.html")]
struct Both {
    page: crate::web::page::Page,
    number: i64,
    meeting: String,
    merged: String,
    base: i64,
}

/// Two people wrote the same lines: nothing is lost, whoever came second puts them together.
async fn both(
    app: &App,
    user: &SignedIn,
    number: i64,
    meeting: MeetingId,
    merged: String,
) -> Reply {
    let base = app
        .db
        .read(move |tx| {
            let meeting = meetings::load(tx, meeting)?;
            Ok::<_, Error>(documents::get(tx, meeting.notes)?.version)
        })
        .await?;
    let page = Both {
        page: crate::web::page::Page::new(
            app,
            Some(&user.visitor),
            "Somebody wrote the same lines",
            "reviews",
        ),
        number,
        meeting: meeting.to_string(),
        merged,
        base,
    };
    Ok((StatusCode::CONFLICT, Html(page.render()?)).into_response())
}
