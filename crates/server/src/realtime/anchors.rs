//! Anchors by relative positions: each is tied to the letters at its ends, and moves with them.

use super::engine::content;
use hardwon_core::documents::Anchor;
use hardwon_prose::place;
use std::ops::Range;
use yrs::updates::decoder::Decode as _;
use yrs::updates::encoder::Encode as _;
use yrs::{Assoc, Doc, IndexedSequence as _, StickyIndex, Transact as _};

/// Positions around a stretch of the document's text, in bytes: what is typed at its ends is no part of it.
pub fn tie(doc: &Doc, text: &str, at: &Range<usize>) -> Option<(Vec<u8>, Vec<u8>)> {
    let units = |part: &str| u32::try_from(part.encode_utf16().count()).ok();
    let start = units(text.get(..at.start)?)?;
    let end = start + units(text.get(at.clone())?)?;
    let content = content(doc);
    let transaction = doc.transact();
    let first = content.sticky_index(&transaction, start, Assoc::After)?;
    let last = content.sticky_index(&transaction, end, Assoc::Before)?;
    Some((first.encode_v1(), last.encode_v1()))
}

/// Where anchors stand in the document, whose text is given. Words that were deleted stand nowhere, unless they were put
/// elsewhere: then the anchor is tied to them there.
pub fn follow(doc: &Doc, text: &str, mut anchors: Vec<Anchor>) -> Vec<Anchor> {
    let mut found: Vec<Option<(u32, u32)>> = Vec::with_capacity(anchors.len());
    {
        let transaction = doc.transact();
        let offset = |position: &[u8]| {
            let position = StickyIndex::decode_v1(position).ok()?;
            Some(position.get_offset(&transaction)?.index)
        };
        for anchor in &anchors {
            let ends = offset(&anchor.first).zip(offset(&anchor.last));
            found.push(ends.filter(|(start, end)| start < end));
        }
    }
    let mut ends: Vec<u32> = found
        .iter()
        .flatten()
        .flat_map(|(start, end)| [*start, *end])
        .collect();
    ends.sort_unstable();
    let bytes = bytes(text, &ends);
    let byte = |unit: u32| {
        ends.binary_search(&unit)
            .ok()
            .and_then(|at| bytes.get(at).copied())
    };
    for (anchor, found) in anchors.iter_mut().zip(found) {
        anchor.at = found.and_then(|(start, end)| Some(byte(start)?..byte(end)?));
        if anchor.at.is_some() {
            continue;
        }
        let Some(again) = place::find_again(text, &anchor.quote) else {
            continue;
        };
        if let Some((first, last)) = tie(doc, text, &again) {
            (anchor.first, anchor.last, anchor.at) = (first, last, Some(again));
        }
    }
    anchors
}

/// Whether two lists tie the same threads to the same letters, wherever these stand.
pub fn are_tied_alike(some: &[Anchor], others: &[Anchor]) -> bool {
    let tied = |anchor: &Anchor| (anchor.thread, anchor.first.clone(), anchor.last.clone());
    some.iter().map(tied).eq(others.iter().map(tied))
}

/// Where UTF-16 units stand in bytes, for sorted units in one pass.
fn bytes(text: &str, units: &[u32]) -> Vec<usize> {
    let mut places = Vec::with_capacity(units.len());
    let mut wanted = units.iter().peekable();
    let mut at = 0;
    for (byte, letter) in text.char_indices() {
        while wanted.next_if(|unit| **unit <= at).is_some() {
            places.push(byte);
        }
        at += if letter.len_utf16() == 2 { 2 } else { 1 };
    }
    places.extend(wanted.map(|_| text.len()));
    places
}

#[cfg(test)]
mod tests {
    use super::super::engine::YrsEngine;
    use super::*;
    use hardwon_core::documents::{Engine as _, Quote};
    use hardwon_core::id::ThreadId;

    fn stands(anchor: &Anchor, text: &str) -> Option<String> {
        anchor.at.clone().map(|at| text[at].to_owned())
    }

    #[test]
    fn an_anchor_stays_with_its_words() {
        let first = "# Kiln \u{1f600}\n\nThe kiln is full today.\n\nLast words.\n";
        let mut log = vec![YrsEngine.update(&[], first).unwrap()];
        let words = "kiln is full today";
        let at = first.find(words).unwrap();
        let at = at..at + words.len();
        let (start, end) = YrsEngine.anchor(&log, at.clone()).unwrap();
        let mut anchors = vec![Anchor {
            thread: ThreadId::from(uuid::Uuid::nil()),
            first: start,
            last: end,
            quote: Quote {
                words: words.into(),
                ..Quote::default()
            },
            at: Some(at),
            shown: None,
        }];
        for (text, expected) in [
            (
                "# Kiln \u{1f600}\n\nNew: the kiln is full today, alas.\n",
                Some("kiln is full today"),
            ),
            (
                "# Kiln\n\nNew: the kiln is quite full today, alas.\n",
                Some("kiln is quite full today"),
            ),
            ("# Kiln\n\nNew: the oven.\n", None),
            (
                "# Kiln\n\nNew: the oven.\n\nBack: kiln is full today\n",
                Some("kiln is full today"),
            ),
        ] {
            log.push(YrsEngine.update(&log, text).unwrap());
            anchors = YrsEngine.follow(&log, anchors).unwrap();
            assert_eq!(stands(&anchors[0], text).as_deref(), expected, "{text}");
        }
    }
}
