//! Slugs of headings: GitHub's rule, so that links written for GitHub (`#open-questions`) work here too.
//!
//! Unlike there, a heading without any letter or digit gets the slug `section` rather than an empty one.

use std::collections::{HashMap, HashSet};

/// Hands out slugs that are unique within one document, in order of asking.
#[derive(Debug, Default)]
pub struct Slugs {
    taken: HashSet<String>,
    next: HashMap<String, usize>,
}

impl Slugs {
    /// The slug of a heading with these words.
    pub fn next(&mut self, words: &str) -> String {
        let base = slug(words);
        let mut suffix = self.next.get(&base).copied().unwrap_or(0);
        let chosen = loop {
            let candidate = if suffix == 0 {
                base.clone()
            } else {
                format!("{base}-{suffix}")
            };
            suffix += 1;
            if self.taken.insert(candidate.clone()) {
                break candidate;
            }
        };
        self.next.insert(base, suffix);
        chosen
    }
}

/// The slug these words would have alone in a document.
pub fn slug(words: &str) -> String {
    let mut slug = String::with_capacity(words.len());
    for c in words.trim().chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() || c == '-' || c == '_' || is_mark(c) {
            slug.push(c);
        } else if c.is_whitespace() {
            slug.push('-');
        }
    }
    if slug.chars().all(|c| c == '-') {
        "section".to_owned()
    } else {
        slug
    }
}

/// Combining marks and the joiners of Indic and Persian words, without which a slug would lose its vowels.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{200c}' | '\u{200d}')
}
