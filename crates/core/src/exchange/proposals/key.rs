//! Identity: which number a proposal has, by which key it is known again, and which key a reference means.

use super::format::Format;
use super::header::Header;
use super::outline::Heading;
use super::words::{leading_number, links, stem, unpadded, words};

/// The number by the header, by the file's or its folder's name, or by the title.
pub(super) fn number(
    path: &str,
    format: Format,
    header: &Header,
    outline: &[Heading],
) -> Option<String> {
    let keys: &[&str] = match format {
        Format::Pep => &["pep"],
        Format::Eip => &["eip", "erc"],
        Format::Kep => &["kep-number", "number"],
        Format::SwiftEvolution => &["proposal"],
        Format::Rfc => &["rfc-pr", "rfc"],
        _ => &["number", "rfc", "adr"],
    };
    let field = keys
        .iter()
        .find_map(|key| header.first(key))
        .and_then(last_number);
    field
        .or_else(|| place_number(path))
        .or_else(|| {
            outline
                .first()
                .and_then(|heading| title_number(&heading.text))
        })
        .map(|number| unpadded(&number))
}

/// The number a path names: of the file, or of its folder for an index of it. `7-b` is not 7.
fn place_number(path: &str) -> Option<String> {
    let mut name = stem(path);
    if matches!(name.to_lowercase().as_str(), "readme" | "index") {
        name = path.rsplit('/').nth(1)?;
    }
    let lower = name.to_lowercase();
    let bare = ["adr-", "rfc-", "rfd-", "pep-", "eip-", "erc-", "kep-"]
        .iter()
        .find_map(|label| lower.strip_prefix(label))
        .unwrap_or(&lower);
    let (number, rest) = leading_number(bare)?;
    (rest.len() != 1).then(|| number.to_owned())
}

fn title_number(title: &str) -> Option<String> {
    let mut parts = title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty());
    let first = parts.next()?;
    let digits = |part: &str| {
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| part.to_owned())
    };
    digits(first).or_else(|| {
        first
            .chars()
            .all(|c| c.is_ascii_uppercase())
            .then(|| parts.next().and_then(digits))
            .flatten()
    })
}

/// The last run of digits: of `[rust-lang/rfcs#243](…/pull/243)` the pull request, of `[SE-0081](0081-….md)` see below.
fn last_number(value: &str) -> Option<String> {
    let value = links(value).first().map_or(
        value,
        |(label, _)| if label.is_empty() { value } else { label },
    );
    value
        .split(|c: char| !c.is_ascii_digit())
        .rfind(|part| !part.is_empty() && part.len() <= 8)
        .map(str::to_owned)
}

/// Where numbers are given out once for everybody, the number; else the place. A folder imported again gives the same keys.
pub(super) fn of(path: &str, format: Format, number: Option<&str>, header: &Header) -> String {
    let class = match format {
        Format::Pep => "pep",
        Format::Eip => "eip",
        Format::Kep => "kep",
        // The language and its testing library number their proposals apart.
        Format::SwiftEvolution
            if header
                .first("proposal")
                .is_some_and(|it| it.contains("ST-")) =>
        {
            "st"
        }
        Format::SwiftEvolution => "se",
        Format::Rfc => {
            return header
                .first("rfc-pr")
                .and_then(pull_request)
                .unwrap_or_else(|| place(path));
        }
        _ => return place(path),
    };
    number.map_or_else(|| place(path), |number| format!("{class}:{number}"))
}

/// The key of a file that only its place tells apart; used for all but the first where two claim one number.
pub(super) fn place(path: &str) -> String {
    format!("file:{path}")
}

/// `owner/repository#number` out of a pull request's address or short form.
fn pull_request(value: &str) -> Option<String> {
    if let Some(at) = value.find("github.com/") {
        let mut parts = value[at + 11..].split(['/', ')', ' ', '#', '>', '?']);
        let (owner, name, _, number) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        return number
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| format!("pull:{owner}/{name}#{}", unpadded(number)));
    }
    None
}

/// The key a reference means, told by its own words and by the format it stands in.
pub(super) fn target(written: &str, path: &str, format: Format) -> Option<String> {
    let found = links(written);
    let (label, address) = found.first().copied().unwrap_or((written, written));
    let class = match format {
        Format::Pep => "pep",
        Format::Eip => "eip",
        Format::Kep => "kep",
        Format::SwiftEvolution => "se",
        _ => {
            return if address.contains("/pull/") {
                pull_request(address)
            } else {
                relative(address, path)
            };
        }
    };
    if format == Format::Kep && address.contains("/keps/") {
        let folder = address
            .split('/')
            .rev()
            .find_map(|part| leading_number(part).filter(|(_, rest)| !rest.is_empty()));
        return folder.map(|(number, _)| format!("kep:{}", unpadded(number)));
    }
    if address.contains("://") && !address.to_lowercase().contains(class) {
        return None;
    }
    let spoken = words(label);
    let number = spoken
        .iter()
        .find(|word| word.bytes().all(|byte| byte.is_ascii_digit()))?;
    (spoken.len() <= 3 || !found.is_empty()).then(|| format!("{class}:{}", unpadded(number)))
}

/// A relative link, taken from where it stands.
fn relative(address: &str, path: &str) -> Option<String> {
    let address = address.split(['#', '?']).next()?;
    if address.contains("://")
        || super::walk::ending(address).is_empty()
        || address.starts_with('/')
        || address.contains(' ')
    {
        return None;
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in address.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(place(&parts.join("/")))
}
