//! What the figures are held against: two servers from npm, installed into a folder of their own and started like Hardwon.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PACKAGES: [&str; 3] = [
    "@hocuspocus/server@4.7.0",
    "@hocuspocus/extension-sqlite@4.7.0",
    "@y/websocket-server@0.1.1",
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    Hocuspocus,
    YWebsocket,
}

impl Peer {
    pub fn name(self) -> &'static str {
        match self {
            Self::Hocuspocus => "@hocuspocus/server with SQLite",
            Self::YWebsocket => "@y/websocket-server",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Hocuspocus => "hocuspocus",
            Self::YWebsocket => "y-websocket",
        }
    }
}

/// Installs the packages; says why it cannot.
pub fn install(folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let files = [
        ("package.json", r#"{"private":true,"type":"module"}"#),
        ("peers.mjs", include_str!("peers.mjs")),
    ];
    for (name, text) in files {
        std::fs::write(folder.join(name), text).map_err(|error| error.to_string())?;
    }
    npm(folder, &PACKAGES)
}

/// Runs `npm install` in a folder.
pub fn npm(folder: &Path, packages: &[&str]) -> Result<(), String> {
    let status = Command::new("npm")
        .args(["install", "--silent", "--no-audit", "--no-fund"])
        .args(packages)
        .current_dir(folder)
        .status()
        .map_err(|error| format!("npm cannot be run: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("npm could not install into {}", folder.display()))
    }
}

pub struct PeerServer {
    child: Child,
    pub address: SocketAddr,
}

impl PeerServer {
    pub fn start(peer: Peer, folder: &Path) -> Result<Self, String> {
        let address = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(|error| format!("no free port: {error}"))?;
        let child = Command::new("node")
            .args([
                "peers.mjs",
                peer.word(),
                &address.port().to_string(),
                "peer.db",
            ])
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(|error| format!("node cannot be run: {error}"))?;
        let server = Self { child, address };
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            if began.elapsed() > Duration::from_secs(30) {
                return Err(format!("{} does not answer", peer.name()));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Lets it write down what it has, and ends it.
    pub fn stop(&mut self) {
        let _ = Command::new("kill").arg(self.pid().to_string()).status();
        let began = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && began.elapsed() < Duration::from_secs(5)
        {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for PeerServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
