//! How fast one connection may talk. What comes too fast is read later, never dropped: TCP makes the sender wait.

use super::wire::Said;
use std::time::Duration;
use tokio::time::Instant;

/// A second's worth, in updates. Nobody types that fast; a program that brings a long history does for a while.
const RATE: f64 = 5_000.0;
const BURST: f64 = 131_072.0;
/// A presence goes to everybody and is kept by nobody.
const PRESENCE: f64 = 50.0;
/// A state is answered by up to the whole document.
const STATE: f64 = 500.0;

/// A token bucket.
pub struct Pace {
    left: f64,
    at: Instant,
}

impl Pace {
    pub fn new(now: Instant) -> Self {
        Self {
            left: BURST,
            at: now,
        }
    }

    /// How long to wait before this is handed on.
    pub fn take(&mut self, said: &[Said], now: Instant) -> Duration {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        let cost: f64 = said.iter().map(cost).sum();
        self.left = (self.left + passed * RATE).min(BURST) - cost;
        Duration::from_secs_f64((-self.left / RATE).max(0.0))
    }
}

fn cost(said: &Said) -> f64 {
    match said {
        Said::Update(_) => 1.0,
        Said::Presence(_) | Said::AskPresence => PRESENCE,
        Said::State(_) => STATE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_free_and_what_follows_waits() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let one = || vec![Said::Update(Vec::new())];
        for _ in 0..131_072 {
            assert_eq!(pace.take(&one(), start), Duration::ZERO);
        }
        let wait = pace.take(&one(), start);
        assert!(wait > Duration::from_micros(100) && wait < Duration::from_millis(1));
        // Presences cost more: a hundred a second at most.
        for _ in 0..99 {
            pace.take(&[Said::AskPresence], start);
        }
        let wait = pace.take(&[Said::AskPresence], start);
        assert!(wait > Duration::from_millis(990), "{wait:?}");
        let later = start + Duration::from_secs(2);
        assert_eq!(pace.take(&one(), later), Duration::ZERO);
    }
}
