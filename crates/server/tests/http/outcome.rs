use crate::site::{Answer, Person, Site, everywhere};
use axum::http::StatusCode;
use hardwon_core::documents::Saved;
use hardwon_core::id::ReviewId;
use hardwon_core::meetings::{self, Choice, MeetingForm, Phase};
use hardwon_core::questions::{self, Ending, Naming};
use hardwon_core::reviews::records::{self, RecordForm, RecordKind};
use hardwon_core::{Ctx, Error, Role, Tx, access};

/// Does what a closure of the core does, as somebody.
pub async fn act<T: Send + 'static>(
    site: &Site,
    who: &Person,
    verb: impl Fn(&Ctx, &mut Tx<'_>) -> Result<T, Error> + Send + 'static,
) -> T {
    let ctx = site.ctx(who);
    site.app.db.write(move |tx| verb(&ctx, tx)).await.unwrap()
}

/// The id of the review with this number.
pub async fn review(site: &Site, who: &Person, number: i64) -> ReviewId {
    act(site, who, move |ctx, tx| {
        Ok(access::review_numbered(ctx, tx, number, access::Need::See)?.id)
    })
    .await
}

pub async fn proposal(site: &Site, who: &Person, title: &str, more: &[(&str, &str)]) -> String {
    let mut fields = vec![("title", title), ("text", "# Problem\n\nBalances.\n")];
    fields.extend_from_slice(more);
    site.follow(who, "/reviews", &fields).await
}

const GO: &[(&str, &str)] = &[
    ("outcome", "go-ahead"),
    ("reason", "Support can explain a *balance*."),
];

async fn decide(site: &Site, who: &Person, address: &str, fields: &[(&str, &str)]) -> Answer {
    site.post(who, &format!("{address}/decision"), fields).await
}

#[test]
fn a_decision_is_recorded_with_dissent_and_conditions() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        let address = proposal(&site, &ada, "Payouts ledger", &[]).await;
        site.get(&ada, &format!("{address}/decision/new"))
            .await
            .has("What was decided?")
            .has("not an approval by rank")
            .has("Ben Osei (@ben-osei)");
        let fields = [
            ("outcome", "go-ahead"),
            (
                "reason",
                "Support can explain a *balance*; see #1, and ask @ben-osei or @nobody.",
            ),
            ("condition", "Support sees the log first"),
            ("condition_owner", "Ben Osei (@ben-osei)"),
            ("condition", ""),
            ("condition_owner", ""),
            ("dissent_by", "@ben-osei"),
            ("dissent", "A platform that nobody owns."),
            ("look_again_on", "2026-09-02"),
        ];
        let led = site
            .follow(&ada, &format!("{address}/decision"), &fields)
            .await;
        assert_eq!(led, "/reviews/1/outcome");
        for page in ["/reviews/1/outcome", "/decisions/1"] {
            site.get(&ben, page)
                .await
                .has("Go ahead")
                .has("<em>balance</em>")
                .has(">#1</a>, and ask")
                .has(">@ben-osei</a> or @nobody.")
                .has("Support sees the log first")
                .has("Ben Osei sees to it")
                .has("A platform that nobody owns.")
                .has("2 Sep 2026")
                .has("sha256");
        }
        site.get(&ben, "/decisions")
            .await
            .has("Payouts ledger")
            .has("D-1");
        site.get(&ben, "/decisions?outcome=stop-and-rethink")
            .await
            .lacks("Payouts ledger");
        site.get(&ben, "/decisions?look_again=due")
            .await
            .lacks("Payouts ledger");
        site.get(&ben, "/reviews?state=decided")
            .await
            .has("Payouts ledger");
        // The owner finds it on the first page they see.
        site.get(&ben, "/")
            .await
            .has("See to it: Support sees the log first");
        // Closed on the outcome, one stays there.
        let page = site.get(&ben, "/reviews/1/outcome").await;
        let id = &page.body.split("id=\"condition-").nth(1).unwrap()[..32];
        let closing = format!("/conditions/{id}/closing?from=outcome");
        let led = site.follow(&ben, &closing, &[("state", "met")]).await;
        assert_eq!(led, format!("/reviews/1/outcome#condition-{id}"));
    });
}

#[test]
fn a_decision_stays_bound_to_the_document_as_it_was() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let address = proposal(&site, &ada, "Payouts ledger", &[]).await;
        decide(&site, &ada, &address, GO).await;
        let hash = |page: &Answer| {
            let at = page.body.find("sha256 ").unwrap();
            page.body[at..at + 19].to_owned()
        };
        let before = hash(&site.get(&ada, "/decisions/1").await);
        let id = review(&site, &ada, 1).await;
        let engine = site.app.engine.clone();
        let saved = act(&site, &ada, move |ctx, tx| {
            hardwon_core::reviews::save_document(ctx, tx, engine.as_ref(), id, 1, "Something else")
        })
        .await;
        assert!(matches!(saved, Saved::Written { .. }));
        assert_eq!(hash(&site.get(&ada, "/decisions/1").await), before);
    });
}

#[test]
fn an_incomplete_decision_comes_back_with_everything_typed() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let address = proposal(&site, &ada, "Payouts ledger", &[]).await;
        let fields = [
            ("outcome", "stop-and-rethink"),
            ("reason", ""),
            ("condition", "An owner for it"),
            ("condition_owner", "nobody-here"),
            ("dissent_by", ""),
            ("dissent", "I said so."),
            ("supersedes", "the old one"),
        ];
        let answer = decide(&site, &ada, &address, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer
            .has("Say why, in a sentence or two.")
            .has("An owner for it")
            .has("nobody-here")
            .has("I said so.")
            .has("the old one")
            .has("Numbers of reviews, such as #3, #12.");
        let fields = [
            ("outcome", "stop-and-rethink"),
            ("reason", "It costs too much."),
        ];
        decide(&site, &ada, &address, &fields)
            .await
            .has("Please name why it stops.");
        let fields = [
            ("reason", "Because."),
            ("condition", "One"),
            ("more", "conditions"),
        ];
        let answer = decide(&site, &ada, &address, &fields).await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.has("condition-owner-4").has("Because.");
        site.get(&ada, "/decisions").await.has("No decisions here");
    });
}

#[test]
fn only_those_who_lead_a_review_record_its_decision() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        let fay = site.person("Fay Adeyemi", Role::Facilitator).await;
        let address = proposal(&site, &ada, "Payouts ledger", &[]).await;
        let answer = decide(&site, &ben, &address, GO).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        let form = site.get(&ben, &format!("{address}/decision/new")).await;
        assert_eq!(form.status, StatusCode::FORBIDDEN);
        assert!(
            decide(&site, &fay, &address, GO)
                .await
                .status
                .is_redirection()
        );
    });
}

#[test]
fn a_correction_supersedes_and_both_stay_readable() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let address = proposal(&site, &ada, "Payouts ledger", &[]).await;
        decide(&site, &ada, &address, GO).await;
        let fields = [
            ("outcome", "stop-and-rethink"),
            ("reason", "The accountants' package does it."),
            ("stop_reason", "better-alternative"),
            ("come_back_when", "The package ends."),
        ];
        assert!(
            decide(&site, &ada, &address, &fields)
                .await
                .status
                .is_redirection()
        );
        site.get(&ada, "/decisions/1")
            .await
            .has("Go ahead")
            .has("Superseded")
            .has("/decisions/2");
        site.get(&ada, "/decisions/2")
            .await
            .has("Stop and rethink")
            .has("There is a better alternative")
            .has("The package ends.")
            .has("/decisions/1");
        site.get(&ada, "/decisions?validity=valid")
            .await
            .has("D-2")
            .lacks("D-1 ");
        site.get(&ada, "/decisions?validity=superseded")
            .await
            .has("D-1")
            .lacks("D-2");
    });
}

#[test]
fn superseding_another_review_shows_at_both_ends() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        let old = proposal(&site, &ada, "Weekly payouts", &[]).await;
        decide(&site, &ada, &old, GO).await;
        let new = proposal(&site, &ben, "Payouts ledger", &[]).await;
        let mut fields = GO.to_vec();
        fields.push(("supersedes", "#99"));
        decide(&site, &ben, &new, &fields)
            .await
            .has("There is no review #99.");
        fields.pop();
        fields.push(("supersedes", "#1"));
        assert!(
            decide(&site, &ben, &new, &fields)
                .await
                .status
                .is_redirection()
        );
        site.get(&ada, "/reviews/2/outcome")
            .await
            .has("Supersedes")
            .has("Weekly payouts");
        site.get(&ada, "/reviews/1/outcome")
            .await
            .has("Superseded by")
            .has("Payouts ledger")
            .has("Go ahead");
        site.get(&ada, "/decisions/1")
            .await
            .has("Go ahead")
            .has("D-2");
        site.get(&ada, "/reviews?outcome=superseded")
            .await
            .has("Weekly payouts");
    });
}

#[test]
fn what_a_private_review_came_to_is_nobodys_elses() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Administrator).await;
        let old = proposal(&site, &ada, "Weekly payouts", &[]).await;
        decide(&site, &ada, &old, GO).await;
        let address = proposal(
            &site,
            &ada,
            "Acquisition",
            &[("private", "yes"), ("visibility", "private")],
        )
        .await;
        let id = review(&site, &ada, 2).await;
        act(&site, &ada, move |ctx, tx| {
            let form = RecordForm {
                kind: RecordKind::Assumption,
                title: "They will sell".to_owned(),
                detail: String::new(),
            };
            records::add(ctx, tx, id, &form)
        })
        .await;
        let mut fields = GO.to_vec();
        fields.extend([("supersedes", "1"), ("look_again_on", "2026-03-02")]);
        // Ben cannot see it, so he cannot be named in it.
        fields.extend([
            ("condition", "The board agrees"),
            ("condition_owner", "@ben-osei"),
        ]);
        decide(&site, &ada, &address, &fields)
            .await
            .has("Ben Osei cannot see this review.");
        fields.pop();
        assert!(
            decide(&site, &ada, &address, &fields)
                .await
                .status
                .is_redirection()
        );
        let learning = [
            ("body", "They answer slowly"),
            ("applies_to", "Acquisition"),
        ];
        site.follow(&ada, "/reviews/2/learnings", &learning).await;
        let absent = site.get(&ben, "/decisions/99").await;
        for path in [
            "/decisions/2",
            "/learnings/1",
            "/learnings/1/edit",
            "/reviews/2/outcome",
            "/reviews/2/minutes",
            "/reviews/2/minutes.md",
            "/reviews/2/minutes/edit",
            "/reviews/2/minutes/composition",
            "/reviews/2/decision/new",
        ] {
            assert_eq!(site.get(&ada, path).await.status, StatusCode::OK, "{path}");
            let hidden = site.get(&ben, path).await;
            assert_eq!(
                (hidden.status, &hidden.body),
                (StatusCode::NOT_FOUND, &absent.body),
                "{path}"
            );
        }
        for path in [
            "/",
            "/learn",
            "/assumptions",
            "/decisions",
            "/reviews/1/outcome",
            "/decisions/1",
        ] {
            let page = site.get(&ben, path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            page.lacks("Acquisition")
                .lacks("They")
                .lacks("D-2")
                .lacks("uperseded by");
        }
        for (path, words) in [
            ("/learn", "They will sell"),
            ("/learn", "They answer slowly"),
            ("/decisions/1", "D-2"),
        ] {
            site.get(&ada, path).await.has(words);
        }
        for (path, fields) in [
            ("/reviews/2/decision", GO),
            (
                "/reviews/2/agreements",
                &[("component", "Price"), ("agreed", "None")][..],
            ),
            ("/reviews/2/learnings", &learning[..]),
            ("/learnings/1", &learning[..]),
            ("/reviews/2/minutes", &[("text", "x")][..]),
            ("/reviews/2/minutes/sending", &[][..]),
        ] {
            assert_eq!(
                site.post(&ben, path, fields).await.status,
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
    });
}

#[test]
fn learnings_and_agreements_are_written_changed_and_never_lost() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let learning = [
            ("body", "Sellers read the date as a *promise*"),
            ("applies_to", "Payouts"),
        ];
        let led = site.follow(&ben, "/reviews/1/learnings", &learning).await;
        assert_eq!(led, "/reviews/1/outcome#learning-1");
        site.get(&ada, "/learnings/1")
            .await
            .has("<em>promise</em>")
            .has("Ben Osei");
        site.get(&ada, "/learn")
            .await
            .has("Sellers read the date as a promise")
            .has("Payouts");
        site.get(&ada, "/")
            .await
            .has("Sellers read the date as a promise");
        let first = [("body", "An estimate"), ("version", "1")];
        site.follow(&ada, "/learnings/1", &first).await;
        let second = [("body", "A promise, mostly"), ("version", "1")];
        let answer = site.post(&ben, "/learnings/1", &second).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer
            .has("A promise, mostly")
            .has("An estimate")
            .has("name=\"version\" value=\"2\"");
        let empty = [("body", " "), ("applies_to", "Tax")];
        let answer = site.post(&ben, "/reviews/1/learnings", &empty).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer.has("Please write what we now know.").has("Tax");

        let agreement = [
            ("component", "Corrections"),
            ("agreed", "Signed by **two**"),
        ];
        let led = site.follow(&ada, "/reviews/1/agreements", &agreement).await;
        let id = led.split("#agreement-").nth(1).unwrap().to_owned();
        site.get(&ben, "/reviews/1/outcome")
            .await
            .has("<strong>two</strong>");
        let refused = site.post(&ben, "/reviews/1/agreements", &agreement).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let change = [
            ("component", "Corrections"),
            ("agreed", "Signed by three"),
            ("version", "1"),
        ];
        site.follow(&ada, &format!("/agreements/{id}"), &change)
            .await;
        let stale = [
            ("component", "Corrections"),
            ("agreed", "Signed by four"),
            ("version", "1"),
        ];
        let answer = site.post(&ada, &format!("/agreements/{id}"), &stale).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer.has("Signed by three").has("Signed by four");
        site.follow(&ada, &format!("/agreements/{id}/removal"), &[])
            .await;
        site.get(&ada, "/reviews/1/outcome")
            .await
            .lacks("Signed by");
    });
}

#[test]
fn home_says_what_needs_you() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        site.get(&ada, "/")
            .await
            .has("Learn before, during and after");
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        site.get(&ada, "/").await.has("Finish “Payouts ledger”");
        let id = review(&site, &ada, 1).await;
        let ben_id = ben.id;
        act(&site, &ada, move |ctx, tx| {
            use hardwon_core::reviews::{CirculationForm, ReviewRole, circulate, participants};
            let handle = hardwon_core::people::face(tx, ben_id)?.handle;
            let found = participants::find_principal(tx, &handle)?;
            participants::add(ctx, tx, id, &found, ReviewRole::Stakeholder)?;
            let form = CirculationForm {
                feedback_wanted: "Is the checkpoint too clever?".to_owned(),
                ..CirculationForm::default()
            };
            circulate(ctx, tx, id, &form)?;
            questions::ask(ctx, tx, id, "Who corrects?", Naming::Named)
        })
        .await;
        site.get(&ben, "/")
            .await
            .has("Comment on “Payouts ledger”")
            .has("Is the checkpoint too clever?")
            .lacks("Vote on");
        act(&site, &ben, move |ctx, tx| {
            hardwon_core::reviews::mark_read(ctx, tx, id)
        })
        .await;
        site.get(&ben, "/")
            .await
            .has("about “Payouts ledger”")
            .has("Vote on")
            .lacks("Comment on");
        let fields = [
            ("outcome", "go-ahead"),
            ("reason", "Yes."),
            ("look_again_on", "2026-03-02"),
        ];
        decide(&site, &ada, "/reviews/1", &fields).await;
        site.get(&ada, "/")
            .await
            .has("Close “Payouts ledger”")
            .has("Look again at “Payouts ledger”");
        site.get(&ben, "/")
            .await
            .has("Nothing needs you now.")
            .lacks("Look again at");
        // A year later, on the same day; sessions have ended since.
        site.clock.advance(365 * 86_400_000);
        let ben = site.person("Ben Tran", Role::Member).await;
        site.get(&ben, "/")
            .await
            .has("On this day")
            .has("Payouts ledger: go ahead");
        site.get(&ben, "/learn").await.has("On this day");
    });
}

/// A review that went the whole way: questions, meeting, poll, agreement, learning, decision.
async fn whole(site: &Site, ada: &Person, ben: &Person) -> ReviewId {
    proposal(site, ada, "Payouts ledger", &[]).await;
    let id = review(site, ada, 1).await;
    let (first, second, third) = act(site, ben, move |ctx, tx| {
        let ask = |tx: &mut Tx<'_>, body: &str, naming| questions::ask(ctx, tx, id, body, naming);
        Ok((
            ask(tx, "What does a seller in Tokyo see?", Naming::Named)?.id,
            ask(tx, "Who pays for it?", Naming::Unnamed)?.id,
            ask(tx, "Does the package do it?", Naming::Named)?.id,
        ))
    })
    .await;
    let engine = site.app.engine.clone();
    let start = site.world.now() + 60_000;
    let meeting = act(site, ada, move |ctx, tx| {
        let form = MeetingForm {
            starts_at: start,
            presentation_minutes: 10,
            question_minutes: 50,
            zone: "Europe/Lisbon".to_owned(),
            place: "Room 4".to_owned(),
        };
        meetings::schedule(ctx, tx, engine.as_ref(), id, &form)
    })
    .await;
    for who in [ada, ben] {
        act(site, who, move |ctx, tx| meetings::join(ctx, tx, meeting)).await;
    }
    let engine = site.app.engine.clone();
    let poll = act(site, ada, move |ctx, tx| {
        meetings::enter(ctx, tx, meeting, Phase::Questions)?;
        let notes = "# Checkpoint\n\nWe drew it on the board.";
        meetings::save_notes(ctx, tx, engine.as_ref(), meeting, 1, notes)?;
        meetings::park(ctx, tx, meeting, "Gift cards")?;
        meetings::open_poll(ctx, tx, id, Some(meeting), "A checkpoint with each payout")
    })
    .await;
    act(site, ben, move |ctx, tx| {
        meetings::vote(ctx, tx, poll, Choice::Concerns, "Watch its size.")
    })
    .await;
    site.clock.advance(45 * 60_000);
    let ben_id = ben.id;
    act(site, ada, move |ctx, tx| {
        let answered = Ending::Answered {
            answer: "Their own midnight.".to_owned(),
            by: Some(ben_id),
        };
        questions::end(ctx, tx, first, &answered)?;
        let follows = Ending::FollowedUp {
            owner: ben_id,
            note: "Asks the vendor".to_owned(),
        };
        questions::end(ctx, tx, third, &follows)?;
        let note = String::new();
        questions::end(ctx, tx, second, &Ending::Unresolved { note })?;
        meetings::enter(ctx, tx, meeting, Phase::Over)
    })
    .await;
    let agreement = [("component", "Corrections"), ("agreed", "Signed by two")];
    site.follow(ada, "/reviews/1/agreements", &agreement).await;
    let learning = [
        ("body", "Sellers read the date as a promise"),
        ("applies_to", "Payouts"),
    ];
    site.follow(ben, "/reviews/1/learnings", &learning).await;
    id
}

#[test]
fn minutes_are_composed_edited_composed_again_and_sent() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        whole(&site, &ada, &ben).await;
        site.get(&ada, "/")
            .await
            .has("Record the decision on “Payouts ledger”");
        let before = site.get(&ada, "/reviews/1/minutes.md").await.body;
        assert!(before.contains("We drew it on the board.") && !before.contains("Decision"));
        let edited = before.replace("We drew it on the board.", "We drew it twice.");
        let fields = [("round", "1"), ("base", "0"), ("text", &edited)];
        site.follow(&ada, "/reviews/1/minutes", &fields).await;
        let fields = [
            ("outcome", "go-ahead"),
            ("reason", "Support can explain a balance."),
            ("condition", "Support sees the log first"),
            ("condition_owner", "@ben-osei"),
            ("dissent_by", "@ben-osei"),
            ("dissent", "A platform that\nnobody owns."),
            ("look_again_on", "2026-09-02"),
        ];
        decide(&site, &ada, "/reviews/1", &fields).await;
        // What people edited is kept, and what was recorded since comes in.
        let page = site
            .get(&ada, "/reviews/1/minutes/composition?round=1")
            .await;
        page.has("We drew it twice.")
            .has("<ins>")
            .has("Decision D-1")
            .lacks("We drew it on the board.");
        let base = value_of(&page.body, "base");
        let text = text_area(&page.body);
        let fields = [("round", "1"), ("base", base.as_str()), ("text", &text)];
        site.follow(&ada, "/reviews/1/minutes/composition", &fields)
            .await;
        site.get(&ada, "/reviews/1/minutes/composition")
            .await
            .has("Nothing: they say already");

        // Somebody who changes the same lines gets both texts back.
        let mine = text.replace("We drew it twice.", "We drew it three times.");
        let stale = [("round", "1"), ("base", "1"), ("text", &mine)];
        let answer = site.post(&ada, "/reviews/1/minutes", &stale).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer
            .has("We drew it twice.")
            .has("We drew it three times.");

        let refused = site
            .post(&ben, "/reviews/1/minutes/sending", &[("version", "3")])
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let stale = site
            .post(&ada, "/reviews/1/minutes/sending", &[("version", "1")])
            .await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        site.get(&ada, "/")
            .await
            .has("Send the minutes of “Payouts ledger”");
        let version = value_of(&site.get(&ada, "/reviews/1/minutes").await.body, "version");
        site.follow(&ada, "/reviews/1/minutes/sending", &[("version", &version)])
            .await;
        let late = site
            .post(&ada, "/reviews/1/minutes", &stale_form(&mine))
            .await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        site.get(&ben, "/reviews/1/minutes")
            .await
            .has("Sent")
            .has("We drew it twice.");
        site.get(&ada, "/").await.lacks("Send the minutes");
        let sent = site.get(&ben, "/reviews/1/minutes.md").await.body;
        insta::assert_snapshot!(sent, @r"
        # Minutes: Payouts ledger

        Architecture review #1, opened by Ada Novak.

        ## Meeting

        - When: Monday, 2 March 2026, 09:00 (Europe/Lisbon, 45 minutes)
        - Where: Room 4
        - Agenda: 10 minutes of presentation, 50 minutes of questions, the most voted first
        - Present: Ada Novak, Ben Osei

        ## Decision D-1: go ahead

        Support can explain a balance.

        - Decided on: version 3 of the document
        - To be looked at again on 2026-09-02

        Dissent of Ben Osei:

        > A platform that
        > nobody owns.

        ## Agreements on the tricky parts

        - **Corrections:** Signed by two

        ## Agreement polls

        - “A checkpoint with each payout”: 0 agree, 1 agree with concerns, 0 disagree
          - Ben Osei agrees with concerns: Watch its size.

        ## Conditions

        - Support sees the log first (Ben Osei; open)

        ## Questions

        - **Does the package do it?** (Ben Osei)
          - Ben Osei follows it up: Asks the vendor
        - **Who pays for it?**
          - Unresolved.
        - **What does a seller in Tokyo see?** (Ben Osei)
          - Answered by Ben Osei: Their own midnight.

        ## Questions left

        - Does the package do it? (Ben Osei follows up)
        - Who pays for it?
        - Does it make sense to somebody who meets it for the first time? (not discussed)
        - Do we already have something that solves this, or nearly does? (not discussed)
        - What has to be migrated and kept up, for how long, and by which teams besides the proposing one? (not discussed)
        - What does it mean for tests, security, translation and performance? (not discussed)
        - How does it change running the software: deploys, on-call, recovery? (not discussed)
        - What will we see, measure and debug better or worse than today? (not discussed)
        - What will be harder, or out of reach, once we have done this? (not discussed)
        - Which trade-offs have we not asked a hard question about yet? (not discussed)
        - Do we know what this departure will cost us, in time, money and attention? (not discussed)

        ## What we learned

        - Sellers read the date as a promise *Applies to: Payouts*

        ## Parked

        - Gift cards

        ## Notes

        ### Checkpoint

        We drew it twice.
        ");
    });
}

fn stale_form(text: &str) -> [(&str, &str); 3] {
    [("round", "1"), ("base", "3"), ("text", text)]
}

/// The value of a hidden field.
fn value_of(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let rest = page.split(&start).nth(1).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// What the page's text area holds.
fn text_area(page: &str) -> String {
    let rest = page.split("<textarea").nth(1).unwrap();
    let text = rest
        .split_once(">\n")
        .unwrap()
        .1
        .split("</textarea>")
        .next()
        .unwrap();
    text.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
}
