//! What happens to answered work when the program is killed, its database goes away, or the disk is full. The binary
//! itself runs here, on a port and data of its own.

use crate::site::everywhere;
use axum::http::{Method, StatusCode, header};
use hardwon_core::people::{PersonForm, PersonState};
use hardwon_core::{Ctx, Error, Role, World, auth, organisation, people};
use hardwon_db::testing::{self, Guard};
use hardwon_db::{Backend, Db, Options, Target, params};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

const BINARY: &str = env!("CARGO_BIN_EXE_hardwon");

/// An organisation with one person and their token, in a database that nobody has open.
struct Place {
    target: Target,
    data: PathBuf,
    token: String,
    _guard: Guard,
}

impl Place {
    fn new(backend: Backend) -> Self {
        let guard = testing::empty(backend);
        let data = std::env::temp_dir().join(format!(
            "hardwon-place-{}-{backend:?}-{:?}",
            std::process::id(),
            thread::current().id()
        ));
        let _ = std::fs::remove_dir_all(&data);
        std::fs::create_dir_all(&data).unwrap();
        let target = match &guard.target {
            Target::Sqlite(_) => Target::Sqlite(data.join("hardwon.db")),
            server => server.clone(),
        };
        let world = World::machine();
        let ctx = Ctx::operator(&world);
        let db = Db::open(&target, &Options::default()).unwrap();
        let token = db
            .write_blocking(|tx| {
                organisation::found(&ctx, tx, "Loomcraft", "Europe/London")?;
                let form = PersonForm {
                    name: "Ada Novak".to_owned(),
                    email: None,
                    role: Role::Member,
                    state: PersonState::Active,
                    zone: "Europe/London".to_owned(),
                    locale: "en-GB".to_owned(),
                };
                let person = people::create(&ctx, tx, &form)?;
                let scope = auth::Scope::Write;
                let (_, secret) = auth::tokens::create(&ctx, tx, person, "load", scope, 1)?;
                Ok::<_, Error>(secret.text)
            })
            .unwrap();
        Self {
            target,
            data,
            token,
            _guard: guard,
        }
    }

    fn serve(&self) -> Server {
        self.serve_on(&self.target)
    }

    fn serve_on(&self, target: &Target) -> Server {
        let port = free_port();
        let mut command = serve(&self.data, port);
        if let Target::Postgres(address) = target {
            command.args(["--database-url", address]);
        }
        let child = command
            .args(["--api-requests-per-minute", "1000000"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Server {
            child,
            port,
            token: self.token.clone(),
        };
        let begun = Instant::now();
        while server.ask("GET", "/healthz", "", "").is_err() {
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "the server does not start"
            );
            thread::sleep(Duration::from_millis(20));
        }
        server
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

fn serve(data: &Path, port: u16) -> Command {
    let mut command = Command::new(BINARY);
    command
        .arg("serve")
        .arg("--data")
        .arg(data)
        .args(["--listen", &format!("127.0.0.1:{port}")]);
    command
}

struct Server {
    child: Child,
    port: u16,
    token: String,
}

impl Server {
    /// One request on a connection of its own: the status and the whole answer.
    fn ask(
        &self,
        method: &str,
        path: &str,
        key: &str,
        body: &str,
    ) -> std::io::Result<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let key = if key.is_empty() {
            String::new()
        } else {
            format!("Idempotency-Key: {key}\r\n")
        };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {}\r\n{key}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let status = answer
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .ok_or(std::io::ErrorKind::UnexpectedEof)?;
        // An answer that was cut off is none.
        if !answer.contains("\r\n\r\n") {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok((status, answer))
    }

    fn create(&self, title: &str) -> std::io::Result<(u16, String)> {
        let body = json!({ "title": title, "text": "Words that must last." });
        self.ask("POST", "/api/v1/reviews", title, &body.to_string())
    }

    /// How often each title is there.
    fn titles(&self) -> BTreeMap<String, u32> {
        let mut found = BTreeMap::new();
        let mut path = "/api/v1/reviews?limit=200".to_owned();
        loop {
            let (status, answer) = self.ask("GET", &path, "", "").unwrap();
            assert_eq!(status, 200, "{answer}");
            let body = answer.split_once("\r\n\r\n").unwrap().1;
            let list: Value = serde_json::from_str(body).unwrap();
            for item in list["items"].as_array().unwrap() {
                *found
                    .entry(item["title"].as_str().unwrap().to_owned())
                    .or_default() += 1;
            }
            let Some(next) = list["next"].as_str() else {
                return found;
            };
            path = format!("/api/v1/reviews?limit=200&cursor={next}");
        }
    }

    /// SIGKILL: the program has no chance to finish anything.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn kill_9_under_load_loses_nothing_that_was_answered() {
    for backend in testing::backends() {
        let place = Place::new(backend);
        let (answered, open) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
        for round in 0..2 {
            let mut server = place.serve();
            thread::scope(|scope| {
                for writer in 0..6 {
                    let (server, answered, open) = (&server, &answered, &open);
                    scope.spawn(move || {
                        for nth in 0.. {
                            let title = format!("round-{round}-writer-{writer}-review-{nth}");
                            match server.create(&title) {
                                Ok((201, _)) => answered.lock().unwrap().push(title),
                                Ok((status, answer)) => panic!("{status}: {answer}"),
                                Err(_) => return open.lock().unwrap().push(title),
                            }
                        }
                    });
                }
                let pid = server.child.id().to_string();
                thread::sleep(Duration::from_millis(1200));
                let killed = Command::new("kill").args(["-9", &pid]).status().unwrap();
                assert!(killed.success());
            });
            server.kill();
        }
        let (answered, open) = (answered.into_inner().unwrap(), open.into_inner().unwrap());
        println!(
            "{backend:?}: {} answered, {} cut off",
            answered.len(),
            open.len()
        );
        assert!(answered.len() > 20 && open.len() == 12);
        let server = place.serve();
        let there = server.titles();
        let lost: Vec<_> = answered
            .iter()
            .filter(|title| there.get(*title) != Some(&1))
            .collect();
        assert!(lost.is_empty(), "answered and not there once: {lost:?}");
        // Whatever became of those that were cut off: asked again with the same key, each is there once.
        for title in &open {
            assert_eq!(server.create(title).unwrap().0, 201);
        }
        let there = server.titles();
        assert!(there.values().all(|count| *count == 1));
        assert_eq!(there.len(), answered.len() + open.len());
    }
}

/// Stands before the database server and can be shut: then it ends every connection and takes no other.
struct Gate {
    address: SocketAddr,
    shut: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Gate {
    fn before(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let gate = Self {
            address: listener.local_addr().unwrap(),
            shut: Arc::default(),
            open: Arc::default(),
        };
        let (shut, open) = (Arc::clone(&gate.shut), Arc::clone(&gate.open));
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                if shut.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(far) = TcpStream::connect(&server) else {
                    continue;
                };
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    thread::spawn(move || {
                        let _ = std::io::copy(&mut from, &mut to);
                        let _ = to.shutdown(Shutdown::Both);
                    });
                }
                open.lock().unwrap().extend([near, far]);
            }
        });
        gate
    }

    fn shut(&self) {
        self.shut.store(true, Ordering::SeqCst);
        for stream in self.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn open(&self) {
        self.shut.store(false, Ordering::SeqCst);
    }
}

#[test]
fn a_restart_of_postgres_is_survived() {
    if !testing::backends().contains(&Backend::Postgres) {
        return;
    }
    let place = Place::new(Backend::Postgres);
    let Target::Postgres(address) = &place.target else {
        unreachable!("asked for PostgreSQL")
    };
    let (start, database) = address.rsplit_once('/').unwrap();
    let host = start.rsplit_once('@').unwrap().1;
    let gate = Gate::before(host.to_owned());
    let through = start.replace(host, &gate.address.to_string());
    let server = place.serve_on(&Target::Postgres(format!("{through}/{database}")));
    let stop = AtomicBool::new(false);
    let made = Mutex::new(Vec::new());
    let told = Mutex::new(0);
    thread::scope(|scope| {
        for writer in 0..4 {
            let (server, stop, made, told) = (&server, &stop, &made, &told);
            scope.spawn(move || {
                for nth in 0.. {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    let title = format!("writer-{writer}-review-{nth}");
                    loop {
                        let (status, answer) = server.create(&title).unwrap();
                        match status {
                            201 => break,
                            503 => {
                                let lower = answer.to_lowercase();
                                assert!(lower.contains("retry-after: "), "{answer}");
                                assert!(lower.contains("application/problem+json"), "{answer}");
                                *told.lock().unwrap() += 1;
                            }
                            _ => panic!("{answer}"),
                        }
                    }
                    made.lock().unwrap().push(title);
                }
            });
        }
        // A short absence is waited out, a long one is told.
        for absence in [300, 1500, 7000] {
            thread::sleep(Duration::from_millis(500));
            gate.shut();
            thread::sleep(Duration::from_millis(absence));
            gate.open();
        }
        thread::sleep(Duration::from_millis(2500));
        stop.store(true, Ordering::SeqCst);
    });
    let (made, told) = (made.into_inner().unwrap(), told.into_inner().unwrap());
    println!("{} made, {told} times told to come again", made.len());
    assert!(told > 0);
    let there = server.titles();
    assert_eq!(there.len(), made.len());
    assert!(there.values().all(|count| *count == 1));
}

#[test]
fn a_full_disk_is_told_and_survived() {
    everywhere(async |site| {
        if site.app.db.backend() != Backend::Sqlite {
            return;
        }
        let ada = site.person("Ada Novak", Role::Member).await;
        let limit = async |pages: i64| {
            let set = format!("pragma max_page_count = {pages}");
            let set = move |tx: &mut hardwon_core::Tx<'_>| tx.query(&set, params![], |_| Ok(()));
            site.app
                .db
                .write::<_, hardwon_db::Error>(set)
                .await
                .unwrap();
        };
        let body = json!({ "title": "Large", "text": "word ".repeat(100_000) });
        limit(1).await;
        let full = site
            .json(&ada, Method::POST, "/api/v1/reviews", &body)
            .await;
        assert_eq!(
            full.status,
            StatusCode::SERVICE_UNAVAILABLE,
            "{}",
            full.body
        );
        full.has("full");
        assert!(full.headers.contains_key(header::RETRY_AFTER));
        let page = site.get(&ada, "/reviews").await;
        assert_eq!(page.status, StatusCode::OK);
        limit(1_000_000).await;
        let later = site
            .json(&ada, Method::POST, "/api/v1/reviews", &body)
            .await;
        assert_eq!(later.status, StatusCode::CREATED);
    });
}

#[test]
fn a_database_that_may_only_be_read_is_told() {
    everywhere(async |site| {
        if site.app.db.backend() != Backend::Sqlite {
            return;
        }
        let ada = site.person("Ada Novak", Role::Member).await;
        let only = |tx: &mut hardwon_core::Tx<'_>| {
            tx.query("pragma query_only = on", params![], |_| Ok(()))
        };
        site.app
            .db
            .write::<_, hardwon_db::Error>(only)
            .await
            .unwrap();
        let body = json!({ "title": "Anything" });
        let refused = site
            .json(&ada, Method::POST, "/api/v1/reviews", &body)
            .await;
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        refused.has("cannot be written");
        assert_eq!(site.get(&ada, "/reviews").await.status, StatusCode::OK);
    });
}

/// Runs the server where it cannot start.
fn refused(data: &Path, port: u16) -> String {
    let Output { status, stderr, .. } = serve(data, port).output().unwrap();
    assert!(!status.success());
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    assert!(said.starts_with("hardwon: "), "{said}");
    said
}

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("hardwon-refused-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
});

#[test]
fn a_port_that_is_taken_is_told_in_a_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let said = refused(&FOLDER.join("port"), port);
    assert!(said.contains(&format!("Port {port} is taken")), "{said}");
}

#[test]
fn a_folder_that_cannot_be_written_is_told_in_a_sentence() {
    let file = FOLDER.join("a-file");
    std::fs::write(&file, "").unwrap();
    // Nobody can make a folder in a file, not even root, whom permissions do not stop.
    let said = refused(&file.join("data"), free_port());
    assert!(said.contains("a-file"), "{said}");
}

#[test]
fn a_database_of_a_newer_program_is_told_in_a_sentence() {
    let place = Place::new(Backend::Sqlite);
    let db = Db::open(&place.target, &Options::default()).unwrap();
    let later = "insert into refinery_schema_history (version, name, applied_on, checksum)
        values (999, 'later', '2030-01-01T00:00:00Z', '0')";
    db.write_blocking(|tx| tx.execute(later, params![]))
        .map_err(|error: hardwon_db::Error| error.to_string())
        .unwrap();
    drop(db);
    let said = refused(&place.data, free_port());
    assert!(said.contains("999"), "{said}");
    assert!(said.contains("newer"), "{said}");
}
