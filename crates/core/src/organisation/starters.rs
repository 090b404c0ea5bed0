//! The templates and prompts that an organisation begins with, in our own words after the practice of the people who
//! invented these meetings. They are copied into the database once; from then on they are the organisation's.

use crate::reviews::ReviewKind::{self, Architecture, Operability, PostMortem, Study};

/// Kind, name and Markdown of each template, in order; the first of a kind is the usual one.
pub(super) const TEMPLATES: &[(ReviewKind, &str, &str)] = &[
    (
        Architecture,
        "Proposal",
        include_str!("starters/proposal.md"),
    ),
    (
        Architecture,
        "Short proposal",
        include_str!("starters/short-proposal.md"),
    ),
    (Operability, "Launch", include_str!("starters/launch.md")),
    (PostMortem, "Write-up", include_str!("starters/write-up.md")),
    (
        PostMortem,
        "Near miss",
        include_str!("starters/near-miss.md"),
    ),
    (Study, "Study", include_str!("starters/study.md")),
];

pub(super) const PROMPTS: &[(ReviewKind, &str)] = &[
    (
        Architecture,
        "Do we know what this departure will cost us, in time, money and attention?",
    ),
    (
        Architecture,
        "Which trade-offs have we not asked a hard question about yet?",
    ),
    (
        Architecture,
        "What will be harder, or out of reach, once we have done this?",
    ),
    (
        Architecture,
        "What will we see, measure and debug better or worse than today?",
    ),
    (
        Architecture,
        "How does it change running the software: deploys, on-call, recovery?",
    ),
    (
        Architecture,
        "What does it mean for tests, security, translation and performance?",
    ),
    (
        Architecture,
        "What has to be migrated and kept up, for how long, and by which teams besides the proposing one?",
    ),
    (
        Architecture,
        "Do we already have something that solves this, or nearly does?",
    ),
    (
        Architecture,
        "Does it make sense to somebody who meets it for the first time?",
    ),
    (
        Operability,
        "How could this break, and what would we see first?",
    ),
    (
        Operability,
        "Who is surprised if it goes wrong at night, and have they been asked?",
    ),
    (
        Operability,
        "Which switch turns it off, and has anybody tried it?",
    ),
    (Operability, "What happens at ten times the load?"),
    (
        Operability,
        "For each dependency: what if it is gone, and what if it is slow, stale, wrong or full?",
    ),
    (Operability, "What do we tell users, and where?"),
    (PostMortem, "How did it make sense at the time?"),
    (PostMortem, "What did we see, and what could we not see?"),
    (PostMortem, "What surprised us most, and why?"),
    (
        PostMortem,
        "What helped that nobody had planned, and which part was luck?",
    ),
    (
        PostMortem,
        "Had we predicted it? Did the signal we promised tell us, and did the planned reaction work?",
    ),
    (
        PostMortem,
        "What would make troubleshooting things like this easier?",
    ),
    (
        Study,
        "What does normal look like here, and how do people keep it that way?",
    ),
    (Study, "What went well that we could not have relied on?"),
    (
        Study,
        "What would somebody new need to know to do this as well?",
    ),
];
