//! reStructuredText: read into a tree, then written as HTML.
//!
//! The reader follows docutils where documents rely on it and is lenient where docutils would report an error: what
//! cannot be read as markup stays in the text as words, and directives of no meaning here are shown as written.
//! Comments are the one thing a rendering leaves out. (The crate `rst_parser` 0.4.2 was tried: its renderer stops
//! with a panic on 20 of 85 proposals of the Python project, so this is our own.)

mod blocks;
mod directives;
mod explicit;
mod inline;
mod lines;
mod lists;
mod tables;
mod tree;
mod write;

use crate::slug::Slugs;
use crate::{Heading, Links, Rendered, close_sections, policy};

/// Blocks nested deeper than this are shown as written.
const MAX_DEPTH: usize = 40;

/// The headings of a reStructuredText document.
pub fn outline(text: &str) -> Vec<Heading> {
    blocks::read(text).headings
}

/// Renders a reStructuredText document.
pub fn render(text: &str, links: &Links<'_>) -> Rendered {
    let document = blocks::read(text);
    let page = write::write(&document, text.len(), links);
    let text = page.text.trim_end().to_owned();
    Rendered {
        html: policy::enforce(&page.html),
        headings: document.headings,
        words: text.split_whitespace().count(),
        text,
    }
}

/// A title as it was found, before its section is closed.
struct Title {
    level: u8,
    text: String,
    first_line: usize,
    next_line: usize,
}

/// Headings with offsets into the source, from titles with line numbers.
fn headings(text: &str, titles: Vec<Title>) -> Vec<Heading> {
    let starts = crate::markdown::line_starts(text);
    let start_of = |line: usize| starts.get(line).copied().unwrap_or(text.len());
    let mut slugs = Slugs::default();
    let mut headings: Vec<Heading> = titles
        .into_iter()
        .map(|title| {
            let words = crate::html::one_line(&inline::plain(&title.text));
            Heading {
                level: title.level,
                slug: slugs.next(&words),
                text: words,
                start: start_of(title.first_line),
                body_start: start_of(title.next_line),
                end: text.len(),
                line: title.first_line + 1,
            }
        })
        .collect();
    close_sections(&mut headings, text.len());
    headings
}

#[cfg(test)]
mod tests;
