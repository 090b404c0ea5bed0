//! What stands beside a review's document: the threads at its headings, blocking concerns, stances. Read in one go for
//! the page; what they are and how they change belongs to the discussion.

use super::sql;
use crate::error::Result;
use crate::id::ReviewId;
use hardwon_db::{Tx, params};
use std::collections::BTreeMap;

/// How many open threads stand at each heading, by its slug.
pub fn threads_by_heading(tx: &mut Tx<'_>, review: ReviewId) -> Result<BTreeMap<String, i64>> {
    Ok(tx
        .query(sql::THREADS_BY_HEADING, params![review], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .into_iter()
        .collect())
}

/// A named concern that stands in the way until it is resolved.
#[derive(Debug, Clone)]
pub struct Blocking {
    pub thread: String,
    pub title: String,
    pub raised_by: String,
    pub since: i64,
}

pub fn blocking(tx: &mut Tx<'_>, review: ReviewId) -> Result<Vec<Blocking>> {
    Ok(tx.query(sql::BLOCKING, params![review], |row| {
        Ok(Blocking {
            thread: row.get(0)?,
            title: row.get(1)?,
            raised_by: row.get(2)?,
            since: row.get(3)?,
        })
    })?)
}

/// How many people take each stance in this round, in the order yes, yes if, not yet, abstain.
pub fn stances(tx: &mut Tx<'_>, review: ReviewId, round: i64) -> Result<Vec<(String, i64)>> {
    Ok(tx.query(sql::STANCES, params![review, round], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?)
}
