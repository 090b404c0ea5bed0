//! The frames of y-protocols (sync and awareness, version 1) as they go over a WebSocket. What a frame declares is held
//! against the bytes that are there before anything is reserved for it.

use axum::body::Bytes;
use std::collections::HashMap;
use yrs::block::ClientID;
use yrs::encoding::read::{Cursor, Read as _};
use yrs::encoding::write::Write as _;
use yrs::sync::awareness::{AwarenessUpdate, AwarenessUpdateEntry};
use yrs::sync::protocol::{
    MSG_AWARENESS, MSG_QUERY_AWARENESS, MSG_SYNC, MSG_SYNC_STEP_1, MSG_SYNC_STEP_2, MSG_SYNC_UPDATE,
};
use yrs::updates::decoder::Decode as _;
use yrs::updates::encoder::Encode as _;
use yrs::{StateVector, Update};

/// Hardwon's own message: how many updates of this connection are on disk. Only who asks for it is sent it.
const MSG_SAVED: u8 = 100;

/// Clients send one message a frame, or a few.
const MOST_MESSAGES: usize = 64;

/// What a client says.
#[derive(Debug)]
pub enum Said {
    /// What it has, to be sent the rest.
    State(StateVector),
    /// Well-formed, as it came.
    Update(Vec<u8>),
    Presence(AwarenessUpdate),
    AskPresence,
}

/// The frame is no frame of this protocol; nothing more can be said of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreadable;

impl From<yrs::encoding::read::Error> for Unreadable {
    fn from(_: yrs::encoding::read::Error) -> Self {
        Self
    }
}

/// Reads the messages of a frame. `yrs` asserts some of what it reads (that a client's number has 53 bits at most), which a
/// hand-made client may get wrong; nothing is shared that a panic could leave half done.
pub fn read(frame: &[u8]) -> Result<Vec<Said>, Unreadable> {
    std::panic::catch_unwind(|| parse(frame)).unwrap_or(Err(Unreadable))
}

/// Messages of other kinds, which some clients add, are passed over.
fn parse(frame: &[u8]) -> Result<Vec<Said>, Unreadable> {
    let mut cursor = Cursor::new(frame);
    let mut said = Vec::new();
    while cursor.has_content() {
        if said.len() == MOST_MESSAGES {
            return Err(Unreadable);
        }
        match cursor.read_var::<u8>()? {
            MSG_SYNC => {
                let step = cursor.read_var::<u8>()?;
                let body = counted(cursor.read_buf()?)?;
                said.push(match step {
                    MSG_SYNC_STEP_1 => Said::State(StateVector::decode_v1(body)?),
                    MSG_SYNC_STEP_2 | MSG_SYNC_UPDATE => {
                        Update::decode_v1(body)?;
                        Said::Update(body.to_vec())
                    }
                    _ => return Err(Unreadable),
                });
            }
            MSG_AWARENESS => {
                let body = counted(cursor.read_buf()?)?;
                said.push(Said::Presence(AwarenessUpdate::decode_v1(body)?));
            }
            MSG_QUERY_AWARENESS => said.push(Said::AskPresence),
            _ => {
                cursor.read_buf()?;
            }
        }
    }
    Ok(said)
}

/// A body begins with how many entries follow; each has a byte at least.
fn counted(body: &[u8]) -> Result<&[u8], Unreadable> {
    let count = Cursor::new(body).read_var::<u32>()?;
    if usize::try_from(count).is_ok_and(|count| count <= body.len()) {
        Ok(body)
    } else {
        Err(Unreadable)
    }
}

fn sync(step: u8, body: &[u8]) -> Bytes {
    let mut frame = Vec::with_capacity(body.len() + 8);
    frame.write_var(MSG_SYNC);
    frame.write_var(step);
    frame.write_buf(body);
    frame.into()
}

/// Asks for what the other side has beyond this.
pub fn state(state: &StateVector) -> Bytes {
    sync(MSG_SYNC_STEP_1, &state.encode_v1())
}

/// The answer to a state: what is missing there.
pub fn rest(update: &[u8]) -> Bytes {
    sync(MSG_SYNC_STEP_2, update)
}

pub fn update(update: &[u8]) -> Bytes {
    sync(MSG_SYNC_UPDATE, update)
}

pub fn presence(clients: HashMap<ClientID, AwarenessUpdateEntry>) -> Bytes {
    let body = AwarenessUpdate { clients }.encode_v1();
    let mut frame = Vec::with_capacity(body.len() + 8);
    frame.write_var(MSG_AWARENESS);
    frame.write_buf(&body);
    frame.into()
}

pub fn saved(count: u64) -> Bytes {
    let mut body = Vec::with_capacity(8);
    body.write_var(count);
    let mut frame = Vec::with_capacity(10);
    frame.write_var(MSG_SAVED);
    frame.write_buf(&body);
    frame.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::realtime::engine;
    use proptest::prelude::*;
    use yrs::{GetString as _, Text as _, Transact as _};

    /// Typing by three clients, each update a frame of its own.
    fn typing() -> Vec<Vec<u8>> {
        let mut frames = Vec::new();
        let mut all = Vec::new();
        for _ in 0..3 {
            let doc = engine::load(&all).unwrap();
            let content = engine::content(&doc);
            for words in ["größe ", "😀", "zwei\n"] {
                let mut transaction = doc.transact_mut();
                content.insert(&mut transaction, 0, words);
                content.remove_range(&mut transaction, 0, 1);
                let bytes = transaction.encode_update_v1();
                frames.push(update(&bytes).to_vec());
                all.push(bytes);
            }
        }
        frames
    }

    proptest! {
        #[test]
        fn no_bytes_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }

        #[test]
        fn no_broken_typing_does_harm(
            changes in proptest::collection::vec((0_usize..9, any::<prop::sample::Index>(), any::<u8>()), 1..6),
            order in Just((0..9).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let mut frames = typing();
            for (frame, at, byte) in changes {
                let at = at.index(frames[frame].len());
                frames[frame][at] = byte;
            }
            let doc = engine::load(&[]).unwrap();
            for frame in order {
                for said in read(&frames[frame]).unwrap_or_default() {
                    if let Said::Update(body) = said {
                        let update = Update::decode_v1(&body).unwrap();
                        let _ = doc.transact_mut().apply_update(update);
                    }
                }
            }
            let text = engine::content(&doc).get_string(&doc.transact());
            let again = engine::load(&[engine::state(&doc)]).unwrap();
            prop_assert_eq!(engine::content(&again).get_string(&again.transact()), text);
        }
    }

    #[test]
    fn frames_come_back_as_they_went() {
        let said = read(&update(&[0, 0])).unwrap();
        assert!(matches!(&said[..], [Said::Update(body)] if body == &[0, 0]));
        let said = read(&state(&StateVector::default())).unwrap();
        assert!(matches!(&said[..], [Said::State(state)] if state.is_empty()));
        let both = [presence(HashMap::new()), update(&[0, 0])].concat();
        assert_eq!(read(&both).unwrap().len(), 2);
        assert!(read(&saved(7)).unwrap().is_empty());
    }

    #[test]
    fn what_declares_more_than_it_holds_is_refused() {
        // A state vector of 800 million entries in five bytes.
        let boast = [0xff, 0xff, 0xff, 0xfe, 0x02];
        for step in [MSG_SYNC_STEP_1, MSG_SYNC_STEP_2, MSG_SYNC_UPDATE] {
            assert_eq!(read(&sync(step, &boast)).unwrap_err(), Unreadable);
        }
        assert_eq!(read(&[MSG_SYNC, 9, 1, 0]).unwrap_err(), Unreadable);
        assert_eq!(read(&[MSG_SYNC, 2, 200]).unwrap_err(), Unreadable);
        assert_eq!(read(&[MSG_AWARENESS]).unwrap_err(), Unreadable);
        assert_eq!(read(&update(&[0, 0]).repeat(65)).unwrap_err(), Unreadable);
    }
}
