//! Live pages: events of a review, passed to everybody who looks at it. A listener gets what everybody who sees the
//! review may know; what depends on who looks, their page asks for itself.

use super::Reader;
use crate::app::App;
use crate::realtime::Update;
use hardwon_core::Error;
use hardwon_core::event::{self, Event};
use serde_json::json;

pub struct Pages(App);

impl Pages {
    pub fn new(app: &App) -> Self {
        Self(app.clone())
    }
}

impl Reader for Pages {
    /// Nobody listens yet, so what was before does not matter.
    async fn begin(&mut self) -> Result<i64, Error> {
        self.0.db.read(event::newest).await
    }

    async fn read(&mut self, events: &[Event], _done: i64) -> Result<(), Error> {
        for event in events {
            let Some(review) = event.review else { continue };
            let topic = review.to_string();
            if !self.0.live.has_listeners(&topic) {
                continue;
            }
            let data = json!({
                "kind": event.kind,
                "subject": { "kind": event.subject_kind, "id": event.subject_id },
                "at": event.at,
                "data": event.data,
            });
            self.0.live.send(
                &topic,
                Update {
                    seq: event.seq,
                    name: "event",
                    data: data.to_string().into(),
                },
            );
        }
        Ok(())
    }
}
