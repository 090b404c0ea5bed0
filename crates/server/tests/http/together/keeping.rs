//! What is kept of a document: a snapshot beside its log, and what the log is still needed for.

use super::editor::{PATIENCE, connect, serve};
use crate::outcome::proposal;
use crate::site::{Site, everywhere};
use hardwon_core::documents::{self, Saved, snapshot, typing};
use hardwon_core::id::DocumentId;
use hardwon_core::{Ctx, Error, Role};
use std::sync::Arc;
use std::time::{Duration, Instant};

const DAY: i64 = 86_400_000;

async fn whole(site: &Site, id: DocumentId) -> typing::Log {
    let log = site.app.db.read(move |tx| snapshot::whole(tx, id)).await;
    log.unwrap()
}

async fn document(site: &Site) -> DocumentId {
    let ask = |tx: &mut hardwon_core::Tx<'_>| {
        Ok::<_, Error>(tx.query_one("select document_id from review", &[], |row| row.get(0))?)
    };
    site.app.db.read(ask).await.unwrap()
}

#[test]
fn a_long_log_becomes_a_snapshot_and_an_old_form_a_conflict() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Facilitator).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let id = document(&site).await;
        let server = serve(&site).await;
        let mut editor = connect(server, &ada, &[]).await.unwrap();
        editor.until(|one| one.text().contains("Balances.")).await;
        for number in 0..700 {
            editor.add(&format!("Line {number}.\n")).await;
            if number % 100 == 99 {
                editor.until(|one| one.saved > number).await;
            }
        }
        let begun = Instant::now();
        while whole(&site, id).await.kept == 0 {
            assert!(begun.elapsed() < PATIENCE, "no snapshot");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let log = whole(&site, id).await;
        assert!(
            log.kept >= 500 && log.last == 701,
            "{} {}",
            log.kept,
            log.last
        );
        assert_eq!(site.app.engine.text(&log.updates).unwrap(), editor.text());

        // A form from before is merged as long as the log says what it began from.
        let ctx = Ctx::new(&site.world, site.ctx(&ada).actor, "test");
        let save = async |base: i64, text: &str| {
            let (ctx, engine, text) = (ctx.clone(), Arc::clone(&site.app.engine), text.to_owned());
            let save = move |tx: &mut hardwon_core::Tx<'_>| {
                documents::save(&ctx, tx, &*engine, id, base, &text)
            };
            site.app.db.write(save).await.unwrap()
        };
        let form = "# The problem\n\nBalances.\n";
        assert!(matches!(save(1, form).await, Saved::Merged { .. }));
        editor.until(|one| one.text().contains("The problem")).await;

        let mut late = Ctx::operator(&site.world);
        late.at += 2 * DAY;
        let trim = move |tx: &mut hardwon_core::Tx<'_>| snapshot::trim(&late, tx);
        assert!(!site.app.db.write(trim).await.unwrap());
        let rows = site
            .app
            .db
            .read(move |tx| typing::log_after(tx, id, 3))
            .await;
        assert!(
            rows.unwrap().kept >= 500,
            "what was trimmed is the snapshot's"
        );
        let log = whole(&site, id).await;
        assert_eq!(site.app.engine.text(&log.updates).unwrap(), editor.text());
        match save(1, "# Mine\n").await {
            Saved::Conflict { theirs, merged, .. } => {
                assert_eq!(theirs, editor.text());
                assert!(merged.contains("# Mine") && merged.contains("Line 699."));
            }
            other => panic!("{other:?}"),
        }
        let base = log.last;
        let text = editor.text().replace("Line 3.", "Line three.");
        assert_eq!(
            save(base, &text).await,
            Saved::Written { version: base + 1 }
        );
        editor.until(|one| one.text() == text).await;
        editor.add("Goes on.").await;
        editor.until(|one| one.saved == 702).await;
    });
}

#[test]
fn many_edits_at_random_end_in_one_text() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        proposal(&site, &ada, "Payouts ledger", &[]).await;
        let id = document(&site).await;
        let server = serve(&site).await;
        for seed in 1..=4_u64 {
            let mut random = super::nodes::Random(seed * 7919);
            let mut editors = Vec::new();
            for _ in 0..3 {
                let mut editor = connect(server, &ada, &[]).await.unwrap();
                editor.until(|one| one.text().contains("Balances.")).await;
                editors.push(editor);
            }
            for _ in 0..120 {
                let at = random.below(editors.len());
                let editor = &mut editors[at];
                let update = editor.change(|content, transaction| {
                    use yrs::Text as _;
                    let length = content.len(transaction);
                    let at = random.below(length as usize + 1) as u32;
                    if random.below(3) == 0 {
                        content.remove_range(transaction, at, (length - at).min(4));
                    } else {
                        let words = ["a", "größe ", "😀", "\n", "Balances."];
                        content.insert(transaction, at, words[random.below(words.len())]);
                    }
                });
                editor.say(2, &update).await;
                if random.below(4) == 0 {
                    let at = random.below(editors.len());
                    editors[at].listen(Duration::from_millis(2)).await.unwrap();
                }
            }
            editors[0].add("Balances. Settled.").await;
            let begun = Instant::now();
            loop {
                for editor in &mut editors {
                    editor.listen(Duration::from_millis(20)).await.unwrap();
                }
                let log = whole(&site, id).await;
                let kept = site.app.engine.text(&log.updates).unwrap();
                if editors.iter().all(|editor| editor.text() == kept) {
                    break;
                }
                assert!(begun.elapsed() < PATIENCE, "seed {seed}: {kept:?}");
            }
        }
    });
}
