//! Who may see and do what. Every verb that touches a review asks here first, and every list carries [`sees!`] in its
//! own statement, so that privacy is decided by the database before anything is counted or cut into pages.
//!
//! A private review looks as if it did not exist: not to see it is [`Error::NotFound`], never [`Error::Denied`].

use crate::ctx::{Actor, Ctx, Role};
use crate::error::{Error, Result};
use crate::id::{DocumentId, PersonId, ReviewId};
use crate::reviews::{ReviewKind, ReviewRole, State, Visibility};
use hardwon_db::{Tx, params};

pub mod sql;

/// The condition under which the reader in placeholder `$p` (see [`reader`]) sees review `r`. Open reviews are for
/// everybody who signed in, private ones for the people and teams they were granted to.
#[macro_export]
macro_rules! sees {
    ($p:literal) => {
        concat!(
            "(r.visibility = 'open' or cast(",
            $p,
            " as text) = '*' or r.id in (select g.review_id from review_grant g where g.principal_id = ",
            $p,
            " or g.principal_id in (select m.team_id from team_member m where m.person_id = ",
            $p,
            ")))"
        )
    };
}

/// What a statement with [`sees!`] is given for its reader: a person's id, or `*` for the operator.
pub fn reader(ctx: &Ctx) -> Result<String> {
    match ctx.actor {
        Actor::Anonymous => Err(Error::SignInNeeded),
        Actor::Person { id, .. } => Ok(id.to_string()),
        Actor::Operator => Ok("*".to_owned()),
    }
}

/// What somebody wants to do with a review, from narrow to wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Read it.
    See,
    /// Comment, ask, vote, take a stance, join: everybody who sees it may.
    TakePart,
    /// Write its document and records, name its people, move it along: those who present or run it.
    Edit,
    /// Lead it: close what others raised, merge questions, run the meeting. Facilitators, and those who wrote it.
    Run,
}

/// A review as far as deciding access needs it, with what the actor is in it.
#[derive(Debug, Clone)]
pub struct Standing {
    pub id: ReviewId,
    pub number: i64,
    pub kind: ReviewKind,
    pub title: String,
    pub state: State,
    pub round: i64,
    pub visibility: Visibility,
    pub document: DocumentId,
    pub author: PersonId,
    pub roles: Vec<ReviewRole>,
    wide: bool,
}

impl Standing {
    pub fn is(&self, role: ReviewRole) -> bool {
        self.roles.contains(&role)
    }

    /// May write the document and records, name people and move the review along.
    pub fn can_edit(&self) -> bool {
        use ReviewRole::{Author, Facilitator, NoteTaker, Presenter};
        self.wide
            || self
                .roles
                .iter()
                .any(|role| matches!(role, Author | Presenter | Facilitator | NoteTaker))
    }

    /// May close what others raised: the review's facilitator, or whoever facilitates for the organisation.
    pub fn facilitates(&self) -> bool {
        self.wide || self.is(ReviewRole::Facilitator)
    }

    pub fn require(&self, need: Need) -> Result<()> {
        let (may, who) = match need {
            Need::See | Need::TakePart => (true, ""),
            Need::Edit => (
                self.can_edit(),
                "Only its authors, presenters, note-taker and facilitator may change this.",
            ),
            Need::Run => (
                self.can_edit(),
                "Only its authors, presenters, note-taker and facilitator may lead this review.",
            ),
        };
        if may { Ok(()) } else { Err(Error::denied(who)) }
    }
}

/// Loads the review if the actor may see it, and checks that they may do what they want.
pub fn review(ctx: &Ctx, tx: &mut Tx<'_>, id: ReviewId, need: Need) -> Result<Standing> {
    standing(ctx, tx, sql::BY_ID, &id, need)
}

/// The same by the number in its address.
pub fn review_numbered(ctx: &Ctx, tx: &mut Tx<'_>, number: i64, need: Need) -> Result<Standing> {
    standing(ctx, tx, sql::BY_NUMBER, &number, need)
}

fn standing(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    statement: &str,
    key: &dyn hardwon_db::ToValue,
    need: Need,
) -> Result<Standing> {
    let reader = reader(ctx)?;
    if need > Need::See && ctx.actor != Actor::Operator {
        ctx.require_person()?;
    }
    let mut standing = tx
        .query_opt(statement, &[&reader, key], |row| {
            Ok(Standing {
                id: row.get(0)?,
                number: row.get(1)?,
                kind: row.get(2)?,
                title: row.get(3)?,
                state: row.get(4)?,
                round: row.get(5)?,
                visibility: row.get(6)?,
                document: row.get(7)?,
                author: row.get(8)?,
                roles: Vec::new(),
                wide: ctx.has(Role::Facilitator),
            })
        })?
        .ok_or(Error::NotFound)?;
    if let Some(person) = ctx.person() {
        standing.roles = tx.query(sql::ROLES, params![standing.id, person], |row| row.get(0))?;
    }
    standing.require(need)?;
    Ok(standing)
}

/// Whether everybody who sees a review sees the one of another number too, so that a text for all of them may name it.
pub fn seen_with(tx: &mut Tx<'_>, review: ReviewId, other: i64) -> Result<bool> {
    let found = tx.query_opt(sql::SEEN_WITH, params![review, other], |row| {
        row.get::<i64>(0)
    })?;
    Ok(found.is_some())
}

/// Under which ids the actor is let in: their own and their teams'. The operator's is `*`, which no grant names.
pub fn principals(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let own = reader(ctx)?;
    let mut ids = tx.query(sql::TEAMS, params![own], |row| row.get(0))?;
    ids.push(own);
    Ok(ids)
}
