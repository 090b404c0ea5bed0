//! From comrak's tree to HTML and plain text, without recursion: trees may be as deep as a text is long.

use std::fmt::Write as _;

use comrak::nodes::{
    AlertType, ListType, Node, NodeFootnoteReference, NodeLink, NodeList, NodeValue, TableAlignment,
};

use super::raw::Raw;
use super::{MAX_DEPTH, front_matter, words_of};
use crate::html::Page;
use crate::{Heading, Links, mention, policy};

/// Elements may be nested this deep: a list and its item are two, and emphasis within comes on top.
const MAX_ELEMENTS: usize = 3 * MAX_DEPTH;

/// What is being rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Document,
    Comment,
}

/// The outcome of writing a tree.
pub struct Written {
    pub html: String,
    pub text: String,
    pub holds_raw_html: bool,
}

struct Writer<'w> {
    page: Page,
    raw: Raw,
    kind: Kind,
    headings: std::slice::Iter<'w, Heading>,
    links: &'w Links<'w>,
    /// How many links are open: a mention inside one is not linked again.
    in_link: usize,
    footnotes: usize,
    cut: bool,
}

/// Writes a document's tree.
pub fn write<'a>(
    root: Node<'a>,
    cut: bool,
    kind: Kind,
    headings: &[Heading],
    links: &Links<'_>,
) -> Written {
    let mut writer = Writer {
        page: Page::default(),
        raw: Raw::default(),
        kind,
        headings: headings.iter(),
        links,
        in_link: 0,
        footnotes: 0,
        cut,
    };
    writer.walk(root);
    writer.finish()
}

impl Writer<'_> {
    fn walk<'a>(&mut self, root: Node<'a>) {
        let mut depth = 0;
        let mut at = root.first_child();
        while let Some(node) = at {
            let descend = self.enter(node, depth);
            if descend && let Some(child) = node.first_child() {
                depth += 1;
                at = Some(child);
                continue;
            }
            self.leave(node, depth);
            let mut up = node;
            at = loop {
                if let Some(next) = up.next_sibling() {
                    break Some(next);
                }
                match up.parent() {
                    Some(parent) if !parent.same_node(root) => {
                        depth -= 1;
                        self.leave(parent, depth);
                        up = parent;
                    }
                    _ => break None,
                }
            };
        }
    }

    fn finish(mut self) -> Written {
        if self.footnotes > 0 {
            self.page.markup("</ol>\n</section>\n");
        }
        let mut html = self.page.html;
        if self.cut {
            let note = format!(
                "<p class=\"prose-note\">Parts of this text are nested more than {MAX_DEPTH} levels deep or crowded with markup; they are shown as plain words.</p>\n"
            );
            html.insert_str(0, &note);
        }
        let kept = self.page.text.trim_end().len();
        self.page.text.truncate(kept);
        Written {
            html,
            text: self.page.text,
            holds_raw_html: self.raw.used,
        }
    }

    /// Whether a container at this depth gets its element. Parts of a list or table follow the whole.
    fn shows(&mut self, value: &NodeValue, depth: usize) -> bool {
        let depth = match value {
            NodeValue::Item(_) | NodeValue::TaskItem(_) | NodeValue::TableRow(_) => {
                depth.saturating_sub(1)
            }
            NodeValue::TableCell => depth.saturating_sub(2),
            _ => depth,
        };
        let shows = depth < MAX_ELEMENTS;
        self.cut |= !shows;
        shows
    }

    /// Writes what stands before a node's children and says whether they are to be visited.
    fn enter<'a>(&mut self, node: Node<'a>, depth: usize) -> bool {
        let data = node.data();
        let value = &data.value;
        match value {
            NodeValue::Text(words) if self.in_link == 0 => {
                mention::write(&mut self.page, words, self.links);
            }
            NodeValue::Text(words) => self.page.words(words),
            NodeValue::SoftBreak => {
                self.page.markup("\n");
                self.page.text.push(' ');
            }
            NodeValue::LineBreak => {
                self.page.markup("<br>\n");
                self.page.text.push('\n');
            }
            NodeValue::Code(code) => {
                self.page.markup("<code>");
                self.page.code(&code.literal);
                self.page.markup("</code>");
            }
            NodeValue::CodeBlock(block) => {
                self.page.end_line();
                self.page.code_block(block.info.trim(), &block.literal);
            }
            NodeValue::HtmlBlock(block) => {
                self.page.end_line();
                let before = self.page.html.len();
                self.raw.write(&mut self.page, block.literal.trim_end());
                if self.page.html.len() > before {
                    self.page.markup("\n");
                }
                self.page.end_block();
            }
            NodeValue::HtmlInline(tag) => self.raw.write(&mut self.page, tag),
            NodeValue::FrontMatter(source) => front_matter::write(&mut self.page, source),
            NodeValue::ThematicBreak => {
                self.page.end_line();
                self.page.markup("<hr>\n");
            }
            NodeValue::Image(link) => {
                self.image(node, link);
                return false;
            }
            NodeValue::FootnoteReference(reference) => self.footnote_reference(reference),
            NodeValue::Table(_) => {
                self.page.end_line();
                self.page
                    .markup("<div class=\"table-wrap\" tabindex=\"0\"><table>\n");
                drop(data);
                self.table(node);
                return false;
            }
            _ => return self.open(node, value, depth),
        }
        true
    }

    fn open<'a>(&mut self, node: Node<'a>, value: &NodeValue, depth: usize) -> bool {
        if matches!(value, NodeValue::Paragraph) {
            if !is_tight(node) {
                self.page.end_line();
                self.page.markup("<p>");
            }
            return true;
        }
        if let NodeValue::Heading(heading) = value {
            self.heading(node, heading.level);
            return true;
        }
        if !self.shows(value, depth) {
            return true;
        }
        if value.block() {
            self.page.end_line();
        }
        match value {
            NodeValue::BlockQuote => self.page.markup("<blockquote>\n"),
            NodeValue::List(list) => self.list(list),
            NodeValue::Item(_) => self.page.markup("<li>"),
            NodeValue::TaskItem(task) => {
                self.page
                    .markup("<li class=\"task\"><input type=\"checkbox\" disabled=\"\"");
                let done = task.symbol.is_some();
                self.page.markup(if done {
                    " checked=\"\" aria-label=\"done\"> "
                } else {
                    " aria-label=\"not done\"> "
                });
            }
            NodeValue::FootnoteDefinition(note) => self.footnote(node, &note.name),
            NodeValue::Alert(alert) => {
                self.alert(alert.alert_type, alert.title.as_deref());
            }
            NodeValue::Link(link) => self.link(link),
            inline => self.page.markup(inline_tags(inline).0),
        }
        true
    }

    fn leave<'a>(&mut self, node: Node<'a>, depth: usize) {
        let data = node.data();
        let value = &data.value;
        match value {
            NodeValue::Text(_)
            | NodeValue::SoftBreak
            | NodeValue::LineBreak
            | NodeValue::Code(_)
            | NodeValue::CodeBlock(_)
            | NodeValue::HtmlBlock(_)
            | NodeValue::HtmlInline(_)
            | NodeValue::FrontMatter(_)
            | NodeValue::ThematicBreak
            | NodeValue::Image(_)
            | NodeValue::FootnoteReference(_)
            | NodeValue::Table(_) => return,
            NodeValue::Paragraph => {
                if is_tight(node) {
                    self.page.end_block();
                } else {
                    self.page.markup("</p>\n");
                    self.page.end_block();
                }
                return;
            }
            NodeValue::Heading(heading) => {
                let level = self.shown_level(heading.level);
                let _ = writeln!(self.page.html, "</h{level}>");
                self.page.end_block();
                return;
            }
            _ => {}
        }
        if !self.shows(value, depth) {
            return;
        }
        match value {
            NodeValue::BlockQuote => self.close_block("</blockquote>\n"),
            NodeValue::List(list) => {
                self.close_block(if list.list_type == ListType::Bullet {
                    "</ul>\n"
                } else {
                    "</ol>\n"
                });
            }
            NodeValue::Item(_) | NodeValue::TaskItem(_) => {
                self.page.markup("</li>\n");
                self.page.end_block();
            }
            NodeValue::FootnoteDefinition(_) if !at_top(node) => self.close_block("</div>\n"),
            NodeValue::FootnoteDefinition(note) => {
                self.page.markup("<a");
                self.page
                    .attribute("href", &format!("#h-fnref-{}", footnote_id(&note.name)));
                self.page.attribute("aria-label", "back to the text");
                self.page.attribute("class", "footnote-back");
                let _ = writeln!(self.page.html, " rel=\"{}\">↩</a></li>", policy::LINK_REL);
                self.page.end_block();
            }
            NodeValue::Alert(_) => self.close_block("</aside>\n"),
            NodeValue::Link(link) => self.close_link(link),
            inline => self.page.markup(inline_tags(inline).1),
        }
    }

    fn close_block(&mut self, tag: &str) {
        self.page.end_line();
        self.page.markup(tag);
        self.page.end_block();
    }

    const fn shown_level(&self, level: u8) -> u8 {
        match self.kind {
            Kind::Document => level,
            Kind::Comment if level > 2 => 6,
            Kind::Comment => level + 3,
        }
    }

    fn heading<'a>(&mut self, node: Node<'a>, level: u8) {
        self.page.end_line();
        let level = self.shown_level(level);
        let _ = write!(self.page.html, "<h{level}");
        if at_top(node)
            && let Some(heading) = self.headings.next()
        {
            self.page.anchor(&heading.slug);
        }
        self.page.markup(">");
    }

    fn list(&mut self, list: &NodeList) {
        match list.list_type {
            ListType::Bullet if list.is_task_list => self.page.markup("<ul class=\"task-list\">\n"),
            ListType::Bullet => self.page.markup("<ul>\n"),
            ListType::Ordered if list.start == 1 => self.page.markup("<ol>\n"),
            ListType::Ordered => {
                let _ = writeln!(self.page.html, "<ol start=\"{}\">", list.start % 100_000);
            }
        }
    }

    fn alert(&mut self, kind: AlertType, title: Option<&str>) {
        let class = match kind {
            AlertType::Note => "note",
            AlertType::Tip => "tip",
            AlertType::Important => "important",
            AlertType::Warning => "warning",
            AlertType::Caution => "caution",
        };
        let _ = write!(
            self.page.html,
            "<aside class=\"alert alert-{class}\">\n<p class=\"alert-title\">"
        );
        self.page.words(title.unwrap_or(kind.default_title()));
        self.page.markup("</p>\n");
        self.page.end_block();
    }

    /// An address that may not stay leaves its words standing without a link.
    fn link(&mut self, link: &NodeLink) {
        self.in_link += 1;
        if let Some(href) = href(&link.url) {
            self.page.open_link(&href, &link.title);
        }
    }

    fn close_link(&mut self, link: &NodeLink) {
        self.in_link = self.in_link.saturating_sub(1);
        if href(&link.url).is_some() {
            self.page.markup("</a>");
        }
    }

    fn image<'a>(&mut self, node: Node<'a>, link: &NodeLink) {
        let alt = words_of(node);
        match policy::image_url(&link.url).filter(|src| !policy::is_of_a_file(src)) {
            Some(src) => self.page.image(&src, &alt, &link.title),
            None => self.page.words(&alt),
        }
    }

    fn footnote_reference(&mut self, reference: &NodeFootnoteReference) {
        let name = footnote_id(&reference.name);
        self.page.markup("<sup class=\"footnote-ref\"");
        let again = if reference.ref_num > 1 {
            format!("-{}", reference.ref_num)
        } else {
            String::new()
        };
        self.page.anchor(&format!("fnref-{name}{again}"));
        self.page.markup(">");
        self.page.open_link(&format!("#h-fn-{name}"), "");
        let _ = write!(self.page.html, "{}", reference.ix);
        self.page.markup("</a></sup>");
    }

    /// comrak gathers the definitions at the end, but leaves one inside another where it is.
    fn footnote<'a>(&mut self, node: Node<'a>, name: &str) {
        let id = format!("fn-{}", footnote_id(name));
        if !at_top(node) {
            self.page.markup("<div class=\"footnote\"");
            self.page.anchor(&id);
            self.page.markup(">");
            return;
        }
        if self.footnotes == 0 {
            self.page.markup("<section class=\"footnotes\">\n<ol>\n");
        }
        self.footnotes += 1;
        self.page.markup("<li");
        self.page.anchor(&id);
        self.page.markup(">");
    }

    fn table<'a>(&mut self, table: Node<'a>) {
        let alignments = match &table.data().value {
            NodeValue::Table(table) => table.alignments.clone(),
            _ => Vec::new(),
        };
        let mut in_body = false;
        for row in table.children() {
            let header = matches!(row.data().value, NodeValue::TableRow(true));
            if header {
                self.page.markup("<thead>\n");
            } else if !in_body {
                in_body = true;
                self.page.markup("<tbody>\n");
            }
            self.page.markup("<tr>");
            for (cell, alignment) in row.children().zip(
                alignments
                    .iter()
                    .chain(std::iter::repeat(&TableAlignment::None)),
            ) {
                self.page.markup(if header { "<th" } else { "<td" });
                match alignment {
                    TableAlignment::None => {}
                    TableAlignment::Left => self.page.attribute("align", "left"),
                    TableAlignment::Center => self.page.attribute("align", "center"),
                    TableAlignment::Right => self.page.attribute("align", "right"),
                }
                self.page.markup(">");
                // Cells hold inline text only, so this goes one level down and no further.
                self.walk(cell);
                self.page.markup(if header { "</th>" } else { "</td>" });
                self.page.text.push('\t');
            }
            self.page.markup("</tr>\n");
            self.page.end_block();
            if header {
                self.page.markup("</thead>\n");
            }
        }
        self.page.markup(if in_body {
            "</tbody></table></div>\n"
        } else {
            "</table></div>\n"
        });
    }
}

fn inline_tags(value: &NodeValue) -> (&'static str, &'static str) {
    match value {
        NodeValue::Emph => ("<em>", "</em>"),
        NodeValue::Strong => ("<strong>", "</strong>"),
        NodeValue::Strikethrough => ("<del>", "</del>"),
        NodeValue::Superscript => ("<sup>", "</sup>"),
        NodeValue::Subscript => ("<sub>", "</sub>"),
        NodeValue::Underline => ("<u>", "</u>"),
        _ => ("", ""),
    }
}

/// Fragments lead to the ids of this document; a path beside the file that the text came from leads nowhere.
fn href(url: &str) -> Option<std::borrow::Cow<'_, str>> {
    match url.strip_prefix('#') {
        Some("") => Some("#".into()),
        Some(fragment) => policy::url(&format!("#{}{fragment}", crate::ANCHOR_PREFIX))
            .map(|href| href.into_owned().into()),
        None if policy::is_of_a_file(url) => None,
        None => policy::url(url),
    }
}

fn at_top<'a>(node: Node<'a>) -> bool {
    node.parent()
        .is_some_and(|parent| matches!(parent.data().value, NodeValue::Document))
}

fn footnote_id(name: &str) -> String {
    crate::slug::slug(name)
}

/// Paragraphs of a tight list are not wrapped.
fn is_tight<'a>(paragraph: Node<'a>) -> bool {
    let Some(item) = paragraph.parent() else {
        return false;
    };
    match &item.data().value {
        NodeValue::Item(_) | NodeValue::TaskItem(_) => {}
        _ => return false,
    }
    item.parent()
        .is_some_and(|list| matches!(&list.data().value, NodeValue::List(list) if list.tight))
}
