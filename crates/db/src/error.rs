//! What can go wrong in a database, in words that are the same for both. The drivers sort their own errors into these.

/// Each message is a sentence an operator can act on; what the database itself said is in it or is the source.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row that the schema forbids.
    #[error("{message}")]
    Constraint { kind: Constraint, message: String },
    /// `query_one` found nothing.
    #[error("no row was found where one was expected")]
    NoRow,
    /// Others kept changing the same rows, or another program holds the database.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// The database cannot be reached. For a write whose commit was under way it says that the outcome is unknown.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The database was written by a newer version of the program; nothing has been changed.
    #[error(
        "the database has schema version {found}, this program knows versions up to {known}: run the newer program, or restore a backup made before the upgrade"
    )]
    Newer { found: i64, known: i64 },
    /// This kind of database cannot do that.
    #[error("{0}")]
    Unsupported(String),
    /// The disk, or the quota, is full.
    #[error("the disk that holds the database is full: {0}")]
    Full(String),
    /// The database, its folder or the transaction does not allow writing.
    #[error("the database cannot be written: {0}")]
    ReadOnly(String),
    /// The path leads to no file that can be opened or made, or the address is malformed.
    #[error("the database cannot be opened: {0}")]
    Open(String),
    /// The file is something else than our database.
    #[error("{0}")]
    NotOurs(String),
    /// The schema could not be brought up to date.
    #[error("the database could not be migrated: {0}")]
    Migration(String),
    /// `copy` found rows in the database it should fill.
    #[error("the table {0} of the target already has rows: copy into a new, empty database")]
    NotEmpty(String),
    /// A statement of this transaction failed before, and the closure went on. Use `Tx::savepoint` to try something.
    #[error("an earlier statement of this transaction failed, so nothing of it can be kept")]
    Aborted,
    /// The closure panicked; its transaction was rolled back.
    #[error("a database transaction panicked: {0}")]
    Panicked(String),
    /// A column does not hold what the program reads from it. Columns count from 0.
    #[error("column {column} cannot be read: {message}")]
    Type { column: usize, message: String },
    /// A text that PostgreSQL cannot store, so that no copy of it could be made.
    #[error("a text holds the character NUL, which cannot be kept")]
    Nul,
    /// Anything else the database refused.
    #[error("the database refused a statement: {source} (in `{sql}`)")]
    Sql {
        sql: Box<str>,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Which rule of the schema a row broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// A unique index or primary key.
    Unique,
    /// A reference to a row that is not there, or the removal of one that is referred to.
    Foreign,
    /// A check, or a value of the wrong type in a strict table.
    Check,
    NotNull,
}

impl Error {
    /// For [`crate::FromValue`]: the value is there but means nothing. `Row::get` adds the column.
    pub fn unreadable(message: impl Into<String>) -> Self {
        Error::Type {
            column: 0,
            message: message.into(),
        }
    }

    /// Whether a row with the same key is there already.
    #[must_use]
    pub fn is_unique(&self) -> bool {
        matches!(self, Error::Constraint { kind, .. } if *kind == Constraint::Unique)
    }

    pub(crate) fn at(self, index: usize) -> Self {
        match self {
            Error::Type { message, .. } => Error::Type {
                column: index,
                message,
            },
            other => other,
        }
    }
}
