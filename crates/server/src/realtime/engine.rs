//! The document engine: Yjs updates over one shared text, by `yrs`. The only place that names it.

use super::anchors;
use hardwon_core::documents::{Anchor, Engine};
use hardwon_core::error::{Error, Result};
use similar::{Algorithm, DiffOp, capture_diff_slices, capture_diff_slices_deadline};
use std::ops::Range;
use std::time::{Duration, Instant};
use yrs::updates::decoder::Decode;
use yrs::{
    Doc, GetString, OffsetKind, Options, ReadTxn, StateVector, Text, TextRef, Transact, Update,
};

/// The name of the shared text in every document, as its editors know it.
const CONTENT: &str = "content";

/// How long two stretches are compared for the fewest edits; after that larger ones do.
const COMPARES_FOR: Duration = Duration::from_millis(200);

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

/// Turns the old text into the new one by few edits: lines that differ are compared word by word, so that comments and
/// cursors stay with the words that stay.
fn edit(doc: &Doc, old: &str, new: &str) {
    let content = content(doc);
    let mut transaction = doc.transact_mut();
    if old.is_empty() {
        if !new.is_empty() {
            content.insert(&mut transaction, 0, new);
        }
        return;
    }
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) = (
        old.split_inclusive('\n').collect(),
        new.split_inclusive('\n').collect(),
    );
    let units = |lines: &[&str]| -> u32 {
        let count: usize = lines.iter().map(|line| line.encode_utf16().count()).sum();
        u32::try_from(count).expect("a document holds at most 4 MiB")
    };
    let mut at = 0;
    for op in capture_diff_slices(Algorithm::Myers, &old_lines, &new_lines) {
        let (before, after) = (&old_lines[op.old_range()], &new_lines[op.new_range()]);
        if matches!(op, DiffOp::Equal { .. }) {
            at += units(before);
            continue;
        }
        let (before, after) = (before.concat(), after.concat());
        let (before, after) = (pieces(&before), pieces(&after));
        let deadline = Instant::now() + COMPARES_FOR;
        for op in capture_diff_slices_deadline(Algorithm::Myers, &before, &after, Some(deadline)) {
            let (before, after) = (&before[op.old_range()], &after[op.new_range()]);
            if matches!(op, DiffOp::Equal { .. }) {
                at += units(before);
                continue;
            }
            let removed = units(before);
            if removed > 0 {
                content.remove_range(&mut transaction, at, removed);
            }
            if !after.is_empty() {
                content.insert(&mut transaction, at, &after.concat());
                at += units(after);
            }
        }
    }
}

/// Words, and what stands between them.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut last = None;
    for (at, letter) in text.char_indices() {
        let is_word = letter.is_alphanumeric();
        // Signs and white space stand alone, so that they are found again one by one.
        if at > start && (last != Some(true) || !is_word) {
            pieces.push(&text[start..at]);
            start = at;
        }
        last = Some(is_word);
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
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
    fn rubbish_is_refused() {
        assert!(YrsEngine.text(&[vec![255, 255, 255]]).is_err());
    }
}
