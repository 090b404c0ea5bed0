//! `@name` and `#12` in running text: finding them, and asking the caller where they lead.

use crate::html::Page;
use crate::policy;

/// Where mentions lead. A closure that gives nothing leaves the words as they are.
pub struct Links<'a> {
    /// From a handle, without the `@`, to an address.
    pub mention: &'a dyn Fn(&str) -> Option<String>,
    /// From a review's number to an address.
    pub number: &'a dyn Fn(u64) -> Option<String>,
}

impl Links<'static> {
    /// Links nothing.
    pub fn none() -> Self {
        Links {
            mention: &|_| None,
            number: &|_| None,
        }
    }
}

/// A mention at a place of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found<'t> {
    Handle(&'t str),
    Number(u64),
}

/// The names mentioned as `@name` outside code, links and raw HTML, without the `@`, each once, in order.
pub fn mentions(text: &str) -> Vec<&str> {
    if !text.contains('@') {
        return Vec::new();
    }
    let mut names: Vec<String> = Vec::new();
    crate::markdown::each_prose(text, &mut |words| {
        each(words, &mut |_, _, found| {
            if let Found::Handle(name) = found
                && !names.iter().any(|known| known == name)
            {
                names.push(name.to_owned());
            }
        });
    });
    names
        .iter()
        .filter_map(|name| {
            let at = text.find(&format!("@{name}"))? + 1;
            text.get(at..at + name.len())
        })
        .collect()
}

/// Writes words, with the mentions in them linked.
pub fn write(page: &mut Page, words: &str, links: &Links<'_>) {
    if !words.contains(['@', '#']) {
        page.words(words);
        return;
    }
    let mut done = 0;
    each(words, &mut |start, end, found| {
        let href = match found {
            Found::Handle(name) => (links.mention)(name),
            Found::Number(number) => (links.number)(number),
        };
        let Some(href) = href else { return };
        let Some(href) = policy::url(&href) else {
            return;
        };
        page.words(&words[done..start]);
        page.open_link(&href, "");
        page.words(&words[start..end]);
        page.markup("</a>");
        done = end;
    });
    page.words(&words[done..]);
}

fn each<'t>(words: &'t str, seen: &mut dyn FnMut(usize, usize, Found<'t>)) {
    let mut from = 0;
    while let Some(at) = words[from..].find(['@', '#']).map(|found| found + from) {
        from = at + 1;
        let before = words[..at].chars().next_back();
        if before.is_some_and(|c| {
            c.is_alphanumeric() || matches!(c, '_' | '/' | '@' | '#' | '&' | '.' | '-')
        }) {
            continue;
        }
        let rest = &words[at + 1..];
        if words.as_bytes()[at] == b'@' {
            let name = handle(rest);
            if !name.is_empty() {
                from = at + 1 + name.len();
                seen(at, from, Found::Handle(name));
            }
        } else {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let ends = !rest[digits..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
            if let (Ok(number), true) = (rest[..digits].parse(), ends) {
                from = at + 1 + digits;
                seen(at, from, Found::Number(number));
            }
        }
    }
}

/// The handle at the start of a text; sentence punctuation after it is not part of it.
fn handle(rest: &str) -> &str {
    let length = rest
        .char_indices()
        .find(|&(_, c)| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-')))
        .map_or(rest.len(), |(at, _)| at);
    let name = rest[..length].trim_end_matches(['.', '-']);
    let sound = name.len() <= 64 && name.starts_with(char::is_alphanumeric);
    if sound { name } else { "" }
}
