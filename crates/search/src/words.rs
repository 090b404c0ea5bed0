//! How text becomes words: where words begin and end, and the folded form they are indexed by.
//!
//! Letters and digits make a word; everything else separates, so `serde_json`, `KEP-1234` and `kube-proxy` are their
//! parts in a row and are found as phrases. Scripts without spaces are cut into overlapping pairs of signs, and the
//! last sign of a run stands alone as well: every sign begins exactly one token, so a single sign is a prefix search.
//! Case and accents are folded away. It knows nothing of fields or ranking.

use std::borrow::Cow;
use std::collections::HashMap;

use frostem::{Algorithm, Stemmer};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word longer than this is indexed by its beginning: nobody types more of a checksum.
const LONGEST: usize = 64;

/// How many stems one writer remembers; English repeats itself, and stemming is the dearest part of indexing.
const STEMS_KEPT: usize = 20_000;

/// One token's place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub start: usize,
    pub end: usize,
    /// A pair of signs (or a single one) of a script written without spaces.
    pub pair: bool,
    /// The last sign of a run of two or more, which the pair before it already holds.
    pub tail: bool,
}

/// The tokens of a text, in order; a token's position is its number.
pub(crate) fn spans(text: &str) -> Spans<'_> {
    Spans {
        text,
        at: 0,
        in_run: false,
    }
}

pub(crate) struct Spans<'a> {
    text: &'a str,
    at: usize,
    in_run: bool,
}

impl Spans<'_> {
    fn sign_at(&self, at: usize) -> Option<char> {
        match self.text.as_bytes().get(at) {
            None => None,
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            Some(_) => self.text[at..].chars().next(),
        }
    }

    /// Steps over ASCII of one sort, byte by byte: most of most texts, and snippets count words by the thousand.
    fn skip_ascii(&mut self, of_words: bool) {
        let rest = &self.text.as_bytes()[self.at..];
        let other = |byte: &u8| !byte.is_ascii() || byte.is_ascii_alphanumeric() != of_words;
        self.at += rest.iter().position(other).unwrap_or(rest.len());
    }
}

impl Iterator for Spans<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        loop {
            let before = self.at;
            self.skip_ascii(false);
            self.in_run &= self.at == before;
            let start = self.at;
            let sign = self.sign_at(start)?;
            let after = start + sign.len_utf8();
            self.at = after;
            if !in_word(sign) {
                self.in_run = false;
                continue;
            }
            if unspaced(sign) {
                let next = self.sign_at(after).filter(|next| unspaced(*next));
                let tail = next.is_none() && self.in_run;
                self.in_run = next.is_some();
                let end = after + next.map_or(0, char::len_utf8);
                return Some(Span {
                    start,
                    end,
                    pair: true,
                    tail,
                });
            }
            self.in_run = false;
            loop {
                self.skip_ascii(true);
                match self.sign_at(self.at) {
                    Some(next) if in_word(next) && !unspaced(next) => self.at += next.len_utf8(),
                    _ => {
                        return Some(Span {
                            start,
                            end: self.at,
                            pair: false,
                            tail: false,
                        });
                    }
                }
            }
        }
    }
}

fn in_word(sign: char) -> bool {
    if sign.is_ascii() {
        sign.is_ascii_alphanumeric()
    } else {
        sign.is_alphanumeric() || is_combining_mark(sign)
    }
}

/// Scripts whose words are not set apart by spaces, or whose words are too short to be searched whole.
fn unspaced(sign: char) -> bool {
    matches!(u32::from(sign),
        0x3005..=0x3007 | 0x3040..=0x30FF | 0x31F0..=0x31FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0xFF66..=0xFF9F | 0x2_0000..=0x3_FFFF)
}

/// The form of a word that is indexed and looked for: lower case, without accents, compatibility forms unified.
pub(crate) fn fold_into(word: &str, pair: bool, folded: &mut String) {
    folded.clear();
    if word.is_ascii() {
        folded.push_str(&word[..word.len().min(LONGEST)]);
        folded.make_ascii_lowercase();
        return;
    }
    if pair {
        // Marks of these scripts change the sound, and so the word: composed, not dropped.
        folded.extend(word.nfkc().flat_map(char::to_lowercase));
        return;
    }
    let plain = word
        .chars()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|sign| !is_combining_mark(*sign));
    for sign in plain.take(LONGEST) {
        match sign {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            other => folded.extend(other.to_lowercase()),
        }
    }
}

/// The folded form of a span's word.
pub(crate) fn folded(text: &str, span: Span) -> String {
    let mut form = String::new();
    fold_into(&text[span.start..span.end], span.pair, &mut form);
    form
}

/// A whole text by its folded words, for "the title is exactly this".
pub(crate) fn folded_whole(text: &str) -> String {
    let mut whole = String::new();
    let mut form = String::new();
    for span in spans(text).filter(|span| !span.tail) {
        fold_into(&text[span.start..span.end], span.pair, &mut form);
        if !whole.is_empty() {
            whole.push(' ');
        }
        whole.push_str(&form);
    }
    let mut end = whole.len().min(500);
    while !whole.is_char_boundary(end) {
        end -= 1;
    }
    whole.truncate(end);
    whole
}

/// The English stem of a folded word; words of other scripts and with digits stay as they are.
pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    if word.len() < 3 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Cow::Borrowed(word);
    }
    Stemmer::new(Algorithm::English).stem(word)
}

/// The tokenizer of a field: exact words, or their stems.
#[derive(Clone)]
pub(crate) struct Words {
    stems: Option<HashMap<String, String>>,
    token: Token,
}

impl Words {
    pub fn exact() -> Self {
        Self {
            stems: None,
            token: Token::default(),
        }
    }

    pub fn stems() -> Self {
        Self {
            stems: Some(HashMap::new()),
            token: Token::default(),
        }
    }
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.token.reset();
        WordStream {
            text,
            spans: spans(text),
            stems: self.stems.as_mut(),
            token: &mut self.token,
        }
    }
}

pub(crate) struct WordStream<'a> {
    text: &'a str,
    spans: Spans<'a>,
    stems: Option<&'a mut HashMap<String, String>>,
    token: &'a mut Token,
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(span) = self.spans.next() else {
            return false;
        };
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = span.start;
        self.token.offset_to = span.end;
        fold_into(
            &self.text[span.start..span.end],
            span.pair,
            &mut self.token.text,
        );
        if let Some(stems) = self.stems.as_deref_mut() {
            if let Some(known) = stems.get(&self.token.text) {
                self.token.text.clone_from(known);
            } else {
                let found = stem(&self.token.text).into_owned();
                if stems.len() >= STEMS_KEPT {
                    stems.clear();
                }
                stems.insert(
                    std::mem::replace(&mut self.token.text, found.clone()),
                    found,
                );
            }
        }
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
