//! What changed between two texts of a document: side by side, or in one column by words.

use super::{Choices, text};
use crate::app::App;
use crate::http::{Reply, SignedIn};
use crate::web::frame;
use crate::web::page::{Page, html};
use askama::Template;
use axum::extract::{Path, Query, State};
use hardwon_core::Error;
use hardwon_core::documents::difference::{self, Change, Difference, Line, Row};
use hardwon_core::documents::versions;
use hardwon_prose::directions_written_out as written_out;
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct DifferenceQuery {
    /// Version numbers; 0 is the document as it is now.
    from: i64,
    to: i64,
    view: String,
}

/// A stretch of one line: `same`, `removed` or `added`.
struct SpanView {
    text: String,
    change: &'static str,
}

struct SideView {
    number: usize,
    spans: Vec<SpanView>,
    changed: bool,
}

/// A line in one column; what only one side has bears only its number.
struct InlineView {
    old: Option<usize>,
    new: Option<usize>,
    /// What became of the line: `same`, `removed`, `added`, or `changed` within.
    change: &'static str,
    spans: Vec<SpanView>,
}

struct PairView {
    old: Option<SideView>,
    new: Option<SideView>,
}

struct PartView {
    folded: usize,
    pairs: Vec<PairView>,
    lines: Vec<InlineView>,
}

#[derive(Template)]
#[template(path = "reviews/difference.html")]
struct DifferenceView {
    page: Page,
    number: i64,
    review_title: String,
    inline: bool,
    from: i64,
    to: i64,
    versions: Choices,
    added: usize,
    removed: usize,
    parts: Vec<PartView>,
    folded_after: usize,
}

pub async fn difference(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(query): Query<DifferenceQuery>,
) -> Reply {
    let ctx = user.ctx.clone();
    let (from, to) = (query.from, query.to);
    let (seen, versions, found) = app
        .db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            let document = seen.review.document;
            let versions = versions::versions(tx, document)?;
            let (old, new) = (text(tx, document, from)?, text(tx, document, to)?);
            Ok::<_, Error>((seen, versions, difference::between(&old, &new)))
        })
        .await?;
    let Difference {
        parts,
        folded_after,
        lines_added,
        lines_removed,
    } = found;
    let inline = query.view == "inline";
    html(&DifferenceView {
        page: Page::new(&app, Some(&user.visitor), "What changed", "reviews"),
        number,
        review_title: seen.review.title.clone(),
        inline,
        from,
        to,
        versions: Choices::new(&versions, &frame::clock(&user)),
        added: lines_added,
        removed: lines_removed,
        parts: parts
            .iter()
            .map(|part| PartView {
                folded: part.folded,
                pairs: if inline {
                    Vec::new()
                } else {
                    pairs(&part.rows)
                },
                lines: if inline {
                    lines(&part.rows)
                } else {
                    Vec::new()
                },
            })
            .collect(),
        folded_after,
    })
}

fn pairs(rows: &[Row]) -> Vec<PairView> {
    let side = |line: &Line, change| SideView {
        number: line.number,
        changed: line.spans.iter().any(|span| span.changed),
        spans: spans(line, change),
    };
    rows.iter()
        .map(|row| PairView {
            old: row.old.as_ref().map(|line| side(line, "removed")),
            new: row.new.as_ref().map(|line| side(line, "added")),
        })
        .collect()
}

fn spans(line: &Line, change: &'static str) -> Vec<SpanView> {
    line.spans
        .iter()
        .map(|span| SpanView {
            text: written_out(&span.text).into_owned(),
            change: if span.changed { change } else { "same" },
        })
        .collect()
}

/// Lines that stand for each other are one line, with what went and what came in it. Others follow each other: of
/// neighbours that changed as a whole, first all that went, then all that came.
fn lines(rows: &[Row]) -> Vec<InlineView> {
    let (mut lines, mut added) = (Vec::new(), Vec::new());
    for row in rows {
        if let Some(pieces) = row.in_one_line() {
            lines.append(&mut added);
            lines.push(InlineView {
                old: row.old.as_ref().map(|line| line.number),
                new: row.new.as_ref().map(|line| line.number),
                change: if row.is_same() { "same" } else { "changed" },
                spans: pieces
                    .into_iter()
                    .map(|(change, text)| SpanView {
                        text: written_out(text).into_owned(),
                        change: match change {
                            Change::Same => "same",
                            Change::Removed => "removed",
                            Change::Added => "added",
                        },
                    })
                    .collect(),
            });
            continue;
        }
        if let Some(line) = &row.old {
            lines.push(InlineView {
                old: Some(line.number),
                new: None,
                change: "removed",
                spans: spans(line, "removed"),
            });
        }
        if let Some(line) = &row.new {
            added.push(InlineView {
                old: None,
                new: Some(line.number),
                change: "added",
                spans: spans(line, "added"),
            });
        }
    }
    lines.append(&mut added);
    lines
}
