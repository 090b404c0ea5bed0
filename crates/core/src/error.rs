//! The one error of the product. One place in the server turns it into a page or a problem document.

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong with which field of a form, in words for the person who filled it in, in the order it was found. It
/// is written as an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<Wrong>);

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub field: String,
    pub message: String,
}

impl Wrong {
    /// The field's name as a word of a sentence: `look_again_on` is "Look again on".
    pub fn label(&self) -> String {
        let words = self.field.replace(['_', '-'], " ");
        let mut letters = words.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(letters).collect()
        })
    }
}

impl Fields {
    pub fn one(field: &str, message: impl Into<String>) -> Self {
        let mut fields = Self::default();
        fields.add(field, message);
        fields
    }

    /// What was said of a field first stays.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        if self.get(field).is_none() {
            self.0.push(Wrong {
                field: field.to_owned(),
                message: message.into(),
            });
        }
    }

    pub fn extend(&mut self, others: Self) {
        for other in others.0 {
            self.add(&other.field, other.message);
        }
    }

    /// The message for a field, or nothing; templates call it beside each input.
    pub fn get(&self, field: &str) -> Option<&str> {
        let found = self.iter().find(|wrong| wrong.field == field);
        found.map(|wrong| wrong.message.as_str())
    }

    /// The same under the names that another form has for its fields.
    #[must_use]
    pub fn renamed(mut self, names: &[(&str, &str)]) -> Self {
        for wrong in &mut self.0 {
            if let Some((_, to)) = names.iter().find(|(from, _)| *from == wrong.field) {
                wrong.field = (*to).to_owned();
            }
        }
        self
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Wrong> {
        self.0.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong in one line, where no field is at hand to show it beside.
    pub fn sentences(&self) -> String {
        let messages: Vec<_> = self.iter().map(|wrong| wrong.message.as_str()).collect();
        messages.join(" ")
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

impl serde::Serialize for Fields {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|wrong| (&wrong.field, &wrong.message)))
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

    /// What is wrong with fields, under other names for them.
    #[must_use]
    pub fn renamed(self, names: &[(&str, &str)]) -> Self {
        match self {
            Self::Invalid(fields) => Self::Invalid(fields.renamed(names)),
            other => other,
        }
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
