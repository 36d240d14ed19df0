//! Time zones as wires name them: abbreviations, numeric offsets, and the home zones of agencies.

use jiff::civil::{Date, Weekday};

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
const AMERICAN_ZONES: &[(i16, &[&str])] = &[
    (-300, &["ET"]),
    (-360, &["CT"]),
    (-420, &["MT"]),
    (-480, &["PT"]),
];

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

/// Parses a zone that follows a time: `+0100`, `GMT+2`, `(EST)`. No zone means UTC.
pub(super) fn parse_zone(text: &str, on: Date) -> Option<i16> {
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
    let minutes = if digits.len() <= 2 {
        number * 60
    } else {
        number / 100 * 60 + number % 100
    };
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
fn central_europe(day: Date) -> i16 {
    let end_month = if day.year() < 1996 { 9 } else { 10 };
    let (from, to) = (sunday(-1, day.year(), 3), sunday(-1, day.year(), end_month));
    match (from, to) {
        (Some(from), Some(to)) if (from..to).contains(&day) => 120,
        _ => 60,
    }
}

/// UTC offset of an agency's home zone in minutes, for agencies that write local times without a zone.
pub(super) fn agency_offset(agency: &str, on: Date) -> Option<i16> {
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

    #[test]
    fn one_table_for_all_layouts() {
        let summer = Date::constant(2024, 7, 1);
        for name in ZONES
            .iter()
            .chain(AMERICAN_ZONES)
            .flat_map(|(_, names)| *names)
        {
            let offset = zone_offset(name, summer);
            assert!(offset.is_some(), "{name}");
            assert_eq!(
                parse_zone(&format!("({})", name.to_lowercase()), summer),
                offset,
                "{name}"
            );
        }
        for (name, offset) in [
            ("IST", 330),
            ("HST", -600),
            ("AKST", -540),
            ("AKDT", -480),
            ("PT", -420),
        ] {
            assert_eq!(zone_offset(name, summer), Some(offset), "{name}");
        }
        assert_eq!(zone_offset("PT", Date::constant(2024, 1, 1)), Some(-480));
        for name in ["", "XYZ", "+0100", "GM"] {
            assert_eq!(zone_offset(name, summer), None, "{name}");
        }
    }
}
