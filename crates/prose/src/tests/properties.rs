use proptest::prelude::*;

use super::inspect::{faults, ids};
use crate::{Syntax, mentions, outline, policy, render, render_comment};

/// Pieces that make up both languages, and the ones that break them.
const PIECES: &[&str] = &[
    "# ",
    "## ",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "- ",
    "  ",
    "    ",
    "\t",
    "* ",
    "1. ",
    "> ",
    "| a | b |\n|---|--:|\n",
    "| x |",
    "```\n",
    "``` rust\n",
    "`",
    "``",
    "*",
    "**",
    "_",
    "__",
    "~~",
    "[",
    "]",
    "(",
    ")",
    "](x)",
    "![",
    "[^1]",
    "[^1]: ",
    "[x]: y\n",
    "<b>",
    "</b>",
    "<div>\n",
    "</div>",
    "<script>",
    "<!--",
    "-->",
    "<details>\n\n",
    "<p",
    ">",
    "\"",
    "'",
    "&amp;",
    "&",
    "<T>",
    "<br>",
    "<img src=x>",
    "<a href=\"",
    "@sam",
    "#12 ",
    "- [ ] ",
    "---\n",
    "===\n",
    "a: b\n",
    "word",
    "Überschrift",
    "日本語",
    "\u{202e}",
    "&#x202e;",
    "&#8235;",
    "\u{2067}",
    "<bdo dir=rtl>",
    "\u{a0}",
    "\u{0}",
    "e\u{301}",
    "🦀",
    "\\",
    "::\n\n",
    ".. ",
    ".. note:: ",
    ".. code-block:: c\n\n   ",
    ".. _x: y\n",
    ".. |s| replace:: t\n",
    "|s|",
    "x_",
    "y__",
    "`x <y>`_",
    ":pep:`8`",
    ":f: g\n",
    "+---+---+\n",
    "| a | b |\n",
    "=== ===\n",
    "-o FILE  x\n",
    "| line\n",
    ">>> x\n",
    ".. [1] ",
    "[1]_",
    "[#]_ ",
    ".. [#] x\n",
    ".. image:: z\n   :alt: q\n",
    ".. list-table::\n\n   * - a\n     - b\n",
    "https://x.example/a_(b)",
    "a@b.example",
    "\n====\n",
    "\n~~~~\n",
    "  term\n    text\n",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[ -~]{0,12}",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn check(text: &str, syntax: Syntax) {
    let rendered = render(text, syntax);
    assert_eq!(faults(&rendered.html), Vec::<String>::new());
    assert_eq!(
        policy::enforce(&rendered.html),
        rendered.html,
        "the policy changes the rendering"
    );
    assert_eq!(rendered.headings, outline(text, syntax));
    let mut slugs = std::collections::HashSet::new();
    let ids = ids(&rendered.html);
    let mut last = 0;
    for heading in &rendered.headings {
        assert!(slugs.insert(heading.slug.clone()), "{} twice", heading.slug);
        assert!(
            ids.contains(&heading.anchor()),
            "{} is not in the rendering",
            heading.anchor()
        );
        assert!(
            heading.start >= last
                && heading.start <= heading.body_start
                && heading.body_start <= heading.end
        );
        assert!(heading.end <= text.len());
        for offset in [heading.start, heading.body_start, heading.end] {
            assert!(text.is_char_boundary(offset));
        }
        assert!((1..=6).contains(&heading.level));
        last = heading.start;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn markdown_is_safe_and_its_outline_sound(text in text()) {
        check(&text, Syntax::Markdown);
        let comment = render_comment(&text);
        prop_assert_eq!(faults(&comment), Vec::<String>::new());
        prop_assert_eq!(policy::enforce(&comment), comment);
        for name in mentions(&text) {
            let found = format!("@{name}");
            prop_assert!(text.contains(&found));
        }
    }

    #[test]
    fn restructured_text_is_safe_and_its_outline_sound(text in text()) {
        check(&text, Syntax::Rst);
    }

    #[test]
    fn what_the_policy_lets_pass_it_lets_pass_again(text in text()) {
        let once = policy::enforce(&text);
        prop_assert_eq!(faults(&once), Vec::<String>::new());
        prop_assert_eq!(policy::enforce(&once), once);
    }
}
