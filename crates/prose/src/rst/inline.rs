//! Inline markup: emphasis, literals, roles, references, substitutions and bare addresses.
//!
//! A start without an end is words. The search for an end is given up for a kind of markup once it failed, so that
//! reading stays linear whatever the text.

use std::borrow::Cow;

/// A stretch of running text.
#[derive(Debug, PartialEq, Eq)]
pub enum Span<'t> {
    Words(Cow<'t, str>),
    Emphasis(Cow<'t, str>),
    Strong(Cow<'t, str>),
    Literal(&'t str),
    /// Interpreted text; the role is empty where none is given.
    Role {
        role: &'t str,
        text: Cow<'t, str>,
    },
    /// A reference by name.
    Reference {
        text: Cow<'t, str>,
        name: Cow<'t, str>,
        anonymous: bool,
    },
    /// A reference that brings its target along; a named one also defines the name.
    Embedded {
        text: Cow<'t, str>,
        target: Cow<'t, str>,
        anonymous: bool,
    },
    Note(&'t str),
    Substitution {
        name: &'t str,
        reference: bool,
    },
    Target(Cow<'t, str>),
    /// An address standing on its own, and where it leads.
    Address {
        text: &'t str,
        href: Cow<'t, str>,
    },
}

/// The words of inline text without markup. Substitutions stay as their names.
pub fn plain(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for span in spans(text) {
        match span {
            Span::Words(text) | Span::Emphasis(text) | Span::Strong(text) | Span::Target(text) => {
                words.push_str(&text);
            }
            Span::Role { text, .. }
            | Span::Reference { text, .. }
            | Span::Embedded { text, .. } => words.push_str(&text),
            Span::Literal(text) | Span::Address { text, .. } => words.push_str(text),
            Span::Substitution { name, .. } => words.push_str(name),
            Span::Note(label) => {
                words.push('[');
                words.push_str(label);
                words.push(']');
            }
        }
    }
    words
}

/// Splits inline text into spans.
pub fn spans(text: &str) -> Vec<Span<'_>> {
    let mut reader = Reader {
        text,
        at: 0,
        done: 0,
        spans: Vec::new(),
        hopeless: [false; 6],
    };
    reader.read();
    reader.spans
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// Up to here everything is in `spans`.
    done: usize,
    spans: Vec<Span<'t>>,
    /// Kinds of markup that have no end in the rest of the text.
    hopeless: [bool; 6],
}

/// Markup by its end, as an index into `hopeless`.
const ENDS: [&str; 6] = ["``", "**", "*", "`", "|", "]_"];

impl<'t> Reader<'t> {
    fn read(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            let taken = match byte {
                b'\\' => {
                    self.at += 1;
                    self.at += self.text[self.at..]
                        .chars()
                        .next()
                        .map_or(0, char::len_utf8);
                    continue;
                }
                b'*' | b'`' | b'|' | b'[' | b':' | b'_' => self.markup(byte),
                b'h' | b'f' | b'm' | b'H' => self.address(),
                b'@' => self.mail(),
                _ => false,
            };
            if !taken {
                self.at += 1;
                while !self.text.is_char_boundary(self.at) {
                    self.at += 1;
                }
            }
        }
        self.words_until(self.text.len());
    }

    fn words_until(&mut self, end: usize) {
        if end > self.done {
            self.spans
                .push(Span::Words(unescape(&self.text[self.done..end])));
        }
        self.done = end;
    }

    fn push(&mut self, start: usize, end: usize, span: Span<'t>) -> bool {
        self.words_until(start);
        self.spans.push(span);
        self.done = end;
        self.at = end;
        true
    }

    fn markup(&mut self, byte: u8) -> bool {
        let start = self.at;
        let rest = &self.text[start..];
        if byte == b'_' {
            return if rest.starts_with("_`") && self.may_start(2) {
                self.target()
            } else {
                self.simple_reference()
            };
        }
        if byte == b':' {
            return self.role_first();
        }
        let (kind, length) = match byte {
            b'*' if rest.starts_with("**") => (1, 2),
            b'*' => (2, 1),
            b'`' if rest.starts_with("``") => (0, 2),
            b'`' => (3, 1),
            b'|' => (4, 1),
            _ => (5, 1),
        };
        if !self.may_start(length) {
            // The rest of a run of stars must not start a span of its own.
            if length == 2 {
                self.at += 1;
            }
            return false;
        }
        let Some(close) = self.find_end(kind, start + length) else {
            return false;
        };
        let inner = &self.text[start + length..close];
        let end = close + ENDS[kind].len();
        match kind {
            0 => self.push(start, end, Span::Literal(inner)),
            1 => self.push(start, end, Span::Strong(unescape(inner))),
            2 => self.push(start, end, Span::Emphasis(unescape(inner))),
            3 => self.interpreted(start, inner, end),
            4 => {
                let reference = self.text[end..].starts_with('_');
                let end = end + usize::from(reference);
                self.push(
                    start,
                    end,
                    Span::Substitution {
                        name: inner,
                        reference,
                    },
                )
            }
            _ => {
                let label = inner
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"#*-_.:+".contains(&b))
                    && !inner.is_empty();
                label && self.push(start, end, Span::Note(inner))
            }
        }
    }

    /// `` `text` `` with what follows: a role, a reference, or nothing.
    fn interpreted(&mut self, start: usize, inner: &'t str, end: usize) -> bool {
        let after = &self.text[end..];
        if let Some(rest) = after.strip_prefix('_') {
            let anonymous = rest.starts_with('_');
            let end = end + 1 + usize::from(anonymous);
            let span = match embedded(inner) {
                Some((text, target)) => Span::Embedded {
                    text: unescape(text),
                    target: unescape(target),
                    anonymous,
                },
                None => Span::Reference {
                    text: unescape(inner),
                    name: unescape(inner),
                    anonymous,
                },
            };
            return self.push(start, end, span);
        }
        if let Some((role, length)) = role(after) {
            return self.push(
                start,
                end + length,
                Span::Role {
                    role,
                    text: unescape(inner),
                },
            );
        }
        self.push(
            start,
            end,
            Span::Role {
                role: "",
                text: unescape(inner),
            },
        )
    }

    /// `` :role:`text` ``
    fn role_first(&mut self) -> bool {
        let start = self.at;
        let Some((name, length)) = role(&self.text[start..]) else {
            return false;
        };
        let quote = start + length;
        if !self.text[quote..].starts_with('`')
            || self.text[quote..].starts_with("``")
            || !self.starts_after(start)
        {
            return false;
        }
        let Some(close) = self.find_end(3, quote + 1) else {
            return false;
        };
        let inner = &self.text[quote + 1..close];
        self.push(
            start,
            close + 1,
            Span::Role {
                role: name,
                text: unescape(inner),
            },
        )
    }

    /// `` _`words` ``
    fn target(&mut self) -> bool {
        let start = self.at;
        let Some(close) = self.find_end(3, start + 2) else {
            return false;
        };
        let inner = &self.text[start + 2..close];
        self.push(start, close + 1, Span::Target(unescape(inner)))
    }

    /// `word_` or `word__`, met at its underscore.
    fn simple_reference(&mut self) -> bool {
        let end = self.at;
        let bytes = self.text.as_bytes();
        let anonymous = bytes.get(end + 1) == Some(&b'_');
        let after = end + 1 + usize::from(anonymous);
        let word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '+' | ':' | '_');
        if !self.ends_before(after) {
            return false;
        }
        let start = self.text[self.done..end]
            .rfind(|c| !word(c))
            .map_or(self.done, |at| {
                at + self.done
                    + self.text[at + self.done..]
                        .chars()
                        .next()
                        .map_or(1, char::len_utf8)
            });
        let name = &self.text[start..end];
        let sound = name.starts_with(char::is_alphanumeric)
            && name.ends_with(char::is_alphanumeric)
            && self.starts_after(start);
        sound
            && self.push(
                start,
                after,
                Span::Reference {
                    text: name.into(),
                    name: name.into(),
                    anonymous,
                },
            )
    }

    /// A bare `http://…`, `https://…`, `ftp://…` or `mailto:…`.
    fn address(&mut self) -> bool {
        let start = self.at;
        let rest = &self.text[start..];
        let scheme = ["https://", "http://", "ftp://", "mailto:"]
            .iter()
            .find(|scheme| {
                rest.get(..scheme.len())
                    .is_some_and(|found| found.eq_ignore_ascii_case(scheme))
            });
        let before = self.text[..start].chars().next_back();
        let (Some(scheme), false) = (scheme, before.is_some_and(char::is_alphanumeric)) else {
            return false;
        };
        let length = rest
            .find(|c: char| {
                c.is_whitespace()
                    || matches!(c, '<' | '>' | '"' | '`' | '\\' | '|' | '^' | '{' | '}')
            })
            .unwrap_or(rest.len());
        let mut length = rest[..length]
            .trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_'])
            .len();
        // A closing bracket belongs to the sentence unless it was opened in the address.
        while let Some(inner) = rest[..length].strip_suffix([')', ']']) {
            let (open, close) = if rest[..length].ends_with(')') {
                ('(', ')')
            } else {
                ('[', ']')
            };
            if rest[..length].matches(open).count() >= rest[..length].matches(close).count() {
                break;
            }
            length = inner.trim_end_matches(['.', ',', ';', ':']).len();
        }
        if length <= scheme.len() {
            return false;
        }
        let text = &rest[..length];
        self.push(
            start,
            start + length,
            Span::Address {
                text,
                href: text.into(),
            },
        )
    }

    /// A bare mail address, met at its `@`.
    fn mail(&mut self) -> bool {
        let at = self.at;
        let local = self.text[self.done..at]
            .bytes()
            .rev()
            .take_while(|b| b.is_ascii_alphanumeric() || b".-_+".contains(b))
            .count();
        let domain = self.text[at + 1..]
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || b".-".contains(b))
            .count();
        let domain = self.text[at + 1..at + 1 + domain]
            .trim_end_matches(['.', '-'])
            .len();
        if local == 0 || !self.text[at + 1..at + 1 + domain].contains('.') {
            return false;
        }
        let (start, end) = (at - local, at + 1 + domain);
        let text = &self.text[start..end];
        self.push(
            start,
            end,
            Span::Address {
                text,
                href: format!("mailto:{text}").into(),
            },
        )
    }

    /// Whether a start string of this length may stand here: after a space or an opening mark, before words.
    fn may_start(&self, length: usize) -> bool {
        let next = self.text[self.at + length..].chars().next();
        let Some(next) = next.filter(|c| !c.is_whitespace()) else {
            return false;
        };
        let before = self.text[..self.at].chars().next_back();
        // A start in quotes or brackets is a mention of the mark, as in '*'.
        let quoted = before.is_some_and(|open| closing(open) == Some(next));
        self.starts_after(self.at) && !quoted
    }

    fn starts_after(&self, at: usize) -> bool {
        self.text[..at].chars().next_back().is_none_or(|c| {
            c.is_whitespace()
                || matches!(
                    c,
                    '\'' | '"' | '(' | '[' | '{' | '<' | '-' | '/' | ':' | '\u{0}'
                )
                || matches!(c, '‘' | '“' | '’' | '«' | '¡' | '¿' | '–' | '—' | '‐')
                || (at >= 2 && self.text.as_bytes()[at - 2] == b'\\')
        })
    }

    fn ends_before(&self, at: usize) -> bool {
        self.text[at..].chars().next().is_none_or(|c| {
            c.is_whitespace()
                || matches!(
                    c,
                    '\'' | '"'
                        | ')'
                        | ']'
                        | '}'
                        | '>'
                        | '-'
                        | '/'
                        | '\\'
                        | ':'
                        | '.'
                        | ','
                        | ';'
                        | '!'
                        | '?'
                )
                || matches!(c, '’' | '”' | '»' | '–' | '—' | '…' | '‐')
        })
    }

    /// The end string of a kind of markup: after words, before a space or a closing mark.
    fn find_end(&mut self, kind: usize, from: usize) -> Option<usize> {
        if self.hopeless[kind] {
            return None;
        }
        let mark = ENDS[kind];
        let bytes = self.text.as_bytes();
        let mut at = from;
        while let Some(found) = self.text[at..].find(mark).map(|found| found + at) {
            let escaped = kind != 0 && backslashes(bytes, found) % 2 == 1;
            let after_words = found > from && !self.text[..found].ends_with(char::is_whitespace);
            // In `***` the last two stars are the end; likewise for literals.
            let inside_run = bytes.get(found + mark.len()) == Some(&mark.as_bytes()[0]) && kind < 3;
            let followed = match kind {
                3 => self.text[found + 1..].starts_with(['_', ':']) || self.ends_before(found + 1),
                4 => self.text[found + 1..].starts_with('_') || self.ends_before(found + 1),
                _ => self.ends_before(found + mark.len()),
            };
            // A single star that is half of a pair ends nothing.
            let half = kind == 2
                && found > from
                && bytes[found - 1] == b'*'
                && backslashes(bytes, found - 1).is_multiple_of(2);
            if !escaped && after_words && followed && !inside_run && !half {
                return Some(found);
            }
            at = found + 1;
        }
        self.hopeless[kind] = true;
        None
    }
}

fn backslashes(bytes: &[u8], at: usize) -> usize {
    bytes[..at]
        .iter()
        .rev()
        .take_while(|b| **b == b'\\')
        .count()
}

const fn closing(open: char) -> Option<char> {
    match open {
        '\'' => Some('\''),
        '"' => Some('"'),
        '(' => Some(')'),
        '[' => Some(']'),
        '{' => Some('}'),
        '<' => Some('>'),
        _ => None,
    }
}

/// The name in `:name:` at the start, and the length of both colons with it.
fn role(text: &str) -> Option<(&str, usize)> {
    let rest = text.strip_prefix(':')?;
    let bytes = rest.as_bytes();
    let mut end = 0;
    while bytes
        .get(end)
        .is_some_and(|b| b.is_ascii_alphanumeric() || b"-_+.:".contains(b))
        && end < 64
    {
        end += 1;
    }
    let name = rest[..end].strip_suffix(':')?;
    let sound = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric());
    sound.then_some((name, end + 1))
}

/// Text and target of `text <target>`.
pub fn embedded(inner: &str) -> Option<(&str, &str)> {
    let inside = inner.strip_suffix('>')?;
    let open = inside.rfind('<')?;
    let text = inside[..open].trim_end();
    let target = inside[open + 1..].trim();
    let apart = open == 0 || inside[..open].ends_with(char::is_whitespace);
    (apart && !target.is_empty()).then_some((if text.is_empty() { target } else { text }, target))
}

/// Without backslashes: an escaped space vanishes, any other escaped character stands for itself.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            match chars.next() {
                Some(next) if next.is_whitespace() => {}
                Some(next) => plain.push(next),
                None => plain.push('\\'),
            }
        } else {
            plain.push(c);
        }
    }
    plain.into()
}
