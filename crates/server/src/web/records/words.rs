//! What the kinds and states of records are called on pages.

use hardwon_core::reviews::records::{RecordKind, RecordState};

/// One kind as the page shows it: its words, and what to say where there is none yet.
pub(super) struct Words {
    pub(super) kind: RecordKind,
    pub(super) plural: &'static str,
    pub(super) add: &'static str,
    pub(super) icon: &'static str,
    pub(super) title: &'static str,
    pub(super) detail: &'static str,
    pub(super) teaches: &'static str,
    pub(super) example: &'static str,
}

pub(super) const WORDS: &[Words] = &[
    Words {
        kind: RecordKind::Goal,
        plural: "Goals",
        add: "Add a goal",
        icon: "i-target",
        title: "Goal",
        detail: "How will we see that it is reached?",
        teaches: "A goal is what this is for. Written down, the design can be held against it, and overlaps with other work show.",
        example: "“Every balance can be explained from its movements, by Support.”",
    },
    Words {
        kind: RecordKind::Departure,
        plural: "Departures",
        add: "Add a departure",
        icon: "i-git-branch",
        title: "What is new and different",
        detail: "What does it depart from, and why is that worth it?",
        teaches: "A departure is a technology or a pattern that we have not adopted. It is what an architecture review is about.",
        example: "“Balances are derived from a log, not kept as a row.”",
    },
    Words {
        kind: RecordKind::Alternative,
        plural: "Alternatives",
        add: "Add an alternative",
        icon: "i-split",
        title: "Alternative",
        detail: "Why not?",
        teaches: "An alternative is a way that was considered and not taken. Its “why not” spares the next person the same search.",
        example: "“The accountants’ package: it keeps its own database, and we could not join it to an order.”",
    },
    Words {
        kind: RecordKind::Cost,
        plural: "Costs and pain points",
        add: "Add a cost",
        icon: "i-coins",
        title: "Cost or pain point",
        detail: "How much, for whom, and for how long?",
        teaches: "A cost is time, money, attention, or what we cannot do instead.",
        example: "“Support needs two days of training before the launch.”",
    },
    Words {
        kind: RecordKind::Assumption,
        plural: "Assumptions",
        add: "Add an assumption",
        icon: "i-lightbulb",
        title: "What we hold to be true",
        detail: "What rests on it, and what would contradict it?",
        teaches: "An assumption is something this design holds to be true. Written down, it can be confirmed or contradicted later, and whoever builds on it hears.",
        example: "“The largest seller stays below five million movements a year.”",
    },
    Words {
        kind: RecordKind::TrickyComponent,
        plural: "Tricky components",
        add: "Add a tricky component",
        icon: "i-puzzle",
        title: "Component",
        detail: "What makes it tricky?",
        teaches: "A tricky component is a part that people should agree on in the meeting; the agreement is kept with the outcome.",
        example: "“The nightly checkpoint of sums.”",
    },
];

pub(super) fn words(kind: RecordKind) -> &'static Words {
    WORDS
        .iter()
        .find(|words| words.kind == kind)
        .expect("every kind has its words")
}

/// The kind as it stands in a sentence.
pub fn kind_word(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Goal => "goal",
        RecordKind::Departure => "departure",
        RecordKind::Alternative => "alternative",
        RecordKind::Cost => "cost",
        RecordKind::Assumption => "assumption",
        RecordKind::TrickyComponent => "tricky component",
    }
}

/// A state as it stands in a list; nothing for what has only one.
pub(super) fn state_word(state: RecordState) -> &'static str {
    match state {
        RecordState::Kept => "",
        RecordState::Held => "held",
        RecordState::Confirmed => "confirmed",
        RecordState::Contradicted => "contradicted",
        RecordState::Open => "open",
        RecordState::UnderReview => "under review",
        RecordState::Accepted => "accepted",
        RecordState::Declined => "declined",
        RecordState::Dismissed => "dismissed",
    }
}
