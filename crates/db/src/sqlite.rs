//! The SQLite driver: one writer that commits in groups, and readers that each see one snapshot.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::types::{ToSqlOutput, ValueRef as Raw};
use rusqlite::{Connection as Sqlite, ErrorCode, OpenFlags, ffi};
use tokio::sync::watch;

use crate::tx::{Cells, Fate};
use crate::work::{Connection, Waiting, Work};
use crate::{Constraint, Durability, Error, Row, ToValue, Tx, ValueRef};

/// How many writes may share one commit: enough to fill a disk's rhythm, few enough that nobody waits long.
const GROUP: usize = 64;
const STATEMENTS: usize = 512;
/// Of each reader; what it does not hold is in the system's cache of the file.
pub(crate) const READS_KIB: usize = 3 << 10;
/// Of the writer, whose inserts touch a page of every index of a table.
pub(crate) const WRITES_KIB: usize = 8 << 10;
/// 16 MiB of log before it is copied into the file: a page that many writes touch is copied once.
const CHECKPOINT_PAGES: usize = 4_096;
const PATIENCE: Duration = Duration::from_secs(5);
const NAMES: [&str; 48] = [
    "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15",
    "$16", "$17", "$18", "$19", "$20", "$21", "$22", "$23", "$24", "$25", "$26", "$27", "$28",
    "$29", "$30", "$31", "$32", "$33", "$34", "$35", "$36", "$37", "$38", "$39", "$40", "$41",
    "$42", "$43", "$44", "$45", "$46", "$47", "$48",
];

pub(crate) struct Reader(Sqlite);

pub(crate) struct Writer {
    connection: Sqlite,
    changes: Arc<watch::Sender<u64>>,
}

/// Opens the file as it is, making it when it is not there; changes nothing in one that is.
pub(crate) fn connect(path: &Path) -> Result<Sqlite, Error> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(Error::Open(format!(
            "the folder {} does not exist",
            folder.display()
        )));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let shown = path.display();
    let connection = Sqlite::open_with_flags(path, flags).map_err(|error| {
        Error::Open(format!(
            "{shown} can be neither opened nor made, look at the permissions of the file and its folder ({error})"
        ))
    })?;
    connection
        .busy_timeout(PATIENCE)
        .map_err(|error| sorted("", error))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    if connection.is_readonly("main").unwrap_or(true) {
        return Err(Error::ReadOnly(format!(
            "the file {shown} is read-only for this user"
        )));
    }
    Ok(connection)
}

/// Sets what every connection of a running program needs.
pub(crate) fn prepare(
    connection: &Sqlite,
    durability: Durability,
    cache_kib: usize,
) -> Result<(), Error> {
    let synchronous = match durability {
        Durability::Full => "full",
        Durability::Relaxed => "off",
    };
    connection
        .execute_batch(&format!(
            "pragma journal_mode = wal; pragma synchronous = {synchronous}; pragma foreign_keys = on;
             pragma temp_store = memory; pragma cache_size = -{cache_kib}; pragma journal_size_limit = 67108864;
             pragma wal_autocheckpoint = {CHECKPOINT_PAGES}; pragma trusted_schema = off;"
        ))
        .map_err(|error| sorted("pragma journal_mode = wal", error))
}

impl Reader {
    pub(crate) fn new(connection: Sqlite) -> Result<Self, Error> {
        connection
            .execute_batch("pragma query_only = on")
            .map_err(|error| sorted("pragma query_only = on", error))?;
        Ok(Reader(connection))
    }
}

impl Connection for Reader {
    fn transact(&mut self, work: &mut dyn Work, _since: Instant) {
        if let Err(error) = run(&self.0, "begin") {
            return work.fail(error);
        }
        work.run(&mut Tx::sqlite(&mut self.0));
        if let Err(error) = run(&self.0, "rollback") {
            tracing::warn!(%error, "a reading transaction could not be ended");
        }
    }
}

impl Writer {
    pub(crate) fn new(connection: Sqlite, changes: Arc<watch::Sender<u64>>) -> Self {
        Writer {
            connection,
            changes,
        }
    }

    /// Ends the transaction whatever state it is in.
    fn undo(&self) {
        // SQLite has rolled back by itself after a full disk or a failed write.
        if !self.connection.is_autocommit()
            && let Err(error) = run(&self.connection, "rollback")
        {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }

    fn commit(&self) -> Result<(), Error> {
        run(&self.connection, "commit")?;
        self.changes.send_modify(|count| *count += 1);
        Ok(())
    }

    /// Runs work inside the open transaction. A failure that had changed nothing is only answered; one that had breaks
    /// the transaction.
    fn bare(&mut self, work: &mut dyn Work) -> Result<bool, Error> {
        let before = self.connection.total_changes();
        let keep = work.run(&mut Tx::sqlite(&mut self.connection));
        let undone = self.connection.is_autocommit() || self.connection.total_changes() != before;
        if !keep && undone {
            return Err(Error::Aborted);
        }
        Ok(keep)
    }

    /// The same in a savepoint, so that its failure undoes only its own changes.
    fn guarded(&mut self, work: &mut dyn Work) -> Result<bool, Error> {
        run(&self.connection, "savepoint work")?;
        let keep = work.run(&mut Tx::sqlite(&mut self.connection));
        if !keep && !self.connection.is_autocommit() {
            run(&self.connection, "rollback to work")?;
        }
        run(&self.connection, "release work")?;
        Ok(keep)
    }

    /// Runs each piece and commits them together. An error means that nothing was kept.
    fn group(
        &mut self,
        part: fn(&mut Self, &mut dyn Work) -> Result<bool, Error>,
        group: &mut Vec<Waiting>,
        more: &mut dyn FnMut() -> Option<Waiting>,
    ) -> Result<(), Error> {
        run(&self.connection, "begin immediate")?;
        let mut kept = false;
        let mut next = 0;
        while next < group.len() {
            kept |= part(self, &mut *group[next].work)?;
            next += 1;
            if next == group.len() && next < GROUP {
                group.extend(more());
            }
        }
        if kept {
            self.commit()
        } else {
            run(&self.connection, "rollback")
        }
    }
}

impl Connection for Writer {
    fn transact(&mut self, work: &mut dyn Work, _since: Instant) {
        if let Err(error) = run(&self.connection, "begin immediate") {
            return work.fail(error);
        }
        if work.run(&mut Tx::sqlite(&mut self.connection))
            && let Err(error) = self.commit()
        {
            work.fail(error);
        }
        self.undo();
    }

    fn serve(&mut self, first: Waiting, more: &mut dyn FnMut() -> Option<Waiting>) {
        let mut group = vec![first];
        // Most work succeeds, or fails before it writes, and needs no savepoint: that would copy every page it touches.
        let mut done = self.group(Self::bare, &mut group, more);
        if done.is_err() {
            self.undo();
            done = self.group(Self::guarded, &mut group, &mut || None);
        }
        if done.is_err() {
            // One of them broke the transaction or its commit. Alone, each gets what is its own.
            self.undo();
            for waiting in &mut group {
                self.transact(&mut *waiting.work, waiting.since);
            }
        }
        for waiting in group {
            waiting.work.answer();
        }
    }
}

/// Runs a fixed statement without parameters.
fn run(connection: &Sqlite, sql: &str) -> Result<(), Error> {
    execute(connection, sql, &[]).map(|_| ())
}

pub(crate) fn execute(
    connection: &Sqlite,
    sql: &str,
    params: &[&dyn ToValue],
) -> Result<u64, Error> {
    let told = |error| sorted(sql, error);
    let mut statement = connection.prepare_cached(sql).map_err(told)?;
    bind(&mut statement, sql, params)?;
    let changed = statement.raw_execute().map_err(told)?;
    Ok(changed as u64)
}

pub(crate) fn visit(
    connection: &Sqlite,
    sql: &str,
    params: &[&dyn ToValue],
    each: &mut dyn FnMut(&Row<'_>) -> Result<(), Error>,
) -> Result<(), (Fate, Error)> {
    let told = |error| (Fate::Failed, sorted(sql, error));
    let mut statement = connection.prepare_cached(sql).map_err(told)?;
    bind(&mut statement, sql, params).map_err(|error| (Fate::Failed, error))?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(told)? {
        // A row that cannot be mapped is the caller's trouble and leaves the transaction sound.
        each(&Row(Cells::Sqlite(row))).map_err(|error| (Fate::Sound, error))?;
    }
    Ok(())
}

/// SQLite takes `$2` for a name whose number is that of its first appearance, so each number is looked up.
fn bind(
    statement: &mut rusqlite::CachedStatement<'_>,
    sql: &str,
    params: &[&dyn ToValue],
) -> Result<(), Error> {
    let wanted = statement.parameter_count();
    if wanted != params.len() {
        return Err(Error::Sql {
            sql: sql.into(),
            source: format!("it takes {wanted} parameters, {} were given", params.len()).into(),
        });
    }
    for (nth, param) in params.iter().enumerate() {
        let index = match NAMES.get(nth) {
            Some(name) => statement.parameter_index(name),
            None => statement.parameter_index(&format!("${}", nth + 1)),
        };
        let Some(index) = index.map_err(|error| sorted(sql, error))? else {
            return Err(Error::Sql {
                sql: sql.into(),
                source: format!("it has no parameter ${}", nth + 1).into(),
            });
        };
        let value = param.to_value();
        statement
            .raw_bind_parameter(index, Bound(value))
            .map_err(|error| sorted(sql, error))?;
    }
    Ok(())
}

struct Bound<'a>(ValueRef<'a>);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match &self.0 {
            ValueRef::Null => Raw::Null,
            ValueRef::Bool(value) => Raw::Integer(i64::from(*value)),
            ValueRef::Int(value) => Raw::Integer(*value),
            ValueRef::Real(value) => Raw::Real(*value),
            ValueRef::Text(value) => Raw::Text(value.as_bytes()),
            ValueRef::Bytes(value) => Raw::Blob(value),
        }))
    }
}

pub(crate) fn value<'a>(row: &'a rusqlite::Row<'a>, index: usize) -> Result<ValueRef<'a>, Error> {
    let raw = row
        .get_ref(index)
        .map_err(|error| Error::unreadable(error.to_string()))?;
    Ok(match raw {
        Raw::Null => ValueRef::Null,
        Raw::Integer(value) => ValueRef::Int(value),
        Raw::Real(value) => ValueRef::Real(value),
        Raw::Text(value) => ValueRef::text(
            std::str::from_utf8(value).map_err(|error| Error::unreadable(error.to_string()))?,
        ),
        Raw::Blob(value) => ValueRef::Bytes(value),
    })
}

/// Says in our words what SQLite's error is.
pub(crate) fn sorted(sql: &str, error: rusqlite::Error) -> Error {
    let message = error.to_string();
    match error.sqlite_error() {
        Some(code) => match (code.code, code.extended_code) {
            (ErrorCode::ConstraintViolation, extended) => Error::Constraint {
                kind: match extended {
                    ffi::SQLITE_CONSTRAINT_UNIQUE
                    | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                    | ffi::SQLITE_CONSTRAINT_ROWID => Constraint::Unique,
                    ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Constraint::Foreign,
                    ffi::SQLITE_CONSTRAINT_NOTNULL => Constraint::NotNull,
                    _ => Constraint::Check,
                },
                message,
            },
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Error::Busy(message),
            (ErrorCode::DiskFull, _) => Error::Full(message),
            (ErrorCode::ReadOnly, _) => Error::ReadOnly(message),
            (ErrorCode::CannotOpen, _) => Error::Open(message),
            (ErrorCode::NotADatabase, _) => {
                Error::NotOurs("the file is not a database of this program".into())
            }
            _ => Error::Sql {
                sql: sql.into(),
                source: error.into(),
            },
        },
        None => Error::Sql {
            sql: sql.into(),
            source: error.into(),
        },
    }
}

/// A backup that has its name is whole: it is written beside and renamed when it is on disk.
pub(crate) fn backup(from: &Path, to: &Path) -> Result<(), Error> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::StorageFull => Error::Full(format!("{}: {error}", to.display())),
        _ => Error::Open(format!("{}: {error}", to.display())),
    };
    if to.exists() {
        return Err(Error::Open(format!(
            "{} exists already, a backup overwrites nothing",
            to.display()
        )));
    }
    let mut partial = to.as_os_str().to_owned();
    partial.push(".partial");
    let partial = Path::new(&partial);
    let _ = std::fs::remove_file(partial);
    let sql = "vacuum into $1";
    let written = execute(&connect(from)?, sql, &[&partial.to_string_lossy().as_ref()])
        .and_then(|_| {
            std::fs::File::open(partial)
                .and_then(|file| file.sync_all())
                .map_err(failed)
        })
        .and_then(|()| std::fs::rename(partial, to).map_err(failed));
    if written.is_err() {
        let _ = std::fs::remove_file(partial);
    }
    written
}
