//! The PostgreSQL driver: connections that belong to a thread each, find their way back to a server that went away, and
//! run a transaction again when another got in its way.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use ::postgres::error::SqlState;
use ::postgres::fallible_iterator::FallibleIterator;
use ::postgres::{Client, Config, NoTls};
use tokio::sync::watch;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::session::{Session, fate, sorted};
use crate::tx::Fate;
use crate::work::{Connection, Work};
use crate::{Durability, Error, Tx, tls};

/// How long a caller is kept waiting for a server that is away.
const PATIENCE: Duration = Duration::from_secs(5);
const CONNECTING: Duration = Duration::from_secs(2);
/// How long a transaction is tried again that others keep getting in the way of.
const CONTENTION: Duration = Duration::from_secs(20);
/// The back-off begins here, doubles, and is never longer than the second.
const PAUSES: (Duration, Duration) = (Duration::from_micros(500), Duration::from_millis(64));
const CHANNEL: &str = "hardwon_changes";

/// How to reach the server.
#[derive(Clone)]
pub(crate) struct Dial {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    durability: Durability,
    /// Tells this node's notices from those of others.
    node: String,
}

/// What a connection is for.
pub(crate) enum Purpose {
    Read,
    Write(Arc<watch::Sender<u64>>),
}

pub(crate) struct Postgres {
    dial: Dial,
    purpose: Purpose,
    session: Option<Session>,
    /// When the server was last found to be away.
    away: Option<Instant>,
}

/// Why a transaction is not done after an attempt.
enum Trouble {
    /// Nothing was kept, and the connection is gone.
    Lost(Error),
    /// Nothing was kept, because of another transaction.
    Conflict(Error),
    Final(Error),
}

impl Dial {
    pub(crate) fn new(address: &str, durability: Durability) -> Result<Self, Error> {
        let (address, tls) = tls::split(address)?;
        let mut config: Config = address.parse().map_err(|error| {
            // The address may hold a password, so it is not repeated.
            Error::Open(format!("the address of the database is malformed: {error}"))
        })?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECTING);
        }
        config
            .application_name("hardwon")
            .keepalives_idle(Duration::from_secs(30))
            .tcp_user_timeout(Duration::from_secs(10));
        Ok(Dial {
            config,
            tls,
            durability,
            node: format!("{:016x}", random()),
        })
    }

    /// A connection without a limit on how long a statement may take, for migrations.
    pub(crate) fn plain(&self) -> Result<Client, ::postgres::Error> {
        match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        }
    }

    fn session(&self) -> Result<Session, ::postgres::Error> {
        let mut client = self.plain()?;
        let commit = match self.durability {
            Durability::Full => "on",
            Durability::Relaxed => "off",
        };
        client.batch_execute(&format!(
            "set statement_timeout = '30s'; set idle_in_transaction_session_timeout = '60s';
             set synchronous_commit = {commit}"
        ))?;
        Ok(Session::new(client))
    }
}

impl Postgres {
    pub(crate) fn new(dial: Dial, purpose: Purpose) -> Self {
        Postgres {
            dial,
            purpose,
            session: None,
            away: None,
        }
    }

    /// The session, made anew when there is none. Callers that have waited long enough are told at once that the server
    /// is away, so that a queue of them does not add up to minutes.
    fn connect(&mut self, until: Instant) -> Result<&mut Session, Trouble> {
        while self.session.is_none() {
            let recently = self.away.is_some_and(|at| at.elapsed() < CONNECTING);
            if recently && Instant::now() >= until {
                let message = "the server does not answer".to_owned();
                return Err(Trouble::Final(Error::Unavailable(message)));
            }
            match self.dial.session() {
                Ok(session) => {
                    self.away = None;
                    self.session = Some(session);
                }
                Err(error) if is_refusal(&error) => {
                    return Err(Trouble::Final(Error::Open(told(&error))));
                }
                Err(error) => {
                    self.away = Some(Instant::now());
                    if Instant::now() >= until {
                        return Err(Trouble::Final(Error::Unavailable(told(&error))));
                    }
                    thread::sleep(Duration::from_millis(100));
                }
            }
        }
        Ok(self
            .session
            .as_mut()
            .expect("the loop ended with a session"))
    }

    fn attempt(&mut self, work: &mut dyn Work, until: Instant) -> Result<(), Trouble> {
        let (begin, commit, changes) = match &self.purpose {
            Purpose::Read => (
                "begin isolation level repeatable read, read only",
                "commit".to_owned(),
                None,
            ),
            Purpose::Write(changes) => (
                "begin isolation level serializable",
                format!("notify {CHANNEL}, '{}'; commit", self.dial.node),
                Some(Arc::clone(changes)),
            ),
        };
        let session = self.connect(until)?;
        session
            .batch(begin)
            .map_err(|error| trouble(begin, &error))?;
        let mut tx = Tx::postgres(session);
        let keep = work.run(&mut tx);
        match tx.fate() {
            Fate::Sound | Fate::Failed => {}
            Fate::Retry => {
                session.undo();
                return Err(Trouble::Conflict(Error::Busy(
                    "other transactions kept changing the same rows".into(),
                )));
            }
            Fate::Lost => {
                return Err(Trouble::Lost(Error::Unavailable(
                    "the connection was lost".into(),
                )));
            }
        }
        let Some(changes) = changes else {
            session.undo();
            return Ok(());
        };
        if !keep {
            session.undo();
            return Ok(());
        }
        match session.batch(&commit) {
            Ok(()) => {
                changes.send_modify(|count| *count += 1);
                Ok(())
            }
            Err(error) => {
                let trouble = trouble(&commit, &error);
                session.undo();
                Err(match trouble {
                    Trouble::Lost(_) => Trouble::Final(Error::Unavailable(
                        "the connection was lost during the commit, the change may or may not have been kept"
                            .into(),
                    )),
                    other => other,
                })
            }
        }
    }
}

impl Connection for Postgres {
    fn transact(&mut self, work: &mut dyn Work, since: Instant) {
        let until = since + PATIENCE;
        let mut pause = PAUSES.0;
        loop {
            let outcome = self.attempt(work, until);
            if self.session.as_ref().is_some_and(Session::is_lost) {
                self.session = None;
            }
            match outcome {
                Ok(()) => return,
                Err(Trouble::Conflict(_)) if since.elapsed() < CONTENTION => {
                    // Between half and the whole of the pause, so that two in each other's way part.
                    let half = pause / 2;
                    thread::sleep(half + half.mul_f64(random() as f64 / u64::MAX as f64));
                    pause = PAUSES.1.min(pause * 2);
                }
                Err(Trouble::Lost(_)) if Instant::now() < until => self.session = None,
                Err(Trouble::Conflict(error) | Trouble::Lost(error) | Trouble::Final(error)) => {
                    return work.fail(error);
                }
            }
        }
    }
}

fn trouble(sql: &str, error: &::postgres::Error) -> Trouble {
    match fate(error) {
        Fate::Lost => Trouble::Lost(Error::Unavailable(told(error))),
        Fate::Retry => Trouble::Conflict(Error::Busy(told(error))),
        Fate::Sound | Fate::Failed => Trouble::Final(sorted(sql, error)),
    }
}

/// Waiting will not help: the server answered, and said no.
fn is_refusal(error: &::postgres::Error) -> bool {
    error.code().is_some_and(|code| {
        code.code().starts_with("28")
            || *code == SqlState::INVALID_CATALOG_NAME
            || *code == SqlState::INSUFFICIENT_PRIVILEGE
    })
}

/// What the server said or, when it said nothing, the whole chain: the outer message alone names no cause.
pub(crate) fn told(error: &::postgres::Error) -> String {
    if let Some(error) = error.as_db_error() {
        return error.message().to_owned();
    }
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        message = format!("{message}: {inner}");
        source = inner.source();
    }
    message
}

/// Connects once, for opening: an address that is wrong must be told now.
pub(crate) fn first(dial: &Dial) -> Result<Client, Error> {
    dial.plain().map_err(|error| {
        if is_refusal(&error) {
            Error::Open(told(&error))
        } else {
            Error::Unavailable(told(&error))
        }
    })
}

/// Bumps both counts for what other nodes commit, until the database is dropped.
pub(crate) fn listen(
    dial: Dial,
    changes: Weak<watch::Sender<u64>>,
    elsewhere: Weak<watch::Sender<u64>>,
) -> Result<(), Error> {
    thread::Builder::new()
        .name("db-listen".into())
        .spawn(move || {
            while changes.strong_count() > 0 {
                if let Err(error) = hear(&dial, &changes, &elsewhere) {
                    let error = told(&error);
                    tracing::warn!(error, "changes of other nodes are not heard for the moment");
                    thread::sleep(Duration::from_secs(1));
                }
            }
        })
        .map_err(|error| Error::Unavailable(format!("no thread to run on: {error}")))?;
    Ok(())
}

/// Listens until the connection or the database is gone.
fn hear(
    dial: &Dial,
    changes: &Weak<watch::Sender<u64>>,
    elsewhere: &Weak<watch::Sender<u64>>,
) -> Result<(), ::postgres::Error> {
    let bump = || {
        for count in [changes, elsewhere] {
            if let Some(count) = count.upgrade() {
                count.send_modify(|count| *count += 1);
            }
        }
    };
    let mut client = dial.plain()?;
    client.batch_execute(&format!("listen {CHANNEL}"))?;
    // Whatever happened while nobody listened.
    bump();
    while changes.strong_count() > 0 && !client.is_closed() {
        let mut notices = client.notifications();
        match notices.timeout_iter(Duration::from_secs(1)).next()? {
            Some(notice) if notice.payload() != dial.node => bump(),
            _ => {}
        }
    }
    Ok(())
}

/// A number that differs from one call to the next; the standard library's hash seeds are random.
fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::hash::RandomState::new().build_hasher().finish()
}
