//! Who is in a room, where their cursors are, and how they are told.

use super::Room;
use super::farewell::{Farewell, PRESENCE_TOO_LONG, TOO_MANY, TOO_MANY_EDITORS};
use super::outbox::Outbox;
use crate::realtime::wire;
use axum::body::Bytes;
use hardwon_core::Actor;
use std::collections::HashMap;
use std::sync::Arc;
use yrs::block::ClientID;
use yrs::sync::awareness::AwarenessUpdateEntry;
use yrs::{ReadTxn as _, Transact as _};

const MOST_MEMBERS: usize = 1_000;
/// A presence is a name, a colour and a cursor.
const MOST_PRESENCE: usize = 4 << 10;
/// One connection may speak for so many editors.
const MOST_CLIENTS: usize = 8;

/// Somebody in a room.
pub struct Member {
    pub id: u64,
    pub actor: Actor,
    pub origin: Arc<str>,
    pub name: String,
    pub may_write: bool,
    /// Wants to be told what is on disk.
    pub wants_saved: bool,
    pub out: Outbox,
}

pub(super) struct Present {
    pub(super) member: Member,
    /// How many of its updates are on disk.
    pub(super) saved: u64,
    clients: Vec<ClientID>,
}

impl Room {
    pub(super) fn join(&mut self, member: Member) {
        if self.members.len() >= MOST_MEMBERS {
            member.out.close(TOO_MANY);
            return;
        }
        let hello = wire::state(&self.doc.transact().state_vector());
        // An empty queue takes in whatever comes first.
        let _ = member.out.put(hello);
        if !self.presence.is_empty() {
            let _ = member.out.put(self.everybody());
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

    pub(super) fn everybody(&self) -> Bytes {
        let entries = self.presence.iter();
        wire::presence(
            entries
                .map(|(id, (_, entry))| (*id, entry.clone()))
                .collect(),
        )
    }

    /// Their cursors go with them.
    pub(super) fn leave(&mut self, id: u64) {
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

    pub(super) fn dismiss(&mut self, id: u64, farewell: Farewell) {
        if let Some(present) = self.members.get(&id) {
            present.member.out.close(farewell);
        }
        self.leave(id);
    }

    /// Sends a frame to everybody but one. Whoever does not keep up is cut off and catches up when they come again.
    pub(super) fn tell(&mut self, frame: &Bytes, but: Option<u64>) {
        let mut slow = Vec::new();
        for (&id, present) in &self.members {
            if Some(id) != but
                && let Err(farewell) = present.member.out.put(frame.clone())
            {
                slow.push((id, farewell));
            }
        }
        for (id, farewell) in slow {
            self.dismiss(id, farewell);
        }
    }

    pub(super) fn say(&mut self, id: u64, frame: Bytes) -> Result<(), Farewell> {
        match self.members.get(&id) {
            Some(present) => present.member.out.put(frame),
            None => Ok(()),
        }
    }

    /// Takes where somebody is. What it says of their name is replaced by the name they signed in with.
    pub(super) fn present(
        &mut self,
        id: u64,
        clients: HashMap<ClientID, AwarenessUpdateEntry>,
    ) -> Result<(), Farewell> {
        let mut news = HashMap::new();
        for (client, entry) in clients {
            if entry.json.len() > MOST_PRESENCE {
                return Err(PRESENCE_TOO_LONG);
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
                        return Err(TOO_MANY_EDITORS);
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
