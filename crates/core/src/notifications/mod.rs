//! The inbox: what happened that somebody should know, told once to each of them. It is filled from the event log by
//! [`deliver`]; no feature writes here. Whether somebody may still see what an item is about is asked again when the
//! inbox is read.

use crate::access;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::id::{InboxId, PersonId, ReviewId};
use crate::page::{Conditions, Cursor, Listed, Page};
use hardwon_db::{Tx, params};

mod rules;
pub mod sql;

/// The name under which the inbox keeps how far it has read the event log.
pub const READER: &str = "inbox";

/// One thing that somebody should know.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: InboxId,
    /// The number of the event it tells of; the newest is shown first.
    pub event: i64,
    /// The event's kind, or `mention`.
    pub kind: String,
    pub actor: Option<String>,
    /// What happened, without who did it: "asked a question in #12 Queue for order mails".
    pub summary: String,
    pub href: String,
    pub at: i64,
    pub read: bool,
}

/// Which part of an inbox is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    All,
    Unread,
}

/// Tells everybody concerned about these events. Telling the same event again changes nothing.
pub fn deliver(ctx: &Ctx, tx: &mut Tx<'_>, events: &[Event]) -> Result<()> {
    for event in events {
        for notice in rules::notices(tx, event)? {
            for person in notice.audience {
                if event.actor == Some(person) {
                    continue;
                }
                tx.execute(
                    sql::INSERT,
                    params![
                        ctx.id::<InboxId>(),
                        person,
                        event.seq,
                        notice.kind,
                        event.review,
                        event.actor,
                        notice.summary,
                        notice.href,
                        event.at
                    ],
                )?;
            }
        }
    }
    Ok(())
}

/// The actor's inbox, newest first; what has become private to others is not in it.
pub fn list(ctx: &Ctx, tx: &mut Tx<'_>, show: Show, page: &Page) -> Result<Listed<Item>> {
    let person = ctx.require_person()?;
    let reader = access::reader(ctx)?;
    let mut conditions = Conditions::default();
    conditions.and("i.person_id = $$", &[&person]);
    if show == Show::Unread {
        conditions.and("i.read_at is null", &[]);
    }
    if let Some(after) = &page.after {
        conditions.and("(i.event_seq, i.id) < ($$, $$)", &[&after.key, &after.id]);
    }
    conditions.and(
        concat!(
            "(i.review_id is null or exists (select 1 from review r where r.id = i.review_id and ",
            crate::sees!("$$"),
            "))"
        ),
        &[&reader, &reader, &reader],
    );
    let limit = conditions.bind(&page.fetch());
    let text = format!(
        "{}{} order by i.event_seq desc, i.id desc limit {limit}",
        sql::COLUMNS,
        conditions.text()
    );
    let items = tx.query(&text, &conditions.params(), |row| {
        Ok(Item {
            id: row.get(0)?,
            event: row.get(1)?,
            kind: row.get(2)?,
            actor: row.get(3)?,
            summary: row.get(4)?,
            href: row.get(5)?,
            at: row.get(6)?,
            read: row.get::<Option<i64>>(7)?.is_some(),
        })
    })?;
    Ok(page.cut(items, |item| Cursor::new(item.event, item.id)))
}

/// Notes that the actor has read an item, and says where it leads.
pub fn read(ctx: &Ctx, tx: &mut Tx<'_>, id: InboxId) -> Result<String> {
    let person = ctx.require_person()?;
    tx.execute(sql::READ, params![id, person, ctx.at])?;
    tx.query_opt(sql::HREF, params![id, person], |row| row.get(0))?
        .ok_or(Error::NotFound)
}

/// Notes that the actor has read everything there is about a review.
pub fn read_about(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId) -> Result<()> {
    let person: PersonId = ctx.require_person()?;
    tx.execute(sql::READ_ABOUT, params![person, review, ctx.at])?;
    Ok(())
}

/// Notes that everybody has read what came before a moment.
pub fn read_until(ctx: &Ctx, tx: &mut Tx<'_>, before: i64) -> Result<()> {
    tx.execute(sql::READ_UNTIL, params![before, ctx.at])?;
    Ok(())
}

/// Notes that the actor has read everything.
pub fn read_all(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<()> {
    let person = ctx.require_person()?;
    tx.execute(sql::READ_ALL, params![person, ctx.at])?;
    Ok(())
}
