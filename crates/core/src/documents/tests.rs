use super::difference::{Row, between};
use super::references::{numbers, unlink};
use super::sections::{self, SectionState};
use hardwon_prose::{Syntax, outline};

fn show(rows: &[Row]) -> String {
    let side = |line: &Option<super::difference::Line>| {
        line.as_ref().map_or("·".to_owned(), |line| {
            line.spans
                .iter()
                .map(|span| {
                    if span.changed {
                        format!("[{}]", span.text)
                    } else {
                        span.text.clone()
                    }
                })
                .collect()
        })
    };
    rows.iter()
        .map(|row| format!("{} | {}\n", side(&row.old), side(&row.new)))
        .collect()
}

#[test]
fn a_changed_word_is_shown_as_that_word() {
    let difference = between(
        "one\nthe quick brown fox\nthree\n",
        "one\nthe quick red fox\nthree\nfour\n",
    );
    assert_eq!((difference.lines_removed, difference.lines_added), (1, 2));
    assert_eq!(
        show(&difference.parts[0].rows),
        "one | one\nthe quick [brown] fox | the quick [red] fox\nthree | three\n· | [four]\n"
    );
}

#[test]
fn what_stayed_the_same_is_folded() {
    let old: String = (1..=40).map(|n| format!("line {n}\n")).collect();
    let new = old.replace("line 20\n", "line twenty\n");
    let difference = between(&old, &new);
    assert_eq!(difference.parts.len(), 1);
    assert_eq!(difference.parts[0].folded, 16);
    assert_eq!(difference.parts[0].rows.len(), 7);
    assert_eq!(difference.folded_after, 17);
    assert!(between(&old, &old).parts.is_empty());
}

#[test]
fn references_to_what_the_reader_may_not_see_are_plain_words() {
    let html = "<p>See <a href=\"/reviews/7\" rel=\"x\">#7</a>, <a href=\"/reviews/12\" rel=\"x\">#12</a> and \
                <a href=\"/reviews/12/history\">this</a>.</p>";
    assert_eq!(numbers(html), [7, 12]);
    assert_eq!(
        unlink(html, &[12]),
        "<p>See #7, <a href=\"/reviews/12\" rel=\"x\">#12</a> and <a href=\"/reviews/12/history\">this</a>.</p>"
    );
}

#[test]
fn standard_sections_are_found_by_their_headings() {
    let text = "# Queue\n\n## Motivation\n\nMails are late.\n\n## Goals\n\nTBD\n\n## Rejected ideas\n\nCron.\n\n## Non-goals\n";
    let found = sections::find(text, &outline(text, Syntax::Markdown));
    let state = |key: &str| found.iter().find(|section| section.key == key).unwrap();
    assert_eq!(state("problem").state, SectionState::Present);
    assert_eq!(state("goals").state, SectionState::Empty);
    assert_eq!(state("goals").slug.as_deref(), Some("goals"));
    assert_eq!(state("alternatives").state, SectionState::Present);
    assert_eq!(state("assumptions").state, SectionState::Missing);
    assert_eq!(found.len(), sections::STANDARD.len());
}
