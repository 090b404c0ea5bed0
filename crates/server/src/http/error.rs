//! The one place where an error becomes an answer: a page for people, a problem document (RFC 9457) for programs.

use super::api::{self, Problem};
use super::auth::Viewer;
use crate::app::App;
use crate::web::page::Page;
use askama::Template;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use hardwon_core::{Error, Fields};
use percent_encoding::percent_decode_str;
use std::sync::Arc;

/// What handlers fail with.
#[derive(Debug, Clone)]
pub struct Failure(pub Arc<Error>);

pub type Reply<T = Response> = Result<T, Failure>;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(Arc::new(error))
    }
}

impl From<hardwon_db::Error> for Failure {
    fn from(error: hardwon_db::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        Error::bug(error).into()
    }
}

impl IntoResponse for Failure {
    /// Carries the error to [`dress`], which knows who asked.
    fn into_response(self) -> Response {
        let mut response = status(&self.0).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

pub fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::SignInNeeded => StatusCode::UNAUTHORIZED,
        Error::Denied(_) => StatusCode::FORBIDDEN,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Bug(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    message: String,
    fields: Fields,
}

/// Finds out who asks, gives every error its body, and logs the ones that are ours. That nobody can be looked up while
/// the database is away is an error like any other.
pub async fn dress(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let viewer = Viewer::from_request_parts(&mut parts, &app).await;
    let request = Request::from_parts(parts, body);
    let api = is_api(request.uri().path());
    let get = request.method() == axum::http::Method::GET;
    let target = request
        .uri()
        .path_and_query()
        .map(ToString::to_string)
        .unwrap_or_default();
    let renewed = request.extensions().get::<super::auth::Renewed>().cloned();
    let (viewer, mut response) = match viewer {
        Ok(Viewer(visitor)) if !is_readable(request.uri().query().unwrap_or_default()) => {
            let sentence = "The part of the address after the question mark is no text in UTF-8.";
            (visitor, (StatusCode::BAD_REQUEST, sentence).into_response())
        }
        Ok(Viewer(visitor)) => (visitor, next.run(request).await),
        Err(failure) => (None, failure.into_response()),
    };
    // A sign-in or sign-out in the same request has set its own.
    if let Some(super::auth::Renewed(secret)) = renewed
        && !response.headers().contains_key(header::SET_COOKIE)
        && let Ok(cookie) = super::auth::session_cookie(&app, secret)
            .to_string()
            .parse()
    {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    let status = response.status();
    let failure = response.extensions().get::<Failure>().cloned();
    let plain = status.is_client_error() || status.is_server_error();
    // What the framework refuses by itself is plain text, for whoever sees it.
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_text = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let is_ours = if api { is_problem(&response) } else { !is_text };
    if !plain || (kind.is_some() && failure.is_none() && is_ours) {
        return response;
    }
    if let Some(Failure(error)) = &failure {
        log(error, &target);
        if matches!(**error, Error::SignInNeeded) && !api && get {
            return Redirect::to(&sign_in_address(&target)).into_response();
        }
    }
    let (mut parts, body) = response.into_parts();
    let detail = match &failure {
        Some(Failure(error)) => error.to_string(),
        None if status == StatusCode::PAYLOAD_TOO_LARGE => format!(
            "This is larger than {} MiB, the most that is taken at once.",
            super::router::MAX_BODY >> 20
        ),
        // What the framework itself refuses (a body that is no JSON, a path that is no number) says so as text.
        None => match axum::body::to_bytes(body, 4096).await {
            Ok(bytes) if !bytes.is_empty() => String::from_utf8_lossy(&bytes).into_owned(),
            _ => status
                .canonical_reason()
                .unwrap_or("Something is not right")
                .to_owned(),
        },
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    if parts.status == StatusCode::SERVICE_UNAVAILABLE {
        parts
            .headers
            .insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    if api {
        parts.headers.remove(header::CONTENT_TYPE);
        if status == StatusCode::UNAUTHORIZED {
            parts.headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"hardwon\""),
            );
        }
        let problem = Problem::of(status, &detail, failure.as_ref().map(|failure| &*failure.0));
        return (parts.headers, problem).into_response();
    }
    let fields = match failure.as_ref().map(|failure| &*failure.0) {
        Some(Error::Invalid(fields)) => fields.clone(),
        _ => Fields::default(),
    };
    // An address that can mean nothing is one at which there is nothing.
    let status = if is_no_address(status, &detail) {
        StatusCode::NOT_FOUND
    } else {
        status
    };
    parts.status = status;
    let page = Page::new(&app, viewer.as_ref(), heading(status), "");
    parts.headers.remove(header::CONTENT_TYPE);
    match (ErrorPage {
        page,
        message: sentence(status, &detail),
        fields,
    })
    .render()
    {
        Ok(html) => (parts.status, parts.headers, Html(html)).into_response(),
        Err(_) => (parts.status, parts.headers, detail).into_response(),
    }
}

/// Whether a query means text once it is decoded; NUL is none that could be kept or looked for.
fn is_readable(query: &str) -> bool {
    percent_decode_str(query)
        .decode_utf8()
        .is_ok_and(|text| !text.contains('\0'))
}

/// The answer to a request whose handler panicked; what happened has been written to the log by then.
pub fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

pub fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
}

fn is_problem(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == api::CONTENT_TYPE)
}

/// Where somebody signs in, to come back to what they wanted.
pub fn sign_in_address(target: &str) -> String {
    let encoded: String = target
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("/sign-in?next={encoded}")
}

fn heading(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "Nothing is here",
        StatusCode::FORBIDDEN => "This is for others to do",
        StatusCode::UNAUTHORIZED => "Please sign in",
        StatusCode::CONFLICT => "Something else happened first",
        StatusCode::TOO_MANY_REQUESTS => "That was too often",
        StatusCode::SERVICE_UNAVAILABLE => "Not available for a moment",
        status if status.is_server_error() => "Something went wrong on our side",
        _ => "That did not work",
    }
}

/// Whether the framework refused what stands in an address's path.
fn is_no_address(status: StatusCode, detail: &str) -> bool {
    status == StatusCode::BAD_REQUEST
        && (detail.starts_with("Invalid URL") || detail.starts_with("Invalid UTF-8 in"))
}

fn sentence(status: StatusCode, detail: &str) -> String {
    match status {
        StatusCode::NOT_FOUND => {
            "There is nothing at this address, or it is not for you to see. A search may find what you look for.".into()
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            "The database does not answer. Nothing that was saved is lost; please try again in a moment.".into()
        }
        status if status.is_server_error() => {
            "It has been written to the server's log. Nothing that was saved is lost; please try again.".into()
        }
        _ => detail.to_owned(),
    }
}

fn log(error: &Error, target: &str) {
    match error {
        Error::Bug(source) => {
            let mut chain = source.to_string();
            let mut cause = source.source();
            while let Some(next) = cause {
                chain.push_str(": ");
                chain.push_str(&next.to_string());
                cause = next.source();
            }
            tracing::error!(target_path = target, cause = chain, "a request failed");
        }
        Error::Unavailable(reason) => tracing::warn!(
            target_path = target,
            reason,
            "a request could not be served now"
        ),
        _ => {}
    }
}
