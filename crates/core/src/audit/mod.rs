//! The audit page: who changed what, when and from where, read from the events. What happened in a private review is
//! left out for administrators who may not see that review, as everywhere else.

use crate::access;
use crate::ctx::{Ctx, Role};
use crate::error::Result;
use crate::id::PersonId;
use crate::page::{Conditions, Cursor, Listed, Page};
use crate::people::Face;
use crate::sees;
use hardwon_db::Tx;
use serde_json::Value;

pub mod sql;

/// One change as the audit page tells it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub seq: i64,
    pub at: i64,
    pub actor: Option<Face>,
    /// Where it came from: `web 203.0.113.7`, `api nightly`, `command line`.
    pub origin: String,
    /// What happened, such as `review.circulated`.
    pub kind: String,
    pub subject_kind: String,
    pub subject_id: String,
    /// Number and title of the review it happened in.
    pub review: Option<(i64, String)>,
    pub data: Value,
}

/// What the list is narrowed to; everything may be left open.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub person: Option<PersonId>,
    /// The first word of the kinds, such as `review` or `token`.
    pub subject: Option<String>,
    /// From this instant on.
    pub from: Option<i64>,
    /// Until before this instant.
    pub until: Option<i64>,
}

/// Changes, newest first, for administrators.
pub fn list(ctx: &Ctx, tx: &mut Tx<'_>, filter: &Filter, page: &Page) -> Result<Listed<Entry>> {
    ctx.require(Role::Administrator)?;
    let reader = access::reader(ctx)?;
    let mut conditions = Conditions::default();
    if let Some(person) = filter.person {
        conditions.and("e.actor_id = $$", &[&person]);
    }
    if let Some(subject) = &filter.subject {
        let (first, last) = (format!("{subject}."), format!("{subject}/"));
        conditions.and("(e.kind >= $$ and e.kind < $$)", &[&first, &last]);
    }
    if let Some(from) = filter.from {
        conditions.and("e.at >= $$", &[&from]);
    }
    if let Some(until) = filter.until {
        conditions.and("e.at < $$", &[&until]);
    }
    if let Some(after) = &page.after {
        let seq: i64 = after.id.parse().unwrap_or(0);
        conditions.and("(e.at, e.seq) < ($$, $$)", &[&after.key, &seq]);
    }
    conditions.and(
        concat!("(e.review_id is null or ", sees!("$$"), ")"),
        &[&reader, &reader, &reader],
    );
    let limit = conditions.bind(&page.fetch());
    let text = format!(
        "{}{} order by e.at desc, e.seq desc limit {limit}",
        sql::COLUMNS,
        conditions.text()
    );
    let found = tx.query(&text, &conditions.params(), |row| {
        let number: Option<i64> = row.get(9)?;
        Ok(Entry {
            seq: row.get(0)?,
            at: row.get(1)?,
            actor: Face::from_columns(row, 2)?,
            origin: row.get(5)?,
            kind: row.get(6)?,
            subject_kind: row.get(7)?,
            subject_id: row.get(8)?,
            review: match number {
                Some(number) => Some((number, row.get(10)?)),
                None => None,
            },
            data: serde_json::from_str(&row.get::<String>(11)?)
                .map_err(|error| hardwon_db::Error::unreadable(error.to_string()))?,
        })
    })?;
    Ok(page.cut(found, |entry| Cursor::new(entry.at, entry.seq)))
}
