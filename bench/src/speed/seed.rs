//! An organisation to measure on: people, and reviews whose documents are pieces of real proposals.

use hardwon_core::auth;
use hardwon_core::documents::Engine;
use hardwon_core::id::{PersonId, ReviewId};
use hardwon_core::people::{self, PersonForm, PersonState};
use hardwon_core::reviews::{self, ReviewForm, ReviewKind, State, Visibility, steps};
use hardwon_core::{Actor, Ctx, Db, Error, Result, Role, Tx, World, access, organisation};
use hardwon_prose::Syntax;
use std::path::Path;

pub const PEOPLE: usize = 200;

/// What the load is made with.
pub struct Seeded {
    pub secrets: Vec<String>,
    pub reviews: usize,
}

/// A word that stands in 25 reviews, however many there are.
pub const RARE: &str = "quernstone";

/// The corpus's proposals, cut into pieces of some 6 kB at paragraph ends.
pub fn pieces(corpus: &Path) -> Result<Vec<(String, String)>, String> {
    let folder = corpus.join("proposals/text");
    let mut files: Vec<_> = walk(&folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect();
    files.sort();
    let mut pieces = Vec::new();
    for file in files {
        let Ok(text) = std::fs::read_to_string(&file) else {
            continue;
        };
        let title = text
            .lines()
            .find(|line| line.starts_with('#'))
            .unwrap_or("A proposal");
        let title = title.trim_start_matches('#').trim().to_owned();
        let mut piece = String::new();
        for paragraph in text.split_inclusive("\n\n") {
            piece.push_str(paragraph);
            if piece.len() > 6_000 {
                pieces.push((title.clone(), std::mem::take(&mut piece)));
            }
        }
        if piece.len() > 500 {
            pieces.push((title, piece));
        }
    }
    if pieces.is_empty() {
        return Err(format!(
            "{} holds no proposals in Markdown",
            folder.display()
        ));
    }
    Ok(pieces)
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Fills an empty database.
pub fn fill(
    db: &Db,
    engine: &dyn Engine,
    pieces: &[(String, String)],
    reviews: usize,
) -> Result<Seeded> {
    let world = World::machine();
    let operator = Ctx::operator(&world);
    let (people, secrets) = db.write_blocking(|tx| {
        organisation::found(&operator, tx, "Loomcraft", "Europe/London")?;
        let mut people = Vec::new();
        let mut secrets = Vec::new();
        for number in 0..PEOPLE {
            let form = PersonForm {
                name: format!("Person {number}"),
                email: Some(format!("person{number}@loomcraft.example")),
                role: Role::Member,
                state: PersonState::Active,
                zone: "Europe/London".to_owned(),
                locale: "en-GB".to_owned(),
            };
            let id = people::create(&operator, tx, &form)?;
            people.push(id);
            secrets.push(auth::begin_session(&operator, tx, id, 30, "127.0.0.1", "bench")?.text);
        }
        Ok::<_, Error>((people, secrets))
    })?;
    // One in so many holds the rare word.
    let every = (reviews / 25).max(1);
    for batch in (0..reviews).collect::<Vec<_>>().chunks(500) {
        db.write_blocking(|tx| {
            for &number in batch {
                let (title, text) = &pieces[number % pieces.len()];
                let mut text = text.clone();
                if number % every == 0 {
                    text.push_str(&format!("\n\nIt was called the {RARE} once.\n"));
                }
                review(&world, tx, engine, &people, number, title, text)?;
            }
            Ok::<_, Error>(())
        })?;
    }
    Ok(Seeded { secrets, reviews })
}

/// One review in twenty is private, and states are spread over the life cycle.
fn review(
    world: &World,
    tx: &mut Tx<'_>,
    engine: &dyn Engine,
    people: &[PersonId],
    number: usize,
    title: &str,
    text: String,
) -> Result<ReviewId> {
    let ctx = Ctx::new(
        world,
        Actor::Person {
            id: people[number % people.len()],
            role: Role::Member,
        },
        "bench",
    );
    let form = ReviewForm {
        kind: if number % 4 == 3 {
            ReviewKind::Study
        } else {
            ReviewKind::Architecture
        },
        title: format!("{title} {number}"),
        visibility: if number % 20 == 19 {
            Visibility::Private
        } else {
            Visibility::Open
        },
        syntax: Syntax::Markdown,
        text,
        feedback_wanted: String::new(),
    };
    let (id, _) = reviews::create(&ctx, tx, engine, &form)?;
    let states = steps::states(form.kind);
    let state = states[number / 7 % states.len()];
    if state != states[0] && state != State::Decided {
        let standing = access::review(&ctx, tx, id, access::Need::Edit)?;
        steps::apply(&ctx, tx, &standing, state, "")?;
    }
    Ok(id)
}
