//! What a room says to a connection, its last word included.

use axum::body::Bytes;

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

const fn farewell(code: u16, reason: &'static str) -> Farewell {
    Farewell { code, reason }
}

pub const COME_AGAIN: Farewell =
    farewell(1012, "The document is loaded anew. Please connect again.");
pub const TOO_SLOW: Farewell = farewell(
    1013,
    "This connection did not keep up. Please connect again.",
);
pub const UNREADABLE: Farewell = farewell(1007, "This is no message of the Yjs sync protocol.");
pub const LOST: Farewell = farewell(1008, "There is no such document for you any more.");
pub const DENIED: Farewell = farewell(1008, "You may read this document, and not write it.");
pub const TOO_LONG: Farewell = farewell(1009, "A document may hold at most 4 MiB of text.");
pub const TOO_MUCH: Farewell = farewell(
    1009,
    "Too much was ever written into this document. Please go on in a new one.",
);
pub const PRESENCE_TOO_LONG: Farewell = farewell(1009, "A presence may be at most 4 KiB long.");
pub const TOO_MANY_EDITORS: Farewell =
    farewell(1008, "One connection may speak for at most 8 editors.");
pub const TOO_MANY: Farewell = farewell(1013, "Too many people are in this document.");
pub const FAILED: Farewell = farewell(1011, "The document cannot be read now. Please try again.");
