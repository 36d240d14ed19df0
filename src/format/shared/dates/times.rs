//! Times as wires write them: layouts, time zones, the home zones of agencies, and completion of missing parts.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp};

use crate::dispatch::{DatelineDate, Precision, Severity, Stamp};
use crate::format::parser::Draft;
use crate::format::shared::dateline_dates;

/// Parses `20131020T192751+1100`, `20131020`, `20131020192751`, `Tue, 15 Nov 2022 20:15:04 Z`, `15 Nov 22 8:15 PM EST`.
/// A time without a zone is taken as UTC, a bare date as a day.
pub(in crate::format) fn parse_time(text: &str) -> Option<Stamp> {
    let text = text.trim();
    if text.len() > 64 || !text.is_ascii() && !text.contains(char::is_alphabetic) {
        return None;
    }
    parse_compact(text).or_else(|| parse_spelled(text))
}

/// A date and time of day (or a whole day) at a UTC offset in minutes.
fn stamp_at_offset(date: Date, time: Option<(i8, i8, i8)>, offset: i32) -> Option<Stamp> {
    let offset = Offset::from_seconds(offset * 60).ok()?;
    let (hour, minute, second) = time.unwrap_or((0, 0, 0));
    // 24:00 is the end of the day; a leap second (60) becomes 59 below.
    let (hour, next) = if hour == 24 { (0, 1) } else { (hour, 0) };
    let moment = DateTime::new(
        date.year(),
        date.month(),
        date.day(),
        hour,
        minute,
        second.min(59),
        0,
    );
    let instant = offset.to_timestamp(moment.ok()?).ok()?;
    Some(Stamp {
        seconds: instant.as_second() + next * 86_400,
        offset_minutes: i16::try_from(offset.seconds() / 60).unwrap_or(0),
        precision: if time.is_some() {
            Precision::Second
        } else {
            Precision::Day
        },
    })
}

/// Parses the basic format of ISO 8601, without separators: NITF `@norm`, `NewsML` `DateId`.
fn parse_compact(text: &str) -> Option<Stamp> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let first = digits(text);
    if !matches!(first, 8 | 12 | 14) {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let part = |from: usize| i8::try_from(number(from, from + 2)?).ok();
    // Keeps other long numbers from being read as dates.
    let year = number(0, 4).filter(|year| (1800..=2999).contains(year))?;
    let date = Date::new(year, part(4)?, part(6)?).ok()?;
    if first > 8 {
        let second = if first == 14 { part(12)? } else { 0 };
        let offset = parse_zone(text[first..].trim())?;
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
            return stamp_at_offset(date, Some(clock), parse_zone(rest[end..].trim())?);
        }
        _ => return None,
    };
    let mut tail = &rest[length..];
    if let Some(fraction) = tail.strip_prefix(['.', ',']) {
        tail = &fraction[digits(fraction)..];
    }
    stamp_at_offset(date, clock, parse_zone(tail.trim())?)
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

/// Parses a zone into minutes east of Greenwich: `+0100`, `GMT+2`, `EST`. No zone means UTC.
fn parse_zone(text: &str) -> Option<i32> {
    let name = text.trim_matches(['(', ')', ' ']);
    let name = match name.get(..3) {
        Some(utc) if ["gmt", "utc"].contains(&utc.to_ascii_lowercase().as_str()) => {
            name[3..].trim()
        }
        _ => name,
    };
    let (sign, rest) = match name.as_bytes().first() {
        Some(b'+') => (1, &name[1..]),
        Some(b'-') => (-1, &name[1..]),
        _ => {
            let hours = match name.to_ascii_uppercase().as_str() {
                "" | "Z" | "UT" | "GMT" | "UTC" | "WET" => 0,
                "BST" | "CET" | "MEZ" | "WEST" | "IST-IE" => 1,
                "CEST" | "MESZ" | "EET" | "SAST" => 2,
                "EEST" | "MSK" => 3,
                "HKT" | "AWST" | "SGT" => 8,
                "JST" | "KST" => 9,
                "AEST" => 10,
                "AEDT" => 11,
                "NZST" => 12,
                "NZDT" => 13,
                "ADT" => -3,
                "EDT" | "AST" => -4,
                "EST" | "CDT" => -5,
                "CST" | "MDT" => -6,
                "MST" | "PDT" => -7,
                "PST" | "AKDT" => -8,
                "AKST" => -9,
                "HST" => -10,
                _ => return None,
            };
            return Some(hours * 60);
        }
    };
    // `+1`, `+0100` or `+01:00`.
    let digits: String = rest.chars().filter(|&c| c != ':').collect();
    let digits = digits.trim();
    if digits.len() > 4 || digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let minutes = if digits.len() <= 2 {
        number * 60
    } else {
        number / 100 * 60 + number % 100
    };
    // Rejects what cannot be an offset; real zones are within 14 hours of UTC.
    (minutes <= 18 * 60).then_some(sign * minutes)
}

/// True for what may be a weekday in another language: letters that are no month.
fn is_other(word: &str) -> bool {
    word.chars().all(|c| c.is_alphabetic() || c == '.')
        && dateline_dates::month_number(word).is_none()
}

/// Parses RFC 822 and its many variants: weekday, day, month, year, time and zone, also with the month first.
fn parse_spelled(text: &str) -> Option<Stamp> {
    let separator = |c: char| matches!(c, ' ' | ',' | '\t' | '\n' | '\u{a0}');
    let words: Vec<&str> = text
        .split(separator)
        .filter(|word| !word.is_empty())
        .collect();
    let mut words = &words[..];
    if let [first, rest @ ..] = words
        && (dateline_dates::is_weekday(first) || is_other(first) && rest.len() > 2)
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
    let (day, month) = match dateline_dates::month_number(second) {
        Some(month) => (number(first)?, month),
        None => (number(second)?, dateline_dates::month_number(first)?),
    };
    let year: i16 = match (year.len(), year.parse::<i16>().ok()?) {
        (4, year) => year,
        // Years of two or three digits as in RFC 2822, section 4.3.
        (2, year) if year < 50 => year + 2000,
        (2 | 3, year) => year + 1900,
        _ => return None,
    };
    let date = Date::new(year, month, day).ok()?;
    let [time, rest @ ..] = rest else {
        return stamp_at_offset(date, None, 0);
    };
    let (mut hour, minute, second) = parse_clock(time)?;
    let mut rest = rest;
    if let [half, after @ ..] = rest
        && ["am", "pm"].contains(&half.to_ascii_lowercase().as_str())
    {
        hour = hour % 12
            + if half.eq_ignore_ascii_case("pm") {
                12
            } else {
                0
            };
        rest = after;
    }
    // Only the first zone counts; its name may follow in brackets.
    let zone = rest.first().map_or(Some(0), |name| parse_zone(name))?;
    stamp_at_offset(date, Some((hour, minute, second)), zone)
}

// Parts of dates and times in transmission lines and notes.

/// Parses a year of four digits, or of two: 70 to 99 are in the 20th century, since wires with such years began in the
/// 1970s.
pub(in crate::format) fn parse_year(text: &str) -> Option<i16> {
    let year: i16 = text.parse().ok()?;
    match (text.len(), year) {
        (2, 70..) => Some(1900 + year),
        (2, _) => Some(2000 + year),
        (4, 1800..=2999) => Some(year),
        _ => None,
    }
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

/// UTC offset of a zone by its abbreviation, in minutes east of Greenwich. `ET`, `CT`, `MT` and `PT` depend on whether
/// the day is in American daylight saving time.
pub(in crate::format) fn zone_offset(zone: &str, on: Date) -> Option<i16> {
    let summer = |hours: i16| hours * 60 + if is_us_summer_time(on) { 60 } else { 0 };
    Some(match zone.to_ascii_uppercase().as_str() {
        "GMT" | "UTC" | "Z" | "UT" | "WET" => 0,
        "BST" | "CET" | "MEZ" | "WEST" | "MET" | "HEC" => 60,
        "CEST" | "MESZ" | "MEST" | "EET" | "SAST" => 120,
        "EEST" | "MSK" => 180,
        "GST" => 240,
        "IST" => 330,
        "HKT" | "SGT" | "AWST" => 480,
        "JST" | "KST" => 540,
        "AEST" => 600,
        "AEDT" => 660,
        "NZST" => 720,
        "NZDT" => 780,
        "ADT" | "BRT" | "ART" => -180,
        "AST" | "EDT" => -240,
        "EST" | "CDT" => -300,
        "CST" | "MDT" => -360,
        "MST" | "PDT" => -420,
        "PST" => -480,
        "ET" => summer(-5),
        "CT" => summer(-6),
        "MT" => summer(-7),
        "PT" => summer(-8),
        _ => return None,
    })
}

/// True if a day is in daylight saving time in the United States and Canada: since 2007 from the second Sunday of March
/// to the first of November, before that from the first (until 1986 the last) Sunday of April to the last of October.
fn is_us_summer_time(day: Date) -> bool {
    let sunday = |month: i8, nth: i8| {
        Date::new(day.year(), month, 1)
            .and_then(|first| first.nth_weekday_of_month(nth, Weekday::Sunday))
            .ok()
    };
    let (from, to) = match day.year() {
        2007.. => (sunday(3, 2), sunday(11, 1)),
        1987.. => (sunday(4, 1), sunday(10, -1)),
        _ => (sunday(4, -1), sunday(10, -1)),
    };
    matches!((from, to), (Some(from), Some(to)) if (from..to).contains(&day))
}

/// UTC offset of Central Europe in minutes. Summer time is from the last Sunday of March to the last of October (before
/// 1996, of September).
fn central_europe(day: Date) -> i16 {
    let last = |month: i8| {
        Date::new(day.year(), month, 1)
            .and_then(|first| first.nth_weekday_of_month(-1, Weekday::Sunday))
            .ok()
    };
    let until = last(if day.year() < 1996 { 9 } else { 10 });
    match (last(3), until) {
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

/// UTC offset of a time in minutes: that of its zone, else of its agency, else 0. Reports a missing or unknown zone for
/// the field `location`.
pub(in crate::format) fn zone_or_agency_offset(
    draft: &mut Draft<'_>,
    location: &str,
    zone: &str,
    agency: Option<&str>,
    on: Date,
) -> i16 {
    if let Some(offset) = zone_offset(zone, on) {
        return offset;
    }
    let home = agency.and_then(|agency| agency_offset(agency, on));
    let assumed = match home {
        Some(_) => "that of the agency",
        None => "UTC",
    };
    let message = if zone.is_empty() {
        format!("the time has no zone; assuming {assumed}")
    } else {
        format!("expected a zone such as GMT, found `{zone}`; assuming {assumed}")
    };
    draft.add_problem(Severity::Note, location, message);
    home.unwrap_or(0)
}

/// The instant of a civil time at a UTC offset in minutes.
pub(in crate::format) fn local_stamp(
    day: Date,
    (hour, minute): (i8, i8),
    offset: i16,
) -> Option<Stamp> {
    let civil: DateTime = day.at(hour, minute, 0, 0);
    let seconds = civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
    Some(Stamp {
        offset_minutes: offset,
        ..Stamp::from_seconds(seconds - i64::from(offset) * 60)
    })
}

/// Completes a date without a year from the date of the file, and reports this for the field `location`.
pub(in crate::format) fn infer_year(
    draft: &mut Draft<'_>,
    location: &str,
    month: i8,
    day: i8,
) -> Option<Stamp> {
    let date = DatelineDate {
        year: None,
        month,
        day,
    };
    let (stamp, _) = dateline_dates::resolve_date(date, draft.ctx.file_time)?;
    let year = stamp.to_zoned().year();
    let message =
        format!("the {location} names no year; {year} is inferred from the date of the file");
    draft.add_problem(Severity::Note, location, message);
    Some(stamp)
}

/// The latest date with this day of the month that is at most two days after the date of the file. The two days allow
/// for time zones and for clocks that are wrong.
pub(in crate::format) fn day_of_month(day: i8, file_time: Option<Stamp>) -> Option<Date> {
    let now = Timestamp::from_second(file_time?.seconds).ok()?;
    let latest = now.to_zoned(TimeZone::UTC).date();
    let latest = latest.checked_add(Span::new().days(2)).ok()?;
    let mut month = latest.first_of_month();
    // No two months in a row lack the same day, so this finds one.
    for _ in 0..4 {
        if let Ok(found) = Date::new(month.year(), month.month(), day)
            && found <= latest
        {
            return Some(found);
        }
        month = month.yesterday().ok()?.first_of_month();
    }
    None
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
        check(
            "Tues, 15 November 2022 8:15 PM PDT",
            "2022-11-15T20:15:00-07:00",
        );
        check(
            "Tue, 15 November 2022 8:15 PM PDT",
            "2022-11-15T20:15:00-07:00",
        );
        check(
            "Tue,15 Nov 2022 20:15:04 +0100",
            "2022-11-15T20:15:04+01:00",
        );
        check(
            "Mon, 15 Nov 2022 20:15:04 +01:00 (CET)",
            "2022-11-15T20:15:04+01:00",
        );
        check("Tue Nov 15 20:15:04 UTC 2022", "2022-11-15T20:15:04Z");
        check("Nov 15, 2022 20:15", "2022-11-15T20:15:00Z");
        check("15-Nov-2022 20:15:04", "2022-11-15T20:15:04Z");
        check("15 Nov 2022", "2022-11-15");
        check("Tue, 15 Nov 2022 24:00:00 GMT", "2022-11-16T00:00:00Z");
        check(
            "Tue, 15 Nov 2022 20:15:04 GMT+2",
            "2022-11-15T20:15:04+02:00",
        );
        check("Di, 15 Okt 2022 20:15:04 MESZ", "2022-10-15T20:15:04+02:00");
        check("soon", "none");
        check("", "none");
    }
}
