use crate::site::everywhere;
use axum::http::StatusCode;
use hardwon_core::Role;

#[test]
fn a_proposal_is_written_and_read() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        let fields = [
            ("title", "Queue for order mails"),
            ("text", "# Problem\r\n\r\nMails are *late*.\r\n"),
        ];
        let address = site.follow(&ada, "/reviews", &fields).await;
        assert_eq!(address, "/reviews/1");
        site.get(&ben, &address)
            .await
            .has("Queue for order mails")
            .has("<em>late</em>");
        site.get(&ben, "/reviews?state=draft")
            .await
            .has("Queue for order mails");
        site.get(&ben, "/reviews?state=decided")
            .await
            .lacks("Queue for order mails");
    });
}

#[test]
fn a_private_review_looks_as_if_it_did_not_exist() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let chief = site.person("Cleo Marsh", Role::Administrator).await;
        let fields = [
            ("title", "Acquisition of a competitor"),
            ("text", ""),
            ("private", "yes"),
        ];
        let address = site.follow(&ada, "/reviews", &fields).await;
        site.get(&ada, &address).await.has("Acquisition");
        let hidden = site.get(&chief, &address).await;
        let absent = site.get(&chief, "/reviews/999").await;
        assert_eq!(
            (hidden.status, &hidden.body),
            (StatusCode::NOT_FOUND, &absent.body)
        );
        site.get(&chief, "/reviews").await.lacks("Acquisition");
    });
}

#[test]
fn an_invalid_form_comes_back_with_everything_typed() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let answer = site
            .post(
                &ada,
                "/reviews",
                &[("title", "  "), ("text", "three days of work")],
            )
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer.has("Give it a title").has("three days of work");
    });
}
