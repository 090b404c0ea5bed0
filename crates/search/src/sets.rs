//! Queries that the engine doesn't have, answered by gathering a set of entries first.

use tantivy::query::{
    BitSetDocSet, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query as Engine, Scorer,
    Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError};

use crate::Error;
use crate::words::stem;

/// Every word of a field that begins so.
pub(crate) fn each_word(
    segment: &SegmentReader,
    field: Field,
    typed: &str,
    mut with: impl FnMut(&[u8], &tantivy::postings::TermInfo),
) -> Result<(), Error> {
    let words = segment.inverted_index(field)?;
    let mut stream = words.terms().range().ge(typed.as_bytes()).into_stream()?;
    while stream.advance() && stream.key().starts_with(typed.as_bytes()) {
        with(stream.key(), stream.value());
    }
    Ok(())
}

/// Finds the entries with any word that begins so.
#[derive(Clone, Debug)]
pub(crate) struct Beginning {
    pub field: Field,
    pub beginning: String,
    /// Leave out the words of this stem.
    pub but_stem: Option<String>,
}

impl Engine for Beginning {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Beginning {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut infos = Vec::new();
        each_word(segment, self.field, &self.beginning, |word, info| {
            let word = std::str::from_utf8(word).unwrap_or("");
            // Leaving them out only saves work, so words too long to be of that stem are not even stemmed.
            let known = |but: &String| word.len() <= but.len() + 4 && *but == stem(word);
            if !self.but_stem.as_ref().is_some_and(known) {
                infos.push(info.clone());
            }
        })
        .map_err(|error| TantivyError::InternalError(error.to_string()))?;
        if infos.is_empty() {
            return Ok(Box::new(EmptyScorer));
        }
        let words = segment.inverted_index(self.field)?;
        let mut found = BitSet::with_max_value(segment.max_doc());
        for info in &infos {
            let mut entries = words.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
            let mut entry = entries.doc();
            while entry != TERMINATED {
                found.insert(entry);
                entry = entries.advance();
            }
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found), boost)))
    }

    fn explain(&self, segment: &SegmentReader, entry: DocId) -> tantivy::Result<Explanation> {
        explained(self.scorer(segment, 1.0)?.as_mut(), entry)
    }
}

/// The matches of another query as a set, each worth the same.
#[derive(Debug)]
pub(crate) struct Gathered(pub Box<dyn Engine>);

impl Clone for Gathered {
    fn clone(&self) -> Self {
        Self(self.0.box_clone())
    }
}

struct GatheredWeight(Box<dyn Weight>);

impl Engine for Gathered {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(GatheredWeight(self.0.weight(scoring)?)))
    }
}

impl Weight for GatheredWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut found = BitSet::with_max_value(segment.max_doc());
        let mut scorer = self.0.scorer(segment, boost)?;
        let mut entry = scorer.doc();
        while entry != TERMINATED {
            found.insert(entry);
            entry = scorer.advance();
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found), boost)))
    }

    fn explain(&self, segment: &SegmentReader, entry: DocId) -> tantivy::Result<Explanation> {
        explained(self.scorer(segment, 1.0)?.as_mut(), entry)
    }
}

fn explained(scorer: &mut dyn Scorer, entry: DocId) -> tantivy::Result<Explanation> {
    if scorer.doc() > entry || scorer.seek(entry) != entry {
        return Err(TantivyError::InvalidArgument(
            "the entry does not match".into(),
        ));
    }
    Ok(Explanation::new("one of a set", 1.0))
}
