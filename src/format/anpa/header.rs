//! The header lines before an ANPA 1312 text, and the transmission line (agency, date, time, zone) after it.

use jiff::civil::Date;

use crate::dispatch::{Severity, Urgency};
use crate::format::parser::Draft;
use crate::format::shared::{dateline, dates, fields, labels, wire_controls};

/// The fields of a header, as slices of its lines. Missing fields are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::format) struct Header<'a> {
    /// Routing codes before the story line, as written.
    pub routing: &'a str,
    /// Service letter (`W`).
    pub service: &'a str,
    /// Story number (`2870`), which begins anew each day.
    pub number: &'a str,
    /// Identifier between the number and US, as UPI sends it.
    pub identifier: &'a str,
    /// Selector after US (`asian`).
    pub selector: &'a str,
    /// Priority letter (`f`, `b`, `u`, `r`, `d`, `a`, `s`, ...).
    pub priority: &'a str,
    /// Category letter (`i`).
    pub category: &'a str,
    /// DC4: the copy is set as agate.
    pub is_agate: bool,
    /// DC2: the copy is tabular.
    pub is_tabular: bool,
    /// Keyword with its cycle designator (`BC-US--Ethanol-LosingGra`), cut to the width of its field.
    pub keyword: &'a str,
    /// Version field (`1stLd-Writethru`).
    pub version: &'a str,
    /// Story that this one continues or replaces (`a0584`).
    pub reference: &'a str,
    /// Month and day; the header has no year.
    pub date: Option<(i8, i8)>,
    /// Number at the end of the line, as written. It is not the word count, which is on the keyword line.
    pub count: &'a str,
    /// Bytes from the start of the text to the end of the header, its line end included; 0 if there is no header.
    pub byte_len: usize,
}

/// Reads the header at the start of `text`. Routing codes and other lines may come before it.
pub(in crate::format) fn parse_header(text: &str) -> Header<'_> {
    let mut found = Header::default();
    let mut at = 0;
    // Twelve lines leave room for routing codes; further down a line only looks like one of a header.
    for full_line in text.split_inclusive('\n').take(12) {
        let start = at;
        at += full_line.len();
        let line = full_line.trim_end_matches(['\r', '\n']);
        if parse_priority_line(line, &mut found) {
            found.byte_len = at;
            return found;
        }
        if line.contains('\u{2}') {
            break;
        }
        if found.number.is_empty() && parse_story_line(line, &mut found) {
            found.routing = text[..start].trim();
            found.byte_len = at;
        }
    }
    found
}

/// Reads `SYN SYN SOH W2870 US asian`, with or without its controls, into `found`. False for any other line, which
/// leaves `found` unchanged.
pub(super) fn parse_story_line<'a>(line: &'a str, found: &mut Header<'a>) -> bool {
    let framed = memchr::memrchr2(0x01, 0x16, line.as_bytes());
    let rest = framed.map_or(line, |at| &line[at + 1..]);
    let bytes = rest.as_bytes();
    let digits = bytes.iter().skip(1).take_while(|b| b.is_ascii_digit());
    let end = 1 + digits.count();
    if !bytes.first().is_some_and(u8::is_ascii_alphabetic) || !(4..=6).contains(&end) {
        return false;
    }
    let after = &rest[end..];
    let (identifier, selector) = after.split_once('\u{1f}').unwrap_or(("", after));
    let fits = |text: &str, most: usize| text.len() <= most && !text.contains(' ');
    let selector = selector.trim_start_matches(['_', '^']);
    // Without controls only the short fields tell this line from prose.
    if framed.is_none() && !(fits(identifier, 15) && fits(selector, 8)) {
        return false;
    }
    (found.service, found.number) = (&rest[..1], &rest[1..end]);
    (found.identifier, found.selector) = (trim_controls(identifier), trim_controls(selector));
    true
}

/// `text` without controls and spaces around it.
fn trim_controls(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_ascii_control() || c == ' ')
}

/// Reads `f l DC3 DC1 BC-KEYWORD 1stLd-Writethru a0584 11-13 1049`, with or without its controls, into `found`. False
/// for any other line, which leaves `found` unchanged.
pub(super) fn parse_priority_line<'a>(line: &'a str, found: &mut Header<'a>) -> bool {
    // Fill and framing characters may be left before the line.
    let line = line.trim_start_matches(|c: char| c.is_ascii_control());
    let bytes = line.as_bytes();
    let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
    if !(letter(0) && bytes.get(1) == Some(&b' ') && letter(2)) || line.len() > 120 {
        return false;
    }
    let parts = &line[3..];
    let controls = parts.bytes().take_while(u8::is_ascii_control).count();
    if !parts[controls..].starts_with(' ') {
        return false;
    }
    let mut words: Vec<&str> = parts[controls..].split_ascii_whitespace().collect();
    let is_count = |word: &&str| word.len() <= 5 && word.bytes().all(|b| b.is_ascii_digit());
    let count = words.pop_if(|word| is_count(&&**word)).unwrap_or("");
    let date = words.last().and_then(|word| parse_month_day(word));
    if date.is_some() {
        words.pop();
    }
    // Without a date, only the format bytes tell this line from prose.
    if date.is_none() && controls == 0 || words.is_empty() {
        return false;
    }
    let reference = if words.len() > 1 {
        words.pop_if(|word| is_story_reference(word)).unwrap_or("")
    } else {
        ""
    };
    let first = words[0];
    // What follows the first word is either a version field, or more of a keyword with spaces.
    let rest = text_between(line, words.get(1).copied(), words.last().copied());
    let (keyword, version) = if rest.is_empty() || is_version_field(rest) {
        (first, rest)
    } else {
        (text_between(line, Some(first), words.last().copied()), "")
    };
    *found = Header {
        priority: &line[..1],
        category: &line[2..3],
        is_agate: parts[..controls].contains('\u{14}'),
        is_tabular: parts[..controls].contains('\u{12}'),
        keyword: keyword.trim_end_matches(','),
        version,
        reference,
        date,
        count,
        ..std::mem::take(found)
    };
    true
}

/// The part of `line` from the start of `first` to the end of `last`, both slices of it. Empty if either is missing.
fn text_between<'a>(line: &'a str, first: Option<&'a str>, last: Option<&'a str>) -> &'a str {
    let (Some(first), Some(last)) = (first, last) else {
        return "";
    };
    let at = |part: &str| part.as_ptr() as usize - line.as_ptr() as usize;
    line.get(at(first)..at(last) + last.len()).unwrap_or("")
}

/// True for a version field: a label (`URGENT`, `2 Takes`), a number first (`1stLd`), or `Adv…`, `HFR…`, `Ldw…`.
pub(super) fn is_version_field(text: &str) -> bool {
    labels::parse_label_line(&text.to_uppercase()).is_some()
        || text.starts_with(|c: char| c.is_ascii_digit())
        || text.get(..3).is_some_and(|start| {
            ["adv", "hfr", "ldw"].iter().any(|word| start.eq_ignore_ascii_case(word))
        })
}

/// True for a service letter and a story number: `a0584`, `V9991`.
pub(super) fn is_story_reference(word: &str) -> bool {
    let digits = word.get(1..).unwrap_or("");
    word.starts_with(|c: char| c.is_ascii_alphabetic())
        && (3..=5).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Reads `11-13` as month and day.
fn parse_month_day(word: &str) -> Option<(i8, i8)> {
    let (month, day) = word.split_once('-')?;
    let number = |text: &str| (text.len() == 2).then(|| text.parse::<i8>().ok())?;
    let (month, day) = (number(month)?, number(day)?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((month, day))
}

impl Header<'_> {
    /// Copies the header into a draft. `sent` is the date and time of the transmission line, as written.
    pub(in crate::format) fn apply(&self, draft: &mut Draft<'_>, sent: Option<&str>) {
        let date = self.date.map(|(month, day)| format!("{month:02}-{day:02}"));
        if !self.number.is_empty() {
            // Story numbers start over each day, so the id needs the date.
            let mut id = [self.service, self.number].concat();
            if let Some(sent) = sent.or(date.as_deref()) {
                id.push(' ');
                id.push_str(sent);
            }
            draft.dispatch.id = Some(id);
        }
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let d = &mut draft.dispatch;
        d.priority = some(self.priority);
        d.category = some(self.category);
        d.urgency = self.urgency();
        d.slug = some(self.keyword);
        d.label = some(self.version);
        let routing = wire_controls::remove_controls(self.routing);
        for (name, value) in [
            ("routing", &*routing),
            ("service", self.service),
            ("sequence", self.number),
            ("identifier", self.identifier),
            ("selector", self.selector),
            ("keyword", self.keyword),
            ("reference", self.reference),
            ("date", date.as_deref().unwrap_or("")),
            ("count", self.count),
            ("face", if self.is_agate { "agate" } else { "" }),
            ("copy", if self.is_tabular { "tabular" } else { "" }),
        ] {
            if !value.is_empty() {
                draft.add_field(name, value);
            }
        }
        if !self.reference.is_empty() {
            draft.add_reference(self.reference);
        }
        // A transmission line gives the time with its year; the header has only a day.
        if sent.is_none()
            && let Some((month, day)) = self.date
        {
            draft.dispatch.created = fields::infer_year(draft, "header", month, day);
        }
    }

    /// The priority letter as an urgency. AP's filing guide orders f, b, u, r, d; a and s are advances. The numbers are
    /// this program's choice.
    pub(in crate::format) fn urgency(&self) -> Option<Urgency> {
        Urgency::new(match self.priority.as_bytes().first()?.to_ascii_lowercase() {
            b'f' => 1,
            b'b' => 2,
            b'u' => 3,
            b'r' => 5,
            b'd' => 6,
            b'a' | b'h' | b'w' => 7,
            b's' => 8,
            _ => return None,
        })
    }
}

// The transmission line after the text: agency, service, date, time and zone, in an order that differs by agency.

/// Longest transmission line, in bytes; anything longer is text.
const MAX_LINE_BYTES: usize = 64;

/// A transmission line: `AP-WF-11-13-13 1509GMT<` (AP), `16:35ET 31-10-14<` (Canadian Press), `KWS-21:37-09-12-18`
/// (Kyodo).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TransmissionLine<'a> {
    /// The whole line, without controls and quad signs around it.
    text: &'a str,
    /// Date, time and zone as written: the line from its first digit on.
    stamp: &'a str,
    /// Agency and service, before the stamp.
    origin: &'a str,
    /// Month and day, or day and month, then the year.
    date: [&'a str; 3],
    /// Hour and minute.
    time: (i8, i8),
    /// Name of the time zone; empty if none is given.
    zone: &'a str,
    /// True if the time comes before the date. Such lines usually put the day before the month.
    is_time_first: bool,
}

impl<'a> TransmissionLine<'a> {
    /// The first transmission line among the first few lines of `text`.
    pub(super) fn find_first(text: &'a str) -> Option<Self> {
        text.split(['\n', '\r']).take(8).find_map(Self::parse)
    }

    /// Splits the transmission line off the end of a text that lost its ETX. `None` if the last line is something else.
    pub(super) fn split_from_end(text: &'a str) -> Option<(&'a str, Self)> {
        let is_fill = |c: char| c.is_ascii_control() || c == ' ';
        let trimmed = text.trim_end_matches(is_fill);
        let start = memchr::memrchr2(b'\n', b'\r', trimmed.as_bytes()).map_or(0, |at| at + 1);
        Some((&text[..start], Self::parse(&trimmed[start..])?))
    }

    /// Parses a whole line, in whatever order it gives date and time.
    fn parse(line: &'a str) -> Option<Self> {
        let is_fill = |c: char| c.is_ascii_control() || matches!(c, ' ' | '<' | '=');
        let text = line.trim_matches(is_fill);
        if text.len() < 12 || text.len() > MAX_LINE_BYTES {
            return None;
        }
        let stamp = &text[text.find(|c: char| c.is_ascii_digit())?..];
        let words: Vec<&str> =
            stamp.split(['-', ' ', '/']).filter(|word| !word.is_empty()).collect();
        let number =
            |word: &&str| matches!(word.len(), 2 | 4) && word.bytes().all(|b| b.is_ascii_digit());
        // The date is the first run of three numbers: two of two digits, and the year.
        let at = words.windows(3).position(|three| {
            three.iter().all(number) && three[0].len() == 2 && three[1].len() == 2
        })?;
        let others =
            || words.iter().enumerate().filter(move |(nth, _)| !(at..at + 3).contains(nth));
        // The time is one of the other words; its zone may be glued to it or be the next word.
        let (time_at, time, zone) = others().find_map(|(nth, word)| {
            let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            Some((nth, dates::parse_hour_minute(digits)?, &word[digits.len()..]))
        })?;
        let apart = || {
            words
                .get(time_at + 1)
                .filter(|word| word.len() <= 5 && word.bytes().all(|b| b.is_ascii_alphabetic()))
        };
        let zone = if zone.is_empty() { apart().copied().unwrap_or("") } else { zone };
        // Prose with numbers in it has more words than any transmission line.
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

    /// Sets the time sent, and the agency if its name is known.
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
            fields::zone_or_agency_offset(draft, "transmission line", self.zone, Some(agency), day);
        draft.dispatch.sent = dates::local_stamp(day, self.time, offset);
    }

    /// The day of transmission. Which of the two numbers is the month follows from the header's date, even if that is a
    /// day off, and otherwise from the agency's order.
    fn resolve_day(&self, header: Option<(i8, i8)>) -> Option<Date> {
        let [first, second, year] = self.date;
        let (first, second) = (first.parse::<i8>().ok()?, second.parse::<i8>().ok()?);
        let year = dates::parse_year(year)?;
        let month_first = Date::new(year, first, second).ok();
        let day_first = Date::new(year, second, first).ok();
        let near = |day: &Option<Date>| {
            let (Some(day), Some((month, header))) = (*day, header) else {
                return false;
            };
            Date::new(year, month, header).is_ok_and(|sent| {
                // 364 or more: the two days lie on either side of New Year.
                let apart = (day - sent).get_days().abs();
                apart <= 1 || apart >= 364
            })
        };
        let (usual, other) =
            if self.is_time_first { (day_first, month_first) } else { (month_first, day_first) };
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
    fn reads_lines_of_several_agencies() {
        check("AP-WF-11-13-13 1509GMT<", None, "2013-11-13", (15, 9), "GMT");
        check("\r\n16:35ET 31-10-14<\r\n", None, "2014-10-31", (16, 35), "ET");
        check("KWS-21:37-09-12-18", None, "2018-12-09", (21, 37), "");
        check("AP-NY-03-04-98 0105EST<", None, "1998-03-04", (1, 5), "EST");
        check("xx-xx-04-03-23 2213 GMT", Some((3, 4)), "2023-03-04", (22, 13), "GMT");
        assert_eq!(TransmissionLine::find_first("Reuter"), None);
        assert_eq!(TransmissionLine::find_first("2017-18 season 1509 at 10 to 11"), None);
    }
}
