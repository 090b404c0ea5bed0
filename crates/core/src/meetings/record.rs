//! What the meetings of a round leave behind, for the outcome and the minutes.

use super::{Meeting, Parked, Poll, parked, people, polls, sql};
use crate::documents;
use crate::error::Result;
use crate::id::ReviewId;
use crate::people::Face;
use hardwon_db::{Tx, params};

/// One meeting with what belongs to it.
#[derive(Debug, Clone)]
pub struct Held {
    pub meeting: Meeting,
    /// Markdown.
    pub notes: String,
    pub present: Vec<Face>,
    pub parked: Vec<Parked>,
}

#[derive(Debug, Clone)]
pub struct RoundRecord {
    /// Those that were not called off, in order of time.
    pub meetings: Vec<Held>,
    /// Agreement polls of the round, with results and words.
    pub polls: Vec<Poll>,
}

/// The caller has asked [`crate::access`].
pub fn of_round(tx: &mut Tx<'_>, review: ReviewId, round: i64) -> Result<RoundRecord> {
    let mut meetings = Vec::new();
    for meeting in tx.query(sql::OF_ROUND, params![review, round], Meeting::from_row)? {
        meetings.push(Held {
            notes: documents::get(tx, meeting.notes)?.text,
            present: people::present(tx, meeting.id, 2_000)?.first,
            parked: parked(tx, meeting.id)?,
            meeting,
        });
    }
    Ok(RoundRecord {
        meetings,
        polls: polls(tx, review, round)?,
    })
}
