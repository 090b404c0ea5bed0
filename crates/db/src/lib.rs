//! Storage: one SQL text, two drivers (SQLite and PostgreSQL), transactions, migrations, backup and copy.
//!
//! A transaction is a plain closure that runs on a database thread. Nothing inside it can await, call the network or be
//! cancelled half-way, and it may be run again when another transaction got in its way; so it must not do anything but
//! compute and use its [`Tx`]. An error rolls it back. An answer to a write means that the change is on disk.
//!
//! ```ignore
//! let id = db.write(move |tx| incidents::declare(&ctx, tx, &form)).await?;
//! ```
//!
//! The crate knows nothing of the product: no table, no domain word. It is the only one that names a database driver.

mod copy;
mod error;
mod migrations;
mod postgres;
mod session;
mod sqlite;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod tls;
mod tx;
mod value;
mod work;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::watch;

pub use copy::{set_counter, tables};
pub use error::{Constraint, Error};
pub use tx::{Row, Tx};
pub use value::{FromValue, ToValue, Value, ValueRef};

use migrations::{SCRIPTS, Script};
use postgres::{Dial, Postgres, Purpose};
use work::{Closure, Lane};

/// A handle to an open database; clones share its threads and connections. May be dropped anywhere.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    driver: Driver,
    changes: Arc<watch::Sender<u64>>,
    elsewhere: Arc<watch::Sender<u64>>,
}

enum Driver {
    Sqlite {
        path: PathBuf,
        readers: Lane<sqlite::Reader>,
        writer: Lane<sqlite::Writer>,
    },
    Postgres {
        readers: Lane<Postgres>,
        writers: Lane<Postgres>,
    },
}

/// Which database it is. Statements are the same for both; this is for diagnosis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file, made when it is not there.
    Sqlite(PathBuf),
    /// The address of a database that exists: `postgres://user:password@host/name`, encrypted with `?sslmode=require`
    /// and, for an authority that the system does not know, `&sslrootcert=/path/to/ca.pem`.
    Postgres(String),
}

#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Connections that only read.
    pub readers: usize,
    /// Connections that write, on PostgreSQL. SQLite has one writer.
    pub writers: usize,
    pub durable: Durability,
}

/// What an answered write survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Loss of power: the change is on disk.
    Full,
    /// The end of the program, but not of the machine. For tests and throw-away demonstrations.
    Relaxed,
}

/// What [`Db::copy`] moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyReport {
    /// Each table and its number of rows, by name.
    pub tables: Vec<(String, u64)>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            readers: 4,
            writers: 4,
            durable: Durability::Full,
        }
    }
}

impl Target {
    /// An address that begins with `postgres://` or `postgresql://`, or else the path of a file.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Target::Postgres(text.to_owned())
        } else {
            Target::Sqlite(text.strip_prefix("sqlite:").unwrap_or(text).into())
        }
    }
}

impl Db {
    /// Opens the database and brings its schema up to date. A database of a newer program is refused untouched.
    pub fn open(target: &Target, options: &Options) -> Result<Self, Error> {
        Self::open_with(target, options, SCRIPTS)
    }

    fn open_with(target: &Target, options: &Options, scripts: &[Script]) -> Result<Self, Error> {
        let changes = Arc::new(watch::Sender::new(0));
        let elsewhere = Arc::new(watch::Sender::new(0));
        let driver = match target {
            Target::Sqlite(path) => {
                let mut first = sqlite::connect(path)?;
                migrations::sqlite(&mut first, scripts)?;
                sqlite::prepare(&first, options.durable, sqlite::WRITES_KIB)?;
                let readers = (0..options.readers.max(1)).map(|_| {
                    let connection = sqlite::connect(path)?;
                    sqlite::prepare(&connection, options.durable, sqlite::READS_KIB)?;
                    sqlite::Reader::new(connection)
                });
                let readers = readers.collect::<Result<Vec<_>, Error>>()?;
                let writer = sqlite::Writer::new(first, Arc::clone(&changes));
                Driver::Sqlite {
                    path: path.clone(),
                    readers: Lane::start("db-read", readers)?,
                    writer: Lane::start("db-write", vec![writer])?,
                }
            }
            Target::Postgres(address) => {
                let dial = Dial::new(address, options.durable)?;
                apart(|| {
                    let mut client = postgres::first(&dial)?;
                    migrations::postgres(&mut client, scripts)
                })?;
                let lane = |name, size: usize, purpose: &dyn Fn() -> Purpose| {
                    let connections =
                        (0..size.max(1)).map(|_| Postgres::new(dial.clone(), purpose()));
                    Lane::start(name, connections.collect())
                };
                let writing = || Purpose::Write(Arc::clone(&changes));
                let driver = Driver::Postgres {
                    readers: lane("db-read", options.readers, &|| Purpose::Read)?,
                    writers: lane("db-write", options.writers, &writing)?,
                };
                postgres::listen(dial, Arc::downgrade(&changes), Arc::downgrade(&elsewhere))?;
                driver
            }
        };
        Ok(Db(Arc::new(Inner {
            driver,
            changes,
            elsewhere,
        })))
    }

    /// Runs the closure over one snapshot of the database; it cannot change anything.
    pub async fn read<T, E>(
        &self,
        f: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.0.driver {
            Driver::Sqlite { readers, .. } => readers.send(f).await,
            Driver::Postgres { readers, .. } => readers.send(f).await,
        }
    }

    /// Runs the closure as a whole transaction: everything it does is kept when it answers `Ok`, nothing otherwise.
    /// A write that has been handed over is carried out even when the caller stops waiting.
    pub async fn write<T, E>(
        &self,
        f: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.0.driver {
            Driver::Sqlite { writer, .. } => writer.send(f).await,
            Driver::Postgres { writers, .. } => writers.send(f).await,
        }
    }

    /// [`Db::read`] for callers that may wait; the closure may borrow.
    pub fn read_blocking<T: Send, E: From<Error> + Send>(
        &self,
        f: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send,
    ) -> Result<T, E> {
        let mut closure = Closure::new(f);
        match &self.0.driver {
            Driver::Sqlite { readers, .. } => readers.borrow(&mut closure),
            Driver::Postgres { readers, .. } => apart(|| readers.borrow(&mut closure)),
        }
        closure.outcome()
    }

    /// [`Db::write`] for callers that may wait; the closure may borrow. Must not be called inside another write.
    pub fn write_blocking<T: Send, E: From<Error> + Send>(
        &self,
        f: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send,
    ) -> Result<T, E> {
        let mut closure = Closure::new(f);
        match &self.0.driver {
            Driver::Sqlite { writer, .. } => writer.borrow(&mut closure),
            Driver::Postgres { writers, .. } => apart(|| writers.borrow(&mut closure)),
        }
        closure.outcome()
    }

    #[must_use]
    pub fn backend(&self) -> Backend {
        match &self.0.driver {
            Driver::Sqlite { .. } => Backend::Sqlite,
            Driver::Postgres { .. } => Backend::Postgres,
        }
    }

    /// A count that grows with every committed write, here or on another node. It says that something changed, not what.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// The same for what other nodes commit; a SQLite file has none.
    #[must_use]
    pub fn changes_elsewhere(&self) -> watch::Receiver<u64> {
        self.0.elsewhere.subscribe()
    }

    /// Writes a consistent copy of the running database to a new file.
    pub fn backup(&self, to: &Path) -> Result<(), Error> {
        match &self.0.driver {
            Driver::Sqlite { path, .. } => sqlite::backup(path, to),
            Driver::Postgres { .. } => Err(Error::Unsupported(
                "a PostgreSQL database is backed up with pg_dump, or copied to a SQLite file"
                    .into(),
            )),
        }
    }

    /// Moves every row of one database into an empty one, of either kind, in one transaction on each side.
    pub fn copy(from: &Db, to: &Db) -> Result<CopyReport, Error> {
        copy::copy(from, to)
    }
}

/// Runs something away from any asynchronous runtime: the PostgreSQL client brings its own, and they do not nest.
pub(crate) fn apart<T: Send>(f: impl FnOnce() -> T + Send) -> T {
    if tokio::runtime::Handle::try_current().is_err() {
        return f();
    }
    std::thread::scope(|scope| match scope.spawn(f).join() {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic),
    })
}
