//! API tokens: for programs that act as a person, with a scope and an end. The token is shown once.

use super::{DAY, Secret, Visitor, hash, sql, visitor_from};
use crate::ctx::{Ctx, Role};
use crate::error::{Error, Fields, Result};
use crate::event::{self, Thing};
use crate::id::{PersonId, TokenId};
use crate::people::Face;
use crate::words;
use hardwon_db::{Tx, params};
use serde_json::json;

words! {
    /// What a token may do, each beyond the one before. `calendar` reads the owner's meetings as a feed and nothing else.
    Scope { Calendar = "calendar", Read = "read", Write = "write", Admin = "admin" }
}

/// The longest that a token may last.
pub const MAX_DAYS: u32 = 3_650;

/// A token as a list shows it.
#[derive(Debug, Clone)]
pub struct Token {
    pub id: TokenId,
    pub owner: Face,
    pub name: String,
    pub scope: Scope,
    pub created_at: i64,
    pub expires_at: i64,
    pub used_at: Option<i64>,
}

/// Makes a token for `person`: themselves, or anybody when the operator asks.
pub fn create(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    person: PersonId,
    name: &str,
    scope: Scope,
    days: u32,
) -> Result<(TokenId, Secret)> {
    if ctx.person() != Some(person) && ctx.actor != crate::Actor::Operator {
        return Err(Error::denied("A token is made by the person it acts for."));
    }
    let mut fields = Fields::default();
    let name = name.trim();
    if name.is_empty() {
        fields.add(
            "name",
            "Say what the token is for, such as “nightly export”.",
        );
    } else if name.chars().count() > 100 {
        fields.add("name", "Use at most 100 characters.");
    }
    if !(1..=MAX_DAYS).contains(&days) {
        fields.add("days", "A token lasts between 1 day and 10 years.");
    }
    if scope == Scope::Admin && !ctx.has(Role::Administrator) {
        fields.add(
            "scope",
            "Only administrators have administration to delegate.",
        );
    }
    fields.check()?;
    let (id, secret): (TokenId, _) = (ctx.id(), Secret::new(ctx));
    let ends = ctx.at + i64::from(days) * DAY;
    tx.execute(
        sql::INSERT_TOKEN,
        params![id, secret.hash, person, name, scope, ctx.at, ends],
    )?;
    event::record(
        ctx,
        tx,
        "token.created",
        &Thing::new("token", id),
        None,
        &json!({ "name": name, "scope": scope, "person": person }),
    )?;
    Ok((id, secret))
}

/// A person's tokens, newest first; calendar addresses are no tokens to them.
pub fn of(ctx: &Ctx, tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Token>> {
    super::require_own(ctx, person)?;
    Ok(tx.query(sql::TOKENS_OF, params![person], token)?)
}

/// Everybody's tokens, newest first, for the operator.
pub fn all(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<Vec<Token>> {
    ctx.require(Role::Administrator)?;
    Ok(tx.query(sql::TOKENS, params![], token)?)
}

fn token(row: &hardwon_db::Row<'_>) -> Result<Token, hardwon_db::Error> {
    Ok(Token {
        id: row.get(0)?,
        owner: Face {
            id: row.get(1)?,
            name: row.get(2)?,
            handle: row.get(3)?,
        },
        name: row.get(4)?,
        scope: row.get(5)?,
        created_at: row.get(6)?,
        expires_at: row.get(7)?,
        used_at: row.get(8)?,
    })
}

/// Ends a token at once: one's own, or any as an administrator.
pub fn revoke(ctx: &Ctx, tx: &mut Tx<'_>, id: TokenId) -> Result<()> {
    let (owner, name) = tx
        .query_opt(sql::TOKEN_OWNER, params![id], |row| {
            Ok((row.get::<PersonId>(0)?, row.get::<String>(1)?))
        })?
        .ok_or(Error::NotFound)?;
    if ctx.person() != Some(owner) && !ctx.has(Role::Administrator) {
        return Err(Error::NotFound);
    }
    if tx.execute(sql::REVOKE_TOKEN, params![id, ctx.at])? == 0 {
        return Ok(());
    }
    event::record(
        ctx,
        tx,
        "token.revoked",
        &Thing::new("token", id),
        None,
        &json!({ "name": name, "person": owner }),
    )
}

/// Since when the actor has a lasting token of this scope, and when it was last used.
pub fn newest_of(ctx: &Ctx, tx: &mut Tx<'_>, scope: Scope) -> Result<Option<(i64, Option<i64>)>> {
    let person = ctx.require_person()?;
    Ok(tx.query_opt(
        sql::NEWEST_OF_SCOPE,
        params![person, scope, ctx.at],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?)
}

/// Ends every token of the actor with this scope; a new calendar address makes the old one useless.
pub fn revoke_scope(ctx: &Ctx, tx: &mut Tx<'_>, scope: Scope) -> Result<()> {
    let person = ctx.require_person()?;
    let lasting = tx.query(
        sql::LASTING_OF_SCOPE,
        params![person, scope, ctx.at],
        |row| row.get::<TokenId>(0),
    )?;
    for id in lasting {
        revoke(ctx, tx, id)?;
    }
    Ok(())
}

/// The person a token acts for, if it lasts and its scope is (at least) this one; a calendar's secret opens calendars
/// and nothing else, and nothing else opens a calendar.
pub fn token_person(
    tx: &mut Tx<'_>,
    secret: &str,
    scope: Scope,
    now: i64,
) -> Result<Option<Visitor>> {
    let found = tx.query_opt(sql::TOKEN_VISITOR, params![hash(secret), now], |row| {
        let proof = super::Proof::Token {
            id: row.get(1)?,
            name: row.get(12)?,
            scope: row.get(13)?,
        };
        visitor_from(row, proof)
    })?;
    Ok(found.and_then(|mut visitor| {
        let super::Proof::Token { scope: own, .. } = visitor.proof else {
            return None;
        };
        let opens = if scope == Scope::Calendar || own == Scope::Calendar {
            own == scope
        } else {
            own >= scope
        };
        if own != Scope::Admin {
            visitor.role = visitor.role.min(Role::Facilitator);
        }
        opens.then_some(visitor)
    }))
}
