//! Threads at words of a document, and suggestions of other words.

use crate::site::{Person, Site, everywhere};
use crate::talk::{proposal, thread};
use axum::http::{Method, StatusCode};
use hardwon_core::Role;
use serde_json::{Value, json};

const WORDS: &[(&str, &str)] = &[
    ("words", "log"),
    ("before", "Design A"),
    ("body", "Which log?"),
];

async fn save(site: &Site, who: &Person, base: &str, text: &str) {
    let fields = [("title", "Payouts ledger"), ("base", base), ("text", text)];
    site.follow(who, "/reviews/1/document", &fields).await;
}

async fn read(site: &Site, who: &Person, thread: &str) -> Value {
    let path = format!("/api/v1/threads/{thread}");
    site.get(who, &path).await.value()
}

fn marked(thread: &str, words: &str) -> String {
    format!("<mark class=\"quoted\" data-thread=\"{thread}\">{words}</mark>")
}

#[test]
fn whoever_reads_comments_on_words_and_the_comment_stays_with_them() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada).await;
        let made = site.follow(&ben, "/reviews/1/threads", WORDS).await;
        let id = made.rsplit("#thread-").next().unwrap().to_owned();
        assert_eq!(made, format!("/reviews/1?beside=comments#thread-{id}"));
        let page = site.get(&ada, "/reviews/1").await;
        page.has(&marked(&id, "log")).has("Which log?");
        assert_eq!(read(&site, &ada, &id).await["heading"]["text"], "Design");

        save(
            &site,
            &ada,
            "1",
            "# Problem\n\nWhy? A log is long.\n\n# Design\n\nWe keep a **log** of everything.\n",
        )
        .await;
        let page = site.get(&ada, "/reviews/1").await;
        page.has(&format!(
            "We keep a <strong>{}</strong>",
            marked(&id, "log")
        ));
        save(&site, &ada, "2", "# Problem\n\nWhy? A log is long.\n").await;
        site.get(&ada, "/reviews/1?beside=comments")
            .await
            .lacks("<mark")
            .has("Detached: these words were deleted.");
        assert_eq!(read(&site, &ada, &id).await["quote"]["detached"], true);
        // Its words are shown wherever the thread is.
        site.get(&ada, "/reviews/1/discussion")
            .await
            .has("<blockquote class=\"quoted-words\">log</blockquote>");
    });
}

#[test]
fn words_that_were_moved_take_their_comment_along() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada).await;
        save(
            &site,
            &ada,
            "1",
            "# Problem\n\nSums are made each night.\n\n# Design\n\nA log.\n",
        )
        .await;
        let fields = [
            ("words", "made each night"),
            ("body", "Why not each payout?"),
        ];
        let id = thread(&site, &ada, &fields).await;
        save(&site, &ada, "2", "# Problem\n\n# Design\n\nA log.\n").await;
        site.get(&ada, "/reviews/1").await.lacks("<mark");
        save(
            &site,
            &ada,
            "3",
            "# Problem\n\n# Design\n\nA log.\n\nSums are made each night.\n",
        )
        .await;
        site.get(&ada, "/reviews/1")
            .await
            .has(&marked(&id, "made each night"));
    });
}

#[test]
fn a_suggestion_is_accepted_with_one_action_by_who_may_write() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada).await;
        let quote = json!({ "words": "A log", "before": "Design" });
        let body = json!({ "quote": quote, "replacement": "A ledger", "body": "Plainer." });
        let refused = json!({ "replacement": "A ledger", "body": "So?" });
        let path = "/api/v1/reviews/1/threads";
        let answer = site.json(&ben, Method::POST, path, &refused).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = site.json(&ben, Method::POST, path, &body).await;
        let made = answer.value();
        let id = made["id"].as_str().unwrap().to_owned();
        assert_eq!(made["suggestion"]["state"], "open", "{made}");
        let accept = format!("/threads/{id}/suggestion/acceptance");
        let denied = site.post(&ben, &accept, &[]).await;
        assert_eq!(denied.status, StatusCode::FORBIDDEN);
        site.get(&ben, "/reviews/1?beside=comments")
            .await
            .lacks("/acceptance")
            .has("/refusal");
        site.get(&ada, "/reviews/1?beside=comments")
            .await
            .has("<del>A log</del> <ins>A ledger</ins>");
        site.follow(&ada, &accept, &[]).await;
        site.get(&ada, "/reviews/1").await.has("<p>A ledger.</p>");
        let after = read(&site, &ada, &id).await;
        assert_eq!(after["suggestion"]["state"], "accepted");
        assert_eq!(after["state"], "resolved");
        assert_eq!(after["quote"]["words"], "A log");
        let ben_id = ben.id;
        let author = site
            .app
            .db
            .read(move |tx| {
                tx.query_one(
                    "select author_id from document_update order by seq desc limit 1",
                    &[],
                    |row| row.get::<hardwon_core::id::PersonId>(0),
                )
            })
            .await
            .unwrap();
        assert_eq!(author, ben_id, "accepted words are their proposer's");
        let again = site.post(&ada, &accept, &[]).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
    });
}

#[test]
fn a_suggestion_is_declined_or_taken_back_and_the_text_stays() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada).await;
        let fields = [
            ("words", "A log."),
            ("source", "A log."),
            ("replacement", ""),
            ("body", "Too short."),
        ];
        for who in [&ada, &ben] {
            let id = thread(&site, &ben, &fields).await;
            let refusal = format!("/threads/{id}/suggestion/refusal");
            site.follow(who, &refusal, &[]).await;
            assert_eq!(
                read(&site, &ada, &id).await["suggestion"]["state"],
                "declined"
            );
        }
        site.get(&ada, "/reviews/1").await.has("<p>A log.</p>");
        // Left as it was, nothing is suggested.
        let same = [
            ("words", "A log."),
            ("source", "A log."),
            ("replacement", "A log."),
            ("body", "Hm."),
        ];
        let id = thread(&site, &ben, &same).await;
        assert_eq!(read(&site, &ada, &id).await["suggestion"], Value::Null);
    });
}

#[test]
fn words_that_are_not_there_are_refused_and_nothing_typed_is_lost() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada).await;
        let fields = [("words", "A kiln"), ("body", "A long thought.")];
        let answer = site.post(&ada, "/reviews/1/threads", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer
            .has("These words are not in the document any more.")
            .has("A long thought.")
            .has("A kiln");
        let path = "/reviews/1/threads/new?words=A+log.&before=Design";
        site.get(&ada, path)
            .await
            .has("name=\"source\" value=\"A log.\"");
    });
}
