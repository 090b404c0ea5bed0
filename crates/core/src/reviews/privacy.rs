//! Who may see a review: everybody who signed in, or the people and teams it was given to.

use super::participants::{self, Principal};
use super::{Visibility, sql};
use crate::access::{self, Need};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::ReviewId;
use hardwon_db::{Tx, params};
use serde_json::json;

/// Whom a private review was given to, by name, at most 1,000. The caller has asked [`access`].
pub fn granted(tx: &mut Tx<'_>, review: ReviewId) -> Result<Vec<Principal>> {
    Ok(tx.query(sql::GRANTS, params![review], Principal::from_row)?)
}

/// Opens a review to everybody, or keeps it to those who take part in it (more can be named with [`grant`]).
pub fn set_visibility(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: ReviewId,
    visibility: Visibility,
) -> Result<()> {
    let review = access::review(ctx, tx, id, Need::Edit)?;
    if review.visibility == visibility {
        return Ok(());
    }
    tx.execute(sql::CLEAR_GRANTS, params![id])?;
    if visibility == Visibility::Private {
        tx.execute(sql::GRANT, params![id, "person", review.author])?;
        for one in participants::participants(tx, id)? {
            tx.execute(
                sql::GRANT,
                params![id, one.principal.kind, one.principal.id],
            )?;
        }
        if let Some(me) = ctx.person() {
            tx.execute(sql::GRANT, params![id, "person", me])?;
        }
    }
    tx.execute(sql::SET_VISIBILITY, params![id, visibility, ctx.at])?;
    let data = json!({
        "title": review.title, "number": review.number, "from": review.visibility, "to": visibility,
    });
    event::record(
        ctx,
        tx,
        "review.visibility-changed",
        &Thing::new("review", id),
        Some(id),
        &data,
    )
}

/// Lets one more person or team see a private review.
pub fn grant(ctx: &Ctx, tx: &mut Tx<'_>, id: ReviewId, principal: &Principal) -> Result<()> {
    let review = access::review(ctx, tx, id, Need::Edit)?;
    if review.visibility == Visibility::Open {
        return Err(Error::conflict("Everybody may see this review already."));
    }
    if tx.execute(sql::GRANT, params![id, principal.kind, principal.id])? == 0 {
        return Ok(());
    }
    event::record(
        ctx,
        tx,
        "review.access-granted",
        &Thing::new("review", id),
        Some(id),
        &principal.data(&review),
    )
}

/// Takes a private review out of the sight of a person or team, by id or handle, with their roles in it. Its author
/// always sees it, and so does whoever is asking.
pub fn revoke(ctx: &Ctx, tx: &mut Tx<'_>, id: ReviewId, who: &str) -> Result<()> {
    let review = access::review(ctx, tx, id, Need::Edit)?;
    let handle = who.trim().trim_start_matches('@').to_lowercase();
    let gone = granted(tx, id)?
        .into_iter()
        .find(|one| one.id == who || one.handle == handle);
    let Some(gone) = gone else {
        return Err(Error::invalid(
            "revoke",
            format!("{who} is nobody to whom this review was given."),
        ));
    };
    if gone.id == review.author.to_string() {
        return Err(Error::conflict(
            "Whoever opened a review can always see it.",
        ));
    }
    tx.execute(sql::REVOKE, params![id, gone.id])?;
    tx.execute(sql::REMOVE_PERSON_WHOLLY, params![id, gone.id])?;
    if access::review(ctx, tx, id, Need::Edit).is_err() {
        return Err(Error::conflict(
            "With this you would lock yourself out. Ask somebody else who leads this review to do it.",
        ));
    }
    event::record(
        ctx,
        tx,
        "review.access-removed",
        &Thing::new("review", id),
        Some(id),
        &gone.data(&review),
    )
}
