//! The open questions an author leaves in a text, one by one.

use serde::Serialize;

use super::Syntax;
use super::sections::{Section, SectionKind};
use super::words::one_line;

/// One question or open issue, taken from a section for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuthorQuestion {
    /// On one line: the heading, list item or paragraph that asks, with what is said below it.
    pub text: String,
    /// Where it stands in the proposal, in bytes.
    pub start: usize,
    pub end: usize,
}

/// Shortest item, in characters, that is taken without a question mark.
const SHORTEST: usize = 26;

pub(super) fn of(text: &str, syntax: Syntax, sections: &[Section]) -> Vec<AuthorQuestion> {
    let mut found = Vec::new();
    let mut done = 0;
    for section in sections
        .iter()
        .filter(|section| section.kind == Some(SectionKind::Questions))
    {
        if section.start >= done {
            Items::new(text, syntax, sections, section).collect(&mut found);
            done = section.end;
        }
    }
    found
}

/// Walks a section line by line. An item begins at a sub-heading or a list entry that stands at most three spaces in;
/// all else goes with the item before it. Code blocks at the margin are left out, as are link definitions.
struct Items<'a> {
    text: &'a str,
    syntax: Syntax,
    sections: &'a [Section],
    section: &'a Section,
    open: Option<(usize, usize, Vec<&'a str>)>,
}

impl<'a> Items<'a> {
    fn new(text: &'a str, syntax: Syntax, sections: &'a [Section], section: &'a Section) -> Self {
        Self {
            text,
            syntax,
            sections,
            section,
            open: None,
        }
    }

    fn collect(mut self, found: &mut Vec<AuthorQuestion>) {
        let mut at = self.section.body_start;
        let mut fence: Option<&str> = None;
        let mut comment = false;
        let body = self.text.get(at..self.section.end).unwrap_or("");
        for line in body.split_inclusive('\n') {
            let (start, end) = (at, at + line.len());
            at = end;
            let bare = line.trim();
            if let Some(mark) = fence {
                if line.starts_with(mark) && bare.trim_start_matches(&mark[..1]).is_empty() {
                    fence = None;
                }
                continue;
            }
            if self.syntax == Syntax::Markdown {
                fence = ["```", "~~~"]
                    .into_iter()
                    .find(|mark| line.starts_with(mark));
                comment = (comment || bare.starts_with("<!--")) && !bare.contains("-->");
                if fence.is_some() || comment || bare.ends_with("-->") || is_definition(bare) {
                    continue;
                }
            }
            if let Some(heading) = self
                .sections
                .iter()
                .find(|s| (s.start..s.body_start).contains(&start))
            {
                if heading.start == start {
                    self.close(found);
                    self.open = Some((start, end, vec![heading.heading.as_str()]));
                }
            } else if let Some(entry) = list_entry(line) {
                self.close(found);
                self.open = Some((start, end, vec![entry]));
            } else if !bare.is_empty() {
                let open = self.open.get_or_insert_with(|| (start, end, Vec::new()));
                open.1 = end;
                open.2.push(bare);
            }
        }
        self.close(found);
    }

    fn close(&mut self, found: &mut Vec<AuthorQuestion>) {
        let Some((start, end, lines)) = self.open.take() else {
            return;
        };
        let text = one_line(&lines.join(" "));
        if asks(&text) {
            found.push(AuthorQuestion { text, start, end });
        }
    }
}

/// The text of a list entry that begins at most three spaces in.
fn list_entry(line: &str) -> Option<&str> {
    let bare = line.trim_start_matches(' ');
    if line.len() - bare.len() > 3 {
        return None;
    }
    let digits = bare.len() - bare.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = if digits > 0 && digits <= 3 {
        bare[digits..].strip_prefix(['.', ')'])?
    } else {
        bare.strip_prefix("#.")
            .or_else(|| bare.strip_prefix(['-', '*', '+']))?
    };
    let entry = rest.strip_prefix([' ', '\t'])?.trim();
    let entry = ["[ ]", "[x]", "[X]"]
        .iter()
        .find_map(|mark| entry.strip_prefix(mark))
        .unwrap_or(entry);
    Some(entry.trim())
}

/// `[name]: target`, which shows nothing.
fn is_definition(line: &str) -> bool {
    line.starts_with('[')
        && line
            .find("]:")
            .is_some_and(|at| !line[..at].contains(' ') || line.contains("http"))
}

/// Whether an item leaves something open: not "None", "N/A" or "To be determined".
fn asks(text: &str) -> bool {
    let lower = text.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    let nothing = [
        "none",
        "n/a",
        "na",
        "nothing",
        "tbd",
        "todo",
        "not applicable",
        "to be determined",
        "no open",
        "no unresolved",
        "there are no",
        "no known",
        "none known",
        "no outstanding",
        "no questions",
    ];
    let says_nothing = nothing.iter().any(|word| {
        bare.strip_prefix(word)
            .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
            && bare.len() < 80
            && !text.ends_with('?')
    });
    !says_nothing && (text.chars().count() >= SHORTEST || text.contains('?'))
}
