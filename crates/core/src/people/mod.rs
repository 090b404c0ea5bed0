//! People and teams: who takes part. How somebody proves to be a person is the business of `auth`.

use crate::error::{Error, Result};
use crate::id::PersonId;
use hardwon_db::{Tx, params};

pub mod sql;

/// A person as far as showing them needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    pub id: PersonId,
    pub name: String,
    pub handle: String,
}

/// The form of a text under which it is compared and sorted: without case, accents and runs of space.
pub fn key(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    let folded: String = text
        .nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub fn face(tx: &mut Tx<'_>, id: PersonId) -> Result<Face> {
    tx.query_opt(sql::FACE, params![id], |row| {
        Ok(Face {
            id: row.get(0)?,
            name: row.get(1)?,
            handle: row.get(2)?,
        })
    })?
    .ok_or(Error::NotFound)
}
