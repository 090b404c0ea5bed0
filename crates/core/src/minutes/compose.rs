//! Composing minutes: everything that a round recorded, in the order in which somebody who was not there reads it. What
//! nothing was recorded of is left out.

use crate::access::{self, Need};
use crate::ctx::Ctx;
use crate::decisions::{self, Record, StopReason, agreements};
use crate::error::Result;
use crate::id::ReviewId;
use crate::learnings;
use crate::meetings::{self, Choice, Held, ParkedState, Poll};
use crate::page::{Listed, MAX_LIMIT, Page};
use crate::people::Face;
use crate::questions::{self, Filter, Question, QuestionState, Show, Sort};
use crate::reviews::{self, Outcome};
use crate::stances::conditions::{self, Condition, ConditionState};
use hardwon_db::Tx;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Minutes are kept and sent as one text for everybody who sees the review, so they name other reviews only where all of
/// them see those as well.
fn name_only_what_all_see(tx: &mut Tx<'_>, review: ReviewId, record: &mut Record) -> Result<()> {
    let overlaps = record.overlaps.iter().map(|(number, _)| *number);
    let decided = record.supersedes.iter().chain(&record.superseded_by);
    let mut seen = BTreeSet::new();
    for number in overlaps.chain(decided.map(|other| other.review_number)) {
        if access::seen_with(tx, review, number)? {
            seen.insert(number);
        }
    }
    record.overlaps.retain(|(number, _)| seen.contains(number));
    for others in [&mut record.supersedes, &mut record.superseded_by] {
        others.retain(|other| seen.contains(&other.review_number));
    }
    Ok(())
}

/// The minutes of a round as they follow from what is recorded now.
pub fn compose(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId, round: i64) -> Result<String> {
    access::review(ctx, tx, review, Need::See)?;
    let head = reviews::load(tx, review)?;
    let record = meetings::of_round(tx, review, round)?;
    let mut out = Text(format!("# Minutes: {}\n\n", line(&head.title)));
    let rounds = if head.round > 1 {
        format!(", round {round}")
    } else {
        String::new()
    };
    out.block(&format!(
        "Architecture review #{}{rounds}, opened by {}.",
        head.number, head.author.name
    ));
    for held in &record.meetings {
        out.meeting(held);
    }
    for mut decision in decisions::of_review(ctx, tx, review)? {
        if decision.decision.round == round {
            name_only_what_all_see(tx, review, &mut decision)?;
            out.decision(&decision);
        }
    }
    let agreed: Vec<_> = agreements::list(ctx, tx, review)?
        .into_iter()
        .filter(|one| one.round == round)
        .map(|one| format!("**{}:** {}", line(&one.component), line(&one.body)))
        .collect();
    out.list("Agreements on the tricky parts", &agreed);
    out.polls(&record.polls);
    let raised: Vec<_> = all(|page| conditions::list(ctx, tx, review, page))?
        .iter()
        .filter(|one| {
            one.round == round || (one.round < round && one.state == ConditionState::Open)
        })
        .map(condition)
        .collect();
    out.list("Conditions", &raised);
    let filter = Filter {
        sort: Sort::Votes,
        show: Show::All,
        round: Some(round),
    };
    let asked = all(|page| questions::list(ctx, tx, review, &filter, page))?;
    out.questions(&asked);
    let left: Vec<_> = asked
        .iter()
        .filter(|question| {
            matches!(
                question.state,
                QuestionState::Open | QuestionState::FollowedUp | QuestionState::Unresolved
            )
        })
        .map(|question| match &question.owner {
            Some(owner) => format!("{} ({} follows up)", line(&question.body), owner.name),
            None if question.state == QuestionState::Open => {
                format!("{} (not discussed)", line(&question.body))
            }
            None => line(&question.body),
        })
        .collect();
    out.list("Questions left", &left);
    let learned: Vec<_> = all(|page| learnings::list(ctx, tx, Some(review), page))?
        .into_iter()
        .rev()
        .filter(|one| one.round == Some(round))
        .map(|one| {
            if one.applies_to.is_empty() {
                line(&one.body)
            } else {
                format!(
                    "{} *Applies to: {}*",
                    line(&one.body),
                    line(&one.applies_to)
                )
            }
        })
        .collect();
    out.list("What we learned", &learned);
    let parked: Vec<_> = record
        .meetings
        .iter()
        .flat_map(|held| &held.parked)
        .filter(|item| item.state == ParkedState::Parked)
        .map(|item| line(&item.body))
        .collect();
    out.list("Parked", &parked);
    for held in &record.meetings {
        if !held.notes.trim().is_empty() {
            out.heading("Notes");
            out.block(&below(&held.notes));
        }
    }
    Ok(out.0)
}

/// Every entry of a list, page by page; a list here is of one review, and bounded by it.
fn all<T>(mut part: impl FnMut(&Page) -> Result<Listed<T>>) -> Result<Vec<T>> {
    let mut page = Page {
        limit: MAX_LIMIT,
        after: None,
    };
    let mut found = Vec::new();
    loop {
        let Listed { items, next } = part(&page)?;
        found.extend(items);
        match next {
            Some(next) if found.len() < 5_000 => page.after = Some(next),
            _ => return Ok(found),
        }
    }
}

struct Text(String);

impl Text {
    fn heading(&mut self, words: &str) {
        let _ = write!(self.0, "## {words}\n\n");
    }

    fn block(&mut self, text: &str) {
        let _ = write!(self.0, "{}\n\n", text.trim_end());
    }

    fn list(&mut self, heading: &str, items: &[String]) {
        if items.is_empty() {
            return;
        }
        self.heading(heading);
        for item in items {
            let _ = writeln!(self.0, "- {item}");
        }
        self.0.push('\n');
    }

    fn meeting(&mut self, held: &Held) {
        let meeting = &held.meeting;
        let start = meetings::zones::local(
            meeting.started_at.unwrap_or(meeting.starts_at),
            &meeting.zone,
        );
        self.heading("Meeting");
        let _ = write!(
            self.0,
            "- When: {} ({}",
            start.strftime("%A, %-d %B %Y, %H:%M"),
            meeting.zone
        );
        match (meeting.started_at, meeting.ended_at) {
            (Some(from), Some(to)) => {
                let _ = writeln!(self.0, ", {} minutes)", ((to - from) / 60_000).max(1));
            }
            (None, _) => self.0.push_str(", planned)\n"),
            _ => self.0.push_str(")\n"),
        }
        if !meeting.place.trim().is_empty() {
            let _ = writeln!(self.0, "- Where: {}", line(&meeting.place));
        }
        let _ = writeln!(
            self.0,
            "- Agenda: {} minutes of presentation, {} minutes of questions, the most voted first",
            meeting.presentation_minutes, meeting.question_minutes
        );
        if !held.present.is_empty() {
            let _ = writeln!(self.0, "- Present: {}", names(&held.present));
        }
        self.0.push('\n');
    }

    fn decision(&mut self, record: &Record) {
        let decision = &record.decision;
        self.heading(&format!(
            "Decision D-{}: {}",
            decision.number,
            outcome(decision.outcome)
        ));
        self.block(&below(&decision.reason));
        let mut facts = Vec::new();
        if let Some(reason) = decision.stop_reason {
            let words = line(&decision.stop_words);
            let overlaps = record
                .overlaps
                .iter()
                .map(|(number, title)| format!("#{number} {}", line(title)));
            let more: Vec<String> = overlaps
                .chain((!words.is_empty()).then_some(words))
                .collect();
            let said = match (reason, more.is_empty()) {
                (StopReason::Other, _) => more.join("; "),
                (_, true) => stop_reason(reason).to_owned(),
                (_, false) => format!("{} ({})", stop_reason(reason), more.join("; ")),
            };
            facts.push(format!("Why it stops: {said}"));
        }
        if !decision.come_back_when.is_empty() {
            facts.push(format!("To come back: {}", line(&decision.come_back_when)));
        }
        for other in &record.supersedes {
            facts.push(format!(
                "Supersedes D-{} on #{} {}",
                other.number,
                other.review_number,
                line(&other.title)
            ));
        }
        for other in &record.superseded_by {
            facts.push(format!(
                "Superseded by D-{} on #{} {}",
                other.number,
                other.review_number,
                line(&other.title)
            ));
        }
        facts.push(format!(
            "Decided on: version {} of the document",
            decision.document_version
        ));
        if let Some(day) = &decision.look_again_on {
            facts.push(format!("To be looked at again on {day}"));
        }
        for fact in facts {
            let _ = writeln!(self.0, "- {fact}");
        }
        self.0.push('\n');
        for dissent in &record.dissent {
            self.block(&format!("Dissent of {}:", dissent.person.name));
            self.block(&quote(&dissent.words));
        }
    }

    fn polls(&mut self, polls: &[Poll]) {
        if polls.is_empty() {
            return;
        }
        self.heading("Agreement polls");
        for poll in polls {
            let _ = writeln!(
                self.0,
                "- “{}”: {} agree, {} agree with concerns, {} disagree",
                line(&poll.statement),
                poll.agree,
                poll.concerns,
                poll.disagree
            );
            for word in &poll.words {
                let choice = match word.choice {
                    Choice::Agree => "agrees",
                    Choice::Concerns => "agrees with concerns",
                    Choice::Disagree => "disagrees",
                };
                let _ = writeln!(
                    self.0,
                    "  - {} {choice}: {}",
                    word.person.name,
                    line(&word.words)
                );
            }
        }
        self.0.push('\n');
    }

    fn questions(&mut self, questions: &[Question]) {
        let asked: Vec<_> = questions
            .iter()
            .filter(|question| {
                !matches!(question.state, QuestionState::Merged | QuestionState::Open)
            })
            .collect();
        if asked.is_empty() {
            return;
        }
        self.heading("Questions");
        for question in asked {
            let askers = if question.askers.is_empty() {
                String::new()
            } else {
                format!(" ({})", names(&question.askers))
            };
            let _ = writeln!(self.0, "- **{}**{askers}", line(&question.body));
            let _ = writeln!(self.0, "  - {}", ending(question));
        }
        self.0.push('\n');
    }
}

fn ending(question: &Question) -> String {
    let name = |face: &Option<Face>| {
        face.as_ref()
            .map_or("somebody", |face| &face.name)
            .to_owned()
    };
    let words = line(&question.answer);
    let after = |lead: String| {
        if words.is_empty() {
            format!("{lead}.")
        } else {
            format!("{lead}: {words}")
        }
    };
    match question.state {
        QuestionState::Answered => after(format!("Answered by {}", name(&question.closed_by))),
        QuestionState::FollowedUp => after(format!("{} follows it up", name(&question.owner))),
        QuestionState::Unresolved => after("Unresolved".to_owned()),
        QuestionState::SetAside => after("Set aside".to_owned()),
        QuestionState::Open | QuestionState::Merged => String::new(),
    }
}

fn condition(one: &Condition) -> String {
    let owner = one
        .owner
        .as_ref()
        .map_or_else(|| "nobody yet".to_owned(), |face| face.name.clone());
    let state = match one.state {
        ConditionState::Open => "open".to_owned(),
        ConditionState::Met => "met".to_owned(),
        ConditionState::LetGo => format!("let go: {}", line(&one.closed_reason)),
    };
    format!("{} ({owner}; {state})", line(&one.body))
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::GoAhead => "go ahead",
        Outcome::Stop => "stop and rethink",
        Outcome::MoreInformation => "gather more information",
        Outcome::Superseded => "superseded",
    }
}

fn stop_reason(reason: StopReason) -> &'static str {
    match reason {
        StopReason::BetterAlternative => "there is a better alternative",
        StopReason::OverlappingGoals => "its goals overlap with another project",
        StopReason::NotWorthTheCost => "it is not worth the cost",
        StopReason::Other => "",
    }
}

fn names(people: &[Face]) -> String {
    people
        .iter()
        .map(|face| face.name.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

/// A text as one line, for an item of a list.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn quote(text: &str) -> String {
    text.trim()
        .lines()
        .map(|line| format!("> {line}").trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Markdown whose headings are made smaller, so that they stand below a section's. Code blocks stay as they are.
pub(super) fn below(text: &str) -> String {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for line in text.trim().lines() {
        let start = line.trim_start();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => {}
        }
        let level = line.bytes().take_while(|&byte| byte == b'#').count();
        let heading =
            fence.is_none() && (1..=6).contains(&level) && line[level..].starts_with([' ', '\t']);
        if heading {
            lines.push(format!(
                "{}{}",
                "#".repeat((level + 2).min(6)),
                &line[level..]
            ));
        } else {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n")
}
