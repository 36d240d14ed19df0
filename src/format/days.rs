//! Dates as datelines write them, in several languages, and the year that they leave out. Knows nothing of datelines.

use jiff::civil::Date;
use jiff::{Span, Timestamp, tz::TimeZone};

use crate::dispatch::{DatelineDate, Stamp};

/// A day as written: a date, or a day of the week that names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    Date(DatelineDate),
    Weekday,
}

/// First letters of the months, January first: English, German, French, Spanish, Italian, Portuguese, Dutch.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän", "janv", "ene", "gen"],
    &["feb", "fév", "fev", "févr"],
    &["mar", "mär", "maart", "mrt", "mrz"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mag", "mayo", "maio", "mei"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "août", "aout", "ago"],
    &["sep", "set", "sett"],
    &["oct", "okt", "ott", "out"],
    &["nov"],
    &["dec", "dez", "déc", "dic"],
];

const WEEKDAYS: [&str; 41] = [
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
    "today",
];

/// True for the name of a weekday.
pub(super) fn is_weekday(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    word.len() <= 12 && WEEKDAYS.contains(&word.to_lowercase().as_str())
}

/// The number of a month, 1..=12, by its name or a usual short form of it.
pub(super) fn month(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    if !(3..=12).contains(&word.len()) || word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let word = word.to_lowercase();
    if !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let starts = |names: &[&str]| names.iter().any(|name| *name == word);
    if let Some(at) = MONTHS.iter().position(|names| starts(names)) {
        return i8::try_from(at + 1).ok();
    }
    FULL.iter()
        .find(|(_, names)| names.contains(&word.as_str()))
        .map(|(number, _)| *number)
}

/// Full names, where they are not in [`MONTHS`].
const FULL: [(i8, &[&str]); 12] = [
    (
        1,
        &[
            "january", "januar", "jänner", "janvier", "enero", "gennaio", "janeiro", "januari",
        ],
    ),
    (
        2,
        &[
            "february",
            "februar",
            "février",
            "febrero",
            "febbraio",
            "fevereiro",
            "februari",
        ],
    ),
    (3, &["march", "märz", "mars", "marzo", "março"]),
    (4, &["april", "avril", "abril", "aprile"]),
    (5, &["maggio"]),
    (6, &["june", "juni", "junio", "giugno", "junho"]),
    (7, &["july", "juli", "juillet", "julio", "luglio", "julho"]),
    (8, &["august", "agosto", "augustus"]),
    (
        9,
        &[
            "sept",
            "september",
            "septembre",
            "septiembre",
            "settembre",
            "setembro",
        ],
    ),
    (
        10,
        &[
            "october", "oktober", "octobre", "octubre", "ottobre", "outubro",
        ],
    ),
    (11, &["november", "novembre", "noviembre", "novembro"]),
    (
        12,
        &[
            "december",
            "dezember",
            "décembre",
            "diciembre",
            "dicembre",
            "dezembro",
        ],
    ),
];

/// Reads `Feb 26`, `26 February`, `Aug 29, 2014`, `21 jan 2019`, `1 LUG`, `23/07`, `25-11-2023`, `2016-07-06`, `Monday`.
pub(super) fn day(text: &str) -> Option<Day> {
    let text = text.trim().trim_end_matches('.');
    if text.len() > 40 || text.is_empty() {
        return None;
    }
    if is_weekday(text) {
        return Some(Day::Weekday);
    }
    let mut parts = text
        .split([' ', ',', '\u{a0}'])
        .filter(|part| !part.is_empty());
    let mut first = parts.next()?;
    if is_weekday(first) {
        first = parts.next()?;
    }
    let Some(second) = parts.next() else {
        return numeric(first);
    };
    let year = match parts.next() {
        Some(word) => Some(year(word)?),
        None => None,
    };
    if parts.next().is_some() {
        return None;
    }
    let (month, day) = match month(first) {
        Some(month) => (month, number(second)?),
        None => (month(second)?, number(first)?),
    };
    valid(year, month, day)
}

/// `23/07`, `23.07.2016`, `2016-07-06`: day first, unless that cannot be.
fn numeric(text: &str) -> Option<Day> {
    let mark = ['/', '-', '.'].into_iter().find(|&m| text.contains(m))?;
    let parts: Vec<&str> = text.split(mark).collect();
    match parts[..] {
        [first, second] if mark == '/' || mark == '.' => {
            let (first, second) = (number(first)?, number(second)?);
            valid(None, second, first).or_else(|| valid(None, first, second))
        }
        [first, second, third] if first.len() == 4 => {
            valid(Some(year(first)?), number(second)?, number(third)?)
        }
        [first, second, third] => {
            let (year, first, second) = (year(third)?, number(first)?, number(second)?);
            valid(Some(year), second, first).or_else(|| valid(Some(year), first, second))
        }
        _ => None,
    }
}

/// One or two digits, with an English or German ending of an ordinal.
fn number(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let ending = &word[digits.len()..];
    if !["", ".", "st", "nd", "rd", "th", "er", "º", "°"].contains(&ending) || digits.len() > 2 {
        return None;
    }
    digits.parse().ok()
}

fn year(word: &str) -> Option<i16> {
    let year: i16 = (word.len() == 4).then(|| word.parse().ok())??;
    (1800..=2999).contains(&year).then_some(year)
}

fn valid(year: Option<i16>, month: i8, day: i8) -> Option<Day> {
    // 2000 was a leap year: without a year, 29 February may be meant.
    Date::new(year.unwrap_or(2000), month, day).ok()?;
    Some(Day::Date(DatelineDate { year, month, day }))
}

/// The day as a time. A missing year becomes the one that brings it nearest to, but not more than two days after, the
/// time of the file; without such a time there is none. True where the year was inferred.
pub(super) fn stamp(date: DatelineDate, file_time: Option<Stamp>) -> Option<(Stamp, bool)> {
    if let Some(year) = date.year {
        let day = Date::new(year, date.month, date.day).ok()?;
        return Some((Stamp::day(day)?, false));
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
            (day <= latest).then(|| Stamp::day(day)).flatten()
        })
        .map(|stamp| (stamp, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, year: Option<i16>, month: i8, day: i8) {
        let date = DatelineDate { year, month, day };
        assert_eq!(super::day(text), Some(Day::Date(date)), "{text}");
    }

    #[test]
    fn reads_the_ways_to_write_a_day() {
        check("Feb 26", None, 2, 26);
        check("FEb 26", None, 2, 26);
        check("2 March", None, 3, 2);
        check("Dec. 9", None, 12, 9);
        check("Sept. 30", None, 9, 30);
        check("Aug 29, 2014", Some(2014), 8, 29);
        check("21 jan 2019", Some(2019), 1, 21);
        check("1 LUG", None, 7, 1);
        check("1er août 2020", Some(2020), 8, 1);
        check("23/07", None, 7, 23);
        check("07/23", None, 7, 23);
        check("25-11-2023", Some(2023), 11, 25);
        check("2016-07-06", Some(2016), 7, 6);
        check("3. Mai", None, 5, 3);
        check("Feb 29", None, 2, 29);
        check("Tuesday, July 5, 2016", Some(2016), 7, 5);
        assert_eq!(day("Monday"), Some(Day::Weekday));
    }

    #[test]
    fn leaves_what_is_no_day() {
        for text in [
            "", "Feb", "Feb 30", "Marx 3", "26", "40/13", "May be", "3 of 4",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn infers_the_year_from_the_file() {
        let file = Stamp::parse("2026-01-02");
        let when = |month, day| {
            let date = DatelineDate {
                year: None,
                month,
                day,
            };
            stamp(date, file).map(|(stamp, inferred)| (stamp.rfc3339(), inferred))
        };
        assert_eq!(when(12, 30), Some(("2025-12-30".into(), true)));
        assert_eq!(when(1, 4), Some(("2026-01-04".into(), true)));
        assert_eq!(when(1, 5), Some(("2025-01-05".into(), true)));
        assert_eq!(when(2, 29), Some(("2024-02-29".into(), true)));
        let date = DatelineDate {
            year: None,
            month: 1,
            day: 1,
        };
        assert_eq!(stamp(date, None), None);
    }
}
