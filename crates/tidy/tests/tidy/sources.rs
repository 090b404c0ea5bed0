//! Sources and the files beside them.

use hardwon_tidy::{Tracked, toml_file, tracked};

const LONGEST: usize = 800;

fn ends(file: &Tracked, endings: &[&str]) -> bool {
    endings.iter().any(|ending| file.path.ends_with(ending))
}

fn is_tidy(file: &Tracked) -> bool {
    file.path.starts_with("crates/tidy/tests/")
}

#[test]
fn no_source_file_is_too_long() {
    let kinds = [".rs", ".ts", ".mjs", ".css", ".html", ".sh", ".sql"];
    let long: Vec<String> = tracked()
        .iter()
        .filter(|file| ends(file, &kinds))
        .map(|file| (file.text.lines().count(), &file.path))
        .filter(|(lines, _)| *lines > LONGEST)
        .map(|(lines, path)| format!("{path}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "split these: {long:#?}");
}

#[test]
fn nothing_is_left_for_later_in_a_source_file() {
    let marks = ["TO", "FIX", "XX", "HA"]
        .into_iter()
        .zip(["DO", "ME", "X", "CK"]);
    let marks: Vec<String> = marks.map(|(a, b)| format!("{a}{b}")).collect();
    let kinds = [
        ".rs", ".ts", ".mjs", ".css", ".html", ".sh", ".sql", ".toml",
    ];
    let mut left = Vec::new();
    for file in tracked()
        .iter()
        .filter(|file| ends(file, &kinds) && !is_tidy(file))
    {
        let code = ends(file, &[".rs", ".ts", ".mjs"]);
        for (number, line) in (1..).zip(file.text.lines()) {
            // Code may speak of such marks, as what looks for them in a text does; its comments may not.
            let said = if code {
                line.split_once("//").map_or("", |(_, comment)| comment)
            } else {
                line
            };
            let mut words = said.split(|sign: char| !sign.is_alphanumeric());
            let later = words.any(|word| marks.iter().any(|mark| mark == word))
                || said.to_lowercase().contains("lorem ipsum");
            if later {
                left.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn nothing_names_a_machine_or_its_mirror() {
    // Split, so that this file does not name them either.
    let paths = [
        ["/wo", "rk/"],
        ["/ro", "ot/"],
        ["/ho", "me/"],
        [".cargo/regi", "stry"],
        ["/Us", "ers/"],
    ];
    let paths: Vec<String> = paths.iter().map(|parts| parts.concat()).collect();
    let mut named = Vec::new();
    for file in tracked().iter().filter(|file| !is_tidy(file)) {
        for (number, line) in (1..).zip(file.text.lines()) {
            if paths.iter().any(|path| line.contains(path.as_str())) {
                named.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
        let locked = ["Cargo.lock", "package-lock.json"]
            .iter()
            .any(|lock| file.path.ends_with(lock));
        if locked {
            named.extend(foreign_registries(file));
        }
    }
    assert!(named.is_empty(), "{named:#?}");
}

/// Lock files name the public registries or none.
fn foreign_registries(file: &Tracked) -> Vec<String> {
    let public = [
        "registry+https://github.com/rust-lang/crates.io-index",
        "https://registry.npmjs.org/",
    ];
    let named = file.text.lines().filter(|line| {
        let line = line.trim_start();
        (line.starts_with("source = ") || line.starts_with("\"resolved\""))
            && !public.iter().any(|registry| line.contains(registry))
    });
    named
        .map(|line| format!("{}: {}", file.path, line.trim()))
        .collect()
}

#[test]
fn every_migration_is_numbered_and_embedded() {
    let files = tracked();
    let list = files
        .iter()
        .find(|file| file.path == "crates/db/src/migrations.rs");
    let list = list.map_or("", |file| file.text.as_str());
    let mut numbers = Vec::new();
    for file in &files {
        let Some(name) = file.path.strip_prefix("migrations/") else {
            continue;
        };
        let name = name
            .strip_suffix(".sql")
            .expect("only SQL is in migrations/");
        let number = name
            .strip_prefix('V')
            .and_then(|rest| rest.split_once("__"));
        let number = number.and_then(|(number, _)| number.parse::<usize>().ok());
        numbers
            .push(number.unwrap_or_else(|| panic!("migrations/{name}.sql: V<number>__<name>.sql")));
        assert!(
            list.contains(&format!("\"{name}\"")),
            "{name} is not embedded"
        );
    }
    numbers.sort_unstable();
    assert_eq!(
        numbers,
        (1..=numbers.len()).collect::<Vec<_>>(),
        "numbered from 1 without a gap"
    );
}

#[test]
fn the_change_log_says_what_is_coming() {
    let files = tracked();
    let log = files
        .iter()
        .find(|file| file.path == "CHANGELOG.md")
        .expect("CHANGELOG.md");
    assert!(
        log.text
            .lines()
            .any(|line| line.trim_end() == "## Unreleased"),
        "no section \"Unreleased\""
    );
}

#[test]
fn every_crate_takes_the_shared_lints() {
    for member in hardwon_tidy::members() {
        let shared = member
            .manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace"));
        assert_eq!(
            shared.and_then(toml::Value::as_bool),
            Some(true),
            "{}",
            member.folder
        );
    }
}

#[test]
fn every_dependency_is_pinned_exactly() {
    let manifest = toml_file("Cargo.toml");
    let shared = manifest["workspace"]["dependencies"]
        .as_table()
        .expect("a table");
    let loose: Vec<&String> = shared
        .iter()
        .filter(|(_, value)| value.get("path").is_none())
        .filter(|(_, value)| {
            let version = value
                .as_str()
                .or_else(|| value.get("version").and_then(toml::Value::as_str));
            !version.is_some_and(|version| version.starts_with('='))
        })
        .map(|(name, _)| name)
        .collect();
    assert!(loose.is_empty(), "{loose:#?}");
}
