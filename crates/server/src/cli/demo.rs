//! `hardwon demo`: the worked organisation in a folder of its own, with a link that signs in as one of its people.

use super::{Complaint, serve};
use crate::app::App;
use crate::config::Config;
use crate::{demo, jobs};
use hardwon_core::auth::links;
use hardwon_core::{Ctx, World, notifications, organisation};
use hardwon_db::{Db, Target};
use std::path::Path;

/// The folder, unless another is named: the demonstration is never mixed with an organisation's own data.
pub const FOLDER: &str = "hardwon-demo";

/// What came in the last days waits unread in the inboxes.
const UNREAD_DAYS: i64 = 4;

#[derive(clap::Args)]
pub struct Arguments {
    /// Start over: what was changed in the demonstration is lost
    #[arg(long)]
    fresh: bool,
}

pub fn run(config: Config, arguments: &Arguments) -> Result<(), Complaint> {
    serve::block_on(show(config, arguments.fresh))
}

async fn show(config: Config, fresh: bool) -> Result<(), Complaint> {
    // The port first: somebody may be looking at the demonstration already.
    let listener = serve::listen(&config).await?;
    let mut db = serve::open(&config)?;
    if fresh && state(&db)? == State::Demonstration {
        let Target::Sqlite(path) = &config.database else {
            return Err(Complaint::new(
                "Only the embedded database starts over. Empty the PostgreSQL database, and start the demonstration without --fresh.",
            ));
        };
        drop(db);
        remove(path, &config.data)?;
        db = serve::open(&config)?;
    }
    let mut made = false;
    match state(&db)? {
        State::Demonstration => {}
        State::Other => {
            return Err(Complaint::new(
                "There is an organisation of your own in this database, and the demonstration is kept apart from it: name another folder with --data.",
            ));
        }
        State::Empty => {
            make(&db)?;
            made = true;
        }
    }
    let base_url = config.base_url.clone();
    let world = World::machine();
    let ctx = Ctx::operator(&world);
    let operator = ctx.clone();
    let link = db
        .write(move |tx| {
            let guide = demo::guide(tx)?
                .ok_or_else(|| Complaint::new("Nobody of the demonstration's people is left."))?;
            let person = hardwon_core::people::face(tx, guide)?;
            let secret = links::sign_in_link(&operator, tx, guide)?;
            Ok::<_, Complaint>((person.name, secret.text))
        })
        .await?;
    let app = App::new(db, world, config)?;
    // Inboxes and search are complete before anybody looks.
    jobs::catch_up(&app).await?;
    if made {
        // Nobody there has let a year of notices lie.
        let before = ctx.at - UNREAD_DAYS * 86_400_000;
        app.db
            .write(move |tx| notifications::read_until(&ctx, tx, before))
            .await?;
    }
    println!("The demonstration is at {base_url}");
    println!(
        "Open {base_url}/sign-in/{} to look around as {}. The link works once.",
        link.1, link.0
    );
    serve::run_on(listener, app).await
}

#[derive(PartialEq)]
enum State {
    Empty,
    Demonstration,
    Other,
}

fn state(db: &Db) -> Result<State, Complaint> {
    db.read_blocking(|tx| {
        if !organisation::exists(tx)? {
            return Ok(State::Empty);
        }
        Ok(match demo::guide(tx)? {
            Some(_) => State::Demonstration,
            None => State::Other,
        })
    })
}

fn make(db: &Db) -> Result<(), Complaint> {
    let now = World::machine().now();
    db.write_blocking(|tx| demo::make(tx, &crate::realtime::YrsEngine, now))
}

/// Takes away the database's files and the search index; nothing else in the folder is touched.
fn remove(database: &Path, data: &Path) -> Result<(), Complaint> {
    for ending in ["", "-wal", "-shm"] {
        let mut file = database.as_os_str().to_owned();
        file.push(ending);
        gone(std::fs::remove_file(&file), Path::new(&file))?;
    }
    let search = data.join("search");
    gone(std::fs::remove_dir_all(&search), &search)
}

fn gone(removed: std::io::Result<()>, path: &Path) -> Result<(), Complaint> {
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Complaint::new(format!(
            "{} cannot be removed: {error}.",
            path.display()
        ))),
        _ => Ok(()),
    }
}
