//! Text in; safe HTML, an outline and plain text out.
//!
//! Two syntaxes are read: Markdown (GitHub's, through comrak) and reStructuredText (our own reader). Whatever the
//! text holds, the HTML that leaves this crate has passed the one policy of [`policy`]: no scripts, no styles, no
//! ids but our own prefixed ones, no links but http, https, mailto and relative ones.
//!
//! The crate is pure and knows nothing of the product: who `@sam` is and where review 12 lives are told to it by
//! the closures of [`Links`].

mod html;
pub mod markdown;
mod mention;
pub mod place;
pub mod policy;
pub mod rst;
pub mod sections;
mod slug;

use std::fmt;
use std::str::FromStr;

pub use html::directions_written_out;
pub use mention::{Links, mentions};

/// Every id in rendered HTML begins with this, so that no text can take over an id of the page around it.
pub const ANCHOR_PREFIX: &str = "h-";

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// GitHub-flavoured Markdown.
    Markdown,
    /// reStructuredText as docutils and Sphinx read it.
    Rst,
    /// No markup that is read here: shown as it is written.
    Plain,
}

impl Syntax {
    /// The name under which the syntax is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Rst => "rst",
            Self::Plain => "plain",
        }
    }
}

impl fmt::Display for Syntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of a syntax that is neither `markdown` nor `rst` nor `plain`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownSyntax(pub String);

impl fmt::Display for UnknownSyntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}” is neither markdown nor rst nor plain", self.0)
    }
}

impl std::error::Error for UnknownSyntax {}

impl FromStr for Syntax {
    type Err = UnknownSyntax;

    fn from_str(name: &str) -> Result<Self, UnknownSyntax> {
        match name {
            "markdown" => Ok(Self::Markdown),
            "rst" => Ok(Self::Rst),
            "plain" => Ok(Self::Plain),
            other => Err(UnknownSyntax(other.to_owned())),
        }
    }
}

/// A heading of a document and the stretch of the source that belongs to it. Offsets are bytes into the source and
/// fall on character boundaries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// The words of the heading, without markup.
    pub text: String,
    /// Unique in the document, and the same as long as the words are: threads are tied to it.
    pub slug: String,
    /// Start of the heading's first line.
    pub start: usize,
    /// Start of the line after the heading.
    pub body_start: usize,
    /// End of the section, its sub-sections included.
    pub end: usize,
    /// The heading's first line, counted from 1.
    pub line: usize,
}

impl Heading {
    /// The id of the heading in the rendered HTML; a link to it is `#` and this.
    pub fn anchor(&self) -> String {
        format!("{ANCHOR_PREFIX}{}", self.slug)
    }
}

/// A text, rendered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rendered {
    /// Safe to put into a page as it is.
    pub html: String,
    /// As [`outline`] gives them.
    pub headings: Vec<Heading>,
    /// The words without markup, for search.
    pub text: String,
    /// How many words `text` has, counted by white space.
    pub words: usize,
}

/// The headings of a document with their stretches of source.
pub fn outline(text: &str, syntax: Syntax) -> Vec<Heading> {
    match syntax {
        Syntax::Markdown => markdown::outline(text),
        Syntax::Rst => rst::outline(text),
        Syntax::Plain => Vec::new(),
    }
}

/// Renders a whole document; headings carry their [`Heading::anchor`] as id.
pub fn render(text: &str, syntax: Syntax) -> Rendered {
    render_with(text, syntax, &Links::none())
}

/// Like [`render`], with `@handle` and `#12` linked where `links` knows them.
pub fn render_with(text: &str, syntax: Syntax, links: &Links<'_>) -> Rendered {
    match syntax {
        Syntax::Markdown => markdown::render(text, links),
        Syntax::Rst => rst::render(text, links),
        Syntax::Plain => as_written(text),
    }
}

fn as_written(text: &str) -> Rendered {
    let mut html = String::with_capacity(text.len() + 64);
    html.push_str("<pre tabindex=\"0\">");
    html::escape(&mut html, text, html::Place::Code);
    html.push_str("</pre>\n");
    Rendered {
        html,
        headings: Vec::new(),
        text: text.to_owned(),
        words: text.split_whitespace().count(),
    }
}

/// Renders the Markdown of a comment: headings demoted and without ids, since many comments share a page.
pub fn render_comment(text: &str) -> String {
    render_comment_with(text, &Links::none())
}

/// Like [`render_comment`], with `@handle` and `#12` linked where `links` knows them.
pub fn render_comment_with(text: &str, links: &Links<'_>) -> String {
    markdown::render_comment(text, links)
}

/// The words of a text without markup, one block a line.
pub fn plain(text: &str, syntax: Syntax) -> String {
    render(text, syntax).text
}

/// Closes the sections of headings that are known by start only: a section ends where the next heading of its own
/// or a higher level starts, or with the text.
fn close_sections(headings: &mut [Heading], end: usize) {
    let mut open: Vec<usize> = Vec::new();
    for at in 0..headings.len() {
        let (level, start) = (headings[at].level, headings[at].start);
        while let Some(&last) = open.last() {
            if headings[last].level < level {
                break;
            }
            headings[last].end = start;
            open.pop();
        }
        open.push(at);
    }
    for at in open {
        headings[at].end = end;
    }
}

#[cfg(test)]
mod tests;
