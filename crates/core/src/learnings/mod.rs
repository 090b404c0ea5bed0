//! Learnings: one thing we now know each, where it comes from, and what it applies to. They have numbers and pages of
//! their own, so that later work can point at them.

use crate::access::{self, Need, Standing};
use crate::ctx::{Ctx, Role};
use crate::error::{Error, Fields, Result};
use crate::event::{self, Thing};
use crate::id::{LearningId, ReviewId};
use crate::page::{Conditions, Cursor, Listed, Page};
use crate::people::Face;
use crate::reviews;
use hardwon_db::{Row, Tx, params};
use serde_json::json;

pub mod learn;
pub mod sql;

/// The review a learning comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    pub id: ReviewId,
    pub number: i64,
    pub title: String,
}

#[derive(Debug, Clone)]
pub struct Learning {
    pub id: LearningId,
    pub number: i64,
    /// Nothing for what somebody noted by themselves.
    pub origin: Option<Origin>,
    pub round: Option<i64>,
    /// One thing, in a sentence or two; Markdown.
    pub body: String,
    /// Technologies, systems, teams, situations: in words.
    pub applies_to: String,
    pub version: i64,
    pub by: Option<Face>,
    pub created_at: i64,
}

#[derive(Debug, Clone)]
pub struct LearningForm {
    pub body: String,
    pub applies_to: String,
}

impl LearningForm {
    fn check(&self) -> Result<()> {
        let mut fields = Fields::default();
        if self.body.trim().is_empty() {
            fields.add("body", "Please write what we now know.");
        }
        if self.body.chars().count() > 5_000 {
            fields.add("body", "At most 5,000 characters, please.");
        }
        if self.applies_to.chars().count() > 500 {
            fields.add("applies_to", "At most 500 characters, please.");
        }
        fields.check()
    }
}

/// Notes a learning: of a review, by everybody who takes part, or on its own.
pub fn add(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: Option<ReviewId>,
    form: &LearningForm,
) -> Result<(LearningId, i64)> {
    let standing = match review {
        Some(review) => Some(access::review(ctx, tx, review, Need::TakePart)?),
        None => None,
    };
    let person = ctx.require_person()?;
    form.check()?;
    let id: LearningId = ctx.id();
    let number = reviews::next_number(tx, "learning")?;
    let (body, applies_to) = (form.body.trim(), form.applies_to.trim());
    tx.execute(
        sql::INSERT,
        params![
            id,
            number,
            review,
            standing.as_ref().map(|review| review.round),
            body,
            applies_to,
            person,
            ctx.at
        ],
    )?;
    if let Some(review) = review {
        tx.execute(sql::TOUCH, params![review, ctx.at])?;
    }
    let data = json!({ "learning": number, "title": body, "applies_to": applies_to });
    let thing = Thing::new("learning", id);
    event::record(ctx, tx, "learning.noted", &thing, review, &data)?;
    Ok((id, number))
}

fn from_row(row: &Row<'_>) -> Result<Learning, hardwon_db::Error> {
    let origin = match row.get::<Option<ReviewId>>(2)? {
        Some(id) => Some(Origin {
            id,
            number: row.get(3)?,
            title: row.get(4)?,
        }),
        None => None,
    };
    Ok(Learning {
        id: row.get(0)?,
        number: row.get(1)?,
        origin,
        round: row.get(5)?,
        body: row.get(6)?,
        applies_to: row.get(7)?,
        version: row.get(8)?,
        by: Face::from_columns(row, 9)?,
        created_at: row.get(12)?,
    })
}

/// The learning at an address, with what the actor is in the review it comes from.
pub fn get(ctx: &Ctx, tx: &mut Tx<'_>, number: i64) -> Result<(Learning, Option<Standing>)> {
    let reader = access::reader(ctx)?;
    let learning = tx
        .query_opt(sql::BY_NUMBER, params![reader, number], from_row)?
        .ok_or(Error::NotFound)?;
    let standing = match &learning.origin {
        Some(origin) => Some(access::review(ctx, tx, origin.id, Need::See)?),
        None => None,
    };
    Ok((learning, standing))
}

/// Whoever noted it, whoever leads its review, and facilitators may change a learning.
pub fn may_change(ctx: &Ctx, learning: &Learning, standing: Option<&Standing>) -> bool {
    let own = learning.by.as_ref().map(|face| face.id);
    ctx.person().is_some_and(|person| Some(person) == own)
        || standing.is_some_and(Standing::can_edit)
        || ctx.has(Role::Facilitator)
}

/// Changes a learning that its writer saw at version `base`; the earlier words stay in the event log.
pub fn change(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    number: i64,
    base: i64,
    form: &LearningForm,
) -> Result<Learning> {
    let (before, standing) = get(ctx, tx, number)?;
    if !may_change(ctx, &before, standing.as_ref()) {
        return Err(Error::denied(
            "Whoever noted a learning changes it, and those who lead its review.",
        ));
    }
    form.check()?;
    let (body, applies_to) = (form.body.trim(), form.applies_to.trim());
    if tx.execute(sql::CHANGE, params![before.id, base, body, applies_to])? == 0 {
        return Err(Error::conflict(
            "Somebody changed this learning at the same moment. Please look at both.",
        ));
    }
    let review = before.origin.as_ref().map(|origin| origin.id);
    let data = json!({
        "learning": number, "title": body, "applies_to": applies_to, "before": before.body,
        "applied_to": before.applies_to,
    });
    let thing = Thing::new("learning", before.id);
    event::record(ctx, tx, "learning.changed", &thing, review, &data)?;
    Ok(get(ctx, tx, number)?.0)
}

/// The learnings that the actor may see, newest first; of one review if it is named.
pub fn list(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: Option<ReviewId>,
    page: &Page,
) -> Result<Listed<Learning>> {
    let reader = access::reader(ctx)?;
    let mut conditions = Conditions::default();
    conditions.bind(&reader);
    conditions.and(sql::SEEN, &[]);
    if let Some(review) = &review {
        conditions.and("l.review_id = $$", &[review]);
    }
    if let Some(after) = &page.after {
        conditions.and("(l.created_at, l.id) < ($$, $$)", &[&after.key, &after.id]);
    }
    let limit = conditions.bind(&page.fetch());
    let text = format!(
        "{}{} order by l.created_at desc, l.id desc limit {limit}",
        sql::COLUMNS,
        conditions.text()
    );
    let found = tx.query(&text, &conditions.params(), from_row)?;
    Ok(page.cut(found, |one| Cursor::new(one.created_at, one.id)))
}
