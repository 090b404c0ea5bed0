//! The worked organisation, and everything of it as files: what is written can be read back, and nothing private is
//! where it does not belong.

use crate::site::{Person, START, Site, unfounded};
use hardwon::realtime::YrsEngine;
use hardwon::{demo, jobs};
use hardwon_core::error::Result;
use hardwon_core::exchange::export::{self, Sink, Source};
use hardwon_core::{Ctx, Db, Error, Role, auth, people};
use hardwon_db::testing;
use std::collections::{BTreeMap, BTreeSet};

/// An export in memory.
#[derive(Default, PartialEq, Eq)]
struct Files(BTreeMap<String, Vec<u8>>);

impl Sink for Files {
    fn append(&mut self, path: &str, content: &[u8]) -> Result<()> {
        let file = self.0.entry(path.to_owned()).or_default();
        file.extend_from_slice(content);
        Ok(())
    }
}

impl Source for Files {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.0.get(path).cloned())
    }

    fn folders(&self, path: &str) -> Result<Vec<String>> {
        let below = format!("{path}/");
        let names: BTreeSet<String> = self
            .0
            .keys()
            .filter_map(|file| file.strip_prefix(&below)?.split_once('/'))
            .map(|(folder, _)| folder.to_owned())
            .collect();
        Ok(names.into_iter().collect())
    }
}

impl Files {
    fn of(db: &Db, ctx: &Ctx) -> Self {
        db.read_blocking(|tx| {
            let mut files = Self::default();
            export::write(ctx, tx, &mut files)?;
            Ok::<_, Error>(files)
        })
        .unwrap()
    }

    fn text(&self, ending: &str) -> &str {
        let (_, content) = self
            .0
            .iter()
            .find(|(path, _)| path.ends_with(ending))
            .unwrap_or_else(|| panic!("there is no {ending}"));
        std::str::from_utf8(content).unwrap()
    }

    fn open(&self) -> impl Iterator<Item = (&String, &Vec<u8>)> {
        self.0
            .iter()
            .filter(|(path, _)| !path.starts_with("private/"))
    }
}

/// The demonstration in a site that was empty, with its guide signed in.
async fn demonstration(site: &Site) {
    site.app
        .db
        .write(|tx| demo::make(tx, &YrsEngine, START))
        .await
        .unwrap_or_else(|complaint| panic!("{complaint:?}"));
    jobs::catch_up(&site.app).await.unwrap();
}

async fn signed_in(site: &Site, handle: &'static str) -> Person {
    let ctx = Ctx::operator(&site.world);
    let (id, name, role, secret) = site
        .app
        .db
        .write(move |tx| {
            let person = people::with_handle(tx, handle)?;
            let secret = auth::begin_session(&ctx, tx, person.id, 30, "203.0.113.7", "test")?;
            Ok::<_, Error>((person.id, person.name, person.role, secret.text))
        })
        .await
        .unwrap();
    Person::known(id, role, &name, &secret)
}

#[test]
fn the_demonstration_shows_every_state_and_every_page_of_it() {
    unfounded(async |site| {
        demonstration(&site).await;
        let mara = signed_in(&site, "mara-lindqvist").await;
        assert_eq!(mara.role, Role::Administrator);
        for path in [
            "/",
            "/reviews",
            "/reviews/board",
            "/inbox",
            "/people",
            "/teams",
            "/learn",
            "/decisions",
            "/assumptions",
        ] {
            assert_eq!(site.get(&mara, path).await.status, 200, "{path}");
        }
        let found = site.get(&mara, "/search?q=photographs").await;
        found.has("Image pipeline");
        for number in 1..=10 {
            for tab in [
                "",
                "/records",
                "/discussion",
                "/questions",
                "/stances",
                "/outcome",
                "/people",
                "/history",
            ] {
                let path = format!("/reviews/{number}{tab}");
                assert_eq!(site.get(&mara, &path).await.status, 200, "{path}");
            }
        }
        let states: BTreeSet<String> = site
            .app
            .db
            .read_blocking(|tx| {
                let text = "select state from review union select outcome from review where outcome is not null";
                tx.query(text, &[], |row| row.get(0))
            })
            .unwrap()
            .into_iter()
            .collect();
        let all = [
            "circulating",
            "closed",
            "decided",
            "draft",
            "gather-more-information",
            "go-ahead",
            "in-review",
            "scheduled",
            "stop-and-rethink",
            "superseded",
        ];
        assert_eq!(states, all.map(str::to_owned).into());
        // Jonas does not take part in the private one, and Grace does, by her team.
        let (jonas, grace) = (
            signed_in(&site, "jonas-weber").await,
            signed_in(&site, "grace-otieno").await,
        );
        assert_eq!(site.get(&grace, "/reviews/9").await.status, 200);
        assert_eq!(site.get(&jonas, "/reviews/9").await.status, 404);
    });
}

#[test]
fn what_is_exported_is_imported_again() {
    for (from, to) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let backends: Vec<_> = testing::backends().into_iter().collect();
        let (Some(from), Some(to)) = (backends.get(from), backends.get(to)) else {
            continue;
        };
        let ((first, _a), (second, _b)) = (testing::fresh(*from), testing::fresh(*to));
        let (world, _) = hardwon_core::World::frozen(START, 3);
        let ctx = Ctx::operator(&world);
        first
            .write_blocking(|tx| demo::make(tx, &YrsEngine, START))
            .unwrap();
        let files = Files::of(&first, &ctx);
        let loaded = second
            .write_blocking(|tx| export::load(&ctx, tx, &files))
            .unwrap_or_else(|error| panic!("{error}: {error:?}"));
        assert_eq!(
            (loaded.people, loaded.reviews, loaded.private_reviews),
            (14, 10, 1)
        );
        let again = Files::of(&second, &ctx);
        assert_eq!(
            files.0.keys().collect::<Vec<_>>(),
            again.0.keys().collect::<Vec<_>>()
        );
        for (path, content) in &files.0 {
            let other = &again.0[path];
            assert!(
                content == other,
                "{path} differs:\n{}\n---\n{}",
                String::from_utf8_lossy(content),
                String::from_utf8_lossy(other)
            );
        }
        // What follows from other columns is there again, and the next event gets a number of its own.
        let text = "select count(*) from question where up > 0 and score <= 0";
        let count: i64 = second
            .write_blocking(|tx| {
                hardwon_core::organisation::found(&ctx, tx, "x", "UTC").unwrap_err();
                Ok::<_, Error>(())
            })
            .and_then(|()| {
                second.read_blocking(|tx| Ok(tx.query_one(text, &[], |row| row.get(0))?))
            })
            .unwrap_or(0);
        assert_eq!(count, 0);
        let refused = second.write_blocking(|tx| export::load(&ctx, tx, &files));
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    }
}

#[test]
fn without_its_private_part_an_export_tells_nothing_private_and_still_imports() {
    let (db, _guard) = testing::fresh(testing::backends()[0]);
    let (world, _) = hardwon_core::World::frozen(START, 3);
    let ctx = Ctx::operator(&world);
    db.write_blocking(|tx| demo::make(tx, &YrsEngine, START))
        .unwrap();
    let ama: String = db
        .read_blocking(|tx| {
            tx.query_one(
                "select id from person where handle = 'ama-boateng'",
                &[],
                |row| row.get(0),
            )
        })
        .unwrap();
    let files = Files::of(&db, &ctx);
    for (path, content) in files.open() {
        let content = String::from_utf8_lossy(content);
        assert!(
            !content.contains("fraud score"),
            "{path} tells of a private review"
        );
        assert!(!content.contains("password_hash"), "{path}");
        assert!(!content.contains("question_vote"), "{path}");
    }
    // Ama asked one of the questions about the index without her name.
    let review: serde_json::Value =
        serde_json::from_str(files.text("0006-one-search-index-for-each-language/review.json"))
            .unwrap();
    let askers = review["tables"]["question_asker"].as_array().unwrap();
    assert!(
        askers
            .iter()
            .all(|asker| asker["anonymous"] == 0 && asker["person_id"] != *ama)
    );
    assert!(files.text("private/votes/0006.json").contains(&ama));

    let shared = Files(
        files
            .open()
            .map(|(path, content)| (path.clone(), content.clone()))
            .collect(),
    );
    let (other, _other) = testing::fresh(testing::backends()[0]);
    let loaded = other
        .write_blocking(|tx| export::load(&ctx, tx, &shared))
        .unwrap();
    assert!(!loaded.private_part);
    assert_eq!(loaded.reviews, 9);
}

#[test]
fn what_is_no_export_is_refused_with_a_reason() {
    let (db, _guard) = testing::fresh(testing::backends()[0]);
    let (world, _) = hardwon_core::World::frozen(START, 3);
    let ctx = Ctx::operator(&world);
    db.write_blocking(|tx| demo::make(tx, &YrsEngine, START))
        .unwrap();
    let files = Files::of(&db, &ctx);
    let path = "teams.json";
    let spoilt = [
        ("{", "not a file of an export"),
        (r#"{"format": 2, "tables": {}}"#, "newer"),
        (
            r#"{"format": 1, "tables": {"session": [{"id": "x"}]}}"#,
            "do not belong",
        ),
        (
            r#"{"format": 1, "tables": {"team": [{"id": "x", "colour": "red"}]}}"#,
            "colour",
        ),
        (
            r#"{"format": 1, "tables": {"team": [{"id": "x"}]}}"#,
            "teams.json cannot be imported",
        ),
        (r#"{"format": 1, "tables": {"planet": []}}"#, "planet"),
    ];
    for (content, reason) in spoilt {
        let mut files = Files(files.0.clone());
        files.0.insert(path.to_owned(), content.into());
        let (other, _other) = testing::fresh(testing::backends()[0]);
        let error = other
            .write_blocking(|tx| export::load(&ctx, tx, &files))
            .unwrap_err();
        assert!(error.to_string().contains(reason), "{error}");
    }
    // What pages show as it is passes the gate of prose again.
    let mut files = Files(files.0.clone());
    let (path, content) = files
        .0
        .iter()
        .find(|(path, _)| path.ends_with("0001-weekly-payouts/review.json"))
        .map(|(path, content)| (path.clone(), String::from_utf8(content.clone()).unwrap()))
        .unwrap();
    let content = content.replacen("\"html\": \"", "\"html\": \"<script>alert(1)</script>", 1);
    files.0.insert(path, content.into_bytes());
    let (other, _other) = testing::fresh(testing::backends()[0]);
    other
        .write_blocking(|tx| export::load(&ctx, tx, &files))
        .unwrap();
    let text = "select count(*) from document where html like '%<script>%'";
    let count: i64 = other
        .read_blocking(|tx| tx.query_one(text, &[], |row| row.get(0)))
        .unwrap();
    assert_eq!(count, 0);
}

#[test]
fn a_review_is_a_madr_record_for_those_who_see_it() {
    unfounded(async |site| {
        demonstration(&site).await;
        let mara = signed_in(&site, "mara-lindqvist").await;
        let record = site.get(&mara, "/reviews/4/decision.madr.md").await;
        assert_eq!(record.status, 200);
        record
            .has("status: \"accepted\"")
            .has("decision-makers: [\"Ama Boateng\", \"Mara Lindqvist\"]")
            .has("# Payouts from a log of movements")
            .has("41 of the 60 tickets")
            .has("* Every balance can be explained from its movements. By Support, without an engineer.")
            .has("* The accountants' package")
            .has("Chosen option: “Payouts from a log of movements”, because:")
            .has("* Condition (met, Ama Boateng): Support sees the log in staging before the switch")
            .has("Jonas Weber did not agree: We will want this for gift cards")
            .has("* Supersedes #1: Weekly payouts");
        let earlier = site.get(&mara, "/reviews/1/decision.madr.md").await;
        earlier.has("status: \"superseded by #4 Payouts from a log of movements\"");
        let jonas = signed_in(&site, "jonas-weber").await;
        let hidden = site.get(&jonas, "/reviews/9/decision.madr.md").await;
        assert_eq!(hidden.status, 404);
        hidden.lacks("fraud");
    });
}
