//! What one connection may not do to the others.

use super::editor::{connect, connect_with, serve};
use crate::outcome::proposal;
use crate::site::everywhere;
use hardwon_core::Role;
use yrs::encoding::write::Write as _;
use yrs::updates::decoder::Decode as _;
use yrs::updates::encoder::Encode as _;
use yrs::{Text as _, Update};

fn presences(clients: std::ops::Range<u64>, state: &str) -> Vec<u8> {
    let mut body = Vec::new();
    body.write_var(clients.end - clients.start);
    for client in clients {
        body.write_var(client);
        body.write_var(1_u32);
        body.write_buf(state.as_bytes());
    }
    let mut frame = Vec::new();
    frame.write_var(1_u8);
    frame.write_buf(&body);
    frame
}

#[test]
fn what_is_too_much_ends_the_connection_with_its_reason() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let server = serve(&site).await;
        let mut calm = connect(server, &ada, &[]).await.unwrap();
        calm.until(|one| one.text().contains("Balances.")).await;
        let long = format!(r#"{{"cursor":"{}"}}"#, "x".repeat(5_000));
        for (frame, code) in [
            (presences(1..2, &long), 1009),
            (presences(1..10, "{}"), 1008),
        ] {
            let mut loud = connect(server, &ada, &[]).await.unwrap();
            loud.send(frame).await;
            assert_eq!(loud.end().await, code);
        }
        let mut loud = connect(server, &ada, &[]).await.unwrap();
        loud.until(|one| one.text().contains("Balances.")).await;
        loud.add(&"x".repeat(4 << 20)).await;
        assert_eq!(loud.end().await, 1009);
        calm.add("Still here.").await;
        calm.until(|one| one.saved == 2).await;
    });
}

#[test]
fn whoever_does_not_keep_up_is_cut_off_and_catches_up() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let server = serve(&site).await;
        let mut writer = connect(server, &ada, &[]).await.unwrap();
        writer.until(|one| one.text().contains("Balances.")).await;
        let mut slow = connect(server, &ben, &[]).await.unwrap();
        slow.until(|one| one.text().contains("Balances.")).await;
        let much = "x".repeat(512 << 10);
        for round in 1..=40 {
            writer.add(&much).await;
            let deletion = writer.change(|content, transaction| {
                let end = content.len(transaction);
                content.remove_range(transaction, end - (512 << 10), 512 << 10);
            });
            writer.say(2, &deletion).await;
            writer.until(|one| one.saved >= 2 * round).await;
        }
        writer.add("The end.").await;
        writer.until(|one| one.saved == 82).await;
        assert_eq!(slow.end().await, 1013);
        let mut again = connect_with(server, &ben, &[], slow.doc).await.unwrap();
        again.until(|one| one.text() == writer.text()).await;
        assert!(again.text().ends_with("The end."));
    });
}

#[test]
fn updates_with_gaps_stop_nobody_else() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let server = serve(&site).await;
        let mut calm = connect(server, &ada, &[]).await.unwrap();
        calm.until(|one| one.text().contains("Balances.")).await;
        // The second of two comes first.
        let mut hasty = connect(server, &ada, &[]).await.unwrap();
        hasty.until(|one| one.text().contains("Balances.")).await;
        hasty.change(|content, transaction| content.push(transaction, "One. "));
        let second = hasty.change(|content, transaction| content.push(transaction, "Two. "));
        hasty.say(2, &second).await;
        assert_eq!(hasty.end().await, 1012);
        calm.add("Calm. ").await;
        calm.until(|one| one.saved == 2).await;
        assert!(!calm.text().contains("Two."));
        // One that is whole, and one that rests on something that never came, in one update: the whole one counts.
        let mut other = connect(server, &ada, &[]).await.unwrap();
        other.until(|one| one.text().contains("Calm.")).await;
        let whole = other.change(|content, transaction| content.push(transaction, "Whole. "));
        let both = [second, whole].map(|update| Update::decode_v1(&update).unwrap());
        other.say(2, &Update::merge_updates(both).encode_v1()).await;
        assert_eq!(other.end().await, 1012);
        calm.until(|one| one.text().contains("Whole.")).await;
        assert!(!calm.text().contains("Two."));
        // Whoever comes again brings what was missing.
        let mut again = connect_with(server, &ada, &[], hasty.doc).await.unwrap();
        again.until(|one| one.saved == 1).await;
        calm.until(|one| one.text().contains("One. Two.")).await;
        again.until(|one| one.text() == calm.text()).await;
        let mut fresh = connect(server, &ada, &[]).await.unwrap();
        fresh.until(|one| one.text() == calm.text()).await;
    });
}
