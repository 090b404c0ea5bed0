//! People and teams: who takes part. How somebody proves to be a person is the business of `auth`.

use crate::ctx::{Ctx, Role};
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::PersonId;
use crate::words;
use garde::Validate;
use hardwon_db::{Tx, params};
use serde_json::json;

pub mod sql;

/// A person as far as showing them needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    pub id: PersonId,
    pub name: String,
    pub handle: String,
}

impl Face {
    /// From three columns (id, name, handle) that are null together, as after a left join.
    pub fn from_columns(
        row: &hardwon_db::Row<'_>,
        at: usize,
    ) -> Result<Option<Self>, hardwon_db::Error> {
        let Some(id) = row.get(at)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            id,
            name: row.get(at + 1)?,
            handle: row.get(at + 2)?,
        }))
    }
}

words! {
    PersonState {
        Active = "active",
        Deactivated = "deactivated",
        /// The author of something imported, who has no account.
        Placeholder = "placeholder",
    }
}

/// What a person begins with.
#[derive(Debug, Clone, Validate)]
pub struct PersonForm {
    #[garde(length(min = 1, max = 200))]
    pub name: String,
    #[garde(inner(contains("@"), length(max = 254)))]
    pub email: Option<String>,
    #[garde(skip)]
    pub role: Role,
    #[garde(skip)]
    pub state: PersonState,
    /// An IANA zone.
    #[garde(skip)]
    pub zone: String,
    #[garde(skip)]
    pub locale: String,
}

/// Adds a person; their handle is made from the name. Who may do so is decided by whoever calls.
pub fn create(ctx: &Ctx, tx: &mut Tx<'_>, form: &PersonForm) -> Result<PersonId> {
    form.validate()?;
    let id: PersonId = ctx.id();
    let name = form.name.trim();
    let handle = free_handle(tx, name)?;
    tx.execute(
        sql::INSERT,
        params![
            id,
            name,
            key(name),
            handle,
            form.email,
            form.email.as_deref().map(key),
            form.role,
            form.state,
            form.zone,
            form.locale,
            ctx.at
        ],
    )?;
    event::record(
        ctx,
        tx,
        "person.created",
        &Thing::new("person", id),
        None,
        &json!({ "name": name }),
    )?;
    Ok(id)
}

/// A handle for mentions that nobody has yet: `ada-lovelace`, `ada-lovelace-2` …
fn free_handle(tx: &mut Tx<'_>, name: &str) -> Result<String> {
    let words: Vec<String> = key(name)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(ToOwned::to_owned)
        .collect();
    let base = if words.is_empty() {
        "person".to_owned()
    } else {
        words.join("-")
    };
    let taken = tx.query(
        sql::HANDLES_LIKE,
        params![base, format!("{base}-%")],
        |row| row.get::<String>(0),
    )?;
    let mut handle = base.clone();
    let mut number = 1;
    while taken.contains(&handle) {
        number += 1;
        handle = format!("{base}-{number}");
    }
    Ok(handle)
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

/// Whoever has this handle.
pub fn by_handle(tx: &mut Tx<'_>, handle: &str) -> Result<Option<PersonId>> {
    Ok(tx.query_opt(sql::BY_HANDLE, params![handle], |row| row.get(0))?)
}
