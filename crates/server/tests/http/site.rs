//! One organisation to test against: the router with a frozen clock, seeded randomness and an empty database.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use hardwon::app::App;
use hardwon::config::{Config, Flags};
use hardwon::http::router::router;
use hardwon_core::ctx::Frozen;
use hardwon_core::id::PersonId;
use hardwon_core::people::{PersonForm, PersonState};
use hardwon_core::{Ctx, Error, Role, World, auth, organisation, people};
use hardwon_db::testing::{self, Guard};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tower::ServiceExt as _;

/// Monday 2 March 2026, 09:00 UTC.
pub const START: i64 = 1_772_442_000_000;

pub struct Site {
    pub app: App,
    pub clock: Arc<Frozen>,
    pub world: World,
    router: Router,
    guard: Guard,
    _folder: Folder,
}

/// A folder of a test's own, gone with it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("hardwon-site-{}-{number}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Somebody with a browser.
#[derive(Clone)]
pub struct Person {
    pub id: PersonId,
    pub role: Role,
    pub name: String,
    cookie: String,
}

impl Person {
    /// What their browser sends.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Somebody whom nobody knows.
    pub fn nobody() -> Self {
        Self {
            id: PersonId(uuid::Uuid::nil()),
            role: Role::Member,
            name: String::new(),
            cookie: String::new(),
        }
    }

    /// Somebody who is there already, by the secret of their session.
    pub fn known(id: PersonId, role: Role, name: &str, secret: &str) -> Self {
        Self {
            id,
            role,
            name: name.to_owned(),
            cookie: format!("hardwon_session={secret}"),
        }
    }

    /// Whoever an answer signed in.
    pub fn with(answer: &Answer) -> Self {
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        Self {
            cookie: cookie.split(';').next().unwrap().to_owned(),
            ..Self::nobody()
        }
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// Runs a test once on each database, in an organisation of its own.
pub fn everywhere<F: Future<Output = ()>>(test: impl Fn(Site) -> F) {
    unfounded(async |site| {
        let ctx = Ctx::operator(&site.world);
        site.app
            .db
            .write(move |tx| organisation::found(&ctx, tx, "Loomcraft", "Europe/London"))
            .await
            .unwrap();
        test(site).await;
    });
}

/// Runs a test once on each database, before there is an organisation.
pub fn unfounded(test: impl AsyncFn(Site)) {
    // Both databases are held against the same snapshots.
    insta::allow_duplicates! {
    for backend in testing::backends() {
        let (db, guard) = testing::fresh(backend);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            test(Site::on(db, guard)).await;
        });
    }
    }
}

impl Site {
    fn on(db: hardwon_db::Db, guard: Guard) -> Self {
        let (world, clock) = World::frozen(START, 7);
        let folder = Folder::new();
        let flags = Flags {
            data: Some(folder.0.clone()),
            ..Flags::default()
        };
        let app = App::new(db, world.clone(), Config::load(flags).unwrap()).unwrap();
        Self {
            router: router(app.clone()),
            app,
            clock,
            world,
            guard,
            _folder: folder,
        }
    }

    /// Where its database is, for another node.
    pub fn target(&self) -> &hardwon_db::Target {
        &self.guard.target
    }

    /// A new person, signed in.
    pub async fn person(&self, name: &str, role: Role) -> Person {
        let ctx = Ctx::operator(&self.world);
        let form = PersonForm {
            name: name.to_owned(),
            email: Some(format!(
                "{}@loomcraft.example",
                name.to_lowercase().replace(' ', ".")
            )),
            role,
            state: PersonState::Active,
            zone: "Europe/London".to_owned(),
            locale: "en-GB".to_owned(),
        };
        let (id, secret) = self
            .app
            .db
            .write(move |tx| {
                let id = people::create(&ctx, tx, &form)?;
                let secret = auth::begin_session(&ctx, tx, id, 30, "203.0.113.7", "test")?;
                Ok::<_, Error>((id, secret.text))
            })
            .await
            .unwrap();
        Person {
            id,
            role,
            name: name.to_owned(),
            cookie: format!("hardwon_session={secret}"),
        }
    }

    pub async fn get(&self, who: &Person, path: &str) -> Answer {
        self.send(Some(who), Method::GET, path, &[], Body::empty())
            .await
    }

    pub async fn post(&self, who: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_html_form::to_string(fields).unwrap();
        let kind = (
            header::CONTENT_TYPE.as_str(),
            "application/x-www-form-urlencoded",
        );
        self.send(Some(who), Method::POST, path, &[kind], Body::from(body))
            .await
    }

    /// Posts a form and gives where it leads; the test fails if it leads nowhere.
    pub async fn follow(&self, who: &Person, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(who, path, fields).await;
        assert!(
            answer.status.is_redirection(),
            "POST {path} answered {}: {}",
            answer.status,
            answer.body
        );
        answer.headers[header::LOCATION]
            .to_str()
            .unwrap()
            .to_owned()
    }

    pub async fn json(
        &self,
        who: &Person,
        method: Method,
        path: &str,
        body: &serde_json::Value,
    ) -> Answer {
        let kind = (header::CONTENT_TYPE.as_str(), "application/json");
        let body = if body.is_null() {
            Body::empty()
        } else {
            Body::from(body.to_string())
        };
        self.send(Some(who), method, path, &[kind], body).await
    }

    pub async fn send(
        &self,
        who: Option<&Person>,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(who) = who.filter(|who| !who.cookie.is_empty()) {
            request = request.header(header::COOKIE, &who.cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self
            .router
            .clone()
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        // A stream has no end to wait for.
        let streams = parts
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind == "text/event-stream");
        let bytes = if streams {
            axum::body::Bytes::new()
        } else {
            to_bytes(body, usize::MAX).await.unwrap()
        };
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Opens something that goes on: the status, and the body to read from.
    pub async fn open(&self, who: &Person, path: &str) -> (StatusCode, Body) {
        let request = Request::builder()
            .uri(path)
            .header(header::COOKIE, &who.cookie);
        let request = request.body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        (response.status(), response.into_body())
    }

    /// Runs a verb of the core as this person; it must work.
    pub async fn verb<T: Send + 'static>(
        &self,
        who: &Person,
        verb: impl Fn(&Ctx, &mut hardwon_core::Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> T {
        let ctx = self.ctx(who);
        self.app.db.write(move |tx| verb(&ctx, tx)).await.unwrap()
    }

    /// What a verb of the core does, as this person.
    pub fn ctx(&self, who: &Person) -> Ctx {
        Ctx::new(
            &self.world,
            hardwon_core::Actor::Person {
                id: who.id,
                role: who.role,
            },
            "test",
        )
    }
}

impl Answer {
    pub fn value(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }

    #[track_caller]
    pub fn has(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "{text:?} is not in {}", self.body);
        self
    }

    #[track_caller]
    pub fn lacks(&self, text: &str) -> &Self {
        assert!(!self.body.contains(text), "{text:?} is in {}", self.body);
        self
    }
}
