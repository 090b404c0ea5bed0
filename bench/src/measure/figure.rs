//! One measured figure, and what a group of them reports.

use std::collections::HashMap;

use serde::Serialize;

/// A figure against its bar.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    pub name: String,
    /// A share, 0 to 1.
    pub value: f64,
    /// The least the figure may be.
    pub bar: f64,
    /// How many things were judged.
    pub n: usize,
    pub holds: bool,
}

impl Figure {
    /// The share of `right` among `n`. Of nothing at all, nothing was found to hold.
    pub fn share(name: &str, right: usize, n: usize, bar: f64) -> Self {
        let value = if n == 0 { 0.0 } else { right as f64 / n as f64 };
        Self {
            name: name.to_owned(),
            value,
            bar,
            n,
            holds: n > 0 && value >= bar,
        }
    }
}

/// What one group of figures found.
#[derive(Debug, Default)]
pub struct Report {
    pub figures: Vec<Figure>,
    /// Lines for a person to read: what was not found and why, and shares without a bar.
    pub notes: Vec<String>,
}

/// Hits, and what they are measured against, for recall and precision of one kind of thing.
#[derive(Debug, Default)]
pub struct Tally {
    /// Things that are there and were found.
    pub hits: usize,
    /// Things that are there.
    pub there: usize,
    /// Things that were found.
    pub found: usize,
}

impl Tally {
    pub fn figures(&self, what: &str, bar: f64) -> [Figure; 2] {
        [
            Figure::share(&format!("{what}, recall"), self.hits, self.there, bar),
            Figure::share(&format!("{what}, precision"), self.hits, self.found, bar),
        ]
    }
}

/// Lower-case words; marks and spacing do not count.
pub fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// How many words two texts share, each as often as it stands in both, by the length of the longer.
pub fn overlap(a: &[String], b: &[String]) -> f64 {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in a {
        *counts.entry(word).or_default() += 1;
    }
    let shared = b
        .iter()
        .filter(|word| {
            counts.get_mut(word.as_str()).is_some_and(|left| {
                let some = *left > 0;
                *left -= usize::from(some);
                some
            })
        })
        .count();
    let longer = a.len().max(b.len());
    if longer == 0 {
        0.0
    } else {
        shared as f64 / longer as f64
    }
}
