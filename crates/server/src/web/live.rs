//! Live updates of a review: what an event changes on pages, written once and sent to everybody who looks, and the
//! stream that each of them holds. A stream says only what everybody who sees the review may know, and ends when its
//! reader no longer sees it.

use super::room::parts;
use crate::app::App;
use crate::http::auth::Viewer;
use crate::http::{Reply, SignedIn};
use crate::realtime::{Content, Shaken, Turn, Update};
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts as _, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use hardwon_core::access::{self, Need, Standing};
use hardwon_core::auth::Visitor;
use hardwon_core::event::{self, Event};
use hardwon_core::id::{MeetingId, PollId, ReviewId};
use hardwon_core::meetings::{self, PollState};
use hardwon_core::{Actor, Ctx, Error, Tx, documents, stances};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// How often a silent stream says that it is there; proxies close what says nothing for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// How often a stream asks by itself whether its reader still sees the review.
const ASK_AGAIN: Duration = Duration::from_secs(60);
/// How many events a listener that comes back may have missed.
const MISSED: i64 = 200;
/// Attendance and notes change in bursts; they are sent this often at most.
const HERE_EVERY: Duration = Duration::from_secs(2);
const NOTES_EVERY: Duration = Duration::from_secs(1);
/// Longer notes are sent less often, so that 700 listeners cost the same.
const NOTES_BYTES_A_SECOND: u64 = 8 << 10;

/// One change of a page. What is not said stays as it is.
#[derive(Debug, Default, Serialize)]
struct Part {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// One element more, at the end of `id`, unless it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    append: Option<String>,
    /// The order of some of the children of `id`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    order: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    /// It is not the same for everybody: each takes it from their own page again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    again: bool,
}

impl Part {
    fn html(id: impl Into<String>, html: String) -> Self {
        Self {
            id: id.into(),
            html: Some(html),
            ..Self::default()
        }
    }

    fn again(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            again: true,
            ..Self::default()
        }
    }

    fn text(id: impl Into<String>, text: String) -> Self {
        Self {
            id: id.into(),
            text: Some(text),
            ..Self::default()
        }
    }
}

/// What a batch of events changed in one review.
#[derive(Debug, Clone, Default)]
struct Changes {
    seq: i64,
    /// Question id → number, votes for and against.
    votes: BTreeMap<String, (i64, i64, i64)>,
    /// Which questions there are and how they stand, beyond their votes.
    questions: bool,
    /// Threads, and the pages of the document they stand at.
    threads: BTreeSet<String>,
    document: bool,
    head: bool,
    agenda: bool,
    parked: bool,
    here: bool,
    notes: bool,
    stances: bool,
    polls: BTreeSet<PollId>,
    tallies: BTreeSet<PollId>,
    access: bool,
    begun: bool,
}

impl Changes {
    fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut changes = Self::default();
        for event in events {
            changes.add(event);
        }
        changes
    }

    fn add(&mut self, event: &Event) {
        self.seq = self.seq.max(event.seq);
        let poll = || event.subject_id.parse::<PollId>().ok();
        match event.kind.as_str() {
            "question.voted" => {
                let number = |key: &str| event.data[key].as_i64().unwrap_or_default();
                self.votes.insert(
                    event.subject_id.clone(),
                    (number("number"), number("for"), number("against")),
                );
            }
            "meeting.parked" | "meeting.parked-changed" => self.parked = true,
            "meeting.joined" => self.here = true,
            "meeting.answered" => {}
            "notes.saved" => self.notes = true,
            "poll.opened" | "poll.closed" => self.polls.extend(poll()),
            "poll.voted" => self.tallies.extend(poll()),
            "review.visibility-changed" | "review.access-removed" => self.access = true,
            kind if kind.starts_with("meeting.") => {
                self.head = true;
                self.agenda = true;
                self.begun |= kind == "meeting.started";
            }
            kind if kind.starts_with("question.") => {
                self.agenda = true;
                self.questions = true;
            }
            kind if kind.starts_with("stance.") => self.stances = true,
            kind if kind.starts_with("thread.") || kind.starts_with("comment.") => {
                let thread = event.data["thread"].as_str().unwrap_or(&event.subject_id);
                self.threads.insert(thread.to_owned());
            }
            "document.saved" | "document.typed" => self.document = true,
            _ => {}
        }
    }

    fn shows_something(&self) -> bool {
        !self.votes.is_empty()
            || !self.threads.is_empty()
            || self.document
            || self.head
            || self.agenda
            || self.parked
            || self.here
            || self.notes
            || self.stances
            || !self.polls.is_empty()
            || !self.tallies.is_empty()
    }

    /// Writes what changed, for everybody who sees the review.
    fn parts(&self, ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId) -> Result<Vec<Part>, Error> {
        let now = ctx.at;
        let mut list = Vec::new();
        for (id, (_, up, down)) in &self.votes {
            let (net, split) = (parts::signed(*up, *down), format!("{up} · {down}"));
            let id = format!("tally-{id}");
            let html =
                format!("<span class=\"tally\" id=\"{id}\">{net}<small>{split}</small></span>");
            list.push(Part::html(id, html));
        }
        if self.questions {
            list.extend(["question-next", "question-list", "room-vote"].map(Part::again));
        }
        if !self.threads.is_empty() {
            let threads = self.threads.iter().map(|id| format!("thread-{id}"));
            list.extend(threads.map(Part::again));
            list.push(Part::again("thread-list"));
        }
        if self.document || !self.threads.is_empty() {
            list.extend(["paper", "beside", "margin"].map(Part::again));
        }
        let Some(meeting) = meetings::current(tx, review)? else {
            return Ok(list);
        };
        if self.head {
            list.push(Part::html("room-head", parts::head(&meeting, now)?));
        }
        if self.agenda {
            let agenda = meetings::agenda(tx, &meeting)?;
            let number = number(tx, review)?;
            list.push(Part::html(
                "room-now",
                parts::now(&meeting, &agenda, number, now)?,
            ));
            list.push(Part::html("agenda", parts::agenda(&meeting, &agenda)?));
        } else if !self.votes.is_empty() {
            let current = meeting.question.map(|id| id.to_string());
            for (id, (number, up, down)) in &self.votes {
                let tally = parts::signed(*up, *down);
                list.push(Part::text(format!("agenda-tally-{number}"), tally));
                if current.as_ref() == Some(id) {
                    let tally = parts::for_and_against(*up, *down);
                    list.push(Part::text("now-tally", tally));
                }
            }
            let order = meetings::ranking(tx, &meeting)?
                .into_iter()
                .filter(|rank| current.as_deref() != Some(rank.id.to_string().as_str()))
                .map(|rank| format!("agenda-{}", rank.number))
                .collect();
            list.push(Part {
                id: "agenda".into(),
                order,
                ..Part::default()
            });
        }
        if self.parked {
            let items = meetings::parked(tx, meeting.id)?;
            list.push(Part::html("parked", parts::parked(&items)?));
        }
        if self.here {
            let present = meetings::present(tx, meeting.id, parts::NAMED)?;
            list.push(Part::html("here", parts::here(&present)?));
        }
        if self.stances {
            let taken = stances::list(ctx, tx, review, meeting.round)?;
            list.push(Part::html("room-stances", parts::stances(&taken)?));
        }
        for &id in self.polls.union(&self.tallies) {
            let poll = meetings::poll(tx, id)?;
            if !self.polls.contains(&id) {
                list.push(Part::html(format!("poll-tally-{id}"), parts::tally(&poll)?));
            } else if poll.state == PollState::Open {
                list.push(Part {
                    id: "polls".into(),
                    append: Some(parts::poll(&poll, None)?),
                    ..Part::default()
                });
            } else {
                list.push(Part::html(format!("poll-{id}"), parts::poll(&poll, None)?));
            }
        }
        if self.notes {
            let notes = documents::get(tx, meeting.notes)?;
            list.push(Part {
                id: "notes-text".into(),
                value: Some(notes.text),
                version: Some(notes.version),
                ..Part::default()
            });
        }
        Ok(list)
    }
}

fn number(tx: &mut Tx<'_>, review: ReviewId) -> Result<i64, Error> {
    Ok(hardwon_core::reviews::load(tx, review)?.number)
}

/// One server-sent event, as it goes over the wire.
fn frame(seq: i64, name: &str, data: &str) -> Bytes {
    let id = if seq > 0 {
        format!("id: {seq}\n")
    } else {
        String::new()
    };
    Bytes::from(format!("{id}event: {name}\ndata: {data}\n\n"))
}

fn swap(seq: i64, parts: &[Part]) -> Bytes {
    let data = serde_json::to_string(parts).expect("texts and numbers are always JSON");
    frame(seq, "swap", &data)
}

/// Passes events on to the listeners of their reviews.
pub async fn publish(app: &App, events: &[Event]) -> Result<(), Error> {
    let mut reviews: BTreeMap<ReviewId, Vec<&Event>> = BTreeMap::new();
    for event in events {
        if event.subject_kind == "document"
            && let Ok(document) = event.subject_id.parse()
        {
            let seq = event.data["version"].as_i64().unwrap_or(0);
            app.rooms.look_again(document, seq);
        }
        match event.review {
            Some(review) => reviews.entry(review).or_default().push(event),
            None => shake(app, event),
        }
    }
    for (review, events) in reviews {
        let topic = review.to_string();
        if !app.live.has_listeners(&topic) {
            continue;
        }
        let mut changes = Changes::of(events);
        let signal = |content| Update { seq: 0, content };
        if changes.access {
            app.live.send(&topic, signal(Content::AskAccess));
        }
        if changes.begun {
            app.live.send(&topic, signal(Content::Begun));
        }
        if std::mem::take(&mut changes.here) {
            slowly(app, review, Slow::Here, HERE_EVERY).await?;
        }
        if std::mem::take(&mut changes.notes) {
            notes_changed(app, review).await?;
        }
        if changes.shows_something() {
            send(app, review, changes).await?;
        }
    }
    Ok(())
}

/// Who must be asked again whether they are still let in.
fn shake(app: &App, event: &Event) {
    match event.kind.as_str() {
        "person.deactivated" | "person.role-changed" | "person.password-changed" => {
            app.live.shake(Some(event.subject_id.clone()));
        }
        "session.ended" | "token.revoked" if event.subject_kind == "person" => {
            app.live.shake(Some(event.subject_id.clone()));
        }
        "session.ended" | "token.revoked" => {
            let owner = event.data["person"].as_str().map(ToOwned::to_owned);
            app.live
                .shake(owner.or_else(|| event.actor.map(|person| person.to_string())));
        }
        "team.left" | "team.changed" => app.live.shake(None),
        _ => {}
    }
}

async fn send(app: &App, review: ReviewId, changes: Changes) -> Result<(), Error> {
    // What everybody who sees the review may know, whoever they are.
    let ctx = Ctx::operator(&app.world);
    let seq = changes.seq;
    let parts = app
        .db
        .read(move |tx| changes.parts(&ctx, tx, review))
        .await?;
    if !parts.is_empty() {
        let content = Content::Frame(swap(seq, &parts));
        app.live.send(&review.to_string(), Update { seq, content });
    }
    Ok(())
}

/// What changes in bursts.
#[derive(Debug, Clone, Copy)]
enum Slow {
    Here,
    Notes,
}

/// Sends a part now, or once after a while, however often it changes until then.
async fn slowly(app: &App, review: ReviewId, what: Slow, every: Duration) -> Result<(), Error> {
    let changes = Changes {
        here: matches!(what, Slow::Here),
        notes: matches!(what, Slow::Notes),
        ..Changes::default()
    };
    let key = format!("{review} {what:?}");
    match app.live.turn(&key, every) {
        Turn::Now => send(app, review, changes).await,
        Turn::Planned => Ok(()),
        Turn::Later(wait) => {
            let app = app.clone();
            tokio::spawn(async move {
                tokio::time::sleep(wait).await;
                app.live.resume(&key);
                if let Err(error) = send(&app, review, changes).await {
                    tracing::warn!(cause = %error, "a live update could not be made");
                }
            });
            Ok(())
        }
    }
}

/// Somebody saved notes: their listeners see it within a second, or a little later where notes are long.
pub async fn notes_changed(app: &App, review: ReviewId) -> Result<(), Error> {
    if !app.live.has_listeners(&review.to_string()) {
        return Ok(());
    }
    let bytes = app
        .db
        .read(move |tx| match meetings::current(tx, review)? {
            Some(meeting) => Ok::<_, Error>(documents::get(tx, meeting.notes)?.text.len()),
            None => Ok(0),
        })
        .await?;
    let long = u64::try_from(bytes).unwrap_or(u64::MAX) / NOTES_BYTES_A_SECOND;
    let every = NOTES_EVERY + Duration::from_secs(long.min(30));
    slowly(app, review, Slow::Notes, every).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct LiveQuery {
    /// The newest event that the page knows.
    since: Option<i64>,
    /// The meeting whose room is open.
    room: String,
}

/// `GET /reviews/7/live`
pub async fn listen(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(query): Query<LiveQuery>,
    headers: HeaderMap,
) -> Reply {
    let ctx = user.ctx.clone();
    let review = app
        .db
        .read(move |tx| access::review_numbered(&ctx, tx, number, Need::See))
        .await?
        .id;
    // Listening begins before what was missed is read, so that nothing falls between.
    let (updates, people) = (app.live.listen(&review.to_string()), app.live.people());
    let since = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .or(query.since);
    let (missed, caught_up) = match since {
        Some(since) => missed(&app, review, since).await?,
        None => (None, 0),
    };
    let listener = Listener {
        room: query.room.parse().ok(),
        ask_at: tokio::time::Instant::now() + ASK_AGAIN,
        first: Some(missed.unwrap_or_else(|| Bytes::from_static(b": here\n\n"))),
        app,
        user,
        headers,
        review,
        updates,
        people,
        caught_up,
    };
    listener.join().await;
    let stream = stream::unfold(listener, |mut listener| async move {
        let frame = listener.next().await?;
        Some((Ok::<_, std::convert::Infallible>(frame), listener))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // A proxy that gathers output would hold updates back.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    let response: Response = (headers, Body::from_stream(stream)).into_response();
    Ok(response)
}

/// What a listener that comes back has missed, and up to which event.
async fn missed(app: &App, review: ReviewId, since: i64) -> Result<(Option<Bytes>, i64), Error> {
    let ctx = Ctx::operator(&app.world);
    app.db
        .read(move |tx| {
            let events = event::of_review_after(tx, review, since, MISSED)?;
            let Some(newest) = events.last().map(|event| event.seq) else {
                return Ok((None, since));
            };
            if events.len() >= usize::try_from(MISSED).unwrap_or(usize::MAX) {
                let newest = event::newest(tx)?;
                return Ok((Some(frame(newest, "stale", "{}")), newest));
            }
            let parts = Changes::of(&events).parts(&ctx, tx, review)?;
            let frame = (!parts.is_empty()).then(|| swap(newest, &parts));
            Ok::<_, Error>((frame, newest))
        })
        .await
}

/// Somebody who looks at a review.
struct Listener {
    app: App,
    user: SignedIn,
    headers: HeaderMap,
    review: ReviewId,
    room: Option<MeetingId>,
    updates: broadcast::Receiver<Update>,
    people: broadcast::Receiver<Shaken>,
    first: Option<Bytes>,
    /// Updates up to this event are known.
    caught_up: i64,
    ask_at: tokio::time::Instant,
}

impl Listener {
    /// The next bytes for this listener; none when the stream ends.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            tokio::select! {
                update = self.updates.recv() => match update {
                    Ok(Update { content: Content::AskAccess, .. }) => self.still_sees().await?,
                    Ok(Update { content: Content::Begun, .. }) => self.join_soon(),
                    Ok(Update { seq, content: Content::Frame(frame) }) => {
                        if seq == 0 || seq > self.caught_up {
                            self.caught_up = self.caught_up.max(seq);
                            return Some(frame);
                        }
                    }
                    Err(RecvError::Lagged(_)) => return Some(frame(0, "stale", "{}")),
                    Err(RecvError::Closed) => return None,
                },
                shaken = self.people.recv() => match shaken {
                    Ok(Some(person)) if person != self.user.visitor.person.to_string() => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => self.still_sees().await?,
                    Err(RecvError::Closed) => return None,
                },
                () = tokio::time::sleep(KEEP_ALIVE) => {
                    if tokio::time::Instant::now() >= self.ask_at {
                        self.still_sees().await?;
                    }
                    return Some(Bytes::from_static(b":\n\n"));
                }
            }
        }
    }

    /// Asks whether the session lasts and its person sees the review; nothing when not. A database that does not answer
    /// ends the stream too: the browser comes back.
    async fn still_sees(&mut self) -> Option<()> {
        self.ask_at = tokio::time::Instant::now() + ASK_AGAIN;
        let origin = &self.user.ctx.origin;
        still(&self.app, &self.headers, origin, self.review)
            .await
            .map(drop)
    }

    /// Whoever has the room open is there, once the meeting runs.
    async fn join(&self) {
        if let Some(meeting) = self.room {
            join(&self.app, &self.user.ctx, meeting).await;
        }
    }

    /// The same for everybody at once, each at their own moment.
    fn join_soon(&self) {
        let Some(meeting) = self.room else { return };
        let (app, ctx) = (self.app.clone(), self.user.ctx.clone());
        let spread = self.user.visitor.person.0.as_u128() % 3_000;
        tokio::spawn(async move {
            let wait = u64::try_from(spread).unwrap_or_default();
            tokio::time::sleep(Duration::from_millis(wait)).await;
            join(&app, &ctx, meeting).await;
        });
    }
}

async fn join(app: &App, ctx: &Ctx, id: MeetingId) {
    let ctx = Ctx::new(&app.world, ctx.actor.clone(), ctx.origin.clone());
    let noted = app
        .db
        .write(move |tx| {
            let (meeting, _) = meetings::find(&ctx, tx, id, Need::TakePart)?;
            let runs = meeting.state == meetings::MeetingState::Running;
            let person = ctx.require_person()?;
            if runs && meetings::own(tx, id, person)?.1.is_none() {
                meetings::join(&ctx, tx, id)?;
            }
            Ok::<_, Error>(())
        })
        .await;
    if let Err(error) = noted {
        tracing::debug!(cause = %error, "a listener's presence could not be noted");
    }
}

/// Who it is that came with these headers, and how they stand to a review now; nothing once their session has ended or
/// they no longer see it.
pub async fn still(
    app: &App,
    headers: &HeaderMap,
    origin: &str,
    review: ReviewId,
) -> Option<(Visitor, Standing)> {
    let mut parts = bare(headers);
    let viewer = Viewer::from_request_parts(&mut parts, app).await.ok()?;
    let visitor = viewer.0?;
    let actor = Actor::Person {
        id: visitor.person,
        role: visitor.role,
    };
    let ctx = Ctx::new(&app.world, actor, origin.to_owned());
    let standing = app
        .db
        .read(move |tx| access::review(&ctx, tx, review, Need::See))
        .await
        .ok()?;
    Some((visitor, standing))
}

/// What proves who listens, as a request of its own.
fn bare(headers: &HeaderMap) -> Parts {
    let mut request = Request::new(());
    for name in [header::COOKIE, header::AUTHORIZATION] {
        for value in headers.get_all(&name) {
            request.headers_mut().append(name.clone(), value.clone());
        }
    }
    request.into_parts().0
}
