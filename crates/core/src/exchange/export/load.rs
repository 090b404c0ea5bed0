//! Reading an export back into a database that holds no organisation yet.

use super::rows::{self, Row, Schema};
use super::tables::{self, BESIDE, BESIDE_FILE, Place, TABLES};
use super::{FORMAT, File, Source};
use crate::ctx::{Actor, Ctx};
use crate::error::{Error, Result};
use crate::organisation;
use hardwon_db::Tx;
use serde::Serialize;
use serde_json::Value as Json;

pub(super) const EVENTS: &str = "private/events.jsonl";
pub(super) const INBOXES: &str = "private/inboxes.json";

/// What was read back.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Loaded {
    pub people: usize,
    pub reviews: usize,
    pub private_reviews: usize,
    pub events: usize,
    /// Whether the part was there that is not for everybody: votes, unnamed askers, inboxes, the log.
    pub private_part: bool,
}

/// Imports an export. Nobody has a password afterwards: the operator makes links to sign in with.
pub fn load(ctx: &Ctx, tx: &mut Tx<'_>, source: &dyn Source) -> Result<Loaded> {
    if ctx.actor != Actor::Operator {
        return Err(Error::denied("Only the operator imports an organisation."));
    }
    if organisation::exists(tx)? {
        return Err(Error::conflict(
            "There is an organisation here already. An export is imported into a new, empty database.",
        ));
    }
    let schema = hardwon_db::tables(tx)?;
    let mut done = Loaded::default();
    let mut paths: Vec<&str> = Vec::new();
    for table in TABLES {
        if let Place::File(path, _) = table.place
            && !paths.contains(&path)
            && path != "links.json"
        {
            paths.push(path);
        }
    }
    for path in paths {
        let file = needed(source, path)?;
        done.people += file.tables.get("person").map_or(0, Vec::len);
        insert(tx, &schema, file, path)?;
    }
    for place in ["reviews", "private/reviews"] {
        for folder in source.folders(place)? {
            let path = format!("{place}/{folder}/review.json");
            insert(tx, &schema, needed(source, &path)?, &path)?;
            done.reviews += 1;
            done.private_reviews += usize::from(place != "reviews");
            let number = folder.split('-').next().unwrap_or_default();
            let path = format!("private/votes/{number}.json");
            if let Some(file) = read(source, &path)? {
                insert(tx, &schema, file, &path)?;
            }
        }
    }
    for path in ["links.json", "private/links.json", BESIDE_FILE, INBOXES] {
        if let Some(file) = read(source, path)? {
            insert(tx, &schema, file, path)?;
        }
    }
    if let Some(lines) = source.read(EVENTS)? {
        done.private_part = true;
        done.events = events(tx, &schema, &lines)?;
    }
    Ok(done)
}

fn read(source: &dyn Source, path: &str) -> Result<Option<File>> {
    let Some(content) = source.read(path)? else {
        return Ok(None);
    };
    let file: File = serde_json::from_slice(&content)
        .map_err(|error| Error::conflict(format!("{path} is not a file of an export: {error}.")))?;
    if file.format != FORMAT {
        return Err(Error::conflict(format!(
            "{path} has the form {}, and this version of Hardwon reads {FORMAT}: import it with a newer one.",
            file.format
        )));
    }
    Ok(Some(file))
}

fn needed(source: &dyn Source, path: &str) -> Result<File> {
    read(source, path)?.ok_or_else(|| {
        Error::conflict(format!(
            "There is no {path}, so this is not a whole export."
        ))
    })
}

/// Inserts the rows of a file, parents before children.
fn insert(tx: &mut Tx<'_>, schema: &Schema, mut file: File, path: &str) -> Result<()> {
    for table in TABLES {
        let Some(rows) = file.tables.remove(table.name) else {
            continue;
        };
        if !belongs(table, path) {
            return Err(Error::conflict(format!(
                "{path} holds rows of “{}”, which do not belong there.",
                table.name
            )));
        }
        for row in rows::after_their_own(table, rows)? {
            rows::write(tx, schema, table, &row).map_err(|error| explain(error, path))?;
        }
    }
    match file.tables.keys().next() {
        None => Ok(()),
        Some(strange) => Err(Error::conflict(format!(
            "{path} holds “{strange}”, which this version of Hardwon does not know."
        ))),
    }
}

/// Whether an export keeps rows of this table in this file; nothing else is read from it.
fn belongs(table: &tables::Table, path: &str) -> bool {
    match table.place {
        Place::File(own, _) => path == own || path.ends_with(own),
        Place::Review(_) => {
            path.ends_with("/review.json")
                || path.starts_with("private/votes/")
                || (path == BESIDE_FILE && BESIDE.iter().any(|(name, _)| *name == table.name))
        }
        Place::Private(own) => path == own,
        Place::Nowhere => false,
    }
}

/// A row that the database refuses is the file's fault, and the sentence says whose.
fn explain(error: Error, path: &str) -> Error {
    match error {
        Error::Bug(source) => Error::conflict(format!("{path} cannot be imported: {source}.")),
        other => other,
    }
}

fn events(tx: &mut Tx<'_>, schema: &Schema, lines: &[u8]) -> Result<usize> {
    let table = tables::named("event").expect("it is in the list");
    let (mut count, mut last) = (0, 0);
    for line in lines.split(|byte| *byte == b'\n') {
        if line.is_empty() {
            continue;
        }
        let row: Row = serde_json::from_slice(line)
            .map_err(|error| Error::conflict(format!("{EVENTS}, line {}: {error}.", count + 1)))?;
        last = last.max(row.get("seq").and_then(Json::as_i64).unwrap_or_default());
        rows::write(tx, schema, table, &row).map_err(|error| explain(error, EVENTS))?;
        count += 1;
    }
    hardwon_db::set_counter(tx, "event", last.max(1))?;
    Ok(count)
}
