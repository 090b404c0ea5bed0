//! Fills inboxes from the event log.

use super::{Reader, again};
use crate::app::App;
use hardwon_core::event::{self, Event};
use hardwon_core::{Ctx, Error, notifications};
use std::time::Duration;

pub struct Inbox(App);

impl Inbox {
    pub fn new(app: &App) -> Self {
        Self(app.clone())
    }
}

impl Reader for Inbox {
    async fn begin(&mut self) -> Result<i64, Error> {
        let cursor = self
            .0
            .db
            .read(|tx| event::cursor(tx, notifications::READER))
            .await?;
        Ok(again(&self.0, cursor))
    }

    async fn read(&mut self, events: &[Event], done: i64) -> Result<(), Error> {
        let ctx = Ctx::operator(&self.0.world);
        let events = events.to_vec();
        self.0
            .db
            .write(move |tx| {
                notifications::deliver(&ctx, tx, &events)?;
                let from = event::cursor(tx, notifications::READER)?;
                if done > from {
                    event::advance(&ctx, tx, notifications::READER, from, done)?;
                }
                Ok(())
            })
            .await
    }

    fn gather(&self) -> Duration {
        Duration::from_millis(200)
    }
}
