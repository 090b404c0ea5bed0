//! Who has read a review as it stands. It tells an author whom to ask; it ranks nobody and counts nothing per person.

use super::sql;
use crate::access::{self, Need};
use crate::ctx::{Actor, Ctx};
use crate::error::Result;
use crate::id::{PersonId, ReviewId};
use crate::people::Face;
use hardwon_db::{Tx, params};

/// Notes that the actor has read the review as it stands. Reading is no event and ranks nobody.
pub fn mark_read(ctx: &Ctx, tx: &mut Tx<'_>, id: ReviewId) -> Result<()> {
    if ctx.actor == Actor::Operator {
        return Ok(());
    }
    let standing = access::review(ctx, tx, id, Need::TakePart)?;
    let person: PersonId = ctx.require_person()?;
    let row = params![id, person, standing.round, ctx.at];
    if tx.execute(sql::MARK_READ_AGAIN, row)? == 0 && tx.execute(sql::MARK_READ, row)? == 1 {
        tx.execute(sql::COUNT_READER, params![id])?;
    }
    Ok(())
}

/// Whether opening the page tells something new: the person has not read this round's text as it is.
pub fn is_news(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: ReviewId,
    round: i64,
    document_version: i64,
) -> Result<bool> {
    let Some(person) = ctx.person() else {
        return Ok(false);
    };
    let read = tx.query_opt(sql::READ_BY, params![id, person], |row| {
        Ok((row.get::<i64>(0)?, row.get::<i64>(1)?))
    })?;
    Ok(read != Some((round, document_version)))
}

/// How many of the people who were asked there are, and how many of them have read this round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    pub asked: i64,
    pub read: i64,
}

pub fn reach(tx: &mut Tx<'_>, id: ReviewId, round: i64) -> Result<Reach> {
    Ok(tx.query_one(sql::REACH, params![id, round], |row| {
        Ok(Reach {
            asked: row.get(0)?,
            read: row.get(1)?,
        })
    })?)
}

/// Everybody concerned with this round, by name: those who have read it, and those who were asked and have not.
#[derive(Debug, Clone, Default)]
pub struct Readers {
    pub read: Vec<Face>,
    pub asked: Vec<Face>,
}

/// At most 2,000 of each. The caller has asked [`access`].
pub fn readers(tx: &mut Tx<'_>, id: ReviewId, round: i64) -> Result<Readers> {
    let face = |row: &hardwon_db::Row<'_>| {
        Ok(Face {
            id: row.get(0)?,
            name: row.get(1)?,
            handle: row.get(2)?,
        })
    };
    Ok(Readers {
        read: tx.query(sql::READERS, params![id, round], face)?,
        asked: tx.query(sql::ASKED_NOT_READ, params![id, round], face)?,
    })
}
