//! Who wrote a proposal, by its header.

use serde::Serialize;

use super::format::Format;
use super::header::Header;
use super::outline::{self, Heading};
use super::words::{one_line, plain};

/// An author as the source names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Author {
    /// The name; or the handle, where that is all there is.
    pub name: String,
    /// Without `@`.
    pub handle: Option<String>,
    pub address: Option<String>,
}

pub(super) fn of(text: &str, format: Format, header: &Header, outline: &[Heading]) -> Vec<Author> {
    let keys = ["author", "authors", "co-author", "co-authors"];
    let mut values: Vec<&str> = keys.iter().flat_map(|key| header.all(key)).collect();
    if values.is_empty() {
        values = section(text, outline);
    }
    if values.is_empty() && format == Format::GoProposal {
        values = bare_line(text, header, outline).into_iter().collect();
    }
    if values.is_empty() {
        values = ["deciders", "decision-makers", "owner", "owners", "drivers"]
            .iter()
            .flat_map(|key| header.all(key))
            .collect();
    }
    let mut authors: Vec<Author> = Vec::new();
    for value in values {
        for author in split(value).iter().filter_map(|one| author(one)) {
            if !authors.contains(&author) {
                authors.push(author);
            }
        }
    }
    authors
}

/// The entries of a section named "Authors".
fn section<'a>(text: &'a str, outline: &[Heading]) -> Vec<&'a str> {
    let named = |heading: &&Heading| {
        matches!(
            heading.text.to_lowercase().as_str(),
            "author" | "authors" | "author(s)"
        )
    };
    let Some(heading) = outline.iter().take(12).find(named) else {
        return Vec::new();
    };
    let body = text.get(heading.body_start..heading.end).unwrap_or("");
    body.lines()
        .map(|line| line.trim().trim_start_matches(['-', '*', '+', ' ']))
        .filter(|line| !line.is_empty())
        .take(30)
        .collect()
}

/// Go proposals often have the author's name alone on the line below the title.
fn bare_line<'a>(text: &'a str, header: &Header, outline: &[Heading]) -> Option<&'a str> {
    let title = outline::title(outline, header.end)?;
    let line = text
        .get(title.body_start..title.end)?
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())?;
    let names: Vec<&str> = line.split(' ').collect();
    let is_name = (2..=4).contains(&names.len())
        && names.iter().all(|name| {
            name.starts_with(char::is_uppercase)
                && name.chars().all(|c| c.is_alphabetic() || ".-'".contains(c))
        });
    is_name.then_some(line)
}

/// Parts at commas, semicolons, `&`, "and" and line ends that do not stand in brackets, and after an address.
fn split(value: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_i32;
    let value = value
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace(['\\'], "");
    for c in value.replace(" and ", ", ").replace(" & ", ", ").chars() {
        match c {
            '(' | '[' | '<' => depth += 1,
            ')' | ']' | '>' => depth -= 1,
            _ => {}
        }
        let parting = depth <= 0 && matches!(c, ',' | ';' | '\n');
        if !parting && let Some(last) = parts.last_mut() {
            last.push(c);
        }
        if parting || (c == '>' && depth <= 0) {
            parts.push(String::new());
        }
    }
    parts
}

fn author(written: &str) -> Option<Author> {
    let mut name = plain(written);
    let address = between(&name, '<', '>').filter(|found| found.contains('@') || found == "email");
    if let (Some(open), Some(close)) = (name.find('<'), name.rfind('>'))
        && open < close
    {
        name.replace_range(open..=close, " ");
    }
    let bracketed = between(&name, '(', ')');
    if let (Some(open), Some(close)) = (name.find('('), name.rfind(')'))
        && open < close
    {
        name.replace_range(open..=close, " ");
    }
    let name = one_line(&name);
    let own = name.strip_prefix('@').map(str::to_owned);
    let handle = bracketed
        .and_then(|inner| inner.strip_prefix('@').map(str::to_owned))
        .or(own);
    let name = name
        .trim_matches([',', '"', '\'', ' ', '.'])
        .trim_start_matches('@')
        .to_owned();
    let name = if name.is_empty() {
        handle.clone().or_else(|| address.clone())?
    } else {
        name
    };
    let is_name =
        name.chars().any(char::is_alphabetic) && name.chars().count() <= 80 && !name.contains(':');
    is_name.then_some(Author {
        name,
        handle,
        address: address.filter(|found| found.contains('@')),
    })
}

fn between(text: &str, open: char, close: char) -> Option<String> {
    let start = text.find(open)? + open.len_utf8();
    let end = start + text[start..].find(close)?;
    Some(text[start..end].trim().to_owned())
}
