//! Taking an update in: it is checked, goes into the document, and is passed on as it came.

use super::Room;
use super::farewell::{COME_AGAIN, DENIED, FAILED, Farewell, TOO_LONG, TOO_MUCH, UNREADABLE};
use super::writing::Waiting;
use crate::realtime::{engine, wire};
use hardwon_core::Actor;
use hardwon_core::documents::typing::Typed;
use hardwon_core::documents::{Clocks, MAX_BYTES};
use std::sync::Arc;
use yrs::updates::decoder::Decode as _;
use yrs::{ReadTxn as _, StateVector, Text as _, Transact as _, Update};

/// The most that a document may be with everything that was deleted from it, as it is kept.
const MOST_STATE: usize = 32 << 20;

pub(super) enum Applied {
    /// What it adds to the clocks of editing sessions.
    New(Vec<Clocks>),
    /// Everything in it was here already.
    Known,
    /// It rests on updates that are not here; this much of it, if any, does not.
    Part(Option<(Vec<u8>, Vec<Clocks>)>),
}

impl Room {
    pub(super) fn update(&mut self, id: u64, content: Vec<u8>) -> Result<(), Farewell> {
        let Some(present) = self.members.get(&id) else {
            return Ok(());
        };
        let member = &present.member;
        let update = Update::decode_v1(&content).map_err(|_| UNREADABLE)?;
        if update.is_empty() {
            return self.acknowledge(id);
        }
        let author = match member.actor {
            Actor::Person { id, .. } if member.may_write => id,
            // What somebody read before they say again when they come back.
            _ if self.knows(&update) => return self.acknowledge(id),
            _ => return Err(DENIED),
        };
        if self.units() + content.len() > MAX_BYTES {
            return Err(TOO_LONG);
        }
        if self.bytes + content.len() > MOST_STATE {
            return Err(TOO_MUCH);
        }
        let (content, clocks, whole) = match self.apply(update)? {
            Applied::New(clocks) => (content, clocks, true),
            Applied::Known => return self.acknowledge(id),
            Applied::Part(Some((content, clocks))) => (content, clocks, false),
            Applied::Part(None) => return Err(COME_AGAIN),
        };
        self.tell(&wire::update(&content), Some(id));
        self.waiting_bytes += content.len();
        self.bytes += content.len();
        let Some(present) = self.members.get(&id) else {
            return Ok(());
        };
        self.waiting.push(Waiting {
            from: id,
            actor: present.member.actor.clone(),
            origin: Arc::clone(&present.member.origin),
            typed: Some(Typed {
                author,
                content,
                clocks,
            }),
        });
        // Whoever comes again brings everything.
        if whole { Ok(()) } else { Err(COME_AGAIN) }
    }

    /// Nothing of it is new. It counts as saved once everything before it is.
    fn acknowledge(&mut self, id: u64) -> Result<(), Farewell> {
        if self.waiting.is_empty() && self.writing.is_empty() {
            return self.count_saved(id, 1);
        }
        if let Some(present) = self.members.get(&id) {
            self.waiting.push(Waiting {
                from: id,
                actor: present.member.actor.clone(),
                origin: Arc::clone(&present.member.origin),
                typed: None,
            });
        }
        Ok(())
    }

    /// The length of the text in the units that it is counted in, which are no more than its bytes.
    fn units(&self) -> usize {
        let content = engine::content(&self.doc);
        let units = content.len(&self.doc.transact());
        usize::try_from(units).unwrap_or(usize::MAX)
    }

    /// Whether the document has all of it already.
    fn knows(&self, update: &Update) -> bool {
        let here = self.doc.transact().snapshot();
        let state = update.state_vector();
        let mut clocks = state.iter();
        clocks.all(|(client, clock)| here.state_map.get(client) >= *clock)
            && update.delete_set().diff(&here.delete_set).is_empty()
    }

    pub(super) fn apply(&mut self, update: Update) -> Result<Applied, Farewell> {
        let brought = update.insertions(true);
        let (clocks, changed, part) = {
            let mut transaction = self.doc.transact_mut();
            transaction.apply_update(update).map_err(|_| UNREADABLE)?;
            transaction.commit();
            let changed = transaction.before_state() != transaction.after_state()
                || !transaction.delete_set().is_empty();
            let missing = transaction.has_missing_updates();
            let clocks = engine::clocks(&brought, transaction.before_state());
            let part = missing.then(|| changed.then(|| transaction.encode_update_v1()));
            (clocks, changed, part)
        };
        Ok(match part {
            Some(part) => {
                // What waits for the missing ones would come up again with whoever is here next, so it goes.
                self.doc = engine::load(&[engine::state(&self.doc)]).map_err(|_| FAILED)?;
                let Some(part) = part else {
                    return Ok(Applied::Part(None));
                };
                let taken = Update::decode_v1(&part).map_err(|_| FAILED)?;
                let clocks = engine::clocks(&taken.insertions(true), &StateVector::default());
                Applied::Part(Some((part, clocks)))
            }
            None if changed => Applied::New(clocks),
            None => Applied::Known,
        })
    }
}
