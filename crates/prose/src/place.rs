//! Words in a text: where quoted words stand in it, where they stand in its rendering, and how the rendering marks them.
//!
//! A reader quotes what a page shows, without markup; a writer what stands in the source. Both are compared word by word,
//! so that emphasis, links and line ends between words make no difference.

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use std::fmt::Write as _;
use std::ops::Range;
use std::time::{Duration, Instant};

/// Words somebody chose, and what stood around them, by which they are told from the same words elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quote {
    pub words: String,
    pub before: String,
    pub after: String,
}

/// How many words around a quote are compared.
const AROUND: usize = 12;
/// How many words of the text may stand between two words of a quote: the address of a link, a footnote's mark.
const GAP: usize = 24;
/// How many places are compared at most, and words altogether: a quote of one word said a thousand times fits nearly
/// everywhere in a text that says nothing else.
const MOST_PLACES: usize = 2_000;
const MOST_WORDS: usize = 5_000_000;

/// Where the quoted words stand in a text, in bytes; nothing where they do not.
pub fn find(text: &str, quote: &Quote) -> Option<Range<usize>> {
    Some(candidates(text, quote).max_by_key(|found| found.score)?.at)
}

/// Where the quoted words stand, if they can be told for sure: they are long and stand there once, or stand between what
/// they stood between.
pub fn find_again(text: &str, quote: &Quote) -> Option<Range<usize>> {
    const LETTERS: usize = 12;
    const NEIGHBOURS: i64 = 4;
    let mut whole: Vec<Candidate> = candidates(text, quote)
        .filter(|found| found.skipped == 0)
        .collect();
    whole.sort_by_key(|found| -found.score);
    let mut found = whole.into_iter();
    let (first, second) = (found.next()?, found.next());
    let alone = second.is_none() && letters(&quote.words) >= LETTERS;
    let between =
        first.score >= 4 * NEIGHBOURS && second.is_none_or(|second| second.score < first.score);
    (alone || between).then_some(first.at)
}

struct Candidate {
    at: Range<usize>,
    skipped: usize,
    score: i64,
}

fn candidates<'a>(text: &'a str, quote: &'a Quote) -> impl Iterator<Item = Candidate> + 'a {
    let wanted = quote.words.trim();
    let quoted = words(wanted);
    let (before, after) = (words(&quote.before), words(&quote.after));
    let there = words(text);
    let starts = if quoted.is_empty() { 0 } else { there.len() };
    let of = |range: &Range<usize>, text: &'a str| &text[range.clone()];
    let mut compared = 0;
    let found = (0..starts)
        .filter_map(move |start| {
            let mut at = start;
            for word in &quoted {
                compared += 1;
                if compared > MOST_WORDS {
                    return None;
                }
                let limit = if at == start { at + 1 } else { at + 1 + GAP };
                let limit = limit.min(there.len());
                at = 1
                    + (at..limit).find(|&here| of(&there[here], text) == &wanted[word.clone()])?;
            }
            let skipped = at - start - quoted.len();
            let near_before = there[start.saturating_sub(AROUND)..start].iter().rev();
            let near_after = there[at..].iter().take(AROUND);
            let around = alike(
                near_before.map(|word| of(word, text)),
                before
                    .iter()
                    .rev()
                    .take(AROUND)
                    .map(|word| of(word, &quote.before)),
            ) + alike(
                near_after.map(|word| of(word, text)),
                after.iter().take(AROUND).map(|word| of(word, &quote.after)),
            );
            Some(Candidate {
                at: whole(text, wanted, &quoted, there[start].start..there[at - 1].end),
                skipped,
                score: 4 * around - i64::try_from(skipped).unwrap_or(i64::MAX),
            })
        })
        .take(MOST_PLACES);
    // Nothing but signs is looked for as it is written.
    let signs = if words(wanted).is_empty() && !wanted.is_empty() {
        text.find(wanted).map(|at| Candidate {
            at: at..at + wanted.len(),
            skipped: 0,
            score: 0,
        })
    } else {
        None
    };
    found.chain(signs)
}

/// How many words two lists have in common from their beginning, where the first may have some more in between.
fn alike<'a>(text: impl Iterator<Item = &'a str>, quoted: impl Iterator<Item = &'a str>) -> i64 {
    let mut quoted = quoted.peekable();
    let mut count = 0;
    for word in text {
        if quoted.next_if_eq(&word).is_some() {
            count += 1;
        }
    }
    count
}

/// Takes in the signs around the words where the text has the very same.
fn whole(text: &str, wanted: &str, quoted: &[Range<usize>], found: Range<usize>) -> Range<usize> {
    let lead = &wanted[..quoted[0].start];
    let tail = &wanted[quoted[quoted.len() - 1].end..];
    let start = if text[..found.start].ends_with(lead) {
        found.start - lead.len()
    } else {
        found.start
    };
    let end = if text[found.end..].starts_with(tail) {
        found.end + tail.len()
    } else {
        found.end
    };
    start..end
}

/// The words of a text: runs of letters and digits. Scripts that write without spaces have a word for each letter.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open = false;
    for (at, letter) in text.char_indices() {
        let end = at + letter.len_utf8();
        if !letter.is_alphanumeric() {
            open = false;
        } else if stands_alone(letter) {
            found.push(at..end);
            open = false;
        } else if let (true, Some(last)) = (open, found.last_mut()) {
            last.end = end;
        } else {
            found.push(at..end);
            open = true;
        }
    }
    found
}

fn stands_alone(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn letters(text: &str) -> usize {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .count()
}

/// Where stretches of a source stand in its rendering, counted in letters and digits; nothing for what is not shown.
pub fn shown(source: &str, html: &str, ranges: &[Range<usize>]) -> Vec<Option<Range<usize>>> {
    if ranges.is_empty() {
        return Vec::new();
    }
    let plain = plain(html);
    let (from, to) = (words(source), words(&plain));
    let mut before = Vec::with_capacity(to.len());
    let mut count = 0;
    for word in &to {
        before.push(count);
        count += letters(&plain[word.clone()]);
    }
    let of = |ranges: &[Range<usize>], text: &str| -> Vec<String> {
        ranges
            .iter()
            .map(|range| text[range.clone()].to_owned())
            .collect()
    };
    let (old, new) = (of(&from, source), of(&to, &plain));
    let mut twins: Vec<Option<usize>> = vec![None; from.len()];
    let deadline = Instant::now() + Duration::from_millis(300);
    for op in capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(deadline)) {
        if let DiffOp::Equal {
            old_index,
            new_index,
            len,
        } = op
        {
            for step in 0..len {
                twins[old_index + step] = Some(new_index + step);
            }
        }
    }
    ranges
        .iter()
        .map(|range| {
            let first = from.partition_point(|word| word.end <= range.start);
            let after = from.partition_point(|word| word.start < range.end);
            let mut inside = (first..after).filter_map(|at| Some((at, twins[at]?)));
            let (at, twin) = inside.next()?;
            let (last, last_twin) = inside.next_back().unwrap_or((at, twin));
            let word = &from[at];
            let start = before[twin]
                + letters(&source[word.start..range.start.clamp(word.start, word.end)]);
            let word = &from[last];
            let end = before[last_twin]
                + letters(&source[word.start..range.end.clamp(word.start, word.end)]);
            (start < end).then_some(start..end)
        })
        .collect()
}

/// A stretch of rendered words to be marked, in letters and digits as [`shown`] counts them.
#[derive(Debug, Clone)]
pub struct Mark {
    pub letters: Range<usize>,
    /// Written into `data-thread`; letters, digits and hyphens only.
    pub thread: String,
}

/// Puts `<mark>` around stretches of rendered words, anew in every element that they reach into.
pub fn mark(html: &str, marks: &[Mark]) -> String {
    if marks.is_empty() {
        return html.to_owned();
    }
    let mut edges: Vec<usize> = marks
        .iter()
        .flat_map(|mark| [mark.letters.start, mark.letters.end])
        .collect();
    edges.sort_unstable();
    edges.dedup();
    let mut page = String::with_capacity(html.len() + marks.len() * 80);
    let mut count = 0;
    for piece in pieces(html) {
        match piece {
            Piece::Tag(tag) => page.push_str(tag),
            Piece::Words(words) => count = marked(&mut page, words, count, marks, &edges),
        }
    }
    page
}

fn marked(
    page: &mut String,
    text: &str,
    mut count: usize,
    marks: &[Mark],
    edges: &[usize],
) -> usize {
    let mut rest = text;
    while !rest.is_empty() {
        let edge = edges.get(edges.partition_point(|&edge| edge <= count));
        let taken = match edge {
            Some(edge) => until(rest, edge - count),
            None => rest.len(),
        };
        let (stretch, more) = rest.split_at(taken);
        rest = more;
        let inside = marks
            .iter()
            .filter(|mark| mark.letters.contains(&count))
            .map(|mark| mark.thread.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        let held = letters_written(stretch);
        if inside.is_empty() || held == 0 {
            page.push_str(stretch);
        } else {
            // What stands before the first letter and after the last is no part of what was counted.
            let mut letters = written(stretch).filter(|(_, letter)| letter.is_alphanumeric());
            let first = letters.next().map_or(0, |(at, _)| at);
            let last = letters.last().map_or(first, |(at, _)| at);
            let end = stretch.ceil_char_boundary(last + 1);
            let (lead, words, tail) = (&stretch[..first], &stretch[first..end], &stretch[end..]);
            let _ = write!(
                page,
                "{lead}<mark class=\"quoted\" data-thread=\"{inside}\">{words}</mark>{tail}"
            );
        }
        count += held;
    }
    count
}

/// Where the letter after `count` letters begins; signs before it belong to what comes before.
fn until(text: &str, count: usize) -> usize {
    let mut seen = 0;
    for (at, letter) in written(text) {
        if letter.is_alphanumeric() {
            if seen == count {
                return at;
            }
            seen += 1;
        }
    }
    text.len()
}

fn letters_written(text: &str) -> usize {
    written(text)
        .filter(|(_, letter)| letter.is_alphanumeric())
        .count()
}

/// The characters that the words of an HTML text stand for, with the place of each. Our HTML has no entities that are
/// letters; all of them count as one sign.
fn written(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut skip = 0;
    text.char_indices().filter_map(move |(at, letter)| {
        if at < skip {
            return None;
        }
        if letter == '&'
            && let Some(length) = text[at..].find(';').filter(|length| *length < 12)
        {
            skip = at + length + 1;
            return Some((at, '&'));
        }
        Some((at, letter))
    })
}

enum Piece<'a> {
    Tag(&'a str),
    Words(&'a str),
}

/// The tags and the words of HTML that the policy has written: every `<` begins a tag, and attributes stand in quotes.
fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, more) = if rest.starts_with('<') {
            let (tag, more) = rest.split_at(tag_end(rest));
            (Piece::Tag(tag), more)
        } else {
            let (words, more) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            (Piece::Words(words), more)
        };
        rest = more;
        Some(piece)
    })
}

fn tag_end(tag: &str) -> usize {
    let mut quoted = false;
    for (at, byte) in tag.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at + 1,
            _ => {}
        }
    }
    tag.len()
}

/// The words of a rendering; a tag divides words as markup does in the source.
fn plain(html: &str) -> String {
    let mut plain = String::with_capacity(html.len());
    for piece in pieces(html) {
        match piece {
            Piece::Tag(_) => plain.push(' '),
            Piece::Words(words) => plain.extend(written(words).map(|(_, letter)| letter)),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Syntax, render};

    const SOURCE: &str = "# Kiln\n\nThe *kiln* is full, see [the plan](https://kiln.example/plan) of **May**.\n\nThe kiln is full again & again.\n\n- the kiln\n";

    fn quote(words: &str, before: &str, after: &str) -> Quote {
        Quote {
            words: words.into(),
            before: before.into(),
            after: after.into(),
        }
    }

    fn check(quote: &Quote, source: &str, marked: &str) {
        let found = find(SOURCE, quote);
        assert_eq!(found.clone().map(|at| &SOURCE[at]), Some(source));
        let html = render(SOURCE, Syntax::Markdown).html;
        let shown = shown(SOURCE, &html, &[found.unwrap()]);
        let mark = Mark {
            letters: shown[0].clone().unwrap(),
            thread: "t1".into(),
        };
        let page = super::mark(&html, &[mark]);
        assert!(page.contains(marked), "{page}");
    }

    #[test]
    fn words_are_found_where_they_stand_and_marked_in_the_rendering() {
        check(
            &quote("kiln is full", "The", "again"),
            "kiln is full",
            "<p>The <mark class=\"quoted\" data-thread=\"t1\">kiln is full</mark> again &amp; again.</p>",
        );
        check(
            &quote("full, see the plan of May.", "kiln is", ""),
            "full, see [the plan](https://kiln.example/plan) of **May",
            "data-thread=\"t1\">the plan</mark></a> <mark class=\"quoted\" data-thread=\"t1\">of</mark> <strong>",
        );
        check(
            &quote("full again & again.", "", ""),
            "full again & again.",
            "data-thread=\"t1\">full again &amp; again</mark>.</p>",
        );
    }

    #[test]
    fn what_stands_nowhere_is_not_found() {
        assert_eq!(find(SOURCE, &quote("the oven", "", "")), None);
        assert_eq!(find(SOURCE, &quote("  ", "", "")), None);
        assert_eq!(find_again(SOURCE, &quote("kiln is full", "", "")), None);
        let between = find_again(SOURCE, &quote("kiln", "of May. The", "is full again"));
        assert_eq!(between.map(|at| at.start), SOURCE.rfind("kiln is full"));
        let again = find_again(SOURCE, &quote("is full again & again", "", ""));
        assert_eq!(again.map(|at| &SOURCE[at]), Some("is full again & again"));
    }

    #[test]
    fn what_nearly_fits_everywhere_ends() {
        let text = "a ".repeat(500_000);
        let words = format!("{}b", "a ".repeat(1_900));
        let began = Instant::now();
        assert_eq!(find(&text, &quote(&words, "", "")), None);
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{:?}",
            began.elapsed()
        );
    }

    #[test]
    fn scripts_without_spaces_and_marks_that_overlap() {
        let source = "窯は**満員**です。次は五月。\n";
        let at = find(source, &quote("満員です", "窯は", "次は")).unwrap();
        assert_eq!(&source[at.clone()], "満員**です");
        let html = render(source, Syntax::Markdown).html;
        let places = shown(source, &html, &[at, 0..source.len()]);
        let marks: Vec<Mark> = places
            .into_iter()
            .zip(["a", "b"])
            .map(|(letters, thread)| Mark {
                letters: letters.unwrap(),
                thread: thread.into(),
            })
            .collect();
        let page = mark(&html, &marks);
        assert!(page.contains("data-thread=\"a b\">満員</mark>"), "{page}");
        assert_eq!(
            plain(&page).split_whitespace().collect::<String>(),
            plain(&html).split_whitespace().collect::<String>()
        );
    }
}
