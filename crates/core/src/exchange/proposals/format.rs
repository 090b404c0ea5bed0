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

impl Format {
    /// The name under which it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kep => "kep",
            Self::Pep => "pep",
            Self::Eip => "eip",
            Self::SwiftEvolution => "swift-evolution",
            Self::Rfc => "rfc",
            Self::Rfd => "rfd",
            Self::GoProposal => "go-proposal",
            Self::Madr => "madr",
            Self::Nygard => "nygard",
            Self::Generic => "generic",
        }
    }
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

/// Words that stand beside "template" in the name of one.
const TEMPLATE_WORDS: &[&str] = &[
    "adr", "bare", "decision", "design", "eip", "full", "kep", "long", "madr", "minimal", "nygard",
    "pep", "proposal", "record", "rfc", "rfd", "short", "swift", "template", "tmpl",
];

/// A repository's own papers, whatever their case.
const HOUSE: &[&str] = &[
    "changelog",
    "code-of-conduct",
    "code_of_conduct",
    "codeowners",
    "contributing",
    "copying",
    "licence",
    "license",
];

/// The same where the name is in capitals; in small letters it may well be what a proposal is about.
const HOUSE_IN_CAPITALS: &[&str] = &[
    "authors",
    "governance",
    "maintainers",
    "notice",
    "owners",
    "release_process",
    "releasing",
    "security",
    "support",
];

/// Recognises what stands beside proposals without being one. A number, or a header of its own, speaks for a proposal.
pub(super) fn not_a_proposal(path: &str, text: &str, header: &Header) -> Option<NotAProposal> {
    let name = stem(path).to_lowercase();
    let capitals = !stem(path).contains(|c: char| c.is_lowercase());
    if is_template(&name, text) {
        return Some(NotAProposal::Template);
    }
    if is_numbered(&name) {
        return None;
    }
    if HOUSE.contains(&name.as_str()) || (capitals && HOUSE_IN_CAPITALS.contains(&name.as_str())) {
        return Some(NotAProposal::HousePaper);
    }
    let keys = [
        "state",
        "status",
        "pep",
        "eip",
        "author",
        "authors",
        "start-date",
        "title",
        "kep-number",
    ];
    if keys.iter().any(|key| header.first(key).is_some()) {
        return None;
    }
    if super::walk::ending(path) == "txt" {
        return Some(NotAProposal::PlainText);
    }
    let folder = path.rsplit('/').nth(1).unwrap_or("").to_lowercase();
    let index = matches!(name.as_str(), "readme" | "index" | "_index" | "toc")
        || (capitals && name == "summary");
    (index && !is_numbered(&folder)).then_some(NotAProposal::Index)
}

/// Whether a name begins with a number other than zero.
fn is_numbered(name: &str) -> bool {
    leading_number(name).is_some_and(|(number, _)| number.bytes().any(|digit| digit != b'0'))
}

fn is_template(name: &str, text: &str) -> bool {
    let named = words(name);
    let says_so = named
        .iter()
        .any(|word| word == "template" || word == "tmpl");
    let zero = named
        .first()
        .is_some_and(|word| word.len() > 2 && word.bytes().all(|digit| digit == b'0'));
    let only = named
        .iter()
        .skip(usize::from(zero))
        .all(|word| TEMPLATE_WORDS.contains(&word.as_str()));
    (says_so && only) || ((says_so || (zero && named.len() == 1)) && placeholders(text))
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
