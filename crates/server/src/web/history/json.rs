//! Named versions of a review's document over the API.

use crate::app::App;
use crate::http::api::{Answer, Change, Params, found, word};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, ListJson, Time};
use crate::web::records::json::whole;
use axum::extract::{Path, State};
use hardwon_core::access::{self, Need};
use hardwon_core::documents::difference::{self, Line, Part, Row, Span};
use hardwon_core::documents::{self, Version, VersionKind};
use hardwon_core::reviews;
use hardwon_core::reviews::rounds::{self, Round};
use hardwon_core::{Ctx, Error, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An unchanging state of a document.
#[derive(Serialize, ToSchema)]
#[schema(as = DocumentVersion)]
pub struct VersionJson {
    number: i64,
    /// Of a version that was kept at a step, the state it led to.
    name: String,
    /// Named by somebody, kept at a step, or kept by itself in a pause; of those, older than a day or two, the last one
    /// of each day stays.
    #[schema(schema_with = word::<VersionKind>)]
    kind: VersionKind,
    /// Absent where it was kept by itself.
    author: Option<FaceJson>,
    #[schema(value_type = Time)]
    at: i64,
}

impl From<&Version> for VersionJson {
    fn from(version: &Version) -> Self {
        Self {
            number: version.number,
            name: version.name.clone(),
            kind: version.kind,
            author: version.author.as_ref().map(FaceJson::from),
            at: version.at,
        }
    }
}

fn kept(ctx: &Ctx, tx: &mut Tx<'_>, number: i64) -> Result<ListJson<VersionJson>, Error> {
    let review = access::review_numbered(ctx, tx, number, Need::See)?;
    let listed = whole(documents::versions(tx, review.document)?);
    Ok(ListJson::of(&listed, |version| VersionJson::from(version)))
}

/// Lists the versions of a review's document, oldest first.
#[utoipa::path(get, path = "/reviews/{number}/versions", tag = "Documents", params(("number" = i64, Path)),
    responses((status = 200, description = "The versions", body = ListJson<VersionJson>)))]
pub async fn list(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let listed = app.db.read(move |tx| kept(&user.ctx, tx, number)).await?;
    Ok(found(&listed, None))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVersion {
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    name: String,
}

/// Keeps the document as it is now under a name.
#[utoipa::path(post, path = "/reviews/{number}/versions", tag = "Documents", params(("number" = i64, Path)),
    request_body = NewVersion,
    responses((status = 200, description = "The versions as they are now", body = ListJson<VersionJson>)))]
pub async fn create(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<NewVersion>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let review = access::review_numbered(&change.ctx, tx, number, Need::See)?.id;
            reviews::keep_version(&change.ctx, tx, review, &change.body.name)?;
            Ok(Answer::ok(&kept(&change.ctx, tx, number)?))
        })
        .await
}

/// A version with its text.
#[derive(Serialize, ToSchema)]
pub struct DocumentVersionText {
    number: i64,
    text: String,
}

/// Gives the text of a version.
#[utoipa::path(get, path = "/reviews/{number}/versions/{version}", tag = "Documents",
    params(("number" = i64, Path), ("version" = i64, Path)),
    responses((status = 200, description = "The text as it stood", body = DocumentVersionText)))]
pub async fn show(
    State(app): State<App>,
    user: SignedIn,
    Path((number, version)): Path<(i64, i64)>,
) -> Reply {
    let text = app
        .db
        .read(move |tx| {
            let review = access::review_numbered(&user.ctx, tx, number, Need::See)?;
            documents::version_text(tx, review.document, version)
        })
        .await?;
    let body = DocumentVersionText {
        number: version,
        text,
    };
    Ok(found(&body, None))
}

/// A round of a review.
#[derive(Serialize, ToSchema)]
#[schema(as = Round)]
pub struct RoundJson {
    round: i64,
    #[schema(value_type = Time)]
    opened_at: i64,
    #[schema(value_type = Option<Time>)]
    closed_at: Option<i64>,
    /// The named version of the document that it ended with; of a round that is open, the latest one.
    document_version: Option<i64>,
}

impl From<&Round> for RoundJson {
    fn from(round: &Round) -> Self {
        Self {
            round: round.round,
            opened_at: round.opened_at,
            closed_at: round.closed_at,
            document_version: round.document_version,
        }
    }
}

/// Lists the rounds of a review, oldest first. What was asked and said in one is found by its number.
#[utoipa::path(get, path = "/reviews/{number}/rounds", tag = "Reviews", params(("number" = i64, Path)),
    responses((status = 200, description = "The rounds", body = ListJson<RoundJson>)))]
pub async fn list_rounds(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let all = app
        .db
        .read(move |tx| {
            let review = access::review_numbered(&user.ctx, tx, number, Need::See)?;
            rounds::rounds(tx, review.id)
        })
        .await?;
    let listed = whole(all);
    Ok(found(
        &ListJson::of(&listed, |round| RoundJson::from(round)),
        None,
    ))
}

#[derive(Deserialize, utoipa::IntoParams, Default)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DifferenceParams {
    /// The number of a version; the document as it is now where none is named.
    #[param(minimum = 1)]
    from: Option<i64>,
    /// The same for the text on the other side.
    #[param(minimum = 1)]
    to: Option<i64>,
}

/// A stretch of words.
#[derive(Serialize, ToSchema)]
#[schema(as = DifferenceSpan)]
pub struct SpanJson {
    text: String,
    changed: bool,
}

impl From<&Span> for SpanJson {
    fn from(span: &Span) -> Self {
        Self {
            text: span.text.clone(),
            changed: span.changed,
        }
    }
}

/// A line on one side, counted from 1.
#[derive(Serialize, ToSchema)]
#[schema(as = DifferenceLine)]
pub struct LineJson {
    number: usize,
    spans: Vec<SpanJson>,
}

impl From<&Line> for LineJson {
    fn from(line: &Line) -> Self {
        Self {
            number: line.number,
            spans: line.spans.iter().map(SpanJson::from).collect(),
        }
    }
}

/// A row of two texts side by side; a line that only one side has stands alone.
#[derive(Serialize, ToSchema)]
#[schema(as = DifferenceRow)]
pub struct RowJson {
    old: Option<LineJson>,
    new: Option<LineJson>,
}

impl From<&Row> for RowJson {
    fn from(row: &Row) -> Self {
        Self {
            old: row.old.as_ref().map(LineJson::from),
            new: row.new.as_ref().map(LineJson::from),
        }
    }
}

/// Neighbouring changes with the lines around them.
#[derive(Serialize, ToSchema)]
#[schema(as = DifferencePart)]
pub struct PartJson {
    /// How many lines that are the same were left out before it.
    folded: usize,
    rows: Vec<RowJson>,
}

impl From<&Part> for PartJson {
    fn from(part: &Part) -> Self {
        Self {
            folded: part.folded,
            rows: part.rows.iter().map(RowJson::from).collect(),
        }
    }
}

/// What changed between two texts.
#[derive(Serialize, ToSchema)]
#[schema(as = Difference)]
pub struct DifferenceJson {
    lines_added: usize,
    lines_removed: usize,
    parts: Vec<PartJson>,
    /// How many lines that are the same were left out after the last part.
    folded_after: usize,
}

/// Says what changed between two versions of a review's document.
#[utoipa::path(get, path = "/reviews/{number}/difference", tag = "Documents",
    params(("number" = i64, Path), DifferenceParams),
    responses((status = 200, description = "What changed", body = DifferenceJson)))]
pub async fn show_difference(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Params(params): Params<DifferenceParams>,
) -> Reply {
    for (name, version) in [("from", params.from), ("to", params.to)] {
        if version.is_some_and(|version| version < 1) {
            return Err(Error::invalid(name, "Versions are counted from 1.").into());
        }
    }
    let between = app
        .db
        .read(move |tx| {
            let review = access::review_numbered(&user.ctx, tx, number, Need::See)?;
            let mut text = |version: Option<i64>| {
                // Version 0 is the document as it is now.
                super::text(tx, review.document, version.unwrap_or_default())
            };
            let (old, new) = (text(params.from)?, text(params.to)?);
            Ok::<_, Error>(difference::between(&old, &new))
        })
        .await?;
    let body = DifferenceJson {
        lines_added: between.lines_added,
        lines_removed: between.lines_removed,
        parts: between.parts.iter().map(PartJson::from).collect(),
        folded_after: between.folded_after,
    };
    Ok(found(&body, None))
}
