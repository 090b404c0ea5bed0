//! A document that people write together. An update is checked, passed on at once as the frame that came, and
//! acknowledged when it is on disk; updates that wait together share one write. Order is kept for each connection.

mod farewell;
mod members;
mod outbox;
mod taking;
mod writing;

pub use farewell::{COME_AGAIN, Farewell, LOST, Out, UNREADABLE};
pub use members::Member;
pub use outbox::{Sending, outbox};

use super::engine;
use super::wire::{self, Said};
use crate::app::App;
use farewell::FAILED;
use hardwon_core::Error;
use hardwon_core::documents::{Anchor, snapshot, typing};
use hardwon_core::id::DocumentId;
use members::Present;
use std::collections::HashMap;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
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
/// What is taken before the clock is looked at again.
const AT_ONCE: usize = 64;

pub enum Command {
    Join(Member),
    Leave(u64),
    Said(u64, Vec<Said>),
    MayWrite(u64, bool),
    Dismiss(u64, Farewell),
    /// The log has come to this number.
    LookAgain(i64),
}

pub struct Room {
    app: App,
    id: DocumentId,
    doc: Doc,
    /// The number up to which the log is in `doc`.
    seq: i64,
    /// The same, for whoever looks what others have written.
    reached: Arc<AtomicI64>,
    members: HashMap<u64, Present>,
    presence: HashMap<ClientID, (u64, AwarenessUpdateEntry)>,
    waiting: Vec<Waiting>,
    waiting_bytes: usize,
    /// What is being written, kept in case it has to be written again.
    writing: Arc<Vec<Waiting>>,
    /// Threads that stand at words of the text, as they were when it was last shown.
    anchors: Vec<Anchor>,
    /// Others have written to the log.
    stale: bool,
    /// When the text is to be shown, if it has changed since it was.
    show_at: Option<Instant>,
    show_every: Duration,
    write_at: Instant,
    /// The bytes of the last state that was taken and of the updates since.
    bytes: usize,
    /// The last state that was taken, and the number up to which the log is in it.
    kept_bytes: usize,
    kept_seq: i64,
}

/// A document as it was loaded.
struct Loaded {
    doc: Doc,
    seq: i64,
    bytes: usize,
    /// The number up to which the log is in a snapshot.
    kept: i64,
    /// Whether pages show the same.
    shown: bool,
}

impl Room {
    /// Lives while somebody is here.
    pub async fn run(
        app: App,
        id: DocumentId,
        reached: Arc<AtomicI64>,
        mut queue: mpsc::Receiver<Command>,
    ) {
        match load(&app, id).await {
            Ok(loaded) => {
                let now = Instant::now();
                let mut room = Self {
                    app: app.clone(),
                    id,
                    doc: loaded.doc,
                    seq: loaded.seq,
                    reached,
                    members: HashMap::new(),
                    presence: HashMap::new(),
                    waiting: Vec::new(),
                    waiting_bytes: 0,
                    writing: Arc::default(),
                    anchors: Vec::new(),
                    stale: false,
                    show_at: (!loaded.shown).then_some(now),
                    show_every: Duration::from_secs(1),
                    write_at: now,
                    bytes: loaded.bytes,
                    kept_bytes: 0,
                    kept_seq: loaded.kept,
                };
                // Whatever was written since it was loaded is heard of only from here on.
                room.reached.store(room.seq, Ordering::Relaxed);
                room.stale = true;
                room.live(&mut queue).await;
            }
            Err(error) => {
                tracing::warn!(document = %id, cause = %error, "a document could not be opened");
                while !app.rooms.close(id, &mut queue) {
                    if let Some(Command::Join(member)) = queue.recv().await {
                        member.out.close(FAILED);
                    }
                }
            }
        }
        queue.close();
        while let Ok(command) = queue.try_recv() {
            if let Command::Join(member) = command {
                member.out.close(COME_AGAIN);
            }
        }
    }

    async fn live(&mut self, queue: &mut mpsc::Receiver<Command>) {
        let mut write: Option<Write> = None;
        let mut empty_since = Instant::now();
        let mut commands = Vec::new();
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
                count = queue.recv_many(&mut commands, AT_ONCE), if self.waiting_bytes < MOST_WAITING => {
                    if count == 0 {
                        return;
                    }
                    for command in commands.drain(..) {
                        self.take(command);
                    }
                }
                () = tokio::time::sleep_until(wake), if write.is_none() && self.wants_to_write() => {}
                () = tokio::time::sleep_until(empty_since + LINGER), if idle => {
                    self.leave_snapshot().await;
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
            Command::LookAgain(seq) => self.stale |= seq > self.seq,
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
            Said::Update(content) => self.update(id, content),
        }
    }
}

/// Nothing is answered before all of it is in.
async fn load(app: &App, id: DocumentId) -> Result<Loaded, Error> {
    let (log, shown) = app
        .db
        .read(move |tx| Ok::<_, Error>((snapshot::whole(tx, id)?, typing::shown(tx, id)?)))
        .await?;
    if log.updates.is_empty() {
        return Err(Error::NotFound);
    }
    let load = move || {
        Ok(Loaded {
            doc: engine::load(&log.updates)?,
            seq: log.last,
            bytes: log.updates.iter().map(Vec::len).sum(),
            kept: log.kept,
            shown: shown >= log.last,
        })
    };
    tokio::task::spawn_blocking(load)
        .await
        .map_err(Error::bug)?
}
