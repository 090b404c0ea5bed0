//! A document that people write together. An update is checked, passed on at once as the frame that came, and
//! acknowledged when it is on disk; updates that wait together share one write. Order is kept for each connection.

use super::engine;
use super::wire::{self, Said};
use crate::app::App;
use axum::body::Bytes;
use hardwon_core::documents::MAX_BYTES;
use hardwon_core::documents::typing::{self, Log, Typed};
use hardwon_core::id::DocumentId;
use hardwon_core::{Actor, Ctx, Error, reviews};
use std::collections::HashMap;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;
use yrs::block::ClientID;
use yrs::sync::awareness::AwarenessUpdateEntry;
use yrs::updates::decoder::Decode as _;
use yrs::{Doc, GetString as _, ReadTxn as _, StateVector, Text as _, Transact as _, Update};

/// How long pages may show an older text while somebody types.
const SHOW_EVERY: Duration = Duration::from_secs(1);
/// A room that everybody left is kept this long, for whoever comes back.
const LINGER: Duration = Duration::from_secs(20);
/// After a write that the database could not take.
const PATIENCE: Duration = Duration::from_secs(1);
/// What waits to be written; beyond it nothing more is taken in.
const MOST_WAITING: usize = 16 << 20;
const MOST_MEMBERS: usize = 1_000;
/// A presence is a name, a colour and a cursor.
const MOST_PRESENCE: usize = 4 << 10;
/// One connection may speak for so many editors.
const MOST_CLIENTS: usize = 8;

/// What is said to a connection.
#[derive(Debug)]
pub enum Out {
    Frame(Bytes),
    Close(Farewell),
}

/// Why a connection ends, in the numbers of RFC 6455 and a sentence.
#[derive(Debug, Clone, Copy)]
pub struct Farewell {
    pub code: u16,
    pub reason: &'static str,
}

pub const COME_AGAIN: Farewell = Farewell {
    code: 1012,
    reason: "The document is loaded anew. Please connect again.",
};
const TOO_SLOW: Farewell = Farewell {
    code: 1013,
    reason: "This connection did not keep up. Please connect again.",
};
pub const UNREADABLE: Farewell = Farewell {
    code: 1007,
    reason: "This is no message of the Yjs sync protocol.",
};
pub const LOST: Farewell = Farewell {
    code: 1008,
    reason: "There is no such document for you any more.",
};
const DENIED: Farewell = Farewell {
    code: 1008,
    reason: "You may read this document, and not write it.",
};
const TOO_LONG: Farewell = Farewell {
    code: 1009,
    reason: "A document may hold at most 4 MiB of text.",
};
const TOO_MANY: Farewell = Farewell {
    code: 1013,
    reason: "Too many people are in this document.",
};
const FAILED: Farewell = Farewell {
    code: 1011,
    reason: "The document cannot be read now. Please try again.",
};

/// Somebody in a room.
pub struct Member {
    pub id: u64,
    pub actor: Actor,
    pub origin: String,
    pub name: String,
    pub may_write: bool,
    /// Wants to be told what is on disk.
    pub wants_saved: bool,
    pub out: mpsc::Sender<Out>,
}

pub enum Command {
    Join(Member),
    Leave(u64),
    Said(u64, Vec<Said>),
    MayWrite(u64, bool),
    Dismiss(u64, Farewell),
    LookAgain,
}

struct Present {
    member: Member,
    /// How many of its updates are on disk.
    saved: u64,
    clients: Vec<ClientID>,
}

struct Waiting {
    from: u64,
    actor: Actor,
    origin: String,
    typed: Typed,
}

type Write = Pin<Box<dyn Future<Output = Result<(Log, bool), Error>> + Send>>;

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

    fn join(&mut self, member: Member) {
        if self.members.len() >= MOST_MEMBERS {
            let _ = member.out.try_send(Out::Close(TOO_MANY));
            return;
        }
        let hello = wire::state(&self.doc.transact().state_vector());
        let _ = member.out.try_send(Out::Frame(hello));
        if !self.presence.is_empty() {
            let _ = member.out.try_send(Out::Frame(self.everybody()));
        }
        self.members.insert(
            member.id,
            Present {
                member,
                saved: 0,
                clients: Vec::new(),
            },
        );
    }

    fn everybody(&self) -> Bytes {
        let entries = self.presence.iter();
        wire::presence(
            entries
                .map(|(id, (_, entry))| (*id, entry.clone()))
                .collect(),
        )
    }

    /// Their cursors go with them.
    fn leave(&mut self, id: u64) {
        let Some(present) = self.members.remove(&id) else {
            return;
        };
        let gone: HashMap<_, _> = present
            .clients
            .iter()
            .filter_map(|client| {
                let (_, entry) = self.presence.remove(client)?;
                let entry = AwarenessUpdateEntry {
                    clock: entry.clock.saturating_add(1),
                    json: "null".into(),
                };
                Some((*client, entry))
            })
            .collect();
        if !gone.is_empty() {
            self.tell(&wire::presence(gone), None);
        }
    }

    fn dismiss(&mut self, id: u64, farewell: Farewell) {
        if let Some(present) = self.members.get(&id) {
            let _ = present.member.out.try_send(Out::Close(farewell));
        }
        self.leave(id);
    }

    /// Sends a frame to everybody but one. Whoever does not keep up is cut off and catches up when they come again.
    fn tell(&mut self, frame: &Bytes, but: Option<u64>) {
        let mut slow = Vec::new();
        for (&id, present) in &self.members {
            if Some(id) != but
                && present
                    .member
                    .out
                    .try_send(Out::Frame(frame.clone()))
                    .is_err()
            {
                slow.push(id);
            }
        }
        for id in slow {
            self.dismiss(id, TOO_SLOW);
        }
    }

    fn say(&mut self, id: u64, frame: Bytes) -> Result<(), Farewell> {
        let Some(present) = self.members.get(&id) else {
            return Ok(());
        };
        let sent = present.member.out.try_send(Out::Frame(frame));
        sent.map_err(|_| TOO_SLOW)
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

    /// Takes where somebody is. What it says of their name is replaced by the name they signed in with.
    fn present(
        &mut self,
        id: u64,
        clients: HashMap<ClientID, AwarenessUpdateEntry>,
    ) -> Result<(), Farewell> {
        let mut news = HashMap::new();
        for (client, entry) in clients {
            if entry.json.len() > MOST_PRESENCE {
                return Err(UNREADABLE);
            }
            let known = self.presence.get(&client);
            // A client says again what it knows of others; only their own connection speaks for them.
            if known.is_some_and(|(owner, _)| *owner != id) {
                continue;
            }
            if known.is_some_and(|(_, known)| known.clock >= entry.clock) {
                continue;
            }
            let Some(present) = self.members.get_mut(&id) else {
                return Ok(());
            };
            let entry = AwarenessUpdateEntry {
                clock: entry.clock,
                json: stamped(&entry.json, &present.member.name),
            };
            if &*entry.json == "null" {
                present.clients.retain(|own| *own != client);
                if self.presence.remove(&client).is_none() {
                    continue;
                }
            } else {
                if !present.clients.contains(&client) {
                    if present.clients.len() >= MOST_CLIENTS {
                        return Err(UNREADABLE);
                    }
                    present.clients.push(client);
                }
                self.presence.insert(client, (id, entry.clone()));
            }
            news.insert(client, entry);
        }
        if !news.is_empty() {
            self.tell(&wire::presence(news), Some(id));
        }
        Ok(())
    }

    fn update(&mut self, id: u64, content: Vec<u8>) -> Result<(), Farewell> {
        let Some(present) = self.members.get(&id) else {
            return Ok(());
        };
        let (may_write, actor, origin) = (
            present.member.may_write,
            present.member.actor.clone(),
            present.member.origin.clone(),
        );
        let update = Update::decode_v1(&content).map_err(|_| UNREADABLE)?;
        if update.is_empty() {
            return self.count_saved(id, 1);
        }
        if !may_write {
            return Err(DENIED);
        }
        let Actor::Person { id: author, .. } = actor else {
            return Err(DENIED);
        };
        if self.units() + content.len() > MAX_BYTES {
            return Err(TOO_LONG);
        }
        match self.apply(update)? {
            Applied::New => {}
            Applied::Known => return self.count_saved(id, 1),
            // It rests on something that never came: whoever comes again brings everything.
            Applied::Missing => return Err(COME_AGAIN),
        }
        self.tell(&wire::update(&content), Some(id));
        self.waiting_bytes += content.len();
        self.waiting.push(Waiting {
            from: id,
            actor,
            origin,
            typed: Typed { author, content },
        });
        Ok(())
    }

    /// The length of the text in the units that it is counted in, which are no more than its bytes.
    fn units(&self) -> usize {
        let content = engine::content(&self.doc);
        let units = content.len(&self.doc.transact());
        usize::try_from(units).unwrap_or(usize::MAX)
    }

    fn apply(&mut self, update: Update) -> Result<Applied, Farewell> {
        let (changed, missing) = {
            let mut transaction = self.doc.transact_mut();
            transaction.apply_update(update).map_err(|_| UNREADABLE)?;
            transaction.commit();
            let changed = transaction.before_state() != transaction.after_state()
                || !transaction.delete_set().is_empty();
            (changed, transaction.has_missing_updates())
        };
        if missing {
            let state = self
                .doc
                .transact()
                .encode_state_as_update_v1(&StateVector::default());
            self.doc = engine::load(&[state]).map_err(|_| FAILED)?;
            return Ok(Applied::Missing);
        }
        Ok(if changed {
            Applied::New
        } else {
            Applied::Known
        })
    }

    fn count_saved(&mut self, id: u64, more: u64) -> Result<(), Farewell> {
        let Some(present) = self.members.get_mut(&id) else {
            return Ok(());
        };
        present.saved += more;
        if !present.member.wants_saved {
            return Ok(());
        }
        let frame = wire::saved(present.saved);
        self.say(id, frame)
    }

    fn wants_to_write(&self) -> bool {
        !self.waiting.is_empty() || self.stale || self.show_at.is_some()
    }

    fn has_to_write(&self) -> bool {
        self.wants_to_write() && Instant::now() >= self.wake()
    }

    fn wake(&self) -> Instant {
        if self.waiting.is_empty() && !self.stale {
            return self.show_at.unwrap_or(self.write_at).max(self.write_at);
        }
        self.write_at
    }

    /// Begins to write what waits, and the text once in a while.
    fn write(&mut self) -> Write {
        self.writing = std::mem::take(&mut self.waiting);
        self.waiting_bytes = 0;
        self.stale = false;
        let now = Instant::now();
        if !self.writing.is_empty() && self.show_at.is_none() {
            self.show_at = Some(now + SHOW_EVERY);
        }
        let shows = self.show_at.is_some_and(|at| at <= now);
        let text = shows.then(|| {
            self.show_at = None;
            engine::content(&self.doc).get_string(&self.doc.transact())
        });
        let (db, id, known) = (self.app.db.clone(), self.id, self.seq);
        let typed: Vec<Typed> = self.writing.iter().map(|one| one.typed.clone()).collect();
        let ctx = match self.writing.last() {
            Some(last) => Ctx::new(&self.app.world, last.actor.clone(), last.origin.clone()),
            None => Ctx::operator(&self.app.world),
        };
        Box::pin(async move {
            db.write(move |tx| {
                let log = typing::append(&ctx, tx, id, known, &typed)?;
                // With updates of others between, the text waits until they are in it.
                let shown = match &text {
                    Some(text) if log.updates.is_empty() => {
                        reviews::show_typed(&ctx, tx, id, log.last, text)?;
                        true
                    }
                    _ => text.is_none(),
                };
                Ok::<_, Error>((log, shown))
            })
            .await
        })
    }

    /// Takes note of what became of a write; false when the document is gone.
    fn written(&mut self, done: Result<(Log, bool), Error>) -> bool {
        let written = std::mem::take(&mut self.writing);
        match done {
            Ok((log, shown)) => {
                self.seq = log.last;
                for update in &log.updates {
                    let applied = Update::decode_v1(update)
                        .map_err(|_| UNREADABLE)
                        .and_then(|update| self.apply(update));
                    if let Err(farewell) = applied {
                        tracing::error!(document = %self.id, reason = farewell.reason, "an update in the log cannot be applied");
                        return false;
                    }
                    self.tell(&wire::update(update), None);
                }
                if !shown {
                    self.show_at = Some(Instant::now());
                }
                let mut counts: HashMap<u64, u64> = HashMap::new();
                for one in written {
                    *counts.entry(one.from).or_default() += 1;
                }
                for (id, count) in counts {
                    if let Err(farewell) = self.count_saved(id, count) {
                        self.dismiss(id, farewell);
                    }
                }
                true
            }
            Err(Error::NotFound) => false,
            Err(error) => {
                tracing::warn!(document = %self.id, cause = %error, "typing could not be written; trying again");
                let later = std::mem::replace(&mut self.waiting, written);
                self.waiting.extend(later);
                self.waiting_bytes = self.waiting.iter().map(|one| one.typed.content.len()).sum();
                self.stale = true;
                self.show_at = Some(Instant::now());
                self.write_at = Instant::now() + PATIENCE;
                true
            }
        }
    }
}

enum Applied {
    New,
    /// Everything in it was here already.
    Known,
    /// It rests on updates that are not here.
    Missing,
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

/// A presence with the name that its sender signed in with.
fn stamped(json: &str, name: &str) -> Arc<str> {
    match serde_json::from_str(json) {
        Ok(serde_json::Value::Object(mut state)) => {
            let user = state.entry("user").or_insert_with(|| serde_json::json!({}));
            if !user.is_object() {
                *user = serde_json::json!({});
            }
            user["name"] = name.into();
            serde_json::Value::Object(state).to_string().into()
        }
        _ => "null".into(),
    }
}
