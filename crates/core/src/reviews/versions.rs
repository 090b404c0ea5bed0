//! Versions of a review's document: keeping one under a name, and bringing one back.

use super::records;
use crate::access::{self, Need};
use crate::ctx::Ctx;
use crate::documents::versions::{self, Restored};
use crate::documents::{self, Engine, Saved, VersionKind};
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::ReviewId;
use hardwon_db::Tx;
use serde_json::json;

/// Keeps the document of a review as it is now under a name.
pub fn keep_version(ctx: &Ctx, tx: &mut Tx<'_>, id: ReviewId, name: &str) -> Result<i64> {
    let review = access::review(ctx, tx, id, Need::Edit)?;
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::invalid("name", "Please give it a name."));
    }
    if name.chars().count() > 200 {
        return Err(Error::invalid("name", "At most 200 characters, please."));
    }
    documents::cut(ctx, tx, review.document, VersionKind::Named, name)?;
    let number = documents::versions(tx, review.document)?
        .last()
        .map_or(0, |version| version.number);
    let data = json!({
        "title": review.title, "number": review.number, "version": number, "name": name,
    });
    let subject = Thing::new("document", review.document);
    event::record(ctx, tx, "document.version-kept", &subject, Some(id), &data)?;
    Ok(number)
}

/// Brings back an earlier version of a review's document as a new edit, merged with what others are typing. What was
/// there before is kept.
pub fn restore_version(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    id: ReviewId,
    number: i64,
) -> Result<Restored> {
    let review = access::review(ctx, tx, id, Need::Edit)?;
    let restored = versions::restore(ctx, tx, engine, review.document, number)?;
    if matches!(restored.saved, Saved::Unchanged { .. }) {
        return Ok(restored);
    }
    records::rename_all(tx, id, review.document)?;
    let data = json!({
        "title": review.title, "number": review.number, "version": number, "before": restored.before,
    });
    let subject = Thing::new("document", review.document);
    event::record(
        ctx,
        tx,
        "document.version-restored",
        &subject,
        Some(id),
        &data,
    )?;
    Ok(restored)
}
