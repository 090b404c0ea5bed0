//! What changed between two texts: by lines, and within changed lines by words. Long stretches that are the same are
//! folded, so that the answer is about as long as the change.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// How many unchanged lines stand around a change.
const AROUND: usize = 3;

/// A stretch of words that is the same on both sides, or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    pub changed: bool,
}

/// One line on one side, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub number: usize,
    pub spans: Vec<Span>,
}

/// One row of two texts side by side. A line that only one side has stands alone; a line that is the same stands on both
/// sides with nothing changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub old: Option<Line>,
    pub new: Option<Line>,
}

impl Row {
    pub fn is_same(&self) -> bool {
        let calm = |line: &Line| line.spans.iter().all(|span| !span.changed);
        matches!((&self.old, &self.new), (Some(old), Some(new)) if calm(old) && calm(new))
    }
}

/// What became of a stretch of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Same,
    Removed,
    Added,
}

impl Row {
    /// Both sides in one line, what was taken away before what was added; nothing where the two have nothing in common
    /// and are better read one after the other.
    pub fn in_one_line(&self) -> Option<Vec<(Change, &str)>> {
        let (old, new) = (self.old.as_ref()?, self.new.as_ref()?);
        let mut pieces = Vec::new();
        let mut right = new.spans.iter().peekable();
        let mut shared = false;
        for span in &old.spans {
            if span.changed {
                pieces.push((Change::Removed, span.text.as_str()));
                continue;
            }
            while let Some(added) = right.next_if(|added| added.changed) {
                pieces.push((Change::Added, &added.text));
            }
            right.next();
            shared = true;
            pieces.push((Change::Same, &span.text));
        }
        pieces.extend(right.map(|added| (Change::Added, added.text.as_str())));
        shared.then_some(pieces)
    }
}

/// Neighbouring changes with the lines around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// How many lines that are the same were left out before it.
    pub folded: usize,
    pub rows: Vec<Row>,
}

/// The difference of two texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    pub parts: Vec<Part>,
    /// How many lines that are the same were left out after the last part.
    pub folded_after: usize,
    pub lines_added: usize,
    pub lines_removed: usize,
}

pub fn between(old: &str, new: &str) -> Difference {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let ops = capture_diff_slices(Algorithm::Histogram, &old, &new);
    let mut difference = Difference::default();
    let mut shown = 0;
    for group in similar::group_diff_ops(ops, AROUND) {
        let start = group.first().map_or(0, |op| op.old_range().start);
        let mut part = Part {
            folded: start.saturating_sub(shown),
            rows: Vec::new(),
        };
        for op in &group {
            if !matches!(op, DiffOp::Equal { .. }) {
                difference.lines_removed += op.old_range().len();
                difference.lines_added += op.new_range().len();
            }
            rows(op, &old, &new, &mut part.rows);
            shown = op.old_range().end;
        }
        difference.parts.push(part);
    }
    difference.folded_after = old.len().saturating_sub(shown);
    difference
}

fn rows(op: &DiffOp, old: &[&str], new: &[&str], into: &mut Vec<Row>) {
    let (before, after) = (op.old_range(), op.new_range());
    let same = matches!(op, DiffOp::Equal { .. });
    for place in 0..before.len().max(after.len()) {
        let old_at = (place < before.len()).then(|| before.start + place);
        let new_at = (place < after.len()).then(|| after.start + place);
        let (old_spans, new_spans) = match (old_at, new_at) {
            (Some(o), Some(_)) if same => (plain(old[o], false), plain(old[o], false)),
            (Some(o), Some(n)) => words(old[o], new[n]),
            (o, n) => (
                o.map_or_else(Vec::new, |at| plain(old[at], true)),
                n.map_or_else(Vec::new, |at| plain(new[at], true)),
            ),
        };
        let line = |at: usize, spans| Line {
            number: at + 1,
            spans,
        };
        into.push(Row {
            old: old_at.map(|at| line(at, old_spans)),
            new: new_at.map(|at| line(at, new_spans)),
        });
    }
}

fn plain(text: &str, changed: bool) -> Vec<Span> {
    vec![Span {
        text: text.to_owned(),
        changed,
    }]
}

/// Two lines that stand for each other, word by word. Lines with little in common are changed as a whole.
fn words(old: &str, new: &str) -> (Vec<Span>, Vec<Span>) {
    let Some(edits) = by_words(old, new) else {
        return (plain(old, true), plain(new, true));
    };
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for edit in readable(edits) {
        for (side, text) in [(&mut left, edit.old), (&mut right, edit.new)] {
            if !text.is_empty() {
                side.push(Span {
                    text,
                    changed: !edit.same,
                });
            }
        }
    }
    (left, right)
}

/// A stretch that stays, or that becomes another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub same: bool,
    pub old: String,
    pub new: String,
}

/// The smallest edits that lead from one text to another: of lines, and where those have much in common of words.
pub fn edits(old: &str, new: &str) -> Vec<Edit> {
    let lines = |text| str::split_inclusive(text, '\n').collect::<Vec<_>>();
    let mut edits = Vec::new();
    for edit in between_parts(Algorithm::Histogram, &lines(old), &lines(new)) {
        match by_words(&edit.old, &edit.new) {
            Some(smaller) if !edit.same => edits.extend(smaller),
            _ => edits.push(edit),
        }
    }
    edits
}

/// Takes what stayed into the changes on both sides of it where it is shorter than either, such as the spaces between
/// words that all changed: fewer and longer changes are easier to read.
fn readable(edits: Vec<Edit>) -> Vec<Edit> {
    let size = |edit: &Edit| edit.old.len().max(edit.new.len());
    let mut shown: Vec<Edit> = Vec::new();
    for edit in edits {
        if let [.., before, between] = &shown[..]
            && !edit.same
            && between.same
            && !before.same
            && size(between) <= size(before).min(size(&edit))
        {
            for joined in [shown.pop(), Some(edit)].into_iter().flatten() {
                if let Some(last) = shown.last_mut() {
                    last.old.push_str(&joined.old);
                    last.new.push_str(&joined.new);
                }
            }
        } else {
            shown.push(edit);
        }
    }
    shown
}

/// Longer stretches are not compared by words: that takes time by the square of their length.
const MOST_WORDS: usize = 1 << 15;

/// How one stretch becomes another, or nothing where they have too little in common to tell.
fn by_words(old: &str, new: &str) -> Option<Vec<Edit>> {
    if old.len().max(new.len()) > MOST_WORDS {
        return None;
    }
    let edits = between_parts(Algorithm::Myers, &split(old), &split(new));
    let same: usize = edits
        .iter()
        .filter(|edit| edit.same)
        .map(|edit| edit.old.trim().len())
        .sum();
    (same > 0 && same * 4 >= old.trim().len().min(new.trim().len())).then_some(edits)
}

fn between_parts(algorithm: Algorithm, old: &[&str], new: &[&str]) -> Vec<Edit> {
    capture_diff_slices(algorithm, old, new)
        .iter()
        .map(|op| Edit {
            same: matches!(op, DiffOp::Equal { .. }),
            old: old[op.old_range()].concat(),
            new: new[op.new_range()].concat(),
        })
        .collect()
}

/// Words, runs of space, and single signs.
fn split(line: &str) -> Vec<&str> {
    let kind = |c: char| {
        if c.is_alphanumeric() {
            0
        } else if c.is_whitespace() {
            1
        } else {
            2
        }
    };
    let mut parts = Vec::new();
    let mut start = 0;
    let mut last = None;
    for (at, c) in line.char_indices() {
        let here = kind(c);
        if last.is_some_and(|before| before != here || here == 2) {
            parts.push(&line[start..at]);
            start = at;
        }
        last = Some(here);
    }
    if start < line.len() {
        parts.push(&line[start..]);
    }
    parts
}
