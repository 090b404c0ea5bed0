//! Where in an entry the match is, from the positions in the posting lists: no text is read to find it.

use tantivy::postings::{Postings, SegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader};

use crate::Error;
use crate::ask::{Ask, Clause};
use crate::fields::Fields;
use crate::sets::each_word;

/// Matches this many words apart are shown together.
const TOGETHER: u32 = 24;

/// How many of the words with a typed beginning are looked for in an entry.
const WORDS_TRIED: usize = 48;

/// More clauses do not make a better window.
const MOST_CLAUSES: usize = 8;

/// The positions of a query's words in one segment. Entries must be asked for in order.
pub(crate) struct Places {
    clauses: Vec<Vec<(u32, SegmentPostings)>>,
    beginning: Option<String>,
    begun: Option<Vec<SegmentPostings>>,
}

impl Places {
    pub fn of(segment: &SegmentReader, fields: &Fields, ask: &Ask) -> Result<Self, Error> {
        let mut clauses = Vec::new();
        let mut beginning = None;
        for clause in ask.all.iter().take(MOST_CLAUSES) {
            let words: Vec<(Field, u32, &str)> = match clause {
                Clause::Word { stem, .. } => vec![(fields.stem, 0, stem)],
                Clause::Phrase(words) => words
                    .iter()
                    .map(|(at, word)| (fields.exact, offset(*at), word.as_str()))
                    .collect(),
                Clause::PhraseBeginning(words) => {
                    let whole = words.len().saturating_sub(1);
                    words[..whole]
                        .iter()
                        .map(|(at, word)| (fields.exact, offset(*at), word.as_str()))
                        .collect()
                }
                Clause::Beginning(word) => {
                    beginning = Some(word.clone());
                    continue;
                }
            };
            let mut lists = Vec::with_capacity(words.len());
            for (field, at, word) in &words {
                let term = Fields::term(*field, word);
                let index = segment.inverted_index(*field)?;
                lists.extend(
                    index
                        .read_postings(&term, IndexRecordOption::WithFreqsAndPositions)?
                        .map(|list| (*at, list)),
                );
            }
            if lists.len() == words.len() {
                clauses.push(lists);
            }
        }
        if let (true, Some(last)) = (ask.open, ask.all.last()) {
            beginning = match last {
                Clause::Word { exact, .. } => Some(exact.clone()),
                Clause::Phrase(words) => words.last().map(|(_, word)| word.clone()),
                Clause::Beginning(_) | Clause::PhraseBeginning(_) => beginning,
            };
        }
        Ok(Self {
            clauses,
            beginning,
            begun: None,
        })
    }

    /// The position worth showing: the first of those with the most clauses close together.
    pub fn best(
        &mut self,
        segment: &SegmentReader,
        fields: &Fields,
        entry: DocId,
    ) -> Result<Option<u32>, Error> {
        let mut found: Vec<(u32, usize)> = Vec::new();
        for (number, lists) in self.clauses.iter_mut().enumerate() {
            found.extend(starts(lists, entry).into_iter().map(|at| (at, number)));
        }
        if found.is_empty()
            && let Some(beginning) = &self.beginning
        {
            if self.begun.is_none() {
                self.begun = Some(lists_of(segment, fields, beginning)?);
            }
            let lists = self.begun.iter_mut().flatten();
            found.extend(
                lists
                    .filter_map(|list| positions(list, entry).first().copied())
                    .map(|at| (at, 0)),
            );
        }
        found.sort_unstable();
        Ok(closest(&found, self.clauses.len()))
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn lists_of(
    segment: &SegmentReader,
    fields: &Fields,
    beginning: &str,
) -> Result<Vec<SegmentPostings>, Error> {
    let mut infos: Vec<TermInfo> = Vec::new();
    each_word(segment, fields.exact, beginning, |_, info| {
        infos.push(info.clone());
    })?;
    infos.sort_by_key(|info| std::cmp::Reverse(info.doc_freq));
    infos.truncate(WORDS_TRIED);
    let index = segment.inverted_index(fields.exact)?;
    let read =
        |info| index.read_postings_from_terminfo(info, IndexRecordOption::WithFreqsAndPositions);
    Ok(infos.iter().map(read).collect::<Result<_, _>>()?)
}

fn positions(list: &mut SegmentPostings, entry: DocId) -> Vec<u32> {
    let mut found = Vec::new();
    if list.doc() < entry {
        list.seek(entry);
    }
    if list.doc() == entry {
        list.positions(&mut found);
    }
    found
}

/// Where a clause's words stand in a row.
fn starts(lists: &mut [(u32, SegmentPostings)], entry: DocId) -> Vec<u32> {
    let mut starts: Option<Vec<u32>> = None;
    for (at, list) in lists {
        let mut here = positions(list, entry);
        here.retain(|position| position >= at);
        for position in &mut here {
            *position -= *at;
        }
        starts = Some(match starts {
            None => here,
            Some(mut before) => {
                before.retain(|position| here.binary_search(position).is_ok());
                before
            }
        });
    }
    starts.unwrap_or_default()
}

fn closest(found: &[(u32, usize)], clauses: usize) -> Option<u32> {
    if clauses <= 1 {
        return found.first().map(|(at, _)| *at);
    }
    let mut best: Option<(usize, u32)> = None;
    for (index, (start, _)) in found.iter().enumerate() {
        let mut seen = 0u64;
        for (_, number) in found[index..]
            .iter()
            .take_while(|(at, _)| *at <= start + TOGETHER)
        {
            seen |= 1 << number;
        }
        let count = seen.count_ones() as usize;
        if best.is_none_or(|(most, _)| count > most) {
            best = Some((count, *start));
        }
        if count == clauses {
            break;
        }
    }
    best.map(|(_, at)| at)
}
