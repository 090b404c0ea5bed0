//! The sections that a good proposal has (`practice.md`, section 2), and which of them a text has. Found by headings,
//! when a text is written; an advice for its author, never a gate.

use hardwon_prose::Heading;
use hardwon_prose::sections::{State, check};
use serde::{Deserialize, Serialize};

use crate::words;

words! {
    SectionState { Present = "present", Empty = "empty", Missing = "missing" }
}

/// What became of one standard section in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// A key of [`STANDARD`].
    pub key: String,
    pub state: SectionState,
    /// The heading that was recognised.
    pub slug: Option<String>,
}

/// One standard section: its key, its name for people, and the words by which its heading is recognised.
pub struct Standard {
    pub key: &'static str,
    pub name: &'static str,
    pub words: &'static [&'static str],
}

/// The standard sections of an architecture review's document, in the order of the practice.
pub const STANDARD: &[Standard] = &[
    Standard {
        key: "problem",
        name: "Problem",
        words: &[
            "problem",
            "motivation",
            "context",
            "background",
            "rationale",
            "why",
        ],
    },
    Standard {
        key: "goals",
        name: "Goals",
        words: &["goal", "objective", "decision driver", "requirement"],
    },
    Standard {
        key: "design",
        name: "How the design meets the goals",
        words: &[
            "design",
            "proposal",
            "solution",
            "approach",
            "proposed",
            "specification",
            "architecture",
            "detailed explanation",
            "guide-level explanation",
            "reference-level explanation",
        ],
    },
    Standard {
        key: "departures",
        name: "Departures",
        words: &[
            "departure",
            "deviation",
            "new technology",
            "what is new",
            "what is different",
        ],
    },
    Standard {
        key: "today",
        name: "What is used now",
        words: &[
            "today",
            "used now",
            "we use now",
            "now in use",
            "current state",
            "current situation",
            "status quo",
            "existing",
            "prior art",
            "at present",
            "what we have",
        ],
    },
    Standard {
        key: "alternatives",
        name: "Alternatives",
        words: &[
            "alternative",
            "considered option",
            "options considered",
            "other option",
            "rejected idea",
        ],
    },
    Standard {
        key: "costs",
        name: "Costs and pain points",
        words: &["cost", "pain", "pain point", "price", "effort"],
    },
    Standard {
        key: "downsides",
        name: "Known downsides",
        words: &[
            "downside",
            "drawback",
            "risk",
            "limitation",
            "consequence",
            "disadvantage",
        ],
    },
    Standard {
        key: "assumptions",
        name: "Assumptions",
        words: &["assumption", "we assume", "preconditions"],
    },
    Standard {
        key: "questions",
        name: "Open questions",
        words: &[
            "open question",
            "unresolved question",
            "question",
            "open issue",
            "to be decided",
        ],
    },
];

/// The name for people of a section's key.
pub fn name(key: &str) -> &'static str {
    STANDARD
        .iter()
        .find(|section| section.key == key)
        .map_or("", |section| section.name)
}

pub fn find(text: &str, headings: &[Heading]) -> Vec<Found> {
    let wanted: Vec<(&str, &[&str])> = STANDARD
        .iter()
        .map(|section| (section.key, section.words))
        .collect();
    check(text, headings, &wanted)
        .into_iter()
        .map(|section| Found {
            key: section.key.to_owned(),
            state: match section.state {
                State::Present => SectionState::Present,
                State::Empty => SectionState::Empty,
                State::Missing => SectionState::Missing,
            },
            slug: section.heading.map(|at| headings[at].slug.clone()),
        })
        .collect()
}
