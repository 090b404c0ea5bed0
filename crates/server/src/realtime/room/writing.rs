//! Taking updates in, and bringing them to disk: what waits together is one write, and the text that pages show follows in
//! pauses.

use super::Room;
use super::farewell::{COME_AGAIN, DENIED, FAILED, Farewell, TOO_LONG, UNREADABLE};
use crate::realtime::{engine, wire};
use hardwon_core::documents::MAX_BYTES;
use hardwon_core::documents::typing::{self, Log, Typed};
use hardwon_core::{Actor, Ctx, Error, reviews};
use std::collections::HashMap;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::Instant;
use yrs::updates::decoder::Decode as _;
use yrs::{GetString as _, ReadTxn as _, StateVector, Text as _, Transact as _, Update};

/// How long pages may show an older text while somebody types.
const SHOW_EVERY: Duration = Duration::from_secs(1);
/// After a write that the database could not take.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) struct Waiting {
    from: u64,
    actor: Actor,
    origin: String,
    typed: Typed,
}

pub(super) type Write = Pin<Box<dyn Future<Output = Result<(Log, bool), Error>> + Send>>;

impl Room {
    pub(super) fn update(&mut self, id: u64, content: Vec<u8>) -> Result<(), Farewell> {
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
    pub(super) fn units(&self) -> usize {
        let content = engine::content(&self.doc);
        let units = content.len(&self.doc.transact());
        usize::try_from(units).unwrap_or(usize::MAX)
    }

    pub(super) fn apply(&mut self, update: Update) -> Result<Applied, Farewell> {
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
    pub(super) fn written(&mut self, done: Result<(Log, bool), Error>) -> bool {
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

pub(super) enum Applied {
    New,
    /// Everything in it was here already.
    Known,
    /// It rests on updates that are not here.
    Missing,
}
