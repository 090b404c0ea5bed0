//! Circulating a draft: asking people for comments until a date, on what the author would like to hear about, with an
//! optional last call. Who hears of it follows from the event.

use super::{State, sql, steps};
use crate::access::{self, Need};
use crate::ctx::{Ctx, HORIZON_MS};
use crate::error::{Error, Fields, Result};
use crate::event::{self, Thing};
use crate::id::ReviewId;
use hardwon_db::{Tx, params};
use serde_json::json;

/// What a draft is circulated with. Times are milliseconds UTC.
#[derive(Debug, Clone, Default)]
pub struct CirculationForm {
    pub comments_until: Option<i64>,
    pub last_call_until: Option<i64>,
    pub feedback_wanted: String,
    /// A word to those who are asked; kept as the step's reason.
    pub note: String,
}

impl CirculationForm {
    fn check(&self, ctx: &Ctx) -> Result<()> {
        let mut fields = Fields::default();
        for (field, at) in [
            ("comments_until", self.comments_until),
            ("last_call_until", self.last_call_until),
        ] {
            if at.is_some_and(|at| at <= ctx.at) {
                fields.add(field, "This time has passed already.");
            }
            if at.is_some_and(|at| at > ctx.at + HORIZON_MS) {
                fields.add(field, "Please choose a time within the next ten years.");
            }
        }
        if let (Some(comments), Some(last)) = (self.comments_until, self.last_call_until)
            && last < comments
        {
            fields.add(
                "last_call_until",
                "A last call ends no earlier than the comments do.",
            );
        }
        for (field, text) in [
            ("feedback_wanted", &self.feedback_wanted),
            ("note", &self.note),
        ] {
            if text.chars().count() > 2000 {
                fields.add(field, "At most 2,000 characters, please.");
            }
        }
        fields.check()
    }
}

/// Asks for comments. A draft begins to circulate; where a review circulates already, its dates change.
pub fn circulate(ctx: &Ctx, tx: &mut Tx<'_>, id: ReviewId, form: &CirculationForm) -> Result<()> {
    let review = access::review(ctx, tx, id, Need::Edit)?;
    form.check(ctx)?;
    let begins = match review.state {
        State::Circulating | State::Scheduled => false,
        state => {
            if steps::direction(review.kind, state, State::Circulating)? == steps::Direction::Back {
                return Err(Error::conflict(
                    "This review is past circulating. Step it back to circulating first, and say why.",
                ));
            }
            true
        }
    };
    tx.execute(
        sql::SET_CIRCULATION,
        params![
            id,
            form.comments_until,
            form.last_call_until,
            form.feedback_wanted.trim(),
            ctx.at
        ],
    )?;
    if begins {
        steps::apply(ctx, tx, &review, State::Circulating, &form.note)?;
    }
    let kind = if begins {
        "review.circulated"
    } else if form.last_call_until.is_some() {
        "review.last-call"
    } else {
        "review.dates-changed"
    };
    let data = json!({
        "title": review.title, "number": review.number, "round": review.round, "note": form.note.trim(),
        "feedback_wanted": form.feedback_wanted.trim(), "comments_until": form.comments_until,
        "last_call_until": form.last_call_until,
    });
    event::record(ctx, tx, kind, &Thing::new("review", id), Some(id), &data)
}
