//! Texts that are hostile by their size: ten megabytes of one construct are rendered in bounded time and on a small stack.

use crate::{Syntax, render};
use std::time::{Duration, Instant};

/// More than twice what a document may hold. Without optimisation that takes minutes; there it is just beyond the limits
/// that are set before a text is parsed.
const SIZE: usize = if cfg!(debug_assertions) {
    64 << 10
} else {
    10 << 20
};
/// For each, on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(20);
/// As small as any thread's that renders.
const STACK: usize = 1 << 20;

/// The constructs that a parser nests, or looks for the end of.
const REPEATED: &[&str] = &[
    "> ", "- ", "1. ", "* a\n", "[", "![", "]", "](", "[a](", "*", "**a ", "_a *", "~~", "`",
    "`` ", "```\n", "| a ", "|-|-|\n", "<", "<b>", "<div>\n", "<!--", "&#", "&amp;", "\\", "# ",
    "[a]: b\n", "[^a]", "---\n", "a@b.", "http://", "\u{202e}", "x\n\n", "- [ ] ",
];

/// Levels that each begin on a line of their own, `depth` of them again and again.
fn staircase(mark: &str, depth: usize) -> String {
    let mut text = String::with_capacity(SIZE + 1024);
    while text.len() < SIZE {
        for level in 0..depth {
            text.push_str(&"  ".repeat(level));
            text.push_str(mark);
            text.push_str("x\n");
        }
        text.push('\n');
    }
    text
}

/// Renders on a small stack and gives how long it took.
fn time(text: String) -> Duration {
    let renders = move || {
        let begun = Instant::now();
        let html = render(&text, Syntax::Markdown).html;
        let took = begun.elapsed();
        // What a page shows is bounded by what was written.
        assert!(html.len() < text.len() * 16 + 4_096, "{}", html.len());
        took
    };
    let thread = std::thread::Builder::new().stack_size(STACK);
    thread.spawn(renders).unwrap().join().unwrap()
}

#[test]
fn ten_megabytes_of_anything_end() {
    let mut slow = Vec::new();
    let repeated = REPEATED
        .iter()
        .map(|piece| (*piece, piece.repeat(SIZE / piece.len())));
    let stairs = [("- ", 100), ("> ", 100), ("1. ", 1_000)];
    let stairs = stairs.map(|(mark, depth)| (mark, staircase(mark, depth)));
    for (name, text) in repeated.chain(stairs) {
        let took = time(text);
        if took > PATIENCE {
            slow.push((name, took));
        }
    }
    assert!(slow.is_empty(), "{slow:?}");
}
