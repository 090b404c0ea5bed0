//! `measure`: every figure on correctness, against a corpus of real input that none of us wrote.
//!
//! Each group of figures is a module that says in its own words what it counts and over what. A figure is judged on
//! whatever the given folder holds: nothing here knows a record of it by name.

mod figure;
mod proposals;

use std::path::Path;
use std::process::ExitCode;

use figure::Report;

/// Where the figures go besides the terminal.
const WRITTEN: &str = "target/measure.json";

type Group = fn(&Path) -> Result<Report, String>;

const GROUPS: &[(&str, Group)] = &[("proposals", proposals::measure)];

/// Prints the table and writes it as JSON. Fails if a figure falls short of its bar or could not be taken.
pub fn run(corpus: &Path) -> ExitCode {
    let mut figures = Vec::new();
    let mut notes = Vec::new();
    let mut failed = false;
    for (name, group) in GROUPS {
        match group(corpus) {
            Ok(report) => {
                figures.extend(report.figures);
                notes.extend(report.notes);
            }
            Err(reason) => {
                failed = true;
                notes.push(format!("{name}: not measured: {reason}"));
            }
        }
    }
    println!(
        "{:<34} {:>7} {:>6} {:>7}  holds",
        "figure", "value", "bar", "n"
    );
    for figure in &figures {
        let holds = if figure.holds { "yes" } else { "NO" };
        println!(
            "{:<34} {:>7.4} {:>6.2} {:>7}  {holds}",
            figure.name, figure.value, figure.bar, figure.n
        );
    }
    println!();
    for note in &notes {
        println!("  {note}");
    }
    if let Err(error) = write(&figures) {
        eprintln!("{WRITTEN} could not be written: {error}");
        failed = true;
    }
    if failed || figures.iter().any(|figure| !figure.holds) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn write(figures: &[figure::Figure]) -> std::io::Result<()> {
    let path = Path::new(WRITTEN);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, serde_json::to_string_pretty(figures)? + "\n")
}
