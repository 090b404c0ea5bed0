//! The one policy for HTML that reaches a page: which elements, attributes, classes, ids and addresses may stay.
//!
//! It is enforced by ammonia, built once. What our own writers emit obeys it already; it has the last word wherever
//! an author's raw HTML takes part, and over everything made from reStructuredText.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, Url};

use crate::ANCHOR_PREFIX;
use crate::html::is_language_byte;

/// Put on every link: the page that is linked learns nothing and gains nothing.
pub const LINK_REL: &str = "nofollow noopener noreferrer";

const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// The elements that may stay.
pub const ELEMENTS: [&str; 63] = [
    "a",
    "abbr",
    "aside",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "input",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "var",
];

/// The classes that may stay, on any element; `language-…` on code comes on top.
pub const CLASSES: [&str; 28] = [
    "alert",
    "alert-note",
    "alert-tip",
    "alert-important",
    "alert-warning",
    "alert-caution",
    "alert-title",
    "as-written",
    "attribution",
    "citation",
    "field-list",
    "footnote",
    "footnote-back",
    "footnote-ref",
    "footnotes",
    "front-matter",
    "line",
    "line-block",
    "math",
    "mention",
    "option-list",
    "prose-note",
    "reference",
    "review",
    "rubric",
    "table-wrap",
    "task",
    "task-list",
];

static POLICY: LazyLock<Builder<'static>> = LazyLock::new(build);

/// Applies the policy to HTML. References such as `&#x202e;` are characters after it, so what would turn the direction of
/// the words that follow is written out here once more.
pub fn enforce(html: &str) -> String {
    let clean = POLICY.clean(html).to_string();
    match crate::html::turns_written_out(&clean) {
        Cow::Owned(shown) => shown,
        Cow::Borrowed(_) => clean,
    }
}

fn build() -> Builder<'static> {
    let set = |names: &[&'static str]| names.iter().copied().collect::<HashSet<_>>();
    let mut attributes = HashMap::new();
    attributes.insert("a", set(&["href", "id", "name", "aria-label", "class"]));
    attributes.insert("bdo", set(&["dir"]));
    attributes.insert("code", set(&["class"]));
    attributes.insert("col", set(&["span"]));
    attributes.insert("colgroup", set(&["span"]));
    attributes.insert("details", set(&["open"]));
    attributes.insert(
        "img",
        set(&["src", "alt", "width", "height", "loading", "referrerpolicy"]),
    );
    attributes.insert("input", set(&["aria-label", "checked", "type", "disabled"]));
    attributes.insert("ol", set(&["start", "type", "reversed"]));
    attributes.insert("td", set(&["align", "colspan", "rowspan"]));
    attributes.insert("th", set(&["align", "colspan", "rowspan", "scope"]));
    for element in [
        "aside",
        "blockquote",
        "div",
        "dl",
        "li",
        "p",
        "pre",
        "section",
        "span",
        "sup",
        "table",
        "ul",
    ] {
        attributes.insert(element, set(&["class"]));
    }
    for element in [
        "h1", "h2", "h3", "h4", "h5", "h6", "li", "span", "sup", "p", "div",
    ] {
        attributes.entry(element).or_default().insert("id");
    }

    let one = |name, value| HashMap::from([(name, HashSet::from([value]))]);
    let values = HashMap::from([("pre", one("tabindex", "0")), ("div", one("tabindex", "0"))]);
    let fixed = HashMap::from([
        (
            "img",
            HashMap::from([("loading", "lazy"), ("referrerpolicy", "no-referrer")]),
        ),
        (
            "input",
            HashMap::from([("type", "checkbox"), ("disabled", "")]),
        ),
    ]);

    let mut builder = Builder::empty();
    builder
        .tags(ELEMENTS.into_iter().collect())
        .clean_content_tags(set(&["script", "style"]))
        .generic_attributes(set(&["dir", "lang", "title"]))
        .tag_attributes(attributes)
        .tag_attribute_values(values)
        .set_tag_attribute_values(fixed)
        .url_schemes(SCHEMES.into_iter().collect())
        .link_rel(Some(LINK_REL))
        .strip_comments(true)
        .attribute_filter(attribute);
    builder
}

/// What the lists above cannot say: own ids only, known classes only, addresses by [`url`].
fn attribute<'v>(element: &str, name: &str, value: &'v str) -> Option<Cow<'v, str>> {
    match name {
        "id" | "name" => Some(prefixed(value)),
        "class" => classes(element, value),
        "href" => match value.strip_prefix('#') {
            Some(fragment) => Some(format!("#{}", prefixed(fragment)).into()),
            None => url(value).map(|_| value.into()),
        },
        "src" => image_url(value).map(|_| value.into()),
        "width" | "height" | "colspan" | "rowspan" | "span" | "start" => {
            let sound = value.len() <= 5 && value.bytes().all(|b| b.is_ascii_digit() || b == b'%');
            sound.then_some(value.into())
        }
        _ => Some(value.into()),
    }
}

fn prefixed(id: &str) -> Cow<'_, str> {
    if id.starts_with(ANCHOR_PREFIX) || id.is_empty() {
        id.into()
    } else {
        format!("{ANCHOR_PREFIX}{id}").into()
    }
}

fn classes<'v>(element: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let known = |class: &&str| {
        CLASSES.contains(class)
            || (element == "code"
                && class
                    .strip_prefix("language-")
                    .is_some_and(|language| language.bytes().all(is_language_byte)))
    };
    if value.split(' ').all(|class| known(&class)) {
        return Some(value.into());
    }
    let kept: Vec<&str> = value.split_ascii_whitespace().filter(known).collect();
    (!kept.is_empty()).then(|| kept.join(" ").into())
}

/// The address a link may have: http, https, mailto or relative, encoded so that it cannot leave its attribute. Gives
/// nothing for any other address.
pub fn url(address: &str) -> Option<Cow<'_, str>> {
    let encoded = encode(address.trim());
    // Browsers skip white space and control characters when they look for a scheme; by now they are encoded, and
    // what stands before a colon can only be read as it is.
    let scheme = encoded
        .split_once(':')
        .map(|(scheme, _)| scheme)
        .filter(|scheme| !scheme.contains(['/', '?', '#']));
    match scheme {
        Some(scheme)
            if !SCHEMES
                .iter()
                .any(|known| known.eq_ignore_ascii_case(scheme)) =>
        {
            None
        }
        _ => match Url::parse(&encoded) {
            Ok(parsed) if SCHEMES.contains(&parsed.scheme()) => Some(encoded),
            Err(ammonia::url::ParseError::RelativeUrlWithoutBase) => Some(encoded),
            _ => None,
        },
    }
}

/// Whether an address is relative to the file that it stood in, which leads nowhere from a page.
pub fn is_of_a_file(address: &str) -> bool {
    let address = address.trim();
    !address.starts_with(['/', '#', '?'])
        && Url::parse(address) == Err(ammonia::url::ParseError::RelativeUrlWithoutBase)
}

/// The address an image may have: as [`url`], without mail.
pub fn image_url(address: &str) -> Option<Cow<'_, str>> {
    let address = url(address)?;
    let mail = address
        .get(..7)
        .is_some_and(|start| start.eq_ignore_ascii_case("mailto:"));
    (!mail).then_some(address)
}

fn encode(address: &str) -> Cow<'_, str> {
    let odd = |c: char| {
        c.is_control()
            || c.is_whitespace()
            || matches!(c, '"' | '<' | '>' | '\\' | '`' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    if !address.contains(odd) {
        return address.into();
    }
    let mut encoded = String::with_capacity(address.len() + 16);
    for c in address.chars() {
        if odd(c) {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                encoded.push('%');
                encoded.push(char::from(b"0123456789ABCDEF"[usize::from(byte >> 4)]));
                encoded.push(char::from(b"0123456789ABCDEF"[usize::from(byte & 15)]));
            }
        } else {
            encoded.push(c);
        }
    }
    encoded.into()
}
