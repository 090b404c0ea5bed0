//! Writing together: the WebSocket over which editors of a review's document speak the Yjs sync protocol.

use super::live::still;
use crate::app::App;
use crate::http::{Reply, SignedIn};
use crate::realtime::{
    COME_AGAIN, Command, Content, Farewell, LOST, Member, Out, Pace, Seat, Sending, Shaken,
    UNREADABLE, Update, outbox, read_frame,
};
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::IntoResponse as _;
use futures_util::stream::SplitSink;
use futures_util::{SinkExt as _, StreamExt as _};
use hardwon_core::access::{self, Need, Standing};
use hardwon_core::auth::{Proof, Scope, Visitor};
use serde::Deserialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior};

/// The largest frame: an update that brings a whole document.
const MOST_FRAME: usize = 8 << 20;
/// Most frames are a few dozen bytes, and there may be hundreds of connections.
const BUFFER: usize = 4 << 10;
/// A silent connection is asked whether it is there; proxies close what says nothing for a minute.
const PING: Duration = Duration::from_secs(25);

static CONNECTIONS: AtomicU64 = AtomicU64::new(1);

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct TogetherQuery {
    /// `1`: tell this connection how many of its updates are on disk.
    saved: u8,
}

/// `GET /reviews/7/document/sync`
pub async fn connect(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(query): Query<TogetherQuery>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Reply {
    let ctx = user.ctx.clone();
    let standing = app
        .db
        .read(move |tx| access::review_numbered(&ctx, tx, number, Need::See))
        .await?;
    let wants_saved = query.saved == 1;
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return Ok(rejection.into_response()),
    };
    Ok(upgrade
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_message_size(MOST_FRAME)
        .max_frame_size(MOST_FRAME)
        .on_upgrade(move |socket| async move {
            let (out, frames) = outbox();
            let member = Member {
                id: CONNECTIONS.fetch_add(1, Ordering::Relaxed),
                actor: user.ctx.actor.clone(),
                origin: Arc::clone(&user.ctx.origin),
                name: user.visitor.name.clone(),
                may_write: may_write(&user.visitor, &standing),
                wants_saved,
                out,
            };
            // Listening begins before the room is entered, so that no change of access falls between.
            let guard = Guard {
                updates: app.live.listen(&standing.id.to_string()),
                people: app.live.people(),
                app: app.clone(),
                user,
                headers,
                standing: standing.clone(),
            };
            let (sender, receiver) = socket.split();
            let sending = tokio::spawn(send(sender, frames));
            if let Ok(seat) = app.rooms.join(&app, standing.document, member).await {
                guard.listen(&seat, receiver).await;
                let _ = seat.say(Command::Leave(seat.id)).await;
            }
            // The room's end of the channel is gone now, so what was still to be sent is, and the connection ends.
            let _ = tokio::time::timeout(PING, sending).await;
        })
        .into_response())
}

fn may_write(visitor: &Visitor, standing: &Standing) -> bool {
    let scope = match &visitor.proof {
        Proof::Session(_) => Scope::Write,
        Proof::Token { scope, .. } => *scope,
    };
    scope >= Scope::Write && standing.can_edit()
}

/// Sends what the room says, what waits together in one go, and asks now and then whether somebody is there.
async fn send(mut sender: SplitSink<WebSocket, Message>, mut sending: Sending) {
    let mut ping = tokio::time::interval_at(Instant::now() + PING, PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut waiting = Vec::new();
    loop {
        tokio::select! {
            count = sending.take(&mut waiting) => {
                if count == 0 {
                    let _ = sender.send(Message::Close(None)).await;
                    return;
                }
                for out in waiting.drain(..) {
                    let message = match out {
                        Out::Frame(frame) => Message::Binary(frame),
                        Out::Close(Farewell { code, reason }) => {
                            let frame = CloseFrame { code, reason: reason.into() };
                            let _ = sender.send(Message::Close(Some(frame))).await;
                            return;
                        }
                    };
                    if sender.feed(message).await.is_err() {
                        return;
                    }
                }
            }
            _ = ping.tick() => {
                if sender.feed(Message::Ping(axum::body::Bytes::new())).await.is_err() {
                    return;
                }
            }
        }
        if sender.flush().await.is_err() {
            return;
        }
    }
}

/// Watches whether somebody still sees the review and may write, for as long as they are connected.
struct Guard {
    app: App,
    user: SignedIn,
    headers: HeaderMap,
    standing: Standing,
    updates: broadcast::Receiver<Update>,
    people: broadcast::Receiver<Shaken>,
}

impl Guard {
    async fn listen(
        mut self,
        seat: &Seat,
        mut receiver: futures_util::stream::SplitStream<WebSocket>,
    ) {
        let mut pace = Pace::new(Instant::now());
        // What came too fast, and when it is handed on; until then nothing more is read.
        let mut held: Option<Command> = None;
        let mut ready = Instant::now();
        loop {
            let said = tokio::select! {
                message = receiver.next(), if held.is_none() => match message {
                    Some(Ok(Message::Binary(frame))) => match read_frame(&frame) {
                        Ok(said) => {
                            let now = Instant::now();
                            let wait = pace.take(&said, now);
                            let said = Command::Said(seat.id, said);
                            if !wait.is_zero() {
                                ready = now + wait;
                                held = Some(said);
                                continue;
                            }
                            said
                        }
                        Err(_) => Command::Dismiss(seat.id, UNREADABLE),
                    },
                    Some(Ok(Message::Text(_))) => Command::Dismiss(seat.id, UNREADABLE),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                },
                () = tokio::time::sleep_until(ready), if held.is_some() => match held.take() {
                    Some(said) => said,
                    None => continue,
                },
                update = self.updates.recv() => match update {
                    Ok(Update { content: Content::AskAccess, .. }) | Err(RecvError::Lagged(_)) => self.ask(seat).await,
                    Ok(_) => continue,
                    Err(RecvError::Closed) => Command::Dismiss(seat.id, COME_AGAIN),
                },
                shaken = self.people.recv() => match shaken {
                    Ok(Some(person)) if person != self.user.visitor.person.to_string() => continue,
                    Ok(_) | Err(RecvError::Lagged(_)) => self.ask(seat).await,
                    Err(RecvError::Closed) => Command::Dismiss(seat.id, COME_AGAIN),
                },
            };
            let ends = matches!(said, Command::Dismiss(..));
            if seat.say(said).await.is_err() || ends {
                return;
            }
        }
    }

    /// What they may do now.
    async fn ask(&mut self, seat: &Seat) -> Command {
        let origin = &self.user.ctx.origin;
        match still(&self.app, &self.headers, origin, self.standing.id).await {
            Some((visitor, standing)) => Command::MayWrite(seat.id, may_write(&visitor, &standing)),
            None => Command::Dismiss(seat.id, LOST),
        }
    }
}
