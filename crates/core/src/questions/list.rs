//! Reading questions: lists, one of them, the one to vote on next, and what a review leaves.

use super::{Naming, Question, Vote, place, rank, sql};
use crate::access::{self, Need, Standing};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::id::{PersonId, QuestionId, ReviewId};
use crate::page::{Conditions, Cursor, Listed, Page};
use crate::people::Face;
use crate::words;
use hardwon_db::{Row, Tx, params};

words! {
    Sort {
        /// By the lower confidence bound of the share of votes for it.
        Votes = "votes",
        New = "new",
        /// Open ones only, by votes.
        Unanswered = "unanswered",
    }
}

words! {
    /// Which questions to list.
    Show {
        /// What is asked: everything but what was merged or set aside.
        Asked = "asked",
        SetAside = "set-aside",
        Merged = "merged",
        All = "all",
    }
}

#[derive(Debug, Clone)]
pub struct Filter {
    pub sort: Sort,
    pub show: Show,
    /// Every round where none is named.
    pub round: Option<i64>,
}

/// The questions of a review.
pub fn list(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    filter: &Filter,
    page: &Page,
) -> Result<Listed<Question>> {
    access::review(ctx, tx, review, Need::See)?;
    let mut conditions = Conditions::default();
    let mut text = columns(ctx, &mut conditions)?;
    conditions.and("q.review_id = $$", &[&review]);
    if let Some(round) = &filter.round {
        conditions.and("q.round = $$", &[round]);
    }
    match filter.show {
        Show::Asked => conditions.and("q.state not in ('merged', 'set-aside')", &[]),
        Show::SetAside => conditions.and("q.state = 'set-aside'", &[]),
        Show::Merged => conditions.and("q.state = 'merged'", &[]),
        Show::All => &mut conditions,
    };
    if filter.sort == Sort::Unanswered {
        conditions.and("q.state = 'open'", &[]);
    }
    let by_time = filter.sort == Sort::New;
    if let Some(after) = &page.after {
        if by_time {
            conditions.and("(q.created_at, q.id) < ($$, $$)", &[&after.key, &after.id]);
        } else {
            let score = f64::from_bits(after.key.cast_unsigned());
            conditions.and("(q.score, q.id) < ($$, $$)", &[&score, &after.id]);
        }
    }
    text.push_str(conditions.text());
    let limit = conditions.bind(&page.fetch());
    text.push_str(if by_time {
        " order by q.created_at desc, q.id desc limit "
    } else {
        " order by q.score desc, q.id desc limit "
    });
    text.push_str(&limit);
    let found = tx.query(&text, &conditions.params(), from_row)?;
    let mut listed = page.cut(found, |question| {
        let key = if by_time {
            question.created_at
        } else {
            question.score.to_bits().cast_signed()
        };
        Cursor::new(key, question.id)
    });
    add_askers(tx, &mut listed.items)?;
    Ok(listed)
}

/// The columns with the reader's own vote joined in.
fn columns(ctx: &Ctx, conditions: &mut Conditions) -> Result<String> {
    let reader = access::reader(ctx)?;
    let place = conditions.bind(&reader);
    Ok(format!("{}{place} ", sql::COLUMNS))
}

fn from_row(row: &Row<'_>) -> Result<Question, hardwon_db::Error> {
    let face = |at: usize| -> Result<Option<Face>, hardwon_db::Error> {
        let Some(id) = row.get::<Option<PersonId>>(at)? else {
            return Ok(None);
        };
        Ok(Some(Face {
            id,
            name: row.get(at + 1)?,
            handle: row.get(at + 2)?,
        }))
    };
    Ok(Question {
        id: row.get(0)?,
        review: row.get(1)?,
        number: row.get(2)?,
        round: row.get(3)?,
        origin: row.get(4)?,
        body: row.get(5)?,
        naming: if row.get(6)? {
            Naming::Unnamed
        } else {
            Naming::Named
        },
        state: row.get(7)?,
        answer: row.get(8)?,
        closed_by: face(9)?,
        closed_at: row.get(12)?,
        owner: face(13)?,
        merged_into: row.get(16)?,
        carried_from: row.get(17)?,
        up: row.get(18)?,
        down: row.get(19)?,
        score: row.get(20)?,
        version: row.get(21)?,
        created_at: row.get(22)?,
        mine: Vote::from_value(row.get(23)?),
        prompt: row.get(24)?,
        askers: Vec::new(),
    })
}

fn add_askers(tx: &mut Tx<'_>, questions: &mut [Question]) -> Result<()> {
    if questions.is_empty() {
        return Ok(());
    }
    let mut ids = Conditions::default();
    let places: Vec<String> = questions.iter().map(|one| ids.bind(&one.id)).collect();
    let text = format!(
        "{}({}) order by a.at, p.id limit 1000",
        sql::ASKERS,
        places.join(", ")
    );
    let askers = tx.query(&text, &ids.params(), |row| {
        Ok((
            row.get::<QuestionId>(0)?,
            Face {
                id: row.get(1)?,
                name: row.get(2)?,
                handle: row.get(3)?,
            },
        ))
    })?;
    for (id, face) in askers {
        if let Some(question) = questions.iter_mut().find(|question| question.id == id) {
            question.askers.push(face);
        }
    }
    Ok(())
}

pub(super) fn load(ctx: &Ctx, tx: &mut Tx<'_>, id: QuestionId) -> Result<Question> {
    let mut conditions = Conditions::default();
    let mut text = columns(ctx, &mut conditions)?;
    conditions.and("q.id = $$", &[&id]);
    text.push_str(conditions.text());
    let question = tx
        .query_opt(&text, &conditions.params(), from_row)?
        .ok_or(Error::NotFound)?;
    let mut one = [question];
    add_askers(tx, &mut one)?;
    let [question] = one;
    Ok(question)
}

/// A question for somebody who may see its review, with what they are in it.
pub fn get(ctx: &Ctx, tx: &mut Tx<'_>, id: QuestionId) -> Result<(Question, Standing)> {
    place(ctx, tx, id, Need::See)
}

/// The question to vote on next, and how many there are.
#[derive(Debug, Clone)]
pub struct Next {
    pub question: Question,
    pub remaining: usize,
}

/// The open question of a round that the actor is asked to vote on first, if there is one left; `skipped` are the
/// numbers of those they put off. See [`rank::for_person`].
pub fn next_unvoted(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    review: ReviewId,
    round: i64,
    skipped: &[i64],
) -> Result<Option<Next>> {
    access::review(ctx, tx, review, Need::See)?;
    let Some(person) = ctx.person() else {
        return Ok(None);
    };
    let mut candidates = tx.query(sql::UNVOTED, params![review, round, person], |row| {
        Ok(rank::Candidate {
            id: row.get(0)?,
            number: row.get(1)?,
            up: row.get(2)?,
            down: row.get(3)?,
        })
    })?;
    rank::for_person(&mut candidates, person, skipped);
    let Some(first) = candidates.first() else {
        return Ok(None);
    };
    Ok(Some(Next {
        question: load(ctx, tx, first.id)?,
        remaining: candidates.len(),
    }))
}

/// What a review leaves: questions that are open, unresolved or followed up and that no later round has taken on, by
/// rank. They stay in sight with the outcome.
pub fn left(ctx: &Ctx, tx: &mut Tx<'_>, review: ReviewId) -> Result<Vec<Question>> {
    access::review(ctx, tx, review, Need::See)?;
    let mut conditions = Conditions::default();
    let mut text = columns(ctx, &mut conditions)?;
    conditions
        .and("q.review_id = $$", &[&review])
        .and("q.state in ('open', 'followed-up', 'unresolved')", &[])
        .and(
            "not exists (select 1 from question n where n.review_id = q.review_id and n.carried_from = q.id)",
            &[],
        );
    text.push_str(conditions.text());
    text.push_str(" order by q.score desc, q.id desc limit 500");
    let mut found = tx.query(&text, &conditions.params(), from_row)?;
    add_askers(tx, &mut found)?;
    Ok(found)
}
