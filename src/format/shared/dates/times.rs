//! Times in the layouts that wires use, and time zones as wires name them.

use jiff::civil::{Date, Weekday};
use jiff::tz::Offset;

use crate::dispatch::{Precision, Stamp};
use crate::format::shared::dates::days::{self, WrittenDay};
use crate::format::shared::dates::long_dates::parse_long_date;

/// Parses a time or a day in any layout that wires use: seconds since 1970, RFC 3339, RFC 822, compact digits, a date; or
/// as databases and spreadsheets write it: `27.02.2016 09:15`. A time without a zone is taken as UTC.
pub(in crate::format) fn parse_field_time(value: &str) -> Option<Stamp> {
    let value = value.trim();
    if value.len() > 64 {
        return None;
    }
    // Digits alone may be seconds since 1970 or a compact date.
    if value.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'))
        && let Some(stamp) = parse_epoch(value)
        && !is_year(value)
    {
        return Some(stamp);
    }
    Stamp::parse(value).or_else(|| match days::parse_day(value) {
        Some(WrittenDay::Date(date)) if date.year.is_some() => {
            Some(days::resolve_date(date, None)?.0)
        }
        _ => parse_time(value).or_else(|| {
            let date = parse_long_date(value).filter(|date| date.rest.is_empty())?;
            date.stamp(0)
        }),
    })
}

/// True for compact dates such as `202611280830`, which would otherwise be read as milliseconds since 1970.
fn is_year(value: &str) -> bool {
    matches!(value.len(), 12 | 14) && (value.starts_with("19") || value.starts_with("20"))
}

/// Parses seconds (9 to 11 digits) or milliseconds (12 to 14 digits) since 1970, ignoring a fraction.
fn parse_epoch(value: &str) -> Option<Stamp> {
    let whole = value.split('.').next()?;
    let number: i64 = whole.parse().ok()?;
    match whole.len() {
        9..=11 => Some(Stamp::from_seconds(number)),
        12..=14 => Some(Stamp::from_seconds(number / 1000)),
        _ => None,
    }
}

/// A date and time of day (or a whole day) at a UTC offset in minutes.
fn stamp_at_offset(date: Date, time: Option<(i8, i8, i8)>, offset: i16) -> Option<Stamp> {
    let (hour, minute, second) = time.unwrap_or((0, 0, 0));
    // 24:00 is the end of the day; a leap second (60) becomes 59 below.
    let (hour, next) = if hour == 24 { (0, 1) } else { (hour, 0) };
    let moment = date.to_datetime(jiff::civil::Time::new(hour, minute, second.min(59), 0).ok()?);
    let zone = Offset::from_seconds(i32::from(offset) * 60).ok()?;
    Some(Stamp {
        seconds: zone.to_timestamp(moment).ok()?.as_second() + next * 86_400,
        offset_minutes: offset,
        precision: if time.is_some() { Precision::Second } else { Precision::Day },
    })
}

/// The instant of an hour and minute at a UTC offset in minutes.
pub(in crate::format) fn local_stamp(
    day: Date,
    (hour, minute): (i8, i8),
    offset: i16,
) -> Option<Stamp> {
    stamp_at_offset(day, Some((hour, minute, 0)), offset)
}

/// Parses `20131020T192751+1100`, `20131020`, `20131020192751`, `Tue, 15 Nov 2022 20:15:04 Z`, `15 Nov 22 8:15 PM EST`.
/// A time without a zone is taken as UTC, a bare date as a day.
fn parse_time(text: &str) -> Option<Stamp> {
    let text = text.trim();
    if text.len() > 64 || !text.is_ascii() && !text.contains(char::is_alphabetic) {
        return None;
    }
    parse_compact(text).or_else(|| parse_spelled(text))
}

/// Parses the basic format of ISO 8601, without separators: NITF `@norm`, `NewsML` `DateId`.
fn parse_compact(text: &str) -> Option<Stamp> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let first = digits(text);
    if !matches!(first, 8 | 12 | 14) {
        return None;
    }
    let part = |from: usize| text.get(from..from + 2)?.parse::<i8>().ok();
    // Keeps other long numbers from being read as dates.
    let year = days::parse_year(&text[..4])?;
    let date = Date::new(year, part(4)?, part(6)?).ok()?;
    if first > 8 {
        let second = if first == 14 { part(12)? } else { 0 };
        let offset = parse_zone(text[first..].trim(), date)?;
        return stamp_at_offset(date, Some((part(8)?, part(10)?, second)), offset);
    }
    let rest = text[8..].trim_start_matches(['T', 't', ' ']);
    let length = digits(rest);
    let at = text.len() - rest.len();
    let clock = match length {
        0 if rest.len() + 8 == text.len() => None,
        4 => Some((part(at)?, part(at + 2)?, 0)),
        6 => Some((part(at)?, part(at + 2)?, part(at + 4)?)),
        2 if rest[2..].starts_with(':') => {
            let end = rest.find(['+', '-', 'Z', 'z', ' ']).unwrap_or(rest.len());
            let clock = parse_clock(&rest[..end])?;
            return stamp_at_offset(date, Some(clock), parse_zone(rest[end..].trim(), date)?);
        }
        _ => return None,
    };
    let mut tail = &rest[length..];
    if let Some(fraction) = tail.strip_prefix(['.', ',']) {
        tail = &fraction[digits(fraction)..];
    }
    stamp_at_offset(date, clock, parse_zone(tail.trim(), date)?)
}

/// Parses `20:15`, `8:15:04`, `20.15.04`, ignoring fractions.
fn parse_clock(text: &str) -> Option<(i8, i8, i8)> {
    let mut parts = text.split([':', '.']);
    let mut next = |most: i8| {
        let part = parts.next()?;
        let number: i8 = (part.len() <= 2).then(|| part.parse().ok())??;
        (0..=most).contains(&number).then_some(number)
    };
    let (hour, minute) = (next(24)?, next(59)?);
    Some((hour, minute, next(60).unwrap_or(0)))
}

/// True for what may be a weekday in another language: letters that are no month.
fn is_other(word: &str) -> bool {
    word.chars().all(|c| c.is_alphabetic() || c == '.') && days::month_number(word).is_none()
}

/// Parses RFC 822 and its many variants: weekday, day, month, year, time and zone, also with the month first.
fn parse_spelled(text: &str) -> Option<Stamp> {
    let separator = |c: char| matches!(c, ' ' | ',' | '\t' | '\n' | '\u{a0}');
    let words: Vec<&str> = text.split(separator).filter(|word| !word.is_empty()).collect();
    let mut words = &words[..];
    if let [first, rest @ ..] = words
        && (days::is_weekday(first) || is_other(first) && rest.len() > 2)
    {
        words = rest;
    }
    // `15-Nov-2022` is one word, `15 Nov 2022` three.
    let dashed: Vec<&str>;
    let (date, rest): (&[&str], &[&str]) = match words {
        [first, rest @ ..] if first.len() > 4 && first.contains(['-', '/']) => {
            dashed = first.split(['-', '/']).collect();
            (&dashed, rest)
        }
        [a, b, c, rest @ ..] if !c.contains(':') => {
            dashed = vec![a, b, c];
            (&dashed, rest)
        }
        // `Nov 15 20:15:04 UTC 2022`
        [a, b, rest @ .., year] => {
            dashed = vec![a, b, year];
            (&dashed, rest)
        }
        _ => return None,
    };
    let [first, second, year] = date else {
        return None;
    };
    let number = |word: &str| {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
        digits.parse::<i8>().ok()
    };
    let (day, month) = match days::month_number(second) {
        Some(month) => (number(first)?, month),
        None => (number(second)?, days::month_number(first)?),
    };
    let year = days::parse_year(year)?;
    let date = Date::new(year, month, day).ok()?;
    let [time, rest @ ..] = rest else {
        return stamp_at_offset(date, None, 0);
    };
    let (mut hour, minute, second) = parse_clock(time)?;
    let mut rest = rest;
    if let [half, after @ ..] = rest
        && ["am", "pm"].contains(&half.to_ascii_lowercase().as_str())
    {
        hour = hour % 12 + if half.eq_ignore_ascii_case("pm") { 12 } else { 0 };
        rest = after;
    }
    // Only the first zone counts; its name may follow in brackets.
    let zone = rest.first().map_or(Some(0), |name| parse_zone(name, date))?;
    stamp_at_offset(date, Some((hour, minute, second)), zone)
}

/// Parses hour and minute: `1509`, `15:09`, `15h09`.
pub(in crate::format) fn parse_hour_minute(text: &str) -> Option<(i8, i8)> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let odd = |c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | 'h');
    if digits.len() != 4 || text.len() > 5 || text.contains(odd) {
        return None;
    }
    let (hour, minute) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    (hour < 24 && minute < 60).then_some((hour, minute))
}

// Zones.

/// The abbreviations of zones, each with its offset in minutes east of Greenwich. One that has several meanings has the
/// one that wires use: `IST` is that of India, `CST` and `AST` are American.
const ZONES: &[(i16, &[&str])] = &[
    (0, &["GMT", "UTC", "UT", "Z", "WET"]),
    (60, &["BST", "CET", "MEZ", "MET", "HEC", "WEST", "IST-IE"]),
    (120, &["CEST", "MESZ", "MEST", "EET", "SAST"]),
    (180, &["EEST", "MSK"]),
    (240, &["GST"]),
    (330, &["IST"]),
    (480, &["HKT", "SGT", "AWST"]),
    (540, &["JST", "KST"]),
    (600, &["AEST"]),
    (660, &["AEDT"]),
    (720, &["NZST"]),
    (780, &["NZDT"]),
    (-180, &["ADT", "BRT", "ART"]),
    (-240, &["AST", "EDT"]),
    (-300, &["EST", "CDT"]),
    (-360, &["CST", "MDT"]),
    (-420, &["MST", "PDT"]),
    (-480, &["PST", "AKDT"]),
    (-540, &["AKST"]),
    (-600, &["HST"]),
];

/// American zones without the letter for standard or daylight saving time, with the offset of their standard time.
const AMERICAN_ZONES: &[(i16, &[&str])] =
    &[(-300, &["ET"]), (-360, &["CT"]), (-420, &["MT"]), (-480, &["PT"])];

/// UTC offset of a zone by its abbreviation, in minutes east of Greenwich. `ET`, `CT`, `MT` and `PT` depend on whether
/// the day is in American daylight saving time.
pub(in crate::format) fn zone_offset(zone: &str, on: Date) -> Option<i16> {
    let is_named =
        |(_, names): &&(i16, &[&str])| names.iter().any(|name| name.eq_ignore_ascii_case(zone));
    let fixed = ZONES.iter().find(is_named).map(|(offset, _)| *offset);
    fixed.or_else(|| {
        let (standard, _) = AMERICAN_ZONES.iter().find(is_named)?;
        Some(standard + if is_us_summer_time(on) { 60 } else { 0 })
    })
}

/// UTC offset in minutes of a zone that is a word of a date: `GMT`, `EST`, `GMT+9`, `+0100`.
pub(super) fn named_offset(word: &str, on: Date) -> Option<i16> {
    if word.is_empty() { None } else { parse_zone(word, on) }
}

/// Parses a zone that follows a time: `+0100`, `GMT+2`, `(EST)`. No zone means UTC.
fn parse_zone(text: &str, on: Date) -> Option<i16> {
    let name = text.trim_matches(['(', ')', ' ']);
    if name.is_empty() {
        return Some(0);
    }
    let name = match name.get(..3) {
        Some(utc) if utc.eq_ignore_ascii_case("gmt") || utc.eq_ignore_ascii_case("utc") => {
            name[3..].trim()
        }
        _ => name,
    };
    let (sign, rest) = match name.as_bytes().first() {
        None => return Some(0),
        Some(b'+') => (1, &name[1..]),
        Some(b'-') => (-1, &name[1..]),
        _ => return zone_offset(name, on),
    };
    // `+1`, `+0100` or `+01:00`.
    let digits: String = rest.chars().filter(|&c| c != ':').collect();
    let digits = digits.trim();
    if digits.len() > 4 || digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i16 = digits.parse().ok()?;
    let minutes = if digits.len() <= 2 { number * 60 } else { number / 100 * 60 + number % 100 };
    // Rejects what cannot be an offset; real zones are within 14 hours of UTC.
    (minutes <= 18 * 60).then_some(sign * minutes)
}

/// The first (1) to last (-1) Sunday of a month.
fn sunday(nth: i8, year: i16, month: i8) -> Option<Date> {
    let first = Date::new(year, month, 1).ok()?;
    first.nth_weekday_of_month(nth, Weekday::Sunday).ok()
}

/// True if a day is in daylight saving time in the United States and Canada: since 2007 from the second Sunday of March
/// to the first of November, before that from the first (until 1986 the last) Sunday of April to the last of October.
fn is_us_summer_time(day: Date) -> bool {
    let year = day.year();
    let (from, to) = match year {
        2007.. => (sunday(2, year, 3), sunday(1, year, 11)),
        1987.. => (sunday(1, year, 4), sunday(-1, year, 10)),
        _ => (sunday(-1, year, 4), sunday(-1, year, 10)),
    };
    matches!((from, to), (Some(from), Some(to)) if (from..to).contains(&day))
}

/// UTC offset of Central Europe in minutes. Summer time is from the last Sunday of March to the last of October (before
/// 1996, of September).
pub(super) fn central_europe(day: Date) -> i16 {
    let end_month = if day.year() < 1996 { 9 } else { 10 };
    let (from, to) = (sunday(-1, day.year(), 3), sunday(-1, day.year(), end_month));
    match (from, to) {
        (Some(from), Some(to)) if (from..to).contains(&day) => 120,
        _ => 60,
    }
}

/// UTC offset of an agency's home zone in minutes, for agencies that write local times without a zone.
pub(in crate::format) fn agency_offset(agency: &str, on: Date) -> Option<i16> {
    let name = agency.split(['-', '/', ' ']).next().unwrap_or("");
    Some(match name.to_ascii_lowercase().as_str() {
        "dpa" | "apa" | "ats" | "sda" | "keystone" | "belga" | "bel" | "ansa" | "anp" | "ntb"
        | "tt" | "ritzau" | "pap" | "ctk" | "efe" | "epd" | "kna" | "sid" => central_europe(on),
        "kyodo" | "kws" | "jiji" => 540,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = parse_time(text).map(Stamp::to_rfc3339);
        assert_eq!(found.as_deref().unwrap_or("none"), expected, "{text}");
    }

    #[test]
    fn compact_layouts() {
        check("20131020T192751+1100", "2013-10-20T19:27:51+11:00");
        check("20140829T135006Z", "2014-08-29T13:50:06Z");
        check("20140829T1350", "2014-08-29T13:50:00Z");
        check("20140829", "2014-08-29");
        check("20080219+0100", "2008-02-19");
        check("20140829 13:50:06 +02:00", "2014-08-29T13:50:06+02:00");
        check("20140829135006", "2014-08-29T13:50:06Z");
        check("201408291350", "2014-08-29T13:50:00Z");
        check("20140829T135006.123-0330", "2014-08-29T13:50:06-03:30");
        check("20141329", "none");
        check("2014082", "none");
        check("20140829T13500", "none");
    }

    #[test]
    fn layouts_of_feeds() {
        check("Tue, 15 Nov 2022 20:15:04 Z", "2022-11-15T20:15:04Z");
        check("Tue, 15 Nov 2022 20:15:04 GMT", "2022-11-15T20:15:04Z");
        check("15 Nov 22 20:15 EST", "2022-11-15T20:15:00-05:00");
        check("Tues, 15 November 2022 8:15 PM PDT", "2022-11-15T20:15:00-07:00");
        check("Tue, 15 November 2022 8:15 PM PDT", "2022-11-15T20:15:00-07:00");
        check("Tue,15 Nov 2022 20:15:04 +0100", "2022-11-15T20:15:04+01:00");
        check("Mon, 15 Nov 2022 20:15:04 +01:00 (CET)", "2022-11-15T20:15:04+01:00");
        check("Tue Nov 15 20:15:04 UTC 2022", "2022-11-15T20:15:04Z");
        check("Nov 15, 2022 20:15", "2022-11-15T20:15:00Z");
        check("15-Nov-2022 20:15:04", "2022-11-15T20:15:04Z");
        check("15 Nov 2022", "2022-11-15");
        check("Tue, 15 Nov 2022 24:00:00 GMT", "2022-11-16T00:00:00Z");
        check("Tue, 15 Nov 2022 20:15:04 GMT+2", "2022-11-15T20:15:04+02:00");
        check("Di, 15 Okt 2022 20:15:04 MESZ", "2022-10-15T20:15:04+02:00");
        check("soon", "none");
        check("", "none");
    }

    #[test]
    fn one_table_for_all_layouts() {
        let summer = Date::constant(2024, 7, 1);
        for name in ZONES.iter().chain(AMERICAN_ZONES).flat_map(|(_, names)| *names) {
            let offset = zone_offset(name, summer);
            assert!(offset.is_some(), "{name}");
            assert_eq!(parse_zone(&format!("({})", name.to_lowercase()), summer), offset, "{name}");
        }
        for (name, offset) in
            [("IST", 330), ("HST", -600), ("AKST", -540), ("AKDT", -480), ("PT", -420)]
        {
            assert_eq!(zone_offset(name, summer), Some(offset), "{name}");
        }
        assert_eq!(zone_offset("PT", Date::constant(2024, 1, 1)), Some(-480));
        for name in ["", "XYZ", "+0100", "GM"] {
            assert_eq!(zone_offset(name, summer), None, "{name}");
        }
    }
}
