//! `hardwon doctor`: looks at a deployment and says what is not right with it, without changing anything but opening
//! (and so bringing up to date) the database that a start would open.

use super::{Complaint, open, say};
use crate::config::Config;
use hardwon_core::{Ctx, World, event, organisation, people};
use hardwon_db::{Db, Target};
use serde_json::json;
use std::net::TcpListener;

/// One thing that was looked at.
struct Finding {
    check: &'static str,
    state: State,
    detail: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    /// Works, and somebody should know.
    Warning,
    Bad,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Bad => "bad",
        }
    }
}

pub fn run(config: &Config, json: bool) -> Result<(), Complaint> {
    let mut findings = vec![data_folder(config), base_url(config), port(config)];
    findings.extend(database(config));
    if json {
        let rows: Vec<_> = findings
            .iter()
            .map(|found| {
                json!({ "check": found.check, "state": found.state.word(), "detail": found.detail })
            })
            .collect();
        say(&json!(rows).to_string());
    } else {
        for found in &findings {
            say(&format!(
                "{:<8} {:<12} {}",
                found.state.word(),
                found.check,
                found.detail
            ));
        }
    }
    match findings
        .iter()
        .filter(|found| found.state == State::Bad)
        .count()
    {
        0 => Ok(()),
        1 => Err(Complaint::new("One thing is not right.")),
        bad => Err(Complaint::new(format!("{bad} things are not right."))),
    }
}

fn data_folder(config: &Config) -> Finding {
    let folder = config.data.display();
    let check = "data folder";
    if !config.data.exists() {
        return Finding {
            check,
            state: State::Warning,
            detail: format!("{folder} is not there yet; a start makes it."),
        };
    }
    let probe = config.data.join(".doctor");
    match std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => Finding {
            check,
            state: State::Good,
            detail: format!("{folder} can be written."),
        },
        Err(error) => Finding {
            check,
            state: State::Bad,
            detail: format!("{folder} cannot be written: {error}."),
        },
    }
}

fn base_url(config: &Config) -> Finding {
    let host = config
        .base_url
        .split_once("://")
        .map_or("", |(_, rest)| rest)
        .split(['/', ':'])
        .next()
        .unwrap_or_default();
    let is_local = matches!(host, "localhost" | "127.0.0.1" | "[");
    let (state, detail) = if config.is_secure() {
        (State::Good, format!("{} is on TLS.", config.base_url))
    } else if is_local {
        (
            State::Good,
            format!("{} is for this machine only.", config.base_url),
        )
    } else {
        (
            State::Warning,
            format!(
                "{} is not on TLS: passwords and cookies travel in the clear. Put a proxy with TLS in front and set --base-url https://…",
                config.base_url
            ),
        )
    };
    Finding {
        check: "base URL",
        state,
        detail,
    }
}

fn port(config: &Config) -> Finding {
    let (state, detail) = match TcpListener::bind(config.listen) {
        Ok(_) => (State::Good, format!("{} is free.", config.listen)),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => (
            State::Warning,
            format!(
                "{} is in use: by a Hardwon that runs, or by another program.",
                config.listen
            ),
        ),
        Err(error) => (
            State::Bad,
            format!("{} cannot be listened on: {error}.", config.listen),
        ),
    };
    Finding {
        check: "address",
        state,
        detail,
    }
}

fn database(config: &Config) -> Vec<Finding> {
    let check = "database";
    if let Target::Sqlite(path) = &config.database
        && !path.exists()
    {
        return vec![Finding {
            check,
            state: State::Warning,
            detail: format!("{} is not there yet; a start makes it.", path.display()),
        }];
    }
    match open(config) {
        Err(Complaint(sentence)) => vec![Finding {
            check,
            state: State::Bad,
            detail: sentence,
        }],
        Ok(db) => {
            let opened = Finding {
                check,
                state: State::Good,
                detail: format!(
                    "{:?} opens, and its schema is this program's.",
                    db.backend()
                ),
            };
            let mut findings = vec![opened];
            match inside(&db) {
                Ok(found) => findings.extend(found),
                Err(error) => findings.push(Finding {
                    check,
                    state: State::Bad,
                    detail: error.to_string(),
                }),
            }
            findings
        }
    }
}

fn inside(db: &Db) -> Result<Vec<Finding>, hardwon_core::Error> {
    let world = World::machine();
    let ctx = Ctx::operator(&world);
    db.read_blocking(|tx| {
        let newest = event::newest_at(tx)?.unwrap_or(0);
        let ahead = (newest - ctx.at) / 1_000;
        let clock = if ahead > 5 {
            Finding {
                check: "clock",
                state: State::Bad,
                detail: format!(
                    "The newest change is {ahead} seconds in the future: this machine's clock went back, or another's is wrong."
                ),
            }
        } else {
            Finding {
                check: "clock",
                state: State::Good,
                detail: "No change lies in the future.".to_owned(),
            }
        };
        let organisation = if organisation::exists(tx)? {
            let name = organisation::get(tx)?.name;
            match people::administrators(tx)? {
                0 => Finding {
                    check: "organisation",
                    state: State::Bad,
                    detail: format!("{name} has no active administrator."),
                },
                n => Finding {
                    check: "organisation",
                    state: State::Good,
                    detail: format!("{name}, with {n} active administrator(s)."),
                },
            }
        } else {
            Finding {
                check: "organisation",
                state: State::Warning,
                detail: "Not set up yet; a start shows the link.".to_owned(),
            }
        };
        Ok(vec![clock, organisation])
    })
}
