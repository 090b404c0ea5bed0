//! reStructuredText.

use crate::{Heading, Links, Rendered};

/// The headings of a reStructuredText document.
pub fn outline(_text: &str) -> Vec<Heading> {
    Vec::new()
}

/// Renders a reStructuredText document.
pub fn render(text: &str, _links: &Links<'_>) -> Rendered {
    let mut page = crate::html::Page::with_capacity(text.len());
    page.code_block("", text);
    Rendered {
        words: text.split_whitespace().count(),
        html: page.html,
        text: page.text,
        headings: Vec::new(),
    }
}
