//! Questions and votes over the API.

#![expect(
    unused_qualifications,
    reason = "utoipa writes them where a list has parameters beside its path"
)]

use crate::app::App;
use crate::http::api::{
    Answer, Change, Limit, Nothing, Params, found, limit, maybe_word, part, shown, versioned, word,
};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, Id, ListJson, Time};
use axum::extract::{Path, State};
use hardwon_core::access::{self, Need};
use hardwon_core::id::{PromptId, QuestionId};
use hardwon_core::questions::{
    self, Ending, Filter, Naming, Origin, Question, QuestionState, Show, Sort, Vote, Voted,
};
use hardwon_core::{Ctx, Error, Tx, threads, words};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A question of a review. Who asked without their name is told to nobody.
#[derive(Serialize, ToSchema)]
#[schema(as = Question)]
pub struct QuestionJson {
    #[schema(value_type = Id)]
    id: QuestionId,
    /// Its number in the review.
    number: i64,
    round: i64,
    #[schema(schema_with = word::<Origin>)]
    origin: Origin,
    body: String,
    #[schema(schema_with = word::<Naming>)]
    naming: Naming,
    /// Who asked it under their name.
    askers: Vec<FaceJson>,
    #[schema(schema_with = word::<QuestionState>)]
    state: QuestionState,
    /// What its end was recorded with: the answer, a note, a reason.
    answer: String,
    /// Who answered, or who recorded another end.
    closed_by: Option<FaceJson>,
    #[schema(value_type = Option<Time>)]
    closed_at: Option<i64>,
    /// Who follows it up.
    owner: Option<FaceJson>,
    #[schema(value_type = Option<Id>)]
    merged_into: Option<QuestionId>,
    #[schema(value_type = Option<Id>)]
    carried_from: Option<QuestionId>,
    /// The prompt of the organisation's bank that it is.
    #[schema(value_type = Option<Id>)]
    prompt: Option<PromptId>,
    #[serde(rename = "for")]
    up: i64,
    against: i64,
    /// The lower bound of the share of votes for it, at 95 % confidence (Wilson).
    score: f64,
    /// The reader's own vote.
    #[schema(schema_with = maybe_word::<Vote>)]
    mine: Option<Vote>,
    version: i64,
    #[schema(value_type = Time)]
    created_at: i64,
}

impl From<&Question> for QuestionJson {
    fn from(question: &Question) -> Self {
        Self {
            id: question.id,
            number: question.number,
            round: question.round,
            origin: question.origin,
            body: question.body.clone(),
            naming: question.naming,
            askers: question.askers.iter().map(FaceJson::from).collect(),
            state: question.state,
            answer: question.answer.clone(),
            closed_by: question.closed_by.as_ref().map(FaceJson::from),
            closed_at: question.closed_at,
            owner: question.owner.as_ref().map(FaceJson::from),
            merged_into: question.merged_into,
            carried_from: question.carried_from,
            prompt: question.prompt,
            up: question.up,
            against: question.down,
            score: question.score,
            mine: question.mine,
            version: question.version,
            created_at: question.created_at,
        }
    }
}

versioned!(QuestionJson);

fn question(ctx: &Ctx, tx: &mut Tx<'_>, id: QuestionId) -> Result<QuestionJson, Error> {
    Ok(QuestionJson::from(&questions::get(ctx, tx, id)?.0))
}

#[derive(Deserialize, IntoParams, Default)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QuestionParams {
    #[param(required = false, schema_with = word::<Sort>)]
    sort: Option<Sort>,
    /// Which questions; what was merged or set aside is left out where nothing is said.
    #[param(required = false, schema_with = word::<Show>)]
    show: Option<Show>,
    /// Every round where none is named.
    round: Option<i64>,
    #[param(required = false, schema_with = limit)]
    limit: Option<Limit>,
    /// What `next` of the page before says.
    cursor: Option<String>,
}

/// Lists the questions of a review.
#[utoipa::path(get, path = "/reviews/{number}/questions", tag = "Questions",
    params(QuestionParams, ("number" = i64, Path)),
    responses((status = 200, description = "One page of the list", body = ListJson<QuestionJson>)))]
pub async fn list(
    State(app): State<App>,
    user: SignedIn,
    Path(number): Path<i64>,
    Params(params): Params<QuestionParams>,
) -> Reply {
    let page = part(params.limit, params.cursor.as_deref())?;
    let listed = app
        .db
        .read(move |tx| {
            let review = access::review_numbered(&user.ctx, tx, number, Need::See)?;
            let filter = Filter {
                sort: params.sort.unwrap_or(Sort::Votes),
                show: params.show.unwrap_or(Show::Asked),
                round: params.round,
            };
            questions::list(&user.ctx, tx, review.id, &filter, &page)
        })
        .await?;
    Ok(found(
        &ListJson::of(&listed, |one| QuestionJson::from(one)),
        None,
    ))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuestion {
    #[schema(min_length = 1, max_length = 2000, pattern = "\\S")]
    body: String,
    /// `unnamed` shows nobody who asked, administrators included.
    #[serde(default = "named")]
    #[schema(required = false, schema_with = word::<Naming>)]
    naming: Naming,
}

fn named() -> Naming {
    Naming::Named
}

/// Asks a question.
#[utoipa::path(post, path = "/reviews/{number}/questions", tag = "Questions", params(("number" = i64, Path)),
    request_body = NewQuestion,
    responses((status = 201, description = "The new question", body = QuestionJson)))]
pub async fn ask(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<NewQuestion>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let review = access::review_numbered(&change.ctx, tx, number, Need::TakePart)?;
            let wanted = &change.body;
            let asked = questions::ask(&change.ctx, tx, review.id, &wanted.body, wanted.naming)?;
            let address = format!("/api/v1/questions/{}", asked.id);
            Ok(Answer::made(address, &question(&change.ctx, tx, asked.id)?))
        })
        .await
}

/// The question to vote on next.
#[derive(Serialize, ToSchema)]
#[schema(as = NextQuestion)]
pub struct NextJson {
    /// Null when there is none left.
    question: Option<QuestionJson>,
    /// How many there are, this one among them.
    remaining: usize,
}

/// Gives an open question of the present round that you have not voted on.
///
/// Everybody is asked in another order, so that early questions do not win by being early.
#[utoipa::path(get, path = "/reviews/{number}/questions/next", tag = "Questions", params(("number" = i64, Path)),
    responses((status = 200, description = "The next one", body = NextJson)))]
pub async fn next(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let next = app
        .db
        .read(move |tx| {
            let review = access::review_numbered(&user.ctx, tx, number, Need::See)?;
            questions::next_unvoted(&user.ctx, tx, review.id, review.round, &[])
        })
        .await?;
    let body = NextJson {
        question: next.as_ref().map(|next| QuestionJson::from(&next.question)),
        remaining: next.as_ref().map_or(0, |next| next.remaining),
    };
    Ok(found(&body, None))
}

/// Gives one question.
#[utoipa::path(get, path = "/questions/{id}", tag = "Questions", params(("id" = Id, Path)),
    responses((status = 200, description = "The question", body = QuestionJson)))]
pub async fn show(State(app): State<App>, user: SignedIn, Path(id): Path<QuestionId>) -> Reply {
    let body = app.db.read(move |tx| question(&user.ctx, tx, id)).await?;
    Ok(shown(&body))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVote {
    #[schema(schema_with = word::<Vote>)]
    vote: Vote,
}

/// A question's votes after one was cast.
#[derive(Serialize, ToSchema)]
#[schema(as = Votes)]
pub struct VotesJson {
    #[schema(value_type = Id)]
    question: QuestionId,
    #[serde(rename = "for")]
    up: i64,
    against: i64,
    score: f64,
    #[schema(schema_with = maybe_word::<Vote>)]
    mine: Option<Vote>,
}

impl From<&Voted> for VotesJson {
    fn from(voted: &Voted) -> Self {
        Self {
            question: voted.question,
            up: voted.up,
            against: voted.down,
            score: voted.score,
            mine: voted.mine,
        }
    }
}

/// Votes on a question, or changes one's vote; everybody has one.
#[utoipa::path(put, path = "/questions/{id}/vote", tag = "Questions", params(("id" = Id, Path)),
    request_body = NewVote,
    responses((status = 200, description = "The question's votes", body = VotesJson)))]
pub async fn vote(
    State(app): State<App>,
    Path(id): Path<QuestionId>,
    change: Change<NewVote>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let voted = questions::vote(&change.ctx, tx, id, change.body.vote)?;
            Ok(Answer::ok(&VotesJson::from(&voted)))
        })
        .await
}

/// Takes one's vote back.
#[utoipa::path(delete, path = "/questions/{id}/vote", tag = "Questions", params(("id" = Id, Path)),
    responses((status = 200, description = "The question's votes", body = VotesJson)))]
pub async fn withdraw(
    State(app): State<App>,
    Path(id): Path<QuestionId>,
    change: Change<Nothing>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let voted = questions::withdraw(&change.ctx, tx, id)?;
            Ok(Answer::ok(&VotesJson::from(&voted)))
        })
        .await
}

words! {
    /// How a question ends.
    End {
        Answered = "answered",
        FollowedUp = "followed-up",
        Unresolved = "unresolved",
        /// For standard prompts, with a reason.
        SetAside = "set-aside",
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnding {
    #[schema(schema_with = word::<End>)]
    state: End,
    /// The answer, a note, or why a prompt is set aside; in Markdown.
    #[serde(default)]
    #[schema(max_length = 20000)]
    answer: String,
    /// The handle of who answered or follows it up; oneself where nobody is named.
    #[serde(default)]
    person: Option<String>,
}

/// Ends a question: answered, followed up by somebody, or unresolved; a standard prompt can be set aside.
#[utoipa::path(put, path = "/questions/{id}/ending", tag = "Questions", params(("id" = Id, Path)),
    request_body = NewEnding,
    responses((status = 200, description = "The question as it is now", body = QuestionJson)))]
pub async fn end(
    State(app): State<App>,
    Path(id): Path<QuestionId>,
    change: Change<NewEnding>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| question(ctx, tx, id);
    change
        .edit(&app, read, move |change, tx| {
            let (ctx, wanted) = (&change.ctx, &change.body);
            let own = ctx.require_person()?;
            let review = questions::get(ctx, tx, id)?.0.review;
            let named = match &wanted.person {
                None => None,
                Some(handle) => Some(
                    threads::person_named(tx, review, handle)?
                        .ok_or_else(|| Error::invalid("person", "Nobody here has this handle."))?,
                ),
            };
            let text = wanted.answer.clone();
            let ending = match wanted.state {
                End::Answered => Ending::Answered {
                    answer: text,
                    by: named,
                },
                End::FollowedUp => Ending::FollowedUp {
                    owner: named.unwrap_or(own),
                    note: text,
                },
                End::Unresolved | End::SetAside if named.is_some() => {
                    return Err(Error::invalid(
                        "person",
                        "Only an answer or a follow-up has a person.",
                    ));
                }
                End::Unresolved => Ending::Unresolved { note: text },
                End::SetAside => {
                    return questions::set_aside(ctx, tx, id, &text).map(drop);
                }
            };
            questions::end(ctx, tx, id, &ending).map(drop)
        })
        .await
}

/// Opens a question again, or brings a prompt back.
#[utoipa::path(delete, path = "/questions/{id}/ending", tag = "Questions", params(("id" = Id, Path)),
    responses((status = 200, description = "The question as it is now", body = QuestionJson)))]
pub async fn reopen(
    State(app): State<App>,
    Path(id): Path<QuestionId>,
    change: Change<Nothing>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| question(ctx, tx, id);
    change
        .edit(&app, read, move |change, tx| {
            questions::reopen(&change.ctx, tx, id).map(drop)
        })
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMerge {
    /// The question that stays.
    #[schema(value_type = Id)]
    target: QuestionId,
}

/// Merges a duplicate into another question of its round.
///
/// Both askers are kept and votes are united; who voted on both is counted as they voted on the question that stays.
#[utoipa::path(put, path = "/questions/{id}/merge", tag = "Questions", params(("id" = Id, Path)),
    request_body = NewMerge,
    responses((status = 200, description = "The merged question", body = QuestionJson)))]
pub async fn merge(
    State(app): State<App>,
    Path(id): Path<QuestionId>,
    change: Change<NewMerge>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| question(ctx, tx, id);
    change
        .edit(&app, read, move |change, tx| {
            questions::merge(&change.ctx, tx, id, change.body.target).map(drop)
        })
        .await
}

/// Undoes a merge; the votes that came with it leave again.
#[utoipa::path(delete, path = "/questions/{id}/merge", tag = "Questions", params(("id" = Id, Path)),
    responses((status = 200, description = "The question as it is now", body = QuestionJson)))]
pub async fn unmerge(
    State(app): State<App>,
    Path(id): Path<QuestionId>,
    change: Change<Nothing>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| question(ctx, tx, id);
    change
        .edit(&app, read, move |change, tx| {
            questions::unmerge(&change.ctx, tx, id).map(drop)
        })
        .await
}
