//! What the editor offers while a name is typed.

use crate::app::App;
use crate::http::{Reply, SignedIn};
use axum::Json;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use hardwon_core::completion::{Candidate, Looked, candidates};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct CompleteQuery {
    /// `people`, `reviews` or `templates`.
    of: String,
    q: String,
}

#[derive(Serialize)]
struct CandidateJson {
    kind: String,
    label: String,
    detail: String,
    insert: String,
}

impl From<Candidate> for CandidateJson {
    fn from(found: Candidate) -> Self {
        Self {
            kind: found.kind,
            label: found.label,
            detail: found.detail,
            insert: found.insert,
        }
    }
}

#[derive(Serialize)]
struct CandidatesJson {
    items: Vec<CandidateJson>,
}

/// `GET /complete?of=people&q=ma`
pub async fn list(
    State(app): State<App>,
    user: SignedIn,
    Query(query): Query<CompleteQuery>,
) -> Reply {
    let looked = Looked::parse(&query.of).unwrap_or(Looked::People);
    let ctx = user.ctx.clone();
    let found = app
        .db
        .read(move |tx| candidates(&ctx, tx, looked, &query.q))
        .await?;
    let items = found.into_iter().map(Into::into).collect();
    Ok(Json(CandidatesJson { items }).into_response())
}
