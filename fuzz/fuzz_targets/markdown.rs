//! Any Markdown renders without a panic, to HTML that the policy lets pass unchanged, with offsets inside the text.
#![no_main]

use hardwon_prose::{Syntax, mentions, policy, render, render_comment};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let rendered = render(text, Syntax::Markdown);
    assert_eq!(policy::enforce(&rendered.html), rendered.html);
    for heading in &rendered.headings {
        assert!(text.get(heading.start..heading.body_start).is_some());
        assert!(text.get(heading.body_start..heading.end).is_some());
    }
    let comment = render_comment(text);
    assert_eq!(policy::enforce(&comment), comment);
    for name in mentions(text) {
        assert!(text.contains(name));
    }
});
