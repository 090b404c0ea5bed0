//! The OpenAPI document: what utoipa finds at the handlers, and what every operation has in common.

use super::described;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use std::sync::OnceLock;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;

/// `*`, or entity tags: what [`super::change`] takes.
const IF_MATCH: &str = r#"^(\*|(W/)?"[!#-+\--~]*"(, ?(W/)?"[!#-+\--~]*")*)$"#;
const INTRODUCTION: &str = include_str!("introduction.md");

#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(super::problem::Problem)))]
struct Common;

pub fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let mut text = serde_json::to_string_pretty(&whole()).expect("a description is JSON");
        text.push('\n');
        text
    })
}

/// Serves the document; a client that has it already is told so.
pub async fn serve(headers: HeaderMap) -> Response {
    static TAG: OnceLock<String> = OnceLock::new();
    let tag = TAG.get_or_init(|| {
        let digest = Sha256::digest(text().as_bytes());
        let hex: String = digest
            .iter()
            .take(12)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("\"{hex}\"")
    });
    let common = [
        (header::ETAG, HeaderValue::from_static(tag)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|one| one.trim() == tag));
    if known {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let kind = [(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    )];
    (common, kind, text()).into_response()
}

fn whole() -> Value {
    let (_, found) = OpenApiRouter::with_openapi(Common::openapi())
        .nest("/api/v1", described())
        .split_for_parts();
    let mut document = serde_json::to_value(&found).expect("a description is JSON");
    document["info"] = json!({
        "title": "Hardwon",
        "version": "1",
        "summary": "Reviews, decisions and what they taught, for programs",
        "description": INTRODUCTION,
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    });
    document["tags"] = TAGS.iter().map(|name| json!({ "name": name })).collect();
    document["security"] = json!([{ "token": [] }, { "session": [] }]);
    document["components"]["securitySchemes"] = json!({
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token from Settings → Tokens; its scope says whether it may only read.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": crate::http::auth::COOKIE,
            "description": "The cookie of somebody who signed in with a browser.",
        },
    });
    document["components"]["responses"] = Value::Object(
        PROBLEMS
            .iter()
            .map(|&(status, sentence)| (format!("Problem{status}"), problem(status, sentence)))
            .collect(),
    );
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, item) in paths {
            for (method, operation) in item.as_object_mut().into_iter().flatten() {
                complete(path, method, operation);
            }
        }
    }
    document
}

/// What the API is about, in the order in which its reference shows it.
const TAGS: [&str; 20] = [
    "Reviews",
    "Documents",
    "Records",
    "Questions",
    "Threads",
    "Stances",
    "Meetings",
    "Outcome",
    "Learnings",
    "Search",
    "Inbox",
    "People",
    "Teams",
    "Invitations",
    "Sessions",
    "Tokens",
    "Organisation",
    "Templates",
    "Prompts",
    "Audit",
];

const PROBLEMS: [(u16, &str); 11] = [
    (
        400,
        "The request cannot be read: no JSON, no UTF-8, an address that means nothing.",
    ),
    (
        401,
        "Nobody has signed in: no token or session, or one that has ended.",
    ),
    (
        403,
        "The token's scope or the person's role does not allow it; `detail` says whose it is to do.",
    ),
    (
        404,
        "There is no such thing, or it is not for this person to see.",
    ),
    (
        409,
        "Something else happened first, or the life cycle has no such step now; `detail` says what to do.",
    ),
    (
        412,
        "`If-Match` names another version than there is now; nothing was changed, `current` is what is there.",
    ),
    (413, "The body is larger than the server takes."),
    (
        415,
        "The body is not of a kind that is taken here: JSON, or for documents also their text.",
    ),
    (
        422,
        "A value is not right: an unknown name, a wrong type, a rule that is not met; `errors` says which.",
    ),
    (
        429,
        "Too many requests; `Retry-After` says in how many seconds there is room again.",
    ),
    (
        503,
        "The database does not answer now; `Retry-After` says when to try again.",
    ),
];

fn problem(status: u16, sentence: &str) -> Value {
    let mut response = json!({
        "description": sentence,
        "content": {
            "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } },
        },
    });
    let header = |description: &str, kind: &str| json!({ "description": description, "schema": { "type": kind } });
    headers(&mut response, "get");
    match status {
        401 => response["headers"]["WWW-Authenticate"] = header("`Bearer`", "string"),
        429 | 503 => response["headers"]["Retry-After"] = header("Seconds to wait", "integer"),
        _ => {}
    }
    response
}

/// Adds what every operation has in common.
fn complete(path: &str, method: &str, operation: &mut Value) {
    let changes = method != "get";
    let words: Vec<&str> = path
        .trim_start_matches("/api/v1/")
        .split(['/', '{', '}', '-'])
        .filter(|word| !word.is_empty())
        .collect();
    operation["operationId"] = format!("{method}_{}", words.join("_")).into();
    let mut possible = vec![400, 401, 403, 404, 422, 429, 503];
    if changes {
        possible.extend([409, 412, 413, 415]);
    }
    if let Some(responses) = operation["responses"].as_object_mut() {
        for response in responses.values_mut() {
            headers(response, method);
        }
        for status in possible {
            responses.entry(status.to_string()).or_insert_with(
                || json!({ "$ref": format!("#/components/responses/Problem{status}") }),
            );
        }
    }
    // What is no JSON is a text as it stands, whatever it says: there is nothing to describe about it.
    let bodies = operation.pointer_mut("/requestBody/content");
    for (kind, body) in bodies.and_then(Value::as_object_mut).into_iter().flatten() {
        if kind != "application/json" {
            *body = json!({});
        }
    }
    if changes {
        let parameters = operation
            .as_object_mut()
            .expect("an operation is an object")
            .entry("parameters")
            .or_insert_with(|| json!([]));
        if let Some(list) = parameters.as_array_mut() {
            list.push(json!({
                "name": "Idempotency-Key",
                "in": "header",
                "required": false,
                "description": "Chosen by the client, one for each change: asking again with the same key gives the same answer and changes nothing twice.",
                "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
            }));
            list.push(json!({
                "name": "If-Match",
                "in": "header",
                "required": false,
                "description": "The `ETag` of the version that the change is meant for. What has no `ETag` refuses the header with 422.",
                "schema": { "type": "string", "pattern": IF_MATCH },
            }));
        }
    }
}

fn headers(response: &mut Value, method: &str) {
    let text =
        |description: &str| json!({ "description": description, "schema": { "type": "string" } });
    let mut headers = response
        .get("headers")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_else(Map::new);
    headers.insert(
        "RateLimit".into(),
        text("Requests left and seconds until all are back"),
    );
    headers.insert(
        "RateLimit-Policy".into(),
        text("Requests and the seconds they are for"),
    );
    if method != "get" {
        headers.insert(
            "Idempotent-Replayed".into(),
            text("`true` when this is the answer to the same request made before"),
        );
    }
    response["headers"] = headers.into();
}
