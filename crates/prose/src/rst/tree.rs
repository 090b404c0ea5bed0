//! What a reStructuredText document is made of, between reading and writing it.

use std::collections::HashMap;

/// A block. Running text is kept as written (lines joined by `\n`) and read when it is written out.
#[derive(Debug)]
pub enum Block {
    /// An index into the headings of the document.
    Heading(usize),
    Paragraph(String),
    /// The header lines of a proposal, `Name: value`.
    Header(Vec<(String, String)>),
    Code {
        language: String,
        code: String,
    },
    /// Code whose inline markup counts.
    ParsedCode(String),
    Quote {
        blocks: Vec<Block>,
        attribution: Option<String>,
    },
    Bullets(Vec<Vec<Block>>),
    Numbers {
        style: Numbering,
        start: usize,
        items: Vec<Vec<Block>>,
    },
    Definitions(Vec<(String, Vec<Block>)>),
    Fields(Vec<(String, Vec<Block>)>),
    Options(Vec<(String, Vec<Block>)>),
    /// Lines with their own indentation, in columns.
    Lines(Vec<(usize, String)>),
    Table(Table),
    Rule,
    Admonition {
        class: &'static str,
        title: String,
        blocks: Vec<Block>,
    },
    Image(Image),
    Figure {
        image: Image,
        blocks: Vec<Block>,
    },
    Note {
        label: String,
        citation: bool,
        blocks: Vec<Block>,
    },
    Rubric(String),
    Group(Vec<Block>),
    /// An internal target, by its id.
    Anchor(String),
    /// What this reader does not know, shown as the author wrote it.
    AsWritten(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbering {
    Digits,
    LowerLetters,
    UpperLetters,
    LowerRoman,
    UpperRoman,
}

#[derive(Debug, Default)]
pub struct Table {
    pub title: String,
    pub head: Vec<Vec<Cell>>,
    pub body: Vec<Vec<Cell>>,
}

#[derive(Debug)]
pub struct Cell {
    pub columns: usize,
    pub rows: usize,
    pub blocks: Vec<Block>,
}

#[derive(Debug, Clone, Default)]
pub struct Image {
    pub src: String,
    pub alt: String,
    pub target: String,
}

/// Where a name leads.
#[derive(Debug, Clone)]
pub enum Target {
    Url(String),
    /// An id of this document, without the page's prefix.
    Anchor(String),
    /// The same as another name.
    Name(String),
}

/// What a `|name|` stands for.
#[derive(Debug, Clone)]
pub enum Substitution {
    Text(String),
    Image(Image),
}

/// Everything in a document that can be referred to.
#[derive(Debug, Default)]
pub struct Names {
    pub targets: HashMap<String, Target>,
    /// Targets of `__` references, in order.
    pub anonymous: Vec<Target>,
    pub substitutions: HashMap<String, Substitution>,
    /// Footnote and citation labels by their name in references.
    pub notes: HashMap<String, String>,
    /// Numbers of `[#]_` footnotes, in order of definition.
    pub automatic: Vec<String>,
    pub symbols: usize,
}

impl Names {
    /// Follows indirect targets, as far as ten steps.
    pub fn resolve<'n>(&'n self, target: &'n Target) -> Option<&'n Target> {
        let mut at = target;
        for _ in 0..10 {
            match at {
                Target::Name(name) => at = self.targets.get(&normalise(name))?,
                found => return Some(found),
            }
        }
        None
    }
}

/// Reference names match whatever their case and white space.
pub fn normalise(name: &str) -> String {
    name.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}
