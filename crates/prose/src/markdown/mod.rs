//! Markdown: GitHub's, read by comrak and written by our own writer.
//!
//! The writer exists because ids, links, images, nesting depth and raw HTML have to be decided by us anyway, and
//! because a text without raw HTML then needs no second pass.

mod front_matter;
mod nesting;
mod raw;
pub mod tasks;
mod write;

use std::borrow::Cow;

use comrak::nodes::{Node, NodeValue};
use comrak::{Arena, Options, parse_document};

use crate::html::one_line;
use crate::slug::Slugs;
use crate::{Heading, Links, Rendered, close_sections, policy};

use write::Kind;

/// Containers may be nested this deep; what lies deeper is shown without further levels.
pub const MAX_DEPTH: usize = 32;

fn options(kind: Kind) -> Options<'static> {
    let mut options = Options::default();
    let extension = &mut options.extension;
    extension.strikethrough = true;
    extension.table = true;
    extension.tasklist = true;
    extension.autolink = true;
    extension.alerts = true;
    // Description lists stay off: reading them is quadratic in the length of a paragraph.
    if kind == Kind::Document {
        // Ids of footnotes would meet on a page with many comments, and a comment has no front matter.
        extension.footnotes = true;
        extension.front_matter_delimiter = Some("---".to_owned());
    }
    options.parse.relaxed_tasklist_matching = true;
    options
}

/// The headings of a Markdown document.
pub fn outline(text: &str) -> Vec<Heading> {
    let arena = Arena::new();
    headings(
        text,
        parse_document(&arena, &nesting::limit(text), &options(Kind::Document)),
    )
}

/// Renders a Markdown document.
pub fn render(text: &str, links: &Links<'_>) -> Rendered {
    let arena = Arena::new();
    let limited = nesting::limit(text);
    let cut = matches!(limited, Cow::Owned(_));
    let root = parse_document(&arena, &limited, &options(Kind::Document));
    let headings = headings(text, root);
    let written = write::write(root, cut, Kind::Document, &headings, links);
    let html = if written.holds_raw_html {
        policy::enforce(&written.html)
    } else {
        written.html
    };
    Rendered {
        html,
        headings,
        words: written.text.split_whitespace().count(),
        text: written.text,
    }
}

/// Renders the Markdown of a comment.
pub fn render_comment(text: &str, links: &Links<'_>) -> String {
    let arena = Arena::new();
    let limited = nesting::limit(text);
    let cut = matches!(limited, Cow::Owned(_));
    let root = parse_document(&arena, &limited, &options(Kind::Comment));
    let written = write::write(root, cut, Kind::Comment, &[], links);
    if written.holds_raw_html {
        policy::enforce(&written.html)
    } else {
        written.html
    }
}

/// Calls `seen` with each stretch of running text: no code, no links, no raw HTML.
pub fn each_prose(text: &str, seen: &mut dyn FnMut(&str)) {
    let arena = Arena::new();
    let root = parse_document(&arena, &nesting::limit(text), &options(Kind::Comment));
    let mut at = root.first_child();
    while let Some(node) = at {
        let mut inside = node.first_child();
        match &node.data().value {
            NodeValue::Text(words) => seen(words),
            NodeValue::Link(_) | NodeValue::Image(_) => inside = None,
            _ => {}
        }
        at = inside.or_else(|| following(node, root));
    }
}

/// The next node in document order that is not inside `node`.
fn following<'a>(node: Node<'a>, root: Node<'a>) -> Option<Node<'a>> {
    let mut up = node;
    while !up.same_node(root) {
        if let Some(next) = up.next_sibling() {
            return Some(next);
        }
        up = up.parent()?;
    }
    None
}

/// Only headings that stand on their own open a section; one in a quotation or a list item does not.
fn headings<'a>(text: &str, root: Node<'a>) -> Vec<Heading> {
    let lines = line_starts(text);
    let start_of = |line: usize| {
        lines
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or(text.len())
    };
    let mut slugs = Slugs::default();
    let mut headings = Vec::new();
    for node in root.children() {
        let data = node.data();
        let NodeValue::Heading(heading) = &data.value else {
            continue;
        };
        let words = one_line(&words_of(node));
        headings.push(Heading {
            level: heading.level,
            slug: slugs.next(&words),
            text: words,
            start: start_of(data.sourcepos.start.line),
            body_start: start_of(data.sourcepos.end.line + 1),
            end: text.len(),
            line: data.sourcepos.start.line,
        });
    }
    close_sections(&mut headings, text.len());
    headings
}

/// The plain words inside a node.
fn words_of<'a>(root: Node<'a>) -> String {
    let mut words = String::new();
    let mut at = root.first_child();
    while let Some(node) = at {
        match &node.data().value {
            NodeValue::Text(text) => words.push_str(text),
            NodeValue::Code(code) => words.push_str(&code.literal),
            NodeValue::HtmlInline(tag) if !raw::is_markup(tag) => words.push_str(tag),
            NodeValue::SoftBreak | NodeValue::LineBreak => words.push(' '),
            _ => {}
        }
        at = node.first_child().or_else(|| following(node, root));
    }
    words
}

/// Where each line starts, ended by `\n`, `\r\n` or `\r` as in CommonMark.
pub fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == b'\n' || (byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')) {
            starts.push(at + 1);
        }
    }
    starts
}
