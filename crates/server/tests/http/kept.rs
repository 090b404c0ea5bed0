//! What somebody wrote or took away is never dropped behind an answer that says all is well.

use crate::outcome::proposal;
use crate::site::{Person, Site, everywhere};
use crate::talk::{question, vote};
use axum::http::{Method, StatusCode};
use hardwon_core::Role;
use serde_json::{Value, json};

async fn said(
    site: &Site,
    who: &Person,
    method: Method,
    path: &str,
    body: Value,
) -> (StatusCode, Value) {
    let answer = site.json(who, method, path, &body).await;
    (answer.status, answer.value())
}

#[test]
fn access_is_taken_away_by_id_or_handle_and_never_only_seemingly() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        let private = [("private", "yes"), ("visibility", "private")];
        proposal(&site, &ada, "Acquisition", &private).await;
        let path = "/api/v1/reviews/1/access";
        let change = async |body| said(&site, &ada, Method::PATCH, path, body).await;
        change(json!({ "grant": ["ben-osei"] })).await;
        assert_eq!(site.get(&ben, "/reviews/1").await.status, StatusCode::OK);
        let (status, problem) = change(json!({ "revoke": ["ben"] })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(problem["errors"]["revoke"].is_string(), "{problem}");
        let (status, _) = change(json!({ "revoke": ["ada-novak"] })).await;
        assert_eq!(status, StatusCode::CONFLICT);
        let (status, _) = change(json!({ "revoke": ["ben-osei"] })).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(site.get(&ben, "/reviews/1").await.status, 404);
        let (status, problem) = change(json!({ "grant": ["nobody"] })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(problem["errors"]["grant"].is_string(), "{problem}");
    });
}

#[test]
fn conditions_belong_to_yes_if_and_are_raised_once() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let typed = [("position", "not-yet"), ("conditions", "A rehearsal")];
        let refused = site.post(&ada, "/reviews/1/stances", &typed).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.has("A rehearsal").has("belong to “yes, if”");
        let path = "/api/v1/reviews/1/stances";
        for _ in 0..2 {
            let stance = json!({ "position": "yes-if", "conditions": ["A rehearsal", "A switch", "A rehearsal"] });
            let (status, _) = said(&site, &ada, Method::PUT, path, stance).await;
            assert_eq!(status, StatusCode::OK);
        }
        let list = site.get(&ada, "/api/v1/reviews/1/conditions").await.value();
        assert_eq!(list["items"].as_array().unwrap().len(), 2, "{list}");
    });
}

#[test]
fn a_decision_takes_what_belongs_to_its_outcome_and_refuses_the_rest() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let decision = json!({
            "outcome": "go-ahead", "reason": "It pays.", "stop_reason": "other", "stop_words": "late",
            "come_back_when": "never",
        });
        let path = "/api/v1/reviews/1/decision";
        let (status, problem) = said(&site, &ada, Method::POST, path, decision).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        for field in ["stop_reason", "stop_words", "come_back_when"] {
            assert!(problem["errors"][field].is_string(), "{field}: {problem}");
        }
    });
}

#[test]
fn the_votes_of_what_has_ended_stay_as_they_were() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let answered = question(&site, &ben, "How do we rebuild it?").await;
        let open = question(&site, &ben, "Who is paged?").await;
        vote(&site, &ada, &answered, "for").await;
        let ending = [("ending", "answered"), ("answer", "By summing.")];
        site.follow(&ada, &format!("/questions/{answered}/ending"), &ending)
            .await;
        let late = json!({ "vote": "for" });
        let path = format!("/api/v1/questions/{answered}/vote");
        assert_eq!(
            said(&site, &ben, Method::PUT, &path, late.clone()).await.0,
            409
        );
        site.get(&ben, "/reviews/1/questions")
            .await
            .lacks(&format!("id=\"vote-{answered}\""))
            .has(&format!("id=\"tally-{answered}\""));
        let more = [("outcome", "gather-more-information"), ("reason", "Who?")];
        site.follow(&ada, "/reviews/1/decision", &more).await;
        let path = format!("/api/v1/questions/{open}/vote");
        assert_eq!(said(&site, &ben, Method::PUT, &path, late).await.0, 409);
    });
}

/// Minutes are one text for everybody who sees the review, whoever composed them.
#[test]
fn minutes_name_other_reviews_only_where_all_readers_see_them() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        let private = [("private", "yes"), ("visibility", "private")];
        proposal(&site, &ada, "Acquisition", &private).await;
        proposal(&site, &ada, "Weekly payouts", &[]).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        for number in [1, 2] {
            let go = [("outcome", "go-ahead"), ("reason", "It pays.")];
            site.follow(&ada, &format!("/reviews/{number}/decision"), &go)
                .await;
        }
        let stop = [
            ("outcome", "stop-and-rethink"),
            ("reason", "Twice the same."),
            ("stop_reason", "overlapping-goals"),
            ("overlaps", "1"),
            ("supersedes", "1, 2"),
        ];
        site.follow(&ada, "/reviews/3/decision", &stop).await;
        site.get(&ada, "/decisions/3").await.has("Acquisition");
        let composed = site.get(&ada, "/reviews/3/minutes.md").await;
        composed
            .has("Supersedes D-2")
            .lacks("Acquisition")
            .lacks("D-1");
        let fields = [("round", "1"), ("base", "0"), ("text", &composed.body)];
        site.follow(&ada, "/reviews/3/minutes", &fields).await;
        for path in ["/reviews/3/minutes", "/reviews/3/minutes.md"] {
            site.get(&ben, path).await.lacks("Acquisition");
        }
    });
}

#[test]
fn an_address_that_means_nothing_is_a_page_that_says_so() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        for path in [
            "/reviews/abc",
            "/threads/zzz",
            "/questions/zzz",
            "/people/%ff",
        ] {
            let answer = site.get(&ada, path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            answer
                .has("There is nothing at this address")
                .lacks("parse");
        }
        for path in [
            "/search?q=%ff",
            "/api/v1/search?q=%00",
            "/reviews?limit=abc",
        ] {
            let answer = site.get(&ada, path).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        }
    });
}
