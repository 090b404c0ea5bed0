//! Writing together, over real sockets: what one types the others see, what is acknowledged is on disk, and nobody writes
//! who may not.

use crate::outcome::proposal;
use crate::site::{Person, Site, everywhere};
use axum::http::{StatusCode, header};
use futures_util::{SinkExt as _, StreamExt as _};
use hardwon_core::Role;
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
    Doc, GetString as _, OffsetKind, Options, ReadTxn as _, StateVector, Text as _, Transact as _,
    Update,
};

const PATIENCE: Duration = Duration::from_secs(10);

/// An editor as a program might have written it.
struct Editor {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    doc: Doc,
    saved: u64,
    presence: String,
}

async fn serve(site: &Site) -> SocketAddr {
    hardwon::jobs::start(&site.app);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = hardwon::http::router::router(site.app.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn connect(
    server: SocketAddr,
    who: &Person,
    more: &[(&str, &str)],
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
            let options = Options {
                offset_kind: OffsetKind::Utf16,
                ..Options::default()
            };
            let mut editor = Editor {
                socket,
                doc: Doc::with_options(options),
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
    async fn send(&mut self, frame: Vec<u8>) {
        let _ = self.socket.send(Message::Binary(frame.into())).await;
    }

    async fn say(&mut self, step: u8, body: &[u8]) {
        let mut frame = Vec::new();
        frame.write_var(0_u8);
        frame.write_var(step);
        frame.write_buf(body);
        self.send(frame).await;
    }

    fn text(&self) -> String {
        let content = self.doc.get_or_insert_text("content");
        content.get_string(&self.doc.transact())
    }

    /// Types at the end.
    async fn add(&mut self, words: &str) {
        let content = self.doc.get_or_insert_text("content");
        let update = {
            let mut transaction = self.doc.transact_mut();
            content.push(&mut transaction, words);
            transaction.encode_update_v1()
        };
        self.say(2, &update).await;
    }

    /// Hears one message; the close code when the connection ends.
    async fn hear(&mut self) -> Result<(), u16> {
        let message = tokio::time::timeout(PATIENCE, self.socket.next()).await;
        let frame = match message.expect("the server says nothing") {
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

    async fn until(&mut self, done: impl Fn(&Self) -> bool) {
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

    async fn end(&mut self) -> u16 {
        loop {
            if let Err(code) = self.hear().await {
                return code;
            }
        }
    }
}

/// Waits until the page shows what was typed.
async fn shown(site: &Site, who: &Person, words: &str) {
    let begun = Instant::now();
    while !site.get(who, "/reviews/1").await.body.contains(words) {
        assert!(begun.elapsed() < PATIENCE, "the page does not follow");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[test]
fn what_one_types_the_others_see_and_the_page_follows() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Facilitator).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let server = serve(&site).await;
        let mut one = connect(server, &ada, &[]).await.unwrap();
        let mut two = connect(server, &ben, &[]).await.unwrap();
        one.until(|one| one.text().contains("Balances.")).await;
        two.until(|two| two.text().contains("Balances.")).await;
        one.add("Ada says 😀.\n").await;
        two.add("Ben says.\n").await;
        let both = |editor: &Editor| {
            let text = editor.text();
            text.contains("Ada says 😀.") && text.contains("Ben says.")
        };
        // The answer to the server's state and one update each.
        one.until(|one| both(one) && one.saved == 2).await;
        two.until(|two| both(two) && two.saved == 2).await;
        assert_eq!(one.text(), two.text());
        shown(&site, &ada, "Ben says.").await;
        // Who typed what is known from the sockets it came over.
        let told = site.get(&ada, "/api/v1/reviews/1/authors").await.value();
        let of = |name: &str| -> String {
            let words = told["words"].as_array().unwrap().iter();
            let own = words.filter(|one| one["author"]["name"] == name);
            own.map(|one| one["text"].as_str().unwrap()).collect()
        };
        assert!(of("Ada Novak").ends_with("Ada says 😀.\n"), "{told}");
        assert_eq!(of("Ben Osei"), "Ben says.\n");
        // A form that began from the first version is merged in, and whoever is writing gets it.
        let form = [
            ("title", "Payouts ledger"),
            ("base", "1"),
            ("text", "# The problem\n\nBalances.\n"),
        ];
        site.post(&ada, "/reviews/1/document", &form).await;
        one.until(|one| one.text().contains("The problem")).await;
        assert!(both(&one), "{}", one.text());
    });
}

#[test]
fn only_those_who_may_edit_write_and_only_while_they_may() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let server = serve(&site).await;
        let mut reader = connect(server, &ben, &[]).await.unwrap();
        reader.until(|one| one.text().contains("Balances.")).await;
        reader.add("Not mine.").await;
        assert_eq!(reader.end().await, 1008);
        let mut writer = connect(server, &ada, &[]).await.unwrap();
        writer.until(|one| one.text().contains("Balances.")).await;
        assert!(!writer.text().contains("Not mine."));

        let mut watching = connect(server, &ben, &[]).await.unwrap();
        watching.until(|one| one.text().contains("Balances.")).await;
        let private = [("visibility", "private")];
        site.follow(&ada, "/reviews/1/visibility", &private).await;
        assert_eq!(watching.end().await, 1008);
        let refused = connect(server, &ben, &[]).await.err();
        assert_eq!(refused, Some(StatusCode::NOT_FOUND));
        let foreign = [("origin", "https://evil.example")];
        let refused = connect(server, &ada, &foreign).await.err();
        assert_eq!(refused, Some(StatusCode::FORBIDDEN));
    });
}

#[test]
fn rubbish_ends_the_connection_and_nothing_else() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let server = serve(&site).await;
        let mut calm = connect(server, &ada, &[]).await.unwrap();
        calm.until(|one| one.text().contains("Balances.")).await;
        let boast = vec![0, 0, 5, 0xff, 0xff, 0xff, 0xfe, 0x02];
        let broken = vec![0, 2, 3, 1, 1, 200];
        for frame in [boast, broken, vec![0, 9, 0], vec![255; 40]] {
            let mut loud = connect(server, &ada, &[]).await.unwrap();
            loud.send(frame.clone()).await;
            assert_eq!(loud.end().await, 1007, "{frame:?}");
        }
        calm.add("Still here.").await;
        calm.until(|one| one.saved == 2).await;
    });
}

#[test]
fn a_presence_carries_the_name_of_whoever_signed_in() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let server = serve(&site).await;
        let mut one = connect(server, &ada, &[]).await.unwrap();
        one.until(|one| one.text().contains("Balances.")).await;
        let mut two = connect(server, &ben, &[]).await.unwrap();
        let state = r#"{"user":{"name":"Ada Novak"},"cursor":null}"#;
        let mut body = Vec::new();
        body.write_var(1_u32);
        body.write_var(77_u64);
        body.write_var(1_u32);
        body.write_buf(state.as_bytes());
        let mut frame = Vec::new();
        frame.write_var(1_u8);
        frame.write_buf(&body);
        two.send(frame).await;
        one.until(|one| one.presence.contains("Ben Osei")).await;
        assert!(!one.presence.contains("Ada Novak"), "{}", one.presence);
        one.presence.clear();
        drop(two);
        one.until(|one| one.presence.contains("null")).await;
    });
}
