use super::difference::{Change, Row, between, edits};
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
fn a_changed_line_can_be_read_in_one() {
    let check = |old: &str, new: &str, expected: &str| {
        let difference = between(old, new);
        let told: Vec<String> = difference.parts[0]
            .rows
            .iter()
            .map(|row| {
                let pieces = row.in_one_line();
                pieces.map_or("apart".to_owned(), |pieces| {
                    let marked = |(change, text): &(Change, &str)| match change {
                        Change::Same => (*text).to_owned(),
                        Change::Removed => format!("[-{text}-]"),
                        Change::Added => format!("[+{text}+]"),
                    };
                    pieces.iter().map(marked).collect()
                })
            })
            .collect();
        assert_eq!(told.join("\n"), expected);
    };
    check("the quick fox", "the slow fox", "the [-quick-][+slow+] fox");
    check("a fox", "so a fox ran", "[+so +]a fox[+ ran+]");
    check("so a fox ran", "a fox", "[-so -]a fox[- ran-]");
    check(
        "a cat sat here",
        "a dog lay here",
        "a [-cat sat-][+dog lay+] here",
    );
    check("one\ntwo", "one\nbicycle", "one\napart");
}

#[test]
fn edits_lead_from_one_text_to_the_other_and_leave_what_stays() {
    for (old, new, changed) in [
        ("", "one", 3),
        ("one\n", "", 4),
        ("one two\nthree\n", "one 2\nthree\n", 4),
        ("a b c d\n", "a b c d e\n", 2),
        ("größe 😀 x\n", "größe 😀😀 x\n", "😀".len()),
        ("completely\n", "different\n", 21),
    ] {
        let edits = edits(old, new);
        let (before, after): (Vec<_>, Vec<_>) = edits
            .iter()
            .map(|edit| (edit.old.as_str(), edit.new.as_str()))
            .unzip();
        assert_eq!(
            (before.concat().as_str(), after.concat().as_str()),
            (old, new)
        );
        let counted: usize = edits
            .iter()
            .filter(|edit| !edit.same)
            .map(|edit| edit.old.len() + edit.new.len())
            .sum();
        assert_eq!(counted, changed, "{old:?} to {new:?}");
    }
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
