//! A document that people write together. An update is checked, passed on at once as the frame that came, and
//! acknowledged when it is on disk; updates that wait together share one write. Order is kept for each connection.

mod farewell;
mod members;
mod writing;

pub use farewell::{COME_AGAIN, Farewell, LOST, Out, UNREADABLE};
pub use members::Member;

use super::engine;
use super::wire::{self, Said};
use crate::app::App;
use farewell::FAILED;
use hardwon_core::Error;
use hardwon_core::documents::typing;
use hardwon_core::id::DocumentId;
use members::Present;
use std::collections::HashMap;
use std::future::pending;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;
use writing::{Waiting, Write};
use yrs::block::ClientID;
use yrs::sync::awareness::AwarenessUpdateEntry;
use yrs::{Doc, ReadTxn as _, Transact as _};

/// A room that everybody left is kept this long, for whoever comes back.
const LINGER: Duration = Duration::from_secs(20);
/// What waits to be written; beyond it nothing more is taken in.
const MOST_WAITING: usize = 16 << 20;

pub enum Command {
    Join(Member),
    Leave(u64),
    Said(u64, Vec<Said>),
    MayWrite(u64, bool),
    Dismiss(u64, Farewell),
    LookAgain,
}

pub struct Room {
    app: App,
    id: DocumentId,
    doc: Doc,
    /// The number up to which the log is in `doc`.
    seq: i64,
    members: HashMap<u64, Present>,
    presence: HashMap<ClientID, (u64, AwarenessUpdateEntry)>,
    waiting: Vec<Waiting>,
    waiting_bytes: usize,
    /// What is being written, kept in case it has to be written again.
    writing: Vec<Waiting>,
    /// Others have written to the log.
    stale: bool,
    /// When the text is to be shown, if it has changed since it was.
    show_at: Option<Instant>,
    write_at: Instant,
}

impl Room {
    /// Lives while somebody is here.
    pub async fn run(app: App, id: DocumentId, mut queue: mpsc::Receiver<Command>) {
        match load(&app, id).await {
            Ok((doc, seq)) => {
                let mut room = Self {
                    app: app.clone(),
                    id,
                    doc,
                    seq,
                    members: HashMap::new(),
                    presence: HashMap::new(),
                    waiting: Vec::new(),
                    waiting_bytes: 0,
                    writing: Vec::new(),
                    stale: false,
                    show_at: None,
                    write_at: Instant::now(),
                };
                room.live(&mut queue).await;
            }
            Err(error) => {
                tracing::warn!(document = %id, cause = %error, "a document could not be opened");
                while !app.rooms.close(id, &mut queue) {
                    if let Some(Command::Join(member)) = queue.recv().await {
                        let _ = member.out.try_send(Out::Close(FAILED));
                    }
                }
            }
        }
        while let Ok(command) = queue.try_recv() {
            if let Command::Join(member) = command {
                let _ = member.out.try_send(Out::Close(COME_AGAIN));
            }
        }
    }

    async fn live(&mut self, queue: &mut mpsc::Receiver<Command>) {
        let mut write: Option<Write> = None;
        let mut empty_since = Instant::now();
        loop {
            if write.is_none() && self.has_to_write() {
                write = Some(self.write());
            }
            if !self.members.is_empty() {
                empty_since = Instant::now();
            }
            let idle = self.members.is_empty() && write.is_none() && !self.wants_to_write();
            let wake = self.wake();
            tokio::select! {
                done = async { match &mut write { Some(write) => write.await, None => pending().await } } => {
                    write = None;
                    if !self.written(done) {
                        return;
                    }
                }
                command = queue.recv(), if self.waiting_bytes < MOST_WAITING => match command {
                    Some(command) => self.take(command),
                    None => return,
                },
                () = tokio::time::sleep_until(wake), if write.is_none() && self.wants_to_write() => {}
                () = tokio::time::sleep_until(empty_since + LINGER), if idle => {
                    if self.app.rooms.clone().close(self.id, queue) {
                        return;
                    }
                    empty_since = Instant::now();
                }
            }
        }
    }

    fn take(&mut self, command: Command) {
        match command {
            Command::Join(member) => self.join(member),
            Command::Leave(id) => self.leave(id),
            Command::MayWrite(id, may) => {
                if let Some(present) = self.members.get_mut(&id) {
                    present.member.may_write = may;
                }
            }
            Command::Dismiss(id, farewell) => self.dismiss(id, farewell),
            Command::LookAgain => self.stale = true,
            Command::Said(id, messages) => {
                for message in messages {
                    if let Err(farewell) = self.hear(id, message) {
                        self.dismiss(id, farewell);
                        break;
                    }
                }
            }
        }
    }

    fn hear(&mut self, id: u64, said: Said) -> Result<(), Farewell> {
        if !self.members.contains_key(&id) {
            return Ok(());
        }
        match said {
            Said::State(state) => {
                let rest = self.doc.transact().encode_state_as_update_v1(&state);
                self.say(id, wire::rest(&rest))
            }
            Said::AskPresence => {
                let everybody = self.everybody();
                self.say(id, everybody)
            }
            Said::Presence(update) => self.present(id, update.clients),
            Said::Update(update) => self.update(id, update),
        }
    }
}

/// Nothing is answered before the whole log is in.
async fn load(app: &App, id: DocumentId) -> Result<(Doc, i64), Error> {
    let log = app.db.read(move |tx| typing::log_after(tx, id, 0)).await?;
    if log.updates.is_empty() {
        return Err(Error::NotFound);
    }
    tokio::task::spawn_blocking(move || Ok((engine::load(&log.updates)?, log.last)))
        .await
        .map_err(Error::bug)?
}
