//! Live pages: what changed, passed on to whoever looks at the same thing. An update is written once, as the bytes that
//! go over the wire, and shared by all of its listeners. What an update says is the business of `web::live`.

use axum::body::Bytes;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::Instant;

/// How many updates a slow listener may be behind before it has to catch up by loading parts anew.
const BACKLOG: usize = 64;

/// One message to everybody who looks at a topic.
#[derive(Debug, Clone)]
pub struct Update {
    /// The number of the newest event in it, 0 where it comes from no event. A browser that lost its connection says it
    /// when it comes back.
    pub seq: i64,
    pub content: Content,
}

#[derive(Debug, Clone)]
pub enum Content {
    /// A whole server-sent event.
    Frame(Bytes),
    /// Who sees this topic may have changed: every listener asks whether they still do.
    AskAccess,
    /// The meeting of this topic has begun: whoever is in its room is there.
    Begun,
}

/// Somebody's session or account changed; theirs, or everybody's where nobody is named.
pub type Shaken = Option<String>;

#[derive(Clone)]
pub struct Live(Arc<Hub>);

struct Hub {
    topics: Mutex<HashMap<String, broadcast::Sender<Update>>>,
    /// Gone when the program stops, which ends every stream.
    people: Mutex<Option<broadcast::Sender<Shaken>>>,
    paces: Mutex<HashMap<String, Pace>>,
}

/// When a part of a topic was last sent, and whether it is to be sent again.
struct Pace {
    at: Instant,
    planned: bool,
}

/// Whether something may be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Now,
    /// After this time, by whoever got this answer.
    Later(Duration),
    /// Somebody else sends it in a moment.
    Planned,
}

impl Default for Live {
    fn default() -> Self {
        Self(Arc::new(Hub {
            topics: Mutex::default(),
            people: Mutex::new(Some(broadcast::Sender::new(BACKLOG))),
            paces: Mutex::default(),
        }))
    }
}

impl Live {
    /// Listens to a topic, such as a review's id.
    pub fn listen(&self, topic: &str) -> broadcast::Receiver<Update> {
        let mut topics = lock(&self.0.topics);
        if let Some(sender) = topics.get(topic) {
            return sender.subscribe();
        }
        let (sender, receiver) = broadcast::channel(BACKLOG);
        topics.insert(topic.to_owned(), sender);
        receiver
    }

    /// Listens to what happens to people; closed once the program stops.
    pub fn people(&self) -> broadcast::Receiver<Shaken> {
        lock(&self.0.people)
            .as_ref()
            .map_or_else(|| broadcast::channel(1).1, broadcast::Sender::subscribe)
    }

    /// Whether anybody listens, so that nothing is made for nobody. Forgets topics that everybody left.
    pub fn has_listeners(&self, topic: &str) -> bool {
        let mut topics = lock(&self.0.topics);
        let listened = topics
            .get(topic)
            .is_some_and(|sender| sender.receiver_count() > 0);
        if !listened {
            topics.remove(topic);
        }
        listened
    }

    pub fn send(&self, topic: &str, update: Update) {
        if let Some(sender) = lock(&self.0.topics).get(topic) {
            // Fails when the last listener has just left; then nobody misses it.
            let _ = sender.send(update);
        }
    }

    /// Says that a person's session or account changed; everybody's may have where nobody is named.
    pub fn shake(&self, person: Shaken) {
        if let Some(sender) = lock(&self.0.people).as_ref() {
            let _ = sender.send(person);
        }
    }

    /// Ends every stream: the program stops.
    pub fn close(&self) {
        lock(&self.0.people).take();
    }

    /// Asks whether something that may be sent once in `every` is to be sent now. Whoever is told [`Turn::Later`] waits
    /// and then calls [`Live::resume`].
    pub fn turn(&self, what: &str, every: Duration) -> Turn {
        self.turn_at(what, every, Instant::now())
    }

    fn turn_at(&self, what: &str, every: Duration, now: Instant) -> Turn {
        let mut paces = lock(&self.0.paces);
        if paces.len() > 1_000 {
            let old = Duration::from_secs(60);
            paces.retain(|_, pace| pace.planned || now - pace.at < old);
        }
        match paces.entry(what.to_owned()) {
            Entry::Vacant(place) => {
                place.insert(Pace {
                    at: now,
                    planned: false,
                });
                Turn::Now
            }
            Entry::Occupied(mut place) => {
                let pace = place.get_mut();
                let passed = now - pace.at;
                if pace.planned {
                    Turn::Planned
                } else if passed >= every {
                    pace.at = now;
                    Turn::Now
                } else {
                    pace.planned = true;
                    Turn::Later(every.saturating_sub(passed))
                }
            }
        }
    }

    /// What was to be sent later is sent now.
    pub fn resume(&self, what: &str) {
        self.resume_at(what, Instant::now());
    }

    fn resume_at(&self, what: &str, at: Instant) {
        if let Some(pace) = lock(&self.0.paces).get_mut(what) {
            *pace = Pace { at, planned: false };
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nothing panics while it holds this")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_too_often_is_sent_once_at_the_end() {
        let live = Live::default();
        let (every, start) = (Duration::from_secs(2), Instant::now());
        let at = |ms: u64| start + Duration::from_millis(ms);
        assert_eq!(live.turn_at("a", every, at(0)), Turn::Now);
        assert_eq!(live.turn_at("b", every, at(0)), Turn::Now);
        let rest = Duration::from_millis(1_500);
        assert_eq!(live.turn_at("a", every, at(500)), Turn::Later(rest));
        assert_eq!(live.turn_at("a", every, at(900)), Turn::Planned);
        live.resume_at("a", at(2_000));
        assert_eq!(live.turn_at("a", every, at(2_000)), Turn::Later(every));
        assert_eq!(live.turn_at("b", every, at(2_000)), Turn::Now);
    }

    #[tokio::test]
    async fn everybody_hears_and_a_topic_that_all_left_is_forgotten() {
        let live = Live::default();
        let (mut one, mut two) = (live.listen("r"), live.listen("r"));
        live.send(
            "r",
            Update {
                seq: 7,
                content: Content::AskAccess,
            },
        );
        assert_eq!(one.recv().await.map(|update| update.seq), Ok(7));
        assert_eq!(two.recv().await.map(|update| update.seq), Ok(7));
        assert!(live.has_listeners("r"));
        drop((one, two));
        assert!(!live.has_listeners("r"));
        let mut people = live.people();
        live.close();
        assert!(people.recv().await.is_err());
        assert!(live.people().recv().await.is_err());
    }
}
