//! Dates and times as transmission lines write them: short zones, years of two digits, and what they leave out.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::{Span, Timestamp, tz::TimeZone};

use super::days;
use super::draft::Draft;
use crate::dispatch::{DatelineDate, Severity, Stamp};

/// A year of two digits or four: wires with two digits began in the seventies.
pub(super) fn parse_year(text: &str) -> Option<i16> {
    let year: i16 = text.parse().ok()?;
    match (text.len(), year) {
        (2, 70..) => Some(1900 + year),
        (2, _) => Some(2000 + year),
        (4, 1800..=2999) => Some(year),
        _ => None,
    }
}

/// `1509`, `15:09`, `15h09`: hour and minute.
pub(super) fn parse_hour_minute(text: &str) -> Option<(i8, i8)> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let odd = |c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | 'h');
    if digits.len() != 4 || text.len() > 5 || text.contains(odd) {
        return None;
    }
    let (hour, minute) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    (hour < 24 && minute < 60).then_some((hour, minute))
}

/// Minutes east of Greenwich of a zone by its short name, on a day; `ET`, `CT`, `MT` and `PT` follow the American summer time.
pub(super) fn zone_offset(zone: &str, on: Date) -> Option<i16> {
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

/// Summer time in the United States and Canada: from 2007 the second Sunday of March to the first of November, before
/// that the first (until 1986 the last) Sunday of April to the last of October.
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

/// Minutes east of Greenwich in Central Europe: summer time from the last Sunday of March to the last of October, before
/// 1996 of September.
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

/// The offset of an agency's own clock, which it means where it names no zone.
pub(super) fn agency_offset(agency: &str, on: Date) -> Option<i16> {
    let name = agency.split(['-', '/', ' ']).next().unwrap_or("");
    Some(match name.to_ascii_lowercase().as_str() {
        "dpa" | "apa" | "ats" | "sda" | "keystone" | "belga" | "bel" | "ansa" | "anp" | "ntb"
        | "tt" | "ritzau" | "pap" | "ctk" | "efe" | "epd" | "kna" | "sid" => central_europe(on),
        "kyodo" | "kws" | "jiji" => 540,
        _ => return None,
    })
}

/// The offset of a time: of its zone, else of its agency, else none. What was not given is said.
pub(super) fn zone_or_agency_offset(
    draft: &mut Draft<'_>,
    place: &str,
    zone: &str,
    agency: Option<&str>,
    on: Date,
) -> i16 {
    if let Some(offset) = zone_offset(zone, on) {
        return offset;
    }
    let home = agency.and_then(|agency| agency_offset(agency, on));
    let taken = match home {
        Some(_) => "that of the agency",
        None => "UTC",
    };
    let message = if zone.is_empty() {
        format!("the time names no zone; {taken} is taken")
    } else {
        format!("expected a zone such as GMT, found `{zone}`; {taken} is taken")
    };
    draft.add_problem(Severity::Note, place, message);
    home.unwrap_or(0)
}

/// A civil time at an offset in minutes.
pub(super) fn local_stamp(day: Date, (hour, minute): (i8, i8), offset: i16) -> Option<Stamp> {
    let civil: DateTime = day.at(hour, minute, 0, 0);
    let seconds = civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
    Some(Stamp {
        offset_minutes: offset,
        ..Stamp::from_seconds(seconds - i64::from(offset) * 60)
    })
}

/// The day of a month without a year, completed from the date of the file, which is said.
pub(super) fn infer_year(draft: &mut Draft<'_>, place: &str, month: i8, day: i8) -> Option<Stamp> {
    let date = DatelineDate {
        year: None,
        month,
        day,
    };
    let (stamp, _) = days::resolve_date(date, draft.ctx.file_time)?;
    let year = stamp.to_zoned().year();
    let message =
        format!("the {place} names no year; {year} is inferred from the date of the file");
    draft.add_problem(Severity::Note, place, message);
    Some(stamp)
}

/// The last day of this number that is not more than two days after the date of the file.
pub(super) fn day_of_month(day: i8, file_time: Option<Stamp>) -> Option<Date> {
    let now = Timestamp::from_second(file_time?.seconds).ok()?;
    let latest = now.to_zoned(TimeZone::UTC).date();
    let latest = latest.checked_add(Span::new().days(2)).ok()?;
    let mut month = latest.first_of_month();
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
