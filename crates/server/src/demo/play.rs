//! Plays a script: each act is the verb of the core that a person's click would have been.

use super::script::{Act, Create, Moment, Times};
use super::{complain, text};
use crate::cli::Complaint;
use hardwon_core::access::{self, Need};
use hardwon_core::ctx::Frozen;
use hardwon_core::documents::{self, Engine, Quote};
use hardwon_core::id::{CommentId, MeetingId, PersonId, PollId, QuestionId, ReviewId, ThreadId};
use hardwon_core::meetings::{self, MeetingForm, MeetingState};
use hardwon_core::page::Page;
use hardwon_core::questions::{self, Ending, Naming, Vote};
use hardwon_core::reviews::records::{self, RecordForm};
use hardwon_core::reviews::{
    self, CirculationForm, ReviewForm, ReviewKind, Visibility, participants, privacy, relations,
};
use hardwon_core::stances::{self, StanceForm, conditions};
use hardwon_core::threads::{self, ThreadForm, Weight};
use hardwon_core::{Actor, Ctx, Error, Result, Role, Tx, World};
use hardwon_prose::Syntax;
use std::collections::BTreeMap;
use std::sync::Arc;

pub const ORIGIN: &str = "demonstration";

pub struct Player<'a> {
    world: World,
    clock: Arc<Frozen>,
    pub(super) engine: &'a dyn Engine,
    pub(super) times: Times,
    people: BTreeMap<String, (PersonId, Role)>,
    reviews: BTreeMap<String, Known>,
    pub(super) numbers: BTreeMap<String, i64>,
}

/// What a script has named so far.
pub(super) struct Known {
    pub(super) id: ReviewId,
    meeting: Option<MeetingId>,
    threads: BTreeMap<String, ThreadId>,
    comments: BTreeMap<String, CommentId>,
    questions: BTreeMap<String, QuestionId>,
    polls: BTreeMap<String, PollId>,
}

pub(super) fn unknown(what: &str) -> Error {
    Error::invalid("key", format!("nothing here is called {what}"))
}

pub(super) fn find<T: Copy>(known: &BTreeMap<String, T>, key: &str) -> Result<T> {
    known.get(key).copied().ok_or_else(|| unknown(key))
}

fn whole() -> Page {
    Page {
        limit: hardwon_core::page::MAX_LIMIT,
        after: None,
    }
}

impl<'a> Player<'a> {
    pub fn new(world: World, clock: Arc<Frozen>, engine: &'a dyn Engine, times: Times) -> Self {
        Self {
            world,
            clock,
            engine,
            times,
            people: BTreeMap::new(),
            reviews: BTreeMap::new(),
            numbers: BTreeMap::new(),
        }
    }

    pub fn operator(&self) -> Ctx {
        Ctx::new(&self.world, Actor::Operator, ORIGIN)
    }

    pub fn know(&mut self, key: &str, id: PersonId, role: Role) {
        self.people.insert(key.to_owned(), (id, role));
    }

    pub fn person(&self, key: &str) -> Result<PersonId> {
        Ok(find(&self.people, key)?.0)
    }

    pub fn acting(&self, key: &str) -> Result<Ctx> {
        let (id, role) = find(&self.people, key)?;
        Ok(Ctx::new(&self.world, Actor::Person { id, role }, ORIGIN))
    }

    pub fn play(&mut self, tx: &mut Tx<'_>, moment: &Moment) -> Result<(), Complaint> {
        self.clock.set(moment.at);
        let name = moment.review.as_str();
        if let Act::Create(form) = moment.act.as_ref() {
            let document = text(&format!("reviews/{name}.md"))?;
            return self
                .create(tx, moment, form, document)
                .map_err(|error| complain(&format!("{name}.md"), &error));
        }
        let mut known = self
            .reviews
            .remove(name)
            .ok_or_else(|| complain(name, &unknown(name)))?;
        let place = || format!("{name}.toml, {} by {}", moment.at, moment.by);
        let done = self
            .acting(&moment.by)
            .and_then(|ctx| self.act(&ctx, tx, &mut known, &moment.act));
        self.reviews.insert(name.to_owned(), known);
        done.map_err(|error| complain(&place(), &error))
    }

    fn create(
        &mut self,
        tx: &mut Tx<'_>,
        moment: &Moment,
        form: &Create,
        document: String,
    ) -> Result<()> {
        let ctx = self.acting(&moment.by)?;
        let form = ReviewForm {
            kind: ReviewKind::Architecture,
            title: form.title.clone(),
            visibility: if form.private {
                Visibility::Private
            } else {
                Visibility::Open
            },
            syntax: Syntax::Markdown,
            text: document,
            feedback_wanted: form.feedback.clone(),
        };
        let (id, number) = reviews::create(&ctx, tx, self.engine, &form)?;
        let filter = questions::Filter {
            sort: questions::Sort::New,
            show: questions::Show::All,
            round: None,
        };
        let prompts = questions::list(&ctx, tx, id, &filter, &whole())?;
        let questions = prompts
            .items
            .iter()
            .map(|question| (format!("p{}", question.number), question.id))
            .collect();
        let known = Known {
            id,
            meeting: None,
            threads: BTreeMap::new(),
            comments: BTreeMap::new(),
            questions,
            polls: BTreeMap::new(),
        };
        self.reviews.insert(moment.review.clone(), known);
        self.numbers.insert(moment.review.clone(), number);
        Ok(())
    }

    fn act(&self, ctx: &Ctx, tx: &mut Tx<'_>, known: &mut Known, act: &Act) -> Result<()> {
        match act {
            Act::Create(_) => {}
            Act::Record(entry) => {
                let form = RecordForm {
                    kind: entry.kind,
                    title: entry.title.clone(),
                    detail: entry.detail.clone(),
                };
                records::add(ctx, tx, known.id, &form)?;
            }
            Act::Circulate(entry) => {
                let at = |text: &Option<String>| text.as_deref().map(|text| self.time(text));
                let form = CirculationForm {
                    comments_until: at(&entry.until).transpose()?,
                    last_call_until: at(&entry.last_call).transpose()?,
                    feedback_wanted: entry.feedback.clone(),
                    note: entry.note.clone(),
                };
                reviews::circulate(ctx, tx, known.id, &form)?;
            }
            Act::Name { role, who } => {
                for name in who {
                    let principal = participants::find_principal(tx, name)?;
                    participants::add(ctx, tx, known.id, &principal, *role)?;
                }
            }
            Act::Join(role) => participants::join(ctx, tx, known.id, *role)?,
            Act::Grant(name) => {
                let principal = participants::find_principal(tx, name)?;
                privacy::grant(ctx, tx, known.id, &principal)?;
            }
            Act::Read(_) => reviews::mark_read(ctx, tx, known.id)?,
            Act::Edit { from, to } => self.edit(ctx, tx, known, from, to)?,
            Act::Version(name) => {
                reviews::keep_version(ctx, tx, known.id, name)?;
            }
            Act::Step { to, reason } => reviews::step(ctx, tx, known.id, *to, reason)?,
            Act::Relate {
                relation,
                review,
                note,
            } => {
                let other = find(&self.numbers, review)?;
                relations::relate(ctx, tx, known.id, *relation, other, note)?;
            }
            Act::Thread(_)
            | Act::Reply { .. }
            | Act::Reword { .. }
            | Act::Resolve { .. }
            | Act::Settle(_) => self.talk(ctx, tx, known, act)?,
            Act::Ask { .. }
            | Act::Vote { .. }
            | Act::Merge { .. }
            | Act::Answer { .. }
            | Act::FollowUp { .. }
            | Act::Leave { .. }
            | Act::SetAside { .. } => self.question(ctx, tx, known, act)?,
            Act::Stance(entry) => {
                let form = StanceForm {
                    position: entry.position,
                    words: entry.words.clone(),
                    conditions: entry.conditions.clone(),
                };
                stances::take(ctx, tx, known.id, &form)?;
            }
            Act::Assign { condition, owner } => {
                let id = Self::condition(ctx, tx, known, condition)?;
                conditions::assign(ctx, tx, id, Some(self.person(owner)?))?;
            }
            Act::Met { condition, note } => {
                let id = Self::condition(ctx, tx, known, condition)?;
                conditions::meet(ctx, tx, id, note)?;
            }
            Act::LetGo { condition, reason } => {
                let id = Self::condition(ctx, tx, known, condition)?;
                conditions::let_go(ctx, tx, id, reason)?;
            }
            Act::Schedule { .. }
            | Act::Say(_)
            | Act::Enter(_)
            | Act::Come(_)
            | Act::TakeUp(_)
            | Act::Notes(_)
            | Act::Park(_)
            | Act::Poll { .. }
            | Act::Choose { .. }
            | Act::ClosePoll(_) => self.meeting(ctx, tx, known, act)?,
            Act::Agree { .. } | Act::Learn { .. } | Act::Decide(_) | Act::SendMinutes(_) => {
                self.outcome(ctx, tx, known, act)?;
            }
        }
        Ok(())
    }

    fn time(&self, text: &str) -> Result<i64> {
        self.times.at(text).map_err(|_| unknown(text))
    }

    fn edit(&self, ctx: &Ctx, tx: &mut Tx<'_>, known: &Known, from: &str, to: &str) -> Result<()> {
        let review = reviews::load(tx, known.id)?;
        let now = documents::get(tx, review.document)?;
        if !now.text.contains(from) {
            return Err(unknown(from));
        }
        let text = now.text.replacen(from, to, 1);
        reviews::save_document(ctx, tx, self.engine, known.id, now.version, &text)?;
        Ok(())
    }

    fn talk(&self, ctx: &Ctx, tx: &mut Tx<'_>, known: &mut Known, act: &Act) -> Result<()> {
        match act {
            Act::Thread(entry) => {
                let form = ThreadForm {
                    title: entry.title.clone(),
                    at: entry.heading.clone(),
                    quote: (!entry.quote.is_empty()).then(|| Quote {
                        words: entry.quote.clone(),
                        ..Quote::default()
                    }),
                    replacement: entry.instead.clone(),
                    weight: if entry.blocking {
                        Weight::Blocking
                    } else {
                        Weight::Ordinary
                    },
                    body: entry.body.clone(),
                };
                let standing = access::review(ctx, tx, known.id, Need::TakePart)?;
                let opened = threads::open(ctx, tx, self.engine, &standing, &form)?;
                known.threads.insert(entry.key.clone(), opened.thread);
                known.comments.insert(entry.key.clone(), opened.comment);
            }
            Act::Reply { thread, key, body } => {
                let thread = find(&known.threads, thread)?;
                let answered = threads::comment(ctx, tx, thread, body)?;
                known.comments.insert(key.clone(), answered.comment);
            }
            Act::Reword { comment, body } => {
                let comment = find(&known.comments, comment)?;
                let base = threads::get_comment(ctx, tx, comment)?.version;
                threads::edit(ctx, tx, comment, base, body)?;
            }
            Act::Resolve { thread, reason } => {
                threads::resolve(ctx, tx, find(&known.threads, thread)?, reason)?;
            }
            Act::Settle(comment) => {
                threads::mark_decided(ctx, tx, find(&known.comments, comment)?)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn question(&self, ctx: &Ctx, tx: &mut Tx<'_>, known: &mut Known, act: &Act) -> Result<()> {
        match act {
            Act::Ask { key, body, unnamed } => {
                let naming = if *unnamed {
                    Naming::Unnamed
                } else {
                    Naming::Named
                };
                let asked = questions::ask(ctx, tx, known.id, body, naming)?;
                known.questions.insert(key.clone(), asked.id);
            }
            Act::Vote { up, down } => {
                for (keys, vote) in [(up, Vote::For), (down, Vote::Against)] {
                    for key in keys {
                        questions::vote(ctx, tx, find(&known.questions, key)?, vote)?;
                    }
                }
            }
            Act::Merge { question, into } => {
                let (from, into) = (
                    find(&known.questions, question)?,
                    find(&known.questions, into)?,
                );
                questions::merge(ctx, tx, from, into)?;
            }
            Act::Answer {
                question,
                words,
                who,
            } => {
                let by = who.as_deref().map(|key| self.person(key)).transpose()?;
                let ending = Ending::Answered {
                    answer: words.clone(),
                    by,
                };
                Self::end(ctx, tx, known, question, &ending)?;
            }
            Act::FollowUp {
                question,
                owner,
                words,
            } => {
                let ending = Ending::FollowedUp {
                    owner: self.person(owner)?,
                    note: words.clone(),
                };
                Self::end(ctx, tx, known, question, &ending)?;
            }
            Act::Leave { question, words } => {
                let ending = Ending::Unresolved {
                    note: words.clone(),
                };
                Self::end(ctx, tx, known, question, &ending)?;
            }
            Act::SetAside { questions, reason } => {
                for key in questions {
                    questions::set_aside(ctx, tx, find(&known.questions, key)?, reason)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// In the meeting while one runs, on the question's own page otherwise.
    fn end(
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        known: &Known,
        question: &str,
        ending: &Ending,
    ) -> Result<()> {
        let question = find(&known.questions, question)?;
        if let Some(id) = known.meeting
            && meetings::load(tx, id)?.state == MeetingState::Running
        {
            meetings::end_question(ctx, tx, id, question, ending)?;
        } else {
            questions::end(ctx, tx, question, ending)?;
        }
        Ok(())
    }

    fn condition(
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        known: &Known,
        words: &str,
    ) -> Result<hardwon_core::id::ConditionId> {
        conditions::list(ctx, tx, known.id, &whole())?
            .items
            .into_iter()
            .find(|condition| condition.body.contains(words))
            .map(|condition| condition.id)
            .ok_or_else(|| unknown(words))
    }

    fn meeting(&self, ctx: &Ctx, tx: &mut Tx<'_>, known: &mut Known, act: &Act) -> Result<()> {
        if let Act::Schedule { at, place } = act {
            let form = MeetingForm {
                starts_at: self.time(at)?,
                presentation_minutes: 10,
                question_minutes: 50,
                zone: "Europe/London".to_owned(),
                place: place.clone(),
            };
            let id = meetings::schedule(ctx, tx, self.engine, known.id, &form)?;
            known.meeting = Some(id);
            return Ok(());
        }
        match act {
            Act::Poll { key, statement } => {
                let id = meetings::open_poll(ctx, tx, known.id, known.meeting, statement)?;
                known.polls.insert(key.clone(), id);
                return Ok(());
            }
            Act::Choose {
                poll,
                choice,
                words,
            } => {
                meetings::vote(ctx, tx, find(&known.polls, poll)?, *choice, words)?;
                return Ok(());
            }
            Act::ClosePoll(poll) => {
                meetings::close_poll(ctx, tx, find(&known.polls, poll)?)?;
                return Ok(());
            }
            _ => {}
        }
        let id = known.meeting.ok_or_else(|| unknown("a meeting"))?;
        match act {
            Act::Say(answer) => {
                meetings::answer(ctx, tx, id, *answer)?;
            }
            Act::Enter(phase) => {
                meetings::enter(ctx, tx, id, *phase)?;
            }
            Act::Come(_) => {
                meetings::join(ctx, tx, id)?;
            }
            Act::TakeUp(question) => {
                meetings::set_question(ctx, tx, id, find(&known.questions, question)?)?;
            }
            Act::Notes(text) => {
                let notes = meetings::load(tx, id)?.notes;
                let base = documents::get(tx, notes)?.version;
                meetings::save_notes(ctx, tx, self.engine, id, base, text)?;
            }
            Act::Park(body) => {
                meetings::park(ctx, tx, id, body)?;
            }
            _ => {}
        }
        Ok(())
    }
}
