//! A review as a record in the form of MADR 4 (Markdown architectural decision records), for those who keep such records
//! beside their code.

use super::pages::{day, escape};
use super::{Dump, Names, Row, is_gone, number, text};
use hardwon_prose::{Syntax, outline};
use serde::Deserialize;
use std::fmt::Write as _;

/// Another review that this one refers to, or is referred to by; the caller leaves out what the reader may not see.
#[derive(Debug, Clone)]
pub struct Related {
    pub relation: String,
    pub from_here: bool,
    pub number: i64,
    pub title: String,
}

/// Writes the record. Before there is a decision it is a proposal.
pub fn render(dump: &Dump, names: &Names, related: &[Related]) -> String {
    let review = dump.review();
    let decision = dump.rows("decision").last();
    let mut out = String::from("---\n");
    let _ = writeln!(out, "status: {}", quoted(&status(dump, related)));
    let date = decision.map_or_else(
        || day(number(review, "active_at")),
        |row| day(number(row, "decided_at")),
    );
    let _ = writeln!(out, "date: {date}");
    let roles = |wanted: &[&str]| -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for row in dump.rows("review_person") {
            let name = names.of(row, "principal_id").to_owned();
            if wanted.contains(&text(row, "role")) && !found.contains(&name) {
                found.push(name);
            }
        }
        found
    };
    let mut makers = roles(&["author", "presenter", "facilitator"]);
    if let Some(name) = decision.map(|row| names.of(row, "decided_by").to_owned())
        && !name.is_empty()
        && !makers.contains(&name)
    {
        makers.push(name);
    }
    for (key, people) in [
        ("decision-makers", makers),
        ("consulted", roles(&["stakeholder", "note-taker"])),
        ("informed", roles(&["follower"])),
    ] {
        if !people.is_empty() {
            let people: Vec<String> = people.iter().map(|name| quoted(name)).collect();
            let _ = writeln!(out, "{key}: [{}]", people.join(", "));
        }
    }
    let title = escape(text(review, "title"));
    let _ = writeln!(
        out,
        "---\n\n# {title}\n\n## Context and Problem Statement\n"
    );
    let problem = problem(dump);
    let _ = writeln!(
        out,
        "{}\n",
        if problem.is_empty() {
            "See the document of the review."
        } else {
            &problem
        }
    );
    let of = |kind: &str| -> Vec<&Row> {
        dump.rows("review_record")
            .iter()
            .filter(|row| text(row, "kind") == kind && !is_gone(row))
            .collect()
    };
    points(&mut out, "## Decision Drivers", &of("goal"));
    let alternatives = of("alternative");
    out.push_str("## Considered Options\n\n");
    let _ = writeln!(out, "* {title}");
    for row in &alternatives {
        let _ = writeln!(out, "* {}", escape(text(row, "title")));
    }
    out.push_str("\n## Decision Outcome\n\n");
    outcome(&mut out, dump, decision, &title);
    let mut consequences = String::new();
    for (kind, words) in [
        ("departure", "Neutral, because it departs from what is used"),
        ("cost", "Bad, because it costs"),
    ] {
        for row in of(kind) {
            let _ = writeln!(consequences, "* {words}: {}", line(row));
        }
    }
    if !consequences.is_empty() {
        let _ = writeln!(out, "### Consequences\n\n{consequences}");
    }
    confirmation(&mut out, dump, names, decision);
    if !alternatives.is_empty() {
        out.push_str("## Pros and Cons of the Options\n\n");
        for row in &alternatives {
            let _ = writeln!(out, "### {}\n", escape(text(row, "title")));
            let why = text(row, "detail").trim().replace('\n', "\n  ");
            let why = if why.is_empty() {
                "Not chosen; the document says why.".to_owned()
            } else {
                format!("Bad, because: {why}")
            };
            let _ = writeln!(out, "* {why}\n");
        }
    }
    more(&mut out, dump, names, related);
    let kept = out.trim_end().len();
    out.truncate(kept);
    out.push('\n');
    out
}

/// A string of YAML.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn status(dump: &Dump, related: &[Related]) -> String {
    let superseding = related
        .iter()
        .find(|one| one.relation == "supersedes" && !one.from_here);
    if let Some(other) = superseding {
        return format!("superseded by #{} {}", other.number, other.title);
    }
    match text(dump.review(), "outcome") {
        "go-ahead" => "accepted",
        "stop-and-rethink" => "rejected",
        "superseded" => "superseded",
        _ => "proposed",
    }
    .to_owned()
}

#[derive(Deserialize)]
struct Found {
    key: String,
    slug: Option<String>,
}

/// What the document says under the heading that states its problem.
fn problem(dump: &Dump) -> String {
    let id = text(dump.review(), "document_id");
    let Some(document) = dump
        .rows("document")
        .iter()
        .find(|row| text(row, "id") == id)
    else {
        return String::new();
    };
    let found: Vec<Found> = serde_json::from_str(text(document, "sections")).unwrap_or_default();
    let syntax = match text(document, "syntax").parse::<Syntax>() {
        Ok(syntax) => syntax,
        Err(_) => Syntax::Markdown,
    };
    let slug = found
        .into_iter()
        .find(|section| section.key == "problem")
        .and_then(|section| section.slug);
    let source = text(document, "text");
    let Some(slug) = slug else {
        return String::new();
    };
    outline(source, syntax)
        .iter()
        .find(|heading| heading.slug == slug)
        .map(|heading| source[heading.body_start..heading.end].trim().to_owned())
        .unwrap_or_default()
}

fn line(row: &Row) -> String {
    let detail = text(row, "detail").trim();
    let title = escape(text(row, "title"));
    if detail.is_empty() {
        title
    } else {
        format!("{title}. {}", detail.replace('\n', "\n  "))
    }
}

fn points(out: &mut String, title: &str, rows: &[&Row]) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "{title}\n");
    for row in rows {
        let _ = writeln!(out, "* {}", line(row));
    }
    out.push('\n');
}

fn outcome(out: &mut String, dump: &Dump, decision: Option<&Row>, title: &str) {
    let Some(decision) = decision else {
        let state = text(dump.review(), "state").replace('-', " ");
        let _ = writeln!(out, "Not decided yet: the review is {state}.\n");
        return;
    };
    let reason = text(decision, "reason").trim();
    let _ = match text(decision, "outcome") {
        "go-ahead" => writeln!(out, "Chosen option: “{title}”, because:\n\n{reason}\n"),
        "stop-and-rethink" => {
            let why = text(decision, "stop_reason").replace('-', " ");
            let words = text(decision, "stop_words").trim();
            let dash = if words.is_empty() { "" } else { ": " };
            writeln!(
                out,
                "“{title}” was not chosen: stop and rethink ({why}{dash}{words}).\n\n{reason}\n"
            )
        }
        "gather-more-information" => {
            writeln!(
                out,
                "Not chosen yet: more information is gathered.\n\n{reason}\n"
            )
        }
        _ => writeln!(out, "{reason}\n"),
    };
    let back = text(decision, "come_back_when").trim();
    if !back.is_empty() {
        let _ = writeln!(out, "To come back when: {back}\n");
    }
}

fn confirmation(out: &mut String, dump: &Dump, names: &Names, decision: Option<&Row>) {
    let again = decision.map_or("", |row| text(row, "look_again_on"));
    let conditions = dump.rows("condition");
    if again.is_empty() && conditions.is_empty() {
        return;
    }
    out.push_str("### Confirmation\n\n");
    for row in conditions {
        let owner = match names.of(row, "owner_id") {
            "" => String::new(),
            name => format!(", {name}"),
        };
        let _ = writeln!(
            out,
            "* Condition ({}{owner}): {}",
            text(row, "state").replace('-', " "),
            text(row, "body").trim().replace('\n', "\n  ")
        );
    }
    if !again.is_empty() {
        let _ = writeln!(out, "* To be looked at again on {again}.");
    }
    out.push('\n');
}

fn more(out: &mut String, dump: &Dump, names: &Names, related: &[Related]) {
    let mut lines = String::new();
    for row in dump.rows("agreement").iter().filter(|row| !is_gone(row)) {
        let _ = writeln!(
            lines,
            "* Agreed on {}: {}",
            escape(text(row, "component")),
            text(row, "body").trim().replace('\n', "\n  ")
        );
    }
    for row in dump.rows("dissent") {
        let _ = writeln!(
            lines,
            "* {} did not agree: {}",
            names.of(row, "person_id"),
            text(row, "words").trim().replace('\n', "\n  ")
        );
    }
    for row in dump.rows("learning") {
        let _ = writeln!(
            lines,
            "* Learned: {}",
            text(row, "body").trim().replace('\n', "\n  ")
        );
    }
    for row in dump.rows("question") {
        if matches!(text(row, "state"), "open" | "unresolved" | "followed-up") {
            let _ = writeln!(
                lines,
                "* Question left ({}): {}",
                text(row, "state").replace('-', " "),
                text(row, "body").trim().replace('\n', "\n  ")
            );
        }
    }
    for other in related {
        let words = match (other.relation.as_str(), other.from_here) {
            ("supersedes", true) => "Supersedes",
            ("supersedes", false) => "Superseded by",
            ("requires", true) => "Requires",
            ("requires", false) => "Required by",
            ("amends", true) => "Amends",
            ("amends", false) => "Amended by",
            _ => "See also",
        };
        let _ = writeln!(
            lines,
            "* {words} #{}: {}",
            other.number,
            escape(&other.title)
        );
    }
    if !lines.is_empty() {
        let _ = writeln!(out, "## More Information\n\n{lines}");
    }
}
