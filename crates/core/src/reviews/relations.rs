//! How reviews refer to each other: supersedes, requires, amends, see also. A link is shown at both ends, to those who
//! may see the other end.

use super::{Outcome, State, sql};
use crate::access::{self, Need};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::ReviewId;
use crate::link::{self, Relation};
use hardwon_db::{Tx, params};
use serde_json::json;

/// Another review that this one refers to, or is referred to by.
#[derive(Debug, Clone)]
pub struct Related {
    pub relation: Relation,
    /// Whether the link starts here: this review supersedes the other, and is not superseded by it.
    pub from_here: bool,
    pub number: i64,
    pub title: String,
    pub state: State,
    pub outcome: Option<Outcome>,
    pub note: String,
}

/// The reviews that a review is linked with and that the actor may see, at most 200.
pub fn related(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId) -> Result<Vec<Related>> {
    let reader = access::reader(ctx)?;
    Ok(tx.query(sql::RELATED, params![review, reader], |row| {
        Ok(Related {
            relation: row.get(0)?,
            from_here: row.get::<i64>(1)? == 1,
            number: row.get(2)?,
            title: row.get(3)?,
            state: row.get(4)?,
            outcome: row.get(5)?,
            note: row.get(6)?,
        })
    })?)
}

/// Links a review to the one of this number.
pub fn relate(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: ReviewId,
    relation: Relation,
    other: i64,
    note: &str,
) -> Result<()> {
    let review = access::review(ctx, tx, id, Need::Edit)?;
    let other = match access::review_numbered(ctx, tx, other, Need::See) {
        Err(Error::NotFound) => {
            return Err(Error::invalid(
                "number",
                "There is no review of this number.",
            ));
        }
        found => found?,
    };
    if other.id == id {
        return Err(Error::invalid(
            "number",
            "A review is not linked to itself.",
        ));
    }
    if note.chars().count() > 500 {
        return Err(Error::invalid("note", "At most 500 characters, please."));
    }
    let (from, to) = (Thing::new("review", id), Thing::new("review", other.id));
    link::add(ctx, tx, &from, relation, &to, note.trim())?;
    let data = json!({
        "title": review.title, "number": review.number, "relation": relation, "other": other.id,
    });
    event::record(ctx, tx, "review.linked", &from, Some(id), &data)
}

/// Takes a link of this review away, whichever end it started from.
pub fn unrelate(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: ReviewId,
    relation: Relation,
    other: i64,
) -> Result<()> {
    let review = access::review(ctx, tx, id, Need::Edit)?;
    let other = access::review_numbered(ctx, tx, other, Need::See)?;
    let (here, there) = (Thing::new("review", id), Thing::new("review", other.id));
    link::remove(tx, &here, relation, &there)?;
    link::remove(tx, &there, relation, &here)?;
    let data = json!({
        "title": review.title, "number": review.number, "relation": relation, "other": other.id,
    });
    event::record(ctx, tx, "review.unlinked", &here, Some(id), &data)
}

/// Which of these reviews the actor may see; for references in a text.
pub fn visible(ctx: &Ctx, tx: &mut Tx<'_>, numbers: &[i64]) -> Result<Vec<i64>> {
    let mut seen = Vec::new();
    for &number in numbers {
        match access::review_numbered(ctx, tx, number, Need::See) {
            Ok(_) => seen.push(number),
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(seen)
}
