//! Discussion: the threads of a review, one of them, resolving and marking what was decided.

pub mod json;
pub mod margin;
mod one;
mod view;

use super::frame::{self, Frame, Seen, Tab};
use super::page::{Page, html, html_invalid};
use super::stances::{self, GroupView};
use super::view::{ChoiceView, Clock, WhenView};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::access::{self, Need};
use hardwon_core::documents::{self, OutlineEntry};
use hardwon_core::page::Page as ListPage;
use hardwon_core::stances::Stance;
use hardwon_core::threads::{self, Comment, Counts, Filter, Show, Thread, ThreadForm, Weight};
use hardwon_core::{Ctx, Error, Fields, Result, Tx};
use serde::Deserialize;

use margin::QuoteForm;
pub use one::{
    ReasonForm, ReplyForm, ThreadQuery, accept, comment, decide, decline, new_resolution, reopen,
    resolve, show, undecide,
};
use view::Reader;
pub use view::{CommentView, ThreadView};

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct DiscussionQuery {
    show: String,
    at: String,
    cursor: String,
}

struct ShowView {
    href: String,
    label: &'static str,
    current: bool,
    count: i64,
}

/// A date with what ends on it.
pub struct DateView {
    pub label: &'static str,
    pub when: WhenView,
}

#[derive(Template)]
#[template(path = "talk/discussion.html")]
struct DiscussionView {
    page: Page,
    frame: Frame,
    blocking: Vec<ThreadView>,
    rest: Vec<ThreadView>,
    empty_title: &'static str,
    /// How many there are beside an empty list of open ones.
    resolved: i64,
    older: String,
    shows: Vec<ShowView>,
    at_text: String,
    feedback_wanted: String,
    dates: Vec<DateView>,
    stances: Vec<GroupView>,
    places: Vec<ChoiceView>,
    errors: Fields,
    form_at_error: String,
    form_title: String,
    form_title_error: String,
    form_body: String,
    form_body_error: String,
    form_blocking: bool,
}

/// Everything that a discussion page shows.
struct Discussion {
    seen: Seen,
    outline: Vec<OutlineEntry>,
    blocking: Vec<Thread>,
    rest: Vec<Thread>,
    next: Option<String>,
    comments: Vec<Comment>,
    counts: Counts,
    stances: Vec<Stance>,
}

fn discussion(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    number: i64,
    query: &DiscussionQuery,
) -> Result<Discussion> {
    let seen = frame::load(ctx, tx, number)?;
    let id = seen.review.id;
    let show = Show::parse(&query.show).unwrap_or(Show::Open);
    let at = Some(query.at.clone()).filter(|slug| !slug.is_empty());
    let page = ListPage::parse(None, Some(&query.cursor))?;
    let mut blocking = Vec::new();
    if show == Show::Open && page.after.is_none() {
        let filter = Filter {
            show: Show::Blocking,
            at: at.clone(),
            ..Filter::default()
        };
        blocking = threads::list(ctx, tx, id, &filter, &ListPage::default())?.items;
    }
    let filter = Filter {
        show,
        at,
        ..Filter::default()
    };
    let listed = threads::list(ctx, tx, id, &filter, &page)?;
    let rest: Vec<Thread> = listed
        .items
        .into_iter()
        .filter(|thread| show != Show::Open || thread.weight == Weight::Ordinary)
        .collect();
    let mut comments = threads::comments_of(tx, &blocking)?;
    comments.extend(threads::comments_of(tx, &rest)?);
    Ok(Discussion {
        outline: documents::get(tx, seen.review.document)?.outline,
        counts: threads::counts(ctx, tx, id)?,
        stances: hardwon_core::stances::list(ctx, tx, id, seen.review.round)?,
        next: listed.next.map(|cursor| cursor.to_string()),
        seen,
        blocking,
        rest,
        comments,
    })
}

/// What the review's author set dates for, as the side column of a discussion shows it.
pub fn dates(seen: &Seen, clock: &Clock) -> Vec<DateView> {
    let date = |label, at: Option<i64>| {
        at.map(|at| DateView {
            label,
            when: clock.exact(at),
        })
    };
    [
        date("Comments until", seen.review.comments_until),
        date("Last call until", seen.review.last_call_until),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn discussion_view(
    app: &App,
    user: &SignedIn,
    number: i64,
    query: &DiscussionQuery,
    found: &Discussion,
) -> DiscussionView {
    let clock = frame::clock(user);
    let review = &found.seen.review;
    let reader = Reader {
        clock: clock.clone(),
        person: user.ctx.person(),
        standing: &found.seen.standing,
        outline: &found.outline,
    };
    let views = |threads: &[Thread]| -> Vec<ThreadView> {
        threads
            .iter()
            .map(|thread| {
                let own = found
                    .comments
                    .iter()
                    .filter(|comment| comment.thread == thread.id);
                reader.view(thread, own.collect())
            })
            .collect()
    };
    let show = Show::parse(&query.show).unwrap_or(Show::Open);
    let shown = |to: Show, label, count| ShowView {
        href: format!("/reviews/{number}/discussion?show={to}"),
        label,
        current: to == show,
        count,
    };
    let counts = found.counts;
    let mut places = vec![ChoiceView::new("", "The review as a whole", &query.at)];
    places.extend(found.outline.iter().map(|entry| {
        let indent = "\u{2003}".repeat(usize::from(entry.level.saturating_sub(1)));
        ChoiceView::new(
            entry.slug.clone(),
            format!("{indent}{}", entry.text),
            &query.at,
        )
    }));
    let at_text = found
        .outline
        .iter()
        .find(|entry| entry.slug == query.at)
        .map_or_else(|| query.at.clone(), |entry| entry.text.clone());
    DiscussionView {
        page: frame::page(app, user, &found.seen),
        frame: Frame::new(user, &found.seen, Tab::Discussion),
        blocking: views(&found.blocking),
        rest: views(&found.rest),
        resolved: if show == Show::Open {
            counts.resolved
        } else {
            0
        },
        empty_title: if show == Show::Open {
            "No open threads"
        } else {
            "No such threads"
        },
        older: found
            .next
            .as_ref()
            .map(|cursor| {
                let pairs = [
                    ("show", show.as_str()),
                    ("at", query.at.as_str()),
                    ("cursor", cursor),
                ];
                let text = serde_html_form::to_string(pairs).unwrap_or_default();
                format!("/reviews/{number}/discussion?{text}")
            })
            .unwrap_or_default(),
        shows: vec![
            shown(Show::Open, "Open", counts.open),
            shown(Show::Mine, "Mine", counts.mine),
            shown(Show::Blocking, "Blocking", counts.blocking),
            shown(Show::Decided, "Decided", counts.decided),
            shown(Show::Resolved, "Resolved", counts.resolved),
        ],
        at_text,
        feedback_wanted: review.feedback_wanted.clone(),
        dates: dates(&found.seen, &clock),
        stances: stances::groups(&found.stances, &clock),
        places,
        errors: Fields::default(),
        form_at_error: String::new(),
        form_title: String::new(),
        form_title_error: String::new(),
        form_body: String::new(),
        form_body_error: String::new(),
        form_blocking: false,
    }
}

pub async fn list(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(query): Query<DiscussionQuery>,
) -> Reply {
    let (ctx, wanted) = (user.ctx.clone(), query.clone());
    let found = app
        .db
        .read(move |tx| discussion(&ctx, tx, number, &wanted))
        .await?;
    html(&discussion_view(&app, &user, number, &query, &found))
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct NewThreadForm {
    title: String,
    at: String,
    body: String,
    blocking: Option<String>,
    /// Words of the document, and what stands around them.
    words: String,
    before: String,
    after: String,
    /// The words as the source has them, and what they might be replaced by.
    source: String,
    replacement: String,
}

impl NewThreadForm {
    fn wanted(&self) -> ThreadForm {
        let quoted = !self.words.trim().is_empty();
        ThreadForm {
            title: self.title.clone(),
            at: self.at.clone(),
            quote: quoted.then(|| self.quoted().quote()),
            // The field begins with the words as they are; left so, nothing is suggested.
            replacement: (quoted && self.replacement != self.source && !self.source.is_empty())
                .then(|| self.replacement.clone()),
            weight: if self.blocking.is_some() {
                Weight::Blocking
            } else {
                Weight::Ordinary
            },
            body: self.body.clone(),
        }
    }

    fn quoted(&self) -> QuoteForm {
        QuoteForm {
            words: self.words.clone(),
            before: self.before.clone(),
            after: self.after.clone(),
            body: self.body.clone(),
            title: self.title.clone(),
            blocking: self.blocking.clone(),
            replacement: self.replacement.clone(),
        }
    }
}

pub async fn create(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<NewThreadForm>,
) -> Reply {
    let (ctx, engine, wanted) = (user.ctx.clone(), app.engine.clone(), form.wanted());
    let in_margin = wanted.quote.is_some();
    let opened = app
        .db
        .write(move |tx| {
            let standing = access::review_numbered(&ctx, tx, number, Need::TakePart)?;
            threads::open(&ctx, tx, engine.as_ref(), &standing, &wanted)
        })
        .await;
    match opened {
        Ok(opened) if in_margin => Ok(Redirect::to(&format!(
            "/reviews/{number}?beside=comments#thread-{}",
            opened.thread
        ))
        .into_response()),
        Err(Error::Invalid(errors)) if in_margin => {
            html_invalid(&margin::new_view(&app, &user, number, form.quoted(), errors).await?)
        }
        Ok(opened) => Ok(Redirect::to(&format!(
            "/reviews/{number}/discussion#thread-{}",
            opened.thread
        ))
        .into_response()),
        Err(Error::Invalid(errors)) => {
            let query = DiscussionQuery {
                at: form.at.clone(),
                ..DiscussionQuery::default()
            };
            let everywhere = DiscussionQuery::default();
            let ctx = user.ctx.clone();
            let found = app
                .db
                .read(move |tx| discussion(&ctx, tx, number, &everywhere))
                .await?;
            let mut view = discussion_view(&app, &user, number, &query, &found);
            let error = |field: &str| errors.get(field).unwrap_or_default().to_owned();
            view.form_at_error = error("at");
            view.form_title_error = error("title");
            view.form_body_error = error("body");
            view.errors = errors;
            view.at_text = String::new();
            view.form_title = form.title;
            view.form_body = form.body;
            view.form_blocking = form.blocking.is_some();
            html_invalid(&view)
        }
        Err(error) => Err(error.into()),
    }
}
