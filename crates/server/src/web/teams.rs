//! Teams: the list, one team with its members, and changing both.

pub mod json;

use super::page::{Page, html, html_invalid};
use super::people::TeamView;
use super::view::{ChoiceView, PersonView};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::auth::links;
use hardwon_core::id::PersonId;
use hardwon_core::page::{Listed, Page as ListPage};
use hardwon_core::people::teams::{self, Team, TeamForm};
use hardwon_core::people::{self, Face};
use hardwon_core::{Error, Fields};
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ListQuery {
    search: String,
    cursor: String,
    limit: Option<usize>,
}

struct CardView {
    team: TeamView,
    purpose: String,
    people: String,
}

#[derive(Template)]
#[template(path = "teams/list.html")]
struct ListView {
    page: Page,
    cards: Vec<CardView>,
    search: String,
    older: String,
    may_invite: bool,
}

pub async fn list(State(app): State<App>, user: SignedIn, Query(query): Query<ListQuery>) -> Reply {
    let part = ListPage::parse(query.limit, Some(&query.cursor))?;
    let (ctx, search) = (user.ctx.clone(), query.search.clone());
    let (Listed { items, next }, may_invite) = app
        .db
        .read(move |tx| {
            let found = teams::list(&ctx, tx, &search, &part)?;
            Ok::<_, Error>((found, links::may_invite(&ctx, tx)?))
        })
        .await?;
    let older = next
        .map(|cursor| {
            let pairs = [
                ("search", query.search.clone()),
                ("cursor", cursor.to_string()),
            ];
            format!(
                "/teams?{}",
                serde_html_form::to_string(pairs).unwrap_or_default()
            )
        })
        .unwrap_or_default();
    html(&ListView {
        may_invite,
        page: Page::new(&app, Some(&user.visitor), "Teams", "people"),
        cards: items
            .iter()
            .map(|team| CardView {
                team: team_view(team),
                purpose: team.purpose.clone(),
                people: match team.member_count {
                    1 => "1 person".to_owned(),
                    n => format!("{n} people"),
                },
            })
            .collect(),
        search: query.search,
        older,
    })
}

fn team_view(team: &Team) -> TeamView {
    TeamView {
        name: team.name.clone(),
        href: format!("/teams/{}", team.handle),
    }
}

/// What the form of a team holds. `version` is that of the team it began from, none for a new one.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct EditForm {
    name: String,
    purpose: String,
    version: i64,
}

impl EditForm {
    fn wanted(&self) -> TeamForm {
        TeamForm {
            name: self.name.clone(),
            purpose: self.purpose.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "teams/edit.html")]
struct EditView {
    page: Page,
    action: String,
    form: EditForm,
    errors: Fields,
    conflict: String,
    is_new: bool,
}

fn edit_view(app: &App, user: &SignedIn, action: String, form: EditForm) -> EditView {
    let is_new = action == "/teams";
    let title = if is_new {
        "New team"
    } else {
        "Change the team"
    };
    EditView {
        page: Page::new(app, Some(&user.visitor), title, "people"),
        action,
        form,
        errors: Fields::default(),
        conflict: String::new(),
        is_new,
    }
}

pub async fn new(State(app): State<App>, user: SignedIn) -> Reply {
    html(&edit_view(
        &app,
        &user,
        "/teams".to_owned(),
        EditForm::default(),
    ))
}

pub async fn create(State(app): State<App>, user: SignedIn, Form(form): Form<EditForm>) -> Reply {
    let (ctx, wanted) = (user.ctx.clone(), form.wanted());
    let created = app
        .db
        .write(move |tx| {
            let id = teams::create(&ctx, tx, &wanted)?;
            teams::face(tx, id)
        })
        .await;
    match created {
        Ok(team) => Ok(Redirect::to(&format!("/teams/{}", team.handle)).into_response()),
        Err(Error::Invalid(errors)) => html_invalid(&EditView {
            errors,
            ..edit_view(&app, &user, "/teams".to_owned(), form)
        }),
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "teams/show.html")]
struct ShowView {
    page: Page,
    handle: String,
    purpose: String,
    members: Vec<MemberView>,
    may_change: bool,
    is_member: bool,
    own_handle: String,
    people: Vec<ChoiceView>,
    /// Whom somebody tried to add, and why that did not work.
    typed: String,
    error: String,
}

struct MemberView {
    person: PersonView,
    handle: String,
}

pub async fn show(State(app): State<App>, user: SignedIn, Path(handle): Path<String>) -> Reply {
    html(&show_view(&app, &user, handle).await?)
}

async fn show_view(app: &App, user: &SignedIn, handle: String) -> Result<ShowView, Error> {
    let ctx = user.ctx.clone();
    let (team, members, may_change, others) = app
        .db
        .read(move |tx| {
            let team = teams::by_handle(tx, &handle)?;
            let members = teams::members(tx, team.id)?;
            let may_change = teams::may_change(&ctx, tx, team.id)?;
            let others = if may_change {
                let part = ListPage {
                    limit: hardwon_core::page::MAX_LIMIT,
                    after: None,
                };
                people::list(&ctx, tx, &people::Filter::default(), &part)?.items
            } else {
                Vec::new()
            };
            Ok::<_, Error>((team, members, may_change, others))
        })
        .await?;
    let is_in = |id: PersonId| members.iter().any(|member: &Face| member.id == id);
    Ok(ShowView {
        page: Page::new(app, Some(&user.visitor), team.name.clone(), "people"),
        typed: String::new(),
        error: String::new(),
        people: others
            .iter()
            .filter(|person| !is_in(person.id))
            .map(|person| ChoiceView::new(person.handle.clone(), person.name.clone(), ""))
            .collect(),
        is_member: is_in(user.visitor.person),
        own_handle: user.visitor.handle.clone(),
        members: members
            .iter()
            .map(|face| MemberView {
                person: PersonView::from(face),
                handle: face.handle.clone(),
            })
            .collect(),
        handle: team.handle,
        purpose: team.purpose,
        may_change,
    })
}

pub async fn edit(State(app): State<App>, user: SignedIn, Path(handle): Path<String>) -> Reply {
    let (ctx, asked) = (user.ctx.clone(), handle.clone());
    let team = app
        .db
        .read(move |tx| {
            let team = teams::by_handle(tx, &asked)?;
            if teams::may_change(&ctx, tx, team.id)? {
                return Ok(team);
            }
            Err(Error::denied(
                "Only a team's members and administrators may change it.",
            ))
        })
        .await?;
    let form = EditForm {
        name: team.name,
        purpose: team.purpose,
        version: team.version,
    };
    html(&edit_view(&app, &user, format!("/teams/{handle}"), form))
}

pub async fn update(
    State(app): State<App>,
    user: SignedIn,
    Path(handle): Path<String>,
    Form(form): Form<EditForm>,
) -> Reply {
    let action = format!("/teams/{handle}");
    let (ctx, wanted, version, asked) = (
        user.ctx.clone(),
        form.wanted(),
        form.version,
        handle.clone(),
    );
    let changed = app
        .db
        .write(move |tx| {
            let team = teams::by_handle(tx, &asked)?;
            teams::change(&ctx, tx, team.id, &wanted, version)
        })
        .await;
    match changed {
        Ok(()) => Ok(Redirect::to(&action).into_response()),
        Err(Error::Invalid(errors)) => html_invalid(&EditView {
            errors,
            ..edit_view(&app, &user, action, form)
        }),
        Err(Error::Conflict(conflict)) => {
            let now = app.db.read(move |tx| teams::by_handle(tx, &handle)).await?;
            let form = EditForm {
                version: now.version,
                ..form
            };
            html_invalid(&EditView {
                conflict: format!(
                    "{conflict} It is now called “{}”: {}",
                    now.name, now.purpose
                ),
                ..edit_view(&app, &user, action, form)
            })
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct MemberForm {
    /// A handle or an e-mail address.
    person: String,
}

pub async fn add(
    State(app): State<App>,
    user: SignedIn,
    Path(handle): Path<String>,
    Form(form): Form<MemberForm>,
) -> Reply {
    let (ctx, asked, typed) = (user.ctx.clone(), handle.clone(), form.person.clone());
    let added = app
        .db
        .write(move |tx| {
            let team = teams::by_handle(tx, &asked)?;
            let person = people::named(tx, &form.person).map_err(|error| match error {
                Error::NotFound => {
                    Error::invalid("person", "Nobody here has this handle or address.")
                }
                other => other,
            })?;
            teams::add(&ctx, tx, team.id, person.id)
        })
        .await;
    match added {
        Ok(()) => Ok(Redirect::to(&format!("/teams/{handle}")).into_response()),
        Err(Error::Invalid(errors)) => html_invalid(&ShowView {
            typed,
            error: errors.get("person").unwrap_or_default().to_owned(),
            ..show_view(&app, &user, handle).await?
        }),
        Err(error) => Err(error.into()),
    }
}

pub async fn remove(
    State(app): State<App>,
    user: SignedIn,
    Path(handle): Path<String>,
    Form(form): Form<MemberForm>,
) -> Reply {
    let (ctx, asked) = (user.ctx.clone(), handle.clone());
    app.db
        .write(move |tx| {
            let team = teams::by_handle(tx, &asked)?;
            let person = people::named(tx, &form.person)?;
            teams::remove(&ctx, tx, team.id, person.id)
        })
        .await?;
    Ok(Redirect::to(&format!("/teams/{handle}")).into_response())
}
