//! The headings of a text in any of the three syntaxes, with the stretches they head.

use hardwon_prose as prose;

use super::Syntax;
use super::sections::section_kind;

/// A heading; offsets are bytes into the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    pub level: u8,
    pub text: String,
    pub start: usize,
    pub body_start: usize,
    /// Before the next heading of this or a higher level.
    pub end: usize,
}

pub(super) fn of(text: &str, syntax: Syntax) -> Vec<Heading> {
    let syntax = match syntax {
        Syntax::Markdown => prose::Syntax::Markdown,
        Syntax::Rst => prose::Syntax::Rst,
        Syntax::AsciiDoc => return asciidoc(text),
    };
    prose::outline(text, syntax)
        .into_iter()
        .map(|heading| Heading {
            level: heading.level,
            text: heading.text,
            start: heading.start,
            body_start: heading.body_start,
            end: heading.end,
        })
        .collect()
}

/// The first heading after a header, if it names the text and not its first part: "Summary" and "History" head a section,
/// unless nothing else stands at their level.
pub(super) fn title(outline: &[Heading], from: usize) -> Option<&Heading> {
    const PARTS: &[&str] = &[
        "note",
        "history",
        "introduction",
        "overview",
        "status",
        "table of contents",
        "contents",
        "changelog",
        "release signoff checklist",
    ];
    let mut headings = outline.iter().filter(|heading| heading.start >= from);
    let first = headings.next()?;
    let lone = headings.all(|heading| heading.level != first.level);
    let part = section_kind(&first.text).is_some() && first.text.split_whitespace().count() <= 3;
    let part = (part && !lone) || PARTS.contains(&first.text.to_lowercase().as_str());
    (!part).then_some(first)
}

/// A heading as its line writes it, code marks included; its words alone where the line has links or markup of its own.
pub(super) fn written<'a>(text: &'a str, heading: &'a Heading) -> &'a str {
    let line = text
        .get(heading.start..heading.body_start)
        .and_then(|lines| lines.lines().next())
        .unwrap_or("");
    let bare = line
        .trim()
        .trim_start_matches(['#', '='])
        .trim_end_matches('#')
        .trim();
    let plain =
        !bare.contains(['[', '<', '\\', '&', '{']) && bare.chars().any(char::is_alphanumeric);
    if plain { bare } else { &heading.text }
}

/// `= Title` to `====== Section`, outside of delimited blocks.
fn asciidoc(text: &str) -> Vec<Heading> {
    let mut found: Vec<Heading> = Vec::new();
    let mut block: Option<&str> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let body_start = start + line.len();
        let trimmed = line.trim_end();
        if let Some(open) = block {
            if trimmed == open {
                block = None;
            }
        } else if is_fence(trimmed) {
            block = Some(trimmed);
        } else if let Some((level, words)) = asciidoc_heading(trimmed) {
            found.push(Heading {
                level,
                text: words,
                start,
                body_start,
                end: text.len(),
            });
        }
        start = body_start;
    }
    for at in 0..found.len() {
        let (level, after) = (found[at].level, &found[at + 1..]);
        if let Some(next) = after.iter().find(|next| next.level <= level) {
            found[at].end = next.start;
        }
    }
    found
}

fn is_fence(line: &str) -> bool {
    line.len() >= 4
        && ["-", "=", ".", "/", "+", "*", "_"]
            .iter()
            .any(|mark| line.trim_start_matches(mark).is_empty())
}

fn asciidoc_heading(line: &str) -> Option<(u8, String)> {
    let words = line.trim_start_matches('=');
    let level = line.len() - words.len();
    if !(1..=6).contains(&level) || !words.starts_with(' ') {
        return None;
    }
    let words = words.split(" [[").next().unwrap_or(words);
    Some((
        u8::try_from(level).ok()?,
        words.replace(['`', '*'], "").trim().to_owned(),
    ))
}
