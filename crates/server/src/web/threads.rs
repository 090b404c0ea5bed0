//! Discussion: the threads of a review, one of them, resolving and marking what was decided.

pub mod json;

use super::frame::{self, Frame, Seen, Tab};
use super::page::{Page, html, html_invalid};
use super::stances::{self, GroupView};
use super::view::{ChoiceView, Clock, PersonView, WhenView};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};
use hardwon_core::access::{self, Need, Standing};
use hardwon_core::documents::{self, OutlineEntry};
use hardwon_core::id::{CommentId, PersonId, ThreadId};
use hardwon_core::page::Page as ListPage;
use hardwon_core::stances::Stance;
use hardwon_core::threads::{
    self, Comment, Counts, Filter, MayResolve, Show, Thread, ThreadForm, ThreadState, Weight,
};
use hardwon_core::{Ctx, Error, Fields, Result, Tx};
use serde::Deserialize;

/// Whether a script asks for a part of a page and not for the whole.
pub fn wants_part(headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request")
}

/// A comment as the partial `talk::comment` shows it.
pub struct CommentView {
    pub id: String,
    pub author: PersonView,
    pub when: WhenView,
    pub html: String,
    pub edited: String,
    pub decided: bool,
    pub mine: bool,
    /// 0 for the present round.
    pub earlier_round: i64,
}

pub struct ThreadView {
    pub id: String,
    pub title: String,
    pub blocking: bool,
    pub resolved: bool,
    pub unfolded: bool,
    pub at_words: &'static str,
    pub at_text: String,
    pub at_href: String,
    pub raised_by: String,
    pub earlier_round: i64,
    pub resolved_by: String,
    pub resolved_at: WhenView,
    pub reason: String,
    pub resolve: &'static str,
    pub can_reopen: bool,
    pub can_mark: bool,
    pub comments: Vec<CommentView>,
    pub total: i64,
    pub more: i64,
    /// A reply that was refused.
    pub typed: String,
    pub error: String,
}

/// What a thread is shown with: who reads, and the document as it is now.
struct Reader<'a> {
    clock: Clock,
    person: Option<PersonId>,
    standing: &'a Standing,
    outline: &'a [OutlineEntry],
}

impl Reader<'_> {
    fn view(&self, thread: &Thread, comments: Vec<&Comment>) -> ThreadView {
        let number = self.standing.number;
        let (at_words, at_text, at_href) = match &thread.heading {
            None => ("at", "the review".to_owned(), String::new()),
            Some(heading) => {
                let now = self
                    .outline
                    .iter()
                    .find(|entry| entry.slug == heading.slug)
                    .or_else(|| self.outline.iter().find(|entry| entry.text == heading.text));
                match now {
                    Some(entry) => (
                        "at",
                        entry.text.clone(),
                        format!("/reviews/{number}#h-{}", entry.slug),
                    ),
                    None => ("was at", heading.text.clone(), String::new()),
                }
            }
        };
        let may = threads::may_resolve(thread, self.standing, self.person);
        let earlier = |round: i64| {
            if round == self.standing.round {
                0
            } else {
                round
            }
        };
        let resolution = thread.resolution.as_ref();
        ThreadView {
            id: thread.id.to_string(),
            title: thread.title.clone(),
            blocking: thread.weight == Weight::Blocking,
            resolved: thread.state == ThreadState::Resolved,
            unfolded: false,
            at_words,
            at_text,
            at_href,
            raised_by: thread.raised_by.name.clone(),
            earlier_round: earlier(thread.round),
            resolved_by: resolution
                .map(|done| done.by.name.clone())
                .unwrap_or_default(),
            resolved_at: resolution
                .map(|done| self.clock.relative(done.at))
                .unwrap_or_default(),
            reason: resolution
                .map(|done| done.reason.clone())
                .unwrap_or_default(),
            resolve: match may {
                MayResolve::Yes => "yes",
                MayResolve::WithReason => "reason",
                MayResolve::No => "",
            },
            can_reopen: thread.weight == Weight::Ordinary || may != MayResolve::No,
            can_mark: threads::may_mark(thread, self.standing, self.person) == MayResolve::Yes,
            total: thread.comment_count,
            more: thread.comment_count - i64::try_from(comments.len()).unwrap_or(0),
            comments: comments
                .into_iter()
                .map(|comment| CommentView {
                    id: comment.id.to_string(),
                    author: PersonView::from(&comment.author),
                    when: self.clock.relative(comment.created_at),
                    html: comment.html.clone(),
                    edited: if comment.edited_at.is_some() {
                        "edited".to_owned()
                    } else {
                        String::new()
                    },
                    decided: thread.decided == Some(comment.id),
                    mine: self.person == Some(comment.author.id),
                    earlier_round: earlier(comment.round),
                })
                .collect(),
            typed: String::new(),
            error: String::new(),
        }
    }
}

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
    errors: Vec<(String, String)>,
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
        };
        blocking = threads::list(ctx, tx, id, &filter, &ListPage::default())?.items;
    }
    let listed = threads::list(ctx, tx, id, &Filter { show, at }, &page)?;
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
        errors: Vec::new(),
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
}

pub async fn create(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<NewThreadForm>,
) -> Reply {
    let ctx = user.ctx.clone();
    let wanted = ThreadForm {
        title: form.title.clone(),
        at: form.at.clone(),
        weight: if form.blocking.is_some() {
            Weight::Blocking
        } else {
            Weight::Ordinary
        },
        body: form.body.clone(),
    };
    let opened = app
        .db
        .write(move |tx| {
            let standing = access::review_numbered(&ctx, tx, number, Need::TakePart)?;
            threads::open(&ctx, tx, &standing, &wanted)
        })
        .await;
    match opened {
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
            view.errors = errors.0.into_iter().collect();
            view.at_text = String::new();
            view.form_title = form.title;
            view.form_body = form.body;
            view.form_blocking = form.blocking.is_some();
            html_invalid(&view)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "talk/thread.html")]
struct ThreadPage {
    page: Page,
    frame: Frame,
    thread: ThreadView,
    older: String,
}

#[derive(Template)]
#[template(path = "talk/thread_part.html")]
struct ThreadPart {
    thread: ThreadView,
}

/// One thread with its comments, for its own page and for live pages.
struct One {
    seen: Seen,
    outline: Vec<OutlineEntry>,
    thread: Thread,
    comments: Vec<Comment>,
    next: Option<String>,
}

fn one(ctx: &Ctx, tx: &mut Tx<'_>, id: ThreadId, page: &ListPage) -> Result<One> {
    let (thread, standing) = threads::get(ctx, tx, id)?;
    let seen = frame::load(ctx, tx, standing.number)?;
    let listed = threads::comments(tx, id, page)?;
    Ok(One {
        outline: documents::get(tx, seen.review.document)?.outline,
        seen,
        thread,
        comments: listed.items,
        next: listed.next.map(|cursor| cursor.to_string()),
    })
}

fn one_view(user: &SignedIn, found: &One) -> ThreadView {
    let reader = Reader {
        clock: frame::clock(user),
        person: user.ctx.person(),
        standing: &found.seen.standing,
        outline: &found.outline,
    };
    reader.view(&found.thread, found.comments.iter().collect())
}

fn one_page(app: &App, user: &SignedIn, found: &One) -> ThreadPage {
    let mut thread = one_view(user, found);
    thread.unfolded = true;
    thread.more = 0;
    ThreadPage {
        page: frame::page(app, user, &found.seen),
        frame: Frame::new(user, &found.seen, Tab::Discussion),
        thread,
        older: found
            .next
            .as_ref()
            .map(|cursor| format!("/threads/{}?cursor={cursor}", found.thread.id))
            .unwrap_or_default(),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ThreadQuery {
    cursor: String,
}

pub async fn show(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<ThreadId>,
    Query(query): Query<ThreadQuery>,
    headers: HeaderMap,
) -> Reply {
    let ctx = user.ctx.clone();
    let page = ListPage::parse(Some(200), Some(&query.cursor))?;
    let found = app.db.read(move |tx| one(&ctx, tx, id, &page)).await?;
    if wants_part(&headers) {
        return html(&ThreadPart {
            thread: one_view(&user, &found),
        });
    }
    html(&one_page(&app, &user, &found))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ReplyForm {
    body: String,
    decided: Option<String>,
}

pub async fn comment(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<ThreadId>,
    Form(form): Form<ReplyForm>,
) -> Reply {
    let (ctx, body, decided) = (user.ctx.clone(), form.body.clone(), form.decided.is_some());
    let answered = app
        .db
        .write(move |tx| {
            let answered = threads::comment(&ctx, tx, id, &body)?;
            if decided {
                threads::mark_decided(&ctx, tx, answered.comment)?;
            }
            Ok::<_, Error>(answered)
        })
        .await;
    match answered {
        Ok(answered) => Ok(Redirect::to(&format!(
            "/reviews/{}/discussion?show=all#comment-{}",
            answered.review, answered.comment
        ))
        .into_response()),
        Err(Error::Invalid(errors)) => {
            let ctx = user.ctx.clone();
            let found = app
                .db
                .read(move |tx| one(&ctx, tx, id, &ListPage::default()))
                .await?;
            let mut view = one_page(&app, &user, &found);
            view.thread.typed = form.body;
            view.thread.error = errors.get("body").unwrap_or_default().to_owned();
            html_invalid(&view)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "talk/resolve.html")]
struct ResolveView {
    page: Page,
    frame: Frame,
    id: String,
    title: String,
    blocking: bool,
    raised_by: String,
    reason: String,
    error: String,
    errors: Vec<(String, String)>,
}

async fn resolve_view(
    app: &App,
    user: &SignedIn,
    id: ThreadId,
    reason: String,
    errors: Fields,
) -> Result<ResolveView> {
    let ctx = user.ctx.clone();
    let (seen, thread) = app
        .db
        .read(move |tx| {
            let (thread, standing) = threads::get(&ctx, tx, id)?;
            Ok::<_, Error>((frame::load(&ctx, tx, standing.number)?, thread))
        })
        .await?;
    Ok(ResolveView {
        page: frame::page(app, user, &seen),
        frame: Frame::new(user, &seen, Tab::Discussion),
        id: id.to_string(),
        title: thread.title,
        blocking: thread.weight == Weight::Blocking,
        raised_by: thread.raised_by.name,
        reason,
        error: errors.get("reason").unwrap_or_default().to_owned(),
        errors: errors.0.into_iter().collect(),
    })
}

pub async fn new_resolution(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<ThreadId>,
) -> Reply {
    html(&resolve_view(&app, &user, id, String::new(), Fields::default()).await?)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ReasonForm {
    reason: String,
}

pub async fn resolve(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<ThreadId>,
    Form(form): Form<ReasonForm>,
) -> Reply {
    let (ctx, reason) = (user.ctx.clone(), form.reason.clone());
    let resolved = app
        .db
        .write(move |tx| {
            threads::resolve(&ctx, tx, id, &reason)?;
            threads::get(&ctx, tx, id)
        })
        .await;
    match resolved {
        Ok((_, standing)) => {
            Ok(Redirect::to(&format!("/reviews/{}/discussion", standing.number)).into_response())
        }
        Err(Error::Invalid(errors)) => {
            html_invalid(&resolve_view(&app, &user, id, form.reason, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn reopen(State(app): State<App>, user: SignedIn, Path(id): Path<ThreadId>) -> Reply {
    let ctx = user.ctx.clone();
    let (_, standing) = app
        .db
        .write(move |tx| {
            threads::reopen(&ctx, tx, id)?;
            threads::get(&ctx, tx, id)
        })
        .await?;
    let address = format!("/reviews/{}/discussion#thread-{id}", standing.number);
    Ok(Redirect::to(&address).into_response())
}

pub async fn decide(State(app): State<App>, user: SignedIn, Path(id): Path<CommentId>) -> Reply {
    let ctx = user.ctx.clone();
    let thread = app
        .db
        .write(move |tx| threads::mark_decided(&ctx, tx, id))
        .await?;
    Ok(Redirect::to(&format!("/threads/{}#comment-{id}", thread.id)).into_response())
}

pub async fn undecide(State(app): State<App>, user: SignedIn, Path(id): Path<CommentId>) -> Reply {
    let ctx = user.ctx.clone();
    let thread = app
        .db
        .write(move |tx| threads::unmark_decided(&ctx, tx, id))
        .await?;
    Ok(Redirect::to(&format!("/threads/{}#comment-{id}", thread.id)).into_response())
}
