//! Full-text search: entries in, ranked hits with snippets out.
//!
//! It owns the index on disk, the language people type and the rule that nothing an entry's audience doesn't include is
//! found, counted or shown. It knows nothing of the product: what is findable, by whom and when it changes is the
//! caller's. The index is derived: when it is lost, damaged or of another version it starts empty and says so, and
//! the caller puts everything again. Everything here is synchronous.

mod ask;
mod card;
mod fields;
mod find;
mod index;
mod mark;
mod places;
mod sets;
mod words;

#[cfg(test)]
mod tests;

pub use index::{Check, Emptied, Index, Opened};

/// Something that can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Unique; putting another entry with the same id replaces it.
    pub id: String,
    /// What it is, for filters and counts: a review, a thread, a decision …
    pub kind: String,
    pub title: String,
    /// Plain text, as long as it is.
    pub body: String,
    pub url: String,
    /// What it belongs to, so that it can be filtered by it and removed with it.
    pub group: String,
    pub state: String,
    /// The ids of the people it concerns, for filters.
    pub people: Vec<String>,
    /// When it last mattered, in milliseconds since 1970.
    pub at: i64,
    pub audience: Audience,
}

/// Who may find an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    Everyone,
    /// Readers who hold one of these ids (a person's own, or a team's).
    Only(Vec<String>),
}

/// One change to the index; changes take effect in the order given.
#[derive(Clone, Debug)]
pub enum Change {
    Put(Entry),
    Delete(String),
    DeleteGroup(String),
}

/// A search.
#[derive(Clone, Debug, Default)]
pub struct Query<'a> {
    /// As typed. Empty finds everything, newest first.
    pub text: &'a str,
    /// Only these kinds; empty for all. The counts by kind ignore it, so that the other kinds can be offered.
    pub kinds: &'a [&'a str],
    /// Only these states; empty for all.
    pub states: &'a [&'a str],
    pub group: Option<&'a str>,
    pub person: Option<&'a str>,
    /// Not before this time.
    pub from: Option<i64>,
    /// Before this time.
    pub to: Option<i64>,
    /// The ids the reader holds: their own and their teams'.
    pub reader: &'a [String],
    pub limit: usize,
    /// Where the page before ended.
    pub after: Option<Cursor>,
}

/// The place of a hit in the ranking, to go on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    pub(crate) stage: u8,
    pub(crate) key: find::Key,
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}.{:x}.{:x}.{:x}",
            self.stage, self.key.score, self.key.at, self.key.tie
        )
    }
}

impl std::str::FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parts: Option<Vec<u64>> = text
            .split('.')
            .map(|part| u64::from_str_radix(part, 16).ok())
            .collect();
        match parts.as_deref() {
            Some(&[stage, score, at, tie]) => Ok(Self {
                stage: u8::try_from(stage).map_err(|_| Error::Cursor)?,
                key: find::Key {
                    score: u32::try_from(score).map_err(|_| Error::Cursor)?,
                    at: at.cast_signed(),
                    tie,
                },
            }),
            _ => Err(Error::Cursor),
        }
    }
}

/// Something found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub id: String,
    pub kind: String,
    /// Safe HTML: everything escaped, the matches in `<mark>`.
    pub title: String,
    /// Safe HTML like the title: the stretch of text around the best match.
    pub snippet: String,
    pub url: String,
    pub group: String,
    pub state: String,
    pub at: i64,
    pub score: f32,
}

/// What a search found, of what the reader may see.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub hits: Vec<Hit>,
    pub total: usize,
    /// Where the next page goes on, if there is one.
    pub next: Option<Cursor>,
    /// How many there are of each kind, most first.
    pub kinds: Vec<(String, usize)>,
}

/// Why the index could not do it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Files are missing or unreadable: `clear` the index and put everything again.
    #[error("the search index is damaged: {0}")]
    Damaged(String),
    /// Another process is writing to it.
    #[error("the search index is in use by another process")]
    InUse,
    #[error("that is not a place in a list of results")]
    Cursor,
    #[error("the search index cannot be written: {0}")]
    Io(#[from] std::io::Error),
    #[error("the search index failed: {0}")]
    Engine(tantivy::TantivyError),
}

impl From<tantivy::TantivyError> for Error {
    fn from(error: tantivy::TantivyError) -> Self {
        use tantivy::TantivyError as Engine;
        match error {
            Engine::LockFailure(..) => Self::InUse,
            Engine::IoError(error) => {
                Self::Io(std::io::Error::new(error.kind(), error.to_string()))
            }
            Engine::DataCorruption(_) | Engine::IncompatibleIndex(_) | Engine::OpenReadError(_) => {
                Self::Damaged(error.to_string())
            }
            other => Self::Engine(other),
        }
    }
}
