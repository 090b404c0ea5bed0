//! What is in a meeting's room, over the API: agenda, notes, parking lot, polls.

use super::actions::saved_notes;
use crate::app::App;
use crate::http::api::{Answer, Change, Nothing, found, maybe_word, shown, versioned, word};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, Id, ListJson, Time, clash};
use axum::extract::{Path, State};
use hardwon_core::access::{self, Need};
use hardwon_core::documents;
use hardwon_core::id::{MeetingId, ParkedId, PollId, QuestionId};
use hardwon_core::meetings::{self, Choice, Item, Parked, ParkedState, Poll, PollState, Word};
use hardwon_core::questions::QuestionState;
use hardwon_core::{Ctx, Error, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A question on the agenda.
#[derive(Serialize, ToSchema)]
#[schema(as = AgendaItem)]
pub struct ItemJson {
    #[schema(value_type = Id)]
    question: QuestionId,
    number: i64,
    body: String,
    #[schema(schema_with = word::<QuestionState>)]
    state: QuestionState,
    votes_for: i64,
    votes_against: i64,
}

impl From<&Item> for ItemJson {
    fn from(item: &Item) -> Self {
        Self {
            question: item.id,
            number: item.number,
            body: item.body.clone(),
            state: item.state,
            votes_for: item.up,
            votes_against: item.down,
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Agenda)]
pub struct AgendaJson {
    presentation_minutes: i64,
    question_minutes: i64,
    /// About how many minutes one question has.
    minutes_each: i64,
    /// What the meeting has come to the end of, in that order.
    done: Vec<ItemJson>,
    now: Option<ItemJson>,
    /// By the share of votes for them that one can be sure of.
    next: Vec<ItemJson>,
}

/// Gives the agenda of a meeting: the presentation, the questions by votes, the outcome.
#[utoipa::path(get, path = "/meetings/{id}/agenda", tag = "Meetings", params(("id" = Id, Path)),
    responses((status = 200, description = "The agenda", body = AgendaJson)))]
pub async fn agenda(State(app): State<App>, user: SignedIn, Path(id): Path<MeetingId>) -> Reply {
    let agenda = app
        .db
        .read(move |tx| {
            let (meeting, _) = meetings::find(&user.ctx, tx, id, Need::See)?;
            let agenda = meetings::agenda(tx, &meeting)?;
            Ok::<_, Error>(AgendaJson {
                presentation_minutes: meeting.presentation_minutes,
                question_minutes: meeting.question_minutes,
                minutes_each: agenda.minutes_each(&meeting),
                done: agenda.done.iter().map(ItemJson::from).collect(),
                now: agenda.now.as_ref().map(|(item, _)| item.into()),
                next: agenda.next.iter().map(ItemJson::from).collect(),
            })
        })
        .await?;
    Ok(found(&agenda, None))
}

/// The notes of a meeting.
#[derive(Serialize, ToSchema)]
#[schema(as = Notes)]
pub struct NotesJson {
    /// Markdown.
    text: String,
    version: i64,
    #[schema(value_type = Time)]
    updated_at: i64,
}

versioned!(NotesJson);

fn notes_of(ctx: &Ctx, tx: &mut Tx<'_>, id: MeetingId) -> Result<NotesJson, Error> {
    let (meeting, _) = meetings::find(ctx, tx, id, Need::See)?;
    let notes = documents::get(tx, meeting.notes)?;
    Ok(NotesJson {
        text: notes.text,
        version: notes.version,
        updated_at: notes.updated_at,
    })
}

/// Gives the notes of a meeting.
#[utoipa::path(get, path = "/meetings/{id}/notes", tag = "Meetings", params(("id" = Id, Path)),
    responses((status = 200, description = "The notes", body = NotesJson)))]
pub async fn notes(State(app): State<App>, user: SignedIn, Path(id): Path<MeetingId>) -> Reply {
    let notes = app.db.read(move |tx| notes_of(&user.ctx, tx, id)).await?;
    Ok(shown(&notes))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotesChange {
    text: String,
    /// The version from which the text was written. What others saved since is merged in.
    #[schema(minimum = 1)]
    base: i64,
}

/// Saves the notes of a meeting.
///
/// What others saved since `base` is merged in, line by line. Where both changed the same lines the answer is 409:
/// nothing is written, and `current` holds `theirs` and, in `merged`, both between conflict marks.
#[utoipa::path(put, path = "/meetings/{id}/notes", tag = "Meetings", params(("id" = Id, Path)),
    request_body = NotesChange,
    responses((status = 200, description = "The notes as they are now", body = NotesJson)))]
pub async fn save_notes(
    State(app): State<App>,
    Path(id): Path<MeetingId>,
    change: Change<NotesChange>,
) -> Reply {
    let engine = app.engine.clone();
    let reply = change
        .write(&app, move |change, tx| {
            if let Some(stale) = change.stale(&notes_of(&change.ctx, tx, id)?) {
                return Ok(stale);
            }
            let wanted = &change.body;
            let saved = meetings::save_notes(
                &change.ctx,
                tx,
                engine.as_ref(),
                id,
                wanted.base,
                &wanted.text,
            )?;
            if let Some(both) = clash(&saved.saved) {
                return Ok(both);
            }
            Ok(Answer::of(&notes_of(&change.ctx, tx, id)?))
        })
        .await?;
    if reply.status().is_success() {
        saved_notes(&app, id).await;
    }
    Ok(reply)
}

/// Something in the parking lot.
#[derive(Serialize, ToSchema)]
#[schema(as = Parked)]
pub struct ParkedJson {
    #[schema(value_type = Id)]
    id: ParkedId,
    body: String,
    #[schema(schema_with = word::<ParkedState>)]
    state: ParkedState,
    by: Option<FaceJson>,
    #[schema(value_type = Time)]
    at: i64,
}

impl From<&Parked> for ParkedJson {
    fn from(item: &Parked) -> Self {
        Self {
            id: item.id,
            body: item.body.clone(),
            state: item.state,
            by: item.by.as_ref().map(FaceJson::from),
            at: item.at,
        }
    }
}

fn lot(ctx: &Ctx, tx: &mut Tx<'_>, id: MeetingId) -> Result<ListJson<ParkedJson>, Error> {
    meetings::find(ctx, tx, id, Need::See)?;
    let items = meetings::parked(tx, id)?;
    Ok(ListJson {
        items: items.iter().map(ParkedJson::from).collect(),
        next: None,
    })
}

/// Lists what was parked in a meeting, in order.
#[utoipa::path(get, path = "/meetings/{id}/parked", tag = "Meetings", params(("id" = Id, Path)),
    responses((status = 200, description = "The parking lot", body = ListJson<ParkedJson>)))]
pub async fn parked(State(app): State<App>, user: SignedIn, Path(id): Path<MeetingId>) -> Reply {
    let list = app.db.read(move |tx| lot(&user.ctx, tx, id)).await?;
    Ok(found(&list, None))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewParked {
    #[schema(min_length = 1, max_length = 2000)]
    body: String,
}

/// Parks something to come back to.
#[utoipa::path(post, path = "/meetings/{id}/parked", tag = "Meetings", params(("id" = Id, Path)),
    request_body = NewParked,
    responses((status = 201, description = "The parking lot", body = ListJson<ParkedJson>)))]
pub async fn park(
    State(app): State<App>,
    Path(id): Path<MeetingId>,
    change: Change<NewParked>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            meetings::park(&change.ctx, tx, id, &change.body.body)?;
            let list = lot(&change.ctx, tx, id)?;
            Ok(Answer::created(
                format!("/api/v1/meetings/{id}/parked"),
                &list,
            ))
        })
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewParkedState {
    /// `taken-up` makes a question of it; `parked` takes back that it was dropped.
    #[schema(schema_with = word::<ParkedState>)]
    state: ParkedState,
}

/// Takes something parked up, lets it go, or puts it back.
#[utoipa::path(put, path = "/parked/{id}/state", tag = "Meetings", params(("id" = Id, Path)),
    request_body = NewParkedState,
    responses((status = 200, description = "The parking lot", body = ListJson<ParkedJson>)))]
pub async fn set_parked(
    State(app): State<App>,
    Path(id): Path<ParkedId>,
    change: Change<NewParkedState>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let meeting = match change.body.state {
                ParkedState::TakenUp => meetings::take_up(&change.ctx, tx, id)?.0,
                ParkedState::Dropped => meetings::drop_parked(&change.ctx, tx, id)?,
                ParkedState::Parked => meetings::put_back(&change.ctx, tx, id)?,
            };
            Ok(Answer::ok(&lot(&change.ctx, tx, meeting.id)?))
        })
        .await
}

/// What somebody said with their choice.
#[derive(Serialize, ToSchema)]
#[schema(as = PollWords)]
pub struct WordsJson {
    person: FaceJson,
    #[schema(schema_with = word::<Choice>)]
    choice: Choice,
    words: String,
}

impl From<&Word> for WordsJson {
    fn from(word: &Word) -> Self {
        Self {
            person: FaceJson::from(&word.person),
            choice: word.choice,
            words: word.words.clone(),
        }
    }
}

/// An agreement poll with its result.
#[derive(Serialize, ToSchema)]
#[schema(as = Poll)]
pub struct PollJson {
    #[schema(value_type = Id)]
    id: PollId,
    round: i64,
    statement: String,
    #[schema(schema_with = word::<PollState>)]
    state: PollState,
    #[schema(value_type = Time)]
    opened_at: i64,
    #[schema(value_type = Option<Time>)]
    closed_at: Option<i64>,
    agree: i64,
    agree_with_concerns: i64,
    disagree: i64,
    words: Vec<WordsJson>,
    /// One's own choice.
    #[schema(schema_with = maybe_word::<Choice>)]
    mine: Option<Choice>,
}

impl PollJson {
    /// A poll as the actor sees it, who may see its review.
    fn of(ctx: &Ctx, tx: &mut Tx<'_>, poll: &Poll) -> Result<Self, Error> {
        let own = meetings::own_vote(tx, poll.id, ctx.require_person()?)?;
        Ok(Self {
            mine: own.map(|(choice, _)| choice),
            id: poll.id,
            round: poll.round,
            statement: poll.statement.clone(),
            state: poll.state,
            opened_at: poll.opened_at,
            closed_at: poll.closed_at,
            agree: poll.agree,
            agree_with_concerns: poll.concerns,
            disagree: poll.disagree,
            words: poll.words.iter().map(WordsJson::from).collect(),
        })
    }
}

fn poll_of(ctx: &Ctx, tx: &mut Tx<'_>, id: PollId) -> Result<PollJson, Error> {
    let poll = meetings::poll(tx, id)?;
    access::review(ctx, tx, poll.review, Need::See)?;
    PollJson::of(ctx, tx, &poll)
}

/// Lists the agreement polls of the present round, oldest first.
#[utoipa::path(get, path = "/reviews/{number}/polls", tag = "Meetings", params(("number" = i64, Path)),
    responses((status = 200, description = "The polls", body = ListJson<PollJson>)))]
pub async fn polls(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let items = app
        .db
        .read(move |tx| {
            let review = access::review_numbered(&user.ctx, tx, number, Need::See)?;
            let polls = meetings::polls(tx, review.id, review.round)?;
            let each = |poll| PollJson::of(&user.ctx, tx, poll);
            polls.iter().map(each).collect::<Result<Vec<_>, Error>>()
        })
        .await?;
    Ok(found(&ListJson { items, next: None }, None))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPoll {
    #[schema(min_length = 1, max_length = 2000)]
    statement: String,
}

/// Asks everybody where they stand on a statement, in the meeting that is open or outside one.
#[utoipa::path(post, path = "/reviews/{number}/polls", tag = "Meetings", params(("number" = i64, Path)),
    request_body = NewPoll,
    responses((status = 201, description = "The poll", body = PollJson)))]
pub async fn open_poll(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<NewPoll>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let review = access::review_numbered(&change.ctx, tx, number, Need::Run)?;
            let meeting = meetings::current(tx, review.id)?
                .filter(meetings::Meeting::is_open)
                .map(|meeting| meeting.id);
            let statement = &change.body.statement;
            let id = meetings::open_poll(&change.ctx, tx, review.id, meeting, statement)?;
            let made = poll_of(&change.ctx, tx, id)?;
            Ok(Answer::created(format!("/api/v1/polls/{id}"), &made))
        })
        .await
}

/// Gives one poll with its result.
#[utoipa::path(get, path = "/polls/{id}", tag = "Meetings", params(("id" = Id, Path)),
    responses((status = 200, description = "The poll", body = PollJson)))]
pub async fn poll(State(app): State<App>, user: SignedIn, Path(id): Path<PollId>) -> Reply {
    let poll = app.db.read(move |tx| poll_of(&user.ctx, tx, id)).await?;
    Ok(found(&poll, None))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewChoice {
    #[schema(schema_with = word::<Choice>)]
    choice: Choice,
    #[serde(default)]
    #[schema(max_length = 2000)]
    words: String,
}

/// Says where one stands, or changes it, while the poll is open.
#[utoipa::path(put, path = "/polls/{id}/vote", tag = "Meetings", params(("id" = Id, Path)),
    request_body = NewChoice,
    responses((status = 200, description = "The poll as it is now", body = PollJson)))]
pub async fn vote(
    State(app): State<App>,
    Path(id): Path<PollId>,
    change: Change<NewChoice>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let wanted = &change.body;
            meetings::vote(&change.ctx, tx, id, wanted.choice, &wanted.words)?;
            Ok(Answer::ok(&poll_of(&change.ctx, tx, id)?))
        })
        .await
}

/// Closes a poll; its result stays.
#[utoipa::path(put, path = "/polls/{id}/closing", tag = "Meetings", params(("id" = Id, Path)),
    responses((status = 200, description = "The poll as it is now", body = PollJson)))]
pub async fn close_poll(
    State(app): State<App>,
    Path(id): Path<PollId>,
    change: Change<Nothing>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            meetings::close_poll(&change.ctx, tx, id)?;
            Ok(Answer::ok(&poll_of(&change.ctx, tx, id)?))
        })
        .await
}
