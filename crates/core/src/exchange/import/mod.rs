//! Proposals from files, written as reviews: text exactly as it was, authors as people, state as a decision, relations
//! as links, open questions as questions. Importing the same files again writes nothing twice; a file that changed
//! becomes a new version of the document, merged with what was written here in the meantime.

use super::proposals::{self, Proposal, RelationKind};
use crate::ctx::{Ctx, Role};
use crate::documents::{self, Engine, Saved};
use crate::error::{Error, Result};
use crate::event::{self, Thing};
use crate::id::{DecisionId, DocumentId, PersonId, ReviewId, StepId};
use crate::link::{self, Relation};
use crate::people::{self, PersonForm, PersonState};
use crate::questions;
use crate::reviews::{self, Outcome, ReviewKind, ReviewRole, State, Visibility};
use hardwon_db::{Tx, params};
use hardwon_prose::Syntax;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

pub mod sql;

/// The kind under which a link keeps a proposal that has not been imported (yet).
const KEY: &str = "proposal";

/// What became of one proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "result")]
pub enum Done {
    Imported {
        number: i64,
    },
    Updated {
        number: i64,
    },
    Unchanged {
        number: i64,
    },
    /// The file and the document changed in the same lines. The document stays; the file's text is kept as a named
    /// version of it.
    KeptApart {
        number: i64,
    },
}

/// Writes one proposal. Must be done by the operator.
pub fn proposal(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    proposal: &Proposal,
) -> Result<Done> {
    ctx.require(Role::Administrator)?;
    let hash = fingerprint(proposal);
    let before = tx.query_opt(sql::BY_KEY, params![proposal.key], |row| {
        Ok(Before {
            id: row.get(0)?,
            number: row.get(1)?,
            hash: row.get(2)?,
            document: row.get(3)?,
            source_version: row.get(4)?,
        })
    })?;
    match before {
        None => Ok(Done::Imported {
            number: create(ctx, tx, engine, proposal, &hash)?,
        }),
        Some(before) if before.hash == hash => Ok(Done::Unchanged {
            number: before.number,
        }),
        Some(before) => update(ctx, tx, engine, proposal, &hash, &before),
    }
}

struct Before {
    id: ReviewId,
    number: i64,
    hash: String,
    document: DocumentId,
    source_version: i64,
}

fn create(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    proposal: &Proposal,
    hash: &str,
) -> Result<i64> {
    let authors = authors(ctx, tx, proposal)?;
    let author = authors[0];
    let id: ReviewId = ctx.id();
    let number = reviews::next_number(tx, "review")?;
    let title: String = proposal.title.chars().take(300).collect();
    let document = documents::create(
        ctx,
        tx,
        engine,
        Some(id),
        syntax(proposal.syntax),
        &proposal.text,
    )?;
    documents::authorship::credit(tx, document, author)?;
    let (state, outcome) = state(proposal.outcome);
    let written_on = proposal.date.map(|date| date.to_string());
    tx.execute(
        sql::INSERT,
        params![
            id,
            number,
            ReviewKind::Architecture,
            title,
            people::key(&title),
            state,
            outcome,
            Visibility::Open,
            author,
            document,
            written_on,
            proposal.format.as_str(),
            proposal.key,
            hash,
            proposal.state.as_ref().map(|state| state.written.as_str()),
            ctx.at
        ],
    )?;
    for person in &authors {
        let role = ReviewRole::Author;
        tx.execute(
            reviews::sql::ADD_PERSON,
            params![id, "person", person, role, ctx.person(), ctx.at],
        )?;
    }
    tx.execute(reviews::sql::OPEN_ROUND, params![id, 1_i64, ctx.at])?;
    let version = documents::keep(ctx, tx, document, "as imported", &proposal.text)?.0;
    tx.execute(
        reviews::sql::INSERT_STEP,
        params![
            ctx.id::<StepId>(),
            id,
            1_i64,
            None::<State>,
            state,
            said(proposal),
            version,
            ctx.person(),
            ctx.at
        ],
    )?;
    if let Some(outcome) = outcome {
        let decided_at = proposal
            .date
            .and_then(crate::ctx::day_begins)
            .unwrap_or(ctx.at);
        let decision = reviews::next_number(tx, "decision")?;
        tx.execute(
            sql::INSERT_DECISION,
            params![
                ctx.id::<DecisionId>(),
                decision,
                id,
                outcome,
                said(proposal),
                version,
                decided_at,
                ctx.at
            ],
        )?;
    }
    let change = json!({ "title": title, "source": proposal.key });
    event::record(
        ctx,
        tx,
        "review.imported",
        &Thing::new("review", id),
        Some(id),
        &change,
    )?;
    ask(ctx, tx, id, proposal)?;
    // Whoever was imported before and referred to this one by its key refers to the review from now on.
    tx.execute(sql::RESOLVE, params![KEY, proposal.key, "review", id])?;
    relate(ctx, tx, id, proposal)?;
    Ok(number)
}

fn update(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    proposal: &Proposal,
    hash: &str,
    before: &Before,
) -> Result<Done> {
    // What the file said last time is where both sides began.
    let ancestor = documents::version_text(tx, before.document, before.source_version)?;
    let saved = documents::take_in(ctx, tx, engine, before.document, &ancestor, &proposal.text)?;
    let apart = matches!(saved, Saved::Conflict { .. });
    let name = if apart {
        "from the file, not merged"
    } else {
        "from the file"
    };
    let (_, version) = documents::keep(ctx, tx, before.document, name, &proposal.text)?;
    let written_on = proposal.date.map(|date| date.to_string());
    tx.execute(
        sql::UPDATE,
        params![
            before.id,
            hash,
            version,
            proposal.state.as_ref().map(|state| state.written.as_str()),
            written_on,
            ctx.at
        ],
    )?;
    ask(ctx, tx, before.id, proposal)?;
    relate(ctx, tx, before.id, proposal)?;
    let change = json!({ "title": proposal.title, "source": proposal.key, "apart": apart });
    event::record(
        ctx,
        tx,
        "review.imported",
        &Thing::new("review", before.id),
        Some(before.id),
        &change,
    )?;
    let number = before.number;
    Ok(if apart {
        Done::KeptApart { number }
    } else {
        Done::Updated { number }
    })
}

/// The authors as people: whoever has exactly this name, or somebody new without an account.
fn authors(ctx: &Ctx, tx: &mut Tx<'_>, proposal: &Proposal) -> Result<Vec<PersonId>> {
    let mut people = Vec::new();
    for author in &proposal.authors {
        let name: String = author.name.trim().chars().take(200).collect();
        if !name.is_empty() {
            let person = person(ctx, tx, &name)?;
            if !people.contains(&person) {
                people.push(person);
            }
        }
    }
    if people.is_empty() {
        people.push(person(ctx, tx, "Unnamed author")?);
    }
    Ok(people)
}

fn person(ctx: &Ctx, tx: &mut Tx<'_>, name: &str) -> Result<PersonId> {
    let known = tx.query(sql::PEOPLE_NAMED, params![people::key(name)], |row| {
        row.get(0)
    })?;
    if let [only] = known[..] {
        return Ok(only);
    }
    let form = PersonForm {
        name: name.to_owned(),
        email: None,
        role: Role::Member,
        state: PersonState::Placeholder,
        zone: "UTC".to_owned(),
        locale: "en".to_owned(),
    };
    people::create(ctx, tx, &form)
}

/// Adds the author's own open questions that are not there yet.
fn ask(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId, proposal: &Proposal) -> Result<()> {
    let known: Vec<String> = tx.query(sql::QUESTIONS, params![review], |row| row.get(0))?;
    for question in &proposal.questions {
        let body = question.text.trim();
        if !body.is_empty() && !known.iter().any(|known| known == body) {
            questions::import(ctx, tx, review, body)?;
        }
    }
    Ok(())
}

/// Writes relations as links; to what is not here, by its key, until it is.
fn relate(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId, proposal: &Proposal) -> Result<()> {
    let own = Thing::new("review", review);
    for stated in &proposal.relations {
        let key = stated
            .target
            .clone()
            .unwrap_or_else(|| format!("as written: {}", stated.written));
        let known: Option<ReviewId> =
            tx.query_opt(sql::ID_BY_KEY, params![key], |row| row.get(0))?;
        let other = known.map_or_else(|| Thing::new(KEY, &key), |id| Thing::new("review", id));
        if other == own {
            continue;
        }
        let (relation, from, to) = match stated.kind {
            RelationKind::Supersedes | RelationKind::Previous => {
                (Relation::Supersedes, &own, &other)
            }
            RelationKind::SupersededBy => (Relation::Supersedes, &other, &own),
            RelationKind::Requires => (Relation::Requires, &own, &other),
            RelationKind::RequiredBy => (Relation::Requires, &other, &own),
            RelationKind::Amends => (Relation::Amends, &own, &other),
            RelationKind::AmendedBy => (Relation::Amends, &other, &own),
            RelationKind::SeeAlso => (Relation::SeeAlso, &own, &other),
        };
        link::add(ctx, tx, from, relation, to, &stated.written)?;
    }
    Ok(())
}

fn fingerprint(proposal: &Proposal) -> String {
    let mut hash = Sha256::new();
    hash.update(proposal.text.as_bytes());
    hash.update([0]);
    hash.update(proposal.companion.as_deref().unwrap_or_default().as_bytes());
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn syntax(syntax: proposals::Syntax) -> Syntax {
    match syntax {
        proposals::Syntax::Markdown => Syntax::Markdown,
        proposals::Syntax::Rst => Syntax::Rst,
        proposals::Syntax::AsciiDoc => Syntax::Plain,
    }
}

/// Where an imported proposal stands, and what was decided about it.
fn state(outcome: proposals::Outcome) -> (State, Option<Outcome>) {
    match outcome {
        proposals::Outcome::Go => (State::Decided, Some(Outcome::GoAhead)),
        proposals::Outcome::Stop | proposals::Outcome::Rethink => {
            (State::Decided, Some(Outcome::Stop))
        }
        proposals::Outcome::Superseded => (State::Closed, Some(Outcome::Superseded)),
        proposals::Outcome::Open => (State::Circulating, None),
        proposals::Outcome::Unknown => (State::Draft, None),
    }
}

fn said(proposal: &Proposal) -> String {
    match &proposal.state {
        Some(state) => format!("Imported; the source says: {}", state.written),
        None => "Imported; the source names no state.".to_owned(),
    }
}

/// How many of the references of imported proposals lead to something that is not here.
pub fn unresolved(tx: &mut Tx<'_>) -> Result<i64> {
    tx.query_one(sql::UNRESOLVED, params![KEY], |row| row.get(0))
        .map_err(Error::from)
}
