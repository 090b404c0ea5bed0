//! Teams: people who are named together, as stakeholders of a review or as those who see a private one. "The working
//! group" is a team. Its members decide who belongs to it, since what is private to the team becomes theirs.

use super::{Face, filled, free_handle, key, sql};
use crate::ctx::{Ctx, Role};
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::{PersonId, TeamId};
use crate::page::{Conditions, Cursor, Listed, Page};
use garde::Validate;
use hardwon_db::{Row, Tx, params};
use serde_json::json;

/// A team as far as showing it needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamFace {
    pub id: TeamId,
    pub name: String,
    pub handle: String,
}

#[derive(Debug, Clone)]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    pub handle: String,
    pub purpose: String,
    pub version: i64,
    pub member_count: i64,
}

impl Team {
    fn from_row(row: &Row<'_>) -> Result<Self, hardwon_db::Error> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            handle: row.get(2)?,
            purpose: row.get(3)?,
            version: row.get(4)?,
            member_count: row.get(5)?,
        })
    }
}

#[derive(Debug, Clone, Validate)]
pub struct TeamForm {
    #[garde(custom(filled), length(chars, max = 100))]
    pub name: String,
    #[garde(length(chars, max = 2000))]
    pub purpose: String,
}

pub fn face(tx: &mut Tx<'_>, id: TeamId) -> Result<TeamFace> {
    tx.query_opt(sql::TEAM_FACE, params![id], team_face)?
        .ok_or(Error::NotFound)
}

fn team_face(row: &Row<'_>) -> Result<TeamFace, hardwon_db::Error> {
    Ok(TeamFace {
        id: row.get(0)?,
        name: row.get(1)?,
        handle: row.get(2)?,
    })
}

pub fn get(tx: &mut Tx<'_>, id: TeamId) -> Result<Team> {
    tx.query_opt(sql::TEAM_BY_ID, params![id], Team::from_row)?
        .ok_or(Error::NotFound)
}

pub fn by_handle(tx: &mut Tx<'_>, handle: &str) -> Result<Team> {
    tx.query_opt(sql::TEAM_BY_HANDLE, params![handle], Team::from_row)?
        .ok_or(Error::NotFound)
}

/// The teams somebody belongs to, by name.
pub fn of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<TeamFace>> {
    Ok(tx.query(sql::TEAMS_OF, params![person], team_face)?)
}

/// A team's members by name, at most 500.
pub fn members(tx: &mut Tx<'_>, id: TeamId) -> Result<Vec<Face>> {
    Ok(tx.query(sql::MEMBERS, params![id], |row| {
        Ok(Face {
            id: row.get(0)?,
            name: row.get(1)?,
            handle: row.get(2)?,
        })
    })?)
}

/// Teams by name, those that hold the words of `search`.
pub fn list(ctx: &Ctx, tx: &mut Tx<'_>, search: &str, page: &Page) -> Result<Listed<Team>> {
    if ctx.actor == crate::Actor::Anonymous {
        return Err(Error::SignInNeeded);
    }
    let mut conditions = Conditions::default();
    for word in key(search).split_whitespace() {
        let pattern = crate::page::holding(word);
        conditions.and("t.name_key like $$ escape '\\'", &[&pattern]);
    }
    if let Some(after) = &page.after {
        let name: Option<String> =
            tx.query_opt(sql::TEAM_NAME_KEY, params![after.id], |row| row.get(0))?;
        let name = name.unwrap_or_default();
        conditions.and("(t.name_key, t.id) > ($$, $$)", &[&name, &after.id]);
    }
    let limit = conditions.bind(&page.fetch());
    let text = format!(
        "{} {} order by t.name_key, t.id limit {limit}",
        sql::TEAM_COLUMNS,
        conditions.text()
    );
    let found = tx.query(&text, &conditions.params(), Team::from_row)?;
    Ok(page.cut(found, |team| Cursor::new(0, team.id)))
}

/// Forms a team; a person who does so belongs to it.
pub fn create(ctx: &Ctx, tx: &mut Tx<'_>, form: &TeamForm) -> Result<TeamId> {
    if ctx.actor == crate::Actor::Anonymous {
        return Err(Error::SignInNeeded);
    }
    form.validate()?;
    let name = form.name.trim();
    require_free_name(tx, name, None)?;
    let id: TeamId = ctx.id();
    let handle = free_handle(tx, name)?;
    tx.execute(
        sql::INSERT_TEAM,
        params![id, name, key(name), handle, form.purpose.trim(), ctx.at],
    )?;
    event::record(
        ctx,
        tx,
        "team.created",
        &Thing::new("team", id),
        None,
        &json!({ "name": name }),
    )?;
    if let Some(person) = ctx.person() {
        tx.execute(sql::ADD_MEMBER, params![id, person, ctx.at])?;
    }
    Ok(id)
}

fn require_free_name(tx: &mut Tx<'_>, name: &str, own: Option<TeamId>) -> Result<()> {
    let holder: Option<TeamId> =
        tx.query_opt(sql::TEAM_HOLDER, params![key(name)], |row| row.get(0))?;
    if holder.is_some() && holder != own {
        return Err(Error::invalid("name", "There is a team of this name."));
    }
    Ok(())
}

/// Whether the actor may change the team: its members and administrators.
pub fn may_change(ctx: &Ctx, tx: &mut Tx<'_>, id: TeamId) -> Result<bool> {
    if ctx.has(Role::Administrator) {
        return Ok(true);
    }
    let Some(person) = ctx.person() else {
        return Ok(false);
    };
    Ok(tx
        .query_opt(sql::IS_MEMBER, params![id, person], |row| row.get::<i64>(0))?
        .is_some())
}

fn require_change(ctx: &Ctx, tx: &mut Tx<'_>, id: TeamId) -> Result<Team> {
    let team = get(tx, id)?;
    if may_change(ctx, tx, id)? {
        return Ok(team);
    }
    Err(Error::denied(
        "Only a team's members and administrators may change it.",
    ))
}

/// Changes name and purpose, from version `version` on. The handle stays, so that mentions keep their meaning.
pub fn change(ctx: &Ctx, tx: &mut Tx<'_>, id: TeamId, form: &TeamForm, version: i64) -> Result<()> {
    let before = require_change(ctx, tx, id)?;
    form.validate()?;
    if before.version != version {
        return Err(Error::conflict(
            "This team was changed by somebody else in the meantime. Your version is below; save again to keep it.",
        ));
    }
    let name = form.name.trim();
    require_free_name(tx, name, Some(id))?;
    tx.execute(
        sql::CHANGE_TEAM,
        params![id, name, key(name), form.purpose.trim()],
    )?;
    event::record(
        ctx,
        tx,
        "team.changed",
        &Thing::new("team", id),
        None,
        &json!({ "name": name, "was": before.name }),
    )
}

/// Puts a person into a team, by the operator's or an invitation's word or by a member's.
pub fn add(ctx: &Ctx, tx: &mut Tx<'_>, id: TeamId, person: PersonId) -> Result<()> {
    let team = require_change(ctx, tx, id)?;
    let face = super::face(tx, person)?;
    if tx.execute(sql::ADD_MEMBER, params![id, person, ctx.at])? == 0 {
        return Ok(());
    }
    event::record(
        ctx,
        tx,
        "team.joined",
        &Thing::new("team", id),
        None,
        &json!({ "name": team.name, "person": person, "person_name": face.name }),
    )
}

/// Takes a person out of a team; everybody may leave.
pub fn remove(ctx: &Ctx, tx: &mut Tx<'_>, id: TeamId, person: PersonId) -> Result<()> {
    let team = if ctx.person() == Some(person) {
        get(tx, id)?
    } else {
        require_change(ctx, tx, id)?
    };
    let face = super::face(tx, person)?;
    if tx.execute(sql::REMOVE_MEMBER, params![id, person])? == 0 {
        return Err(Error::NotFound);
    }
    event::record(
        ctx,
        tx,
        "team.left",
        &Thing::new("team", id),
        None,
        &json!({ "name": team.name, "person": person, "person_name": face.name }),
    )
}
