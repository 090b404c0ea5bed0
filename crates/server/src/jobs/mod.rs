//! What runs beside requests: one reader of the event log that keeps live pages, inboxes and the search index up to date.

mod live;
pub mod tail;

use crate::app::App;
use hardwon_core::{Ctx, Error, event, notifications};
use std::time::Duration;
use tail::Tail;

/// How long at most until new events are looked for, when nobody says that there are any.
const PATIENCE: Duration = Duration::from_secs(1);
/// How far back a new start reads again, for events that another node committed late. Telling twice is harmless.
const OVERLAP: i64 = 200;

/// Reads events until the program ends. A failure is logged and tried again; no event is passed over.
pub fn start(app: App) {
    tokio::spawn(async move {
        let mut tail = loop {
            match begin(&app).await {
                Ok(tail) => break tail,
                Err(error) => complain(&error),
            }
            tokio::time::sleep(PATIENCE).await;
        };
        let mut changes = app.db.changes();
        loop {
            match turn(&app, &mut tail).await {
                Ok(0) => {
                    let _ = tokio::time::timeout(PATIENCE, changes.changed()).await;
                }
                Ok(_) => {}
                Err(error) => {
                    complain(&error);
                    tokio::time::sleep(PATIENCE).await;
                }
            }
        }
    });
}

async fn begin(app: &App) -> Result<Tail, Error> {
    let cursor = app
        .db
        .read(|tx| event::cursor(tx, notifications::READER))
        .await?;
    Ok(Tail::from((cursor - OVERLAP).max(0)))
}

/// Handles the events there are and says how many there were.
pub async fn turn(app: &App, tail: &mut Tail) -> Result<usize, Error> {
    let now = app.world.now();
    let questions = tail.questions();
    let answers = app.db.read(move |tx| questions.ask(tx)).await?;
    let events = tail.take(answers.clone(), now);
    if events.is_empty() {
        return Ok(0);
    }
    live::publish(app, &events).await?;
    let (ctx, told) = (Ctx::operator(&app.world), events.clone());
    let last = tail.last();
    app.db
        .write(move |tx| {
            notifications::deliver(&ctx, tx, &told)?;
            let from = event::cursor(tx, notifications::READER)?;
            if last > from {
                event::advance(&ctx, tx, notifications::READER, from, last)?;
            }
            Ok::<_, Error>(())
        })
        .await
        // What could not be told is read again.
        .inspect_err(|_| tail.rewind(&events))?;
    Ok(events.len())
}

fn complain(error: &Error) {
    match error {
        Error::Bug(source) => {
            tracing::error!(cause = %source, "events could not be handled; trying again")
        }
        other => tracing::warn!(cause = %other, "events could not be handled; trying again"),
    }
}
