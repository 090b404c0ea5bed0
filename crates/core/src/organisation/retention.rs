//! What is forgotten, and when: addresses that changes came from, sessions nobody uses, answers kept for repeated
//! requests, links long past their end. Nothing that anybody wrote is ever forgotten by age.

use super::{Settings, get, sql};
use crate::ctx::{Actor, Ctx};
use crate::error::{Error, Result};
use crate::event;
use hardwon_db::{Tx, params};

const DAY: i64 = 86_400_000;
/// Events looked through in one transaction, so that others can write in between.
const BATCH: i64 = 1_000;
/// The name under which the event log remembers how far addresses have been forgotten.
const READER: &str = "retention";

/// The numbers that a change of settings would change.
pub(super) fn days(settings: &Settings) -> [i64; 3] {
    [
        settings.address_days,
        settings.session_days,
        settings.idempotency_days,
    ]
}

/// Forgets what is due. True when there is more than one batch held: call it again.
pub fn forget(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<bool> {
    if ctx.actor != Actor::Operator {
        return Err(Error::denied("Only the program itself forgets."));
    }
    let settings = get(tx)?.settings;
    let before = |days: i64| ctx.at - days * DAY;
    tx.execute(
        sql::FORGET_SESSIONS,
        params![ctx.at, before(settings.session_days)],
    )?;
    tx.execute(
        sql::FORGET_IDEMPOTENCY,
        params![before(settings.idempotency_days)],
    )?;
    tx.execute(sql::FORGET_LINKS, params![before(settings.address_days)])?;
    let from = event::cursor(tx, READER)?;
    let old = tx.query(
        sql::OLD_ADDRESSES,
        params![from, before(settings.address_days), BATCH],
        |row| row.get::<i64>(0),
    )?;
    let Some(&last) = old.last() else {
        return Ok(false);
    };
    tx.execute(sql::FORGET_ADDRESSES, params![from, last])?;
    event::advance(ctx, tx, READER, from, last)?;
    Ok(i64::try_from(old.len()).is_ok_and(|found| found == BATCH))
}
