//! Bringing updates to disk: what waits together is one write, and the text that pages show follows in pauses. Now and then
//! the whole state is kept as well, so that the next to load the document need not read how it came about.

use super::Room;
use super::farewell::Farewell;
use super::taking::Applied;
use crate::realtime::{anchors, engine, wire};
use hardwon_core::documents::typing::{self, Log, Typed};
use hardwon_core::documents::{self, Anchor, snapshot};
use hardwon_core::{Actor, Ctx, Error, reviews};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;
use yrs::updates::decoder::Decode as _;
use yrs::{GetString as _, Transact as _, Update};

/// Between two writes, while many type: so much later is something *saved*, and others see it at once anyway.
const WRITE_EVERY: Duration = Duration::from_millis(40);
/// How long pages may show an older text while somebody types; longer where showing it takes long.
const SHOW_EVERY: Duration = Duration::from_secs(1);
const SHOW_PART: u32 = 10;
const SHOW_AT_LEAST: Duration = Duration::from_secs(10);
/// After a write that the database could not take.
const PATIENCE: Duration = Duration::from_secs(1);
/// A snapshot is due after so many updates, once they are a quarter of what it holds: all snapshots together are then
/// a few times as long as the log.
const SNAPSHOT_AFTER: i64 = 500;
const SNAPSHOT_PART: usize = 4;
/// When everybody has left, it is worth it after this many.
const SNAPSHOT_AT_LEAST: i64 = 50;

#[derive(Clone)]
pub(super) struct Waiting {
    pub from: u64,
    pub actor: Actor,
    pub origin: Arc<str>,
    /// Nothing where there is nothing to write, and yet something to be acknowledged in its turn.
    pub typed: Option<Typed>,
}

pub(super) struct Written {
    log: Log,
    /// Whether the text was shown, if it was to be.
    shown: bool,
    /// The state that the log adds up to, if it was taken.
    state: Option<Vec<u8>>,
    /// The threads at its words, where they were asked for.
    anchors: Option<Vec<Anchor>>,
    took: Duration,
}

pub(super) type Write = Pin<Box<dyn Future<Output = Result<Written, Error>> + Send>>;

impl Room {
    pub(super) fn count_saved(&mut self, id: u64, more: u64) -> Result<(), Farewell> {
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

    pub(super) fn wants_to_write(&self) -> bool {
        !self.waiting.is_empty() || self.stale || self.show_at.is_some()
    }

    pub(super) fn has_to_write(&self) -> bool {
        self.wants_to_write() && Instant::now() >= self.wake()
    }

    pub(super) fn wake(&self) -> Instant {
        if self.waiting.is_empty() && !self.stale {
            return self.show_at.unwrap_or(self.write_at).max(self.write_at);
        }
        self.write_at
    }

    /// Begins to write what waits, and the text once in a while.
    pub(super) fn write(&mut self) -> Write {
        self.writing = Arc::new(std::mem::take(&mut self.waiting));
        self.waiting_bytes = 0;
        self.stale = false;
        let now = Instant::now();
        self.write_at = now + WRITE_EVERY;
        if !self.writing.is_empty() && self.show_at.is_none() {
            self.show_at = Some(now + self.show_every);
        }
        let shows = self.show_at.is_some_and(|at| at <= now);
        let text = shows.then(|| {
            self.show_at = None;
            let text = engine::content(&self.doc).get_string(&self.doc.transact());
            let followed = anchors::follow(&self.doc, &text, self.anchors.clone());
            (text, followed, self.anchors.clone())
        });
        // Nothing else is in the document now than what is in the log and what is being written.
        let state = self.snapshot_is_due().then(|| engine::state(&self.doc));
        let (db, id, known) = (self.app.db.clone(), self.id, self.seq);
        if self.writing.is_empty() && text.is_none() {
            return Box::pin(async move {
                let log = db.read(move |tx| typing::log_after(tx, id, known)).await?;
                Ok(Written {
                    log,
                    shown: true,
                    state: None,
                    anchors: None,
                    took: Duration::ZERO,
                })
            });
        }
        let ctx = match self.writing.last() {
            Some(last) => Ctx::new(
                &self.app.world,
                last.actor.clone(),
                Arc::clone(&last.origin),
            ),
            None => Ctx::operator(&self.app.world),
        };
        let writing = Arc::clone(&self.writing);
        Box::pin(async move {
            let (log, shown, anchors) = db
                .write(move |tx| {
                    let typed = writing.iter().filter_map(|one| one.typed.as_ref());
                    let log = typing::append(&ctx, tx, id, known, typed)?;
                    let Some((text, followed, known)) = &text else {
                        return Ok((log, true, None));
                    };
                    // With updates of others between, or other threads at its words, the text waits until they are in it.
                    let anchors = documents::anchors::of(tx, id)?;
                    let shown = log.updates.is_empty() && anchors::are_tied_alike(&anchors, known);
                    if shown {
                        reviews::show_typed(&ctx, tx, id, log.last, (text, followed))?;
                    }
                    Ok::<_, Error>((log, shown, Some(anchors)))
                })
                .await?;
            Ok(Written {
                state: state.filter(|_| log.updates.is_empty()),
                log,
                shown,
                anchors,
                took: if shows { now.elapsed() } else { Duration::ZERO },
            })
        })
    }

    /// Takes note of what became of a write; false when the document is gone.
    pub(super) fn written(&mut self, done: Result<Written, Error>) -> bool {
        let writing = std::mem::take(&mut self.writing);
        match done {
            Ok(done) => {
                self.seq = done.log.last;
                self.reached.store(self.seq, Ordering::Relaxed);
                for update in &done.log.updates {
                    if let Err(reason) = self.heard(update) {
                        tracing::error!(document = %self.id, reason, "an update in the log cannot be applied");
                        return false;
                    }
                }
                if let Some(anchors) = done.anchors {
                    self.anchors = anchors;
                }
                if !done.shown {
                    self.show_at = Some(Instant::now());
                }
                if !done.took.is_zero() {
                    self.show_every = (done.took * SHOW_PART).clamp(SHOW_EVERY, SHOW_AT_LEAST);
                }
                if let Some(state) = done.state {
                    tokio::spawn(self.keep(self.seq, state));
                }
                let mut counts: HashMap<u64, u64> = HashMap::new();
                for one in writing.iter() {
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
                let later = std::mem::replace(&mut self.waiting, Arc::unwrap_or_clone(writing));
                self.waiting.extend(later);
                let typed = self.waiting.iter().filter_map(|one| one.typed.as_ref());
                self.waiting_bytes = typed.map(|typed| typed.content.len()).sum();
                self.stale = true;
                self.show_at = Some(Instant::now());
                self.write_at = Instant::now() + PATIENCE;
                true
            }
        }
    }

    /// Takes in what others wrote to the log: a form, a program, another node.
    fn heard(&mut self, content: &[u8]) -> Result<(), String> {
        let update = Update::decode_v1(content).map_err(|error| error.to_string())?;
        self.bytes += content.len();
        match self.apply(update).map_err(|farewell| farewell.reason)? {
            Applied::New(_) => self.tell(&wire::update(content), None),
            Applied::Known => {}
            Applied::Part(..) => return Err("it rests on what is not in the log".to_owned()),
        }
        Ok(())
    }

    fn snapshot_is_due(&self) -> bool {
        self.seq - self.kept_seq >= SNAPSHOT_AFTER
            && self.bytes - self.kept_bytes >= self.kept_bytes / SNAPSHOT_PART
    }

    /// Keeps a state beside the log, after looking whether it can be read again: what it covers may be deleted one day.
    fn keep(&mut self, seq: i64, state: Vec<u8>) -> impl Future<Output = ()> + Send + use<> {
        self.kept_seq = seq;
        self.kept_bytes = state.len();
        self.bytes = state.len();
        let (db, id) = (self.app.db.clone(), self.id);
        let ctx = Ctx::operator(&self.app.world);
        async move {
            let checked = tokio::task::spawn_blocking(move || {
                engine::load(std::slice::from_ref(&state)).map(|_| state)
            });
            let kept = match checked.await {
                Ok(Ok(state)) => {
                    db.write(move |tx| snapshot::keep(&ctx, tx, id, seq, &state))
                        .await
                }
                Ok(Err(error)) => Err(error),
                Err(error) => Err(Error::bug(error)),
            };
            if let Err(error) = kept {
                tracing::warn!(document = %id, cause = %error, "a snapshot could not be kept");
            }
        }
    }

    /// The last thing before a room closes.
    pub(super) async fn leave_snapshot(&mut self) {
        if self.seq - self.kept_seq >= SNAPSHOT_AT_LEAST {
            let state = engine::state(&self.doc);
            self.keep(self.seq, state).await;
        }
    }
}
