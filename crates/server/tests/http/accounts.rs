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
