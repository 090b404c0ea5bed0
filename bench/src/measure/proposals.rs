//! How well proposals are read, against `proposals/` of a corpus: `records.jsonl`, `sections.jsonl` and
//! `questions.jsonl` say what stands in the files below `text/`.
//!
//! The figures, and over what they are taken:
//!
//! - **imported** (n: records with a text): `hardwon import proposals` made a review of the file, in a database of its own.
//!   Each other one is named with its reason.
//! - **left as they are by a second import** (n: proposals imported): read again, nothing of it is made twice or changed.
//! - **titles** (n: records with a text that states its title): the title's words are the record's. A text states its title
//!   if the record's words stand, in order, in one of its headings, in a field of its header or its `kep.yaml`, or in its
//!   file's name. Some Rust RFCs are known only by the name their file had in its own repository, which a corpus that
//!   renames files by number does not keep; how many there are, and the share over all texts, is printed below the table.
//! - **states** (recall n: records with a text and an outcome other than "unknown"; precision n: proposals read from such
//!   a text, or from one whose record has no outcome, that were given an outcome): the mapped outcome is the record's.
//! - **sections** (recall n: labelled sections; precision n: sections read that map to one of the eight labelled kinds): same
//!   proposal, same words of the heading, same kind. What the reader marks besides (introductions, decisions) has no label
//!   and is left out of the count.
//! - **questions** (recall n: labelled questions of proposals that have a text; precision n: questions read): matched one to
//!   one within a proposal, at an overlap of words of at least 0.8 by the longer of both. Labels end at 600 characters,
//!   so both are cut there.
//!
//! Recall is found of what is there, precision right of what was given.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use hardwon::cli::import::bring_in;
use hardwon_core::exchange::proposals::{self, Outcome, Proposal, SectionKind, TitleFrom};
use hardwon_core::{Ctx, Error, World, organisation};
use hardwon_db::{Db, Options, Target};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::figure::{Figure, Report, Tally, overlap, words};

/// Labels of questions were cut at this many characters.
const LABEL_LENGTH: usize = 600;
/// Two questions are the same from this overlap on.
const SAME: f64 = 0.8;
/// How many misses of a kind are printed.
const SHOWN: usize = 12;

#[derive(Deserialize)]
struct Record {
    id: String,
    title: String,
    state: Option<String>,
    outcome: String,
    text: Option<String>,
    #[serde(default)]
    authors: Vec<String>,
    date: Option<String>,
    date_from: Option<String>,
    #[serde(default)]
    declared: Vec<Declared>,
}

#[derive(Deserialize)]
struct Declared {
    relation: String,
}

#[derive(Deserialize)]
struct Sections {
    proposal: String,
    sections: Vec<Labelled>,
}

#[derive(Deserialize)]
struct Labelled {
    heading: String,
    maps_to: String,
}

#[derive(Deserialize)]
struct Asked {
    proposal: String,
    question: String,
}

/// # Errors
/// A file of the corpus that is missing or not what its form says.
pub fn measure(corpus: &Path) -> Result<Report, String> {
    let folder = corpus.join("proposals");
    let records: Vec<Record> = lines(&folder.join("records.jsonl"))?;
    let sections: Vec<Sections> = lines(&folder.join("sections.jsonl"))?;
    let asked: Vec<Asked> = lines(&folder.join("questions.jsonl"))?;
    let reading = proposals::read(&[folder.join("text")], &proposals::Limits::default());

    let mut report = Report::default();
    let by_path: HashMap<&str, &Proposal> = reading
        .proposals
        .iter()
        .map(|p| (tail(&p.path), p))
        .collect();
    let kept: Vec<(&Record, &str)> = records
        .iter()
        .filter_map(|record| Some((record, record.text.as_deref()?)))
        .collect();
    let read: Vec<(&Record, &Proposal)> = kept
        .iter()
        .filter_map(|(record, path)| Some((*record, *by_path.get(tail(path))?)))
        .collect();

    imported(&folder.join("text"), &kept, &mut report)?;
    titles(&read, &kept, &mut report);
    states(&read, &records, &mut report);
    section_kinds(&read, &sections, &mut report);
    questions(&read, &asked, &mut report);
    unlabelled(&read, &mut report);
    Ok(report)
}

/// Brings the folder into a database of its own, and then once more.
fn imported(folder: &Path, kept: &[(&Record, &str)], report: &mut Report) -> Result<(), String> {
    let place = tempfile::tempdir().map_err(|error| error.to_string())?;
    let target = Target::Sqlite(place.path().join("hardwon.db"));
    let said = |error: Error| error.to_string();
    let db = Db::open(&target, &Options::default()).map_err(|error| error.to_string())?;
    let world = World::machine();
    let ctx = Ctx::operator(&world);
    db.write_blocking(|tx| organisation::found(&ctx, tx, "Loomcraft", "Europe/London"))
        .map_err(said)?;
    let paths = [folder.to_owned()];
    let first = bring_in(&db, &world, &paths).map_err(said)?;
    let again = bring_in(&db, &world, &paths).map_err(said)?;
    let there: HashSet<&str> = first
        .proposals
        .iter()
        .map(|line| tail(&line.path))
        .collect();
    report.figures.push(Figure::share(
        "proposals imported",
        kept.iter()
            .filter(|(_, path)| there.contains(tail(path)))
            .count(),
        kept.len(),
        0.99,
    ));
    report.figures.push(Figure::share(
        "proposals left as they are by a second import",
        again.unchanged,
        first.proposals.len(),
        1.0,
    ));
    for refused in &first.refused {
        report.notes.push(format!(
            "not imported: {}: {}",
            refused.path, refused.reason
        ));
    }
    Ok(())
}

fn lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, String> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .enumerate()
        .map(|(at, line)| {
            serde_json::from_str(line)
                .map_err(|error| format!("{}, line {}: {error}", path.display(), at + 1))
        })
        .collect()
}

/// A path's folder and name, by which records and readings name the same file.
fn tail(path: &str) -> &str {
    let slash = path
        .match_indices('/')
        .rev()
        .nth(1)
        .map_or(0, |(at, _)| at + 1);
    &path[slash..]
}

fn titles(read: &[(&Record, &Proposal)], kept: &[(&Record, &str)], report: &mut Report) {
    let mut tally = Tally::default();
    let (mut everywhere, mut unstated) = (0, Vec::new());
    let mut misses = Vec::new();
    for (record, proposal) in read {
        let right = words(&record.title) == words(&proposal.title);
        everywhere += usize::from(right);
        if words(&record.title).is_empty() || !states_title(proposal, &record.title) {
            unstated.push(record.id.as_str());
            continue;
        }
        tally.there += 1;
        tally.found += usize::from(proposal.title_from != TitleFrom::Sentence);
        tally.hits += usize::from(right);
        if !right {
            misses.push(format!(
                "title of {}: “{}”, expected “{}”",
                record.id, proposal.title, record.title
            ));
        }
    }
    report
        .figures
        .extend(tally.figures("proposal titles", 0.99));
    report.notes.push(format!(
        "titles over all {} texts: {everywhere} right; the text of {} does not state it: {}",
        kept.len(),
        unstated.len(),
        unstated.join(" ")
    ));
    some(misses, report);
}

/// Whether a title's words stand in order in a heading, a header's line, a line of `kep.yaml`, or the file's name. This looks
/// at the text itself and not at what the reader made of it.
fn states_title(proposal: &Proposal, title: &str) -> bool {
    let title = words(title).join(" ");
    let says = |line: &str| words(line).join(" ").contains(&title);
    let rows: Vec<&str> = proposal.text.lines().collect();
    let stated = rows.iter().enumerate().any(|(at, line)| {
        let heading = line.starts_with(['#', '=']);
        let underlined = rows
            .get(at + 1)
            .is_some_and(|next| next.len() > 2 && next.chars().all(|c| "=-~".contains(c)));
        let field = at < 60 && (line.contains(':') || line.contains('|'));
        (heading || underlined || field) && says(line)
    });
    stated
        || says(tail(&proposal.path))
        || proposal
            .companion
            .as_deref()
            .is_some_and(|yaml| yaml.lines().any(says))
}

fn states(read: &[(&Record, &Proposal)], records: &[Record], report: &mut Report) {
    let mut tally = Tally::default();
    let mut misses = Vec::new();
    for (record, proposal) in read {
        let outcome = proposal.outcome.as_str();
        let right = outcome == record.outcome && proposal.outcome != Outcome::Unknown;
        tally.hits += usize::from(right);
        tally.there += usize::from(record.outcome != "unknown");
        tally.found += usize::from(proposal.outcome != Outcome::Unknown);
        if outcome != record.outcome {
            let (was, given) = (
                record.state.as_deref().unwrap_or("-"),
                proposal.state.as_ref().map_or("-", |s| s.written.as_str()),
            );
            misses.push(format!(
                "state of {}: {outcome} (“{given}”), expected {} (“{was}”)",
                record.id, record.outcome
            ));
        }
    }
    report
        .figures
        .extend(tally.figures("proposal states", 0.97));
    some(misses, report);
    let worded: Vec<&Record> = records
        .iter()
        .filter(|record| record.state.is_some())
        .collect();
    let same = worded
        .iter()
        .filter(|record| {
            proposals::outcome_of(record.state.as_deref().unwrap_or("")).as_str() == record.outcome
        })
        .count();
    report.notes.push(format!(
        "words of a state mapped as in the records: {same} of {} records",
        worded.len()
    ));
}

fn section_kinds(read: &[(&Record, &Proposal)], sections: &[Sections], report: &mut Report) {
    let labelled: HashMap<&str, &[Labelled]> = sections
        .iter()
        .map(|s| (s.proposal.as_str(), s.sections.as_slice()))
        .collect();
    let mut tally = Tally::default();
    let mut misses = Vec::new();
    for (record, proposal) in read {
        let mut left: Vec<(Vec<String>, &str, &str)> = labelled
            .get(record.id.as_str())
            .map(|labels| {
                labels
                    .iter()
                    .map(|l| (words(&l.heading), l.maps_to.as_str(), l.heading.as_str()))
                    .collect()
            })
            .unwrap_or_default();
        tally.there += left.len();
        for section in &proposal.sections {
            let Some(kind) = section.kind.filter(|kind| is_labelled(*kind)) else {
                continue;
            };
            tally.found += 1;
            let heading = words(&section.heading);
            match left
                .iter()
                .position(|(label, maps_to, _)| *label == heading && *maps_to == kind.as_str())
            {
                Some(at) => {
                    tally.hits += 1;
                    left.swap_remove(at);
                }
                None => misses.push(format!(
                    "section of {}: “{}” taken for {}",
                    record.id,
                    section.heading,
                    kind.as_str()
                )),
            }
        }
        misses.extend(left.iter().map(|(_, kind, heading)| {
            format!("section of {}: “{heading}” not taken for {kind}", record.id)
        }));
    }
    report
        .figures
        .extend(tally.figures("proposal sections", 0.95));
    some(misses, report);
}

fn is_labelled(kind: SectionKind) -> bool {
    !matches!(kind, SectionKind::Introduction | SectionKind::Decision)
}

fn questions(read: &[(&Record, &Proposal)], asked: &[Asked], report: &mut Report) {
    let cut = |text: &str| words(&text.chars().take(LABEL_LENGTH).collect::<String>());
    let mut tally = Tally::default();
    let mut misses = Vec::new();
    for (record, proposal) in read {
        let mut left: Vec<(Vec<String>, &str)> = asked
            .iter()
            .filter(|asked| asked.proposal == record.id)
            .map(|a| (cut(&a.question), a.question.as_str()))
            .collect();
        tally.there += left.len();
        tally.found += proposal.questions.len();
        for question in &proposal.questions {
            let own = cut(&question.text);
            let best = left
                .iter()
                .enumerate()
                .map(|(at, (label, _))| (at, overlap(&own, label)))
                .max_by(|a, b| a.1.total_cmp(&b.1))
                .filter(|(_, share)| *share >= SAME);
            match best {
                Some((at, _)) => {
                    tally.hits += 1;
                    left.swap_remove(at);
                }
                None => misses.push(format!(
                    "question of {}: “{}” is none",
                    record.id,
                    short(&question.text)
                )),
            }
        }
        misses
            .extend(left.iter().map(|(_, text)| {
                format!("question of {}: “{}” not found", record.id, short(text))
            }));
    }
    report
        .figures
        .extend(tally.figures("proposal questions", 0.90));
    some(misses, report);
}

/// What records say besides, without a bar: authors, dates of headers, and how many relations a header declares.
fn unlabelled(read: &[(&Record, &Proposal)], report: &mut Report) {
    // Many records have their authors from the first commit, which the text does not know.
    let people: Vec<_> = read
        .iter()
        .filter(|(record, proposal)| {
            let head: Vec<&str> = proposal
                .companion
                .iter()
                .flat_map(|yaml| yaml.lines())
                .chain(proposal.text.lines().take(60))
                .collect();
            let head = words(&head.join(" ")).join(" ");
            !record.authors.is_empty()
                && record
                    .authors
                    .iter()
                    .all(|name| head.contains(&words(name).join(" ")))
        })
        .collect();
    let named = |proposal: &Proposal, name: &String| {
        let name = words(name);
        proposal.authors.iter().any(|a| {
            words(&a.name) == name
                || a.handle
                    .as_deref()
                    .is_some_and(|handle| words(handle) == name)
        })
    };
    let all = people
        .iter()
        .filter(|(record, proposal)| record.authors.iter().all(|name| named(proposal, name)))
        .count();
    report.notes.push(format!(
        "authors: every one of a record's found in {all} of {} texts",
        people.len()
    ));
    let dated: Vec<_> = read
        .iter()
        .filter(|(r, _)| r.date.is_some() && r.date_from.as_deref() == Some("header"))
        .collect();
    let same = dated
        .iter()
        .filter(|(r, p)| p.date.map(|date| date.to_string()) == r.date)
        .count();
    report.notes.push(format!(
        "dates: {same} of {} that stand in a header",
        dated.len()
    ));
    let declared: usize = read.iter().map(|(record, _)| record.declared.len()).sum();
    let mut found = 0;
    for (record, proposal) in read {
        found += record.declared.len().min(proposal.relations.len());
        if record.declared.len() > proposal.relations.len() {
            let kinds: Vec<&str> = record
                .declared
                .iter()
                .map(|d| d.relation.as_str())
                .collect();
            report.notes.push(format!(
                "relations of {}: {} found of {}",
                record.id,
                proposal.relations.len(),
                kinds.join(", ")
            ));
        }
    }
    report.notes.push(format!(
        "relations: {found} of {declared} declared by headers"
    ));
}

fn some(misses: Vec<String>, report: &mut Report) {
    let more = misses.len().saturating_sub(SHOWN);
    report.notes.extend(misses.into_iter().take(SHOWN));
    if more > 0 {
        report.notes.push(format!("… and {more} more"));
    }
}

fn short(text: &str) -> String {
    text.chars().take(90).collect()
}
