//! Which part of a proposal a section is, by the words of its heading.

use serde::Serialize;

use super::outline::{self, Heading};

/// A part that a proposal is expected to have, or one that tells a reader where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SectionKind {
    /// Summary, motivation, problem, background: why it is proposed and what for.
    Goals,
    NonGoals,
    /// What is proposed, down to its implementation.
    Design,
    Alternatives,
    /// Drawbacks, risks, consequences, compatibility.
    Costs,
    /// The author's own open questions.
    Questions,
    /// How it is rolled out, watched, debugged and taken back.
    Operability,
    PriorArt,
    /// An introduction or overview, where it is not called a summary.
    Introduction,
    /// What was decided, in decision records.
    Decision,
}

impl SectionKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Goals => "goals",
            Self::NonGoals => "non-goals",
            Self::Design => "design",
            Self::Alternatives => "alternatives",
            Self::Costs => "costs",
            Self::Questions => "questions",
            Self::Operability => "operability",
            Self::PriorArt => "prior-art",
            Self::Introduction => "introduction",
            Self::Decision => "decision",
        }
    }
}

/// A heading and the stretch of text that belongs to it, in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    pub heading: String,
    pub level: u8,
    /// Where the heading's line begins.
    pub start: usize,
    /// Where the line after the heading begins.
    pub body_start: usize,
    /// Before the next heading of this or a higher level.
    pub end: usize,
    pub kind: Option<SectionKind>,
}

/// Every heading; the text's own title heads everything and is no part of its own.
pub(super) fn of(outline: &[Heading], from: usize) -> Vec<Section> {
    let title = outline::title(outline, from).map(|heading| heading.start);
    outline
        .iter()
        .map(|heading| Section {
            heading: heading.text.clone(),
            level: heading.level,
            start: heading.start,
            body_start: heading.body_start,
            end: heading.end,
            kind: if title == Some(heading.start) {
                None
            } else {
                section_kind(&heading.text)
            },
        })
        .collect()
}

/// The part a heading names. A heading that asks something ("Can it be rolled back?") is a question of its section,
/// not a section's name; only "why not …" says what was weighed.
pub fn section_kind(heading: &str) -> Option<SectionKind> {
    let text = normal(heading);
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let any = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let holds = |list: &[&str]| list.iter().any(|part| text.contains(part));
    let begins = |list: &[&str]| list.iter().any(|part| text.starts_with(part));
    let ends = |list: &[&str]| list.iter().any(|part| text.ends_with(part));

    if any(&["alternative", "alternatives", "alternate"]) || holds(&["why not "]) {
        return Some(SectionKind::Alternatives);
    }
    if text.ends_with('?') {
        return None;
    }
    if holds(&["non-goal", "nongoal", "non goal"]) || begins(&["out of scope"]) {
        return Some(SectionKind::NonGoals);
    }
    if begins(&[
        "rejected idea",
        "rejected proposal",
        "rejected approach",
        "rejected option",
    ]) || holds(&[
        "considered options",
        "options considered",
        "options evaluated",
    ]) {
        return Some(SectionKind::Alternatives);
    }
    if text == "questions"
        || holds(&[
            "unresolved question",
            "unresolved issue",
            "open question",
            "open issue",
            "outstanding question",
            "outstanding issue",
            "questions/issues",
            "remaining questions",
        ])
    {
        return Some(SectionKind::Questions);
    }
    if is_goals(&text, &words) {
        return Some(SectionKind::Goals);
    }
    if holds(&[
        "debug",
        "troubleshoot",
        "monitoring",
        "test plan",
        "production readiness",
        "feature enablement",
        "rollback",
        "roll back",
        "rollout",
        "roll-out",
        "upgrade / downgrade",
        "upgrade/downgrade",
        "upgrade and downgrade",
        "alerting",
        "runbook",
    ]) || words
        .iter()
        .any(|word| word.starts_with("operab") || word.starts_with("observab"))
        || ends(&["failure modes", "failure mode"])
    {
        return Some(SectionKind::Operability);
    }
    if any(&[
        "cost",
        "costs",
        "drawback",
        "drawbacks",
        "disadvantage",
        "disadvantages",
        "downside",
        "downsides",
        "risk",
        "risks",
        "consequence",
        "consequences",
        "scalability",
        "tradeoff",
        "tradeoffs",
        "cons",
    ]) || holds(&[
        "trade-off",
        "backwards compat",
        "backward compat",
        "backwards-compat",
        "backward-compat",
        "security consideration",
        "security implication",
        "security impact",
        "performance impact",
    ]) || words.first() == Some(&"negative")
    {
        return Some(SectionKind::Costs);
    }
    if holds(&["prior art", "prior-art", "see also", "related work"])
        || words.last() == Some(&"references")
        || text == "reference"
    {
        return Some(SectionKind::PriorArt);
    }
    if any(&[
        "design",
        "designs",
        "implementation",
        "implementations",
        "specification",
        "specifications",
    ]) || holds(&[
        "proposed solution",
        "proposed change",
        "guide-level",
        "reference-level",
    ]) || words.last() == Some(&"proposal")
    {
        return Some(SectionKind::Design);
    }
    match text.as_str() {
        "introduction" | "overview" | "simple summary" => Some(SectionKind::Introduction),
        "decision" | "decisions" | "decision outcome" => Some(SectionKind::Decision),
        _ => None,
    }
}

/// Headings that begin with why: "Problem statement", "Background & context", "Summary of changes"; but not "Context
/// managers" or "Objective-C".
fn is_goals(text: &str, words: &[&str]) -> bool {
    let Some(first) = words.first() else {
        return false;
    };
    if words.contains(&"motivation") && words.len() <= 4 {
        return true;
    }
    let rest = &text[text.find(first).map_or(0, |at| at + first.len())..];
    let ended = rest.is_empty() || rest.starts_with([':', '/', '(', ',']);
    let joined = ended
        || [" and ", " & ", " of ", " for "]
            .iter()
            .any(|join| rest.starts_with(join));
    match *first {
        "motivation" | "goal" | "goals" | "background" => true,
        "problem" => {
            joined
                || words.get(1).is_some_and(|w| {
                    ["statement", "description", "definition", "scope"].contains(w)
                })
        }
        "context" | "summary" | "abstract" | "objective" | "objectives" => joined,
        _ => false,
    }
}

/// Lower case, without code and emphasis marks, numbering, and a closing colon or full stop.
fn normal(heading: &str) -> String {
    let lower = heading.to_lowercase().replace(['`', '*'], "");
    let mut text = lower
        .trim()
        .trim_matches('_')
        .trim_end_matches([':', '.', ' ']);
    if let Some((number, rest)) = text.split_once(' ') {
        let appendix = number == "appendix";
        let (number, rest) = if appendix {
            rest.split_once(' ').unwrap_or((rest, ""))
        } else {
            (number, rest)
        };
        let bare = number.trim_end_matches([')', ':']).trim_end_matches('.');
        let numbered = (number.len() > bare.len() || bare.contains('.') || appendix)
            && bare.len() <= 6
            && bare.split('.').all(|part| {
                let digits = part.trim_start_matches(|c: char| c.is_ascii_alphabetic());
                part.len() - digits.len() <= 1 && digits.bytes().all(|byte| byte.is_ascii_digit())
            });
        if numbered && !rest.is_empty() {
            text = rest;
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
