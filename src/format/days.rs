//! Dates as datelines write them, in several languages, and the year that they leave out. Knows nothing of datelines.

mod months;

use jiff::civil::Date;
use jiff::{Span, Timestamp, tz::TimeZone};

use super::words::WordSet;
use crate::dispatch::{DatelineDate, Stamp};
use months::LowercaseWord;
pub(super) use months::month_number;

/// A day as written: a date, or a day of the week that names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WrittenDay {
    Date(DatelineDate),
    Weekday,
}

static WEEKDAYS: WordSet<41> = WordSet::new([
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "today",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "lunes",
    "martes",
    "miércoles",
    "jueves",
    "viernes",
    "sábado",
    "domingo",
    "lunedì",
    "martedì",
    "mercoledì",
    "giovedì",
    "venerdì",
]);

/// True for the name of a weekday.
pub(super) fn is_weekday(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    if word.is_ascii() {
        return WEEKDAYS.contains(word);
    }
    LowercaseWord::of(word).is_some_and(|lower| WEEKDAYS.contains(lower.as_str()))
}

/// Reads `Feb 26`, `26 February`, `26 de febrero`, `Aug 29, 2014`, `21 jan 2019`, `1 LUG`, `23/07`, `25-11-2023`, `2016-07-06`, `Monday`.
pub(super) fn parse_day(text: &str) -> Option<WrittenDay> {
    let text = text.trim().trim_end_matches('.');
    if text.len() > 40 || text.is_empty() {
        return None;
    }
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return is_weekday(text).then_some(WrittenDay::Weekday);
    }
    let mut parts = parts(text);
    let mut first = parts.next()?;
    if is_weekday(first) {
        first = parts.next()?;
    }
    if first.starts_with(|c: char| c.is_ascii_alphabetic()) && month_number(first).is_none() {
        return None;
    }
    let Some(second) = parts.next() else {
        return parse_numeric(first);
    };
    let year = match parts.next() {
        Some(word) => Some(year(word)?),
        None => None,
    };
    if parts.next().is_some() {
        return None;
    }
    let (month, day) = match month_number(first) {
        Some(month) => (month, number(second)?),
        None => (month_number(second)?, number(first)?),
    };
    checked_day(year, month, day)
}

/// What stands between spaces and commas, a small word before a month or year left out.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let bytes = rest.as_bytes();
            let mut gaps = bytes.iter().enumerate().filter_map(|(at, b)| match b {
                b' ' | b',' => Some((at, 1)),
                0xc2 if bytes[at..].starts_with(b"\xc2\xa0") => Some((at, 2)),
                _ => None,
            });
            let mut next = || gaps.next().unwrap_or((rest.len(), 0));
            let (mut end, mut gap) = next();
            if months::is_first_half(&rest[..end]) {
                (end, gap) = next();
            }
            let part = &rest[..end];
            rest = &rest[end + gap..];
            if !matches!(part, "" | "de" | "del") {
                return Some(part);
            }
        }
        None
    })
}

/// `23/07`, `23.07.2016`, `2016-07-06`: day first, unless that cannot be.
fn parse_numeric(text: &str) -> Option<WrittenDay> {
    let mark = ['/', '-', '.'].into_iter().find(|&m| text.contains(m))?;
    let parts: Vec<&str> = text.split(mark).collect();
    match parts[..] {
        [first, second] if mark == '/' || mark == '.' => {
            let (first, second) = (number(first)?, number(second)?);
            checked_day(None, second, first).or_else(|| checked_day(None, first, second))
        }
        [first, second, third] if first.len() == 4 => {
            checked_day(Some(year(first)?), number(second)?, number(third)?)
        }
        [first, second, third] => {
            let (year, first, second) = (year(third)?, number(first)?, number(second)?);
            checked_day(Some(year), second, first)
                .or_else(|| checked_day(Some(year), first, second))
        }
        _ => None,
    }
}

/// One or two digits, with an English or German ending of an ordinal.
fn number(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let ending = &word[digits.len()..];
    if !ending.is_empty() && ![".", "st", "nd", "rd", "th", "er", "º", "°"].contains(&ending)
        || digits.len() > 2
    {
        return None;
    }
    digits.parse().ok()
}

fn year(word: &str) -> Option<i16> {
    let year: i16 = (word.len() == 4).then(|| word.parse().ok())??;
    (1800..=2999).contains(&year).then_some(year)
}

fn checked_day(year: Option<i16>, month: i8, day: i8) -> Option<WrittenDay> {
    // 2000 was a leap year: without a year, 29 February may be meant.
    Date::new(year.unwrap_or(2000), month, day).ok()?;
    Some(WrittenDay::Date(DatelineDate { year, month, day }))
}

/// The day as a time. A missing year becomes the one that brings it nearest to, but not more than two days after, the
/// time of the file; without such a time there is none. True where the year was inferred.
pub(super) fn resolve_date(date: DatelineDate, file_time: Option<Stamp>) -> Option<(Stamp, bool)> {
    if let Some(year) = date.year {
        let day = Date::new(year, date.month, date.day).ok()?;
        return Some((Stamp::from_date(day)?, false));
    }
    let now = Timestamp::from_second(file_time?.seconds).ok()?;
    let latest = now
        .to_zoned(TimeZone::UTC)
        .date()
        .checked_add(Span::new().days(2))
        .ok()?;
    // Eight years back always hold a 29 February.
    (0..=8)
        .find_map(|back| {
            let day = Date::new(latest.year().checked_sub(back)?, date.month, date.day).ok()?;
            (day <= latest).then(|| Stamp::from_date(day)).flatten()
        })
        .map(|stamp| (stamp, true))
}

#[cfg(test)]
mod tests;
