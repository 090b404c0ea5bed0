//! Threads, questions and stances: their rules, privacy and anonymity.

use crate::site::{Answer, Person, Site, everywhere};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use hardwon_core::id::QuestionId;
use hardwon_core::{Error, Role, event, questions};

/// A proposal by `who`, at `/reviews/1`, without standard prompts.
pub async fn proposal(site: &Site, who: &Person) -> String {
    site.app
        .db
        .write(|tx| tx.execute("delete from prompt", &[]))
        .await
        .unwrap();
    prompted(site, who).await
}

/// The same with the standard prompts there are.
pub async fn prompted(site: &Site, who: &Person) -> String {
    let fields = [
        ("title", "Payouts ledger"),
        ("text", "# Problem\n\nWhy?\n\n# Design\n\nA log.\n"),
        ("feedback_wanted", "Are the nightly sums too clever?"),
    ];
    site.follow(who, "/reviews", &fields).await
}

pub async fn thread(site: &Site, who: &Person, fields: &[(&str, &str)]) -> String {
    let address = site.follow(who, "/reviews/1/threads", fields).await;
    address.rsplit("#thread-").next().unwrap().to_owned()
}

pub async fn question(site: &Site, who: &Person, body: &str) -> String {
    let address = site
        .follow(who, "/reviews/1/questions", &[("body", body)])
        .await;
    address.rsplit("#question-").next().unwrap().to_owned()
}

pub async fn vote(site: &Site, who: &Person, id: &str, vote: &str) {
    site.follow(who, &format!("/questions/{id}/vote"), &[("vote", vote)])
        .await;
}

pub async fn part(site: &Site, who: &Person, path: &str) -> Answer {
    site.send(
        Some(who),
        Method::GET,
        path,
        &[("hx-request", "true")],
        Body::empty(),
    )
    .await
}

/// Every event as its readers get it, as one text.
pub async fn log(site: &Site) -> String {
    let events = site
        .app
        .db
        .read(|tx| event::after(tx, 0, 1_000))
        .await
        .unwrap();
    format!("{events:#?}")
}

/// The counts of a question and what a recount of its votes gives.
pub async fn counts(site: &Site, who: &Person, id: &str) -> (i64, i64) {
    let ctx = site.ctx(who);
    let id: QuestionId = id.parse().unwrap();
    let (question, recounted) = site
        .app
        .db
        .read(move |tx| {
            let (question, _) = questions::get(&ctx, tx, id)?;
            let recounted: (i64, i64) =
                tx.query_one(questions::sql::RECOUNT, hardwon_db::params![id], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
            Ok::<_, Error>((question, recounted))
        })
        .await
        .unwrap();
    assert_eq!((question.up, question.down), recounted);
    let score = questions::rank::lower_bound(question.up, question.down);
    assert!((question.score - score).abs() < 1e-12);
    recounted
}

#[test]
fn a_thread_is_discussed_edited_decided_and_resolved() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        let cem = site.person("Cem Kaya", Role::Member).await;
        proposal(&site, &ada).await;
        let id = thread(
            &site,
            &ben,
            &[
                ("body", "Why *nightly*?\r\n\r\nAsk @ada-novak."),
                ("at", "design"),
            ],
        )
        .await;
        site.get(&cem, "/reviews/1/discussion")
            .await
            .has("Why nightly?")
            .has("<em>nightly</em>")
            .has(r#"href="/people/ada-novak""#)
            .has(r#"<a href="/reviews/1#h-design">Design</a>"#)
            .has("Are the nightly sums too clever?");
        assert!(log(&site).await.contains(&ada.id.to_string()));
        let reply = site
            .follow(
                &ada,
                &format!("/threads/{id}/comments"),
                &[("body", "For the *sums*."), ("decided", "true")],
            )
            .await;
        let comment = reply.rsplit("#comment-").next().unwrap().to_owned();
        part(&site, &cem, &format!("/threads/{id}"))
            .await
            .has("Decided here")
            .lacks("<html");
        site.get(&cem, "/reviews/1/discussion?show=decided")
            .await
            .has("Why nightly?");
        // Only its writer edits a comment, and earlier wordings stay.
        let path = format!("/comments/{comment}");
        let foreign = site
            .post(&cem, &path, &[("body", "x"), ("version", "1")])
            .await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        site.follow(
            &ada,
            &path,
            &[("body", "For the totals."), ("version", "1")],
        )
        .await;
        let stale = site
            .post(&ada, &path, &[("body", "A third text."), ("version", "1")])
            .await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        stale.has("A third text.").has("For the totals.");
        site.get(&cem, &format!("{path}/versions"))
            .await
            .has("<em>sums</em>");
        let empty = site
            .post(&ada, &format!("/threads/{id}/comments"), &[("body", "  ")])
            .await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        // Somebody else does not resolve it, its raiser does, and everybody may open it again.
        let refused = site
            .post(&cem, &format!("/threads/{id}/resolution"), &[])
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        site.follow(&ben, &format!("/threads/{id}/resolution"), &[])
            .await;
        site.get(&cem, "/reviews/1/discussion")
            .await
            .lacks("Why nightly?");
        site.get(&cem, "/reviews/1/discussion?show=resolved")
            .await
            .has("resolved by Ben Osei");
        site.follow(&cem, &format!("/threads/{id}/resolution/removal"), &[])
            .await;
        site.get(&ben, "/reviews/1/discussion?show=mine")
            .await
            .has("Why nightly?");
        site.get(&cem, "/reviews/1/discussion?show=mine")
            .await
            .lacks("<em>nightly</em>");
        let link = site.get(&cem, &format!("/comments/{comment}")).await;
        assert!(
            link.headers["location"]
                .to_str()
                .unwrap()
                .ends_with(&format!("#comment-{comment}"))
        );
    });
}

#[test]
fn a_blocking_concern_is_closed_by_its_raiser_or_by_the_facilitator_with_a_reason() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        let mara = site.person("Mara Lind", Role::Facilitator).await;
        proposal(&site, &ada).await;
        let nameless = site
            .post(
                &ben,
                "/reviews/1/threads",
                &[("body", "Tax years close."), ("blocking", "true")],
            )
            .await;
        assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
        nameless
            .has("A blocking concern has a name")
            .has("Tax years close.");
        let fields = [
            ("body", "Tax years close."),
            ("blocking", "true"),
            ("title", "Closed years"),
        ];
        let id = thread(&site, &ben, &fields).await;
        let path = format!("/threads/{id}/resolution");
        let author = site.post(&ada, &path, &[("reason", "I know better")]).await;
        assert_eq!(author.status, StatusCode::FORBIDDEN);
        let silent = site.post(&mara, &path, &[("reason", " ")]).await;
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
        let ctx = site.ctx(&ada);
        let (open, review) = site
            .app
            .db
            .read(move |tx| {
                let review = hardwon_core::reviews::get(&ctx, tx, 1)?;
                Ok::<_, Error>((hardwon_core::threads::blocking(tx, review.id)?, review))
            })
            .await
            .unwrap();
        assert_eq!(
            (open.len(), review.blocking_threads, review.open_threads),
            (1, 1, 1)
        );
        site.follow(&mara, &path, &[("reason", "Answered by mail.")])
            .await;
        site.get(&ben, "/reviews/1/discussion?show=resolved")
            .await
            .has("Answered by mail.");
        let removal = format!("{path}/removal");
        assert_eq!(
            site.post(&ada, &removal, &[]).await.status,
            StatusCode::FORBIDDEN
        );
        site.follow(&ben, &removal, &[]).await;
        site.follow(&ben, &path, &[]).await;
        let again = site.post(&ben, &path, &[]).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
    });
}

#[test]
fn questions_are_voted_on_once_each_and_ranked_by_what_is_sure() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada).await;
        let wanted = question(&site, &ada, "Who may write a correction?").await;
        let disputed = question(&site, &ada, "Is the log in colour?").await;
        for name in ["Ben Osei", "Cem Kaya", "Dee Park"] {
            let who = site.person(name, Role::Member).await;
            vote(&site, &who, &wanted, "for").await;
            vote(&site, &who, &wanted, "for").await;
            vote(
                &site,
                &who,
                &disputed,
                if name == "Ben Osei" { "against" } else { "for" },
            )
            .await;
        }
        assert_eq!(counts(&site, &ada, &wanted).await, (3, 0));
        assert_eq!(counts(&site, &ada, &disputed).await, (2, 1));
        vote(&site, &ada, &disputed, "for").await;
        vote(&site, &ada, &disputed, "against").await;
        assert_eq!(counts(&site, &ada, &disputed).await, (2, 2));
        vote(&site, &ada, &disputed, "none").await;
        assert_eq!(counts(&site, &ada, &disputed).await, (2, 1));
        vote(&site, &ada, &wanted, "for").await;
        vote(&site, &ada, &disputed, "against").await;
        let page = site.get(&ada, "/reviews/1/questions").await;
        let place = |text: &str| page.body.find(&format!("<h3>{text}")).unwrap();
        assert!(place("Who may write") < place("Is the log"));
        let newest = site.get(&ada, "/reviews/1/questions?sort=new").await;
        newest.has("Is the log");
        assert_eq!(
            site.post(&ada, &format!("/questions/{wanted}/vote"), &[("vote", "2")])
                .await
                .status,
            422
        );
        let events = log(&site).await;
        let voted: Vec<&str> = events
            .split("Event {")
            .filter(|one| one.contains("question.voted"))
            .collect();
        assert!(voted.len() >= 6);
        for event in voted {
            assert!(
                event.contains("actor: None") && !event.contains("203.0.113"),
                "{event}"
            );
        }
        let answer = site
            .send(
                Some(&ada),
                Method::POST,
                &format!("/questions/{wanted}/vote"),
                &[
                    ("hx-request", "true"),
                    ("content-type", "application/x-www-form-urlencoded"),
                ],
                Body::from("vote=none"),
            )
            .await;
        answer.has(&format!("id=\"vote-{wanted}\"")).lacks("<html");
    });
}

#[test]
fn everybody_is_shown_what_they_have_not_voted_on_and_may_put_it_off() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada).await;
        let first = question(&site, &ada, "First question?").await;
        let second = question(&site, &ada, "Second question?").await;
        vote(&site, &ada, &first, "for").await;
        // The one with fewer votes comes first, though it is the later one.
        // The page shows the one to vote on next, then all others.
        let page = async |query: &str| {
            let address = format!("/reviews/1/questions{query}");
            let body = site.get(&ben, &address).await.body;
            let (next, list) = body.split_once("id=\"question-list\"").unwrap();
            (next.to_owned(), list.to_owned())
        };
        let (next, list) = page("").await;
        assert!(next.contains("Second question?") && next.contains("2 left"));
        assert!(list.contains("First question?") && !list.contains("Second question?"));
        assert!(page("?skip=2").await.0.contains("First question?"));
        assert!(page("?skip=2,1").await.0.contains("Second question?"));
        vote(&site, &ben, &second, "against").await;
        vote(&site, &ben, &first, "for").await;
        let (next, list) = page("").await;
        assert!(next.contains("Nothing left to vote on"));
        assert!(list.contains("First question?") && list.contains("Second question?"));
    });
}

#[test]
fn a_name_withheld_leaks_through_no_door() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let zoe = site.person("Zoe Quill", Role::Member).await;
        let chief = site.person("Cleo Marsh", Role::Administrator).await;
        proposal(&site, &ada).await;
        let before = log(&site).await.len();
        let fields = [
            ("body", "Are we allowed to do this?"),
            ("anonymous", "true"),
        ];
        let address = site.follow(&zoe, "/reviews/1/questions", &fields).await;
        let id = address.rsplit("#question-").next().unwrap().to_owned();
        vote(&site, &zoe, &id, "for").await;
        // The same person asks the same under their name, and both are merged either way round.
        let named = question(&site, &ada, "May we do this?").await;
        site.follow(
            &ada,
            &format!("/questions/{id}/merge"),
            &[("target", &named)],
        )
        .await;
        let events = log(&site).await;
        let new = &events[before..];
        assert!(
            !new.contains("Zoe") && !new.contains(&zoe.id.to_string()),
            "{new}"
        );
        for who in [&ada, &chief, &zoe] {
            for path in [
                "/reviews/1/questions".to_owned(),
                "/reviews/1/questions?sort=new".to_owned(),
                "/reviews/1/discussion".to_owned(),
                format!("/questions/{id}"),
                format!("/questions/{named}"),
                format!("/api/v1/questions/{id}"),
                "/api/v1/reviews/1/questions".to_owned(),
            ] {
                let answer = site.get(who, &path).await;
                assert_eq!(answer.status, 200, "{path}");
                if who.name != "Zoe Quill" {
                    answer
                        .lacks("Zoe")
                        .lacks("zoe-quill")
                        .lacks(&zoe.id.to_string());
                }
            }
        }
        site.get(&ada, "/reviews/1/questions")
            .await
            .has("asked without a name");
        site.get(&zoe, &format!("/questions/{id}"))
            .await
            .has("Only you see this line");
        site.get(&ada, &format!("/questions/{id}"))
            .await
            .lacks("Only you see this line");
        let audience = site
            .app
            .db
            .read(|tx| {
                tx.query("select count(*) from review_person", &[], |row| {
                    row.get::<i64>(0)
                })
            })
            .await
            .unwrap();
        assert_eq!(audience[0], 2, "asking makes nobody a participant");
    });
}

#[test]
fn merging_unites_votes_without_counting_anybody_twice_and_can_be_undone() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        let cem = site.person("Cem Kaya", Role::Member).await;
        proposal(&site, &ada).await;
        let stays = question(&site, &ben, "What does it cost?").await;
        let goes = question(&site, &cem, "How dear is it?").await;
        vote(&site, &ben, &stays, "for").await;
        vote(&site, &ben, &goes, "against").await;
        vote(&site, &cem, &goes, "for").await;
        let path = format!("/questions/{goes}/merge");
        let refused = site.post(&ben, &path, &[("target", &stays)]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let itself = site.post(&ada, &path, &[("target", &goes)]).await;
        assert_eq!(itself.status, StatusCode::UNPROCESSABLE_ENTITY);
        site.follow(&ada, &path, &[("target", &stays)]).await;
        // Ben voted on both: what he said about the question that stays counts.
        assert_eq!(counts(&site, &ada, &stays).await, (2, 0));
        site.get(&ben, "/reviews/1/questions")
            .await
            .has("and 1 more, merged")
            .has("Cem Kaya")
            .has("1 question<");
        let there = site
            .post(&ben, &format!("/questions/{goes}/vote"), &[("vote", "for")])
            .await;
        assert_eq!(there.status, StatusCode::CONFLICT);
        site.follow(&ada, &format!("{path}/removal"), &[]).await;
        assert_eq!(counts(&site, &ada, &stays).await, (1, 0));
        assert_eq!(counts(&site, &ada, &goes).await, (1, 1));
        // A vote that came along and was withdrawn does not come back.
        site.follow(&ada, &path, &[("target", &stays)]).await;
        vote(&site, &cem, &stays, "none").await;
        site.follow(&ada, &format!("{path}/removal"), &[]).await;
        assert_eq!(counts(&site, &ada, &goes).await, (0, 1));
        assert_eq!(counts(&site, &ada, &stays).await, (1, 0));
    });
}

#[test]
fn a_question_ends_answered_followed_up_or_unresolved_and_opens_again() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada).await;
        let id = question(&site, &ben, "How do we rebuild it?").await;
        let path = format!("/questions/{id}/ending");
        let given = [("ending", "followed-up"), ("person", "ada-novak")];
        assert_eq!(site.post(&ben, &path, &given).await.status, 403);
        assert_eq!(
            site.post(&ben, &path, &[("ending", "unresolved")])
                .await
                .status,
            403
        );
        let empty = site
            .post(&ben, &path, &[("ending", "answered"), ("answer", "")])
            .await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        site.follow(
            &ben,
            &path,
            &[("ending", "answered"), ("answer", "By *summing*.")],
        )
        .await;
        site.get(&ada, "/reviews/1/questions")
            .await
            .has("Answered")
            .has("<em>summing</em>")
            .has("Ben Osei,");
        site.get(&ada, "/reviews/1/questions?sort=unanswered")
            .await
            .lacks("<em>summing</em>");
        site.follow(&ada, &format!("{path}/removal"), &[]).await;
        let unknown = [
            ("ending", "followed-up"),
            ("person", "nobody"),
            ("answer", "next week"),
        ];
        site.post(&ada, &path, &unknown)
            .await
            .has("Nobody with this handle")
            .has("next week");
        let given = [("ending", "followed-up"), ("person", "@Ben-Osei")];
        site.follow(&ada, &path, &given).await;
        site.get(&ada, "/reviews/1/questions")
            .await
            .has("Followed up by Ben Osei");
        site.follow(&ada, &path, &[("ending", "unresolved")]).await;
        let ctx = site.ctx(&ada);
        let left = site
            .app
            .db
            .read(move |tx| {
                let review = hardwon_core::reviews::get(&ctx, tx, 1)?;
                questions::left(&ctx, tx, review.id)
            })
            .await
            .unwrap();
        assert_eq!(left.len(), 1);
    });
}

#[test]
fn open_questions_go_along_into_the_next_round() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada).await;
        let open = question(&site, &ben, "Still open?").await;
        vote(&site, &ada, &open, "for").await;
        let done = question(&site, &ben, "Answered?").await;
        site.follow(
            &ada,
            &format!("/questions/{done}/ending"),
            &[("ending", "answered"), ("answer", "Yes")],
        )
        .await;
        let ctx = site.ctx(&ada);
        let (carried, left, review) = site
            .app
            .db
            .write(move |tx| {
                let review = hardwon_core::reviews::get(&ctx, tx, 1)?;
                let carried = questions::carry_over(&ctx, tx, review.id, 2)?;
                assert_eq!(questions::carry_over(&ctx, tx, review.id, 2)?, 0);
                tx.execute("update review set round = 2", &[])?;
                let left = questions::left(&ctx, tx, review.id)?;
                Ok::<_, Error>((carried, left, hardwon_core::reviews::get(&ctx, tx, 1)?))
            })
            .await
            .unwrap();
        assert_eq!(
            (carried, left.len(), left[0].round, left[0].up),
            (1, 1, 2, 1)
        );
        assert_eq!(left[0].askers[0].name, "Ben Osei");
        assert_eq!((review.open_questions, review.question_count), (1, 3));
        site.get(&ada, "/reviews/1/questions")
            .await
            .has("Still open?")
            .lacks("Answered?");
        site.get(&ada, "/reviews/1/questions?round=1")
            .await
            .has("Answered?");
    });
}

#[test]
fn standard_prompts_join_and_are_set_aside_with_a_reason() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        site.app
            .db
            .write(|tx| {
                tx.execute("delete from prompt", &[])?;
                tx.execute(
                    "insert into prompt (id, review_kind, body, position, version, created_at)
                     values ('0198c0de000070008000000000000001', 'architecture', 'Do we understand the costs?', 1, 1, 0)",
                    &[],
                )
            })
            .await
            .unwrap();
        prompted(&site, &ada).await;
        let page = site.get(&ben, "/reviews/1/questions").await;
        page.has("Do we understand the costs?")
            .has("Standard prompt");
        let id = page.body.split("id=\"question-").nth(2).unwrap()[..32].to_owned();
        let path = format!("/questions/{id}/setting-aside");
        assert_eq!(
            site.post(&ben, &path, &[("reason", "no")]).await.status,
            403
        );
        assert_eq!(site.post(&ada, &path, &[("reason", " ")]).await.status, 422);
        site.follow(&ada, &path, &[("reason", "Costs nothing.")])
            .await;
        site.get(&ben, "/reviews/1/questions")
            .await
            .has("Set aside by Ada Novak: Costs nothing.");
        site.follow(&ben, &format!("/questions/{id}/ending/removal"), &[])
            .await;
        site.get(&ben, "/reviews/1/questions")
            .await
            .lacks("Set aside by");
        let asked = question(&site, &ben, "Mine?").await;
        let mine = site
            .post(
                &ada,
                &format!("/questions/{asked}/setting-aside"),
                &[("reason", "x")],
            )
            .await;
        assert_eq!(mine.status, StatusCode::CONFLICT);
    });
}
