//! Moving everything from one database to another, of either kind. Knows no table: it asks both databases what they
//! hold. The storage types are the same on both sides, so a row is a row.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::{Backend, CopyReport, Db, Error, FromValue, ToValue, Tx, Value, params};

/// Rows and bytes that one insert statement carries, at most.
const ROWS: usize = 200;
const BYTES: usize = 4 << 20;

pub(crate) fn copy(from: &Db, to: &Db) -> Result<CopyReport, Error> {
    from.read_blocking(|source| {
        // The closure below may be run again, so it cannot own what it reads from.
        let source = Mutex::new(source);
        to.write_blocking(|target| {
            let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
            everything(&mut source, target)
        })
    })
}

fn everything(from: &mut Tx<'_>, to: &mut Tx<'_>) -> Result<CopyReport, Error> {
    let tables = tables(from)?;
    if tables != self::tables(to)? {
        return Err(Error::Unsupported(
            "the two databases do not have the same tables, so nothing can be copied".into(),
        ));
    }
    for table in tables.keys() {
        let any = format!("select 1 from {} limit 1", quoted(table));
        if to.query_opt(&any, &[], |_| Ok(()))?.is_some() {
            return Err(Error::NotEmpty(table.clone()));
        }
    }
    let keys = loosen(to)?;
    let mut report = CopyReport { tables: Vec::new() };
    for (table, columns) in &tables {
        let rows = rows(from, to, table, columns)?;
        report.tables.push((table.clone(), rows));
    }
    for add in keys {
        to.execute(&add, &[])?;
    }
    for (table, last) in counters(from)? {
        set_counter(to, &table, last)?;
    }
    Ok(report)
}

/// The tables and their columns, in an order that does not depend on the database.
pub fn tables(tx: &mut Tx<'_>) -> Result<BTreeMap<String, Vec<String>>, Error> {
    let sql = match tx.backend() {
        Backend::Sqlite => {
            "select t.name, c.name from sqlite_master t join pragma_table_info(t.name) c
             where t.type = 'table' and t.name not like 'sqlite\\_%' escape '\\'
               and t.name <> 'refinery_schema_history' order by t.name, c.name"
        }
        Backend::Postgres => {
            "select cast(t.table_name as text), cast(c.column_name as text)
             from information_schema.tables t
             join information_schema.columns c
               on c.table_schema = t.table_schema and c.table_name = t.table_name
             where t.table_schema = current_schema() and t.table_type = 'BASE TABLE'
               and t.table_name <> 'refinery_schema_history'
             order by cast(t.table_name as text), cast(c.column_name as text)"
        }
    };
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    tx.visit(sql, &[], &mut |row| {
        tables.entry(row.get(0)?).or_default().push(row.get(1)?);
        Ok(())
    })?;
    Ok(tables)
}

/// Lets rows arrive before those they refer to. Answers the statements that make the database strict again.
fn loosen(tx: &mut Tx<'_>) -> Result<Vec<String>, Error> {
    if tx.backend() == Backend::Sqlite {
        // Holds until the commit, which checks every reference.
        tx.execute("pragma defer_foreign_keys = on", &[])?;
        return Ok(Vec::new());
    }
    // Building the keys again at the end takes as long as the tables are large.
    tx.execute("set local statement_timeout = 0", &[])?;
    let keys = "select cast(cast(conrelid as regclass) as text), cast(conname as text), pg_get_constraintdef(oid)
                from pg_constraint
                where contype = 'f' and cast(connamespace as regnamespace) = cast(current_schema() as regnamespace)
                order by 1, 2";
    let keys: Vec<(String, String, String)> =
        tx.query(keys, &[], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut again = Vec::new();
    for (table, name, definition) in keys {
        let name = quoted(&name);
        tx.execute(&format!("alter table {table} drop constraint {name}"), &[])?;
        again.push(format!(
            "alter table {table} add constraint {name} {definition}"
        ));
    }
    Ok(again)
}

fn rows(from: &mut Tx<'_>, to: &mut Tx<'_>, table: &str, columns: &[String]) -> Result<u64, Error> {
    let width = columns.len();
    // SQLite looks each parameter up by name, and has no round trip that many rows at once would save.
    let most = match to.backend() {
        Backend::Sqlite => 1,
        Backend::Postgres => ROWS.min(30_000 / width).max(1),
    };
    let names: Vec<_> = columns.iter().map(|column| quoted(column)).collect();
    let (table_name, names) = (quoted(table), names.join(", "));
    let mut held: Vec<Value> = Vec::new();
    let mut bytes = 0;
    let mut count = 0;
    // The statement of the last batch, and how many rows it takes: nearly always the next one's as well.
    let mut insert = (0, String::new());
    let mut flush = |held: &mut Vec<Value>| {
        let rows = held.len() / width;
        if rows == 0 {
            return Ok(());
        }
        if insert.0 != rows {
            insert = (rows, insertion(&table_name, &names, rows, width));
        }
        let params: Vec<_> = held.iter().map(|value| value as &dyn ToValue).collect();
        to.execute(&insert.1, &params)?;
        held.clear();
        Ok::<_, Error>(())
    };
    let mut take = |row: &crate::Row<'_>| {
        for index in 0..width {
            let value = Value::from_value(row.value(index)?)?;
            bytes += match &value {
                Value::Text(text) => text.len(),
                Value::Bytes(content) => content.len(),
                _ => 8,
            };
            held.push(value);
        }
        count += 1;
        if held.len() == most * width || bytes > BYTES {
            bytes = 0;
            flush(&mut held)?;
        }
        Ok(())
    };
    let select = format!("select {names} from {table_name}");
    match from.backend() {
        Backend::Sqlite => from.visit(&select, &[], &mut take)?,
        // By a cursor, so that no table has to fit into memory.
        Backend::Postgres => {
            let cursor = quoted(&format!("copied {table}"));
            from.execute(
                &format!("declare {cursor} no scroll cursor for {select}"),
                &[],
            )?;
            loop {
                let mut some = false;
                from.visit(&format!("fetch 200 from {cursor}"), &[], &mut |row| {
                    some = true;
                    take(row)
                })?;
                if !some {
                    break;
                }
            }
            from.execute(&format!("close {cursor}"), &[])?;
        }
    }
    flush(&mut held)?;
    Ok(count)
}

fn insertion(table: &str, names: &str, rows: usize, width: usize) -> String {
    let tuple = |row: usize| {
        let marks: Vec<_> = (1..=width)
            .map(|nth| format!("${}", row * width + nth))
            .collect();
        format!("({})", marks.join(", "))
    };
    let tuples: Vec<_> = (0..rows).map(tuple).collect();
    format!("insert into {table} ({names}) values {}", tuples.join(", "))
}

/// The last number each table has given out, which may belong to a row that is gone: no number is given twice.
fn counters(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>, Error> {
    if tx.backend() == Backend::Sqlite {
        let there = "select 1 from sqlite_master where name = 'sqlite_sequence'";
        if tx.query_opt(there, &[], |_| Ok(()))?.is_none() {
            return Ok(Vec::new());
        }
        let counters = "select name, seq from sqlite_sequence order by name";
        return tx.query(counters, &[], |row| Ok((row.get(0)?, row.get(1)?)));
    }
    let sequences = "select cast(table_name as text),
                            pg_get_serial_sequence(quote_ident(table_name), cast(column_name as text))
                     from information_schema.columns
                     where table_schema = current_schema() and is_identity = 'YES' order by 1";
    let sequences: Vec<(String, String)> =
        tx.query(sequences, &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut counters = Vec::new();
    for (table, sequence) in sequences {
        let last = format!("select last_value from {sequence} where is_called");
        if let Some(last) = tx.query_opt(&last, &[], |row| row.get(0))? {
            counters.push((table, last));
        }
    }
    Ok(counters)
}

/// Says that a table has given out its numbers up to `last`, so that the next row gets a larger one.
pub fn set_counter(tx: &mut Tx<'_>, table: &str, last: i64) -> Result<(), Error> {
    if tx.backend() == Backend::Sqlite {
        let set = "update sqlite_sequence set seq = $2 where name = $1";
        if tx.execute(set, params![table, last])? == 0 {
            let add = "insert into sqlite_sequence (name, seq) values ($1, $2)";
            tx.execute(add, params![table, last])?;
        }
        return Ok(());
    }
    let set = "select setval(cast(pg_get_serial_sequence(quote_ident(table_name), cast(column_name as text)) as regclass), $2)
               from information_schema.columns
               where table_schema = current_schema() and is_identity = 'YES' and cast(table_name as text) = $1";
    tx.query(set, params![table, last], |_| Ok(())).map(|_| ())
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
