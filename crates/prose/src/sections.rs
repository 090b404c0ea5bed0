//! Which of a template's standard sections a document has, lacks, or has without content.
//!
//! A section is recognised by the words of its heading alone. What the sections of an organisation are called is
//! the caller's business.

use crate::Heading;

/// How a standard section stands in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// A heading is there, with words under it.
    Present,
    /// A heading is there, with nothing under it but space, comments or placeholders.
    Empty,
    /// No heading has the words.
    Missing,
}

/// What became of one standard section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section<'k> {
    pub key: &'k str,
    pub state: State,
    /// The heading that was recognised, as an index into the headings given.
    pub heading: Option<usize>,
}

/// Looks for each `(key, words)` of `wanted` in the headings of `text`. A heading fits where one of the words (or
/// phrases) stands in it, whole words only and whether singular or plural; where several fit, one with content
/// goes before an empty one, and a closer one before a looser.
pub fn check<'k>(
    text: &str,
    headings: &[Heading],
    wanted: &[(&'k str, &[&str])],
) -> Vec<Section<'k>> {
    let folded: Vec<Vec<String>> = headings.iter().map(|heading| fold(&heading.text)).collect();
    let empty: Vec<bool> = (0..headings.len())
        .map(|at| is_empty(text, headings, at))
        .collect();
    wanted
        .iter()
        .map(|&(key, words)| {
            let phrases: Vec<Vec<String>> = words.iter().map(|word| fold(word)).collect();
            let best = (0..headings.len())
                .filter_map(|at| Some((at, fit(&folded[at], &phrases)?)))
                .max_by_key(|&(at, fit)| (!empty[at], fit, std::cmp::Reverse(at)));
            Section {
                key,
                state: match best {
                    None => State::Missing,
                    Some((at, _)) if empty[at] => State::Empty,
                    Some(_) => State::Present,
                },
                heading: best.map(|(at, _)| at),
            }
        })
        .collect()
}

/// How closely a heading fits the phrases: 3 the same, 2 begins so, 1 holds it somewhere.
fn fit(heading: &[String], phrases: &[Vec<String>]) -> Option<u8> {
    phrases
        .iter()
        .filter(|phrase| !phrase.is_empty())
        .filter_map(|phrase| {
            let at = heading
                .windows(phrase.len())
                .enumerate()
                .position(|(at, window)| {
                    let negated = at > 0
                        && matches!(heading[at - 1].as_str(), "non" | "no" | "not" | "out-of");
                    window == phrase.as_slice() && !negated
                })?;
            Some(match at {
                0 if heading.len() == phrase.len() => 3,
                0 => 2,
                _ => 1,
            })
        })
        .max()
}

/// The words of a heading in lower case and singular, without numbering. A hyphen keeps a word together, so that
/// “non-goals” are no goals.
fn fold(words: &str) -> Vec<String> {
    words
        .to_lowercase()
        .replace('’', "'")
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '\'')))
        .map(|word| word.trim_matches(['-', '\'']))
        .filter(|word| !word.is_empty() && !word.bytes().all(|b| b.is_ascii_digit()))
        .map(singular)
        .collect()
}

fn singular(word: &str) -> String {
    match word.strip_suffix('s') {
        Some(stem) if stem.chars().count() > 2 && !stem.ends_with(['s', 'u', 'i']) => {
            stem.to_owned()
        }
        _ => word.to_owned(),
    }
}

/// Whether the section of this heading, its sub-sections included, says nothing.
fn is_empty(text: &str, headings: &[Heading], at: usize) -> bool {
    let section = &headings[at];
    let mut from = section.body_start;
    for inner in &headings[at + 1..] {
        if inner.start >= section.end {
            break;
        }
        if !says_nothing(text.get(from..inner.start).unwrap_or_default()) {
            return false;
        }
        from = inner.body_start;
    }
    says_nothing(text.get(from..section.end.max(from)).unwrap_or_default())
}

fn says_nothing(body: &str) -> bool {
    without_comments(body).lines().all(is_placeholder)
}

/// Drops HTML comments and reStructuredText comments.
fn without_comments(body: &str) -> String {
    let mut kept = String::new();
    let mut rest = body;
    while let Some(start) = rest.find("<!--") {
        kept.push_str(&rest[..start]);
        rest = rest[start..]
            .find("-->")
            .map_or("", |end| &rest[start + end + 3..]);
    }
    kept.push_str(rest);
    if !kept.contains("..") {
        return kept;
    }
    let mut in_comment = false;
    let mut lines = Vec::new();
    for line in kept.lines() {
        let starts = line == ".." || (line.starts_with(".. ") && !is_explicit_markup(line));
        in_comment =
            starts || (in_comment && (line.trim().is_empty() || line.starts_with([' ', '\t'])));
        if !in_comment {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// Whether a line starting with `..` is more than a comment: a directive, target, footnote or substitution.
fn is_explicit_markup(line: &str) -> bool {
    let rest = line.trim_start_matches('.').trim_start();
    rest.contains("::") || rest.starts_with(['_', '[', '|'])
}

fn is_placeholder(line: &str) -> bool {
    let bare: String = line
        .trim()
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase();
    if bare.is_empty() {
        return true;
    }
    let whole = matches!(
        bare.as_str(),
        "n/a"
            | "na"
            | "tba"
            | "wip"
            | "xxx"
            | "placeholder"
            | "coming soon"
            | "fill in"
            | "fill me in"
            | "to be done"
            | "to be defined"
            | "to be determined"
            | "to be written"
            | "to be added"
            | "not applicable"
            | "work in progress"
            | "lorem ipsum"
    );
    let marked = ["todo", "tbd", "fixme"].iter().any(|mark| {
        bare.strip_prefix(mark)
            .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
            && bare.len() < 100
    });
    whole || marked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Syntax, outline};

    fn states(text: &str, wanted: &[(&'static str, &[&str])]) -> Vec<(&'static str, State)> {
        let headings = outline(text, Syntax::Markdown);
        check(text, &headings, wanted)
            .into_iter()
            .map(|section| (section.key, section.state))
            .collect()
    }

    #[test]
    fn a_section_is_present_empty_or_missing() {
        let text = "# Title\n\n## 1. Goals\n\nFaster checkout.\n\n## Non-goals\n\n## Alternatives considered\n\n\
                    <!-- what else\ndid you think of? -->\n\nTBD\n\n### Buy\n\n_TODO: write this_\n\n## Cost\n\n### Money\n\n12 EUR\n";
        let wanted: &[(&str, &[&str])] = &[
            ("goals", &["goal"]),
            ("non-goals", &["non-goals"]),
            ("alternatives", &["alternative"]),
            ("costs", &["costs", "drawbacks"]),
            ("risks", &["risk"]),
        ];
        assert_eq!(
            states(text, wanted),
            [
                ("goals", State::Present),
                ("non-goals", State::Empty),
                ("alternatives", State::Empty),
                ("costs", State::Present),
                ("risks", State::Missing),
            ]
        );
    }

    #[test]
    fn a_filled_section_goes_before_an_empty_one_and_a_closer_before_a_looser() {
        let text = "## Goals\n\nTBD\n\n## Goals of the team\n\nwords\n\n## Design goals\n\nwords\n";
        let headings = outline(text, Syntax::Markdown);
        let found = check(text, &headings, &[("goals", &["goals"])]);
        assert_eq!(found[0].heading, Some(1));
    }

    #[test]
    fn an_answer_is_content() {
        for answer in [
            "None.",
            "No drawbacks",
            "x",
            "Nothing to be done about that",
            "Todoist",
            "`NA12`",
        ] {
            let text = format!("## Costs\n\n{answer}\n");
            assert_eq!(
                states(&text, &[("costs", &["cost"])]),
                [("costs", State::Present)],
                "{answer}"
            );
        }
        for nothing in [
            "",
            "TBD",
            "N/A",
            "- todo",
            "*to be written*",
            "...",
            "> TBD.",
            "N/A\n\n---\n",
            "..\n   a comment\n",
        ] {
            let text = format!("## Costs\n\n{nothing}\n");
            assert_eq!(
                states(&text, &[("costs", &["cost"])]),
                [("costs", State::Empty)],
                "{nothing}"
            );
        }
    }
}
