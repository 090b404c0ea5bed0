//! Keeps sign-in from being guessed and from eating the machine: attempts are counted by account and by address, and
//! only a few passwords are hashed at the same time. Counted in memory: a restart forgives, and every node counts for
//! itself.

use governor::clock::{Clock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use hardwon_core::auth::password;
use hardwon_core::{Error, World};
use std::num::NonZeroU32;
use std::ops::Add;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Tries at one account before its owner has to wait a minute for each further one.
const ACCOUNT_TRIES: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
const ACCOUNT_WAIT: Duration = Duration::from_secs(60);
/// Tries from one address, behind which a whole office may sit, before each further one waits three seconds.
const ADDRESS_TRIES: NonZeroU32 = NonZeroU32::new(100).expect("not zero");
const ADDRESS_WAIT: Duration = Duration::from_secs(3);
/// Passwords hashed at the same time, 19 MiB each.
const AT_ONCE: usize = 2;
/// Keys kept before those that have been quiet long enough are dropped.
const MANY: usize = 10_000;

type Limiter = RateLimiter<String, DashMapStateStore<String>, WorldClock, NoOpMiddleware<Instant>>;

pub struct Gate {
    world: World,
    accounts: Limiter,
    addresses: Limiter,
    hashing: Semaphore,
}

impl Gate {
    pub fn new(world: &World) -> Self {
        let limiter = |tries, wait| {
            let quota = Quota::with_period(wait)
                .expect("the wait is longer than nothing")
                .allow_burst(tries);
            RateLimiter::dashmap_with_clock(quota, WorldClock(world.clone()))
        };
        Self {
            world: world.clone(),
            accounts: limiter(ACCOUNT_TRIES, ACCOUNT_WAIT),
            addresses: limiter(ADDRESS_TRIES, ADDRESS_WAIT),
            hashing: Semaphore::new(AT_ONCE),
        }
    }

    /// Counts one try to sign in. False when there have been too many for this account or from this address, whether or
    /// not there is such an account.
    pub fn admits(&self, account: &str, address: &str) -> bool {
        for limiter in [&self.accounts, &self.addresses] {
            if limiter.len() > MANY {
                limiter.retain_recent();
            }
        }
        let account = hardwon_core::people::key(account);
        self.addresses.check_key(&address.to_owned()).is_ok()
            && self.accounts.check_key(&account).is_ok()
    }

    /// What is kept of a password.
    pub async fn hash(&self, password: &str) -> Result<String, Error> {
        let (world, password) = (self.world.clone(), password.to_owned());
        self.aside(move || password::hash(&world, &password))
            .await?
    }

    /// Whether this is the password; as much work without one.
    pub async fn verify(&self, password: &str, kept: Option<String>) -> Result<bool, Error> {
        let password = password.to_owned();
        self.aside(move || password::verify(&password, kept.as_deref()))
            .await
    }

    /// Hashing takes tens of milliseconds, so it runs beside the threads that answer requests.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let permit = self
            .hashing
            .acquire()
            .await
            .expect("nobody closes the semaphore");
        let done = tokio::task::spawn_blocking(work).await;
        drop(permit);
        done.map_err(Error::bug)
    }
}

/// The product's clock as the limiter reads it.
#[derive(Clone)]
pub struct WorldClock(pub World);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(u64);

impl Add<Nanos> for Instant {
    type Output = Self;

    fn add(self, other: Nanos) -> Self {
        Self(self.0.saturating_add(other.as_u64()))
    }
}

impl Reference for Instant {
    fn duration_since(&self, earlier: Self) -> Nanos {
        self.0.saturating_sub(earlier.0).into()
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        Self(self.0.saturating_sub(duration.as_u64()))
    }
}

impl Clock for WorldClock {
    type Instant = Instant;

    fn now(&self) -> Instant {
        let milliseconds = u64::try_from(self.0.now()).unwrap_or(0);
        Instant(milliseconds.saturating_mul(1_000_000))
    }
}
