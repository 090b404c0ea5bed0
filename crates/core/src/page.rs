//! Lists: every one has a limit and continues from a key, so that page two of a long list costs what page one did.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hardwon_db::{FromValue as _, ToValue, Value};
use std::fmt::Write as _;

use crate::error::{Error, Result};

/// The largest number of entries that one page of a list may hold.
pub const MAX_LIMIT: usize = 200;

/// Which part of a list is asked for.
#[derive(Debug, Clone)]
pub struct Page {
    pub limit: usize,
    pub after: Option<Cursor>,
}

impl Default for Page {
    fn default() -> Self {
        Self {
            limit: 50,
            after: None,
        }
    }
}

impl Page {
    /// From a request's `limit` and `cursor`.
    pub fn parse(limit: Option<usize>, cursor: Option<&str>) -> Result<Self> {
        Ok(Self {
            limit: limit.unwrap_or(50).clamp(1, MAX_LIMIT),
            after: cursor
                .filter(|text| !text.is_empty())
                .map(Cursor::parse)
                .transpose()?,
        })
    }

    /// One more than the page holds, so that the query itself tells whether there is more.
    pub fn fetch(&self) -> i64 {
        i64::try_from(self.limit).expect("a limit is at most MAX_LIMIT") + 1
    }

    /// Cuts what [`Page::fetch`] brought to the page and says where the next one starts.
    pub fn cut<T>(&self, mut items: Vec<T>, key: impl Fn(&T) -> Cursor) -> Listed<T> {
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let next = if more { items.last().map(key) } else { None };
        Listed { items, next }
    }
}

/// The sort key of the last entry of a page: a number (mostly a time) and an identity that breaks ties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub key: i64,
    pub id: String,
}

impl Cursor {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "ids are small; a reference at every call would be noise"
    )]
    pub fn new(key: i64, id: impl ToString) -> Self {
        Self {
            key,
            id: id.to_string(),
        }
    }

    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || Error::invalid("cursor", "This is not a cursor that a list gave out.");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
        let text = String::from_utf8(bytes).map_err(|_| wrong())?;
        let (key, id) = text.split_once('.').ok_or_else(wrong)?;
        Ok(Self {
            key: key.parse().map_err(|_| wrong())?,
            id: id.to_owned(),
        })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(format!("{}.{}", self.key, self.id)))
    }
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    pub items: Vec<T>,
    pub next: Option<Cursor>,
}

/// The `where` of a list whose filters are optional: only the conditions in use are in the text, so that the database
/// can choose the index that fits them. Every fragment is a constant of the code; values are bound.
#[derive(Default)]
pub struct Conditions {
    text: String,
    values: Vec<Value>,
}

impl Conditions {
    /// Adds `fragment`, in which each `$$` stands for the next of `values`.
    pub fn and(&mut self, fragment: &'static str, values: &[&dyn ToValue]) -> &mut Self {
        self.text.push_str(if self.text.is_empty() {
            "where "
        } else {
            " and "
        });
        let mut parts = fragment.split("$$");
        self.text.push_str(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(values) {
            self.values.push(owned(*value));
            let _ = write!(self.text, "${}{part}", self.values.len());
        }
        self
    }

    /// Binds a value outside the conditions (a limit) and gives its placeholder.
    pub fn bind(&mut self, value: &dyn ToValue) -> String {
        self.values.push(owned(value));
        format!("${}", self.values.len())
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn params(&self) -> Vec<&dyn ToValue> {
        self.values
            .iter()
            .map(|value| value as &dyn ToValue)
            .collect()
    }
}

/// The pattern (for `like … escape '\\'`) of texts that hold this word.
pub fn holding(word: &str) -> String {
    let word = word
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{word}%")
}

fn owned(value: &dyn ToValue) -> Value {
    Value::from_value(value.to_value()).expect("every storage type is a value")
}
