//! How many requests one token or session may make in a minute, counted in memory: every node counts for itself.

use super::problem::Problem;
use crate::app::App;
use crate::http::auth::{Viewer, address};
use crate::http::error::{Failure, is_api};
use crate::http::gate::WorldClock;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock as _, Reference as _};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use hardwon_core::World;
use hardwon_core::auth::Proof;
use std::num::NonZeroU32;
use std::time::Duration;

const LEFT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const MINUTE: Duration = Duration::from_secs(60);
/// Keys kept before those that have been quiet for long enough are dropped.
const MANY: usize = 10_000;

pub struct Limits {
    clock: WorldClock,
    per_minute: NonZeroU32,
    limiter: RateLimiter<String, DashMapStateStore<String>, WorldClock, StateInformationMiddleware>,
}

struct Room {
    left: u32,
    /// Seconds until there is room for one more; 0 when there is room now.
    wait: u64,
}

impl Limits {
    pub fn new(world: &World, per_minute: u32) -> Self {
        let clock = WorldClock(world.clone());
        let per_minute = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(MINUTE / per_minute.get())
            .expect("a minute's part is longer than nothing")
            .allow_burst(per_minute);
        Self {
            limiter: RateLimiter::dashmap_with_clock(quota, clock.clone()).with_middleware(),
            clock,
            per_minute,
        }
    }

    fn take(&self, key: &String) -> Room {
        if self.limiter.len() > MANY {
            self.limiter.retain_recent();
        }
        match self.limiter.check_key(key) {
            Ok(state) => Room {
                left: state.remaining_burst_capacity(),
                wait: 0,
            },
            Err(until) => Room {
                left: 0,
                wait: until
                    .earliest_possible()
                    .duration_since(self.clock.now())
                    .as_u64()
                    .div_ceil(1_000_000_000)
                    .max(1),
            },
        }
    }

    /// The headers of the draft standard "RateLimit header fields for HTTP".
    fn mark(&self, room: &Room, response: &mut Response) {
        let used = u64::from(self.per_minute.get() - room.left.min(self.per_minute.get()));
        let full = (used * MINUTE.as_secs()).div_ceil(u64::from(self.per_minute.get()));
        let texts = [
            (
                POLICY,
                format!("\"default\";q={};w={}", self.per_minute, MINUTE.as_secs()),
            ),
            (LEFT, format!("\"default\";r={};t={full}", room.left)),
        ];
        for (name, text) in texts {
            let value = HeaderValue::try_from(text).expect("words and numbers are a header");
            response.headers_mut().insert(name, value);
        }
    }
}

/// Lets a request of the API through while there is room for whoever asks: a token, a session, or else an address. It
/// stands around everything that answers, so that each answer says how much room there is left.
pub async fn limit(
    State(app): State<App>,
    viewer: Result<Viewer, Failure>,
    request: Request,
    next: Next,
) -> Response {
    if !is_api(request.uri().path()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let visitor = viewer.ok().and_then(|viewer| viewer.0);
    let key = match visitor.as_ref().map(|visitor| &visitor.proof) {
        Some(Proof::Session(id)) => id.to_string(),
        Some(Proof::Token { id, .. }) => id.to_string(),
        None => address(&parts, &app),
    };
    let room = app.limits.take(&key);
    let mut response = if room.wait == 0 {
        next.run(Request::from_parts(parts, body)).await
    } else {
        let mut response = Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            format!(
                "More than {} requests in a minute; there is room again in {} s.",
                app.limits.per_minute, room.wait
            ),
        )
        .into_response();
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, room.wait.into());
        response
    };
    app.limits.mark(&room, &mut response);
    response
}
