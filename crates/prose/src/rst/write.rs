//! From the tree to HTML and plain text.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::blocks::Document;
use super::explicit;
use super::inline::{self, Span, embedded, spans};
use super::tree::{Block, Cell, Image, Numbering, Substitution, Table, Target, normalise};
use crate::html::Page;
use crate::{Links, mention, policy, slug};

struct Writer<'d> {
    page: Page,
    document: &'d Document,
    links: &'d Links<'d>,
    /// Names defined by references with an embedded target.
    embedded: HashMap<String, String>,
    anonymous: usize,
    automatic: usize,
    symbols: usize,
    /// Substitutions may hold substitutions.
    nesting: usize,
}

/// Writes a document.
pub fn write(document: &Document, bytes: usize, links: &Links<'_>) -> Page {
    let mut writer = Writer {
        page: Page::with_capacity(bytes),
        document,
        links,
        embedded: HashMap::new(),
        anonymous: 0,
        automatic: 0,
        symbols: 0,
        nesting: 0,
    };
    if document.cut {
        writer.page.markup(
            "<p class=\"prose-note\">Parts of this text are nested very deep; they are shown as written.</p>\n",
        );
    }
    writer.blocks(&document.blocks);
    writer.page
}

impl Writer<'_> {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(at) => self.heading(*at),
            Block::Paragraph(text) => self.line("<p>", text, "</p>\n"),
            Block::Header(rows) => self.header(rows),
            Block::Code { language, code } => self.page.code_block(language, code),
            Block::ParsedCode(text) => self.line("<pre tabindex=\"0\">", text, "</pre>\n"),
            Block::AsWritten(text) => {
                self.page
                    .markup("<pre class=\"as-written\" tabindex=\"0\">");
                self.page.code(text);
                self.page.markup("</pre>\n");
                self.page.end_block();
            }
            Block::Quote {
                blocks,
                attribution,
            } => {
                self.page.markup("<blockquote>\n");
                self.blocks(blocks);
                if let Some(words) = attribution {
                    self.line("<p class=\"attribution\">— ", words, "</p>\n");
                }
                self.page.markup("</blockquote>\n");
            }
            Block::Bullets(items) => self.items("<ul>\n", items, "</ul>\n"),
            Block::Numbers {
                style,
                start,
                items,
            } => {
                let mut open = "<ol".to_owned();
                if *start != 1 {
                    let _ = write!(open, " start=\"{}\"", start % 100_000);
                }
                open.push_str(match style {
                    Numbering::Digits => ">\n",
                    Numbering::LowerLetters => " type=\"a\">\n",
                    Numbering::UpperLetters => " type=\"A\">\n",
                    Numbering::LowerRoman => " type=\"i\">\n",
                    Numbering::UpperRoman => " type=\"I\">\n",
                });
                self.items(&open, items, "</ol>\n");
            }
            Block::Definitions(items) => self.pairs("<dl>\n", items, false),
            Block::Fields(items) => self.pairs("<dl class=\"field-list\">\n", items, false),
            Block::Options(items) => self.pairs("<dl class=\"option-list\">\n", items, true),
            Block::Lines(lines) => self.lines(lines),
            Block::Table(table) => self.table(table),
            Block::Rule => self.page.markup("<hr>\n"),
            Block::Admonition {
                class,
                title,
                blocks,
            } => {
                let _ = writeln!(self.page.html, "<aside class=\"alert alert-{class}\">");
                self.line("<p class=\"alert-title\">", title, "</p>\n");
                self.blocks(blocks);
                self.page.markup("</aside>\n");
            }
            Block::Image(image) => {
                self.page.markup("<p>");
                self.image(image);
                self.page.markup("</p>\n");
                self.page.end_block();
            }
            Block::Figure { image, blocks } => {
                self.page.markup("<figure>");
                self.image(image);
                self.page.end_block();
                self.page.markup("<figcaption>\n");
                self.blocks(blocks);
                self.page.markup("</figcaption></figure>\n");
            }
            Block::Note {
                label,
                citation,
                blocks,
            } => self.note(label, *citation, blocks),
            Block::Rubric(words) => self.line("<p class=\"rubric\">", words, "</p>\n"),
            Block::Group(blocks) => self.blocks(blocks),
            Block::Anchor(id) => {
                self.page.markup("<span");
                self.page.anchor(&format!("t-{id}"));
                self.page.markup("></span>");
            }
        }
    }

    fn line(&mut self, open: &str, text: &str, close: &str) {
        self.page.markup(open);
        self.inline(text);
        self.page.markup(close);
        self.page.end_block();
    }

    fn heading(&mut self, at: usize) {
        let heading = &self.document.headings[at];
        let _ = write!(self.page.html, "<h{}", heading.level);
        self.page.anchor(&heading.slug);
        self.page.markup(">");
        self.inline(&self.document.titles[at]);
        let _ = writeln!(self.page.html, "</h{}>", heading.level);
        self.page.end_block();
    }

    fn header(&mut self, rows: &[(String, String)]) {
        self.page.markup("<table class=\"front-matter\"><tbody>\n");
        for (name, value) in rows {
            self.page.markup("<tr><th scope=\"row\">");
            self.page.words(name);
            self.page.text.push_str(": ");
            self.page.markup("</th><td>");
            self.inline(value);
            self.page.markup("</td></tr>\n");
            self.page.end_block();
        }
        self.page.markup("</tbody></table>\n");
    }

    fn items(&mut self, open: &str, items: &[Vec<Block>], close: &str) {
        self.page.markup(open);
        for item in items {
            self.page.markup("<li>");
            self.compact(item);
            self.page.markup("</li>\n");
        }
        self.page.markup(close);
    }

    /// A single paragraph stands without its element.
    fn compact(&mut self, blocks: &[Block]) {
        if let [Block::Paragraph(text), rest @ ..] = blocks
            && rest
                .iter()
                .all(|block| matches!(block, Block::Bullets(_) | Block::Numbers { .. }))
        {
            self.inline(text);
            self.page.end_block();
            self.blocks(rest);
        } else {
            self.blocks(blocks);
        }
    }

    fn pairs(&mut self, open: &str, items: &[(String, Vec<Block>)], code: bool) {
        self.page.markup(open);
        for (name, blocks) in items {
            self.page.markup("<dt>");
            if code {
                self.page.markup("<code>");
                self.page.code(name);
                self.page.markup("</code>");
            } else {
                self.inline(name);
            }
            self.page.markup("</dt>\n<dd>");
            self.page.end_block();
            self.compact(blocks);
            self.page.markup("</dd>\n");
        }
        self.page.markup("</dl>\n");
    }

    fn lines(&mut self, lines: &[(usize, String)]) {
        self.page.markup("<div class=\"line-block\">\n");
        for (columns, words) in lines {
            self.page.markup("<div class=\"line\">");
            for _ in 0..(*columns).min(40) {
                self.page.markup("&nbsp;");
            }
            self.inline(words);
            self.page.markup("</div>\n");
            self.page.end_block();
        }
        self.page.markup("</div>\n");
    }

    fn table(&mut self, table: &Table) {
        self.page
            .markup("<div class=\"table-wrap\" tabindex=\"0\"><table>\n");
        if !table.title.is_empty() {
            self.line("<caption>", &table.title, "</caption>\n");
        }
        for (rows, part, cell) in [(&table.head, "thead", "th"), (&table.body, "tbody", "td")] {
            if rows.is_empty() {
                continue;
            }
            let _ = writeln!(self.page.html, "<{part}>");
            for row in rows {
                self.page.markup("<tr>");
                for one in row {
                    self.cell(one, cell);
                }
                self.page.markup("</tr>\n");
                self.page.end_block();
            }
            let _ = writeln!(self.page.html, "</{part}>");
        }
        self.page.markup("</table></div>\n");
    }

    fn cell(&mut self, cell: &Cell, element: &str) {
        let _ = write!(self.page.html, "<{element}");
        if cell.columns > 1 {
            let _ = write!(self.page.html, " colspan=\"{}\"", cell.columns);
        }
        if cell.rows > 1 {
            let _ = write!(self.page.html, " rowspan=\"{}\"", cell.rows);
        }
        self.page.markup(">");
        self.compact(&cell.blocks);
        let kept = self.page.text.trim_end().len();
        self.page.text.truncate(kept);
        self.page.text.push('\t');
        let _ = write!(self.page.html, "</{element}>");
    }

    fn image(&mut self, image: &Image) {
        let href = (!image.target.is_empty())
            .then(|| self.href(&explicit::target(&image.target)))
            .flatten();
        if let Some(href) = &href {
            self.page.open_link(href, "");
        }
        match policy::image_url(&image.src) {
            Some(src) => self.page.image(&src, &image.alt, ""),
            None => self.page.words(if image.alt.is_empty() {
                &image.src
            } else {
                &image.alt
            }),
        }
        if href.is_some() {
            self.page.markup("</a>");
        }
    }

    fn note(&mut self, label: &str, citation: bool, blocks: &[Block]) {
        self.page.markup(if citation {
            "<div class=\"citation\""
        } else {
            "<div class=\"footnote\""
        });
        self.page.anchor(&note_id(label));
        self.page.markup(">[");
        self.page.words(label);
        self.page.markup("] ");
        self.page.text.push(' ');
        self.compact(blocks);
        self.page.markup("</div>\n");
    }

    fn inline(&mut self, text: &str) {
        for span in spans(text) {
            self.span(span);
        }
    }

    fn span(&mut self, span: Span<'_>) {
        match span {
            Span::Words(words) => mention::write(&mut self.page, &words, self.links),
            Span::Emphasis(words) => self.wrapped("em", &words),
            Span::Strong(words) => self.wrapped("strong", &words),
            Span::Literal(code) => self.code(code, ""),
            Span::Role { role, text } => self.role(role, &text),
            Span::Reference {
                text,
                name,
                anonymous,
            } => {
                let href = if anonymous {
                    self.anonymous += 1;
                    self.document
                        .names
                        .anonymous
                        .get(self.anonymous - 1)
                        .and_then(|target| self.href(target))
                } else {
                    self.named(&name)
                };
                // An underscore that leads nowhere was part of the words.
                match href {
                    Some(href) => self.linked(&href, &text),
                    None => self.page.words(&text),
                }
            }
            Span::Embedded {
                text,
                target,
                anonymous,
            } => {
                let href = self.href(&explicit::target(&target));
                if !anonymous && let Some(href) = &href {
                    self.embedded.insert(normalise(&text), href.clone());
                }
                match href {
                    Some(href) => self.linked(&href, &text),
                    None => self.page.words(&text),
                }
            }
            Span::Note(label) => self.note_reference(label),
            Span::Substitution { name, reference } => self.substitution(name, reference),
            Span::Target(words) => {
                self.page.markup("<span");
                self.page.anchor(&format!("t-{}", slug::slug(&words)));
                self.page.markup(">");
                self.page.words(&words);
                self.page.markup("</span>");
            }
            Span::Address { text, href } => match policy::url(&href) {
                Some(href) => self.linked(&href, text),
                None => self.page.words(text),
            },
        }
    }

    fn wrapped(&mut self, element: &str, words: &str) {
        let _ = write!(self.page.html, "<{element}>");
        self.page.words(words);
        let _ = write!(self.page.html, "</{element}>");
    }

    fn code(&mut self, code: &str, title: &str) {
        self.page.markup("<code");
        if !title.is_empty() {
            self.page.attribute("title", title);
        }
        self.page.markup(">");
        self.page.code(code);
        self.page.markup("</code>");
    }

    fn linked(&mut self, href: &str, words: &str) {
        self.page.open_link(href, "");
        self.page.words(words);
        self.page.markup("</a>");
    }

    /// The last part of a role's name counts: `py:func` is `func`.
    fn role(&mut self, role: &str, text: &str) {
        let (shown, target) = embedded(text).unwrap_or((text, text));
        match role.rsplit(':').next().unwrap_or_default() {
            "" | "title-reference" | "title" | "t" => self.wrapped("cite", text),
            "emphasis" | "dfn" => self.wrapped("em", text),
            "strong" | "guilabel" | "menuselection" => self.wrapped("strong", text),
            "sub" | "subscript" => self.wrapped("sub", text),
            "sup" | "superscript" => self.wrapped("sup", text),
            "kbd" => self.wrapped("kbd", text),
            "pep" | "PEP" => self.numbered("PEP", "https://peps.python.org/pep-", 4, shown, target),
            "rfc" | "RFC" => self.numbered(
                "RFC",
                "https://www.rfc-editor.org/rfc/rfc",
                0,
                shown,
                target,
            ),
            "pypi" => {
                let href = format!("https://pypi.org/project/{target}/");
                match policy::url(&href) {
                    Some(href) => self.linked(&href, shown),
                    None => self.page.words(shown),
                }
            }
            "ref" | "doc" | "term" | "numref" | "any" | "abbr" => match self.named(target) {
                Some(href) => self.linked(&href, shown),
                None => {
                    self.page.markup("<span");
                    if shown != target {
                        self.page.attribute("title", target);
                    }
                    self.page.markup(">");
                    self.page.words(shown);
                    self.page.markup("</span>");
                }
            },
            _ => self.code(shown, if shown == target { "" } else { target }),
        }
    }

    fn numbered(&mut self, series: &str, address: &str, digits: usize, shown: &str, target: &str) {
        let (number, fragment) = target
            .split_once('#')
            .map_or((target, ""), |(number, fragment)| (number, fragment));
        let Ok(parsed) = number.trim().parse::<u32>() else {
            self.page.words(shown);
            return;
        };
        let hash = if fragment.is_empty() { "" } else { "#" };
        let href = format!("{address}{parsed:0digits$}{hash}{fragment}");
        match policy::url(&href) {
            Some(href) if shown == target => {
                self.linked(&href, &format!("{series} {parsed}{hash}{fragment}"));
            }
            Some(href) => self.linked(&href, shown),
            None => self.page.words(shown),
        }
    }

    fn named(&self, name: &str) -> Option<String> {
        let name = normalise(name);
        if let Some(target) = self.document.names.targets.get(&name) {
            return self.href(target);
        }
        self.embedded.get(&name).cloned()
    }

    fn href(&self, target: &Target) -> Option<String> {
        match self.document.names.resolve(target)? {
            Target::Url(url) => match url.strip_prefix('#') {
                Some(fragment) => Some(format!("#{}{fragment}", crate::ANCHOR_PREFIX)),
                None => policy::url(url).map(std::borrow::Cow::into_owned),
            },
            Target::Anchor(id) => Some(format!("#{}{id}", crate::ANCHOR_PREFIX)),
            Target::Name(_) => None,
        }
    }

    fn note_reference(&mut self, label: &str) {
        let names = &self.document.names;
        let known = match label {
            "#" => {
                self.automatic += 1;
                names.automatic.get(self.automatic - 1).cloned()
            }
            "*" => {
                self.symbols += 1;
                Some(format!("*{}", self.symbols))
            }
            name => names.notes.get(&normalise(name)).cloned(),
        };
        let Some(shown) = known else {
            self.page.words(&format!("[{label}]"));
            return;
        };
        self.page.markup("<sup class=\"footnote-ref\">");
        self.page
            .open_link(&format!("#{}{}", crate::ANCHOR_PREFIX, note_id(&shown)), "");
        self.page.words(&format!("[{shown}]"));
        self.page.markup("</a></sup>");
    }

    fn substitution(&mut self, name: &str, reference: bool) {
        let href = reference.then(|| self.named(name)).flatten();
        if let Some(href) = &href {
            self.page.open_link(href, "");
        }
        match self.document.names.substitutions.get(&normalise(name)) {
            Some(Substitution::Text(text)) if self.nesting < 3 => {
                self.nesting += 1;
                // A link inside a link is none.
                if href.is_some() {
                    self.page.words(&inline::plain(text));
                } else {
                    self.inline(text);
                }
                self.nesting -= 1;
            }
            Some(Substitution::Image(image)) => self.image(image),
            _ => self.page.words(&format!("|{name}|")),
        }
        if href.is_some() {
            self.page.markup("</a>");
        }
    }
}

fn note_id(label: &str) -> String {
    format!("note-{}", slug::slug(label))
}
