//! What a person would call a proposal.

use serde::Serialize;

use super::format::Format;
use super::header::Header;
use super::outline::{self, Heading};
use super::words::{leading_number, one_line, plain, stem, unpadded};

/// Where the title comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TitleFrom {
    Header,
    Heading,
    /// The words of the file's name.
    FileName,
    /// The feature's name, with spaces for its hyphens.
    Feature,
    /// The first sentence, because the file says nothing better.
    Sentence,
}

/// Longest title, in characters; a first sentence is cut at a word.
const LONGEST: usize = 200;

pub(super) fn of(
    path: &str,
    text: &str,
    format: Format,
    number: Option<&str>,
    header: &Header,
    outline: &[Heading],
) -> Option<(String, TitleFrom)> {
    let named = header
        .first("title")
        .map(|title| (bare(title, number), TitleFrom::Header));
    let heading = outline::title(outline, header.end).map(|heading| {
        (
            bare(outline::written(text, heading), number),
            TitleFrom::Heading,
        )
    });
    let file = file_words(path).map(|name| (name, TitleFrom::FileName));
    let feature = ["feature-name", "feature", "feature-gates"]
        .iter()
        .find_map(|key| header.first(key))
        .map(|name| (spaced(&plain(name)), TitleFrom::Feature));
    let sentence =
        || sentence(text, header, outline).map(|sentence| (sentence, TitleFrom::Sentence));
    // A request for comments is known by its file's name or its feature; the heading is often just "Summary".
    let ordered =
        if format == Format::Rfc && header.first("rfc-pr").is_none_or(|_| heading.is_none()) {
            [named, file, feature, heading]
        } else {
            [named, heading, feature, file]
        };
    ordered
        .into_iter()
        .flatten()
        .chain(std::iter::once_with(sentence).flatten())
        .map(|(title, from)| (clipped(&title), from))
        .find(|(title, _)| title.chars().any(char::is_alphanumeric))
}

/// A title without what only numbers or classes it: `ADR 7:`, `Proposal:`, `12.`.
fn bare(title: &str, number: Option<&str>) -> String {
    let title = one_line(title);
    let mut rest = title.as_str();
    loop {
        let shorter = without_label(rest).or_else(|| without_number(rest, number));
        match shorter {
            Some(shorter) if shorter.chars().any(char::is_alphanumeric) => rest = shorter,
            _ => break,
        }
    }
    rest.to_owned()
}

/// Names of classes of proposals, which are no part of a title when a number follows; the long ones are none before a colon
/// either.
const LABELS: &[&str] = &[
    "adr",
    "rfc",
    "rfd",
    "kep",
    "pep",
    "eip",
    "erc",
    "se",
    "st",
    "rep",
    "dep",
    "proposal",
    "design doc",
    "design document",
    "design proposal",
    "decision record",
    "architecture decision record",
    "architectural decision record",
    "decision",
    "enhancement",
    "enhancement proposal",
    "design",
    "title",
];

fn without_label(title: &str) -> Option<&str> {
    LABELS.iter().find_map(|label| {
        let after = after_label(title, label)?;
        let trimmed = after.trim_start_matches([' ', '-', '#', '_']);
        match leading_digits(trimmed) {
            Some(rest) if trimmed.len() < after.len() || label.len() <= 3 => {
                let cut = rest.trim_start();
                let parted = cut.len() < rest.len() || cut.starts_with([':', '.', '-', '–', '—']);
                parted.then(|| cut.trim_start_matches([':', '.', '-', '–', '—', ' ']))
            }
            // Without a number it is a label only if it is written as one, in capitals.
            _ => Some(after.trim_start().strip_prefix(':')?.trim_start())
                .filter(|_| label.len() > 4 && is_capitalised(title, label)),
        }
    })
}

fn is_capitalised(title: &str, label: &str) -> bool {
    let mut words = title.get(..label.len()).unwrap_or("").split(' ');
    words.all(|word| word.starts_with(char::is_uppercase))
}

fn after_label<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(label.len())?;
    start.eq_ignore_ascii_case(label).then_some(rest)
}

/// `12. Title` and `0012 - Title`; `12 Title` only if the proposal's own number is 12.
fn without_number<'a>(title: &'a str, number: Option<&str>) -> Option<&'a str> {
    let rest = leading_digits(title)?;
    let digits = &title[..title.len() - rest.len()];
    let marked = rest
        .strip_prefix(". ")
        .or_else(|| rest.strip_prefix(": "))
        .or_else(|| rest.strip_prefix(" - "));
    let own = number == Some(unpadded(digits).as_str()) || digits.starts_with('0');
    marked
        .or_else(|| rest.strip_prefix(' ').filter(|_| own))
        .map(str::trim_start)
}

fn leading_digits(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < text.len() && text.len() - rest.len() <= 6).then_some(rest)
}

/// The words of the file's name, or of its folder's if the file is an index of it.
fn file_words(path: &str) -> Option<String> {
    let mut name = stem(path);
    if matches!(name.to_lowercase().as_str(), "readme" | "index") {
        name = path.rsplit('/').nth(1)?;
    }
    let rest = leading_number(name).map_or(name, |(_, rest)| rest);
    let label = LABELS
        .iter()
        .find_map(|label| after_label(rest, label)?.strip_prefix('-'));
    let rest = label
        .and_then(|rest| leading_number(rest).map(|(_, rest)| rest))
        .unwrap_or(rest);
    (rest.chars().filter(|c| c.is_alphabetic()).count() >= 3).then(|| spaced(rest))
}

fn spaced(name: &str) -> String {
    let name = name.trim_matches(['#', '[', ']', ' ']);
    if name.contains(' ') {
        one_line(name)
    } else {
        one_line(&name.replace(['-', '_'], " "))
    }
}

fn sentence(text: &str, header: &Header, outline: &[Heading]) -> Option<String> {
    let known = |line: &str| {
        line.contains(':')
            && header
                .fields
                .iter()
                .any(|f| !f.value.is_empty() && line.contains(f.value.as_str()))
    };
    let starts: Vec<usize> = outline.iter().map(|heading| heading.start).collect();
    let mut at = header.end;
    let mut paragraph = String::new();
    for line in text.get(header.end..)?.split_inclusive('\n') {
        let heading = outline
            .iter()
            .any(|heading| (heading.start..heading.body_start).contains(&at));
        let bare = line.trim();
        let skip = heading
            || starts.contains(&at)
            || bare.is_empty()
            || bare.starts_with(['<', '[', '|', '#', '=', '!'])
            || known(bare);
        at += line.len();
        if skip && paragraph.is_empty() {
            continue;
        }
        if skip {
            break;
        }
        paragraph.push_str(bare);
        paragraph.push(' ');
    }
    let flat = one_line(&plain(&paragraph));
    let end = flat.find(". ").unwrap_or(flat.len());
    let sentence = flat[..end]
        .trim_end_matches('.')
        .trim_start_matches(['-', '*', ' ']);
    sentence
        .chars()
        .any(char::is_alphabetic)
        .then(|| sentence.to_owned())
}

fn clipped(title: &str) -> String {
    if title.chars().count() <= LONGEST {
        return title.trim().to_owned();
    }
    let mut out = String::new();
    for word in title.split_whitespace() {
        if out.chars().count() + word.chars().count() + 2 > LONGEST {
            break;
        }
        out.push_str(word);
        out.push(' ');
    }
    if out.is_empty() {
        out = title.chars().take(LONGEST - 1).collect();
    }
    format!("{}…", out.trim_end())
}
