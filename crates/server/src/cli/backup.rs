//! `hardwon backup`, `restore` and `copy`: the database as a whole, passwords and all.

use super::export::{beside, existing, report};
use super::{Complaint, open};
use crate::config::Config;
use hardwon_db::{Db, Options, Target};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct Arguments {
    /// The file of the backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub struct Copy {
    /// A PostgreSQL database (`postgres://…`) or the folder of an embedded one; it has to be empty
    #[arg(long, value_name = "URL|DIR")]
    to: String,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// Writes a consistent copy of the database while the server may be running.
pub fn backup(config: &Config, arguments: &Arguments) -> Result<(), Complaint> {
    if matches!(config.database, Target::Postgres(_)) {
        return Err(Complaint::new(
            "A PostgreSQL database is backed up with pg_dump. `hardwon copy --to DIR` copies it into an embedded one.",
        ));
    }
    let file = &arguments.file;
    if file.exists() {
        return Err(Complaint::new(format!(
            "{} is there already, and a backup overwrites nothing. Name another file.",
            file.display()
        )));
    }
    existing(config)?.backup(file)?;
    let bytes = fs::metadata(file).map_or(0, |found| found.len());
    report(
        arguments.json,
        &format!(
            "Wrote {} ({} KiB). It holds everything, passwords' hashes too: keep it where nobody else reads it.",
            file.display(),
            bytes.div_ceil(1024)
        ),
        &json!({ "file": file, "bytes": bytes }),
    );
    Ok(())
}

/// Puts a backup where no database is yet.
pub fn restore(config: &Config, arguments: &Arguments) -> Result<(), Complaint> {
    let Target::Sqlite(path) = &config.database else {
        return Err(Complaint::new(
            "A PostgreSQL database is restored with pg_restore. `hardwon copy` fills an empty one from an embedded one.",
        ));
    };
    if path.exists() {
        return Err(Complaint::new(format!(
            "{} is there already, and a restore overwrites nothing. Name another folder with --data, or move it away.",
            path.display()
        )));
    }
    let file = &arguments.file;
    let cannot = |error: std::io::Error| {
        Complaint::new(format!(
            "{} cannot be restored to {}: {error}.",
            file.display(),
            path.display()
        ))
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(cannot)?;
    }
    let partial = beside(path);
    let copied = fs::copy(file, &partial)
        .and_then(|_| fs::File::open(&partial)?.sync_all())
        .and_then(|()| fs::rename(&partial, path));
    if let Err(error) = copied {
        let _ = fs::remove_file(&partial);
        return Err(cannot(error));
    }
    // What was searched here before is not what is here now; the next start builds the index again.
    let search = config.data.join("search");
    if search.exists() {
        fs::remove_dir_all(&search).map_err(cannot)?;
    }
    let found = open(config).inspect_err(|_| remove(path))?;
    let founded = found.read_blocking(hardwon_core::organisation::exists)?;
    report(
        arguments.json,
        &format!("Restored {} to {}.", file.display(), path.display()),
        &json!({ "database": path, "organisation": founded }),
    );
    Ok(())
}

fn remove(database: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let mut file = database.as_os_str().to_owned();
        file.push(ending);
        let _ = fs::remove_file(file);
    }
}

/// Moves everything into an empty database, of either kind.
pub fn copy(config: &Config, arguments: &Copy) -> Result<(), Complaint> {
    let target = match Target::parse(&arguments.to) {
        Target::Postgres(address) => Target::Postgres(address),
        Target::Sqlite(folder) => {
            fs::create_dir_all(&folder).map_err(|error| {
                Complaint::new(format!("{} cannot be made: {error}.", folder.display()))
            })?;
            Target::Sqlite(folder.join("hardwon.db"))
        }
    };
    if target == config.database {
        return Err(Complaint::new(
            "The target is the database itself: name another one with --to.",
        ));
    }
    let from = existing(config)?;
    let options = Options {
        readers: 1,
        writers: 1,
        ..Options::default()
    };
    let moved = Db::copy(&from, &Db::open(&target, &options)?)?;
    let rows: u64 = moved.tables.iter().map(|(_, rows)| rows).sum();
    let tables: serde_json::Map<String, serde_json::Value> = moved
        .tables
        .into_iter()
        .map(|(table, rows)| (table, json!(rows)))
        .collect();
    report(
        arguments.json,
        &format!("Copied {rows} rows of {} tables.", tables.len()),
        &json!({ "rows": rows, "tables": tables }),
    );
    Ok(())
}
