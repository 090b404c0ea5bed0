//! Where a proposal stands: the words of its source, and what they amount to.

use serde::Serialize;

use super::format::Format;
use super::header::Header;
use super::outline::Heading;
use super::words::{one_line, plain};

/// What a source's own state amounts to in Hardwon's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Accepted, built or in force.
    Go,
    /// Rejected, withdrawn or abandoned.
    Stop,
    /// Put off, sent back, left lying or no longer recommended.
    Rethink,
    /// Not decided yet.
    Open,
    /// Another one took its place.
    Superseded,
    /// The source does not say, or not in words that are known.
    Unknown,
}

impl Outcome {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Stop => "stop",
            Self::Rethink => "rethink",
            Self::Open => "open",
            Self::Superseded => "superseded",
            Self::Unknown => "unknown",
        }
    }
}

/// A proposal's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct State {
    /// As the source writes it, on one line, without list and emphasis marks.
    pub written: String,
    pub from: StateFrom,
}

/// How the state is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateFrom {
    /// A field of the header.
    Header,
    /// A section named "Status".
    Section,
    /// The header of a request for comments that names the pull request it was merged by, or a filled-in start date:
    /// such texts reach their repository by being accepted, and have no other field for it.
    Merged,
    /// The same, for a text without that header among others that have it.
    Neighbours,
}

impl State {
    pub(super) fn merged(from: StateFrom) -> Self {
        Self {
            written: "accepted (merged)".to_owned(),
            from,
        }
    }

    pub(super) fn outcome(&self, format: Format) -> Outcome {
        // A PEP is provisional once it is accepted; an enhancement while it is still being written.
        if format == Format::Pep && self.written.eq_ignore_ascii_case("provisional") {
            return Outcome::Go;
        }
        outcome_of(&self.written)
    }
}

pub(super) fn of(
    text: &str,
    format: Format,
    header: &Header,
    outline: &[Heading],
) -> Option<State> {
    let field = ["status", "state", "decision-status"]
        .iter()
        .find_map(|key| header.first(key));
    if let Some(value) = field {
        return Some(State {
            written: tidy(value),
            from: StateFrom::Header,
        });
    }
    if let Some(written) = section(text, outline) {
        return Some(State {
            written,
            from: StateFrom::Section,
        });
    }
    let merged = header
        .first("rfc-pr")
        .is_some_and(|value| value.bytes().any(|byte| byte.is_ascii_digit()))
        || (header.first("rfc-pr").is_none()
            && header
                .first("start-date")
                .is_some_and(|value| value.bytes().any(|byte| byte.is_ascii_digit())));
    (format == Format::Rfc && merged).then(|| State::merged(StateFrom::Merged))
}

/// The first line of a section named "Status" that says something; and the line that says what took its place, which
/// decision logs put below the first.
fn section(text: &str, outline: &[Heading]) -> Option<String> {
    let named = |(at, heading): &(usize, &Heading)| {
        heading.level <= if *at < 12 { 3 } else { 2 }
            && matches!(
                heading
                    .text
                    .trim()
                    .trim_end_matches(':')
                    .to_lowercase()
                    .as_str(),
                "status" | "state" | "decision status"
            )
    };
    let (_, heading) = outline.iter().enumerate().find(named)?;
    let next = outline
        .iter()
        .find(|next| next.start >= heading.body_start)
        .map_or(text.len(), |next| next.start);
    let mut lines = text
        .get(heading.body_start..next.min(heading.end))?
        .lines()
        .map(str::trim)
        .filter(|line| {
            !line.is_empty()
                && !line.starts_with(['>', '[', '<'])
                && line.chars().any(char::is_alphanumeric)
        });
    let first = tidy(lines.next()?);
    let replaced = lines.map(tidy).find(|line| {
        let lower = line.to_lowercase();
        lower.starts_with("supersed")
            || lower.starts_with("superced")
            || lower.starts_with("replaced by")
    });
    match replaced {
        Some(line) if !line.to_lowercase().starts_with("supersedes") => {
            Some(format!("{first}; {line}"))
        }
        _ => Some(first),
    }
}

fn tidy(written: &str) -> String {
    let bare = written.trim().trim_start_matches(['-', '*', '+', ' ']);
    one_line(&plain(bare)).trim_matches(['_', ' ']).to_owned()
}

/// Words of states, by what they amount to. Within a text the one that stands first counts, except that whatever was
/// superseded is so wherever the text says it.
const WORDS: &[(Outcome, &[&str])] = &[
    (
        Outcome::Stop,
        &[
            "reject",
            "withdrawn",
            "withdraw",
            "declined",
            "decline",
            "abandon",
            "cancelled",
            "canceled",
            "not accepted",
            "not approved",
            "to be deleted",
            "to_be_deleted",
            "to-be-deleted",
            "dropped",
            "discarded",
            "closed",
            "dead",
            "won't do",
            "wontfix",
            "retired",
            "inactive",
        ],
    ),
    (
        Outcome::Rethink,
        &[
            "deferred",
            "stagnant",
            "returned for revision",
            "postponed",
            "deprecated",
            "on hold",
            "on-hold",
            "paused",
            "needs revision",
            "revise",
            "rethink",
            "expired",
        ],
    ),
    (
        Outcome::Open,
        &[
            "draft",
            "predraft",
            "pre-draft",
            "proposed",
            "in review",
            "under review",
            "active review",
            "awaiting review",
            "scheduled for review",
            "last call",
            "last-call",
            "review",
            "provisional",
            "discussion",
            "ideation",
            "idea",
            "work in progress",
            "wip",
            "pending",
            "open",
            "submitted",
            "candidate",
            "in progress",
            "exploratory",
            "request for comments",
            "rfc",
            "experimental",
            "new",
        ],
    ),
    (
        Outcome::Go,
        &[
            "accepted",
            "implemented",
            "implementable",
            "implementing",
            "final",
            "active",
            "publish",
            "published",
            "approved",
            "committed",
            "done",
            "complete",
            "completed",
            "living",
            "adopted",
            "merged",
            "partially implemented",
            "agreed",
            "decided",
            "in force",
            "previewing",
            "released",
            "shipped",
            "ratified",
            "stable",
            "current",
            "enacted",
            "valid",
        ],
    ),
];

/// What the words of a state amount to.
pub fn outcome_of(written: &str) -> Outcome {
    let lower = written.to_lowercase();
    if is_choice(&lower) {
        return Outcome::Unknown;
    }
    let superseded = [
        "superseded",
        "superceded",
        "replaced",
        "obsoleted",
        "obsolete",
        "moved to ",
    ];
    if superseded
        .iter()
        .any(|word| position(&lower, word).is_some())
        && !lower.contains("not superseded")
    {
        return Outcome::Superseded;
    }
    let mut first: Option<(usize, usize, Outcome)> = None;
    for (outcome, words) in WORDS {
        for word in *words {
            if let Some(at) = position(&lower, word) {
                // At one place the longer word counts: "active review" is not "active".
                let better = first
                    .is_none_or(|(best, len, _)| at < best || (at == best && word.len() > len));
                if better {
                    first = Some((at, word.len(), *outcome));
                }
            }
        }
    }
    first.map_or(Outcome::Unknown, |(_, _, outcome)| outcome)
}

/// A template's choice of words that nobody has made: `proposed | accepted | rejected`.
fn is_choice(lower: &str) -> bool {
    let parts: Vec<&str> = lower.split('|').collect();
    parts.len() >= 3
        && parts
            .iter()
            .all(|part| part.split_whitespace().count() <= 4)
}

/// Where a word begins in a text: not inside another word; "reject" also begins "rejected" and "rejection".
fn position(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text[..*at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric)
            && (matches!(word, "reject" | "abandon") || !after.is_some_and(char::is_alphanumeric))
    })
}
