//! Which documents are being written together, each in a room of its own that lives while somebody is in it.

use super::room::{Command, Member, Room};
use crate::app::App;
use hardwon_core::id::DocumentId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// What waits for a room's attention; beyond it connections are not read.
const QUEUE: usize = 1_024;

#[derive(Clone, Default)]
pub struct Rooms(Arc<Mutex<HashMap<DocumentId, mpsc::Sender<Command>>>>);

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
            rooms
                .entry(document)
                .or_insert_with(|| {
                    let (sender, receiver) = mpsc::channel(QUEUE);
                    tokio::spawn(Room::run(app.clone(), document, receiver));
                    sender
                })
                .clone()
        };
        let seat = Seat {
            room,
            id: member.id,
        };
        seat.say(Command::Join(member)).await.map(|()| seat)
    }

    /// Somebody else wrote to this document: a form, a program, another node.
    pub fn look_again(&self, document: DocumentId) {
        let rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(room) = rooms.get(&document) {
            // A room whose queue is full looks at the log with its next write anyway.
            let _ = room.try_send(Command::LookAgain);
        }
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
