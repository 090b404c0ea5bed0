//! Changes over the API: who asks, for what, under which conditions, and the answer that is kept for the case that they
//! ask again.
//!
//! `Idempotency-Key` works inside the transaction of the change: the answer is written with it, or neither is. So there
//! is no state in between for a crash to leave behind, and two requests with one key cannot both take effect: the second
//! waits for the first and gets its answer.

use super::params::wrong;
use super::problem::{self, Problem};
use crate::app::App;
use crate::http::{Reply, SignedIn};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hardwon_core::auth::Visitor;
use hardwon_core::idempotency::{self, Kept};
use hardwon_core::{Ctx, Error, Fields, Tx};
use serde::de::value::{Error as ValueError, StringDeserializer};
use serde::de::{DeserializeOwned, IgnoredAny, IntoDeserializer as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// A change without a body, or with `{}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// The JSON of something that counts its changes: what `If-Match` is held against.
pub trait Versioned: Serialize + Send {
    fn version(&self) -> i64;
}

/// For structs with a field `version`.
macro_rules! versioned {
    ($($json:ty),+ $(,)?) => {
        $(impl $crate::http::api::Versioned for $json {
            fn version(&self) -> i64 {
                self.version
            }
        })+
    };
}
pub(crate) use versioned;

/// A request for a change whose body has been read as `T`, which says `#[serde(deny_unknown_fields)]`.
pub struct Change<T> {
    pub ctx: Ctx,
    pub visitor: Visitor,
    pub body: T,
    key: Option<String>,
    request_hash: String,
    if_match: Option<String>,
    /// Whether `If-Match` has been held against a version.
    compared: AtomicBool,
}

impl<T: DeserializeOwned> FromRequest<App> for Change<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        use axum::extract::FromRequestParts as _;
        let (mut parts, body) = request.into_parts();
        let SignedIn { ctx, visitor, .. } = SignedIn::from_request_parts(&mut parts, app)
            .await
            .map_err(IntoResponse::into_response)?;
        let key = key(&parts.headers).map_err(IntoResponse::into_response)?;
        let if_match = if_match(&parts.headers).map_err(IntoResponse::into_response)?;
        let (method, uri, headers) = (
            parts.method.clone(),
            parts.uri.clone(),
            parts.headers.clone(),
        );
        let bytes = Bytes::from_request(Request::from_parts(parts, body), app)
            .await
            .map_err(|refused| {
                Problem::new(refused.status(), refused.body_text()).into_response()
            })?;
        let mut digest = Sha256::new();
        digest.update(format!("{method} {uri}\n"));
        digest.update(&bytes);
        let request_hash = digest
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let body = read(&headers, &bytes).map_err(IntoResponse::into_response)?;
        Ok(Self {
            ctx,
            visitor,
            body,
            key,
            request_hash,
            if_match,
            compared: AtomicBool::new(false),
        })
    }
}

fn read<T: DeserializeOwned>(headers: &HeaderMap, bytes: &[u8]) -> Result<T, Problem> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next())
        .map(|kind| kind.trim().to_ascii_lowercase());
    let refused = || {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The body of a change is JSON, sent with Content-Type: application/json.",
        )
    };
    match kind.as_deref() {
        Some("application/json") if !bytes.is_empty() => parse(bytes),
        // What can be written as a text alone says so by being readable from one.
        Some("text/markdown" | "text/x-rst" | "text/plain") => {
            let source: StringDeserializer<ValueError> =
                utf8(bytes)?.to_owned().into_deserializer();
            T::deserialize(source).map_err(|_| refused())
        }
        _ if bytes.is_empty() => parse(b"{}"),
        _ => Err(refused()),
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(bytes).map_err(|error| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            format!(
                "The body is not UTF-8: byte {} is not part of any character.",
                error.valid_up_to()
            ),
        )
    })
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let broken = |why: String| Problem::new(StatusCode::BAD_REQUEST, why);
    let text = utf8(bytes)?;
    // A struct could be read from a list as well; only its names make clear what is meant.
    if !text.trim_start().starts_with('{') && serde_json::from_str::<IgnoredAny>(text).is_ok() {
        let wrong = "a JSON object is expected";
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("The body is not right: {wrong}."),
        )
        .with_errors(Fields::one("body", wrong)));
    }
    let mut source = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut source).map_err(|error| {
        if error.inner().is_data() {
            wrong(&error)
        } else {
            broken(format!("The body is not JSON: {}.", error.inner()))
        }
    })?;
    source
        .end()
        .map_err(|error| broken(format!("The body is not JSON: {error}.")))?;
    Ok(value)
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Result<Option<String>, Problem> {
    headers
        .get(name)
        .map(|value| {
            value.to_str().map(ToOwned::to_owned).map_err(|_| {
                Problem::new(
                    StatusCode::BAD_REQUEST,
                    format!("The header {name} is not plain text."),
                )
            })
        })
        .transpose()
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let key = text(headers, &KEY)?;
    let is_key = |key: &String| {
        (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
    };
    if key.as_ref().is_some_and(|key| !is_key(key)) {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "An Idempotency-Key has 1 to 255 letters, digits and signs, and no spaces.",
        ));
    }
    Ok(key)
}

fn if_match(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let wanted = text(headers, &header::IF_MATCH)?;
    if wanted.as_ref().is_some_and(|tags| !is_tags(tags)) {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "If-Match holds an ETag in its quotes, such as \"3\", or *.",
        ));
    }
    Ok(wanted)
}

/// Whether a text is `*` or a list of entity tags (RFC 9110, section 13.1.1).
fn is_tags(text: &str) -> bool {
    let is_tag = |tag: &str| {
        let tag = tag.trim();
        tag.strip_prefix("W/")
            .unwrap_or(tag)
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .is_some_and(|inner| {
                inner
                    .bytes()
                    .all(|byte| byte.is_ascii_graphic() && byte != b'"')
            })
    };
    text.trim() == "*" || text.split(',').all(is_tag)
}

impl<T: Send + Sync + 'static> Change<T> {
    /// Makes the change in one transaction, or finds the answer to the same change made before. The closure may run more
    /// than once, as every transaction; what it answers with an error status is not kept.
    pub async fn write(
        self,
        app: &App,
        make: impl Fn(&Self, &mut Tx<'_>) -> Result<Answer, Error> + Send + 'static,
    ) -> Reply {
        let change = Arc::new(self);
        let done = app
            .db
            .write(move |tx| {
                let make = |tx: &mut Tx<'_>| {
                    let answer = make(&change, tx)?;
                    change.check_compared(&answer)?;
                    Ok::<_, Error>(answer)
                };
                let Some(key) = &change.key else {
                    return make(tx).map(Done::Now);
                };
                let days = change.visitor.settings.idempotency_days;
                if let Some(kept) = idempotency::find(&change.ctx, tx, key, days)? {
                    return Ok(if kept.request_hash == change.request_hash {
                        Done::Before(Answer::from_kept(kept)?)
                    } else {
                        Done::Otherwise
                    });
                }
                let answer = make(tx)?;
                if answer.status.is_success() && !answer.is_secret {
                    let kept = answer.to_kept(&change.request_hash);
                    idempotency::keep(&change.ctx, tx, key, &kept)?;
                }
                Ok::<_, Error>(Done::Now(answer))
            })
            .await?;
        Ok(match done {
            Done::Now(answer) => answer.into_response(),
            Done::Before(answer) => {
                let mut response = answer.into_response();
                response
                    .headers_mut()
                    .insert(REPLAYED, HeaderValue::from_static("true"));
                response
            }
            Done::Otherwise => Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "This Idempotency-Key was used for another request; a key is for one change.",
            )
            .with_errors(Fields::one("Idempotency-Key", "used for another request"))
            .into_response(),
        })
    }

    /// Changes one thing: `read` gives it before and after, and `If-Match` is held against its version.
    pub async fn edit<J: Versioned>(
        self,
        app: &App,
        read: impl Fn(&Ctx, &mut Tx<'_>) -> Result<J, Error> + Send + 'static,
        make: impl Fn(&Self, &mut Tx<'_>) -> Result<(), Error> + Send + 'static,
    ) -> Reply {
        self.write(app, move |change, tx| {
            let before = read(&change.ctx, tx)?;
            if let Some(stale) = change.stale(&before) {
                return Ok(stale);
            }
            make(change, tx)?;
            Ok(Answer::of(&read(&change.ctx, tx)?))
        })
        .await
    }

    /// Takes one thing away, on the version that `If-Match` names.
    pub async fn remove<J: Versioned>(
        self,
        app: &App,
        read: impl Fn(&Ctx, &mut Tx<'_>) -> Result<J, Error> + Send + 'static,
        make: impl Fn(&Self, &mut Tx<'_>) -> Result<(), Error> + Send + 'static,
    ) -> Reply {
        self.write(app, move |change, tx| {
            let before = read(&change.ctx, tx)?;
            if let Some(stale) = change.stale(&before) {
                return Ok(stale);
            }
            make(change, tx)?;
            Ok(Answer::done())
        })
        .await
    }

    /// Whether the request says on which version it is to be made.
    pub fn names_version(&self) -> bool {
        self.if_match.is_some()
    }

    /// A condition is never passed over in silence: where there is no version to hold it against, nothing is changed.
    fn check_compared(&self, answer: &Answer) -> Result<(), Error> {
        let asked = self
            .if_match
            .as_deref()
            .is_some_and(|tag| tag.trim() != "*");
        if asked && answer.status.is_success() && !self.compared.load(Ordering::Relaxed) {
            return Err(Error::invalid(
                "If-Match",
                "This has no version to compare with; please leave the header out.",
            ));
        }
        Ok(())
    }

    /// The answer to a change that `If-Match` made depend on another version than there is now; nothing when it may go on.
    pub fn stale(&self, current: &impl Versioned) -> Option<Answer> {
        let wanted = self.if_match.as_deref()?;
        self.compared.store(true, Ordering::Relaxed);
        let version = current.version();
        let now = etag(version);
        let met = wanted
            .split(',')
            .any(|one| one.trim() == "*" || one.trim() == now);
        if met {
            return None;
        }
        let problem = Problem::new(
            StatusCode::PRECONDITION_FAILED,
            format!(
                "If-Match asks for {wanted}, and the version now is {now}. Nothing was changed; `current` is what is there."
            ),
        );
        let current = serde_json::to_value(current).expect("an answer is always JSON");
        Some(Answer::problem(&problem.with_current(current)).version(version))
    }
}

enum Done {
    Now(Answer),
    Before(Answer),
    Otherwise,
}

/// The entity tag of a version.
pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// What a change is answered with.
#[derive(Debug, Clone)]
pub struct Answer {
    status: StatusCode,
    headers: KeptHeaders,
    body: String,
    is_secret: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct KeptHeaders {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
}

impl Answer {
    fn new(status: StatusCode, body: String) -> Self {
        Self {
            status,
            headers: KeptHeaders::default(),
            body,
            is_secret: false,
        }
    }

    /// 200 with a body.
    pub fn ok(body: &impl Serialize) -> Self {
        Self::new(StatusCode::OK, json(body))
    }

    /// 200 with something and its version.
    pub fn of(body: &impl Versioned) -> Self {
        Self::ok(body).version(body.version())
    }

    /// 201 with a new thing that counts its changes, and its address under `/api/v1`.
    pub fn made(address: impl Into<String>, body: &impl Versioned) -> Self {
        Self::created(address, body).version(body.version())
    }

    /// 201 with the new thing and its address under `/api/v1`.
    pub fn created(address: impl Into<String>, body: &impl Serialize) -> Self {
        let mut answer = Self::new(StatusCode::CREATED, json(body));
        answer.headers.location = Some(address.into());
        answer
    }

    /// 204: it is done and there is nothing to say.
    pub fn done() -> Self {
        Self::new(StatusCode::NO_CONTENT, String::new())
    }

    /// An answer that says why nothing was changed.
    pub fn problem(problem: &Problem) -> Self {
        Self::new(problem.status(), problem.text())
    }

    /// With the version as its entity tag, to be sent back in `If-Match`.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.headers.etag = Some(etag(version));
        self
    }

    /// What it holds is shown this once and kept nowhere, so the key of the request has no effect.
    #[must_use]
    pub fn secret(mut self) -> Self {
        self.is_secret = true;
        self
    }

    fn to_kept(&self, request_hash: &str) -> Kept {
        Kept {
            request_hash: request_hash.to_owned(),
            status: i64::from(self.status.as_u16()),
            headers: json(&self.headers),
            body: self.body.clone().into_bytes(),
        }
    }

    fn from_kept(kept: Kept) -> Result<Self, Error> {
        Ok(Self {
            status: u16::try_from(kept.status)
                .ok()
                .and_then(|status| StatusCode::from_u16(status).ok())
                .ok_or_else(|| Error::bug("a kept answer has no status"))?,
            headers: serde_json::from_str(&kept.headers).map_err(Error::bug)?,
            body: String::from_utf8(kept.body).map_err(Error::bug)?,
            is_secret: false,
        })
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let is_problem = self.status.is_client_error() || self.status.is_server_error();
        let mut response = if self.body.is_empty() {
            self.status.into_response()
        } else {
            let kind = if is_problem {
                problem::CONTENT_TYPE
            } else {
                HeaderValue::from_static("application/json")
            };
            (self.status, [(header::CONTENT_TYPE, kind)], self.body).into_response()
        };
        for (name, value) in [
            (header::LOCATION, self.headers.location),
            (header::ETAG, self.headers.etag),
        ] {
            if let Some(value) = value.and_then(|value| value.parse().ok()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).expect("an answer is always JSON")
}
