//! `hardwon token`: API tokens, made and ended by the operator.

use super::{Complaint, open, say};
use crate::config::Config;
use clap::{Args, Subcommand};
use hardwon_core::auth::Scope;
use hardwon_core::auth::tokens;
use hardwon_core::id::TokenId;
use hardwon_core::{Ctx, Error, World, people};
use serde_json::json;

#[derive(Subcommand)]
pub enum Command {
    /// Make a token; it is shown once
    Create(Create),
    /// List the tokens that have not been revoked
    List {
        /// Answer in JSON
        #[arg(long)]
        json: bool,
    },
    /// End a token at once
    Revoke {
        /// Its id, as `token list` shows it
        id: String,
    },
}

#[derive(Args)]
pub struct Create {
    /// Whom the token acts for: a handle or an e-mail address
    #[arg(long, value_name = "PERSON")]
    person: String,
    /// What it is for
    #[arg(long)]
    name: String,
    /// What it may do
    #[arg(long, value_parser = ["read", "write", "admin"], default_value = "read")]
    scope: String,
    /// Days it lasts
    #[arg(long, default_value_t = 90)]
    days: u32,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(config: &Config, command: Command) -> Result<(), Complaint> {
    let (db, world) = (open(config)?, World::machine());
    let ctx = Ctx::operator(&world);
    match command {
        Command::Create(wanted) => {
            let scope = Scope::parse(&wanted.scope).expect("clap takes only these words");
            let (id, secret) = db
                .write_blocking(|tx| {
                    let person = people::named(tx, &wanted.person)?.id;
                    tokens::create(&ctx, tx, person, &wanted.name, scope, wanted.days)
                })
                .map_err(|error| nobody(&error, &wanted.person))?;
            if wanted.json {
                say(&json!({ "id": id, "token": secret.text }).to_string());
            } else {
                say(&secret.text);
            }
        }
        Command::List { json } => {
            let found = db.read_blocking(|tx| tokens::all(&ctx, tx))?;
            if json {
                let rows: Vec<_> = found
                    .iter()
                    .map(|token| {
                        json!({
                            "id": token.id,
                            "person": token.owner.handle,
                            "name": token.name,
                            "scope": token.scope,
                            "created_at": token.created_at,
                            "expires_at": token.expires_at,
                            "used_at": token.used_at,
                        })
                    })
                    .collect();
                say(&json!(rows).to_string());
            } else {
                for token in found {
                    let ends = jiff::Timestamp::from_millisecond(token.expires_at)
                        .map(|at| at.strftime("%Y-%m-%d").to_string())
                        .unwrap_or_default();
                    say(&format!(
                        "{}  {:<5}  until {ends}  @{}  {}",
                        token.id,
                        token.scope.as_str(),
                        token.owner.handle,
                        token.name
                    ));
                }
            }
        }
        Command::Revoke { id } => {
            let id: TokenId = id.parse()?;
            db.write_blocking(|tx| tokens::revoke(&ctx, tx, id))
                .map_err(|error| match error {
                    Error::NotFound => Complaint::new(format!("No token has the id {id}.")),
                    other => other.into(),
                })?;
        }
    }
    Ok(())
}

/// The complaint about a person who is not there, or the error in words.
pub fn nobody(error: &Error, person: &str) -> Complaint {
    match error {
        Error::NotFound => Complaint::new(format!("Nobody has the handle or address {person}.")),
        Error::Invalid(fields) => Complaint::new(fields.sentences()),
        other => Complaint::new(other.to_string()),
    }
}
