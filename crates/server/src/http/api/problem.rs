//! Problem documents (RFC 9457): what every error under `/api` looks like.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hardwon_core::{Error, Fields};
use serde::Serialize;
use utoipa::ToSchema;

pub const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

/// What went wrong, in the form of RFC 9457.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Problem {
    /// Always `about:blank`: the status says which kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// A sentence for people: what happened and what to do.
    detail: String,
    /// What is wrong with which field of the request.
    #[serde(skip_serializing_if = "Fields::is_empty")]
    #[schema(required = false, value_type = std::collections::BTreeMap<String, String>)]
    errors: Fields,
    /// The thing as it is now, where a change came too late.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, nullable = false)]
    current: Option<serde_json::Value>,
}

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            errors: Fields::default(),
            current: None,
        }
    }

    /// The problem that an error of the product is.
    pub fn of(status: StatusCode, detail: &str, error: Option<&Error>) -> Self {
        let problem = Self::new(status, detail);
        match error {
            Some(Error::Invalid(fields)) => problem.with_errors(fields.clone()),
            _ => problem,
        }
    }

    #[must_use]
    pub fn with_errors(mut self, fields: Fields) -> Self {
        self.errors = fields;
        self
    }

    #[must_use]
    pub fn with_current(mut self, current: serde_json::Value) -> Self {
        self.current = Some(current);
        self
    }

    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("text and numbers are always JSON")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (
            self.status(),
            [(header::CONTENT_TYPE, CONTENT_TYPE)],
            self.text(),
        )
            .into_response()
    }
}
