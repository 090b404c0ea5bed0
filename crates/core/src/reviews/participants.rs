//! Who takes part in a review, in which role: people and teams. On a private review a role brings access with it.

use super::{ReviewRole, Visibility, sql};
use crate::access::{self, Need, Standing};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::ReviewId;
use crate::people::{self, Face};
use crate::words;
use hardwon_db::{Row, Tx, params};
use serde_json::{Value, json};

words! {
    PrincipalKind { Person = "person", Team = "team" }
}

/// A person or a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    pub kind: PrincipalKind,
    pub id: String,
    pub name: String,
    pub handle: String,
}

impl Principal {
    pub(super) fn from_row(row: &Row<'_>) -> Result<Self, hardwon_db::Error> {
        Ok(Self {
            kind: row.get(0)?,
            id: row.get(1)?,
            name: row.get(2)?,
            handle: row.get(3)?,
        })
    }

    /// What an event says of somebody who was named.
    pub(super) fn data(&self, review: &Standing) -> Value {
        json!({
            "title": review.title, "number": review.number, "principal": self.id,
            "principal_kind": self.kind, "name": self.name,
        })
    }
}

#[derive(Debug, Clone)]
pub struct Participant {
    pub principal: Principal,
    pub role: ReviewRole,
}

/// Everybody who takes part, by name, at most 1,000. The caller has asked [`access`].
pub fn participants(tx: &mut Tx<'_>, review: ReviewId) -> Result<Vec<Participant>> {
    Ok(tx.query(sql::PARTICIPANTS, params![review], |row| {
        Ok(Participant {
            principal: Principal::from_row(row)?,
            role: row.get(4)?,
        })
    })?)
}

/// The people and teams that an input can offer by name, at most 500.
pub fn principals(tx: &mut Tx<'_>) -> Result<Vec<Principal>> {
    Ok(tx.query(sql::PRINCIPALS, params![], Principal::from_row)?)
}

/// The person or team that a handle (`@ada-novak`), a name, or what a list of names offered (`Ada Novak (@ada-novak)`)
/// stands for.
pub fn find_principal(tx: &mut Tx<'_>, text: &str) -> Result<Principal> {
    let text = text.trim();
    let handle = text
        .rsplit_once("(@")
        .map_or(text, |(_, rest)| rest.trim_end_matches(')'))
        .trim_start_matches('@')
        .to_lowercase();
    let mut found = tx.query(
        sql::PRINCIPAL_BY_HANDLE,
        params![handle],
        Principal::from_row,
    )?;
    if found.is_empty() {
        found = tx.query(
            sql::PRINCIPAL_BY_NAME,
            params![people::key(text)],
            Principal::from_row,
        )?;
    }
    match found.len() {
        _ if text.is_empty() => Err(Error::invalid("who", "Please name somebody.")),
        0 => Err(Error::invalid(
            "who",
            format!("Nobody here is called “{text}”. Names and handles of people and teams work."),
        )),
        1 => Ok(found.remove(0)),
        _ => Err(Error::invalid(
            "who",
            format!(
                "Several are called “{text}”: {}. Please use a handle.",
                found
                    .iter()
                    .map(|one| format!("@{}", one.handle))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        )),
    }
}

/// Takes part oneself: anybody who sees a review may follow it or become a stakeholder.
pub fn join(ctx: &Ctx, tx: &mut Tx<'_>, id: ReviewId, role: ReviewRole) -> Result<()> {
    let review = access::review(ctx, tx, id, Need::TakePart)?;
    let own = matches!(role, ReviewRole::Follower | ReviewRole::Stakeholder);
    if !own && !review.can_edit() {
        return Err(Error::denied(
            "Whoever presents or facilitates a review names its presenters, facilitator and note-taker.",
        ));
    }
    let me = people::face(tx, ctx.require_person()?)?;
    insert(ctx, tx, &review, &person(&me), role)?;
    Ok(())
}

/// Gives somebody a role. On a private review they can see it from now on.
pub fn add(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: ReviewId,
    principal: &Principal,
    role: ReviewRole,
) -> Result<()> {
    let review = access::review(ctx, tx, id, Need::Edit)?;
    if role == ReviewRole::Author && principal.kind == PrincipalKind::Team {
        return Err(Error::invalid("role", "An author is a person."));
    }
    if !insert(ctx, tx, &review, principal, role)? {
        return Ok(());
    }
    if review.visibility == Visibility::Private {
        tx.execute(sql::GRANT, params![id, principal.kind, principal.id])?;
    }
    let mut data = principal.data(&review);
    data["role"] = json!(role);
    event::record(
        ctx,
        tx,
        "review.person-added",
        &Thing::new("review", id),
        Some(id),
        &data,
    )
}

fn insert(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: &Standing,
    principal: &Principal,
    role: ReviewRole,
) -> Result<bool> {
    let row = params![
        review.id,
        principal.kind,
        principal.id,
        role,
        ctx.person(),
        ctx.at
    ];
    Ok(tx.execute(sql::ADD_PERSON, row)? == 1)
}

/// Takes a role away; one's own may be laid down by anybody. Whoever opened a review stays its author, and nobody loses
/// access by it: that is a decision of its own.
pub fn remove(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: ReviewId,
    principal: &str,
    role: ReviewRole,
) -> Result<()> {
    let review = access::review(ctx, tx, id, Need::TakePart)?;
    let own = ctx.person().is_some_and(|me| me.to_string() == principal);
    if !own {
        review.require(Need::Edit)?;
    }
    if role == ReviewRole::Author && principal == review.author.to_string() {
        return Err(Error::conflict("Whoever opened a review stays its author."));
    }
    let gone = participants(tx, id)?
        .into_iter()
        .find(|one| one.principal.id == principal && one.role == role);
    let Some(gone) = gone else { return Ok(()) };
    tx.execute(sql::REMOVE_PERSON, params![id, principal, role])?;
    if own && matches!(role, ReviewRole::Follower | ReviewRole::Stakeholder) {
        return Ok(());
    }
    let mut data = gone.principal.data(&review);
    data["role"] = json!(role);
    event::record(
        ctx,
        tx,
        "review.person-removed",
        &Thing::new("review", id),
        Some(id),
        &data,
    )
}

fn person(face: &Face) -> Principal {
    Principal {
        kind: PrincipalKind::Person,
        id: face.id.to_string(),
        name: face.name.clone(),
        handle: face.handle.clone(),
    }
}
