//! Several nodes on one database: whenever another commits, the documents that are open here are held against their logs, all
//! by one question, so that what is typed there is seen here.

use crate::app::App;
use hardwon_core::documents::typing;
use std::time::Duration;

/// What several rooms over there write at about the same time is looked for once.
const GATHER: Duration = Duration::from_millis(10);

/// Runs for as long as the program; on a database of one's own there is nothing to watch.
pub async fn watch(app: App) {
    let mut changes = app.db.changes_elsewhere();
    while changes.changed().await.is_ok() {
        tokio::time::sleep(GATHER).await;
        changes.borrow_and_update();
        let open = app.rooms.open();
        if open.is_empty() {
            continue;
        }
        match app.db.read(move |tx| typing::ahead(tx, &open)).await {
            Ok(ahead) => {
                for (document, seq) in ahead {
                    app.rooms.look_again(document, seq);
                }
            }
            Err(error) => {
                tracing::warn!(cause = %error, "what other nodes typed is not seen for the moment");
            }
        }
    }
}
