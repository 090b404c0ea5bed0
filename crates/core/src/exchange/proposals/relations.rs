//! What a proposal says of its relation to others, in its header or below its status.

use serde::Serialize;

use super::format::Format;
use super::header::Header;
use super::key;
use super::outline::Heading;
use super::words::{links, one_line, plain};

/// How two proposals relate, as one of them says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelationKind {
    /// Takes the place of the other: "supersedes", "replaces", "obsoletes".
    Supersedes,
    SupersededBy,
    Requires,
    RequiredBy,
    /// "Amends" and "extends".
    Amends,
    AmendedBy,
    /// An earlier attempt at the same.
    Previous,
    SeeAlso,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Relation {
    pub kind: RelationKind,
    /// The reference as the source writes it.
    pub written: String,
    /// The [`key`](super::Proposal::key) the other proposal has if it is read too; none if the reference is not to a
    /// proposal that can be told.
    pub target: Option<String>,
}

const FIELDS: &[(&str, RelationKind)] = &[
    ("supersedes", RelationKind::Supersedes),
    ("supercedes", RelationKind::Supersedes),
    ("replaces", RelationKind::Supersedes),
    ("obsoletes", RelationKind::Supersedes),
    ("superseded-by", RelationKind::SupersededBy),
    ("superceded-by", RelationKind::SupersededBy),
    ("replaced-by", RelationKind::SupersededBy),
    ("obsoleted-by", RelationKind::SupersededBy),
    ("requires", RelationKind::Requires),
    ("depends-on", RelationKind::Requires),
    ("required-by", RelationKind::RequiredBy),
    ("amends", RelationKind::Amends),
    ("extends", RelationKind::Amends),
    ("updates", RelationKind::Amends),
    ("amended-by", RelationKind::AmendedBy),
    ("extended-by", RelationKind::AmendedBy),
    ("updated-by", RelationKind::AmendedBy),
    ("previous-proposal", RelationKind::Previous),
    ("previous-proposals", RelationKind::Previous),
    ("see-also", RelationKind::SeeAlso),
    ("related", RelationKind::SeeAlso),
    ("related-to", RelationKind::SeeAlso),
    ("relates-to", RelationKind::SeeAlso),
    ("related-adrs", RelationKind::SeeAlso),
    ("related-rfcs", RelationKind::SeeAlso),
    ("related-proposals", RelationKind::SeeAlso),
];

/// Words that begin a line of a status and are followed by links.
const LINES: &[(&str, RelationKind)] = &[
    ("superseded by", RelationKind::SupersededBy),
    ("superceded by", RelationKind::SupersededBy),
    ("superseded", RelationKind::SupersededBy),
    ("replaced by", RelationKind::SupersededBy),
    ("supersedes", RelationKind::Supersedes),
    ("supercedes", RelationKind::Supersedes),
    ("replaces", RelationKind::Supersedes),
    ("amended by", RelationKind::AmendedBy),
    ("amends", RelationKind::Amends),
    ("requires", RelationKind::Requires),
    ("clarifies", RelationKind::SeeAlso),
    ("related to", RelationKind::SeeAlso),
];

pub(super) fn of(
    path: &str,
    text: &str,
    format: Format,
    header: &Header,
    outline: &[Heading],
) -> Vec<Relation> {
    let mut found = Vec::new();
    for (key, kind) in FIELDS {
        for value in header.all(key) {
            for written in parts(value) {
                push(&mut found, *kind, &written, path, format);
            }
        }
    }
    for line in status_lines(text, header, outline) {
        let bare = plain(line)
            .trim_start_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase();
        let Some((_, kind)) = LINES.iter().find(|(words, _)| bare.contains(words)) else {
            continue;
        };
        for (label, target) in links(line) {
            push(
                &mut found,
                *kind,
                &format!("[{label}]({target})"),
                path,
                format,
            );
        }
    }
    found
}

fn push(found: &mut Vec<Relation>, kind: RelationKind, written: &str, path: &str, format: Format) {
    let relation = Relation {
        kind,
        target: key::target(written, path, format),
        written: written.to_owned(),
    };
    if !found.contains(&relation) {
        found.push(relation);
    }
}

/// A field's value split into its references: each link, or what commas part.
fn parts(value: &str) -> Vec<String> {
    let found = links(value);
    if !found.is_empty() {
        return found
            .iter()
            .map(|(label, target)| format!("[{label}]({target})"))
            .collect();
    }
    value
        .split([',', ';', '\n'])
        .map(|part| {
            one_line(part)
                .trim_matches(['"', '\'', ' ', '.'])
                .to_owned()
        })
        .filter(|part| !part.is_empty())
        .collect()
}

fn status_lines<'a>(text: &'a str, header: &'a Header, outline: &[Heading]) -> Vec<&'a str> {
    let field = header
        .fields
        .iter()
        .filter(|field| field.key == "status")
        .map(|field| field.value.as_str());
    let section = outline
        .iter()
        .take(12)
        .find(|heading| heading.text.eq_ignore_ascii_case("status"))
        .and_then(|heading| text.get(heading.body_start..heading.end))
        .unwrap_or("");
    field.chain(section.lines().take(40)).collect()
}
