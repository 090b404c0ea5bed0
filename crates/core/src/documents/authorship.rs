//! Who wrote what. An editing session counts what it writes (its clock, in UTF-16 units); which author brought which
//! stretch of it is noted as it comes, and the present text is told apart by that when somebody asks. It says who can be
//! asked about a passage. It deliberately counts nothing.

use super::{Engine, snapshot, sql, typing};
use crate::error::Result;
use crate::id::{DocumentId, PersonId};
use crate::people::Face;
use hardwon_db::{Tx, params};
use std::collections::HashMap;

/// A stretch of one editing session's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    pub client: i64,
    pub from: i64,
    pub to: i64,
}

/// Words that one editing session wrote in one go, the first of them at `clock`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    pub client: i64,
    pub clock: i64,
    pub text: String,
}

/// Words of one author. Nobody is named where it was not kept.
#[derive(Debug, Clone)]
pub struct Written {
    pub text: String,
    pub author: Option<Face>,
}

/// Notes who brought these stretches.
pub(super) fn note(
    tx: &mut Tx<'_>,
    id: DocumentId,
    author: Option<PersonId>,
    clocks: &[Clocks],
) -> Result<()> {
    for one in clocks {
        let stretch = params![id, one.client, one.from, one.to, author];
        if tx.execute(sql::EXTEND_AUTHOR, stretch)? == 0 {
            let stretch = params![id, one.client, one.from, one.to, author];
            tx.execute(sql::ADD_AUTHOR, stretch)?;
        }
    }
    Ok(())
}

/// Notes what was typed: one row a session, however many keystrokes there were.
pub(super) fn note_typed(tx: &mut Tx<'_>, id: DocumentId, new: &[&typing::Typed]) -> Result<()> {
    let mut brought: Vec<(PersonId, Clocks)> = Vec::new();
    for typed in new {
        for &one in &typed.clocks {
            let open = brought
                .iter_mut()
                .rev()
                .find(|(_, known)| known.client == one.client);
            match open {
                Some((author, known)) if *author == typed.author && known.to == one.from => {
                    known.to = one.to;
                }
                _ => brought.push((typed.author, one)),
            }
        }
    }
    for (author, clocks) in brought {
        note(tx, id, Some(author), &[clocks])?;
    }
    Ok(())
}

/// Gives what nobody is named for to somebody: the author of a text that came from elsewhere.
pub fn credit(tx: &mut Tx<'_>, id: DocumentId, author: PersonId) -> Result<()> {
    tx.execute(sql::CREDIT, params![id, author])?;
    Ok(())
}

/// The present text, told apart by author, in order.
pub fn written(tx: &mut Tx<'_>, engine: &dyn Engine, id: DocumentId) -> Result<Vec<Written>> {
    let stretches = engine.stretches(&snapshot::whole(tx, id)?.updates)?;
    Ok(told_apart(stretches, &authors(tx, id)?))
}

struct Brought {
    from: i64,
    to: i64,
    author: Option<Face>,
}

fn authors(tx: &mut Tx<'_>, id: DocumentId) -> Result<HashMap<i64, Vec<Brought>>> {
    let mut authors: HashMap<i64, Vec<Brought>> = HashMap::new();
    let rows = tx.query(sql::AUTHORS, params![id], |row| {
        let client: i64 = row.get(0)?;
        let brought = Brought {
            from: row.get(1)?,
            to: row.get(2)?,
            author: Face::from_columns(row, 3)?,
        };
        Ok::<_, hardwon_db::Error>((client, brought))
    })?;
    for (client, brought) in rows {
        authors.entry(client).or_default().push(brought);
    }
    Ok(authors)
}

fn told_apart(stretches: Vec<Stretch>, authors: &HashMap<i64, Vec<Brought>>) -> Vec<Written> {
    let mut written: Vec<Written> = Vec::new();
    for stretch in stretches {
        let brought = authors.get(&stretch.client).map_or(&[][..], Vec::as_slice);
        let mut clock = stretch.clock;
        let mut rest = stretch.text.as_str();
        while !rest.is_empty() {
            let (author, until) = whose(brought, clock);
            let length = until.map_or(rest.len(), |until| units(rest, until - clock));
            let (part, after) = rest.split_at(length);
            clock = until.unwrap_or(clock);
            rest = after;
            add(&mut written, part, author);
        }
    }
    written
}

/// Who brought this place of the clock, and where that ends; the first who brought it, if there are several.
fn whose(brought: &[Brought], clock: i64) -> (Option<&Face>, Option<i64>) {
    let here = brought
        .iter()
        .find(|one| one.from <= clock && clock < one.to);
    match here {
        Some(one) => (one.author.as_ref(), Some(one.to)),
        None => (
            None,
            brought
                .iter()
                .map(|one| one.from)
                .find(|&from| from > clock),
        ),
    }
}

/// How many bytes so many UTF-16 units are; at least one character.
fn units(text: &str, count: i64) -> usize {
    let mut left = count;
    for (at, c) in text.char_indices() {
        if left <= 0 && at > 0 {
            return at;
        }
        left -= i64::try_from(c.len_utf16()).unwrap_or(1);
    }
    text.len()
}

fn add(written: &mut Vec<Written>, text: &str, author: Option<&Face>) {
    match written.last_mut() {
        Some(last) if last.author.as_ref().map(|face| face.id) == author.map(|face| face.id) => {
            last.text.push_str(text);
        }
        _ => written.push(Written {
            text: text.to_owned(),
            author: author.cloned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(number: u128, name: &str) -> Face {
        Face {
            id: uuid::Uuid::from_u128(number).into(),
            name: name.to_owned(),
            handle: name.to_lowercase(),
        }
    }

    fn check(stretches: &[(i64, i64, &str)], brought: &[(i64, i64, i64, &str)], expected: &str) {
        let mut authors: HashMap<i64, Vec<Brought>> = HashMap::new();
        for &(client, from, to, name) in brought {
            let number = u128::from(name.as_bytes()[0]);
            authors.entry(client).or_default().push(Brought {
                from,
                to,
                author: Some(face(number, name)),
            });
        }
        let stretches = stretches
            .iter()
            .map(|&(client, clock, text)| Stretch {
                client,
                clock,
                text: text.to_owned(),
            })
            .collect();
        let told: Vec<String> = told_apart(stretches, &authors)
            .iter()
            .map(|one| {
                let name = one.author.as_ref().map_or("?", |face| &face.name);
                format!("{name}:{}", one.text)
            })
            .collect();
        assert_eq!(told.join("|"), expected);
    }

    #[test]
    fn words_are_told_apart_by_who_brought_them() {
        check(&[(1, 0, "all mine")], &[(1, 0, 8, "Ada")], "Ada:all mine");
        check(
            &[(1, 0, "one "), (2, 0, "two "), (1, 4, "three")],
            &[(1, 0, 9, "Ada"), (2, 0, 4, "Ben")],
            "Ada:one |Ben:two |Ada:three",
        );
        // Two sessions of one person are one author.
        check(
            &[(1, 0, "one "), (2, 0, "two")],
            &[(1, 0, 4, "Ada"), (2, 0, 3, "Ada")],
            "Ada:one two",
        );
        // A clock counts UTF-16 units, so a surrogate pair is two of them.
        check(
            &[(1, 0, "😀ab")],
            &[(1, 0, 2, "Ada"), (1, 2, 4, "Ben")],
            "Ada:😀|Ben:ab",
        );
        // Nobody is guessed, and who came first counts.
        check(
            &[(1, 0, "abcd"), (3, 0, "e")],
            &[(1, 1, 3, "Ada"), (1, 2, 4, "Ben")],
            "?:a|Ada:bc|Ben:d|?:e",
        );
    }
}
