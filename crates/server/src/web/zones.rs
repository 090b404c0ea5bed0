//! Time zones and ways to write dates, as forms offer them.

use super::view::ChoiceView;
use jiff::tz;
use std::sync::LazyLock;

/// The zones that the IANA database names after places, and UTC; its older names and bare offsets are left out.
static ZONES: LazyLock<Vec<String>> = LazyLock::new(|| {
    const AREAS: &[&str] = &[
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ];
    let mut zones: Vec<String> = tz::db()
        .available()
        .map(|name| name.to_string())
        .filter(|name| {
            name == "UTC"
                || name
                    .split_once('/')
                    .is_some_and(|(area, _)| AREAS.contains(&area))
        })
        .collect();
    zones.sort();
    zones.dedup();
    zones
});

/// Every zone as an option; one that is already chosen stays among them whatever it is called.
pub fn choices(chosen: &str) -> Vec<ChoiceView> {
    let mut choices: Vec<ChoiceView> = ZONES
        .iter()
        .map(|zone| ChoiceView::new(zone.clone(), zone.replace('_', " "), chosen))
        .collect();
    if !chosen.is_empty() && !choices.iter().any(|choice| choice.selected) {
        choices.insert(0, ChoiceView::new(chosen, chosen, chosen));
    }
    choices
}

/// The ways to write dates and times, each as it looks.
pub fn locales(chosen: &str) -> Vec<ChoiceView> {
    [
        ("en-GB", "Mon 23 Nov 2026, 14:05"),
        ("en-US", "Mon, Nov 23, 2026, 2:05 PM"),
        ("de-DE", "Mon 23.11.2026, 14:05"),
        ("sv-SE", "Mon 2026-11-23 14:05"),
    ]
    .into_iter()
    .map(|(locale, example)| ChoiceView::new(locale, example, chosen))
    .collect()
}

/// Where somebody is and what time it is there: "Tokyo, 23:20".
pub fn there(zone: &str, at: i64) -> String {
    let place = zone.rsplit('/').next().unwrap_or(zone).replace('_', " ");
    let time = jiff::Timestamp::from_millisecond(at)
        .ok()
        .zip(tz::TimeZone::get(zone).ok())
        .map(|(instant, zone)| instant.to_zoned(zone).strftime("%H:%M").to_string());
    match time {
        Some(time) => format!("{place}, {time}"),
        None => place,
    }
}

/// The locale to begin with, until somebody chooses.
pub const USUAL_LOCALE: &str = "en-GB";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_places_and_one_is_chosen() {
        let zones = choices("Asia/Tokyo");
        assert!(zones.len() > 300, "{}", zones.len());
        let chosen: Vec<&str> = zones
            .iter()
            .filter(|zone| zone.selected)
            .map(|zone| zone.value.as_str())
            .collect();
        assert_eq!(chosen, ["Asia/Tokyo"]);
        assert!(zones.iter().all(|zone| zone.value != "US/Eastern"));
    }

    #[test]
    fn a_zone_of_another_name_stays_chosen() {
        assert!(choices("US/Eastern")[0].selected);
    }
}
