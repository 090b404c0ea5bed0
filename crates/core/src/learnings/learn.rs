//! What the page for learning shows beside learnings: what we hold to be true, and what happened on this day.

use super::sql;
use crate::access;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::id::RecordId;
use crate::page::{Cursor, Listed, Page};
use crate::reviews::records::RecordState;
use crate::reviews::{Outcome, State};
use hardwon_db::{ToValue, Tx, params};

/// Something that a review holds to be true.
#[derive(Debug, Clone)]
pub struct Assumption {
    pub id: RecordId,
    pub title: String,
    pub detail: String,
    pub state: RecordState,
    pub review_number: i64,
    pub review_title: String,
    pub review_state: State,
    pub outcome: Option<Outcome>,
    pub created_at: i64,
}

/// The assumptions in one state, over every review that the actor may see, newest first.
pub fn assumptions(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    state: RecordState,
    page: &Page,
) -> Result<Listed<Assumption>> {
    let reader = access::reader(ctx)?;
    let (key, id) = match &page.after {
        Some(after) => (Some(after.key), after.id.clone()),
        None => (None, String::new()),
    };
    let found = tx.query(
        sql::ASSUMPTIONS,
        params![reader, key, id, page.fetch(), state],
        |row| {
            Ok(Assumption {
                id: row.get(0)?,
                title: row.get(1)?,
                detail: row.get(2)?,
                state: row.get(3)?,
                review_number: row.get(4)?,
                review_title: row.get(5)?,
                review_state: row.get(6)?,
                outcome: row.get(7)?,
                created_at: row.get(8)?,
            })
        },
    )?;
    Ok(page.cut(found, |one| Cursor::new(one.created_at, one.id)))
}

/// What was decided or learned on a day in an earlier year.
#[derive(Debug, Clone)]
pub enum Remembered {
    Decision {
        number: i64,
        title: String,
        outcome: Outcome,
        at: i64,
    },
    Learning {
        number: i64,
        body: String,
        at: i64,
    },
}

/// What was decided or learned on this day of earlier years, as far as the actor may see it, newest first, at most 20.
/// The day is the reader's, in their zone.
pub fn on_this_day(ctx: &Ctx, tx: &mut Tx<'_>, zone: &str) -> Result<Vec<Remembered>> {
    let reader = access::reader(ctx)?;
    let days = same_days(ctx.at, zone);
    if days.is_empty() {
        return Ok(Vec::new());
    }
    let mut values: Vec<&dyn ToValue> = vec![&reader];
    for (from, to) in &days {
        values.push(from);
        values.push(to);
    }
    Ok(tx.query(&sql::on_days(days.len()), &values, |row| {
        let (number, title, at) = (row.get(1)?, row.get(2)?, row.get(4)?);
        Ok(match row.get::<String>(0)?.as_str() {
            "decision" => Remembered::Decision {
                number,
                title,
                outcome: row.get(3)?,
                at,
            },
            _ => Remembered::Learning {
                number,
                body: title,
                at,
            },
        })
    })?)
}

/// How many years are looked back.
const YEARS: i16 = 25;

/// The stretches of time, in milliseconds, that have the month and day of `at` in earlier years.
fn same_days(at: i64, zone: &str) -> Vec<(i64, i64)> {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let Ok(now) = jiff::Timestamp::from_millisecond(at) else {
        return Vec::new();
    };
    let today = now.to_zoned(zone.clone()).date();
    let start = |date: jiff::civil::Date| {
        date.to_zoned(zone.clone())
            .ok()
            .map(|zoned| zoned.timestamp().as_millisecond())
    };
    (1..=YEARS)
        .filter_map(|back| {
            // 29 February has no day in most years.
            let day =
                jiff::civil::Date::new(today.year() - back, today.month(), today.day()).ok()?;
            Some((start(day)?, start(day.tomorrow().ok()?)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::same_days;

    #[test]
    fn the_same_day_of_earlier_years_is_the_readers() {
        // 2 March 2026, 23:30 UTC is 3 March in Tokyo.
        let at = 1_772_494_200_000;
        let utc = same_days(at, "UTC");
        let tokyo = same_days(at, "Asia/Tokyo");
        assert_eq!(utc[0], (1_740_873_600_000, 1_740_960_000_000));
        assert_eq!(tokyo[0], (1_740_927_600_000, 1_741_014_000_000));
        assert_eq!(utc.len(), 25);
        // 29 February 2024.
        assert_eq!(same_days(1_709_200_800_000, "UTC").len(), 6);
    }
}
