//! Feeds the search index from the event log, in batches of two seconds. An index that starts empty is built anew from the
//! database; nothing is in it that the database does not say.

use super::{Reader, again};
use crate::app::App;
use hardwon_core::event::{self, Event};
use hardwon_core::search::{self, Entry, Key, Stale};
use hardwon_core::{Error, Result, Tx};
use hardwon_search::{Audience, Change, Index};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Reviews that are read at once while the index is built anew.
const REVIEWS: i64 = 50;
/// Entries that are read at once while the index follows: their texts are in memory together.
const ENTRIES: usize = 200;
/// Events that one commit of the index covers: seconds of a busy organisation, since each commit is a part of the index
/// that is written whole and merged with others later.
const BATCH: usize = 2_000;

pub struct Feed {
    app: App,
    index: Arc<Index>,
}

impl Feed {
    pub fn new(app: &App) -> Self {
        Self {
            app: app.clone(),
            index: app.search.clone(),
        }
    }

    async fn rebuild(&mut self) -> Result<()> {
        let newest = self.app.db.read(event::newest).await?;
        let mut after = None;
        loop {
            let (changes, last) = self
                .app
                .db
                .read(move |tx| {
                    let reviews = search::reviews_after(tx, after, REVIEWS)?;
                    let mut changes = Vec::new();
                    for &review in &reviews {
                        for key in search::keys_of(tx, review)? {
                            changes.extend(
                                search::entry(tx, key)?.map(|entry| Change::Put(put(entry))),
                            );
                        }
                    }
                    Ok::<_, Error>((changes, reviews.last().copied()))
                })
                .await?;
            if last.is_none() {
                break;
            }
            after = last;
            self.index(move |index| index.take(&changes)).await?;
        }
        let loose = self
            .app
            .db
            .read(|tx| {
                let keys = search::loose_learnings(tx)?;
                keys.into_iter()
                    .map(|key| change(tx, key))
                    .collect::<Result<Vec<_>>>()
            })
            .await?;
        self.index(move |index| index.apply(&loose, newest.max(1)))
            .await
    }

    async fn index(
        &self,
        work: impl FnOnce(&Index) -> Result<(), hardwon_search::Error> + Send + 'static,
    ) -> Result<()> {
        let index = self.index.clone();
        tokio::task::spawn_blocking(move || work(&index))
            .await
            .map_err(Error::bug)?
            .map_err(Error::bug)
    }
}

impl Reader for Feed {
    async fn begin(&mut self) -> Result<i64> {
        if self.index.position() == 0 {
            self.rebuild().await?;
        }
        Ok(again(&self.app, self.index.position()))
    }

    async fn read(&mut self, events: &[Event], done: i64) -> Result<()> {
        let stale: BTreeSet<Stale> = events.iter().filter_map(search::stale).collect();
        if stale.is_empty() {
            return Ok(());
        }
        let stale = stale.into_iter().collect::<Vec<_>>();
        for some in stale.chunks(ENTRIES) {
            let some = some.to_vec();
            let changes = self.app.db.read(move |tx| changes(tx, &some)).await?;
            self.index(move |index| index.take(&changes)).await?;
        }
        self.index(move |index| index.commit(done)).await
    }

    async fn rest(&mut self) {
        let index = self.index.clone();
        if let Ok(Err(error)) = tokio::task::spawn_blocking(move || index.rest()).await {
            tracing::warn!(cause = %error, "the search index could not be put to rest");
        }
    }

    fn gather(&self) -> Duration {
        Duration::from_secs(2)
    }

    fn batch(&self) -> usize {
        BATCH
    }
}

/// What the index must be told of entries that have changed.
fn changes(tx: &mut Tx<'_>, stale: &[Stale]) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    for stale in stale {
        match stale {
            Stale::One(key) => changes.push(change(tx, *key)?),
            Stale::Whole(review) => {
                for key in search::keys_of(tx, *review)? {
                    changes.push(change(tx, key)?);
                }
            }
        }
    }
    Ok(changes)
}

/// What an entry's present state means for the index.
fn change(tx: &mut Tx<'_>, key: Key) -> Result<Change> {
    Ok(match search::entry(tx, key)? {
        Some(entry) => Change::Put(put(entry)),
        None => Change::Delete(key.to_string()),
    })
}

fn put(entry: Entry) -> hardwon_search::Entry {
    hardwon_search::Entry {
        id: entry.key.to_string(),
        kind: entry.key.kind().as_str().to_owned(),
        title: entry.title,
        body: entry.body,
        url: entry.url,
        group: entry
            .review
            .map(|review| review.to_string())
            .unwrap_or_default(),
        state: entry
            .state
            .map(|state| state.as_str().to_owned())
            .unwrap_or_default(),
        people: entry.people.iter().map(ToString::to_string).collect(),
        at: entry.at,
        audience: entry.audience.map_or(Audience::Everyone, Audience::Only),
    }
}
