//! The SQL that means the same on both databases, and the values that go in and out.

use super::{each, thing};
use crate::{Error, Value, params};

#[test]
fn values_come_back_as_they_went() {
    each(|db, _| {
        let long = "long ".repeat(10_000);
        for (name, weight, open, body) in [
            (
                "ünï ☃ 'quoted' \"twice\" $1 ?",
                Some(0.1),
                true,
                Some(vec![0, 1, 255]),
            ),
            ("", None, false, None),
            (long.as_str(), Some(-1e300), true, Some(Vec::new())),
        ] {
            let back = db.write_blocking(|tx| {
                let insert = "insert into thing (name, weight, open, body, count) values ($1, $2, $3, $4, $5)
                              returning name, weight, open, body, count";
                let count = i64::MAX;
                tx.query_one(insert, params![name, weight, open, body, count], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
                })
            });
            let back: (String, Option<f64>, bool, Option<Vec<u8>>, i64) =
                back.unwrap_or_else(|error: Error| panic!("{error}"));
            assert_eq!(back, (name.to_owned(), weight, open, body, i64::MAX));
        }
    });
}

#[test]
fn parameters_go_by_number_and_must_fit() {
    each(|db, _| {
        let sql = "select cast($2 as text), cast($1 as text), cast($2 as text)";
        let found = db.read_blocking(|tx| {
            tx.query_one(sql, params!["one", "two"], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
        });
        let found: (String, String, String) =
            found.unwrap_or_else(|error: Error| panic!("{error}"));
        assert_eq!(found, ("two".into(), "one".into(), "two".into()));
        let few = db.read_blocking(|tx| tx.query(sql, params!["one"], |_| Ok(())));
        assert!(matches!(few, Err(Error::Sql { .. })), "{few:?}");
        let nul = db.write_blocking(|tx| {
            tx.execute("insert into thing (name) values ($1)", params!["a\0b"])
        });
        assert!(nul.is_err_and(|error: Error| !matches!(error, Error::Aborted)));
        let wrong = db.read_blocking(|tx| {
            tx.query_one("select cast(1 as bigint), 'x'", params![], |row| {
                Ok((row.get::<i64>(0)?, row.get::<i64>(1)?))
            })
        });
        assert!(
            matches!(wrong, Err(Error::Type { column: 1, .. })),
            "{wrong:?}"
        );
    });
}

#[test]
fn the_portable_subset_is_portable() {
    each(|db, _| {
        for (name, amount) in [("a", 1_i64), ("b", 2), ("c", 3)] {
            let id = thing(db, name);
            let set = "update thing set count = $2, open = $3, weight = $4 where id = $1";
            db.write_blocking(|tx| tx.execute(set, params![id, amount, amount > 1, amount as f64]))
                .unwrap_or_else(|error: Error| panic!("{error}"));
        }
        let none: Option<String> = None;
        let asked: [(&str, &[&dyn crate::ToValue], &str); 16] = [
            (
                "select name from thing where (cast($1 as text) is null or name = $1) order by name",
                params![none],
                "a b c",
            ),
            (
                "select name from thing where open = true and not (name = 'c') order by id",
                params![],
                "b",
            ),
            (
                "select cast(sum(count) as bigint) from thing",
                params![],
                "6",
            ),
            (
                "select cast(avg(count) as double precision) from thing",
                params![],
                "2.0",
            ),
            (
                "select cast(count(*) filter (where open) as bigint) from thing",
                params![],
                "2",
            ),
            (
                "select name from thing where (count, name) > ($1, $2) order by count, name limit $3",
                params![1_i64, "a", 1_i64],
                "b",
            ),
            (
                "select row_number() over (order by count desc) from thing order by name",
                params![],
                "3 2 1",
            ),
            (
                "with recursive n (i) as (select cast(1 as bigint) union all select i + 1 from n where i < 4) select i from n",
                params![],
                "1 2 3 4",
            ),
            (
                "with big as materialized (select name from thing where count > 1) select name from big order by name",
                params![],
                "b c",
            ),
            (
                "insert into thing (name, count) values ('a', 9) on conflict (name) do update set count = thing.count + excluded.count returning count",
                params![],
                "10",
            ),
            (
                "insert into thing (name) values ('a') on conflict (name) do nothing returning name",
                params![],
                "",
            ),
            (
                "update thing set count = other.count from thing other where thing.name = 'b' and other.name = 'c' returning thing.count",
                params![],
                "3",
            ),
            (
                "insert into thing (name, count) select name || '!', count from thing where name = 'a' returning name",
                params![],
                "a!",
            ),
            (
                "select string_agg(name, ',' order by name) from thing",
                params![],
                "a,a!,b,c",
            ),
            (
                "select name from thing where weight is not distinct from cast($1 as double precision) order by weight nulls last, name",
                params![Value::Null],
                "a!",
            ),
            (
                "delete from thing where name = 'a!' returning name",
                params![],
                "a!",
            ),
        ];
        for (sql, params, wanted) in asked {
            let found = db.write_blocking(|tx| {
                tx.query(sql, params, |row| {
                    Ok(match row.get(0)? {
                        Value::Text(text) => text,
                        Value::Int(number) => number.to_string(),
                        Value::Real(number) => format!("{number:?}"),
                        other => format!("{other:?}"),
                    })
                })
            });
            let found = found.unwrap_or_else(|error: Error| panic!("{sql}: {error}"));
            assert_eq!(found.join(" "), wanted, "{sql}");
        }
    });
}
