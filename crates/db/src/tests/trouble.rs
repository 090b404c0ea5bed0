//! What happens when the world does not hold: a full disk, a server that goes away, another program.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{SCRIPTS, bump, count, each, thing};
use crate::testing::{backends, fresh_with, open_with};
use crate::{Backend, Error, Target, params};

#[test]
fn a_full_disk_is_told_and_survived() {
    let (db, _guard) = fresh_with(Backend::Sqlite, SCRIPTS);
    let limit = |pages: i64| {
        db.write_blocking(|tx| {
            let limit = format!("pragma max_page_count = {pages}");
            tx.query(&limit, params![], |_| Ok(()))
        })
        .unwrap_or_else(|error: Error| panic!("{error}"));
    };
    limit(30);
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    let outcomes = runtime.block_on(async {
        let tasks: Vec<_> = (0..40)
            .map(|nth| {
                let db = db.clone();
                tokio::spawn(async move {
                    db.write(move |tx| {
                        let insert = "insert into thing (name, body) values ($1, $2)";
                        tx.execute(insert, params![format!("{nth}"), vec![0_u8; 8000]])
                    })
                    .await
                })
            })
            .collect();
        let mut outcomes = Vec::new();
        for task in tasks {
            outcomes.push(task.await.unwrap());
        }
        outcomes
    });
    let kept = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let full = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Err(Error::Full(_))));
    assert_eq!(kept + full.count(), 40);
    assert!(kept > 0 && kept < 40, "{kept}");
    limit(1_000_000);
    thing(&db, "later");
    let stored = db.read_blocking(|tx| {
        tx.query_one("select count(*) from thing", params![], |row| {
            row.get::<i64>(0)
        })
    });
    assert_eq!(
        stored.unwrap_or_else(|error: Error| panic!("{error}")),
        kept as i64 + 1
    );
}

#[test]
fn a_lost_connection_is_survived() {
    for backend in backends()
        .into_iter()
        .filter(|backend| *backend == Backend::Postgres)
    {
        let (db, _guard) = fresh_with(backend, SCRIPTS);
        let id = thing(&db, "counter");
        let stop = AtomicBool::new(false);
        let (kept, unknown) = (AtomicI64::new(0), AtomicI64::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        match db.write_blocking(|tx| bump(tx, id)) {
                            Ok(_) => kept.fetch_add(1, Ordering::Relaxed),
                            Err(Error::Unavailable(text)) if text.contains("may or may not") => {
                                unknown.fetch_add(1, Ordering::Relaxed)
                            }
                            Err(other) => panic!("{other}"),
                        };
                    }
                });
            }
            for _ in 0..10 {
                thread::sleep(Duration::from_millis(60));
                let ended = db.read_blocking(|tx| {
                    let end = "select count(pg_terminate_backend(pid)) from pg_stat_activity
                               where datname = current_database() and pid <> pg_backend_pid()";
                    tx.query_one(end, params![], |row| row.get::<i64>(0))
                });
                assert!(ended.unwrap_or_else(|error: Error| panic!("{error}")) > 0);
            }
            stop.store(true, Ordering::Relaxed);
        });
        let (kept, unknown) = (kept.into_inner(), unknown.into_inner());
        println!("{kept} answered, {unknown} lost during their commit");
        assert!(kept > 0);
        assert!((kept..=kept + unknown).contains(&count(&db, id)));
    }
}

/// Stands before the server and can be shut: then it ends every connection and takes no other.
struct Door {
    address: std::net::SocketAddr,
    shut: Arc<AtomicBool>,
}

impl Door {
    fn before(server: &str) -> Self {
        let server = server.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shut = Arc::new(AtomicBool::new(false));
        let closing = Arc::clone(&shut);
        thread::spawn(move || {
            for inside in listener.incoming() {
                let (inside, outside) = (inside.unwrap(), TcpStream::connect(&server).unwrap());
                for (mut from, mut to) in [
                    (inside.try_clone().unwrap(), outside.try_clone().unwrap()),
                    (outside, inside),
                ] {
                    let shut = Arc::clone(&closing);
                    from.set_read_timeout(Some(Duration::from_millis(50)))
                        .unwrap();
                    thread::spawn(move || {
                        let mut buffer = [0; 4096];
                        while !shut.load(Ordering::Relaxed) {
                            match from.read(&mut buffer) {
                                Ok(0) => break,
                                Ok(count) if to.write_all(&buffer[..count]).is_err() => break,
                                Ok(_) => {}
                                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                                Err(_) => break,
                            }
                        }
                        let _ = to.shutdown(Shutdown::Both);
                    });
                }
            }
        });
        Door { address, shut }
    }
}

#[test]
fn a_server_that_is_gone_is_an_error_soon_for_everyone_and_forgotten_when_it_is_back() {
    for backend in backends()
        .into_iter()
        .filter(|backend| *backend == Backend::Postgres)
    {
        let (direct, guard) = fresh_with(backend, SCRIPTS);
        let id = thing(&direct, "counter");
        let Target::Postgres(address) = &guard.target else {
            unreachable!()
        };
        let (login, place) = address.rsplit_once('@').unwrap();
        let (host, name) = place.split_once('/').unwrap();
        let door = Door::before(host);
        let through = Target::Postgres(format!("{login}@{}/{name}", door.address));
        let db = open_with(&through, SCRIPTS).unwrap();
        assert_eq!(
            db.write_blocking(|tx| bump(tx, id))
                .unwrap_or_else(|error: Error| panic!("{error}")),
            0
        );
        door.shut.store(true, Ordering::Relaxed);
        thread::sleep(Duration::from_millis(200));
        let began = Instant::now();
        thread::scope(|scope| {
            for _ in 0..40 {
                scope.spawn(|| {
                    let refused = db.write_blocking(|tx| bump(tx, id));
                    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
                });
            }
        });
        assert!(
            began.elapsed() < Duration::from_secs(15),
            "{:?}",
            began.elapsed()
        );
        println!("40 callers told after {:?}", began.elapsed());
        door.shut.store(false, Ordering::Relaxed);
        assert_eq!(
            db.write_blocking(|tx| bump(tx, id))
                .unwrap_or_else(|error: Error| panic!("{error}")),
            1
        );
        assert_eq!(count(&direct, id), 2);
    }
}

#[test]
fn changes_are_heard_here_and_on_other_nodes() {
    each(|db, guard| {
        let other = open_with(&guard.target, SCRIPTS).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let (mut here, mut there) = (db.changes(), other.changes());
        runtime.block_on(async {
            if db.backend() == Backend::Postgres {
                // Each listens, and says so once.
                for changes in [&mut here, &mut there] {
                    let heard = tokio::time::timeout(
                        Duration::from_secs(10),
                        changes.wait_for(|count| *count > 0),
                    );
                    heard.await.unwrap().unwrap();
                }
            }
            here.mark_unchanged();
            there.mark_unchanged();
            db.write(|tx| tx.execute("insert into thing (name) values ('new')", params![]))
                .await
                .unwrap_or_else(|error: Error| panic!("{error}"));
            assert!(here.has_changed().unwrap());
            if db.backend() == Backend::Postgres {
                let heard = tokio::time::timeout(Duration::from_secs(10), there.changed());
                heard.await.unwrap().unwrap();
            }
            here.mark_unchanged();
            let failed: Result<(), Error> = db.write(|_| Err(Error::NoRow)).await;
            assert!(failed.is_err() && !here.has_changed().unwrap());
        });
    });
}

#[test]
fn a_panic_ends_its_transaction_and_nothing_else() {
    each(|db, _| {
        let id = thing(db, "counter");
        for _ in 0..12 {
            let panicked: Result<(), Error> = db.write_blocking(|tx| {
                bump(tx, id)?;
                panic!("on purpose")
            });
            assert!(matches!(&panicked, Err(Error::Panicked(text)) if text == "on purpose"));
            let panicked: Result<(), Error> = db.read_blocking(|_| panic!("on purpose"));
            assert!(panicked.is_err());
        }
        assert_eq!(count(db, id), 0);
    });
}

#[test]
fn a_reader_sees_one_snapshot() {
    each(|db, _| {
        let id = thing(db, "counter");
        let db = Arc::new(db.clone());
        let (before, after) = db
            .read_blocking(|tx| {
                let sql = "select count from thing where id = $1";
                let before: i64 = tx.query_one(sql, params![id], |row| row.get(0))?;
                db.write_blocking(|tx| bump(tx, id))?;
                let after: i64 = tx.query_one(sql, params![id], |row| row.get(0))?;
                Ok::<_, Error>((before, after))
            })
            .unwrap();
        assert_eq!((before, after, count(&db, id)), (0, 0, 1));
    });
}
