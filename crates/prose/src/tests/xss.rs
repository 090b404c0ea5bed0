use super::inspect::faults;
use super::vectors::VECTORS;
use crate::{Syntax, policy, render, render_comment};

/// Ways in which a vector can stand in a text.
fn placed(vector: &str) -> Vec<String> {
    let line = vector.replace(['\n', '\r'], " ");
    vec![
        vector.to_owned(),
        format!("words {vector} words"),
        format!("# {line}\n\nwords"),
        format!("> - {line}\n"),
        format!(
            "| a | b |\n|---|---|\n| {} | c |\n",
            line.replace('|', "\\|")
        ),
        format!("[words]({line})"),
        format!("[words](<{line}>)"),
        format!("[words](x \"{}\")", line.replace('"', "&quot;")),
        format!("![{line}](x.png)"),
        format!("![words]({line})"),
        format!("[words][1]\n\n[1]: {line}\n"),
        format!("<{line}>"),
        format!("``` {line}\ncode\n```\n"),
        format!("---\ntitle: {line}\n---\n\nwords\n"),
        format!("<details>\n<summary>{line}</summary>\n\n{vector}\n\n</details>"),
        format!("<b title=\"{line}\">x</b>"),
        format!("<a href='{line}'>x</a>"),
        format!("[^1]\n\n[^1]: {line}\n"),
        format!("- [ ] {line}"),
        format!("`words <{line}>`_ and `words <{line}>`__"),
        format!(":ref:`words <{line}>` :func:`{line}` |{line}|"),
        format!(".. image:: {line}\n   :alt: {line}\n   :target: {line}\n"),
        format!(".. _words: {line}\n\nwords_\n"),
        format!(".. code-block:: {line}\n\n   code\n"),
        format!(".. raw:: html\n\n   {line}\n"),
        format!(".. {line}::\n\n   {line}\n"),
        format!("Title: {line}\nAuthor: {line}\n\nwords\n"),
        format!(".. [{line}] words\n\n[{line}]_\n"),
        format!("+---+\n| {line} |\n+---+\n"),
    ]
}

#[test]
fn the_collection_is_large_and_without_repetition() {
    let distinct: std::collections::HashSet<_> = VECTORS.iter().collect();
    assert_eq!(distinct.len(), VECTORS.len());
    assert!(VECTORS.len() >= 120, "{}", VECTORS.len());
}

#[test]
fn nothing_dangerous_is_rendered_wherever_it_stands() {
    for vector in VECTORS {
        for text in placed(vector) {
            let rendered = [
                render(&text, Syntax::Markdown).html,
                render_comment(&text),
                render(&text, Syntax::Rst).html,
            ];
            for html in rendered {
                assert_eq!(faults(&html), Vec::<String>::new(), "{text:?}\n{html}");
                // The second pass is slow without optimisation, so once a vector.
                if text == *vector {
                    assert_eq!(
                        policy::enforce(&html),
                        html,
                        "the policy would change it again: {text:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_inspection_itself_finds_what_it_looks_for() {
    for bad in [
        "<script>x</script>",
        "<p onclick=x>",
        "<a href='java\nscript:x' rel='nofollow noopener noreferrer'>",
        "<a href=x>",
        "<p style=x>",
        "<p id=main>",
        "<p class=button>",
        "<img src=data:x loading=lazy referrerpolicy=no-referrer>",
        "<!-- x -->",
        "<svg>",
        "<input type=text disabled>",
        "<input>",
        "<iframe>",
    ] {
        assert_ne!(faults(bad), Vec::<String>::new(), "{bad}");
    }
}
