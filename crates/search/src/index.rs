//! The index on disk: opening and recovering it, taking changes in, and handing out readers.
//!
//! It is written by one thread within a small budget; between bursts `rest` gives the memory back. A commit carries
//! the caller's position, so what is on disk always says exactly how far it got.

use std::collections::HashMap;
use std::io;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use tantivy::directory::MmapDirectory;
use tantivy::index::SegmentId;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::schema::IndexRecordOption;
use tantivy::store::Compressor;
use tantivy::tokenizer::TokenizerManager;
use tantivy::{
    BitSet, DocSet, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, SegmentReader,
    TERMINATED, Term,
};

use crate::fields::{EXACT, FORMAT, Fields, STEMS, schema};
use crate::words::Words;
use crate::{Change, Error};

/// What the writer may hold before it writes a segment; only while writing.
const WRITER_BYTES: usize = 15_000_000;

/// Text that may wait for the writer's thread.
const MOST_WAITING: usize = 6_000_000;

/// Segments of a like size are merged when there are this many: each one costs every search a few microseconds.
const SEGMENTS_A_MERGE: usize = 5;

/// What is said with each commit.
#[derive(Serialize, Deserialize)]
struct Stamp {
    format: u32,
    version: u32,
    position: i64,
}

/// Why an index was opened empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Emptied {
    /// There was none.
    New,
    /// It was made by another version of the program.
    OtherVersion,
    /// It could not be read.
    Damaged(String),
}

/// An index, and whether everything must be put into it again.
pub struct Opened {
    pub index: Index,
    pub emptied: Option<Emptied>,
}

/// What `Index::check` found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub entries: u64,
    pub segments: usize,
    /// Files whose content is not what was written.
    pub damaged: Vec<PathBuf>,
}

/// A search index in a folder of its own.
pub struct Index {
    path: PathBuf,
    version: u32,
    fields: Fields,
    inner: RwLock<Live>,
    writer: Mutex<Option<Pen>>,
}

/// What searches use: replaced as a whole when the index is cleared.
struct Live {
    engine: tantivy::Index,
    reader: IndexReader,
    position: i64,
    open_to_all: Arc<Mutex<HashMap<SegmentId, OpenToAll>>>,
}

/// The entries of a segment that everyone may find.
#[derive(Clone)]
pub(crate) enum OpenToAll {
    Whole,
    Some(Arc<BitSet>),
}

/// A view of the index that does not change under a search.
pub(crate) struct View {
    pub searcher: tantivy::Searcher,
    pub fields: Fields,
    open_to_all: Arc<Mutex<HashMap<SegmentId, OpenToAll>>>,
}

impl Index {
    /// Opens the index in a folder, or begins an empty one there; `version` is the caller's, for what it puts in.
    pub fn open(path: &Path, version: u32) -> Result<Opened, Error> {
        // Files that were cut short make the engine panic rather than err.
        let opened = catch_unwind(|| open_live(path, version))
            .unwrap_or_else(|_| Err(Unfit::Damaged("opening it failed".into())));
        let emptied = match opened {
            Ok(live) => {
                return Ok(Opened {
                    index: Self::of(path, version, live),
                    emptied: None,
                });
            }
            Err(Unfit::Missing) => Emptied::New,
            Err(Unfit::OtherVersion) => Emptied::OtherVersion,
            Err(Unfit::Damaged(why)) => Emptied::Damaged(why),
        };
        if emptied != Emptied::New {
            tracing::warn!(?emptied, path = %path.display(), "the search index starts empty");
        }
        wipe(path)?;
        let live = create_live(path, version)?;
        Ok(Opened {
            index: Self::of(path, version, live),
            emptied: Some(emptied),
        })
    }

    fn of(path: &Path, version: u32, live: Live) -> Self {
        let (_, fields) = schema();
        Self {
            path: path.to_owned(),
            version,
            fields,
            inner: RwLock::new(live),
            writer: Mutex::new(None),
        }
    }

    /// How far the index has followed its source: the position of the last `apply`, 0 when empty.
    pub fn position(&self) -> i64 {
        self.live().position
    }

    /// Takes changes in and remembers the position, both on disk when it returns. Searches see them from then on.
    pub fn apply(&self, changes: &[Change], position: i64) -> Result<(), Error> {
        self.take(changes)?;
        self.commit(position)
    }

    /// Takes changes in, which count once `commit` has said how far they go. Many changes under one commit are far
    /// cheaper than many commits. On an error, here or there, the position stays, and everything after it can be taken
    /// in again whatever became of it.
    pub fn take(&self, changes: &[Change]) -> Result<(), Error> {
        self.write(|pen| {
            for change in changes {
                self.note(pen, change)?;
            }
            Ok(())
        })
    }

    /// Puts what was taken in on disk, with the position; searches see it from then on.
    pub fn commit(&self, position: i64) -> Result<(), Error> {
        self.write(|pen| pen.commit(self.version, position))?;
        let mut live = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        live.position = position;
        live.refresh()
    }

    fn write(&self, work: impl FnOnce(&mut Pen) -> Result<(), Error>) -> Result<(), Error> {
        let mut held = self.writer();
        let mut pen = match held.take() {
            Some(pen) => pen,
            None => Pen::over(&self.live().engine)?,
        };
        // After an error, what was added but not committed goes with the writer.
        work(&mut pen)?;
        *held = Some(pen);
        Ok(())
    }

    fn note(&self, pen: &mut Pen, change: &Change) -> Result<(), Error> {
        match change {
            Change::Put(entry) => {
                // The engine queues entries by number, not by size: a long batch of documents is committed in parts,
                // still at the position before it, so that it never waits in memory as a whole.
                let size = entry.body.len() + entry.title.len();
                if pen.waiting + size > MOST_WAITING {
                    let before = self.live().position;
                    pen.commit(self.version, before)?;
                }
                pen.waiting += size;
                pen.writer
                    .delete_term(Fields::term(self.fields.id, &entry.id));
                pen.writer.add_document(self.fields.document(entry)?)?;
            }
            Change::Delete(id) => {
                pen.writer.delete_term(Fields::term(self.fields.id, id));
            }
            Change::DeleteGroup(group) => {
                pen.writer
                    .delete_term(Fields::term(self.fields.group, group));
            }
        }
        Ok(())
    }

    /// Lets merges finish and gives the writer's memory back. Worth calling when nothing has changed for a while.
    pub fn rest(&self) -> Result<(), Error> {
        let Some(pen) = self.writer().take() else {
            return Ok(());
        };
        pen.writer.wait_merging_threads()?;
        self.inner
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .refresh()
    }

    /// Empties the index, also a damaged one; the position is 0 again.
    pub fn clear(&self) -> Result<(), Error> {
        let mut held = self.writer();
        *held = None;
        let mut live = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        wipe(&self.path)?;
        *live = create_live(&self.path, self.version)?;
        Ok(())
    }

    /// Reads every file and compares its checksum.
    pub fn check(&self) -> Result<Check, Error> {
        let live = self.live();
        let mut damaged: Vec<PathBuf> = live.engine.validate_checksum()?.into_iter().collect();
        damaged.sort();
        let searcher = live.reader.searcher();
        Ok(Check {
            entries: searcher.num_docs(),
            segments: searcher.segment_readers().len(),
            damaged,
        })
    }

    pub(crate) fn view(&self) -> View {
        let live = self.live();
        View {
            searcher: live.reader.searcher(),
            fields: self.fields,
            open_to_all: Arc::clone(&live.open_to_all),
        }
    }

    fn live(&self) -> std::sync::RwLockReadGuard<'_, Live> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn writer(&self) -> MutexGuard<'_, Option<Pen>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live {
    fn over(engine: tantivy::Index, position: i64) -> Result<Self, Error> {
        let reader = engine
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(1)
            .try_into()?;
        Ok(Self {
            engine,
            reader,
            position,
            open_to_all: Arc::default(),
        })
    }

    fn refresh(&self) -> Result<(), Error> {
        self.reader.reload()?;
        let searcher = self.reader.searcher();
        let mut known = self
            .open_to_all
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        known.retain(|id, _| {
            searcher
                .segment_readers()
                .iter()
                .any(|segment| segment.segment_id() == *id)
        });
        Ok(())
    }
}

impl View {
    /// The entries of a segment that a holder of these ids may find: `None` when that is all of them.
    pub fn permitted(
        &self,
        segment: &SegmentReader,
        reader: &[String],
    ) -> Result<Option<Arc<BitSet>>, Error> {
        let open = match self.open_to_all(segment)? {
            OpenToAll::Whole => return Ok(None),
            OpenToAll::Some(open) => open,
        };
        let mut own: Option<BitSet> = None;
        for id in reader {
            insert_all(segment, &self.fields.only(id), || {
                own.get_or_insert_with(|| BitSet::clone(&open))
            })?;
        }
        Ok(Some(own.map_or(open, Arc::new)))
    }

    fn open_to_all(&self, segment: &SegmentReader) -> Result<OpenToAll, Error> {
        let id = segment.segment_id();
        let known = || {
            self.open_to_all
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(open) = known().get(&id) {
            return Ok(open.clone());
        }
        let everyone = self.fields.everyone();
        let open = if segment
            .inverted_index(self.fields.audience)?
            .doc_freq(&everyone)?
            == segment.max_doc()
        {
            OpenToAll::Whole
        } else {
            let mut found = BitSet::with_max_value(segment.max_doc());
            insert_all(segment, &everyone, || &mut found)?;
            OpenToAll::Some(Arc::new(found))
        };
        known().insert(id, open.clone());
        Ok(open)
    }
}

/// Adds the entries that carry a term; the set is asked for only if there are any.
fn insert_all<'a>(
    segment: &SegmentReader,
    term: &Term,
    set: impl FnOnce() -> &'a mut BitSet,
) -> Result<(), Error> {
    let words = segment.inverted_index(term.field())?;
    let Some(mut found) = words.read_postings(term, IndexRecordOption::Basic)? else {
        return Ok(());
    };
    let set = set();
    let mut entry = found.doc();
    while entry != TERMINATED {
        set.insert(entry);
        entry = found.advance();
    }
    Ok(())
}

enum Unfit {
    Missing,
    OtherVersion,
    Damaged(String),
}

impl From<tantivy::TantivyError> for Unfit {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::Damaged(error.to_string())
    }
}

fn open_live(path: &Path, version: u32) -> Result<Live, Unfit> {
    if !path.join("meta.json").exists() {
        let empty = path
            .read_dir()
            .is_ok_and(|mut files| files.next().is_some());
        return Err(if empty {
            Unfit::Damaged("its list of files is missing".into())
        } else {
            Unfit::Missing
        });
    }
    let (expected, _) = schema();
    let mut engine = tantivy::Index::open_in_dir(path)?;
    let stamp = engine
        .load_metas()?
        .payload
        .and_then(|payload| serde_json::from_str::<Stamp>(&payload).ok());
    let stamp = stamp.ok_or_else(|| Unfit::Damaged("it does not say how far it got".into()))?;
    if stamp.format != FORMAT || stamp.version != version || engine.schema() != expected {
        return Err(Unfit::OtherVersion);
    }
    engine.set_tokenizers(tokenizers());
    Live::over(engine, stamp.position).map_err(|error| Unfit::Damaged(error.to_string()))
}

fn create_live(path: &Path, version: u32) -> Result<Live, Error> {
    std::fs::create_dir_all(path)?;
    let (schema, _) = schema();
    let directory = MmapDirectory::open(path)
        .map_err(|error| Error::Io(io::Error::other(error.to_string())))?;
    let settings = IndexSettings {
        docstore_compression: Compressor::None,
        docstore_compress_dedicated_thread: false,
        // An entry is a block of its own: reading one copies nothing of its neighbours.
        docstore_blocksize: 512,
        ..IndexSettings::default()
    };
    let engine = tantivy::Index::builder()
        .schema(schema)
        .settings(settings)
        .tokenizers(tokenizers())
        .open_or_create(directory)?;
    Pen::over(&engine)?.commit(version, 0)?;
    Live::over(engine, 0)
}

fn tokenizers() -> TokenizerManager {
    let known = TokenizerManager::default();
    known.register(EXACT, Words::exact());
    known.register(STEMS, Words::stems());
    known
}

/// The engine's writer, and how much text was given to it since the last commit.
struct Pen {
    writer: IndexWriter,
    waiting: usize,
}

impl Pen {
    fn over(engine: &tantivy::Index) -> Result<Self, Error> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(WRITER_BYTES)
            .build();
        let writer: IndexWriter = engine.writer_with_options(options)?;
        let mut merges = LogMergePolicy::default();
        merges.set_min_num_segments(SEGMENTS_A_MERGE);
        // By default everything under 10,000 entries counts as one size, and a handful of edits would rewrite it all.
        merges.set_min_layer_size(64);
        writer.set_merge_policy(Box::new(merges));
        Ok(Self { writer, waiting: 0 })
    }

    fn commit(&mut self, version: u32, position: i64) -> Result<(), Error> {
        let stamp = Stamp {
            format: FORMAT,
            version,
            position,
        };
        let stamp =
            serde_json::to_string(&stamp).map_err(|error| Error::Io(io::Error::other(error)))?;
        let mut prepared = self.writer.prepare_commit()?;
        prepared.set_payload(&stamp);
        prepared.commit()?;
        self.waiting = 0;
        Ok(())
    }
}

/// Removes the files of an index; folders and what they hold are not ours and stay.
fn wipe(path: &Path) -> Result<(), Error> {
    let files = match path.read_dir() {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    for file in files {
        let file = file?;
        if !file.file_type()?.is_dir() {
            std::fs::remove_file(file.path())?;
        }
    }
    Ok(())
}
