//! A small HTTP/1.1 client over kept connections, so that what is measured is the server and not the client.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub struct Client {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
    cookie: String,
}

pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Client {
    pub fn connect(address: SocketAddr, secret: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Self {
            stream: BufReader::new(stream),
            address,
            cookie: format!("hardwon_session={secret}"),
        })
    }

    pub fn get(&mut self, path: &str) -> std::io::Result<Answer> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\n\r\n",
            self.address, self.cookie
        );
        self.send(request.as_bytes())
    }

    /// Posts a form; a redirect is an answer, not something to follow.
    pub fn post(&mut self, path: &str, form: &str) -> std::io::Result<Answer> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{form}",
            self.address,
            self.cookie,
            form.len()
        );
        self.send(request.as_bytes())
    }

    fn send(&mut self, request: &[u8]) -> std::io::Result<Answer> {
        self.stream.get_mut().write_all(request)?;
        let (status, length) = read_head(&mut self.stream)?;
        let body = match length {
            Length::Known(length) => {
                let mut body = vec![0; length];
                self.stream.read_exact(&mut body)?;
                body
            }
            Length::Chunked => read_chunks(&mut self.stream)?,
        };
        Ok(Answer { status, body })
    }
}

enum Length {
    Known(usize),
    Chunked,
}

fn read_head(stream: &mut BufReader<TcpStream>) -> std::io::Result<(u16, Length)> {
    let wrong = |what: &str| std::io::Error::new(std::io::ErrorKind::InvalidData, what.to_owned());
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| wrong("the server closed the connection or does not speak HTTP"))?;
    let mut length = Length::Known(0);
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let header = line.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            return Ok((status, length));
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = Length::Known(
                value
                    .trim()
                    .parse()
                    .map_err(|_| wrong("a content length is a number"))?,
            );
        } else if header == "transfer-encoding: chunked" {
            length = Length::Chunked;
        }
    }
}

fn read_chunks(stream: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    let mut line = String::new();
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16).map_err(|_| {
            std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                "a chunk begins with its size",
            )
        })?;
        let start = body.len();
        body.resize(start + size, 0);
        stream.read_exact(&mut body[start..])?;
        line.clear();
        stream.read_line(&mut line)?;
        if size == 0 {
            return Ok(body);
        }
    }
}

/// Listens to a live page and gives the time at which each of its events arrived.
pub struct Listener {
    stream: BufReader<TcpStream>,
}

impl Listener {
    pub fn connect(address: SocketAddr, secret: &str, path: &str) -> std::io::Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {address}\r\ncookie: hardwon_session={secret}\r\naccept: text/event-stream\r\n\r\n"
        );
        stream.write_all(request.as_bytes())?;
        let mut stream = BufReader::with_capacity(1024, stream);
        let (status, _) = read_head(&mut stream)?;
        if status != 200 {
            return Err(std::io::Error::other(format!(
                "the live page answered {status}"
            )));
        }
        stream.get_ref().set_nonblocking(true)?;
        Ok(Self { stream })
    }

    /// Whatever lines have arrived by now.
    pub fn lines(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        while let Ok(count) = self.stream.read_line(&mut line) {
            if count == 0 {
                break;
            }
            if line.ends_with('\n') {
                lines.push(std::mem::take(&mut line));
            }
        }
        lines
    }
}
