//! What people read of an export: an index, and a page for each review beside its document, notes and minutes. All of it
//! follows from the rows; nothing here is read back.

use super::{Dump, Names, Row, Sink, is_gone, madr, number, text};
use crate::error::Result;
use hardwon_db::{Tx, params};
use std::fmt::Write as _;

/// The lists of reviews: one for everybody, and one that is not.
#[derive(Default)]
pub struct Index {
    open: Vec<Line>,
    private: Vec<Line>,
}

struct Line {
    number: i64,
    title: String,
    folder: String,
    standing: String,
}

impl Index {
    pub fn add(&mut self, dump: &Dump) {
        let line = Line {
            number: dump.number,
            title: text(dump.review(), "title").to_owned(),
            folder: dump.folder.clone(),
            standing: standing(dump),
        };
        if dump.is_private() {
            self.private.push(line);
        } else {
            self.open.push(line);
        }
    }

    pub fn write(&self, sink: &mut dyn Sink, names: &Names) -> Result<()> {
        let mut page = format!(
            "# {}\n\nAn export from Hardwon. Each review is a folder: `index.md` tells it in short, the document stands \
             beside it as it was written, `decision.madr.md` is its decision as a MADR record, and `review.json` holds \
             everything so that it can be imported again.\n\n`people.json` has the addresses that people sign in with. \
             Passwords, sessions, tokens and links are not here; after an import everybody gets a new link to sign in \
             with. What is under `private/` is not for everybody, and says so itself. Delete that folder before you \
             hand the rest on; what is left can be imported as well.\n\n## Reviews\n\n",
            names.organisation()
        );
        list(&mut page, &self.open, "");
        sink.append("index.md", page.as_bytes())?;
        let mut page = "# Not for everybody\n\n- `reviews/`: reviews that only some people could see.\n- `votes/`: who \
             voted how on questions and in polls, and who asked without their name. Hardwon shows this to nobody.\n- \
             `inboxes.json`: what each person was told.\n- `events.jsonl`: every change with who, when, and the address \
             it came from, as administrators see it in the audit.\n- `links.json`: links with private reviews at one \
             end.\n\n## Private reviews\n\n"
            .to_owned();
        list(&mut page, &self.private, "private/");
        sink.append("private/index.md", page.as_bytes())
    }
}

fn list(page: &mut String, lines: &[Line], below: &str) {
    if lines.is_empty() {
        page.push_str("None.\n");
    }
    for line in lines {
        let folder = line.folder.strip_prefix(below).unwrap_or(&line.folder);
        let _ = writeln!(
            page,
            "- #{} [{}]({folder}/index.md): {}",
            line.number,
            escape(&line.title),
            line.standing
        );
    }
}

/// Where a review stands, in words.
fn standing(dump: &Dump) -> String {
    let review = dump.review();
    let mut words = text(review, "state").replace('-', " ");
    let outcome = text(review, "outcome");
    if !outcome.is_empty() {
        let _ = write!(words, ", {}", outcome.replace('-', " "));
    }
    if number(review, "round") > 1 {
        let _ = write!(words, ", round {}", number(review, "round"));
    }
    words
}

/// A text within a line of Markdown.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '[' | ']' | '<' | '>' | '*' | '_' | '`' | '|' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            other => out.push(other),
        }
    }
    out
}

/// A text of several lines as one point of a list.
fn point(text: &str) -> String {
    text.trim().replace('\n', "\n  ")
}

/// A day, `YYYY-MM-DD`, in UTC.
pub(super) fn day(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(
        |_| String::new(),
        |at| at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string(),
    )
}

pub fn write(tx: &mut Tx<'_>, sink: &mut dyn Sink, dump: &Dump, names: &Names) -> Result<()> {
    let review = dump.review();
    for document in dump.rows("document") {
        let id = text(document, "id");
        let ending = match text(document, "syntax") {
            "rst" => "rst",
            "plain" => "txt",
            _ => "md",
        };
        let name = if id == text(review, "document_id") {
            "document".to_owned()
        } else if let Some(at) = place(dump, "meeting", "notes_document_id", id) {
            format!("notes-{at}")
        } else if let Some(at) = place(dump, "minutes", "document_id", id) {
            format!("minutes-{at}")
        } else {
            continue;
        };
        let content = text(document, "text");
        if !content.is_empty() {
            sink.append(
                &format!("{}/{name}.{ending}", dump.folder),
                content.as_bytes(),
            )?;
        }
    }
    sink.append(
        &format!("{}/index.md", dump.folder),
        page(dump, names).as_bytes(),
    )?;
    let reader = if dump.is_private() { "*" } else { "" };
    let related = related(tx, text(review, "id"), reader)?;
    let record = madr::render(dump, names, &related);
    sink.append(
        &format!("{}/decision.madr.md", dump.folder),
        record.as_bytes(),
    )
}

fn place(dump: &Dump, table: &str, column: &str, id: &str) -> Option<usize> {
    let at = dump
        .rows(table)
        .iter()
        .position(|row| text(row, column) == id)?;
    Some(at + 1)
}

/// The reviews that a review is linked with, as far as everybody may see them, or with `*` all of them.
fn related(tx: &mut Tx<'_>, review: &str, reader: &str) -> Result<Vec<madr::Related>> {
    Ok(tx.query(RELATED, params![review, reader], |row| {
        Ok(madr::Related {
            relation: row.get(0)?,
            from_here: row.get::<String>(1)? == review,
            number: row.get(2)?,
            title: row.get(3)?,
        })
    })?)
}

const RELATED: &str = "select l.relation, l.from_id, r.number, r.title
    from link l join review r on r.id = case when l.from_id = $1 then l.to_id else l.from_id end
    where l.from_kind = 'review' and l.to_kind = 'review' and (l.from_id = $1 or l.to_id = $1)
      and (r.visibility = 'open' or cast($2 as text) = '*')
    order by r.number, l.relation, l.from_id limit 200";

fn page(dump: &Dump, names: &Names) -> String {
    let review = dump.review();
    let mut page = format!("# {}\n\n", escape(text(review, "title")));
    let private = if dump.is_private() { ", private" } else { "" };
    let _ = writeln!(
        page,
        "Review #{}{private}, opened by {} on {}. It is {}.\n",
        dump.number,
        names.of(review, "author_id"),
        day(number(review, "created_at")),
        standing(dump)
    );
    people(&mut page, dump, names);
    section(&mut page, "Decisions", dump.rows("decision"), |row| {
        format!(
            "**{}**, {} ({}): {}",
            text(row, "outcome").replace('-', " "),
            day(number(row, "decided_at")),
            names.of(row, "decided_by"),
            point(text(row, "reason"))
        )
    });
    section(&mut page, "Dissent", dump.rows("dissent"), |row| {
        format!(
            "{}: {}",
            names.of(row, "person_id"),
            point(text(row, "words"))
        )
    });
    section(&mut page, "Conditions", dump.rows("condition"), |row| {
        let owner = names.of(row, "owner_id");
        let owner = if owner.is_empty() {
            String::new()
        } else {
            format!(" ({owner})")
        };
        format!(
            "{}{owner}: {}",
            point(text(row, "body")),
            text(row, "state")
        )
    });
    section(&mut page, "Agreements", dump.rows("agreement"), |row| {
        format!(
            "**{}**: {}",
            escape(text(row, "component")),
            point(text(row, "body"))
        )
    });
    section(&mut page, "Learnings", dump.rows("learning"), |row| {
        point(text(row, "body"))
    });
    section(&mut page, "Records", dump.rows("review_record"), |row| {
        let kind = text(row, "kind").replace('-', " ");
        let detail = point(text(row, "detail"));
        let dash = if detail.is_empty() { "" } else { ": " };
        let state = match text(row, "state") {
            "kept" => String::new(),
            state => format!(" *{}*", state.replace('-', " ")),
        };
        let title = escape(text(row, "title"));
        format!("{kind} “{title}”{state}{dash}{detail}")
    });
    section(&mut page, "Questions", dump.rows("question"), |row| {
        let answer = point(text(row, "answer"));
        let dash = if answer.is_empty() { "" } else { ": " };
        format!(
            "{} ({} for, {} against) *{}*{dash}{answer}",
            point(text(row, "body")),
            number(row, "up"),
            number(row, "down"),
            text(row, "state").replace('-', " ")
        )
    });
    section(&mut page, "Stances", dump.rows("stance"), |row| {
        format!(
            "{}, round {}: {}. {}",
            names.of(row, "person_id"),
            number(row, "round"),
            text(row, "value").replace('-', " "),
            point(text(row, "words"))
        )
    });
    threads(&mut page, dump, names);
    section(&mut page, "Meetings", dump.rows("meeting"), |row| {
        format!("{}: {}", day(number(row, "starts_at")), text(row, "state"))
    });
    section(&mut page, "Life cycle", dump.rows("review_step"), |row| {
        let reason = point(text(row, "reason"));
        let dash = if reason.is_empty() { "" } else { ": " };
        format!(
            "{} {} ({}){dash}{reason}",
            day(number(row, "at")),
            text(row, "to_state").replace('-', " "),
            names.of(row, "actor_id")
        )
    });
    page
}

fn section(page: &mut String, title: &str, rows: &[Row], line: impl Fn(&Row) -> String) {
    let mut rows = rows.iter().filter(|row| !is_gone(row)).peekable();
    if rows.peek().is_none() {
        return;
    }
    let _ = writeln!(page, "## {title}\n");
    for row in rows {
        let _ = writeln!(page, "- {}", line(row).trim_end());
    }
    page.push('\n');
}

fn people(page: &mut String, dump: &Dump, names: &Names) {
    section(page, "People", dump.rows("review_person"), |row| {
        format!(
            "{}: {}",
            text(row, "role").replace('-', " "),
            names.of(row, "principal_id")
        )
    });
}

fn threads(page: &mut String, dump: &Dump, names: &Names) {
    for thread in dump.rows("thread") {
        let heading = text(thread, "heading");
        let at = if heading.is_empty() {
            String::new()
        } else {
            format!(", at “{heading}”")
        };
        let blocking = if number(thread, "blocking") == 1 {
            ", blocking"
        } else {
            ""
        };
        let _ = writeln!(
            page,
            "## Thread {}: {}\n\n*{}{blocking}{at}*\n",
            number(thread, "number"),
            escape(text(thread, "title")),
            text(thread, "state")
        );
        let id = text(thread, "id");
        for comment in dump.rows("comment") {
            if text(comment, "thread_id") == id {
                let _ = writeln!(
                    page,
                    "**{}**, {}:\n\n> {}\n",
                    names.of(comment, "author_id"),
                    day(number(comment, "created_at")),
                    text(comment, "body").trim_end().replace('\n', "\n> ")
                );
            }
        }
    }
}
