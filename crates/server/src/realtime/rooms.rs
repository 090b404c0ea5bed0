//! Which documents are being written together, each in a room of its own that lives while somebody is in it.

use super::room::{Command, Member, Room};
use crate::app::App;
use hardwon_core::id::DocumentId;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// What waits for a room's attention; beyond it connections are not read.
const QUEUE: usize = 1_024;

#[derive(Clone, Default)]
pub struct Rooms(Arc<Mutex<HashMap<DocumentId, Door>>>);

#[derive(Clone)]
struct Door {
    room: mpsc::Sender<Command>,
    /// The number up to which the room has the log.
    seq: Arc<AtomicI64>,
}

/// Somebody's door to a room.
pub struct Seat {
    room: mpsc::Sender<Command>,
    pub id: u64,
}

/// The room has closed; whoever comes again finds it open.
#[derive(Debug)]
pub struct Closed;

impl Rooms {
    /// Takes somebody in, and opens the room where it is not.
    pub async fn join(
        &self,
        app: &App,
        document: DocumentId,
        member: Member,
    ) -> Result<Seat, Closed> {
        let room = {
            let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match rooms.entry(document) {
                // A room that ended by itself, its document gone or not to be read, leaves its place to the next.
                Entry::Occupied(place) if !place.get().room.is_closed() => place.get().room.clone(),
                place => {
                    let (sender, receiver) = mpsc::channel(QUEUE);
                    let seq = Arc::new(AtomicI64::new(i64::MAX));
                    tokio::spawn(Room::run(app.clone(), document, Arc::clone(&seq), receiver));
                    place
                        .insert_entry(Door { room: sender, seq })
                        .get()
                        .room
                        .clone()
                }
            }
        };
        let seat = Seat {
            room,
            id: member.id,
        };
        seat.say(Command::Join(member)).await.map(|()| seat)
    }

    /// Somebody wrote to this document up to this number: the room itself, a form, a program, another node.
    pub fn look_again(&self, document: DocumentId, seq: i64) {
        let rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Door { room, .. }) = rooms.get(&document) {
            // A room whose queue is full looks at the log with its next write anyway.
            let _ = room.try_send(Command::LookAgain(seq));
        }
    }

    /// The documents that are open, each with the number up to which its room has the log.
    pub(super) fn open(&self) -> Vec<(DocumentId, i64)> {
        let rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let doors = rooms.iter();
        doors
            .map(|(document, door)| (*document, door.seq.load(Ordering::Relaxed)))
            .collect()
    }

    /// Forgets a room that everybody left, unless somebody is at the door.
    pub(super) fn close(&self, document: DocumentId, queue: &mut mpsc::Receiver<Command>) -> bool {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.is_empty() {
            rooms.remove(&document);
            queue.close();
        }
        queue.is_closed()
    }
}

impl Seat {
    pub async fn say(&self, command: Command) -> Result<(), Closed> {
        self.room.send(command).await.map_err(|_| Closed)
    }
}
