//! What moves by itself: the document engine and live pages.

mod engine;
mod live;

pub use engine::YrsEngine;
pub use live::{Content, Live, Shaken, Turn, Update};
