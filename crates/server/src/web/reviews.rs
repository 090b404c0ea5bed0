//! Lists of reviews: by activity with filters that live in the address, and as a board by state.

pub mod json;

use super::frame;
use super::page::{Page, html};
use super::view::{
    ChoiceView, Clock, PersonView, StateView, WhenView, kind_words, outcome_words, state,
    state_words,
};
use crate::app::App;
use crate::http::{Reply, SignedIn};
use askama::Template;
use axum::extract::{Query, State};
use hardwon_core::page::{Listed, Page as ListPage};
use hardwon_core::reviews::participants::{PrincipalKind, find_principal};
use hardwon_core::reviews::{self, Filter, Outcome, ReviewKind, Summary, Visibility};
use hardwon_core::{Ctx, Error, Result, Tx};
use serde::Deserialize;

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct ListQuery {
    title: String,
    state: String,
    kind: String,
    outcome: String,
    /// `me`, or a handle.
    person: String,
    /// A handle.
    team: String,
    /// `week` or `month`.
    active: String,
    cursor: String,
    limit: Option<usize>,
}

impl ListQuery {
    /// The filter, or nothing where somebody is named who is not here: then no review fits.
    fn filter(&self, ctx: &Ctx, tx: &mut Tx<'_>) -> Result<Option<Filter>> {
        const DAY: i64 = 86_400_000;
        let mut filter = Filter {
            kind: ReviewKind::parse(&self.kind),
            state: reviews::State::parse(&self.state),
            outcome: Outcome::parse(&self.outcome),
            title: Some(self.title.clone()).filter(|title| !title.trim().is_empty()),
            active_since: match self.active.as_str() {
                "week" => Some(ctx.at - 7 * DAY),
                "month" => Some(ctx.at - 30 * DAY),
                _ => None,
            },
            ..Filter::default()
        };
        if self.person == "me" {
            filter.person = ctx.person();
        } else if !self.person.is_empty() {
            match find_principal(tx, &self.person) {
                Ok(one) if one.kind == PrincipalKind::Person => filter.person = one.id.parse().ok(),
                Ok(_) | Err(Error::Invalid(_)) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        if !self.team.is_empty() {
            match find_principal(tx, &self.team) {
                Ok(one) if one.kind == PrincipalKind::Team => filter.team = one.id.parse().ok(),
                Ok(_) | Err(Error::Invalid(_)) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(Some(filter))
    }

    fn pairs(&self) -> [(&'static str, &str); 7] {
        [
            ("title", &self.title),
            ("state", &self.state),
            ("kind", &self.kind),
            ("outcome", &self.outcome),
            ("person", &self.person),
            ("team", &self.team),
            ("active", &self.active),
        ]
    }

    /// The same list, without one of the filters, from a cursor on.
    fn address(&self, without: &str, cursor: &str) -> String {
        let pairs: Vec<_> = self
            .pairs()
            .into_iter()
            .chain([("cursor", cursor)])
            .filter(|(name, value)| !value.is_empty() && *name != without)
            .collect();
        if pairs.is_empty() {
            return "/reviews".to_owned();
        }
        format!(
            "/reviews?{}",
            serde_html_form::to_string(&pairs).unwrap_or_default()
        )
    }

    /// The filters in use, each with the address of the list without it.
    fn applied(&self) -> Vec<AppliedView> {
        self.pairs()
            .into_iter()
            .filter(|(_, value)| !value.trim().is_empty())
            .map(|(name, value)| AppliedView {
                label: match name {
                    "title" => format!("Title: {value}"),
                    "state" => format!(
                        "State: {}",
                        reviews::State::parse(value).map_or(value, |state| state_words(state))
                    ),
                    "kind" => ReviewKind::parse(value)
                        .map_or(value, |kind| kind_words(kind))
                        .to_owned(),
                    "outcome" => format!(
                        "Outcome: {}",
                        Outcome::parse(value).map_or(value, |outcome| outcome_words(outcome))
                    ),
                    "person" if value == "me" => "With me".to_owned(),
                    "person" => format!("With @{value}"),
                    "team" => format!("With team @{value}"),
                    _ if value == "week" => "Last 7 days".to_owned(),
                    _ => "Last 30 days".to_owned(),
                },
                href: self.address(name, ""),
            })
            .collect()
    }
}

struct AppliedView {
    label: String,
    href: String,
}

struct RowView {
    number: i64,
    title: String,
    kind: &'static str,
    state: StateView,
    round: i64,
    private: bool,
    author: PersonView,
    active: WhenView,
    comments: i64,
    open_questions: i64,
    blocking: i64,
    /// The next date: the meeting's, or until when comments are asked for.
    date: String,
}

#[derive(Template)]
#[template(path = "reviews/list.html")]
struct ListView {
    page: Page,
    rows: Vec<RowView>,
    states: Vec<ChoiceView>,
    kinds: Vec<ChoiceView>,
    outcomes: Vec<ChoiceView>,
    people: Vec<ChoiceView>,
    activity: Vec<ChoiceView>,
    applied: Vec<AppliedView>,
    title_filter: String,
    team_filter: String,
    newer: String,
    older: String,
}

pub async fn list(State(app): State<App>, user: SignedIn, Query(query): Query<ListQuery>) -> Reply {
    let part = ListPage::parse(query.limit, Some(&query.cursor))?;
    let (ctx, asked) = (user.ctx.clone(), query.clone());
    let Listed { items, next } = app
        .db
        .read(move |tx| match asked.filter(&ctx, tx)? {
            Some(filter) => reviews::list(&ctx, tx, &filter, &part),
            None => Ok(Listed {
                items: Vec::new(),
                next: None,
            }),
        })
        .await?;
    let clock = frame::clock(&user);
    html(&ListView {
        page: Page::new(&app, Some(&user.visitor), "Reviews", "reviews"),
        rows: items.iter().map(|review| row(review, &clock)).collect(),
        states: choices("Any state", &query.state, reviews::State::ALL, |state| {
            (state.as_str(), state_words(state))
        }),
        kinds: choices("Any kind", &query.kind, ReviewKind::ALL, |kind| {
            (kind.as_str(), kind_words(kind))
        }),
        outcomes: choices("Any outcome", &query.outcome, Outcome::ALL, |outcome| {
            (outcome.as_str(), outcome_words(outcome))
        }),
        people: people(&query.person),
        activity: vec![
            ChoiceView::new("", "Any time", &query.active),
            ChoiceView::new("week", "Last 7 days", &query.active),
            ChoiceView::new("month", "Last 30 days", &query.active),
        ],
        applied: query.applied(),
        newer: if query.cursor.is_empty() {
            String::new()
        } else {
            query.address("", "")
        },
        older: next
            .map(|cursor| query.address("", &cursor.to_string()))
            .unwrap_or_default(),
        title_filter: query.title,
        team_filter: query.team,
    })
}

fn choices<T: Copy>(
    any: &'static str,
    selected: &str,
    all: &[T],
    words: impl Fn(T) -> (&'static str, &'static str),
) -> Vec<ChoiceView> {
    let mut choices = vec![ChoiceView::new("", any, selected)];
    choices.extend(all.iter().map(|&one| {
        let (value, label) = words(one);
        ChoiceView::new(value, label, selected)
    }));
    choices
}

fn people(selected: &str) -> Vec<ChoiceView> {
    let mut people = vec![
        ChoiceView::new("", "Anyone", selected),
        ChoiceView::new("me", "Me", selected),
    ];
    if !selected.is_empty() && selected != "me" {
        people.push(ChoiceView::new(selected, format!("@{selected}"), selected));
    }
    people
}

fn row(review: &Summary, clock: &Clock) -> RowView {
    RowView {
        number: review.number,
        title: review.title.clone(),
        kind: kind_words(review.kind),
        state: state(review.state, review.outcome),
        round: review.round,
        private: review.visibility == Visibility::Private,
        author: PersonView::from(&review.author),
        active: clock.relative(review.active_at),
        comments: review.comment_count,
        open_questions: review.open_questions,
        blocking: review.blocking_threads,
        date: match review.state {
            reviews::State::Circulating => review
                .comments_until
                .map(|at| format!("comments until {}", clock.date(at).text)),
            reviews::State::Scheduled | reviews::State::InReview => review
                .meeting_at
                .map(|at| format!("meets {}", clock.exact(at).text)),
            _ => None,
        }
        .unwrap_or_default(),
    }
}

struct ColumnView {
    state: StateView,
    rows: Vec<RowView>,
    count: String,
    /// Where the rest is; empty where everything is shown.
    more: String,
}

#[derive(Template)]
#[template(path = "reviews/board.html")]
struct BoardView {
    page: Page,
    columns: Vec<ColumnView>,
    kinds: Vec<ChoiceView>,
    people: Vec<ChoiceView>,
}

pub async fn board(
    State(app): State<App>,
    user: SignedIn,
    Query(query): Query<ListQuery>,
) -> Reply {
    let (ctx, asked) = (user.ctx.clone(), query.clone());
    let columns = app
        .db
        .read(move |tx| match asked.filter(&ctx, tx)? {
            Some(filter) => reviews::board(&ctx, tx, &filter),
            None => Ok(Vec::new()),
        })
        .await?;
    let clock = frame::clock(&user);
    html(&BoardView {
        page: Page::new(&app, Some(&user.visitor), "Reviews", "reviews"),
        kinds: choices("Any kind", &query.kind, ReviewKind::ALL, |kind| {
            (kind.as_str(), kind_words(kind))
        }),
        people: people(&query.person),
        columns: columns
            .iter()
            .map(|column| ColumnView {
                state: state(column.state, None),
                count: format!(
                    "{}{}",
                    column.reviews.len(),
                    if column.more { "+" } else { "" }
                ),
                rows: column
                    .reviews
                    .iter()
                    .map(|review| row(review, &clock))
                    .collect(),
                more: if column.more {
                    let narrowed = ListQuery {
                        state: column.state.as_str().to_owned(),
                        ..query.clone()
                    };
                    narrowed.address("", "")
                } else {
                    String::new()
                },
            })
            .collect(),
    })
}
