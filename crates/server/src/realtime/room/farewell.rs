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

pub const COME_AGAIN: Farewell = Farewell {
    code: 1012,
    reason: "The document is loaded anew. Please connect again.",
};
pub const TOO_SLOW: Farewell = Farewell {
    code: 1013,
    reason: "This connection did not keep up. Please connect again.",
};
pub const UNREADABLE: Farewell = Farewell {
    code: 1007,
    reason: "This is no message of the Yjs sync protocol.",
};
pub const LOST: Farewell = Farewell {
    code: 1008,
    reason: "There is no such document for you any more.",
};
pub const DENIED: Farewell = Farewell {
    code: 1008,
    reason: "You may read this document, and not write it.",
};
pub const TOO_LONG: Farewell = Farewell {
    code: 1009,
    reason: "A document may hold at most 4 MiB of text.",
};
pub const TOO_MANY: Farewell = Farewell {
    code: 1013,
    reason: "Too many people are in this document.",
};
pub const FAILED: Farewell = Farewell {
    code: 1011,
    reason: "The document cannot be read now. Please try again.",
};
