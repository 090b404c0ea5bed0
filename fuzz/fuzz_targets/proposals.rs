//! Any bytes, under any of the names proposals have, are read or refused without a panic, and a text that is read is kept
//! as it was.
#![no_main]

use hardwon_core::exchange::proposals::{Source, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8], Option<&[u8]>)| {
    let (name, bytes, companion) = input;
    let endings = ["md", "rst", "txt", "adoc"];
    let path = format!("a/0012-b.{}", endings[usize::from(name) % endings.len()]);
    if let Ok(proposal) = parse(&Source { path: &path, bytes, companion }) {
        assert_eq!(proposal.text.as_bytes(), bytes);
        for section in &proposal.sections {
            assert!(proposal.text.get(section.start..section.body_start).is_some());
            assert!(proposal.text.get(section.body_start..section.end).is_some());
        }
        for question in &proposal.questions {
            assert!(proposal.text.get(question.start..question.end).is_some());
        }
    }
});
