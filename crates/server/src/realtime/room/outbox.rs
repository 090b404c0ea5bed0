//! What waits to be sent to one connection, bounded by its bytes: whoever does not keep up is cut off, and catches up by
//! what they have when they come again.

use super::farewell::{Farewell, Out, TOO_SLOW};
use axum::body::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::mpsc;

/// What waits beside a frame that is being sent: a whole document, and a while of typing.
const MOST_QUEUED: usize = 8 << 20;
/// What a frame costs beside its bytes.
const FRAME: usize = 64;
/// How many frames go out together at most.
const TOGETHER: usize = 64;

/// The room's end.
#[derive(Clone)]
pub struct Outbox {
    queue: mpsc::UnboundedSender<Out>,
    bytes: Arc<AtomicUsize>,
}

/// The connection's end.
pub struct Sending {
    queue: mpsc::UnboundedReceiver<Out>,
    bytes: Arc<AtomicUsize>,
}

pub fn outbox() -> (Outbox, Sending) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let bytes = Arc::new(AtomicUsize::new(0));
    let outbox = Outbox {
        queue: sender,
        bytes: Arc::clone(&bytes),
    };
    let sending = Sending {
        queue: receiver,
        bytes,
    };
    (outbox, sending)
}

impl Outbox {
    pub fn put(&self, frame: Bytes) -> Result<(), Farewell> {
        let cost = frame.len() + FRAME;
        if self.bytes.fetch_add(cost, Ordering::Relaxed) > MOST_QUEUED {
            return Err(TOO_SLOW);
        }
        // Fails when the connection is gone.
        self.queue.send(Out::Frame(frame)).map_err(|_| TOO_SLOW)
    }

    /// The last word; it goes out after everything that waits.
    pub fn close(&self, farewell: Farewell) {
        let _ = self.queue.send(Out::Close(farewell));
    }
}

impl Sending {
    /// What waits, a good many at once; nothing when the room is gone and everything was taken.
    pub async fn take(&mut self, into: &mut Vec<Out>) -> usize {
        let count = self.queue.recv_many(into, TOGETHER).await;
        let cost = into.iter().map(|out| match out {
            Out::Frame(frame) => frame.len() + FRAME,
            Out::Close(_) => 0,
        });
        self.bytes.fetch_sub(cost.sum(), Ordering::Relaxed);
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_queue_is_bounded_by_its_bytes_and_empties() {
        let (outbox, mut sending) = outbox();
        let frame = Bytes::from(vec![0; 3 << 20]);
        for _ in 0..3 {
            outbox.put(frame.clone()).unwrap();
        }
        assert_eq!(outbox.put(frame.clone()).unwrap_err().code, 1013);
        outbox.close(TOO_SLOW);
        let mut taken = Vec::new();
        assert_eq!(sending.take(&mut taken).await, 4);
        assert!(matches!(taken.last(), Some(Out::Close(_))));
        drop(outbox);
        taken.clear();
        assert_eq!(sending.take(&mut taken).await, 0);
    }
}
