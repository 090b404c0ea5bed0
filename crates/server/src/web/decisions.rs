//! Decisions: the list, one as a record, and the form that records one.

mod decide;
pub mod json;
mod view;

use super::frame;
use super::page::{Page, html};
use super::view::{ChoiceView, Clock, PersonView, WhenView, outcome_words};
use crate::app::App;
use crate::http::{Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use hardwon_core::Error;
use hardwon_core::decisions::agreements;
use hardwon_core::decisions::{self, Decision, Filter, Validity};
use hardwon_core::page::{Listed, Page as ListPage};
use hardwon_core::reviews::Outcome;
use hardwon_core::stances::conditions;
use serde::Deserialize;

use decide::somebody;
pub use decide::{DecideForm, create, new};
pub use view::{
    AgreementView, ConditionView, RecordView, RefView, agreement, condition, day, named,
    record_view, reference, stop_words, validity_words, verdict,
};

#[derive(Template)]
#[template(path = "outcome/decision.html")]
struct DecisionPage {
    page: Page,
    record: RecordView,
    agreements: Vec<AgreementView>,
    conditions: Vec<ConditionView>,
}

pub async fn show(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let ctx = user.ctx.clone();
    let (record, named, agreed, raised) = app
        .db
        .read(move |tx| {
            let record = decisions::get(&ctx, tx, number)?;
            let review = record.decision.review;
            let named = named(tx, &record)?;
            let agreed = agreements::list(&ctx, tx, review)?;
            let raised = conditions::list(&ctx, tx, review, &hundreds())?;
            Ok::<_, Error>((record, named, agreed, raised.items))
        })
        .await?;
    let clock = frame::clock(&user);
    let round = record.decision.round;
    let title = format!("D-{number} {}", record.decision.title);
    html(&DecisionPage {
        page: Page::new(&app, Some(&user.visitor), title, "reviews"),
        agreements: agreed
            .iter()
            .filter(|one| one.round == round)
            .map(agreement)
            .collect(),
        conditions: raised
            .iter()
            .filter(|one| one.round == round)
            .map(|one| condition(one, &clock, |_| false))
            .collect(),
        record: record_view(&record, &named, &clock),
    })
}

/// As much of a list as one page shows at once.
pub fn hundreds() -> ListPage {
    ListPage {
        limit: hardwon_core::page::MAX_LIMIT,
        after: None,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ListQuery {
    outcome: String,
    validity: String,
    look_again: String,
    cursor: String,
    limit: Option<usize>,
}

impl ListQuery {
    fn address(&self, cursor: &str) -> String {
        let pairs: Vec<_> = [
            ("outcome", self.outcome.as_str()),
            ("validity", &self.validity),
            ("look_again", &self.look_again),
            ("cursor", cursor),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
        format!(
            "/decisions?{}",
            serde_html_form::to_string(&pairs).unwrap_or_default()
        )
    }
}

struct RowView {
    number: i64,
    review: i64,
    title: String,
    round: i64,
    outcome: &'static str,
    outcome_label: &'static str,
    validity: &'static str,
    date: WhenView,
    by: Option<PersonView>,
    look_again: String,
    due: bool,
}

#[derive(Template)]
#[template(path = "outcome/decisions.html")]
struct ListView {
    page: Page,
    rows: Vec<RowView>,
    outcomes: Vec<ChoiceView>,
    validities: Vec<ChoiceView>,
    due: Vec<ChoiceView>,
    filtered: bool,
    older: String,
}

pub async fn list(State(app): State<App>, user: SignedIn, Query(query): Query<ListQuery>) -> Reply {
    let clock = frame::clock(&user);
    let today = clock.today();
    let filter = Filter {
        outcome: Outcome::parse(&query.outcome),
        validity: Validity::parse(&query.validity),
        look_again_by: (query.look_again == "due").then(|| today.to_string()),
    };
    let part = ListPage::parse(query.limit, Some(&query.cursor))?;
    let ctx = user.ctx.clone();
    let Listed { items, next } = app
        .db
        .read(move |tx| decisions::list(&ctx, tx, &filter, &part))
        .await?;
    let today = today.to_string();
    let choices = |first: &str, chosen: &str, rest: &[(&str, &str)]| {
        let mut all = vec![ChoiceView::new("", first, chosen)];
        all.extend(
            rest.iter()
                .map(|(value, label)| ChoiceView::new(*value, *label, chosen)),
        );
        all
    };
    let outcomes: Vec<_> = Outcome::ALL
        .iter()
        .map(|&outcome| (outcome.as_str(), outcome_words(outcome)))
        .collect();
    html(&ListView {
        page: Page::new(&app, Some(&user.visitor), "Decisions", "reviews"),
        rows: items.iter().map(|one| row(one, &clock, &today)).collect(),
        outcomes: choices("Any outcome", &query.outcome, &outcomes),
        validities: choices(
            "Whether they hold or not",
            &query.validity,
            &[
                ("valid", "Hold now"),
                ("superseded", "Superseded"),
                ("past", "Of an earlier round"),
            ],
        ),
        due: choices(
            "Whenever they are looked at again",
            &query.look_again,
            &[("due", "To look at again by today")],
        ),
        filtered: [&query.outcome, &query.validity, &query.look_again]
            .iter()
            .any(|value| !value.is_empty()),
        older: next
            .map(|cursor| query.address(&cursor.to_string()))
            .unwrap_or_default(),
    })
}

fn row(one: &Decision, clock: &Clock, today: &str) -> RowView {
    RowView {
        number: one.number,
        review: one.review_number,
        title: one.title.clone(),
        round: one.round,
        outcome: one.outcome.as_str(),
        outcome_label: outcome_words(one.outcome),
        validity: validity_words(one.validity),
        date: clock.date(one.decided_at),
        by: one.decided_by.as_ref().map(PersonView::from),
        look_again: one.look_again_on.as_deref().map(day).unwrap_or_default(),
        due: one.validity == Validity::Valid
            && one.look_again_on.as_deref().is_some_and(|day| day <= today),
    }
}
