//! `hardwon link`: a way in for somebody who lost theirs, made by the operator.

use super::token::nobody;
use super::{Complaint, open, say};
use crate::config::Config;
use clap::Args;
use hardwon_core::auth::links;
use hardwon_core::{Ctx, World, people};
use serde_json::json;

#[derive(Args)]
pub struct Arguments {
    /// Whom to sign in: a handle or an e-mail address
    person: String,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(config: &Config, arguments: &Arguments) -> Result<(), Complaint> {
    let (db, world) = (open(config)?, World::machine());
    let ctx = Ctx::operator(&world);
    let secret = db
        .write_blocking(|tx| {
            let person = people::named(tx, &arguments.person)?.id;
            links::sign_in_link(&ctx, tx, person)
        })
        .map_err(|error| nobody(&error, &arguments.person))?;
    let link = format!("{}/sign-in/{}", config.base_url, secret.text);
    if arguments.json {
        say(&json!({ "link": link, "hours": links::SIGN_IN_HOURS }).to_string());
    } else {
        say(&link);
    }
    Ok(())
}
