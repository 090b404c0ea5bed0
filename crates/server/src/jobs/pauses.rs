//! Once a minute: documents that rest, or that have been written for long, get a version of their own. Every node looks;
//! whoever claims the row keeps it.

use crate::app::App;
use hardwon_core::documents::versions;
use hardwon_core::{Ctx, Error};
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(60);
/// Thinning out has no hurry.
const THIN_EVERY: u32 = 60;

pub(super) async fn run(app: App) {
    for turn in (0..THIN_EVERY).cycle() {
        if let Err(error) = once(&app, turn == 0).await {
            super::complain(&error);
        }
        tokio::time::sleep(EVERY).await;
    }
}

pub(super) async fn once(app: &App, thin: bool) -> Result<(), Error> {
    loop {
        let ctx = Ctx::operator(&app.world);
        let at = ctx.at;
        let Some(pause) = app.db.read(move |tx| versions::in_pause(tx, at)).await? else {
            break;
        };
        app.db
            .write(move |tx| versions::keep_in_pause(&ctx, tx, pause))
            .await?;
    }
    if thin {
        let ctx = Ctx::operator(&app.world);
        app.db.write(move |tx| versions::thin(&ctx, tx)).await?;
    }
    Ok(())
}
