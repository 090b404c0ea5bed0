//! What is kept of an entry beside its words: the few facts a hit shows, and its text in small compressed pieces.
//!
//! A document may be 100 kB and a snippet needs 300 bytes of it. Each piece knows the position of its first word, so
//! the piece that holds a match is found from the posting list's positions and only that piece is unpacked.

use serde::{Deserialize, Serialize};

use crate::words::{Spans, spans};
use crate::{Entry, Error};

/// Small enough to unpack in microseconds, large enough to compress.
const PIECE: usize = 1024;

/// Bytes of one row of the table of pieces.
const ROW: usize = 12;

/// The facts of an entry that a hit shows.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Head {
    pub id: String,
    pub kind: String,
    pub title: String,
    pub url: String,
    pub group: String,
    pub state: String,
    pub at: i64,
}

/// Packs an entry for the document store.
pub(crate) fn pack(entry: &Entry) -> Result<Vec<u8>, Error> {
    let head = serde_json::to_vec(&Head {
        id: entry.id.clone(),
        kind: entry.kind.clone(),
        title: entry.title.clone(),
        url: entry.url.clone(),
        group: entry.group.clone(),
        state: entry.state.clone(),
        at: entry.at,
    })
    .map_err(|error| Error::Damaged(error.to_string()))?;
    let pieces = pieces(&entry.body);
    let mut card = Vec::with_capacity(head.len() + entry.body.len() / 2 + 64);
    card.extend(length(head.len()));
    card.extend(head);
    card.extend(length(pieces.len()));
    let mut packed = Vec::with_capacity(entry.body.len() / 2);
    for (index, (start, position)) in pieces.iter().enumerate() {
        let end = pieces
            .get(index + 1)
            .map_or(entry.body.len(), |(next, _)| *next);
        let raw = &entry.body.as_bytes()[*start..end];
        let small = lz4_flex::block::compress(raw);
        card.extend(length(small.len()));
        card.extend(length(raw.len()));
        card.extend(position.to_le_bytes());
        packed.extend(small);
    }
    card.extend(packed);
    card.extend(length(card.len()));
    Ok(card)
}

fn length(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes()
}

/// Where pieces start: the offset in the text and the position of the first word.
fn pieces(body: &str) -> Vec<(usize, u32)> {
    let mut found = vec![(0, 0)];
    let mut started = 0;
    for (position, span) in (0u32..).zip(spans(body)) {
        if span.start >= started + PIECE {
            started = span.start;
            found.push((started, position));
        }
    }
    found
}

/// A packed entry, read in place.
pub(crate) struct Card<'a> {
    pub head: Head,
    table: &'a [u8],
    packed: &'a [u8],
}

struct Piece {
    packed_at: usize,
    packed: usize,
    raw: usize,
    position: u32,
}

fn damaged() -> Error {
    Error::Damaged("a stored entry cannot be read".into())
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

fn split(bytes: &[u8], at: usize) -> Result<(&[u8], &[u8]), Error> {
    bytes.split_at_checked(at).ok_or_else(damaged)
}

impl<'a> Card<'a> {
    /// Reads a stored document. The engine's own way takes bytes one at a time, half the cost of a search; the card is
    /// the only field that is stored and says its length at its end, so it is found without that.
    pub fn read(document: &'a [u8]) -> Result<Self, Error> {
        let end = document.len().checked_sub(4).ok_or_else(damaged)?;
        let length = number(document, end).ok_or_else(damaged)? as usize;
        let start = end.checked_sub(length).ok_or_else(damaged)?;
        Self::parse(&document[start..end])
    }

    fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let head = number(bytes, 0).ok_or_else(damaged)? as usize;
        let (head, rest) = split(&bytes[4..], head)?;
        let rows = number(rest, 0).ok_or_else(damaged)? as usize;
        let (table, packed) = split(&rest[4..], rows.saturating_mul(ROW))?;
        let head = serde_json::from_slice(head).map_err(|_| damaged())?;
        Ok(Self {
            head,
            table,
            packed,
        })
    }

    fn rows(&self) -> impl Iterator<Item = Piece> {
        let mut packed_at = 0;
        self.table.as_chunks::<ROW>().0.iter().map(move |row| {
            let field = |at| number(row, at).unwrap_or(0);
            let piece = Piece {
                packed_at,
                packed: field(0) as usize,
                raw: field(4) as usize,
                position: field(8),
            };
            packed_at += piece.packed;
            piece
        })
    }

    fn unpack(&self, piece: &Piece) -> Result<String, Error> {
        let end = piece.packed_at.saturating_add(piece.packed);
        let packed = self.packed.get(piece.packed_at..end).ok_or_else(damaged)?;
        // A damaged length must not become an allocation of gigabytes: lz4 cannot expand more than 255-fold.
        if piece.raw > packed.len().saturating_mul(255) {
            return Err(damaged());
        }
        let raw = lz4_flex::block::decompress(packed, piece.raw).map_err(|_| damaged())?;
        String::from_utf8(raw).map_err(|_| damaged())
    }

    /// A stretch of text around the word at a position, and where in it that word starts. A position behind the end
    /// (the match was in the title) gives the beginning.
    pub fn around(&self, position: u32, before: usize, after: usize) -> Result<Stretch, Error> {
        let rows: Vec<Piece> = self.rows().collect();
        let Some(found) = rows.iter().rposition(|piece| piece.position <= position) else {
            return Ok(Stretch::default());
        };
        let mut text = self.unpack(&rows[found])?;
        let skipped = (position - rows[found].position) as usize;
        let Some(mut at) = nth_start(spans(&text), skipped) else {
            return self.beginning(before + after);
        };
        let mut first = found;
        if at < before && first > 0 {
            first -= 1;
            let earlier = self.unpack(&rows[first])?;
            at += earlier.len();
            text.insert_str(0, &earlier);
        }
        let mut last = found;
        if text.len() < at + after && last + 1 < rows.len() {
            last += 1;
            text.push_str(&self.unpack(&rows[last])?);
        }
        Ok(Stretch {
            text,
            at,
            starts: first == 0,
            ends: last + 1 == rows.len(),
        })
    }

    /// The beginning of the text.
    pub fn beginning(&self, enough: usize) -> Result<Stretch, Error> {
        let mut text = String::new();
        let mut rows = self.rows().peekable();
        while let Some(piece) = rows.next_if(|_| text.len() < enough) {
            text.push_str(&self.unpack(&piece)?);
        }
        Ok(Stretch {
            text,
            at: 0,
            starts: true,
            ends: rows.peek().is_none(),
        })
    }
}

fn nth_start(mut spans: Spans<'_>, skipped: usize) -> Option<usize> {
    spans.nth(skipped).map(|span| span.start)
}

/// Part of a text, with the offset that matters in it.
#[derive(Debug, Default)]
pub(crate) struct Stretch {
    pub text: String,
    pub at: usize,
    /// The stretch begins where the text begins.
    pub starts: bool,
    /// The stretch ends where the text ends.
    pub ends: bool,
}
