//! Times as wires write them beyond RFC 3339: without marks (NITF, `NewsML`), and as mails and feeds do, with all their slips.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

use super::days;
use crate::dispatch::{Precision, Stamp};

/// Reads `20131020T192751+1100`, `20131020`, `20131020192751`, `Tue, 15 Nov 2022 20:15:04 Z`, `15 Nov 22 8:15 PM EST`.
pub(super) fn parse_time(text: &str) -> Option<Stamp> {
    let text = text.trim();
    if text.len() > 64 || !text.is_ascii() && !text.contains(char::is_alphabetic) {
        return None;
    }
    parse_compact(text).or_else(|| parse_spelled(text))
}

fn stamp_at_offset(date: Date, time: Option<(i8, i8, i8)>, offset: i32) -> Option<Stamp> {
    let offset = Offset::from_seconds(offset * 60).ok()?;
    let (hour, minute, second) = time.unwrap_or((0, 0, 0));
    // A leap second, and the end of a day.
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

/// Digits without marks between them, as ISO 8601 calls basic: NITF `@norm`, `NewsML` `DateId`.
fn parse_compact(text: &str) -> Option<Stamp> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let first = digits(text);
    if !matches!(first, 8 | 12 | 14) {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let part = |from: usize| i8::try_from(number(from, from + 2)?).ok();
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
            let clock = self::parse_clock(&rest[..end])?;
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

/// `20:15`, `8:15:04`, `20.15.04`, fractions left out.
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

/// Minutes east of Greenwich; none is UTC.
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
    (minutes <= 18 * 60).then_some(sign * minutes)
}

/// A weekday in another language: a word that is no month, before a number.
fn is_other(word: &str) -> bool {
    word.chars().all(|c| c.is_alphabetic() || c == '.') && days::month_number(word).is_none()
}

/// RFC 822 and what is made of it: weekday, day, month, year, time and zone, or the American order.
fn parse_spelled(text: &str) -> Option<Stamp> {
    let apart = |c: char| matches!(c, ' ' | ',' | '\t' | '\n' | '\u{a0}');
    let words: Vec<&str> = text.split(apart).filter(|word| !word.is_empty()).collect();
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
    let year: i16 = match (year.len(), year.parse::<i16>().ok()?) {
        (4, year) => year,
        // RFC 2822, section 4.3.
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
    // A second name of the zone may follow in brackets.
    let zone = rest.first().map_or(Some(0), |name| parse_zone(name))?;
    stamp_at_offset(date, Some((hour, minute, second)), zone)
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
    fn without_marks() {
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
    fn as_feeds_spell_them() {
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
