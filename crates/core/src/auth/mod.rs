//! How somebody proves to be a person: sessions here, and beside it passwords, one-time links and API tokens. Secrets
//! are 256 random bits; the database holds their SHA-256 and never the secret itself.
//!
//! What a person may do once they are known is not decided here but by `access`.

use crate::ctx::{Ctx, Role};
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::{PersonId, SessionId, TokenId};
use crate::organisation::Settings;
use crate::people;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hardwon_db::{Row, Tx, params};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

pub mod links;
pub mod password;
pub mod sql;
pub mod tokens;

pub use tokens::{Scope, token_person};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// A fresh secret and the hash under which it is kept.
#[derive(Clone)]
pub struct Secret {
    /// Shown once, to the one it is for.
    pub text: String,
    pub hash: String,
}

impl Secret {
    pub fn new(ctx: &Ctx) -> Self {
        let text = URL_SAFE_NO_PAD.encode(ctx.world.secret());
        Self {
            hash: hash(&text),
            text,
        }
    }
}

/// The form in which a secret is kept and looked up.
pub fn hash(secret: &str) -> String {
    Sha256::digest(secret.as_bytes())
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            use std::fmt::Write as _;
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// What a request brought along to prove who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    Session(SessionId),
    Token {
        id: TokenId,
        name: String,
        scope: Scope,
    },
}

/// Somebody who is signed in, as every page needs to know them.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub person: PersonId,
    pub proof: Proof,
    pub name: String,
    pub handle: String,
    /// What they may do in this request; a token without the scope for it never acts as an administrator.
    pub role: Role,
    pub zone: String,
    pub locale: String,
    /// Counted to 100 at most: it is asked for with every request.
    pub unread: i64,
    pub organisation: String,
    pub organisation_zone: String,
    pub settings: Arc<Settings>,
    /// When the session or token was last noted as used; noted again once an hour.
    pub seen_at: i64,
}

impl Visitor {
    /// Whether this use is worth noting: the last one noted is an hour old.
    pub fn is_due(&self, now: i64) -> bool {
        now - self.seen_at >= HOUR
    }

    /// The session; whoever comes with a token has none.
    pub fn session(&self) -> Option<SessionId> {
        match self.proof {
            Proof::Session(id) => Some(id),
            Proof::Token { .. } => None,
        }
    }

    /// Accounts, sessions and tokens are changed by a person at the keyboard, or with a token made for administration:
    /// otherwise a token could outlive its own end by making another.
    pub fn require_account(&self) -> Result<()> {
        match &self.proof {
            Proof::Session(_)
            | Proof::Token {
                scope: Scope::Admin,
                ..
            } => Ok(()),
            Proof::Token { .. } => Err(Error::denied(
                "This needs a session, or a token with the scope admin.",
            )),
        }
    }
}

/// Who a session's secret belongs to, while the session and the person's account last.
pub fn visitor(tx: &mut Tx<'_>, secret_hash: &str, now: i64) -> Result<Option<Visitor>> {
    Ok(
        tx.query_opt(sql::VISITOR, params![secret_hash, now], |row| {
            visitor_from(row, Proof::Session(row.get(1)?))
        })?,
    )
}

fn visitor_from(row: &Row<'_>, proof: Proof) -> Result<Visitor, hardwon_db::Error> {
    Ok(Visitor {
        person: row.get(0)?,
        proof,
        name: row.get(2)?,
        handle: row.get(3)?,
        role: row.get(4)?,
        zone: row.get(5)?,
        locale: row.get(6)?,
        unread: row.get(7)?,
        organisation: row.get(8)?,
        organisation_zone: row.get(9)?,
        settings: Arc::new(Settings::read(&row.get::<String>(10)?)?),
        seen_at: row.get(11)?,
    })
}

/// Notes that a session or token is in use. A session's end moves along with its use.
pub fn note_use(ctx: &Ctx, tx: &mut Tx<'_>, proof: &Proof, days: u32) -> Result<()> {
    match proof {
        Proof::Session(id) => {
            let ends = ctx.at + i64::from(days) * DAY;
            tx.execute(sql::TOUCH_SESSION, params![id, ctx.at, ends])?;
        }
        Proof::Token { id, .. } => {
            tx.execute(sql::TOUCH_TOKEN, params![id, ctx.at])?;
        }
    }
    Ok(())
}

/// Begins a session for a person and gives the cookie's secret.
pub fn begin_session(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    person: PersonId,
    days: u32,
    address: &str,
    agent: &str,
) -> Result<Secret> {
    let secret = Secret::new(ctx);
    let ends = ctx.at + i64::from(days) * DAY;
    let id: SessionId = ctx.id();
    let agent: String = agent.chars().take(300).collect();
    tx.execute(
        sql::INSERT_SESSION,
        params![id, secret.hash, person, ctx.at, ends, address, agent],
    )?;
    event::record(
        ctx,
        tx,
        "session.begun",
        &Thing::new("person", person),
        None,
        &json!({}),
    )?;
    Ok(secret)
}

/// A session as its owner sees it.
#[derive(Debug, Clone)]
pub struct Session {
    pub id: SessionId,
    pub created_at: i64,
    pub seen_at: i64,
    pub expires_at: i64,
    pub address: String,
    pub agent: String,
}

/// The sessions of a person that last, newest first, at most 200.
pub fn sessions(ctx: &Ctx, tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Session>> {
    require_own(ctx, person)?;
    Ok(tx.query(sql::SESSIONS, params![person, ctx.at], |row| {
        Ok(Session {
            id: row.get(0)?,
            created_at: row.get(1)?,
            seen_at: row.get(2)?,
            expires_at: row.get(3)?,
            address: row.get(4)?,
            agent: row.get(5)?,
        })
    })?)
}

/// Ends one of the actor's own sessions.
pub fn end_session(ctx: &Ctx, tx: &mut Tx<'_>, id: SessionId) -> Result<()> {
    let person = ctx.require_person()?;
    if tx.execute(sql::END_SESSION, params![id, person])? == 0 {
        return Err(Error::NotFound);
    }
    event::record(
        ctx,
        tx,
        "session.ended",
        &Thing::new("person", person),
        None,
        &json!({}),
    )
}

/// Ends the session with this secret, whosever it is: its browser begins another.
pub fn forget(tx: &mut Tx<'_>, secret_hash: &str) -> Result<()> {
    tx.execute(sql::FORGET_SESSION, params![secret_hash])?;
    Ok(())
}

/// Ends all of a person's sessions but the one named. Gives how many ended.
pub fn end_sessions(tx: &mut Tx<'_>, person: PersonId, keep: Option<SessionId>) -> Result<u64> {
    let keep = keep.map(|id| id.to_string()).unwrap_or_default();
    Ok(tx.execute(sql::END_SESSIONS, params![person, keep])?)
}

/// An account as far as checking its password needs it.
#[derive(Debug, Clone)]
pub struct Account {
    pub person: PersonId,
    pub password_hash: Option<String>,
}

/// The account that signs in with this address, if there is one. For the sign-in alone: nothing in its answer may
/// tell a stranger whether there is one.
pub fn account(tx: &mut Tx<'_>, email: &str) -> Result<Option<Account>> {
    Ok(
        tx.query_opt(sql::ACCOUNT, params![people::key(email)], |row| {
            Ok(Account {
                person: row.get(0)?,
                password_hash: row.get(1)?,
            })
        })?,
    )
}

/// Ends the actor's sessions but the one named.
pub fn end_other_sessions(ctx: &Ctx, tx: &mut Tx<'_>, keep: Option<SessionId>) -> Result<()> {
    let person = ctx.require_person()?;
    if end_sessions(tx, person, keep)? == 0 {
        return Ok(());
    }
    let thing = Thing::new("person", person);
    event::record(ctx, tx, "session.ended", &thing, None, &json!({}))
}

/// The hash of the actor's own password, to check the present one before it is changed.
pub fn own_password(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<Option<String>> {
    let person = ctx.require_person()?;
    Ok(tx.query_one(sql::PASSWORD, params![person], |row| row.get(0))?)
}

/// Sets a person's password and ends every other session of theirs.
pub fn set_password(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    person: PersonId,
    password_hash: &str,
    keep: Option<SessionId>,
) -> Result<()> {
    if tx.execute(sql::SET_PASSWORD, params![person, password_hash])? == 0 {
        return Err(Error::NotFound);
    }
    end_sessions(tx, person, keep)?;
    event::record(
        ctx,
        tx,
        "person.password-changed",
        &Thing::new("person", person),
        None,
        &json!({}),
    )
}

fn require_own(ctx: &Ctx, person: PersonId) -> Result<()> {
    if ctx.person() == Some(person) {
        return Ok(());
    }
    ctx.require(Role::Administrator)
}
