//! Typed cross-references between any two things: *supersedes*, *requires*, *see also*, *covers* … Both ends can be
//! asked for. Whether the reader may see the other end is the business of whoever shows it.

use crate::ctx::Ctx;
use crate::error::Result;
use crate::event::Thing;
use crate::id::LinkId;
use crate::words;
use hardwon_db::{Tx, params};

pub mod sql;

words! {
    /// How one thing refers to another. The words are stored, so a name once given stays.
    Relation {
        Supersedes = "supersedes",
        Requires = "requires",
        Amends = "amends",
        SeeAlso = "see-also",
        CarriedFrom = "carried-from",
        AppliesTo = "applies-to",
    }
}

/// One cross-reference, seen from either end.
#[derive(Debug, Clone)]
pub struct Link {
    pub from_kind: String,
    pub from_id: String,
    pub relation: Relation,
    pub to_kind: String,
    pub to_id: String,
    pub note: String,
}

/// Links two things; linking them again the same way changes nothing.
pub fn add(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    from: &Thing,
    relation: Relation,
    to: &Thing,
    note: &str,
) -> Result<()> {
    tx.execute(
        sql::INSERT,
        params![
            ctx.id::<LinkId>(),
            from.kind,
            from.id,
            relation.as_str(),
            to.kind,
            to.id,
            note,
            ctx.person(),
            ctx.at
        ],
    )?;
    Ok(())
}

pub fn remove(tx: &mut Tx<'_>, from: &Thing, relation: Relation, to: &Thing) -> Result<()> {
    tx.execute(
        sql::DELETE,
        params![from.kind, from.id, relation.as_str(), to.kind, to.id],
    )?;
    Ok(())
}

/// Every link that starts or ends at this thing, at most 500.
pub fn of(tx: &mut Tx<'_>, thing: &Thing) -> Result<Vec<Link>> {
    Ok(tx.query(sql::OF, params![thing.kind, thing.id], |row| {
        Ok(Link {
            from_kind: row.get(0)?,
            from_id: row.get(1)?,
            relation: row.get(2)?,
            to_kind: row.get(3)?,
            to_id: row.get(4)?,
            note: row.get(5)?,
        })
    })?)
}
