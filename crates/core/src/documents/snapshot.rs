//! Snapshots: the state that a document's log adds up to at a number, kept beside the log, so that what is loaded is as
//! long as the document and not as its history. The server makes them; here they are bytes.

use super::typing::Log;
use super::{sql, typing};
use crate::ctx::{Actor, Ctx};
use crate::error::{Error, Result};
use crate::id::DocumentId;
use hardwon_db::{Tx, params};

/// A form that was begun from an older text is merged by what the log says of it, for so long at least.
const KEPT_MS: i64 = 86_400_000;
/// Rows deleted in one transaction, so that others can write in between.
const BATCH: i64 = 5_000;

/// The whole document: the snapshot, if there is one, and the updates after it.
pub fn whole(tx: &mut Tx<'_>, id: DocumentId) -> Result<Log> {
    let Some((seq, content)) = newest(tx, id)? else {
        return typing::rows(tx, id, 0, i64::MAX);
    };
    let mut log = typing::rows(tx, id, seq, i64::MAX)?;
    log.updates.insert(0, content);
    Ok(log)
}

/// The document as it was at a number; nothing when the rows that say so are gone.
pub fn until(tx: &mut Tx<'_>, id: DocumentId, version: i64) -> Result<Option<Log>> {
    if let Some((seq, content)) = newest(tx, id)?
        && seq <= version
    {
        let mut log = typing::rows(tx, id, seq, version)?;
        log.updates.insert(0, content);
        return Ok(Some(log));
    }
    let log = typing::rows(tx, id, 0, version)?;
    let complete = i64::try_from(log.updates.len()).is_ok_and(|rows| rows == version);
    Ok(complete.then_some(log))
}

fn newest(tx: &mut Tx<'_>, id: DocumentId) -> Result<Option<(i64, Vec<u8>)>> {
    Ok(tx.query_opt(sql::SNAPSHOT, params![id], |row| {
        Ok::<_, hardwon_db::Error>((row.get(0)?, row.get(1)?))
    })?)
}

/// Keeps the state that the log adds up to at `seq`, unless a newer one is kept.
pub fn keep(ctx: &Ctx, tx: &mut Tx<'_>, id: DocumentId, seq: i64, content: &[u8]) -> Result<()> {
    tx.execute(sql::KEEP_SNAPSHOT, params![id, seq, content, ctx.at])?;
    Ok(())
}

/// Forgets rows of logs that a snapshot covers and no form that is open needs any more. True when more may be due: call it
/// again.
pub fn trim(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<bool> {
    if ctx.actor != Actor::Operator {
        return Err(Error::denied("Only the program itself forgets."));
    }
    let gone = tx.execute(sql::TRIM, params![ctx.at - KEPT_MS, BATCH])?;
    Ok(i64::try_from(gone).is_ok_and(|gone| gone == BATCH))
}
