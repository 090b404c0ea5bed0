//! What an address of the API carries after its `?`, read strictly: an unknown name or a wrong value is refused by name.

use super::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use hardwon_core::page::{MAX_LIMIT, Page};
use hardwon_core::{Error, Fields};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use utoipa::IntoParams;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

/// The query of a request as a struct, which says `#[serde(deny_unknown_fields)]`.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let query = parts.uri.query().unwrap_or_default();
        let source = serde_html_form::Deserializer::from_bytes(query.as_bytes());
        serde_path_to_error::deserialize(source)
            .map(Self)
            .map_err(|error| wrong(&error).into_response())
    }
}

/// A value that is not as described: 422, with the sentence beside its path.
pub fn wrong<E: std::error::Error>(error: &serde_path_to_error::Error<E>) -> Problem {
    let path = error.path().to_string();
    let reason = error.inner().to_string();
    // What the JSON reader adds for files of many lines helps nobody here.
    let reason = reason.split(" at line ").next().unwrap_or_default();
    let field = match (path.as_str(), quoted(reason)) {
        (".", Some(name)) => name.to_owned(),
        (path, Some(name)) if reason.starts_with("missing field") => format!("{path}.{name}"),
        (path, _) => path.to_owned(),
    };
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        format!("`{field}` is not right: {reason}."),
    )
    .with_errors(Fields::one(&field, reason))
}

/// The name in back quotes in "unknown field `x`" and "missing field `x`".
fn quoted(reason: &str) -> Option<&str> {
    (reason.starts_with("unknown field") || reason.starts_with("missing field"))
        .then(|| reason.split('`').nth(1))
        .flatten()
}

/// How many entries a page of a list may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limit(usize);

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let limit = usize::deserialize(source)?;
        if (1..=MAX_LIMIT).contains(&limit) {
            return Ok(Self(limit));
        }
        Err(serde::de::Error::custom(format!(
            "a limit is a number from 1 to {MAX_LIMIT}"
        )))
    }
}

impl Limit {
    pub fn get(self) -> usize {
        self.0
    }
}

/// The part of a list that `limit` and `cursor` ask for.
pub fn part(limit: Option<Limit>, cursor: Option<&str>) -> Result<Page, Error> {
    Page::parse(limit.map(Limit::get), cursor)
}

/// The same, of a list that can be asked for nothing else.
#[derive(Deserialize, IntoParams, Default)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PartParams {
    #[param(required = false, schema_with = limit)]
    limit: Option<Limit>,
    /// What `next` of the page before says.
    cursor: Option<String>,
}

impl PartParams {
    pub fn page(&self) -> Result<Page, Error> {
        part(self.limit, self.cursor.as_deref())
    }
}

/// For `#[param(schema_with = limit)]`.
pub fn limit() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(MAX_LIMIT))
        .default(Some(50.into()))
        .build()
}

/// For `#[schema(schema_with = word::<State>)]`: an enumeration whose values are words.
pub fn word<T: hardwon_core::word::Word>() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(T::words()))
        .build()
}

/// The same where there may be none.
pub fn maybe_word<T: hardwon_core::word::Word>() -> Object {
    let mut values: Vec<serde_json::Value> = T::words().into_iter().map(Into::into).collect();
    values.push(serde_json::Value::Null);
    ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::SchemaType::from_iter([
            Type::String,
            Type::Null,
        ]))
        .enum_values(Some(values))
        .build()
}
