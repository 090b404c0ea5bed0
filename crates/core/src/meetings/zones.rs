//! When a meeting is, for everybody who is invited: local times by zone, hours of the night, and times that suit most.

use super::sql;
use crate::error::{Error, Result};
use crate::id::PersonId;
use crate::people::Face;
use hardwon_db::{Tx, params};
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};
use std::collections::BTreeMap;

/// The night begins at 22:00 and ends at 7:00, local time.
const NIGHT_BEGINS: i8 = 22;
const NIGHT_ENDS: i8 = 7;
/// Hours in which people are usually at work.
const DAY_BEGINS: i8 = 9;
const DAY_ENDS: i8 = 18;

/// An IANA zone by its name.
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

/// The zone of a person.
pub fn of(tx: &mut Tx<'_>, person: PersonId) -> Result<String> {
    Ok(tx.query_one(sql::ZONE, params![person], |row| row.get(0))?)
}

/// An instant in a zone; a zone that is not known any more is shown as UTC.
pub fn local(at: i64, zone_name: &str) -> Zoned {
    Timestamp::from_millisecond(at)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(zone(zone_name).unwrap_or(TimeZone::UTC))
}

/// The instant that a day (`2026-11-26`) and a time (`16:00`) are in a zone. A time that the clocks skip is refused; of
/// one that comes twice the first is meant.
pub fn instant(date: &str, time: &str, zone_name: &str) -> Result<i64> {
    let zone = zone(zone_name).ok_or_else(|| Error::invalid("zone", "This zone is not known."))?;
    let date: Date = date
        .trim()
        .parse()
        .map_err(|_| Error::invalid("date", "Please give a day, such as 2026-11-26."))?;
    let time: Time = time
        .trim()
        .parse()
        .map_err(|_| Error::invalid("time", "Please give a time, such as 16:00."))?;
    let wanted = zone.to_ambiguous_zoned(date.to_datetime(time));
    if matches!(wanted.offset(), jiff::tz::AmbiguousOffset::Gap { .. }) {
        return Err(Error::invalid(
            "time",
            "The clocks go forward in that hour: it does not exist on this day.",
        ));
    }
    let at = wanted
        .earlier()
        .map_err(|_| Error::invalid("date", "This day is out of reach."))?;
    Ok(at.timestamp().as_millisecond())
}

/// Whether a meeting takes somebody's night. (Meetings are shorter than nights, so their ends tell.)
pub fn is_night(at: i64, minutes: i64, zone_name: &str) -> bool {
    let dark = |at: i64| {
        let hour = local(at, zone_name).hour();
        !(NIGHT_ENDS..NIGHT_BEGINS).contains(&hour)
    };
    dark(at) || dark(at + minutes.max(1) * 60_000 - 1)
}

/// Whether a meeting lies outside the hours and days in which people are usually at work.
fn is_off(at: i64, minutes: i64, zone_name: &str) -> bool {
    let starts = local(at, zone_name);
    let ends = local(at + minutes.max(1) * 60_000 - 1, zone_name);
    let works = |zoned: &Zoned| (DAY_BEGINS..DAY_ENDS).contains(&zoned.hour());
    matches!(starts.weekday(), Weekday::Saturday | Weekday::Sunday)
        || !works(&starts)
        || !works(&ends)
}

/// The people of one zone, and what time it is for them.
#[derive(Debug, Clone)]
pub struct LocalTime {
    pub zone: String,
    pub starts: Zoned,
    pub ends: Zoned,
    pub night: bool,
    /// It is another day there than where the meeting was scheduled.
    pub other_day: bool,
    pub people: Vec<Face>,
}

/// Everybody's local time, from west to east.
pub fn local_times(
    people: impl IntoIterator<Item = (Face, String)>,
    at: i64,
    minutes: i64,
    own_zone: &str,
) -> Vec<LocalTime> {
    let mut zones: BTreeMap<String, Vec<Face>> = BTreeMap::new();
    for (face, zone) in people {
        zones.entry(zone).or_default().push(face);
    }
    let here = local(at, own_zone).date();
    let mut times: Vec<LocalTime> = zones
        .into_iter()
        .map(|(zone, people)| {
            let starts = local(at, &zone);
            LocalTime {
                other_day: starts.date() != here,
                ends: local(at + minutes * 60_000, &zone),
                night: is_night(at, minutes, &zone),
                starts,
                people,
                zone,
            }
        })
        .collect();
    times.sort_by(|a, b| (a.starts.offset(), &a.zone).cmp(&(b.starts.offset(), &b.zone)));
    times
}

/// A time that suits most, and whom it doesn't.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    pub at: i64,
    /// For how many people it is night.
    pub night: usize,
    /// For how many it is day, but not the hours of work.
    pub off: usize,
}

/// Up to three times on different days, among the next ten days of work after tomorrow's beginning: those that take the
/// fewest nights, then the fewest evenings and mornings, then the earliest. `zones` says how many people are where.
pub fn suggest(
    zones: &BTreeMap<String, usize>,
    own_zone: &str,
    now: i64,
    minutes: i64,
) -> Vec<Suggestion> {
    let today = local(now, own_zone).date();
    let mut days = Vec::new();
    let mut day = today;
    while days.len() < 10 {
        let Ok(next) = day.checked_add(1.day()) else {
            break;
        };
        day = next;
        if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            days.push(day);
        }
    }
    let mut best: Vec<Suggestion> = days
        .into_iter()
        .filter_map(|day| best_of(day, zones, own_zone, minutes))
        .collect();
    best.sort_by_key(|one| (one.night, one.off, one.at));
    best.truncate(3);
    best.sort_by_key(|one| one.at);
    best
}

fn best_of(
    day: Date,
    zones: &BTreeMap<String, usize>,
    own_zone: &str,
    minutes: i64,
) -> Option<Suggestion> {
    let zone = zone(own_zone).unwrap_or(TimeZone::UTC);
    let begins = day.to_zoned(zone).ok()?.timestamp().as_millisecond();
    // Ten in the morning and later first: between equals nobody has to rush.
    (0..48)
        .map(|slot| (slot + 20) % 48)
        .map(|slot: i64| begins + slot * 30 * 60_000)
        .map(|at| {
            let (mut night, mut off) = (0, 0);
            for (zone, people) in zones {
                if is_night(at, minutes, zone) {
                    night += people;
                } else if is_off(at, minutes, zone) {
                    off += people;
                }
            }
            Suggestion { at, night, off }
        })
        .min_by_key(|one| (one.night, one.off))
}
