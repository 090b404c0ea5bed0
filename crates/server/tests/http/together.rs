//! Writing together, over real sockets: what one types the others see, what is acknowledged is on disk, and nobody writes
//! who may not.

mod editor;
mod keeping;
mod limits;
mod nodes;

use crate::outcome::proposal;
use crate::site::{Person, Site, everywhere};
use axum::http::StatusCode;
use editor::{Editor, PATIENCE, connect, serve};
use hardwon_core::Role;
use std::time::{Duration, Instant};
use yrs::encoding::write::Write as _;

/// Waits until the page shows what was typed.
async fn shown(site: &Site, who: &Person, words: &str) {
    let begun = Instant::now();
    while !site.get(who, "/reviews/1").await.body.contains(words) {
        assert!(begun.elapsed() < PATIENCE, "the page does not follow");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[test]
fn what_one_types_the_others_see_and_the_page_follows() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Facilitator).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let server = serve(&site).await;
        let mut one = connect(server, &ada, &[]).await.unwrap();
        let mut two = connect(server, &ben, &[]).await.unwrap();
        one.until(|one| one.text().contains("Balances.")).await;
        two.until(|two| two.text().contains("Balances.")).await;
        one.add("Ada says 😀.\n").await;
        two.add("Ben says.\n").await;
        let both = |editor: &Editor| {
            let text = editor.text();
            text.contains("Ada says 😀.") && text.contains("Ben says.")
        };
        // The answer to the server's state and one update each.
        one.until(|one| both(one) && one.saved == 2).await;
        two.until(|two| both(two) && two.saved == 2).await;
        assert_eq!(one.text(), two.text());
        shown(&site, &ada, "Ben says.").await;
        // Who typed what is known from the sockets it came over.
        let told = site.get(&ada, "/api/v1/reviews/1/authors").await.value();
        let of = |name: &str| -> String {
            let words = told["words"].as_array().unwrap().iter();
            let own = words.filter(|one| one["author"]["name"] == name);
            own.map(|one| one["text"].as_str().unwrap()).collect()
        };
        assert!(of("Ada Novak").ends_with("Ada says 😀.\n"), "{told}");
        assert_eq!(of("Ben Osei"), "Ben says.\n");
        // A form that began from the first version is merged in, and whoever is writing gets it.
        let form = [
            ("title", "Payouts ledger"),
            ("base", "1"),
            ("text", "# The problem\n\nBalances.\n"),
        ];
        site.post(&ada, "/reviews/1/document", &form).await;
        one.until(|one| one.text().contains("The problem")).await;
        assert!(both(&one), "{}", one.text());
    });
}

#[test]
fn only_those_who_may_edit_write_and_only_while_they_may() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let server = serve(&site).await;
        let mut reader = connect(server, &ben, &[]).await.unwrap();
        reader.until(|one| one.text().contains("Balances.")).await;
        reader.add("Not mine.").await;
        assert_eq!(reader.end().await, 1008);
        let mut writer = connect(server, &ada, &[]).await.unwrap();
        writer.until(|one| one.text().contains("Balances.")).await;
        assert!(!writer.text().contains("Not mine."));

        let mut watching = connect(server, &ben, &[]).await.unwrap();
        watching.until(|one| one.text().contains("Balances.")).await;
        let private = [("visibility", "private")];
        site.follow(&ada, "/reviews/1/visibility", &private).await;
        assert_eq!(watching.end().await, 1008);
        let refused = connect(server, &ben, &[]).await.err();
        assert_eq!(refused, Some(StatusCode::NOT_FOUND));
        let foreign = [("origin", "https://evil.example")];
        let refused = connect(server, &ada, &foreign).await.err();
        assert_eq!(refused, Some(StatusCode::FORBIDDEN));
    });
}

#[test]
fn rubbish_ends_the_connection_and_nothing_else() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let server = serve(&site).await;
        let mut calm = connect(server, &ada, &[]).await.unwrap();
        calm.until(|one| one.text().contains("Balances.")).await;
        let boast = vec![0, 0, 5, 0xff, 0xff, 0xff, 0xfe, 0x02];
        let broken = vec![0, 2, 3, 1, 1, 200];
        for frame in [boast, broken, vec![0, 9, 0], vec![255; 40]] {
            let mut loud = connect(server, &ada, &[]).await.unwrap();
            loud.send(frame.clone()).await;
            assert_eq!(loud.end().await, 1007, "{frame:?}");
        }
        calm.add("Still here.").await;
        calm.until(|one| one.saved == 2).await;
    });
}

#[test]
fn a_presence_carries_the_name_of_whoever_signed_in() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let server = serve(&site).await;
        let mut one = connect(server, &ada, &[]).await.unwrap();
        one.until(|one| one.text().contains("Balances.")).await;
        let mut two = connect(server, &ben, &[]).await.unwrap();
        let state = r#"{"user":{"name":"Ada Novak"},"cursor":null}"#;
        let mut body = Vec::new();
        body.write_var(1_u32);
        body.write_var(77_u64);
        body.write_var(1_u32);
        body.write_buf(state.as_bytes());
        let mut frame = Vec::new();
        frame.write_var(1_u8);
        frame.write_buf(&body);
        two.send(frame).await;
        one.until(|one| one.presence.contains("Ben Osei")).await;
        assert!(!one.presence.contains("Ada Novak"), "{}", one.presence);
        one.presence.clear();
        drop(two);
        one.until(|one| one.presence.contains("null")).await;
    });
}
