//! How a document names the records of its review: under which heading their words stand, and what stands in it that
//! nobody recorded yet.

use super::records::{RecordForm, RecordKind};
use crate::documents::{self, Document, sections};
use crate::error::Result;
use crate::id::DocumentId;
use crate::people;
use hardwon_db::Tx;
use hardwon_prose::{Heading, Syntax, outline};
use std::ops::Range;

/// A document cut at its headings and folded for comparison.
pub struct Text {
    parts: Vec<Part>,
    /// The stretch of source of each standard section that was found.
    sections: Vec<(String, Range<usize>)>,
}

struct Part {
    start: usize,
    slug: String,
    /// Words between single spaces, with a space at either end.
    words: String,
}

impl Text {
    pub fn of(tx: &mut Tx<'_>, document: DocumentId) -> Result<Self> {
        let document = documents::get(tx, document)?;
        Ok(Self::new(&document.text, document.syntax))
    }

    pub fn new(text: &str, syntax: Syntax) -> Self {
        let headings = outline(text, syntax);
        let mut parts = vec![Part {
            start: 0,
            slug: String::new(),
            words: fold(&text[..headings.first().map_or(text.len(), |first| first.start)]),
        }];
        for (at, heading) in headings.iter().enumerate() {
            let end = headings.get(at + 1).map_or(text.len(), |next| next.start);
            parts.push(Part {
                start: heading.start,
                slug: heading.slug.clone(),
                words: fold(&text[heading.start..end]),
            });
        }
        Self {
            parts,
            sections: standard(text, &headings),
        }
    }

    /// The slug of the heading under which the text names a record, empty before the first heading. Its whole title goes
    /// before its significant words, and the section for its kind before others.
    pub fn names(&self, kind: RecordKind, title: &str) -> Option<String> {
        let title = fold(title);
        if title.trim().is_empty() {
            return None;
        }
        let own = self
            .sections
            .iter()
            .find(|(key, _)| Some(key.as_str()) == kind.section())
            .map(|(_, range)| range.clone());
        let at_home = |part: &&Part| own.as_ref().is_some_and(|own| own.contains(&part.start));
        let whole = |part: &&Part| part.words.contains(&title);
        let significant: Vec<String> = title
            .split(' ')
            .filter(|word| word.chars().count() > 3)
            .map(|word| format!(" {word} "))
            .collect();
        let in_words = |part: &&Part| {
            significant.len() > 1 && significant.iter().all(|word| part.words.contains(word))
        };
        let parts = || self.parts.iter();
        parts()
            .filter(at_home)
            .find(whole)
            .or_else(|| parts().find(whole))
            .or_else(|| parts().filter(at_home).find(in_words))
            .or_else(|| parts().find(in_words))
            .map(|part| part.slug.clone())
    }
}

fn standard(text: &str, headings: &[Heading]) -> Vec<(String, Range<usize>)> {
    sections::find(text, headings)
        .into_iter()
        .filter_map(|found| {
            let slug = found.slug?;
            let heading = headings.iter().find(|heading| heading.slug == slug)?;
            Some((found.key, heading.start..heading.end))
        })
        .collect()
}

fn fold(text: &str) -> String {
    let key = people::key(text);
    let mut words = String::with_capacity(key.len() + 2);
    words.push(' ');
    for word in key.split(|c: char| !c.is_alphanumeric()) {
        if !word.is_empty() {
            words.push_str(word);
            words.push(' ');
        }
    }
    words
}

/// What a document's standard sections hold: their sub-headings or, where there are none, the points of their lists.
pub fn suggestions(document: &Document) -> Vec<RecordForm> {
    let headings = outline(&document.text, document.syntax);
    let mut found = Vec::new();
    for (key, range) in standard(&document.text, &headings) {
        let kind = RecordKind::ALL
            .iter()
            .copied()
            .find(|kind| kind.section() == Some(key.as_str()));
        let Some(kind) = kind else { continue };
        let inner: Vec<&Heading> = headings
            .iter()
            .filter(|heading| heading.start > range.start && heading.start < range.end)
            .collect();
        let level = inner.iter().map(|heading| heading.level).min();
        let mut entries: Vec<(String, String)> = inner
            .iter()
            .filter(|heading| Some(heading.level) == level)
            .map(|heading| {
                (
                    heading.text.clone(),
                    document.text[heading.body_start..heading.end].to_owned(),
                )
            })
            .collect();
        if entries.is_empty() {
            let body = headings
                .iter()
                .find(|heading| heading.start == range.start)
                .map_or(range.start, |heading| heading.body_start);
            entries = points(&document.text[body..range.end]);
        }
        found.extend(entries.into_iter().take(50).filter_map(|(title, detail)| {
            let title: String = plain(&title).chars().take(300).collect();
            let detail: String = plain(&detail).chars().take(2_000).collect();
            (!title.trim().is_empty()).then(|| RecordForm {
                kind,
                title: title.trim().to_owned(),
                detail: detail.trim().to_owned(),
            })
        }));
    }
    found
}

/// The points of the outermost list of a text: what is set in bold or stands in the first sentence, and the rest.
fn points(body: &str) -> Vec<(String, String)> {
    let mut items: Vec<String> = Vec::new();
    let mut inside = false;
    for line in body.lines() {
        if let Some(rest) = bullet(line) {
            items.push(rest.to_owned());
            inside = true;
        } else if inside && (line.starts_with([' ', '\t']) || line.trim().is_empty()) {
            if let Some(item) = items.last_mut() {
                item.push('\n');
                item.push_str(line.trim());
            }
        } else {
            inside = false;
        }
    }
    items
        .into_iter()
        .map(|item| {
            let item = item.trim();
            if let Some((bold, rest)) = item
                .strip_prefix("**")
                .and_then(|rest| rest.split_once("**"))
            {
                return (
                    bold.trim_end_matches([':', '.']).to_owned(),
                    rest.trim_start_matches([':', '.', ' ', '–', '—', '-'])
                        .to_owned(),
                );
            }
            let end = item
                .find(". ")
                .into_iter()
                .chain(item.find(".\n"))
                .chain(item.find('\n'))
                .min();
            end.map_or_else(
                || (item.trim_end_matches('.').to_owned(), String::new()),
                |end| {
                    (
                        item[..end].to_owned(),
                        item[end..].trim_start_matches(['.', ' ', '\n']).to_owned(),
                    )
                },
            )
        })
        .collect()
}

fn bullet(line: &str) -> Option<&str> {
    for mark in ["- ", "* ", "+ "] {
        if let Some(rest) = line.strip_prefix(mark) {
            return Some(rest);
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 3 {
        return None;
    }
    line[digits..]
        .strip_prefix(". ")
        .or_else(|| line[digits..].strip_prefix(") "))
}

/// The words without markup.
fn plain(markdown: &str) -> String {
    hardwon_prose::plain(markdown, Syntax::Markdown)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Intro about caches.\n\n## Goals\n\n- **Explain every balance.** By Support alone.\n- Pay within an hour. In *their* zone\n\
        - Nothing overwritten\n\n## Alternatives\n\n### Double-entry package\n\nIt keeps its own database.\n\n### Nightly job\n\nNo.\n\n\
        ## Costs\n\nThe double entry package costs money.\n";

    #[test]
    fn a_record_is_named_where_its_words_stand() {
        let text = Text::new(TEXT, Syntax::Markdown);
        let check = |kind, title: &str, under: Option<&str>| {
            assert_eq!(text.names(kind, title).as_deref(), under, "{title}");
        };
        check(
            RecordKind::Alternative,
            "Double-Entry package",
            Some("double-entry-package"),
        );
        check(RecordKind::Cost, "double entry package", Some("costs"));
        check(RecordKind::Goal, "Balance: explain (every)", Some("goals"));
        check(RecordKind::Goal, "caches", Some(""));
        check(RecordKind::Assumption, "Sellers stay small", None);
        check(RecordKind::Assumption, "…", None);
    }

    #[test]
    fn what_nobody_recorded_is_found_in_headings_and_lists() {
        let document_text = TEXT;
        let headings = outline(document_text, Syntax::Markdown);
        let goals = headings
            .iter()
            .find(|heading| heading.slug == "goals")
            .unwrap();
        let found = points(&document_text[goals.body_start..goals.end]);
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(title, rest)| (title.as_str(), rest.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("Explain every balance", "By Support alone."),
                ("Pay within an hour", "In *their* zone"),
                ("Nothing overwritten", ""),
            ]
        );
    }
}
