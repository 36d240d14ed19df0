//! The date-time group after the text: `DDHHMM [zone] [month year]` (IPTC 7901, section 6.2), months in any language.

use jiff::civil::Date;

use crate::dispatch::Severity;
use crate::format::draft::Draft;
use crate::format::{clock, days};

/// A date-time group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::format) struct DateTimeGroup<'a> {
    /// As written.
    pub text: &'a str,
    day: i8,
    time: (i8, i8),
    zone: &'a str,
    month: Option<i8>,
    year: Option<i16>,
}

impl<'a> DateTimeGroup<'a> {
    /// Reads a line that is one.
    pub(in crate::format) fn parse(line: &'a str) -> Option<Self> {
        let text = line.trim_matches(|c: char| c.is_ascii_control() || matches!(c, ' ' | '\u{a0}'));
        if text.len() > 48 {
            return None;
        }
        let mut words = text.split_ascii_whitespace();
        let first = words.next()?;
        let digits = first
            .get(..6)
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
        let mut group = Self {
            text,
            day: digits[..2]
                .parse()
                .ok()
                .filter(|day| (1..=31).contains(day))?,
            time: clock::parse_hour_minute(&digits[2..])?,
            zone: &first[6..],
            month: None,
            year: None,
        };
        for word in words {
            if group.month.is_none()
                && let Some(month) = days::month_number(word)
            {
                group.month = Some(month);
            } else if group.month.is_some() && group.year.is_none() {
                group.year = Some(clock::parse_year(word)?);
            } else if group.zone.is_empty() && group.month.is_none() {
                group.zone = word;
            } else {
                return None;
            }
        }
        let letters = |zone: &str| zone.len() <= 5 && zone.bytes().all(|b| b.is_ascii_alphabetic());
        letters(group.zone).then_some(group)
    }

    /// True where more than a number tells that this is a time.
    pub(in crate::format) fn is_certain(&self) -> bool {
        self.month.is_some() || clock::zone_offset(self.zone, Date::constant(2000, 1, 1)).is_some()
    }

    /// The first of a few lines that is one.
    pub(super) fn find_first(text: &'a str) -> Option<Self> {
        text.split(['\n', '\r']).take(10).find_map(Self::parse)
    }

    /// The last line of a text that lost its ETX, with the text before it.
    pub(in crate::format) fn split_from_end(text: &'a str) -> Option<(&'a str, Self)> {
        let kept = text.trim_end_matches(|c: char| c.is_ascii_control() || c == ' ');
        let start = memchr::memrchr2(b'\n', b'\r', kept.as_bytes()).map_or(0, |at| at + 1);
        let line = kept[start..].trim_start_matches("./.");
        Some((&text[..start], Self::parse(line)?))
    }

    /// Sets when a dispatch was sent; an agency is that of its dateline. What the group leaves out comes from the file and the agency, and is said.
    pub(in crate::format) fn apply(&self, draft: &mut Draft<'_>, agency: Option<&str>) {
        const PLACE: &str = "date-time group";
        draft.add_field("date-time group", self.text);
        let file_time = draft.ctx.file_time;
        let day = match (self.month, self.year) {
            (Some(month), Some(year)) => Date::new(year, month, self.day).ok(),
            (Some(month), None) => clock::infer_year(draft, PLACE, month, self.day)
                .map(|stamp| stamp.to_zoned().date()),
            (None, _) => {
                let day = clock::day_of_month(self.day, file_time);
                if let Some(day) = day {
                    let message = format!(
                        "the date-time group names no month and year; {:04}-{:02} is inferred from the date of the file",
                        day.year(),
                        day.month()
                    );
                    draft.add_problem(Severity::Note, PLACE, message);
                }
                day
            }
        };
        let Some(day) = day else {
            if self.month.is_some() && self.year.is_some() {
                let message = format!("expected a day of a month, found `{}`", self.text);
                draft.add_problem(Severity::Note, PLACE, message);
            }
            return;
        };
        let agency = draft.dispatch.agency.clone().or(agency.map(str::to_owned));
        let offset = clock::zone_or_agency_offset(draft, PLACE, self.zone, agency.as_deref(), day);
        draft.dispatch.sent = clock::local_stamp(day, self.time, offset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_groups() {
        type Parts<'a> = (i8, (i8, i8), &'a str, Option<i8>, Option<i16>);
        let check = |line: &str, expected: Option<Parts<'_>>| {
            let found = DateTimeGroup::parse(line);
            let parts = found.map(|g| (g.day, g.time, g.zone, g.month, g.year));
            assert_eq!(parts, expected, "{line}");
        };
        check(
            "131137 GMT Nov 13 \r",
            Some((13, (11, 37), "GMT", Some(11), Some(2013))),
        );
        check(
            "062130 Okt 24",
            Some((6, (21, 30), "", Some(10), Some(2024))),
        );
        check("212322Z", Some((21, (23, 22), "Z", None, None)));
        check("231530 JUL", Some((23, (15, 30), "", Some(7), None)));
        check(
            "011200 févr. 1998",
            Some((1, (12, 0), "", Some(2), Some(1998))),
        );
        check("012500 Nov 13", None);
        check("123456 people came here", None);
        check("1234567", None);
    }
}
