//! The five storage types and how Rust values become them. Owns no SQL: the two drivers turn a [`ValueRef`] into
//! what their database speaks.

use std::borrow::Cow;

use crate::Error;

/// A value in a column, borrowed from a row or from a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueRef<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
}

/// A value that owns its contents: for filters built at run time and for copying whole tables.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// What can be a parameter of a statement.
pub trait ToValue: Sync {
    fn to_value(&self) -> ValueRef<'_>;
}

/// What can be read from a column. An implementation that refuses a value says why with [`Error::unreadable`].
pub trait FromValue: Sized {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Error>;
}

/// The parameters of a statement: `params![id, &name]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$(&$value as &dyn $crate::ToValue),*]
    };
}

impl<'a> ValueRef<'a> {
    #[must_use]
    pub fn text(text: &'a str) -> Self {
        ValueRef::Text(Cow::Borrowed(text))
    }

    fn kind(&self) -> &'static str {
        match self {
            ValueRef::Null => "null",
            ValueRef::Bool(_) => "a boolean",
            ValueRef::Int(_) => "an integer",
            ValueRef::Real(_) => "a double",
            ValueRef::Text(_) => "text",
            ValueRef::Bytes(_) => "bytes",
        }
    }

    fn refuse<T>(&self, wanted: &str) -> Result<T, Error> {
        Err(Error::unreadable(format!(
            "{wanted} was asked for, {} is there",
            self.kind()
        )))
    }
}

impl ToValue for Value {
    fn to_value(&self) -> ValueRef<'_> {
        match self {
            Value::Null => ValueRef::Null,
            Value::Bool(value) => ValueRef::Bool(*value),
            Value::Int(value) => ValueRef::Int(*value),
            Value::Real(value) => ValueRef::Real(*value),
            Value::Text(value) => ValueRef::text(value),
            Value::Bytes(value) => ValueRef::Bytes(value),
        }
    }
}

impl FromValue for Value {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Error> {
        Ok(match value {
            ValueRef::Null => Value::Null,
            ValueRef::Bool(value) => Value::Bool(value),
            ValueRef::Int(value) => Value::Int(value),
            ValueRef::Real(value) => Value::Real(value),
            ValueRef::Text(value) => Value::Text(value.into_owned()),
            ValueRef::Bytes(value) => Value::Bytes(value.to_vec()),
        })
    }
}

macro_rules! to_value {
    ($($type:ty: $self:ident => $value:expr;)*) => {
        $(impl ToValue for $type {
            fn to_value(&self) -> ValueRef<'_> {
                let $self = self;
                $value
            }
        })*
    };
}

to_value! {
    bool: it => ValueRef::Bool(*it);
    i64: it => ValueRef::Int(*it);
    i32: it => ValueRef::Int(i64::from(*it));
    u32: it => ValueRef::Int(i64::from(*it));
    f64: it => ValueRef::Real(*it);
    str: it => ValueRef::text(it);
    String: it => ValueRef::text(it);
    [u8]: it => ValueRef::Bytes(it);
    Vec<u8>: it => ValueRef::Bytes(it);
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> ValueRef<'_> {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> ValueRef<'_> {
        self.as_ref().map_or(ValueRef::Null, ToValue::to_value)
    }
}

/// SQLite keeps a boolean as 0 or 1.
impl FromValue for bool {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Error> {
        match value {
            ValueRef::Bool(value) => Ok(value),
            ValueRef::Int(0) => Ok(false),
            ValueRef::Int(1) => Ok(true),
            other => other.refuse("a boolean"),
        }
    }
}

impl FromValue for i64 {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Error> {
        match value {
            ValueRef::Int(value) => Ok(value),
            other => other.refuse("an integer"),
        }
    }
}

impl FromValue for i32 {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Error> {
        let wide = i64::from_value(value)?;
        i32::try_from(wide).map_err(|_| Error::unreadable(format!("{wide} is out of range")))
    }
}

impl FromValue for u32 {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Error> {
        let wide = i64::from_value(value)?;
        u32::try_from(wide).map_err(|_| Error::unreadable(format!("{wide} is out of range")))
    }
}

/// An integer is taken as well: SQLite computes `2 * 3` where PostgreSQL would give a double.
impl FromValue for f64 {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Error> {
        match value {
            ValueRef::Real(value) => Ok(value),
            ValueRef::Int(value) => Ok(value as f64),
            other => other.refuse("a double"),
        }
    }
}

impl FromValue for String {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Error> {
        match value {
            ValueRef::Text(value) => Ok(value.into_owned()),
            other => other.refuse("text"),
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Error> {
        match value {
            ValueRef::Bytes(value) => Ok(value.to_vec()),
            other => other.refuse("bytes"),
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: ValueRef<'_>) -> Result<Self, Error> {
        match value {
            ValueRef::Null => Ok(None),
            other => T::from_value(other).map(Some),
        }
    }
}
