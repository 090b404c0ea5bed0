//! Everything that an organisation has, as files: JSON that can be read back without loss, and beside it Markdown for
//! people. What goes where is in [`tables`]; reading it back is in [`load`].
//!
//! Not everything is for everybody. Under `private/` are the reviews that were private, who asked without their name,
//! who voted how, people's inboxes, and the log with the addresses that changes came from; without that folder an export
//! can be handed on, and be imported as well. Passwords, sessions, tokens and links are never in it.

use crate::ctx::{Actor, Ctx};
use crate::error::{Error, Result};
use hardwon_db::{Tx, params};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

mod load;
pub mod madr;
mod pages;
mod rows;
mod tables;

pub use load::{Loaded, load};
pub use rows::{Row, Rows};

use rows::Schema;
use tables::{BESIDE, BESIDE_FILE, Place, Secret, TABLES};

/// The form of an export; counts up when a reader of the one before could not read it.
pub const FORMAT: i64 = 1;

/// Where files are written to: a folder, or memory.
pub trait Sink {
    /// Writes to the end of a file, which is made where it is not there.
    fn append(&mut self, path: &str, content: &[u8]) -> Result<()>;
}

/// Where files are read from.
pub trait Source {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>>;
    /// The names of the folders in a folder, in order.
    fn folders(&self, path: &str) -> Result<Vec<String>>;
}

/// A JSON file of an export.
#[derive(Debug, Serialize, Deserialize)]
struct File {
    format: i64,
    /// Rows by table.
    tables: BTreeMap<String, Rows>,
}

impl Default for File {
    fn default() -> Self {
        Self {
            format: FORMAT,
            tables: BTreeMap::new(),
        }
    }
}

impl File {
    fn text(&self) -> Result<Vec<u8>> {
        let mut text = serde_json::to_vec_pretty(self).map_err(Error::bug)?;
        text.push(b'\n');
        Ok(text)
    }
}

/// What was written.
#[derive(Debug, Default, Serialize)]
pub struct Exported {
    pub people: usize,
    pub teams: usize,
    pub reviews: usize,
    pub private_reviews: usize,
    pub events: i64,
}

/// A review as its rows, and where its files are.
pub struct Dump {
    pub number: i64,
    pub folder: String,
    tables: BTreeMap<&'static str, Rows>,
}

impl Dump {
    fn rows(&self, table: &str) -> &[Row] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }

    fn review(&self) -> &Row {
        &self.rows("review")[0]
    }

    fn is_private(&self) -> bool {
        text(self.review(), "visibility") == "private"
    }
}

/// Whether a row was taken back; it stays in the record of what was.
fn is_gone(row: &Row) -> bool {
    ["removed_at", "withdrawn_at"]
        .iter()
        .any(|column| row.get(*column).is_some_and(|at| !at.is_null()))
}

fn text<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column).and_then(Json::as_str).unwrap_or_default()
}

fn number(row: &Row, column: &str) -> i64 {
    row.get(column).and_then(Json::as_i64).unwrap_or_default()
}

/// Writes everything. Only the operator may: it holds what no single person sees.
pub fn write(ctx: &Ctx, tx: &mut Tx<'_>, sink: &mut dyn Sink) -> Result<Exported> {
    if ctx.actor != Actor::Operator {
        return Err(Error::denied("Only the operator exports everything."));
    }
    let schema = hardwon_db::tables(tx)?;
    if let Some(table) = schema.keys().find(|name| tables::named(name).is_none()) {
        return Err(Error::bug(format!(
            "the export does not know where {table} belongs"
        )));
    }
    let mut done = Exported::default();
    let mut files: BTreeMap<&str, File> = BTreeMap::new();
    let mut names = Names::default();
    for table in TABLES {
        let Place::File(path, condition) = table.place else {
            continue;
        };
        let rows = rows::read(tx, &schema, table, condition, params![])?;
        match table.name {
            "person" => done.people = rows.len(),
            "team" => done.teams = rows.len(),
            _ => {}
        }
        names.learn(table.name, &rows);
        if table.name != "link" {
            let file = files.entry(path).or_default();
            file.tables.insert(table.name.to_owned(), rows);
        }
    }
    for (path, file) in &files {
        sink.append(path, &file.text()?)?;
    }
    let mut hidden = BTreeSet::new();
    let mut index = pages::Index::default();
    for id in ids(tx)? {
        let dump = read(tx, &schema, &id)?;
        done.reviews += 1;
        if dump.is_private() {
            done.private_reviews += 1;
            hide(&dump, &mut hidden);
        }
        put(tx, sink, &dump, &names)?;
        index.add(&dump);
    }
    links(tx, sink, &schema, &hidden)?;
    beside(tx, sink, &schema)?;
    done.events = events(tx, sink, &schema)?;
    personal(tx, sink, &schema)?;
    index.write(sink, &names)?;
    Ok(done)
}

/// The names of people and teams, for pages that people read.
#[derive(Debug, Default)]
pub struct Names(BTreeMap<String, String>);

impl Names {
    fn learn(&mut self, table: &str, rows: &[Row]) {
        if matches!(table, "person" | "team" | "organisation") {
            for row in rows {
                let id = match table {
                    "organisation" => "organisation",
                    _ => text(row, "id"),
                };
                self.0.insert(id.to_owned(), text(row, "name").to_owned());
            }
        }
    }

    fn of<'a>(&'a self, row: &Row, column: &str) -> &'a str {
        self.0.get(text(row, column)).map_or("", String::as_str)
    }

    fn organisation(&self) -> &str {
        self.0.get("organisation").map_or("", String::as_str)
    }
}

/// Everybody's names; the caller shows only what its reader may see.
pub fn names(tx: &mut Tx<'_>) -> Result<Names> {
    let schema = hardwon_db::tables(tx)?;
    let mut names = Names::default();
    for name in ["organisation", "person", "team"] {
        let table = tables::named(name).expect("it is in the list");
        let rows = rows::read(tx, &schema, table, "true", params![])?;
        names.learn(name, &rows);
    }
    Ok(names)
}

/// The reviews in the order of their numbers.
fn ids(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let text = "select id from review order by number";
    Ok(tx.query(text, params![], |row| row.get(0))?)
}

/// Everything that belongs to a review; the caller has asked [`crate::access`].
pub fn review(tx: &mut Tx<'_>, id: crate::id::ReviewId) -> Result<Dump> {
    let schema = hardwon_db::tables(tx)?;
    read(tx, &schema, &id.to_string())
}

fn read(tx: &mut Tx<'_>, schema: &Schema, id: &str) -> Result<Dump> {
    let mut tables: BTreeMap<&'static str, Rows> = BTreeMap::new();
    for table in TABLES {
        if let Place::Review(condition) = table.place {
            tables.insert(
                table.name,
                rows::read(tx, schema, table, condition, params![id])?,
            );
        }
    }
    let mut dump = Dump {
        number: 0,
        folder: String::new(),
        tables,
    };
    if dump.rows("review").is_empty() {
        return Err(Error::NotFound);
    }
    dump.number = number(dump.review(), "number");
    let place = if dump.is_private() { "private/" } else { "" };
    let slug = slug(text(dump.review(), "title"));
    dump.folder = format!("{place}reviews/{:04}-{slug}", dump.number);
    Ok(dump)
}

/// A title as part of a file's name.
fn slug(title: &str) -> String {
    let mut slug = String::new();
    for c in crate::people::key(title).chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 60 {
            break;
        }
    }
    slug.trim_matches('-').to_owned()
}

fn put(tx: &mut Tx<'_>, sink: &mut dyn Sink, dump: &Dump, names: &Names) -> Result<()> {
    let (mut file, mut secret) = (File::default(), File::default());
    for table in TABLES {
        let Some(rows) = dump.tables.get(table.name) else {
            continue;
        };
        let is_secret = |row: &&Row| match table.secret {
            Secret::No => false,
            Secret::Whole => true,
            Secret::Where(column) => number(row, column) == 1,
        };
        let (kept, told): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(is_secret);
        let insert = |file: &mut File, rows: Vec<&Row>| {
            if !rows.is_empty() {
                let rows = rows.into_iter().cloned().collect();
                file.tables.insert(table.name.to_owned(), rows);
            }
        };
        insert(&mut file, told);
        insert(&mut secret, kept);
    }
    sink.append(&format!("{}/review.json", dump.folder), &file.text()?)?;
    if !secret.tables.is_empty() {
        let path = format!("private/votes/{:04}.json", dump.number);
        sink.append(&path, &secret.text()?)?;
    }
    pages::write(tx, sink, dump, names)
}

/// Remembers everything of a private review, so that nothing outside it points there.
fn hide(dump: &Dump, hidden: &mut BTreeSet<String>) {
    for rows in dump.tables.values() {
        for row in rows {
            if let Some(Json::String(id)) = row.get("id") {
                hidden.insert(id.clone());
            }
        }
    }
}

fn links(
    tx: &mut Tx<'_>,
    sink: &mut dyn Sink,
    schema: &Schema,
    hidden: &BTreeSet<String>,
) -> Result<()> {
    let table = tables::named("link").expect("it is in the list");
    let rows = rows::read(tx, schema, table, "true", params![])?;
    let (private, open): (Rows, Rows) = rows.into_iter().partition(|row| {
        hidden.contains(text(row, "from_id")) || hidden.contains(text(row, "to_id"))
    });
    for (path, rows) in [("links.json", open), ("private/links.json", private)] {
        let mut file = File::default();
        file.tables.insert("link".to_owned(), rows);
        sink.append(path, &file.text()?)?;
    }
    Ok(())
}

fn beside(tx: &mut Tx<'_>, sink: &mut dyn Sink, schema: &Schema) -> Result<()> {
    let mut file = File::default();
    for (name, condition) in BESIDE {
        let table = tables::named(name).expect("it is in the list");
        let rows = rows::read(tx, schema, table, condition, params![])?;
        file.tables.insert((*name).to_owned(), rows);
    }
    sink.append(BESIDE_FILE, &file.text()?)
}

/// The event log, one line each; it can be longer than memory.
fn events(tx: &mut Tx<'_>, sink: &mut dyn Sink, schema: &Schema) -> Result<i64> {
    const STEP: i64 = 5_000;
    let table = tables::named("event").expect("it is in the list");
    let last: i64 = tx.query_one(
        "select coalesce(max(seq), 0) from event",
        params![],
        |row| row.get(0),
    )?;
    let mut count = 0;
    let mut from = 0;
    while from < last {
        let to = from + STEP;
        let rows = rows::read(
            tx,
            schema,
            table,
            "seq > $1 and seq <= $2",
            params![from, to],
        )?;
        let mut lines = Vec::new();
        for row in rows {
            serde_json::to_writer(&mut lines, &row).map_err(Error::bug)?;
            lines.push(b'\n');
            count += 1;
        }
        sink.append(load::EVENTS, &lines)?;
        from = to;
    }
    Ok(count)
}

fn personal(tx: &mut Tx<'_>, sink: &mut dyn Sink, schema: &Schema) -> Result<()> {
    let mut file = File::default();
    for table in TABLES {
        if let Place::Private(path) = table.place
            && path == load::INBOXES
        {
            let rows = rows::read(tx, schema, table, "true", params![])?;
            file.tables.insert(table.name.to_owned(), rows);
        }
    }
    sink.append(load::INBOXES, &file.text()?)
}
