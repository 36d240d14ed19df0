//! The transmission line after the text: agency, service, date, time and zone in the order of each agency.

use jiff::civil::Date;

use super::Header;
use crate::dispatch::Severity;
use crate::format::clock;
use crate::format::dateline;
use crate::format::draft::Draft;

/// Longest such line.
const MAX_LINE_BYTES: usize = 64;

/// `AP-WF-11-13-13 1509GMT<`, `16:35ET 31-10-14<`, `KWS-21:37-09-12-18`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TransmissionLine<'a> {
    /// The whole line, without the quad sign.
    text: &'a str,
    /// From the first digit on.
    stamp: &'a str,
    /// Letters before: agency and service.
    origin: &'a str,
    /// Three numbers in the order of the line; the last is the year.
    date: [&'a str; 3],
    time: (i8, i8),
    zone: &'a str,
    /// The time stands before the date: then the day comes first.
    is_time_first: bool,
}

impl<'a> TransmissionLine<'a> {
    /// The first line of a text that is one.
    pub(super) fn find_first(text: &'a str) -> Option<Self> {
        text.split(['\n', '\r']).take(8).find_map(Self::parse)
    }

    /// The last line of a text that lost its ETX, with the text before it.
    pub(super) fn split_from_end(text: &'a str) -> Option<(&'a str, Self)> {
        let odd = |c: char| c.is_ascii_control() || c == ' ';
        let kept = text.trim_end_matches(odd);
        let start = memchr::memrchr2(b'\n', b'\r', kept.as_bytes()).map_or(0, |at| at + 1);
        Some((&text[..start], Self::parse(&kept[start..])?))
    }

    fn parse(line: &'a str) -> Option<Self> {
        let odd = |c: char| c.is_ascii_control() || matches!(c, ' ' | '<' | '=');
        let text = line.trim_matches(odd);
        if text.len() < 12 || text.len() > MAX_LINE_BYTES {
            return None;
        }
        let stamp = &text[text.find(|c: char| c.is_ascii_digit())?..];
        let words: Vec<&str> = stamp
            .split(['-', ' ', '/'])
            .filter(|word| !word.is_empty())
            .collect();
        let number =
            |word: &&str| matches!(word.len(), 2 | 4) && word.bytes().all(|b| b.is_ascii_digit());
        let at = words.windows(3).position(|three| {
            three.iter().all(number) && three[0].len() == 2 && three[1].len() == 2
        })?;
        let others = || {
            words
                .iter()
                .enumerate()
                .filter(move |(nth, _)| !(at..at + 3).contains(nth))
        };
        let (time_at, time, zone) = others().find_map(|(nth, word)| {
            let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            Some((
                nth,
                clock::parse_hour_minute(digits)?,
                &word[digits.len()..],
            ))
        })?;
        let apart = || {
            words
                .get(time_at + 1)
                .filter(|word| word.len() <= 5 && word.bytes().all(|b| b.is_ascii_alphabetic()))
        };
        let zone = if zone.is_empty() {
            apart().copied().unwrap_or("")
        } else {
            zone
        };
        if words.len() > 6 {
            return None;
        }
        Some(Self {
            text,
            stamp,
            origin: text[..text.len() - stamp.len()].trim_end_matches(['-', ' ']),
            date: [words[at], words[at + 1], words[at + 2]],
            time,
            zone,
            is_time_first: time_at < at,
        })
    }

    /// Date, time and zone as written.
    pub(super) fn stamp_text(&self) -> &'a str {
        self.stamp
    }

    /// Hands the line to a draft: the time that it was sent, and the agency.
    pub(super) fn apply(&self, header: &Header<'_>, draft: &mut Draft<'_>) {
        draft.add_field("transmission", self.text);
        let agency = self.origin.split('-').next().unwrap_or("");
        if dateline::is_known_agency(agency) {
            draft.dispatch.agency = Some(agency.to_owned());
        }
        let Some(day) = self.resolve_day(header.date) else {
            let message = format!("expected a date such as 11-13-13, found `{}`", self.stamp);
            draft.add_problem(Severity::Note, "transmission line", message);
            return;
        };
        let offset =
            clock::zone_or_agency_offset(draft, "transmission line", self.zone, Some(agency), day);
        draft.dispatch.sent = clock::local_stamp(day, self.time, offset);
    }

    /// The day; which number is the month is told by the header's day, which may differ by one, else by the agency's order.
    fn resolve_day(&self, header: Option<(i8, i8)>) -> Option<Date> {
        let [first, second, year] = self.date;
        let (first, second) = (first.parse::<i8>().ok()?, second.parse::<i8>().ok()?);
        let year = clock::parse_year(year)?;
        let month_first = Date::new(year, first, second).ok();
        let day_first = Date::new(year, second, first).ok();
        let near = |day: &Option<Date>| {
            let (Some(day), Some((month, header))) = (*day, header) else {
                return false;
            };
            Date::new(year, month, header).is_ok_and(|sent| {
                let apart = (day - sent).get_days().abs();
                apart <= 1 || apart >= 364
            })
        };
        let (usual, other) = if self.is_time_first {
            (day_first, month_first)
        } else {
            (month_first, day_first)
        };
        if near(&other) && !near(&usual) {
            return other;
        }
        usual.or(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, header: Option<(i8, i8)>, day: &str, time: (i8, i8), zone: &str) {
        let found = TransmissionLine::find_first(line).map(|tail| {
            let day = tail.resolve_day(header).map(|day| day.to_string());
            (day.unwrap_or_default(), tail.time, tail.zone)
        });
        assert_eq!(found, Some((day.to_owned(), time, zone)));
    }

    #[test]
    fn reads_the_agencies_lines() {
        check(
            "AP-WF-11-13-13 1509GMT<",
            None,
            "2013-11-13",
            (15, 9),
            "GMT",
        );
        check(
            "\r\n16:35ET 31-10-14<\r\n",
            None,
            "2014-10-31",
            (16, 35),
            "ET",
        );
        check("KWS-21:37-09-12-18", None, "2018-12-09", (21, 37), "");
        check("AP-NY-03-04-98 0105EST<", None, "1998-03-04", (1, 5), "EST");
        check(
            "xx-xx-04-03-23 2213 GMT",
            Some((3, 4)),
            "2023-03-04",
            (22, 13),
            "GMT",
        );
        assert_eq!(TransmissionLine::find_first("Reuter"), None);
        assert_eq!(
            TransmissionLine::find_first("2017-18 season 1509 at 10 to 11"),
            None
        );
    }
}
