//! The blocks of a document: titles, paragraphs, literal blocks, quotations, and who reads the rest.

use super::lines::{adornment, dedent, indent, join, run, split, width};
use super::tree::{Block, Names, Target, normalise};
use super::{MAX_DEPTH, Title, directives, explicit, lists, tables};
use crate::Heading;

/// A document, read.
pub struct Document {
    pub blocks: Vec<Block>,
    pub headings: Vec<Heading>,
    /// The words of the headings as written, markup included.
    pub titles: Vec<String>,
    pub names: Names,
    /// Whether blocks were nested too deep to be read.
    pub cut: bool,
}

/// Reads blocks and remembers what can be referred to.
#[derive(Default)]
pub struct Reader {
    pub names: Names,
    titles: Vec<Title>,
    title_text: Vec<String>,
    /// Title styles in order of appearance: the character, and whether it stands above the title too.
    styles: Vec<(char, bool)>,
    pub cut: bool,
}

/// Reads a whole document.
pub fn read(text: &str) -> Document {
    let owned = split(text);
    let lines: Vec<&str> = owned.iter().map(AsRef::as_ref).collect();
    let mut reader = Reader::default();
    let mut blocks = Vec::new();
    let from = header(&lines, &mut blocks);
    reader.read_into(&mut blocks, &lines, from, 0, true);
    let headings = super::headings(text, reader.titles);
    for (heading, words) in headings.iter().zip(&reader.title_text) {
        reader
            .names
            .targets
            .entry(normalise(words))
            .or_insert_with(|| Target::Anchor(heading.slug.clone()));
    }
    Document {
        blocks,
        headings,
        titles: reader.title_text,
        names: reader.names,
        cut: reader.cut,
    }
}

/// The header of a proposal: at least two lines `Name: value`, with continuation lines, up to the first blank one.
fn header(lines: &[&str], blocks: &mut Vec<Block>) -> usize {
    let start = lines
        .iter()
        .position(|line| !line.is_empty())
        .unwrap_or(lines.len());
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut at = start;
    while let Some(line) = lines.get(at).filter(|line| !line.is_empty()) {
        if line.starts_with(' ') {
            let Some((_, value)) = rows.last_mut() else {
                return 0;
            };
            value.push('\n');
            value.push_str(line.trim());
        } else {
            let Some((name, value)) = line.split_once(':') else {
                return 0;
            };
            let sound = name.starts_with(|c: char| c.is_ascii_uppercase())
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && (value.is_empty() || value.starts_with(' '));
            if !sound {
                return 0;
            }
            rows.push((name.to_owned(), value.trim().to_owned()));
        }
        at += 1;
    }
    if rows.len() < 2 {
        return 0;
    }
    blocks.push(Block::Header(rows));
    at
}

impl Reader {
    /// Reads the blocks of a part of a document, in which titles are not looked for.
    pub fn nested(&mut self, lines: &[&str], depth: usize) -> Vec<Block> {
        let mut blocks = Vec::new();
        if depth >= MAX_DEPTH {
            if lines.iter().any(|line| !line.is_empty()) {
                self.cut = true;
                blocks.push(Block::AsWritten(join(lines)));
            }
        } else {
            self.read_into(&mut blocks, lines, 0, depth, false);
        }
        blocks
    }

    fn read_into(
        &mut self,
        blocks: &mut Vec<Block>,
        lines: &[&str],
        from: usize,
        depth: usize,
        titles: bool,
    ) {
        let mut at = from;
        while at < lines.len() {
            let line = lines[at];
            at += match indent(line) {
                None => 1,
                Some(0) => {
                    let title = if titles {
                        self.title(blocks, lines, at)
                    } else {
                        None
                    };
                    title.unwrap_or_else(|| self.block(blocks, lines, at, depth))
                }
                Some(_) => self.quote(blocks, lines, at, depth),
            };
        }
    }

    /// Reads the block at `at`, which is not indented, and gives the number of its lines.
    fn block(&mut self, blocks: &mut Vec<Block>, lines: &[&str], at: usize, depth: usize) -> usize {
        let line = lines[at];
        if line == ".." || line.starts_with(".. ") {
            return explicit::read(self, blocks, lines, at, depth);
        }
        if line == "__" || line.starts_with("__ ") {
            self.names
                .anonymous
                .push(explicit::target(line[2..].trim()));
            return 1;
        }
        if line.starts_with(">>> ") || line == ">>>" {
            let length = paragraph_length(lines, at);
            blocks.push(Block::Code {
                language: "pycon".to_owned(),
                code: lines[at..at + length].join("\n"),
            });
            return length;
        }
        if is_transition(lines, at) {
            blocks.push(Block::Rule);
            return 1;
        }
        lists::read(self, blocks, lines, at, depth)
            .or_else(|| tables::read(self, blocks, lines, at, depth))
            .unwrap_or_else(|| self.paragraph(blocks, lines, at, depth))
    }

    /// A title with a line under it, or one above and one under it.
    fn title(&mut self, blocks: &mut Vec<Block>, lines: &[&str], at: usize) -> Option<usize> {
        let line = lines[at];
        let next = lines.get(at + 1).copied().unwrap_or_default();
        let (style, text, length) = if let Some(over) = adornment(line).filter(|_| !next.is_empty())
        {
            let under = lines.get(at + 2).copied().unwrap_or_default();
            let fits = adornment(under) == Some(over)
                && under.len() == line.len()
                && (line.len() >= 4 || line.len() >= width(next.trim()));
            // Two adornments and nothing between them are no title.
            if !fits || adornment(next) == Some(over) {
                return None;
            }
            ((over, true), next.trim(), 3)
        } else {
            let under = adornment(next)?;
            if matches!(next, "::" | "..") || (next.len() < 4 && next.len() < width(line)) {
                return None;
            }
            // A run of punctuation over another is no title either.
            if adornment(line).is_some() && line.len() >= 4 {
                return None;
            }
            ((under, false), line, 2)
        };
        let known = self.styles.iter().position(|known| *known == style);
        let rank = known.unwrap_or_else(|| {
            self.styles.push(style);
            self.styles.len() - 1
        });
        blocks.push(Block::Heading(self.titles.len()));
        self.title_text.push(text.to_owned());
        self.titles.push(Title {
            level: u8::try_from(rank + 1).unwrap_or(6).min(6),
            text: text.to_owned(),
            first_line: at,
            next_line: at + length,
        });
        Some(length)
    }

    fn paragraph(
        &mut self,
        blocks: &mut Vec<Block>,
        lines: &[&str],
        at: usize,
        depth: usize,
    ) -> usize {
        let next = lines.get(at + 1).copied().unwrap_or_default();
        if indent(next).is_some_and(|columns| columns > 0) && !lines[at].ends_with("::") {
            return lists::definitions(self, blocks, lines, at, depth);
        }
        let length = paragraph_length(lines, at);
        let text = lines[at..at + length].join("\n");
        let Some(before) = text
            .strip_suffix("::")
            .filter(|before| !before.ends_with('\\'))
        else {
            blocks.push(Block::Paragraph(text));
            return length;
        };
        if !before.is_empty() {
            let shown = if before.ends_with(char::is_whitespace) {
                before.trim_end().to_owned()
            } else {
                format!("{before}:")
            };
            blocks.push(Block::Paragraph(shown));
        }
        length + literal(blocks, lines, at + length)
    }

    fn quote(&mut self, blocks: &mut Vec<Block>, lines: &[&str], at: usize, depth: usize) -> usize {
        let length = run(lines, at, 1);
        let mut inner = dedent(&lines[at..at + length]);
        let last = inner
            .iter()
            .rposition(|line| line.is_empty())
            .map_or(0, |blank| blank + 1);
        let attribution = ["-- ", "--- ", "— "]
            .iter()
            .find_map(|mark| inner[last..].first()?.strip_prefix(mark))
            .map(|first| {
                let mut words = first.to_owned();
                for line in &inner[last + 1..] {
                    words.push('\n');
                    words.push_str(line.trim());
                }
                words
            })
            .filter(|_| last > 0);
        if attribution.is_some() {
            inner.truncate(last);
        }
        let quoted = self.nested(&inner, depth + 1);
        blocks.push(Block::Quote {
            blocks: quoted,
            attribution,
        });
        length
    }

    /// Reads a directive; kept here so that its siblings need only the reader.
    pub fn directive(&mut self, source: &directives::Source<'_>, depth: usize) -> Vec<Block> {
        directives::read(self, source, depth)
    }
}

/// The literal block that follows a `::`: indented, or quoted by one punctuation character.
fn literal(blocks: &mut Vec<Block>, lines: &[&str], from: usize) -> usize {
    let Some(blank) = lines[from..].iter().position(|line| !line.is_empty()) else {
        return 0;
    };
    let at = from + blank;
    let length = if lines[at].starts_with(' ') {
        run(lines, at, 1)
    } else {
        let Some(mark) = lines[at].chars().next().filter(char::is_ascii_punctuation) else {
            return 0;
        };
        if blank == 0 || lines[at].starts_with(".. ") {
            return 0;
        }
        let quoted = lines[at..]
            .iter()
            .take_while(|line| line.starts_with(mark))
            .count();
        // One line of adornment or a list is no quoted literal.
        if lines.get(at + quoted).is_some_and(|line| !line.is_empty()) {
            return 0;
        }
        quoted
    };
    blocks.push(Block::Code {
        language: String::new(),
        code: dedent(&lines[at..at + length]).join("\n"),
    });
    blank + length
}

/// Lines up to a blank one.
pub fn paragraph_length(lines: &[&str], at: usize) -> usize {
    lines[at..]
        .iter()
        .take_while(|line| !line.is_empty())
        .count()
        .max(1)
}

fn is_transition(lines: &[&str], at: usize) -> bool {
    adornment(lines[at]).is_some()
        && lines[at].len() >= 4
        && (at == 0 || lines[at - 1].is_empty())
        && lines.get(at + 1).is_none_or(|line| line.is_empty())
}
