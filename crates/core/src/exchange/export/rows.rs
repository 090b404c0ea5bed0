//! Rows as JSON, and JSON as rows. It knows no table: what it is given says which columns matter.

use super::tables::Table;
use crate::error::{Error, Result};
use crate::questions::rank;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hardwon_db::{ToValue, Tx, Value};
use serde_json::{Map, Number, Value as Json};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

pub type Row = Map<String, Json>;
pub type Rows = Vec<Row>;
/// The columns of each table.
pub type Schema = BTreeMap<String, Vec<String>>;

/// The rows of a table for which a condition holds, in an order that no database chooses.
pub fn read(
    tx: &mut Tx<'_>,
    schema: &Schema,
    table: &Table,
    condition: &str,
    params: &[&dyn ToValue],
) -> Result<Rows> {
    let columns: Vec<&str> = columns(schema, table)?;
    let text = format!(
        "select {} from {} where {condition}",
        columns.join(", "),
        table.name
    );
    let mut rows = tx.query(&text, params, |row| {
        columns
            .iter()
            .enumerate()
            .map(|(at, name)| Ok(((*name).to_owned(), json(row.get(at)?)?)))
            .collect::<Result<Row, hardwon_db::Error>>()
    })?;
    rows.sort_by(|a, b| {
        let by = |name: &&str| compare(&a[*name], &b[*name]);
        table
            .order
            .iter()
            .map(by)
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    Ok(rows)
}

pub fn columns<'a>(schema: &'a Schema, table: &Table) -> Result<Vec<&'a str>> {
    let columns = schema
        .get(table.name)
        .ok_or_else(|| Error::bug(format!("there is no table {}", table.name)))?;
    Ok(columns
        .iter()
        .map(String::as_str)
        .filter(|name| !table.omit.contains(name))
        .collect())
}

fn compare(a: &Json, b: &Json) -> Ordering {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => a.as_i64().cmp(&b.as_i64()),
        (Json::String(a), Json::String(b)) => a.cmp(b),
        (Json::Null, Json::Null) => Ordering::Equal,
        (Json::Null, _) => Ordering::Less,
        (_, Json::Null) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

/// What a column holds. A boolean is 0 or 1, as one of the databases keeps it, and bytes are base64.
fn json(value: Value) -> Result<Json, hardwon_db::Error> {
    Ok(match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Number(Number::from(i64::from(value))),
        Value::Int(value) => Json::Number(Number::from(value)),
        Value::Text(value) => Json::String(value),
        Value::Bytes(value) => Json::String(format!("base64:{}", STANDARD.encode(value))),
        Value::Real(_) => {
            return Err(hardwon_db::Error::unreadable(
                "a fraction does not survive being written as JSON; it is left out and computed",
            ));
        }
    })
}

/// Writes a row, of columns that the database has.
pub fn write(tx: &mut Tx<'_>, schema: &Schema, table: &Table, row: &Row) -> Result<()> {
    let known = columns(schema, table)?;
    if let Some(strange) = row.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(Error::conflict(format!(
            "It holds “{strange}” of “{}”, which this version of Hardwon does not know: import it with the version that wrote it, or a newer one.",
            table.name
        )));
    }
    let mut names: Vec<&str> = row.keys().map(String::as_str).collect();
    let mut values: Vec<Value> = row
        .iter()
        .map(|(name, value)| back(table, name, value))
        .collect::<Result<_>>()?;
    if table.name == "question" {
        let votes = |name: &str| row.get(name).and_then(Json::as_i64).unwrap_or_default();
        names.push("score");
        values.push(Value::Real(rank::lower_bound(votes("up"), votes("down"))));
    }
    let marks: Vec<String> = (1..=names.len()).map(|nth| format!("${nth}")).collect();
    let text = format!(
        "insert into {} ({}) values ({})",
        table.name,
        names.join(", "),
        marks.join(", ")
    );
    let params: Vec<&dyn ToValue> = values.iter().map(|value| value as &dyn ToValue).collect();
    tx.execute(&text, &params)?;
    Ok(())
}

fn back(table: &Table, name: &str, value: &Json) -> Result<Value> {
    let wrong = || {
        Error::conflict(format!(
            "“{name}” of “{}” holds something that cannot be stored.",
            table.name
        ))
    };
    Ok(match value {
        Json::Null => Value::Null,
        Json::Number(number) => Value::Int(number.as_i64().ok_or_else(wrong)?),
        Json::String(text) if table.bytes.contains(&name) => {
            let text = text.strip_prefix("base64:").ok_or_else(wrong)?;
            Value::Bytes(STANDARD.decode(text).map_err(|_| wrong())?)
        }
        // A file can be edited by anybody on its way: what pages show as it is passes the same gate as when it was made.
        Json::String(text) if name == "html" => Value::Text(hardwon_prose::policy::enforce(text)),
        Json::String(text) => Value::Text(text.clone()),
        Json::Bool(_) | Json::Array(_) | Json::Object(_) => return Err(wrong()),
    })
}

/// Rows in an order in which each comes after those of the same table that it refers to.
pub fn after_their_own(table: &Table, rows: Rows) -> Result<Rows> {
    if table.own.is_empty() {
        return Ok(rows);
    }
    let mut done: BTreeSet<String> = BTreeSet::new();
    let mut ordered = Vec::with_capacity(rows.len());
    let mut waiting = rows;
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut later = Vec::new();
        for row in waiting {
            let ready = table.own.iter().all(|name| match row.get(*name) {
                Some(Json::String(id)) => done.contains(id),
                _ => true,
            });
            if ready {
                if let Some(Json::String(id)) = row.get("id") {
                    done.insert(id.clone());
                }
                ordered.push(row);
            } else {
                later.push(row);
            }
        }
        if later.len() == before {
            return Err(Error::conflict(format!(
                "Some rows of “{}” refer to others that are not there.",
                table.name
            )));
        }
        waiting = later;
    }
    Ok(ordered)
}
