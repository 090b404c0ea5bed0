//! The fields a proposal carries before its prose, in whichever way they are written: YAML or TOML front matter, a
//! mail-like header, a list or table or plain lines below the title, field lists and attributes, and a `kep.yaml`.

use serde::Serialize;
use serde_json::Value;

use super::Syntax;
use super::outline::{self, Heading};
use super::words::plain;

/// One field as its source writes it. A list gives one field per entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Lower case, words joined by `-`.
    pub key: String,
    pub value: String,
}

#[derive(Debug, Default)]
pub(super) struct Header {
    pub fields: Vec<Field>,
    /// Where the front matter or mail-like header ends and the text begins.
    pub end: usize,
}

/// Fields that may stand as a list, a table or plain lines below a title. Only these are believed there, since
/// prose has colons too.
const KNOWN: &[&str] = &[
    "adr",
    "amended-by",
    "amends",
    "approved-by",
    "approvers",
    "author",
    "authors",
    "bug",
    "bugs",
    "category",
    "co-author",
    "co-authors",
    "created",
    "creation-date",
    "date",
    "date-created",
    "decided",
    "deciders",
    "decision",
    "decision-makers",
    "decision-notes",
    "depends-on",
    "discussion",
    "discussions-to",
    "drivers",
    "email",
    "extended-by",
    "extends",
    "feature",
    "feature-gate",
    "feature-gates",
    "feature-name",
    "implementation",
    "issue",
    "issues",
    "last-modified",
    "last-update",
    "last-updated",
    "number",
    "obsoleted-by",
    "obsoletes",
    "owner",
    "owners",
    "previous-proposal",
    "previous-proposals",
    "previous-revision",
    "previous-revisions",
    "proposal",
    "related",
    "related-adrs",
    "related-issues",
    "related-proposals",
    "related-rfcs",
    "related-to",
    "relates-to",
    "replaced-by",
    "replaces",
    "required-by",
    "requires",
    "review",
    "review-manager",
    "review-managers",
    "reviewers",
    "revision",
    "rfc",
    "rfc-pr",
    "rust-issue",
    "see-also",
    "shepherd-leader",
    "shepherd-team",
    "shepherds",
    "sponsor",
    "sponsors",
    "start-date",
    "state",
    "status",
    "superceded-by",
    "supercedes",
    "superseded-by",
    "supersedes",
    "tags",
    "tracking-issue",
    "tracking-issues",
    "type",
    "updated",
    "upcoming-feature-flag",
    "version",
];

/// How much of a text is searched for a header below its title.
const REACH_LINES: usize = 80;

impl Header {
    /// The first value of a field, if it is not empty and not a mark for "none".
    pub fn first(&self, key: &str) -> Option<&str> {
        self.fields
            .iter()
            .filter(|field| field.key == key)
            .map(|field| field.value.as_str())
            .find(|v| filled(v))
    }

    /// Every value of a field that says something.
    pub fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |field| field.key == key)
            .map(|field| field.value.as_str())
            .filter(|v| filled(v))
    }

    fn push(&mut self, key: &str, value: &str) {
        self.fields.push(Field {
            key: key.to_owned(),
            value: value.trim().to_owned(),
        });
    }
}

fn filled(value: &str) -> bool {
    let bare = value
        .trim()
        .trim_matches(['-', '—', '–', '.', '*', '_', '`', '"', '\''])
        .to_lowercase();
    !matches!(
        bare.as_str(),
        "" | "n/a" | "na" | "none" | "null" | "tbd" | "todo" | "not applicable" | "nil" | "~"
    )
}

pub(super) fn read(
    text: &str,
    syntax: Syntax,
    outline: &[Heading],
    companion: Option<&str>,
) -> Header {
    let mut header = Header::default();
    if let Some(yaml) = companion {
        yaml_fields(yaml, &mut header);
    }
    if !front_matter(text, &mut header) && companion.is_none() {
        mail_like(text, &mut header);
    }
    below_title(text, syntax, outline, &mut header);
    header
}

/// `Author(s)`, `**Start Date**` and `RFC PR #` all become one spelling.
fn key_of(written: &str) -> String {
    let bare = plain(written).to_lowercase().replace("(s)", "s");
    bare.split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

fn front_matter(text: &str, header: &mut Header) -> bool {
    let bom = text.len() - text.trim_start_matches(['\u{feff}', '\n', '\r']).len();
    let rest = &text[bom..];
    let Some(fence) = ["---", "+++"]
        .into_iter()
        .find(|fence| rest.lines().next().is_some_and(|l| l.trim_end() == *fence))
    else {
        return false;
    };
    let mut offset = bom + rest.lines().next().map_or(0, str::len);
    offset += text[offset..].find('\n').map_or(0, |at| at + 1);
    let begin = offset;
    for line in text[begin..].split_inclusive('\n') {
        let bare = line.trim_end();
        if bare == fence || (fence == "---" && bare == "...") {
            let body = &text[begin..offset];
            if fence == "---" {
                yaml_fields(body, header);
            } else {
                toml_fields(body, header);
            }
            header.end = offset + line.len();
            return true;
        }
        offset += line.len();
    }
    false
}

/// Real YAML if it is that; else line by line, since authors write `@name` and `a: b: c` without quotes.
fn yaml_fields(yaml: &str, header: &mut Header) {
    match serde_saphyr::from_str::<Value>(yaml) {
        Ok(Value::Object(map)) => {
            for (key, value) in &map {
                value_fields(&key_of(key), value, header);
            }
        }
        _ => line_fields(yaml, header),
    }
}

fn toml_fields(body: &str, header: &mut Header) {
    match toml::from_str::<toml::Table>(body)
        .ok()
        .and_then(|table| serde_json::to_value(table).ok())
    {
        Some(Value::Object(map)) => {
            for (key, value) in &map {
                value_fields(&key_of(key), value, header);
            }
        }
        _ => line_fields(&body.replace(" = ", ": "), header),
    }
}

fn value_fields(key: &str, value: &Value, header: &mut Header) {
    match value {
        Value::Null => header.push(key, ""),
        Value::Bool(yes) => header.push(key, if *yes { "true" } else { "false" }),
        Value::Number(number) => header.push(key, &number.to_string()),
        Value::String(text) => header.push(key, text),
        Value::Array(entries) => entries
            .iter()
            .for_each(|entry| value_fields(key, entry, header)),
        Value::Object(map) => {
            // An author as `name:` and `email:`, or a TOML date under its crate's private key.
            let named = ["name", "github", "$__toml_private_datetime"]
                .iter()
                .find_map(|name| map.get(*name));
            match named {
                Some(value) => value_fields(key, value, header),
                None => map.iter().for_each(|(inner, value)| {
                    value_fields(&format!("{key}-{}", key_of(inner)), value, header);
                }),
            }
        }
    }
}

/// `key: value` with `- entry` lists and indented continuations below it.
fn line_fields(body: &str, header: &mut Header) {
    let mut key = String::new();
    for line in body.lines() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        let indented = line.starts_with([' ', '\t']);
        if let Some(entry) = bare.strip_prefix("- ") {
            if !key.is_empty() {
                header.push(&key, unquoted(entry));
            }
        } else if indented {
            if let Some(last) = header.fields.last_mut().filter(|last| last.key == key) {
                last.value = format!("{} {bare}", last.value).trim().to_owned();
            }
        } else if let Some((written, value)) = bare.split_once(':') {
            key = key_of(written);
            header.push(&key, unquoted(value));
        }
    }
}

fn unquoted(value: &str) -> &str {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = value
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
        {
            return inner;
        }
    }
    value
}

/// Whether a text opens with at least two `Key: value` lines.
pub(super) fn is_mail_like(text: &str) -> bool {
    let mut lines = text
        .trim_start_matches('\u{feff}')
        .lines()
        .skip_while(|line| line.trim().is_empty());
    let first = lines.next().and_then(mail_field);
    first.is_some()
        && lines
            .take_while(|line| !line.trim().is_empty())
            .any(|line| mail_field(line).is_some())
}

fn mail_field(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let named = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.len() <= 30
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (named && (value.is_empty() || value.starts_with([' ', '\t']))).then_some((key, value))
}

fn mail_like(text: &str, header: &mut Header) {
    if !is_mail_like(text) {
        return;
    }
    let mut offset = text.len() - text.trim_start_matches(['\u{feff}', '\n', '\r', ' ']).len();
    let mut open = false;
    for line in text[offset..].split_inclusive('\n') {
        if line.trim().is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            if let (true, Some(last)) = (open, header.fields.last_mut()) {
                last.value.push(' ');
                last.value.push_str(line.trim());
            }
        } else if let Some((key, value)) = mail_field(line.trim_end()) {
            header.push(&key_of(key), value);
            open = true;
        } else {
            break;
        }
        offset += line.len();
    }
    header.end = offset;
}

/// Lists, tables, plain lines, field lists and attributes between the top of the text and its first section.
fn below_title(text: &str, syntax: Syntax, outline: &[Heading], header: &mut Header) {
    let end = first_section(text, header.end, outline);
    let region = text.get(header.end..end).unwrap_or("");
    let before = header.fields.len();
    scan(region, syntax, true, header);
    if header.fields.len() == before && header.end == 0 {
        // Some put the list at the top of their summary.
        if let Some(next) = outline.iter().find(|heading| heading.start >= end) {
            scan(
                text.get(next.body_start..next.end).unwrap_or(""),
                syntax,
                false,
                header,
            );
        }
    }
}

/// The start of the first heading that is not the text's own title.
fn first_section(text: &str, from: usize, outline: &[Heading]) -> usize {
    let after = outline::title(outline, from).map_or(from, |title| title.body_start);
    outline
        .iter()
        .find(|heading| heading.start >= after)
        .map_or(text.len(), |heading| heading.start)
}

fn scan(region: &str, syntax: Syntax, plain_lines: bool, header: &mut Header) {
    let mut fenced = false;
    let mut comment = false;
    let mut open: Option<String> = None;
    for line in region.lines().take(REACH_LINES) {
        let bare = line.trim();
        if bare.starts_with("```") || bare.starts_with("~~~") {
            fenced = !fenced;
        }
        comment = (comment || bare.starts_with("<!--")) && !bare.contains("-->");
        if fenced || comment || bare.ends_with("-->") {
            open = None;
            continue;
        }
        let indented = line.starts_with([' ', '\t']);
        let item = ["- ", "* ", "+ ", "• "]
            .iter()
            .find_map(|mark| bare.strip_prefix(mark));
        let field = if bare.starts_with('|') {
            row(bare)
        } else if let Some(rest) = bare
            .strip_prefix(':')
            .filter(|_| syntax != Syntax::Markdown)
        {
            rest.split_once(':')
                .map(|(key, value)| (key, value.to_owned()))
        } else if let Some(item) = item {
            item.split_once(':')
                .map(|(key, value)| (key, value.to_owned()))
        } else if plain_lines && !indented {
            bare.split_once(':')
                .map(|(key, value)| (key, value.to_owned()))
        } else {
            None
        };
        let known = field
            .map(|(key, value)| (key_of(key), value))
            .filter(|(key, _)| KNOWN.contains(&key.as_str()));
        match (known, &open) {
            (Some((key, value)), _) => {
                header.push(
                    &key,
                    value
                        .trim()
                        .trim_start_matches("**")
                        .trim_start_matches("__"),
                );
                open = Some(key);
            }
            (None, Some(key)) if indented && item.is_some() => {
                let (key, item) = (key.clone(), item.unwrap_or("").to_owned());
                header.push(&key, &item);
            }
            (None, Some(_))
                if !bare.is_empty()
                    && (indented || item.is_none())
                    && !bare.starts_with(['#', '|', '>']) =>
            {
                if let Some(last) = header.fields.last_mut() {
                    last.value = format!("{} {bare}", last.value).trim().to_owned();
                }
            }
            _ => open = None,
        }
    }
}

fn row(line: &str) -> Option<(&str, String)> {
    let mut cells = line.trim_matches('|').split('|');
    let (key, value) = (cells.next()?, cells.next()?);
    (!key.contains("---")).then(|| (key, value.trim().to_owned()))
}
