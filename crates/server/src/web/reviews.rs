//! Reviews: the list, a new one, one review with its document.

use super::frame::{self, Frame, Tab};
use super::page::{Page, html, html_invalid};
use super::view::{
    ChoiceView, Clock, PersonView, StateView, WhenView, kind_words, state, state_words,
};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::documents::{self, OutlineEntry};
use hardwon_core::page::{Listed, Page as ListPage};
use hardwon_core::reviews::{self, Filter, ReviewForm, ReviewKind, Summary, Visibility};
use hardwon_core::{Error, Fields};
use hardwon_prose::Syntax;
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ListQuery {
    kind: String,
    state: String,
    title: String,
    cursor: String,
    limit: Option<usize>,
}

impl ListQuery {
    fn filter(&self) -> Filter {
        Filter {
            kind: ReviewKind::parse(&self.kind),
            state: reviews::State::parse(&self.state),
            title: Some(self.title.clone()).filter(|title| !title.trim().is_empty()),
            ..Filter::default()
        }
    }

    fn address(&self, cursor: &str) -> String {
        let pairs = [
            ("kind", self.kind.as_str()),
            ("state", &self.state),
            ("title", &self.title),
            ("cursor", cursor),
        ];
        let pairs: Vec<_> = pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        format!(
            "/reviews?{}",
            serde_html_form::to_string(&pairs).unwrap_or_default()
        )
    }
}

struct RowView {
    number: i64,
    title: String,
    kind: &'static str,
    state: StateView,
    private: bool,
    author: PersonView,
    active: WhenView,
    comments: i64,
    open_questions: i64,
    blocking: i64,
}

#[derive(Template)]
#[template(path = "reviews/list.html")]
struct ListView {
    page: Page,
    rows: Vec<RowView>,
    states: Vec<ChoiceView>,
    title_filter: String,
    older: String,
}

pub async fn list(State(app): State<App>, user: SignedIn, Query(query): Query<ListQuery>) -> Reply {
    let filter = query.filter();
    let part = ListPage::parse(query.limit, Some(&query.cursor))?;
    let ctx = user.ctx.clone();
    let Listed { items, next } = app
        .db
        .read(move |tx| reviews::list(&ctx, tx, &filter, &part))
        .await?;
    let clock = Clock::new(
        user.ctx.at,
        &user.visitor.zone,
        &user.visitor.organisation_zone,
    );
    let mut states = vec![ChoiceView::new("", "Any state", &query.state)];
    states.extend(
        reviews::State::ALL
            .iter()
            .map(|&state| ChoiceView::new(state.as_str(), state_words(state), &query.state)),
    );
    html(&ListView {
        page: Page::new(&app, Some(&user.visitor), "Reviews", "reviews"),
        rows: items.iter().map(|review| row(review, &clock)).collect(),
        states,
        older: next
            .map(|cursor| query.address(&cursor.to_string()))
            .unwrap_or_default(),
        title_filter: query.title,
    })
}

fn row(review: &Summary, clock: &Clock) -> RowView {
    RowView {
        number: review.number,
        title: review.title.clone(),
        kind: kind_words(review.kind),
        state: state(review.state, review.outcome),
        private: review.visibility == Visibility::Private,
        author: PersonView::from(&review.author),
        active: clock.relative(review.active_at),
        comments: review.comment_count,
        open_questions: review.open_questions,
        blocking: review.blocking_threads,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct NewForm {
    title: String,
    text: String,
    feedback_wanted: String,
    private: Option<String>,
}

#[derive(Template)]
#[template(path = "reviews/new.html")]
struct NewView {
    page: Page,
    form: NewForm,
    errors: Fields,
}

pub async fn new(State(app): State<App>, user: SignedIn) -> Reply {
    let page = Page::new(&app, Some(&user.visitor), "New proposal", "reviews");
    html(&NewView {
        page,
        form: NewForm::default(),
        errors: Fields::default(),
    })
}

pub async fn create(State(app): State<App>, user: SignedIn, Form(form): Form<NewForm>) -> Reply {
    let wanted = ReviewForm {
        kind: ReviewKind::Architecture,
        title: form.title.clone(),
        visibility: if form.private.is_some() {
            Visibility::Private
        } else {
            Visibility::Open
        },
        syntax: Syntax::Markdown,
        text: form.text.clone(),
        feedback_wanted: form.feedback_wanted.clone(),
    };
    let (ctx, engine) = (user.ctx.clone(), app.engine.clone());
    match app
        .db
        .write(move |tx| reviews::create(&ctx, tx, engine.as_ref(), &wanted))
        .await
    {
        Ok((_, number)) => Ok(Redirect::to(&format!("/reviews/{number}")).into_response()),
        Err(Error::Invalid(errors)) => {
            let page = Page::new(&app, Some(&user.visitor), "New proposal", "reviews");
            html_invalid(&NewView { page, form, errors })
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "reviews/document.html")]
struct DocumentView {
    page: Page,
    frame: Frame,
    html: String,
    outline: Vec<OutlineEntry>,
    author: PersonView,
    updated: WhenView,
}

pub async fn show(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let ctx = user.ctx.clone();
    let (seen, document) = app
        .db
        .read(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            let document = documents::get(tx, seen.review.document)?;
            Ok::<_, Error>((seen, document))
        })
        .await?;
    html(&DocumentView {
        page: frame::page(&app, &user, &seen),
        frame: Frame::new(&user, &seen, Tab::Document),
        html: document.html,
        outline: document.outline,
        author: PersonView::from(&seen.review.author),
        updated: frame::clock(&user).relative(document.updated_at),
    })
}
