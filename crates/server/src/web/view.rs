//! Small things that many pages show: people, times, choices. Templates get prepared values, never rules.

use hardwon_core::Role;
use hardwon_core::people::Face;
use hardwon_core::reviews::{Outcome, ReviewKind, ReviewRole, State};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// A person as partials show them.
#[derive(Debug, Clone, Default)]
pub struct PersonView {
    pub name: String,
    pub initials: String,
    /// Empty for somebody without a page.
    pub href: String,
}

impl From<&Face> for PersonView {
    fn from(face: &Face) -> Self {
        Self {
            name: face.name.clone(),
            initials: initials(&face.name),
            href: format!("/people/{}", face.handle),
        }
    }
}

/// The first letters of the first and last name.
pub fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let mut letters = String::new();
    for word in words
        .first()
        .into_iter()
        .chain(words.get(1..).and_then(<[&str]>::last))
    {
        letters.extend(word.chars().next().into_iter().flat_map(char::to_uppercase));
    }
    letters
}

/// An instant in the reader's zone.
#[derive(Debug, Clone, Default)]
pub struct WhenView {
    pub iso: String,
    /// The reader's zone with its name, the organisation's and UTC, for hovering.
    pub full: String,
    pub text: String,
}

/// How a locale writes a date, an instant, and a day of the week with a time.
#[derive(Debug, Clone, Copy)]
struct Style {
    date: &'static str,
    exact: &'static str,
    time: &'static str,
}

impl Style {
    fn of(locale: &str) -> Self {
        let (date, exact, time) = match locale {
            "en-US" => ("%b %-d, %Y", "%a, %b %-d, %Y, %-I:%M %p", "%a %-I:%M %p"),
            "de-DE" => ("%-d.%-m.%Y", "%a %-d.%-m.%Y, %H:%M", "%a %H:%M"),
            "sv-SE" => ("%Y-%m-%d", "%a %Y-%m-%d %H:%M", "%a %H:%M"),
            _ => ("%-d %b %Y", "%a %-d %b %Y, %H:%M", "%a %H:%M"),
        };
        Self { date, exact, time }
    }
}

/// How somebody reads times: their zone, the organisation's, and now.
#[derive(Debug, Clone)]
pub struct Clock {
    style: Style,
    now: i64,
    own: Zone,
    organisation: Zone,
}

/// A time zone with its name as people read it.
#[derive(Debug, Clone)]
struct Zone {
    zone: TimeZone,
    name: String,
}

impl Zone {
    fn of(name: &str) -> Self {
        let zone = TimeZone::get(name).unwrap_or(TimeZone::UTC);
        let name = zone.iana_name().unwrap_or("UTC").replace('_', " ");
        Self { zone, name }
    }

    fn at(&self, at: i64) -> DateTime {
        self.zone.to_datetime(timestamp(at))
    }
}

impl Clock {
    pub fn new(now: i64, zone: &str, organisation_zone: &str) -> Self {
        Self {
            style: Style::of(""),
            now,
            own: Zone::of(zone),
            organisation: Zone::of(organisation_zone),
        }
    }

    /// Writes dates and times the way of a locale; of one that is not known, the usual way.
    #[must_use]
    pub fn with_locale(mut self, locale: &str) -> Self {
        self.style = Style::of(locale);
        self
    }

    /// "3 hours ago", "in 2 days", or the date where that is far.
    pub fn relative(&self, at: i64) -> WhenView {
        let minutes = (at - self.now) / 60_000;
        let ago = minutes < 0;
        let distance = minutes.abs();
        let phrase = |n: i64, unit: &str| {
            let s = if n == 1 { "" } else { "s" };
            if ago {
                format!("{n} {unit}{s} ago")
            } else {
                format!("in {n} {unit}{s}")
            }
        };
        let text = match distance {
            0 => "just now".to_owned(),
            1..60 => phrase(distance, "minute"),
            60..1_440 => phrase(distance / 60, "hour"),
            1_440..14_400 => phrase(distance / 1_440, "day"),
            _ => self.own.at(at).strftime(self.style.date).to_string(),
        };
        WhenView {
            text,
            ..self.exact(at)
        }
    }

    /// "Mon 23 Nov 2026, 14:05".
    pub fn exact(&self, at: i64) -> WhenView {
        let text = self.own.at(at).strftime(self.style.exact).to_string();
        WhenView {
            full: self.full(at, &text),
            text,
            iso: timestamp(at).to_string(),
        }
    }

    /// The instant in the reader's zone with its name, in the organisation's where that is another, and in UTC.
    fn full(&self, at: i64, own: &str) -> String {
        let (reader, organisation, time) = (&self.own.name, &self.organisation, self.style.time);
        let utc = Offset::UTC.to_datetime(timestamp(at)).strftime(time);
        if organisation.zone == self.own.zone {
            return format!("{own} {reader} · {utc} UTC");
        }
        let there = organisation.at(at).strftime(time);
        format!("{own} {reader} · {there} {} · {utc} UTC", organisation.name)
    }

    /// "23 Nov 2026".
    pub fn date(&self, at: i64) -> WhenView {
        WhenView {
            text: self.own.at(at).strftime(self.style.date).to_string(),
            ..self.exact(at)
        }
    }

    /// What day it is for the reader.
    pub fn today(&self) -> jiff::civil::Date {
        self.own.at(self.now).date()
    }

    /// The first millisecond of a day (`YYYY-MM-DD`) in the reader's zone; an empty text is no day.
    pub fn day_start(&self, day: &str) -> Result<Option<i64>, &'static str> {
        self.day(day, 0)
    }

    /// The first millisecond after a day.
    pub fn day_end(&self, day: &str) -> Result<Option<i64>, &'static str> {
        self.day(day, 1)
    }

    fn day(&self, day: &str, days: i64) -> Result<Option<i64>, &'static str> {
        if day.trim().is_empty() {
            return Ok(None);
        }
        day.trim()
            .parse::<jiff::civil::Date>()
            .and_then(|date| date.checked_add(jiff::Span::new().days(days)))
            .and_then(|date| date.to_zoned(self.own.zone.clone()))
            .map(|zoned| Some(zoned.timestamp().as_millisecond()))
            .map_err(|_| "A date is written YYYY-MM-DD.")
    }
}

fn timestamp(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// One option of a select, a group of radios or of check boxes.
#[derive(Debug, Clone, Default)]
pub struct ChoiceView {
    pub value: String,
    pub label: String,
    pub selected: bool,
    pub hint: String,
}

impl ChoiceView {
    pub fn new(value: impl Into<String>, label: impl Into<String>, selected: &str) -> Self {
        let value = value.into();
        Self {
            selected: value == selected,
            value,
            label: label.into(),
            hint: String::new(),
        }
    }
}

/// A state's badge: `key` for its colour, `label` for its words.
#[derive(Debug, Clone)]
pub struct StateView {
    pub key: &'static str,
    pub label: &'static str,
}

pub fn state(state: State, outcome: Option<Outcome>) -> StateView {
    if let (State::Decided | State::Closed, Some(outcome)) = (state, outcome) {
        return StateView {
            key: outcome.as_str(),
            label: outcome_words(outcome),
        };
    }
    StateView {
        key: state.as_str(),
        label: state_words(state),
    }
}

pub fn state_words(state: State) -> &'static str {
    match state {
        State::Draft => "Draft",
        State::Gathering => "Gathering",
        State::Circulating => "Circulating",
        State::Scheduled => "Scheduled",
        State::InReview => "In review",
        State::Decided => "Decided",
        State::Launched => "Launched",
        State::Published => "Published",
        State::Closed => "Closed",
    }
}

pub fn outcome_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::GoAhead => "Go ahead",
        Outcome::Stop => "Stop and rethink",
        Outcome::MoreInformation => "Gather more information",
        Outcome::Superseded => "Superseded",
    }
}

/// What a meeting is usually called; what this organisation calls it is [`SignedIn::name_of`](crate::http::SignedIn).
pub fn kind_words(kind: ReviewKind) -> &'static str {
    hardwon_core::organisation::usual_name(kind)
}

/// A role in the organisation, in words.
pub fn role_of_person(role: Role) -> &'static str {
    match role {
        Role::Member => "Member",
        Role::Facilitator => "Facilitator",
        Role::Administrator => "Administrator",
    }
}

pub fn role_words(role: ReviewRole) -> &'static str {
    match role {
        ReviewRole::Author => "Author",
        ReviewRole::Presenter => "Presenter",
        ReviewRole::Stakeholder => "Stakeholder",
        ReviewRole::Facilitator => "Facilitator",
        ReviewRole::NoteTaker => "Note-taker",
        ReviewRole::Follower => "Follower",
    }
}

/// One step of a life cycle, in order.
#[derive(Debug, Clone)]
pub struct StepView {
    pub label: &'static str,
    pub note: String,
    pub done: bool,
    pub current: bool,
}
