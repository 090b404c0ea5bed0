//! What people type, read leniently: words (all of them must be there), `"phrases"`, `word*`, `-without`.
//!
//! Nothing is an error. A quote that is not closed runs to the end; a lone sign is nothing; what is written together
//! (`serde_json`, `a/b`) is a phrase of its parts. The last word, while it is being typed, also finds what begins with it.

use crate::words::{folded, spans, stem};

/// More clauses than anyone types; the rest of a pasted page is left out rather than searched for seconds.
const MOST_CLAUSES: usize = 24;
const MOST_WORDS: usize = 48;

/// Something that must be (or must not be) in an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Clause {
    /// A word, by its stem.
    Word { exact: String, stem: String },
    /// Words at these distances from the first, as written.
    Phrase(Vec<(usize, String)>),
    /// Anything that begins so.
    Beginning(String),
    /// A phrase whose last word may go on.
    PhraseBeginning(Vec<(usize, String)>),
}

/// A query as understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ask {
    pub all: Vec<Clause>,
    pub none: Vec<Clause>,
    /// The last clause of `all` is a word still being typed.
    pub open: bool,
}

pub(crate) fn read(text: &str) -> Ask {
    let mut ask = Ask::default();
    let mut rest = text;
    let mut words = 0;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() || ask.all.len() + ask.none.len() >= MOST_CLAUSES || words >= MOST_WORDS
        {
            return ask;
        }
        let without = rest.starts_with('-')
            && rest[1..]
                .chars()
                .next()
                .is_some_and(|c| !c.is_whitespace() && c != '-');
        if without {
            rest = &rest[1..];
        }
        let (part, quoted) = if let Some(inner) = rest.strip_prefix('"') {
            let (inner, after) = inner.split_once('"').unwrap_or((inner, ""));
            rest = after;
            (inner, true)
        } else {
            let end = rest
                .find(|c: char| c.is_whitespace() || c == '"')
                .unwrap_or(rest.len());
            let (part, after) = rest.split_at(end);
            rest = after;
            (part, false)
        };
        let starred = !quoted && part.ends_with('*');
        let clause = clause(part, starred, quoted, MOST_WORDS - words);
        let Some(clause) = clause else { continue };
        words += match &clause {
            Clause::Phrase(parts) | Clause::PhraseBeginning(parts) => parts.len(),
            Clause::Word { .. } | Clause::Beginning(_) => 1,
        };
        if without {
            ask.none.push(clause);
            ask.open = false;
        } else {
            // Typing goes on only at the very end of the text, and a pair of signs is already a beginning.
            ask.open = rest.is_empty()
                && !quoted
                && part.chars().next_back().is_some_and(char::is_alphanumeric)
                && long_enough(&clause);
            ask.all.push(clause);
        }
    }
}

/// One or two letters begin too much to be worth finding before the third is typed; `co*` finds it all the same. In a
/// phrase the words before narrow it.
fn long_enough(clause: &Clause) -> bool {
    match clause {
        Clause::Word { exact, .. } => exact.chars().nth(2).is_some(),
        Clause::Phrase(words) => words
            .last()
            .is_some_and(|(_, word)| word.chars().nth(1).is_some()),
        Clause::Beginning(_) | Clause::PhraseBeginning(_) => false,
    }
}

fn clause(part: &str, starred: bool, quoted: bool, most: usize) -> Option<Clause> {
    let found: Vec<_> = spans(part).enumerate().take(most).collect();
    let mut words: Vec<(usize, String)> = found
        .iter()
        .filter(|(_, span)| !span.tail)
        .map(|(at, span)| (*at, folded(part, *span)))
        .collect();
    words.retain(|(_, word)| !word.is_empty());
    match words.len() {
        0 => None,
        1 => {
            let exact = words.pop()?.1;
            let single = found
                .iter()
                .any(|(_, span)| span.pair && part[span.start..span.end].chars().nth(1).is_none());
            if starred || single {
                Some(Clause::Beginning(exact))
            } else if quoted {
                Some(Clause::Phrase(vec![(0, exact)]))
            } else {
                let stem = stem(&exact).into_owned();
                Some(Clause::Word { exact, stem })
            }
        }
        _ if starred => Some(Clause::PhraseBeginning(words)),
        _ => Some(Clause::Phrase(words)),
    }
}
