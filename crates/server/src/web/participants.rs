//! Who takes part in a review, who may see it, and who has read it.

pub mod json;

use super::document::principal_address;
use super::frame::{self, Frame, Seen, Tab};
use super::page::{Page, html, html_invalid};
use super::view::{ChoiceView, PersonView, initials, role_words};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::reviews::participants::{
    self, Participant, Principal, PrincipalKind, find_principal, principals,
};
use hardwon_core::reviews::{ReviewRole, Visibility, privacy, readers};
use hardwon_core::{Error, Fields};
use serde::Deserialize;

struct PrincipalView {
    id: String,
    team: bool,
    name: String,
    initials: String,
    href: String,
    /// Whether this reader may take them away.
    removable: bool,
}

struct RoleView {
    role: &'static str,
    label: &'static str,
    people: Vec<PrincipalView>,
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct PersonFields {
    who: String,
    role: String,
    /// The id of a person or team, where one is taken away.
    principal: String,
}

#[derive(Template)]
#[template(path = "reviews/people.html")]
struct PeopleView {
    page: Page,
    frame: Frame,
    roles: Vec<RoleView>,
    choices: Vec<ChoiceView>,
    offered: Vec<String>,
    granted: Vec<PrincipalView>,
    form: PersonFields,
    errors: Fields,
}

async fn page(
    app: &App,
    user: &SignedIn,
    number: i64,
    form: PersonFields,
    errors: Fields,
) -> Result<PeopleView, Error> {
    let ctx = user.ctx.clone();
    let (seen, people, offered, granted) = app
        .db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            let people = participants::participants(tx, seen.review.id)?;
            let (mut offered, mut granted) = (Vec::new(), Vec::new());
            if seen.standing.can_edit() {
                offered = principals(tx)?;
            }
            if seen.review.visibility == Visibility::Private {
                granted = privacy::granted(tx, seen.review.id)?;
            }
            Ok::<_, Error>((seen, people, offered, granted))
        })
        .await?;
    let chosen = if form.role.is_empty() {
        "stakeholder"
    } else {
        form.role.as_str()
    };
    Ok(PeopleView {
        page: frame::page(app, user, &seen),
        roles: roles(user, &seen, &people),
        choices: ReviewRole::ALL
            .iter()
            .filter(|&&role| role != ReviewRole::Author)
            .map(|&role| ChoiceView::new(role.as_str(), role_words(role), chosen))
            .collect(),
        offered: offered
            .iter()
            .map(|one| format!("{} (@{})", one.name, one.handle))
            .collect(),
        granted: granted
            .iter()
            .map(|one| {
                let author = one.id == seen.review.author.id.to_string();
                principal_view(one, seen.standing.can_edit() && !author)
            })
            .collect(),
        frame: Frame::new(user, &seen, Tab::People),
        form,
        errors,
    })
}

fn roles(user: &SignedIn, seen: &Seen, people: &[Participant]) -> Vec<RoleView> {
    let me = user.visitor.person.to_string();
    let author = seen.review.author.id.to_string();
    ReviewRole::ALL
        .iter()
        .map(|&role| RoleView {
            role: role.as_str(),
            label: role_words(role),
            people: people
                .iter()
                .filter(|one| one.role == role)
                .map(|one| {
                    let fixed = role == ReviewRole::Author && one.principal.id == author;
                    let may = seen.standing.can_edit() || one.principal.id == me;
                    principal_view(&one.principal, may && !fixed)
                })
                .collect(),
        })
        .collect()
}

fn principal_view(principal: &Principal, removable: bool) -> PrincipalView {
    let team = principal.kind == PrincipalKind::Team;
    PrincipalView {
        id: principal.id.clone(),
        team,
        name: principal.name.clone(),
        initials: initials(&principal.name),
        href: principal_address(team, &principal.handle),
        removable,
    }
}

pub async fn list(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    html(
        &page(
            &app,
            &user,
            number,
            PersonFields::default(),
            Fields::default(),
        )
        .await?,
    )
}

fn role(text: &str) -> Result<ReviewRole, Error> {
    ReviewRole::parse(text).ok_or_else(|| Error::invalid("role", "Please choose a role."))
}

/// Names somebody or, where nobody is named, takes part oneself.
pub async fn add(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<PersonFields>,
) -> Reply {
    let (ctx, wanted) = (user.ctx.clone(), form.clone());
    let own = form.who.trim().is_empty();
    let done = app
        .db
        .write(move |tx| {
            let review = frame::load(&ctx, tx, number)?.review.id;
            let role = role(&wanted.role)?;
            if own {
                return participants::join(&ctx, tx, review, role);
            }
            hardwon_core::access::review(&ctx, tx, review, hardwon_core::access::Need::Edit)?;
            let principal = find_principal(tx, &wanted.who)?;
            participants::add(&ctx, tx, review, &principal, role)
        })
        .await;
    answer(&app, &user, number, form, done, own).await
}

pub async fn remove(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<PersonFields>,
) -> Reply {
    let (ctx, wanted) = (user.ctx.clone(), form.clone());
    let own = form.principal == user.visitor.person.to_string();
    let done = app
        .db
        .write(move |tx| {
            let review = frame::load(&ctx, tx, number)?.review.id;
            participants::remove(&ctx, tx, review, &wanted.principal, role(&wanted.role)?)
        })
        .await;
    answer(&app, &user, number, form, done, own).await
}

async fn answer(
    app: &App,
    user: &SignedIn,
    number: i64,
    form: PersonFields,
    done: Result<(), Error>,
    own: bool,
) -> Reply {
    match done {
        Ok(()) => {
            let place = if own { "" } else { "/people" };
            Ok(Redirect::to(&format!("/reviews/{number}{place}")).into_response())
        }
        Err(Error::Invalid(errors)) => html_invalid(&page(app, user, number, form, errors).await?),
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
pub struct VisibilityForm {
    visibility: Visibility,
}

pub async fn set_visibility(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<VisibilityForm>,
) -> Reply {
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| {
            let review = frame::load(&ctx, tx, number)?.review.id;
            privacy::set_visibility(&ctx, tx, review, form.visibility)
        })
        .await?;
    Ok(Redirect::to(&format!("/reviews/{number}/people")).into_response())
}

pub async fn grant(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<PersonFields>,
) -> Reply {
    let (ctx, wanted) = (user.ctx.clone(), form.clone());
    let done = app
        .db
        .write(move |tx| {
            let review = frame::load(&ctx, tx, number)?.review.id;
            hardwon_core::access::review(&ctx, tx, review, hardwon_core::access::Need::Edit)?;
            let principal = find_principal(tx, &wanted.who)?;
            privacy::grant(&ctx, tx, review, &principal)
        })
        .await;
    answer(&app, &user, number, form, done, false).await
}

pub async fn revoke(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<PersonFields>,
) -> Reply {
    let (ctx, wanted) = (user.ctx.clone(), form.clone());
    let done = app
        .db
        .write(move |tx| {
            let review = frame::load(&ctx, tx, number)?.review.id;
            privacy::revoke(&ctx, tx, review, &wanted.principal)
        })
        .await;
    answer(&app, &user, number, form, done, false).await
}

#[derive(Template)]
#[template(path = "reviews/readers.html")]
struct ReadersView {
    page: Page,
    frame: Frame,
    read: Vec<PersonView>,
    asked: Vec<PersonView>,
}

pub async fn readers(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let ctx = user.ctx.clone();
    let (seen, found) = app
        .db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            let found = readers::readers(tx, seen.review.id, seen.review.round)?;
            Ok::<_, Error>((seen, found))
        })
        .await?;
    html(&ReadersView {
        page: frame::page(&app, &user, &seen),
        frame: Frame::new(&user, &seen, Tab::People),
        read: found.read.iter().map(PersonView::from).collect(),
        asked: found.asked.iter().map(PersonView::from).collect(),
    })
}
