//! A writer of HTML that escapes by construction and collects the plain words on the way.
//!
//! What it writes is byte for byte what the final policy would write again, so that a text without raw HTML can
//! skip that pass. It deliberately knows no syntax.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::ANCHOR_PREFIX;

/// HTML and plain text, written together.
#[derive(Debug, Default)]
pub struct Page {
    pub html: String,
    pub text: String,
}

impl Page {
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            html: String::with_capacity(bytes + bytes / 2),
            text: String::with_capacity(bytes),
        }
    }

    /// Markup of our own, written as it is.
    pub fn markup(&mut self, tag: &str) {
        self.html.push_str(tag);
    }

    /// Words of the text.
    pub fn words(&mut self, words: &str) {
        escape(&mut self.html, words, Place::Prose);
        self.text.push_str(words);
    }

    /// Words in a code span or block, where direction marks are never meant.
    pub fn code(&mut self, words: &str) {
        escape(&mut self.html, words, Place::Code);
        self.text.push_str(words);
    }

    /// ` name="value"`.
    pub fn attribute(&mut self, name: &str, value: &str) {
        let _ = write!(self.html, " {name}=\"");
        escape(&mut self.html, value, Place::Attribute);
        self.html.push('"');
    }

    /// ` id="h-…"`.
    pub fn anchor(&mut self, id: &str) {
        self.html.push_str(" id=\"");
        self.html.push_str(ANCHOR_PREFIX);
        escape(&mut self.html, id, Place::Attribute);
        self.html.push('"');
    }

    /// An opening link tag; `href` has passed [`crate::policy::url`].
    pub fn open_link(&mut self, href: &str, title: &str) {
        self.html.push_str("<a");
        self.attribute("href", href);
        if !title.is_empty() {
            self.attribute("title", title);
        }
        self.html.push_str(" rel=\"");
        self.html.push_str(crate::policy::LINK_REL);
        self.html.push_str("\">");
    }

    /// An image; `src` has passed [`crate::policy::url`].
    pub fn image(&mut self, src: &str, alt: &str, title: &str) {
        self.html.push_str("<img");
        self.attribute("src", src);
        self.attribute("alt", alt);
        if !title.is_empty() {
            self.attribute("title", title);
        }
        self.html
            .push_str(" loading=\"lazy\" referrerpolicy=\"no-referrer\">");
        self.text.push_str(alt);
    }

    /// A block of code. A reader without a mouse can scroll it, hence the tab stop.
    pub fn code_block(&mut self, language: &str, code: &str) {
        self.html.push_str("<pre tabindex=\"0\"><code");
        if let Some(class) = language_class(language) {
            self.attribute("class", &class);
        }
        self.html.push('>');
        self.code(code);
        self.html.push_str("</code></pre>\n");
        self.end_block();
    }

    /// Ends a line of the plain text and of the HTML source.
    pub fn end_line(&mut self) {
        if !self.html.is_empty() && !self.html.ends_with('\n') {
            self.html.push('\n');
        }
    }

    /// Ends a block of the plain text.
    pub fn end_block(&mut self) {
        let kept = self.text.trim_end().len();
        self.text.truncate(kept);
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }
}

/// `language-rust` for an info string such as `rust,ignore`, or nothing where it names no language.
fn language_class(info: &str) -> Option<String> {
    let name = info
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | ':'))
        .next()
        .unwrap_or_default();
    let sound = !name.is_empty() && name.len() <= 32 && name.bytes().all(is_language_byte);
    sound.then(|| format!("language-{name}"))
}

/// The bytes a language's name may have; the policy asks the same.
pub const fn is_language_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'#' | b'.' | b'_')
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Prose,
    Code,
    Attribute,
}

/// Escapes as an HTML serialiser does. Characters that turn the direction of what follows are written out, since
/// they can make a text say something else than it holds; in prose the isolates stay, as they end by themselves.
pub fn escape(out: &mut String, text: &str, place: Place) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let (with, length): (&str, usize) = match byte {
            b'&' => ("&amp;", 1),
            b'<' => ("&lt;", 1),
            b'>' => ("&gt;", 1),
            b'"' if place == Place::Attribute => ("&quot;", 1),
            // U+00A0, which serialisers write by name.
            0xc2 if bytes.get(at + 1) == Some(&0xa0) => ("&nbsp;", 2),
            0xe2 => match direction(bytes.get(at + 1..at + 3), place) {
                Some(name) => (name, 3),
                None => continue,
            },
            // Control characters that no HTML may hold.
            0..=8 | 0x0b..=0x1f | 0x7f if byte != b'\r' => ("\u{fffd}", 1),
            b'\r' => (
                "\n",
                if bytes.get(at + 1) == Some(&b'\n') {
                    2
                } else {
                    1
                },
            ),
            _ => continue,
        };
        if at < done {
            continue;
        }
        out.push_str(&text[done..at]);
        out.push_str(with);
        done = at + length;
    }
    out.push_str(&text[done.min(text.len())..]);
}

/// A text as it is to be shown where its source matters: characters that turn the direction of what follows, or that
/// hide in it, are written out.
pub fn directions_written_out(text: &str) -> Cow<'_, str> {
    written_out(
        text,
        |c| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'),
    )
}

/// The same for what is never meant in prose: embeddings and overrides, which last until they are ended.
pub fn turns_written_out(text: &str) -> Cow<'_, str> {
    written_out(text, |c| matches!(c, '\u{202a}'..='\u{202e}'))
}

fn written_out(text: &str, turns: fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(turns) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if turns(c) {
            let _ = write!(shown, "⟨U+{:04X}⟩", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    shown.into()
}

fn direction(rest: Option<&[u8]>, place: Place) -> Option<&'static str> {
    let name = match rest? {
        [0x80, 0xaa] => "⟨U+202A⟩",
        [0x80, 0xab] => "⟨U+202B⟩",
        [0x80, 0xac] => "⟨U+202C⟩",
        [0x80, 0xad] => "⟨U+202D⟩",
        [0x80, 0xae] => "⟨U+202E⟩",
        [0x81, 0xa6] if place != Place::Prose => "⟨U+2066⟩",
        [0x81, 0xa7] if place != Place::Prose => "⟨U+2067⟩",
        [0x81, 0xa8] if place != Place::Prose => "⟨U+2068⟩",
        [0x81, 0xa9] if place != Place::Prose => "⟨U+2069⟩",
        _ => return None,
    };
    Some(name)
}

/// One line of words without direction marks and control characters: what a heading is called elsewhere.
pub fn one_line(words: &str) -> String {
    let clean: String = words
        .chars()
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}
