//! Hostile texts end in bounded depth. How long they take is measured elsewhere; that they end at all, without
//! exhausting the stack, is tested here on small ones.

use super::inspect::faults;
use crate::{Syntax, policy, render, render_comment};

const SIZE: usize = 4_000;

fn deepest(html: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for part in html.split('<').skip(1) {
        let void = ["br", "hr", "img", "input"]
            .iter()
            .any(|name| part.starts_with(name));
        if part.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !void {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}

#[test]
fn depth_is_bounded_whatever_is_repeated() {
    for piece in [
        ">",
        "> ",
        "- ",
        "1. ",
        "* ",
        "[",
        "![",
        "[a](",
        "*a **b ",
        "<b>",
        "<div>\n",
        "<b a=1><p>",
        "<table><tr><td>",
        "[^a]",
        "<details>\n\n",
        "> - ",
        "- a\n\n  ",
        ".. note:: ",
        "| ",
        "`a <",
        ":a: ",
        "\u{202e}",
    ] {
        let text = piece.repeat(SIZE / piece.len());
        for html in [
            render(&text, Syntax::Markdown).html,
            render_comment(&text),
            render(&text, Syntax::Rst).html,
        ] {
            assert!(deepest(&html) < 250, "{piece:?}: {}", deepest(&html));
            assert_eq!(faults(&html), Vec::<String>::new(), "{piece:?}");
        }
    }
}

#[test]
fn lists_nested_line_by_line_are_cut_with_a_note() {
    let mut text = String::new();
    for depth in 0..200 {
        text.push_str(&"  ".repeat(depth));
        text.push_str(&format!("- level {depth}\n\n"));
    }
    for syntax in [Syntax::Markdown, Syntax::Rst] {
        let rendered = render(&text, syntax);
        assert!(
            rendered.html.starts_with("<p class=\"prose-note\">"),
            "{}",
            rendered.html
        );
        assert!(deepest(&rendered.html) < 250);
        for depth in 0..200 {
            assert!(
                rendered.html.contains(&format!("level {depth}")),
                "level {depth}"
            );
        }
        assert_eq!(policy::enforce(&rendered.html), rendered.html);
    }
}

#[test]
fn ordinary_nesting_is_left_alone() {
    let text = "> - a\n>   - b\n>     > c\n\n- x\n  1. y\n     - z\n\n".repeat(200);
    let html = render(&text, Syntax::Markdown).html;
    assert!(!html.contains("prose-note") && !html.contains('\\'));
}

#[test]
fn a_paragraph_crowded_with_markup_is_cut_with_a_note_and_the_next_one_is_not() {
    let text = format!("{}\n\n**strong**\n", "[a](*b ".repeat(30_000));
    let html = render(&text, Syntax::Markdown).html;
    assert!(html.starts_with("<p class=\"prose-note\">"));
    assert!(html.ends_with("<p><strong>strong</strong></p>\n"));
    assert_eq!(html.matches("[a](*b").count(), 30_000);
}
