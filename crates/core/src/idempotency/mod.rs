//! Answers to changes that a program may ask for twice: kept under the key it chose, in the transaction of the change
//! itself. So whatever a crash or a lost connection took, asking again with the same key either finds the answer or
//! makes the change; never both, never neither. What an answer looks like is the server's business.

use crate::ctx::Ctx;
use crate::error::Result;
use hardwon_db::{Tx, params};

pub mod sql;

/// How long an answer is kept.
pub const KEPT_MS: i64 = 86_400_000;

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Tells whether the same is asked again.
    pub request_hash: String,
    pub status: i64,
    /// JSON.
    pub headers: String,
    pub body: Vec<u8>,
}

/// The answer that this person got under this key within [`KEPT_MS`].
pub fn find(ctx: &Ctx, tx: &mut Tx<'_>, key: &str) -> Result<Option<Kept>> {
    let person = ctx.require_person()?;
    Ok(
        tx.query_opt(sql::FIND, params![person, key, ctx.at - KEPT_MS], |row| {
            Ok(Kept {
                request_hash: row.get(0)?,
                status: row.get(1)?,
                headers: row.get(2)?,
                body: row.get(3)?,
            })
        })?,
    )
}

/// Keeps the answer to the change that this transaction makes.
pub fn keep(ctx: &Ctx, tx: &mut Tx<'_>, key: &str, kept: &Kept) -> Result<()> {
    let person = ctx.require_person()?;
    tx.execute(
        sql::KEEP,
        params![
            person,
            key,
            kept.request_hash,
            kept.status,
            kept.headers,
            kept.body,
            ctx.at
        ],
    )?;
    Ok(())
}

/// Lets go of answers that are older than [`KEPT_MS`].
pub fn forget_old(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<u64> {
    Ok(tx.execute(sql::FORGET, params![ctx.at - KEPT_MS])?)
}
