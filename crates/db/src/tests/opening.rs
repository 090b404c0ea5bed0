//! Opening: migrations, versions, and the errors of files and servers that are not as they should be.

use std::path::Path;
use std::time::{Duration, Instant};

use super::SCRIPTS;
use crate::migrations::{SCRIPTS as PRODUCT, Script};
use crate::testing::{backends, empty, fresh, fresh_with, open_with};
use crate::{Backend, Db, Error, Options, Target, params};

#[test]
fn the_product_schema_is_embedded_and_runs() {
    for backend in backends() {
        drop(fresh(backend));
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort_by_key(|file| {
        let number = file.trim_start_matches('V').split("__").next().unwrap();
        number.parse::<u32>().unwrap()
    });
    let embedded: Vec<_> = PRODUCT
        .iter()
        .map(|script| format!("{}.sql", script.name))
        .collect();
    assert_eq!(files, embedded);
}

#[test]
fn a_newer_database_is_refused_untouched_and_an_older_one_grows() {
    const NEXT: &[Script] = &[
        SCRIPTS[0],
        Script {
            name: "V2__more",
            sql: "alter table thing add column note text",
        },
    ];
    for backend in backends() {
        let guard = empty(backend);
        drop(open_with(&guard.target, SCRIPTS).unwrap());
        let db = open_with(&guard.target, NEXT).unwrap();
        let added = db.write_blocking(|tx| {
            tx.execute(
                "insert into thing (name, note) values ('x', 'y')",
                params![],
            )
        });
        assert_eq!(added.unwrap_or_else(|error: Error| panic!("{error}")), 1);
        drop(db);
        let refused = open_with(&guard.target, SCRIPTS)
            .err()
            .expect("it is newer");
        assert!(
            matches!(refused, Error::Newer { found: 2, known: 1 }),
            "{refused:?}"
        );
        println!("{refused}");
    }
}

#[test]
fn a_migration_that_fails_leaves_nothing_and_says_where() {
    const BROKEN: &[Script] = &[
        SCRIPTS[0],
        Script {
            name: "V2__broken",
            sql: "create table half (id text primary key); insert into absent (id) values ('1')",
        },
    ];
    for backend in backends() {
        let guard = empty(backend);
        let refused = open_with(&guard.target, BROKEN)
            .err()
            .expect("it is broken");
        assert!(refused.to_string().contains("absent"), "{refused}");
        // Nothing of it is there: the right migrations run on the same database.
        open_with(&guard.target, SCRIPTS).unwrap();
    }
}

#[test]
fn files_that_cannot_be_used_are_told_apart() {
    let opened = |path: &Path| {
        let error = Db::open(&Target::Sqlite(path.to_owned()), &Options::default());
        let error = error.err().expect("it cannot be opened");
        println!("{error}");
        error
    };
    let guard = empty(Backend::Sqlite);
    let Target::Sqlite(path) = &guard.target else {
        unreachable!()
    };
    assert!(matches!(
        opened(Path::new("/no/such/folder/h.db")),
        Error::Open(_)
    ));
    assert!(matches!(opened(Path::new("/proc/h.db")), Error::Open(_)));
    assert!(matches!(opened(path.parent().unwrap()), Error::Open(_)));
    std::fs::write(
        path,
        "this is a letter, not a database, and long enough to be read",
    )
    .unwrap();
    assert!(matches!(opened(path), Error::NotOurs(_)));
    assert!(
        std::fs::read_to_string(path)
            .unwrap()
            .starts_with("this is a letter")
    );
    std::fs::remove_file(path).unwrap();
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("create table theirs (id)").unwrap();
    assert!(matches!(opened(path), Error::NotOurs(_)));
    drop(other);
    std::fs::remove_file(path).unwrap();
    drop(open_with(&guard.target, SCRIPTS).unwrap());
    let mut locked = std::fs::metadata(path).unwrap().permissions();
    locked.set_readonly(true);
    std::fs::set_permissions(path, locked).unwrap();
    // The superuser may write to it all the same.
    if std::fs::OpenOptions::new().append(true).open(path).is_err() {
        assert!(matches!(opened(path), Error::ReadOnly(_)));
    }
}

#[test]
fn servers_that_cannot_be_used_are_told_apart_soon() {
    let opened = |address: &str| {
        let began = Instant::now();
        let error = Db::open(&Target::parse(address), &Options::default());
        let error = error.err().expect("it cannot be opened");
        assert!(began.elapsed() < Duration::from_secs(10));
        println!("{error}");
        error
    };
    assert!(matches!(opened("postgres://[what"), Error::Open(_)));
    assert!(matches!(
        opened("postgres://x@127.0.0.1:1/x"),
        Error::Unavailable(_)
    ));
    if let Ok(server) = std::env::var("HARDWON_TEST_POSTGRES") {
        let (host, _) = server.rsplit_once('/').unwrap();
        assert!(matches!(opened(&format!("{host}/absent")), Error::Open(_)));
    }
}

#[test]
fn one_sqlite_is_linked() {
    let (db, _guard) = fresh_with(Backend::Sqlite, SCRIPTS);
    let version: String = db
        .read_blocking(|tx| tx.query_one("select sqlite_version()", params![], |row| row.get(0)))
        .unwrap_or_else(|error: Error| panic!("{error}"));
    println!("SQLite {version}");
    assert_eq!(version, rusqlite::version());
}

#[tokio::test]
async fn a_database_may_be_opened_used_and_dropped_on_an_asynchronous_thread() {
    for backend in backends() {
        let (db, guard) = fresh_with(backend, SCRIPTS);
        let id = super::thing(&db, "here");
        let seen = db.write(move |tx| super::bump(tx, id)).await.unwrap();
        assert_eq!(seen, 0);
        assert_eq!(super::count(&db, id), 1);
        drop(db);
        drop(guard);
    }
}

#[test]
fn an_encrypted_connection_checks_who_answers() {
    let Ok(authority) = std::env::var("HARDWON_TEST_POSTGRES_CA") else {
        return eprintln!("skipped: encryption, because HARDWON_TEST_POSTGRES_CA is not set");
    };
    let guard = empty(Backend::Postgres);
    let Target::Postgres(address) = &guard.target else {
        unreachable!()
    };
    let open =
        |options: &str| open_with(&Target::Postgres(format!("{address}?{options}")), SCRIPTS);
    let db = open(&format!("sslmode=verify-full&sslrootcert={authority}")).unwrap();
    let encrypted = db.read_blocking(|tx| {
        let sql = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
        tx.query_one(sql, params![], |row| row.get::<bool>(0))
    });
    assert!(encrypted.unwrap_or_else(|error: Error| panic!("{error}")));
    // The system's authorities do not know this certificate.
    let refused = open("sslmode=require")
        .err()
        .expect("nobody vouches for it");
    println!("{refused}");
    assert!(matches!(refused, Error::Open(_) | Error::Unavailable(_)));
    let absent = open("sslmode=require&sslrootcert=/no/ca.pem")
        .err()
        .expect("no such file");
    println!("{absent}");
    assert!(matches!(absent, Error::Open(_)));
}
