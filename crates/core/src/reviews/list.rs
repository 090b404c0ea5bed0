//! Lists of reviews, newest activity first, with filters that the address carries.

use super::{Outcome, ReviewKind, State, Visibility, sql, steps};
use crate::access;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::id::{PersonId, ReviewId, TeamId};
use crate::page::{Conditions, Cursor, Listed, Page};
use crate::people::{self, Face};
use crate::sees;
use hardwon_db::{Row, ToValue, Tx};

/// A review as a list shows it.
#[derive(Debug, Clone)]
pub struct Summary {
    pub id: ReviewId,
    pub number: i64,
    pub kind: ReviewKind,
    pub title: String,
    pub state: State,
    pub outcome: Option<Outcome>,
    pub round: i64,
    pub visibility: Visibility,
    pub author: Face,
    pub active_at: i64,
    pub meeting_at: Option<i64>,
    pub comments_until: Option<i64>,
    pub open_threads: i64,
    pub blocking_threads: i64,
    pub comment_count: i64,
    pub open_questions: i64,
    pub question_count: i64,
}

/// What a list is narrowed to; everything may be left open.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub kind: Option<ReviewKind>,
    pub state: Option<State>,
    pub outcome: Option<Outcome>,
    /// Takes part in any role.
    pub person: Option<PersonId>,
    /// Takes part in any role.
    pub team: Option<TeamId>,
    /// Something happened in it since.
    pub active_since: Option<i64>,
    /// Words that the title holds.
    pub title: Option<String>,
}

pub fn list(ctx: &Ctx, tx: &mut Tx<'_>, filter: &Filter, page: &Page) -> Result<Listed<Summary>> {
    let reader = access::reader(ctx)?;
    let mut conditions = Conditions::default();
    if let Some(kind) = filter.kind {
        conditions.and("r.kind = $$", &[&kind]);
    }
    if let Some(state) = filter.state {
        conditions.and("r.state = $$", &[&state]);
    }
    if let Some(outcome) = filter.outcome {
        conditions.and("r.outcome = $$", &[&outcome]);
    }
    if let Some(person) = filter.person {
        conditions.and(
            "r.id in (select i.review_id from review_person i where i.principal_id = $$)",
            &[&person],
        );
    }
    if let Some(team) = filter.team {
        conditions.and(
            "r.id in (select i.review_id from review_person i where i.principal_id = $$)",
            &[&team],
        );
    }
    if let Some(since) = filter.active_since {
        conditions.and("r.active_at >= $$", &[&since]);
    }
    for word in filter
        .title
        .as_deref()
        .map(people::key)
        .unwrap_or_default()
        .split_whitespace()
    {
        let pattern = format!(
            "%{}%",
            word.replace('\\', "\\\\")
                .replace('%', "\\%")
                .replace('_', "\\_")
        );
        conditions.and("r.title_key like $$ escape '\\'", &[&pattern]);
    }
    if let Some(after) = &page.after {
        conditions.and("(r.active_at, r.id) < ($$, $$)", &[&after.key, &after.id]);
    }
    conditions.and(sees!("$$"), &[&reader, &reader, &reader]);
    let limit = conditions.bind(&page.fetch());
    let text = format!(
        "{}{} order by r.active_at desc, r.id desc limit {limit}",
        sql::LIST_COLUMNS,
        conditions.text()
    );
    let found = tx.query(&text, &conditions.params(), Summary::from_row)?;
    Ok(page.cut(found, |review| Cursor::new(review.active_at, review.id)))
}

impl Summary {
    fn from_row(row: &Row<'_>) -> Result<Self, hardwon_db::Error> {
        Ok(Self {
            id: row.get(0)?,
            number: row.get(1)?,
            kind: row.get(2)?,
            title: row.get(3)?,
            state: row.get(4)?,
            outcome: row.get(5)?,
            round: row.get(6)?,
            visibility: row.get(7)?,
            author: Face {
                id: row.get(8)?,
                name: row.get(9)?,
                handle: row.get(10)?,
            },
            active_at: row.get(11)?,
            meeting_at: row.get(12)?,
            comments_until: row.get(13)?,
            open_threads: row.get(14)?,
            blocking_threads: row.get(15)?,
            comment_count: row.get(16)?,
            open_questions: row.get(17)?,
            question_count: row.get(18)?,
        })
    }
}

/// How many reviews a column of the board shows.
pub const COLUMN: usize = 12;

/// One column of the board: the reviews of one state that something happened in last.
#[derive(Debug, Clone)]
pub struct Column {
    pub state: State,
    pub reviews: Vec<Summary>,
    /// There are more of them; the list shows them all.
    pub more: bool,
}

/// Reviews by state, for the states of a kind (or, for every kind, those of an architecture review).
pub fn board(ctx: &Ctx, tx: &mut Tx<'_>, filter: &Filter) -> Result<Vec<Column>> {
    let reader = access::reader(ctx)?;
    let states = steps::states(filter.kind.unwrap_or(ReviewKind::Architecture));
    let limit = i64::try_from(COLUMN + 1).expect("a column is short");
    let text = sql::board(states.len());
    let person = filter.person.map(|id| id.to_string());
    let mut values: Vec<&dyn ToValue> = vec![&reader, &limit, &filter.kind, &person];
    values.extend(states.iter().map(|state| state as &dyn ToValue));
    let found = tx.query(&text, &values, Summary::from_row)?;
    let mut columns: Vec<Column> = states
        .iter()
        .map(|&state| Column {
            state,
            reviews: Vec::new(),
            more: false,
        })
        .collect();
    for review in found {
        if let Some(column) = columns
            .iter_mut()
            .find(|column| column.state == review.state)
        {
            if column.reviews.len() == COLUMN {
                column.more = true;
            } else {
                column.reviews.push(review);
            }
        }
    }
    Ok(columns)
}
