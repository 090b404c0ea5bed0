//! People over the API: who is here, one's own profile, roles and deactivation.

use crate::app::App;
use crate::http::api::{
    Answer, Change, Limit, Nothing, Params, Versioned, found, limit, part, shown, word,
};
use crate::http::{Reply, SignedIn};
use crate::web::json::{Id, ListJson, Time};
use axum::extract::{Path, State};
use hardwon_core::auth::links;
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

impl Versioned for ShownJson {
    fn version(&self) -> i64 {
        self.person.version
    }
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

fn one(ctx: &Ctx, tx: &mut Tx<'_>, person: &Person) -> Result<ShownJson, Error> {
    Ok(ShownJson {
        person: PersonJson::of(person, ctx),
        teams: teams::of(tx, person.id)?
            .iter()
            .map(TeamFaceJson::from)
            .collect(),
    })
}

fn named(ctx: &Ctx, tx: &mut Tx<'_>, handle: &str) -> Result<ShownJson, Error> {
    let person = people::with_handle(tx, handle)?;
    one(ctx, tx, &person)
}

fn own(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<ShownJson, Error> {
    let person = people::get(tx, ctx.require_person()?)?;
    one(ctx, tx, &person)
}

/// Gives one person, by their handle.
#[utoipa::path(get, path = "/people/{handle}", tag = "People", params(("handle" = String, Path)),
    responses((status = 200, description = "The person", body = ShownJson)))]
pub async fn show(State(app): State<App>, user: SignedIn, Path(handle): Path<String>) -> Reply {
    let body = app.db.read(move |tx| named(&user.ctx, tx, &handle)).await?;
    Ok(shown(&body))
}

/// Gives the person who asks.
#[utoipa::path(get, path = "/me", tag = "People",
    responses((status = 200, description = "You", body = ShownJson)))]
pub async fn me(State(app): State<App>, user: SignedIn) -> Reply {
    let body = app.db.read(move |tx| own(&user.ctx, tx)).await?;
    Ok(shown(&body))
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
        .edit(&app, own, |change, tx| {
            let before = people::get(tx, change.visitor.person)?;
            let wanted = &change.body;
            let form = ProfileForm {
                name: wanted.name.clone().unwrap_or(before.name),
                zone: wanted.zone.clone().unwrap_or(before.zone),
                locale: wanted.locale.clone().unwrap_or(before.locale),
                about: wanted.about.clone().unwrap_or(before.about),
                version: before.version,
            };
            people::change_profile(&change.ctx, tx, before.id, &form)
        })
        .await
}

/// What an administrator does about somebody.
async fn administer<T: Send + Sync + 'static>(
    app: &App,
    handle: String,
    change: Change<T>,
    verb: impl Fn(&Change<T>, &mut Tx<'_>, PersonId) -> Result<(), Error> + Send + 'static,
) -> Reply {
    let asked = handle.clone();
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| named(ctx, tx, &asked);
    change
        .edit(app, read, move |change, tx| {
            change.visitor.require_account()?;
            change.ctx.require(Role::Administrator)?;
            let id = people::with_handle(tx, &handle)?.id;
            verb(change, tx, id)
        })
        .await
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
    administer(&app, handle, change, |change, tx, id| {
        people::set_role(&change.ctx, tx, id, change.body.role)
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
    administer(&app, handle, change, |change, tx, id| {
        people::deactivate(&change.ctx, tx, id)
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
    administer(&app, handle, change, |change, tx, id| {
        people::reactivate(&change.ctx, tx, id)
    })
    .await
}

/// A link that signs somebody in.
#[derive(Serialize, ToSchema)]
#[schema(as = SignInLink)]
pub struct SignInLinkJson {
    /// Whoever opens it is signed in as that person, once, within 24 hours.
    href: String,
}

/// Makes a sign-in link for somebody who lost their way in, shown this once. For administrators.
///
/// The link is kept nowhere, so an `Idempotency-Key` has no effect here: asking again makes another.
#[utoipa::path(post, path = "/people/{handle}/sign-in-link", tag = "People", params(("handle" = String, Path)),
    responses((status = 200, description = "The link", body = SignInLinkJson)))]
pub async fn sign_in_link(
    State(app): State<App>,
    Path(handle): Path<String>,
    change: Change<Nothing>,
) -> Reply {
    let base_url = app.config.base_url.clone();
    change
        .write(&app, move |change, tx| {
            change.visitor.require_account()?;
            change.ctx.require(Role::Administrator)?;
            let id = people::with_handle(tx, &handle)?.id;
            let secret = links::sign_in_link(&change.ctx, tx, id)?;
            let href = format!("{base_url}/sign-in/{}", secret.text);
            Ok(Answer::ok(&SignInLinkJson { href }).secret())
        })
        .await
}
