use crate::site::{Person, Site, everywhere};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use hardwon_core::Role;
use hardwon_core::id::{MeetingId, QuestionId, ReviewId};
use hardwon_core::meetings::{self, Meeting};
use hardwon_core::page::Page;
use hardwon_core::questions::{self, Naming, Vote};
use hardwon_core::reviews::{self, ReviewRole, Visibility, participants, privacy};
use serde_json::json;

/// A review of Ada's in which Ken of Tokyo and Lea of Berlin are named.
pub struct World {
    pub ada: Person,
    pub ken: Person,
    pub lea: Person,
    pub review: ReviewId,
}

pub async fn world(site: &Site) -> World {
    let ada = site.person("Ada Novak", Role::Member).await;
    let ken = site.person("Ken Mori", Role::Member).await;
    let lea = site.person("Lea Brandt", Role::Member).await;
    for (person, zone) in [(&ken, "Asia/Tokyo"), (&lea, "Europe/Berlin")] {
        let id = person.id;
        site.app
            .db
            .write(move |tx| tx.execute("update person set zone = $2 where id = $1", &[&id, &zone]))
            .await
            .unwrap();
    }
    let fields = [("title", "Queue for order mails"), ("text", "# Problem\n")];
    site.follow(&ada, "/reviews", &fields).await;
    let review = site
        .verb(&ada, |ctx, tx| {
            let review = reviews::get(ctx, tx, 1)?.id;
            for name in ["Ken Mori", "Lea Brandt"] {
                let who = participants::find_principal(tx, name)?;
                participants::add(ctx, tx, review, &who, ReviewRole::Stakeholder)?;
            }
            // Only what the test asks is on the agenda.
            let all = questions::Filter {
                sort: questions::Sort::New,
                show: questions::Show::Asked,
                round: None,
            };
            for prompt in questions::list(ctx, tx, review, &all, &Page::default())?.items {
                questions::set_aside(ctx, tx, prompt.id, "Not here.")?;
            }
            Ok(review)
        })
        .await;
    World {
        ada,
        ken,
        lea,
        review,
    }
}

/// Schedules for Tuesday at ten in London, which is 19:00 in Tokyo.
pub async fn scheduled(site: &Site, world: &World) -> MeetingId {
    let fields = [
        ("date", "2026-03-03"),
        ("time", "10:00"),
        ("place", "https://meet.loomcraft.example/queue"),
    ];
    let address = site
        .follow(&world.ada, "/reviews/1/meetings", &fields)
        .await;
    assert_eq!(address, "/reviews/1/meeting");
    current(site, world).await.id
}

pub async fn current(site: &Site, world: &World) -> Meeting {
    let review = world.review;
    site.verb(&world.ada, move |_, tx| {
        Ok(meetings::current(tx, review)?.unwrap())
    })
    .await
}

pub async fn ask(site: &Site, who: &Person, review: ReviewId, body: &'static str) -> QuestionId {
    site.verb(who, move |ctx, tx| {
        Ok(questions::ask(ctx, tx, review, body, Naming::Named)?.id)
    })
    .await
}

pub async fn vote(site: &Site, who: &Person, question: QuestionId) {
    site.verb(who, move |ctx, tx| {
        questions::vote(ctx, tx, question, Vote::For)
    })
    .await;
}

#[test]
fn everybody_is_shown_their_local_time_before_anything_is_sent() {
    everywhere(async |site| {
        let world = world(&site).await;
        let form = site.get(&world.ada, "/reviews/1/meeting/new").await;
        form.has("3 invited").has("Times that suit most");
        let late = "/reviews/1/meeting/new?date=2026-03-03&time=16:00";
        site.get(&world.ada, late)
            .await
            .has("Asia/Tokyo")
            .has("Wed 01:00 to 02:00, night")
            .has("Tue 17:00 to 18:00")
            .has("It is night for 1 of 3 people.");
        let fields = [
            ("date", "2026-03-03"),
            ("time", "16:00"),
            ("place", "Room 4"),
        ];
        let asked = site.post(&world.ada, "/reviews/1/meetings", &fields).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        asked.has("This is at night for one person").has("Room 4");
        let seen = fields
            .iter()
            .copied()
            .chain([("seen", "1772553600000")])
            .collect::<Vec<_>>();
        site.follow(&world.ada, "/reviews/1/meetings", &seen).await;
        site.get(&world.lea, "/reviews/1/meeting")
            .await
            .has("Tue 3 Mar 2026, 17:00")
            .has("Will you be there?");
        site.get(&world.ada, "/reviews?state=scheduled")
            .await
            .has("Queue for order mails");
    });
}

#[test]
fn a_form_that_cannot_be_keeps_everything() {
    everywhere(async |site| {
        let world = world(&site).await;
        for (fields, message) in [
            (
                [("date", "2026-03-29"), ("time", "01:30")],
                "The clocks go forward",
            ),
            (
                [("date", "2026-03-01"), ("time", "11:30")],
                "This is in the past",
            ),
            ([("date", "soon"), ("time", "11:30")], "Please give a day"),
            (
                [("questions", "500"), ("time", "11:30")],
                "Please give a day",
            ),
        ] {
            let fields = [&fields[..], &[("place", "Room 4")]].concat();
            let answer = site.post(&world.ada, "/reviews/1/meetings", &fields).await;
            assert_eq!(
                answer.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{fields:?}"
            );
            answer.has(message).has("Room 4");
        }
        site.get(&world.ada, "/reviews/1/meeting")
            .await
            .has("No meeting is scheduled");
        let other = site.person("Mo Diaz", Role::Member).await;
        let fields = [("date", "2026-03-03"), ("time", "10:00")];
        let denied = site.post(&other, "/reviews/1/meetings", &fields).await;
        assert_eq!(denied.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn a_meeting_is_moved_and_called_off_in_calendars_too() {
    everywhere(async |site| {
        let world = world(&site).await;
        let id = scheduled(&site, &world).await;
        let first = site.get(&world.ken, "/reviews/1/meeting.ics").await;
        first
            .has("DTSTART:20260303T100000Z")
            .has("SEQUENCE:0")
            .has("METHOD:PUBLISH")
            .has(&format!("UID:meeting-{id}@localhost"));
        let again = site
            .post(
                &world.ada,
                "/reviews/1/meetings",
                &[("date", "2026-03-04"), ("time", "10:00")],
            )
            .await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        let times = format!("/meetings/{id}/times");
        let fields = [("date", "2026-03-04"), ("time", "09:30"), ("version", "1")];
        site.follow(&world.ada, &times, &fields).await;
        let stale = site.post(&world.ada, &times, &fields).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        site.get(&world.ken, "/reviews/1/meeting.ics")
            .await
            .has("DTSTART:20260304T093000Z")
            .has("SEQUENCE:1")
            .has(&format!("UID:meeting-{id}@localhost"));
        let off = format!("/meetings/{id}/cancellation");
        let bare = site.post(&world.ada, &off, &[("reason", " ")]).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        site.follow(&world.ada, &off, &[("reason", "The prototype is late.")])
            .await;
        site.get(&world.ken, "/reviews/1/meeting.ics")
            .await
            .has("STATUS:CANCELLED")
            .has("SEQUENCE:2");
        site.get(&world.ken, "/reviews/1/meeting")
            .await
            .has("This meeting was called off")
            .has("The prototype is late.");
        site.get(&world.ada, "/reviews?state=circulating")
            .await
            .has("Queue for order mails");
    });
}

#[test]
fn a_meeting_goes_from_presentation_through_questions_to_the_outcome() {
    everywhere(async |site| {
        let world = world(&site).await;
        let id = scheduled(&site, &world).await;
        let cost = ask(&site, &world.ken, world.review, "What does it cost?").await;
        let pager = ask(&site, &world.lea, world.review, "Who is woken at night?").await;
        for person in [&world.ada, &world.lea] {
            vote(&site, person, pager).await;
        }
        vote(&site, &world.lea, cost).await;
        let post = async |who: &Person, path: &str, fields: &[(&str, &str)]| {
            site.follow(who, &format!("/meetings/{id}{path}"), fields)
                .await
        };
        let ken_leads = site
            .post(
                &world.ken,
                &format!("/meetings/{id}/phase"),
                &[("phase", "presentation")],
            )
            .await;
        assert_eq!(ken_leads.status, StatusCode::FORBIDDEN);
        post(&world.ada, "/phase", &[("phase", "presentation")]).await;
        site.get(&world.ada, "/reviews?state=in-review")
            .await
            .has("Queue for order mails");
        post(&world.ken, "/presence", &[]).await;
        post(&world.ada, "/phase", &[("phase", "questions")]).await;
        let room = site.get(&world.ken, "/reviews/1/meeting").await;
        room.has("id=\"now\">Who is woken at night?")
            .has("2 for · 0 against")
            .has("Ken Mori");
        let end = [
            ("question", pager.to_string()),
            ("end", "followed-up".to_owned()),
            ("owner", "Lea Brandt (@lea-brandt)".to_owned()),
        ];
        let end: Vec<(&str, &str)> = end.iter().map(|(k, v)| (*k, v.as_str())).collect();
        post(&world.ada, "/question-ends", &end).await;
        site.get(&world.ken, "/reviews/1/meeting")
            .await
            .has("id=\"now\">What does it cost?")
            .has("Followed up");
        let end = [
            ("question", cost.to_string()),
            ("end", "answered".to_owned()),
        ];
        let end: Vec<(&str, &str)> = end.iter().map(|(k, v)| (*k, v.as_str())).collect();
        post(&world.ada, "/question-ends", &end).await;
        site.get(&world.ken, "/reviews/1/meeting")
            .await
            .has("Every question has been discussed.");
        post(&world.ken, "/parked", &[("park", "One queue for all?")]).await;
        post(&world.ada, "/phase", &[("phase", "outcome")]).await;
        post(&world.ada, "/polls", &[("statement", "We build it.")]).await;
        let poll = site
            .verb(&world.ada, {
                let review = world.review;
                move |_, tx| Ok(meetings::polls(tx, review, 1)?[0].id)
            })
            .await;
        let votes = format!("/polls/{poll}/votes");
        site.follow(&world.ken, &votes, &[("choice", "agree")])
            .await;
        let words = [("choice", "disagree"), ("words", "Too early.")];
        site.follow(&world.lea, &votes, &words).await;
        site.get(&world.ada, "/reviews/1/meeting")
            .await
            .has("Too early.")
            .has("Make it a question");
        site.follow(&world.ada, &format!("/polls/{poll}/closing"), &[])
            .await;
        let late = site.post(&world.ken, &votes, &[("choice", "agree")]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        post(&world.ada, "/phase", &[("phase", "over")]).await;
        site.get(&world.ken, "/reviews/1/meeting")
            .await
            .has("The meeting is over.");
        let record = site
            .verb(&world.ada, {
                let review = world.review;
                move |_, tx| meetings::of_round(tx, review, 1)
            })
            .await;
        let held = &record.meetings[0];
        assert_eq!(
            (
                held.present.len(),
                held.parked.len(),
                record.polls[0].disagree
            ),
            (1, 1, 1)
        );
    });
}

#[test]
fn two_people_who_write_notes_at_once_lose_nothing() {
    everywhere(async |site| {
        let world = world(&site).await;
        let id = scheduled(&site, &world).await;
        let path = format!("/meetings/{id}/notes");
        let put = async |who: &Person, base: i64, text: &str| {
            let headers = [
                ("content-type", "application/json"),
                ("if-match", &*format!("\"{base}\"")),
            ];
            let body = Body::from(json!({ "text": text }).to_string());
            let answer = site
                .send(Some(who), Method::PUT, &path, &headers, body)
                .await;
            (answer.status, answer.value())
        };
        let (status, saved) = put(&world.ken, 1, "one\ntwo\nthree\n").await;
        assert_eq!((status, &saved), (StatusCode::OK, &json!({ "version": 2 })));
        // Both begin from version 2, in different lines: united, and the second learns of it.
        put(&world.ken, 2, "ONE\ntwo\nthree\n").await;
        let (status, saved) = put(&world.lea, 2, "one\ntwo\nTHREE\n").await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(saved, json!({ "version": 4, "text": "ONE\ntwo\nTHREE\n" }));
        // The same line: nothing is written, the second sees the first's.
        put(&world.ken, 4, "ONE\nKen\nTHREE\n").await;
        let (status, saved) = put(&world.lea, 4, "ONE\nLea\nTHREE\n").await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert_eq!(saved, json!({ "version": 5, "text": "ONE\nKen\nTHREE\n" }));
        // Without script both texts are on the page.
        let fields = [("text", "ONE\nLea\nTHREE\n"), ("base", "4")];
        let both = site.post(&world.lea, &path, &fields).await;
        assert_eq!(both.status, StatusCode::CONFLICT);
        both.has("Ken").has("Lea").has("name=\"base\" value=\"5\"");
    });
}

#[test]
fn a_calendar_is_followed_at_a_secret_address_until_it_is_stopped() {
    everywhere(async |site| {
        let world = world(&site).await;
        scheduled(&site, &world).await;
        let page = site.post(&world.ken, "/calendar/address", &[]).await;
        let secret = page
            .body
            .split("/calendar/")
            .find_map(|rest| rest.split_once(".ics").map(|(secret, _)| secret))
            .filter(|secret| secret.len() == 43)
            .unwrap()
            .to_owned();
        let address = format!("/calendar/{secret}.ics");
        let feed = async || {
            site.send(None, Method::GET, &address, &[], Body::empty())
                .await
        };
        feed().await.has("Queue for order mails");
        // The address opens nothing else, and no other secret opens it.
        let bearer = format!("Bearer {secret}");
        let headers = [("authorization", bearer.as_str())];
        let other = site
            .send(None, Method::GET, "/reviews/1", &headers, Body::empty())
            .await;
        assert!(!other.body.contains("Queue for order mails"));
        // A review that becomes private without Ken leaves his calendar.
        let review = world.review;
        let ken = world.ken.id.to_string();
        site.verb(&world.ada, move |ctx, tx| {
            privacy::set_visibility(ctx, tx, review, Visibility::Private)?;
            privacy::revoke(ctx, tx, review, &ken)
        })
        .await;
        feed().await.lacks("Queue for order mails");
        site.follow(&world.ken, "/calendar/address/removal", &[])
            .await;
        assert_eq!(feed().await.status, StatusCode::NOT_FOUND);
        let wrong = site
            .send(
                None,
                Method::GET,
                "/calendar/nobody.ics",
                &[],
                Body::empty(),
            )
            .await;
        assert_eq!(wrong.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_private_meeting_looks_as_if_it_did_not_exist() {
    everywhere(async |site| {
        let world = world(&site).await;
        let id = scheduled(&site, &world).await;
        let question = ask(&site, &world.ken, world.review, "What does it cost?").await;
        let (poll, parked) = site
            .verb(&world.ada, {
                let review = world.review;
                move |ctx, tx| {
                    let poll = meetings::open_poll(ctx, tx, review, Some(id), "We do.")?;
                    let parked = meetings::park(ctx, tx, id, "Later")?;
                    privacy::set_visibility(ctx, tx, review, Visibility::Private)?;
                    Ok((poll, parked))
                }
            })
            .await;
        let outsider = site.person("Mo Diaz", Role::Administrator).await;
        for path in [
            "/reviews/1/meeting".to_owned(),
            "/reviews/1/meeting/new".to_owned(),
            "/reviews/1/meeting.ics".to_owned(),
            "/reviews/1/live".to_owned(),
            format!("/meetings/{id}/move"),
            format!("/meetings/{id}/cancellation/new"),
        ] {
            let answer = site.get(&outsider, &path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "GET {path}");
        }
        let question = question.to_string();
        let when = [("date", "2026-03-04"), ("time", "10:00")];
        for (path, fields) in [
            ("/reviews/1/meetings".to_owned(), &when[..]),
            (format!("/meetings/{id}/times"), &when[..]),
            (
                format!("/meetings/{id}/cancellation"),
                &[("reason", "x")][..],
            ),
            (
                format!("/meetings/{id}/answer"),
                &[("answer", "coming")][..],
            ),
            (format!("/meetings/{id}/presence"), &[][..]),
            (
                format!("/meetings/{id}/phase"),
                &[("phase", "presentation")][..],
            ),
            (
                format!("/meetings/{id}/question"),
                &[("question", &*question)][..],
            ),
            (
                format!("/meetings/{id}/question-ends"),
                &[("question", &*question), ("end", "unresolved")][..],
            ),
            (
                format!("/meetings/{id}/notes"),
                &[("text", "x"), ("base", "1")][..],
            ),
            (format!("/meetings/{id}/parked"), &[("park", "x")][..]),
            (
                format!("/parked/{parked}/state"),
                &[("state", "dropped")][..],
            ),
            (format!("/meetings/{id}/polls"), &[("statement", "x")][..]),
            (format!("/polls/{poll}/votes"), &[("choice", "agree")][..]),
            (format!("/polls/{poll}/closing"), &[][..]),
        ] {
            let answer = site.post(&outsider, &path, fields).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "POST {path}");
        }
        site.get(&outsider, "/calendar").await.lacks("Queue");
        site.get(&world.ken, "/calendar").await.has("Queue");
    });
}
