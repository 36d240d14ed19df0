//! Values of fields that are no text: numbers with comparisons, days and spans of days, ages. Knows nothing of clocks.

use std::ops::{Range, RangeInclusive};

use jiff::ToSpan;
use jiff::civil::Date;

use super::fields::{Field, IS_PROPERTIES, IsProperty, find_by_name, nearest_in_table};
use crate::dispatch::Stamp;
use crate::text::parse_age;

/// A condition on what an entry is, not on its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    Is(IsProperty),
    Urgency(RangeInclusive<u32>),
    Words(RangeInclusive<u32>),
    /// Seconds by the clock of the dispatch, as if it were UTC.
    Date(Range<i64>),
    /// Seconds back from now.
    Newer(i64),
    Older(i64),
}

/// Reads the value of a field, or says in a sentence what would be right.
pub(super) fn parse_condition(field: Field, text: &str) -> Result<Condition, String> {
    let value = text.to_lowercase();
    match field {
        Field::Is => find_by_name(IS_PROPERTIES, &value)
            .map(Condition::Is)
            .ok_or_else(|| {
                let names: Vec<&str> = IS_PROPERTIES.iter().map(|k| k.name).collect();
                nearest_in_table(IS_PROPERTIES, &value).map_or_else(
                    || format!("a dispatch can be {}, not “{text}”", names.join(", ")),
                    |known| format!("“{text}” is not known: is:{known} is"),
                )
            }),
        Field::Urgency => parse_number_range(&value)
            .map(Condition::Urgency)
            .ok_or_else(|| {
                format!(
                    "“{text}” is no urgency: 1 to 9, as in urgency:1, urgency:<=3, urgency:1..3"
                )
            }),
        Field::Words => parse_number_range(&value)
            .map(Condition::Words)
            .ok_or_else(|| {
                format!("“{text}” is no number of words, as in words:>300 or words:100..300")
            }),
        Field::Date => parse_date_range(&value).map(Condition::Date),
        Field::Newer => parse_age(&value)
            .map(Condition::Newer)
            .ok_or_else(|| invalid_age_message(field, text)),
        Field::Older => parse_age(&value)
            .map(Condition::Older)
            .ok_or_else(|| invalid_age_message(field, text)),
        _ => Err(format!("{}: takes words", field.name())),
    }
}

fn invalid_age_message(field: Field, text: &str) -> String {
    let name = field.name();
    format!("“{text}” is no age: a number with s, m, h, d or w, as in {name}:30m or {name}:3d")
}

fn parse_number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // A number too long to count with is more than anything counted.
    digits.then(|| text.parse().unwrap_or(u32::MAX))
}

fn parse_number_range(text: &str) -> Option<RangeInclusive<u32>> {
    if let Some((from, to)) = text.split_once("..") {
        let from = if from.is_empty() {
            0
        } else {
            parse_number(from)?
        };
        let to = if to.is_empty() {
            u32::MAX
        } else {
            parse_number(to)?
        };
        return (text != "..").then_some(from..=to);
    }
    if let Some(rest) = text.strip_prefix("<=") {
        return Some(0..=parse_number(rest)?);
    }
    if let Some(rest) = text.strip_prefix(">=") {
        return Some(parse_number(rest)?..=u32::MAX);
    }
    if let Some(rest) = text.strip_prefix('<') {
        // Below 0 there is nothing: an empty range.
        return Some(
            parse_number(rest)?
                .checked_sub(1)
                .map_or(RangeInclusive::new(1, 0), |to| 0..=to),
        );
    }
    if let Some(rest) = text.strip_prefix('>') {
        return Some(parse_number(rest)?.saturating_add(1)..=u32::MAX);
    }
    let exact = parse_number(text.strip_prefix('=').unwrap_or(text))?;
    Some(exact..=exact)
}

fn parse_date_range(text: &str) -> Result<Range<i64>, String> {
    if let Some((from, to)) = text.split_once("..") {
        if from.is_empty() && to.is_empty() {
            return Err(".. wants a day on one side, as in 2016-07-01..2016-07-08".to_owned());
        }
        let start = if from.is_empty() {
            i64::MIN + 1
        } else {
            parse_date(from)?.start
        };
        let end = if to.is_empty() {
            i64::MAX
        } else {
            parse_date(to)?.end
        };
        return Ok(start..end);
    }
    if let Some(rest) = text.strip_prefix("<=") {
        return Ok(i64::MIN + 1..parse_date(rest)?.end);
    }
    if let Some(rest) = text.strip_prefix(">=") {
        return Ok(parse_date(rest)?.start..i64::MAX);
    }
    if let Some(rest) = text.strip_prefix('<') {
        return Ok(i64::MIN + 1..parse_date(rest)?.start);
    }
    if let Some(rest) = text.strip_prefix('>') {
        return Ok(parse_date(rest)?.end..i64::MAX);
    }
    parse_date(text)
}

/// A day, a month or a year as seconds.
fn parse_date(text: &str) -> Result<Range<i64>, String> {
    let form =
        || format!("“{text}” is no date: 2016, 2016-07, 2016-07-01 or 2016-07-01..2016-07-08");
    let parts: Vec<&str> = text.split('-').collect();
    let widths = [4, 2, 2];
    let shaped = parts.len() <= 3
        && parts
            .iter()
            .zip(widths)
            .all(|(part, width)| part.len() == width && part.bytes().all(|b| b.is_ascii_digit()));
    if !shaped {
        return Err(form());
    }
    let read = |n: usize| parts.get(n).map_or(Some(1), |part| part.parse().ok());
    let year: i16 = parts[0].parse().map_err(|_| form())?;
    let (Some(month), Some(day)) = (read(1), read(2)) else {
        return Err(form());
    };
    let first = Date::new(year, month, day).map_err(|_| {
        if (1..=12).contains(&month) {
            format!("there is no day {text}")
        } else {
            format!("there is no month {month}: “{text}” wants 01 to 12 after the year")
        }
    })?;
    let length = match parts.len() {
        1 => 1.year(),
        2 => 1.month(),
        _ => 1.day(),
    };
    let next = first.checked_add(length).unwrap_or(Date::MAX);
    let seconds = |date: Date| Stamp::from_date(date).map(|stamp| stamp.seconds);
    Ok(seconds(first).ok_or_else(form)?..seconds(next).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(field: Field, text: &str, expected: &Condition) {
        assert_eq!(
            parse_condition(field, text).as_ref(),
            Ok(expected),
            "{text}"
        );
    }

    #[test]
    fn numbers_compare() {
        check(Field::Urgency, "<=3", &Condition::Urgency(0..=3));
        check(Field::Urgency, "1..3", &Condition::Urgency(1..=3));
        check(Field::Words, ">300", &Condition::Words(301..=u32::MAX));
        check(Field::Words, "300", &Condition::Words(300..=300));
        assert!(parse_condition(Field::Words, "many").is_err());
        assert!(parse_condition(Field::Urgency, "..").is_err());
    }

    #[test]
    fn days_months_years() {
        let day = |text: &str| Stamp::parse(text).map_or(0, |t| t.seconds);
        check(
            Field::Date,
            "2016-07",
            &Condition::Date(day("2016-07-01")..day("2016-08-01")),
        );
        check(
            Field::Date,
            "2016",
            &Condition::Date(day("2016-01-01")..day("2017-01-01")),
        );
        check(
            Field::Date,
            "2016-07-01..2016-07-08",
            &Condition::Date(day("2016-07-01")..day("2016-07-09")),
        );
        for wrong in [
            "2016-13",
            "2016-02-30",
            "16-1-1",
            "..",
            "x",
            "2016-07-01-02",
            "",
        ] {
            assert!(parse_condition(Field::Date, wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn ages() {
        check(Field::Newer, "2h", &Condition::Newer(7_200));
        check(Field::Older, "3d", &Condition::Older(259_200));
        assert!(parse_condition(Field::Newer, "2").is_err());
        assert!(parse_condition(Field::Newer, "é").is_err());
    }
}
