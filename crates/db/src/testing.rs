//! Databases for tests: migrated, empty, and gone when the [`Guard`] is dropped. Durability is relaxed.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::migrations::{SCRIPTS, Script};
use crate::{Backend, Db, Durability, Options, Target};

/// Keeps a test's database; drop it last.
pub struct Guard {
    folder: PathBuf,
    /// Where the database is, for tests that open it again.
    pub target: Target,
}

/// The databases this run can test on: PostgreSQL too when `HARDWON_TEST_POSTGRES` names a server.
#[must_use]
pub fn backends() -> Vec<Backend> {
    vec![Backend::Sqlite]
}

/// A new database with the product's schema.
#[must_use]
pub fn fresh(backend: Backend) -> (Db, Guard) {
    fresh_with(backend, SCRIPTS)
}

pub(crate) fn fresh_with(backend: Backend, scripts: &[Script]) -> (Db, Guard) {
    let guard = empty(backend);
    let options = Options {
        durable: Durability::Relaxed,
        ..Options::default()
    };
    let db = Db::open_with(&guard.target, &options, scripts).expect("a new database opens");
    (db, guard)
}

/// A place for a database that nobody has opened yet.
#[must_use]
pub fn empty(_backend: Backend) -> Guard {
    let folder = std::env::temp_dir().join(unique());
    std::fs::create_dir(&folder).expect("the folder for temporary files can be written");
    let target = Target::Sqlite(folder.join("hardwon.db"));
    Guard { folder, target }
}

fn unique() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("hardwon-test-{}-{next}", std::process::id())
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
