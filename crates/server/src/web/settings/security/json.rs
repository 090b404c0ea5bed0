//! One's sessions and password over the API.

use super::new_password;
use crate::app::App;
use crate::http::api::{Answer, Change, Nothing, found};
use crate::http::{Reply, SignedIn};
use crate::web::json::{Id, ListJson, Time};
use axum::extract::{Path, State};
use hardwon_core::auth::{self, Session};
use hardwon_core::id::SessionId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A browser in which somebody is signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionJson {
    #[schema(value_type = Id)]
    id: SessionId,
    /// What the browser says it is.
    agent: String,
    address: String,
    /// Whether it is the one that asks.
    current: bool,
    #[schema(value_type = Time)]
    created_at: i64,
    #[schema(value_type = Time)]
    seen_at: i64,
    #[schema(value_type = Time)]
    expires_at: i64,
}

/// Lists your sessions, newest first.
#[utoipa::path(get, path = "/sessions", tag = "Sessions",
    responses((status = 200, description = "All of them", body = ListJson<SessionJson>)))]
pub async fn list(State(app): State<App>, user: SignedIn) -> Reply {
    user.visitor.require_account()?;
    let (own, current) = (user.visitor.person, user.visitor.session());
    let sessions = app
        .db
        .read(move |tx| auth::sessions(&user.ctx, tx, own))
        .await?;
    let each = |session: Session| SessionJson {
        current: current == Some(session.id),
        id: session.id,
        agent: session.agent,
        address: session.address,
        created_at: session.created_at,
        seen_at: session.seen_at,
        expires_at: session.expires_at,
    };
    let body = ListJson {
        items: sessions.into_iter().map(each).collect(),
        next: None,
    };
    Ok(found(&body, None))
}

/// Ends one of your sessions at once.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "Sessions", params(("id" = Id, Path)),
    responses((status = 204, description = "It has ended")))]
pub async fn end(
    State(app): State<App>,
    Path(id): Path<SessionId>,
    change: Change<Nothing>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            change.visitor.require_account()?;
            auth::end_session(&change.ctx, tx, id)?;
            Ok(Answer::done())
        })
        .await
}

/// Ends every session of yours but the one that asks.
#[utoipa::path(delete, path = "/sessions", tag = "Sessions",
    responses((status = 204, description = "They have ended")))]
pub async fn end_others(State(app): State<App>, change: Change<Nothing>) -> Reply {
    change
        .write(&app, |change, tx| {
            change.visitor.require_account()?;
            auth::end_other_sessions(&change.ctx, tx, change.visitor.session())?;
            Ok(Answer::done())
        })
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password until now; may be left out by somebody who has none.
    #[serde(default)]
    present: String,
    #[schema(min_length = 12, max_length = 1000)]
    password: String,
}

/// Changes your password; every session but the one that asks ends.
///
/// It is not kept for a repeated request, so an `Idempotency-Key` has no effect here.
#[utoipa::path(put, path = "/me/password", tag = "People", request_body = PasswordChange,
    responses((status = 204, description = "It is changed")))]
pub async fn set_password(State(app): State<App>, change: Change<PasswordChange>) -> Reply {
    change.visitor.require_account()?;
    let wanted = &change.body;
    let (ctx, visitor) = (&change.ctx, &change.visitor);
    let hash = new_password(&app, ctx, visitor, &wanted.present, &wanted.password).await?;
    change
        .write(&app, move |change, tx| {
            let (ctx, visitor) = (&change.ctx, &change.visitor);
            auth::set_password(ctx, tx, visitor.person, &hash, visitor.session())?;
            Ok(Answer::done().secret())
        })
        .await
}
