//! One-time links: the first person's set-up, invitations, and the way back in for whoever lost theirs.

use super::{DAY, Secret, hash, set_password, sql};
use crate::ctx::{Actor, Ctx, Role};
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::{PersonId, SignInLinkId, TeamId};
use crate::people::{self, Face, PersonForm, PersonState};
use crate::{organisation, words};
use hardwon_db::{Tx, params};
use serde_json::json;

const SET_UP_DAYS: i64 = 30;
pub const INVITATION_DAYS: i64 = 14;
pub const SIGN_IN_HOURS: i64 = 24;

words! {
    Kind { SetUp = "setup", Invitation = "invitation", SignIn = "sign-in" }
}

/// A link that can still be used.
#[derive(Debug, Clone)]
pub struct Link {
    pub id: SignInLinkId,
    pub kind: Kind,
    pub person: Option<PersonId>,
    pub email: Option<String>,
    pub role: Option<Role>,
    pub team: Option<TeamId>,
    pub team_name: Option<String>,
    pub created_by: Option<PersonId>,
}

/// The link with this secret; [`Error::NotFound`] once it is used, revoked or too old.
pub fn open(ctx: &Ctx, tx: &mut Tx<'_>, kind: Kind, secret: &str) -> Result<Link> {
    tx.query_opt(sql::LINK, params![hash(secret), kind, ctx.at], |row| {
        Ok(Link {
            id: row.get(0)?,
            kind: row.get(1)?,
            person: row.get(2)?,
            email: row.get(3)?,
            role: row.get(4)?,
            team: row.get(5)?,
            team_name: row.get(6)?,
            created_by: row.get(7)?,
        })
    })?
    .ok_or(Error::NotFound)
}

fn spend(ctx: &Ctx, tx: &mut Tx<'_>, link: &Link) -> Result<()> {
    if tx.execute(sql::USE_LINK, params![link.id, ctx.at])? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// A new set-up link while there is no organisation; the one before it is void. `None` once there is one.
pub fn set_up_link(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<Option<Secret>> {
    if ctx.actor != Actor::Operator {
        return Err(Error::NotFound);
    }
    if organisation::exists(tx)? {
        return Ok(None);
    }
    tx.execute(sql::VOID_SET_UP_LINKS, params![ctx.at])?;
    let secret = Secret::new(ctx);
    tx.execute(
        sql::INSERT_LINK,
        params![
            ctx.id::<SignInLinkId>(),
            secret.hash,
            Kind::SetUp,
            None::<String>,
            None::<String>,
            None::<String>,
            None::<String>,
            None::<String>,
            ctx.at,
            ctx.at + SET_UP_DAYS * DAY
        ],
    )?;
    Ok(Some(secret))
}

/// What the first person says.
#[derive(Debug, Clone)]
pub struct SetUp {
    pub organisation: String,
    pub person: PersonForm,
    pub password_hash: String,
}

/// Founds the organisation with its first administrator, by the set-up link.
pub fn set_up(ctx: &Ctx, tx: &mut Tx<'_>, secret: &str, form: &SetUp) -> Result<PersonId> {
    let link = open(ctx, tx, Kind::SetUp, secret)?;
    if organisation::exists(tx)? {
        return Err(Error::NotFound);
    }
    spend(ctx, tx, &link)?;
    organisation::found(ctx, tx, &form.organisation, &form.person.zone)?;
    let person = people::create(
        ctx,
        tx,
        &PersonForm {
            role: Role::Administrator,
            state: PersonState::Active,
            ..form.person.clone()
        },
    )?;
    set_password(ctx, tx, person, &form.password_hash, None)?;
    Ok(person)
}

/// Whom an invitation is for. Everything but the role may be left open.
#[derive(Debug, Clone)]
pub struct InvitationForm {
    pub role: Role,
    pub team: Option<TeamId>,
    pub email: Option<String>,
}

/// An invitation that nobody has used yet.
#[derive(Debug, Clone)]
pub struct Invitation {
    pub id: SignInLinkId,
    pub email: Option<String>,
    pub role: Role,
    pub team: Option<String>,
    pub by: Option<Face>,
    pub created_at: i64,
    pub expires_at: i64,
}

/// Whether the actor may invite; the organisation says from which role on.
pub fn may_invite(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<bool> {
    Ok(ctx.has(organisation::get(tx)?.settings.inviters))
}

/// Makes an invitation. Nobody invites somebody into a role wider than their own.
pub fn invite(ctx: &Ctx, tx: &mut Tx<'_>, form: &InvitationForm) -> Result<Secret> {
    if !may_invite(ctx, tx)? {
        ctx.require(organisation::get(tx)?.settings.inviters)?;
    }
    if !ctx.has(form.role) {
        return Err(Error::invalid(
            "role",
            "You can invite people into your own role or a narrower one.",
        ));
    }
    let email = form
        .email
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    if let Some(email) = email {
        people::check_email(email)?;
    }
    if let Some(team) = form.team {
        people::teams::face(tx, team)
            .map_err(|_| Error::invalid("team", "There is no such team."))?;
    }
    let (id, secret): (SignInLinkId, _) = (ctx.id(), Secret::new(ctx));
    tx.execute(
        sql::INSERT_LINK,
        params![
            id,
            secret.hash,
            Kind::Invitation,
            None::<String>,
            email,
            form.role,
            form.team,
            ctx.person(),
            ctx.at,
            ctx.at + INVITATION_DAYS * DAY
        ],
    )?;
    event::record(
        ctx,
        tx,
        "invitation.made",
        &Thing::new("invitation", id),
        None,
        &json!({ "role": form.role }),
    )?;
    Ok(secret)
}

/// Invitations that wait: all of them for administrators, one's own for others.
pub fn invitations(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<Vec<Invitation>> {
    let whose = whose(ctx)?;
    Ok(tx.query(sql::INVITATIONS, params![ctx.at, whose], |row| {
        let by: Option<PersonId> = row.get(4)?;
        Ok(Invitation {
            id: row.get(0)?,
            email: row.get(1)?,
            role: row.get(2)?,
            team: row.get(3)?,
            by: match by {
                Some(id) => Some(Face {
                    id,
                    name: row.get(5)?,
                    handle: row.get(6)?,
                }),
                None => None,
            },
            created_at: row.get(7)?,
            expires_at: row.get(8)?,
        })
    })?)
}

pub fn revoke_invitation(ctx: &Ctx, tx: &mut Tx<'_>, id: SignInLinkId) -> Result<()> {
    let whose = whose(ctx)?;
    if tx.execute(sql::REVOKE_INVITATION, params![id, ctx.at, whose])? == 0 {
        return Err(Error::NotFound);
    }
    event::record(
        ctx,
        tx,
        "invitation.revoked",
        &Thing::new("invitation", id),
        None,
        &json!({}),
    )
}

fn whose(ctx: &Ctx) -> Result<String> {
    if ctx.has(Role::Administrator) {
        return Ok("*".to_owned());
    }
    Ok(ctx.require_person()?.to_string())
}

/// Makes the account of whoever was invited.
pub fn accept(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    secret: &str,
    form: &PersonForm,
    password_hash: &str,
) -> Result<PersonId> {
    let link = open(ctx, tx, Kind::Invitation, secret)?;
    spend(ctx, tx, &link)?;
    let person = people::create(
        ctx,
        tx,
        &PersonForm {
            role: link.role.unwrap_or(Role::Member),
            state: PersonState::Active,
            ..form.clone()
        },
    )?;
    set_password(ctx, tx, person, password_hash, None)?;
    tx.execute(sql::LINK_USED_BY, params![link.id, person])?;
    if let Some(team) = link.team {
        people::teams::add(ctx, tx, team, person)?;
    }
    Ok(person)
}

/// A link that signs one person in once, for somebody who lost their way in; earlier ones are void.
pub fn sign_in_link(ctx: &Ctx, tx: &mut Tx<'_>, person: PersonId) -> Result<Secret> {
    ctx.require(Role::Administrator)?;
    if people::get(tx, person)?.state != PersonState::Active {
        return Err(Error::conflict(
            "This person's account is not active, so nobody can sign in to it.",
        ));
    }
    tx.execute(sql::VOID_SIGN_IN_LINKS, params![person, ctx.at])?;
    let secret = Secret::new(ctx);
    tx.execute(
        sql::INSERT_LINK,
        params![
            ctx.id::<SignInLinkId>(),
            secret.hash,
            Kind::SignIn,
            person,
            None::<String>,
            None::<String>,
            None::<String>,
            ctx.person(),
            ctx.at,
            ctx.at + SIGN_IN_HOURS * super::HOUR
        ],
    )?;
    event::record(
        ctx,
        tx,
        "person.sign-in-link-made",
        &Thing::new("person", person),
        None,
        &json!({}),
    )?;
    Ok(secret)
}

/// Whom a sign-in link lets in, spending it.
pub fn follow(ctx: &Ctx, tx: &mut Tx<'_>, secret: &str) -> Result<PersonId> {
    let link = open(ctx, tx, Kind::SignIn, secret)?;
    spend(ctx, tx, &link)?;
    let person = link.person.ok_or(Error::NotFound)?;
    if people::get(tx, person)?.state != PersonState::Active {
        return Err(Error::NotFound);
    }
    Ok(person)
}
