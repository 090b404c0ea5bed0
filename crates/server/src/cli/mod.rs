//! The command line: one file per command.

mod backup;
mod demo;
mod doctor;
mod export;
pub mod import;
mod link;
mod serve;
mod token;

use crate::config::{Config, Flags, LogFormat};
use clap::{Parser, Subcommand};
use hardwon_db::{Db, Options};
use std::process::ExitCode;

#[derive(Parser)]
#[command(
    name = "hardwon",
    version,
    about = "Where an engineering organisation learns before, during and after failure"
)]
struct Arguments {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    Serve,
    /// Show a worked organisation, in a folder of its own (./hardwon-demo unless --data names another)
    Demo(demo::Arguments),
    /// Make, list and end API tokens
    #[command(subcommand)]
    Token(token::Command),
    /// Make a link that signs somebody in once, within 24 hours
    Link(link::Arguments),
    /// Look whether everything is right: data, database, clock, addresses
    Doctor {
        /// Answer in JSON
        #[arg(long)]
        json: bool,
    },
    /// Bring in what was kept elsewhere
    #[command(subcommand)]
    Import(Import),
    /// Write everything as files: JSON that can be imported again, and Markdown for people
    Export(export::Export),
    /// Write a copy of the embedded database to a file, while the server may be running
    Backup(backup::Arguments),
    /// Put a backup where no database is yet
    Restore(backup::Arguments),
    /// Copy everything into an empty database, of either kind
    Copy(backup::Copy),
}

#[derive(Subcommand)]
enum Import {
    /// Proposals from files; running it again imports nothing twice and updates what changed
    Proposals(import::Proposals),
    /// A whole organisation from what `hardwon export` wrote, into an empty database
    Organisation(export::Organisation),
}

/// What a command ends with when it fails: one sentence for the person at the terminal.
#[derive(Debug)]
pub struct Complaint(String);

impl<E: std::error::Error> From<E> for Complaint {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl Complaint {
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

pub fn run() -> ExitCode {
    let mut arguments = Arguments::parse();
    if matches!(arguments.command, Command::Demo(_)) {
        let folder = arguments.flags.data.take();
        arguments.flags.data = folder.or_else(|| Some(demo::FOLDER.into()));
    }
    let outcome = Config::load(arguments.flags)
        .map_err(Complaint)
        .and_then(|config| {
            start_log(&config)?;
            match arguments.command {
                Command::Serve => serve::run(config),
                Command::Demo(arguments) => demo::run(config, &arguments),
                Command::Token(command) => token::run(&config, command),
                Command::Link(arguments) => link::run(&config, &arguments),
                Command::Doctor { json } => doctor::run(&config, json),
                Command::Import(Import::Proposals(command)) => import::proposals(&config, &command),
                Command::Import(Import::Organisation(command)) => {
                    export::organisation(&config, &command)
                }
                Command::Export(arguments) => export::export(&config, &arguments),
                Command::Backup(arguments) => backup::backup(&config, &arguments),
                Command::Restore(arguments) => backup::restore(&config, &arguments),
                Command::Copy(arguments) => backup::copy(&config, &arguments),
            }
        });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Complaint(sentence)) => {
            eprintln!("hardwon: {sentence}");
            ExitCode::FAILURE
        }
    }
}

/// Opens the database of the configuration.
fn open(config: &Config) -> Result<Db, Complaint> {
    let options = Options {
        readers: 1,
        writers: 1,
        ..Options::default()
    };
    Ok(Db::open(&config.database, &options)?)
}

/// Makes the data folder of a first start, or leaves the one that is there.
fn make_folder(config: &Config) -> Result<(), Complaint> {
    std::fs::create_dir_all(&config.data).map_err(|error| {
        Complaint::new(format!(
            "The data folder {} cannot be made: {error}; choose another with --data DIR.",
            config.data.display()
        ))
    })
}

/// Prints a line of a command's answer. Whoever stopped reading it has had enough.
fn say(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn start_log(config: &Config) -> Result<(), Complaint> {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log).map_err(|error| {
        Complaint(format!(
            "The log filter {} is not right: {error}",
            config.log
        ))
    })?;
    // What the migrations say about themselves is for whoever asks for it by name.
    let filter = if config.log.contains("refinery") {
        filter
    } else {
        let quiet = "refinery_core=warn".parse();
        filter.add_directive(quiet.expect("this is a directive"))
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false);
    match config.log_format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
    Ok(())
}
