//! The organisation itself: its name, its zone, and the settings that change what its meetings are called.

use crate::ctx::Ctx;
use crate::error::Result;
use hardwon_db::{Tx, params};

pub mod sql;

/// Whether the organisation has been founded, so that set-up is over.
pub fn exists(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx
        .query_opt(sql::EXISTS, params![], |row| row.get::<i64>(0))?
        .is_some())
}

/// Founds the organisation; there is one to a database.
pub fn found(ctx: &Ctx, tx: &mut Tx<'_>, name: &str, zone: &str) -> Result<()> {
    tx.execute(sql::INSERT, params![name.trim(), zone, "{}", ctx.at])?;
    Ok(())
}
