//! When a proposal was written, by its header or its change log.

use jiff::civil::Date;

use super::header::Header;
use super::outline::Heading;

const KEYS: &[&str] = &[
    "created",
    "creation-date",
    "start-date",
    "date",
    "date-created",
    "decided",
    "last-updated",
    "last-update",
    "last-modified",
    "updated",
];

pub(super) fn of(text: &str, header: &Header, outline: &[Heading]) -> Option<Date> {
    KEYS.iter()
        .flat_map(|key| header.all(key))
        .find_map(find)
        .or_else(|| changelog(text, outline))
}

/// The earliest date of a section that lists changes.
fn changelog(text: &str, outline: &[Heading]) -> Option<Date> {
    let named = |heading: &&Heading| {
        matches!(
            heading.text.to_lowercase().as_str(),
            "changelog" | "change log" | "revision history" | "date"
        )
    };
    let heading = outline.iter().take(6).find(named)?;
    text.get(heading.body_start..heading.end)?
        .lines()
        .take(60)
        .filter_map(find)
        .min()
}

/// The first date in a text: `2019-04-18`, `29-Apr-2019`, `15 September 2021`, `July 18, 2016`, `04/07/2019` (day first).
pub(super) fn find(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(|part| {
            part.split_once('T')
                .filter(|(day, _)| day.len() == 2 && day.bytes().all(|b| b.is_ascii_digit()))
                .map_or(part, |(day, _)| day)
        })
        .collect();
    parts.windows(3).find_map(|three| {
        let &[a, b, c] = three else { return None };
        let number = |part: &str| {
            part.trim_end_matches(char::is_alphabetic)
                .parse::<i16>()
                .ok()
        };
        if let Some(month) = month(b) {
            return date(number(c)?, month, number(a)?);
        }
        if let Some(month) = month(a) {
            return date(number(c)?, month, number(b)?);
        }
        match (number(a)?, number(b)?, number(c)?) {
            (year, month, day) if year > 1000 => date(year, month, day),
            (day, month, year) if year > 1000 && month <= 12 => date(year, month, day),
            (month, day, year) if year > 1000 => date(year, month, day),
            _ => None,
        }
    })
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    if !(1970..=2200).contains(&year) {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn month(name: &str) -> Option<i16> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let lower = name.to_lowercase();
    let at = NAMES.iter().position(|month| {
        *month == lower || (lower.len() >= 3 && lower.len() <= 4 && month.starts_with(&lower))
    })?;
    i16::try_from(at + 1).ok()
}
