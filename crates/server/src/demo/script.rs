//! The form of the demonstration's content: who is there, and what happens when. It knows no database.

use crate::cli::Complaint;
use hardwon_core::Role;
use hardwon_core::decisions::StopReason;
use hardwon_core::link::Relation;
use hardwon_core::meetings::{Answer, Choice, Phase};
use hardwon_core::reviews::records::RecordKind;
use hardwon_core::reviews::{Outcome, ReviewRole, State};
use hardwon_core::stances::Position;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganisationFile {
    pub name: String,
    pub zone: String,
    pub founded: String,
    /// The key of the person as whom the demonstration is shown.
    pub guide: String,
    pub people: Vec<PersonEntry>,
    pub teams: Vec<TeamEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonEntry {
    pub key: String,
    pub name: String,
    pub role: Role,
    pub zone: String,
    pub locale: String,
    pub about: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamEntry {
    pub name: String,
    pub purpose: String,
    pub members: Vec<String>,
}

/// What happens to one review, whose first document stands in the Markdown file of the same name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewFile {
    pub step: Vec<Entry>,
}

#[derive(Deserialize)]
pub struct Entry {
    at: String,
    by: Who,
    #[serde(flatten)]
    act: Act,
}

/// One person, or several who each do the same.
#[derive(Deserialize)]
#[serde(untagged)]
enum Who {
    One(String),
    Several(Vec<String>),
}

/// What people do. Threads, comments, questions and polls have keys of their own within a script; the standard prompts
/// are `p1`, `p2` ….
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    Create(Create),
    Record(RecordEntry),
    Circulate(Circulate),
    /// People and teams by name or handle.
    Name {
        role: ReviewRole,
        who: Vec<String>,
    },
    Join(ReviewRole),
    Grant(String),
    /// The name is for the reader of the script; opening the page is all that happens.
    Read(
        #[expect(
            dead_code,
            reason = "`read = true` in the script has to hold something"
        )]
        bool,
    ),
    /// Puts words in the place of others in the document.
    Edit {
        from: String,
        to: String,
    },
    Version(String),
    Step {
        to: State,
        #[serde(default)]
        reason: String,
    },
    Relate {
        relation: Relation,
        review: String,
        note: String,
    },
    Thread(ThreadEntry),
    Reply {
        thread: String,
        #[serde(default)]
        key: String,
        body: String,
    },
    Reword {
        comment: String,
        body: String,
    },
    Resolve {
        thread: String,
        #[serde(default)]
        reason: String,
    },
    /// Marks the comment that holds what was decided in its thread.
    Settle(String),
    Ask {
        key: String,
        body: String,
        #[serde(default)]
        unnamed: bool,
    },
    Vote {
        #[serde(default)]
        up: Vec<String>,
        #[serde(default)]
        down: Vec<String>,
    },
    Merge {
        question: String,
        into: String,
    },
    Answer {
        question: String,
        words: String,
        who: Option<String>,
    },
    FollowUp {
        question: String,
        owner: String,
        words: String,
    },
    Leave {
        question: String,
        words: String,
    },
    SetAside {
        questions: Vec<String>,
        reason: String,
    },
    Stance(StanceEntry),
    /// The condition is named by some of its words.
    Assign {
        condition: String,
        owner: String,
    },
    Met {
        condition: String,
        note: String,
    },
    LetGo {
        condition: String,
        reason: String,
    },
    Schedule {
        at: String,
        place: String,
    },
    /// Answers the invitation.
    Say(Answer),
    Enter(Phase),
    /// Comes into the room.
    Come(
        #[expect(
            dead_code,
            reason = "`come = true` in the script has to hold something"
        )]
        bool,
    ),
    TakeUp(String),
    Notes(String),
    Park(String),
    Poll {
        key: String,
        statement: String,
    },
    Choose {
        poll: String,
        choice: Choice,
        #[serde(default)]
        words: String,
    },
    ClosePoll(String),
    Agree {
        component: String,
        body: String,
    },
    Learn {
        body: String,
        applies: String,
    },
    Decide(Decide),
    /// Of this round.
    SendMinutes(i64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Create {
    pub title: String,
    #[serde(default)]
    pub private: bool,
    #[serde(default)]
    pub feedback: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordEntry {
    pub kind: RecordKind,
    pub title: String,
    #[serde(default)]
    pub detail: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Circulate {
    pub until: Option<String>,
    pub last_call: Option<String>,
    pub feedback: String,
    #[serde(default)]
    pub note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreadEntry {
    pub key: String,
    /// The slug of a heading.
    #[serde(default)]
    pub heading: String,
    /// Words of the document that it stands at, and others proposed for them.
    #[serde(default)]
    pub quote: String,
    pub instead: Option<String>,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub blocking: bool,
    pub body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StanceEntry {
    pub position: Position,
    #[serde(default)]
    pub words: String,
    #[serde(default)]
    pub conditions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Decide {
    pub outcome: Outcome,
    pub stop: Option<StopReason>,
    pub reason: String,
    /// In days from now.
    pub look_again: Option<i64>,
    #[serde(default)]
    pub come_back: String,
    #[serde(default)]
    pub conditions: Vec<ConditionEntry>,
    #[serde(default)]
    pub dissent: Vec<DissentEntry>,
    /// Scripts of reviews.
    #[serde(default)]
    pub supersedes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionEntry {
    pub body: String,
    pub owner: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DissentEntry {
    pub who: String,
    pub words: String,
}

/// Something that one person does at one moment.
pub struct Moment {
    pub at: i64,
    pub by: String,
    pub review: String,
    pub act: std::sync::Arc<Act>,
}

/// Everything that happens in every review, in the order in which it happens.
pub fn in_order(
    times: &Times,
    reviews: Vec<(String, ReviewFile)>,
) -> Result<Vec<Moment>, Complaint> {
    let mut moments = Vec::new();
    for (name, file) in reviews {
        for entry in file.step {
            let at = times
                .at(&entry.at)
                .map_err(|_| Complaint::new(format!("{name}.toml: {} is no time", entry.at)))?;
            let act = std::sync::Arc::new(entry.act);
            let people = match entry.by {
                Who::One(one) => vec![one],
                Who::Several(several) => several,
            };
            for by in people {
                moments.push(Moment {
                    at,
                    by,
                    review: name.clone(),
                    act: act.clone(),
                });
            }
        }
    }
    moments.sort_by_key(|moment| moment.at);
    Ok(moments)
}

/// When things happen, told from now: `-21 10:30` is a time of day 21 working days ago in the organisation's zone, `+1
/// 15:00` the next one's, and `now-20` twenty minutes ago, to the last five minutes. Nobody here works at weekends.
pub struct Times {
    now: Zoned,
}

impl Times {
    pub fn new(now: i64, zone: &str) -> Result<Self, Complaint> {
        let zone = TimeZone::get(zone)?;
        Ok(Self {
            now: Timestamp::from_millisecond(now)?.to_zoned(zone),
        })
    }

    pub fn at(&self, text: &str) -> Result<i64, Complaint> {
        let wrong = || Complaint::new(format!("{text} is no time"));
        if let Some(minutes) = text.strip_prefix("now-") {
            let minutes: i64 = minutes.parse().map_err(|_| wrong())?;
            let now = self.now.timestamp().as_millisecond();
            let five = 5 * 60_000;
            return Ok((now - minutes * 60_000) / five * five);
        }
        let (days, time) = text.split_once(' ').ok_or_else(wrong)?;
        let days: i64 = days.parse().map_err(|_| wrong())?;
        let time: Time = time.parse()?;
        let zoned = self
            .working_day(days)?
            .to_datetime(time)
            .to_zoned(self.now.time_zone().clone())?;
        Ok(zoned.timestamp().as_millisecond())
    }

    /// A working day from today, as decisions write it: `+180`.
    pub fn day(&self, days: i64) -> Result<String, Complaint> {
        Ok(self.working_day(days)?.to_string())
    }

    fn working_day(&self, days: i64) -> Result<Date, Complaint> {
        let mut day = self.now.date();
        for _ in 0..days.unsigned_abs() {
            day = day.checked_add(days.signum().days())?;
            while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
                day = day.checked_add(days.signum().days())?;
            }
        }
        Ok(day)
    }
}
