//! Documents that people write together: delivery, intake, loading and memory, of Hardwon and of two servers from npm in the
//! same run. Hardwon checks access and has every update on disk before it acknowledges it.

mod generator;
mod peers;

use crate::speed::client::Client;
use crate::speed::report::Report;
use crate::speed::server::Server;
use generator::{Generator, Target};
use hardwon_core::people::{self, PersonForm, PersonState};
use hardwon_core::reviews::{self, ReviewForm, ReviewKind, Visibility};
use hardwon_core::{Actor, Ctx, Error, Role, World, auth, organisation};
use hardwon_db::{Db, Options, Target as Database};
use hardwon_prose::Syntax;
use peers::{Peer, PeerServer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// What begins this part of the results; everything before it is another run's.
pub const HEADING: &str = "# Writing together";
/// The documents of the first round, the one with a hundred people, and the one with a long history.
const DOCUMENTS: usize = 20;
const MEETING: usize = 21;
const LONG: usize = 22;
/// A room that everybody left is closed by then, and the allocator has given its memory back.
const GIVEN_BACK: Duration = Duration::from_secs(60);

pub struct Plan {
    pub binary: PathBuf,
    pub generator: PathBuf,
    pub seconds: u64,
    pub edits: usize,
    pub out: PathBuf,
}

/// One figure: what, its budget, and how a report gives it.
struct Figure {
    what: &'static str,
    unit: &'static str,
    budget: f64,
    /// More is better.
    rises: bool,
}

const fn most(what: &'static str, unit: &'static str, budget: f64) -> Figure {
    Figure {
        what,
        unit,
        budget,
        rises: false,
    }
}

const FIGURES: [Figure; 11] = [
    most(
        "20 documents × 10 writers × 5 edits/s: delivered, p50",
        "ms",
        1.0,
    ),
    most("the same, p99", "ms", 5.0),
    most("the same, CPU of the server a delivery", "µs", 15.0),
    most("200 connections, resident", "MiB", 40.0),
    most("one document, 100 people with cursors: p99", "ms", 6.0),
    Figure {
        rises: true,
        ..most("edits taken in", "a second", 20_000.0)
    },
    most(
        "restart and first load of the long document, from the disk",
        "ms",
        100.0,
    ),
    most("the same as a page", "ms", 150.0),
    most("memory of that document", "MiB", 20.0),
    most(
        "of that, not given back 60 s after the last leave",
        "MiB",
        2.0,
    ),
    most("share of the processors that others had", "cores", 0.5),
];

type Measured = BTreeMap<usize, f64>;

pub fn run(plan: &Plan) -> ExitCode {
    let folder = std::env::temp_dir().join(format!("hardwon-collab-{}", std::process::id()));
    let outcome = measure(plan, &folder);
    let _ = std::fs::remove_dir_all(&folder);
    match outcome {
        Ok(over) if over.is_empty() => ExitCode::SUCCESS,
        Ok(over) => {
            for line in over {
                println!("over budget: {line}");
            }
            ExitCode::from(1)
        }
        Err(sentence) => {
            eprintln!("bench: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn measure(plan: &Plan, folder: &Path) -> Result<Vec<String>, String> {
    let generator = Generator::install(&plan.generator, folder.join("generator"))?;
    let peers = folder.join("peers");
    peers::install(&peers)?;
    let ours = hardwon(plan, &generator, &folder.join("data"))?;
    let hocuspocus = peer(plan, &generator, &peers, Peer::Hocuspocus)?;
    let y_websocket = peer(plan, &generator, &peers, Peer::YWebsocket)?;
    let mut report = Report::default();
    let over = table(&mut report, plan, &ours, [&hocuspocus, &y_websocket]);
    let before = std::fs::read_to_string(&plan.out).unwrap_or_default();
    let before = before.split(HEADING).next().unwrap_or_default().trim_end();
    let text = format!("{before}\n\n{HEADING}\n\n{}", report.text);
    std::fs::write(&plan.out, text.trim_start())
        .map_err(|error| format!("{} cannot be written: {error}", plan.out.display()))?;
    Ok(over)
}

/// Twenty-two reviews with empty documents, and somebody who may write in all of them.
fn seed(data: &Path) -> Result<String, String> {
    std::fs::create_dir_all(data).map_err(|error| error.to_string())?;
    let target = Database::Sqlite(data.join("hardwon.db"));
    let db = Db::open(&target, &Options::default()).map_err(|error| error.to_string())?;
    let world = World::machine();
    let operator = Ctx::operator(&world);
    db.write_blocking(|tx| {
        organisation::found(&operator, tx, "Loomcraft", "Europe/London")?;
        let form = PersonForm {
            name: "Mara Lindqvist".to_owned(),
            email: Some("mara@loomcraft.example".to_owned()),
            role: Role::Member,
            state: PersonState::Active,
            zone: "Europe/London".to_owned(),
            locale: "en-GB".to_owned(),
        };
        let id = people::create(&operator, tx, &form)?;
        let secret = auth::begin_session(&operator, tx, id, 30, "127.0.0.1", "bench")?;
        let ctx = Ctx::new(
            &world,
            Actor::Person {
                id,
                role: Role::Member,
            },
            "bench",
        );
        for number in 1..=LONG {
            let form = ReviewForm {
                kind: ReviewKind::Architecture,
                title: format!("Proposal {number}"),
                visibility: Visibility::Open,
                syntax: Syntax::Markdown,
                text: String::new(),
                feedback_wanted: String::new(),
            };
            reviews::create(&ctx, tx, &hardwon::realtime::YrsEngine, &form)?;
        }
        Ok::<_, Error>(secret.text)
    })
    .map_err(|error| error.to_string())
}

fn hardwon(plan: &Plan, generator: &Generator, data: &Path) -> Result<Measured, String> {
    let secret = seed(data)?;
    let mut server = Server::start(&plan.binary, data, None)?;
    let target = |server: &Server| Target {
        url: format!("ws://{}/reviews/{{doc}}/document/sync", server.address),
        cookie: Some(&secret),
        hocuspocus: false,
        pid: server.pid(),
    };
    let mut measured = typing(plan, generator, &target(&server))?;
    // Both on a server that has done nothing else: what is resident is the document's.
    drop(server);
    server = Server::start(&plan.binary, data, None)?;
    server.settle();
    measured.insert(5, intake(plan, generator, &target(&server))?);
    server.settle();
    drop(server);

    server = Server::start(&plan.binary, data, None)?;
    server.settle();
    let idle = server.resident_mib();
    let load = generator.run(&target(&server), "coldload", &cold())?;
    measured.insert(6, number(&load["runs"][0]["lastDataMs"]));
    measured.insert(8, number(&load["runs"][0]["serverRssMiB"]) - idle);
    std::thread::sleep(GIVEN_BACK);
    measured.insert(9, (server.resident_mib() - idle).max(0.0));
    drop(server);

    server = Server::start(&plan.binary, data, None)?;
    let mut client = Client::connect(server.address, &secret).map_err(|error| error.to_string())?;
    let began = Instant::now();
    let page = client
        .get(&format!("/reviews/{LONG}"))
        .map_err(|error| error.to_string())?;
    measured.insert(7, began.elapsed().as_secs_f64() * 1000.0);
    if page.status != 200 || page.body.len() < plan.edits {
        return Err(format!(
            "the page of the long document is no such page: {} with {} bytes",
            page.status,
            page.body.len()
        ));
    }
    Ok(measured)
}

fn peer(plan: &Plan, generator: &Generator, folder: &Path, peer: Peer) -> Result<Measured, String> {
    let target = |server: &PeerServer| Target {
        url: format!("ws://{}/{{doc}}", server.address),
        cookie: None,
        hocuspocus: peer == Peer::Hocuspocus,
        pid: server.pid(),
    };
    let mut server = PeerServer::start(peer, folder)?;
    let mut measured = typing(plan, generator, &target(&server))?;
    server.stop();
    server = PeerServer::start(peer, folder)?;
    measured.insert(5, intake(plan, generator, &target(&server))?);
    // What has no store has nothing to load after a restart.
    if peer == Peer::Hocuspocus {
        std::thread::sleep(Duration::from_secs(5));
        server.stop();
        server = PeerServer::start(peer, folder)?;
        let idle = resident(server.pid());
        let load = generator.run(&target(&server), "coldload", &cold())?;
        measured.insert(6, number(&load["runs"][0]["lastDataMs"]));
        measured.insert(8, number(&load["runs"][0]["serverRssMiB"]) - idle);
        std::thread::sleep(GIVEN_BACK);
        measured.insert(9, (resident(server.pid()) - idle).max(0.0));
    }
    Ok(measured)
}

fn typing(plan: &Plan, generator: &Generator, target: &Target<'_>) -> Result<Measured, String> {
    let options = |docs: usize, first: usize| {
        vec![
            ("docs", docs.to_string()),
            ("prefix", first.to_string()),
            ("seconds", plan.seconds.to_string()),
        ]
    };
    let many = generator.run(target, "typing", &options(DOCUMENTS, 1))?;
    let mut one = options(1, MEETING);
    one.extend([
        ("clients", "100".to_owned()),
        ("rate", "1".to_owned()),
        ("awareness", "1".to_owned()),
    ]);
    let meeting = generator.run(target, "typing", &one)?;
    Ok(BTreeMap::from([
        (0, number(&many["propagationMs"]["p50"])),
        (1, number(&many["propagationMs"]["p99"])),
        (2, number(&many["server"]["cpuMicrosPerDelivery"])),
        (3, number(&many["server"]["rssConnectedMiB"])),
        (4, number(&meeting["propagationMs"]["p99"])),
        (10, number(&many["machine"]["othersCores"])),
    ]))
}

fn intake(plan: &Plan, generator: &Generator, target: &Target<'_>) -> Result<f64, String> {
    let options = [
        ("doc", LONG.to_string()),
        ("edits", plan.edits.to_string()),
        ("expect", "expect.json".to_owned()),
        ("timeout", "300".to_owned()),
    ];
    let seeded = generator.run(target, "seed", &options)?;
    Ok(number(&seeded["updatesPerSecond"]))
}

fn cold() -> Vec<(&'static str, String)> {
    vec![
        ("doc", LONG.to_string()),
        ("expect", "expect.json".to_owned()),
        ("repeat", "1".to_owned()),
    ]
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn resident(pid: u32) -> f64 {
    crate::speed::server::status(pid, "VmRSS:")
}

/// Writes the table, and gives what is over budget.
fn table(report: &mut Report, plan: &Plan, ours: &Measured, peers: [&Measured; 2]) -> Vec<String> {
    use std::fmt::Write as _;
    let _ = write!(
        report.text,
        "Measured on {} by `make bench`: {}. {} edits taken in; {} s of typing. Hardwon checks access and acknowledges what is on \
         disk; the others keep nothing ({}) or write a while later ({}).\n\n\
         | work | budget | Hardwon | {} | {} |\n| --- | ---: | ---: | ---: | ---: |\n",
        crate::speed::today(),
        crate::speed::machine(),
        plan.edits,
        plan.seconds,
        Peer::YWebsocket.name(),
        Peer::Hocuspocus.name(),
        Peer::Hocuspocus.name(),
        Peer::YWebsocket.name(),
    );
    let mut over = Vec::new();
    for (at, figure) in FIGURES.iter().enumerate() {
        let say = |measured: &Measured| {
            let value = measured.get(&at).filter(|value| value.is_finite());
            value.map_or("–".to_owned(), |value| format!("{value:.1}"))
        };
        let row = format!(
            "| {} | {} {} | {} | {} | {} |",
            figure.what,
            figure.budget,
            figure.unit,
            say(ours),
            say(peers[0]),
            say(peers[1])
        );
        println!("{row}");
        let _ = writeln!(report.text, "{row}");
        let value = ours.get(&at).copied().unwrap_or(f64::NAN);
        let good = if figure.rises {
            value >= figure.budget
        } else {
            value <= figure.budget
        };
        if !good {
            over.push(format!("{}: {value:.1} {}", figure.what, figure.unit));
        }
    }
    over
}
