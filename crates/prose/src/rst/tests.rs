use std::collections::HashMap;

use crate::{Syntax, render};

/// Everything of the source that is words: explicit markup is left out except for its text.
fn source_words(text: &str) -> HashMap<String, usize> {
    let mut kept = String::new();
    let mut comment: Option<usize> = None;
    for line in text.lines() {
        let columns = line.len() - line.trim_start().len();
        if let Some(at) = comment {
            if line.trim().is_empty() || columns > at {
                continue;
            }
            comment = None;
        }
        let bare = line.trim_start();
        if bare.starts_with(".. ") || bare == ".." {
            let rest = bare[2..].trim_start();
            if rest.starts_with(['_', '|'])
                || (!rest.contains("::") && !rest.starts_with('['))
                || rest.starts_with("highlight::")
            {
                comment = Some(columns);
                continue;
            }
            if let Some((_, argument)) = rest.split_once("::") {
                if !rest.starts_with('[') {
                    kept.push_str(argument);
                } else {
                    kept.push_str(rest);
                }
            } else {
                kept.push_str(rest);
            }
            kept.push('\n');
            continue;
        }
        // Options of directives.
        if bare.starts_with(':')
            && bare[1..]
                .find(':')
                .is_some_and(|at| !bare[1..=at].contains([' ', '`']))
            && columns > 0
        {
            continue;
        }
        // The mark of a numbered item is shown by the list.
        let mark = bare.split(' ').next().unwrap_or_default();
        let inner = mark.trim_start_matches('(').trim_end_matches(['.', ')']);
        let numbered = inner.len() < mark.len()
            && inner.len() <= 4
            && inner.bytes().all(|b| b.is_ascii_alphanumeric());
        kept.push_str(if numbered { &bare[mark.len()..] } else { line });
        kept.push('\n');
    }
    words(&without_names(&without_labels(&kept)))
}

/// Without the names of automatic footnotes and of substitutions: a number and a text stand in their place.
fn without_labels(text: &str) -> String {
    let mut kept = String::new();
    for (at, part) in text.split("[#").enumerate() {
        let named = part
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
            .count();
        let label = at > 0 && part[named..].starts_with(']');
        kept.push_str(if label { &part[named..] } else { part });
        kept.push(' ');
    }
    let mut bars = kept.split('|').peekable();
    let mut kept = String::new();
    let mut word_before = true;
    while let Some(part) = bars.next() {
        let name = !word_before && bars.peek().is_some() && !part.contains([' ', '\n']);
        kept.push_str(if name { " " } else { part });
        kept.push('|');
        word_before = name || part.ends_with(|c: char| c.is_alphanumeric());
    }
    kept
}

/// Without names of roles and of targets inside references, which are markup.
fn without_names(text: &str) -> String {
    let mut kept = String::new();
    for (at, part) in text.split('`').enumerate() {
        if at > 0 {
            kept.push('`');
        }
        let role =
            part.rfind(|c: char| !(c.is_alphanumeric() || matches!(c, ':' | '+' | '-' | '.')));
        let from = role.map_or(0, |at| {
            at + part[at..].chars().next().map_or(1, char::len_utf8)
        });
        let tail = &part[from..];
        let is_role = tail.starts_with(':') && tail.ends_with(':') && tail.len() > 2;
        let part = if is_role { &part[..from] } else { part };
        let alias = part.rfind('<').filter(|_| part.ends_with("_>"));
        kept.push_str(alias.map_or(part, |open| &part[..open]));
    }
    kept
}

fn words(text: &str) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for word in text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        *counts.entry(word.to_owned()).or_default() += 1;
    }
    counts
}

#[test]
fn no_word_of_a_python_proposal_is_lost() {
    let Some(folder) = crate::tests::corpus::proposals() else {
        return;
    };
    let files = std::fs::read_dir(folder.join("pep")).expect("the folder can be listed");
    let mut bad = 0;
    for file in files {
        let path = file.expect("the folder can be listed").path();
        let source = std::fs::read_to_string(&path).expect("a proposal is UTF-8");
        let rendered = render(&source, Syntax::Rst);
        let shown = words(&rendered.html);
        let mut lost: Vec<_> = source_words(&source)
            .into_iter()
            .filter(|(word, count)| {
                // A reference to a numbered text keeps the number in its address.
                let forms = [word.clone(), format!("{word:0>4}"), format!("rfc{word}")];
                let distinct: std::collections::BTreeSet<_> = forms.iter().collect();
                distinct
                    .into_iter()
                    .filter_map(|form| shown.get(form))
                    .sum::<usize>()
                    < *count
            })
            .collect();
        lost.sort();
        if !lost.is_empty() {
            bad += 1;
            println!("{}: {lost:?}", path.display());
        }
    }
    assert_eq!(bad, 0);
}
