//! Invitations over the API.

use crate::app::App;
use crate::http::api::{Answer, Change, Nothing, found, word};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, Id, ListJson, Time};
use axum::extract::{Path, State};
use hardwon_core::Role;
use hardwon_core::auth::links::{self, Invitation, InvitationForm};
use hardwon_core::id::SignInLinkId;
use hardwon_core::people::teams;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An invitation that nobody has used yet.
#[derive(Serialize, ToSchema)]
#[schema(as = Invitation)]
pub struct InvitationJson {
    #[schema(value_type = Id)]
    id: SignInLinkId,
    email: Option<String>,
    #[schema(schema_with = word::<Role>)]
    role: Role,
    /// The name of the team that it leads into.
    team: Option<String>,
    by: Option<FaceJson>,
    #[schema(value_type = Time)]
    created_at: i64,
    #[schema(value_type = Time)]
    expires_at: i64,
}

impl From<&Invitation> for InvitationJson {
    fn from(invitation: &Invitation) -> Self {
        Self {
            id: invitation.id,
            email: invitation.email.clone(),
            role: invitation.role,
            team: invitation.team.clone(),
            by: invitation.by.as_ref().map(FaceJson::from),
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
        }
    }
}

/// Lists the invitations that wait: all of them for administrators, your own otherwise.
#[utoipa::path(get, path = "/invitations", tag = "Invitations",
    responses((status = 200, description = "All of them", body = ListJson<InvitationJson>)))]
pub async fn list(State(app): State<App>, user: SignedIn) -> Reply {
    user.visitor.require_account()?;
    let waiting = app
        .db
        .read(move |tx| links::invitations(&user.ctx, tx))
        .await?;
    let body = ListJson {
        items: waiting.iter().map(InvitationJson::from).collect(),
        next: None,
    };
    Ok(found(&body, None))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    #[schema(schema_with = word::<Role>)]
    role: Role,
    /// The handle of the team that it leads into.
    team: Option<String>,
    /// Whom it is for.
    #[schema(max_length = 254)]
    email: Option<String>,
}

/// An invitation's link.
#[derive(Serialize, ToSchema)]
#[schema(as = InvitationLink)]
pub struct LinkJson {
    /// Whoever opens it may make an account, once.
    href: String,
}

/// Invites somebody, with a link that is shown this once.
///
/// The link is kept nowhere, so an `Idempotency-Key` has no effect here: asking again makes another.
#[utoipa::path(post, path = "/invitations", tag = "Invitations", request_body = NewInvitation,
    responses((status = 200, description = "The link", body = LinkJson)))]
pub async fn create(State(app): State<App>, change: Change<NewInvitation>) -> Reply {
    let base_url = app.config.base_url.clone();
    change
        .write(&app, move |change, tx| {
            change.visitor.require_account()?;
            let wanted = &change.body;
            let team = match &wanted.team {
                Some(handle) => Some(
                    teams::by_handle(tx, handle)
                        .map_err(|_| {
                            hardwon_core::Error::invalid("team", "There is no such team.")
                        })?
                        .id,
                ),
                None => None,
            };
            let form = InvitationForm {
                role: wanted.role,
                team,
                email: wanted.email.clone(),
            };
            let secret = links::invite(&change.ctx, tx, &form)?;
            let href = format!("{base_url}/join/{}", secret.text);
            Ok(Answer::ok(&LinkJson { href }).secret())
        })
        .await
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/invitations/{id}", tag = "Invitations", params(("id" = Id, Path)),
    responses((status = 204, description = "Its link leads nowhere now")))]
pub async fn revoke(
    State(app): State<App>,
    Path(id): Path<SignInLinkId>,
    change: Change<Nothing>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            change.visitor.require_account()?;
            links::revoke_invitation(&change.ctx, tx, id)?;
            Ok(Answer::done())
        })
        .await
}
