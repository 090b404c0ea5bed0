//! Searching: what matches, how it is ranked and counted, of what the reader may see.
//!
//! Two walks over the matches. The first counts, by kind, without scores. The second ranks, and lets the engine skip
//! whole blocks of entries that cannot come under the first hits, so that a common word stays cheap in a large index.
//! Both ask the same `Sight` about every entry before it counts or ranks. A word still being typed is searched in
//! two stages, as typed and then as a beginning, and the second is ranked only when the first did not fill the page.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tantivy::COLLECT_BLOCK_BUFFER_LEN;
use tantivy::columnar::{Cardinality, Column, StrColumn};
use tantivy::fastfield::AliveBitSet;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EnableScoring, Occur, PhrasePrefixQuery,
    PhraseQuery, Query as Engine, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::store::StoreReader;
use tantivy::{BitSet, DocAddress, DocId, Score, SegmentReader, Term};

use crate::ask::{self, Ask, Clause};
use crate::card::Card;
use crate::fields::{AT, Fields, KIND, TIE};
use crate::index::View;
use crate::mark::{BEFORE, Marks, WINDOW};
use crate::places::Places;
use crate::sets::{Beginning, Gathered, each_word};
use crate::words::folded_whole;
use crate::{Answer, Cursor, Error, Hit, Index, Query};

/// Scores are compared in steps of this size: hits that are as good as equal are ordered by time.
const STEPS: f32 = 32.0;

/// A page is at most this long.
const LONGEST_PAGE: usize = 200;

/// How many of the words with a typed beginning take part in ranking; all of them take part in finding.
const RANKED_WORDS: usize = 24;

const TITLE_STEM: f32 = 1.5;
const TITLE_EXACT: f32 = 2.5;
const TITLE_WHOLE: f32 = 12.0;

/// The order of hits within a stage, best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub score: u32,
    pub at: i64,
    pub tie: u64,
}

/// A hit before anything of it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    key: Key,
    address: DocAddress,
}

/// One way of matching, with how it is ranked.
struct Stage {
    number: u8,
    matching: Box<dyn Engine>,
    /// `None` when nothing tells the matches apart but their time.
    ranking: Option<Box<dyn Engine>>,
}

impl Index {
    /// Searches. Whatever the text is, it is a query; what the reader may not see is neither found nor counted.
    pub fn search(&self, query: &Query<'_>) -> Result<Answer, Error> {
        // Damaged files of an index are read by code that trusts them; a panic there is damage, not a bug of the caller.
        catch_unwind(AssertUnwindSafe(|| search(&self.view(), query)))
            .unwrap_or_else(|_| Err(Error::Damaged("reading it failed".into())))
    }
}

fn search(view: &View, query: &Query<'_>) -> Result<Answer, Error> {
    let ask = ask::read(query.text);
    let limit = query.limit.clamp(1, LONGEST_PAGE);
    let sights = view
        .searcher
        .segment_readers()
        .iter()
        .map(|segment| Sight::of(view, segment, query))
        .collect::<Result<Vec<_>, _>>()?;

    let mut answer = Answer::default();
    let mut found: Vec<(u8, Found)> = Vec::new();
    for mut stage in stages(view, &ask, query) {
        count(view, &sights, stage.matching.as_ref(), &mut answer)?;
        let wanted = (limit + 1).saturating_sub(found.len());
        let before = match query.after {
            Some(after) if after.stage > stage.number => continue,
            Some(after) if after.stage == stage.number => Some(after.key),
            _ => None,
        };
        if wanted > 0 {
            if stage.number == 2 {
                stage.ranking = Some(rank_beginnings(view, &ask, &stage)?);
            }
            let best = rank(view, &sights, &stage, wanted, before)?;
            found.extend(best.into_iter().map(|hit| (stage.number, hit)));
        }
    }
    answer
        .kinds
        .sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let more = found.len() > limit;
    found.truncate(limit);
    answer.next = found.last().filter(|_| more).map(|(stage, hit)| Cursor {
        stage: *stage,
        key: hit.key,
    });
    answer.hits = show(view, &ask, &found)?;
    Ok(answer)
}

/// Everything that decides whether an entry of one segment is there at all for this search.
struct Sight<'a> {
    alive: Option<&'a AliveBitSet>,
    permitted: Option<Arc<BitSet>>,
    kinds: Column<u64>,
    names: Option<StrColumn>,
    wanted: Option<Vec<bool>>,
    at: Column<i64>,
    tie: Column<u64>,
    from: i64,
    to: i64,
    timed: bool,
}

impl<'a> Sight<'a> {
    fn of(view: &View, segment: &'a SegmentReader, query: &Query<'_>) -> Result<Self, Error> {
        let fast = segment.fast_fields();
        let names = fast.str(KIND)?;
        let kinds = names.as_ref().map_or_else(
            || Column::build_empty_column(segment.max_doc()),
            |names| names.ords().clone(),
        );
        let wanted = if query.kinds.is_empty() {
            None
        } else {
            let mut wanted = vec![false; names.as_ref().map_or(0, |names| names.num_terms())];
            for kind in query.kinds {
                let ord = names
                    .as_ref()
                    .map(|names| names.dictionary().term_ord(kind))
                    .transpose()?
                    .flatten();
                if let Some(wanted) = ord.and_then(|ord| wanted.get_mut(usize::try_from(ord).ok()?))
                {
                    *wanted = true;
                }
            }
            Some(wanted)
        };
        Ok(Self {
            alive: segment.alive_bitset(),
            permitted: view.permitted(segment, query.reader)?,
            kinds,
            names,
            wanted,
            at: fast.i64(AT)?,
            tie: fast.u64(TIE)?,
            from: query.from.unwrap_or(i64::MIN),
            to: query.to.unwrap_or(i64::MAX),
            timed: query.from.is_some() || query.to.is_some(),
        })
    }

    /// Whether the reader may know of an entry, kinds aside.
    fn sees(&self, entry: DocId) -> bool {
        self.alive.is_none_or(|alive| alive.is_alive(entry))
            && self
                .permitted
                .as_ref()
                .is_none_or(|permitted| permitted.contains(entry))
            && (!self.timed || {
                let at = self.at(entry);
                self.from <= at && (at < self.to || self.to == i64::MAX)
            })
    }

    fn wants(&self, entry: DocId) -> bool {
        self.wanted
            .as_ref()
            .is_none_or(|wanted| wanted.get(self.kind(entry)).copied().unwrap_or(false))
    }

    fn kind(&self, entry: DocId) -> usize {
        self.kinds
            .first(entry)
            .map_or(0, |ord| usize::try_from(ord).unwrap_or(0))
    }

    /// The kinds of some entries at once: every entry has one, so they stand in a plain row.
    fn kinds_of(&self, entries: &[DocId], ords: &mut [u64]) {
        if self.kinds.get_cardinality() == Cardinality::Full {
            self.kinds.values.get_vals(entries, ords);
        } else {
            for (entry, ord) in entries.iter().zip(ords) {
                *ord = self.kinds.first(*entry).unwrap_or(0);
            }
        }
    }

    fn at(&self, entry: DocId) -> i64 {
        self.at.first(entry).unwrap_or(0)
    }

    fn key(&self, entry: DocId, score: Score) -> Key {
        Key {
            score: step(score),
            at: self.at(entry),
            tie: self.tie.first(entry).unwrap_or(0),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of a float saturates, as it should here"
)]
fn step(score: Score) -> u32 {
    (score * STEPS) as u32
}

#[expect(clippy::cast_precision_loss, reason = "scores are small")]
fn least(step: u32) -> Score {
    // A hair under the step, so that equal scores are still offered and ordered by time.
    (step as f32 / STEPS).next_down()
}

fn stages(view: &View, ask: &Ask, query: &Query<'_>) -> Vec<Stage> {
    let fields = &view.fields;
    let mut must: Vec<(Occur, Box<dyn Engine>)> = Vec::new();
    let mut filters: Vec<(Occur, Box<dyn Engine>)> = Vec::new();
    for (field, value) in [(fields.group, query.group), (fields.people, query.person)] {
        if let Some(value) = value {
            filters.push((Occur::Must, no_score(key(field, value))));
        }
    }
    if !query.states.is_empty() {
        let any = query
            .states
            .iter()
            .map(|state| (Occur::Should, key(fields.state, state)))
            .collect();
        filters.push((Occur::Must, no_score(Box::new(BooleanQuery::new(any)))));
    }
    for clause in &ask.none {
        filters.push((Occur::MustNot, gathered(fields, clause)));
    }
    if ask.all.is_empty() {
        filters.push((Occur::Must, Box::new(AllQuery)));
        return vec![Stage {
            number: 1,
            matching: Box::new(BooleanQuery::new(filters)),
            ranking: None,
        }];
    }
    for clause in &ask.all {
        must.push((Occur::Must, matching(fields, clause, None)));
    }
    let boosts = boosts(fields, ask, query.text);
    let lone_word =
        filters.is_empty() && must.len() == 1 && matches!(ask.all[0], Clause::Word { .. });
    let ranking = if lone_word {
        // A plain union of words is what the engine can prune; titles are part of the text, so it matches the same.
        let word = must
            .iter()
            .map(|(_, query)| (Occur::Should, query.box_clone()));
        BooleanQuery::new(word.chain(boosts).collect())
    } else {
        BooleanQuery::new(
            must.iter()
                .chain(&filters)
                .map(|(o, q)| (*o, q.box_clone()))
                .chain(boosts)
                .collect(),
        )
    };
    let all = must
        .iter()
        .chain(&filters)
        .map(|(o, q)| (*o, q.box_clone()))
        .collect();
    let mut stages = vec![Stage {
        number: 1,
        matching: conjunction(all),
        ranking: Some(Box::new(ranking)),
    }];
    if ask.open
        && let Some((last, rest)) = ask.all.split_last()
        && let Some(beginning) = going_on(last)
    {
        let mut all: Vec<(Occur, Box<dyn Engine>)> = rest
            .iter()
            .map(|clause| (Occur::Must, matching(fields, clause, None)))
            .collect();
        all.push((Occur::Must, matching(fields, &beginning, Some(last))));
        all.push((Occur::MustNot, gathered(fields, last)));
        all.extend(filters);
        stages.push(Stage {
            number: 2,
            matching: Box::new(BooleanQuery::new(all)),
            ranking: None,
        });
    }
    stages
}

fn conjunction(mut clauses: Vec<(Occur, Box<dyn Engine>)>) -> Box<dyn Engine> {
    if clauses.len() == 1 && clauses[0].0 == Occur::Must {
        clauses.swap_remove(0).1
    } else {
        Box::new(BooleanQuery::new(clauses))
    }
}

/// The clause that a word or phrase is while it is being typed.
fn going_on(clause: &Clause) -> Option<Clause> {
    match clause {
        Clause::Word { exact, .. } => Some(Clause::Beginning(exact.clone())),
        Clause::Phrase(words) => Some(Clause::PhraseBeginning(words.clone())),
        Clause::Beginning(_) | Clause::PhraseBeginning(_) => None,
    }
}

fn no_score(query: Box<dyn Engine>) -> Box<dyn Engine> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

fn key(field: Field, value: &str) -> Box<dyn Engine> {
    Box::new(TermQuery::new(
        Fields::term(field, value),
        IndexRecordOption::Basic,
    ))
}

fn word(field: Field, word: &str, boost: Score) -> Box<dyn Engine> {
    let query = Box::new(TermQuery::new(
        Fields::term(field, word),
        IndexRecordOption::WithFreqs,
    ));
    Box::new(BoostQuery::new(query, boost))
}

/// What an entry must have for a clause. Words that `known` finds already need not be found by a beginning.
fn matching(fields: &Fields, clause: &Clause, known: Option<&Clause>) -> Box<dyn Engine> {
    let terms = |words: &[(usize, String)]| -> Vec<(usize, Term)> {
        words
            .iter()
            .map(|(at, word)| (*at, Fields::term(fields.exact, word)))
            .collect()
    };
    match clause {
        Clause::Word { stem, .. } => word(fields.stem, stem, 1.0),
        Clause::Phrase(words) => match words.as_slice() {
            [(_, single)] => word(fields.exact, single, 1.0),
            words => Box::new(PhraseQuery::new_with_offset(terms(words))),
        },
        Clause::Beginning(beginning) => {
            let but_stem = match known {
                Some(Clause::Word { stem, .. }) => Some(stem.clone()),
                _ => None,
            };
            Box::new(Beginning {
                field: fields.exact,
                beginning: beginning.clone(),
                but_stem,
            })
        }
        Clause::PhraseBeginning(words) => {
            let mut query = PhrasePrefixQuery::new_with_offset(terms(words));
            query.set_max_expansions(1000);
            Box::new(query)
        }
    }
}

/// What an entry must not have for a clause. The engine leaves out what a posting list or a set of entries holds, but a
/// phrase that has come to its end it asks again, which phrases do not allow; so they are made a set first.
fn gathered(fields: &Fields, clause: &Clause) -> Box<dyn Engine> {
    let query = matching(fields, clause, None);
    match clause {
        Clause::Word { .. } | Clause::Beginning(_) => query,
        Clause::Phrase(_) | Clause::PhraseBeginning(_) => Box::new(Gathered(query)),
    }
}

/// What makes a match a better one: the words in the title, as typed, and the title being just that.
fn boosts(fields: &Fields, ask: &Ask, text: &str) -> Vec<(Occur, Box<dyn Engine>)> {
    let mut boosts: Vec<(Occur, Box<dyn Engine>)> = Vec::new();
    for clause in &ask.all {
        match clause {
            Clause::Word { exact, stem } => {
                boosts.push((Occur::Should, word(fields.title_stem, stem, TITLE_STEM)));
                boosts.push((Occur::Should, word(fields.title_exact, exact, TITLE_EXACT)));
            }
            Clause::Phrase(words) => {
                boosts.extend(words.iter().map(|(_, exact)| {
                    (Occur::Should, word(fields.title_exact, exact, TITLE_EXACT))
                }));
            }
            Clause::Beginning(_) | Clause::PhraseBeginning(_) => {}
        }
    }
    let whole = folded_whole(text);
    if !whole.is_empty() {
        boosts.push((Occur::Should, word(fields.title_whole, &whole, TITLE_WHOLE)));
    }
    boosts
}

/// Ranks the matches of a beginning by the words that begin so, the most frequent of them.
fn rank_beginnings(view: &View, ask: &Ask, stage: &Stage) -> Result<Box<dyn Engine>, Error> {
    let fields = &view.fields;
    let mut clauses = vec![(Occur::Must, no_score(stage.matching.box_clone()))];
    if let Some((last, rest)) = ask.all.split_last() {
        let typed = match last {
            Clause::Word { exact, .. } => exact.as_str(),
            Clause::Phrase(words) => words.last().map_or("", |(_, word)| word.as_str()),
            Clause::Beginning(_) | Clause::PhraseBeginning(_) => "",
        };
        for found in frequent_words(view, typed)? {
            clauses.push((Occur::Should, word(fields.exact, &found, 1.0)));
            clauses.push((Occur::Should, word(fields.title_exact, &found, TITLE_EXACT)));
        }
        for clause in rest {
            clauses.push((Occur::Should, matching(fields, clause, None)));
        }
    }
    Ok(Box::new(BooleanQuery::new(clauses)))
}

fn frequent_words(view: &View, typed: &str) -> Result<Vec<String>, Error> {
    let mut words: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
    for segment in view.searcher.segment_readers() {
        each_word(segment, view.fields.exact, typed, |word, info| {
            *words.entry(word.to_vec()).or_default() += u64::from(info.doc_freq);
        })?;
    }
    let mut words: Vec<_> = words.into_iter().collect();
    words.sort_by_key(|(_, entries)| Reverse(*entries));
    words.truncate(RANKED_WORDS);
    Ok(words
        .into_iter()
        .filter_map(|(word, _)| String::from_utf8(word).ok())
        .collect())
}

fn count(
    view: &View,
    sights: &[Sight<'_>],
    matching: &dyn Engine,
    answer: &mut Answer,
) -> Result<(), Error> {
    let weight = matching.weight(EnableScoring::disabled_from_searcher(&view.searcher))?;
    let mut of_kind: Vec<usize> = Vec::new();
    let mut ords = [0; COLLECT_BLOCK_BUFFER_LEN];
    for (segment, sight) in view.searcher.segment_readers().iter().zip(sights) {
        let Some(names) = &sight.names else { continue };
        of_kind.clear();
        of_kind.resize(names.num_terms() + 1, 0);
        weight.for_each_no_score(segment, &mut |entries| {
            let ords = &mut ords[..entries.len()];
            sight.kinds_of(entries, ords);
            for (entry, ord) in entries.iter().zip(ords) {
                if sight.sees(*entry)
                    && let Some(number) = usize::try_from(*ord)
                        .ok()
                        .and_then(|ord| of_kind.get_mut(ord))
                {
                    *number += 1;
                }
            }
        })?;
        for (ord, entries) in of_kind
            .iter()
            .enumerate()
            .filter(|(_, entries)| **entries > 0)
        {
            let mut name = String::new();
            names.ord_to_str(ord as u64, &mut name)?;
            if sight
                .wanted
                .as_ref()
                .is_none_or(|wanted| wanted.get(ord).copied().unwrap_or(false))
            {
                answer.total += entries;
            }
            match answer.kinds.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known += entries,
                None => answer.kinds.push((name, *entries)),
            }
        }
    }
    Ok(())
}

/// The best of a stage, best first.
fn rank(
    view: &View,
    sights: &[Sight<'_>],
    stage: &Stage,
    wanted: usize,
    before: Option<Key>,
) -> Result<Vec<Found>, Error> {
    let mut best: BinaryHeap<Reverse<Found>> = BinaryHeap::with_capacity(wanted + 1);
    let mut offer = |sight: &Sight<'_>, segment_ord: u32, doc_id: DocId, score: Score| -> Score {
        if sight.sees(doc_id) && sight.wants(doc_id) {
            let found = Found {
                key: sight.key(doc_id, score),
                address: DocAddress {
                    segment_ord,
                    doc_id,
                },
            };
            if before.is_none_or(|before| found.key < before) {
                best.push(Reverse(found));
                if best.len() > wanted {
                    best.pop();
                }
            }
        }
        match best.peek() {
            Some(Reverse(worst)) if best.len() == wanted => least(worst.key.score),
            _ => Score::MIN,
        }
    };
    let scoring = match stage.ranking {
        Some(_) => EnableScoring::enabled_from_searcher(&view.searcher),
        None => EnableScoring::disabled_from_searcher(&view.searcher),
    };
    let weight = stage
        .ranking
        .as_ref()
        .unwrap_or(&stage.matching)
        .weight(scoring)?;
    let mut threshold = Score::MIN;
    for (segment_ord, (segment, sight)) in
        (0u32..).zip(view.searcher.segment_readers().iter().zip(sights))
    {
        if stage.ranking.is_some() {
            weight.for_each_pruning(threshold, segment, &mut |entry, score| {
                threshold = offer(sight, segment_ord, entry, score);
                threshold
            })?;
        } else {
            weight.for_each_no_score(segment, &mut |entries| {
                for entry in entries {
                    offer(sight, segment_ord, *entry, 0.0);
                }
            })?;
        }
    }
    Ok(best
        .into_sorted_vec()
        .into_iter()
        .map(|Reverse(found)| found)
        .collect())
}

/// Reads what the hits show.
fn show(view: &View, ask: &Ask, found: &[(u8, Found)]) -> Result<Vec<Hit>, Error> {
    let marks = Marks::of(ask);
    let mut order: Vec<usize> = (0..found.len()).collect();
    // Posting lists are read forwards only.
    order.sort_by_key(|index| found[*index].1.address);
    let mut hits: Vec<Option<Hit>> = vec![None; found.len()];
    let mut open: Option<(u32, Places, StoreReader)> = None;
    for index in order {
        let Found { key, address } = found[index].1;
        let segment = view.searcher.segment_reader(address.segment_ord);
        let (_, places, store) = match &mut open {
            Some(known) if known.0 == address.segment_ord => known,
            other => {
                let places = Places::of(segment, &view.fields, ask)?;
                other.insert((address.segment_ord, places, segment.get_store_reader(0)?))
            }
        };
        let place = places.best(segment, &view.fields, address.doc_id)?;
        let document = store.get_document_bytes(address.doc_id)?;
        let card = Card::read(&document)?;
        let stretch = match place {
            Some(position) => card.around(position, BEFORE, WINDOW)?,
            None => card.beginning(WINDOW)?,
        };
        let head = card.head;
        hits[index] = Some(Hit {
            title: marks.html(&head.title),
            snippet: marks.snippet(&stretch),
            id: head.id,
            kind: head.kind,
            url: head.url,
            group: head.group,
            state: head.state,
            at: head.at,
            #[expect(clippy::cast_precision_loss, reason = "scores are small")]
            score: key.score as f32 / STEPS,
        });
    }
    Ok(hits.into_iter().flatten().collect())
}
