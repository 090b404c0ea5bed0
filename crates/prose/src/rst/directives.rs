//! Directives: code, notes, images and tables are shown as what they are, settings are left out, and whatever
//! this reader does not know is shown as written.

use super::blocks::Reader;
use super::lines::{dedent, indent, join};
use super::tree::{Block, Cell, Image, Table};

/// A directive as it stands in the text.
pub struct Source<'s> {
    pub name: &'s str,
    pub argument: &'s str,
    /// The lines under it, without indentation.
    pub body: &'s [&'s str],
    pub whole: &'s [&'s str],
}

/// Options of a directive.
type Options<'s> = Vec<(&'s str, String)>;

/// Reads a directive into blocks.
pub fn read(reader: &mut Reader, source: &Source<'_>, depth: usize) -> Vec<Block> {
    let name = source.name.to_lowercase();
    match name.as_str() {
        // Settings of a build, and what a page of ours has anyway.
        "contents" | "sectnum" | "section-numbering" | "highlight" | "default-role" | "role"
        | "currentmodule" | "index" | "meta" | "tabularcolumns" | "target-notes"
        | "default-domain" => Vec::new(),
        "code-block" | "code" | "sourcecode" => {
            let (options, content) = options(source.body);
            let mut blocks = caption(&options);
            blocks.push(Block::Code {
                language: source.argument.to_owned(),
                code: join(content),
            });
            blocks
        }
        "parsed-literal" => vec![Block::ParsedCode(join(&with_argument(source)))],
        "image" => {
            let (image, _) = image(source.argument, source.body);
            vec![Block::Image(image)]
        }
        "figure" => {
            let (image, content) = image(source.argument, source.body);
            vec![Block::Figure {
                image,
                blocks: reader.nested(content, depth + 1),
            }]
        }
        "table" => titled_table(reader, source, depth),
        "list-table" => list_table(reader, source, depth),
        "csv-table" => csv_table(reader, source, depth),
        "rubric" => vec![Block::Rubric(source.argument.to_owned())],
        "epigraph" | "highlights" | "pull-quote" => {
            let blocks = reader.nested(&with_argument(source), depth + 1);
            vec![Block::Quote {
                blocks,
                attribution: None,
            }]
        }
        "container" | "compound" | "class" | "rst-class" | "glossary" => {
            let (_, content) = options(source.body);
            vec![Block::Group(reader.nested(content, depth + 1))]
        }
        "topic" | "sidebar" | "admonition" => {
            let (_, content) = options(source.body);
            let blocks = reader.nested(content, depth + 1);
            vec![Block::Admonition {
                class: "note",
                title: source.argument.to_owned(),
                blocks,
            }]
        }
        _ => match admonition(&name) {
            Some((class, title)) => {
                let blocks = reader.nested(&with_argument(source), depth + 1);
                vec![Block::Admonition {
                    class,
                    title: title.to_owned(),
                    blocks,
                }]
            }
            None => vec![Block::AsWritten(join(&dedent(source.whole)))],
        },
    }
}

fn admonition(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "note" => ("note", "Note"),
        "hint" => ("tip", "Hint"),
        "tip" => ("tip", "Tip"),
        "important" => ("important", "Important"),
        "warning" => ("warning", "Warning"),
        "attention" => ("warning", "Attention"),
        "caution" => ("caution", "Caution"),
        "danger" => ("caution", "Danger"),
        "error" => ("caution", "Error"),
        "seealso" => ("note", "See also"),
        "todo" => ("note", "To do"),
        "deprecated" => ("warning", "Deprecated"),
        "versionadded" => ("note", "Added"),
        "versionchanged" => ("note", "Changed"),
        "versionremoved" => ("warning", "Removed"),
        // The Python project's own: the text lives elsewhere by now.
        "canonical-doc" | "canonical-pypa-spec" | "canonical-typing-spec" => {
            ("important", "Maintained elsewhere")
        }
        _ => return None,
    })
}

/// The argument as the first line of the content, for directives that have no argument proper. A blank line keeps
/// a first paragraph apart only where the author left one.
fn with_argument<'s>(source: &Source<'s>) -> Vec<&'s str> {
    let (_, content) = options(source.body);
    let mut lines = Vec::with_capacity(content.len() + 1);
    if !source.argument.is_empty() {
        lines.push(source.argument);
    }
    lines.extend(content);
    lines
}

/// The options at the top of a directive, and the content under them.
fn options<'s>(body: &'s [&'s str]) -> (Options<'s>, &'s [&'s str]) {
    let mut found: Options<'s> = Vec::new();
    let mut at = 0;
    while let Some(line) = body.get(at).filter(|line| !line.is_empty()) {
        let option = line.strip_prefix(':').and_then(|rest| rest.split_once(':'));
        match option {
            Some((name, value))
                if !name.contains([' ', '`']) && (value.is_empty() || value.starts_with(' ')) =>
            {
                found.push((name, value.trim().to_owned()));
            }
            _ => match found.last_mut() {
                Some((_, value)) if indent(line) != Some(0) => {
                    value.push('\n');
                    value.push_str(line.trim());
                }
                _ => break,
            },
        }
        at += 1;
    }
    // Lines right under an argument that are no options belong to the content.
    (found, &body[at..])
}

fn value<'o>(options: &'o Options<'_>, name: &str) -> &'o str {
    options
        .iter()
        .find(|(known, _)| *known == name)
        .map_or("", |(_, value)| value)
}

fn caption(options: &Options<'_>) -> Vec<Block> {
    match value(options, "caption") {
        "" => Vec::new(),
        words => vec![Block::Rubric(words.to_owned())],
    }
}

/// An image and what follows its options.
pub fn image<'s>(argument: &str, body: &'s [&'s str]) -> (Image, &'s [&'s str]) {
    let (options, content) = options(body);
    let image = Image {
        src: argument.split_whitespace().collect(),
        alt: value(&options, "alt").to_owned(),
        target: value(&options, "target").to_owned(),
    };
    (image, content)
}

fn titled_table(reader: &mut Reader, source: &Source<'_>, depth: usize) -> Vec<Block> {
    let (_, content) = options(source.body);
    let mut blocks = reader.nested(content, depth + 1);
    match blocks.iter_mut().find_map(|block| {
        if let Block::Table(table) = block {
            Some(table)
        } else {
            None
        }
    }) {
        Some(table) => source.argument.clone_into(&mut table.title),
        None => return vec![Block::AsWritten(join(&dedent(source.whole)))],
    }
    blocks
}

/// A table written as a list of lists.
fn list_table(reader: &mut Reader, source: &Source<'_>, depth: usize) -> Vec<Block> {
    let (options, content) = options(source.body);
    let blocks = reader.nested(content, depth + 1);
    let as_written = || vec![Block::AsWritten(join(&dedent(source.whole)))];
    let [Block::Bullets(_)] = blocks.as_slice() else {
        return as_written();
    };
    let mut rows = Vec::new();
    for block in blocks {
        let Block::Bullets(items) = block else {
            continue;
        };
        for mut item in items {
            let (1, Some(Block::Bullets(cells))) = (item.len(), item.pop()) else {
                return as_written();
            };
            rows.push(cells.into_iter().map(cell).collect());
        }
    }
    vec![Block::Table(with_header(rows, &options, source.argument))]
}

fn csv_table(reader: &mut Reader, source: &Source<'_>, depth: usize) -> Vec<Block> {
    let (options, content) = options(source.body);
    // A table from a file is not here to be shown.
    if !value(&options, "file").is_empty() || !value(&options, "url").is_empty() {
        return vec![Block::AsWritten(join(&dedent(source.whole)))];
    }
    let mut read = |text: &str| -> Vec<Vec<Cell>> {
        records(text)
            .into_iter()
            .map(|record| {
                record
                    .iter()
                    .map(|field| {
                        cell(reader.nested(
                            &field.lines().map(str::trim_end).collect::<Vec<_>>(),
                            depth + 1,
                        ))
                    })
                    .collect()
            })
            .collect()
    };
    let mut head = read(value(&options, "header"));
    let rows = read(&join(content));
    let mut table = with_header(rows, &options, source.argument);
    head.append(&mut table.head);
    table.head = head;
    vec![Block::Table(table)]
}

fn cell(blocks: Vec<Block>) -> Cell {
    Cell {
        columns: 1,
        rows: 1,
        blocks,
    }
}

fn with_header(mut rows: Vec<Vec<Cell>>, options: &Options<'_>, title: &str) -> Table {
    let head: usize = value(options, "header-rows").parse().unwrap_or(0);
    let body = rows.split_off(head.min(rows.len()));
    Table {
        title: title.to_owned(),
        head: rows,
        body,
    }
}

/// Comma-separated records, quoted with double quotes.
fn records(text: &str) -> Vec<Vec<String>> {
    let mut records = Vec::new();
    let mut record = Vec::new();
    let mut field = String::new();
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if field.trim().is_empty() => {
                field.clear();
                quoted = true;
            }
            ',' if !quoted => record.push(std::mem::take(&mut field).trim().to_owned()),
            '\n' if !quoted => {
                if !record.is_empty() || !field.trim().is_empty() {
                    record.push(std::mem::take(&mut field).trim().to_owned());
                    records.push(std::mem::take(&mut record));
                }
                field.clear();
            }
            c => field.push(c),
        }
    }
    if !record.is_empty() || !field.trim().is_empty() {
        record.push(field.trim().to_owned());
        records.push(record);
    }
    records
}
