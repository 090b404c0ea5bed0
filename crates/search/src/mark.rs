//! Showing a match: safe HTML with the matching words in `<mark>`, and the window of a text worth showing.

use std::ops::Range;

use crate::ask::{Ask, Clause};
use crate::card::Stretch;
use crate::words::{fold_into, spans, stem};

/// Bytes of text shown before the match, and in all.
pub(crate) const BEFORE: usize = 70;
pub(crate) const WINDOW: usize = 260;

/// Which words of a text are matches.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    stems: Vec<String>,
    exact: Vec<String>,
    beginnings: Vec<String>,
}

impl Marks {
    pub fn of(ask: &Ask) -> Self {
        let mut marks = Self::default();
        for clause in &ask.all {
            match clause {
                Clause::Word { stem, .. } => marks.stems.push(stem.clone()),
                Clause::Phrase(words) => marks
                    .exact
                    .extend(words.iter().map(|(_, word)| word.clone())),
                Clause::Beginning(word) => marks.beginnings.push(word.clone()),
                Clause::PhraseBeginning(words) => {
                    marks
                        .exact
                        .extend(words.iter().map(|(_, word)| word.clone()));
                    marks
                        .beginnings
                        .extend(words.last().map(|(_, word)| word.clone()));
                }
            }
        }
        if ask.open {
            match ask.all.last() {
                Some(Clause::Word { exact, .. }) => marks.beginnings.push(exact.clone()),
                Some(Clause::Phrase(words)) => marks
                    .beginnings
                    .extend(words.last().map(|(_, word)| word.clone())),
                _ => {}
            }
        }
        marks
    }

    fn holds(&self, word: &str) -> bool {
        let stemmed = || {
            // Stems keep the first letters of their word, which saves stemming most of a text.
            let first = word.as_bytes().first();
            self.stems
                .iter()
                .any(|wanted| wanted.as_bytes().first() == first)
                && self.stems.iter().any(|wanted| *wanted == stem(word))
        };
        self.exact.iter().any(|wanted| wanted == word)
            || self
                .beginnings
                .iter()
                .any(|wanted| word.starts_with(wanted.as_str()))
            || stemmed()
    }

    /// The matching stretches of a text; those that touch or overlap are one.
    fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        if self.stems.is_empty() && self.exact.is_empty() && self.beginnings.is_empty() {
            return found;
        }
        let mut word = String::new();
        for span in spans(text) {
            fold_into(&text[span.start..span.end], span.pair, &mut word);
            if self.holds(&word) {
                match found.last_mut() {
                    Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                    _ => found.push(span.start..span.end),
                }
            }
        }
        found
    }

    /// A text as safe HTML, on one line.
    pub fn html(&self, text: &str) -> String {
        let mut html = String::with_capacity(text.len() + 64);
        let mut done = 0;
        for range in self.ranges(text) {
            escape(&text[done..range.start], &mut html);
            html.push_str("<mark>");
            escape(&text[range.clone()], &mut html);
            html.push_str("</mark>");
            done = range.end;
        }
        escape(&text[done..], &mut html);
        html
    }

    /// The window of a stretch around its point, as safe HTML.
    pub fn snippet(&self, stretch: &Stretch) -> String {
        let text = stretch.text.as_str();
        let mut start = word_edge(text, stretch.at.saturating_sub(BEFORE), stretch.at);
        if start == 0 {
            start = text.len() - text.trim_start().len();
        }
        let end = word_end(text, (start + WINDOW).max(stretch.at + WINDOW - BEFORE));
        let mut html = String::with_capacity(WINDOW + 64);
        if start > 0 && !(stretch.starts && text[..start].trim().is_empty()) {
            html.push_str("… ");
        }
        html.push_str(&self.html(text[start..end].trim_end()));
        if !(stretch.ends && text[end..].trim().is_empty()) {
            html.push_str(" …");
        }
        html
    }
}

/// The first place from `from` on where a word begins, not behind `point`.
fn word_edge(text: &str, from: usize, point: usize) -> usize {
    if from == 0 {
        return 0;
    }
    let mut edge = from;
    while !text.is_char_boundary(edge) {
        edge += 1;
    }
    let found = text[edge..point.max(edge)]
        .find(char::is_whitespace)
        .map(|space| edge + space);
    found
        .map_or(edge, |space| {
            text[space..]
                .find(|c: char| !c.is_whitespace())
                .map_or(point, |more| space + more)
        })
        .min(point.max(edge))
}

/// The last place up to `to` where a word ends; in the middle of one if it is that long.
fn word_end(text: &str, to: usize) -> usize {
    if to >= text.len() {
        return text.len();
    }
    let mut end = to;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut from = end.saturating_sub(40);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    text[from..end]
        .rfind(char::is_whitespace)
        .map_or(end, |space| from + space)
}

fn escape(text: &str, html: &mut String) {
    let mut spaced = html.ends_with(' ');
    for sign in text.chars() {
        if sign.is_whitespace() {
            if !spaced {
                html.push(' ');
            }
            spaced = true;
            continue;
        }
        spaced = false;
        match sign {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            sign if sign.is_control() => {}
            sign => html.push(sign),
        }
    }
}
