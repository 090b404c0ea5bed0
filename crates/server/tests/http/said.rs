//! Stances and their conditions, and what holds for everything that is said: privacy, headings, the API.

use crate::site::{Person, everywhere};
use crate::talk::{log, proposal, question, thread};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use hardwon_core::{Ctx, Role};

#[test]
fn stances_change_and_their_conditions_are_tracked() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        let cem = site.person("Cem Kaya", Role::Member).await;
        proposal(&site, &ada).await;
        let path = "/reviews/1/stances";
        site.post(&ben, path, &[("words", "hm")])
            .await
            .has("Please choose where you stand")
            .has("hm");
        let bare = site
            .post(&ben, path, &[("position", "yes-if"), ("words", "gladly")])
            .await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        bare.has("Please name what your yes depends on")
            .has("gladly");
        let fields = [
            ("position", "yes-if"),
            ("conditions", "Support sees it\r\n\r\nTwo sign"),
        ];
        site.follow(&ben, path, &fields).await;
        site.follow(
            &cem,
            path,
            &[("position", "not-yet"), ("words", "Too early.")],
        )
        .await;
        let page = site.get(&ada, path).await;
        page.has("Support sees it")
            .has("Two sign")
            .has("Too early.")
            .has("Yes, if");
        site.get(&ada, "/reviews/1/discussion")
            .await
            .has("Not yet: 1 person");
        let id = page.body.split("id=\"condition-").nth(1).unwrap()[..32].to_owned();
        let closing = format!("/conditions/{id}/closing");
        assert_eq!(
            site.post(&cem, &closing, &[("state", "met")]).await.status,
            403
        );
        let other = [("owner", "ada-novak")];
        assert_eq!(
            site.post(&cem, &format!("/conditions/{id}/owner"), &other)
                .await
                .status,
            403
        );
        site.follow(
            &cem,
            &format!("/conditions/{id}/owner"),
            &[("owner", "cem-kaya")],
        )
        .await;
        assert_eq!(
            site.post(&ben, &closing, &[("state", "let-go")])
                .await
                .status,
            422
        );
        site.follow(
            &cem,
            &closing,
            &[("state", "met"), ("reason", "They saw it.")],
        )
        .await;
        site.get(&ada, path).await.has("Cem Kaya: They saw it.");
        // Changing one's mind leaves the conditions for those who work on them.
        site.follow(&ben, path, &[("position", "yes")]).await;
        site.get(&ada, path)
            .await
            .has("Two sign")
            .lacks("Yes, if</h3>");
        site.follow(&cem, "/reviews/1/stances/removal", &[]).await;
        site.get(&ada, path).await.lacks("Too early.");
    });
}

#[test]
fn what_is_said_in_a_private_review_is_nobody_elses() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Administrator).await;
        let fields = [
            ("title", "Secret"),
            ("text", "# Plan\n"),
            ("private", "yes"),
        ];
        site.follow(&ada, "/reviews", &fields).await;
        let id = thread(&site, &ada, &[("body", "Tell @ben-osei nothing")]).await;
        let asked = question(&site, &ada, "Why secret?").await;
        let stance = [("position", "yes-if"), ("conditions", "Nobody hears")];
        site.follow(&ada, "/reviews/1/stances", &stance).await;
        let page = site.get(&ada, "/reviews/1/stances").await;
        let condition = page.body.split("id=\"condition-").nth(1).unwrap()[..32].to_owned();
        let thread_page = site.get(&ada, &format!("/threads/{id}")).await;
        let comment = thread_page.body.split("id=\"comment-").nth(1).unwrap()[..32].to_owned();
        // Who may not see the review is neither told nor linked.
        site.get(&ada, "/reviews/1/discussion")
            .await
            .lacks("/people/ben-osei\"");
        assert!(
            !log(&site).await.split("mentions").nth(1).unwrap()[..60].contains(&ben.id.to_string())
        );
        for path in [
            "/reviews/1/discussion".to_owned(),
            "/reviews/1/questions".to_owned(),
            "/reviews/1/questions/list".to_owned(),
            "/reviews/1/questions/next".to_owned(),
            "/reviews/1/stances".to_owned(),
            format!("/threads/{id}"),
            format!("/threads/{id}/resolution/new"),
            format!("/comments/{comment}"),
            format!("/comments/{comment}/edit"),
            format!("/comments/{comment}/versions"),
            format!("/questions/{asked}"),
        ] {
            assert_eq!(site.get(&ben, &path).await.status, 404, "{path}");
        }
        let fields = [
            ("body", "x"),
            ("version", "1"),
            ("vote", "for"),
            ("ending", "unresolved"),
            ("reason", "x"),
            ("target", asked.as_str()),
            ("position", "yes"),
            ("owner", "ben-osei"),
            ("state", "met"),
        ];
        for path in [
            "/reviews/1/threads".to_owned(),
            "/reviews/1/questions".to_owned(),
            "/reviews/1/stances".to_owned(),
            "/reviews/1/stances/removal".to_owned(),
            format!("/threads/{id}/comments"),
            format!("/threads/{id}/resolution"),
            format!("/threads/{id}/resolution/removal"),
            format!("/comments/{comment}"),
            format!("/comments/{comment}/decision"),
            format!("/comments/{comment}/decision/removal"),
            format!("/questions/{asked}/vote"),
            format!("/questions/{asked}/ending"),
            format!("/questions/{asked}/ending/removal"),
            format!("/questions/{asked}/setting-aside"),
            format!("/questions/{asked}/merge"),
            format!("/questions/{asked}/merge/removal"),
            format!("/conditions/{condition}/owner"),
            format!("/conditions/{condition}/closing"),
            format!("/conditions/{condition}/closing/removal"),
        ] {
            assert_eq!(site.post(&ben, &path, &fields).await.status, 404, "{path}");
        }
    });
}

#[test]
fn a_thread_outlives_the_heading_it_was_at() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada).await;
        thread(&site, &ada, &[("body", "Why?"), ("at", "design")]).await;
        let (ctx, engine) = (Ctx::operator(&site.world), site.app.engine.clone());
        site.app
            .db
            .write(move |tx| {
                let review = hardwon_core::reviews::get(&ctx, tx, 1)?;
                let text = "# Problem\n\n# Shape\n";
                hardwon_core::documents::save(&ctx, tx, engine.as_ref(), review.document, 1, text)
            })
            .await
            .unwrap();
        site.get(&ada, "/reviews/1/discussion")
            .await
            .has("was at Design");
        let gone = site
            .post(
                &ada,
                "/reviews/1/threads",
                &[("body", "kept"), ("at", "design")],
            )
            .await;
        assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
        gone.has("no such heading").has("kept");
    });
}

#[test]
fn the_same_is_done_over_the_api() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada).await;
        let put = async |who: &Person, path: String, body: serde_json::Value| {
            let path = format!("/api/v1{path}");
            let answer = site.json(who, Method::PUT, &path, &body).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            answer.value()
        };
        let body = serde_json::json!({ "body": "Why?", "at": "design", "weight": "blocking", "title": "Sums" });
        let made = site
            .json(&ben, Method::POST, "/api/v1/reviews/1/threads", &body)
            .await;
        assert_eq!(
            (made.status, made.value()["heading"]["text"].as_str()),
            (StatusCode::CREATED, Some("Design"))
        );
        let thread = made.value()["id"].as_str().unwrap().to_owned();
        let listed = site
            .get(&ada, "/api/v1/reviews/1/threads?show=blocking")
            .await
            .value();
        assert_eq!(listed["items"][0]["title"], "Sums");
        let comments = site
            .get(&ada, &format!("/api/v1/threads/{thread}/comments"))
            .await
            .value();
        let comment = format!(
            "/api/v1/comments/{}",
            comments["items"][0]["id"].as_str().unwrap()
        );
        let headers = [("content-type", "application/json"), ("if-match", "\"1\"")];
        let first = site
            .send(
                Some(&ben),
                Method::PATCH,
                &comment,
                &headers,
                Body::from(r#"{"body":"How?"}"#),
            )
            .await;
        assert_eq!(
            (first.status, first.value()["version"].as_i64()),
            (StatusCode::OK, Some(2))
        );
        let late = site
            .send(
                Some(&ben),
                Method::PATCH,
                &comment,
                &headers,
                Body::from(r#"{"body":"When?"}"#),
            )
            .await;
        assert_eq!(
            (late.status, &late.value()["current"]["body"]),
            (StatusCode::PRECONDITION_FAILED, &"How?".into())
        );
        let done = put(
            &ben,
            format!("/threads/{thread}/resolution"),
            serde_json::json!({}),
        )
        .await;
        assert_eq!(done["state"], "resolved");
        let body = serde_json::json!({ "body": "May we?", "naming": "unnamed" });
        let asked = site
            .json(&ben, Method::POST, "/api/v1/reviews/1/questions", &body)
            .await
            .value();
        assert_eq!(asked["askers"], serde_json::json!([]));
        let question = format!("/questions/{}", asked["id"].as_str().unwrap());
        let votes = put(
            &ada,
            format!("{question}/vote"),
            serde_json::json!({ "vote": "against" }),
        )
        .await;
        assert_eq!(
            (&votes["for"], &votes["against"], &votes["mine"]),
            (&0.into(), &1.into(), &"against".into())
        );
        let end = serde_json::json!({ "state": "followed-up", "person": "ben-osei" });
        assert_eq!(
            put(&ada, format!("{question}/ending"), end).await["owner"]["handle"],
            "ben-osei"
        );
        let stance = serde_json::json!({ "position": "yes-if", "conditions": ["Two sign"] });
        put(&ben, "/reviews/1/stances".to_owned(), stance).await;
        let open = site.get(&ada, "/api/v1/reviews/1/conditions").await.value();
        let condition = open["items"][0]["id"].as_str().unwrap();
        let closing = serde_json::json!({ "state": "met" });
        assert_eq!(
            put(&ada, format!("/conditions/{condition}/closing"), closing).await["state"],
            "met"
        );
    });
}
