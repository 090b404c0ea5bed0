//! The arrows of ARCHITECTURE.md: which crate may know which, and which feature of the core another.

use std::collections::BTreeSet;

use hardwon_tidy::{members, tracked};

/// Who may depend on a crate; a crate that is not named here may be used by all.
const ONLY: [(&str, &[&str]); 14] = [
    ("axum", &["crates/server"]),
    ("tokio", &["crates/server", "crates/db", "bench"]),
    ("askama", &["crates/server"]),
    ("reqwest", &["crates/server", "bench"]),
    ("tantivy", &["crates/search"]),
    ("yrs", &["crates/server"]),
    ("rusqlite", &["crates/db"]),
    ("postgres", &["crates/db"]),
    ("r2d2", &["crates/db"]),
    ("refinery-core", &["crates/db"]),
    ("hardwon-core", &["crates/server", "bench"]),
    ("hardwon-search", &["crates/server", "bench"]),
    ("hardwon-tidy", &[]),
    ("hardwon", &["bench"]),
];

/// The libraries among our crates: they know nothing of us.
const LIBRARIES: [&str; 5] = [
    "crates/db",
    "crates/scan",
    "crates/prose",
    "crates/search",
    "crates/tidy",
];

/// Features of the core that use another feature. Adding a line is a decision: events are the usual way.
const FEATURES: &[(&str, &str)] = &[
    ("access", "reviews"),
    ("audit", "people"),
    ("auth", "organisation"),
    ("auth", "people"),
    ("completion", "people"),
    ("decisions", "documents"),
    ("decisions", "people"),
    ("decisions", "questions"),
    ("decisions", "reviews"),
    ("decisions", "stances"),
    ("documents", "people"),
    ("exchange", "documents"),
    ("exchange", "organisation"),
    ("exchange", "people"),
    ("exchange", "questions"),
    ("exchange", "reviews"),
    ("home", "meetings"),
    ("home", "reviews"),
    ("learnings", "people"),
    ("learnings", "reviews"),
    ("meetings", "documents"),
    ("meetings", "people"),
    ("meetings", "questions"),
    ("meetings", "reviews"),
    ("minutes", "decisions"),
    ("minutes", "documents"),
    ("minutes", "learnings"),
    ("minutes", "meetings"),
    ("minutes", "people"),
    ("minutes", "questions"),
    ("minutes", "reviews"),
    ("minutes", "stances"),
    ("organisation", "people"),
    ("organisation", "reviews"),
    ("people", "auth"),
    ("questions", "documents"),
    ("questions", "people"),
    ("questions", "reviews"),
    ("reviews", "documents"),
    ("reviews", "people"),
    ("reviews", "questions"),
    ("search", "reviews"),
    ("stances", "people"),
    ("threads", "documents"),
    ("threads", "people"),
    ("threads", "reviews"),
];

/// Modules every feature uses freely.
const SPINE: [&str; 11] = [
    "access", "ctx", "error", "event", "id", "link", "page", "word", "words", "world", "testing",
];

#[test]
fn crates_know_only_whom_they_may() {
    let mut wrong = Vec::new();
    for member in members() {
        for name in member.dependencies() {
            let rule = ONLY.iter().find(|(only, _)| *only == name);
            if rule.is_some_and(|(_, folders)| !folders.contains(&member.folder.as_str())) {
                wrong.push(format!("{} must not know {name}", member.folder));
            }
            if LIBRARIES.contains(&member.folder.as_str()) && name.starts_with("hardwon") {
                wrong.push(format!(
                    "{} is a library and must not know {name}",
                    member.folder
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn features_of_the_core_know_each_other_only_by_the_list() {
    let allowed: BTreeSet<(&str, &str)> = FEATURES.iter().copied().collect();
    let files = tracked();
    let sources = || {
        files.iter().filter_map(|file| {
            let path = file.path.strip_prefix("crates/core/src/")?;
            Some((path.split('/').next()?.trim_end_matches(".rs"), file))
        })
    };
    let features: BTreeSet<&str> = sources()
        .filter(|(_, file)| file.path.ends_with(".rs"))
        .map(|(name, _)| name)
        .filter(|name| !SPINE.contains(name) && *name != "lib")
        .collect();
    let mut used: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (from, file) in sources().filter(|(from, _)| *from != "lib") {
        for to in &features {
            if *to != from && names(&file.text, to) {
                used.insert((from, to));
            }
        }
    }
    let new: Vec<_> = used.difference(&allowed).collect();
    assert!(
        new.is_empty(),
        "features use each other beside the list: {new:#?}"
    );
    let gone: Vec<_> = allowed.difference(&used).collect();
    assert!(
        gone.is_empty(),
        "the list allows what nobody does: {gone:#?}"
    );
}

/// Whether a source file names a module of its crate.
fn names(text: &str, module: &str) -> bool {
    if text.contains(&format!("crate::{module}::")) || text.contains(&format!("crate::{module};")) {
        return true;
    }
    // use crate::{a, b::C, d};
    text.split("use crate::{").skip(1).any(|rest| {
        let list = rest.split("};").next().unwrap_or(rest);
        list.split([',', '{', '}', ' ', '\n'])
            .any(|name| name.split("::").next() == Some(module))
    })
}
