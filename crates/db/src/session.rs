//! One PostgreSQL connection with its prepared statements, the values that go over it, and what its errors mean.

use std::collections::HashMap;
use std::error::Error as StdError;

use ::postgres::error::SqlState;
use ::postgres::types::private::BytesMut;
use ::postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use ::postgres::{Client, Statement};

use crate::postgres::told;
use crate::tx::{Cells, Fate};
use crate::{Constraint, Error, Row, ToValue, ValueRef};

/// Filters built at run time have many texts; beyond this the statements are prepared anew.
const STATEMENTS: usize = 512;

pub(crate) struct Session {
    client: Client,
    statements: HashMap<Box<str>, Statement>,
}

impl Session {
    pub(crate) fn new(client: Client) -> Self {
        Session {
            client,
            statements: HashMap::new(),
        }
    }

    pub(crate) fn is_lost(&self) -> bool {
        self.client.is_closed()
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), ::postgres::Error> {
        self.client.batch_execute(sql)
    }

    /// Ends whatever transaction is open.
    pub(crate) fn undo(&mut self) {
        if !self.client.is_closed()
            && let Err(error) = self.batch("rollback")
        {
            tracing::warn!(
                error = told(&error),
                "a transaction could not be rolled back"
            );
        }
    }

    pub(crate) fn execute(
        &mut self,
        sql: &str,
        params: &[&dyn ToValue],
    ) -> Result<u64, (Fate, Error)> {
        self.on_statement(sql, params, |client, statement, params| {
            client.execute(statement, params)
        })
    }

    pub(crate) fn visit(
        &mut self,
        sql: &str,
        params: &[&dyn ToValue],
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), Error>,
    ) -> Result<(), (Fate, Error)> {
        let rows = self.on_statement(sql, params, |client, statement, params| {
            client.query(statement, params)
        })?;
        rows.iter()
            .try_for_each(|row| each(&Row(Cells::Postgres(row))))
            // A row that cannot be mapped is the caller's trouble and leaves the transaction sound.
            .map_err(|error| (Fate::Sound, error))
    }

    fn on_statement<T>(
        &mut self,
        sql: &str,
        params: &[&dyn ToValue],
        f: impl FnOnce(&mut Client, &Statement, &[&(dyn ToSql + Sync)]) -> Result<T, ::postgres::Error>,
    ) -> Result<T, (Fate, Error)> {
        let outcome = self.statement(sql).and_then(|statement| {
            let bound: Vec<_> = params.iter().map(|param| Bound(param.to_value())).collect();
            let bound: Vec<_> = bound.iter().map(|it| it as &(dyn ToSql + Sync)).collect();
            f(&mut self.client, &statement, &bound)
        });
        outcome.map_err(|error| {
            // Another node may have migrated: what was prepared before no longer fits.
            if error.code() == Some(&SqlState::FEATURE_NOT_SUPPORTED) {
                self.statements.clear();
            }
            (fate(&error), sorted(sql, &error))
        })
    }

    fn statement(&mut self, sql: &str) -> Result<Statement, ::postgres::Error> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.client.prepare(sql)?;
        if self.statements.len() >= STATEMENTS {
            self.statements.clear();
        }
        self.statements.insert(sql.into(), statement.clone());
        Ok(statement)
    }
}

#[derive(Debug)]
struct Bound<'a>(ValueRef<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        to: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match (&self.0, to) {
            (ValueRef::Null, _) => Ok(IsNull::Yes),
            (ValueRef::Bool(value), &Type::BOOL) => value.to_sql(to, out),
            // What SQLite gave for a boolean, on its way into a copy.
            (ValueRef::Int(value @ (0 | 1)), &Type::BOOL) => (*value == 1).to_sql(to, out),
            (ValueRef::Int(value), &Type::INT8) => value.to_sql(to, out),
            (ValueRef::Int(value), &Type::INT4) => i32::try_from(*value)?.to_sql(to, out),
            (ValueRef::Int(value), &Type::FLOAT8) => (*value as f64).to_sql(to, out),
            (ValueRef::Real(value), &Type::FLOAT8) => value.to_sql(to, out),
            (ValueRef::Text(value), &Type::TEXT | &Type::VARCHAR | &Type::NAME) => {
                value.as_ref().to_sql(to, out)
            }
            (ValueRef::Bytes(value), &Type::BYTEA) => value.to_sql(to, out),
            (value, to) => Err(format!("{value:?} does not fit where {to} is expected").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

struct Raw<'a>(ValueRef<'a>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(from: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Raw(match *from {
            Type::BOOL => ValueRef::Bool(bool::from_sql(from, raw)?),
            Type::INT8 => ValueRef::Int(i64::from_sql(from, raw)?),
            Type::INT4 => ValueRef::Int(i32::from_sql(from, raw)?.into()),
            Type::FLOAT8 => ValueRef::Real(f64::from_sql(from, raw)?),
            Type::TEXT | Type::VARCHAR | Type::NAME | Type::BPCHAR => {
                ValueRef::text(<&str>::from_sql(from, raw)?)
            }
            Type::BYTEA => ValueRef::Bytes(raw),
            _ => {
                return Err(
                    format!("{from} is not a storage type, cast it in the statement").into(),
                );
            }
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Raw(ValueRef::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

pub(crate) fn value(row: &::postgres::Row, index: usize) -> Result<ValueRef<'_>, Error> {
    match row.try_get::<_, Raw<'_>>(index) {
        Ok(raw) => Ok(raw.0),
        Err(error) => Err(Error::unreadable(
            error
                .source()
                .map_or_else(|| error.to_string(), ToString::to_string),
        )),
    }
}

/// What an error leaves of the transaction it happened in.
pub(crate) fn fate(error: &::postgres::Error) -> Fate {
    let Some(code) = error.code() else {
        let io = error
            .source()
            .is_some_and(<dyn StdError>::is::<std::io::Error>);
        return if io || error.is_closed() {
            Fate::Lost
        } else {
            Fate::Failed
        };
    };
    match *code {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Fate::Retry,
        SqlState::FEATURE_NOT_SUPPORTED if told(error).contains("cached plan") => Fate::Retry,
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => Fate::Lost,
        _ if code.code().starts_with("08") => Fate::Lost,
        _ => Fate::Failed,
    }
}

/// Says in our words what PostgreSQL's error is.
pub(crate) fn sorted(sql: &str, error: &::postgres::Error) -> Error {
    let message = told(error);
    if fate(error) == Fate::Lost {
        return Error::Unavailable(message);
    }
    let constraint = |kind| Error::Constraint {
        kind,
        message: told(error),
    };
    match error.code() {
        Some(&SqlState::UNIQUE_VIOLATION) => constraint(Constraint::Unique),
        Some(&SqlState::FOREIGN_KEY_VIOLATION) => constraint(Constraint::Foreign),
        Some(&SqlState::NOT_NULL_VIOLATION) => constraint(Constraint::NotNull),
        Some(&SqlState::CHECK_VIOLATION) => constraint(Constraint::Check),
        Some(&SqlState::READ_ONLY_SQL_TRANSACTION) => Error::ReadOnly(message),
        Some(&SqlState::DISK_FULL) => Error::Full(message),
        Some(&SqlState::QUERY_CANCELED) => {
            Error::Busy(format!("a statement took too long ({message})"))
        }
        Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED) => {
            Error::Busy(message)
        }
        _ => Error::Sql {
            sql: sql.into(),
            source: message.into(),
        },
    }
}
