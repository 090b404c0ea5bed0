//! Answers to changes that a program may ask for twice: kept under the key it chose, in the transaction of the change
//! itself. So whatever a crash or a lost connection took, asking again with the same key either finds the answer or
//! makes the change; never both, never neither. What an answer looks like is the server's business.

use crate::ctx::Ctx;
use crate::error::Result;
use hardwon_db::{Tx, params};

pub mod sql;

const DAY: i64 = 86_400_000;

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

/// The answer that this person got under this key within so many days; the organisation's settings say how many.
pub fn find(ctx: &Ctx, tx: &mut Tx<'_>, key: &str, days: i64) -> Result<Option<Kept>> {
    let person = ctx.require_person()?;
    Ok(tx.query_opt(
        sql::FIND,
        params![person, key, ctx.at - days * DAY],
        |row| {
            Ok(Kept {
                request_hash: row.get(0)?,
                status: row.get(1)?,
                headers: row.get(2)?,
                body: row.get(3)?,
            })
        },
    )?)
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
