//! Closures on their way to a database thread. Owns the queues, the threads and what happens when a closure panics;
//! knows no database: a [`Connection`] runs the work.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Instant;

use tokio::sync::oneshot;

use crate::{Error, Tx};

/// A transaction's closure together with its outcome; it may be run more than once.
pub(crate) trait Work {
    /// Runs the closure; true when its changes are to be kept.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Replaces the outcome: the transaction itself failed.
    fn fail(&mut self, error: Error);
}

/// Work whose caller waits elsewhere.
pub(crate) trait Queued: Work + Send {
    fn answer(self: Box<Self>);
}

/// Something that owns a database connection and lives on one thread.
pub(crate) trait Connection: Send + 'static {
    /// Runs the work as one whole transaction. `since` is when the caller began to wait.
    fn transact(&mut self, work: &mut dyn Work, since: Instant);

    /// Runs queued work and answers it; `more` gives what else is waiting, for connections that commit in groups.
    fn serve(&mut self, mut first: Waiting, more: &mut dyn FnMut() -> Option<Waiting>) {
        let _ = more;
        self.transact(&mut *first.work, first.since);
        first.work.answer();
    }
}

pub(crate) struct Waiting {
    pub(crate) work: Box<dyn Queued>,
    pub(crate) since: Instant,
}

pub(crate) struct Closure<F, T, E> {
    f: F,
    outcome: Option<Result<T, E>>,
}

impl<F, T, E: From<Error>> Closure<F, T, E> {
    pub(crate) fn new(f: F) -> Self {
        Closure { f, outcome: None }
    }

    pub(crate) fn outcome(self) -> Result<T, E> {
        self.outcome
            .unwrap_or_else(|| Err(Error::Unavailable("the transaction was not run".into()).into()))
    }
}

impl<F, T, E> Work for Closure<F, T, E>
where
    F: Fn(&mut Tx<'_>) -> Result<T, E>,
    E: From<Error>,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let outcome = match catch_unwind(AssertUnwindSafe(|| (self.f)(tx))) {
            Ok(Ok(_)) if !tx.is_sound() => Err(Error::Aborted.into()),
            Ok(outcome) => outcome,
            Err(panic) => Err(Error::Panicked(told(panic.as_ref())).into()),
        };
        self.outcome.insert(outcome).is_ok()
    }

    fn fail(&mut self, error: Error) {
        self.outcome = Some(Err(error.into()));
    }
}

fn told(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
        .to_owned()
}

struct Sent<F, T, E> {
    closure: Closure<F, T, E>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Work for Sent<F, T, E>
where
    F: Fn(&mut Tx<'_>) -> Result<T, E>,
    E: From<Error>,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        self.closure.run(tx)
    }

    fn fail(&mut self, error: Error) {
        self.closure.fail(error);
    }
}

impl<F, T, E> Queued for Sent<F, T, E>
where
    F: Fn(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn answer(self: Box<Self>) {
        // A caller that went away needs no answer.
        let _ = self.reply.send(self.closure.outcome());
    }
}

enum Task<C> {
    Run(Waiting),
    /// The connection itself goes to a blocking caller, whose closure may borrow, and comes back.
    Lend(mpsc::Sender<C>, mpsc::Receiver<C>),
}

struct Queue<C> {
    tasks: Mutex<Tasks<C>>,
    ready: Condvar,
}

struct Tasks<C> {
    waiting: VecDeque<Task<C>>,
    closed: bool,
}

/// Some threads with a connection each, and the queue they share. When the lane is dropped the threads finish what is
/// queued, then drop their connections on their own thread, as a PostgreSQL client must.
pub(crate) struct Lane<C: Connection>(Arc<Queue<C>>);

impl<C: Connection> Lane<C> {
    pub(crate) fn start(name: &str, connections: Vec<C>) -> Result<Self, Error> {
        let queue = Arc::new(Queue {
            tasks: Mutex::new(Tasks {
                waiting: VecDeque::new(),
                closed: false,
            }),
            ready: Condvar::new(),
        });
        let lane = Lane(queue);
        for connection in connections {
            let queue = Arc::clone(&lane.0);
            thread::Builder::new()
                .name(name.to_owned())
                .spawn(move || queue.work(connection))
                .map_err(|error| Error::Unavailable(format!("no thread to run on: {error}")))?;
        }
        Ok(lane)
    }

    /// Runs the closure on a thread of this lane.
    pub(crate) async fn send<T, E>(
        &self,
        f: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let closure = Closure::new(f);
        self.0.push(Task::Run(Waiting {
            work: Box::new(Sent { closure, reply }),
            since: Instant::now(),
        }));
        answer
            .await
            .unwrap_or_else(|_| Err(Error::Unavailable("its thread has ended".into()).into()))
    }

    /// Waits for a connection and runs the work on this thread.
    pub(crate) fn borrow(&self, work: &mut dyn Work) {
        let since = Instant::now();
        let (out, lent) = mpsc::channel();
        let (back, returned) = mpsc::channel();
        self.0.push(Task::Lend(out, returned));
        match lent.recv() {
            Ok(connection) => Loan(Some(connection), back).transact(work, since),
            Err(_) => work.fail(Error::Unavailable("its thread has ended".into())),
        }
    }
}

impl<C: Connection> Drop for Lane<C> {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.ready.notify_all();
    }
}

impl<C: Connection> Queue<C> {
    fn lock(&self) -> MutexGuard<'_, Tasks<C>> {
        // Nothing panics while it holds this lock, and the queue is whole at every point in any case.
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, task: Task<C>) {
        self.lock().waiting.push_back(task);
        self.ready.notify_one();
    }

    fn next(&self) -> Option<Task<C>> {
        let mut tasks = self.lock();
        loop {
            if let Some(task) = tasks.waiting.pop_front() {
                return Some(task);
            }
            if tasks.closed {
                return None;
            }
            tasks = self
                .ready
                .wait(tasks)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next task, if it is there now and needs no lending.
    fn more(&self) -> Option<Waiting> {
        let mut tasks = self.lock();
        match tasks.waiting.pop_front()? {
            Task::Run(waiting) => Some(waiting),
            lend @ Task::Lend(..) => {
                tasks.waiting.push_front(lend);
                None
            }
        }
    }

    fn work(&self, mut connection: C) {
        while let Some(task) = self.next() {
            match task {
                Task::Run(first) => connection.serve(first, &mut || self.more()),
                Task::Lend(out, back) => match out.send(connection) {
                    Ok(()) => {
                        connection = match back.recv() {
                            Ok(connection) => connection,
                            Err(_) => return,
                        }
                    }
                    Err(mpsc::SendError(unwanted)) => connection = unwanted,
                },
            }
        }
    }
}

/// Sends the connection back to its thread, also when the borrower panics.
struct Loan<C: Connection>(Option<C>, mpsc::Sender<C>);

impl<C: Connection> Loan<C> {
    fn transact(&mut self, work: &mut dyn Work, since: Instant) {
        if let Some(connection) = &mut self.0 {
            connection.transact(work, since);
        }
    }
}

impl<C: Connection> Drop for Loan<C> {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            let _ = self.1.send(connection);
        }
    }
}
