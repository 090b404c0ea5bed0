//! Limits set before the text is parsed, where a parser's work would grow faster than the text: on how deep quotations
//! and lists may be nested (it grows with depth times length, on blank lines too), and on how much inline markup may
//! crowd one paragraph. What is beyond them gets a backslash and so is words. Lines keep their number.
//!
//! Containers are followed here as the parser would open them, with one difference: words never close one. So the
//! depth found may be too large where a list has long ended, but it takes dozens of marks, each further in than the
//! one before, to get there.

use std::borrow::Cow;

use super::MAX_DEPTH;

/// No paragraph has this many brackets and stars; comrak takes 0.1 s for them, and more than its share beyond.
const MAX_MARKS: usize = 50_000;

/// An open container.
#[derive(Clone, Copy)]
enum Open {
    Quote,
    /// A list item or footnote whose content starts at this column.
    Item(usize),
}

/// The text within both limits.
pub fn limit(text: &str) -> Cow<'_, str> {
    match limit_depth(text) {
        Cow::Borrowed(text) => limit_marks(text),
        Cow::Owned(text) => Cow::Owned(limit_marks(&text).into_owned()),
    }
}

/// A backslash before each mark of inline markup that is one too many since the last blank line.
fn limit_marks(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_MARKS {
        return text.into();
    }
    let mut limited = String::new();
    let mut done = 0;
    let mut marks = 0;
    let mut blank = true;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\n' if text.as_bytes()[..at].ends_with(b"\r") => {}
            b'\n' | b'\r' => {
                if blank {
                    marks = 0;
                }
                blank = true;
            }
            b' ' | b'\t' => {}
            b'[' | b']' | b'*' | b'_' | b'~' | b'<' | b'`' if !escaped => {
                blank = false;
                marks += 1;
                if marks > MAX_MARKS {
                    limited.push_str(&text[done..at]);
                    limited.push('\\');
                    done = at;
                }
            }
            _ => blank = false,
        }
        escaped = byte == b'\\' && !escaped;
    }
    if done == 0 {
        return text.into();
    }
    limited.push_str(&text[done..]);
    limited.into()
}

/// A backslash before each container mark that lies too deep.
fn limit_depth(text: &str) -> Cow<'_, str> {
    let mut limited = String::new();
    let mut done = 0;
    let mut start = 0;
    let mut open = Vec::new();
    for line in text.split_inclusive(['\n', '\r']) {
        if let Some(at) = excess(line.as_bytes(), &mut open) {
            limited.push_str(&text[done..start + at]);
            limited.push('\\');
            done = start + at;
        }
        start += line.len();
    }
    if done == 0 {
        return text.into();
    }
    limited.push_str(&text[done..]);
    limited.into()
}

/// Follows the marks at the start of a line; gives the place of one that is too deep.
fn excess(line: &[u8], open: &mut Vec<Open>) -> Option<usize> {
    let mut level = 0;
    let mut column = 0;
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        match byte {
            b' ' => {
                at += 1;
                column += 1;
                continue;
            }
            b'\t' => {
                at += 1;
                column += 4 - column % 4;
                continue;
            }
            _ => {}
        }
        while matches!(open.get(level), Some(Open::Item(content)) if *content <= column) {
            level += 1;
        }
        let (length, container) = if byte == b'>' {
            (1, Open::Quote)
        } else {
            let length = mark(&line[at..])?;
            (length, Open::Item(column + length + 1))
        };
        let goes_on = matches!(
            (container, open.get(level)),
            (Open::Quote, Some(Open::Quote))
        );
        if !goes_on {
            open.truncate(level);
            if level >= MAX_DEPTH {
                return Some(at);
            }
            open.push(container);
        }
        level += 1;
        at += length;
        column += length;
    }
    None
}

/// The length of the list or footnote mark at the start.
fn mark(rest: &[u8]) -> Option<usize> {
    let is_space = |at: usize| rest.get(at).is_none_or(u8::is_ascii_whitespace);
    match rest[0] {
        b'-' | b'+' | b'*' if is_space(1) => Some(1),
        b'0'..=b'9' => {
            let digits = rest
                .iter()
                .take(10)
                .take_while(|b| b.is_ascii_digit())
                .count();
            let closed = matches!(rest.get(digits), Some(b'.' | b')')) && is_space(digits + 1);
            closed.then_some(digits + 1)
        }
        b'[' if rest.get(1) == Some(&b'^') => {
            let label = rest.iter().take(1000).position(|b| *b == b']')?;
            (rest.get(label + 1) == Some(&b':')).then_some(label + 2)
        }
        _ => None,
    }
}
