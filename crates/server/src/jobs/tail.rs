//! The end of the event log, read in order. On PostgreSQL an event with a smaller number can become visible after one
//! with a larger number, because numbers are given out before the commit; a number that was passed over is asked for
//! again until it is certain that it was given up.

use hardwon_core::event::{self, Event};
use hardwon_core::{Error, Tx};
use std::collections::{BTreeMap, BTreeSet};

/// How long a missing number may still turn up: longer than any transaction lives.
const LATE_MS: i64 = 60_000;

pub struct Tail {
    last: i64,
    /// Numbers that were passed over, and when.
    holes: BTreeMap<i64, i64>,
    /// Numbers to read again because handling them failed.
    again: BTreeSet<i64>,
}

/// What is to be read from the database.
#[derive(Clone)]
pub struct Questions {
    last: i64,
    single: Vec<i64>,
    most: usize,
}

impl Questions {
    /// Late events first, then the new ones.
    pub fn ask(&self, tx: &mut Tx<'_>) -> Result<Vec<Event>, Error> {
        let mut events = Vec::new();
        for &seq in &self.single {
            events.extend(event::at(tx, seq)?);
        }
        events.extend(event::after(tx, self.last, self.most as i64)?);
        Ok(events)
    }
}

impl Tail {
    pub fn from(last: i64) -> Self {
        Self {
            last,
            holes: BTreeMap::new(),
            again: BTreeSet::new(),
        }
    }

    /// The largest number below which everything has been handled or given up.
    pub fn last(&self) -> i64 {
        self.last
    }

    /// Asks for so many events at most.
    pub fn questions(&self, most: usize) -> Questions {
        Questions {
            most,
            last: self.last,
            single: self.holes.keys().chain(&self.again).copied().collect(),
        }
    }

    /// Notes what came back and which numbers are missing between.
    pub fn take(&mut self, events: Vec<Event>, now: i64) -> Vec<Event> {
        for event in &events {
            self.holes.remove(&event.seq);
            self.again.remove(&event.seq);
            for missing in self.last + 1..event.seq {
                self.holes.insert(missing, now);
            }
            self.last = self.last.max(event.seq);
        }
        self.holes.retain(|_, since| now - *since < LATE_MS);
        events
    }

    /// Hands events back that could not be handled.
    pub fn rewind(&mut self, events: &[Event]) {
        self.again.extend(events.iter().map(|event| event.seq));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seq: i64) -> Event {
        Event {
            seq,
            at: 0,
            actor: None,
            origin: String::new(),
            kind: "x".into(),
            subject_kind: "x".into(),
            subject_id: String::new(),
            review: None,
            data: serde_json::Value::Null,
        }
    }

    fn seqs(events: &[Event]) -> Vec<i64> {
        events.iter().map(|event| event.seq).collect()
    }

    #[test]
    fn a_number_that_was_passed_over_is_asked_for_until_it_is_too_old() {
        let mut tail = Tail::from(0);
        assert_eq!(seqs(&tail.take(vec![event(1), event(3)], 0)), [1, 3]);
        assert_eq!(tail.questions(9).single, [2]);
        assert_eq!(seqs(&tail.take(vec![event(2), event(5)], 10)), [2, 5]);
        assert_eq!(tail.questions(9).single, [4]);
        tail.take(Vec::new(), LATE_MS + 10);
        assert!(tail.questions(9).single.is_empty());
        assert_eq!(tail.questions(9).last, 5);
    }

    #[test]
    fn what_could_not_be_handled_is_read_again() {
        let mut tail = Tail::from(0);
        let events = tail.take(vec![event(1), event(2)], 0);
        tail.rewind(&events);
        assert_eq!(tail.questions(9).single, [1, 2]);
        tail.take(vec![event(1), event(2)], 1);
        assert!(tail.questions(9).single.is_empty());
    }
}
