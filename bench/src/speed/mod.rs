//! Speed and memory of the real binary, driven over loopback: each kind of request by sixteen connections, and a meeting
//! with seven hundred listeners. What counts is processor time per request, which a busy machine cannot fake.

pub mod client;
pub mod report;
mod seed;
pub mod server;

use crate::collab::HEADING;
use client::{Client, Listener};
use hardwon_db::{Db, Options, Target};
use report::{Line, Report, quantile};
use server::Server;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 16;
const LISTENERS: usize = 700;
/// A neighbour on the same processor can make work dearer, never cheaper, so the cheapest of these rounds counts.
const ROUNDS: usize = 3;
/// After this long without a request the search index has given its writer's memory back.
const IDLE: Duration = Duration::from_secs(25);
/// Between these two sizes a request may grow dearer by no more than [`Line::growth`].
const FEW: usize = 5_000;
const MANY: usize = 100_000;

pub struct Plan {
    pub binary: PathBuf,
    pub corpus: PathBuf,
    pub sizes: Vec<usize>,
    /// A PostgreSQL server on which databases may be created; without it only SQLite is measured.
    pub postgres: Option<String>,
    pub seconds: u64,
    /// Beginnings of the names of the kinds of request to ask for; none means all.
    pub only: Vec<String>,
    pub out: PathBuf,
}

pub fn run(plan: &Plan) -> ExitCode {
    let mut report = Report::default();
    let outcome = measure(plan, &mut report);
    if let Err(sentence) = outcome {
        eprintln!("bench: {sentence}");
        return ExitCode::FAILURE;
    }
    let head = format!(
        "# Speed and memory\n\nMeasured on {} by `make bench`: {}.\n\
         CPU is the server process's own (user and kernel), read from /proc from the beginning of a round until everything that followed from it is done (the \
         search index, inboxes), of three rounds the cheapest; latencies and rates are of a client on the same machine. Reviews carry pieces of real proposals of about 6 kB.\n",
        today(),
        machine()
    );
    // What another part of the bench wrote at the end stays.
    let known = std::fs::read_to_string(&plan.out).unwrap_or_default();
    let rest = known.find(HEADING).map_or("", |at| &known[at..]);
    let text = format!("{head}{}\n{rest}", report.text);
    if let Err(error) = std::fs::write(&plan.out, text.trim_end().to_owned() + "\n") {
        eprintln!("bench: {} cannot be written: {error}", plan.out.display());
        return ExitCode::FAILURE;
    }
    for line in &report.over {
        println!("over budget: {line}");
    }
    if report.over.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    }
}

fn measure(plan: &Plan, report: &mut Report) -> Result<(), String> {
    let pieces = seed::pieces(&plan.corpus)?;
    let size = std::fs::metadata(&plan.binary)
        .map_err(|error| format!("{} cannot be read: {error}", plan.binary.display()))?
        .len();
    report.text.push('\n');
    report.figure(
        "the binary",
        size as f64 / f64::from(1 << 20),
        "MiB",
        Some(40.0),
    );
    let mut databases = vec![("SQLite", None)];
    if let Some(url) = &plan.postgres {
        databases.push(("PostgreSQL", Some(url.as_str())));
    } else {
        report.text.push_str("\nPostgreSQL was not measured.\n");
    }
    for (name, url) in databases {
        let mut few = None;
        for &size in &plan.sizes {
            let lines = one(plan, report, &pieces, size, name, url)?;
            if size == FEW {
                few = Some(lines);
            } else if let (MANY, Some(few)) = (size, &few) {
                report.heading(&format!("Growth from {FEW} to {MANY} reviews, {name}"));
                report.growth(few, &lines);
            }
        }
    }
    Ok(())
}

/// One database of one size.
fn one(
    plan: &Plan,
    report: &mut Report,
    pieces: &[(String, String)],
    size: usize,
    name: &str,
    postgres: Option<&str>,
) -> Result<Vec<Line>, String> {
    let folder = std::env::temp_dir().join(format!(
        "hardwon-bench-{}-{size}-{name}",
        std::process::id()
    ));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let database = postgres.map(|url| fresh_database(url, size)).transpose()?;
    let target = database
        .as_deref()
        .map_or_else(|| Target::Sqlite(folder.join("hardwon.db")), Target::parse);
    let seeded = {
        let db = Db::open(&target, &Options::default()).map_err(|error| error.to_string())?;
        let began = Instant::now();
        let seeded = seed::fill(&db, &hardwon::realtime::YrsEngine, pieces, size)
            .map_err(|error| error.to_string())?;
        println!(
            "seeded {size} reviews on {name} in {:.0} s",
            began.elapsed().as_secs_f64()
        );
        seeded
    };
    // Once for the search index, once for the start that is measured.
    let server = Server::start(&plan.binary, &folder, database.as_deref())?;
    wait_for_index(&server, &seeded.secrets[0])?;
    drop(server);
    let server = Server::start(&plan.binary, &folder, database.as_deref())?;
    report.heading(&format!("{size} reviews, {name}"));
    std::thread::sleep(IDLE);
    let strict = size == FEW && postgres.is_none();
    report.figure(
        "first answer after the start",
        server.first_answer * 1000.0,
        "ms",
        Some(100.0),
    );
    report.figure("memory, idle", server.resident_mib(), "MiB", Some(40.0));
    let lines = loads(plan, &server, &seeded, strict)?;
    report.text.push('\n');
    report.lines(&lines);
    report.text.push('\n');
    let under_load = strict.then_some(150.0);
    report.figure(
        "memory, most under load",
        server.peak_mib(),
        "MiB",
        under_load,
    );
    meeting(report, &server, &seeded)?;
    drop(server);
    let _ = std::fs::remove_dir_all(&folder);
    Ok(lines)
}

/// What a connection asks for, given a number that is different each time.
type Ask<'a> = &'a (dyn Fn(&mut Client, usize) -> std::io::Result<u16> + Sync);

fn loads(
    plan: &Plan,
    server: &Server,
    seeded: &seed::Seeded,
    strict: bool,
) -> Result<Vec<Line>, String> {
    let reviews = seeded.reviews;
    // Reviews whose number leaves 0 when divided by 20 are private; these are open.
    let open = move |n: usize| {
        let number = n * 7_919 % reviews + 1;
        if number.is_multiple_of(20) {
            number - 1
        } else {
            number
        }
    };
    let questions = question_ids(server, &seeded.secrets[0])?;
    let budget = |ms: f64| strict.then_some(ms);
    let mut lines = Vec::new();
    let mut load = |work: &str, budget: Option<f64>, ask: Ask<'_>| -> Result<(), String> {
        if plan.only.is_empty() || plan.only.iter().any(|name| work.starts_with(name.as_str())) {
            lines.push(drive(plan, server, seeded, work, budget, ask)?);
        }
        Ok(())
    };
    load("list of 50 as a page", budget(0.4), &|client, _| {
        Ok(client.get("/reviews")?.status)
    })?;
    load("filtered list", budget(0.4), &|client, _| {
        Ok(client
            .get("/reviews?kind=architecture&state=circulating")?
            .status)
    })?;
    load(
        "one review as a page, with its document",
        budget(0.8),
        &|client, n| Ok(client.get(&format!("/reviews/{}", open(n)))?.status),
    )?;
    load(
        "search, common word, 25 hits with snippets",
        budget(1.5),
        &|client, _| Ok(client.get("/search?q=should")?.status),
    )?;
    load("search, rare word", None, &|client, _| {
        Ok(client.get(&format!("/search?q={}", seed::RARE))?.status)
    })?;
    load("vote", budget(0.3), &|client, n| {
        let id = &questions[n % questions.len()];
        Ok(client
            .post(
                &format!("/questions/{id}/vote"),
                if n % 3 == 0 {
                    "vote=against"
                } else {
                    "vote=for"
                },
            )?
            .status)
    })?;
    load("comment", budget(0.5), &|client, n| {
        Ok(client
            .post(
                &format!("/reviews/{}/threads", open(n)),
                "body=Did+we+*measure*+the+write+path%3F&title=",
            )?
            .status)
    })?;
    load("create", budget(0.7), &|client, n| {
        Ok(client
            .post(
                "/reviews",
                &format!(
                    "title=Proposal+{n}&text=%23%20Problem%0A%0AOrders+wait.&feedback_wanted="
                ),
            )?
            .status)
    })?;
    Ok(lines)
}

/// Sixteen connections ask as fast as they are answered.
fn drive(
    plan: &Plan,
    server: &Server,
    seeded: &seed::Seeded,
    work: &str,
    budget_ms: Option<f64>,
    ask: Ask<'_>,
) -> Result<Line, String> {
    let next = AtomicUsize::new(0);
    let run = |seconds: u64| -> Result<Vec<f64>, String> {
        let end = Instant::now() + Duration::from_secs(seconds);
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..CONNECTIONS)
                .map(|connection| {
                    let next = &next;
                    scope.spawn(move || -> Result<Vec<f64>, String> {
                        let secret = &seeded.secrets[connection % seeded.secrets.len()];
                        let mut client =
                            Client::connect(server.address, secret).map_err(|e| e.to_string())?;
                        let mut times = Vec::new();
                        while Instant::now() < end {
                            let began = Instant::now();
                            let status = ask(&mut client, next.fetch_add(1, Ordering::Relaxed))
                                .map_err(|e| e.to_string())?;
                            if !(200..400).contains(&status) {
                                return Err(format!("{work}: the server answered {status}"));
                            }
                            times.push(began.elapsed().as_secs_f64() * 1000.0);
                        }
                        Ok(times)
                    })
                })
                .collect();
            let mut all = Vec::new();
            for worker in workers {
                all.extend(
                    worker
                        .join()
                        .map_err(|_| "a connection's thread panicked".to_owned())??,
                );
            }
            Ok(all)
        })
    };
    run(1)?;
    server.settle();
    let (mut times, mut seconds) = (Vec::new(), 0.0);
    let mut cpu_ms = f64::INFINITY;
    for _ in 0..ROUNDS {
        let (cpu, began) = (server.cpu_ms(), Instant::now());
        let round = run(plan.seconds)?;
        seconds += began.elapsed().as_secs_f64();
        // What follows from a request is a part of its cost: the search index, inboxes, live pages.
        server.settle();
        cpu_ms = cpu_ms.min((server.cpu_ms() - cpu) / round.len().max(1) as f64);
        times.extend(round);
    }
    times.sort_by(f64::total_cmp);
    Ok(Line {
        work: work.to_owned(),
        requests: times.len(),
        seconds,
        p50_ms: quantile(&times, 0.5),
        p99_ms: quantile(&times, 0.99),
        growth: if work.contains("common word") {
            4.0
        } else {
            1.5
        },
        cpu_ms,
        budget_ms,
    })
}

/// Seven hundred people follow a review while votes come in: how long until each has seen each vote.
fn meeting(report: &mut Report, server: &Server, seeded: &seed::Seeded) -> Result<(), String> {
    let questions = question_ids(server, &seeded.secrets[0])?;
    let before = server.resident_mib();
    let mut listeners = (0..LISTENERS)
        .map(|n| {
            Listener::connect(
                server.address,
                &seeded.secrets[n % seeded.secrets.len()],
                "/reviews/1/live",
            )
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| format!("a listener could not connect: {error}"))?;
    std::thread::sleep(Duration::from_millis(500));
    for listener in &mut listeners {
        listener.lines();
    }
    let held = server.resident_mib() - before;
    let mut voter =
        Client::connect(server.address, &seeded.secrets[1]).map_err(|error| error.to_string())?;
    // Only a vote that changes something is told; this one is the other than the first that is measured.
    let path = format!("/questions/{}/vote", questions[0]);
    voter
        .post(&path, "vote=against")
        .map_err(|error| error.to_string())?;
    std::thread::sleep(Duration::from_secs(1));
    for listener in &mut listeners {
        listener.lines();
    }
    let mut delays = Vec::new();
    let cpu = server.cpu_ms();
    const VOTES: usize = 25;
    for vote in 0..VOTES {
        let began = Instant::now();
        let choice = if vote % 2 == 0 {
            "vote=for"
        } else {
            "vote=against"
        };
        voter
            .post(&path, choice)
            .map_err(|error| error.to_string())?;
        let mut waiting: Vec<usize> = (0..listeners.len()).collect();
        while !waiting.is_empty() && began.elapsed() < Duration::from_secs(5) {
            waiting.retain(|&n| {
                let arrived = listeners[n]
                    .lines()
                    .iter()
                    .any(|line| line.starts_with("data:"));
                if arrived {
                    delays.push(began.elapsed().as_secs_f64() * 1000.0);
                }
                !arrived
            });
        }
        if !waiting.is_empty() {
            return Err(format!(
                "{} of {LISTENERS} listeners did not see a vote within five seconds",
                waiting.len()
            ));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    delays.sort_by(f64::total_cmp);
    report.figure(
        "a vote until 700 listeners have it, p50",
        quantile(&delays, 0.5),
        "ms",
        None,
    );
    report.figure(
        "a vote until 700 listeners have it, p99",
        quantile(&delays, 0.99),
        "ms",
        Some(250.0),
    );
    report.figure(
        "CPU of a vote with 700 listeners",
        (server.cpu_ms() - cpu) / VOTES as f64,
        "ms",
        None,
    );
    report.figure("memory of 700 listeners", held, "MiB", None);
    Ok(())
}

/// Questions of the first review, which every review has from the prompt bank.
fn question_ids(server: &Server, secret: &str) -> Result<Vec<String>, String> {
    let mut client = Client::connect(server.address, secret).map_err(|error| error.to_string())?;
    let answer = client
        .get("/api/v1/reviews/1/questions")
        .map_err(|error| error.to_string())?;
    let body: serde_json::Value =
        serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
    let ids: Vec<String> = body["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|question| question["id"].as_str().map(ToOwned::to_owned))
        .collect();
    if ids.is_empty() {
        Err("the first review has no questions".to_owned())
    } else {
        Ok(ids)
    }
}

/// Waits until a word that many documents hold is found, and then until nothing more is coming in.
fn wait_for_index(server: &Server, secret: &str) -> Result<(), String> {
    let mut client = Client::connect(server.address, secret).map_err(|error| error.to_string())?;
    let began = Instant::now();
    loop {
        let answer = client
            .get("/api/v1/search?q=should&limit=1")
            .map_err(|error| error.to_string())?;
        let body: serde_json::Value =
            serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
        if body["total"].as_u64().unwrap_or(0) > 0 && server.settle() {
            return Ok(());
        }
        if began.elapsed() > Duration::from_secs(1_200) {
            return Err("the search index was not ready within twenty minutes".to_owned());
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// A database of its own on the server, named after this process and the size.
fn fresh_database(url: &str, size: usize) -> Result<String, String> {
    let name = format!("hardwon_bench_{}_{size}", std::process::id());
    let status = std::process::Command::new("psql")
        .args([url, "-qc", &format!("create database {name} template template0 lc_collate 'C' lc_ctype 'C' encoding 'UTF8'")])
        .status()
        .map_err(|error| format!("psql cannot be run: {error}"))?;
    if !status.success() {
        return Err("the database for the measurement could not be created".to_owned());
    }
    let (base, query) = url
        .split_once('?')
        .map_or((url, ""), |(base, query)| (base, query));
    let stem = base.rsplit_once('/').map_or(base, |(stem, _)| stem);
    Ok(if query.is_empty() {
        format!("{stem}/{name}")
    } else {
        format!("{stem}/{name}?{query}")
    })
}

pub fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("an unnamed processor", |rest| {
            rest.trim_start_matches([' ', '\t', ':'])
        });
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?");
    format!("{cores} cores of {model}, load average {load} at the end")
}

pub fn today() -> String {
    let output = std::process::Command::new("date").arg("+%Y-%m-%d").output();
    output
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .unwrap_or_default()
}

/// Where the release binary lies.
pub fn default_binary() -> PathBuf {
    Path::new("target/release/hardwon").to_owned()
}
