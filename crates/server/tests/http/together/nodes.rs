//! Several nodes on one database hold one document: what is typed at one is seen at the others, and when nodes are killed
//! nothing is lost that was acknowledged.

use super::editor::{Editor, PATIENCE, connect, connect_with};
use crate::outcome::proposal;
use crate::site::{Folder, Person, START, Site, everywhere};
use hardwon::app::App;
use hardwon::config::{Config, Flags};
use hardwon_core::{Role, World};
use hardwon_db::{Backend, Db, Options};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use yrs::Text as _;

/// Numbers that look random and are the same every time.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }
}

/// A program of its own, as far as a test can have one.
struct Node {
    runtime: Option<Runtime>,
    address: SocketAddr,
    _folder: Folder,
}

impl Node {
    fn start(site: &Site, seed: u64) -> Self {
        let folder = Folder::new();
        let db = Db::open(site.target(), &Options::default()).unwrap();
        let (world, _) = World::frozen(START, seed);
        let flags = Flags {
            data: Some(folder.path().to_owned()),
            ..Flags::default()
        };
        let app = App::new(db, world, Config::load(flags).unwrap()).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move {
            hardwon::jobs::start(&app);
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let router = hardwon::http::router::router(app);
            axum::serve(listener, router).await
        });
        Self {
            runtime: Some(runtime),
            address,
            _folder: folder,
        }
    }

    /// In the middle of whatever it does.
    fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

/// An editor, where it is, and the words it typed since it came there.
struct Seat {
    editor: Editor,
    node: usize,
    typed: Vec<String>,
}

impl Seat {
    /// What the server has said is on disk: the first update is the answer to its state.
    fn acknowledged(&self) -> &[String] {
        let count = usize::try_from(self.editor.saved.saturating_sub(1)).unwrap();
        &self.typed[..count.min(self.typed.len())]
    }

    /// Types a line of its own somewhere.
    async fn type_line(&mut self, word: String, random: &mut Random) {
        let text = self.editor.text();
        let starts: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
        let at = u32::try_from(starts[random.below(starts.len())]).unwrap();
        let line = format!("{word}\n");
        let update = self
            .editor
            .change(|content, transaction| content.insert(transaction, at, &line));
        self.editor.say(2, &update).await;
        self.typed.push(word);
    }
}

async fn sit(nodes: &[Node], node: usize, who: &Person) -> Seat {
    let mut editor = connect(nodes[node].address, who, &[]).await.unwrap();
    editor
        .until(|one| one.text().contains("Balances.") && one.saved >= 1)
        .await;
    Seat {
        editor,
        node,
        typed: Vec::new(),
    }
}

#[test]
fn three_nodes_end_in_one_text_whatever_is_killed() {
    everywhere(async |site| {
        if site.app.db.backend() != Backend::Postgres {
            return;
        }
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let mut nodes: Vec<Node> = (0..3).map(|at| Node::start(&site, 100 + at)).collect();
        let mut seats = Vec::new();
        for node in [0, 0, 1, 1, 2, 2] {
            seats.push(sit(&nodes, node, &ada).await);
        }
        // Typing at one node reaches another's editors in a moment.
        let mut slowest = Duration::ZERO;
        for round in 0..5 {
            let word = format!("quick-{round}");
            let begun = Instant::now();
            seats[0].type_line(word.clone(), &mut Random(7)).await;
            seats[4]
                .editor
                .until(|one| one.text().contains(&word))
                .await;
            slowest = slowest.max(begun.elapsed());
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
        eprintln!("from node to node in {slowest:?} at most");
        assert!(slowest < Duration::from_secs(1), "{slowest:?}");

        let mut random = Random(42);
        let mut safe: Vec<String> = Vec::new();
        for round in 0..90 {
            for (at, seat) in seats.iter_mut().enumerate() {
                seat.type_line(format!("w-{round}-{at}-e"), &mut random)
                    .await;
                let _ = seat.editor.listen(Duration::from_millis(2)).await;
            }
            if round % 30 == 20 {
                // Everybody there loses what they had not been told is saved, and sits down elsewhere.
                let killed = random.below(3);
                nodes[killed].kill();
                let elsewhere = (killed + 1) % 3;
                for seat in seats.iter_mut().filter(|seat| seat.node == killed) {
                    let _ = seat.editor.listen(Duration::from_millis(5)).await;
                    safe.extend_from_slice(seat.acknowledged());
                    *seat = sit(&nodes, elsewhere, &ada).await;
                }
                nodes[killed] = Node::start(&site, 1_000 + round);
            }
            if round % 30 == 5 {
                // One loses its connection only, and comes back to another node with all it has.
                let at = random.below(seats.len());
                let node = (seats[at].node + 1) % 3;
                let seat = &mut seats[at];
                safe.extend_from_slice(seat.acknowledged());
                let doc = seat.editor.doc.clone();
                let editor = connect_with(nodes[node].address, &ada, &[], doc)
                    .await
                    .unwrap();
                *seat = Seat {
                    editor,
                    node,
                    typed: Vec::new(),
                };
                seat.editor.until(|one| one.saved >= 1).await;
            }
        }
        let begun = Instant::now();
        loop {
            for seat in &mut seats {
                seat.editor.listen(Duration::from_millis(30)).await.unwrap();
            }
            let text = seats[0].editor.text();
            let same = seats.iter().all(|seat| seat.editor.text() == text);
            let saved = seats
                .iter()
                .all(|seat| seat.acknowledged().len() == seat.typed.len());
            if same && saved {
                break;
            }
            assert!(begun.elapsed() < 3 * PATIENCE, "the nodes do not agree");
        }
        let text = seats[0].editor.text();
        safe.extend(seats.iter().flat_map(|seat| seat.typed.iter().cloned()));
        assert!(safe.len() > 300, "{}", safe.len());
        for word in safe {
            assert_eq!(text.matches(&format!("{word}\n")).count(), 1, "{word}");
        }
        // A node that was not there reads the same from the disk.
        let fresh = Node::start(&site, 9_999);
        let mut editor = connect(fresh.address, &ada, &[]).await.unwrap();
        editor.until(|one| one.text() == text).await;
    });
}
