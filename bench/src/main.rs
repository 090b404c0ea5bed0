//! What is measured of Hardwon, apart from its tests: correctness on real input (`measure`).

mod measure;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "hardwon-bench", about = "Measures Hardwon")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Takes every figure on correctness against a corpus and compares it with its bar.
    Measure {
        /// Folder with real input; `SOURCES.md` of each part says what it holds.
        #[arg(long, value_name = "DIR", default_value = "../shared/corpus")]
        corpus: PathBuf,
    },
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Measure { corpus } => measure::run(&corpus),
    }
}
