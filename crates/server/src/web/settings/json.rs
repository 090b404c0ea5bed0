//! Settings over the API: the organisation, one's tokens, the audit list.

use crate::app::App;
use crate::http::api::{
    Answer, Change, Limit, Nothing, Params, found, limit, part, shown, versioned, word,
};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, Id, ListJson, Time};
use axum::extract::{Path, State};
use hardwon_core::audit::{self, Entry, Filter};
use hardwon_core::auth::Scope;
use hardwon_core::auth::tokens::{self, Token};
use hardwon_core::id::TokenId;
use hardwon_core::organisation::{self, Organisation, OrganisationForm};
use hardwon_core::reviews::ReviewKind;
use hardwon_core::{Ctx, Error, Role, Tx, people, words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = Organisation)]
pub struct OrganisationJson {
    name: String,
    /// An IANA zone.
    zone: String,
    /// What the meetings are called, by kind of review; one that is absent has its usual name.
    #[schema(value_type = BTreeMap<String, String>)]
    names: BTreeMap<ReviewKind, String>,
    /// The narrowest role that may invite people.
    #[schema(schema_with = word::<Role>)]
    inviters: Role,
    /// Days until the addresses that changes came from are forgotten.
    address_days: i64,
    /// Days until a session that nobody uses is ended.
    session_days: i64,
    /// Days for which a repeated request with an `Idempotency-Key` gets the first answer.
    idempotency_days: i64,
    version: i64,
}

impl From<&Organisation> for OrganisationJson {
    fn from(organisation: &Organisation) -> Self {
        let settings = &organisation.settings;
        Self {
            name: organisation.name.clone(),
            zone: organisation.zone.clone(),
            names: settings.names.clone(),
            inviters: settings.inviters,
            address_days: settings.address_days,
            session_days: settings.session_days,
            idempotency_days: settings.idempotency_days,
            version: organisation.version,
        }
    }
}

versioned!(OrganisationJson);

fn whole(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<OrganisationJson, Error> {
    ctx.require(Role::Administrator)?;
    Ok(OrganisationJson::from(&organisation::get(tx)?))
}

/// Gives the organisation and its settings. For administrators.
#[utoipa::path(get, path = "/organisation", tag = "Organisation",
    responses((status = 200, description = "The organisation", body = OrganisationJson)))]
pub async fn organisation(State(app): State<App>, user: SignedIn) -> Reply {
    let body = app.db.read(move |tx| whole(&user.ctx, tx)).await?;
    Ok(shown(&body))
}

/// What may be changed of the organisation; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationChange {
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// An IANA zone.
    zone: Option<String>,
    /// Replaces all of them.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    names: Option<BTreeMap<ReviewKind, String>>,
    #[schema(required = false, schema_with = word::<Role>)]
    inviters: Option<Role>,
    #[schema(minimum = 1, maximum = 3650)]
    address_days: Option<i64>,
    #[schema(minimum = 1, maximum = 3650)]
    session_days: Option<i64>,
    #[schema(minimum = 1, maximum = 30)]
    idempotency_days: Option<i64>,
}

/// Changes the organisation's name, zone and settings. For administrators.
#[utoipa::path(patch, path = "/organisation", tag = "Organisation", request_body = OrganisationChange,
    responses((status = 200, description = "The organisation as it is now", body = OrganisationJson)))]
pub async fn change_organisation(
    State(app): State<App>,
    change: Change<OrganisationChange>,
) -> Reply {
    change
        .edit(&app, whole, |change, tx| {
            let before = organisation::get(tx)?;
            let wanted = &change.body;
            let mut settings = before.settings;
            settings.names = wanted.names.clone().unwrap_or(settings.names);
            settings.inviters = wanted.inviters.unwrap_or(settings.inviters);
            settings.address_days = wanted.address_days.unwrap_or(settings.address_days);
            settings.session_days = wanted.session_days.unwrap_or(settings.session_days);
            settings.idempotency_days =
                wanted.idempotency_days.unwrap_or(settings.idempotency_days);
            let form = OrganisationForm {
                name: wanted.name.clone().unwrap_or(before.name),
                zone: wanted.zone.clone().unwrap_or(before.zone),
                settings,
                version: before.version,
            };
            organisation::change(&change.ctx, tx, &form)
        })
        .await
}

/// A token, without its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
pub struct TokenJson {
    #[schema(value_type = Id)]
    id: TokenId,
    name: String,
    #[schema(schema_with = word::<Scope>)]
    scope: Scope,
    #[schema(value_type = Time)]
    created_at: i64,
    #[schema(value_type = Time)]
    expires_at: i64,
    #[schema(value_type = Option<Time>)]
    used_at: Option<i64>,
}

impl From<&Token> for TokenJson {
    fn from(token: &Token) -> Self {
        Self {
            id: token.id,
            name: token.name.clone(),
            scope: token.scope,
            created_at: token.created_at,
            expires_at: token.expires_at,
            used_at: token.used_at,
        }
    }
}

/// Lists your tokens, newest first.
#[utoipa::path(get, path = "/tokens", tag = "Tokens",
    responses((status = 200, description = "All of them", body = ListJson<TokenJson>)))]
pub async fn list_tokens(State(app): State<App>, user: SignedIn) -> Reply {
    user.visitor.require_account()?;
    let own = app
        .db
        .read(move |tx| tokens::of(&user.ctx, tx, user.visitor.person))
        .await?;
    let body = ListJson {
        items: own.iter().map(TokenJson::from).collect(),
        next: None,
    };
    Ok(found(&body, None))
}

words! {
    /// What a token may be made for; calendars have addresses of their own.
    Grant { Read = "read", Write = "write", Admin = "admin" }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    name: String,
    #[schema(schema_with = word::<Grant>)]
    scope: Grant,
    #[schema(minimum = 1, maximum = 3650)]
    days: u32,
}

/// A new token with its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = TokenSecret)]
pub struct SecretJson {
    #[schema(value_type = Id)]
    id: TokenId,
    /// For `Authorization: Bearer`. It is not shown again.
    token: String,
}

/// Makes a token that acts for you, and shows it this once.
///
/// The secret is kept nowhere, so an `Idempotency-Key` has no effect here: asking again makes another.
#[utoipa::path(post, path = "/tokens", tag = "Tokens", request_body = NewToken,
    responses((status = 200, description = "The token", body = SecretJson)))]
pub async fn create_token(State(app): State<App>, change: Change<NewToken>) -> Reply {
    change
        .write(&app, |change, tx| {
            change.visitor.require_account()?;
            let wanted = &change.body;
            let person = change.visitor.person;
            let scope = match wanted.scope {
                Grant::Read => Scope::Read,
                Grant::Write => Scope::Write,
                Grant::Admin => Scope::Admin,
            };
            let (name, days) = (&wanted.name, wanted.days);
            let (id, secret) = tokens::create(&change.ctx, tx, person, name, scope, days)?;
            let body = SecretJson {
                id,
                token: secret.text,
            };
            Ok(Answer::ok(&body).secret())
        })
        .await
}

/// Ends a token at once.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "Tokens", params(("id" = Id, Path)),
    responses((status = 204, description = "It has ended")))]
pub async fn revoke_token(
    State(app): State<App>,
    Path(id): Path<TokenId>,
    change: Change<Nothing>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            change.visitor.require_account()?;
            tokens::revoke(&change.ctx, tx, id)?;
            Ok(Answer::done())
        })
        .await
}

#[derive(Deserialize, utoipa::IntoParams, Default)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditParams {
    /// The handle of whoever changed it.
    person: Option<String>,
    /// The first word of the kinds, such as `review` or `token`.
    subject: Option<String>,
    /// From this instant on.
    #[param(value_type = Option<Time>)]
    from: Option<i64>,
    /// Until before this instant.
    #[param(value_type = Option<Time>)]
    until: Option<i64>,
    #[param(required = false, schema_with = limit)]
    limit: Option<Limit>,
    /// What `next` of the page before says.
    cursor: Option<String>,
}

/// One change.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct EntryJson {
    seq: i64,
    #[schema(value_type = Time)]
    at: i64,
    /// Nobody for what the program did, and for votes.
    actor: Option<FaceJson>,
    /// Where it came from: `web 203.0.113.7`, `api nightly`, `command line`.
    origin: String,
    /// What happened, such as `review.circulated`.
    kind: String,
    subject_kind: String,
    subject_id: String,
    /// The number of the review it happened in.
    review: Option<i64>,
    /// What the event tells besides; its names depend on the kind.
    #[schema(value_type = Object)]
    data: serde_json::Value,
}

impl From<&Entry> for EntryJson {
    fn from(entry: &Entry) -> Self {
        Self {
            seq: entry.seq,
            at: entry.at,
            actor: entry.actor.as_ref().map(FaceJson::from),
            origin: entry.origin.clone(),
            kind: entry.kind.clone(),
            subject_kind: entry.subject_kind.clone(),
            subject_id: entry.subject_id.clone(),
            review: entry.review.as_ref().map(|(number, _)| *number),
            data: entry.data.clone(),
        }
    }
}

/// Lists who changed what, newest first. For administrators.
#[utoipa::path(get, path = "/audit", tag = "Audit", params(AuditParams),
    responses((status = 200, description = "One page of the list", body = ListJson<EntryJson>)))]
pub async fn audit(
    State(app): State<App>,
    user: SignedIn,
    Params(params): Params<AuditParams>,
) -> Reply {
    let page = part(params.limit, params.cursor.as_deref())?;
    let listed = app
        .db
        .read(move |tx| {
            user.ctx.require(Role::Administrator)?;
            let person = match &params.person {
                Some(handle) => Some(
                    people::by_handle(tx, handle)?
                        .ok_or_else(|| Error::invalid("person", "Nobody has this handle."))?,
                ),
                None => None,
            };
            let filter = Filter {
                person,
                subject: params.subject.clone(),
                from: params.from,
                until: params.until,
            };
            audit::list(&user.ctx, tx, &filter, &page)
        })
        .await?;
    Ok(found(
        &ListJson::of(&listed, |entry| EntryJson::from(entry)),
        None,
    ))
}
