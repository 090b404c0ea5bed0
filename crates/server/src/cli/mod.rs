//! The command line: one file per command.

mod serve;

use crate::config::{Config, Flags, LogFormat};
use clap::{Parser, Subcommand};
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
    let arguments = Arguments::parse();
    let outcome = Config::load(arguments.flags)
        .map_err(Complaint)
        .and_then(|config| {
            start_log(&config)?;
            match arguments.command {
                Command::Serve => serve::run(config),
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

fn start_log(config: &Config) -> Result<(), Complaint> {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log).map_err(|error| {
        Complaint(format!(
            "The log filter {} is not right: {error}",
            config.log
        ))
    })?;
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
