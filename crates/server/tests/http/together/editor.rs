//! An editor as a program might have written it.

use crate::site::{Person, Site};
use axum::http::{StatusCode, header};
use futures_util::{SinkExt as _, StreamExt as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use yrs::encoding::read::{Cursor, Read as _};
use yrs::encoding::write::Write as _;
use yrs::updates::decoder::Decode as _;
use yrs::updates::encoder::Encode as _;
use yrs::{
    Doc, GetString as _, OffsetKind, Options, ReadTxn as _, StateVector, Text as _, TextRef,
    Transact as _, TransactionMut, Update,
};

pub const PATIENCE: Duration = Duration::from_secs(10);

pub struct Editor {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub doc: Doc,
    pub saved: u64,
    pub presence: String,
}

pub async fn serve(site: &Site) -> SocketAddr {
    hardwon::jobs::start(&site.app);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = hardwon::http::router::router(site.app.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

pub async fn connect(
    server: SocketAddr,
    who: &Person,
    more: &[(&str, &str)],
) -> Result<Editor, StatusCode> {
    let options = Options {
        offset_kind: OffsetKind::Utf16,
        ..Options::default()
    };
    connect_with(server, who, more, Doc::with_options(options)).await
}

/// Comes with what an editor has already.
pub async fn connect_with(
    server: SocketAddr,
    who: &Person,
    more: &[(&str, &str)],
    doc: Doc,
) -> Result<Editor, StatusCode> {
    let address = format!("ws://{server}/reviews/1/document/sync?saved=1");
    let mut request = address.into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert(header::COOKIE, who.cookie().parse().unwrap());
    for (name, value) in more {
        let name: header::HeaderName = name.parse().unwrap();
        headers.insert(name, value.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((socket, _)) => {
            let mut editor = Editor {
                socket,
                doc,
                saved: 0,
                presence: String::new(),
            };
            let state = editor.doc.transact().state_vector().encode_v1();
            editor.say(0, &state).await;
            Ok(editor)
        }
        Err(Error::Http(answer)) => Err(answer.status()),
        Err(error) => panic!("no connection: {error}"),
    }
}

impl Editor {
    pub async fn send(&mut self, frame: Vec<u8>) {
        let _ = self.socket.send(Message::Binary(frame.into())).await;
    }

    pub async fn say(&mut self, step: u8, body: &[u8]) {
        let mut frame = Vec::new();
        frame.write_var(0_u8);
        frame.write_var(step);
        frame.write_buf(body);
        self.send(frame).await;
    }

    pub fn text(&self) -> String {
        let content = self.doc.get_or_insert_text("content");
        content.get_string(&self.doc.transact())
    }

    /// Types at the end.
    pub async fn add(&mut self, words: &str) {
        let update = self.change(|content, transaction| content.push(transaction, words));
        self.say(2, &update).await;
    }

    /// Changes the text here, and gives what there would be to send.
    pub fn change(&self, change: impl FnOnce(&TextRef, &mut TransactionMut<'_>)) -> Vec<u8> {
        let content = self.doc.get_or_insert_text("content");
        let mut transaction = self.doc.transact_mut();
        change(&content, &mut transaction);
        transaction.encode_update_v1()
    }

    /// Hears one message; the close code when the connection ends.
    pub async fn hear(&mut self) -> Result<(), u16> {
        let message = tokio::time::timeout(PATIENCE, self.socket.next()).await;
        let Ok(message) = message else {
            panic!(
                "the server says nothing more: {:?} {}",
                self.text(),
                self.saved
            );
        };
        let frame = match message {
            Some(Ok(Message::Binary(frame))) => frame,
            Some(Ok(Message::Close(close))) => {
                return Err(close.map_or(1005, |close| close.code.into()));
            }
            Some(Ok(_)) => return Ok(()),
            Some(Err(_)) | None => return Err(1006),
        };
        let mut cursor = Cursor::new(&frame);
        match cursor.read_var::<u8>().unwrap() {
            0 => {
                let step = cursor.read_var::<u8>().unwrap();
                let body = cursor.read_buf().unwrap();
                if step == 0 {
                    let state = StateVector::decode_v1(body).unwrap();
                    let rest = self.doc.transact().encode_state_as_update_v1(&state);
                    self.say(1, &rest).await;
                } else {
                    let update = Update::decode_v1(body).unwrap();
                    self.doc.transact_mut().apply_update(update).unwrap();
                }
            }
            1 => self.presence.push_str(&String::from_utf8_lossy(&frame)),
            100 => {
                let body = cursor.read_buf().unwrap();
                self.saved = Cursor::new(body).read_var().unwrap();
            }
            other => panic!("message {other}"),
        }
        Ok(())
    }

    /// Hears what comes within this time.
    pub async fn listen(&mut self, time: Duration) -> Result<(), u16> {
        let until = tokio::time::Instant::now() + time;
        while let Ok(heard) = tokio::time::timeout_at(until, self.hear()).await {
            heard?;
        }
        Ok(())
    }

    pub async fn until(&mut self, done: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !done(self) {
            self.hear().await.expect("the connection stays");
            assert!(
                begun.elapsed() < PATIENCE,
                "{:?} {}",
                self.text(),
                self.saved
            );
        }
    }

    pub async fn end(&mut self) -> u16 {
        loop {
            if let Err(code) = self.hear().await {
                return code;
            }
        }
    }
}
