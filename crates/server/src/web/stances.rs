//! Where people stand, and the conditions of their yes.

pub mod json;

use super::frame::{self, Frame, Seen, Tab};
use super::page::{Page, html, html_invalid};
use super::threads::{DateView, dates};
use super::view::{ChoiceView, Clock, PersonView, WhenView};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use hardwon_core::access::Standing;
use hardwon_core::id::{ConditionId, PersonId};
use hardwon_core::page::{Listed, Page as ListPage};
use hardwon_core::stances::conditions::{self, Condition, ConditionState};
use hardwon_core::stances::{self, Position, Stance, StanceForm};
use hardwon_core::{Ctx, Error, Fields, Result, Tx, threads};
use serde::Deserialize;

pub struct StanceView {
    pub person: PersonView,
    pub words: String,
    pub when: WhenView,
}

/// Those who say the same.
pub struct GroupView {
    pub key: &'static str,
    pub label: &'static str,
    pub icon: &'static str,
    pub tone: &'static str,
    pub people: String,
    pub stances: Vec<StanceView>,
}

pub fn position_words(position: Position) -> &'static str {
    match position {
        Position::Yes => "Yes",
        Position::YesIf => "Yes, if",
        Position::NotYet => "Not yet",
        Position::Abstain => "Abstain",
    }
}

/// Stances side by side, grouped by what they say; within a group by name.
pub fn groups(list: &[Stance], clock: &Clock) -> Vec<GroupView> {
    Position::ALL
        .iter()
        .filter_map(|&position| {
            let own: Vec<&Stance> = list
                .iter()
                .filter(|stance| stance.position == position)
                .collect();
            if own.is_empty() {
                return None;
            }
            let (icon, tone) = match position {
                Position::Yes => ("i-circle-check", "good"),
                Position::YesIf => ("i-circle-dot", "warn"),
                Position::NotYet => ("i-circle-dashed", ""),
                Position::Abstain => ("i-circle-minus", ""),
            };
            Some(GroupView {
                key: position.as_str(),
                label: position_words(position),
                icon,
                tone,
                people: if own.len() == 1 {
                    "1 person".to_owned()
                } else {
                    format!("{} people", own.len())
                },
                stances: own
                    .into_iter()
                    .map(|stance| StanceView {
                        person: PersonView::from(&stance.person),
                        words: stance.words.clone(),
                        when: clock.relative(stance.at),
                    })
                    .collect(),
            })
        })
        .collect()
}

struct ConditionView {
    id: String,
    body: String,
    state: &'static str,
    icon: &'static str,
    open: bool,
    raised_by: String,
    owner: String,
    owner_handle: String,
    reason: String,
    can_take: bool,
    can_tend: bool,
}

fn condition(one: &Condition, standing: &Standing, person: Option<PersonId>) -> ConditionView {
    let (state, icon) = match one.state {
        ConditionState::Open => ("Open", "i-square"),
        ConditionState::Met => ("Met", "i-square-check"),
        ConditionState::LetGo => ("Let go", "i-square-minus"),
    };
    let name = |face: &Option<hardwon_core::people::Face>| {
        face.as_ref()
            .map(|face| face.name.clone())
            .unwrap_or_default()
    };
    ConditionView {
        id: one.id.to_string(),
        body: one.body.clone(),
        state,
        icon,
        open: one.state == ConditionState::Open,
        raised_by: name(&one.raised_by),
        owner: name(&one.owner),
        owner_handle: one
            .owner
            .as_ref()
            .map(|face| face.handle.clone())
            .unwrap_or_default(),
        reason: match &one.closed_by {
            Some(by) if one.closed_reason.is_empty() => by.name.clone(),
            Some(by) => format!("{}: {}", by.name, one.closed_reason),
            None => String::new(),
        },
        can_take: one.owner.is_none() && person.is_some(),
        can_tend: conditions::may_tend(one, standing, person),
    }
}

#[derive(Template)]
#[template(path = "talk/stances.html")]
struct StancesPage {
    page: Page,
    frame: Frame,
    groups: Vec<GroupView>,
    conditions: Vec<ConditionView>,
    older: String,
    me: String,
    errors: Fields,
    positions: Vec<ChoiceView>,
    position_error: String,
    words: String,
    words_error: String,
    typed_conditions: String,
    conditions_error: String,
    taken: bool,
    feedback_wanted: String,
    dates: Vec<DateView>,
}

struct Found {
    seen: Seen,
    stances: Vec<Stance>,
    conditions: Listed<Condition>,
}

fn find(ctx: &Ctx, tx: &mut Tx<'_>, number: i64, part: &ListPage) -> Result<Found> {
    let seen = frame::load(ctx, tx, number)?;
    let id = seen.review.id;
    Ok(Found {
        stances: stances::list(ctx, tx, id, seen.review.round)?,
        conditions: conditions::list(ctx, tx, id, part)?,
        seen,
    })
}

fn page(app: &App, user: &SignedIn, found: &Found) -> StancesPage {
    let clock = frame::clock(user);
    let person = user.ctx.person();
    let own = found
        .stances
        .iter()
        .find(|stance| Some(stance.person.id) == person);
    StancesPage {
        page: frame::page(app, user, &found.seen),
        frame: Frame::new(user, &found.seen, Tab::Discussion),
        groups: groups(&found.stances, &clock),
        conditions: found
            .conditions
            .items
            .iter()
            .map(|one| condition(one, &found.seen.standing, person))
            .collect(),
        older: found
            .conditions
            .next
            .as_ref()
            .map(|cursor| {
                format!(
                    "/reviews/{}/stances?cursor={cursor}",
                    found.seen.review.number
                )
            })
            .unwrap_or_default(),
        me: user.visitor.handle.clone(),
        errors: Fields::default(),
        positions: positions(own.map_or("", |stance| stance.position.as_str())),
        position_error: String::new(),
        words: own.map(|stance| stance.words.clone()).unwrap_or_default(),
        words_error: String::new(),
        typed_conditions: String::new(),
        conditions_error: String::new(),
        taken: own.is_some(),
        feedback_wanted: found.seen.review.feedback_wanted.clone(),
        dates: dates(&found.seen, &clock),
    }
}

fn positions(chosen: &str) -> Vec<ChoiceView> {
    Position::ALL
        .iter()
        .map(|&position| ChoiceView::new(position.as_str(), position_words(position), chosen))
        .collect()
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct StancesQuery {
    cursor: String,
}

pub async fn list(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(query): Query<StancesQuery>,
) -> Reply {
    let ctx = user.ctx.clone();
    let part = ListPage::parse(Some(100), Some(&query.cursor))?;
    let found = app.db.read(move |tx| find(&ctx, tx, number, &part)).await?;
    html(&page(&app, &user, &found))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct TakeForm {
    position: String,
    words: String,
    conditions: String,
}

pub async fn take(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<TakeForm>,
) -> Reply {
    let ctx = user.ctx.clone();
    let position = Position::parse(&form.position);
    let (words, lines) = (form.words.clone(), form.conditions.clone());
    let taken = app
        .db
        .write(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            let wanted = StanceForm {
                position: position
                    .ok_or_else(|| Error::invalid("position", "Please choose where you stand."))?,
                words: words.clone(),
                conditions: lines.lines().map(str::to_owned).collect(),
            };
            stances::take(&ctx, tx, seen.review.id, &wanted)
        })
        .await;
    match taken {
        Ok(_) => Ok(Redirect::to(&format!("/reviews/{number}/stances")).into_response()),
        Err(Error::Invalid(errors)) => {
            let ctx = user.ctx.clone();
            let found = app
                .db
                .read(move |tx| find(&ctx, tx, number, &ListPage::default()))
                .await?;
            let mut view = page(&app, &user, &found);
            let error = |field: &str| errors.get(field).unwrap_or_default().to_owned();
            view.position_error = error("position");
            view.words_error = error("words");
            view.conditions_error = error("conditions");
            view.errors = errors;
            view.positions = positions(&form.position);
            view.words = form.words;
            view.typed_conditions = form.conditions;
            html_invalid(&view)
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn withdraw(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let ctx = user.ctx;
    app.db
        .write(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            stances::withdraw(&ctx, tx, seen.review.id)
        })
        .await?;
    Ok(Redirect::to(&format!("/reviews/{number}/stances")).into_response())
}

#[derive(Deserialize)]
pub struct OwnerForm {
    owner: String,
}

/// The page that a form about a condition stood on, where it was not that of the stances.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Origin {
    from: String,
}

/// Changes a condition and goes back to it.
async fn change(
    app: &App,
    user: SignedIn,
    id: ConditionId,
    origin: &Origin,
    verb: impl Fn(&Ctx, &mut Tx<'_>) -> Result<Condition> + Send + 'static,
) -> Reply {
    let ctx = user.ctx;
    let number = app
        .db
        .write(move |tx| {
            verb(&ctx, tx)?;
            let (_, standing) = conditions::get(&ctx, tx, id)?;
            Ok::<_, Error>(standing.number)
        })
        .await?;
    let page = if origin.from == "outcome" {
        "outcome"
    } else {
        "stances"
    };
    Ok(Redirect::to(&format!("/reviews/{number}/{page}#condition-{id}")).into_response())
}

pub async fn assign(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<ConditionId>,
    Form(form): Form<OwnerForm>,
) -> Reply {
    change(&app, user, id, &Origin::default(), move |ctx, tx| {
        let (condition, _) = conditions::get(ctx, tx, id)?;
        let owner = if form.owner.trim().is_empty() {
            None
        } else {
            let found = threads::person_named(tx, condition.review, &form.owner)?;
            Some(found.ok_or_else(|| {
                Error::invalid("owner", "Nobody with this handle takes part here.")
            })?)
        };
        conditions::assign(ctx, tx, id, owner)
    })
    .await
}

#[derive(Deserialize)]
pub struct ClosingForm {
    state: String,
    #[serde(default)]
    reason: String,
}

pub async fn close(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<ConditionId>,
    Query(origin): Query<Origin>,
    Form(form): Form<ClosingForm>,
) -> Reply {
    change(&app, user, id, &origin, move |ctx, tx| {
        match form.state.as_str() {
            "met" => conditions::meet(ctx, tx, id, &form.reason),
            "let-go" => conditions::let_go(ctx, tx, id, &form.reason),
            _ => Err(Error::invalid("state", "A condition is met or let go.")),
        }
    })
    .await
}

pub async fn reopen(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<ConditionId>,
    Query(origin): Query<Origin>,
) -> Reply {
    change(&app, user, id, &origin, move |ctx, tx| {
        conditions::reopen(ctx, tx, id)
    })
    .await
}
