//! The real binary as a process of its own, watched through /proc.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From the start of the process to its first answer, in seconds.
    pub first_answer: f64,
}

impl Server {
    pub fn start(binary: &Path, data: &Path, database: Option<&str>) -> Result<Self, String> {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(|error| format!("no free port: {error}"))?
            .port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let mut command = Command::new(binary);
        command
            .arg("serve")
            .arg("--listen")
            .arg(address.to_string())
            .arg("--data")
            .arg(data)
            .arg("--log")
            .arg("warn");
        if let Some(url) = database {
            command.env("HARDWON_DATABASE_URL", url);
        }
        let began = Instant::now();
        let child = command
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(|error| format!("{} cannot be started: {error}", binary.display()))?;
        let mut server = Self {
            child,
            address,
            first_answer: 0.0,
        };
        while TcpStream::connect(address).is_err() {
            if began.elapsed() > Duration::from_secs(60) {
                return Err("the server did not answer within a minute".to_owned());
            }
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(format!("the server ended at once: {status}"));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        let mut client =
            super::client::Client::connect(address, "").map_err(|error| error.to_string())?;
        client.get("/healthz").map_err(|error| error.to_string())?;
        server.first_answer = began.elapsed().as_secs_f64();
        Ok(server)
    }

    /// Milliseconds of processor time that the server has used, its own and the kernel's for it, threads that have ended
    /// included.
    pub fn cpu_ms(&self) -> f64 {
        let text =
            std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // The name in brackets may hold anything; after it, user and system time are the 12th and 13th field, in
        // hundredths of a second.
        let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest);
        let ticks = fields.split_whitespace().skip(11).take(2);
        ticks
            .filter_map(|field| field.parse::<f64>().ok())
            .sum::<f64>()
            * 10.0
    }

    /// Waits until it has had nothing to do for longer than anything in it is put off, a minute at most; true when it had.
    pub fn settle(&self) -> bool {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(60) {
            let before = self.cpu_ms();
            std::thread::sleep(Duration::from_secs(3));
            if self.cpu_ms() - before <= 30.0 {
                return true;
            }
        }
        false
    }

    /// Mebibytes of memory that are resident now.
    pub fn resident_mib(&self) -> f64 {
        self.status("VmRSS:")
    }

    /// The most that was ever resident.
    pub fn peak_mib(&self) -> f64 {
        self.status("VmHWM:")
    }

    fn status(&self, key: &str) -> f64 {
        status(self.pid(), key)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

/// Mebibytes that the system says of a process.
pub fn status(pid: u32, key: &str) -> f64 {
    std::fs::read_to_string(format!("/proc/{pid}/status"))
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix(key))
        .and_then(|rest| {
            rest.trim()
                .trim_end_matches(" kB")
                .trim()
                .parse::<f64>()
                .ok()
        })
        .map_or(0.0, |kib| kib / 1024.0)
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
