//! Invitations: links with which new people make their accounts. Who may make them is a setting.

pub mod json;

use super::frame;
use super::page::{Page, html, html_invalid};
use super::people::{SecretPage, roles};
use super::view::{ChoiceView, PersonView, WhenView, role_of_person};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::auth::links::{self, InvitationForm};
use hardwon_core::id::SignInLinkId;
use hardwon_core::page::{MAX_LIMIT, Page as ListPage};
use hardwon_core::people::teams;
use hardwon_core::{Error, Fields, Role, organisation};
use serde::Deserialize;

struct RowView {
    id: SignInLinkId,
    email: String,
    role: &'static str,
    team: String,
    by: Option<PersonView>,
    made: WhenView,
    ends: WhenView,
}

#[derive(Template)]
#[template(path = "people/invitations.html")]
struct ListView {
    page: Page,
    rows: Vec<RowView>,
}

pub async fn list(State(app): State<App>, user: SignedIn) -> Reply {
    let ctx = user.ctx.clone();
    let found = app
        .db
        .read(move |tx| {
            require_inviter(&ctx, tx)?;
            links::invitations(&ctx, tx)
        })
        .await?;
    let clock = frame::clock(&user);
    html(&ListView {
        page: Page::new(&app, Some(&user.visitor), "Invitations", "people"),
        rows: found
            .into_iter()
            .map(|invitation| RowView {
                id: invitation.id,
                email: invitation.email.unwrap_or_default(),
                role: role_of_person(invitation.role),
                team: invitation.team.unwrap_or_default(),
                by: invitation.by.as_ref().map(PersonView::from),
                made: clock.relative(invitation.created_at),
                ends: clock.relative(invitation.expires_at),
            })
            .collect(),
    })
}

fn require_inviter(ctx: &hardwon_core::Ctx, tx: &mut hardwon_core::Tx<'_>) -> Result<(), Error> {
    if links::may_invite(ctx, tx)? {
        return Ok(());
    }
    ctx.require(organisation::get(tx)?.settings.inviters)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct NewForm {
    role: String,
    team: String,
    email: String,
}

#[derive(Template)]
#[template(path = "people/invite.html")]
struct NewView {
    page: Page,
    form: NewForm,
    roles: Vec<ChoiceView>,
    teams: Vec<ChoiceView>,
    errors: Fields,
}

async fn new_view(
    app: &App,
    user: &SignedIn,
    form: NewForm,
    errors: Fields,
) -> Result<NewView, Error> {
    let ctx = user.ctx.clone();
    let found = app
        .db
        .read(move |tx| {
            require_inviter(&ctx, tx)?;
            let part = ListPage {
                limit: MAX_LIMIT,
                after: None,
            };
            teams::list(&ctx, tx, "", &part)
        })
        .await?;
    let mut teams = vec![ChoiceView::new("", "None yet", &form.team)];
    teams.extend(
        found
            .items
            .iter()
            .map(|team| ChoiceView::new(team.id.to_string(), team.name.clone(), &form.team)),
    );
    let chosen = Role::parse(&form.role).unwrap_or(Role::Member);
    Ok(NewView {
        page: Page::new(app, Some(&user.visitor), "Invite people", "people"),
        roles: roles(chosen, user.visitor.role),
        teams,
        form,
        errors,
    })
}

pub async fn new(State(app): State<App>, user: SignedIn) -> Reply {
    html(&new_view(&app, &user, NewForm::default(), Fields::default()).await?)
}

/// Makes the link and shows it, this once.
pub async fn create(State(app): State<App>, user: SignedIn, Form(form): Form<NewForm>) -> Reply {
    user.visitor.require_account()?;
    let wanted = wanted(&form);
    let ctx = user.ctx.clone();
    let made = match wanted {
        Ok(wanted) => {
            app.db
                .write(move |tx| links::invite(&ctx, tx, &wanted))
                .await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(secret) => html(&SecretPage {
            page: Page::new(&app, Some(&user.visitor), "The invitation", "people"),
            lead: "Pass this link on. Whoever opens it first makes an account with it.".to_owned(),
            label: "Invitation",
            secret: format!("{}/join/{}", app.config.base_url, secret.text),
            note: format!(
                "It works once, within {} days, and is not shown again. You can revoke it until then.",
                links::INVITATION_DAYS
            ),
            back: "/invitations".to_owned(),
        }),
        Err(Error::Invalid(errors)) => html_invalid(&new_view(&app, &user, form, errors).await?),
        Err(error) => Err(error.into()),
    }
}

fn wanted(form: &NewForm) -> Result<InvitationForm, Error> {
    Ok(InvitationForm {
        role: Role::parse(&form.role)
            .ok_or_else(|| Error::invalid("role", "Choose one of the roles."))?,
        team: Some(form.team.as_str())
            .filter(|text| !text.is_empty())
            .map(|text| {
                text.parse()
                    .map_err(|_| Error::invalid("team", "Choose a team from the list."))
            })
            .transpose()?,
        email: Some(form.email.clone()),
    })
}

pub async fn revoke(State(app): State<App>, user: SignedIn, Path(id): Path<SignInLinkId>) -> Reply {
    let ctx = user.ctx.clone();
    app.db
        .write(move |tx| links::revoke_invitation(&ctx, tx, id))
        .await?;
    Ok(Redirect::to("/invitations").into_response())
}
