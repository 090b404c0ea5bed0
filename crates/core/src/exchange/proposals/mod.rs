//! Proposals as organisations keep them in files: Markdown, reStructuredText and AsciiDoc with front matter, with
//! the headers of Rust RFCs, Kubernetes enhancements, PEPs, EIPs, Swift Evolution, Go proposals, request-for-discussion
//! repositories, and MADR and Nygard decision records, and without any.
//!
//! This module owns reading: which files of a folder are proposals, and what each says of its title, authors, date,
//! state, relations, sections and open questions. It judges nothing and writes nothing: no database, no clock, no
//! network. The text of a proposal is kept byte for byte; everything else points into it or is taken from its header.

mod authors;
mod date;
mod format;
mod header;
mod key;
mod outline;
mod questions;
mod relations;
mod sections;
mod state;
#[cfg(test)]
mod tests;
mod title;
mod walk;
mod words;

use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

pub use authors::Author;
pub use format::Format;
pub use header::Field;
pub use questions::AuthorQuestion;
pub use relations::{Relation, RelationKind};
pub use sections::{Section, SectionKind, section_kind};
pub use state::{Outcome, State, StateFrom, outcome_of};
pub use title::TitleFrom;
pub use walk::{Limits, Reading, read};

/// One proposal, read from one file (and, for a Kubernetes enhancement, from the `kep.yaml` that belongs to it).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proposal {
    /// Where it was found, as given: for messages, not for identity.
    pub path: String,
    /// The same for the same proposal whenever it is read again, and different for two proposals of one reading.
    pub key: String,
    pub format: Format,
    /// The number its collection knows it by, without leading zeros.
    pub number: Option<String>,
    pub title: String,
    pub title_from: TitleFrom,
    pub authors: Vec<Author>,
    /// When it was written, or else last touched, by its header.
    pub date: Option<Date>,
    pub state: Option<State>,
    pub outcome: Outcome,
    pub relations: Vec<Relation>,
    pub sections: Vec<Section>,
    pub questions: Vec<AuthorQuestion>,
    /// Every field of the header as written, in order, for whatever this reader has no use for.
    pub fields: Vec<Field>,
    pub syntax: Syntax,
    /// The file as it was, header included.
    pub text: String,
    /// The `kep.yaml` as it was.
    pub companion: Option<String>,
}

/// How a proposal's text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Syntax {
    Markdown,
    Rst,
    /// Read for its header and headings; shown as it is written.
    AsciiDoc,
}

/// One file's bytes with what its surroundings say of it.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Relative to its repository or to the folder that was given, with `/`; the first component names that folder.
    pub path: &'a str,
    pub bytes: &'a [u8],
    /// The `kep.yaml` that belongs to it.
    pub companion: Option<&'a [u8]>,
}

/// A file that was looked at and is not imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    pub path: String,
    pub reason: Refusal,
}

/// Why a file is not imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "code", content = "detail")]
pub enum Refusal {
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    #[error("it is empty")]
    Empty,
    #[error("it is binary: a zero byte stands at offset {0}")]
    Binary(usize),
    #[error("it is not UTF-8: line {line}, offset {offset} of the file")]
    NotUtf8 { line: usize, offset: usize },
    #[error("it is larger than {limit} bytes: {size}")]
    TooLarge { size: u64, limit: u64 },
    #[error("it has a header, but no words that could be its title")]
    NoTitle,
    #[error("it is a {0}, not a proposal")]
    NotAProposal(NotAProposal),
    #[error("its name does not end in .md, .markdown, .rst, .txt, .adoc or .asciidoc")]
    UnknownKind,
    #[error("it is a link that leads out of the folder that was given")]
    LeadsOut,
    #[error("it lies deeper than {0} folders")]
    TooDeep(usize),
    #[error("more than {0} files were found before it")]
    TooMany(usize),
    #[error("it says it is the enhancement {0}, whose README.md is missing")]
    LoneCompanion(String),
}

/// What a file is that stands among proposals without being one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotAProposal {
    Index,
    Template,
    HousePaper,
    PlainText,
}

impl fmt::Display for NotAProposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Index => "folder's index or introduction",
            Self::Template => "template to be filled in",
            Self::HousePaper => "repository's own paper (licence, contribution guide, change log)",
            Self::PlainText => "plain text without the header of a proposal",
        })
    }
}

/// Reads one proposal. Never panics, whatever the bytes.
///
/// # Errors
/// The [`Refusal`] says in one clause why the file is not a proposal.
pub fn parse(source: &Source<'_>) -> Result<Proposal, Refusal> {
    let text = decode(source.bytes)?;
    let companion = source.companion.map(decode).transpose()?;
    let syntax = format::syntax(source.path, text).ok_or(Refusal::UnknownKind)?;
    let outline = outline::of(text, syntax);
    let header = header::read(text, syntax, &outline, companion);
    if let Some(other) = format::not_a_proposal(source.path, text, &header) {
        return Err(Refusal::NotAProposal(other));
    }
    let format = format::of(&header, &outline, companion.is_some());
    let number = key::number(source.path, format, &header, &outline);
    let (title, title_from) = title::of(
        source.path,
        text,
        format,
        number.as_deref(),
        &header,
        &outline,
    )
    .ok_or(Refusal::NoTitle)?;
    let state = state::of(text, format, &header, &outline);
    let sections = sections::of(&outline, header.end);
    Ok(Proposal {
        path: source.path.to_owned(),
        key: key::of(source.path, format, number.as_deref(), &header),
        authors: authors::of(text, format, &header, &outline),
        date: date::of(text, &header, &outline),
        outcome: state
            .as_ref()
            .map_or(Outcome::Unknown, |state| state.outcome(format)),
        relations: relations::of(source.path, text, format, &header, &outline),
        questions: questions::of(text, syntax, &sections),
        number,
        title,
        title_from,
        format,
        state,
        sections,
        fields: header.fields,
        syntax,
        text: text.to_owned(),
        companion: companion.map(str::to_owned),
    })
}

fn decode(bytes: &[u8]) -> Result<&str, Refusal> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Refusal::Empty);
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(Refusal::Binary(at));
    }
    // A byte-order mark says how to read the file and is no part of its text.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let offset = error.valid_up_to();
        let line = 1 + bytes[..offset]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        Refusal::NotUtf8 { line, offset }
    })
}
