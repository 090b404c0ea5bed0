//! What the tests of this repository's shape read: its tracked files, manifests and dependency graph.
//!
//! The rules themselves are in `tests/tidy`: nothing here is part of the product, and nothing depends on it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// A file that is or would be committed.
pub struct Tracked {
    /// From the root, with forward slashes.
    pub path: String,
    pub text: String,
}

/// Every text file that git tracks or would offer to.
pub fn tracked() -> Vec<Tracked> {
    let listed = output(
        "git",
        &[
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ],
    );
    let root = root();
    let mut paths: Vec<&str> = listed.split('\0').filter(|path| !path.is_empty()).collect();
    paths.sort_unstable();
    paths.dedup();
    let read = |path: &str| {
        let text = std::fs::read_to_string(root.join(path)).ok()?;
        Some(Tracked {
            path: path.to_owned(),
            text,
        })
    };
    paths.into_iter().filter_map(read).collect()
}

/// A crate of the workspace by its folder: `crates/core`, `bench`.
pub struct Member {
    pub folder: String,
    pub manifest: toml::Table,
}

impl Member {
    /// What it depends on, in any section.
    pub fn dependencies(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            names.extend(self.section(section));
        }
        names
    }

    /// What one section names.
    pub fn section(&self, section: &str) -> Vec<String> {
        let table = self.manifest.get(section).and_then(toml::Value::as_table);
        table
            .map(|table| table.keys().cloned().collect())
            .unwrap_or_default()
    }
}

/// The crates of the workspace.
pub fn members() -> Vec<Member> {
    let manifests = tracked().into_iter().filter_map(|file| {
        let folder = file.path.strip_suffix("/Cargo.toml")?.to_owned();
        (folder.starts_with("crates/") || folder == "bench").then_some((folder, file.text))
    });
    manifests
        .map(|(folder, text)| Member {
            manifest: table(&text, &folder),
            folder,
        })
        .collect()
}

/// A TOML file at the root.
pub fn toml_file(name: &str) -> toml::Table {
    table(
        &std::fs::read_to_string(root().join(name)).unwrap_or_default(),
        name,
    )
}

fn table(text: &str, name: &str) -> toml::Table {
    match toml::from_str(text) {
        Ok(table) => table,
        Err(error) => panic!("{name}: {error}"),
    }
}

/// The packages a build on Linux compiles, as `cargo metadata` describes them.
pub fn packages() -> Vec<serde_json::Value> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let platform = "x86_64-unknown-linux-gnu";
    let described = output(
        &cargo,
        &[
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--filter-platform",
            platform,
        ],
    );
    let mut graph: serde_json::Value = match serde_json::from_str(&described) {
        Ok(graph) => graph,
        Err(error) => panic!("cargo metadata: {error}"),
    };
    match graph["packages"].take() {
        serde_json::Value::Array(packages) => packages,
        other => panic!("cargo metadata names no packages: {other}"),
    }
}

fn output(program: &str, arguments: &[&str]) -> String {
    let done = Command::new(program)
        .args(arguments)
        .current_dir(root())
        .output();
    match done {
        Ok(done) if done.status.success() => String::from_utf8_lossy(&done.stdout).into_owned(),
        Ok(done) => panic!(
            "{program} {arguments:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        ),
        Err(error) => panic!("{program}: {error}"),
    }
}
