use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tempfile::TempDir;

use crate::words::{folded, spans};
use crate::{Answer, Audience, Change, Emptied, Entry, Error, Index, Query};

fn entry(id: &str, title: &str, body: &str) -> Entry {
    Entry {
        id: id.into(),
        kind: "document".into(),
        title: title.into(),
        body: body.into(),
        url: format!("/{id}"),
        group: "g".into(),
        state: "draft".into(),
        people: vec!["ada".into()],
        at: 0,
        audience: Audience::Everyone,
    }
}

fn index_of(entries: impl IntoIterator<Item = Entry>) -> (TempDir, Index) {
    let folder = TempDir::new().unwrap();
    let index = Index::open(&folder.path().join("search"), 1).unwrap().index;
    index
        .apply(&entries.into_iter().map(Change::Put).collect::<Vec<_>>(), 7)
        .unwrap();
    (folder, index)
}

fn ask(index: &Index, text: &str) -> Answer {
    index
        .search(&Query {
            text,
            limit: 50,
            ..Query::default()
        })
        .unwrap()
}

fn ids(answer: &Answer) -> Vec<&str> {
    answer.hits.iter().map(|hit| hit.id.as_str()).collect()
}

fn found(index: &Index, text: &str) -> BTreeSet<String> {
    let answer = ask(index, text);
    assert_eq!(
        answer.total,
        answer.hits.len(),
        "the total is of what is found: {text:?}"
    );
    answer.hits.into_iter().map(|hit| hit.id).collect()
}

fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(ToString::to_string).collect()
}

#[test]
fn words_are_cut_and_folded() {
    let words =
        |text: &str| -> Vec<String> { spans(text).map(|span| folded(text, span)).collect() };
    assert_eq!(
        words("serde_json, KEP-1234 & kube-proxy"),
        ["serde", "json", "kep", "1234", "kube", "proxy"]
    );
    assert_eq!(
        words("Café STRAẞE Ёлка e\u{301}t"),
        ["cafe", "strasse", "елка", "et"]
    );
    assert_eq!(words("日本語 v2"), ["日本", "本語", "語", "v2"]);
    assert_eq!(words("日 本"), ["日", "本"]);
}

#[test]
fn every_word_must_be_there_and_stems_meet() {
    let (_folder, index) = index_of([
        entry(
            "a",
            "Retries",
            "We retried the failing request with backoff",
        ),
        entry("b", "Timeouts", "A request that times out is dropped"),
    ]);
    assert_eq!(found(&index, "request "), set(&["a", "b"]));
    assert_eq!(found(&index, "requests retry "), set(&["a"]));
    assert_eq!(found(&index, "request -backoff"), set(&["b"]));
    assert_eq!(found(&index, "request -\"failing request\""), set(&["b"]));
    assert_eq!(found(&index, "-\"times in\""), set(&["a", "b"]));
    assert_eq!(found(&index, "-backoff"), set(&["b"]));
    assert_eq!(found(&index, "missing request "), set(&[]));
}

#[test]
fn phrases_and_identifiers_keep_their_order() {
    let (_folder, index) = index_of([
        entry("a", "KEP-1234: Sidecars", "uses serde_json and kube-proxy"),
        entry("b", "KEP-4321", "json serde, a proxy for kube"),
    ]);
    for text in [
        "\"uses serde\"",
        "serde_json",
        "KEP-1234",
        "kep-1234",
        "kube-proxy",
        "\"kube proxy\"",
        "serde_js",
        "\"sidecars\"",
    ] {
        assert_eq!(found(&index, text), set(&["a"]), "{text}");
    }
    assert_eq!(found(&index, "serde json"), set(&["a", "b"]));
    assert_eq!(found(&index, "kube-pro* kep"), set(&["a"]));
}

#[test]
fn the_last_word_is_a_beginning_until_it_is_finished() {
    let (_folder, index) = index_of([
        entry("a", "x", "kubernetes"),
        entry("b", "x", "kube"),
        entry("c", "x", "other"),
    ]);
    assert_eq!(
        ids(&ask(&index, "kube")),
        ["b", "a"],
        "as typed first, then what begins so"
    );
    assert_eq!(found(&index, "kube "), set(&["b"]));
    assert_eq!(found(&index, "kube* x"), set(&["a", "b"]));
    assert_eq!(
        found(&index, "ku"),
        set(&[]),
        "two letters are not a beginning yet"
    );
    assert_eq!(found(&index, "k*"), set(&["a", "b"]));
}

#[test]
fn other_scripts_are_found() {
    let (_folder, index) = index_of([
        entry("ja", "障害対応", "本番環境でデータベースの障害が発生した"),
        entry("ru", "Отказ базы данных", "Ёмкость очереди переполнена"),
        entry("fr", "Résumé", "déploiement échoué"),
    ]);
    for (text, id) in [
        ("障害", "ja"),
        ("環", "ja"),
        ("データベース", "ja"),
        ("отказ", "ru"),
        ("емкость", "ru"),
        ("пере", "ru"),
        ("resume", "fr"),
        ("DEPLOIEMENT", "fr"),
        ("échoue", "fr"),
    ] {
        assert_eq!(found(&index, text), set(&[id]), "{text}");
    }
    assert_eq!(found(&index, "害障"), set(&[]));
    assert!(
        ask(&index, "障害").hits[0]
            .snippet
            .contains("<mark>障害</mark>")
    );
}

#[test]
fn the_title_that_is_just_that_comes_first_and_newer_goes_before_equal() {
    let mut newer = entry("newer", "Caching of the catalogue", "cache");
    newer.at = 10;
    let (_folder, index) = index_of([
        entry("body", "Something", "cache cache cache cache cache"),
        entry("older", "Caching of the catalogue", "cache"),
        newer,
        entry("exact", "Cache", "about it"),
    ]);
    assert_eq!(
        ids(&ask(&index, "cache")),
        ["exact", "newer", "older", "body"]
    );
    assert_eq!(ids(&ask(&index, ""))[0], "newer", "without words, by time");
}

#[test]
fn filters_narrow_and_kinds_are_still_offered() {
    let mut thread = entry("t", "x", "word");
    thread.kind = "thread".into();
    thread.state = "open".into();
    thread.people = vec!["bo".into()];
    thread.at = 100;
    thread.group = "h".into();
    let (_folder, index) = index_of([entry("d", "x", "word"), thread]);
    let base = Query {
        text: "word",
        limit: 10,
        ..Query::default()
    };
    let answer = index
        .search(&Query {
            kinds: &["thread"],
            ..base.clone()
        })
        .unwrap();
    assert_eq!((ids(&answer), answer.total), (vec!["t"], 1));
    assert_eq!(
        answer.kinds,
        [("document".to_owned(), 1), ("thread".to_owned(), 1)]
    );
    for query in [
        Query {
            states: &["open"],
            ..base.clone()
        },
        Query {
            person: Some("bo"),
            ..base.clone()
        },
        Query {
            group: Some("h"),
            ..base.clone()
        },
        Query {
            from: Some(50),
            ..base.clone()
        },
        Query {
            from: Some(100),
            to: Some(101),
            ..base.clone()
        },
    ] {
        assert_eq!(ids(&index.search(&query).unwrap()), ["t"], "{query:?}");
    }
    assert_eq!(
        ids(&index
            .search(&Query {
                to: Some(100),
                ..base.clone()
            })
            .unwrap()),
        ["d"]
    );
    assert!(
        index
            .search(&Query {
                kinds: &["nothing"],
                ..base
            })
            .unwrap()
            .hits
            .is_empty()
    );
}

#[test]
fn snippets_are_safe_and_around_the_match() {
    let body = format!(
        "{} the <b>needle</b> & \"thread\" {}",
        "hay stack ".repeat(4000),
        "more hay ".repeat(300)
    );
    let (_folder, index) = index_of([
        entry("a", "<script>needle</script>", &body),
        entry("b", "Needle only here", "plain text"),
    ]);
    let answer = ask(&index, "needle");
    let a = answer.hits.iter().find(|hit| hit.id == "a").unwrap();
    assert_eq!(a.title, "&lt;script&gt;<mark>needle</mark>&lt;/script&gt;");
    assert!(
        a.snippet.contains(
            "the &lt;b&gt;<mark>needle</mark>&lt;/b&gt; &amp; &quot;thread&quot; more hay"
        ),
        "{}",
        a.snippet
    );
    assert!(
        a.snippet.starts_with("… ") && a.snippet.ends_with(" …") && a.snippet.len() < 500,
        "{}",
        a.snippet
    );
    let b = answer.hits.iter().find(|hit| hit.id == "b").unwrap();
    assert_eq!(
        b.snippet, "plain text",
        "a match in the title shows the beginning"
    );
}

#[test]
fn a_snippet_shows_where_the_words_meet() {
    let body = format!(
        "alpha {} beta {} alpha then beta here",
        "filler ".repeat(500),
        "filler ".repeat(500)
    );
    let (_folder, index) = index_of([entry("a", "t", &body)]);
    let snippet = &ask(&index, "alpha beta ").hits[0].snippet;
    assert!(
        snippet.contains("<mark>alpha</mark> then <mark>beta</mark> here"),
        "{snippet}"
    );
}

#[test]
fn changes_replace_delete_and_survive_reopening() {
    let (folder, index) = index_of([entry("a", "old", "words"), entry("b", "keep", "words")]);
    index
        .apply(
            &[
                Change::Put(entry("a", "new", "words")),
                Change::Put(entry("a", "newest", "words")),
            ],
            8,
        )
        .unwrap();
    assert_eq!(found(&index, "old "), set(&[]));
    assert_eq!(found(&index, "newest"), set(&["a"]));
    index.rest().unwrap();
    index.apply(&[Change::Delete("a".into())], 9).unwrap();
    drop(index);
    let opened = Index::open(&folder.path().join("search"), 1).unwrap();
    assert_eq!((opened.emptied, opened.index.position()), (None, 9));
    assert_eq!(found(&opened.index, "words"), set(&["b"]));
    opened
        .index
        .apply(&[Change::DeleteGroup("g".into())], 10)
        .unwrap();
    assert_eq!(found(&opened.index, "words"), set(&[]));
    opened.index.clear().unwrap();
    assert_eq!(opened.index.position(), 0);
    opened
        .index
        .apply(&[Change::Put(entry("c", "again", "words"))], 1)
        .unwrap();
    assert_eq!(found(&opened.index, "words"), set(&["c"]));
}

#[test]
fn a_long_batch_goes_in_whole() {
    let body = "some words of a long document ".repeat(9_000);
    let (_folder, index) =
        index_of((0..30).map(|number| entry(&format!("d{number}"), "Long", &body)));
    assert_eq!((found(&index, "document").len(), index.position()), (30, 7));
}

type Damage = fn(&std::path::Path);

#[test]
fn another_version_and_damage_start_empty_and_say_so() {
    let (folder, index) = index_of([entry("a", "t", "words")]);
    let path = folder.path().join("search");
    drop(index);
    let opened = Index::open(&path, 2).unwrap();
    assert_eq!(
        (opened.emptied, opened.index.position()),
        (Some(Emptied::OtherVersion), 0)
    );
    opened
        .index
        .apply(&[Change::Put(entry("a", "t", "words"))], 3)
        .unwrap();
    drop(opened.index);
    let whole = |index: &Index| {
        index
            .apply(&[Change::Put(entry("a", "t", "words"))], 3)
            .unwrap();
        assert_eq!(found(index, "words"), set(&["a"]));
    };
    let damages: [(&str, Damage); 4] = [
        ("meta.json", |file| std::fs::write(file, "{").unwrap()),
        ("meta.json", |file| std::fs::remove_file(file).unwrap()),
        (".idx", |file| std::fs::remove_file(file).unwrap()),
        (".term", |file| std::fs::write(file, "short").unwrap()),
    ];
    for (ending, damage) in damages {
        for file in std::fs::read_dir(&path).unwrap() {
            let file = file.unwrap().path();
            if file.to_string_lossy().ends_with(ending)
                && !file.to_string_lossy().ends_with(".managed.json")
            {
                damage(&file);
            }
        }
        let opened = Index::open(&path, 2).unwrap();
        assert!(
            matches!(opened.emptied, Some(Emptied::Damaged(_))),
            "{ending}: {:?}",
            opened.emptied
        );
        whole(&opened.index);
    }
}

#[test]
fn flipped_bits_are_found_by_a_check_and_never_panic_a_search() {
    let (folder, index) = index_of((0..200).map(|number| {
        entry(
            &format!("{number}"),
            "title words",
            "several words in a body",
        )
    }));
    let path = folder.path().join("search");
    assert!(index.check().unwrap().damaged.is_empty());
    drop(index);
    for file in std::fs::read_dir(&path).unwrap() {
        let file = file.unwrap().path();
        if [".pos", ".store", ".idx"]
            .iter()
            .any(|ending| file.to_string_lossy().ends_with(ending))
        {
            let mut bytes = std::fs::read(&file).unwrap();
            let half = bytes.len() / 2;
            bytes[..half].iter_mut().for_each(|byte| *byte ^= 0x55);
            std::fs::write(&file, bytes).unwrap();
        }
    }
    let index = Index::open(&path, 1).unwrap().index;
    if index.position() == 7 {
        assert!(!index.check().unwrap().damaged.is_empty());
    }
    for text in ["words", "\"title words\"", "bod", ""] {
        match index.search(&Query {
            text,
            limit: 10,
            ..Query::default()
        }) {
            Ok(_) | Err(Error::Damaged(_) | Error::Io(_) | Error::Engine(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn pages_join_without_a_gap_or_a_repeat() {
    let words = ["kube", "kubernetes", "kubelet", "cube"];
    let (_folder, index) = index_of((0..100i64).map(|number| {
        let mut entry = entry(
            &format!("e{number}"),
            "t",
            &format!(
                "{} {}",
                words[number as usize % 4],
                "filler ".repeat(number as usize % 7)
            ),
        );
        entry.at = number / 5;
        entry
    }));
    for text in ["kube", ""] {
        let whole = index
            .search(&Query {
                text,
                limit: 200,
                ..Query::default()
            })
            .unwrap();
        assert_eq!(whole.total, if text.is_empty() { 100 } else { 75 });
        let mut paged = Vec::new();
        let mut after = None;
        loop {
            let page = index
                .search(&Query {
                    text,
                    limit: 7,
                    after,
                    ..Query::default()
                })
                .unwrap();
            assert_eq!(page.total, whole.total);
            paged.extend(page.hits);
            let Some(next) = page.next else { break };
            after = Some(next.to_string().parse().unwrap());
        }
        assert_eq!(paged, whole.hits);
    }
    assert!("nonsense".parse::<crate::Cursor>().is_err());
}

/// Words that are their own stems and folded forms, some of which begin others.
const VOCABULARY: [&str; 7] = ["kub", "kubo", "zeta", "zet", "mango", "man", "1234"];

#[derive(Clone, Debug)]
struct Model {
    words: Vec<usize>,
    kind: usize,
    audience: Option<Vec<usize>>,
}

fn model() -> impl Strategy<Value = Model> {
    let audience = proptest::option::weighted(0.6, proptest::collection::vec(0..4usize, 0..3));
    (
        proptest::collection::vec(0..VOCABULARY.len(), 0..6),
        0..2usize,
        audience,
    )
        .prop_map(|(words, kind, audience)| Model {
            words,
            kind,
            audience,
        })
}

fn holds(words: &[&str], text: &str) -> bool {
    if let Some(phrase) = text.strip_prefix('"') {
        let phrase: Vec<&str> = phrase.trim_end_matches('"').split(' ').collect();
        return words.windows(phrase.len()).any(|window| window == phrase);
    }
    let (parts, open) = (
        text.split_whitespace().collect::<Vec<_>>(),
        !text.ends_with(' '),
    );
    parts
        .iter()
        .enumerate()
        .all(|(at, part)| match part.strip_prefix('-') {
            Some(without) => !words.contains(&without),
            None if open && at + 1 == parts.len() => {
                words.iter().any(|word| word.starts_with(part))
            }
            None => words.contains(part),
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_is_found_counted_or_shown_beyond_the_audience(
        first in proptest::collection::vec(model(), 1..20),
        second in proptest::collection::vec(model(), 0..20),
        readers in proptest::collection::vec(proptest::collection::vec(0..4usize, 0..3), 3),
        texts in proptest::collection::vec((0..VOCABULARY.len(), 0..VOCABULARY.len(), 0..5usize), 6),
    ) {
        let id = |at: usize| format!("p{at}");
        let put = |(number, model): (usize, &Model)| {
            let body: Vec<&str> = model.words.iter().map(|word| VOCABULARY[*word]).collect();
            let mut entry = entry(&format!("e{number}"), "", &body.join(" "));
            entry.kind = ["thread", "review"][model.kind].into();
            entry.audience = match &model.audience {
                None => Audience::Everyone,
                Some(ids) => Audience::Only(ids.iter().map(|at| id(*at)).collect()),
            };
            Change::Put(entry)
        };
        let folder = TempDir::new().unwrap();
        let index = Index::open(folder.path(), 1).unwrap().index;
        index.apply(&first.iter().enumerate().map(put).collect::<Vec<_>>(), 1).unwrap();
        index.apply(&second.iter().enumerate().map(put).collect::<Vec<_>>(), 2).unwrap();
        let mut model: BTreeMap<String, &Model> = BTreeMap::new();
        for (number, entry) in first.iter().enumerate().chain(second.iter().enumerate()) {
            model.insert(format!("e{number}"), entry);
        }
        for reader in &readers {
            let held: Vec<String> = reader.iter().map(|at| id(*at)).collect();
            for (one, two, form) in &texts {
                let (one, two) = (VOCABULARY[*one], VOCABULARY[*two]);
                let text = [format!("{one} "), one.to_owned(), format!("{one} {two} "), format!("\"{one} {two}\""), format!("{one} -{two}")][*form].clone();
                let expected: BTreeMap<&String, usize> = model.iter().filter(|(_, entry)| {
                    let words: Vec<&str> = entry.words.iter().map(|word| VOCABULARY[*word]).collect();
                    let permitted = entry.audience.as_ref().is_none_or(|ids| ids.iter().any(|at| reader.contains(at)));
                    permitted && holds(&words, &text)
                }).map(|(id, entry)| (id, entry.kind)).collect();
                let answer = index.search(&Query { text: &text, reader: &held, limit: 100, ..Query::default() }).unwrap();
                let ids: BTreeSet<&String> = answer.hits.iter().map(|hit| &hit.id).collect();
                prop_assert_eq!(&ids, &expected.keys().copied().collect(), "{:?} read by {:?}", text, held);
                prop_assert_eq!(answer.total, expected.len());
                let threads = expected.values().filter(|kind| **kind == 0).count();
                let counted = answer.kinds.iter().find(|(kind, _)| kind == "thread").map_or(0, |(_, count)| *count);
                prop_assert_eq!(counted, threads);
                let one = index.search(&Query { text: &text, reader: &held, kinds: &["thread"], limit: 1, ..Query::default() }).unwrap();
                prop_assert_eq!(one.total, threads);
                prop_assert_eq!(one.next.is_some(), threads > 1);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn whatever_is_typed_is_a_query(text in "\\PC{0,40}|[-\"*a障 \u{301}]{0,30}|.{0,60}") {
        thread_local! {
            static INDEX: (TempDir, Index) = index_of([entry("a", "障害 a-b", "a \"quoted\" * text - with é and 日本語"), entry("b", "", "")]);
        }
        INDEX.with(|(_, index)| {
            for limit in [0, 1, usize::MAX] {
                let answer = index.search(&Query { text: &text, limit, ..Query::default() }).unwrap();
                for hit in &answer.hits {
                    let plain = hit.snippet.replace("<mark>", "").replace("</mark>", "");
                    assert!(!plain.contains(['<', '>', '"']), "{}", hit.snippet);
                }
            }
        });
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_text_can_be_put_and_shown(body in "\\PC{0,3000}", title in ".{0,80}", word in "\\w{1,6}") {
        thread_local! {
            static INDEX: (TempDir, Index) = index_of([]);
        }
        INDEX.with(|(_, index)| {
            let text = format!("{body} {word} {body}");
            index.apply(&[Change::Put(entry("a", &title, &text))], 1).unwrap();
            let answer = index.search(&Query { text: &format!("\"{word}\""), limit: 5, ..Query::default() }).unwrap();
            if spans(&word).next().is_some() {
                assert_eq!(answer.total, 1, "{word:?}");
            }
        });
    }
}
