//! What each construct becomes.

use insta::assert_snapshot;

use crate::{Links, Syntax, mentions, outline, plain, render, render_comment, render_with};

fn markdown(text: &str) -> String {
    render(text, Syntax::Markdown).html
}

fn rst(text: &str) -> String {
    render(text, Syntax::Rst).html
}

#[test]
fn markdown_headings_carry_ids_and_repeat_none() {
    assert_snapshot!(markdown("# A *b* `c`\n\n## A b c\n\nSetext\n------\n"), @r##"
    <h1 id="h-a-b-c">A <em>b</em> <code>c</code></h1>
    <h2 id="h-a-b-c-1">A b c</h2>
    <h2 id="h-setext">Setext</h2>
    "##);
}

#[test]
fn markdown_task_lists() {
    assert_snapshot!(markdown("- [x] done\n- [ ] open\n"), @r##"
    <ul class="task-list">
    <li class="task"><input type="checkbox" disabled="" checked="" aria-label="done"> done</li>
    <li class="task"><input type="checkbox" disabled="" aria-label="not done"> open</li>
    </ul>
    "##);
}

#[test]
fn markdown_tables_with_alignment() {
    assert_snapshot!(markdown("| a | b |\n|---|--:|\n| 1 | `2` |\n"), @r##"
    <div class="table-wrap" tabindex="0"><table>
    <thead>
    <tr><th>a</th><th align="right">b</th></tr>
    </thead>
    <tbody>
    <tr><td>1</td><td align="right"><code>2</code></td></tr>
    </tbody></table></div>
    "##);
}

#[test]
fn markdown_footnotes_lead_there_and_back() {
    assert_snapshot!(markdown("x[^n]\n\n[^n]: note\n"), @r##"
    <p>x<sup class="footnote-ref" id="h-fnref-n"><a href="#h-fn-n" rel="nofollow noopener noreferrer">1</a></sup></p>
    <section class="footnotes">
    <ol>
    <li id="h-fn-n">
    <p>note</p>
    <a href="#h-fnref-n" aria-label="back to the text" class="footnote-back" rel="nofollow noopener noreferrer">↩</a></li>
    </ol>
    </section>
    "##);
}

#[test]
fn markdown_alerts() {
    assert_snapshot!(markdown("> [!WARNING]\n> hot\n"), @r##"
    <aside class="alert alert-warning">
    <p class="alert-title">Warning</p>
    <p>hot</p>
    </aside>
    "##);
}

#[test]
fn markdown_front_matter_as_table() {
    assert_snapshot!(markdown("---\ntitle: \"T\"\nstatus: draft\n---\n\nx\n"), @r##"
    <table class="front-matter"><tbody>
    <tr><th scope="row">title</th><td>T</td></tr>
    <tr><th scope="row">status</th><td>draft</td></tr>
    </tbody></table>
    <p>x</p>
    "##);
}

#[test]
fn markdown_nested_front_matter_as_written() {
    assert_snapshot!(markdown("---\nowners:\n  - \"@sam\"\n---\n\nx\n"), @r##"
    <pre class="front-matter" tabindex="0">owners:
      - "@sam"</pre>
    <p>x</p>
    "##);
}

#[test]
fn markdown_code_with_its_language() {
    assert_snapshot!(markdown("``` rust,ignore\nlet a = \"<b>\";\n```\n"), @r##"
    <pre tabindex="0"><code class="language-rust">let a = "&lt;b&gt;";
    </code></pre>
    "##);
}

#[test]
fn markdown_links_and_images() {
    assert_snapshot!(markdown("[a](#open-questions) https://x.example [b](../y \"t\") ![i](p.png)\n\n[c](javascript:x) ~~d~~\n"), @r##"
    <p><a href="#h-open-questions" rel="nofollow noopener noreferrer">a</a> <a href="https://x.example" rel="nofollow noopener noreferrer">https://x.example</a> b i</p>
    <p>c <del>d</del></p>
    "##);
}

#[test]
fn markdown_raw_html_that_may_stay() {
    assert_snapshot!(markdown("<details><summary>S</summary>\n\nH<sub>2</sub>O <kbd onclick=x>K</kbd>\n\n</details>\n"), @r##"
    <details><summary>S</summary>
    <p>H<sub>2</sub>O <kbd>K</kbd></p>
    </details>
    "##);
}

#[test]
fn markdown_raw_html_that_may_not() {
    assert_snapshot!(markdown("Vec<T> <script>x</script> <!-- gone --> <p style=\"x\">y</p>\n"), @r##"<p>Vec&lt;T&gt; &lt;script&gt;x&lt;/script&gt;  </p><p>y</p><p></p>"##);
}

#[test]
fn markdown_directions_that_turn_are_written_out() {
    assert_snapshot!(markdown("a\u{202e}b `c\u{2066}d`\n"), @r##"<p>a⟨U+202E⟩b <code>c⟨U+2066⟩d</code></p>"##);
}

#[test]
fn rst_headers_and_titles() {
    assert_snapshot!(rst("PEP: 8\nTitle: Style\n\nAbstract\n========\n\nx\n\nDetail\n------\n\ny\n"), @r##"
    <table class="front-matter"><tbody>
    <tr><th scope="row">PEP</th><td>8</td></tr>
    <tr><th scope="row">Title</th><td>Style</td></tr>
    </tbody></table>
    <h1 id="h-abstract">Abstract</h1>
    <p>x</p>
    <h2 id="h-detail">Detail</h2>
    <p>y</p>
    "##);
}

#[test]
fn rst_inline_markup() {
    assert_snapshot!(rst("*a* **b** ``c`` :pep:`8` :func:`f` `t <https://x.example>`_ \\*d\\*\n"), @r##"<p><em>a</em> <strong>b</strong> <code>c</code> <a href="https://peps.python.org/pep-0008" rel="nofollow noopener noreferrer">PEP 8</a> <code>f</code> <a href="https://x.example" rel="nofollow noopener noreferrer">t</a> *d*</p>"##);
}

#[test]
fn rst_lists() {
    assert_snapshot!(rst("* a\n* b\n\n  1. c\n  2. d\n\nterm\n  text\n\n:field: value\n\n-o FILE  out\n"), @r##"
    <ul>
    <li>a</li>
    <li>b<ol>
    <li>c</li>
    <li>d</li>
    </ol>
    </li>
    </ul>
    <dl>
    <dt>term</dt>
    <dd>text</dd>
    </dl>
    <dl class="field-list">
    <dt>field</dt>
    <dd>value</dd>
    </dl>
    <dl class="option-list">
    <dt><code>-o FILE</code></dt>
    <dd>out</dd>
    </dl>
    "##);
}

#[test]
fn rst_literal_and_doctest_blocks() {
    assert_snapshot!(rst("Code::\n\n  a < b\n\n>>> 1 + 1\n2\n"), @r##"
    <p>Code:</p>
    <pre tabindex="0"><code>a &lt; b</code></pre>
    <pre tabindex="0"><code class="language-pycon">&gt;&gt;&gt; 1 + 1
    2</code></pre>
    "##);
}

#[test]
fn rst_grid_tables_with_spans() {
    assert_snapshot!(rst("+---+---+\n| a | b |\n+===+===+\n| c     |\n+---+---+\n| d | e |\n+---+---+\n"), @r##"
    <div class="table-wrap" tabindex="0"><table>
    <thead>
    <tr><th>a</th><th>b</th></tr>
    </thead>
    <tbody>
    <tr><td colspan="2">c</td></tr>
    <tr><td>d</td><td>e</td></tr>
    </tbody>
    </table></div>
    "##);
}

#[test]
fn rst_simple_tables() {
    assert_snapshot!(rst("=== ===\na   b\n=== ===\n1   2\n=== ===\n"), @r##"
    <div class="table-wrap" tabindex="0"><table>
    <thead>
    <tr><th>a</th><th>b</th></tr>
    </thead>
    <tbody>
    <tr><td>1</td><td>2</td></tr>
    </tbody>
    </table></div>
    "##);
}

#[test]
fn rst_directives() {
    assert_snapshot!(rst("..  a comment\n\n.. note:: Mind\n   this.\n\n.. code-block:: c\n\n   int x;\n\n.. unknown:: y\n\n   z\n"), @r##"
    <aside class="alert alert-note">
    <p class="alert-title">Note</p>
    <p>Mind
    this.</p>
    </aside>
    <pre tabindex="0"><code class="language-c">int x;</code></pre>
    <pre class="as-written" tabindex="0">.. unknown:: y

       z</pre>
    "##);
}

#[test]
fn rst_notes_targets_and_substitutions() {
    assert_snapshot!(rst("A [#]_ and [B]_, site_ |s| x__\n\n.. [#] one\n.. [B] two\n.. _site: https://x.example\n.. |s| replace:: *sub*\n__ https://y.example\n"), @r##"
    <p>A <sup class="footnote-ref"><a href="#h-note-1" rel="nofollow noopener noreferrer">[1]</a></sup> and <sup class="footnote-ref"><a href="#h-note-b" rel="nofollow noopener noreferrer">[B]</a></sup>, <a href="https://x.example" rel="nofollow noopener noreferrer">site</a> <em>sub</em> <a href="https://y.example" rel="nofollow noopener noreferrer">x</a></p>
    <div class="footnote" id="h-note-1">[1] one</div>
    <div class="citation" id="h-note-b">[B] two</div>
    "##);
}

#[test]
fn rst_quotes_and_line_blocks() {
    assert_snapshot!(rst("x\n\n  Said.\n\n  -- Who\n\n| a\n|   b\n"), @r##"
    <p>x</p>
    <blockquote>
    <p>Said.</p>
    <p class="attribution">— Who</p>
    </blockquote>
    <div class="line-block">
    <div class="line">a</div>
    <div class="line">&nbsp;&nbsp;b</div>
    </div>
    "##);
}

#[test]
fn mentions_and_numbers_lead_where_the_caller_says() {
    let links = Links {
        mention: &|name| (name == "sam").then(|| "/people/sam".to_owned()),
        number: &|number| (number == 12).then(|| "/reviews/12".to_owned()),
    };
    let text = "@sam @kim a@sam.example `@sam` [@sam](x) #12 #13 #12a (@sam).";
    let html = render_with(text, Syntax::Markdown, &links).html;
    assert_eq!(html.matches("href=\"/people/sam\"").count(), 2, "{html}");
    assert_eq!(html.matches("href=\"/reviews/12\"").count(), 1, "{html}");
    let evil = Links {
        mention: &|_| Some("javascript:x".to_owned()),
        number: &|_| None,
    };
    assert!(
        !render_with("@sam", Syntax::Markdown, &evil)
            .html
            .contains("href")
    );
}

#[test]
fn mentions_are_found_once_each_outside_code() {
    let text =
        "@sam, @ann-lee and @sam. `@code`\n\n```\n@block\n```\n\nx@y.example (@kim) \u{fc}@no";
    assert_eq!(mentions(text), ["sam", "ann-lee", "kim"]);
}

#[test]
fn a_comment_has_small_headings_and_no_ids() {
    let html = render_comment("# A\n\n[^1]\n\n[^1]: x\n");
    assert!(
        html.starts_with("<h4>A</h4>") && !html.contains(" id="),
        "{html}"
    );
}

#[test]
fn offsets_fit_the_source_behind_front_matter_and_any_line_end() {
    for (text, syntax) in [
        (
            "---\na: b\n---\n\n# One\n\nx\n\n## Two\ny\n# Three\n",
            Syntax::Markdown,
        ),
        (
            "---\r\na: b\r\n---\r\n\r\n# One\r\n\r\nx\r\n\r\n## Two\r\ny\r\n# Three\r\n",
            Syntax::Markdown,
        ),
        (
            "\u{feff}PEP: 1\nA: b\n\nOne\n===\n\nx\n\nTwo\n---\ny\n\nThree\n=====\n",
            Syntax::Rst,
        ),
    ] {
        let headings = outline(text, syntax);
        let words: Vec<_> = headings
            .iter()
            .map(|heading| heading.text.as_str())
            .collect();
        assert_eq!(words, ["One", "Two", "Three"], "{text:?}");
        for heading in &headings {
            assert!(
                text[heading.start..heading.body_start].contains(&heading.text),
                "{text:?} {heading:?}"
            );
            assert_eq!(
                text[..heading.start].matches('\n').count() + 1,
                heading.line
            );
        }
        assert_eq!(headings[0].end, headings[2].start);
        assert_eq!(text[headings[1].body_start..headings[1].end].trim(), "y");
    }
}

#[test]
fn plain_text_has_the_words_of_every_block() {
    assert_eq!(
        plain(
            "# A\n\n- *b*\n- [c](x)\n\n| d | e |\n|---|---|\n",
            Syntax::Markdown
        ),
        "A\nb\nc\nd\te"
    );
}

#[test]
fn a_task_is_ticked_by_its_number() {
    use crate::markdown::tasks::tick;
    let text = "- [ ] ä one\n  - [X] two\n\n> 1. [ ] three\n\n```\n- [ ] code\n```\n- [x]\tfour\n";
    let ticked = |number, done| tick(text, number, done);
    assert_eq!(ticked(0, true).unwrap(), text.replacen("[ ] ä", "[x] ä", 1));
    assert_eq!(ticked(1, false).unwrap(), text.replace("[X]", "[ ]"));
    assert_eq!(
        ticked(2, true).unwrap(),
        text.replace("[ ] three", "[x] three")
    );
    assert_eq!(
        ticked(3, false).unwrap(),
        text.replace("[x]\tfour", "[ ]\tfour")
    );
    assert_eq!(ticked(4, true), None);
    let raw = "<ul><li class=\"task\"><input type=\"checkbox\">raw</li></ul>\n\n- [ ] own\n";
    assert_eq!(tick(raw, 0, true).unwrap(), raw.replace("[ ]", "[x]"));
    let forged =
        "<li class=\"task\"><input type=\"checkbox\" disabled=\"\">raw</li>\n\n- [ ] own\n";
    let boxes = render(forged, Syntax::Markdown).html;
    let sure = boxes.matches(crate::markdown::tasks::BOX).count() == 1;
    assert_eq!(
        tick(forged, 0, true).is_some(),
        sure,
        "no number is sure beside boxes that look like Markdown's"
    );
}
