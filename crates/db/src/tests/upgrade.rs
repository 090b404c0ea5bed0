//! Upgrades on sample data: for every version of the schema there is a file in `samples` with rows for each table that it
//! brought, written as that version knew them. They go in version by version, as in an organisation that took every
//! release, and everything has to be there at the end.

use std::collections::BTreeMap;

use crate::migrations::SCRIPTS;
use crate::testing::{backends, empty, open_with};
use crate::{Backend, Error, Tx, copy, params};

macro_rules! samples {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("samples/", $name, ".sql")))),*]
    };
}

const SAMPLES: [(&str, &str); 11] = samples![
    "V1__people",
    "V2__events",
    "V3__reviews",
    "V4__discussion",
    "V5__meetings",
    "V6__outcomes",
    "V7__fewer_indexes",
    "V8__unread_counted_from_the_index",
    "V9__snapshots",
    "V10__anchors",
    "V11__versions_in_pauses",
];

fn counts(tx: &mut Tx<'_>) -> Result<BTreeMap<String, i64>, Error> {
    let tables = copy::tables(tx)?.into_keys();
    tables
        .map(|table| {
            let count = format!("select count(*) from \"{table}\"");
            let count = tx.query_one(&count, params![], |row| row.get(0))?;
            Ok((table, count))
        })
        .collect()
}

#[test]
fn an_upgrade_keeps_what_every_older_version_wrote() {
    let names: Vec<_> = SCRIPTS.iter().map(|script| script.name).collect();
    assert_eq!(names, SAMPLES.map(|(name, _)| name), "a sample a migration");
    for backend in backends() {
        let guard = empty(backend);
        let byte = match backend {
            Backend::Sqlite => "x'07'",
            Backend::Postgres => r"'\x07'",
        };
        let mut before = BTreeMap::new();
        for (at, (name, sample)) in SAMPLES.iter().enumerate() {
            let db = open_with(&guard.target, &SCRIPTS[..=at]).unwrap();
            let now = db.read_blocking(counts).unwrap();
            for (table, count) in &before {
                assert_eq!(now.get(table), Some(count), "{table} after {name}");
            }
            before = db
                .write_blocking(|tx| {
                    let statements = sample.split(";\n").map(str::trim);
                    for statement in statements.filter(|statement| !statement.is_empty()) {
                        tx.execute(&statement.replace("{a byte}", byte), params![])?;
                    }
                    counts(tx)
                })
                .unwrap_or_else(|error| panic!("{name} on {backend:?}: {error}"));
            let empty: Vec<_> = before.iter().filter(|(_, count)| **count == 0).collect();
            assert!(
                empty.is_empty(),
                "{name} brought tables without a sample: {empty:?}"
            );
        }
    }
}
