//! The boxes of a task list: where they stand in the source, and how one is ticked.

use super::write::Kind;
use super::{following, line_starts, nesting, options};
use comrak::nodes::NodeValue;
use comrak::{Arena, parse_document};

/// How [`super::render`] begins a task; the n-th of these in the HTML is the n-th of [`tasks`].
pub const BOX: &str = "<li class=\"task\"><input type=\"checkbox\" disabled=\"\"";

/// Where each task's mark stands between its brackets, in bytes.
pub fn tasks(text: &str) -> Vec<usize> {
    let arena = Arena::new();
    let root = parse_document(&arena, &nesting::limit(text), &options(Kind::Document));
    let lines = line_starts(text);
    let mut found = Vec::new();
    let mut at = root.first_child();
    while let Some(node) = at {
        if let NodeValue::TaskItem(task) = &node.data().value {
            let place = task.symbol_sourcepos.start;
            let line = lines.get(place.line.saturating_sub(1));
            found.extend(line.map(|start| start + place.column.saturating_sub(1)));
        }
        at = node.first_child().or_else(|| following(node, root));
    }
    found
}

/// The text with its `number`-th task, counted from 0, done or not done. Gives nothing where there is no such task, or the
/// HTML of the text holds boxes that are none of its lists, so that no number is sure.
pub fn tick(text: &str, number: usize, done: bool) -> Option<String> {
    let found = tasks(text);
    let boxes = crate::render(text, crate::Syntax::Markdown)
        .html
        .matches(BOX)
        .count();
    let at = *found.get(number)?;
    let mark = text.get(at..)?.chars().next()?;
    let framed = text[..at].ends_with('[') && text[at + mark.len_utf8()..].starts_with(']');
    if boxes != found.len() || !framed {
        return None;
    }
    let new = if done { "x" } else { " " };
    Some([&text[..at], new, &text[at + mark.len_utf8()..]].concat())
}
