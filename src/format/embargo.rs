//! Embargoes that stand in a note, a label or at the start of a text: whether there is one, and until when.

use super::clock;
use super::days::{self, WrittenDay};
use super::draft::Draft;
use super::words::WordSet;
use crate::dispatch::Stamp;

/// Bytes looked at of a note.
const EMBARGO_LIMIT: usize = 200;

/// Small words that begin a phrase of embargo.
static EMBARGO_WORDS: WordSet<4> =
    WordSet::new(["embargo", "embargoed", "sperrfrist", "sperrfrist:"]);

/// Where a note speaks of an embargo.
fn find_embargo(text: &str) -> Option<usize> {
    let start = &text[..text.floor_char_boundary(EMBARGO_LIMIT)];
    if let Some(at) = start.find("EMBARGO").or_else(|| start.find("Sperrfrist")) {
        return Some(at);
    }
    let lower = start.to_ascii_lowercase();
    if lower.starts_with("embargoed") || lower.starts_with("for release") {
        return Some(0);
    }
    [
        "not for release",
        "hold for release",
        "embargoed until",
        "embargoed till",
        "under embargo",
        "sous embargo",
        "embargo:",
    ]
    .iter()
    .find_map(|phrase| lower.find(phrase))
}

/// Sets the embargo that a note, or the very start of the text, speaks of.
pub(super) fn apply_embargo(draft: &mut Draft<'_>, lead: Option<&str>) {
    let d = &draft.dispatch;
    let lead = lead.filter(|lead| {
        // Only at its very start: later it is news about an embargo.
        let start = lead.get(..16).unwrap_or(lead).to_ascii_lowercase();
        [
            "embargoed",
            "not for release",
            "hold for release",
            "sperrfrist:",
        ]
        .iter()
        .any(|mark| start.starts_with(mark))
    });
    let note = d.ednote.as_deref().and_then(|note| {
        note.split('\n')
            .find_map(|line| find_embargo(line).map(|at| &line[at..]))
    });
    let label = d.label.as_deref().filter(|label| {
        label
            .split([' ', '(', ')'])
            .any(|word| EMBARGO_WORDS.contains(word))
    });
    let Some(text) = note.or(label).or(lead) else {
        return;
    };
    let until = d
        .embargo
        .or_else(|| parse_embargo_end(text, d.sent.or(d.created).or(draft.ctx.file_time)));
    draft.dispatch.embargoed = true;
    draft.dispatch.embargo = until;
}

/// The time that a note names: a day and a time with its zone. Without a day it is that of the dispatch; a missing year is
/// the one nearest to it.
fn parse_embargo_end(text: &str, near: Option<Stamp>) -> Option<Stamp> {
    let text = &text[..text.floor_char_boundary(EMBARGO_LIMIT)];
    let words: Vec<&str> = text
        .split([' ', '\u{a0}', ',', ';', '(', ')'])
        .filter(|word| !word.is_empty())
        .take(24)
        .collect();
    let mut time = None;
    let mut zone = "";
    let mut skip = usize::MAX;
    for (at, word) in words.iter().enumerate() {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let year = digits.len() == 4
            && !digits.contains([':', '.'])
            && (digits.starts_with("19") || digits.starts_with("20"));
        let next = words
            .get(at + 1)
            .copied()
            .unwrap_or("")
            .trim_end_matches('.');
        let zoned = |zone: &str| {
            jiff::civil::Date::new(2000, 1, 1)
                .ok()
                .and_then(|day| clock::zone_offset(zone, day))
                .is_some()
        };
        if year && !zoned(next) {
            continue;
        }
        if let Some(found) = clock::parse_hour_minute(digits) {
            time = Some(found);
            let glued = word[digits.len()..].trim_end_matches('.');
            zone = if !glued.is_empty() {
                glued
            } else if zoned(next) {
                next
            } else {
                ""
            };
            skip = at;
            break;
        }
    }
    let day = (0..words.len()).find_map(|from| {
        (1..=3).rev().find_map(|count| {
            let part = words.get(from..from + count)?;
            let holds = (from..from + count).contains(&skip);
            match days::parse_day(&part.join(" ")).filter(|_| !holds)? {
                WrittenDay::Date(date) => Some(date),
                WrittenDay::Weekday => None,
            }
        })
    });
    let near_day = near.map(|near| near.to_zoned().date());
    let day = match day {
        Some(date) => match (date.year, near_day) {
            (Some(year), _) => jiff::civil::Date::new(year, date.month, date.day).ok()?,
            (None, Some(near)) => nearest(near, date.month, date.day)?,
            (None, None) => return None,
        },
        None => near_day.filter(|_| time.is_some())?,
    };
    match time {
        Some(time) => {
            let offset = clock::zone_offset(zone, day)
                .or(near.map(|near| near.offset_minutes))
                .unwrap_or(0);
            clock::local_stamp(day, time, offset)
        }
        None => Stamp::from_date(day),
    }
}

/// The day of a year that lies nearest to another.
fn nearest(near: jiff::civil::Date, month: i8, day: i8) -> Option<jiff::civil::Date> {
    let years = [
        near.year().checked_sub(1)?,
        near.year(),
        near.year().checked_add(1)?,
    ];
    let days = years
        .into_iter()
        .filter_map(|year| jiff::civil::Date::new(year, month, day).ok());
    days.min_by_key(|found| (*found - near).get_days().abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_time() {
        let near = Stamp::parse("2026-11-19T10:00:00Z");
        let check = |text: &str, expected: &str| {
            let found = find_embargo(text).and_then(|at| parse_embargo_end(&text[at..], near));
            assert_eq!(
                found.map(Stamp::to_rfc3339).unwrap_or_default(),
                expected,
                "{text}"
            );
        };
        check("EMBARGOED until 0001 GMT Nov 21", "2026-11-21T00:01:00Z");
        check(
            "Embargoed until 00:01 CET, Friday 2 January 2027.",
            "2027-01-02T00:01:00+01:00",
        );
        check("For release Sunday, Nov. 22", "2026-11-22");
        check("Sperrfrist: 24.11.2026, 12.00 Uhr", "2026-11-24T12:00:00Z");
        check("NOT FOR RELEASE before 1800 GMT", "2026-11-19T18:00:00Z");
        check("EMBARGOED until further notice", "");
        check("Adds detail of the arms embargo", "");
    }
}
