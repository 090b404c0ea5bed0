//! Reads rendered HTML with a parser of its own and says what no page may hold.

use std::cell::RefCell;

use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use crate::policy::{CLASSES, ELEMENTS};

#[derive(Default)]
struct Sink {
    faults: RefCell<Vec<String>>,
    ids: RefCell<Vec<String>>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => self.tag(&tag),
            Token::CommentToken(text) => self.fault(format!("comment {text}")),
            Token::DoctypeToken(_) => self.fault("doctype".to_owned()),
            Token::CharacterTokens(words) => self.turned(&words),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Sink {
    fn fault(&self, fault: String) {
        self.faults.borrow_mut().push(fault);
    }

    /// What would turn the direction of the words after it. Isolates may stand in prose: they end with their block.
    fn turned(&self, words: &str) {
        if words.contains(['\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}']) {
            self.fault(format!("turned {words:?}"));
        }
    }

    fn tag(&self, tag: &Tag) {
        if !ELEMENTS.contains(&&*tag.name) {
            self.fault(format!("element {}", tag.name));
        }
        if tag.kind == TagKind::EndTag {
            return;
        }
        for attribute in &tag.attrs {
            let (name, value) = (&*attribute.name.local, &*attribute.value);
            let sound = match name {
                "id" => {
                    self.ids.borrow_mut().push(value.to_owned());
                    value.starts_with("h-")
                }
                "name" => value.starts_with("h-"),
                "href" => leads_somewhere_safe(value, &["http", "https", "mailto"]),
                "src" => leads_somewhere_safe(value, &["http", "https"]),
                "class" => value
                    .split(' ')
                    .all(|class| CLASSES.contains(&class) || class.starts_with("language-")),
                "rel" => value == "nofollow noopener noreferrer",
                "type" => matches!(value, "checkbox" | "a" | "A" | "i" | "I" | "1"),
                "title" | "alt" | "aria-label" | "align" | "colspan" | "rowspan" | "span"
                | "start" | "scope" | "dir" | "lang" | "width" | "height" | "open" | "checked"
                | "disabled" | "loading" | "referrerpolicy" | "reversed" | "tabindex" => true,
                _ => false,
            };
            self.turned(value);
            if !sound {
                self.fault(format!("{} {name}={value:?}", tag.name));
            }
        }
        let has = |name: &str| {
            tag.attrs
                .iter()
                .any(|attribute| &*attribute.name.local == name)
        };
        if &*tag.name == "a" && !has("rel") {
            self.fault("a link without rel".to_owned());
        }
        if &*tag.name == "img" && !(has("loading") && has("referrerpolicy")) {
            self.fault("an image without loading or referrerpolicy".to_owned());
        }
        if &*tag.name == "input" && !has("disabled") {
            self.fault("an input that can be used".to_owned());
        }
    }
}

/// As a browser reads it: white space and control characters before and inside the scheme do not count.
fn leads_somewhere_safe(address: &str, schemes: &[&str]) -> bool {
    let bare: String = address
        .chars()
        .filter(|c| *c > ' ')
        .collect::<String>()
        .to_lowercase();
    match bare.split_once(':') {
        Some((scheme, _)) if !scheme.contains(['/', '?', '#']) => schemes.contains(&scheme),
        _ => true,
    }
}

/// What is wrong with this HTML; nothing, if all is well.
pub fn faults(html: &str) -> Vec<String> {
    read(html).faults.into_inner()
}

/// The ids in this HTML.
pub fn ids(html: &str) -> Vec<String> {
    read(html).ids.into_inner()
}

fn read(html: &str) -> Sink {
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(html.into());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink
}
