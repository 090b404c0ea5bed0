//! Everything here runs on SQLite, and on PostgreSQL too when `HARDWON_TEST_POSTGRES` names a server.

mod moving;
mod opening;
mod portable;
mod trouble;
mod upgrade;

use std::sync::Arc;

use crate::migrations::Script;
use crate::testing::{Guard, backends, fresh_with};
use crate::{Constraint, Db, Error, params};

const SCRIPTS: &[Script] = &[Script {
    name: "V1__things",
    sql: "create table thing (
              id {serial},
              name text not null unique,
              count {int} not null default 0 check (count >= 0),
              weight {double},
              open {bool} not null default false,
              body {bytes}
          ){strict};
          create table part (
              id text primary key not null,
              thing_id {int} not null references thing (id),
              inside_id text references part (id)
          ){strict};
          create index part_thing on part (thing_id);",
}];

fn each(test: impl Fn(&Db, &Guard)) {
    for backend in backends() {
        let (db, guard) = fresh_with(backend, SCRIPTS);
        test(&db, &guard);
    }
}

fn thing(db: &Db, name: &str) -> i64 {
    db.write_blocking(|tx| {
        let insert = "insert into thing (name) values ($1) returning id";
        tx.query_one(insert, params![name], |row| row.get(0))
    })
    .unwrap_or_else(|error: Error| panic!("{error}"))
}

fn count(db: &Db, id: i64) -> i64 {
    db.read_blocking(|tx| {
        tx.query_one(
            "select count from thing where id = $1",
            params![id],
            |row| row.get(0),
        )
    })
    .unwrap_or_else(|error: Error| panic!("{error}"))
}

fn bump(tx: &mut crate::Tx<'_>, id: i64) -> Result<i64, Error> {
    let seen: i64 = tx.query_one(
        "select count from thing where id = $1",
        params![id],
        |row| row.get(0),
    )?;
    tx.execute(
        "update thing set count = $2 where id = $1",
        params![id, seen + 1],
    )?;
    Ok(seen)
}

#[test]
fn contended_transactions_lose_nothing() {
    each(|db, _| {
        let id = thing(db, "counter");
        let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
        runtime.block_on(async {
            let tasks: Vec<_> = (0..32)
                .map(|_| {
                    let db = db.clone();
                    tokio::spawn(async move {
                        for _ in 0..25 {
                            db.write(move |tx| bump(tx, id)).await.unwrap();
                        }
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
        });
        assert_eq!(count(db, id), 800);
    });
}

#[test]
fn each_write_of_a_group_rolls_back_alone() {
    each(|db, _| {
        let db = Arc::new(db.clone());
        let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
        let kept = runtime.block_on(async {
            let tasks: Vec<_> = (0..200)
                .map(|nth: i64| {
                    let db = Arc::clone(&db);
                    tokio::spawn(async move {
                        db.write(move |tx| {
                            let insert = "insert into thing (name) values ($1)";
                            tx.execute(insert, params![format!("thing {nth}")])?;
                            match nth % 4 {
                                1 => Err(Error::NoRow),
                                2 => tx.execute(insert, params!["thing 0", nth]).map(|_| ()),
                                3 if nth % 8 == 3 => panic!("on purpose"),
                                _ => Ok(()),
                            }
                        })
                        .await
                        .is_ok()
                    })
                })
                .collect();
            let mut kept = 0;
            for task in tasks {
                kept += i64::from(task.await.unwrap());
            }
            kept
        });
        assert_eq!(kept, 50 + 25);
        let stored: Result<i64, Error> = db.read_blocking(|tx| {
            tx.query_one("select count(*) from thing", params![], |row| row.get(0))
        });
        assert_eq!(stored.unwrap(), kept);
    });
}

#[test]
fn a_broken_rule_is_named_and_spoils_the_transaction() {
    each(|db, _| {
        let id = thing(db, "taken");
        let kind = |sql: &str| {
            let broken = db.write_blocking(|tx| tx.execute(sql, params![]));
            match broken {
                Err(Error::Constraint { kind, .. }) => kind,
                other => panic!("{sql}: {other:?}"),
            }
        };
        assert_eq!(
            kind("insert into thing (name) values ('taken')"),
            Constraint::Unique
        );
        assert_eq!(
            kind("insert into thing (name, count) values ('x', -1)"),
            Constraint::Check
        );
        assert_eq!(
            kind("insert into thing (name) values (null)"),
            Constraint::NotNull
        );
        assert_eq!(
            kind("insert into part (id, thing_id) values ('x', 99)"),
            Constraint::Foreign
        );
        let spoilt = db.write_blocking(|tx| {
            bump(tx, id)?;
            let _ = tx.execute("insert into thing (name) values ('taken')", params![]);
            Ok::<_, Error>(())
        });
        assert!(matches!(spoilt, Err(Error::Aborted)), "{spoilt:?}");
        assert_eq!(count(db, id), 0);
        let tried = db.write_blocking(|tx| {
            bump(tx, id)?;
            let part = tx.savepoint(|tx| {
                bump(tx, id)?;
                tx.execute("insert into thing (name) values ('taken')", params![])
            });
            assert!(part.is_err_and(|error| error.is_unique()));
            Ok::<_, Error>(())
        });
        assert!(tried.is_ok(), "{tried:?}");
        assert_eq!(count(db, id), 1);
    });
}

#[test]
fn reading_changes_nothing() {
    each(|db, _| {
        let refused = db.read_blocking(|tx| tx.execute("delete from thing", params![]));
        assert!(matches!(refused, Err(Error::ReadOnly(_))), "{refused:?}");
    });
}
