//! Rules of time, without a database. What meetings do is tested at the HTTP boundary.

use super::zones::{instant, is_night, local, suggest};
use crate::error::Error;
use std::collections::BTreeMap;

fn at(date: &str, time: &str, zone: &str) -> i64 {
    instant(date, time, zone).unwrap()
}

#[test]
fn the_night_is_from_ten_to_seven_wherever_one_is() {
    let check =
        |date: &str, time: &str, scheduled: &str, minutes: i64, there: &str, night: bool| {
            let start = at(date, time, scheduled);
            assert_eq!(
                is_night(start, minutes, there),
                night,
                "{date} {time} {scheduled} is {} in {there}",
                local(start, there)
            );
        };
    // Edges: 07:00 is day, 21:00 for an hour ends as the night begins.
    check(
        "2026-03-03",
        "07:00",
        "Europe/London",
        60,
        "Europe/London",
        false,
    );
    check(
        "2026-03-03",
        "06:59",
        "Europe/London",
        60,
        "Europe/London",
        true,
    );
    check(
        "2026-03-03",
        "21:00",
        "Europe/London",
        60,
        "Europe/London",
        false,
    );
    check(
        "2026-03-03",
        "21:01",
        "Europe/London",
        60,
        "Europe/London",
        true,
    );
    // Across the world: 16:00 in Berlin.
    check(
        "2026-11-26",
        "16:00",
        "Europe/Berlin",
        60,
        "Asia/Tokyo",
        true,
    );
    check(
        "2026-11-26",
        "16:00",
        "Europe/Berlin",
        60,
        "Africa/Accra",
        false,
    );
    check(
        "2026-11-26",
        "16:00",
        "Europe/Berlin",
        60,
        "America/Los_Angeles",
        false,
    );
    check(
        "2026-11-26",
        "15:59",
        "Europe/Berlin",
        60,
        "America/Los_Angeles",
        true,
    );
    // Half and quarter hours: 22:00 in Kathmandu is 16:15 UTC, in Kolkata 16:30 UTC.
    check("2026-11-26", "16:14", "UTC", 1, "Asia/Kathmandu", false);
    check("2026-11-26", "16:15", "UTC", 1, "Asia/Kathmandu", true);
    check("2026-11-26", "16:29", "UTC", 1, "Asia/Kolkata", false);
    check("2026-11-26", "16:30", "UTC", 1, "Asia/Kolkata", true);
    // Between the American and the European change of clocks New York is four hours from London, before it five.
    check(
        "2026-03-06",
        "11:59",
        "Europe/London",
        60,
        "America/New_York",
        true,
    );
    check(
        "2026-03-06",
        "12:00",
        "Europe/London",
        60,
        "America/New_York",
        false,
    );
    check(
        "2026-03-10",
        "11:00",
        "Europe/London",
        60,
        "America/New_York",
        false,
    );
    check(
        "2026-03-10",
        "10:59",
        "Europe/London",
        60,
        "America/New_York",
        true,
    );
    // Sydney leaves summer time on 5 April 2026, a week after London enters it: ten hours, then nine.
    check(
        "2026-03-30",
        "12:00",
        "Europe/London",
        60,
        "Australia/Sydney",
        true,
    );
    check(
        "2026-04-06",
        "12:00",
        "Europe/London",
        60,
        "Australia/Sydney",
        false,
    );
}

#[test]
fn a_time_that_the_clocks_skip_is_refused_and_one_that_comes_twice_is_the_first() {
    let refused = |date: &str, time: &str, zone: &str, field: &str| {
        let Err(Error::Invalid(fields)) = instant(date, time, zone) else {
            panic!("{date} {time} {zone} is not refused");
        };
        assert!(fields.get(field).is_some(), "{fields:?}");
    };
    refused("2026-03-29", "01:30", "Europe/London", "time");
    refused("2026-03-08", "02:30", "America/New_York", "time");
    refused("2026-02-30", "10:00", "Europe/London", "date");
    refused("2026-02-28", "25:00", "Europe/London", "time");
    refused("2026-02-28", "10:00", "Europe/Atlantis", "zone");
    let first = at("2026-10-25", "01:30", "Europe/London");
    assert_eq!(first, at("2026-10-25", "00:30", "UTC"));
    assert_eq!(
        at("2026-03-29", "09:00", "Europe/London"),
        at("2026-03-29", "08:00", "UTC")
    );
}

#[test]
fn suggestions_take_the_fewest_nights() {
    let zones = |pairs: &[(&str, usize)]| -> BTreeMap<String, usize> {
        pairs
            .iter()
            .map(|(zone, count)| ((*zone).to_owned(), *count))
            .collect()
    };
    let now = at("2026-03-06", "17:00", "Europe/London");
    let one = suggest(&zones(&[("Europe/London", 3)]), "Europe/London", now, 60);
    assert_eq!(one.len(), 3);
    assert_eq!(one[0].at, at("2026-03-09", "10:00", "Europe/London"));
    assert!(one.iter().all(|time| time.night == 0 && time.off == 0));
    // London and New York share their afternoons and mornings.
    let two = zones(&[("Europe/London", 3), ("America/New_York", 2)]);
    for time in suggest(&two, "Europe/London", now, 60) {
        assert_eq!(
            (time.night, time.off),
            (0, 0),
            "{}",
            local(time.at, "Europe/London")
        );
        assert!((13..18).contains(&local(time.at, "Europe/London").hour()));
    }
    // Someone always sleeps: then as few as can be.
    let world = zones(&[
        ("Europe/Berlin", 5),
        ("Asia/Tokyo", 1),
        ("America/Los_Angeles", 2),
    ]);
    for time in suggest(&world, "Europe/Berlin", now, 60) {
        assert!(time.night <= 1, "{time:?}");
    }
}
