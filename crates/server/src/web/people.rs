//! People: who is here, one person's page, and what administrators do about an account. Nothing is counted about a person.

pub mod json;

use super::frame;
use super::page::{Page, html};
use super::view::{ChoiceView, PersonView, StateView, WhenView, initials, role_of_person, state};
use super::zones;
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::auth::links;
use hardwon_core::page::{Listed, Page as ListPage};
use hardwon_core::people::teams::{self, TeamFace};
use hardwon_core::people::{self, Filter, Person, PersonState};
use hardwon_core::{Error, Role, reviews};
use serde::Deserialize;

/// A team as partials show it.
#[derive(Debug, Clone)]
pub struct TeamView {
    pub name: String,
    pub href: String,
}

impl From<&TeamFace> for TeamView {
    fn from(team: &TeamFace) -> Self {
        Self {
            name: team.name.clone(),
            href: format!("/teams/{}", team.handle),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ListQuery {
    search: String,
    state: String,
    cursor: String,
    limit: Option<usize>,
}

struct RowView {
    person: PersonView,
    handle: String,
    role: &'static str,
    there: String,
}

#[derive(Template)]
#[template(path = "people/list.html")]
struct ListView {
    page: Page,
    rows: Vec<RowView>,
    search: String,
    states: Vec<ChoiceView>,
    older: String,
    may_invite: bool,
}

pub async fn list(State(app): State<App>, user: SignedIn, Query(query): Query<ListQuery>) -> Reply {
    let filter = Filter {
        search: Some(query.search.clone()).filter(|text| !text.trim().is_empty()),
        state: PersonState::parse(&query.state),
        team: None,
    };
    let part = ListPage::parse(query.limit, Some(&query.cursor))?;
    let ctx = user.ctx.clone();
    let (Listed { items, next }, may_invite) = app
        .db
        .read(move |tx| {
            let found = people::list(&ctx, tx, &filter, &part)?;
            Ok::<_, Error>((found, links::may_invite(&ctx, tx)?))
        })
        .await?;
    let older = next
        .map(|cursor| {
            let pairs = [
                ("search", query.search.clone()),
                ("state", query.state.clone()),
                ("cursor", cursor.to_string()),
            ];
            format!(
                "/people?{}",
                serde_html_form::to_string(pairs).unwrap_or_default()
            )
        })
        .unwrap_or_default();
    let states = [
        ("", "With an account"),
        ("deactivated", "Deactivated"),
        ("placeholder", "Authors of imports"),
    ];
    html(&ListView {
        page: Page::new(&app, Some(&user.visitor), "People", "people"),
        rows: items
            .iter()
            .map(|person| RowView {
                person: PersonView::from(&person.face()),
                handle: person.handle.clone(),
                role: role_of_person(person.role),
                there: zones::there(&person.zone, user.ctx.at),
            })
            .collect(),
        states: states
            .into_iter()
            .map(|(value, label)| ChoiceView::new(value, label, &query.state))
            .collect(),
        search: query.search,
        older,
        may_invite,
    })
}

struct ReviewView {
    number: i64,
    title: String,
    kind: String,
    state: StateView,
}

#[derive(Template)]
#[template(path = "people/show.html")]
struct ShowView {
    page: Page,
    person: Person,
    initials: String,
    role: &'static str,
    there: String,
    since: WhenView,
    teams: Vec<TeamView>,
    about: String,
    reviews: Vec<ReviewView>,
    more: bool,
    is_own: bool,
    is_active: bool,
    is_placeholder: bool,
    email: String,
    roles: Vec<ChoiceView>,
    administers: bool,
}

pub async fn show(State(app): State<App>, user: SignedIn, Path(handle): Path<String>) -> Reply {
    let ctx = user.ctx.clone();
    let (person, teams, found) = app
        .db
        .read(move |tx| {
            let person = people::with_handle(tx, &handle)?;
            let teams = teams::of(tx, person.id)?;
            let filter = reviews::Filter {
                person: Some(person.id),
                ..reviews::Filter::default()
            };
            let part = ListPage {
                limit: 20,
                after: None,
            };
            let found = reviews::list(&ctx, tx, &filter, &part)?;
            Ok::<_, Error>((person, teams, found))
        })
        .await?;
    let administers = user.visitor.role == Role::Administrator;
    let is_own = person.id == user.visitor.person;
    html(&ShowView {
        page: Page::new(&app, Some(&user.visitor), person.name.clone(), "people"),
        initials: initials(&person.name),
        role: role_of_person(person.role),
        there: zones::there(&person.zone, user.ctx.at),
        since: frame::clock(&user).date(person.created_at),
        teams: teams.iter().map(TeamView::from).collect(),
        about: hardwon_prose::render_comment(&person.about),
        more: found.next.is_some(),
        reviews: found
            .items
            .iter()
            .map(|review| ReviewView {
                number: review.number,
                title: review.title.clone(),
                kind: user.name_of(review.kind),
                state: state(review.state, review.outcome),
            })
            .collect(),
        is_own,
        is_active: person.state == PersonState::Active,
        is_placeholder: person.state == PersonState::Placeholder,
        email: if administers || is_own {
            person.email.clone().unwrap_or_default()
        } else {
            String::new()
        },
        roles: roles(person.role, Role::Administrator),
        administers,
        person,
    })
}

/// The roles up to one, as options.
pub fn roles(chosen: Role, widest: Role) -> Vec<ChoiceView> {
    Role::ALL
        .iter()
        .filter(|role| **role <= widest)
        .map(|&role| ChoiceView {
            hint: match role {
                Role::Member => "Writes, comments, asks and votes.",
                Role::Facilitator => "Also leads reviews that others wrote.",
                Role::Administrator => "Also settings, accounts and the audit page.",
            }
            .to_owned(),
            ..ChoiceView::new(role.as_str(), role_of_person(role), chosen.as_str())
        })
        .collect()
}

#[derive(Deserialize)]
pub struct RoleForm {
    role: Role,
}

pub async fn set_role(
    State(app): State<App>,
    user: SignedIn,
    Path(handle): Path<String>,
    Form(form): Form<RoleForm>,
) -> Reply {
    change(&app, user, handle, move |ctx, tx, id| {
        people::set_role(ctx, tx, id, form.role)
    })
    .await
}

pub async fn deactivate(
    State(app): State<App>,
    user: SignedIn,
    Path(handle): Path<String>,
) -> Reply {
    change(&app, user, handle, people::deactivate).await
}

pub async fn reactivate(
    State(app): State<App>,
    user: SignedIn,
    Path(handle): Path<String>,
) -> Reply {
    change(&app, user, handle, people::reactivate).await
}

/// Does something about a person and leads back to their page.
async fn change(
    app: &App,
    user: SignedIn,
    handle: String,
    verb: impl Fn(
        &hardwon_core::Ctx,
        &mut hardwon_core::Tx<'_>,
        hardwon_core::id::PersonId,
    ) -> hardwon_core::Result<()>
    + Send
    + 'static,
) -> Reply {
    user.visitor.require_account()?;
    let (ctx, asked) = (user.ctx.clone(), handle.clone());
    app.db
        .write(move |tx| {
            ctx.require(Role::Administrator)?;
            let id = people::with_handle(tx, &asked)?.id;
            verb(&ctx, tx, id)
        })
        .await?;
    Ok(Redirect::to(&format!("/people/{handle}")).into_response())
}

#[derive(Template)]
#[template(path = "auth/secret.html")]
pub struct SecretPage {
    pub page: Page,
    pub lead: String,
    pub label: &'static str,
    pub secret: String,
    pub note: String,
    pub back: String,
}

/// A link for somebody who lost their way in. It is shown once, on the answer to this request.
pub async fn sign_in_link(
    State(app): State<App>,
    user: SignedIn,
    Path(handle): Path<String>,
) -> Reply {
    user.visitor.require_account()?;
    let (ctx, asked) = (user.ctx.clone(), handle.clone());
    let (secret, name) = app
        .db
        .write(move |tx| {
            ctx.require(Role::Administrator)?;
            let person = people::with_handle(tx, &asked)?;
            let secret = links::sign_in_link(&ctx, tx, person.id)?;
            Ok::<_, Error>((secret, person.name))
        })
        .await?;
    html(&SecretPage {
        page: Page::new(
            &app,
            Some(&user.visitor),
            format!("A sign-in link for {name}"),
            "people",
        ),
        lead: format!(
            "Pass it to {name}, and to nobody else: whoever opens it is signed in as {name}."
        ),
        label: "Sign-in link",
        secret: format!("{}/sign-in/{}", app.config.base_url, secret.text),
        note: "It works once, within 24 hours, and is not shown again.".to_owned(),
        back: format!("/people/{handle}"),
    })
}
