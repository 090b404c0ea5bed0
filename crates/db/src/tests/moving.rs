//! Backup and copy.

use super::{SCRIPTS, each, thing};
use crate::testing::{backends, empty, fresh_with, open_with};
use crate::{Backend, Db, Error, Target, Value, params};

fn filled(db: &Db) {
    db.write_blocking(|tx| {
        for nth in 0..450_i64 {
            tx.execute(
                "insert into thing (name, count, weight, open, body) values ($1, $2, $3, $4, $5)",
                params![
                    format!("thing {nth} ünï"),
                    i64::MAX - nth,
                    (nth % 3 > 0).then_some(nth as f64 / 7.0),
                    nth % 2 == 0,
                    (nth % 5 > 0).then(|| vec![nth as u8, 0, 255])
                ],
            )?;
        }
        // The last number is given out and gone; no copy may give it again.
        tx.execute("delete from thing where name = $1", params!["thing 449 ünï"])?;
        tx.execute(
            "insert into part (id, thing_id, inside_id) values ('z', 1, null), ('a', 2, 'z'), ('m', 3, 'a')",
            params![],
        )?;
        // A row that comes before the one it refers to, whatever the order.
        tx.execute("update part set inside_id = 'm' where id = 'z'", params![])?;
        Ok::<_, Error>(())
    })
    .unwrap();
}

fn contents(db: &Db) -> Vec<Vec<Value>> {
    let things = "select id, name, count, weight, cast(open as text), body from thing order by id";
    let parts = "select id, thing_id, inside_id from part order by id";
    db.read_blocking(|tx| {
        let mut all = tx.query(things, params![], |row| {
            let mut cells = (0..6)
                .map(|index| row.get(index))
                .collect::<Result<Vec<Value>, _>>()?;
            // `true` or `1`.
            let open = matches!(&cells[4], Value::Text(text) if text == "true" || text == "1");
            cells[4] = Value::Bool(open);
            Ok(cells)
        })?;
        all.extend(tx.query(parts, params![], |row| {
            (0..3).map(|index| row.get(index)).collect()
        })?);
        Ok::<_, Error>(all)
    })
    .unwrap()
}

#[test]
fn a_copy_is_equal_in_every_direction() {
    for from in backends() {
        for to in backends() {
            let (source, _source) = fresh_with(from, SCRIPTS);
            let (target, _target) = fresh_with(to, SCRIPTS);
            filled(&source);
            let report = Db::copy(&source, &target)
                .unwrap_or_else(|error| panic!("{from:?} to {to:?}: {error}"));
            assert_eq!(report.tables, [("part".into(), 3), ("thing".into(), 449)]);
            assert_eq!(contents(&source), contents(&target), "{from:?} to {to:?}");
            assert_eq!(thing(&target, "next"), 451);
            // The references hold again.
            let broken = target.write_blocking(|tx| {
                tx.execute(
                    "insert into part (id, thing_id) values ('q', 999)",
                    params![],
                )
            });
            assert!(
                matches!(broken, Err(Error::Constraint { .. })),
                "{broken:?}"
            );
            let again = Db::copy(&source, &target);
            assert!(
                matches!(&again, Err(Error::NotEmpty(table)) if table == "part"),
                "{again:?}"
            );
        }
    }
}

#[test]
fn the_product_can_be_copied() {
    for from in backends() {
        for to in backends() {
            let (source, _source) = crate::testing::fresh(from);
            let (target, _target) = crate::testing::fresh(to);
            let report = Db::copy(&source, &target)
                .unwrap_or_else(|error| panic!("{from:?} to {to:?}: {error}"));
            assert!(!report.tables.is_empty());
        }
    }
}

#[test]
fn a_backup_is_whole_and_overwrites_nothing() {
    each(|db, guard| {
        let Target::Sqlite(path) = &guard.target else {
            let refused = db.backup("/tmp/unused".as_ref());
            assert!(matches!(&refused, Err(Error::Unsupported(text)) if text.contains("pg_dump")));
            return;
        };
        filled(db);
        let to = path.with_file_name("back up.db");
        db.backup(&to).unwrap();
        let restored = open_with(&Target::Sqlite(to.clone()), SCRIPTS).unwrap();
        assert_eq!(contents(db), contents(&restored));
        assert!(matches!(db.backup(&to), Err(Error::Open(_))));
        let nowhere = empty(Backend::Sqlite);
        let Target::Sqlite(nowhere) = &nowhere.target else {
            unreachable!()
        };
        let nowhere = nowhere.with_file_name("absent").join("back.db");
        let refused = db.backup(&nowhere).unwrap_err();
        println!("{refused}");
        assert!(matches!(refused, Error::Open(_)), "{refused:?}");
    });
}
