//! Dates that are written out for readers, as databases of articles print them: the day in many languages, with or
//! without its weekday, time and zone.

use jiff::civil::Date;

use crate::dispatch::Stamp;
use crate::format::shared::dates::days::{self, WrittenDay};
use crate::format::shared::dates::times;
use crate::format::shared::word_set::WordSet;

/// A date that a text begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::format) struct LongDate<'a> {
    pub date: Date,
    /// Hour and minute, if the text has them.
    pub time: Option<(i8, i8)>,
    /// UTC offset in minutes, if the text names a zone that is known.
    pub offset: Option<i16>,
    /// What follows after a comma or a line break: an edition, a page. Empty if the text is a date as a whole.
    pub rest: &'a str,
}

impl LongDate<'_> {
    /// The instant, or the day alone if there is no time. A time without a zone is taken at `default_offset`, in minutes
    /// east of Greenwich.
    pub(in crate::format) fn stamp(&self, default_offset: i16) -> Option<Stamp> {
        match self.time {
            Some(time) => {
                times::local_stamp(self.date, time, self.offset.unwrap_or(default_offset))
            }
            None => Stamp::from_date(self.date),
        }
    }
}

/// Words that stand between the parts of a date, in lower case.
static FILLERS: WordSet =
    WordSet::new("de del of the at um à a le il el den d les kl uhr klokken om ore ob v");

/// Weekdays beyond those of [`days::is_weekday`]: Dutch, Portuguese, Danish, Norwegian, Swedish.
static NORTHERN_WEEKDAYS: WordSet = WordSet::new(
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag segunda-feira terça-feira quarta-feira quinta-feira
     sexta-feira domingo mandag tirsdag onsdag torsdag fredag lørdag søndag måndag tisdag lördag söndag",
);

/// Weekdays in Polish, Czech, Hungarian, Finnish and Romanian.
static EASTERN_WEEKDAYS: WordSet = WordSet::new(
    "poniedziałek wtorek środa czwartek piątek sobota niedziela pondělí úterý středa čtvrtek pátek neděle hétfő kedd
     szerda csütörtök péntek szombat vasárnap maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai luni
     marţi marți miercuri joi vineri sâmbătă duminică",
);

/// Abbreviated weekdays in German, French, Spanish and Italian.
static SHORT_WEEKDAYS: WordSet = WordSet::new(
    "mo di mi do fr sa so lun mer jeu ven sam dim mié jue vie sáb dom gio tues weds thur thurs tues.",
);

/// True for a weekday, in full or abbreviated.
fn is_weekday(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    let lower = word.to_lowercase();
    days::is_weekday(word)
        || [&NORTHERN_WEEKDAYS, &EASTERN_WEEKDAYS, &SHORT_WEEKDAYS]
            .iter()
            .any(|known| known.contains(&lower))
}

/// Zones that are written out in several words, each with its abbreviation. Databases write `Central European Time` in
/// summer, too, as they write `Eastern Time`.
const WRITTEN_ZONES: &[(&str, &str)] = &[
    ("central european summer time", "CEST"),
    ("central european standard time", "CET"),
    ("central european time", CENTRAL_EUROPE),
    ("mitteleuropäische sommerzeit", "MESZ"),
    ("mitteleuropäische zeit", "MEZ"),
    ("eastern european summer time", "EEST"),
    ("eastern european time", "EET"),
    ("greenwich mean time", "GMT"),
    ("coordinated universal time", "UTC"),
    ("british summer time", "BST"),
    ("moscow time", "MSK"),
    ("gulf standard time", "GST"),
    ("indian standard time", "IST"),
    ("india standard time", "IST"),
    ("hong kong time", "HKT"),
    ("singapore time", "SGT"),
    ("japan standard time", "JST"),
    ("korea standard time", "KST"),
    ("australian eastern standard time", "AEST"),
    ("australian eastern daylight time", "AEDT"),
    ("new zealand standard time", "NZST"),
    ("new zealand daylight time", "NZDT"),
];

/// Stands for the zone of Central Europe, which has summer time.
const CENTRAL_EUROPE: &str = "";

/// The zone in several words at the start of a text: its length in bytes, and its offset on a day in minutes.
fn written_zone(text: &str, on: Date) -> Option<(usize, i16)> {
    // Only words that begin like one are compared.
    text.starts_with(|c: char| c.is_ascii_alphabetic()).then_some(())?;
    let reach = &text[..text.floor_char_boundary(40)];
    WRITTEN_ZONES.iter().find_map(|(name, zone)| {
        let found = reach.get(..name.len())?;
        let ends = !text[name.len()..].starts_with(char::is_alphanumeric);
        let is_it = ends && found.to_lowercase() == *name;
        let offset = match *zone {
            CENTRAL_EUROPE => Some(times::central_europe(on)),
            zone => times::named_offset(zone, on),
        };
        is_it.then_some(name.len()).zip(offset)
    })
}

/// The parts of a date that were found so far.
#[derive(Default)]
struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    time: Option<(i8, i8)>,
    offset: Option<i16>,
    /// `None` before there is a time; then the half of the day, if given.
    is_afternoon: Option<bool>,
}

impl Parts {
    fn date(&self) -> Option<Date> {
        Date::new(self.year?, self.month?, self.day?).ok()
    }

    /// Takes a word in, or returns false if it is no part of a date.
    fn take(&mut self, word: &str, comma_follows: bool) -> bool {
        if let Some(month) = days::any_month_number(word).filter(|_| self.month.is_none()) {
            self.month = Some(month);
            return true;
        }
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.take_number(word);
        }
        if self.time.is_some() {
            match word.to_ascii_lowercase().replace('.', "").as_str() {
                "am" => return self.take_half(false),
                "pm" => return self.take_half(true),
                _ => {}
            }
            if let Some(offset) = self.date().and_then(|date| times::named_offset(word, date))
                && (self.offset.is_none() || self.offset == Some(0) && word.starts_with(['+', '-']))
            {
                self.offset = Some(offset);
                return true;
            }
            // The zone may be written out: `Eastern Standard Time`, `Pacific Time`.
            let zone = match word {
                "Eastern" => "ET",
                "Central" => "CT",
                "Mountain" => "MT",
                "Pacific" => "PT",
                "Standard" | "Daylight" | "Time" | "hrs" | "Hrs" => return true,
                _ => "",
            };
            if let Some(offset) = self.date().and_then(|date| times::named_offset(zone, date)) {
                self.offset = self.offset.or(Some(offset));
                return true;
            }
        }
        FILLERS.contains(word.trim_end_matches('.')) && !comma_follows || is_weekday(word)
    }

    fn take_half(&mut self, is_afternoon: bool) -> bool {
        let first = self.is_afternoon.is_none();
        self.is_afternoon = Some(is_afternoon);
        first
    }

    /// Takes a day, a year, a whole numeric date or a time.
    fn take_number(&mut self, word: &str) -> bool {
        if self.month.is_none()
            && self.day.is_none()
            && word.contains(['/', '-', '.'])
            && let Some(WrittenDay::Date(date)) = days::parse_day(word)
            && let Some(year) = date.year
        {
            (self.year, self.month, self.day) = (Some(year), Some(date.month), Some(date.day));
            return true;
        }
        if self.time.is_none()
            && let Some((hour, minute, half)) = parse_time_of_day(word)
            && self.date().is_some() | word.contains(':')
        {
            self.time = Some((hour, minute));
            self.is_afternoon = half;
            return true;
        }
        let plain = word.trim_end_matches(['.', ',']);
        if plain.len() == 4 && self.year.is_none() {
            self.year = days::parse_year(plain);
            return self.year.is_some();
        }
        if self.day.is_none() {
            self.day = days::day_number(word).filter(|day| (1..=31).contains(day));
            return self.day.is_some();
        }
        false
    }

    /// Hour and minute on the clock of 24 hours.
    fn time_of_day(&self) -> Option<(i8, i8)> {
        let (hour, minute) = self.time?;
        Some(match self.is_afternoon {
            Some(true) => (hour % 12 + 12, minute),
            Some(false) => (hour % 12, minute),
            None => (hour, minute),
        })
    }
}

/// Parses `16:07`, `16:07:12`, `4:07PM`, `16h07`, `16.07`: hour, minute, and whether it is after noon if it says so.
fn parse_time_of_day(word: &str) -> Option<(i8, i8, Option<bool>)> {
    let lower = word.to_ascii_lowercase();
    let (clock, half) = match (lower.strip_suffix("pm"), lower.strip_suffix("am")) {
        (Some(clock), _) => (clock, Some(true)),
        (_, Some(clock)) => (clock, Some(false)),
        _ => (lower.as_str(), None),
    };
    let mut parts = clock.split([':', 'h', '.']);
    let mut next = |limit: i8| {
        let part = parts.next().filter(|part| (1..=2).contains(&part.len()))?;
        part.parse::<i8>().ok().filter(|number| *number < limit)
    };
    let (hour, minute) = (next(24)?, next(60)?);
    let second = next(61).is_some();
    (parts.next().is_none() || second).then_some((hour, minute, half))
}

/// Parses a date at the start of a text: `March 3, 2015 Tuesday 4:07 PM GMT`, `3. März 2015 Dienstag`, `mardi 3 mars
/// 2015`, `2018年5月28日`, `Tuesday, March 3, 2015, Late Edition`. Words of a date may come in any order; what is no such
/// word ends it, and may only follow a comma or a line break. At most 200 bytes are looked at.
pub(in crate::format) fn parse_long_date(text: &str) -> Option<LongDate<'_>> {
    let text = text.trim();
    let reach = &text[..text.floor_char_boundary(200)];
    if !reach.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Some(found) = parse_east_asian(reach, text) {
        return Some(found);
    }
    let mut parts = Parts::default();
    let (mut at, mut separated) = (0, true);
    while at < reach.len() {
        let rest = &reach[at..];
        let gap = rest.len() - rest.trim_start_matches(is_gap).len();
        if gap > 0 {
            separated |= rest[..gap].contains([',', '\n', ';']);
            at += gap;
            continue;
        }
        if parts.time.is_some()
            && parts.offset.is_none()
            && let Some((length, offset)) = parts.date().and_then(|date| written_zone(rest, date))
        {
            parts.offset = Some(offset);
            at += length;
            separated = false;
            continue;
        }
        let word = &rest[..rest.find(is_gap).unwrap_or(rest.len())];
        let after = &rest[word.len()..];
        if !parts.take(word, after.starts_with(',')) {
            break;
        }
        at += word.len();
        separated = false;
    }
    let rest = text[at..].trim_matches(|c: char| is_gap(c) || c == ';');
    if !rest.is_empty() && !separated {
        return None;
    }
    let date = parts.date()?;
    Some(LongDate { date, time: parts.time_of_day(), offset: parts.offset, rest })
}

/// Seasons as quarterlies print them, each with the month that it begins in. Winter is that at the start of a year.
const SEASONS: &[(i8, &[&str])] = &[
    (1, &["winter", "hiver", "invierno", "inverno"]),
    (3, &["spring", "frühjahr", "frühling", "printemps", "primavera", "lente", "voorjaar"]),
    (6, &["summer", "sommer", "été", "verano", "estate", "verão", "zomer"]),
    (9, &["autumn", "fall", "herbst", "automne", "otoño", "autunno", "outono", "herfst", "najaar"]),
];

/// The month that a season begins in.
fn season_month(word: &str) -> Option<i8> {
    let lower = word.to_lowercase();
    let found = SEASONS.iter().find(|(_, names)| names.contains(&lower.as_str()));
    found.map(|(month, _)| *month)
}

/// Parses what periodicals print instead of a day: `March 2015`, `March, 2015`, `Spring 2015`, or the first day of `March
/// 3, 2015 - March 9, 2015`. A month is its first day, a season the first day of its first month.
pub(in crate::format) fn parse_month_or_range(text: &str) -> Option<LongDate<'_>> {
    let line = text.lines().next()?.trim();
    if let Some((from, to)) = line.split_once(" - ").or_else(|| line.split_once(" – ")) {
        let last = parse_long_date(to).filter(|last| last.rest.is_empty())?;
        let first = parse_long_date(from).filter(|first| first.rest.is_empty());
        return Some(first.unwrap_or(last));
    }
    let words: Vec<&str> = line.split(is_gap).filter(|word| !word.is_empty()).collect();
    let [month, year] = words[..] else {
        return None;
    };
    let year = days::parse_year(year).filter(|_| year.len() == 4)?;
    let month = days::any_month_number(month).or_else(|| season_month(month))?;
    let date = Date::new(year, month, 1).ok()?;
    Some(LongDate { date, time: None, offset: None, rest: "" })
}

/// True for what separates the words of a date.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '\u{a0}' | '|' | '(' | ')' | ';')
}

/// Parses `2018年5月28日`, `2018년 5월 28일`, with a time after it or not.
fn parse_east_asian<'a>(reach: &str, text: &'a str) -> Option<LongDate<'a>> {
    let mut rest = reach;
    let mut next = |marks: [char; 2]| {
        let end = rest.find(marks)?;
        let number = rest[..end].trim();
        let found = number.parse::<i16>().ok();
        rest = rest[end..].trim_start_matches(marks);
        found
    };
    let year = next(['年', '년'])?;
    let month = i8::try_from(next(['月', '월'])?).ok()?;
    let day = i8::try_from(next(['日', '일'])?).ok()?;
    let date = Date::new(year, month, day).ok()?;
    let clock_at = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
    let clock = rest[clock_at..].split(is_gap).next().unwrap_or("");
    let time = parse_time_of_day(clock).filter(|_| clock_at < 16);
    let read = match time {
        Some(_) => reach.len() - rest.len() + clock_at + clock.len(),
        None => reach.len() - rest.len(),
    };
    let time = time.map(|(hour, minute, _)| (hour, minute));
    Some(LongDate { date, time, offset: None, rest: text[read..].trim_matches(is_gap) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, stamp: &str, rest: &str) {
        let found = parse_long_date(text);
        let shown = found.as_ref().and_then(|found| found.stamp(0)).map(Stamp::to_rfc3339);
        assert_eq!(shown.as_deref(), Some(stamp), "{text}: {found:?}");
        assert_eq!(found.map(|found| found.rest), Some(rest), "{text}");
    }

    #[test]
    fn reads_dates_in_many_languages() {
        check("March 3, 2015 Tuesday 4:07 PM GMT", "2015-03-03T16:07:00Z", "");
        check("December 1, 2009 Tuesday 11:20 PM EST", "2009-12-01T23:20:00-05:00", "");
        check("March 3, 2015 Tuesday", "2015-03-03", "");
        check("March 3, 2015 Tuesday\u{a0}", "2015-03-03", "");
        check("March 2015 3", "2015-03-03", "");
        check("March 3, 2015, LATE EDITION", "2015-03-03", "LATE EDITION");
        check(
            "March 3, 2015 Tuesday Late Edition - Final".replace("y L", "y, L").as_str(),
            "2015-03-03",
            "Late Edition - Final",
        );
        check("March 3, 2015 Tuesday\nCorrection Appended", "2015-03-03", "Correction Appended");
        check("3. März 2015 Dienstag 4:07 PM GMT+9", "2015-03-03T16:07:00+09:00", "");
        check("Dienstag 3. März 2015", "2015-03-03", "");
        check("3 mars 2015", "2015-03-03", "");
        check("mardi 3 mars 2015", "2015-03-03", "");
        check("1er août 2015 samedi 4:07 PM CEST", "2015-08-01T16:07:00+02:00", "");
        check("dinsdag 3 maart 2015", "2015-03-03", "");
        check("3 maart 2015 dinsdag 12:05 AM GMT", "2015-03-03T00:05:00Z", "");
        check("3 de marzo de 2015 martes", "2015-03-03", "");
        check("terça-feira, 3 de março de 2015", "2015-03-03", "");
        check("tisdag 3 mars 2015", "2015-03-03", "");
        check("3. března 2015", "2015-03-03", "");
        check("3 maaliskuuta 2015", "2015-03-03", "");
        check("March 3, 2015 Tuesday 4:07 PM Eastern Time", "2015-03-03T16:07:00-05:00", "");
        check(
            "March 3, 2015 Tuesday\n16:07:00 Central European Time",
            "2015-03-03T16:07:00+01:00",
            "",
        );
        check("July 3, 2015 Friday 4:07 PM Central European Time", "2015-07-03T16:07:00+02:00", "");
        check("March 3, 2015 Tuesday 16:07:00 Greenwich Mean Time", "2015-03-03T16:07:00Z", "");
        check("March 3, 2015 Tuesday 4:07 PM Central Time", "2015-03-03T16:07:00-06:00", "");
        check("March 3, 1991, Tuesday, AM cycle", "1991-03-03", "AM cycle");
        check("2018年5月28日", "2018-05-28", "");
        check("2018年5月28日 16:07", "2018-05-28T16:07:00Z", "");
        check("2018년 5월 28일", "2018-05-28", "");
        check("03/03/2015 16:07", "2015-03-03T16:07:00Z", "");
        check("3 March 2015 16:07", "2015-03-03T16:07:00Z", "");
        check("mardi 3 mars 2015 16:07 UTC +01:00", "2015-03-03T16:07:00+01:00", "");
    }

    #[test]
    fn months_and_ranges() {
        for (text, first) in [
            ("March 2015", Some("2015-03-01")),
            ("mars, 2015", Some("2015-03-01")),
            ("Spring, 2015", Some("2015-03-01")),
            ("Herbst 2015", Some("2015-09-01")),
            ("March 3, 2015 - March 9, 2015", Some("2015-03-03")),
            ("March 3 - March 9, 2015", Some("2015-03-09")),
            ("Quay 2015", None),
            ("In March 2015", None),
        ] {
            let found = parse_month_or_range(text).and_then(|found| found.stamp(0));
            assert_eq!(found.map(Stamp::to_rfc3339).as_deref(), first, "{text}");
        }
    }

    #[test]
    fn what_only_begins_like_a_date_is_none() {
        for text in [
            "",
            "March",
            "March 3",
            "3 of 12 DOCUMENTS",
            "March 3, 2015 was a Tuesday",
            "2015 was a dry year",
            "May the 4th be with you, 2015",
            "Paper of March 3, 2015",
            "58 words",
        ] {
            assert_eq!(parse_long_date(text), None, "{text}");
        }
    }
}
