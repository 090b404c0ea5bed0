//! Databases for tests: migrated, empty, and gone when the [`Guard`] is dropped. Durability is relaxed.
//!
//! The schema is made once and copied, so that a test pays for a file or a `create database`, not for all migrations.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, Once, PoisonError};

use ::postgres::{Client, NoTls};

use crate::migrations::{self, SCRIPTS, Script};
use crate::{Backend, Db, Durability, Options, Target, apart, sqlite};

const SERVER: &str = "HARDWON_TEST_POSTGRES";

/// Keeps a test's database; drop it last.
pub struct Guard {
    /// Where the database is, for tests that open it again.
    pub target: Target,
    place: Place,
}

enum Place {
    Folder(PathBuf),
    Database(String),
}

/// The databases this run can test on: PostgreSQL too when `HARDWON_TEST_POSTGRES` is the address of a server on which
/// databases may be made (`scripts/postgres-test` starts one).
#[must_use]
pub fn backends() -> Vec<Backend> {
    static TOLD: Once = Once::new();
    if std::env::var_os(SERVER).is_some() {
        return vec![Backend::Sqlite, Backend::Postgres];
    }
    TOLD.call_once(|| eprintln!("skipped: PostgreSQL, because {SERVER} is not set"));
    vec![Backend::Sqlite]
}

/// A new database with the product's schema.
#[must_use]
pub fn fresh(backend: Backend) -> (Db, Guard) {
    fresh_with(backend, SCRIPTS)
}

pub(crate) fn fresh_with(backend: Backend, scripts: &'static [Script]) -> (Db, Guard) {
    let guard = match backend {
        Backend::Sqlite => {
            let guard = empty(backend);
            if let Place::Folder(folder) = &guard.place {
                std::fs::write(folder.join("hardwon.db"), file(scripts)).expect("it is our folder");
            }
            guard
        }
        Backend::Postgres => database(&template(scripts)),
    };
    let db = open_with(&guard.target, scripts).expect("a new database opens");
    (db, guard)
}

pub(crate) fn open_with(target: &Target, scripts: &[Script]) -> Result<Db, crate::Error> {
    let options = Options {
        durable: Durability::Relaxed,
        ..Options::default()
    };
    Db::open_with(target, &options, scripts)
}

/// A place for a database that nobody has opened yet.
#[must_use]
pub fn empty(backend: Backend) -> Guard {
    match backend {
        Backend::Sqlite => {
            let folder = std::env::temp_dir().join(unique().replace('_', "-"));
            let _ = std::fs::remove_dir_all(&folder);
            std::fs::create_dir(&folder).expect("the folder for temporary files can be written");
            Guard {
                target: Target::Sqlite(folder.join("hardwon.db")),
                place: Place::Folder(folder),
            }
        }
        Backend::Postgres => database("template0"),
    }
}

fn unique() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("hardwon_test_{}_{next}", std::process::id())
}

fn print(scripts: &[Script]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for script in scripts {
        (script.name, script.sql).hash(&mut hasher);
    }
    hasher.finish()
}

/// The bytes of a migrated SQLite file.
fn file(scripts: &[Script]) -> Vec<u8> {
    static FILES: Mutex<Option<HashMap<u64, Vec<u8>>>> = Mutex::new(None);
    let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    let bytes = files.get_or_insert_default().entry(print(scripts));
    bytes
        .or_insert_with(|| {
            let guard = empty(Backend::Sqlite);
            let Target::Sqlite(path) = &guard.target else {
                return Vec::new();
            };
            let mut connection = sqlite::connect(path).expect("it is our folder");
            migrations::sqlite(&mut connection, scripts).expect("the migrations run");
            drop(connection);
            std::fs::read(path).expect("the file was just made")
        })
        .clone()
}

fn server() -> String {
    std::env::var(SERVER).expect("backends() answers PostgreSQL only when the variable is set")
}

/// The server's address with another database's name.
fn address(name: &str) -> String {
    let server = server();
    let (address, query) = match server.split_once('?') {
        Some((address, query)) => (address, format!("?{query}")),
        None => (server.as_str(), String::new()),
    };
    let host = address
        .rsplit_once('/')
        .expect("an address ends with a database")
        .0;
    format!("{host}/{name}{query}")
}

/// Runs SQL as the one who may make databases.
fn administer<T: Send>(f: impl FnOnce(&mut Client) -> Result<T, ::postgres::Error> + Send) -> T {
    apart(|| Client::connect(&server(), NoTls).and_then(|mut client| f(&mut client)))
        .expect("the test server lets databases be made")
}

fn database(template: &str) -> Guard {
    let name = unique();
    administer(|client| {
        client.batch_execute(&format!("drop database if exists {name} with (force)"))?;
        client.batch_execute(&format!("create database {name} template {template}"))
    });
    Guard {
        target: Target::Postgres(address(&name)),
        place: Place::Database(name),
    }
}

/// The name of a migrated database to copy; test programs that run together share it.
fn template(scripts: &[Script]) -> String {
    let name = format!("hardwon_template_{:016x}", print(scripts));
    administer(|client| {
        client.batch_execute("select pg_advisory_lock(8077064)")?;
        let there = "select exists (select 1 from pg_database where datname = $1)";
        if !client.query_one(there, &[&name])?.get::<_, bool>(0) {
            // Under another name until it is whole.
            client.batch_execute(&format!("drop database if exists {name}_new with (force)"))?;
            client.batch_execute(&format!("create database {name}_new template template0"))?;
            let mut inside = Client::connect(&address(&format!("{name}_new")), NoTls)?;
            migrations::postgres(&mut inside, scripts).expect("the migrations run");
            drop(inside);
            client.batch_execute(&format!("alter database {name}_new rename to {name}"))?;
        }
        client.batch_execute("select pg_advisory_unlock(8077064)")
    });
    name
}

impl Drop for Guard {
    fn drop(&mut self) {
        match &self.place {
            Place::Folder(folder) => {
                let _ = std::fs::remove_dir_all(folder);
            }
            Place::Database(name) => administer(|client| {
                client.batch_execute(&format!("drop database if exists {name} with (force)"))
            }),
        }
    }
}
