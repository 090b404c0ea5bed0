//! Live pages: events of a review, passed to everybody who looks at it. A listener gets what everybody may see; what
//! depends on who looks, their page asks for itself.

use crate::app::App;
use crate::realtime::Update;
use hardwon_core::Error;
use hardwon_core::event::Event;
use serde_json::json;

/// Passes each event on to the listeners of its review.
pub async fn publish(app: &App, events: &[Event]) -> Result<(), Error> {
    for event in events {
        let Some(review) = event.review else { continue };
        let topic = review.to_string();
        if !app.live.has_listeners(&topic) {
            continue;
        }
        let data = json!({
            "kind": event.kind,
            "subject": { "kind": event.subject_kind, "id": event.subject_id },
            "at": event.at,
            "data": event.data,
        });
        app.live.send(
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
