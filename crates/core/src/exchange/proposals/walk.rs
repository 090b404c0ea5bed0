//! From paths to proposals: which files are looked at, which belong together, and what every refusal was.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::format::Format;
use super::state::{State, StateFrom};
use super::words::{leading_number, stem};
use super::{Proposal, Refusal, Refused, Source, key, parse};

/// How much is read at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Folders below the one that is given.
    pub depth: usize,
    /// Files of the kinds that are read.
    pub files: usize,
    /// Bytes of one file.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 16,
            files: 50_000,
            bytes: 4 * 1024 * 1024,
        }
    }
}

/// Everything that was found, in the order of the paths.
#[derive(Debug, Default, Serialize)]
pub struct Reading {
    pub proposals: Vec<Proposal>,
    pub refused: Vec<Refused>,
    /// Files of the kinds that are read, whatever came of them; a `kep.yaml` counts with its text.
    pub read: usize,
    /// Files that were passed over because of what their names end in.
    pub passed_over: usize,
}

/// A file to read, and the name by which it is known.
struct Found {
    file: PathBuf,
    path: String,
}

/// Reads files and folders. What is wrong with one file never hides another. Links out of a folder are not followed.
pub fn read(paths: &[PathBuf], limits: &Limits) -> Reading {
    let mut walk = Walk {
        limits,
        reading: Reading::default(),
        found: Vec::new(),
        companions: HashMap::new(),
        seen: HashSet::new(),
    };
    for path in paths {
        walk.start(path);
    }
    walk.finish()
}

/// What a name ends in after its last dot, in lower case.
pub(super) fn ending(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.')
        .map_or_else(String::new, |(_, ending)| ending.to_lowercase())
}

struct Walk<'a> {
    limits: &'a Limits,
    reading: Reading,
    found: Vec<Found>,
    /// By the path of the text it belongs to, without its ending.
    companions: HashMap<String, Found>,
    seen: HashSet<PathBuf>,
}

impl Walk<'_> {
    fn start(&mut self, path: &Path) {
        let shown = path.to_string_lossy().into_owned();
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(error) => return self.refuse(&shown, Refusal::Unreadable(error.to_string())),
        };
        let folder = if real.is_dir() {
            real.clone()
        } else {
            real.parent().unwrap_or(&real).to_owned()
        };
        let root = repository(&folder).unwrap_or_else(|| folder.clone());
        let root = root.parent().unwrap_or(&root).to_owned();
        if real.is_dir() {
            self.folder(&real, &root, &real, 0);
        } else if !self.file(&real, &root) {
            let known = known(&real, &root);
            self.refuse(&known, Refusal::UnknownKind);
        } else {
            self.companion_of(&real, &root);
        }
    }

    /// A file given alone still has its `kep.yaml` beside it.
    fn companion_of(&mut self, file: &Path, root: &Path) {
        let Some(folder) = file.parent() else { return };
        let name = known(file, root);
        for beside in [
            folder.join("kep.yaml"),
            folder.join(format!("{}.kep.yaml", stem(&name))),
        ] {
            if beside.is_file() {
                self.file(&beside, root);
            }
        }
    }

    fn folder(&mut self, folder: &Path, root: &Path, given: &Path, depth: usize) {
        if depth > self.limits.depth {
            return self.refuse(&known(folder, root), Refusal::TooDeep(self.limits.depth));
        }
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                return self.refuse(&known(folder, root), Refusal::Unreadable(error.to_string()));
            }
        };
        let mut entries: Vec<PathBuf> = entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .collect();
        entries.sort();
        for entry in entries {
            let hidden = entry
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with('.'));
            let Ok(kind) = fs::symlink_metadata(&entry) else {
                continue;
            };
            if hidden || entry.file_name().is_some_and(|name| name == "node_modules") {
                continue;
            }
            let target = if kind.is_symlink() {
                match fs::canonicalize(&entry) {
                    Ok(target) if target.starts_with(given) => target,
                    Ok(_) => {
                        self.refuse(&known(&entry, root), Refusal::LeadsOut);
                        continue;
                    }
                    Err(error) => {
                        self.refuse(&known(&entry, root), Refusal::Unreadable(error.to_string()));
                        continue;
                    }
                }
            } else {
                entry
            };
            if !self.seen.insert(target.clone()) {
                continue;
            }
            if target.is_dir() {
                self.folder(&target, root, given, depth + 1);
            } else if !self.file(&target, root) {
                self.reading.passed_over += 1;
            }
        }
    }

    /// Notes a file; false if it is of no kind that is read.
    fn file(&mut self, file: &Path, root: &Path) -> bool {
        let path = known(file, root);
        let name = path.rsplit('/').next().unwrap_or(&path).to_lowercase();
        let text = matches!(
            ending(&path).as_str(),
            "md" | "markdown" | "mdown" | "mkd" | "rst" | "rest" | "txt" | "adoc" | "asciidoc"
        );
        let companion = name == "kep.yaml" || name.ends_with(".kep.yaml");
        if !text && !companion {
            return false;
        }
        if self.found.len() + self.companions.len() >= self.limits.files {
            self.refuse(&path, Refusal::TooMany(self.limits.files));
            return true;
        }
        let found = Found {
            file: file.to_owned(),
            path,
        };
        if text {
            self.found.push(found);
        } else {
            self.companions.insert(companion_key(&found.path), found);
        }
        true
    }

    fn refuse(&mut self, path: &str, reason: Refusal) {
        self.reading.refused.push(Refused {
            path: path.to_owned(),
            reason,
        });
    }

    fn finish(mut self) -> Reading {
        for found in std::mem::take(&mut self.found) {
            self.reading.read += 1;
            let companion = self.companions.remove(&text_key(&found.path));
            match self.one(&found, companion.as_ref()) {
                Ok(proposal) => self.reading.proposals.push(proposal),
                Err(reason) => self.refuse(&found.path, reason),
            }
        }
        let mut lone: Vec<Found> = self.companions.drain().map(|(_, found)| found).collect();
        lone.sort_by(|a, b| a.path.cmp(&b.path));
        for found in lone {
            self.reading.read += 1;
            let name = found.path.rsplit('/').nth(1).unwrap_or("").to_owned();
            self.refuse(&found.path, Refusal::LoneCompanion(name));
        }
        merged_neighbours(&mut self.reading.proposals);
        distinct_keys(&mut self.reading.proposals);
        self.reading.refused.sort_by(|a, b| a.path.cmp(&b.path));
        self.reading
    }

    fn one(&self, found: &Found, companion: Option<&Found>) -> Result<Proposal, Refusal> {
        let bytes = self.bytes(&found.file)?;
        let beside = companion.map(|found| self.bytes(&found.file)).transpose()?;
        parse(&Source {
            path: &found.path,
            bytes: &bytes,
            companion: beside.as_deref(),
        })
    }

    fn bytes(&self, file: &Path) -> Result<Vec<u8>, Refusal> {
        let unreadable = |error: std::io::Error| Refusal::Unreadable(error.to_string());
        let size = fs::metadata(file).map_err(unreadable)?.len();
        let limit = self.limits.bytes;
        if size > limit {
            return Err(Refusal::TooLarge { size, limit });
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        fs::File::open(file)
            .and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
            .map_err(unreadable)?;
        let size = bytes.len() as u64;
        if size > limit {
            Err(Refusal::TooLarge { size, limit })
        } else {
            Ok(bytes)
        }
    }
}

/// The working copy a folder belongs to, so that a proposal keeps its key whichever of its folders is given.
fn repository(folder: &Path) -> Option<PathBuf> {
    folder
        .ancestors()
        .find(|folder| folder.join(".git").exists())
        .map(Path::to_owned)
}

fn known(file: &Path, root: &Path) -> String {
    let path = file.strip_prefix(root).unwrap_or(file);
    path.components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}

/// `a/b/kep.yaml` belongs to `a/b/README.md`, and `a/7.kep.yaml` to `a/7.md`.
fn companion_key(path: &str) -> String {
    let lower = path.to_lowercase();
    let stem = lower.strip_suffix("kep.yaml").unwrap_or(&lower);
    stem.strip_suffix('.')
        .map_or_else(|| format!("{stem}readme"), str::to_owned)
}

fn text_key(path: &str) -> String {
    let lower = path.to_lowercase();
    lower
        .rsplit_once('.')
        .map_or_else(|| lower.clone(), |(stem, _)| stem.to_owned())
}

/// A folder in which proposals name the pull request they were merged by is a repository of merged proposals: those in it
/// that have no such header were merged too. It takes a quarter of the numbered ones to say so, and none that speaks of a
/// state in its own words.
fn merged_neighbours(proposals: &mut [Proposal]) {
    let mut folders: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, proposal) in proposals.iter().enumerate() {
        if leading_number(stem(&proposal.path)).is_some() {
            let folder = proposal
                .path
                .rsplit_once('/')
                .map_or("", |(folder, _)| folder);
            folders.entry(folder.to_owned()).or_default().push(at);
        }
    }
    for members in folders.values() {
        let from = |at: &usize| proposals[*at].state.as_ref().map(|state| state.from);
        let merged = members
            .iter()
            .filter(|at| from(at) == Some(StateFrom::Merged))
            .count();
        let stated = members
            .iter()
            .any(|at| matches!(from(at), Some(StateFrom::Header | StateFrom::Section)));
        if stated || merged < 2 || merged * 4 < members.len() {
            continue;
        }
        for at in members {
            let proposal = &mut proposals[*at];
            if proposal.state.is_none() {
                let state = State::merged(StateFrom::Neighbours);
                proposal.outcome = state.outcome(Format::Rfc);
                proposal.state = Some(state);
            }
        }
    }
}

/// Two files that claim one number are two proposals: the second is known by its place.
fn distinct_keys(proposals: &mut [Proposal]) {
    let mut seen = HashSet::new();
    for proposal in proposals {
        if !seen.insert(proposal.key.clone()) {
            proposal.key = key::place(&proposal.path);
            seen.insert(proposal.key.clone());
        }
    }
}
