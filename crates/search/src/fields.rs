//! The fields of the index, and how an entry fills them.
//!
//! One posting list decides whether a word is in an entry (`stem`: title and text together), so that counting is one
//! walk over it; the others only rank (`title_*`) or find phrases and beginnings (`exact`).

use std::hash::{DefaultHasher, Hash, Hasher};

use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{TantivyDocument, Term};

use crate::words::folded_whole;
use crate::{Audience, Entry, Error, card};

/// Raised whenever fields or tokens change their meaning, so that an older index is built anew.
pub(crate) const FORMAT: u32 = 2;

pub(crate) const EXACT: &str = "exact";
pub(crate) const STEMS: &str = "stems";

/// The audience of everyone; a reader's ids carry another prefix and cannot be taken for it.
const EVERYONE: &str = "*";

#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    pub id: Field,
    pub group: Field,
    pub state: Field,
    pub people: Field,
    pub audience: Field,
    pub kind: Field,
    pub at: Field,
    pub tie: Field,
    pub exact: Field,
    pub stem: Field,
    pub title_exact: Field,
    pub title_stem: Field,
    pub title_whole: Field,
    pub card: Field,
}

pub(crate) const KIND: &str = "kind";
pub(crate) const AT: &str = "at";
pub(crate) const TIE: &str = "tie";

fn text(tokenizer: &str, option: IndexRecordOption) -> TextOptions {
    TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(tokenizer)
            .set_index_option(option),
    )
}

pub(crate) fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let key = || {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_index_option(IndexRecordOption::Basic)
                .set_fieldnorms(false),
        )
    };
    let fields = Fields {
        id: schema.add_text_field("id", key()),
        group: schema.add_text_field("group", key()),
        state: schema.add_text_field("state", key()),
        people: schema.add_text_field("people", key()),
        audience: schema.add_text_field("audience", key()),
        kind: schema.add_text_field(KIND, FAST),
        at: schema.add_i64_field(AT, FAST),
        tie: schema.add_u64_field(TIE, FAST),
        exact: schema.add_text_field(
            "exact",
            text(EXACT, IndexRecordOption::WithFreqsAndPositions),
        ),
        stem: schema.add_text_field(
            "stem",
            text(STEMS, IndexRecordOption::WithFreqsAndPositions),
        ),
        title_exact: schema
            .add_text_field("title_exact", text(EXACT, IndexRecordOption::WithFreqs)),
        title_stem: schema.add_text_field("title_stem", text(STEMS, IndexRecordOption::WithFreqs)),
        title_whole: schema
            .add_text_field("title_whole", text("raw", IndexRecordOption::WithFreqs)),
        card: schema.add_bytes_field("card", STORED),
    };
    (schema.build(), fields)
}

/// Longer keys cannot be indexed; two that differ only behind this share a key, which no id of ours does.
fn key(text: &str) -> &str {
    let mut end = text.len().min(1000);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

impl Fields {
    pub fn term(field: Field, text: &str) -> Term {
        Term::from_field_text(field, key(text))
    }

    /// The term that an entry for everyone carries.
    pub fn everyone(&self) -> Term {
        Self::term(self.audience, EVERYONE)
    }

    /// The term of an entry that the holder of an id may find.
    pub fn only(&self, id: &str) -> Term {
        Self::term(self.audience, &format!("={id}"))
    }

    pub fn document(&self, entry: &Entry) -> Result<TantivyDocument, Error> {
        let mut document = TantivyDocument::new();
        document.add_text(self.id, key(&entry.id));
        document.add_text(self.group, key(&entry.group));
        document.add_text(self.state, key(&entry.state));
        for person in &entry.people {
            document.add_text(self.people, key(person));
        }
        match &entry.audience {
            Audience::Everyone => document.add_text(self.audience, EVERYONE),
            Audience::Only(ids) => {
                for id in ids {
                    document.add_text(self.audience, key(&format!("={id}")));
                }
            }
        }
        document.add_text(self.kind, key(&entry.kind));
        document.add_i64(self.at, entry.at);
        document.add_u64(self.tie, tie(&entry.id));
        // The text comes first, so that positions in it count from its beginning; the title follows.
        for field in [self.exact, self.stem] {
            document.add_text(field, &entry.body);
            document.add_text(field, &entry.title);
        }
        document.add_text(self.title_exact, &entry.title);
        document.add_text(self.title_stem, &entry.title);
        document.add_text(self.title_whole, folded_whole(&entry.title));
        document.add_bytes(self.card, &card::pack(entry)?);
        Ok(document)
    }
}

/// Orders entries of equal score and time, the same on every page.
fn tie(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}
