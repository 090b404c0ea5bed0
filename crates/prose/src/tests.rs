use super::*;

#[test]
fn smoke() {
    let r = render(
        "# Hello *you*\n\n- [x] a @sam\n- [ ] b\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\nx[^1] <b>c</b> Vec<T>\n\n[^1]: note\n",
        Syntax::Markdown,
    );
    println!("{}\n{:?}\n{:?}", r.html, r.headings, r.text);
}
