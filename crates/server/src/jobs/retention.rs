//! Once an hour: what the organisation wants forgotten is forgotten, logs of documents are trimmed, and what was typed before
//! the program ended too early comes to its pages.

use crate::app::App;
use hardwon_core::documents::{self, snapshot, typing};
use hardwon_core::organisation::{self, retention};
use hardwon_core::{Ctx, Error};
use std::sync::Arc;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(3_600);
/// After the start: what was typed just before the program ended counts as left behind by then.
const SOON: Duration = Duration::from_secs(90);

pub(super) async fn run(app: App) {
    let mut wait = SOON;
    loop {
        if let Err(error) = once(&app).await {
            super::complain(&error);
        }
        tokio::time::sleep(wait).await;
        wait = EVERY;
    }
}

/// Forgets everything that is due, a batch to a transaction.
async fn once(app: &App) -> Result<(), Error> {
    if !app.db.read(organisation::exists).await? {
        return Ok(());
    }
    loop {
        let ctx = Ctx::operator(&app.world);
        if !app.db.write(move |tx| retention::forget(&ctx, tx)).await? {
            break;
        }
    }
    show(app).await?;
    loop {
        let ctx = Ctx::operator(&app.world);
        if !app.db.write(move |tx| snapshot::trim(&ctx, tx)).await? {
            return Ok(());
        }
    }
}

async fn show(app: &App) -> Result<(), Error> {
    let ctx = Ctx::operator(&app.world);
    let ask = ctx.clone();
    for document in app.db.read(move |tx| typing::unshown(&ask, tx)).await? {
        let (ctx, engine) = (ctx.clone(), Arc::clone(&app.engine));
        app.db
            .write(move |tx| documents::with_typing(&ctx, tx, &*engine, document).map(drop))
            .await?;
    }
    Ok(())
}
