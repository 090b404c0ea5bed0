//! A running transaction and its rows, the same for both databases.
//!
//! Statements number their parameters: `$1`, `$2`, …, each used at least once. A statement that fails spoils the whole
//! transaction, as it does on PostgreSQL: to try something that may fail, use [`Tx::savepoint`].

use crate::session::{self, Session};
use crate::{Backend, Error, FromValue, ToValue, ValueRef, sqlite};

pub struct Tx<'a> {
    link: Link<'a>,
    fate: Fate,
}

enum Link<'a> {
    /// Exclusive, so that a transaction may move to another thread.
    Sqlite(&'a mut rusqlite::Connection),
    Postgres(&'a mut Session),
}

/// What is left of the transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fate {
    #[default]
    Sound,
    /// A statement failed.
    Failed,
    /// Another transaction got in the way: run the closure again.
    Retry,
    /// The connection is gone.
    Lost,
}

impl<'a> Tx<'a> {
    pub(crate) fn sqlite(connection: &'a mut rusqlite::Connection) -> Self {
        Tx {
            link: Link::Sqlite(connection),
            fate: Fate::Sound,
        }
    }

    pub(crate) fn postgres(session: &'a mut Session) -> Self {
        Tx {
            link: Link::Postgres(session),
            fate: Fate::Sound,
        }
    }
}

impl Tx<'_> {
    /// Runs a statement that gives no rows; answers how many it changed.
    pub fn execute(&mut self, sql: &str, params: &[&dyn ToValue]) -> Result<u64, Error> {
        storable(params)?;
        self.on_sound(|link| match link {
            Link::Sqlite(connection) => {
                sqlite::execute(connection, sql, params).map_err(|error| (Fate::Failed, error))
            }
            Link::Postgres(session) => session.execute(sql, params),
        })
    }

    /// Runs a statement and maps each of its rows.
    pub fn query<T>(
        &mut self,
        sql: &str,
        params: &[&dyn ToValue],
        mut map: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut found = Vec::new();
        self.visit(sql, params, &mut |row| {
            found.push(map(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The first row, if there is one.
    pub fn query_opt<T>(
        &mut self,
        sql: &str,
        params: &[&dyn ToValue],
        mut map: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let mut found = None;
        self.visit(sql, params, &mut |row| {
            if found.is_none() {
                found = Some(map(row)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// The first row; [`Error::NoRow`] when there is none.
    pub fn query_one<T>(
        &mut self,
        sql: &str,
        params: &[&dyn ToValue],
        map: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.query_opt(sql, params, map)?.ok_or(Error::NoRow)
    }

    /// Runs a part that may fail without spoiling the rest: its changes are undone when it answers an error.
    pub fn savepoint<T, E: From<Error>>(
        &mut self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.execute("savepoint part", &[])?;
        let outcome = f(self);
        if outcome.is_ok() && self.is_sound() {
            self.execute("release savepoint part", &[])?;
            return outcome;
        }
        if matches!(self.fate, Fate::Sound | Fate::Failed) {
            self.fate = Fate::Sound;
            self.execute("rollback to savepoint part", &[])?;
            self.execute("release savepoint part", &[])?;
        }
        outcome.and(Err(Error::Aborted.into()))
    }

    #[must_use]
    pub fn backend(&self) -> Backend {
        match self.link {
            Link::Sqlite(_) => Backend::Sqlite,
            Link::Postgres(_) => Backend::Postgres,
        }
    }

    pub(crate) fn is_sound(&self) -> bool {
        self.fate == Fate::Sound
    }

    pub(crate) fn fate(&self) -> Fate {
        self.fate
    }

    pub(crate) fn visit(
        &mut self,
        sql: &str,
        params: &[&dyn ToValue],
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        storable(params)?;
        self.on_sound(|link| match link {
            Link::Sqlite(connection) => sqlite::visit(connection, sql, params, each),
            Link::Postgres(session) => session.visit(sql, params, each),
        })
    }

    /// Runs something on the database unless the transaction is spoilt, and remembers how it ended.
    fn on_sound<T>(
        &mut self,
        f: impl FnOnce(&mut Link<'_>) -> Result<T, (Fate, Error)>,
    ) -> Result<T, Error> {
        if !self.is_sound() {
            return Err(Error::Aborted);
        }
        f(&mut self.link).map_err(|(fate, error)| {
            self.fate = fate;
            error
        })
    }
}

/// PostgreSQL's texts hold every character but one, so that one is refused for both.
fn storable(params: &[&dyn ToValue]) -> Result<(), Error> {
    for param in params {
        if matches!(param.to_value(), ValueRef::Text(text) if text.contains('\0')) {
            return Err(Error::Nul);
        }
    }
    Ok(())
}

/// A row of an answer. Columns count from 0.
pub struct Row<'a>(pub(crate) Cells<'a>);

pub(crate) enum Cells<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a ::postgres::Row),
}

impl Row<'_> {
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T, Error> {
        self.value(index)
            .and_then(T::from_value)
            .map_err(|error| error.at(index))
    }

    /// The column as it is stored, without a copy.
    pub fn value(&self, index: usize) -> Result<ValueRef<'_>, Error> {
        match self.0 {
            Cells::Sqlite(row) => sqlite::value(row, index),
            Cells::Postgres(row) => session::value(row, index),
        }
    }
}
