//! `#12` in a text leads to review 12. A text is rendered once for all of its readers, so every number is a link in what
//! is stored; before somebody reads it, the links to reviews that they may not see become plain words again.

use std::collections::BTreeSet;

const START: &str = "<a href=\"/reviews/";

/// Where a review is.
pub fn address(number: u64) -> String {
    format!("/reviews/{number}")
}

/// The numbers of the reviews that rendered HTML refers to, at most 500.
pub fn numbers(html: &str) -> Vec<i64> {
    let mut found = BTreeSet::new();
    for link in links(html) {
        found.insert(link.number);
        if found.len() == 500 {
            break;
        }
    }
    found.into_iter().collect()
}

/// The HTML with only those references linked whose number is in `visible`.
pub fn unlink(html: &str, visible: &[i64]) -> String {
    let mut kept = String::with_capacity(html.len());
    let mut done = 0;
    for link in links(html) {
        if visible.contains(&link.number) {
            continue;
        }
        kept.push_str(&html[done..link.start]);
        kept.push_str(&html[link.words..link.words_end]);
        done = link.words_end + "</a>".len();
    }
    kept.push_str(&html[done..]);
    kept
}

/// A link to exactly one review; offsets are bytes into the HTML.
struct Link {
    number: i64,
    start: usize,
    words: usize,
    words_end: usize,
}

fn links(html: &str) -> impl Iterator<Item = Link> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + html[from..].find(START)?;
            from = start + START.len();
            let digits = html[from..].bytes().take_while(u8::is_ascii_digit).count();
            let Ok(number) = html[from..from + digits].parse() else {
                continue;
            };
            if !html[from + digits..].starts_with('"') {
                continue;
            }
            let words = from + html[from..].find('>')? + 1;
            let words_end = words + html[words..].find("</a>")?;
            return Some(Link {
                number,
                start,
                words,
                words_end,
            });
        }
    })
}
