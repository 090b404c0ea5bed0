//! What moves by itself: the document engine and live pages.

mod engine;
mod live;
mod room;
mod rooms;
mod wire;

pub use engine::YrsEngine;
pub use live::{Content, Live, Shaken, Turn, Update};
pub use room::{COME_AGAIN, Command, Farewell, LOST, Member, Out, UNREADABLE};
pub use rooms::{Rooms, Seat};
pub use wire::read as read_frame;
