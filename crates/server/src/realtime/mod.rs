//! What moves by itself: the document engine and live pages.

mod anchors;
mod engine;
mod live;
mod neighbours;
mod pace;
mod room;
mod rooms;
mod wire;

pub use engine::YrsEngine;
pub use live::{Content, Live, Shaken, Turn, Update};
pub use neighbours::watch as watch_neighbours;
pub use pace::Pace;
pub use room::{COME_AGAIN, Command, Farewell, LOST, Member, Out, Sending, UNREADABLE, outbox};
pub use rooms::{Rooms, Seat};
pub use wire::read as read_frame;
