//! Who takes part in a review, who may see it and who has read it, over the API.

use crate::app::App;
use crate::http::api::{Answer, Change, Nothing, found, word};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, Id, ListJson};
use crate::web::records::json::whole;
use axum::extract::{Path, State};
use hardwon_core::access::{self, Need};
use hardwon_core::reviews::participants::{
    self, Participant, Principal, PrincipalKind, find_principal,
};
use hardwon_core::reviews::{ReviewRole, Visibility, privacy, readers};
use hardwon_core::{Ctx, Error, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A person or a team.
#[derive(Serialize, ToSchema)]
#[schema(as = Principal)]
pub struct PrincipalJson {
    #[schema(schema_with = word::<PrincipalKind>)]
    kind: PrincipalKind,
    #[schema(value_type = Id)]
    id: String,
    name: String,
    handle: String,
}

impl From<&Principal> for PrincipalJson {
    fn from(one: &Principal) -> Self {
        Self {
            kind: one.kind,
            id: one.id.clone(),
            name: one.name.clone(),
            handle: one.handle.clone(),
        }
    }
}

/// A person or team in one role.
#[derive(Serialize, ToSchema)]
#[schema(as = Participant)]
pub struct ParticipantJson {
    #[schema(schema_with = word::<ReviewRole>)]
    role: ReviewRole,
    principal: PrincipalJson,
}

impl From<&Participant> for ParticipantJson {
    fn from(one: &Participant) -> Self {
        Self {
            role: one.role,
            principal: PrincipalJson::from(&one.principal),
        }
    }
}

fn everybody(ctx: &Ctx, tx: &mut Tx<'_>, number: i64) -> Result<ListJson<ParticipantJson>, Error> {
    let review = access::review_numbered(ctx, tx, number, Need::See)?.id;
    let listed = whole(participants::participants(tx, review)?);
    Ok(ListJson::of(&listed, |one| ParticipantJson::from(one)))
}

/// Lists who takes part in a review, by name.
#[utoipa::path(get, path = "/reviews/{number}/people", tag = "Reviews", params(("number" = i64, Path)),
    responses((status = 200, description = "Who takes part", body = ListJson<ParticipantJson>)))]
pub async fn list(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let listed = app
        .db
        .read(move |tx| everybody(&user.ctx, tx, number))
        .await?;
    Ok(found(&listed, None))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewParticipant {
    #[schema(schema_with = word::<ReviewRole>)]
    role: ReviewRole,
    /// A handle or a name; left out, you take part yourself.
    who: Option<String>,
}

/// Names somebody, or takes part oneself. On a private review, whoever is named can see it from then on.
#[utoipa::path(post, path = "/reviews/{number}/people", tag = "Reviews", params(("number" = i64, Path)),
    request_body = NewParticipant,
    responses((status = 200, description = "Who takes part now", body = ListJson<ParticipantJson>)))]
pub async fn add(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<NewParticipant>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let (ctx, wanted) = (&change.ctx, &change.body);
            let review = access::review_numbered(ctx, tx, number, Need::TakePart)?;
            match &wanted.who {
                None => participants::join(ctx, tx, review.id, wanted.role)?,
                Some(who) => {
                    review.require(Need::Edit)?;
                    let principal = find_principal(tx, who)?;
                    participants::add(ctx, tx, review.id, &principal, wanted.role)?;
                }
            }
            Ok(Answer::ok(&everybody(ctx, tx, number)?))
        })
        .await
}

/// Takes a role away; one's own may be laid down by anybody.
#[utoipa::path(delete, path = "/reviews/{number}/people/{id}/{role}", tag = "Reviews",
    params(("number" = i64, Path), ("id" = String, Path, description = "Of a person or a team"), ("role" = String, Path)),
    responses((status = 204, description = "It is gone")))]
pub async fn remove(
    State(app): State<App>,
    Path((number, id, role)): Path<(i64, String, String)>,
    change: Change<Nothing>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let review = access::review_numbered(&change.ctx, tx, number, Need::See)?.id;
            let role = ReviewRole::parse(&role).ok_or(Error::NotFound)?;
            participants::remove(&change.ctx, tx, review, &id, role)?;
            Ok(Answer::done())
        })
        .await
}

/// Who may see a review.
#[derive(Serialize, ToSchema)]
#[schema(as = Access)]
pub struct AccessJson {
    #[schema(schema_with = word::<Visibility>)]
    visibility: Visibility,
    /// Whom a private review was given to.
    granted: Vec<PrincipalJson>,
}

fn access_of(ctx: &Ctx, tx: &mut Tx<'_>, number: i64) -> Result<AccessJson, Error> {
    let review = access::review_numbered(ctx, tx, number, Need::See)?;
    let granted = privacy::granted(tx, review.id)?;
    Ok(AccessJson {
        visibility: review.visibility,
        granted: granted.iter().map(PrincipalJson::from).collect(),
    })
}

/// Says who may see a review.
#[utoipa::path(get, path = "/reviews/{number}/access", tag = "Reviews", params(("number" = i64, Path)),
    responses((status = 200, description = "Who may see it", body = AccessJson)))]
pub async fn show_access(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let shown = app
        .db
        .read(move |tx| access_of(&user.ctx, tx, number))
        .await?;
    Ok(found(&shown, None))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessChange {
    #[schema(required = false, schema_with = crate::http::api::maybe_word::<Visibility>)]
    visibility: Option<Visibility>,
    /// Handles or names of more people and teams who may see a private review.
    #[serde(default)]
    #[schema(max_items = 100)]
    grant: Vec<String>,
    /// Ids or handles of people and teams who may not see it any more.
    #[serde(default)]
    #[schema(max_items = 100)]
    revoke: Vec<String>,
}

/// Changes who may see a review. A review that becomes private keeps those who take part in it.
#[utoipa::path(patch, path = "/reviews/{number}/access", tag = "Reviews", params(("number" = i64, Path)),
    request_body = AccessChange,
    responses((status = 200, description = "Who may see it now", body = AccessJson)))]
pub async fn change_access(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<AccessChange>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let (ctx, wanted) = (&change.ctx, &change.body);
            let review = access::review_numbered(ctx, tx, number, Need::Edit)?.id;
            if let Some(visibility) = wanted.visibility {
                privacy::set_visibility(ctx, tx, review, visibility)?;
            }
            for who in wanted.grant.iter().take(100) {
                let principal =
                    find_principal(tx, who).map_err(|error| error.renamed(&[("who", "grant")]))?;
                privacy::grant(ctx, tx, review, &principal)?;
            }
            for id in wanted.revoke.iter().take(100) {
                privacy::revoke(ctx, tx, review, id)?;
            }
            Ok(Answer::ok(&access_of(ctx, tx, number)?))
        })
        .await
}

/// Who has read this round of a review, by name; nothing is counted per person.
#[derive(Serialize, ToSchema)]
#[schema(as = Readers)]
pub struct ReadersJson {
    round: i64,
    read: Vec<FaceJson>,
    /// Asked, and not read yet.
    asked: Vec<FaceJson>,
}

/// Says who has read this round, and who was asked and has not.
#[utoipa::path(get, path = "/reviews/{number}/readers", tag = "Reviews", params(("number" = i64, Path)),
    responses((status = 200, description = "The readers", body = ReadersJson)))]
pub async fn readers(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let body = app
        .db
        .read(move |tx| {
            let review = access::review_numbered(&user.ctx, tx, number, Need::See)?;
            let found = readers::readers(tx, review.id, review.round)?;
            Ok::<_, Error>(ReadersJson {
                round: review.round,
                read: found.read.iter().map(FaceJson::from).collect(),
                asked: found.asked.iter().map(FaceJson::from).collect(),
            })
        })
        .await?;
    Ok(found(&body, None))
}
