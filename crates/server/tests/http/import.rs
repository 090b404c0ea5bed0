use crate::site::{Folder, Site, everywhere};
use hardwon::cli::import::{Report, bring_in};
use hardwon_core::Role;
use hardwon_core::exchange::import::Done;
use std::path::Path;

const FIRST: &str = "# ADR 1: One queue for mails\n\n## Status\n\nSuperseded by [ADR 2](0002-two-queues.md)\n\n## Context\n\n\
    Mails are sent where they arise.\n\n## Decision\n\nA queue.\n\n## Consequences\n\nOne more thing to run.\n";
const SECOND: &str = "# ADR 2: Two queues for mails\n\n## Status\n\nAccepted\n\nSupersedes [ADR 1](0001-one-queue.md)\n\n\
    ## Context\n\nReceipts wait behind newsletters.\n\n## Decision\n\nTwo queues.\n\n## Consequences\n\nReceipts are \
    quick.\n\n## Open questions\n\n- Who watches the slow one?\n";

async fn run(site: &Site, folder: &Path) -> Report {
    let (db, world, paths) = (
        site.app.db.clone(),
        site.world.clone(),
        vec![folder.to_owned()],
    );
    tokio::task::spawn_blocking(move || bring_in(&db, &world, &paths))
        .await
        .unwrap()
        .unwrap()
}

fn write(folder: &Folder, name: &str, text: impl AsRef<[u8]>) {
    std::fs::create_dir_all(folder.path().join("adr")).unwrap();
    std::fs::write(folder.path().join("adr").join(name), text).unwrap();
}

#[test]
fn files_become_reviews_once_and_follow_their_changes() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let folder = Folder::new();
        write(&folder, "0001-one-queue.md", FIRST);
        write(&folder, "0002-two-queues.md", SECOND);
        write(&folder, "0003-broken.md", b"# Broken \xff\n");
        let report = run(&site, folder.path()).await;
        assert_eq!(
            (report.imported, report.refused.len()),
            (2, 1),
            "{report:?}"
        );
        assert!(report.refused[0].reason.contains("not UTF-8"), "{report:?}");
        assert_eq!(report.unresolved_references, 0, "{report:?}");
        site.get(&ada, "/reviews/1")
            .await
            .has("One queue for mails");
        site.get(&ada, "/reviews/2")
            .await
            .has("Two queues for mails")
            .has("Receipts wait behind");
        site.get(&ada, "/reviews/2/questions")
            .await
            .has("Who watches the slow one?");

        let again = run(&site, folder.path()).await;
        assert_eq!(
            (again.imported, again.updated, again.unchanged),
            (0, 0, 2),
            "{again:?}"
        );

        write(
            &folder,
            "0002-two-queues.md",
            SECOND.replace("Two queues.", "Two queues and a budget."),
        );
        let changed = run(&site, folder.path()).await;
        assert_eq!((changed.updated, changed.unchanged), (1, 1), "{changed:?}");
        site.get(&ada, "/reviews/2")
            .await
            .has("Two queues and a budget.");
    });
}

#[test]
fn what_was_written_here_is_merged_or_kept_apart_but_never_lost() {
    everywhere(async |site| {
        let cleo = site.person("Cleo Marsh", Role::Administrator).await;
        let folder = Folder::new();
        write(&folder, "0002-two-queues.md", SECOND);
        run(&site, folder.path()).await;
        let own = SECOND.replace("Receipts are quick.", "Receipts are quick, and seen to be.");
        site.follow(
            &cleo,
            "/reviews/1/document",
            &[("base", "1"), ("text", &own)],
        )
        .await;

        write(
            &folder,
            "0002-two-queues.md",
            SECOND.replace("Two queues.\n", "Two queues and a budget.\n"),
        );
        let merged = run(&site, folder.path()).await;
        assert_eq!(merged.proposals[0].done, Done::Updated { number: 1 });
        let page = site.get(&cleo, "/reviews/1").await;
        page.has("Two queues and a budget.").has("and seen to be.");

        write(
            &folder,
            "0002-two-queues.md",
            SECOND.replace("Receipts are quick.", "Receipts take a second."),
        );
        let apart = run(&site, folder.path()).await;
        assert_eq!(apart.proposals[0].done, Done::KeptApart { number: 1 });
        site.get(&cleo, "/reviews/1")
            .await
            .has("and seen to be.")
            .lacks("take a second");
        site.get(&cleo, "/reviews/1/history")
            .await
            .has("from the file, not merged");
    });
}
