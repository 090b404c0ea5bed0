use crate::site::{Person, Site, everywhere, unfounded};
use axum::http::{StatusCode, header};
use hardwon_core::auth::links;
use hardwon_core::{Ctx, Role};

const PASSWORD: &str = "seven tired herons";

async fn set_up_link(site: &Site) -> String {
    let ctx = Ctx::operator(&site.world);
    let secret = site
        .app
        .db
        .write(move |tx| links::set_up_link(&ctx, tx))
        .await
        .unwrap()
        .unwrap();
    format!("/set-up/{}", secret.text)
}

const FIRST: &[(&str, &str)] = &[
    ("organisation", "Loomcraft"),
    ("zone", "Europe/Lisbon"),
    ("name", "Mara Lindqvist"),
    ("email", "mara@loomcraft.example"),
    ("password", PASSWORD),
];

#[test]
fn the_first_person_sets_the_organisation_up_once() {
    unfounded(async |site| {
        let void = set_up_link(&site).await;
        let link = set_up_link(&site).await;
        let nobody = Person::nobody();
        assert_eq!(site.get(&nobody, &void).await.status, StatusCode::NOT_FOUND);
        site.get(&nobody, "/sign-in")
            .await
            .has("no organisation yet");
        site.get(&nobody, &link).await.has("Asia/Tokyo");
        let answer = site.post(&nobody, &link, FIRST).await;
        assert_eq!(answer.headers[header::LOCATION], "/welcome");
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
            "{cookie}"
        );
        assert!(
            !cookie.contains("Secure"),
            "the base address is not TLS: {cookie}"
        );
        let mara = Person::with(&answer);
        site.get(&mara, "/welcome").await.has("Loomcraft is set up");
        site.get(&mara, "/").await.has("Mara Lindqvist");
        assert_eq!(site.get(&nobody, &link).await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            site.post(&nobody, &link, FIRST).await.status,
            StatusCode::NOT_FOUND
        );
    });
}

#[test]
fn a_refused_set_up_keeps_what_was_typed() {
    unfounded(async |site| {
        let link = set_up_link(&site).await;
        let nobody = Person::nobody();
        for (password, complaint) in [
            ("short", "at least 12 characters"),
            ("Mara  Lindqvist", "name or an address"),
            ("mara@loomcraft.example", "name or an address"),
            ("qwertyuiopasdfghjkl", "tried first"),
            ("aaaaaaaaaaaaaaaaaa", "tried first"),
        ] {
            let mut fields = FIRST.to_vec();
            fields[4] = ("password", password);
            let answer = site.post(&nobody, &link, &fields).await;
            assert_eq!(
                answer.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{password}"
            );
            answer
                .has(complaint)
                .has("value=\"mara@loomcraft.example\"");
        }
        let fields = [
            ("organisation", " "),
            ("zone", "Mars/Olympus"),
            ("password", PASSWORD),
        ];
        site.post(&nobody, &link, &fields)
            .await
            .has("Choose a time zone")
            .has("does not look like an e-mail")
            .has("Please fill this in");
    });
}

async fn founded_by_mara(site: &Site) -> Person {
    let link = set_up_link(site).await;
    Person::with(&site.post(&Person::nobody(), &link, FIRST).await)
}

#[test]
fn signing_in_tells_nobody_who_has_an_account() {
    unfounded(async |site| {
        founded_by_mara(&site).await;
        let nobody = Person::nobody();
        let attempt = async |email: &str, password: &str| {
            let fields = [("email", email), ("password", password), ("next", "/inbox")];
            site.post(&nobody, "/sign-in", &fields).await
        };
        let wrong = attempt("mara@loomcraft.example", "seven tired hero").await;
        let absent = attempt("nora@loomcraft.example", "seven tired hero").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            wrong.body.replace("mara@", "nora@"),
            absent.body,
            "a stranger could tell the two apart"
        );
        let right = attempt("  MARA@loomcraft.example ", PASSWORD).await;
        assert_eq!(right.headers[header::LOCATION], "/inbox");
        let mara = Person::with(&right);
        assert_eq!(site.get(&mara, "/").await.status, StatusCode::OK);
        let out = site.post(&mara, "/sign-out", &[]).await;
        assert_eq!(out.headers[header::LOCATION], "/sign-in");
        assert!(site.get(&mara, "/").await.status.is_redirection());
    });
}

#[test]
fn tries_are_limited_by_account_until_time_passes() {
    unfounded(async |site| {
        founded_by_mara(&site).await;
        let nobody = Person::nobody();
        let fields = [("email", "mara@loomcraft.example"), ("password", "wrong")];
        for _ in 0..10 {
            let answer = site.post(&nobody, "/sign-in", &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let right = [("email", "mara@loomcraft.example"), ("password", PASSWORD)];
        let answer = site.post(&nobody, "/sign-in", &right).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(answer.headers.contains_key(header::RETRY_AFTER));
        let other = [("email", "nora@loomcraft.example"), ("password", "wrong")];
        let answer = site.post(&nobody, "/sign-in", &other).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "others are not held up"
        );
        site.clock.advance(61_000);
        assert!(
            site.post(&nobody, "/sign-in", &right)
                .await
                .status
                .is_redirection()
        );
    });
}

#[test]
fn a_session_ends_when_it_is_not_used_and_slides_when_it_is() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let days = |n: i64| n * 86_400_000;
        site.clock.advance(days(20));
        let answer = site.get(&ada, "/").await;
        assert!(
            answer.headers.contains_key(header::SET_COOKIE),
            "the cookie is renewed"
        );
        let answer = site.get(&ada, "/").await;
        assert!(
            !answer.headers.contains_key(header::SET_COOKIE),
            "once an hour is enough"
        );
        site.clock.advance(days(20));
        assert_eq!(site.get(&ada, "/").await.status, StatusCode::OK);
        site.clock.advance(days(31));
        assert!(site.get(&ada, "/").await.status.is_redirection());
    });
}

#[test]
fn a_sign_in_link_works_once() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ctx = Ctx::operator(&site.world);
        let id = ada.id;
        let secret = site
            .app
            .db
            .write(move |tx| links::sign_in_link(&ctx, tx, id))
            .await
            .unwrap();
        let (nobody, link) = (Person::nobody(), format!("/sign-in/{}", secret.text));
        site.get(&nobody, &link)
            .await
            .has("Welcome back, Ada Novak");
        site.get(&nobody, &link)
            .await
            .has("Welcome back, Ada Novak");
        let answer = site.post(&nobody, &link, &[("password", "short")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = site.post(&nobody, &link, &[("password", PASSWORD)]).await;
        site.get(&Person::with(&answer), "/").await.has("Ada Novak");
        assert_eq!(site.get(&nobody, &link).await.status, StatusCode::NOT_FOUND);
        assert!(
            site.get(&ada, "/").await.status.is_redirection(),
            "a new password ends the sessions that were"
        );
        let fields = [
            ("email", "ada.novak@loomcraft.example"),
            ("password", PASSWORD),
        ];
        assert!(
            site.post(&nobody, "/sign-in", &fields)
                .await
                .status
                .is_redirection()
        );
    });
}

/// The link or token that a page shows once.
fn shown(answer: &crate::site::Answer) -> String {
    let (_, rest) = answer.body.split_once("readonly").unwrap();
    let (_, rest) = rest.split_once("value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn path(link: &str) -> String {
    format!("/{}", link.splitn(4, '/').nth(3).unwrap())
}

#[test]
fn an_invitation_makes_one_account() {
    everywhere(async |site| {
        let chief = site.person("Cleo Marsh", Role::Administrator).await;
        let link = path(&shown(
            &site
                .post(&chief, "/invitations", &[("role", "facilitator")])
                .await,
        ));
        let nobody = Person::nobody();
        let newcomer = [
            ("name", "Ben Osei"),
            ("email", "ben@loomcraft.example"),
            ("password", PASSWORD),
            ("zone", "Africa/Accra"),
        ];
        let mut taken = newcomer;
        taken[1] = ("email", "CLEO.marsh@loomcraft.example");
        let refused = site.post(&nobody, &link, &taken).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.has("already has this address").has("Ben Osei");
        let ben = Person::with(&site.post(&nobody, &link, &newcomer).await);
        site.get(&ben, "/people/ben-osei")
            .await
            .has("Facilitator")
            .has("Accra, 09:00 there now");
        assert_eq!(site.get(&nobody, &link).await.status, StatusCode::NOT_FOUND);
        site.get(&chief, "/invitations")
            .await
            .has("No invitation waits");
    });
}

#[test]
fn a_revoked_or_old_invitation_is_void() {
    everywhere(async |site| {
        let chief = site.person("Cleo Marsh", Role::Administrator).await;
        let fields = [("role", "member")];
        let link = path(&shown(&site.post(&chief, "/invitations", &fields).await));
        let list = site.get(&chief, "/invitations").await;
        let (_, rest) = list.body.split_once("action=\"/invitations/").unwrap();
        let revocation = format!("/invitations/{}", rest.split('"').next().unwrap());
        let ben = site.person("Ben Osei", Role::Facilitator).await;
        assert_eq!(
            site.post(&ben, &revocation, &[]).await.status,
            StatusCode::NOT_FOUND,
            "another's invitation"
        );
        site.follow(&chief, &revocation, &[]).await;
        let nobody = Person::nobody();
        assert_eq!(site.get(&nobody, &link).await.status, StatusCode::NOT_FOUND);
        let link = path(&shown(&site.post(&chief, "/invitations", &fields).await));
        assert_eq!(site.get(&nobody, &link).await.status, StatusCode::OK);
        site.clock.advance(15 * 86_400_000);
        assert_eq!(site.get(&nobody, &link).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_deactivated_person_is_out_at_once_and_the_last_administrator_stays() {
    everywhere(async |site| {
        let chief = site.person("Cleo Marsh", Role::Administrator).await;
        let ada = site.person("Ada Novak", Role::Member).await;
        let token = shown(
            &site
                .post(
                    &ada,
                    "/settings/tokens",
                    &[("name", "nightly"), ("scope", "read"), ("days", "30")],
                )
                .await,
        );
        let review = site
            .follow(&ada, "/reviews", &[("title", "A queue"), ("text", "")])
            .await;
        assert_eq!(bearer(&site, &token, "/reviews").await, StatusCode::OK);
        site.follow(&chief, "/people/ada-novak/deactivation", &[])
            .await;
        assert!(site.get(&ada, "/").await.status.is_redirection());
        assert!(bearer(&site, &token, "/reviews").await.is_redirection());
        site.get(&chief, &review).await.has("Ada Novak");
        site.get(&chief, "/people").await.lacks("ada-novak");
        site.follow(&chief, "/people/ada-novak/deactivation/removal", &[])
            .await;
        site.get(&chief, "/people").await.has("ada-novak");
        assert!(
            bearer(&site, &token, "/reviews").await.is_redirection(),
            "tokens stay ended"
        );
        for (address, fields) in [
            ("/people/cleo-marsh/deactivation", [("", "")]),
            ("/people/cleo-marsh/role", [("role", "member")]),
        ] {
            let answer = site.post(&chief, address, &fields).await;
            assert_eq!(answer.status, StatusCode::CONFLICT);
            answer.has("last active administrator");
        }
    });
}

async fn bearer(site: &Site, token: &str, path: &str) -> StatusCode {
    send_bearer(site, None, token, axum::http::Method::GET, path)
        .await
        .status
}

async fn send_bearer(
    site: &Site,
    who: Option<&Person>,
    token: &str,
    method: axum::http::Method,
    path: &str,
) -> crate::site::Answer {
    let value = format!("Bearer {token}");
    let headers = [
        ("authorization", value.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", "https://elsewhere.example"),
    ];
    let body = axum::body::Body::from("title=By+a+program&text=");
    site.send(who, method, path, &headers, body).await
}

#[test]
fn a_token_does_what_its_scope_says_and_no_more() {
    use axum::http::Method;
    everywhere(async |site| {
        let chief = site.person("Cleo Marsh", Role::Administrator).await;
        let make = async |scope: &str| {
            let fields = [("name", "ci"), ("scope", scope), ("days", "7")];
            shown(&site.post(&chief, "/settings/tokens", &fields).await)
        };
        let (read, write, admin) = (make("read").await, make("write").await, make("admin").await);
        let status = async |token: &str, method: Method, path: &str| {
            send_bearer(&site, None, token, method, path).await.status
        };
        assert_eq!(status(&read, Method::GET, "/reviews").await, StatusCode::OK);
        assert_eq!(
            status(&read, Method::POST, "/reviews").await,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            status(&write, Method::POST, "/reviews").await,
            StatusCode::SEE_OTHER
        );
        let audit = "/settings/audit";
        assert_eq!(
            status(&write, Method::GET, audit).await,
            StatusCode::FORBIDDEN
        );
        assert_eq!(status(&admin, Method::GET, audit).await, StatusCode::OK);
        assert_eq!(
            status(&write, Method::POST, "/settings/tokens").await,
            StatusCode::FORBIDDEN,
            "a token does not make tokens"
        );
        site.get(&chief, audit).await.has("api ci");
        let both = send_bearer(&site, Some(&chief), "wrong", Method::POST, "/reviews").await;
        assert_eq!(
            both.status,
            StatusCode::UNAUTHORIZED,
            "a cookie does not help a wrong token"
        );
        site.clock.advance(8 * 86_400_000);
        assert!(
            status(&read, Method::GET, "/reviews")
                .await
                .is_redirection()
        );
    });
}

#[test]
fn a_changed_password_ends_the_other_sessions() {
    unfounded(async |site| {
        let here = founded_by_mara(&site).await;
        let sign_in = [("email", "mara@loomcraft.example"), ("password", PASSWORD)];
        let there = Person::with(&site.post(&Person::nobody(), "/sign-in", &sign_in).await);
        let wrong = [
            ("present", "not this one"),
            ("password", "eight calm otters"),
        ];
        let answer = site.post(&here, "/settings/password", &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let right = [("present", PASSWORD), ("password", "eight calm otters")];
        site.follow(&here, "/settings/password", &right).await;
        assert!(site.get(&there, "/").await.status.is_redirection());
        assert_eq!(site.get(&here, "/").await.status, StatusCode::OK);
    });
}

#[test]
fn a_teams_members_decide_who_belongs() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Facilitator).await;
        let team = site
            .follow(&ada, "/teams", &[("name", "Working group")])
            .await;
        assert_eq!(team, "/teams/working-group");
        let members = format!("{team}/members");
        let answer = site.post(&ben, &members, &[("person", "ben-osei")]).await;
        assert_eq!(
            answer.status,
            StatusCode::FORBIDDEN,
            "what is private to it would become theirs"
        );
        site.follow(&ada, &members, &[("person", "@ben-osei")])
            .await;
        site.get(&ben, &team).await.has("Ben Osei");
        let answer = site.post(&ada, &members, &[("person", "nora")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer.has("Nobody here has this").has("value=\"nora\"");
        let fields = [
            ("name", "Readers"),
            ("purpose", "Reads all"),
            ("version", "1"),
        ];
        site.follow(&ben, &team, &fields).await;
        let stale = site
            .post(&ada, &team, &[("name", "Mine"), ("version", "1")])
            .await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        stale.has("Readers").has("value=\"Mine\"");
        let out = [("person", "ben-osei")];
        site.follow(&ben, &format!("{team}/members/removal"), &out)
            .await;
        site.get(&ada, &team).await.lacks("/people/ben-osei");
    });
}

#[test]
fn settings_change_names_and_the_audit_page_tells_who() {
    everywhere(async |site| {
        let chief = site.person("Cleo Marsh", Role::Administrator).await;
        let fields = [
            ("name", "Loomcraft"),
            ("zone", "Europe/Lisbon"),
            ("name_architecture", "Design clinic"),
            ("inviters", "member"),
            ("address_days", "30"),
            ("session_days", "30"),
            ("idempotency_days", "2"),
            ("version", "1"),
        ];
        site.follow(&chief, "/settings/organisation", &fields).await;
        let review = site
            .follow(&chief, "/reviews", &[("title", "A queue"), ("text", "")])
            .await;
        site.get(&chief, &review).await.has("Design clinic");
        let stale = site.post(&chief, "/settings/organisation", &fields).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        stale.has("Somebody was faster");
        let ada = site.person("Ada Novak", Role::Member).await;
        assert_eq!(
            site.get(&ada, "/invitations/new").await.status,
            StatusCode::OK
        );
        let private = [("title", "Acquisition"), ("text", ""), ("private", "yes")];
        site.follow(&ada, "/reviews", &private).await;
        site.get(&chief, "/settings/audit")
            .await
            .has("Organisation changed")
            .has("zone, names, inviters, retention")
            .has("A queue")
            .lacks("Acquisition");
        site.get(&chief, "/settings/audit?person=ada-novak&subject=review")
            .await
            .lacks("A queue")
            .lacks("Acquisition");
        site.get(&chief, "/settings/audit?since=2026-03-03")
            .await
            .has("Nothing that fits");
    });
}

#[test]
fn templates_and_prompts_are_the_organisations() {
    everywhere(async |site| {
        let chief = site.person("Cleo Marsh", Role::Administrator).await;
        let list = site.get(&chief, "/settings/templates").await;
        list.has("Short proposal").has("Near miss");
        let id = |list: &crate::site::Answer, text: &str| {
            let (before, _) = list.body.split_once(&format!("\">{text}</a>")).unwrap();
            before.rsplit('/').next().unwrap().to_owned()
        };
        let short = format!("/settings/templates/{}", id(&list, "Short proposal"));
        site.get(&chief, &short).await.has("# Alternatives");
        let fields = [("name", "Brief"), ("body", "# Why\r\n"), ("version", "1")];
        site.follow(&chief, &short, &fields).await;
        let stale = site
            .post(
                &chief,
                &short,
                &[("name", "Mine"), ("body", "# Mine"), ("version", "1")],
            )
            .await;
        stale.has("# Why").has("# Mine");
        site.follow(&chief, &format!("{short}/place"), &[("direction", "up")])
            .await;
        let list = site.get(&chief, "/settings/templates").await;
        assert!(list.body.find(">Brief<") < list.body.find(">Proposal<"));
        site.follow(&chief, &format!("{short}/retirement"), &[])
            .await;
        site.get(&chief, "/settings/templates")
            .await
            .has("Offer again");
        let fields = [
            ("kind", "architecture"),
            ("body", "Who maintains it in five years?"),
        ];
        site.follow(&chief, "/settings/prompts", &fields).await;
        site.get(&chief, "/settings/prompts")
            .await
            .has("in five years?");
    });
}

#[test]
fn what_is_due_is_forgotten() {
    use hardwon_core::organisation::retention;
    everywhere(async |site| {
        let chief = site.person("Cleo Marsh", Role::Administrator).await;
        site.follow(&chief, "/teams", &[("name", "Weavers")]).await;
        let count = async |sql: &'static str| {
            site.app
                .db
                .read(move |tx| tx.query_one(sql, &[], |row| row.get::<i64>(0)))
                .await
                .unwrap()
        };
        let addresses = "select count(*) from event where origin like 'web %'";
        let forget = async || {
            let ctx = Ctx::operator(&site.world);
            site.app
                .db
                .write(move |tx| retention::forget(&ctx, tx))
                .await
                .unwrap()
        };
        assert!(count(addresses).await > 0);
        forget().await;
        assert!(count(addresses).await > 0, "nothing is due yet");
        site.clock.advance(91 * 86_400_000);
        forget().await;
        assert_eq!(count(addresses).await, 0);
        assert_eq!(count("select count(*) from session").await, 0);
        assert!(
            count("select count(*) from event").await > 0,
            "who and when stay"
        );
    });
}
