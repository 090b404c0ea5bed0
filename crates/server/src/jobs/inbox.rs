//! Fills inboxes from the event log.

use super::{OVERLAP, Reader};
use crate::app::App;
use hardwon_core::event::{self, Event};
use hardwon_core::{Ctx, Error, notifications};

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
        Ok((cursor - OVERLAP).max(0))
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
}
