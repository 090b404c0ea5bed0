//! Raw HTML inside Markdown: which of it is handed to the policy, which is shown as written.
//!
//! Tags of ordinary text elements are passed on (and judged by ammonia at the end). Everything else is shown as
//! text: tags of no element (`Vec<T>` written without backticks keeps its `<T>`), tags of elements that run, embed or
//! change how a parser reads what follows, tags that never end, and tags once too many are open at the same time.
//! So raw HTML can neither swallow the text after it nor cost a parser more than its length. Comments are dropped.

use std::collections::HashMap;

use crate::html::{Page, Place, escape};
use crate::policy;

/// More open tags than this at once are shown as text: parsers search and rebuild the open ones again and again.
const MAX_OPEN: usize = 64;
const MAX_ATTRIBUTES: usize = 32;
const MAX_TAG_BYTES: usize = 16 * 1024;

/// Elements the policy drops but whose tags say nothing to a reader.
const SILENT: [&str; 22] = [
    "article", "big", "body", "center", "data", "font", "footer", "header", "hgroup", "html",
    "legend", "main", "nav", "nobr", "picture", "rtc", "source", "strike", "time", "tt", "wbr",
    "acronym",
];
const VOID: [&str; 6] = ["br", "col", "hr", "img", "source", "wbr"];

/// The raw HTML of one document.
#[derive(Debug, Default)]
pub struct Raw {
    open: HashMap<String, usize>,
    total: usize,
    /// Whether anything was written that the policy has to see.
    pub used: bool,
}

impl Raw {
    /// Writes the source of an HTML block or inline tag.
    pub fn write(&mut self, page: &mut Page, source: &str) {
        let mut rest = source;
        while let Some(at) = rest.find('<') {
            self.text(page, &rest[..at]);
            rest = &rest[at..];
            let taken = match piece(rest) {
                Piece::Comment(length) => length,
                Piece::Tag {
                    name,
                    closing,
                    length,
                } => {
                    if self.admit(&name, closing) {
                        self.pass(page, &name, &rest[..length]);
                    } else {
                        page.words(&rest[..length]);
                    }
                    length
                }
                Piece::Words(length) => {
                    page.words(&rest[..length]);
                    length
                }
            };
            rest = &rest[taken..];
        }
        self.text(page, rest);
    }

    /// Words between tags; character references in them are the author's.
    fn text(&mut self, page: &mut Page, words: &str) {
        if words.contains('&') {
            self.used = true;
            for (at, part) in words.split('&').enumerate() {
                if at > 0 {
                    page.markup("&");
                }
                escape(&mut page.html, part, Place::Prose);
            }
            page.text.push_str(words);
        } else {
            page.words(words);
        }
    }

    fn admit(&mut self, name: &str, closing: bool) -> bool {
        if !is_known(name) {
            return false;
        }
        if VOID.contains(&name) {
            return true;
        }
        let open = self.open.entry(name.to_owned()).or_default();
        if closing {
            if *open > 0 {
                *open -= 1;
                self.total -= 1;
            }
            return true;
        }
        if self.total >= MAX_OPEN {
            return false;
        }
        *open += 1;
        self.total += 1;
        true
    }

    fn pass(&mut self, page: &mut Page, name: &str, tag: &str) {
        if name == "br" && !tag.contains(char::is_whitespace) && !tag.starts_with("</") {
            page.markup("<br>");
            page.text.push('\n');
            return;
        }
        self.used = true;
        if name == "img" && !tag.starts_with("</") {
            // The first of two attributes of a name counts, so an author cannot undo these.
            page.markup("<img loading=\"lazy\" referrerpolicy=\"no-referrer\" ");
            page.markup(&tag[4..]);
        } else {
            page.markup(tag);
        }
        if matches!(
            name,
            "p" | "div" | "li" | "tr" | "td" | "th" | "summary" | "dt" | "dd" | "hr"
        ) && !page.text.ends_with(char::is_whitespace)
        {
            page.text.push(' ');
        }
    }
}

/// Whether this inline source is markup (a known tag or a comment) rather than words in angle brackets.
pub fn is_markup(source: &str) -> bool {
    match piece(source) {
        Piece::Comment(_) => true,
        Piece::Tag { name, .. } => is_known(&name),
        Piece::Words(_) => false,
    }
}

fn is_known(name: &str) -> bool {
    name != "input" && (policy::ELEMENTS.contains(&name) || SILENT.contains(&name))
}

enum Piece {
    Comment(usize),
    Tag {
        name: String,
        closing: bool,
        length: usize,
    },
    Words(usize),
}

/// What the `<` at the start of `rest` begins.
fn piece(rest: &str) -> Piece {
    if let Some(comment) = rest.strip_prefix("<!--") {
        if comment.starts_with('>') {
            return Piece::Comment(5);
        }
        if comment.starts_with("->") {
            return Piece::Comment(6);
        }
        return comment
            .find("-->")
            .map_or(Piece::Words(rest.len()), |end| Piece::Comment(4 + end + 3));
    }
    let bytes = rest.as_bytes();
    let closing = bytes.get(1) == Some(&b'/');
    let from = if closing { 2 } else { 1 };
    if !bytes.get(from).is_some_and(u8::is_ascii_alphabetic) {
        return Piece::Words(1);
    }
    let name_length = bytes[from..]
        .iter()
        .take_while(|b| !b.is_ascii_whitespace() && !matches!(b, b'/' | b'>'))
        .count();
    match tag_end(&bytes[..bytes.len().min(MAX_TAG_BYTES)], from + name_length) {
        Some(length) => Piece::Tag {
            name: rest[from..from + name_length].to_ascii_lowercase(),
            closing,
            length,
        },
        None => Piece::Words(1),
    }
}

/// The length of a tag whose attributes start at `at`, read as HTML's tokeniser does; nothing where it does not end
/// or has more attributes than anybody needs.
fn tag_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    for _ in 0..=MAX_ATTRIBUTES {
        while bytes
            .get(at)
            .is_some_and(|b| b.is_ascii_whitespace() || *b == b'/')
        {
            at += 1;
        }
        if *bytes.get(at)? == b'>' {
            return Some(at + 1);
        }
        // The first character belongs to the name even if it is `=`.
        at += 1;
        while !matches!(bytes.get(at)?, b'=' | b'>' | b'/') && !bytes[at].is_ascii_whitespace() {
            at += 1;
        }
        let mut value = at;
        while bytes.get(value)?.is_ascii_whitespace() {
            value += 1;
        }
        if bytes[value] != b'=' {
            continue;
        }
        value += 1;
        while bytes.get(value)?.is_ascii_whitespace() {
            value += 1;
        }
        at = match bytes[value] {
            quote @ (b'"' | b'\'') => {
                value + 2 + bytes[value + 1..].iter().position(|b| *b == quote)?
            }
            b'>' => value,
            _ => {
                value
                    + bytes[value..]
                        .iter()
                        .position(|b| b.is_ascii_whitespace() || *b == b'>')?
            }
        };
    }
    None
}
