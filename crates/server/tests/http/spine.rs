//! A review from first text to closing: document, versions, circulation, records, people, privacy, history.

use crate::site::{Person, Site, everywhere};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use hardwon_core::Role;
use serde_json::json;

const TEXT: &str = "# Payouts\n\n## Problem\n\nNobody can explain a balance.\n\n## Goals\n\n- Explain every balance\n- Pay within an hour\n\n\
                    ## Alternatives\n\n### Double-entry package\n\nIt keeps its own database.\n";

async fn proposal(site: &Site, author: &Person) -> String {
    site.follow(
        author,
        "/reviews",
        &[("title", "Payouts ledger"), ("text", TEXT)],
    )
    .await
}

/// The value of a hidden field of a form.
fn hidden(body: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let from = body.find(&start).map(|at| at + start.len());
    let from = from.unwrap_or_else(|| panic!("no hidden field {name} in {body}"));
    body[from..].split('"').next().unwrap().to_owned()
}

#[test]
fn a_title_left_empty_is_the_first_heading() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let address = site
            .follow(&ada, "/reviews", &[("title", ""), ("text", TEXT)])
            .await;
        site.get(&ada, &address).await.has("<h1>Payouts</h1>");
        let empty = site
            .post(&ada, "/reviews", &[("title", ""), ("text", "")])
            .await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn a_file_becomes_the_document_as_it_is_written() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let body = "--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n\r\n--x\r\nContent-Disposition: form-data; \
                    name=\"file\"; filename=\"pep.rst\"\r\n\r\nA Queue\r\n=======\r\n\r\nMails are *late*.\r\n\r\n--x--\r\n";
        let kind = ("content-type", "multipart/form-data; boundary=x");
        let answer = site
            .send(
                Some(&ada),
                Method::POST,
                "/reviews",
                &[kind],
                Body::from(body),
            )
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        site.get(&ada, "/reviews/1")
            .await
            .has("A Queue")
            .has("<em>late</em>");
        let file = site.get(&ada, "/reviews/1/document.rst").await;
        assert_eq!(file.body, "A Queue\n=======\n\nMails are *late*.\n");
        let name = file.headers["content-disposition"].to_str().unwrap();
        assert_eq!(name, "attachment; filename=\"1-a-queue.rst\"");
    });
}

#[test]
fn the_document_is_read_with_what_stands_beside_it() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let address = proposal(&site, &ada).await;
        site.get(&ada, &address)
            .await
            .has("/reviews/1/discussion?at=goals")
            .has("“Assumptions” is missing.")
            .has("presents");
    });
}

#[test]
fn two_people_who_save_lose_nothing() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Facilitator).await;
        proposal(&site, &ada).await;
        let form = site.get(&ada, "/reviews/1/edit").await.body;
        assert_eq!(hidden(&form, "base"), "1");
        let ours = TEXT.replace("Nobody can", "Hardly anybody can");
        site.follow(
            &ada,
            "/reviews/1/document",
            &[("title", "Payouts ledger"), ("base", "1"), ("text", &ours)],
        )
        .await;
        // Other lines: both changes are kept.
        let theirs = TEXT.replace("within an hour", "within two hours");
        let merged = site
            .follow(
                &ben,
                "/reviews/1/document",
                &[("base", "1"), ("text", &theirs)],
            )
            .await;
        assert_eq!(merged, "/reviews/1?merged=1");
        site.get(&ada, "/reviews/1")
            .await
            .has("Hardly anybody can")
            .has("within two hours");
        // The same line: nothing is written, and the second sees both.
        let clash = TEXT.replace("Nobody can", "Only engineers can");
        let answer = site
            .post(
                &ben,
                "/reviews/1/document",
                &[("base", "1"), ("text", &clash)],
            )
            .await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        answer
            .has("Only engineers can")
            .has("Hardly anybody can")
            .has("&#60;&#60;&#60;&#60;&#60;&#60;&#60; ours");
        assert_eq!(hidden(&answer.body, "base"), "3");
        site.get(&ada, "/reviews/1")
            .await
            .lacks("Only engineers can");
        let marks = "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n";
        let refused = site
            .post(
                &ben,
                "/reviews/1/document",
                &[("base", "3"), ("text", marks)],
            )
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn only_those_who_lead_a_review_write_its_document() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada).await;
        for (path, fields) in [
            ("/reviews/1/document", &[("base", "1"), ("text", "x")][..]),
            ("/reviews/1/circulation", &[]),
            ("/reviews/1/steps", &[("to", "closed"), ("reason", "no")]),
            ("/reviews/1/records", &[("kind", "goal"), ("title", "x")]),
            ("/reviews/1/versions", &[("name", "x")]),
            ("/reviews/1/visibility", &[("visibility", "private")]),
            (
                "/reviews/1/people",
                &[("who", "@ben-osei"), ("role", "presenter")],
            ),
            ("/reviews/1/people", &[("role", "note-taker")]),
            (
                "/reviews/1/links",
                &[("relation", "requires"), ("number", "1")],
            ),
        ] {
            let answer = site.post(&ben, path, fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(
            site.get(&ben, "/reviews/1/edit").await.status,
            StatusCode::FORBIDDEN
        );
    });
}

#[test]
fn a_draft_is_circulated_and_stepped_back_with_a_reason() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada).await;
        site.get(&ada, "/reviews/1/circulation/new")
            .await
            .has("2026-03-09T18:00");
        let past = [
            ("comments_until", "2026-01-01T10:00"),
            ("feedback_wanted", "Is it too clever?"),
        ];
        let answer = site.post(&ada, "/reviews/1/circulation", &past).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer.has("has passed already").has("Is it too clever?");
        let fields = [
            ("comments_until", "2026-03-09T18:00"),
            ("feedback_wanted", "Is it too clever?"),
        ];
        site.follow(&ada, "/reviews/1/circulation", &fields).await;
        site.get(&ada, "/reviews/1")
            .await
            .has("state-circulating")
            .has("Mon 9 Mar 2026, 18:00")
            .has("Is it too clever?");
        let back = site
            .post(&ada, "/reviews/1/steps", &[("to", "draft")])
            .await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        site.follow(
            &ada,
            "/reviews/1/steps",
            &[("to", "draft"), ("reason", "Numbers are missing")],
        )
        .await;
        site.get(&ada, "/reviews/1/history")
            .await
            .has("Back to draft")
            .has("Numbers are missing")
            .has("Circulating");
        let decided = site
            .post(
                &ada,
                "/reviews/1/steps",
                &[("to", "decided"), ("reason", "x")],
            )
            .await;
        assert_eq!(decided.status, StatusCode::CONFLICT);
    });
}

#[test]
fn records_are_kept_with_their_history_and_found_in_the_text() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada).await;
        site.get(&ada, "/reviews/1/records")
            .await
            .has("nobody recorded them");
        site.follow(&ada, "/reviews/1/records/suggested", &[("kind", "goal")])
            .await;
        site.get(&ada, "/reviews/1/records")
            .await
            .has("Explain every balance")
            .has("named in “Goals”");
        let fields = [
            ("kind", "assumption"),
            ("title", "Sellers stay small"),
            ("detail", "Under five million"),
        ];
        let address = site.follow(&ada, "/reviews/1/records", &fields).await;
        let id = address.split("#r-").nth(1).unwrap().to_owned();
        site.get(&ada, "/reviews/1")
            .await
            .has("“Sellers stay small” is recorded but not named in the text.");
        // Naming it in the text is noticed when the text is saved.
        let text = format!("{TEXT}\n## Assumptions\n\nSellers stay small.\n");
        site.follow(
            &ada,
            "/reviews/1/document",
            &[("base", "1"), ("text", &text)],
        )
        .await;
        site.get(&ada, "/reviews/1")
            .await
            .lacks("recorded but not named");
        let one = format!("/reviews/1/records/{id}");
        site.follow(
            &ada,
            &one,
            &[
                ("version", "1"),
                ("title", "Sellers stay small"),
                ("detail", "Under six million"),
            ],
        )
        .await;
        let stale = site
            .post(
                &ada,
                &one,
                &[
                    ("version", "1"),
                    ("title", "Sellers stay tiny"),
                    ("detail", ""),
                ],
            )
            .await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        stale.has("Sellers stay tiny").has("Under six million");
        site.follow(&ada, &format!("{one}/removal"), &[]).await;
        site.get(&ada, "/reviews/1/records").await.lacks(&id);
        site.get(&ada, &one)
            .await
            .has("Under five million")
            .has("Bring it back");
        site.follow(&ada, &format!("{one}/removal/removal"), &[])
            .await;
        site.get(&ada, "/reviews/1/records").await.has(&id);
    });
}

#[test]
fn a_private_review_is_for_those_it_was_given_to() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada).await;
        site.follow(
            &ada,
            "/reviews",
            &[("title", "Second"), ("text", "See #1 and #7.")],
        )
        .await;
        site.follow(
            &ada,
            "/reviews/2/links",
            &[("relation", "requires"), ("number", "1")],
        )
        .await;
        site.get(&ben, "/reviews/2")
            .await
            .has("Requires")
            .has("href=\"/reviews/1\"")
            .lacks("href=\"/reviews/7\"");
        site.follow(&ada, "/reviews/1/visibility", &[("visibility", "private")])
            .await;
        for path in [
            "",
            "/edit",
            "/history",
            "/records",
            "/records/new",
            "/people",
            "/readers",
            "/document.md",
            "/rounds/1",
            "/versions/1",
            "/difference?from=0&to=0",
            "/circulation/new",
            "/steps/new",
        ] {
            let answer = site.get(&ben, &format!("/reviews/1{path}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in [
            "/document",
            "/preview",
            "/versions",
            "/circulation",
            "/steps",
            "/people",
            "/people/removal",
            "/access",
            "/access/removal",
            "/records",
            "/records/suggested",
            "/links",
            "/links/removal",
        ] {
            let fields = [
                ("to", "closed"),
                ("role", "follower"),
                ("kind", "goal"),
                ("base", "1"),
            ];
            let answer = site.post(&ben, &format!("/reviews/1{path}"), &fields).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        site.get(&ben, "/reviews").await.lacks("Payouts ledger");
        site.get(&ben, "/reviews/board")
            .await
            .lacks("Payouts ledger")
            .has("Second");
        // The other end of a link, and a reference in a text, are plain for those who may not see it.
        site.get(&ben, "/reviews/2")
            .await
            .lacks("Payouts ledger")
            .lacks("href=\"/reviews/1\"")
            .has("See #1 and");
        site.follow(
            &ada,
            "/reviews/1/people",
            &[("who", "Ben Osei"), ("role", "stakeholder")],
        )
        .await;
        site.get(&ben, "/reviews/1").await.has("Payouts ledger");
        let author = [("principal", &*ada.id.to_string())];
        let refused = site.post(&ada, "/reviews/1/access/removal", &author).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        site.follow(
            &ada,
            "/reviews/1/access/removal",
            &[("principal", &ben.id.to_string())],
        )
        .await;
        assert_eq!(
            site.get(&ben, "/reviews/1").await.status,
            StatusCode::NOT_FOUND
        );
    });
}

#[test]
fn anybody_may_follow_and_leave() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada).await;
        assert_eq!(
            site.follow(&ben, "/reviews/1/people", &[("role", "follower")])
                .await,
            "/reviews/1"
        );
        site.get(&ben, "/reviews/1").await.has("Stop following");
        site.get(&ben, "/reviews?person=me")
            .await
            .has("Payouts ledger");
        let me = ben.id.to_string();
        site.follow(
            &ben,
            "/reviews/1/people/removal",
            &[("principal", &me), ("role", "follower")],
        )
        .await;
        site.get(&ben, "/reviews/1").await.has("Follow</button>");
        site.get(&ben, "/reviews?person=me")
            .await
            .lacks("Payouts ledger");
        let wrong = site
            .post(
                &ada,
                "/reviews/1/people",
                &[("who", "Nobody Known"), ("role", "presenter")],
            )
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.has("Nobody here is called");
    });
}

#[test]
fn opening_the_document_counts_as_reading_it() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada).await;
        site.follow(
            &ada,
            "/reviews/1/people",
            &[("who", "@ben-osei"), ("role", "stakeholder")],
        )
        .await;
        let section = |body: &str| {
            body.split("Have read")
                .nth(1)
                .unwrap_or_default()
                .to_owned()
        };
        assert!(!section(&site.get(&ada, "/reviews/1/readers").await.body).contains("Ben Osei"));
        site.get(&ben, "/reviews/1")
            .await
            .has("0 of 1 asked have read");
        // The reading is noted after the answer; ask until it is there.
        let mut read = false;
        for _ in 0..200 {
            tokio::task::yield_now().await;
            let page = site.get(&ada, "/reviews/1/readers").await;
            read = section(&page.body).contains("Ben Osei");
            if read {
                break;
            }
        }
        assert!(read, "the reading is never noted");
    });
}

#[test]
fn versions_can_be_compared() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada).await;
        site.follow(
            &ada,
            "/reviews/1/versions",
            &[("name", "before the review")],
        )
        .await;
        let text = TEXT.replace("explain a balance", "explain one balance");
        let fields = [
            ("base", "1"),
            ("text", &*text),
            ("summary", "clearer problem"),
        ];
        site.follow(&ada, "/reviews/1/document", &fields).await;
        site.get(&ada, "/reviews/1/history")
            .await
            .has("clearer problem")
            .has("/reviews/1/difference?from=1&#38;to=2");
        for view in ["", "&view=inline"] {
            site.get(&ada, &format!("/reviews/1/difference?from=1&to=2{view}"))
                .await
                .has("<del>a</del>")
                .has("<ins>one</ins>");
        }
        site.get(&ada, "/reviews/1/versions/1")
            .await
            .has("explain a balance");
        site.get(&ada, "/reviews/1/rounds/1").await.has("Round 1");
    });
}

#[test]
fn lists_are_narrowed_by_what_the_address_says() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada).await;
        site.follow(
            &ben,
            "/reviews",
            &[("title", "One search index"), ("text", "x")],
        )
        .await;
        site.follow(&ben, "/reviews/2/circulation", &[]).await;
        for (query, first, second) in [
            ("", true, true),
            ("?state=circulating", false, true),
            ("?person=ada-novak", true, false),
            ("?person=me", true, false),
            ("?person=nobody", false, false),
            ("?title=SEARCH+one", false, true),
            ("?outcome=go-ahead", false, false),
            ("?active=week&kind=architecture", true, true),
        ] {
            let page = site.get(&ada, &format!("/reviews{query}")).await;
            assert_eq!(page.body.contains("Payouts ledger"), first, "{query}");
            assert_eq!(page.body.contains("One search index"), second, "{query}");
        }
        let board = site.get(&ada, "/reviews/board").await.body;
        let place = |text: &str| board.find(text).unwrap();
        assert!(place("column-draft") < place("Payouts ledger"));
        assert!(place("Payouts ledger") < place("column-circulating"));
        assert!(place("column-circulating") < place("One search index"));
    });
}

#[test]
fn everything_is_there_over_the_api() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada).await;
        let base = "/api/v1/reviews/1";
        let call = async |who: &Person, method: Method, path: &str, body: serde_json::Value| {
            site.json(who, method, &format!("{base}{path}"), &body)
                .await
        };
        let none = serde_json::Value::Null;
        let record = json!({ "kind": "assumption", "title": "Sellers stay small" });
        let made = call(&ada, Method::POST, "/records", record).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let id = made.value()["id"].as_str().unwrap().to_owned();
        let one = format!("/records/{id}");
        let changed = call(
            &ada,
            Method::PATCH,
            &one,
            json!({ "detail": "Below five million" }),
        )
        .await;
        assert_eq!(changed.value()["version"], 2, "{}", changed.body);
        let gone = call(&ada, Method::DELETE, &one, none.clone()).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.body);
        let people = json!({ "role": "stakeholder", "who": "@ben-osei" });
        let named = call(&ada, Method::POST, "/people", people).await;
        assert_eq!(named.status, StatusCode::OK, "{}", named.body);
        let circulated = call(
            &ada,
            Method::PUT,
            "/circulation",
            json!({ "note": "Please look" }),
        )
        .await;
        assert_eq!(
            circulated.value()["items"][1]["to"],
            "circulating",
            "{}",
            circulated.body
        );
        let back = call(&ada, Method::POST, "/steps", json!({ "to": "draft" })).await;
        assert_eq!(
            back.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            back.body
        );
        let kept = call(
            &ada,
            Method::POST,
            "/versions",
            json!({ "name": "as sent" }),
        )
        .await;
        assert_eq!(kept.value()["items"][1]["name"], "as sent", "{}", kept.body);
        let closed = call(
            &ada,
            Method::PATCH,
            "/access",
            json!({ "visibility": "private" }),
        )
        .await;
        assert_eq!(closed.value()["visibility"], "private", "{}", closed.body);
        let shut_out = call(
            &ada,
            Method::PATCH,
            "/access",
            json!({ "revoke": [ben.id.to_string()] }),
        )
        .await;
        assert_eq!(shut_out.status, StatusCode::OK, "{}", shut_out.body);
        for path in [
            "/records",
            &one,
            "/people",
            "/steps",
            "/versions",
            "/versions/1",
            "/access",
            "/links",
            "/readers",
        ] {
            let seen = call(&ada, Method::GET, path, none.clone()).await;
            assert_eq!(seen.status, StatusCode::OK, "{path}: {}", seen.body);
            let hidden = call(&ben, Method::GET, path, none.clone()).await;
            assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{path}");
        }
    });
}

#[test]
fn what_became_of_a_departure_and_an_assumption_is_kept() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let review = site
            .follow(&ada, "/reviews", &[("title", "Ledger"), ("text", "")])
            .await;
        let add = async |kind: &str, title: &str| {
            let body = json!({ "kind": kind, "title": title });
            let path = format!("/api/v1{review}/records");
            let made = site.json(&ada, Method::POST, &path, &body).await.value();
            format!("{review}/records/{}", made["id"].as_str().unwrap())
        };
        let departure = add("departure", "A log, not a row").await;
        let assumption = add("assumption", "Sellers stay small").await;
        // By a form: kept with what was typed where it is not right.
        let page = site.get(&ada, &departure).await;
        page.has("What became of it").has("under review");
        let declined = [("state", "declined"), ("note", " ")];
        let again = site
            .post(&ada, &format!("{departure}/state"), &declined)
            .await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        again.has("Please say what shows it, or why.");
        let accepted = [("state", "accepted"), ("note", "Decided in D-1.")];
        site.follow(&ada, &format!("{departure}/state"), &accepted)
            .await;
        site.get(&ada, &departure)
            .await
            .has("Decided in D-1.")
            .has("accepted by Ada Novak");
        site.get(&ada, &format!("{review}/records"))
            .await
            .has("accepted");
        // Over the API, on the version that was seen.
        let path = format!("/api/v1{assumption}/state");
        let held = site.get(&ada, "/api/v1/assumptions").await.value();
        assert_eq!(held["items"][0]["state"], "held");
        let wrong = json!({ "state": "accepted", "note": "x" });
        let refused = site.json(&ada, Method::PUT, &path, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let found = json!({ "state": "contradicted", "note": "One has nine million." });
        let now = site.json(&ada, Method::PUT, &path, &found).await.value();
        assert_eq!(now["state"], "contradicted");
        assert_eq!(now["version"], 2);
        let past = site
            .get(&ada, &format!("/api/v1{assumption}/versions"))
            .await
            .value();
        assert_eq!(past["items"][1]["change"], "state-set");
        assert_eq!(past["items"][1]["note"], "One has nine million.");
        assert_eq!(past["items"][1]["author"]["name"], "Ada Novak");
        let held = site.get(&ada, "/api/v1/assumptions").await.value();
        assert_eq!(held["items"], json!([]));
        let other = site
            .get(&ada, "/api/v1/assumptions?state=contradicted")
            .await;
        other.has("Sellers stay small");
    });
}
