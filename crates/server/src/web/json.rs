//! What the JSON of many resources is made of: identities, times, people, pages of lists.

use crate::http::api::{Answer, Problem};
use axum::http::StatusCode;
use hardwon_core::documents::Saved;
use hardwon_core::page::Listed;
use hardwon_core::people::Face;
use serde::Serialize;
use utoipa::ToSchema;

/// An identity: 32 hexadecimal digits. For `#[schema(value_type = Id)]`.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^[0-9a-f]{32}$", example = "019c9f2b6d2071c3a4d5e6f708192a3b")]
#[expect(dead_code, reason = "describes what other types are in JSON")]
pub struct Id(String);

/// Milliseconds since 1970-01-01, UTC. For `#[schema(value_type = Time)]`.
#[derive(ToSchema)]
#[schema(value_type = i64, example = 1_772_442_000_000_i64)]
#[expect(dead_code, reason = "describes what other types are in JSON")]
pub struct Time(i64);

/// Somebody, as far as naming them needs it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Person)]
pub struct FaceJson {
    #[schema(value_type = Id)]
    pub id: hardwon_core::id::PersonId,
    pub name: String,
    /// Without `@`.
    pub handle: String,
}

impl From<&Face> for FaceJson {
    fn from(face: &Face) -> Self {
        Self {
            id: face.id,
            name: face.name.clone(),
            handle: face.handle.clone(),
        }
    }
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = List)]
pub struct ListJson<T> {
    pub items: Vec<T>,
    /// The cursor of the next page; null on the last one.
    pub next: Option<String>,
}

impl<T> ListJson<T> {
    /// A page of a list, each entry as its JSON.
    pub fn of<U>(listed: &Listed<U>, each: impl FnMut(&U) -> T) -> Self {
        Self {
            items: listed.items.iter().map(each).collect(),
            next: listed.next.as_ref().map(ToString::to_string),
        }
    }
}

/// The answer where two people wrote the same lines; nothing when a text was saved.
pub fn clash(saved: &Saved) -> Option<Answer> {
    let Saved::Conflict {
        theirs,
        merged,
        version,
    } = saved
    else {
        return None;
    };
    let both = serde_json::json!({ "theirs": theirs, "merged": merged, "version": version });
    let problem = Problem::new(
        StatusCode::CONFLICT,
        "Somebody else changed the same lines. Nothing was written; put both together and save with the new version as base.",
    );
    Some(Answer::problem(&problem.with_current(both)))
}
