//! Decisions and agreements over the API.

use super::somebody;
use crate::app::App;
use crate::http::api::{
    Answer, Change, Limit, Nothing, Params, found, limit, maybe_word, part, shown, versioned, word,
};
use crate::http::{Reply, SignedIn};
use crate::web::json::{FaceJson, Id, ListJson, Time};
use axum::extract::{Path, State};
use hardwon_core::access::{self, Need};
use hardwon_core::decisions::agreements::{self, Agreement, AgreementForm};
use hardwon_core::decisions::{
    self, ConditionForm, Decision, DecisionForm, Dissent, DissentForm, Filter, Record, Ref,
    StopReason, Validity,
};
use hardwon_core::id::{AgreementId, DecisionId, RecordId};
use hardwon_core::page::Listed;
use hardwon_core::reviews::Outcome;
use hardwon_core::{Ctx, Error, Fields, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A decision as a list shows it.
#[derive(Serialize, ToSchema)]
#[schema(as = Decision)]
pub struct DecisionJson {
    #[schema(value_type = Id)]
    id: DecisionId,
    number: i64,
    /// The number of its review.
    review: i64,
    title: String,
    round: i64,
    #[schema(schema_with = word::<Outcome>)]
    outcome: Outcome,
    #[schema(schema_with = maybe_word::<StopReason>)]
    stop_reason: Option<StopReason>,
    stop_words: String,
    /// Markdown.
    reason: String,
    come_back_when: String,
    /// `YYYY-MM-DD`
    look_again_on: Option<String>,
    /// The named version of the document that was decided on.
    document_version: i64,
    decided_by: Option<FaceJson>,
    #[schema(value_type = Time)]
    decided_at: i64,
    #[schema(schema_with = word::<Validity>)]
    validity: Validity,
}

impl From<&Decision> for DecisionJson {
    fn from(decision: &Decision) -> Self {
        Self {
            id: decision.id,
            number: decision.number,
            review: decision.review_number,
            title: decision.title.clone(),
            round: decision.round,
            outcome: decision.outcome,
            stop_reason: decision.stop_reason,
            stop_words: decision.stop_words.clone(),
            reason: decision.reason.clone(),
            come_back_when: decision.come_back_when.clone(),
            look_again_on: decision.look_again_on.clone(),
            document_version: decision.document_version,
            decided_by: decision.decided_by.as_ref().map(FaceJson::from),
            decided_at: decision.decided_at,
            validity: decision.validity,
        }
    }
}

/// Somebody who did not agree, in their words.
#[derive(Serialize, ToSchema)]
#[schema(as = Dissent)]
pub struct DissentJson {
    person: FaceJson,
    words: String,
}

impl From<&Dissent> for DissentJson {
    fn from(dissent: &Dissent) -> Self {
        Self {
            person: FaceJson::from(&dissent.person),
            words: dissent.words.clone(),
        }
    }
}

/// Another decision.
#[derive(Serialize, ToSchema)]
#[schema(as = DecisionReference)]
pub struct RefJson {
    number: i64,
    review: i64,
    title: String,
    #[schema(schema_with = word::<Outcome>)]
    outcome: Outcome,
}

impl From<&Ref> for RefJson {
    fn from(other: &Ref) -> Self {
        Self {
            number: other.number,
            review: other.review_number,
            title: other.title.clone(),
            outcome: other.outcome,
        }
    }
}

/// A decision with everything that its record shows. It never changes.
#[derive(Serialize, ToSchema)]
#[schema(as = DecisionRecord)]
pub struct RecordJson {
    #[serde(flatten)]
    decision: DecisionJson,
    dissent: Vec<DissentJson>,
    supersedes: Vec<RefJson>,
    superseded_by: Vec<RefJson>,
    /// The numbers of reviews whose goals overlap.
    overlaps: Vec<i64>,
    /// SHA-256 of the text that was decided on.
    text_sha256: String,
}

impl From<&Record> for RecordJson {
    fn from(record: &Record) -> Self {
        Self {
            decision: DecisionJson::from(&record.decision),
            dissent: record.dissent.iter().map(DissentJson::from).collect(),
            supersedes: record.supersedes.iter().map(RefJson::from).collect(),
            superseded_by: record.superseded_by.iter().map(RefJson::from).collect(),
            overlaps: record.overlaps.iter().map(|(number, _)| *number).collect(),
            text_sha256: record.text_hash.clone(),
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams, Default)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    #[param(required = false, schema_with = word::<Outcome>)]
    outcome: Option<Outcome>,
    #[param(required = false, schema_with = word::<Validity>)]
    validity: Option<Validity>,
    /// Those that were to be looked at again by this day, `YYYY-MM-DD`.
    look_again_by: Option<String>,
    #[param(required = false, schema_with = limit)]
    limit: Option<Limit>,
    /// What `next` of the page before says.
    cursor: Option<String>,
}

/// Lists decisions, newest first.
#[utoipa::path(get, path = "/decisions", tag = "Outcome", params(ListParams),
    responses((status = 200, description = "One page of the list", body = ListJson<DecisionJson>)))]
pub async fn list(
    State(app): State<App>,
    user: SignedIn,
    Params(params): Params<ListParams>,
) -> Reply {
    if params
        .look_again_by
        .as_deref()
        .is_some_and(|day| !decisions::is_day(day))
    {
        let wrong = "A date is written YYYY-MM-DD.";
        return Err(Error::invalid("look_again_by", wrong).into());
    }
    let page = part(params.limit, params.cursor.as_deref())?;
    let filter = Filter {
        outcome: params.outcome,
        validity: params.validity,
        look_again_by: params.look_again_by,
    };
    let listed = app
        .db
        .read(move |tx| decisions::list(&user.ctx, tx, &filter, &page))
        .await?;
    Ok(found(
        &ListJson::of(&listed, |one| DecisionJson::from(one)),
        None,
    ))
}

/// Gives one decision with its record.
#[utoipa::path(get, path = "/decisions/{number}", tag = "Outcome", params(("number" = i64, Path)),
    responses((status = 200, description = "The decision", body = RecordJson)))]
pub async fn show(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let record = app
        .db
        .read(move |tx| decisions::get(&user.ctx, tx, number))
        .await?;
    Ok(found(&RecordJson::from(&record), None))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCondition {
    #[schema(min_length = 1, max_length = 1000, pattern = "\\S")]
    body: String,
    /// The handle of whoever sees to it.
    owner: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDissent {
    /// A handle.
    person: String,
    #[schema(min_length = 1, max_length = 10_000, pattern = "\\S")]
    words: String,
}

/// The decision of a review's present round.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    #[schema(schema_with = word::<Outcome>)]
    outcome: Outcome,
    /// Markdown.
    #[schema(min_length = 1, max_length = 20_000, pattern = "\\S")]
    reason: String,
    /// Of a stop.
    #[schema(required = false, schema_with = maybe_word::<StopReason>)]
    stop_reason: Option<StopReason>,
    #[serde(default)]
    #[schema(max_length = 2000)]
    stop_words: String,
    /// The number of the review whose goals overlap.
    overlaps: Option<i64>,
    #[serde(default)]
    #[schema(max_length = 5000)]
    come_back_when: String,
    #[serde(default)]
    #[schema(max_items = 50)]
    conditions: Vec<NewCondition>,
    #[serde(default)]
    dissent: Vec<NewDissent>,
    /// `YYYY-MM-DD`
    look_again_on: Option<String>,
    /// Numbers of reviews whose decisions this one takes the place of.
    #[serde(default)]
    supersedes: Vec<i64>,
}

/// Records the decision of a review.
///
/// It is bound to the document as it is now and never changes; in a review that is decided already it is a correction,
/// which supersedes the decision before. `gather-more-information` opens the next round.
#[utoipa::path(post, path = "/reviews/{number}/decision", tag = "Outcome", params(("number" = i64, Path)),
    request_body = NewDecision,
    responses((status = 201, description = "The decision", body = RecordJson)))]
pub async fn create(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<NewDecision>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let review = access::review_numbered(&change.ctx, tx, number, Need::Run)?.id;
            let wanted = &change.body;
            let mut fields = Fields::default();
            let mut raised = Vec::new();
            for condition in &wanted.conditions {
                let owner = match condition.owner.as_deref() {
                    None => None,
                    Some(who) => somebody(tx, review, who, "conditions", &mut fields)?,
                };
                raised.push(ConditionForm {
                    body: condition.body.clone(),
                    owner,
                });
            }
            let mut dissent = Vec::new();
            for one in &wanted.dissent {
                if let Some(person) = somebody(tx, review, &one.person, "dissent", &mut fields)? {
                    dissent.push(DissentForm {
                        person,
                        words: one.words.clone(),
                    });
                }
            }
            fields.check()?;
            let form = DecisionForm {
                outcome: wanted.outcome,
                stop_reason: wanted.stop_reason,
                stop_words: wanted.stop_words.clone(),
                overlaps: wanted.overlaps,
                reason: wanted.reason.clone(),
                conditions: raised,
                dissent,
                look_again_on: wanted.look_again_on.clone(),
                come_back_when: wanted.come_back_when.clone(),
                supersedes: wanted.supersedes.clone(),
            };
            let recorded = decisions::record(&change.ctx, tx, review, &form)?;
            let record = decisions::get(&change.ctx, tx, recorded.number)?;
            let address = format!("/api/v1/decisions/{}", recorded.number);
            Ok(Answer::created(address, &RecordJson::from(&record)))
        })
        .await
}

/// What people agreed to do about a tricky part.
#[derive(Serialize, ToSchema)]
#[schema(as = Agreement)]
pub struct AgreementJson {
    #[schema(value_type = Id)]
    id: AgreementId,
    round: i64,
    component: String,
    /// Markdown.
    body: String,
    /// The review's record that it is about.
    #[schema(value_type = Option<Id>)]
    record: Option<RecordId>,
    version: i64,
    created_by: Option<FaceJson>,
    #[schema(value_type = Time)]
    created_at: i64,
}

impl From<&Agreement> for AgreementJson {
    fn from(agreement: &Agreement) -> Self {
        Self {
            id: agreement.id,
            round: agreement.round,
            component: agreement.component.clone(),
            body: agreement.body.clone(),
            record: agreement.record,
            version: agreement.version,
            created_by: agreement.by.as_ref().map(FaceJson::from),
            created_at: agreement.created_at,
        }
    }
}

/// Lists the agreements of a review in every round, oldest first.
#[utoipa::path(get, path = "/reviews/{number}/agreements", tag = "Outcome", params(("number" = i64, Path)),
    responses((status = 200, description = "The agreements", body = ListJson<AgreementJson>)))]
pub async fn agreements(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let items = app
        .db
        .read(move |tx| {
            let review = access::review_numbered(&user.ctx, tx, number, Need::See)?.id;
            agreements::list(&user.ctx, tx, review)
        })
        .await?;
    let listed = Listed { items, next: None };
    Ok(found(
        &ListJson::of(&listed, |one| AgreementJson::from(one)),
        None,
    ))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAgreement {
    /// The part it is about; may be left out where a record is named.
    #[serde(default)]
    #[schema(max_length = 300)]
    component: String,
    #[schema(min_length = 1, max_length = 10_000, pattern = "\\S")]
    body: String,
    #[schema(value_type = Option<Id>)]
    record: Option<RecordId>,
}

/// Writes an agreement down.
#[utoipa::path(post, path = "/reviews/{number}/agreements", tag = "Outcome", params(("number" = i64, Path)),
    request_body = NewAgreement,
    responses((status = 201, description = "The new agreement", body = AgreementJson)))]
pub async fn agree(
    State(app): State<App>,
    Path(number): Path<i64>,
    change: Change<NewAgreement>,
) -> Reply {
    change
        .write(&app, move |change, tx| {
            let review = access::review_numbered(&change.ctx, tx, number, Need::See)?.id;
            let form = AgreementForm {
                component: change.body.component.clone(),
                body: change.body.body.clone(),
                record: change.body.record,
            };
            let id = agreements::add(&change.ctx, tx, review, &form)?;
            let address = format!("/api/v1/agreements/{id}");
            Ok(Answer::made(address, &one(&change.ctx, tx, id)?))
        })
        .await
}

versioned!(AgreementJson);

fn one(ctx: &Ctx, tx: &mut Tx<'_>, id: AgreementId) -> Result<AgreementJson, Error> {
    let (agreement, _) = agreements::get(ctx, tx, id, Need::See)?;
    Ok(AgreementJson::from(&agreement))
}

/// Gives one agreement.
#[utoipa::path(get, path = "/agreements/{id}", tag = "Outcome", params(("id" = Id, Path)),
    responses((status = 200, description = "The agreement", body = AgreementJson)))]
pub async fn agreement(
    State(app): State<App>,
    user: SignedIn,
    Path(id): Path<AgreementId>,
) -> Reply {
    let body = app.db.read(move |tx| one(&user.ctx, tx, id)).await?;
    Ok(shown(&body))
}

/// What may be changed of an agreement; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementChange {
    #[schema(min_length = 1, max_length = 300, pattern = "\\S")]
    component: Option<String>,
    #[schema(min_length = 1, max_length = 10_000, pattern = "\\S")]
    body: Option<String>,
}

/// Changes an agreement.
#[utoipa::path(patch, path = "/agreements/{id}", tag = "Outcome", params(("id" = Id, Path)),
    request_body = AgreementChange,
    responses((status = 200, description = "The agreement as it is now", body = AgreementJson)))]
pub async fn change_agreement(
    State(app): State<App>,
    Path(id): Path<AgreementId>,
    change: Change<AgreementChange>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| one(ctx, tx, id);
    change
        .edit(&app, read, move |change, tx| {
            let (before, _) = agreements::get(&change.ctx, tx, id, Need::See)?;
            let wanted = &change.body;
            let form = AgreementForm {
                component: wanted.component.clone().unwrap_or(before.component),
                body: wanted.body.clone().unwrap_or(before.body),
                record: before.record,
            };
            agreements::change(&change.ctx, tx, id, before.version, &form).map(drop)
        })
        .await
}

/// Takes an agreement off the outcome; the event log keeps its words.
#[utoipa::path(delete, path = "/agreements/{id}", tag = "Outcome", params(("id" = Id, Path)),
    responses((status = 204, description = "It is withdrawn")))]
pub async fn withdraw(
    State(app): State<App>,
    Path(id): Path<AgreementId>,
    change: Change<Nothing>,
) -> Reply {
    let read = move |ctx: &Ctx, tx: &mut Tx<'_>| one(ctx, tx, id);
    change
        .remove(&app, read, move |change, tx| {
            agreements::withdraw(&change.ctx, tx, id).map(drop)
        })
        .await
}
