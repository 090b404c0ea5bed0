//! What needs somebody, over the API.

use crate::app::App;
use crate::http::api::{found, word};
use crate::http::{Reply, SignedIn};
use crate::web::json::{Id, ListJson, Time};
use axum::extract::State;
use hardwon_core::home::{self, LeadStep, Need, Review};
use hardwon_core::words;
use serde::Serialize;
use utoipa::ToSchema;

words! {
    /// What is asked of somebody.
    Asked {
        Comment = "comment",
        Vote = "vote",
        Condition = "condition",
        Question = "question",
        Concern = "concern",
        Finish = "finish",
        Decide = "decide",
        SendMinutes = "send-minutes",
        Close = "close",
        LookAgain = "look-again",
    }
}

/// One thing that needs you.
#[derive(Serialize, ToSchema)]
#[schema(as = Need)]
pub struct NeedJson {
    #[schema(schema_with = word::<Asked>)]
    kind: Asked,
    /// The number of its review.
    review: i64,
    review_title: String,
    /// The condition, question or thread that it is about.
    #[schema(value_type = Option<Id>)]
    subject: Option<String>,
    /// What it says, or what the author would like to hear about.
    words: String,
    /// How many questions wait for a vote.
    count: Option<i64>,
    /// The decision to look at again.
    decision: Option<i64>,
    #[schema(value_type = Option<Time>)]
    since: Option<i64>,
    #[schema(value_type = Option<Time>)]
    until: Option<i64>,
    /// `YYYY-MM-DD`, when the decision was to be looked at again.
    on: Option<String>,
}

impl NeedJson {
    fn new(kind: Asked, review: &Review) -> Self {
        Self {
            kind,
            review: review.number,
            review_title: review.title.clone(),
            subject: None,
            words: String::new(),
            count: None,
            decision: None,
            since: None,
            until: None,
            on: None,
        }
    }

    fn about(kind: Asked, review: &Review, id: String, words: &str, since: i64) -> Self {
        Self {
            subject: Some(id),
            words: words.to_owned(),
            since: Some(since),
            ..Self::new(kind, review)
        }
    }
}

impl From<&Need> for NeedJson {
    fn from(need: &Need) -> Self {
        match need {
            Need::Comment {
                review,
                feedback_wanted,
                until,
                ..
            } => Self {
                words: feedback_wanted.clone(),
                until: *until,
                ..Self::new(Asked::Comment, review)
            },
            Need::Vote {
                review,
                count,
                meeting_at,
                until,
            } => Self {
                count: Some(*count),
                until: meeting_at.or(*until),
                ..Self::new(Asked::Vote, review)
            },
            Need::Condition {
                review,
                id,
                body,
                since,
            } => Self::about(Asked::Condition, review, id.to_string(), body, *since),
            Need::Question {
                review,
                id,
                body,
                since,
            } => Self::about(Asked::Question, review, id.to_string(), body, *since),
            Need::Concern {
                review,
                thread,
                title,
                at,
            } => Self::about(Asked::Concern, review, thread.to_string(), title, *at),
            Need::Lead {
                review,
                step,
                since,
            } => Self {
                since: Some(*since),
                ..Self::new(
                    match step {
                        LeadStep::Finish => Asked::Finish,
                        LeadStep::Decide => Asked::Decide,
                        LeadStep::SendMinutes => Asked::SendMinutes,
                        LeadStep::Close => Asked::Close,
                    },
                    review,
                )
            },
            Need::LookAgain {
                review,
                decision,
                on,
                ..
            } => Self {
                decision: Some(*decision),
                on: Some(on.clone()),
                ..Self::new(Asked::LookAgain, review)
            },
        }
    }
}

/// Lists what needs you, the most pressing kinds first.
#[utoipa::path(get, path = "/needs", tag = "Inbox",
    responses((status = 200, description = "All of it", body = ListJson<NeedJson>)))]
pub async fn list(State(app): State<App>, user: SignedIn) -> Reply {
    let needs = app.db.read(move |tx| home::needs(&user.ctx, tx)).await?;
    let body = ListJson {
        items: needs.iter().map(NeedJson::from).collect(),
        next: None,
    };
    Ok(found(&body, None))
}
