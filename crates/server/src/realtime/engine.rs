//! The document engine: Yjs updates over one shared text, by `yrs`. The only place that names it.

use super::anchors;
use hardwon_core::documents::{Anchor, Clocks, Engine, Stretch, difference};
use hardwon_core::error::{Error, Result};
use std::ops::Range;
use yrs::types::text::YChange;
use yrs::updates::decoder::Decode;
use yrs::{
    Any, Doc, GetString, IdSet, OffsetKind, Options, Out, ReadTxn, Snapshot, StateVector, Text,
    TextRef, Transact, Update,
};

/// The name of the shared text in every document, as its editors know it.
const CONTENT: &str = "content";

#[derive(Debug, Clone, Copy)]
pub struct YrsEngine;

impl Engine for YrsEngine {
    fn update(&self, log: &[Vec<u8>], new: &str) -> Result<Vec<u8>> {
        let doc = load(log)?;
        let content = content(&doc);
        let old = content.get_string(&doc.transact());
        let before = doc.transact().state_vector();
        edit(&doc, &old, new);
        Ok(doc.transact().encode_state_as_update_v1(&before))
    }

    fn text(&self, log: &[Vec<u8>]) -> Result<String> {
        let doc = load(log)?;
        let content = content(&doc);
        let text = content.get_string(&doc.transact());
        Ok(text)
    }

    fn anchor(&self, log: &[Vec<u8>], at: Range<usize>) -> Result<(Vec<u8>, Vec<u8>)> {
        let doc = load(log)?;
        let text = content(&doc).get_string(&doc.transact());
        anchors::tie(&doc, &text, &at).ok_or_else(|| Error::bug("an anchor beyond its text"))
    }

    fn follow(&self, log: &[Vec<u8>], anchors: Vec<Anchor>) -> Result<Vec<Anchor>> {
        let doc = load(log)?;
        let text = content(&doc).get_string(&doc.transact());
        Ok(anchors::follow(&doc, &text, anchors))
    }

    fn clocks(&self, update: &[u8]) -> Result<Vec<Clocks>> {
        let update = Update::decode_v1(update).map_err(Error::bug)?;
        Ok(clocks(&update.insertions(true), &StateVector::default()))
    }

    fn stretches(&self, log: &[Vec<u8>]) -> Result<Vec<Stretch>> {
        let doc = load(log)?;
        let content = content(&doc);
        let mut transaction = doc.transact_mut();
        let now = transaction.snapshot();
        // Against nothing, every piece is an addition and names the place of the clock where it began.
        let nothing = Snapshot::default();
        let pieces = content.diff_range(
            &mut transaction,
            Some(&now),
            Some(&nothing),
            YChange::identity,
        );
        let stretches = pieces.into_iter().filter_map(|piece| {
            let (Out::Any(Any::String(text)), Some(change)) = (piece.insert, piece.ychange) else {
                return None;
            };
            Some(Stretch {
                client: i64::try_from(change.id.client.get()).ok()?,
                clock: change.id.clock.into(),
                text: text.to_string(),
            })
        });
        Ok(stretches.collect())
    }
}

/// Offsets count UTF-16 units, as in the browsers that edit the same document.
pub(super) fn load(log: &[Vec<u8>]) -> Result<Doc> {
    let doc = Doc::with_options(Options {
        offset_kind: OffsetKind::Utf16,
        ..Options::default()
    });
    {
        let mut transaction = doc.transact_mut();
        for update in log {
            let update = Update::decode_v1(update).map_err(Error::bug)?;
            transaction.apply_update(update).map_err(Error::bug)?;
        }
    }
    Ok(doc)
}

/// Everything in a document, as one update.
pub(super) fn state(doc: &Doc) -> Vec<u8> {
    doc.transact().encode_diff_v1(&StateVector::default())
}

/// The shared text of a document.
pub(super) fn content(doc: &Doc) -> TextRef {
    doc.get_or_insert_text(CONTENT)
}

/// What stretches of clocks are new where `known` was there already.
pub(super) fn clocks(brought: &IdSet, known: &StateVector) -> Vec<Clocks> {
    let mut clocks = Vec::new();
    for (client, ranges) in brought.iter() {
        let known = known.get(client);
        for range in ranges.iter().filter(|range| range.end > known) {
            clocks.push(Clocks {
                client: i64::try_from(client.get()).unwrap_or_default(),
                from: range.start.max(known).into(),
                to: range.end.into(),
            });
        }
    }
    clocks
}

/// Turns the old text into the new one by as few edits as a difference finds, of lines and within lines of words, so that
/// comments, cursors and authors elsewhere stay where they are.
fn edit(doc: &Doc, old: &str, new: &str) {
    let content = content(doc);
    let mut transaction = doc.transact_mut();
    if old.is_empty() {
        if !new.is_empty() {
            content.insert(&mut transaction, 0, new);
        }
        return;
    }
    let mut at = 0;
    for edit in difference::edits(old, new) {
        if edit.same {
            at += units(&edit.old);
            continue;
        }
        let removed = units(&edit.old);
        if removed > 0 {
            content.remove_range(&mut transaction, at, removed);
        }
        if !edit.new.is_empty() {
            content.insert(&mut transaction, at, &edit.new);
            at += units(&edit.new);
        }
    }
}

fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).expect("a document holds at most 4 MiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(texts: &[&str]) {
        let mut log = Vec::new();
        for text in texts {
            let update = YrsEngine.update(&log, text).unwrap();
            log.push(update);
            assert_eq!(YrsEngine.text(&log).unwrap(), *text);
        }
    }

    #[test]
    fn a_log_adds_up_to_its_last_text() {
        check(&[
            "",
            "one\ntwo\nthree\n",
            "one\n2\nthree\n",
            "zero\none\nthree\nfour",
        ]);
        check(&["größe 😀\nzwei\n", "größe 😀😀\nzwei\n", "zwei\n", ""]);
    }

    #[test]
    fn what_stays_keeps_the_session_that_wrote_it() {
        let log = [YrsEngine
            .update(&[], "The quick brown fox 😀\njumps.\n")
            .unwrap()];
        let next = YrsEngine
            .update(&log, "The quick red fox 😀\njumps.\n")
            .unwrap();
        let session = |update: &[u8]| YrsEngine.clocks(update).unwrap()[0];
        let (first, second) = (session(&log[0]), session(&next));
        assert_eq!((first.from, first.to), (0, 30));
        assert_eq!((second.from, second.to), (0, 3));
        let stretches = YrsEngine.stretches(&[log[0].clone(), next]).unwrap();
        let told: Vec<_> = stretches
            .iter()
            .map(|one| (one.client == first.client, one.clock, one.text.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (true, 0, "The quick "),
                (false, 0, "red"),
                (true, 15, " fox 😀\njumps.\n")
            ]
        );
    }

    #[test]
    fn rubbish_is_refused() {
        assert!(YrsEngine.text(&[vec![255, 255, 255]]).is_err());
    }
}
