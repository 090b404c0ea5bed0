//! What becomes of a document over time: versions that are kept at steps and in pauses, bringing one back, what changed,
//! and who wrote what.

use crate::outcome::{act, proposal, review};
use crate::site::{Person, Site, everywhere};
use axum::http::{Method, StatusCode};
use hardwon_core::documents::versions::{self, REST_MS, WRITING_MS};
use hardwon_core::documents::{self, Version, VersionKind};
use hardwon_core::reviews::{self, rounds, steps};
use hardwon_core::{Ctx, Role, meetings};
use serde_json::json;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

async fn kept(site: &Site, who: &Person) -> Vec<Version> {
    act(site, who, |ctx, tx| {
        let document = reviews::get(ctx, tx, 1)?.document;
        documents::versions(tx, document)
    })
    .await
}

async fn save(site: &Site, who: &Person, text: &str) {
    let text = text.to_owned();
    let engine = site.app.engine.clone();
    act(site, who, move |ctx, tx| {
        let review = reviews::get(ctx, tx, 1)?;
        let base = documents::get(tx, review.document)?.version;
        reviews::save_document(ctx, tx, engine.as_ref(), review.id, base, &text)
    })
    .await;
}

async fn rest(site: &Site) {
    hardwon::jobs::keep_in_pauses(&site.app).await.unwrap();
}

#[test]
fn a_text_that_rests_is_kept_once() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        rest(&site).await;
        assert!(kept(&site, &ada).await.is_empty(), "it does not rest yet");
        site.clock.advance(REST_MS);
        rest(&site).await;
        rest(&site).await;
        let first = kept(&site, &ada).await;
        assert_eq!(first.len(), 1);
        assert_eq!(first[0].kind, VersionKind::Automatic);
        assert!(first[0].author.is_none());

        // There and back again: the newest version says it already.
        save(&site, &ada, "Another text.").await;
        save(&site, &ada, "# Problem\n\nBalances.\n").await;
        site.clock.advance(REST_MS);
        rest(&site).await;
        assert_eq!(kept(&site, &ada).await.len(), 1);

        // What was kept under a name needs no second version.
        save(&site, &ada, "A third text.").await;
        let name = [("name", "Third")];
        site.follow(&ada, "/reviews/1/versions", &name).await;
        site.clock.advance(REST_MS);
        rest(&site).await;
        assert_eq!(kept(&site, &ada).await.len(), 2);

        // Whoever never pauses gets one an hour.
        for turn in 0..WRITING_MS / (5 * MINUTE) {
            save(&site, &ada, &format!("Turn {turn}.")).await;
            site.clock.advance(5 * MINUTE);
            rest(&site).await;
        }
        let versions = kept(&site, &ada).await;
        assert_eq!(versions.len(), 3);
        assert_eq!(versions[2].name, "while it was written");

        let page = site.get(&ada, "/reviews/1/history").await;
        page.has("Version 3").has("What changed").has("in a pause");
        let listed = site
            .json(&ada, Method::GET, "/api/v1/reviews/1/versions", &json!({}))
            .await;
        let kinds: Vec<_> = listed.value()["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|version| version["kind"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(kinds, ["automatic", "named", "automatic"]);
    });
}

#[test]
fn several_nodes_keep_a_rest_once() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        site.clock.advance(REST_MS);
        let nodes = (0..4).map(|_| {
            let app = site.app.clone();
            tokio::spawn(async move { hardwon::jobs::keep_in_pauses(&app).await })
        });
        for node in nodes.collect::<Vec<_>>() {
            node.await.unwrap().unwrap();
        }
        assert_eq!(kept(&site, &ada).await.len(), 1);
        // A node that looked before the text changed again claims nothing.
        let at = Ctx::operator(&site.world).at;
        save(&site, &ada, "Later.").await;
        let late = at + REST_MS;
        let pause = site.app.db.read(move |tx| versions::in_pause(tx, late));
        let pause = pause.await.unwrap().unwrap();
        site.clock.advance(MINUTE);
        save(&site, &ada, "Later still.").await;
        let ctx = Ctx::operator(&site.world);
        let claim = move |tx: &mut hardwon_core::Tx<'_>| versions::keep_in_pause(&ctx, tx, pause);
        site.app.db.write(claim).await.unwrap();
        assert_eq!(kept(&site, &ada).await.len(), 1);
    });
}

#[test]
fn automatic_versions_thin_out_and_others_stay() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        for turn in 0..3 {
            save(&site, &ada, &format!("Turn {turn}.")).await;
            site.clock.advance(REST_MS);
            rest(&site).await;
        }
        save(&site, &ada, "Named.").await;
        let name = [("name", "Ours")];
        site.follow(&ada, "/reviews/1/versions", &name).await;
        let numbers = async || -> Vec<i64> {
            kept(&site, &ada)
                .await
                .iter()
                .map(|one| one.number)
                .collect()
        };
        assert_eq!(numbers().await, [1, 2, 3, 4]);
        site.clock.advance(DAY / 2);
        rest(&site).await;
        assert_eq!(numbers().await, [1, 2, 3, 4], "all of a day");
        site.clock.advance(2 * DAY);
        rest(&site).await;
        assert_eq!(numbers().await, [3, 4], "the last of each day after it");
        // Nothing takes the number of another.
        save(&site, &ada, "Later.").await;
        site.clock.advance(REST_MS);
        rest(&site).await;
        assert_eq!(numbers().await, [3, 4, 5]);
        let first = site.get(&ada, "/reviews/1/versions/1").await;
        assert_eq!(first.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn every_step_keeps_the_document_and_a_round_what_was_said_in_it() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Facilitator).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let id = review(&site, &ada, 1).await;
        site.follow(&ada, "/reviews/1/circulation", &[("note", "Please look")])
            .await;
        let said = [("body", "What about refunds?")];
        site.follow(&ada, "/reviews/1/threads", &said).await;
        save(&site, &ada, "# Problem\n\nRound one.\n").await;
        let engine = site.app.engine.clone();
        act(&site, &ada, move |ctx, tx| {
            let form = meetings::MeetingForm {
                starts_at: ctx.at + DAY,
                presentation_minutes: 10,
                question_minutes: 50,
                zone: "Europe/London".to_owned(),
                place: String::new(),
            };
            meetings::schedule(ctx, tx, engine.as_ref(), id, &form)
        })
        .await;
        let step = async |to: &str, reason: &str| {
            site.clock.advance(MINUTE);
            let fields = [("to", to), ("reason", reason)];
            site.follow(&ada, "/reviews/1/steps", &fields).await;
        };
        step("in-review", "").await;
        let more = [
            ("outcome", "gather-more-information"),
            ("reason", "Refunds"),
        ];
        site.follow(&ada, "/reviews/1/decision", &more).await;
        save(&site, &ada, "# Problem\n\nRound two.\n").await;
        site.clock.advance(MINUTE);
        site.follow(&ada, "/reviews/1/circulation", &[("note", "Again")])
            .await;
        let go = [("outcome", "go-ahead"), ("reason", "Fine")];
        site.follow(&ada, "/reviews/1/decision", &go).await;
        step("closed", "Done").await;

        let (log, rounds, comments, versions) = act(&site, &ada, move |ctx, tx| {
            let document = reviews::get(ctx, tx, 1)?.document;
            Ok((
                steps::history(tx, id)?,
                rounds::rounds(tx, id)?,
                rounds::comments(tx, id, 1)?,
                documents::versions(tx, document)?,
            ))
        })
        .await;
        for step in log.iter().filter(|step| step.from.is_some()) {
            let number = step.document_version;
            let version = versions.iter().find(|one| Some(one.number) == number);
            let version = version.unwrap_or_else(|| panic!("no version: {step:?}"));
            assert_eq!(version.kind, VersionKind::Step, "{step:?}");
        }
        assert!(log.len() >= 6, "{log:?}");
        assert_eq!((rounds.len(), comments.len()), (2, 1));
        // The round that the comment belonged to is there with its text, and the next one has its own.
        site.get(&ada, "/reviews/1/rounds/1")
            .await
            .has("What about refunds?")
            .has("Round one.")
            .lacks("Round two.");
        site.get(&ada, "/reviews/1/rounds/2")
            .await
            .lacks("What about refunds?")
            .has("Round two.");
    });
}

#[test]
fn a_version_is_brought_back_as_a_new_edit() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let name = [("name", "First")];
        site.follow(&ada, "/reviews/1/versions", &name).await;
        save(&site, &ada, "# Problem\n\nBalances drift.\n").await;

        let (ask, post) = (
            "/reviews/1/versions/1/restoration/new",
            "/reviews/1/versions/1/restoration",
        );
        for refused in [site.get(&ben, ask).await, site.post(&ben, post, &[]).await] {
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
        }
        site.get(&ben, "/reviews/1/versions/1")
            .await
            .lacks("Bring it back");
        site.get(&ada, "/reviews/1/versions/1")
            .await
            .has("Bring it back");
        site.get(&ada, ask).await.has("1 line comes back");
        let there = site.follow(&ada, post, &[]).await;
        site.get(&ada, &there)
            .await
            .has("Version 1 is back")
            .has("before version 1 came back");
        site.get(&ada, "/reviews/1").await.has("<p>Balances.</p>");
        site.get(&ada, "/reviews/1/versions/2")
            .await
            .has("Balances drift.");

        // Once more changes nothing and keeps nothing; the API says so.
        let api = "/api/v1/reviews/1/versions/1/restoration";
        let again = site.json(&ada, Method::POST, api, &json!({})).await;
        assert_eq!(again.value()["changed"], false);
        assert_eq!(kept(&site, &ada).await.len(), 2);
        let api = "/api/v1/reviews/1/versions/2/restoration";
        let back = site.json(&ada, Method::POST, api, &json!({})).await.value();
        assert_eq!(back["changed"], true);
        assert_eq!(back["before"], 3);
        let base = back["base"].as_i64().unwrap();
        let document = site
            .json(&ada, Method::GET, "/api/v1/reviews/1/document", &json!({}))
            .await;
        assert_eq!(document.value()["text"], "# Problem\n\nBalances drift.\n");
        assert_eq!(document.value()["version"], base);
        let nothing = "/api/v1/reviews/1/versions/99/restoration";
        let nothing = site.json(&ada, Method::POST, nothing, &json!({})).await;
        assert_eq!(nothing.status, StatusCode::NOT_FOUND);
        let refused = site.json(&ben, Method::POST, api, &json!({})).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn what_changed_is_read_in_one_column_by_words() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let name = [("name", "First")];
        site.follow(&ada, "/reviews/1/versions", &name).await;
        save(
            &site,
            &ada,
            "# The problem\n\nBalances \u{202e}drift.\n<b>bold</b>\n",
        )
        .await;
        let page = site
            .get(&ada, "/reviews/1/difference?from=1&to=0&view=inline")
            .await;
        page.has("Balances<ins> ⟨U+202E⟩drift</ins>.")
            .has("<ins>&#60;b&#62;bold&#60;/b&#62;</ins>")
            .lacks("\u{202e}");
        let beside = site.get(&ada, "/reviews/1/difference?from=1&to=0").await;
        beside.has("<del># Problem</del>").has("class=\"diff\"");
        // The other way round what was added is taken away.
        site.get(&ada, "/reviews/1/difference?from=0&to=1&view=inline")
            .await
            .has("Balances<del> ⟨U+202E⟩drift</del>.");
    });
}

#[test]
fn who_wrote_what_is_told_and_nothing_is_counted() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Facilitator).await;
        let ben = site.person("Ben Osei", Role::Facilitator).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        save(&site, &ben, "# Problem\n\nSome Balances drift 😀.\n").await;
        let told = site
            .json(&ada, Method::GET, "/api/v1/reviews/1/authors", &json!({}))
            .await
            .value();
        let told: Vec<(String, String)> = told["words"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let name = one["author"]["name"].as_str().unwrap();
                (name.to_owned(), one["text"].as_str().unwrap().to_owned())
            })
            .collect();
        let expected = [
            ("Ada Novak", "# Problem\n\n"),
            ("Ben Osei", "Some "),
            ("Ada Novak", "Balances"),
            ("Ben Osei", " drift 😀"),
            ("Ada Novak", ".\n"),
        ];
        let expected = expected.map(|(name, text)| (name.to_owned(), text.to_owned()));
        assert_eq!(told, expected);
        site.get(&ben, "/reviews/1/authors")
            .await
            .has("title=\"Ben Osei\"")
            .has("Ada Novak: ");
        let private = [("visibility", "private")];
        site.follow(&ada, "/reviews/1/visibility", &private).await;
        let eve = site.person("Eve Stone", Role::Member).await;
        for path in ["/reviews/1/authors", "/api/v1/reviews/1/authors"] {
            let hidden = site.get(&eve, path).await;
            assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        }
    });
}
