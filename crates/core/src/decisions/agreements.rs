//! Agreements on the tricky components: what people agreed to do about a part that had more than one good answer. An
//! agreement may say which of the review's records it is about.

use super::sql;
use crate::access::{self, Need, Standing};
use crate::ctx::Ctx;
use crate::error::{Error, Fields, Result};
use crate::event::{self, Thing};
use crate::id::{AgreementId, RecordId, ReviewId};
use crate::people::Face;
use crate::reviews::records;
use hardwon_db::{Row, Tx, params};
use serde_json::json;

#[derive(Debug, Clone)]
pub struct Agreement {
    pub id: AgreementId,
    pub review: ReviewId,
    pub round: i64,
    /// The part it is about.
    pub component: String,
    /// Markdown.
    pub body: String,
    pub record: Option<RecordId>,
    pub version: i64,
    pub by: Option<Face>,
    pub created_at: i64,
}

#[derive(Debug, Clone)]
pub struct AgreementForm {
    pub component: String,
    pub body: String,
    pub record: Option<RecordId>,
}

/// The agreements of a review in every round, oldest first, at most 500.
pub fn list(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId) -> Result<Vec<Agreement>> {
    access::review(ctx, tx, review, Need::See)?;
    let text = format!(
        "{}where a.review_id = $1 and a.withdrawn_at is null order by a.created_at, a.id limit 500",
        sql::AGREEMENTS
    );
    Ok(tx.query(&text, params![review], from_row)?)
}

fn from_row(row: &Row<'_>) -> Result<Agreement, hardwon_db::Error> {
    Ok(Agreement {
        id: row.get(0)?,
        review: row.get(1)?,
        round: row.get(2)?,
        component: row.get(3)?,
        body: row.get(4)?,
        record: row.get(5)?,
        version: row.get(6)?,
        by: Face::from_columns(row, 7)?,
        created_at: row.get(10)?,
    })
}

/// Writes an agreement down, by whoever leads the review.
pub fn add(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    form: &AgreementForm,
) -> Result<AgreementId> {
    let review = access::review(ctx, tx, review, Need::Run)?;
    let component = check(tx, &review, form)?;
    let id: AgreementId = ctx.id();
    tx.execute(
        sql::INSERT_AGREEMENT,
        params![
            id,
            review.id,
            review.round,
            component,
            form.body.trim(),
            form.record,
            ctx.person(),
            ctx.at
        ],
    )?;
    tell(
        ctx,
        tx,
        "agreement.recorded",
        &review,
        id,
        &component,
        form.body.trim(),
    )?;
    Ok(id)
}

/// The component's name: as typed, or else the record's title.
fn check(tx: &mut Tx<'_>, review: &Standing, form: &AgreementForm) -> Result<String> {
    let mut component = form.component.trim().to_owned();
    if let Some(record) = form.record {
        let record = match records::record(tx, review.id, record) {
            Err(Error::NotFound) => {
                return Err(Error::invalid("record", "This review has no such record."));
            }
            found => found?,
        };
        if component.is_empty() {
            component = record.title;
        }
    }
    let mut fields = Fields::default();
    if component.is_empty() {
        fields.add("component", "Please name the part it is about.");
    }
    if component.chars().count() > 300 {
        fields.add("component", "At most 300 characters, please.");
    }
    if form.body.trim().is_empty() {
        fields.add("body", "Please say what is agreed.");
    }
    if form.body.chars().count() > 10_000 {
        fields.add("body", "At most 10,000 characters, please.");
    }
    fields.check()?;
    Ok(component)
}

/// An agreement, and what the actor is in its review.
pub fn get(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: AgreementId,
    need: Need,
) -> Result<(Agreement, Standing)> {
    let text = format!(
        "{}where a.id = $1 and a.withdrawn_at is null",
        sql::AGREEMENTS
    );
    let found = tx
        .query_opt(&text, params![id], from_row)?
        .ok_or(Error::NotFound)?;
    let standing = access::review(ctx, tx, found.review, need)?;
    Ok((found, standing))
}

/// Changes an agreement that the writer saw at `base`; the earlier words stay in the event log.
pub fn change(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: AgreementId,
    base: i64,
    form: &AgreementForm,
) -> Result<Agreement> {
    let (before, review) = get(ctx, tx, id, Need::Run)?;
    let component = check(tx, &review, form)?;
    let row = params![id, base, component, form.body.trim(), form.record];
    if tx.execute(sql::CHANGE_AGREEMENT, row)? == 0 {
        return Err(Error::conflict(
            "Somebody changed this agreement at the same moment. Please look at both.",
        ));
    }
    tx.execute(sql::TOUCH, params![review.id, ctx.at])?;
    let data = json!({
        "title": review.title, "number": review.number, "component": component, "body": form.body.trim(),
        "before": before.body,
    });
    let thing = Thing::new("agreement", id);
    event::record(ctx, tx, "agreement.changed", &thing, Some(review.id), &data)?;
    Ok(get(ctx, tx, id, Need::See)?.0)
}

/// Takes an agreement off the list; the event log keeps its words.
pub fn withdraw(ctx: &Ctx, tx: &mut Tx<'_>, id: AgreementId) -> Result<Agreement> {
    let (agreement, review) = get(ctx, tx, id, Need::Run)?;
    tx.execute(sql::WITHDRAW_AGREEMENT, params![id, ctx.at])?;
    let (component, body) = (&agreement.component, &agreement.body);
    tell(ctx, tx, "agreement.withdrawn", &review, id, component, body)?;
    Ok(agreement)
}

fn tell(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    kind: &'static str,
    review: &Standing,
    id: AgreementId,
    component: &str,
    body: &str,
) -> Result<()> {
    tx.execute(sql::TOUCH, params![review.id, ctx.at])?;
    let data = json!({
        "title": review.title, "number": review.number, "component": component, "body": body,
    });
    let thing = Thing::new("agreement", id);
    event::record(ctx, tx, kind, &thing, Some(review.id), &data)
}
