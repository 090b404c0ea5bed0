//! The readable reference at `/api`: the OpenAPI document as a page, made once.

use super::document;
use crate::app::App;
use crate::http::Reply;
use crate::http::auth::Viewer;
use crate::web::page::{Page, html};
use askama::Template;
use axum::extract::State;
use hardwon_prose::Syntax;
use serde_json::Value;
use std::sync::OnceLock;

#[derive(Template)]
#[template(path = "reference.html")]
struct ReferencePage {
    page: Page,
    reference: &'static Reference,
    base_url: String,
}

struct Reference {
    introduction: String,
    tags: Vec<Tag>,
    problems: Vec<Outcome>,
    schemas: Vec<Schema>,
}

struct Tag {
    name: String,
    slug: String,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    /// HTML; empty where the summary says everything.
    detail: String,
    parameters: Vec<Field>,
    /// What the body is; `name` is empty where there is none.
    body: Kind,
    outcomes: Vec<Outcome>,
    /// The statuses of the problems it may answer.
    problems: String,
    /// The command's arguments after the address.
    curl: String,
}

struct Outcome {
    status: String,
    description: String,
    body: Kind,
}

struct Schema {
    name: String,
    description: String,
    fields: Vec<Field>,
    /// What it is, where it has no fields.
    kind: Kind,
}

struct Field {
    name: String,
    place: String,
    required: bool,
    description: String,
    kind: Kind,
}

/// A type in words; `schema` is the name of the one it leads to.
#[derive(Default)]
struct Kind {
    before: String,
    schema: String,
    after: String,
}

pub async fn page(State(app): State<App>, viewer: Viewer) -> Reply {
    static REFERENCE: OnceLock<Reference> = OnceLock::new();
    let reference = REFERENCE.get_or_init(|| {
        let document = serde_json::from_str(document::text()).expect("our own text is JSON");
        read(&document)
    });
    html(&ReferencePage {
        page: Page::new(&app, viewer.0.as_ref(), "API", "api"),
        reference,
        base_url: app.config.base_url.clone(),
    })
}

fn read(document: &Value) -> Reference {
    let named = document["tags"].as_array().into_iter().flatten();
    let mut tags: Vec<Tag> = named
        .map(|tag| text(&tag["name"]))
        .map(|name| Tag {
            slug: name.to_lowercase().replace(' ', "-"),
            name,
            operations: Vec::new(),
        })
        .collect();
    for (path, item) in entries(&document["paths"]) {
        for (method, operation) in entries(item) {
            let name = text(&operation["tags"][0]);
            if let Some(tag) = tags.iter_mut().find(|tag| tag.name == name) {
                tag.operations
                    .push(describe(document, path, method, operation));
            }
        }
    }
    Reference {
        introduction: rendered(&document["info"]["description"]),
        tags,
        problems: entries(&document["components"]["responses"])
            .map(|(name, response)| Outcome {
                status: name.trim_start_matches("Problem").to_owned(),
                description: rendered(&response["description"]),
                body: Kind::default(),
            })
            .collect(),
        schemas: entries(&document["components"]["schemas"])
            .map(|(name, schema)| Schema {
                name: name.to_owned(),
                description: rendered(&schema["description"]),
                fields: fields(schema),
                kind: if schema["properties"].is_object() {
                    Kind::default()
                } else {
                    kind(schema)
                },
            })
            .collect(),
    }
}

fn describe(document: &Value, path: &str, method: &str, operation: &Value) -> Operation {
    let (problems, outcomes): (Vec<_>, Vec<_>) =
        entries(&operation["responses"]).partition(|(_, response)| response["$ref"].is_string());
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        detail: rendered(&operation["description"]),
        parameters: operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|parameter| Field {
                name: text(&parameter["name"]),
                place: text(&parameter["in"]),
                required: parameter["required"] == true,
                description: rendered(&parameter["description"]),
                kind: kind(&parameter["schema"]),
            })
            .collect(),
        body: kind(body),
        outcomes: outcomes
            .into_iter()
            .map(|(status, response)| Outcome {
                status: status.to_owned(),
                description: text(&response["description"]),
                body: kind(&response["content"]["application/json"]["schema"]),
            })
            .collect(),
        problems: problems
            .iter()
            .map(|(status, _)| status.to_string())
            .collect::<Vec<_>>()
            .join(", "),
        curl: curl(document, method, body),
    }
}

/// An example of a request that `curl` makes.
fn curl(document: &Value, method: &str, body: &Value) -> String {
    let mut words = String::new();
    if method != "get" {
        words.push_str(&format!(" -X {}", method.to_uppercase()));
    }
    if !body.is_null() {
        let example = example(document, body, 0).to_string();
        words.push_str(" -H 'Content-Type: application/json'");
        words.push_str(&format!(" -d '{}'", example.replace('\'', "'\\''")));
    }
    words
}

/// A value that a schema describes: what is required, and no more.
fn example(document: &Value, schema: &Value, depth: usize) -> Value {
    if let Some(name) = named(schema) {
        return example(
            document,
            &document["components"]["schemas"][name],
            depth + 1,
        );
    }
    if !schema["example"].is_null() {
        return schema["example"].clone();
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    if let Some(first) = schema["oneOf"].as_array().and_then(|kinds| kinds.last()) {
        return example(document, first, depth + 1);
    }
    match primary(schema).as_str() {
        _ if depth > 6 => Value::Null,
        "object" => {
            let required = schema["required"].as_array();
            let wanted = |name: &str| required.is_none_or(|all| all.iter().any(|one| one == name));
            entries(&schema["properties"])
                .filter(|(name, _)| wanted(name))
                .map(|(name, field)| (name.to_owned(), example(document, field, depth + 1)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        }
        "array" => Value::Array(vec![example(document, &schema["items"], depth + 1)]),
        "integer" => 1.into(),
        "number" => 1.5.into(),
        "boolean" => true.into(),
        _ => "…".into(),
    }
}

fn fields(schema: &Value) -> Vec<Field> {
    let required = schema["required"].as_array();
    entries(&schema["properties"])
        .map(|(name, field)| Field {
            name: name.to_owned(),
            place: String::new(),
            required: required.is_some_and(|all| all.iter().any(|one| one == name)),
            description: rendered(&field["description"]),
            kind: kind(field),
        })
        .collect()
}

fn kind(schema: &Value) -> Kind {
    let plain = |before: String| Kind {
        before,
        ..Kind::default()
    };
    if let Some(name) = named(schema) {
        return Kind {
            schema: name.to_owned(),
            ..Kind::default()
        };
    }
    if let Some(kinds) = schema["oneOf"].as_array() {
        let mut other = kinds
            .iter()
            .find(|kind| kind["type"] != "null")
            .map(kind)
            .unwrap_or_default();
        if kinds.iter().any(|kind| kind["type"] == "null") {
            other.after.push_str(" or null");
        }
        return other;
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        return plain(words.join(" · "));
    }
    if schema["type"] == "array" {
        let mut item = kind(&schema["items"]);
        item.before = format!("list of {}", item.before);
        return item;
    }
    let mut words = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(text).collect::<Vec<_>>().join(" or "),
        one => text(one),
    };
    for (rule, sentence) in [
        ("format", ""),
        ("minimum", "from "),
        ("maximum", "to "),
        ("minLength", "at least so long: "),
        ("maxLength", "at most so long: "),
    ] {
        let value = &schema[rule];
        if !value.is_null() && value != "int64" && value != "int32" {
            words.push_str(&format!(", {sentence}{}", text(value)));
        }
    }
    plain(words)
}

fn named(schema: &Value) -> Option<&str> {
    schema["$ref"]
        .as_str()?
        .strip_prefix("#/components/schemas/")
}

fn primary(schema: &Value) -> String {
    match &schema["type"] {
        Value::Array(kinds) => kinds.first().map(text).unwrap_or_default(),
        one => text(one),
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), value))
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn rendered(value: &Value) -> String {
    match text(value) {
        text if text.is_empty() => text,
        text => hardwon_prose::render(&text, Syntax::Markdown).html,
    }
}
