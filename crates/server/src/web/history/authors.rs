//! Who wrote what: the present text with each stretch's author named, so that one knows whom to ask. It deliberately
//! counts nothing and ranks nobody.

use crate::app::App;
use crate::http::api::found;
use crate::http::{Reply, SignedIn};
use crate::web::frame::{self, Frame, Tab};
use crate::web::json::FaceJson;
use crate::web::page::{Page, html};
use crate::web::view::PersonView;
use askama::Template;
use axum::extract::{Path, State};
use hardwon_core::Error;
use hardwon_core::access::{self, Need};
use hardwon_core::documents::authorship::{self, Written};
use hardwon_core::people::Face;
use hardwon_prose::directions_written_out as written_out;
use serde::Serialize;
use utoipa::ToSchema;

/// Words of one author inside a passage.
struct SpanView {
    name: String,
    initials: String,
    text: String,
}

/// Lines by the same people.
struct PassageView {
    authors: Vec<PersonView>,
    /// Some of it is from before anybody was noted.
    unknown: bool,
    spans: Vec<SpanView>,
}

#[derive(Template)]
#[template(path = "reviews/authors.html")]
struct AuthorsView {
    page: Page,
    frame: Frame,
    authors: Vec<PersonView>,
    passages: Vec<PassageView>,
}

pub async fn page(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let (ctx, engine) = (user.ctx.clone(), app.engine.clone());
    let (seen, written) = app
        .db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            let written = authorship::written(tx, engine.as_ref(), seen.review.document)?;
            Ok::<_, Error>((seen, written))
        })
        .await?;
    let mut faces: Vec<&Face> = written
        .iter()
        .filter_map(|one| one.author.as_ref())
        .collect();
    faces.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    faces.dedup_by_key(|face| face.id);
    html(&AuthorsView {
        page: frame::page(&app, &user, &seen),
        frame: Frame::new(&user, &seen, Tab::History),
        authors: faces.into_iter().map(PersonView::from).collect(),
        passages: passages(&written),
    })
}

type Piece<'t> = (Option<&'t Face>, &'t str);

fn lines(written: &[Written]) -> Vec<Vec<Piece<'_>>> {
    let (mut lines, mut line) = (Vec::new(), Vec::new());
    for one in written {
        for part in one.text.split_inclusive('\n') {
            line.push((one.author.as_ref(), part));
            if part.ends_with('\n') {
                lines.push(std::mem::take(&mut line));
            }
        }
    }
    lines.push(line);
    lines
}

/// Lines in a row whose authors are the same; an empty line goes with what stands before it.
fn passages(written: &[Written]) -> Vec<PassageView> {
    let mut passages: Vec<(Vec<Option<&Face>>, Vec<Piece<'_>>)> = Vec::new();
    for line in lines(written) {
        let mut authors: Vec<Option<&Face>> = line
            .iter()
            .filter(|(_, text)| !text.trim().is_empty())
            .map(|(author, _)| *author)
            .collect();
        authors.sort_by_key(|author| author.map(|face| (&face.name, face.id)));
        authors.dedup_by_key(|author| author.map(|face| face.id));
        match passages.last_mut() {
            Some((known, pieces)) if authors.is_empty() || *known == authors => {
                pieces.extend(line);
            }
            _ => passages.push((authors, line)),
        }
    }
    passages
        .into_iter()
        .map(|(authors, pieces)| PassageView {
            unknown: authors.iter().any(Option::is_none),
            spans: if authors.len() > 1 {
                spans(&pieces)
            } else {
                whole(&pieces)
            },
            authors: authors
                .into_iter()
                .flatten()
                .map(PersonView::from)
                .collect(),
        })
        .collect()
}

/// What one author wrote needs no marks inside.
fn whole(pieces: &[Piece<'_>]) -> Vec<SpanView> {
    let text: String = pieces.iter().map(|(_, text)| *text).collect();
    vec![SpanView {
        name: String::new(),
        initials: String::new(),
        text: written_out(&text).into_owned(),
    }]
}

fn spans(pieces: &[Piece<'_>]) -> Vec<SpanView> {
    let mut spans: Vec<SpanView> = Vec::new();
    let mut last: Option<Option<&Face>> = None;
    for (author, text) in pieces {
        let shown = written_out(text);
        // White space between two of one author's words is nobody's matter.
        let goes_on = last == Some(*author) || text.trim().is_empty();
        match spans.last_mut() {
            Some(open) if goes_on => open.text.push_str(&shown),
            _ => {
                last = Some(*author);
                let person = author.map(PersonView::from);
                spans.push(SpanView {
                    name: person
                        .as_ref()
                        .map_or("Not known", |one| &one.name)
                        .to_owned(),
                    initials: person.map_or("?".to_owned(), |one| one.initials),
                    text: shown.into_owned(),
                });
            }
        }
    }
    spans
}

/// Words of one author.
#[derive(Serialize, ToSchema)]
#[schema(as = WrittenWords)]
pub struct WrittenJson {
    text: String,
    /// Absent where it was not kept who wrote them.
    author: Option<FaceJson>,
}

/// Who wrote what.
#[derive(Serialize, ToSchema)]
#[schema(as = Authorship)]
pub struct AuthorshipJson {
    /// The present text in its order; put together, they are all of it.
    words: Vec<WrittenJson>,
}

/// Says who wrote which words of a review's document.
///
/// It is there so that one knows whom to ask about a passage; words that came from a template, by pasting or with an
/// earlier version count as written by whoever brought them.
#[utoipa::path(get, path = "/reviews/{number}/authors", tag = "Documents", params(("number" = i64, Path)),
    responses((status = 200, description = "The text by author", body = AuthorshipJson)))]
pub async fn show(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let engine = app.engine.clone();
    let written = app
        .db
        .read(move |tx| {
            let review = access::review_numbered(&user.ctx, tx, number, Need::See)?;
            authorship::written(tx, engine.as_ref(), review.document)
        })
        .await?;
    let words = written
        .iter()
        .map(|one| WrittenJson {
            text: one.text.clone(),
            author: one.author.as_ref().map(FaceJson::from),
        })
        .collect();
    Ok(found(&AuthorshipJson { words }, None))
}
