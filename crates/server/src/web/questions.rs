//! Questions of a review: the list with the one to vote on next, asking, voting.

pub mod json;

use super::frame::{self, Frame, Seen, Tab};
use super::page::{Page, html, html_invalid, wants_part};
use super::threads::{DateView, dates};
use super::view::{Clock, PersonView, WhenView};
use crate::app::App;
use crate::http::{Form, Reply, SignedIn};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};
use hardwon_core::access::Standing;
use hardwon_core::id::QuestionId;
use hardwon_core::page::Page as ListPage;
use hardwon_core::questions::{
    self, Filter, Naming, Next, Question, QuestionState, Show, Sort, Vote, Voted,
};
use hardwon_core::{Ctx, Error, Result, Tx, threads};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The vote widget, as the partial `talk::vote` shows it.
pub struct VoteView {
    pub id: String,
    pub action: String,
    pub mine: &'static str,
    pub tally: String,
    pub note: String,
    pub what: String,
}

impl VoteView {
    pub fn new(id: QuestionId, body: &str, up: i64, down: i64, mine: Option<Vote>) -> Self {
        let net = up - down;
        Self {
            id: id.to_string(),
            action: format!("/questions/{id}/vote"),
            mine: mine.map_or("", Vote::as_str),
            tally: match net {
                1.. => format!("+{net}"),
                0 => "0".to_owned(),
                _ => format!("\u{2212}{}", -net),
            },
            note: format!("{up} · {down}"),
            what: body.to_owned(),
        }
    }
}

pub struct QuestionView {
    pub id: String,
    pub number: i64,
    pub body: String,
    pub vote: VoteView,
    pub votable: bool,
    /// Its votes are shown, whether or not it can be voted on any more.
    pub counted: bool,
    pub open: bool,
    pub askers: Vec<PersonView>,
    /// How it was asked, where no name says so.
    pub asked: &'static str,
    pub merged: String,
    pub prompt: bool,
    pub when: WhenView,
    pub badge: String,
    pub tone: &'static str,
    pub icon: &'static str,
    pub earlier_round: i64,
    pub words: String,
    pub words_by: String,
    pub reason: String,
    pub closed_by: String,
    pub target: String,
    pub leads: bool,
    pub own_unnamed: bool,
}

pub fn view(question: &Question, standing: &Standing, clock: &Clock) -> QuestionView {
    let name = |face: &Option<hardwon_core::people::Face>| {
        face.as_ref()
            .map(|face| face.name.clone())
            .unwrap_or_default()
    };
    let closed_by = name(&question.closed_by);
    let (badge, tone, icon) = match question.state {
        QuestionState::Open | QuestionState::Merged => (String::new(), "", ""),
        QuestionState::Answered => ("Answered".to_owned(), "good", "i-check"),
        QuestionState::FollowedUp => (
            format!("Followed up by {}", name(&question.owner)),
            "accent",
            "i-arrow-right",
        ),
        QuestionState::Unresolved => ("Unresolved".to_owned(), "warn", "i-circle-help"),
        QuestionState::SetAside => ("Set aside".to_owned(), "", "i-archive"),
    };
    let open = question.state == QuestionState::Open;
    let ended = !open && question.state != QuestionState::Merged;
    let words = if question.answer.is_empty() || !ended {
        String::new()
    } else {
        threads::html(&question.answer, &[])
    };
    QuestionView {
        id: question.id.to_string(),
        number: question.number,
        body: question.body.clone(),
        vote: VoteView::new(
            question.id,
            &question.body,
            question.up,
            question.down,
            question.mine,
        ),
        counted: !matches!(
            question.state,
            QuestionState::Merged | QuestionState::SetAside
        ),
        votable: open && question.round == standing.round,
        open,
        askers: question.askers.iter().map(PersonView::from).collect(),
        asked: match (question.naming, question.origin) {
            (Naming::Unnamed, _) => "asked without a name",
            (_, questions::Origin::Import) => "from the proposal’s text",
            (_, questions::Origin::Carried) => "carried over",
            _ => "",
        },
        merged: String::new(),
        prompt: question.prompt.is_some(),
        when: clock.relative(question.created_at),
        badge,
        tone,
        icon,
        earlier_round: if question.round == standing.round {
            0
        } else {
            question.round
        },
        words,
        words_by: match question.closed_at {
            Some(at) if ended => format!("{closed_by}, {}", clock.date(at).text),
            _ => String::new(),
        },
        reason: question.answer.clone(),
        closed_by,
        target: question
            .merged_into
            .map(|id| id.to_string())
            .unwrap_or_default(),
        leads: standing.can_edit(),
        own_unnamed: false,
    }
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct QuestionsQuery {
    sort: String,
    /// Numbers of questions put off, separated by commas.
    skip: String,
    round: Option<i64>,
    cursor: String,
}

/// The most questions that somebody can put off in one address.
const MAX_SKIPPED: usize = 100;

impl QuestionsQuery {
    fn sort(&self) -> Sort {
        Sort::parse(&self.sort).unwrap_or(Sort::Votes)
    }

    fn skipped(&self) -> Vec<i64> {
        skipped(&self.skip)
    }

    fn address(&self, number: i64, changes: &[(&str, String)]) -> String {
        let mut pairs: BTreeMap<&str, String> = BTreeMap::from([
            ("sort", self.sort.clone()),
            ("skip", self.skip.clone()),
            (
                "round",
                self.round.map(|n| n.to_string()).unwrap_or_default(),
            ),
        ]);
        pairs.extend(changes.iter().cloned());
        pairs.retain(|_, value| !value.is_empty());
        if pairs.is_empty() {
            return format!("/reviews/{number}/questions");
        }
        let text = serde_html_form::to_string(&pairs).unwrap_or_default();
        format!("/reviews/{number}/questions?{text}")
    }
}

/// The numbers of questions that somebody put off, out of an address.
pub fn skipped(text: &str) -> Vec<i64> {
    text.split(',')
        .filter_map(|number| number.trim().parse().ok())
        .take(MAX_SKIPPED)
        .collect()
}

/// The same, as an address says it.
pub fn joined(numbers: &[i64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    numbers.join(",")
}

pub struct LinkView {
    pub href: String,
    pub label: String,
    pub current: bool,
}

pub struct NextView {
    shown: bool,
    remaining: usize,
    /// One question, or none.
    question: Vec<QuestionView>,
    skipped: String,
    skip_href: String,
}

pub struct ListView {
    heading: String,
    sorts: Vec<LinkView>,
    rounds: Vec<LinkView>,
    questions: Vec<QuestionView>,
    aside: Vec<QuestionView>,
    merged: Vec<QuestionView>,
    empty: bool,
    older: String,
}

/// Everything that the page of questions shows.
struct Found {
    seen: Seen,
    next: Option<Next>,
    questions: Vec<Question>,
    older: Option<String>,
    aside: Vec<Question>,
    merged: Vec<Question>,
}

fn find(ctx: &Ctx, tx: &mut Tx<'_>, number: i64, query: &QuestionsQuery) -> Result<Found> {
    let seen = frame::load(ctx, tx, number)?;
    let id = seen.review.id;
    let round = query.round.unwrap_or(seen.review.round);
    let filter = |show, sort| Filter {
        sort,
        show,
        round: Some(round),
    };
    let page = ListPage::parse(Some(200), Some(&query.cursor))?;
    let all = ListPage::parse(Some(200), None)?;
    let listed = questions::list(ctx, tx, id, &filter(Show::Asked, query.sort()), &page)?;
    let aside = questions::list(ctx, tx, id, &filter(Show::SetAside, Sort::Votes), &all)?;
    let merged = questions::list(ctx, tx, id, &filter(Show::Merged, Sort::Votes), &all)?;
    let next = if round == seen.review.round {
        questions::next_unvoted(ctx, tx, id, round, &query.skipped())?
    } else {
        None
    };
    Ok(Found {
        next,
        questions: listed.items,
        older: listed.next.map(|cursor| cursor.to_string()),
        aside: aside.items,
        merged: merged.items,
        seen,
    })
}

/// What has been put off once this question is, too.
pub fn put_off(skipped: &[i64], next: &Next) -> String {
    let mut all = skipped.to_vec();
    all.retain(|&one| one != next.question.number);
    all.push(next.question.number);
    joined(&all)
}

fn next_view(found: &Found, query: &QuestionsQuery, clock: &Clock) -> NextView {
    let number = found.seen.review.number;
    let Some(next) = &found.next else {
        return NextView {
            shown: false,
            remaining: 0,
            question: Vec::new(),
            skipped: String::new(),
            skip_href: String::new(),
        };
    };
    NextView {
        shown: true,
        remaining: next.remaining,
        question: vec![view(&next.question, &found.seen.standing, clock)],
        skipped: query.skip.clone(),
        skip_href: query.address(number, &[("skip", put_off(&query.skipped(), next))]),
    }
}

fn list_view(found: &Found, query: &QuestionsQuery, clock: &Clock) -> ListView {
    let number = found.seen.review.number;
    let round = query.round.unwrap_or(found.seen.review.round);
    let standing = &found.seen.standing;
    let spotlight = found.next.as_ref().map(|next| next.question.id);
    let mut merged_into: BTreeMap<QuestionId, usize> = BTreeMap::new();
    for target in found.merged.iter().filter_map(|one| one.merged_into) {
        *merged_into.entry(target).or_default() += 1;
    }
    let views = |list: &[Question]| -> Vec<QuestionView> {
        list.iter()
            .map(|question| {
                let mut shown = view(question, standing, clock);
                if let Some(count) = merged_into.get(&question.id) {
                    shown.merged = format!("and {count} more, merged");
                }
                shown
            })
            .collect()
    };
    let asked: Vec<Question> = found
        .questions
        .iter()
        .filter(|question| Some(question.id) != spotlight)
        .cloned()
        .collect();
    let count = found.questions.len();
    let sort = query.sort();
    let sorted = |to: Sort, label: &str| LinkView {
        href: query.address(number, &[("sort", to.to_string())]),
        label: label.to_owned(),
        current: to == sort,
    };
    ListView {
        heading: if count == 1 {
            "1 question".to_owned()
        } else {
            format!("{count} questions")
        },
        sorts: vec![
            sorted(Sort::Votes, "Votes"),
            sorted(Sort::New, "New"),
            sorted(Sort::Unanswered, "Unanswered"),
        ],
        rounds: (1..=found.seen.review.round)
            .map(|one| LinkView {
                href: query.address(number, &[("round", one.to_string())]),
                label: format!("Round {one}"),
                current: one == round,
            })
            .collect(),
        questions: views(&asked),
        aside: views(&found.aside),
        merged: views(&found.merged),
        empty: found.questions.is_empty(),
        older: found
            .older
            .as_ref()
            .map(|cursor| query.address(number, &[("cursor", cursor.clone())]))
            .unwrap_or_default(),
    }
}

#[derive(Template)]
#[template(path = "talk/questions.html")]
struct QuestionsView {
    page: Page,
    frame: Frame,
    next: NextView,
    list: ListView,
    body: String,
    error: String,
    anonymous: bool,
    feedback_wanted: String,
    dates: Vec<DateView>,
}

fn page(app: &App, user: &SignedIn, found: &Found, query: &QuestionsQuery) -> QuestionsView {
    let clock = frame::clock(user);
    QuestionsView {
        page: frame::page(app, user, &found.seen),
        frame: Frame::new(user, &found.seen, Tab::Questions),
        next: next_view(found, query, &clock),
        list: list_view(found, query, &clock),
        body: String::new(),
        error: String::new(),
        anonymous: false,
        feedback_wanted: found.seen.review.feedback_wanted.clone(),
        dates: dates(&found.seen, &clock),
    }
}

async fn found(app: &App, user: &SignedIn, number: i64, query: &QuestionsQuery) -> Result<Found> {
    let (ctx, query) = (user.ctx.clone(), query.clone());
    app.db.read(move |tx| find(&ctx, tx, number, &query)).await
}

pub async fn list(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Query(query): Query<QuestionsQuery>,
) -> Reply {
    let found = found(&app, &user, number, &query).await?;
    html(&page(&app, &user, &found, &query))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct AskForm {
    body: String,
    anonymous: Option<String>,
}

pub async fn ask(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Form(form): Form<AskForm>,
) -> Reply {
    let (ctx, body) = (user.ctx.clone(), form.body.clone());
    let naming = if form.anonymous.is_some() {
        Naming::Unnamed
    } else {
        Naming::Named
    };
    let asked = app
        .db
        .write(move |tx| {
            let seen = frame::load(&ctx, tx, number)?;
            questions::ask(&ctx, tx, seen.review.id, &body, naming)
        })
        .await;
    match asked {
        Ok(asked) => {
            let address = format!("/reviews/{number}/questions?sort=new#question-{}", asked.id);
            Ok(Redirect::to(&address).into_response())
        }
        Err(Error::Invalid(errors)) => {
            let query = QuestionsQuery::default();
            let found = found(&app, &user, number, &query).await?;
            let mut view = page(&app, &user, &found, &query);
            view.body = form.body;
            view.anonymous = form.anonymous.is_some();
            view.error = errors.get("body").unwrap_or_default().to_owned();
            html_invalid(&view)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
pub struct VoteForm {
    vote: String,
    /// What the page had put off, to come back to it as it was.
    #[serde(default)]
    skip: String,
    /// Where it was cast, to go back there: `meeting`, or on the page of questions.
    #[serde(default)]
    from: String,
}

#[derive(Template)]
#[template(path = "talk/vote_part.html")]
struct VotePart {
    vote: VoteView,
}

pub async fn vote(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<QuestionId>,
    headers: HeaderMap,
    Form(form): Form<VoteForm>,
) -> Reply {
    let wanted = match form.vote.as_str() {
        "none" => None,
        word => Some(
            Vote::parse(word)
                .ok_or_else(|| Error::invalid("vote", "A vote is for, against or none."))?,
        ),
    };
    let ctx = user.ctx;
    let voted: Voted = app
        .db
        .write(move |tx| match wanted {
            Some(vote) => questions::vote(&ctx, tx, id, vote),
            None => questions::withdraw(&ctx, tx, id),
        })
        .await?;
    let skip = joined(&skipped(&form.skip));
    if form.from == "meeting" {
        let address = format!("/reviews/{}/meeting?skip={skip}#room-vote", voted.review);
        return Ok(Redirect::to(&address).into_response());
    }
    if wants_part(&headers) {
        return html(&VotePart {
            vote: VoteView::new(id, &voted.body, voted.up, voted.down, voted.mine),
        });
    }
    let query = QuestionsQuery {
        skip,
        ..QuestionsQuery::default()
    };
    Ok(Redirect::to(&query.address(voted.review, &[])).into_response())
}
