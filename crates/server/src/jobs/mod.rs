//! What runs beside requests: readers of the event log, which keep live pages, inboxes and the search index up to date.
//! Each goes its own way through the log; a failure is logged and tried again, and no event is passed over.

mod inbox;
mod live;
mod pauses;
mod retention;
mod search;
mod tail;

use crate::app::App;
use crate::realtime::watch_neighbours;
use hardwon_core::Error;
use hardwon_core::event::Event;
use hardwon_db::Backend;
use std::time::Duration;
use tail::Tail;

/// How long at most until new events are looked for, when nobody says that there are any.
const PATIENCE: Duration = Duration::from_secs(1);
/// How far back a new start reads again, for events that another node committed late. Every reader may see an event
/// twice.
const OVERLAP: i64 = 200;

/// Where a reader begins that had come this far. An embedded database has one writer, so there nothing was late.
fn again(app: &App, position: i64) -> i64 {
    match app.db.backend() {
        Backend::Sqlite => position,
        Backend::Postgres => (position - OVERLAP).max(0),
    }
}

/// Somebody who follows the event log.
trait Reader: Send + 'static {
    /// Where to begin: everything after this number.
    fn begin(&mut self) -> impl Future<Output = Result<i64, Error>> + Send;
    /// Takes events in; `done` is the number up to which everything has been handed over.
    fn read(
        &mut self,
        events: &[Event],
        done: i64,
    ) -> impl Future<Output = Result<(), Error>> + Send;
    /// Nothing has happened for a while.
    fn rest(&mut self) -> impl Future<Output = ()> + Send {
        async {}
    }
    /// How long to gather events before they are read.
    fn gather(&self) -> Duration {
        Duration::ZERO
    }
    /// How many events it takes at once.
    fn batch(&self) -> usize {
        500
    }
}

pub fn start(app: &App) {
    tokio::spawn(follow(app.clone(), live::Pages::new(app)));
    tokio::spawn(follow(app.clone(), inbox::Inbox::new(app)));
    tokio::spawn(follow(app.clone(), search::Feed::new(app)));
    tokio::spawn(retention::run(app.clone()));
    tokio::spawn(watch_neighbours(app.clone()));
    tokio::spawn(pauses::run(app.clone()));
}

async fn follow(app: App, mut reader: impl Reader) {
    let mut tail = loop {
        match reader.begin().await {
            Ok(seq) => break Tail::from(seq),
            Err(error) => complain(&error),
        }
        tokio::time::sleep(PATIENCE).await;
    };
    let mut changes = app.db.changes();
    let mut idle = 0_u32;
    loop {
        match turn(&app, &mut tail, &mut reader).await {
            Ok(0) => {
                idle = idle.saturating_add(1);
                if idle == 10 {
                    reader.rest().await;
                }
                let _ = tokio::time::timeout(PATIENCE, changes.changed()).await;
                tokio::time::sleep(reader.gather()).await;
            }
            Ok(events) => {
                idle = 0;
                // While more is waiting than was handed over at once there is nothing to gather.
                if events < reader.batch() {
                    tokio::time::sleep(reader.gather()).await;
                }
            }
            Err(error) => {
                complain(&error);
                tokio::time::sleep(PATIENCE).await;
            }
        }
    }
}

/// Hands the events there are to a reader and says how many there were.
async fn turn(app: &App, tail: &mut Tail, reader: &mut impl Reader) -> Result<usize, Error> {
    let questions = tail.questions(reader.batch());
    let answers = app.db.read(move |tx| questions.ask(tx)).await?;
    let events = tail.take(answers, app.world.now());
    if !events.is_empty()
        && let Err(error) = reader.read(&events, tail.last()).await
    {
        tail.rewind(&events);
        return Err(error);
    }
    Ok(events.len())
}

/// Lets every reader of the log catch up once, for tests and for commands that end.
pub async fn catch_up(app: &App) -> Result<(), Error> {
    async fn once(app: &App, mut reader: impl Reader) -> Result<(), Error> {
        let mut tail = Tail::from(reader.begin().await?);
        while turn(app, &mut tail, &mut reader).await? > 0 {}
        Ok(())
    }
    once(app, inbox::Inbox::new(app)).await?;
    once(app, search::Feed::new(app)).await
}

/// Keeps every document that rests now, for tests.
pub async fn keep_in_pauses(app: &App) -> Result<(), Error> {
    pauses::once(app, true).await
}

fn complain(error: &Error) {
    match error {
        Error::Bug(source) => {
            tracing::error!(cause = %source, "events could not be handled; trying again");
        }
        other => tracing::warn!(cause = %other, "events could not be handled; trying again"),
    }
}
