//! Live pages: events of a review, passed to everybody who looks at it. What they say is the business of `web::live`.

use super::Reader;
use crate::app::App;
use crate::web::live;
use hardwon_core::Error;
use hardwon_core::event::{self, Event};
use std::time::Duration;
use tokio::time::Instant;

/// How long events are gathered after some were passed on: what happens within it becomes one update.
const WINDOW: Duration = Duration::from_millis(50);

pub struct Pages {
    app: App,
    last: Option<Instant>,
}

impl Pages {
    pub fn new(app: &App) -> Self {
        Self {
            app: app.clone(),
            last: None,
        }
    }
}

impl Reader for Pages {
    /// Nobody listens yet, so what was before does not matter.
    async fn begin(&mut self) -> Result<i64, Error> {
        self.app.db.read(event::newest).await
    }

    async fn read(&mut self, events: &[Event], _done: i64) -> Result<(), Error> {
        live::publish(&self.app, events).await?;
        self.last = Some(Instant::now());
        Ok(())
    }

    /// The first of a burst goes out at once, the others together.
    fn gather(&self) -> Duration {
        self.last
            .map_or(Duration::ZERO, |last| WINDOW.saturating_sub(last.elapsed()))
    }
}
