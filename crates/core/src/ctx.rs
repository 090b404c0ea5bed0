//! Who acts, when, from where, and with which source of identities: passed to every verb, so that nothing in the
//! product asks the machine for the time or for randomness.

use crate::error::{Error, Result};
use crate::id::PersonId;
use crate::words;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// How far ahead anything is planned: ten years.
pub const HORIZON_MS: i64 = 10 * 366 * 86_400_000;

/// When a day begins, where no zone says otherwise.
pub fn day_begins(day: jiff::civil::Date) -> Option<i64> {
    let start = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(start.timestamp().as_millisecond())
}

words! {
    /// What somebody may do in the organisation, from narrow to wide.
    Role { Member = "member", Facilitator = "facilitator", Administrator = "administrator" }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody has signed in.
    Anonymous,
    Person {
        id: PersonId,
        role: Role,
    },
    /// The program itself, on the operator's word: command line, jobs, set-up. It sees everything.
    Operator,
}

/// The outside world as far as the product needs it: a clock and randomness.
#[derive(Clone)]
pub struct World {
    outside: Arc<dyn Outside>,
    counter: Arc<AtomicU16>,
}

/// Implemented by the machine and, for tests, by [`Frozen`].
pub trait Outside: Send + Sync {
    /// Milliseconds since 1970, UTC.
    fn now(&self) -> i64;
    fn fill(&self, bytes: &mut [u8]);
}

impl World {
    pub fn new(outside: impl Outside + 'static) -> Self {
        Self {
            outside: Arc::new(outside),
            counter: Arc::default(),
        }
    }

    /// The machine's own clock and randomness.
    pub fn machine() -> Self {
        Self::new(Machine)
    }

    /// Time stands still at `at` (milliseconds) unless moved; "random" bytes follow from `seed`.
    pub fn frozen(at: i64, seed: u64) -> (Self, Arc<Frozen>) {
        let frozen = Arc::new(Frozen(Mutex::new((at, seed))));
        (Self::new(frozen.clone()), frozen)
    }

    pub fn now(&self) -> i64 {
        self.outside.now()
    }

    /// 256 random bits for a session, a link or a token.
    pub fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.outside.fill(&mut bytes);
        bytes
    }

    /// A UUIDv7 whose first random bits count up, so that things made in one millisecond keep their order.
    fn uuid(&self, at: i64) -> Uuid {
        let mut bytes = [0; 10];
        self.outside.fill(&mut bytes);
        bytes[..2].copy_from_slice(&self.counter.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(at.max(0).unsigned_abs(), &bytes).into_uuid()
    }
}

struct Machine;

impl Outside for Machine {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine for the time"
    )]
    fn now(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond()
    }

    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// A world for tests: the clock moves only when told, and randomness repeats.
pub struct Frozen(Mutex<(i64, u64)>);

impl Frozen {
    pub fn set(&self, at: i64) {
        self.0
            .lock()
            .expect("no test panics while it holds the clock")
            .0 = at;
    }

    pub fn advance(&self, milliseconds: i64) {
        self.0
            .lock()
            .expect("no test panics while it holds the clock")
            .0 += milliseconds;
    }
}

impl Outside for Arc<Frozen> {
    fn now(&self) -> i64 {
        self.as_ref().now()
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.as_ref().fill(bytes);
    }
}

impl Outside for Frozen {
    fn now(&self) -> i64 {
        self.0
            .lock()
            .expect("no test panics while it holds the clock")
            .0
    }

    /// SplitMix64, so that ids in snapshots repeat.
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self
            .0
            .lock()
            .expect("no test panics while it holds the clock");
        for chunk in bytes.chunks_mut(8) {
            state.1 = state.1.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state.1;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// One request's or one command's context.
#[derive(Clone)]
pub struct Ctx {
    pub actor: Actor,
    /// Milliseconds since 1970, UTC: one instant for everything that the request does.
    pub at: i64,
    /// Where the request came from, for the audit page: `web 203.0.113.7`, `api ci-token`, `command line`.
    pub origin: Arc<str>,
    pub world: World,
}

impl Ctx {
    pub fn new(world: &World, actor: Actor, origin: impl Into<Arc<str>>) -> Self {
        Self {
            actor,
            at: world.now(),
            origin: origin.into(),
            world: world.clone(),
        }
    }

    pub fn operator(world: &World) -> Self {
        Self::new(world, Actor::Operator, "command line")
    }

    pub fn id<T: From<Uuid>>(&self) -> T {
        T::from(self.world.uuid(self.at))
    }

    /// The person who acts, if it is a person.
    pub fn person(&self) -> Option<PersonId> {
        match self.actor {
            Actor::Person { id, .. } => Some(id),
            Actor::Anonymous | Actor::Operator => None,
        }
    }

    /// The person who acts; nobody else may do this.
    pub fn require_person(&self) -> Result<PersonId> {
        self.person().ok_or(Error::SignInNeeded)
    }

    /// Whether the actor has this role or a wider one. The operator has every role.
    pub fn has(&self, role: Role) -> bool {
        match self.actor {
            Actor::Person { role: own, .. } => own >= role,
            Actor::Operator => true,
            Actor::Anonymous => false,
        }
    }

    pub fn require(&self, role: Role) -> Result<()> {
        if self.has(role) {
            return Ok(());
        }
        match self.actor {
            Actor::Anonymous => Err(Error::SignInNeeded),
            _ => Err(Error::denied(match role {
                Role::Member => "Only members may do this.",
                Role::Facilitator => "Only facilitators and administrators may do this.",
                Role::Administrator => "Only administrators may do this.",
            })),
        }
    }
}
