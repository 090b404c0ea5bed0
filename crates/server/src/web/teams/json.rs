//! Teams over the API: the list, one team, its members.

use crate::app::App;
use crate::http::api::{
    Answer, Change, Limit, Nothing, Params, Versioned, found, limit, part, shown,
};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, Id, ListJson};
use axum::extract::{Path, State};
use hardwon_core::id::TeamId;
use hardwon_core::people;
use hardwon_core::people::teams::{self, Team, TeamForm};
use hardwon_core::{Ctx, Error, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = Team)]
pub struct TeamJson {
    #[schema(value_type = Id)]
    id: TeamId,
    name: String,
    handle: String,
    purpose: String,
    version: i64,
    member_count: i64,
}

impl From<&Team> for TeamJson {
    fn from(team: &Team) -> Self {
        Self {
            id: team.id,
            name: team.name.clone(),
            handle: team.handle.clone(),
            purpose: team.purpose.clone(),
            version: team.version,
            member_count: team.member_count,
        }
    }
}

/// A team with its members.
#[derive(Serialize, ToSchema)]
#[schema(as = TeamWithMembers)]
pub struct ShownTeamJson {
    team: TeamJson,
    members: Vec<FaceJson>,
}

#[derive(Deserialize, utoipa::IntoParams, Default)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TeamsParams {
    /// Words that the name holds.
    search: String,
    #[param(required = false, schema_with = limit)]
    limit: Option<Limit>,
    /// What `next` of the page before says.
    cursor: Option<String>,
}

/// Lists teams by name.
#[utoipa::path(get, path = "/teams", tag = "Teams", params(TeamsParams),
    responses((status = 200, description = "One page of the list", body = ListJson<TeamJson>)))]
pub async fn list(
    State(app): State<App>,
    user: SignedIn,
    Params(params): Params<TeamsParams>,
) -> Reply {
    let page = part(params.limit, params.cursor.as_deref())?;
    let listed = app
        .db
        .read(move |tx| teams::list(&user.ctx, tx, &params.search, &page))
        .await?;
    Ok(found(
        &ListJson::of(&listed, |team| TeamJson::from(team)),
        None,
    ))
}

impl Versioned for ShownTeamJson {
    fn version(&self) -> i64 {
        self.team.version
    }
}

fn one(tx: &mut Tx<'_>, id: TeamId) -> Result<ShownTeamJson, Error> {
    let team = teams::get(tx, id)?;
    let members = teams::members(tx, id)?;
    Ok(ShownTeamJson {
        team: TeamJson::from(&team),
        members: members.iter().map(FaceJson::from).collect(),
    })
}

/// A team for [`Change::edit`]; its handle never changes.
fn reading(handle: &str) -> impl Fn(&Ctx, &mut Tx<'_>) -> Result<ShownTeamJson, Error> + use<> {
    let handle = handle.to_owned();
    move |_, tx| {
        let id = teams::by_handle(tx, &handle)?.id;
        one(tx, id)
    }
}

/// Gives one team with its members, by its handle.
#[utoipa::path(get, path = "/teams/{handle}", tag = "Teams", params(("handle" = String, Path)),
    responses((status = 200, description = "The team", body = ShownTeamJson)))]
pub async fn show(State(app): State<App>, _: SignedIn, Path(handle): Path<String>) -> Reply {
    let body = app
        .db
        .read(move |tx| {
            let id = teams::by_handle(tx, &handle)?.id;
            one(tx, id)
        })
        .await?;
    Ok(shown(&body))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTeam {
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    name: String,
    #[serde(default)]
    #[schema(max_length = 2000)]
    purpose: String,
}

/// Makes a team. Whoever makes it is its first member.
#[utoipa::path(post, path = "/teams", tag = "Teams", request_body = NewTeam,
    responses((status = 201, description = "The new team", body = ShownTeamJson)))]
pub async fn create(State(app): State<App>, change: Change<NewTeam>) -> Reply {
    change
        .write(&app, |change, tx| {
            let form = TeamForm {
                name: change.body.name.clone(),
                purpose: change.body.purpose.clone(),
            };
            let id = teams::create(&change.ctx, tx, &form)?;
            let made = one(tx, id)?;
            let address = format!("/api/v1/teams/{}", made.team.handle);
            Ok(Answer::made(address, &made))
        })
        .await
}

/// What may be changed of a team; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamChange {
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    name: Option<String>,
    #[schema(max_length = 2000)]
    purpose: Option<String>,
}

/// Changes a team's name or purpose. For its members and administrators.
#[utoipa::path(patch, path = "/teams/{handle}", tag = "Teams", params(("handle" = String, Path)),
    request_body = TeamChange,
    responses((status = 200, description = "The team as it is now", body = ShownTeamJson)))]
pub async fn change(
    State(app): State<App>,
    Path(handle): Path<String>,
    change: Change<TeamChange>,
) -> Reply {
    change
        .edit(&app, reading(&handle), move |change, tx| {
            let before = teams::by_handle(tx, &handle)?;
            let form = TeamForm {
                name: change.body.name.clone().unwrap_or(before.name),
                purpose: change.body.purpose.clone().unwrap_or(before.purpose),
            };
            teams::change(&change.ctx, tx, before.id, &form, before.version)
        })
        .await
}

/// Puts somebody into a team. For its members and administrators.
#[utoipa::path(put, path = "/teams/{handle}/members/{person}", tag = "Teams",
    params(("handle" = String, Path), ("person" = String, Path, description = "Their handle")),
    responses((status = 200, description = "The team as it is now", body = ShownTeamJson)))]
pub async fn add(
    State(app): State<App>,
    Path((handle, person)): Path<(String, String)>,
    change: Change<Nothing>,
) -> Reply {
    change
        .edit(&app, reading(&handle), move |change, tx| {
            let team = teams::by_handle(tx, &handle)?.id;
            let person = people::with_handle(tx, &person)?.id;
            teams::add(&change.ctx, tx, team, person)
        })
        .await
}

/// Takes somebody out of a team. Everybody may leave.
#[utoipa::path(delete, path = "/teams/{handle}/members/{person}", tag = "Teams",
    params(("handle" = String, Path), ("person" = String, Path, description = "Their handle")),
    responses((status = 200, description = "The team as it is now", body = ShownTeamJson)))]
pub async fn remove(
    State(app): State<App>,
    Path((handle, person)): Path<(String, String)>,
    change: Change<Nothing>,
) -> Reply {
    change
        .edit(&app, reading(&handle), move |change, tx| {
            let team = teams::by_handle(tx, &handle)?.id;
            let person = people::with_handle(tx, &person)?.id;
            teams::remove(&change.ctx, tx, team, person)
        })
        .await
}
