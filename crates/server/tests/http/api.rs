//! What all of the JSON API has in common, on the example of reviews.

use crate::site::{Answer, Person, Site, everywhere};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use hardwon_core::Role;
use serde_json::{Value, json};

const REVIEWS: &str = "/api/v1/reviews";

async fn create(site: &Site, who: &Person, title: &str) -> Answer {
    let body = json!({ "title": title, "text": "# Problem\n\none\n\ntwo\n\nthree\n" });
    site.json(who, Method::POST, REVIEWS, &body).await
}

async fn send(site: &Site, who: &Person, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut all = vec![(header::CONTENT_TYPE.as_str(), "application/json")];
    all.extend(headers);
    let body = Body::from(body.to_owned());
    site.send(Some(who), Method::POST, REVIEWS, &all, body)
        .await
}

#[test]
fn a_review_is_made_read_and_listed() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let made = create(&site, &ada, "Queue for order mails").await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        assert_eq!(made.headers[header::LOCATION], "/api/v1/reviews/1");
        assert_eq!(made.headers[header::ETAG], "\"1\"");
        let read = site.get(&ada, "/api/v1/reviews/1").await;
        assert_eq!(read.body, made.body);
        insta::assert_json_snapshot!(read.value(), @r#"
        {
          "active_at": 1772442000000,
          "author": {
            "handle": "ada-novak",
            "id": "019cadc69a80701e80c1918aee5ada36",
            "name": "Ada Novak"
          },
          "blocking_threads": 0,
          "comment_count": 0,
          "comments_until": null,
          "created_at": 1772442000000,
          "document_id": "019cadc69a807021a8bf06af395de563",
          "feedback_wanted": "",
          "id": "019cadc69a8070209cc7e9f926fcb68f",
          "kind": "architecture",
          "last_call_until": null,
          "look_again_on": null,
          "meeting_at": null,
          "number": 1,
          "open_questions": 9,
          "open_threads": 0,
          "outcome": null,
          "question_count": 9,
          "reader_count": 0,
          "round": 1,
          "source_format": null,
          "source_state": null,
          "state": "draft",
          "title": "Queue for order mails",
          "version": 1,
          "visibility": "open",
          "written_on": null
        }
        "#);
        create(&site, &ada, "Second").await;
        let first = site.get(&ada, "/api/v1/reviews?limit=1").await.value();
        assert_eq!(first["items"][0]["title"], "Second");
        let next = first["next"].as_str().unwrap();
        let second = site
            .get(&ada, &format!("{REVIEWS}?limit=1&cursor={next}"))
            .await
            .value();
        assert_eq!(second["items"][0]["title"], "Queue for order mails");
        assert_eq!(second["next"], Value::Null);
    });
}

#[test]
fn what_is_wrong_with_a_request_is_said() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let mut said = String::new();
        for body in [
            "",
            "{",
            "[]",
            r#"{"title": "a"} more"#,
            r#"{"titel": "a"}"#,
            r#"{"title": 7}"#,
            r#"{"title": "a", "visibility": "secret"}"#,
            r#"{"title": "  "}"#,
            r#"{"title": "a", "text": "NUL \u0000"}"#,
            r#"{"title": "\ud800"}"#,
        ] {
            let answer = send(&site, &ada, &[], body).await;
            assert_eq!(
                answer.headers[header::CONTENT_TYPE],
                "application/problem+json"
            );
            let problem = answer.value();
            said.push_str(&format!(
                "{body} → {} {} {}\n",
                answer.status.as_u16(),
                problem["detail"].as_str().unwrap(),
                problem["errors"]
            ));
        }
        for query in [
            "limit=0",
            "limit=many",
            "state=lost",
            "colour=red",
            "cursor=x",
        ] {
            let answer = site.get(&ada, &format!("{REVIEWS}?{query}")).await;
            let problem = answer.value();
            said.push_str(&format!(
                "?{query} → {} {} {}\n",
                answer.status.as_u16(),
                problem["detail"].as_str().unwrap(),
                problem["errors"]
            ));
        }
        insta::assert_snapshot!(said, @r#"
         → 422 `title` is not right: missing field `title`. {"title":"missing field `title`"}
        { → 400 The body is not JSON: EOF while parsing an object at line 1 column 1. null
        [] → 422 The body is not right: a JSON object is expected. {"body":"a JSON object is expected"}
        {"title": "a"} more → 400 The body is not JSON: trailing characters at line 1 column 16. null
        {"titel": "a"} → 422 `titel` is not right: unknown field `titel`, expected one of `title`, `text`, `feedback_wanted`, `visibility`. {"titel":"unknown field `titel`, expected one of `title`, `text`, `feedback_wanted`, `visibility`"}
        {"title": 7} → 422 `title` is not right: invalid type: integer `7`, expected a string. {"title":"invalid type: integer `7`, expected a string"}
        {"title": "a", "visibility": "secret"} → 422 `visibility` is not right: unknown variant `secret`, expected `open` or `private`. {"visibility":"unknown variant `secret`, expected `open` or `private`"}
        {"title": "  "} → 422 some fields need another look {"title":"Please fill this in."}
        {"title": "a", "text": "NUL \u0000"} → 422 some fields need another look {"text":"A text holds the character NUL (code 0), which cannot be kept."}
        {"title": "\ud800"} → 400 The body is not JSON: unexpected end of hex escape at line 1 column 18. null
        ?limit=0 → 422 `limit` is not right: a limit is a number from 1 to 200. {"limit":"a limit is a number from 1 to 200"}
        ?limit=many → 422 `limit` is not right: invalid digit found in string. {"limit":"invalid digit found in string"}
        ?state=lost → 422 `state` is not right: unknown variant `lost`, expected one of `draft`, `gathering`, `circulating`, `scheduled`, `in-review`, `decided`, `launched`, `published`, `closed`. {"state":"unknown variant `lost`, expected one of `draft`, `gathering`, `circulating`, `scheduled`, `in-review`, `decided`, `launched`, `published`, `closed`"}
        ?colour=red → 422 `colour` is not right: unknown field `colour`, expected one of `kind`, `state`, `outcome`, `person`, `team`, `active_since`, `title`, `limit`, `cursor`. {"colour":"unknown field `colour`, expected one of `kind`, `state`, `outcome`, `person`, `team`, `active_since`, `title`, `limit`, `cursor`"}
        ?cursor=x → 422 some fields need another look {"cursor":"This is not a cursor that a list gave out."}
        "#);
    });
}

#[test]
fn bytes_that_are_no_json_text_are_refused() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let json = (header::CONTENT_TYPE.as_str(), "application/json");
        let post = async |headers: &[(&str, &str)], body: Body| {
            let answer = site
                .send(Some(&ada), Method::POST, REVIEWS, headers, body)
                .await;
            (answer.status.as_u16(), answer.value()["status"].clone())
        };
        let broken = Body::from(b"{\"title\": \"\xff\"}".to_vec());
        assert_eq!(post(&[json], broken).await, (400, json!(400)));
        let form = (
            header::CONTENT_TYPE.as_str(),
            "application/x-www-form-urlencoded",
        );
        assert_eq!(
            post(&[form], Body::from("title=a")).await,
            (415, json!(415))
        );
        assert_eq!(post(&[], Body::from("{}")).await, (415, json!(415)));
        let large = Body::from(vec![b' '; 14 << 20]);
        assert_eq!(post(&[json], large).await, (413, json!(413)));
        site.get(&ada, REVIEWS).await.has(r#""items":[]"#);
    });
}

#[test]
fn methods_and_addresses_that_are_not_there_are_problems() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let answer = site.json(&ada, Method::DELETE, REVIEWS, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.headers[header::ALLOW], "GET,HEAD,POST");
        assert_eq!(answer.value()["status"], 405);
        let options = site
            .json(&ada, Method::OPTIONS, REVIEWS, &Value::Null)
            .await;
        assert_eq!(options.status, StatusCode::NO_CONTENT);
        assert_eq!(options.headers[header::ALLOW], "GET,HEAD,POST");
        let head = site.json(&ada, Method::HEAD, REVIEWS, &Value::Null).await;
        assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""));
        for (path, status) in [
            ("/api/v1/nothing", 404),
            ("/api/v1/reviews/999", 404),
            ("/api/v1/reviews/one", 400),
        ] {
            let answer = site.get(&ada, path).await;
            assert_eq!(answer.value()["status"], status, "{path}");
        }
        let nobody = site
            .send(None, Method::GET, REVIEWS, &[], Body::empty())
            .await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
        assert_eq!(
            nobody.headers[header::WWW_AUTHENTICATE],
            "Bearer realm=\"hardwon\""
        );
    });
}

#[test]
fn a_change_asked_for_twice_is_made_once() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        let key = [("idempotency-key", "6a1c")];
        let body = r#"{"title": "Once"}"#;
        let first = send(&site, &ada, &key, body).await;
        assert_eq!(first.status, StatusCode::CREATED);
        let again = send(&site, &ada, &key, body).await;
        assert_eq!(again.status, StatusCode::CREATED);
        assert_eq!(again.headers["idempotent-replayed"], "true");
        assert_eq!(again.body, first.body);
        assert_eq!(
            again.headers[header::LOCATION],
            first.headers[header::LOCATION]
        );
        let count = async || {
            site.get(&ada, REVIEWS).await.value()["items"]
                .as_array()
                .unwrap()
                .len()
        };
        assert_eq!(count().await, 1);
        let other = send(&site, &ada, &key, r#"{"title": "Another"}"#).await;
        assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(count().await, 1);
        // Another person's key is another key.
        send(&site, &ben, &key, body).await.has(r#""number":2"#);
        // An error is not kept: the same key works once the request is right.
        let key = [("idempotency-key", "6a1d")];
        let wrong = send(&site, &ada, &key, r#"{"title": ""}"#).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let right = send(&site, &ada, &key, r#"{"title": "Right"}"#).await;
        assert_eq!(right.status, StatusCode::CREATED);
        // The organisation's settings say for how long: two days, as they begin.
        site.clock.advance(86_400_001);
        let later = send(&site, &ada, &[("idempotency-key", "6a1c")], body).await;
        assert_eq!(later.headers["idempotent-replayed"], "true");
        site.clock.advance(86_400_001);
        send(&site, &ada, &[("idempotency-key", "6a1c")], body)
            .await
            .has(r#""number":4"#);
    });
}

#[test]
fn two_requests_with_one_key_at_once_get_one_answer() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let key = [("idempotency-key", "both")];
        let ask = || send(&site, &ada, &key, r#"{"title": "Once"}"#);
        let (a, b, c) = tokio::join!(ask(), ask(), ask());
        assert_eq!((&a.body, a.status), (&b.body, b.status));
        assert_eq!((&a.body, a.status), (&c.body, c.status));
        let replayed = [a, b, c]
            .iter()
            .filter(|answer| answer.headers.contains_key("idempotent-replayed"))
            .count();
        assert_eq!(replayed, 2);
    });
}

#[test]
fn a_change_meant_for_another_version_is_refused_with_what_is_there() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        create(&site, &ada, "Before").await;
        let rename = async |tag: &str, title: &str| {
            let headers = [
                (header::CONTENT_TYPE.as_str(), "application/json"),
                (header::IF_MATCH.as_str(), tag),
            ];
            let body = Body::from(json!({ "title": title }).to_string());
            site.send(
                Some(&ada),
                Method::PATCH,
                "/api/v1/reviews/1",
                &headers,
                body,
            )
            .await
        };
        let done = rename("\"1\"", "After").await;
        assert_eq!(done.status, StatusCode::OK);
        assert_eq!(done.headers[header::ETAG], "\"2\"");
        let stale = rename("\"1\"", "Too late").await;
        assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
        assert_eq!(stale.value()["current"]["title"], "After");
        assert_eq!(stale.headers[header::ETAG], "\"2\"");
        assert_eq!(rename("*", "Any").await.status, StatusCode::OK);
    });
}

#[test]
fn two_people_who_save_one_document_lose_nothing() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Facilitator).await;
        create(&site, &ada, "Shared").await;
        let path = "/api/v1/reviews/1/document";
        let save = async |base: i64, text: &str| {
            let body = json!({ "base": base, "text": text });
            site.json(&ada, Method::PUT, path, &body).await
        };
        let first = save(1, "# Problem\n\nONE\n\ntwo\n\nthree\n").await;
        assert_eq!(first.value()["merged"], false);
        let second = save(1, "# Problem\n\none\n\ntwo\n\nTHREE\n").await.value();
        assert_eq!(second["merged"], true);
        assert_eq!(
            second["document"]["text"],
            "# Problem\n\nONE\n\ntwo\n\nTHREE\n"
        );
        let third = save(1, "# Problem\n\nuno\n\ntwo\n\nthree\n").await;
        assert_eq!(third.status, StatusCode::CONFLICT);
        let current = third.value()["current"].clone();
        assert_eq!(current["theirs"], second["document"]["text"]);
        assert!(current["merged"].as_str().unwrap().contains("uno"));
        assert_eq!(current["version"], 3);
    });
}

#[test]
fn a_private_review_is_not_there_for_others() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let chief = site.person("Cleo Marsh", Role::Administrator).await;
        let body = json!({ "title": "Acquisition", "visibility": "private" });
        site.json(&ada, Method::POST, REVIEWS, &body).await;
        let absent = site.get(&chief, "/api/v1/reviews/999").await;
        for path in ["/api/v1/reviews/1", "/api/v1/reviews/1/document"] {
            let hidden = site.get(&chief, path).await;
            assert_eq!(
                (hidden.status, &hidden.body),
                (StatusCode::NOT_FOUND, &absent.body)
            );
        }
        site.get(&chief, REVIEWS).await.has(r#""items":[]"#);
    });
}

#[test]
fn the_description_is_as_it_was_reviewed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/openapi.json");
    let now = hardwon::http::api::document();
    if std::env::var_os("HARDWON_WRITE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(std::path::Path::new(path).parent().unwrap()).unwrap();
        std::fs::write(path, now).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == now,
        "docs/api/openapi.json is not what the code describes; look at the difference after HARDWON_WRITE_SNAPSHOTS=1 cargo test -p hardwon the_description"
    );
}

#[test]
fn every_operation_has_a_place_in_the_reference() {
    let document: Value = serde_json::from_str(hardwon::http::api::document()).unwrap();
    let named: Vec<&Value> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| &tag["name"])
        .collect();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let tag = &operation["tags"][0];
            assert!(named.contains(&tag), "{method} {path} is under {tag}");
        }
    }
}

#[test]
fn the_description_is_served_and_cached() {
    everywhere(async |site| {
        let get = async |headers: &[(&str, &str)]| {
            site.send(
                None,
                Method::GET,
                "/api/v1/openapi.json",
                headers,
                Body::empty(),
            )
            .await
        };
        let first = get(&[]).await;
        assert_eq!(first.value()["openapi"], "3.1.0");
        let tag = first.headers[header::ETAG].to_str().unwrap();
        let second = get(&[(header::IF_NONE_MATCH.as_str(), tag)]).await;
        assert_eq!(second.status, StatusCode::NOT_MODIFIED);
    });
}

#[test]
fn requests_are_limited_and_told_how_many_are_left() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        let first = site.get(&ada, REVIEWS).await;
        assert_eq!(first.headers["ratelimit-policy"], "\"default\";q=600;w=60");
        assert_eq!(first.headers["ratelimit"], "\"default\";r=599;t=1");
        for _ in 0..599 {
            site.get(&ada, "/api/v1/openapi.json").await;
        }
        let over = site.get(&ada, REVIEWS).await;
        assert_eq!(over.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(over.value()["status"], 429);
        assert_eq!(over.headers[header::RETRY_AFTER], "1");
        assert_eq!(over.headers["ratelimit"], "\"default\";r=0;t=60");
        assert_eq!(site.get(&ben, REVIEWS).await.status, StatusCode::OK);
        site.clock.advance(1000);
        let later = site.get(&ada, REVIEWS).await;
        assert_eq!(later.headers["ratelimit"], "\"default\";r=9;t=60");
    });
}

#[test]
fn the_reference_can_be_read_without_an_account() {
    everywhere(async |site| {
        let page = site
            .send(None, Method::GET, "/api", &[], Body::empty())
            .await;
        assert_eq!(page.status, StatusCode::OK);
        page.has("/api/v1/reviews/{number}/document")
            .has("Idempotency-Key")
            .has("schema-Review\"")
            .has("Opens the draft of an architecture review");
    });
}

/// Pages whose resource has no address of its own in the API, each with the reason.
const WITHOUT_JSON: &[(&str, &[&str])] = &[
    (
        "for people at a browser: getting in, and what proves who they are",
        &[
            "/set-up/{secret}",
            "/join/{secret}",
            "/welcome",
            "/sign-in",
            "/sign-in/{secret}",
            "/sign-out",
        ],
    ),
    (
        "no resource: parts of the program",
        &[
            "/assets/{name}",
            "/healthz",
            "/api",
            "/reviews/{number}/live",
            "/reviews/{number}/preview",
            "/reviews/{number}/tasks",
            "/complete",
        ],
    ),
    (
        "put together from resources that are there",
        &[
            "/",
            "/learn",
            "/reviews/board",
            "/reviews/{number}/outcome",
            "/reviews/{number}/history",
            "/reviews/{number}/rounds/{round}",
        ],
    ),
    (
        "there under another name or as a part of another resource",
        &[
            "/settings",
            "/settings/password",
            "/settings/sign-in",
            "/teams/{handle}/members",
            "/teams/{handle}/members/removal",
            "/reviews/{number}/discussion",
            "/reviews/{number}/visibility",
            "/reviews/{number}/document.md",
            "/reviews/{number}/document/sync",
            "/reviews/{number}/document.rst",
            "/reviews/{number}/minutes.md",
            "/reviews/{number}/records/{id}/position",
            "/reviews/{number}/records/{id}/removal/removal",
            "/settings/templates/{id}/place",
            "/settings/prompts/{id}/place",
            "/questions/{id}/setting-aside",
            "/reviews/{number}/meeting",
            "/reviews/{number}/meeting/new",
            "/meetings/{id}/move",
            "/meetings/{id}/times",
            "/meetings/{id}/polls",
            "/polls/{id}/votes",
        ],
    ),
    (
        "files for other programs",
        &[
            "/calendar/{file}",
            "/reviews/{number}/meeting.ics",
            "/reviews/{number}/decision.madr.md",
        ],
    ),
];

#[test]
fn what_has_a_page_has_json() {
    // A form's own address stands for the resource that it changes.
    let plain = |path: &str| {
        let path = path.replace("/settings/", "/");
        let path = ["/removal", "/new", "/edit", "/revocation"]
            .iter()
            .fold(path.as_str(), |path, end| {
                path.strip_suffix(end).unwrap_or(path)
            });
        path.split('/')
            .map(|part| if part.starts_with('{') { "{}" } else { part })
            .collect::<Vec<_>>()
            .join("/")
    };
    let all = hardwon::http::router::paths();
    let (api, pages): (Vec<_>, Vec<_>) = all.iter().partition(|path| path.starts_with("/api/v1/"));
    let api: Vec<_> = api
        .iter()
        .map(|path| plain(&path["/api/v1".len()..]))
        .collect();
    let excepted: Vec<_> = WITHOUT_JSON
        .iter()
        .flat_map(|(_, paths)| paths.iter().copied())
        .collect();
    let without: Vec<_> = pages
        .iter()
        .filter(|page| !api.contains(&plain(page)) && !excepted.contains(&page.as_str()))
        .collect();
    assert!(without.is_empty(), "no JSON for {without:#?}");
    let gone: Vec<_> = excepted
        .iter()
        .filter(|path| !all.iter().any(|one| one == *path))
        .collect();
    assert!(gone.is_empty(), "excepted and not there: {gone:?}");
}

#[test]
fn a_document_is_read_and_saved_as_its_text() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        create(&site, &ada, "As text").await;
        let path = "/api/v1/reviews/1/document";
        let accept = [(header::ACCEPT.as_str(), "text/markdown")];
        let read = site
            .send(Some(&ada), Method::GET, path, &accept, Body::empty())
            .await;
        assert_eq!(
            read.headers[header::CONTENT_TYPE],
            "text/markdown; charset=utf-8"
        );
        assert_eq!(read.body, "# Problem\n\none\n\ntwo\n\nthree\n");
        assert_eq!(read.headers[header::ETAG], "\"1\"");
        let save = async |tag: Option<&str>, kind: &str, text: &str| {
            let mut headers = vec![(header::CONTENT_TYPE.as_str(), kind)];
            headers.extend(tag.map(|tag| (header::IF_MATCH.as_str(), tag)));
            let body = Body::from(text.to_owned());
            site.send(Some(&ada), Method::PUT, path, &headers, body)
                .await
        };
        let kind = "text/markdown; charset=utf-8";
        let unsaid = save(None, kind, "# Blind").await;
        assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
        unsaid.has("If-Match");
        let saved = save(Some("\"1\""), kind, "# Solved\n").await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
        assert_eq!(saved.value()["document"]["text"], "# Solved\n");
        let late = save(Some("\"1\""), kind, "# Late\n").await;
        assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
        assert_eq!(late.value()["current"]["text"], "# Solved\n");
        let emptied = save(Some("\"2\""), kind, "").await;
        assert_eq!(emptied.value()["document"]["text"], "");
        // Nothing else is made of a text.
        let headers = [(header::CONTENT_TYPE.as_str(), "text/markdown")];
        let review = site
            .send(
                Some(&ada),
                Method::POST,
                REVIEWS,
                &headers,
                Body::from("# Title"),
            )
            .await;
        assert_eq!(review.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    });
}

#[test]
fn a_condition_is_never_passed_over() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        create(&site, &ada, "Guarded").await;
        let stance = async |tag: &str| {
            let headers = [
                (header::CONTENT_TYPE.as_str(), "application/json"),
                (header::IF_MATCH.as_str(), tag),
            ];
            let body = Body::from(r#"{"position":"yes"}"#);
            let path = "/api/v1/reviews/1/stances";
            let answer = site
                .send(Some(&ada), Method::PUT, path, &headers, body)
                .await;
            answer.status.as_u16()
        };
        let count = async || {
            let all = site.get(&ada, "/api/v1/reviews/1/stances").await;
            all.value()["items"].as_array().unwrap().len()
        };
        // Stances count no versions.
        assert_eq!(stance("\"1\"").await, 422);
        for broken in ["1", "W/1", "\"1", "\"a b\"", ""] {
            assert_eq!(stance(broken).await, 400, "{broken}");
        }
        assert_eq!(count().await, 0);
        assert_eq!(stance("*").await, 200);
        assert_eq!(count().await, 1);
        for key in ["", "two words", "ümlaut"] {
            let refused = send(&site, &ada, &[("idempotency-key", key)], "{}").await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{key}");
        }
    });
}

#[test]
fn every_answer_says_how_many_requests_are_left() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let nobody = Person::nobody();
        let foreign = [("sec-fetch-site", "cross-site")];
        for (who, method, path, headers, status) in [
            (&ada, Method::GET, REVIEWS, &[][..], 200),
            (&ada, Method::GET, "/api/v1/reviews/one", &[], 400),
            (&nobody, Method::GET, REVIEWS, &[], 401),
            (&ada, Method::POST, REVIEWS, &foreign, 403),
            (&ada, Method::GET, "/api/v1/nothing", &[], 404),
            (&ada, Method::DELETE, REVIEWS, &[], 405),
            (&ada, Method::OPTIONS, REVIEWS, &[], 204),
        ] {
            let answer = site
                .send(Some(who), method, path, headers, Body::empty())
                .await;
            assert_eq!(answer.status.as_u16(), status, "{path}");
            assert!(answer.headers.contains_key("ratelimit"), "{path} {status}");
            assert!(answer.headers.contains_key("ratelimit-policy"), "{path}");
            if status >= 400 {
                assert_eq!(answer.value()["status"], status, "{path}");
            }
        }
        let page = site.get(&ada, "/reviews").await;
        assert!(!page.headers.contains_key("ratelimit"));
    });
}
