//! `hardwon import proposals PATH…`

use super::Complaint;
use crate::config::Config;
use crate::realtime::YrsEngine;
use clap::Args;
use hardwon_core::exchange::import::{self, Done};
use hardwon_core::exchange::proposals::{self, Limits, Proposal, Refused};
use hardwon_core::{Ctx, Error, Tx, World, organisation};
use hardwon_db::Db;
use serde::Serialize;
use std::path::PathBuf;

/// Proposals that share one transaction.
const BATCH: usize = 50;

#[derive(Args)]
pub struct Proposals {
    /// Files and folders of Markdown, reStructuredText or AsciiDoc
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// What an import did.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Files that were looked at.
    pub read: usize,
    pub imported: usize,
    pub updated: usize,
    pub unchanged: usize,
    /// Changed both here and in the file, in the same lines: the document stays, the file's text is a version of it.
    pub kept_apart: usize,
    pub proposals: Vec<Line>,
    pub refused: Vec<Reason>,
    /// References to proposals that are not here (yet).
    pub unresolved_references: i64,
}

/// One proposal of a report.
#[derive(Debug, Serialize)]
pub struct Line {
    pub path: String,
    pub key: String,
    pub title: String,
    pub state: Option<String>,
    pub outcome: &'static str,
    #[serde(flatten)]
    pub done: Done,
}

#[derive(Debug, Serialize)]
pub struct Reason {
    pub path: String,
    pub reason: String,
}

pub fn proposals(config: &Config, command: &Proposals) -> Result<(), Complaint> {
    if let Some(missing) = command.paths.iter().find(|path| !path.exists()) {
        return Err(Complaint::new(format!(
            "There is nothing at {}.",
            missing.display()
        )));
    }
    let db = super::export::existing(config)?;
    if !db.read_blocking(organisation::exists)? {
        return Err(Complaint::new(
            "There is no organisation yet: start `hardwon serve`, open the link it prints, then import.",
        ));
    }
    let report = bring_in(&db, &World::machine(), &command.paths)?;
    if command.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        report.print();
    }
    if report.proposals.is_empty() && !report.refused.is_empty() {
        return Err(Complaint::new(
            "Nothing could be imported; the reasons are above.",
        ));
    }
    Ok(())
}

/// Reads the paths and writes every proposal found.
pub fn bring_in(db: &Db, world: &World, paths: &[PathBuf]) -> Result<Report, Error> {
    let reading = proposals::read(paths, &Limits::default());
    let ctx = Ctx::operator(world);
    let mut report = Report {
        read: reading.read,
        ..Report::default()
    };
    report.refused = reading.refused.iter().map(reason).collect();
    for batch in reading.proposals.chunks(BATCH) {
        let lines = db.write_blocking(|tx| {
            let written = batch.iter().map(|proposal| write(&ctx, tx, proposal));
            written.collect::<Result<Vec<_>, Error>>()
        })?;
        for line in lines {
            match line {
                Ok(line) => report.take(line),
                Err(reason) => report.refused.push(reason),
            }
        }
    }
    report.unresolved_references = db.read_blocking(import::unresolved)?;
    Ok(report)
}

/// Writes one proposal. One that cannot be written takes nothing else of its transaction with it.
fn write(ctx: &Ctx, tx: &mut Tx<'_>, proposal: &Proposal) -> Result<Result<Line, Reason>, Error> {
    let path = proposal.path.clone();
    match tx.savepoint(|tx| import::proposal(ctx, tx, &YrsEngine, proposal)) {
        Ok(done) => Ok(Ok(Line {
            path,
            key: proposal.key.clone(),
            title: proposal.title.clone(),
            state: proposal.state.as_ref().map(|state| state.written.clone()),
            outcome: proposal.outcome.as_str(),
            done,
        })),
        Err(Error::Unavailable(why)) => Err(Error::Unavailable(why)),
        Err(error) => Ok(Err(Reason {
            path,
            reason: chain(&error),
        })),
    }
}

impl Report {
    fn take(&mut self, line: Line) {
        match line.done {
            Done::Imported { .. } => self.imported += 1,
            Done::Updated { .. } => self.updated += 1,
            Done::Unchanged { .. } => self.unchanged += 1,
            Done::KeptApart { .. } => self.kept_apart += 1,
        }
        self.proposals.push(line);
    }

    fn print(&self) {
        println!(
            "{} files read: {} imported, {} updated, {} unchanged, {} refused.",
            self.read,
            self.imported,
            self.updated,
            self.unchanged,
            self.refused.len()
        );
        for Reason { path, reason } in &self.refused {
            println!("refused  {path}: {reason}");
        }
        for line in self
            .proposals
            .iter()
            .filter(|line| matches!(line.done, Done::KeptApart { .. }))
        {
            println!(
                "kept apart  {}: changed here and in the file; its text is a version of the document",
                line.path
            );
        }
        if self.unresolved_references > 0 {
            println!(
                "{} references lead to proposals that are not here.",
                self.unresolved_references
            );
        }
    }
}

fn reason(refused: &Refused) -> Reason {
    Reason {
        path: refused.path.clone(),
        reason: refused.reason.to_string(),
    }
}

/// An error with what caused it, in one line.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
