//! Parses the header line of an IPTC 7901 message (sections 4.2 to 4.10), and the date-time group after its text
//! (section 6.2).

use jiff::civil::Date;

use crate::dispatch::{Severity, Urgency};
use crate::format::parser::Draft;
use crate::format::shared::{dateline, dates, fields, labels};

/// Longest header line, in bytes. The fields of sections 4.2 to 4.10 fit into less, even with a long optional field.
pub(super) const MAX_HEADER_BYTES: usize = 120;

/// The fields of a header line such as `eca062 4 i 211 ccccb   dpa 061`. Missing fields are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Header<'a> {
    /// One to three letters (section 4.2).
    pub source: &'a str,
    /// Message number, three to five digits.
    pub number: &'a str,
    /// One digit, 1 to 6 (section 4.4); some agencies go up to 9.
    pub priority: &'a str,
    /// One to four letters (section 4.6).
    pub category: &'a str,
    /// Stated word count (section 4.8).
    pub words: &'a str,
    /// Free field in which agencies put their own numbers and marks (section 4.10).
    pub optional: &'a str,
}

impl<'a> Header<'a> {
    /// Parses a header line; controls and spaces around it are ignored. `None` if a field is missing or malformed.
    pub(super) fn parse(line: &'a str) -> Option<Self> {
        let line = line.trim_matches(|c: char| c.is_ascii_control() || c == ' ');
        if line.len() > MAX_HEADER_BYTES {
            return None;
        }
        let (name, rest) = line.split_once(' ')?;
        let (source, number) = split_message_name(name)?;
        let (priority, rest) = rest.trim_start().split_once(' ')?;
        let (category, rest) = rest.trim_start().split_once(' ')?;
        let rest = rest.trim_start();
        let (words, optional) = rest.split_once(' ').unwrap_or((rest, ""));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let letters =
            |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphabetic());
        let fits = priority.len() == 1
            && digits(priority)
            && priority != "0"
            && category.len() <= 4
            && letters(category)
            && words.len() <= 5
            && digits(words);
        fits.then(|| Self { source, number, priority, category, words, optional: optional.trim() })
    }

    /// Parses a damaged header line of which only source and number are left. Too lenient for lines without SOH.
    pub(super) fn parse_damaged(line: &'a str) -> Option<Self> {
        let line = line.trim_matches(|c: char| c.is_ascii_control() || c == ' ');
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (source, number) = split_message_name(name)?;
        Some(Self { source, number, optional: rest.trim(), ..Self::default() })
    }

    /// Copies the header into a draft. `sent` is the date-time group as written, which makes the id unique: message
    /// numbers start over.
    pub(super) fn apply(&self, draft: &mut Draft<'_>, sent: Option<&str>) {
        let name = [self.source, self.number].concat();
        // A number of zeros does not identify anything by itself.
        let zero = self.number.bytes().all(|b| b == b'0');
        draft.dispatch.id = match sent {
            Some(sent) => Some(format!("{name} {sent}")),
            None => (!zero).then_some(name),
        };
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let d = &mut draft.dispatch;
        d.priority = some(self.priority);
        d.urgency = self.priority.parse().ok().and_then(Urgency::new);
        d.category = some(self.category);
        d.words_stated = self.words.parse().ok().filter(|&words| words > 0);
        draft.add_field("source", self.source);
        draft.add_field("message", self.number);
        if !self.optional.is_empty() {
            draft.add_field("optional", self.optional);
            self.apply_optional(draft);
        }
    }

    /// Reads the optional field: agency and its own number (`dpa 061`), language, and the item that is corrected or
    /// repeated (`COR 703`).
    fn apply_optional(&self, draft: &mut Draft<'_>) {
        let words: Vec<&str> = self.optional.split_ascii_whitespace().collect();
        let number = |at: usize| {
            words
                .get(at)
                .copied()
                .filter(|word| word.len() <= 6 && word.bytes().all(|b| b.is_ascii_digit()))
        };
        let mut agency: Option<(&str, Option<&str>)> = None;
        for (at, &word) in words.iter().enumerate() {
            if word.len() == 2
                && at == 0
                && LANGUAGES.iter().any(|code| code.eq_ignore_ascii_case(word))
            {
                draft.dispatch.language = Some(word.to_ascii_lowercase());
                continue;
            }
            let label = labels::parse_label_line(&word.to_uppercase())
                .filter(|meaning| meaning.role.is_some())
                .or_else(|| expand_short_label(word));
            if let Some(meaning) = label {
                if draft.dispatch.label.is_none() {
                    draft.dispatch.label = Some(word.to_owned());
                }
                if let Some(role) = meaning.role {
                    draft.dispatch.role = role;
                }
                if let Some(number) = number(at + 1) {
                    draft.add_reference(number);
                }
                continue;
            }
            let letters = (2..=10).contains(&word.len())
                && word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
            // A known agency anywhere, or else the first word with a number after it.
            let known = dateline::is_known_agency(word);
            if known || agency.is_none() && letters && number(at + 1).is_some() {
                agency = Some((word, number(at + 1)));
            }
        }
        if let Some((name, number)) = agency {
            let name = name.split('-').next().unwrap_or(name);
            draft.dispatch.agency = Some(name.to_owned());
            if let Some(number) = number {
                draft.dispatch.agency_number = number.parse().ok();
                draft.add_field("agency-number", number);
            }
        }
    }
}

/// Language codes that may come first in an optional field.
const LANGUAGES: [&str; 6] = ["de", "en", "es", "fr", "it", "nl"];

/// The meaning of a label's short form in the optional field (`COR`, `REP`).
fn expand_short_label(word: &str) -> Option<labels::LabelMeaning> {
    let long = match word {
        "COR" | "CORR" | "KOR" | "COR." => "CORRECTION",
        "REP" | "RPT" => "REPEAT",
        "ANN" => "KILL",
        _ => return None,
    };
    labels::parse_label_line(long)
}

/// Splits `eca062` into source and number.
fn split_message_name(name: &str) -> Option<(&str, &str)> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (source, number) = name.split_at_checked(letters)?;
    let fits = (1..=3).contains(&letters)
        && (3..=5).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit());
    fits.then_some((source, number))
}

// The date-time group.

/// A date-time group after the text: `DDHHMM [zone] [month year]` (section 6.2), the month in any language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::format) struct DateTimeGroup<'a> {
    /// The group as written.
    pub text: &'a str,
    /// Day of the month, 1 to 31.
    day: i8,
    /// Hour and minute.
    time: (i8, i8),
    /// Name of the time zone; empty if none is given.
    zone: &'a str,
    month: Option<i8>,
    year: Option<i16>,
}

impl<'a> DateTimeGroup<'a> {
    /// Parses a line that consists of a date-time group.
    pub(in crate::format) fn parse(line: &'a str) -> Option<Self> {
        let text = line.trim_matches(|c: char| c.is_ascii_control() || matches!(c, ' ' | '\u{a0}'));
        if text.len() > 48 {
            return None;
        }
        let mut words = text.split_ascii_whitespace();
        let first = words.next()?;
        let digits = first.get(..6).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
        let mut group = Self {
            text,
            day: digits[..2].parse().ok().filter(|day| (1..=31).contains(day))?,
            time: dates::parse_hour_minute(&digits[2..])?,
            zone: &first[6..],
            month: None,
            year: None,
        };
        for word in words {
            if group.month.is_none()
                && let Some(month) = dates::month_number(word)
            {
                group.month = Some(month);
            } else if group.month.is_some() && group.year.is_none() {
                group.year = Some(dates::parse_year(word)?);
            } else if group.zone.is_empty() && group.month.is_none() {
                group.zone = word;
            } else {
                return None;
            }
        }
        let letters = |zone: &str| zone.len() <= 5 && zone.bytes().all(|b| b.is_ascii_alphabetic());
        letters(group.zone).then_some(group)
    }

    /// True if a month or a known time zone shows that this is a time. Six digits alone may be any number.
    pub(in crate::format) fn is_certain(&self) -> bool {
        self.month.is_some() || dates::zone_offset(self.zone, Date::constant(2000, 1, 1)).is_some()
    }

    /// The first date-time group among the first few lines of `text`.
    pub(super) fn find_first(text: &'a str) -> Option<Self> {
        text.split(['\n', '\r']).take(10).find_map(Self::parse)
    }

    /// Splits the group off the end of a text that lost its ETX. `None` if the last line is something else.
    pub(in crate::format) fn split_from_end(text: &'a str) -> Option<(&'a str, Self)> {
        let trimmed = text.trim_end_matches(|c: char| c.is_ascii_control() || c == ' ');
        let start = memchr::memrchr2(b'\n', b'\r', trimmed.as_bytes()).map_or(0, |at| at + 1);
        let line = trimmed[start..].trim_start_matches("./.");
        Some((&text[..start], Self::parse(line)?))
    }

    /// Sets the time sent. `agency` is that of the dateline, used if the draft has none. A missing month or year is
    /// inferred from the date of the file, a missing zone from the agency; either is reported in the draft.
    pub(in crate::format) fn apply(&self, draft: &mut Draft<'_>, agency: Option<&str>) {
        const LOCATION: &str = "date-time group";
        draft.add_field("date-time group", self.text);
        let file_time = draft.ctx.file_time;
        let day = match (self.month, self.year) {
            (Some(month), Some(year)) => Date::new(year, month, self.day).ok(),
            (Some(month), None) => fields::infer_year(draft, LOCATION, month, self.day)
                .map(|stamp| stamp.to_zoned().date()),
            (None, _) => {
                let day = dates::day_of_month(self.day, file_time);
                if let Some(day) = day {
                    let message = format!(
                        "the date-time group names no month and year; {:04}-{:02} is inferred from the date of the file",
                        day.year(),
                        day.month()
                    );
                    draft.add_problem(Severity::Note, LOCATION, message);
                }
                day
            }
        };
        let Some(day) = day else {
            if self.month.is_some() && self.year.is_some() {
                let message = format!("expected a day of the month, found `{}`", self.text);
                draft.add_problem(Severity::Note, LOCATION, message);
            }
            return;
        };
        let agency = draft.dispatch.agency.clone().or(agency.map(str::to_owned));
        let offset =
            fields::zone_or_agency_offset(draft, LOCATION, self.zone, agency.as_deref(), day);
        draft.dispatch.sent = dates::local_stamp(day, self.time, offset);
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
        check("131137 GMT Nov 13 \r", Some((13, (11, 37), "GMT", Some(11), Some(2013))));
        check("062130 Okt 24", Some((6, (21, 30), "", Some(10), Some(2024))));
        check("212322Z", Some((21, (23, 22), "Z", None, None)));
        check("231530 JUL", Some((23, (15, 30), "", Some(7), None)));
        check("011200 févr. 1998", Some((1, (12, 0), "", Some(2), Some(1998))));
        check("012500 Nov 13", None);
        check("123456 people came here", None);
        check("1234567", None);
    }
}
