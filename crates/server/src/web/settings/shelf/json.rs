//! Templates and prompts over the API.

use crate::app::App;
use crate::http::api::{Answer, Change, Nothing, found, maybe_word, shown, versioned, word};
use crate::http::{Reply, SignedIn};
use crate::web::json::{Id, ListJson, Time};
use axum::extract::{Path, State};
use hardwon_core::id::EntryId;
use hardwon_core::organisation::shelf::{self, Direction, Entry, EntryForm, Shelf};
use hardwon_core::reviews::ReviewKind;
use hardwon_core::{Ctx, Error, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a review may start from.
#[derive(Serialize, ToSchema)]
#[schema(as = Template)]
pub struct TemplateJson {
    #[schema(value_type = Id)]
    id: EntryId,
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

impl From<&Entry> for TemplateJson {
    fn from(entry: &Entry) -> Self {
        Self {
            id: entry.id,
            kind: entry.kind,
            name: entry.name.clone(),
            body: entry.body.clone(),
            position: entry.position,
            retired_at: entry.retired_at,
            version: entry.version,
        }
    }
}

versioned!(TemplateJson, PromptJson);

/// Lists the templates in their order, retired ones among them.
#[utoipa::path(get, path = "/templates", tag = "Templates",
    responses((status = 200, description = "All of them", body = ListJson<TemplateJson>)))]
pub async fn list_templates(State(app): State<App>, _: SignedIn) -> Reply {
    let all = app
        .db
        .read(|tx| shelf::all(tx, Shelf::Templates, None))
        .await?;
    let body = ListJson {
        items: all.iter().map(TemplateJson::from).collect(),
        next: None,
    };
    Ok(found(&body, None))
}

/// Gives one template.
#[utoipa::path(get, path = "/templates/{id}", tag = "Templates", params(("id" = Id, Path)),
    responses((status = 200, description = "The template", body = TemplateJson)))]
pub async fn show_template(State(app): State<App>, _: SignedIn, Path(id): Path<EntryId>) -> Reply {
    let template = app
        .db
        .read(move |tx| shelf::get(tx, Shelf::Templates, id))
        .await?;
    Ok(shown(&TemplateJson::from(&template)))
}

/// A template for [`Change::edit`].
fn template(id: EntryId) -> impl Fn(&Ctx, &mut Tx<'_>) -> Result<TemplateJson, Error> {
    move |_, tx| Ok(TemplateJson::from(&shelf::get(tx, Shelf::Templates, id)?))
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
            let form = EntryForm::new(&*change.body.name, &*change.body.body);
            let id = shelf::create(&change.ctx, tx, Shelf::Templates, change.body.kind, &form)?;
            let made = shelf::get(tx, Shelf::Templates, id)?;
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
    Path(id): Path<EntryId>,
    change: Change<TemplateChange>,
) -> Reply {
    change
        .edit(&app, template(id), move |change, tx| {
            let before = shelf::get(tx, Shelf::Templates, id)?;
            let form = EntryForm::new(
                change.body.name.clone().unwrap_or(before.name),
                change.body.body.clone().unwrap_or(before.body),
            );
            shelf::change(&change.ctx, tx, Shelf::Templates, id, &form, before.version)?;
            match change.body.direction {
                Some(direction) => shelf::shift(&change.ctx, tx, Shelf::Templates, id, direction),
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
    Path(id): Path<EntryId>,
    change: Change<Nothing>,
) -> Reply {
    change
        .edit(&app, template(id), move |change, tx| {
            shelf::retire(&change.ctx, tx, Shelf::Templates, id)
        })
        .await
}

/// Offers a template again. For administrators.
#[utoipa::path(delete, path = "/templates/{id}/retirement", tag = "Templates", params(("id" = Id, Path)),
    responses((status = 200, description = "The template as it is now", body = TemplateJson)))]
pub async fn restore_template(
    State(app): State<App>,
    Path(id): Path<EntryId>,
    change: Change<Nothing>,
) -> Reply {
    change
        .edit(&app, template(id), move |change, tx| {
            shelf::restore(&change.ctx, tx, Shelf::Templates, id)
        })
        .await
}

/// A question from the organisation's bank.
#[derive(Serialize, ToSchema)]
#[schema(as = Prompt)]
pub struct PromptJson {
    #[schema(value_type = Id)]
    id: EntryId,
    #[schema(schema_with = word::<ReviewKind>)]
    kind: ReviewKind,
    body: String,
    position: i64,
    /// Since when new reviews no longer start with it.
    #[schema(value_type = Option<Time>)]
    retired_at: Option<i64>,
    version: i64,
}

impl From<&Entry> for PromptJson {
    fn from(entry: &Entry) -> Self {
        Self {
            id: entry.id,
            kind: entry.kind,
            body: entry.body.clone(),
            position: entry.position,
            retired_at: entry.retired_at,
            version: entry.version,
        }
    }
}

/// Lists the prompts in their order, retired ones among them.
#[utoipa::path(get, path = "/prompts", tag = "Prompts",
    responses((status = 200, description = "All of them", body = ListJson<PromptJson>)))]
pub async fn list_prompts(State(app): State<App>, _: SignedIn) -> Reply {
    let all = app
        .db
        .read(|tx| shelf::all(tx, Shelf::Prompts, None))
        .await?;
    let body = ListJson {
        items: all.iter().map(PromptJson::from).collect(),
        next: None,
    };
    Ok(found(&body, None))
}

/// Gives one prompt.
#[utoipa::path(get, path = "/prompts/{id}", tag = "Prompts", params(("id" = Id, Path)),
    responses((status = 200, description = "The prompt", body = PromptJson)))]
pub async fn show_prompt(State(app): State<App>, _: SignedIn, Path(id): Path<EntryId>) -> Reply {
    let prompt = app
        .db
        .read(move |tx| shelf::get(tx, Shelf::Prompts, id))
        .await?;
    Ok(shown(&PromptJson::from(&prompt)))
}

/// A prompt for [`Change::edit`].
fn prompt(id: EntryId) -> impl Fn(&Ctx, &mut Tx<'_>) -> Result<PromptJson, Error> {
    move |_, tx| Ok(PromptJson::from(&shelf::get(tx, Shelf::Prompts, id)?))
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
            let form = EntryForm::new("", &*change.body.body);
            let id = shelf::create(&change.ctx, tx, Shelf::Prompts, change.body.kind, &form)?;
            let made = shelf::get(tx, Shelf::Prompts, id)?;
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
    Path(id): Path<EntryId>,
    change: Change<PromptChange>,
) -> Reply {
    change
        .edit(&app, prompt(id), move |change, tx| {
            let before = shelf::get(tx, Shelf::Prompts, id)?;
            let form = EntryForm::new("", change.body.body.clone().unwrap_or(before.body));
            shelf::change(&change.ctx, tx, Shelf::Prompts, id, &form, before.version)?;
            match change.body.direction {
                Some(direction) => shelf::shift(&change.ctx, tx, Shelf::Prompts, id, direction),
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
    Path(id): Path<EntryId>,
    change: Change<Nothing>,
) -> Reply {
    change
        .edit(&app, prompt(id), move |change, tx| {
            shelf::retire(&change.ctx, tx, Shelf::Prompts, id)
        })
        .await
}

/// Lets new reviews start with a prompt again. For administrators.
#[utoipa::path(delete, path = "/prompts/{id}/retirement", tag = "Prompts", params(("id" = Id, Path)),
    responses((status = 200, description = "The prompt as it is now", body = PromptJson)))]
pub async fn restore_prompt(
    State(app): State<App>,
    Path(id): Path<EntryId>,
    change: Change<Nothing>,
) -> Reply {
    change
        .edit(&app, prompt(id), move |change, tx| {
            shelf::restore(&change.ctx, tx, Shelf::Prompts, id)
        })
        .await
}
