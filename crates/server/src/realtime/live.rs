//! Live pages: what happened, passed on to whoever looks at the same thing. An update is made once and shared by all of
//! its listeners.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::broadcast;

/// How many updates a slow listener may be behind before it has to catch up by loading the page again.
const BACKLOG: usize = 256;

/// One message to everybody who looks at a topic.
#[derive(Debug, Clone)]
pub struct Update {
    /// The event's number; a browser that lost its connection says it when it comes back.
    pub seq: i64,
    pub name: &'static str,
    pub data: Arc<str>,
}

#[derive(Clone, Default)]
pub struct Live(Arc<Mutex<HashMap<String, broadcast::Sender<Update>>>>);

impl Live {
    /// Listens to a topic, such as a review's id.
    pub fn listen(&self, topic: &str) -> broadcast::Receiver<Update> {
        let mut topics = self.topics();
        if let Some(sender) = topics.get(topic) {
            return sender.subscribe();
        }
        let (sender, receiver) = broadcast::channel(BACKLOG);
        topics.insert(topic.to_owned(), sender);
        receiver
    }

    /// Whether anybody listens, so that nothing is made for nobody. Forgets topics that everybody left.
    pub fn has_listeners(&self, topic: &str) -> bool {
        let mut topics = self.topics();
        let listened = topics
            .get(topic)
            .is_some_and(|sender| sender.receiver_count() > 0);
        if !listened {
            topics.remove(topic);
        }
        listened
    }

    pub fn send(&self, topic: &str, update: Update) {
        if let Some(sender) = self.topics().get(topic) {
            // Fails when the last listener has just left; then nobody misses it.
            let _ = sender.send(update);
        }
    }

    fn topics(&self) -> std::sync::MutexGuard<'_, HashMap<String, broadcast::Sender<Update>>> {
        self.0
            .lock()
            .expect("nothing panics while it holds the topics")
    }
}
