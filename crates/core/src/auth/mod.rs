//! How somebody proves to be a person: sessions, sign-in links, passwords, API tokens. Secrets are 256 random bits; the
//! database holds their SHA-256 and never the secret itself.

use crate::ctx::{Ctx, Role};
use crate::error::Result;
use crate::id::{PersonId, SessionId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hardwon_db::{Tx, params};
use sha2::{Digest as _, Sha256};

pub mod sql;

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

/// Somebody who is signed in, as every page needs to know them.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub person: PersonId,
    pub session: SessionId,
    pub name: String,
    pub handle: String,
    pub role: Role,
    pub zone: String,
    pub locale: String,
    pub unread: i64,
    pub organisation: String,
    pub organisation_zone: String,
    /// When the session was last noted as used; noted again once an hour.
    pub seen_at: i64,
}

/// Who a session's secret belongs to, while the session and the person's account last.
pub fn visitor(tx: &mut Tx<'_>, secret_hash: &str, now: i64) -> Result<Option<Visitor>> {
    Ok(
        tx.query_opt(sql::VISITOR, params![secret_hash, now], |row| {
            Ok(Visitor {
                person: row.get(0)?,
                session: row.get(1)?,
                name: row.get(2)?,
                handle: row.get(3)?,
                role: row.get(4)?,
                zone: row.get(5)?,
                locale: row.get(6)?,
                unread: row.get(7)?,
                organisation: row.get(8)?,
                organisation_zone: row.get(9)?,
                seen_at: row.get(10)?,
            })
        })?,
    )
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
    let ends = ctx.at + i64::from(days) * 86_400_000;
    let id: SessionId = ctx.id();
    tx.execute(
        sql::INSERT_SESSION,
        params![id, secret.hash, person, ctx.at, ends, address, agent],
    )?;
    Ok(secret)
}
