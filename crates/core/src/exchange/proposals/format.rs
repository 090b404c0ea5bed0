//! What kind of file this is: its syntax by its name, its format by its header and headings, and whether it is a
//! proposal at all.

use serde::Serialize;

use super::header::Header;
use super::outline::Heading;
use super::words::{leading_number, stem, words};
use super::{NotAProposal, Syntax};

/// Whose conventions a proposal follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// `kep.yaml` beside a text.
    Kep,
    /// Mail-like header with a `PEP` field.
    Pep,
    /// Front matter with an `eip` field.
    Eip,
    /// A list of fields below the title, one of them `Proposal: SE-…`.
    SwiftEvolution,
    /// A feature name, a start date and the pull request it was merged by; used by Rust, TiKV, NixOS and others.
    Rfc,
    /// Front matter with a `state`, below it a title with `RFD`.
    Rfd,
    /// A title with `Proposal:` and lines with author and date.
    GoProposal,
    /// Considered options and a decision outcome.
    Madr,
    /// Status, context, decision, consequences.
    Nygard,
    Generic,
}

/// The syntax by the name's ending; a `.txt` is reStructuredText if it has a mail-like header, as old PEPs do.
pub(super) fn syntax(path: &str, text: &str) -> Option<Syntax> {
    match super::walk::ending(path).as_str() {
        "md" | "markdown" | "mdown" | "mkd" => Some(Syntax::Markdown),
        "rst" | "rest" => Some(Syntax::Rst),
        "adoc" | "asciidoc" => Some(Syntax::AsciiDoc),
        "txt" if super::header::is_mail_like(text) => Some(Syntax::Rst),
        "txt" => Some(Syntax::Markdown),
        _ => None,
    }
}

pub(super) fn of(header: &Header, outline: &[Heading], companion: bool) -> Format {
    let has = |key: &str| header.first(key).is_some();
    let titled = |start: &str| {
        outline
            .first()
            .is_some_and(|heading| heading.text.to_lowercase().starts_with(start))
    };
    let headed = |name: &str| {
        outline
            .iter()
            .any(|heading| heading.text.eq_ignore_ascii_case(name))
    };
    if companion || has("kep-number") || has("owning-sig") {
        Format::Kep
    } else if has("pep") {
        Format::Pep
    } else if has("eip") || has("erc") {
        Format::Eip
    } else if has("review-manager")
        || header
            .first("proposal")
            .is_some_and(|value| value.contains("SE-"))
    {
        Format::SwiftEvolution
    } else if has("rfc-pr")
        || has("feature-name")
        || (has("start-date") && (has("feature") || has("rust-issue")))
    {
        Format::Rfc
    } else if has("state") && titled("rfd ") {
        Format::Rfd
    } else if titled("proposal:") {
        Format::GoProposal
    } else if headed("considered options") && headed("decision outcome") {
        Format::Madr
    } else if ["context", "decision", "consequences"]
        .iter()
        .filter(|name| headed(name))
        .count()
        >= 2
    {
        Format::Nygard
    } else {
        Format::Generic
    }
}

/// Recognises what stands beside proposals: only what carries no header of its own and is not numbered.
pub(super) fn not_a_proposal(path: &str, text: &str, header: &Header) -> Option<NotAProposal> {
    let name = stem(path).to_lowercase();
    let named = words(&name);
    let headed = ["state", "status", "pep", "eip", "author", "start-date"]
        .iter()
        .any(|key| header.first(key).is_some());
    let numbered =
        leading_number(&name).is_some_and(|(number, _)| number.bytes().any(|digit| digit != b'0'));
    if named
        .iter()
        .any(|word| word == "template" || word == "tmpl")
        && !numbered
    {
        return Some(NotAProposal::Template);
    }
    if leading_number(&name).is_some_and(|(number, rest)| {
        number.len() > 2
            && number.bytes().all(|digit| digit == b'0')
            && (rest.is_empty() || rest == "template")
    }) && placeholders(text)
    {
        return Some(NotAProposal::Template);
    }
    if numbered {
        return None;
    }
    let house = [
        "license",
        "licence",
        "copying",
        "contributing",
        "code_of_conduct",
        "code-of-conduct",
        "changelog",
        "security",
        "authors",
        "maintainers",
        "codeowners",
        "owners",
        "governance",
        "support",
        "notice",
    ];
    if house.contains(&name.as_str()) {
        return Some(NotAProposal::HousePaper);
    }
    if headed {
        return None;
    }
    if super::walk::ending(path) == "txt" {
        return Some(NotAProposal::PlainText);
    }
    let index = [
        "readme",
        "index",
        "_index",
        "summary",
        "toc",
        "contents",
        "introduction",
    ];
    index
        .contains(&name.as_str())
        .then_some(NotAProposal::Index)
}

/// Whether the header still holds what a template asks to be filled in.
fn placeholders(text: &str) -> bool {
    let head = text.chars().take(1500).collect::<String>().to_lowercase();
    [
        "fill me in",
        "leave this empty",
        "yyyy-mm-dd",
        "your name",
        "{{",
        "my_awesome_feature",
    ]
    .iter()
    .any(|mark| head.contains(mark))
}
