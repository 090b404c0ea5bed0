//! Meetings over the API: their times, who comes, what they are at.

use crate::app::App;
use crate::http::api::{Answer, Change, Nothing, found, shown, versioned, word};
use crate::http::{Reply, SignedIn};
use crate::web::calendar;
use crate::web::json::{FaceJson, Id, ListJson, Time};
use axum::extract::{Path, State};
use hardwon_core::access::{self, Need};
use hardwon_core::auth::{Scope, tokens};
use hardwon_core::id::{MeetingId, QuestionId};
use hardwon_core::meetings::{self, Entry, Invited, Meeting, MeetingForm, MeetingState, Phase};
use hardwon_core::questions::Ending;
use hardwon_core::{Ctx, Error, Tx, threads, words};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = Meeting)]
pub struct MeetingJson {
    #[schema(value_type = Id)]
    id: MeetingId,
    /// The number of its review.
    review: i64,
    round: i64,
    #[schema(value_type = Time)]
    starts_at: i64,
    presentation_minutes: i64,
    question_minutes: i64,
    /// The IANA zone in which it was scheduled.
    zone: String,
    place: String,
    #[schema(schema_with = word::<MeetingState>)]
    state: MeetingState,
    #[schema(schema_with = word::<Phase>)]
    phase: Phase,
    #[schema(value_type = Option<Time>)]
    phase_started_at: Option<i64>,
    /// The question under discussion.
    #[schema(value_type = Option<Id>)]
    question: Option<QuestionId>,
    #[schema(value_type = Option<Time>)]
    started_at: Option<i64>,
    #[schema(value_type = Option<Time>)]
    ended_at: Option<i64>,
    /// Empty unless it was called off.
    cancelled_reason: String,
    /// Counts up whenever the invitation changes: the `SEQUENCE` of calendars.
    revision: i64,
    version: i64,
}

impl MeetingJson {
    fn new(meeting: &Meeting, review: i64) -> Self {
        Self {
            id: meeting.id,
            review,
            round: meeting.round,
            starts_at: meeting.starts_at,
            presentation_minutes: meeting.presentation_minutes,
            question_minutes: meeting.question_minutes,
            zone: meeting.zone.clone(),
            place: meeting.place.clone(),
            state: meeting.state,
            phase: meeting.phase,
            phase_started_at: meeting.phase_started_at,
            question: meeting.question,
            started_at: meeting.started_at,
            ended_at: meeting.ended_at,
            cancelled_reason: meeting.cancelled_reason.clone(),
            revision: meeting.revision,
            version: meeting.version,
        }
    }
}

versioned!(MeetingJson);

fn load(ctx: &Ctx, tx: &mut Tx<'_>, id: MeetingId) -> Result<MeetingJson, Error> {
    let (meeting, review) = meetings::find(ctx, tx, id, Need::See)?;
    Ok(MeetingJson::new(&meeting, review.number))
}

/// Lists the meetings of a review in every round, by time.
#[utoipa::path(get, path = "/reviews/{number}/meetings", tag = "Meetings", params(("number" = i64, Path)),
    responses((status = 200, description = "The meetings", body = ListJson<MeetingJson>)))]
pub async fn list(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let items = app
        .db
        .read(move |tx| {
            let review = access::review_numbered(&user.ctx, tx, number, Need::See)?;
            let all = meetings::all(tx, review.id)?;
            let each = |meeting| MeetingJson::new(meeting, number);
            Ok::<_, Error>(all.iter().map(each).collect())
        })
        .await?;
    Ok(found(&ListJson { items, next: None }, None))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMeeting {
    #[schema(value_type = Time)]
    starts_at: i64,
    #[serde(default = "presentation")]
    #[schema(minimum = 0, maximum = 480)]
    presentation_minutes: i64,
    #[serde(default = "questions")]
    #[schema(minimum = 1, maximum = 480)]
    question_minutes: i64,
    /// An IANA zone; one's own where none is named.
    zone: Option<String>,
    /// A room, or the address of a call.
    #[serde(default)]
    #[schema(max_length = 500)]
    place: String,
}

fn presentation() -> i64 {
    10
}

fn questions() -> i64 {
    50
}

/// The zone of whoever asks, where a request names none.
fn own_zone(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<String, Error> {
    meetings::zones::of(tx, ctx.require_person()?)
}

/// What the form's fields are called here.
const NAMES: &[(&str, &str)] = &[
    ("date", "starts_at"),
    ("presentation", "presentation_minutes"),
    ("questions", "question_minutes"),
];

/// Schedules a meeting: 10 minutes of presentation and 50 of questions unless said otherwise.
#[utoipa::path(post, path = "/reviews/{number}/meetings", tag = "Meetings", params(("number" = i64, Path)),
    request_body = NewMeeting,
    responses((status = 201, description = "The meeting", body = MeetingJson)))]
pub async fn create(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<NewMeeting>,
) -> Reply {
    let engine = app.engine.clone();
    change
        .write(&app, move |change, tx| {
            let review = access::review_numbered(&change.ctx, tx, number, Need::Run)?;
            let wanted = &change.body;
            let form = MeetingForm {
                starts_at: wanted.starts_at,
                presentation_minutes: wanted.presentation_minutes,
                question_minutes: wanted.question_minutes,
                zone: match &wanted.zone {
                    Some(zone) => zone.clone(),
                    None => own_zone(tx, &change.ctx)?,
                },
                place: wanted.place.clone(),
            };
            let id = meetings::schedule(&change.ctx, tx, engine.as_ref(), review.id, &form)
                .map_err(|error| error.renamed(NAMES))?;
            let address = format!("/api/v1/meetings/{id}");
            Ok(Answer::made(address, &load(&change.ctx, tx, id)?))
        })
        .await
}

/// Gives one meeting.
#[utoipa::path(get, path = "/meetings/{id}", tag = "Meetings", params(("id" = Id, Path)),
    responses((status = 200, description = "The meeting", body = MeetingJson)))]
pub async fn show(State(app): State<App>, user: SignedIn, Path(id): Path<MeetingId>) -> Reply {
    let meeting = app.db.read(move |tx| load(&user.ctx, tx, id)).await?;
    Ok(shown(&meeting))
}

/// What is to be changed; what is not named stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeetingChange {
    #[schema(value_type = Option<Time>)]
    starts_at: Option<i64>,
    #[schema(minimum = 0, maximum = 480)]
    presentation_minutes: Option<i64>,
    #[schema(minimum = 1, maximum = 480)]
    question_minutes: Option<i64>,
    zone: Option<String>,
    #[schema(max_length = 500)]
    place: Option<String>,
}

/// A meeting for [`Change::edit`].
fn reading(id: MeetingId) -> impl Fn(&Ctx, &mut Tx<'_>) -> Result<MeetingJson, Error> {
    move |ctx, tx| load(ctx, tx, id)
}

/// Moves a meeting that has not begun to another time or place.
#[utoipa::path(patch, path = "/meetings/{id}", tag = "Meetings", params(("id" = Id, Path)),
    request_body = MeetingChange,
    responses((status = 200, description = "The meeting as it is now", body = MeetingJson)))]
pub async fn change(
    State(app): State<App>,
    Path(id): Path<MeetingId>,
    change: Change<MeetingChange>,
) -> Reply {
    change
        .edit(&app, reading(id), move |change, tx| {
            let (before, _) = meetings::find(&change.ctx, tx, id, Need::See)?;
            let wanted = &change.body;
            let form = MeetingForm {
                starts_at: wanted.starts_at.unwrap_or(before.starts_at),
                presentation_minutes: wanted
                    .presentation_minutes
                    .unwrap_or(before.presentation_minutes),
                question_minutes: wanted.question_minutes.unwrap_or(before.question_minutes),
                zone: wanted.zone.clone().unwrap_or_else(|| before.zone.clone()),
                place: wanted.place.clone().unwrap_or_else(|| before.place.clone()),
            };
            meetings::reschedule(&change.ctx, tx, id, before.version, &form)
                .map_err(|error| error.renamed(NAMES))
        })
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCancellation {
    #[schema(max_length = 2000)]
    reason: String,
}

/// Calls a meeting off that has not begun.
#[utoipa::path(put, path = "/meetings/{id}/cancellation", tag = "Meetings", params(("id" = Id, Path)),
    request_body = NewCancellation,
    responses((status = 200, description = "The meeting as it is now", body = MeetingJson)))]
pub async fn cancel(
    State(app): State<App>,
    Path(id): Path<MeetingId>,
    change: Change<NewCancellation>,
) -> Reply {
    change
        .edit(&app, reading(id), move |change, tx| {
            meetings::cancel(&change.ctx, tx, id, &change.body.reason)
        })
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPhase {
    /// Any but `waiting`.
    #[schema(schema_with = word::<Phase>)]
    phase: Phase,
}

/// Takes a meeting to a phase: the first begins it, `over` ends it.
#[utoipa::path(put, path = "/meetings/{id}/phase", tag = "Meetings", params(("id" = Id, Path)),
    request_body = NewPhase,
    responses((status = 200, description = "The meeting as it is now", body = MeetingJson)))]
pub async fn enter(
    State(app): State<App>,
    Path(id): Path<MeetingId>,
    change: Change<NewPhase>,
) -> Reply {
    change
        .edit(&app, reading(id), move |change, tx| {
            meetings::enter(&change.ctx, tx, id, change.body.phase).map(drop)
        })
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuestion {
    #[schema(value_type = Id)]
    question: QuestionId,
}

/// Takes up a question, whatever its rank.
#[utoipa::path(put, path = "/meetings/{id}/question", tag = "Meetings", params(("id" = Id, Path)),
    request_body = NewQuestion,
    responses((status = 200, description = "The meeting as it is now", body = MeetingJson)))]
pub async fn take_question(
    State(app): State<App>,
    Path(id): Path<MeetingId>,
    change: Change<NewQuestion>,
) -> Reply {
    change
        .edit(&app, reading(id), move |change, tx| {
            meetings::set_question(&change.ctx, tx, id, change.body.question).map(drop)
        })
        .await
}

words! {
    /// How a question ends in a meeting.
    End { Answered = "answered", FollowedUp = "followed-up", Unresolved = "unresolved" }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuestionEnd {
    #[schema(value_type = Id)]
    question: QuestionId,
    #[schema(schema_with = word::<End>)]
    state: End,
    /// The answer, or a note.
    #[serde(default)]
    #[schema(max_length = 20_000)]
    answer: String,
    /// The handle of who follows it up; oneself where nobody is named.
    person: Option<String>,
}

/// Ends a question in the meeting and takes up the next on the agenda.
#[utoipa::path(post, path = "/meetings/{id}/question-ends", tag = "Meetings", params(("id" = Id, Path)),
    request_body = NewQuestionEnd,
    responses((status = 200, description = "The meeting as it is now", body = MeetingJson)))]
pub async fn end_question(
    State(app): State<App>,
    Path(id): Path<MeetingId>,
    change: Change<NewQuestionEnd>,
) -> Reply {
    change
        .edit(&app, reading(id), move |change, tx| {
            let (ctx, wanted) = (&change.ctx, &change.body);
            let (meeting, _) = meetings::find(ctx, tx, id, Need::Run)?;
            let note = wanted.answer.clone();
            let ending = match wanted.state {
                End::Answered => Ending::Answered {
                    answer: note,
                    by: None,
                },
                End::Unresolved => Ending::Unresolved { note },
                End::FollowedUp => Ending::FollowedUp {
                    owner: match &wanted.person {
                        None => ctx.require_person()?,
                        Some(handle) => threads::person_named(tx, meeting.review, handle)?
                            .ok_or_else(|| {
                                Error::invalid("person", "Nobody here has this handle.")
                            })?,
                    },
                    note,
                },
            };
            meetings::end_question(ctx, tx, id, wanted.question, &ending).map(drop)
        })
        .await
}

/// Notes that one is in the room, from an hour before the meeting until its end.
#[utoipa::path(put, path = "/meetings/{id}/presence", tag = "Meetings", params(("id" = Id, Path)),
    responses((status = 200, description = "Who is invited and who is there", body = AttendanceJson)))]
pub async fn join(
    State(app): State<App>,
    Path(id): Path<MeetingId>,
    change: Change<Nothing>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            meetings::join(&change.ctx, tx, id)?;
            Ok(Answer::ok(&attendance(&change.ctx, tx, id)?))
        })
        .await
}

/// Somebody who is named in the review, themselves or by a team.
#[derive(Serialize, ToSchema)]
#[schema(as = Invited)]
pub struct InvitedJson {
    person: FaceJson,
    zone: String,
    #[schema(schema_with = word::<meetings::Answer>)]
    answer: meetings::Answer,
    /// Since when they are in the room.
    #[schema(value_type = Option<Time>)]
    joined_at: Option<i64>,
}

impl From<&Invited> for InvitedJson {
    fn from(one: &Invited) -> Self {
        Self {
            person: FaceJson::from(&one.person),
            zone: one.zone.clone(),
            answer: one.answer,
            joined_at: one.joined_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Attendance)]
pub struct AttendanceJson {
    /// By name.
    invited: Vec<InvitedJson>,
    /// Who is or was there, invited or not, in the order in which they came.
    present: Vec<FaceJson>,
}

fn attendance(ctx: &Ctx, tx: &mut Tx<'_>, id: MeetingId) -> Result<AttendanceJson, Error> {
    let (meeting, _) = meetings::find(ctx, tx, id, Need::See)?;
    let invited = meetings::invited(ctx, tx, meeting.review, Some(id))?;
    let present = meetings::present(tx, id, 2_000)?;
    Ok(AttendanceJson {
        invited: invited.iter().map(InvitedJson::from).collect(),
        present: present.first.iter().map(FaceJson::from).collect(),
    })
}

/// Gives who is invited with what they answered, and who is there.
#[utoipa::path(get, path = "/meetings/{id}/people", tag = "Meetings", params(("id" = Id, Path)),
    responses((status = 200, description = "Who is invited and who is there", body = AttendanceJson)))]
pub async fn people(State(app): State<App>, user: SignedIn, Path(id): Path<MeetingId>) -> Reply {
    let all = app.db.read(move |tx| attendance(&user.ctx, tx, id)).await?;
    Ok(found(&all, None))
}

words! {
    /// What one says to an invitation.
    Coming { Yes = "coming", Maybe = "maybe", Declined = "declined" }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    #[schema(schema_with = word::<Coming>)]
    answer: Coming,
}

/// Says whether one comes.
#[utoipa::path(put, path = "/meetings/{id}/answer", tag = "Meetings", params(("id" = Id, Path)),
    request_body = NewAnswer,
    responses((status = 200, description = "Who is invited and who is there", body = AttendanceJson)))]
pub async fn answer(
    State(app): State<App>,
    Path(id): Path<MeetingId>,
    change: Change<NewAnswer>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let said = match change.body.answer {
                Coming::Yes => meetings::Answer::Coming,
                Coming::Maybe => meetings::Answer::Maybe,
                Coming::Declined => meetings::Answer::Declined,
            };
            meetings::answer(&change.ctx, tx, id, said)?;
            Ok(Answer::ok(&attendance(&change.ctx, tx, id)?))
        })
        .await
}

/// A meeting that one is invited to.
#[derive(Serialize, ToSchema)]
#[schema(as = CalendarEntry)]
pub struct EntryJson {
    title: String,
    #[schema(schema_with = word::<meetings::Answer>)]
    answer: meetings::Answer,
    meeting: MeetingJson,
}

impl From<&Entry> for EntryJson {
    fn from(entry: &Entry) -> Self {
        Self {
            title: entry.title.clone(),
            answer: entry.answer,
            meeting: MeetingJson::new(&entry.meeting, entry.number),
        }
    }
}

/// The address at which one's calendar can be followed; the address itself was shown when it was made.
#[derive(Serialize, ToSchema)]
#[schema(as = CalendarAddress)]
pub struct AddressJson {
    #[schema(value_type = Time)]
    created_at: i64,
    #[schema(value_type = Option<Time>)]
    used_at: Option<i64>,
}

/// Says since when there is an address for one's calendar, and when it was last used.
#[utoipa::path(get, path = "/calendar/address", tag = "Meetings",
    responses((status = 200, description = "There is one", body = AddressJson)))]
pub async fn address(State(app): State<App>, user: SignedIn) -> Reply {
    let (created_at, used_at) = app
        .db
        .read(move |tx| tokens::newest_of(&user.ctx, tx, Scope::Calendar))
        .await?
        .ok_or(Error::NotFound)?;
    let body = AddressJson {
        created_at,
        used_at,
    };
    Ok(found(&body, None))
}

/// An address that calendar programs follow.
#[derive(Serialize, ToSchema)]
#[schema(as = CalendarLink)]
pub struct CalendarLinkJson {
    /// Whoever has it reads the meetings of its owner.
    href: String,
}

/// Makes a new address for one's calendar, shown this once; the one before leads nowhere any more.
///
/// It is kept nowhere, so an `Idempotency-Key` has no effect here: asking again makes another.
#[utoipa::path(post, path = "/calendar/address", tag = "Meetings",
    responses((status = 200, description = "The address", body = CalendarLinkJson)))]
pub async fn create_address(State(app): State<App>, change: Change<Nothing>) -> Reply {
    let base_url = app.config.base_url.clone();
    change
        .write(&app, move |change, tx| {
            let secret = calendar::renew(&change.ctx, tx)?;
            let href = calendar::feed_address(&base_url, &secret);
            Ok(Answer::ok(&CalendarLinkJson { href }).secret())
        })
        .await
}

/// Ends the address of one's calendar.
#[utoipa::path(delete, path = "/calendar/address", tag = "Meetings",
    responses((status = 204, description = "It leads nowhere now")))]
pub async fn remove_address(State(app): State<App>, change: Change<Nothing>) -> Reply {
    change
        .write(&app, |change, tx| {
            tokens::revoke_scope(&change.ctx, tx, Scope::Calendar)?;
            Ok(Answer::done())
        })
        .await
}

/// Lists the meetings one is invited to that are not long past, by time, at most 500.
#[utoipa::path(get, path = "/calendar", tag = "Meetings",
    responses((status = 200, description = "The meetings", body = ListJson<EntryJson>)))]
pub async fn entries(State(app): State<App>, user: SignedIn) -> Reply {
    let entries = app
        .db
        .read(move |tx| {
            let from = user.ctx.at - meetings::MAX_MINUTES * 60_000;
            meetings::entries(&user.ctx, tx, from)
        })
        .await?;
    let items = entries.iter().map(EntryJson::from).collect();
    Ok(found(&ListJson { items, next: None }, None))
}
