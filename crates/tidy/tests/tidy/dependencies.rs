//! What we depend on: licences, bans, copies and number, by the rules of `deny.toml`; and that we use all of it.

use std::collections::{BTreeMap, BTreeSet};

use hardwon_tidy::{members, packages, toml_file, tracked};

/// Crates compiled on Linux beside our own. Each one is a minute of somebody's patience; raise it with a reason.
const BUDGET: usize = 400;

fn strings(value: Option<&toml::Value>, key: &str) -> BTreeSet<String> {
    let items = value
        .and_then(toml::Value::as_array)
        .cloned()
        .unwrap_or_default();
    let name = |item: &toml::Value| {
        item.as_str()
            .or_else(|| item.get(key).and_then(toml::Value::as_str))
            .map(str::to_owned)
    };
    items.iter().filter_map(name).collect()
}

fn rules(section: &str, list: &str, key: &str) -> BTreeSet<String> {
    let deny = toml_file("deny.toml");
    strings(deny.get(section).and_then(|section| section.get(list)), key)
}

struct Package {
    name: String,
    version: String,
    licence: String,
}

fn foreign() -> Vec<Package> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("").to_owned();
    packages()
        .iter()
        .filter(|package| !package["source"].is_null())
        .map(|package| Package {
            name: text(&package["name"]),
            version: text(&package["version"]),
            licence: text(&package["license"]),
        })
        .collect()
}

#[test]
fn licences_are_permissive() {
    let allowed = rules("licenses", "allow", "");
    let excepted: BTreeMap<String, BTreeSet<String>> = toml_file("deny.toml")["licenses"]
        .get("exceptions")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .map(|rule| {
            let name = rule
                .get("crate")
                .or_else(|| rule.get("name"))
                .and_then(toml::Value::as_str);
            (
                name.unwrap_or("").to_owned(),
                strings(rule.get("allow"), ""),
            )
        })
        .collect();
    let mut wrong = Vec::new();
    for package in foreign() {
        let mut allowed = allowed.clone();
        allowed.extend(excepted.get(&package.name).cloned().unwrap_or_default());
        if !permits(&package.licence, &allowed) {
            wrong.push(format!(
                "{} {}: {}",
                package.name, package.version, package.licence
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whether a licence expression can be met: one side of each "or", both of each "and".
fn permits(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let tokens: Vec<&str> = expression.split_whitespace().collect();
    let mut at = 0;
    let met = any_of(&tokens, &mut at, allowed);
    met && at == tokens.len()
}

fn any_of(tokens: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut met = all_of(tokens, at, allowed);
    while tokens.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all_of(tokens, at, allowed);
    }
    met
}

fn all_of(tokens: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut met = one(tokens, at, allowed);
    while tokens.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(tokens, at, allowed);
    }
    met
}

fn one(tokens: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let Some(token) = tokens.get(*at) else {
        return false;
    };
    *at += 1;
    if *token == "(" {
        let met = any_of(tokens, at, allowed);
        *at += 1;
        return met;
    }
    if tokens.get(*at) == Some(&"WITH") {
        let whole = format!("{token} WITH {}", tokens.get(*at + 1).unwrap_or(&""));
        *at += 2;
        return allowed.contains(&whole);
    }
    allowed.contains(*token)
}

#[test]
fn licence_expressions_are_read_as_written() {
    let allowed: BTreeSet<String> = ["MIT", "Apache-2.0"].map(str::to_owned).into();
    for met in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-3.0 OR MIT",
        "(MIT OR X) AND Apache-2.0",
    ] {
        assert!(permits(met, &allowed), "{met}");
    }
    for not in [
        "",
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "(X OR Y) AND MIT",
        "Apache-2.0 WITH X",
    ] {
        assert!(!permits(not, &allowed), "{not}");
    }
}

#[test]
fn nothing_banned_is_locked() {
    let banned = rules("bans", "deny", "crate");
    assert!(banned.len() > 3, "deny.toml names what is banned");
    let lock = toml_file("Cargo.lock");
    let found: BTreeSet<String> = strings(lock.get("package"), "name")
        .intersection(&banned)
        .cloned()
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_crate_comes_once_or_with_a_reason() {
    let reasoned = rules("bans", "skip", "crate");
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in foreign() {
        versions
            .entry(package.name)
            .or_default()
            .insert(package.version);
    }
    versions.retain(|_, versions| versions.len() > 1);
    let new: Vec<_> = versions
        .iter()
        .filter(|(name, _)| !reasoned.contains(*name))
        .collect();
    assert!(new.is_empty(), "say why in deny.toml: {new:#?}");
    let gone: Vec<_> = reasoned
        .iter()
        .filter(|name| !versions.contains_key(*name))
        .collect();
    assert!(
        gone.is_empty(),
        "deny.toml excuses what comes once: {gone:?}"
    );
}

#[test]
fn the_number_of_crates_stays_within_the_budget() {
    let number = foreign().len();
    assert!(number <= BUDGET, "{number} crates, of {BUDGET}");
}

#[test]
fn every_dependency_is_used() {
    let files = tracked();
    let mut unused = Vec::new();
    for member in members() {
        let prefix = format!("{}/", member.folder);
        let sources: Vec<&str> = files
            .iter()
            .filter(|file| file.path.starts_with(&prefix) && file.path.ends_with(".rs"))
            .map(|file| file.text.as_str())
            .collect();
        for name in member.dependencies() {
            let ident = name.replace('-', "_");
            let used = sources.iter().any(|text| {
                text.match_indices(&ident).any(|(at, _)| {
                    let part = |sign: char| sign.is_alphanumeric() || sign == '_';
                    !text[..at].ends_with(part) && !text[at + ident.len()..].starts_with(part)
                })
            });
            if !used {
                unused.push(format!("{}: {name}", member.folder));
            }
        }
    }
    assert!(unused.is_empty(), "{unused:#?}");
}
