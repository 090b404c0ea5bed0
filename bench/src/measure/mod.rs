//! `measure`: every figure on correctness, against a corpus of real input that none of us wrote.
//!
//! Each group of figures is a module that says in its own words what it counts and over what. A figure is judged on
//! whatever the given folder holds: nothing here knows a record of it by name.

mod figure;
mod proposals;

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use figure::{Figure, Report};

type Group = fn(&Path) -> Result<Report, String>;

const GROUPS: &[(&str, Group)] = &[("proposals", proposals::measure)];

/// Prints the table and writes it to `out` as JSON. Fails if a figure falls short of its bar or could not be taken.
pub fn run(corpus: &Path, out: &Path) -> ExitCode {
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
    // The file comes first, so that a reader who stops reading (`| head`) does not keep it from being written.
    if let Err(error) = write(&figures, out) {
        eprintln!("{} could not be written: {error}", out.display());
        failed = true;
    }
    if let Err(error) = std::io::stdout().write_all(table(&figures, &notes).as_bytes())
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        eprintln!("the table could not be printed: {error}");
        failed = true;
    }
    if failed || figures.iter().any(|figure| !figure.holds) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn table(figures: &[Figure], notes: &[String]) -> String {
    let mut out = format!(
        "{:<34} {:>7} {:>6} {:>7}  holds\n",
        "figure", "value", "bar", "n"
    );
    for Figure {
        name,
        value,
        bar,
        n,
        holds,
    } in figures
    {
        let holds = if *holds { "yes" } else { "NO" };
        out += &format!("{name:<34} {value:>7.4} {bar:>6.2} {n:>7}  {holds}\n");
    }
    for note in notes {
        out += &format!("\n  {note}");
    }
    out + "\n"
}

fn write(figures: &[Figure], out: &Path) -> std::io::Result<()> {
    if let Some(folder) = out.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(out, serde_json::to_string_pretty(figures)? + "\n")
}
