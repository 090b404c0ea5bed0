//! Explicit markup: what begins with two dots. Targets, footnotes, substitutions, directives, and comments.

use super::blocks::Reader;
use super::directives::{self, Source};
use super::lines::{dedent, run};
use super::tree::{Block, Substitution, Target, normalise};
use crate::slug;

/// Reads the explicit markup at `at` and gives the number of its lines.
pub fn read(
    reader: &mut Reader,
    blocks: &mut Vec<Block>,
    lines: &[&str],
    at: usize,
    depth: usize,
) -> usize {
    let first = lines[at][2..].trim_start();
    let next = lines.get(at + 1).copied().unwrap_or_default();
    // Two dots alone before a blank line are an empty comment, which takes nothing with it.
    if first.is_empty() && next.is_empty() {
        return 1;
    }
    let length = 1 + if at + 1 < lines.len() {
        run(lines, at + 1, 1)
    } else {
        0
    };
    let body = dedent(&lines[at + 1..at + length]);
    if let Some(rest) = first.strip_prefix('_') {
        target_definition(reader, blocks, rest, &body);
    } else if let Some((label, rest)) = first
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        let inner: Vec<&str> = std::iter::once(rest.trim_start())
            .chain(body.iter().copied())
            .collect();
        note(reader, blocks, label, &inner, depth);
    } else if let Some((name, rest)) = first
        .strip_prefix('|')
        .and_then(|rest| rest.split_once('|'))
    {
        substitution(
            reader,
            blocks,
            name,
            rest.trim_start(),
            &body,
            &lines[at..at + length],
        );
    } else if let Some((name, argument)) = directive_name(first) {
        let source = Source {
            name,
            argument,
            body: &body,
            whole: &lines[at..at + length],
        };
        blocks.extend(reader.directive(&source, depth));
    }
    length
}

/// The name and first argument line of `name:: argument`.
fn directive_name(line: &str) -> Option<(&str, &str)> {
    let (name, argument) = line.split_once("::")?;
    let sound = name.starts_with(|c: char| c.is_alphanumeric())
        && name
            .trim_end()
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '+' | '.' | ':'));
    let ends = argument.is_empty() || argument.starts_with(' ');
    (sound && ends).then(|| (name.trim_end(), argument.trim()))
}

fn target_definition(reader: &mut Reader, blocks: &mut Vec<Block>, rest: &str, body: &[&str]) {
    let quoted = rest
        .strip_prefix('`')
        .and_then(|rest| rest.split_once("`:"));
    let Some((name, address)) = quoted.or_else(|| split_name(rest)) else {
        return;
    };
    let mut address = address.trim().to_owned();
    for line in body {
        address.push_str(line.trim());
    }
    if name == "_" {
        reader.names.anonymous.push(target(&address));
        return;
    }
    let name = name.replace('\\', "");
    if address.is_empty() {
        let id = slug::slug(&name);
        reader
            .names
            .targets
            .insert(normalise(&name), Target::Anchor(format!("t-{id}")));
        blocks.push(Block::Anchor(id));
    } else {
        reader
            .names
            .targets
            .insert(normalise(&name), target(&address));
    }
}

/// At the first colon that is not escaped and ends the name.
fn split_name(rest: &str) -> Option<(&str, &str)> {
    let bytes = rest.as_bytes();
    let at = (0..bytes.len()).find(|&at| {
        bytes[at] == b':'
            && (at == 0 || bytes[at - 1] != b'\\')
            && bytes.get(at + 1).is_none_or(|next| *next == b' ')
    })?;
    Some((&rest[..at], &rest[at + 1..]))
}

/// An address, or the name of another target where it ends with an underscore.
pub fn target(address: &str) -> Target {
    if let Some(name) = address
        .strip_prefix('`')
        .and_then(|rest| rest.strip_suffix("`_"))
    {
        return Target::Name(name.to_owned());
    }
    match address.strip_suffix('_') {
        Some(name) if !name.ends_with('\\') && !name.contains(['/', ' ', ':']) => {
            Target::Name(name.to_owned())
        }
        // An address may be broken over lines.
        _ => Target::Url(
            address
                .split_whitespace()
                .collect::<String>()
                .replace("\\_", "_"),
        ),
    }
}

fn note(reader: &mut Reader, blocks: &mut Vec<Block>, label: &str, inner: &[&str], depth: usize) {
    let names = &mut reader.names;
    let automatic = label.strip_prefix('#');
    let citation =
        automatic.is_none() && label != "*" && !label.bytes().all(|b| b.is_ascii_digit());
    let shown = if automatic.is_some() {
        let number = (1..)
            .find(|number| !names.notes.contains_key(&number.to_string()))
            .map(|number: usize| number.to_string());
        let number = number.unwrap_or_default();
        names.automatic.push(number.clone());
        number
    } else if label == "*" {
        names.symbols += 1;
        format!("*{}", names.symbols)
    } else {
        label.to_owned()
    };
    names.notes.insert(normalise(&shown), shown.clone());
    if let Some(name) = automatic.filter(|name| !name.is_empty()) {
        names
            .notes
            .insert(normalise(&format!("#{name}")), shown.clone());
    }
    let inner = reader.nested(inner, depth + 1);
    blocks.push(Block::Note {
        label: shown,
        citation,
        blocks: inner,
    });
}

fn substitution(
    reader: &mut Reader,
    blocks: &mut Vec<Block>,
    name: &str,
    rest: &str,
    body: &[&str],
    whole: &[&str],
) {
    let Some((kind, argument)) = directive_name(rest) else {
        blocks.push(Block::AsWritten(whole.join("\n")));
        return;
    };
    let stands_for = match kind {
        "image" => Substitution::Image(directives::image(argument, body).0),
        "replace" | "unicode" | "date" => {
            let words: Vec<&str> = std::iter::once(argument)
                .chain(body.iter().map(|line| line.trim()))
                .collect();
            let words = words.join(" ").trim().to_owned();
            Substitution::Text(if kind == "unicode" {
                code_points(&words)
            } else {
                words
            })
        }
        _ => {
            blocks.push(Block::AsWritten(whole.join("\n")));
            return;
        }
    };
    reader
        .names
        .substitutions
        .insert(normalise(name), stands_for);
}

/// `U+00A9`, `0xA9` and plain words, as the directive `unicode` takes them.
fn code_points(words: &str) -> String {
    words
        .split_whitespace()
        .take_while(|word| *word != "..")
        .map(|word| {
            let digits = ["U+", "u+", "0x", "\\u", "\\x"]
                .iter()
                .find_map(|mark| word.strip_prefix(mark));
            digits
                .and_then(|digits| u32::from_str_radix(digits, 16).ok())
                .and_then(char::from_u32)
                .map_or_else(|| word.to_owned(), String::from)
        })
        .collect()
}
