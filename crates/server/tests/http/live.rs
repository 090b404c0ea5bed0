//! The live channel, in process: what one person does reaches those who look, and nobody else.

use crate::meetings::{ask, scheduled, vote, world};
use crate::site::everywhere;
use axum::body::{Body, BodyDataStream};
use axum::http::StatusCode;
use futures_util::StreamExt as _;
use hardwon::jobs;
use hardwon_core::Role;
use hardwon_core::access::{self, Need};
use hardwon_core::meetings::{self, Phase};
use hardwon_core::reviews::{Visibility, privacy};
use serde_json::Value;
use std::time::Duration;

/// Somebody who listens.
struct Ear(BodyDataStream);

impl Ear {
    fn new(body: Body) -> Self {
        Self(body.into_data_stream())
    }

    /// The next event with this name, or nothing when the stream ended.
    async fn hear(&mut self, name: &str) -> Option<Value> {
        let patience = Duration::from_secs(10);
        loop {
            let next = tokio::time::timeout(patience, self.0.next());
            let frame = next.await.expect("an event within ten seconds")?.unwrap();
            let text = String::from_utf8(frame.to_vec()).unwrap();
            let field = |key: &str| {
                text.lines()
                    .find_map(|line| Some(line.strip_prefix(key)?.trim().to_owned()))
            };
            if field("event:").as_deref() == Some(name) {
                return Some(serde_json::from_str(&field("data:").unwrap()).unwrap());
            }
        }
    }

    /// The part of this id in the next swaps.
    async fn part(&mut self, id: &str) -> Value {
        loop {
            let parts = self.hear("swap").await.expect("the stream goes on");
            if let Some(part) = named(&parts, id) {
                return part.clone();
            }
        }
    }

    /// The agenda's order that comes together with a part that says this.
    async fn order(&mut self, id: &str, says: &str) -> Vec<String> {
        loop {
            let parts = self.hear("swap").await.expect("the stream goes on");
            if named(&parts, id).is_some_and(|part| part.to_string().contains(says)) {
                let order = named(&parts, "agenda").unwrap()["order"].clone();
                return serde_json::from_value(order).unwrap();
            }
        }
    }
}

fn named<'a>(parts: &'a Value, id: &str) -> Option<&'a Value> {
    parts
        .as_array()
        .unwrap()
        .iter()
        .find(|part| part["id"] == id)
}

#[test]
fn a_vote_reaches_everybody_who_looks_and_nobody_else() {
    everywhere(async |site| {
        let world = world(&site).await;
        scheduled(&site, &world).await;
        let cost = ask(&site, &world.ken, world.review, "What does it cost?").await;
        let pager = ask(&site, &world.lea, world.review, "Who is woken at night?").await;
        jobs::start(&site.app);
        let (status, one) = site.open(&world.ken, "/reviews/1/live").await;
        assert_eq!(status, StatusCode::OK);
        let (_, two) = site.open(&world.lea, "/reviews/1/live").await;
        let (mut one, mut two) = (Ear::new(one), Ear::new(two));
        vote(&site, &world.ada, cost).await;
        for ear in [&mut one, &mut two] {
            let tally = ear.part(&format!("tally-{cost}")).await;
            assert!(tally["html"].as_str().unwrap().contains("+1"), "{tally}");
        }
        vote(&site, &world.ken, pager).await;
        vote(&site, &world.lea, pager).await;
        // What is voted up goes to the top of the agenda.
        let tally = format!("tally-{pager}");
        while !one.part(&tally).await["html"].to_string().contains("+2") {}
        let review = world.review;
        let meeting = crate::meetings::current(&site, &world).await;
        let ranks = site
            .verb(&world.ada, move |_, tx| meetings::ranking(tx, &meeting))
            .await;
        assert_eq!(ranks[0].id, pager);
        vote(&site, &world.lea, cost).await;
        let order = two.order(&format!("tally-{cost}"), "+2").await;
        let wanted: Vec<_> = site
            .verb(&world.ada, move |ctx, tx| {
                let standing = access::review(ctx, tx, review, Need::See)?;
                let meeting = meetings::current(tx, standing.id)?.unwrap();
                meetings::ranking(tx, &meeting)
            })
            .await
            .iter()
            .map(|rank| format!("agenda-{}", rank.number))
            .collect();
        assert_eq!(order, wanted);
        assert_eq!(order.len(), 2);
    });
}

#[test]
fn whoever_comes_back_is_told_what_they_missed() {
    everywhere(async |site| {
        let world = world(&site).await;
        let id = scheduled(&site, &world).await;
        let page = site.get(&world.ken, "/reviews/1/meeting").await;
        let since = page
            .body
            .split_once("data-since=\"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .unwrap()
            .0
            .to_owned();
        site.verb(&world.ada, move |ctx, tx| {
            meetings::park(ctx, tx, id, "One queue for all?")
        })
        .await;
        let path = format!("/reviews/1/live?since={since}");
        let (_, body) = site.open(&world.ken, &path).await;
        let parked = Ear::new(body).part("parked").await;
        assert!(
            parked["html"]
                .as_str()
                .unwrap()
                .contains("One queue for all?")
        );
        for n in 0..200 {
            site.verb(&world.ada, move |ctx, tx| {
                meetings::park(ctx, tx, id, &format!("Thing {n}"))
            })
            .await;
        }
        let (_, body) = site.open(&world.ken, &path).await;
        assert!(Ear::new(body).hear("stale").await.is_some());
    });
}

#[test]
fn a_question_asked_meanwhile_is_there_to_vote_on_in_the_room() {
    everywhere(async |site| {
        let world = world(&site).await;
        scheduled(&site, &world).await;
        let room = "/reviews/1/meeting";
        site.get(&world.ken, room)
            .await
            .lacks("Should we discuss this?");
        jobs::start(&site.app);
        let (_, body) = site.open(&world.ken, "/reviews/1/live").await;
        let mut ear = Ear::new(body);
        let cost = ask(&site, &world.lea, world.review, "What does it cost?").await;
        let pager = ask(&site, &world.lea, world.review, "Who is woken at night?").await;
        // Which one is asked first is not the same for everybody, so each takes it from their own page.
        let parts = ear.hear("swap").await.unwrap();
        for id in ["room-vote", "question-next", "question-list"] {
            assert_eq!(named(&parts, id).unwrap()["again"], true, "{parts}");
        }
        let page = site.get(&world.ken, room).await;
        page.has("2 to vote on");
        let first = [cost, pager]
            .into_iter()
            .find(|id| {
                page.body
                    .contains(&format!("action=\"/questions/{id}/vote\""))
            })
            .unwrap();
        let form = [("vote", "for"), ("from", "meeting"), ("skip", "")];
        let back = site
            .follow(&world.ken, &format!("/questions/{first}/vote"), &form)
            .await;
        assert_eq!(back, "/reviews/1/meeting?skip=#room-vote");
        site.get(&world.ken, room)
            .await
            .has("1 to vote on")
            .lacks(&format!("action=\"/questions/{first}/vote\""));
    });
}

#[test]
fn whoever_has_the_room_open_is_there_once_the_meeting_begins() {
    everywhere(async |site| {
        let world = world(&site).await;
        let id = scheduled(&site, &world).await;
        jobs::start(&site.app);
        let path = format!("/reviews/1/live?room={id}");
        let (_, body) = site.open(&world.ken, &path).await;
        let mut ear = Ear::new(body);
        site.verb(&world.ada, move |ctx, tx| {
            meetings::enter(ctx, tx, id, Phase::Presentation)
        })
        .await;
        let head = ear.part("room-head").await;
        assert!(head["html"].as_str().unwrap().contains("Presentation"));
        let here = ear.part("here").await;
        assert!(
            here["html"].as_str().unwrap().contains("Ken Mori"),
            "{here}"
        );
        // Notes come as text with their version, for the field to take in.
        let saved = site
            .post(
                &world.ada,
                &format!("/meetings/{id}/notes"),
                &[("text", "Ada: begin.\n"), ("base", "1")],
            )
            .await;
        assert!(saved.status.is_redirection());
        let notes = ear.part("notes-text").await;
        assert_eq!(notes["value"], "Ada: begin.\n");
        assert_eq!(notes["version"], 2);
    });
}

#[test]
fn a_stream_ends_when_its_reader_is_shut_out() {
    everywhere(async |site| {
        let world = world(&site).await;
        let mo = site.person("Mo Diaz", Role::Member).await;
        jobs::start(&site.app);
        let (status, body) = site.open(&mo, "/reviews/1/live").await;
        assert_eq!(status, StatusCode::OK);
        let mut outsider = Ear::new(body);
        let (_, body) = site.open(&world.ken, "/reviews/1/live").await;
        let mut ken = Ear::new(body);
        let review = world.review;
        site.verb(&world.ada, move |ctx, tx| {
            privacy::set_visibility(ctx, tx, review, Visibility::Private)
        })
        .await;
        assert_eq!(outsider.hear("swap").await, None);
        let (status, _) = site.open(&mo, "/reviews/1/live").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        // Ken is named in it and goes on, until the server stops.
        let cost = ask(&site, &world.ken, world.review, "What does it cost?").await;
        vote(&site, &world.ada, cost).await;
        ken.part(&format!("tally-{cost}")).await;
        site.app.live.close();
        assert_eq!(ken.hear("swap").await, None);
    });
}
