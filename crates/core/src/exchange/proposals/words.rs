//! Small readings of a line of prose: its words, and itself without its markup.

/// A line's words in lower case; everything that is neither letter nor digit parts them.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// The text with links replaced by their words, and code and emphasis marks taken off.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        match link(from) {
            Some((label, after)) => {
                out.push_str(label);
                rest = after;
            }
            None => {
                out.push('[');
                rest = &from[1..];
            }
        }
    }
    out.push_str(rest);
    out.retain(|c| !matches!(c, '`' | '*'));
    out.trim().to_owned()
}

/// Splits `[label](target)rest` or `[label][reference]rest` at its start into the label and the rest.
fn link(text: &str) -> Option<(&str, &str)> {
    let close = text.find(']')?;
    let label = &text[1..close];
    let after = &text[close + 1..];
    let end = match after.chars().next()? {
        '(' => after.find(')')?,
        '[' => after.find(']')?,
        _ => return None,
    };
    Some((label, &after[end + 1..]))
}

/// Every `[label](target)` of a text as label and target.
pub(super) fn links(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(middle) = rest.find("](") {
        let after = &rest[middle + 2..];
        let label = rest[..middle]
            .rfind('[')
            .map_or("", |open| &rest[open + 1..middle]);
        let end = after.find(')').unwrap_or(after.len());
        found.push((label, after[..end].split_whitespace().next().unwrap_or("")));
        rest = &after[end..];
    }
    found
}

/// The last component of a path without its ending, and without the second ending of `7.kep.yaml`.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

/// The number a name begins with, and what follows it after a `-`, `_` or space.
pub(super) fn leading_number(name: &str) -> Option<(&str, &str)> {
    let digits = name.len() - name.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits == 0 || digits > 8 {
        return None;
    }
    let (number, rest) = name.split_at(digits);
    Some((number, rest.trim_start_matches(['-', '_', ' ', '.'])))
}

/// A number without its leading zeros.
pub(super) fn unpadded(number: &str) -> String {
    let trimmed = number.trim_start_matches('0');
    if trimmed.is_empty() {
        "0".to_owned()
    } else {
        trimmed.to_owned()
    }
}

/// All white space, line ends included, as single spaces.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
