//! `hardwon export` and `hardwon import organisation`: everything as files, and back.

use super::{Complaint, make_folder, open, say};
use crate::config::Config;
use hardwon_core::error::{Error, Result};
use hardwon_core::exchange::export::{self, Sink, Source};
use hardwon_core::{Ctx, World, organisation};
use hardwon_db::{Db, Target};
use serde_json::json;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct Export {
    /// A folder that is not there yet, or is empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub struct Organisation {
    /// A folder that `hardwon export` wrote
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// A database that is there already: none is made by asking for it.
pub fn existing(config: &Config) -> Result<Db, Complaint> {
    if let Target::Sqlite(path) = &config.database
        && !path.exists()
    {
        return Err(Complaint::new(format!(
            "There is no database at {}. Name the right folder with --data, or start `hardwon serve` there first.",
            path.display()
        )));
    }
    open(config)
}

pub fn export(config: &Config, arguments: &Export) -> Result<(), Complaint> {
    let db = existing(config)?;
    if !db.read_blocking(organisation::exists)? {
        return Err(Complaint::new(
            "There is no organisation in this database, so there is nothing to export.",
        ));
    }
    let out = &arguments.out;
    require_free(out)?;
    let ctx = Ctx::operator(&World::machine());
    let partial = beside(out);
    // A reading that has to begin again begins with an empty folder.
    let written = db.read_blocking(|tx| {
        let mut folder = Folder::new(&partial)?;
        export::write(&ctx, tx, &mut folder)
    });
    let done = match written {
        Ok(done) => done,
        Err(error) => {
            let _ = fs::remove_dir_all(&partial);
            return Err(sentence(error));
        }
    };
    let _ = fs::remove_dir(out);
    fs::rename(&partial, out).map_err(|error| cannot(out, &error))?;
    if arguments.json {
        say(&serde_json::to_string(&done)?);
    } else {
        say(&format!(
            "Wrote {} reviews, {} people and {} teams to {}.",
            done.reviews,
            done.people,
            done.teams,
            out.display()
        ));
        say(&format!(
            "{} of the reviews are private. They, votes and the log are under {}, which is not for everybody.",
            done.private_reviews,
            out.join("private").display()
        ));
    }
    Ok(())
}

pub fn organisation(config: &Config, arguments: &Organisation) -> Result<(), Complaint> {
    if !arguments.folder.join("organisation.json").exists() {
        return Err(Complaint::new(format!(
            "{} is no export: it has no organisation.json.",
            arguments.folder.display()
        )));
    }
    // An embedded database is made where there is none; one on a server needs no folder here.
    if matches!(config.database, Target::Sqlite(_)) {
        make_folder(config)?;
    }
    let db = open(config)?;
    let ctx = Ctx::operator(&World::machine());
    let source = Written(arguments.folder.clone());
    let done = db
        .write_blocking(|tx| export::load(&ctx, tx, &source))
        .map_err(sentence)?;
    if arguments.json {
        say(&serde_json::to_string(&done)?);
        return Ok(());
    }
    say(&format!(
        "Imported {} reviews and {} people.",
        done.reviews, done.people
    ));
    if !done.private_part {
        say("The private part was not there: nobody's votes, inboxes or log are here.");
    }
    say("Nobody has a password yet. `hardwon link PERSON` makes a link that signs somebody in.");
    Ok(())
}

fn sentence(error: Error) -> Complaint {
    match error {
        Error::Bug(source) => Complaint::new(source.to_string()),
        other => Complaint::new(other.to_string()),
    }
}

/// Where a folder or file is written before it is whole.
pub fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

fn require_free(out: &Path) -> Result<(), Complaint> {
    match fs::read_dir(out).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Complaint::new(format!(
            "{} holds something already, and an export overwrites nothing.",
            out.display()
        ))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot(out, &error)),
    }
}

fn cannot(path: &Path, error: &std::io::Error) -> Complaint {
    Complaint::new(format!("{} cannot be written: {error}.", path.display()))
}

/// A folder that nobody but its owner reads.
struct Folder<'a>(&'a Path);

impl<'a> Folder<'a> {
    fn new(path: &'a Path) -> Result<Self> {
        if path.exists() {
            fs::remove_dir_all(path).map_err(|error| unavailable(path, &error))?;
        }
        make(path)?;
        Ok(Self(path))
    }
}

fn make(path: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| unavailable(path, &error))
}

fn unavailable(path: &Path, error: &std::io::Error) -> Error {
    Error::Unavailable(format!("{} cannot be written: {error}.", path.display()))
}

impl Sink for Folder<'_> {
    fn append(&mut self, path: &str, content: &[u8]) -> Result<()> {
        let path = self.0.join(path);
        if let Some(folder) = path.parent() {
            make(folder)?;
        }
        fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .and_then(|mut file| file.write_all(content))
            .map_err(|error| unavailable(&path, &error))
    }
}

/// The folder that is imported from.
struct Written(PathBuf);

impl Source for Written {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let path = self.0.join(path);
        match fs::read(&path) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::Unavailable(format!(
                "{} cannot be read: {error}.",
                path.display()
            ))),
        }
    }

    fn folders(&self, path: &str) -> Result<Vec<String>> {
        let path = self.0.join(path);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => {
                return Err(Error::Unavailable(format!(
                    "{} cannot be read: {error}.",
                    path.display()
                )));
            }
        };
        let mut names: Vec<String> = entries
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        Ok(names)
    }
}

/// The answer of a command that moved a database, for people or for programs.
pub fn report(json: bool, words: &str, value: &serde_json::Value) {
    if json {
        say(&json!(value).to_string());
    } else {
        say(words);
    }
}
