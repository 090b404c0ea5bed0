//! People over the API: who is here, one's own profile, roles and deactivation.

use crate::app::App;
use crate::http::api::{Answer, Change, Limit, Nothing, Params, found, limit, part, word};
use crate::http::{Reply, SignedIn};
use crate::web::json::{Id, ListJson, Time};
use axum::extract::{Path, State};
use hardwon_core::auth::Visitor;
use hardwon_core::id::PersonId;
use hardwon_core::people::teams::{self, TeamFace};
use hardwon_core::people::{self, Filter, Person, PersonState, ProfileForm};
use hardwon_core::{Ctx, Error, Role, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody with a page. Nothing is counted about a person.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonDetails)]
pub struct PersonJson {
    #[schema(value_type = Id)]
    id: PersonId,
    name: String,
    handle: String,
    /// Only one's own, and everybody's for administrators; null otherwise.
    email: Option<String>,
    #[schema(schema_with = word::<Role>)]
    role: Role,
    #[schema(schema_with = word::<PersonState>)]
    state: PersonState,
    /// An IANA zone.
    zone: String,
    /// For dates, such as `en-GB`.
    locale: String,
    /// Markdown.
    about: String,
    version: i64,
    #[schema(value_type = Time)]
    created_at: i64,
    #[schema(value_type = Option<Time>)]
    deactivated_at: Option<i64>,
}

impl PersonJson {
    fn of(person: &Person, ctx: &Ctx) -> Self {
        let told = ctx.person() == Some(person.id) || ctx.has(Role::Administrator);
        Self {
            id: person.id,
            name: person.name.clone(),
            handle: person.handle.clone(),
            email: person.email.clone().filter(|_| told),
            role: person.role,
            state: person.state,
            zone: person.zone.clone(),
            locale: person.locale.clone(),
            about: person.about.clone(),
            version: person.version,
            created_at: person.created_at,
            deactivated_at: person.deactivated_at,
        }
    }
}

/// A team, as far as naming it needs it.
#[derive(Serialize, ToSchema)]
#[schema(as = TeamName)]
pub struct TeamFaceJson {
    #[schema(value_type = Id)]
    id: hardwon_core::id::TeamId,
    name: String,
    handle: String,
}

impl From<&TeamFace> for TeamFaceJson {
    fn from(team: &TeamFace) -> Self {
        Self {
            id: team.id,
            name: team.name.clone(),
            handle: team.handle.clone(),
        }
    }
}

/// A person with their teams.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonWithTeams)]
pub struct ShownJson {
    person: PersonJson,
    teams: Vec<TeamFaceJson>,
}

#[derive(Deserialize, utoipa::IntoParams, Default)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PeopleParams {
    /// Words that the name or handle holds.
    search: Option<String>,
    /// Those with an active account where nothing is said.
    #[param(required = false, schema_with = word::<PersonState>)]
    state: Option<PersonState>,
    #[param(required = false, schema_with = limit)]
    limit: Option<Limit>,
    /// What `next` of the page before says.
    cursor: Option<String>,
}

/// Lists people by name.
#[utoipa::path(get, path = "/people", tag = "People", params(PeopleParams),
    responses((status = 200, description = "One page of the list", body = ListJson<PersonJson>)))]
pub async fn list(
    State(app): State<App>,
    user: SignedIn,
    Params(params): Params<PeopleParams>,
) -> Reply {
    let page = part(params.limit, params.cursor.as_deref())?;
    let filter = Filter {
        search: params.search.filter(|text| !text.trim().is_empty()),
        state: params.state,
        team: None,
    };
    let ctx = user.ctx.clone();
    let listed = app
        .db
        .read(move |tx| people::list(&ctx, tx, &filter, &page))
        .await?;
    let body = ListJson::of(&listed, |person| PersonJson::of(person, &user.ctx));
    Ok(found(&body, None))
}

fn shown(ctx: &Ctx, tx: &mut Tx<'_>, person: &Person) -> Result<ShownJson, Error> {
    Ok(ShownJson {
        person: PersonJson::of(person, ctx),
        teams: teams::of(tx, person.id)?
            .iter()
            .map(TeamFaceJson::from)
            .collect(),
    })
}

/// Gives one person, by their handle.
#[utoipa::path(get, path = "/people/{handle}", tag = "People", params(("handle" = String, Path)),
    responses((status = 200, description = "The person", body = ShownJson)))]
pub async fn show(State(app): State<App>, user: SignedIn, Path(handle): Path<String>) -> Reply {
    let (body, version) = app
        .db
        .read(move |tx| {
            let person = people::with_handle(tx, &handle)?;
            Ok::<_, Error>((shown(&user.ctx, tx, &person)?, person.version))
        })
        .await?;
    Ok(found(&body, Some(version)))
}

/// Gives the person who asks.
#[utoipa::path(get, path = "/me", tag = "People",
    responses((status = 200, description = "You", body = ShownJson)))]
pub async fn me(State(app): State<App>, user: SignedIn) -> Reply {
    let (body, version) = app
        .db
        .read(move |tx| {
            let person = people::get(tx, user.visitor.person)?;
            Ok::<_, Error>((shown(&user.ctx, tx, &person)?, person.version))
        })
        .await?;
    Ok(found(&body, Some(version)))
}

/// What may be changed of one's own profile; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileChange {
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// An IANA zone.
    zone: Option<String>,
    /// For dates, such as `en-GB`.
    #[schema(max_length = 35)]
    locale: Option<String>,
    /// Markdown.
    #[schema(max_length = 4000)]
    about: Option<String>,
}

/// Changes the profile of the person who asks.
#[utoipa::path(patch, path = "/me", tag = "People", request_body = ProfileChange,
    responses((status = 200, description = "You, as you are now", body = ShownJson)))]
pub async fn change_me(State(app): State<App>, change: Change<ProfileChange>) -> Reply {
    change
        .write(&app, |change, tx| {
            let before = people::get(tx, change.visitor.person)?;
            let current = PersonJson::of(&before, &change.ctx);
            if let Some(stale) = change.stale(before.version, || current) {
                return Ok(stale);
            }
            let wanted = &change.body;
            let form = ProfileForm {
                name: wanted.name.clone().unwrap_or(before.name),
                zone: wanted.zone.clone().unwrap_or(before.zone),
                locale: wanted.locale.clone().unwrap_or(before.locale),
                about: wanted.about.clone().unwrap_or(before.about),
                version: before.version,
            };
            people::change_profile(&change.ctx, tx, before.id, &form)?;
            answer(&change.ctx, tx, before.id)
        })
        .await
}

fn answer(ctx: &Ctx, tx: &mut Tx<'_>, id: PersonId) -> Result<Answer, Error> {
    let person = people::get(tx, id)?;
    Ok(Answer::ok(&shown(ctx, tx, &person)?).version(person.version))
}

/// Whom an administrator changes.
fn changed(ctx: &Ctx, visitor: &Visitor, tx: &mut Tx<'_>, handle: &str) -> Result<PersonId, Error> {
    visitor.require_account()?;
    ctx.require(Role::Administrator)?;
    Ok(people::with_handle(tx, handle)?.id)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    #[schema(schema_with = word::<Role>)]
    role: Role,
}

/// Gives somebody another role. For administrators.
#[utoipa::path(put, path = "/people/{handle}/role", tag = "People", params(("handle" = String, Path)),
    request_body = RoleChange,
    responses((status = 200, description = "The person as they are now", body = ShownJson)))]
pub async fn set_role(
    State(app): State<App>,
    Path(handle): Path<String>,
    change: Change<RoleChange>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let id = changed(&change.ctx, &change.visitor, tx, &handle)?;
            people::set_role(&change.ctx, tx, id, change.body.role)?;
            answer(&change.ctx, tx, id)
        })
        .await
}

/// Ends somebody's sessions and tokens at once and lets them in no more. What they wrote stays. For administrators.
#[utoipa::path(put, path = "/people/{handle}/deactivation", tag = "People", params(("handle" = String, Path)),
    responses((status = 200, description = "The person as they are now", body = ShownJson)))]
pub async fn deactivate(
    State(app): State<App>,
    Path(handle): Path<String>,
    change: Change<Nothing>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let id = changed(&change.ctx, &change.visitor, tx, &handle)?;
            people::deactivate(&change.ctx, tx, id)?;
            answer(&change.ctx, tx, id)
        })
        .await
}

/// Lets somebody in again. For administrators.
#[utoipa::path(delete, path = "/people/{handle}/deactivation", tag = "People", params(("handle" = String, Path)),
    responses((status = 200, description = "The person as they are now", body = ShownJson)))]
pub async fn reactivate(
    State(app): State<App>,
    Path(handle): Path<String>,
    change: Change<Nothing>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let id = changed(&change.ctx, &change.visitor, tx, &handle)?;
            people::reactivate(&change.ctx, tx, id)?;
            answer(&change.ctx, tx, id)
        })
        .await
}
