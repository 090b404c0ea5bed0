//! The parts of a meeting's room. Each is written the same for everybody: on the page, and once for all listeners when
//! it changes. What only those who lead may do is in them and hidden from the others; the server checks it anyway.

use crate::web::questions::{joined, put_off};
use crate::web::view::{ChoiceView, PersonView};
use askama::Template;
use hardwon_core::meetings::{
    self, Agenda, Choice, Item, Meeting, MeetingState, Parked, ParkedState, Phase, Poll, PollState,
};
use hardwon_core::people::Face;
use hardwon_core::questions::{Next, QuestionState};
use hardwon_core::stances::{Position, Stance};
use hardwon_core::{Error, Result};

/// How many of those who are there are named.
pub const NAMED: i64 = 12;

/// Writes a part.
pub fn render(part: &impl Template) -> Result<String> {
    part.render().map_err(Error::bug)
}

pub fn phase_words(meeting: &Meeting) -> &'static str {
    match (meeting.state, meeting.phase) {
        (MeetingState::Cancelled, _) => "Called off",
        (_, Phase::Waiting) => "Not begun",
        (_, Phase::Presentation) => "Presentation",
        (_, Phase::Questions) => "Questions",
        (_, Phase::Outcome) => "Agreement and outcome",
        (_, Phase::Over) => "Over",
    }
}

/// `4:12`, `1:04:12`, as the clock in the browser counts on.
fn digits(from: i64, now: i64) -> String {
    let seconds = ((now - from) / 1000).max(0);
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if h > 0 {
        format!("{h}:{m:02}:{s:02}")
    } else {
        format!("{m}:{s:02}")
    }
}

pub fn signed(up: i64, down: i64) -> String {
    match up - down {
        0 => "0".to_owned(),
        net if net > 0 => format!("+{net}"),
        net => format!("−{}", net.abs()),
    }
}

/// `15 for · 1 against`.
pub fn for_and_against(up: i64, down: i64) -> String {
    format!("{up} for · {down} against")
}

struct Lead {
    phase: &'static str,
    label: &'static str,
    primary: bool,
}

#[derive(Template)]
#[template(path = "room/head.html")]
struct Head {
    meeting: String,
    phase: &'static str,
    started: i64,
    digits: String,
    minutes: i64,
    now: i64,
    steps: Vec<Lead>,
}

pub fn head(meeting: &Meeting, now: i64) -> Result<String> {
    let lead = |phase: Phase, label, primary| Lead {
        phase: phase.as_str(),
        label,
        primary,
    };
    let steps = match (meeting.state, meeting.phase) {
        (MeetingState::Cancelled, _) => Vec::new(),
        (_, Phase::Waiting) => vec![lead(Phase::Presentation, "Begin the meeting", true)],
        (_, Phase::Presentation) => vec![
            lead(Phase::Questions, "On to the questions", true),
            lead(Phase::Over, "End the meeting", false),
        ],
        (_, Phase::Questions) => vec![
            lead(Phase::Outcome, "On to the outcome", false),
            lead(Phase::Over, "End the meeting", false),
        ],
        (_, Phase::Outcome) => vec![
            lead(Phase::Over, "End the meeting", true),
            lead(Phase::Questions, "Back to the questions", false),
        ],
        (_, Phase::Over) => vec![lead(Phase::Outcome, "Go on after all", false)],
    };
    let running = meeting.state == MeetingState::Running;
    let started = meeting.started_at.filter(|_| running).unwrap_or(0);
    render(&Head {
        meeting: meeting.id.to_string(),
        phase: phase_words(meeting),
        started,
        digits: digits(started, now),
        minutes: meeting.minutes(),
        now,
        steps,
    })
}

struct Question {
    id: String,
    body: String,
    askers: Vec<PersonView>,
    origin: &'static str,
    tally: String,
    started: i64,
    digits: String,
}

#[derive(Template)]
#[template(path = "room/now.html")]
struct Now {
    meeting: String,
    question: Option<Question>,
    place: usize,
    count: usize,
    each: i64,
    clock_now: i64,
    label: &'static str,
    words: String,
    started: i64,
    digits: String,
    href: String,
    link: &'static str,
    lead_only: bool,
}

pub fn now(meeting: &Meeting, agenda: &Agenda, number: i64, now: i64) -> Result<String> {
    let (place, count) = agenda.place();
    let started = meeting.phase_started_at.unwrap_or(0);
    let base = || Now {
        meeting: meeting.id.to_string(),
        question: None,
        place,
        count,
        each: 0,
        clock_now: now,
        label: "",
        words: String::new(),
        started: 0,
        digits: String::new(),
        href: String::new(),
        link: "",
        lead_only: false,
    };
    let with = |label, words: &str, href: String, link| Now {
        label,
        words: words.to_owned(),
        href,
        link,
        ..base()
    };
    let review = format!("/reviews/{number}");
    let part = match (meeting.state, meeting.phase, &agenda.now) {
        (MeetingState::Cancelled, ..) => with(
            "Called off",
            "There is no meeting.",
            review,
            "Back to the review",
        ),
        (_, Phase::Waiting, _) => with(
            "Not begun",
            "The meeting has not begun.",
            review,
            "Read the proposal meanwhile",
        ),
        (_, Phase::Presentation, _) => Now {
            started,
            digits: digits(started, now),
            each: meeting.presentation_minutes,
            ..with(
                "Presentation",
                "The proposal is presented.",
                review,
                "Read along",
            )
        },
        (_, Phase::Questions, Some((item, askers))) => Now {
            question: Some(question(meeting, item, askers, now)),
            each: agenda.minutes_each(meeting),
            ..base()
        },
        (_, Phase::Questions, None) => with(
            "Questions",
            "Every question has been discussed.",
            format!("{review}/questions"),
            "Ask another",
        ),
        (_, Phase::Outcome, _) => Now {
            started,
            digits: digits(started, now),
            lead_only: true,
            ..with(
                "Agreement and outcome",
                "What have we agreed on, and what do we decide?",
                format!("{review}/decision/new"),
                "Record the decision",
            )
        },
        (_, Phase::Over, _) => with(
            "Over",
            "The meeting is over.",
            format!("{review}/outcome"),
            "To the outcome",
        ),
    };
    render(&part)
}

fn question(meeting: &Meeting, item: &Item, askers: &[Face], now: i64) -> Question {
    let started = meeting.question_started_at.unwrap_or(now);
    Question {
        id: item.id.to_string(),
        body: item.body.clone(),
        askers: askers.iter().map(PersonView::from).collect(),
        origin: "asked without a name, or a standard prompt",
        tally: for_and_against(item.up, item.down),
        started,
        digits: digits(started, now),
    }
}

struct AgendaItem {
    id: String,
    number: i64,
    body: String,
    tally: String,
    icon: &'static str,
    note: &'static str,
}

impl From<&Item> for AgendaItem {
    fn from(item: &Item) -> Self {
        let (icon, note) = match item.state {
            QuestionState::FollowedUp => ("i-arrow-right accent", "Followed up"),
            QuestionState::Unresolved => ("i-circle-help warn", "Unresolved"),
            _ => ("i-check good", "Answered"),
        };
        Self {
            id: item.id.to_string(),
            number: item.number,
            body: item.body.clone(),
            tally: signed(item.up, item.down),
            icon,
            note,
        }
    }
}

#[derive(Template)]
#[template(path = "room/agenda.html")]
struct AgendaPart {
    meeting: String,
    presentation: &'static str,
    presentation_minutes: i64,
    questions: &'static str,
    done: Vec<AgendaItem>,
    now: Option<AgendaItem>,
    next: Vec<AgendaItem>,
    outcome: &'static str,
}

pub fn agenda(meeting: &Meeting, agenda: &Agenda) -> Result<String> {
    let stage = |phase: Phase| match meeting.phase.cmp(&phase) {
        std::cmp::Ordering::Less => "",
        std::cmp::Ordering::Equal => "now",
        std::cmp::Ordering::Greater => "done",
    };
    render(&AgendaPart {
        meeting: meeting.id.to_string(),
        presentation: stage(Phase::Presentation),
        presentation_minutes: meeting.presentation_minutes,
        questions: stage(Phase::Questions),
        done: agenda.done.iter().map(AgendaItem::from).collect(),
        now: agenda.now.as_ref().map(|(item, _)| item.into()),
        next: agenda.next.iter().map(AgendaItem::from).collect(),
        outcome: stage(Phase::Outcome),
    })
}

/// The one question of many that its reader is asked to vote on next.
struct Ask {
    id: String,
    body: String,
    left: usize,
    skip: String,
    skip_href: String,
}

/// On no page but its reader's own.
#[derive(Template)]
#[template(path = "room/vote.html")]
struct VotePart {
    ask: Option<Ask>,
}

pub fn vote(number: i64, next: Option<&Next>, skipped: &[i64]) -> Result<String> {
    let ask = next.map(|next| Ask {
        id: next.question.id.to_string(),
        body: next.question.body.clone(),
        left: next.remaining,
        skip: joined(skipped),
        skip_href: format!(
            "/reviews/{number}/meeting?skip={}#room-vote",
            put_off(skipped, next)
        ),
    });
    render(&VotePart { ask })
}

struct ParkedView {
    id: String,
    body: String,
    by: PersonView,
    state: &'static str,
    open: bool,
    dropped: bool,
}

#[derive(Template)]
#[template(path = "room/parked.html")]
struct ParkedPart {
    items: Vec<ParkedView>,
}

pub fn parked(items: &[Parked]) -> Result<String> {
    let items = items
        .iter()
        .map(|item| ParkedView {
            id: item.id.to_string(),
            body: item.body.clone(),
            by: item.by.as_ref().map(PersonView::from).unwrap_or_default(),
            state: match item.state {
                ParkedState::Parked => "",
                ParkedState::TakenUp => "now a question",
                ParkedState::Dropped => "let go",
            },
            open: item.state == ParkedState::Parked,
            dropped: item.state == ParkedState::Dropped,
        })
        .collect();
    render(&ParkedPart { items })
}

#[derive(Template)]
#[template(path = "room/here.html")]
struct Here {
    people: Vec<PersonView>,
    count: i64,
    more: i64,
}

pub fn here(present: &meetings::Present) -> Result<String> {
    let people: Vec<PersonView> = present.first.iter().map(PersonView::from).collect();
    let named = i64::try_from(people.len()).unwrap_or(i64::MAX);
    render(&Here {
        people,
        count: present.count,
        more: present.count - named,
    })
}

struct TallyRow {
    label: &'static str,
    count: i64,
    all: i64,
}

struct WordsView {
    name: String,
    choice: &'static str,
    words: String,
}

#[derive(Template)]
#[template(path = "room/tally.html")]
struct Tally {
    id: String,
    rows: Vec<TallyRow>,
    words: Vec<WordsView>,
}

pub fn choice_words(choice: Choice) -> &'static str {
    match choice {
        Choice::Agree => "Agree",
        Choice::Concerns => "With concerns",
        Choice::Disagree => "Disagree",
    }
}

pub fn tally(poll: &Poll) -> Result<String> {
    let row = |choice, count| TallyRow {
        label: choice_words(choice),
        count,
        all: poll.count().max(1),
    };
    render(&Tally {
        id: poll.id.to_string(),
        rows: vec![
            row(Choice::Agree, poll.agree),
            row(Choice::Concerns, poll.concerns),
            row(Choice::Disagree, poll.disagree),
        ],
        words: poll
            .words
            .iter()
            .map(|word| WordsView {
                name: word.person.name.clone(),
                choice: match word.choice {
                    Choice::Agree => "agrees",
                    Choice::Concerns => "agrees with concerns",
                    Choice::Disagree => "disagrees",
                },
                words: word.words.clone(),
            })
            .collect(),
    })
}

/// One's own vote, which is on no page but one's own.
#[derive(Template)]
#[template(path = "room/mine.html")]
pub struct Mine {
    pub id: String,
    pub choices: Vec<ChoiceView>,
    pub words: String,
    pub error: String,
}

impl Mine {
    pub fn new(poll: &Poll, own: Option<&(Choice, String)>) -> Self {
        let chosen = own.map_or("", |(choice, _)| choice.as_str());
        Self {
            id: poll.id.to_string(),
            choices: Choice::ALL
                .iter()
                .map(|&choice| ChoiceView::new(choice.as_str(), choice_words(choice), chosen))
                .collect(),
            words: own.map(|(_, words)| words.clone()).unwrap_or_default(),
            error: String::new(),
        }
    }
}

#[derive(Template)]
#[template(path = "room/poll.html")]
struct PollPart {
    id: String,
    statement: String,
    tally: String,
    mine: String,
    open: bool,
}

pub fn poll(poll: &Poll, own: Option<&(Choice, String)>) -> Result<String> {
    render(&PollPart {
        id: poll.id.to_string(),
        statement: poll.statement.clone(),
        tally: tally(poll)?,
        mine: render(&Mine::new(poll, own))?,
        open: poll.state == PollState::Open,
    })
}

struct StanceView {
    person: PersonView,
    label: &'static str,
    class: &'static str,
    words: String,
}

#[derive(Template)]
#[template(path = "room/stances.html")]
struct Stances {
    stances: Vec<StanceView>,
}

pub fn stances(stances: &[Stance]) -> Result<String> {
    let stances = stances
        .iter()
        .map(|stance| {
            let (label, class) = match stance.position {
                Position::Yes => ("Yes", "good"),
                Position::YesIf => ("Yes, if", "accent"),
                Position::NotYet => ("Not yet", "warn"),
                Position::Abstain => ("Abstains", ""),
            };
            StanceView {
                person: PersonView::from(&stance.person),
                label,
                class,
                words: stance.words.clone(),
            }
        })
        .collect();
    render(&Stances { stances })
}

/// What the server says about something that did not work, or nothing.
#[derive(Template)]
#[template(path = "room/say.html")]
pub struct Say {
    pub text: String,
}
