//! The margin of a document: the threads that stand at its words, shown beside them, and the form for one more.

use super::view::{Reader, ThreadView};
use crate::app::App;
use crate::http::{Reply, SignedIn};
use crate::web::frame::{self, Frame, Seen, Tab};
use crate::web::page::{Page, html};
use askama::Template;
use axum::extract::{Path, Query, State};
use hardwon_core::access::Need;
use hardwon_core::documents::{self, OutlineEntry, Quote, anchors};
use hardwon_core::page::Page as ListPage;
use hardwon_core::threads::{self, Comment, Filter, Show, Thread};
use hardwon_core::{Ctx, Error, Fields, Result, Tx};
use serde::Deserialize;

/// How many threads stand beside a document; what is beyond them is in the discussion.
const MOST: usize = 200;

pub struct ShowView {
    pub value: &'static str,
    pub label: &'static str,
    pub current: bool,
}

/// The threads beside a document.
pub struct MarginView {
    pub number: i64,
    pub shows: Vec<ShowView>,
    pub threads: Vec<ThreadView>,
    pub more: bool,
}

/// What the margin shows, read with the document.
pub struct Margin {
    show: Show,
    threads: Vec<Thread>,
    comments: Vec<Comment>,
    more: bool,
}

impl Margin {
    pub fn load(ctx: &Ctx, tx: &mut Tx<'_>, seen: &Seen, show: &str) -> Result<Self> {
        let show = Show::parse(show).unwrap_or(Show::Open);
        let filter = Filter {
            show,
            in_margin: true,
            ..Filter::default()
        };
        let page = ListPage::parse(Some(MOST), None)?;
        let listed = threads::list(ctx, tx, seen.review.id, &filter, &page)?;
        let mut threads = listed.items;
        // In the order of the text; what stands nowhere any more comes first, to be noticed.
        threads.sort_by_key(|thread| {
            let at = thread.anchor.as_ref().and_then(|anchor| anchor.at.as_ref());
            (at.map(|at| at.start), thread.number)
        });
        Ok(Self {
            show,
            comments: threads::comments_of(tx, &threads)?,
            threads,
            more: listed.next.is_some(),
        })
    }

    pub fn view(&self, user: &SignedIn, seen: &Seen, outline: &[OutlineEntry]) -> MarginView {
        let reader = Reader {
            clock: frame::clock(user),
            person: user.ctx.person(),
            standing: &seen.standing,
            outline,
        };
        let shown = |show: Show, label| ShowView {
            value: show.as_str(),
            label,
            current: show == self.show,
        };
        let open = if seen.review.meeting_at.is_some() {
            "Open before the meeting"
        } else {
            "Open"
        };
        MarginView {
            number: seen.review.number,
            shows: vec![
                shown(Show::Open, open),
                shown(Show::Mine, "Mine"),
                shown(Show::All, "All, with the resolved"),
            ],
            threads: self
                .threads
                .iter()
                .map(|thread| {
                    let own = self.comments.iter().filter(|one| one.thread == thread.id);
                    reader.view(thread, own.collect())
                })
                .collect(),
            more: self.more,
        }
    }
}

#[derive(Template)]
#[template(path = "talk/new.html")]
pub(super) struct NewView {
    pub(super) page: Page,
    pub(super) frame: Frame,
    pub(super) form: QuoteForm,
    /// The quoted words as the source has them; empty before they are found.
    pub(super) source: String,
    /// Tells what is typed here from what was typed about other words.
    pub(super) key: String,
    pub(super) errors: Fields,
}

/// Words of the document and what is said about them.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct QuoteForm {
    pub words: String,
    pub before: String,
    pub after: String,
    pub body: String,
    pub title: String,
    pub blocking: Option<String>,
    pub replacement: String,
}

impl QuoteForm {
    pub fn quote(&self) -> Quote {
        Quote {
            words: self.words.clone(),
            before: self.before.clone(),
            after: self.after.clone(),
        }
    }
}

/// `GET /reviews/7/threads/new`
pub async fn new(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(form): Query<QuoteForm>,
) -> Reply {
    html(&new_view(&app, &user, number, form, Fields::default()).await?)
}

pub(super) async fn new_view(
    app: &App,
    user: &SignedIn,
    number: i64,
    mut form: QuoteForm,
    mut errors: Fields,
) -> Result<NewView> {
    let (ctx, quote) = (user.ctx.clone(), form.quote());
    let (seen, source) = app
        .db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            seen.standing.require(Need::TakePart)?;
            if quote.words.trim().is_empty() {
                return Ok((seen, Ok(String::new())));
            }
            let document = documents::get(tx, seen.review.document)?;
            let found = anchors::find(&document, &quote);
            Ok::<_, Error>((seen, found.map(|at| document.text[at].to_owned())))
        })
        .await?;
    let source = match source {
        Ok(source) => source,
        Err(Error::Invalid(wrong)) => {
            if errors.get("quote").is_none() {
                errors.extend(wrong);
            }
            String::new()
        }
        Err(error) => return Err(error),
    };
    if form.replacement.is_empty() && errors.is_empty() {
        form.replacement.clone_from(&source);
    }
    let mut page = frame::page(app, user, &seen);
    page.title = "Comment on words".to_owned();
    Ok(NewView {
        frame: Frame::new(user, &seen, Tab::Document),
        page,
        key: form
            .words
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(24)
            .collect(),
        form,
        source,
        errors: errors.renamed(&[("quote", "words")]),
    })
}
