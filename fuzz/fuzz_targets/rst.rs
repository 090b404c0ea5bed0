//! Any reStructuredText renders without a panic, to HTML that the policy lets pass unchanged, with offsets inside the text.
#![no_main]

use hardwon_prose::{Syntax, policy, render};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let rendered = render(text, Syntax::Rst);
    assert_eq!(policy::enforce(&rendered.html), rendered.html);
    for heading in &rendered.headings {
        assert!(text.get(heading.start..heading.body_start).is_some());
        assert!(text.get(heading.body_start..heading.end).is_some());
    }
});
