//! The one error of the product. One place in the server turns it into a page or a problem document.

use std::collections::BTreeMap;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong with which field of a form, in words for the person who filled it in.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Fields(pub BTreeMap<String, String>);

impl Fields {
    pub fn one(field: &str, message: impl Into<String>) -> Self {
        Self(BTreeMap::from([(field.to_owned(), message.into())]))
    }

    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0
            .entry(field.to_owned())
            .or_insert_with(|| message.into());
    }

    /// The message for a field, or nothing; templates call it beside each input.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` when nothing is wrong.
    pub fn check(self) -> Result<()> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self))
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or its existence is private to others.
    #[error("there is no such thing here")]
    NotFound,
    /// The actor is nobody yet; signing in may help.
    #[error("please sign in first")]
    SignInNeeded,
    /// The actor may see it and may not do this; says who may.
    #[error("{0}")]
    Denied(String),
    #[error("some fields need another look")]
    Invalid(Fields),
    /// Somebody else was faster, or the life cycle has no such step now; says what to do.
    #[error("{0}")]
    Conflict(String),
    /// The outside world (database, disk) does not answer now.
    #[error("{0}")]
    Unavailable(String),
    #[error("something went wrong inside Hardwon")]
    Bug(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(Fields::one(field, message))
    }

    pub fn denied(message: impl Into<String>) -> Self {
        Self::Denied(message.into())
    }

    pub fn conflict(message: impl Into<String>) -> Self {
        Self::Conflict(message.into())
    }

    pub fn bug(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Bug(source.into())
    }
}

impl From<hardwon_db::Error> for Error {
    fn from(error: hardwon_db::Error) -> Self {
        use hardwon_db::Error::{Busy, Full, Nul, ReadOnly, Unavailable};
        match error {
            Busy(_) | Unavailable(_) | Full(_) | ReadOnly(_) => {
                Self::Unavailable(error.to_string())
            }
            Nul => Self::invalid(
                "text",
                "A text holds the character NUL (code 0), which cannot be kept.",
            ),
            other => Self::bug(other),
        }
    }
}

impl From<garde::Report> for Error {
    fn from(report: garde::Report) -> Self {
        let mut fields = Fields::default();
        for (path, error) in report.iter() {
            fields.add(&path.to_string(), error.message());
        }
        Self::Invalid(fields)
    }
}
