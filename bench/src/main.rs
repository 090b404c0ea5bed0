//! What is measured of Hardwon, apart from its tests: correctness on real input (`measure`), speed and memory (`speed`), and
//! documents that people write together (`collab`).

mod collab;
mod measure;
mod speed;

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
    /// Measures speed and memory of the real binary and writes the results down.
    Speed {
        /// The binary to measure.
        #[arg(long, default_value_os_t = speed::default_binary())]
        binary: PathBuf,
        /// Folder with real proposals, whose text the reviews are made of.
        #[arg(long, value_name = "DIR", default_value = "../shared/corpus")]
        corpus: PathBuf,
        /// How many reviews, one run each.
        #[arg(long, value_delimiter = ',', default_value = "500,5000,100000")]
        reviews: Vec<usize>,
        /// A PostgreSQL server on which databases may be created.
        #[arg(long, env = "HARDWON_TEST_POSTGRES")]
        postgres: Option<String>,
        /// Seconds of each of the rounds in which a kind of request is asked for.
        #[arg(long, default_value_t = 3)]
        seconds: u64,
        /// Only the kinds of request whose name begins with one of these: create,comment.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
        #[arg(long, default_value = "bench/RESULTS.md")]
        out: PathBuf,
    },
    /// Measures documents that people write together, beside two servers from npm, and adds the results.
    Collab {
        /// The binary to measure.
        #[arg(long, default_value_os_t = speed::default_binary())]
        binary: PathBuf,
        /// The load generator, which is copied aside; it needs node and npm.
        #[arg(long, value_name = "DIR", default_value = "../shared/bench/collab")]
        generator: PathBuf,
        /// Seconds of typing that are measured.
        #[arg(long, default_value_t = 20)]
        seconds: u64,
        /// Edits that the long document is made of.
        #[arg(long, default_value_t = 100_000)]
        edits: usize,
        #[arg(long, default_value = "bench/RESULTS.md")]
        out: PathBuf,
    },
    /// Takes every figure on correctness against a corpus and compares it with its bar.
    Measure {
        /// Folder with real input; `SOURCES.md` of each part says what it holds.
        #[arg(long, value_name = "DIR", default_value = "../shared/corpus")]
        corpus: PathBuf,
        /// Where the figures are written as JSON.
        #[arg(long, value_name = "FILE", default_value = "target/measure.json")]
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Speed {
            binary,
            corpus,
            reviews,
            postgres,
            seconds,
            only,
            out,
        } => speed::run(&speed::Plan {
            binary,
            corpus,
            sizes: reviews,
            postgres,
            seconds,
            only,
            out,
        }),
        Command::Collab {
            binary,
            generator,
            seconds,
            edits,
            out,
        } => collab::run(&collab::Plan {
            binary,
            generator,
            seconds,
            edits,
            out,
        }),
        Command::Measure { corpus, out } => measure::run(&corpus, &out),
    }
}
