//! Settings over the API: the organisation, its templates and prompts, one's tokens, the audit list.

use crate::app::App;
use crate::http::api::{
    Answer, Change, Limit, Nothing, Params, found, limit, maybe_word, part, shown, versioned, word,
};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, Id, ListJson, Time};
use axum::extract::{Path, State};
use hardwon_core::audit::{self, Entry, Filter};
use hardwon_core::auth::Scope;
use hardwon_core::auth::tokens::{self, Token};
use hardwon_core::id::{PromptId, TemplateId, TokenId};
use hardwon_core::organisation::prompts::{self, Prompt, PromptForm};
use hardwon_core::organisation::templates::{self, Direction, Template, TemplateForm};
use hardwon_core::organisation::{self, Organisation, OrganisationForm};
use hardwon_core::reviews::ReviewKind;
use hardwon_core::{Ctx, Error, Role, Tx, people};
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

versioned!(OrganisationJson, TemplateJson, PromptJson);

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

/// What a review may start from.
#[derive(Serialize, ToSchema)]
#[schema(as = Template)]
pub struct TemplateJson {
    #[schema(value_type = Id)]
    id: TemplateId,
    #[schema(schema_with = word::<ReviewKind>)]
    kind: ReviewKind,
    name: String,
    /// Markdown.
    body: String,
    position: i64,
    /// Since when it is no longer offered.
    #[schema(value_type = Option<Time>)]
    retired_at: Option<i64>,
    version: i64,
}

impl From<&Template> for TemplateJson {
    fn from(template: &Template) -> Self {
        Self {
            id: template.id,
            kind: template.kind,
            name: template.name.clone(),
            body: template.body.clone(),
            position: template.position,
            retired_at: template.retired_at,
            version: template.version,
        }
    }
}

/// Lists the templates in their order, retired ones among them.
#[utoipa::path(get, path = "/templates", tag = "Templates",
    responses((status = 200, description = "All of them", body = ListJson<TemplateJson>)))]
pub async fn list_templates(State(app): State<App>, _: SignedIn) -> Reply {
    let all = app.db.read(|tx| templates::all(tx, None)).await?;
    let body = ListJson {
        items: all.iter().map(TemplateJson::from).collect(),
        next: None,
    };
    Ok(found(&body, None))
}

/// Gives one template.
#[utoipa::path(get, path = "/templates/{id}", tag = "Templates", params(("id" = Id, Path)),
    responses((status = 200, description = "The template", body = TemplateJson)))]
pub async fn show_template(
    State(app): State<App>,
    _: SignedIn,
    Path(id): Path<TemplateId>,
) -> Reply {
    let template = app.db.read(move |tx| templates::get(tx, id)).await?;
    Ok(shown(&TemplateJson::from(&template)))
}

/// A template for [`Change::edit`].
fn template(id: TemplateId) -> impl Fn(&Ctx, &mut Tx<'_>) -> Result<TemplateJson, Error> {
    move |_, tx| Ok(TemplateJson::from(&templates::get(tx, id)?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemplate {
    #[schema(schema_with = word::<ReviewKind>)]
    kind: ReviewKind,
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    name: String,
    /// Markdown.
    #[schema(min_length = 1, max_length = 100_000, pattern = "\\S")]
    body: String,
}

/// Adds a template at the end of its kind's list. For administrators.
#[utoipa::path(post, path = "/templates", tag = "Templates", request_body = NewTemplate,
    responses((status = 201, description = "The new template", body = TemplateJson)))]
pub async fn create_template(State(app): State<App>, change: Change<NewTemplate>) -> Reply {
    change
        .write(&app, |change, tx| {
            let form = TemplateForm {
                name: change.body.name.clone(),
                body: change.body.body.clone(),
            };
            let id = templates::create(&change.ctx, tx, change.body.kind, &form)?;
            let made = templates::get(tx, id)?;
            let address = format!("/api/v1/templates/{id}");
            Ok(Answer::made(address, &TemplateJson::from(&made)))
        })
        .await
}

/// What may be changed of a template; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateChange {
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    name: Option<String>,
    #[schema(min_length = 1, max_length = 100_000, pattern = "\\S")]
    body: Option<String>,
    /// Changes places with the one of its kind before or after it.
    #[serde(rename = "move")]
    #[schema(required = false, schema_with = maybe_word::<Direction>)]
    direction: Option<Direction>,
}

/// Changes a template. Reviews that began from it keep what they have. For administrators.
#[utoipa::path(patch, path = "/templates/{id}", tag = "Templates", params(("id" = Id, Path)),
    request_body = TemplateChange,
    responses((status = 200, description = "The template as it is now", body = TemplateJson)))]
pub async fn change_template(
    State(app): State<App>,
    Path(id): Path<TemplateId>,
    change: Change<TemplateChange>,
) -> Reply {
    change
        .edit(&app, template(id), move |change, tx| {
            let before = templates::get(tx, id)?;
            let form = TemplateForm {
                name: change.body.name.clone().unwrap_or(before.name),
                body: change.body.body.clone().unwrap_or(before.body),
            };
            templates::change(&change.ctx, tx, id, &form, before.version)?;
            match change.body.direction {
                Some(direction) => templates::shift(&change.ctx, tx, id, direction),
                None => Ok(()),
            }
        })
        .await
}

/// Offers a template no longer. For administrators.
#[utoipa::path(put, path = "/templates/{id}/retirement", tag = "Templates", params(("id" = Id, Path)),
    responses((status = 200, description = "The template as it is now", body = TemplateJson)))]
pub async fn retire_template(
    State(app): State<App>,
    Path(id): Path<TemplateId>,
    change: Change<Nothing>,
) -> Reply {
    change
        .edit(&app, template(id), move |change, tx| {
            templates::retire(&change.ctx, tx, id)
        })
        .await
}

/// Offers a template again. For administrators.
#[utoipa::path(delete, path = "/templates/{id}/retirement", tag = "Templates", params(("id" = Id, Path)),
    responses((status = 200, description = "The template as it is now", body = TemplateJson)))]
pub async fn restore_template(
    State(app): State<App>,
    Path(id): Path<TemplateId>,
    change: Change<Nothing>,
) -> Reply {
    change
        .edit(&app, template(id), move |change, tx| {
            templates::restore(&change.ctx, tx, id)
        })
        .await
}

/// A question from the organisation's bank.
#[derive(Serialize, ToSchema)]
#[schema(as = Prompt)]
pub struct PromptJson {
    #[schema(value_type = Id)]
    id: PromptId,
    #[schema(schema_with = word::<ReviewKind>)]
    kind: ReviewKind,
    body: String,
    position: i64,
    /// Since when new reviews no longer start with it.
    #[schema(value_type = Option<Time>)]
    retired_at: Option<i64>,
    version: i64,
}

impl From<&Prompt> for PromptJson {
    fn from(prompt: &Prompt) -> Self {
        Self {
            id: prompt.id,
            kind: prompt.kind,
            body: prompt.body.clone(),
            position: prompt.position,
            retired_at: prompt.retired_at,
            version: prompt.version,
        }
    }
}

/// Lists the prompts in their order, retired ones among them.
#[utoipa::path(get, path = "/prompts", tag = "Prompts",
    responses((status = 200, description = "All of them", body = ListJson<PromptJson>)))]
pub async fn list_prompts(State(app): State<App>, _: SignedIn) -> Reply {
    let all = app.db.read(|tx| prompts::all(tx, None)).await?;
    let body = ListJson {
        items: all.iter().map(PromptJson::from).collect(),
        next: None,
    };
    Ok(found(&body, None))
}

/// Gives one prompt.
#[utoipa::path(get, path = "/prompts/{id}", tag = "Prompts", params(("id" = Id, Path)),
    responses((status = 200, description = "The prompt", body = PromptJson)))]
pub async fn show_prompt(State(app): State<App>, _: SignedIn, Path(id): Path<PromptId>) -> Reply {
    let prompt = app.db.read(move |tx| prompts::get(tx, id)).await?;
    Ok(shown(&PromptJson::from(&prompt)))
}

/// A prompt for [`Change::edit`].
fn prompt(id: PromptId) -> impl Fn(&Ctx, &mut Tx<'_>) -> Result<PromptJson, Error> {
    move |_, tx| Ok(PromptJson::from(&prompts::get(tx, id)?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPrompt {
    #[schema(schema_with = word::<ReviewKind>)]
    kind: ReviewKind,
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    body: String,
}

/// Adds a prompt at the end of its kind's list. For administrators.
#[utoipa::path(post, path = "/prompts", tag = "Prompts", request_body = NewPrompt,
    responses((status = 201, description = "The new prompt", body = PromptJson)))]
pub async fn create_prompt(State(app): State<App>, change: Change<NewPrompt>) -> Reply {
    change
        .write(&app, |change, tx| {
            let form = PromptForm {
                body: change.body.body.clone(),
            };
            let id = prompts::create(&change.ctx, tx, change.body.kind, &form)?;
            let made = prompts::get(tx, id)?;
            let address = format!("/api/v1/prompts/{id}");
            Ok(Answer::made(address, &PromptJson::from(&made)))
        })
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromptChange {
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    body: Option<String>,
    /// Changes places with the one of its kind before or after it.
    #[serde(rename = "move")]
    #[schema(required = false, schema_with = maybe_word::<Direction>)]
    direction: Option<Direction>,
}

/// Changes a prompt. Questions that reviews have from it stay as they are. For administrators.
#[utoipa::path(patch, path = "/prompts/{id}", tag = "Prompts", params(("id" = Id, Path)),
    request_body = PromptChange,
    responses((status = 200, description = "The prompt as it is now", body = PromptJson)))]
pub async fn change_prompt(
    State(app): State<App>,
    Path(id): Path<PromptId>,
    change: Change<PromptChange>,
) -> Reply {
    change
        .edit(&app, prompt(id), move |change, tx| {
            let before = prompts::get(tx, id)?;
            let form = PromptForm {
                body: change.body.body.clone().unwrap_or(before.body),
            };
            prompts::change(&change.ctx, tx, id, &form, before.version)?;
            match change.body.direction {
                Some(direction) => prompts::shift(&change.ctx, tx, id, direction),
                None => Ok(()),
            }
        })
        .await
}

/// Lets new reviews no longer start with a prompt. For administrators.
#[utoipa::path(put, path = "/prompts/{id}/retirement", tag = "Prompts", params(("id" = Id, Path)),
    responses((status = 200, description = "The prompt as it is now", body = PromptJson)))]
pub async fn retire_prompt(
    State(app): State<App>,
    Path(id): Path<PromptId>,
    change: Change<Nothing>,
) -> Reply {
    change
        .edit(&app, prompt(id), move |change, tx| {
            prompts::retire(&change.ctx, tx, id)
        })
        .await
}

/// Lets new reviews start with a prompt again. For administrators.
#[utoipa::path(delete, path = "/prompts/{id}/retirement", tag = "Prompts", params(("id" = Id, Path)),
    responses((status = 200, description = "The prompt as it is now", body = PromptJson)))]
pub async fn restore_prompt(
    State(app): State<App>,
    Path(id): Path<PromptId>,
    change: Change<Nothing>,
) -> Reply {
    change
        .edit(&app, prompt(id), move |change, tx| {
            prompts::restore(&change.ctx, tx, id)
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

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    name: String,
    #[schema(schema_with = word::<Scope>)]
    scope: Scope,
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
            let (name, scope, days) = (&wanted.name, wanted.scope, wanted.days);
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
