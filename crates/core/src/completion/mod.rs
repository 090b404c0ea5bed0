//! What a writer may mean by the first letters of a name: people and teams after `@`, reviews and learnings after `#`,
//! templates after `/`. Each is one statement, and none names what its reader may not see.

use crate::access;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::people;
use crate::words;
use hardwon_db::{Tx, params};

mod sql;

words! {
    /// What is looked for.
    Looked {
        People = "people",
        Reviews = "reviews",
        Templates = "templates",
    }
}

/// One thing that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// `person`, `team`, `review`, `learning` or `template`.
    pub kind: String,
    pub label: String,
    /// What else tells it from its like: a handle, a state.
    pub detail: String,
    /// The Markdown that names it.
    pub insert: String,
}

/// The likeliest candidates for what was typed so far.
pub fn candidates(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    looked: Looked,
    typed: &str,
) -> Result<Vec<Candidate>> {
    let reader = access::reader(ctx)?;
    let key = people::key(&typed.replace('-', " "));
    let plain = key
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    let (starts, inside) = (format!("{plain}%"), format!("%{plain}%"));
    let word = format!("% {starts}");
    let read = |row: &hardwon_db::Row<'_>| {
        Ok(Candidate {
            kind: row.get(0)?,
            label: row.get(1)?,
            detail: row.get(2)?,
            insert: row.get(3)?,
        })
    };
    Ok(match looked {
        Looked::People => tx.query(sql::PEOPLE, params![starts, word], read)?,
        Looked::Reviews => tx.query(sql::REVIEWS, params![reader, starts, inside], read)?,
        Looked::Templates => tx.query(sql::TEMPLATES, params![inside], read)?,
    })
}
