//! A comment's Markdown as it is kept: rendered, with the people and teams it mentions.

use super::sql;
use crate::error::Result;
use crate::id::{PersonId, ReviewId};
use hardwon_db::{Tx, params};
use hardwon_prose::Links;

pub struct Words {
    pub html: String,
    /// The ids of the people and teams that are mentioned and may see the review.
    pub named: Vec<String>,
}

/// More names than this in one comment are not told.
const MAX_NAMES: usize = 50;

/// Renders a comment. Somebody who may not see the review is neither told nor linked, as if the name meant nobody.
/// `#12` becomes a link whatever there is at that number, so that a link tells nothing.
pub fn read(tx: &mut Tx<'_>, review: ReviewId, body: &str) -> Result<Words> {
    let found = known(tx, review, body)?;
    let mut named: Vec<String> = found.iter().map(|one| one.id.clone()).collect();
    named.dedup();
    let links: Vec<_> = found
        .into_iter()
        .map(|one| (one.handle, one.address))
        .collect();
    Ok(Words {
        html: html(body, &links),
        named,
    })
}

/// Those whom a text names, of the people and teams that may see the review: the handle as written, and an address. For
/// [`html`], where a text is rendered each time that it is read.
pub fn linked(tx: &mut Tx<'_>, review: ReviewId, body: &str) -> Result<Vec<(String, String)>> {
    Ok(known(tx, review, body)?
        .into_iter()
        .map(|one| (one.handle, one.address))
        .collect())
}

/// Renders a comment or a text like one, with these handles and every `#12` linked.
pub fn html(body: &str, links: &[(String, String)]) -> String {
    hardwon_prose::render_comment_with(
        body,
        &Links {
            mention: &|handle| {
                links
                    .iter()
                    .find(|(known, _)| *known == handle)
                    .map(|(_, address)| address.clone())
            },
            number: &|number| (number < 100_000).then(|| format!("/reviews/{number}")),
        },
    )
}

struct Known {
    id: String,
    handle: String,
    address: String,
}

fn known(tx: &mut Tx<'_>, review: ReviewId, body: &str) -> Result<Vec<Known>> {
    let mut all = Vec::new();
    for handle in hardwon_prose::mentions(body).into_iter().take(MAX_NAMES) {
        let lower = handle.to_lowercase();
        let found = tx.query_opt(sql::NAMED, params![lower, review], |row| {
            Ok((row.get::<String>(0)?, row.get::<String>(1)?))
        })?;
        if let Some((id, part)) = found {
            let address = format!("/{part}/{lower}");
            all.push(Known {
                id,
                handle: handle.to_owned(),
                address,
            });
        }
    }
    Ok(all)
}

/// The active person with this handle (with or without its `@`) if they may see the review; the caller has asked
/// [`crate::access`] for the actor.
pub fn person_named(tx: &mut Tx<'_>, review: ReviewId, handle: &str) -> Result<Option<PersonId>> {
    let handle = handle.trim().trim_start_matches('@').to_lowercase();
    let found = tx.query_opt(sql::NAMED, params![handle, review], |row| {
        Ok((row.get::<String>(0)?, row.get::<String>(1)?))
    })?;
    Ok(found
        .filter(|(_, part)| part == "people")
        .and_then(|(id, _)| id.parse().ok()))
}
