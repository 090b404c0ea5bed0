//! Once an hour: what the organisation wants forgotten is forgotten.

use crate::app::App;
use hardwon_core::organisation::{self, retention};
use hardwon_core::{Ctx, Error};
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(3_600);

pub(super) async fn run(app: App) {
    loop {
        if let Err(error) = once(&app).await {
            super::complain(&error);
        }
        tokio::time::sleep(EVERY).await;
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
            return Ok(());
        }
    }
}
