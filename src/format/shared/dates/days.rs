//! Days as people write them: names of weekdays and months in many languages, and completion of a missing year.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::dispatch::{DatelineDate, Stamp};
use crate::format::shared::word_set::WordSet;

/// A day as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) enum WrittenDay {
    Date(DatelineDate),
    /// A weekday alone, which gives no date.
    Weekday,
}

/// Names of weekdays in lower case: English, German, French, Spanish, Italian.
static WEEKDAYS: WordSet = WordSet::new(
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun today
     montag dienstag mittwoch donnerstag freitag samstag sonntag
     lundi mardi mercredi jeudi vendredi samedi dimanche
     lunes martes miércoles jueves viernes sábado domingo
     lunedì martedì mercoledì giovedì venerdì",
);

/// True for the name of a weekday, in any case.
pub(in crate::format) fn is_weekday(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    if word.is_ascii() {
        return WEEKDAYS.contains(word);
    }
    LowercaseWord::of(word).is_some_and(|lower| WEEKDAYS.contains(lower.as_str()))
}

/// Parses a day: `Feb 26`, `26 February`, `26 de febrero`, `Aug 29, 2014`, `21 jan 2019`, `1 LUG`, `23/07`,
/// `25-11-2023`, `2016-07-06`, `Monday`.
pub(in crate::format) fn parse_day(text: &str) -> Option<WrittenDay> {
    let text = text.trim().trim_end_matches('.');
    if text.len() > 40 || text.is_empty() {
        return None;
    }
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return is_weekday(text).then_some(WrittenDay::Weekday);
    }
    let mut parts = parts(text);
    // `Tuesday, July 5, 2016`
    let mut first = parts.next()?;
    if is_weekday(first) {
        first = parts.next()?;
    }
    if first.starts_with(|c: char| c.is_ascii_alphabetic()) && month_number(first).is_none() {
        return None;
    }
    let Some(second) = parts.next() else {
        return parse_numeric(first);
    };
    let year = match parts.next() {
        Some(word) => Some(full_year(word)?),
        None => None,
    };
    if parts.next().is_some() {
        return None;
    }
    // Day and month may come in either order.
    let (month, day) = match month_number(first) {
        Some(month) => (month, number(second)?),
        None => (month_number(second)?, number(first)?),
    };
    checked_day(year, month, day)
}

/// Splits at spaces and commas, skipping `de` and `del` (`26 de febrero`) and keeping two-word Arabic months together.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let bytes = rest.as_bytes();
            let mut gaps = bytes.iter().enumerate().filter_map(|(at, b)| match b {
                b' ' | b',' => Some((at, 1)),
                0xc2 if bytes[at..].starts_with(b"\xc2\xa0") => Some((at, 2)),
                _ => None,
            });
            let mut next = || gaps.next().unwrap_or((rest.len(), 0));
            let (mut end, mut gap) = next();
            if is_first_half(&rest[..end]) {
                (end, gap) = next();
            }
            let part = &rest[..end];
            rest = &rest[end + gap..];
            if !matches!(part, "" | "de" | "del") {
                return Some(part);
            }
        }
        None
    })
}

/// Parses `23/07`, `23.07.2016`, `2016-07-06`: day before month, unless that gives no valid date.
fn parse_numeric(text: &str) -> Option<WrittenDay> {
    let mark = ['/', '-', '.'].into_iter().find(|&m| text.contains(m))?;
    let parts: Vec<&str> = text.split(mark).collect();
    match parts[..] {
        [first, second] if mark == '/' || mark == '.' => {
            let (first, second) = (number(first)?, number(second)?);
            checked_day(None, second, first).or_else(|| checked_day(None, first, second))
        }
        [first, second, third] if first.len() == 4 => {
            checked_day(Some(full_year(first)?), number(second)?, number(third)?)
        }
        [first, second, third] => {
            let (year, first, second) = (full_year(third)?, number(first)?, number(second)?);
            checked_day(Some(year), second, first)
                .or_else(|| checked_day(Some(year), first, second))
        }
        _ => None,
    }
}

/// Parses the number of a day as written in a date, see [`number`].
pub(super) fn day_number(word: &str) -> Option<i8> {
    number(word)
}

/// Parses one or two digits, with or without an ordinal ending (`1st`, `1er`, `1º`, `1.`).
fn number(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let ending = &word[digits.len()..];
    if !ending.is_empty() && ![".", "st", "nd", "rd", "th", "er", "º", "°"].contains(&ending)
        || digits.len() > 2
    {
        return None;
    }
    digits.parse().ok()
}

/// Parses a year of four digits. In a day without a time, two digits may be anything.
fn full_year(word: &str) -> Option<i16> {
    parse_year(word).filter(|_| word.len() == 4)
}

/// Parses a year of four digits, or of two or three as in RFC 5322, section 4.3: 00 to 49 are in the 21st century, and
/// 1900 is added to all others. Anything outside 1800 to 2999 is more likely a time or a count.
pub(in crate::format) fn parse_year(text: &str) -> Option<i16> {
    let year: i16 = text.parse().ok()?;
    match (text.len(), year) {
        (2, ..50) => Some(2000 + year),
        (2 | 3, _) => Some(1900 + year),
        (4, 1800..=2999) => Some(year),
        _ => None,
    }
}

/// A date, if the calendar has it.
fn checked_day(year: Option<i16>, month: i8, day: i8) -> Option<WrittenDay> {
    // 2000 was a leap year, so that 29 February is valid without a year.
    Date::new(year.unwrap_or(2000), month, day).ok()?;
    Some(WrittenDay::Date(DatelineDate { year, month, day }))
}

/// Converts a date to a time. A missing year becomes the latest one for which the date is at most two days after the
/// time of the file, since wires carry dates of the recent past; without a file time there is no result. The flag is
/// true if the year was inferred.
pub(in crate::format) fn resolve_date(
    date: DatelineDate,
    file_time: Option<Stamp>,
) -> Option<(Stamp, bool)> {
    if let Some(year) = date.year {
        let day = Date::new(year, date.month, date.day).ok()?;
        return Some((Stamp::from_date(day)?, false));
    }
    let latest = latest_day(file_time?)?;
    // Any nine consecutive years include a 29 February, even around 1900 and 2100.
    (0..=8)
        .find_map(|back| {
            let day = Date::new(latest.year().checked_sub(back)?, date.month, date.day).ok()?;
            (day <= latest).then(|| Stamp::from_date(day)).flatten()
        })
        .map(|stamp| (stamp, true))
}

/// The latest day that a dispatch in a file of this time may name: two days after that of the file, to allow for time
/// zones and for clocks that are wrong.
fn latest_day(file_time: Stamp) -> Option<Date> {
    let now = Timestamp::from_second(file_time.seconds).ok()?;
    let day = now.to_zoned(TimeZone::UTC).date();
    day.checked_add(Span::new().days(2)).ok()
}

/// The latest date with this day of the month that is not after [`latest_day`].
pub(in crate::format) fn day_of_month(day: i8, file_time: Option<Stamp>) -> Option<Date> {
    let latest = latest_day(file_time?)?;
    let mut month = latest.first_of_month();
    // No two months in a row lack the same day, so this finds one.
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

// Month names.

/// A word in lower case, stored without an allocation: names of days and months are short.
struct LowercaseWord([u8; 32], usize);

impl LowercaseWord {
    /// `None` if the word is longer than 32 bytes.
    fn of(word: &str) -> Option<Self> {
        let mut lower = Self([0; 32], word.len());
        let bytes = lower.0.get_mut(..word.len())?;
        bytes.copy_from_slice(word.as_bytes());
        if word.is_ascii() {
            bytes.make_ascii_lowercase();
        } else {
            let small = word.to_lowercase();
            lower.1 = small.len();
            lower.0.get_mut(..small.len())?.copy_from_slice(small.as_bytes());
        }
        Some(lower)
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0[..self.1]).unwrap_or("")
    }
}

/// True if a word may name a month, judged by its first byte. A cheap first check.
fn begins_as_month(word: &str) -> bool {
    matches!(
        word.as_bytes().first().map(u8::to_ascii_lowercase),
        Some(
            b'j' | b'f'
                | b'm'
                | b'a'
                | b's'
                | b'o'
                | b'n'
                | b'd'
                | b'e'
                | b'g'
                | b'l'
                | b'k'
                | b'c'
                | b'w'
                | b'p'
                | b'h'
                | b't'
                | 0xc3..
        )
    )
}

/// The number of a month, 1..=12, from its name or a common abbreviation, in any case. Knows English, German, French,
/// Spanish, Italian, Portuguese, Dutch, Polish, Turkish, Greek, Russian and Arabic.
pub(in crate::format) fn month_number(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    if word.len() < 3 || !begins_as_month(word) {
        return None;
    }
    // From 0xce on, UTF-8 lead bytes are those of Greek and later scripts.
    if word.as_bytes()[0] >= 0xce {
        return non_latin_month(word);
    }
    Some(match LowercaseWord::of(word)?.as_str() {
        "jan" | "jän" | "janv" | "ene" | "gen" | "january" | "januar" | "jänner" | "janvier"
        | "enero" | "gennaio" | "janeiro" | "januari" | "stycznia" | "styczeń" | "ocak" => 1,
        "feb" | "fév" | "fev" | "févr" | "february" | "februar" | "feber" | "février"
        | "febrero" | "febbraio" | "fevereiro" | "februari" | "lutego" | "luty" | "şubat" => 2,
        "mar" | "mär" | "mrt" | "mrz" | "march" | "märz" | "mars" | "marzo" | "março" | "maart"
        | "marca" | "marzec" | "mart" => 3,
        "apr" | "avr" | "abr" | "april" | "avril" | "abril" | "aprile" | "kwietnia"
        | "kwiecień" | "nisan" | "ni\u{307}san" => 4,
        "may" | "mai" | "mag" | "mei" | "mayo" | "maio" | "maggio" | "maja" | "maj" | "mayıs"
        | "mayis" => 5,
        "jun" | "giu" | "june" | "juni" | "juin" | "junio" | "giugno" | "junho" | "czerwca"
        | "czerwiec" | "haziran" | "hazi\u{307}ran" => 6,
        "jul" | "juil" | "lug" | "july" | "juli" | "juillet" | "julio" | "luglio" | "julho"
        | "lipca" | "lipiec" | "temmuz" => 7,
        "aug" | "ago" | "août" | "aout" | "august" | "agosto" | "augustus" | "sierpnia"
        | "sierpień" | "ağustos" => 8,
        "sep" | "sept" | "set" | "sett" | "september" | "septembre" | "septiembre"
        | "setiembre" | "settembre" | "setembro" | "września" | "wrzesień" | "eylül" => 9,
        "oct" | "okt" | "ott" | "out" | "october" | "oktober" | "octobre" | "octubre"
        | "ottobre" | "outubro" | "października" | "październik" | "ekim" | "eki\u{307}m" => 10,
        "nov" | "november" | "novembre" | "noviembre" | "novembro" | "listopada" | "listopad"
        | "kasım" | "kasim" => 11,
        "dec" | "dez" | "déc" | "dic" | "december" | "dezember" | "décembre" | "diciembre"
        | "dicembre" | "dezembro" | "grudnia" | "grudzień" | "aralık" | "aralik" => 12,
        _ => return None,
    })
}

/// Like [`month_number`], with further languages that only databases of articles print: Swedish, Norwegian, Czech,
/// Hungarian, Finnish, Romanian, Catalan, Indonesian.
pub(super) fn any_month_number(word: &str) -> Option<i8> {
    if let Some(month) = month_number(word) {
        return Some(month);
    }
    Some(match word.trim_end_matches('.').to_lowercase().as_str() {
        "ledna" | "január" | "tammikuuta" | "ianuarie" | "gener" => 1,
        "února" | "február" | "helmikuuta" | "februarie" | "febrer" | "febr" => 2,
        "března" | "március" | "maaliskuuta" | "martie" | "març" | "maret" => 3,
        "dubna" | "április" | "huhtikuuta" | "aprilie" => 4,
        "května" | "május" | "toukokuuta" | "maig" => 5,
        "června" | "június" | "kesäkuuta" | "iunie" | "juny" => 6,
        "července" | "július" | "heinäkuuta" | "iulie" | "juliol" => 7,
        "srpna" | "augusztus" | "elokuuta" | "augusti" | "agost" | "agustus" => 8,
        "září" | "szeptember" | "syyskuuta" | "septembrie" | "setembre" => 9,
        "října" | "október" | "lokakuuta" | "octombrie" => 10,
        "listopadu" | "marraskuuta" | "noiembrie" => 11,
        "prosince" | "joulukuuta" | "decembrie" | "desember" | "desembre" => 12,
        _ => return None,
    })
}

/// True for the first word of the Arabic months with two-word names.
fn is_first_half(word: &str) -> bool {
    matches!(word, "تشرين" | "كانون")
}

/// Months in Greek, Russian and Arabic. Accents are ignored, as is an alternative name after a slash
/// (`تشرين الثاني/نوفمبر`).
fn non_latin_month(word: &str) -> Option<i8> {
    let word = word.split('/').next()?;
    if word.len() > 32 {
        return None;
    }
    let small = word.chars().flat_map(char::to_lowercase);
    let letters = small.filter(|c| !matches!(c, '\u{300}'..='\u{36f}'));
    let plain: String = letters.map(plain).collect();
    Some(match plain.as_str() {
        "ιανουαριου"
        | "ιανουαριοσ"
        | "ιαν"
        | "января"
        | "январь"
        | "янв"
        | "يناير"
        | "كانون الثاني"
        | "جانفي" => 1,
        "φεβρουαριου"
        | "φεβρουαριοσ"
        | "φεβ"
        | "февраля"
        | "февраль"
        | "фев"
        | "февр"
        | "فبراير"
        | "شباط"
        | "فيفري" => 2,
        "μαρτιου" | "μαρτιοσ" | "μαρ" | "марта" | "март" | "мар" | "مارس" | "اذار" => {
            3
        }
        "απριλιου" | "απριλιοσ" | "απρ" | "апреля" | "апрель" | "апр" | "ابريل" | "نيسان"
        | "افريل" => 4,
        "μαιου" | "μαιοσ" | "μαι" | "мая" | "май" | "مايو" | "ايار" | "ماي" => {
            5
        }
        "ιουνιου" | "ιουνιοσ" | "ιουν" | "июня" | "июнь" | "июн" | "يونيو" | "يونيه" | "حزيران"
        | "جوان" => 6,
        "ιουλιου" | "ιουλιοσ" | "ιουλ" | "июля" | "июль" | "июл" | "يوليو" | "يوليه" | "تموز"
        | "جويلية" => 7,
        "αυγουστου" | "αυγουστοσ" | "αυγ" | "августа" | "август" | "авг" | "اغسطس" | "اب"
        | "اوت" => 8,
        "σεπτεμβριου"
        | "σεπτεμβριοσ"
        | "σεπ"
        | "σεπτ"
        | "сентября"
        | "сентябрь"
        | "сен"
        | "сент"
        | "سبتمبر"
        | "ايلول" => 9,
        "οκτωβριου"
        | "οκτωβριοσ"
        | "οκτ"
        | "октября"
        | "октябрь"
        | "окт"
        | "اكتوبر"
        | "تشرين الاول" => 10,
        "νοεμβριου"
        | "νοεμβριοσ"
        | "νοε"
        | "ноября"
        | "ноябрь"
        | "ноя"
        | "нояб"
        | "نوفمبر"
        | "تشرين الثاني" => 11,
        "δεκεμβριου"
        | "δεκεμβριοσ"
        | "δεκ"
        | "декабря"
        | "декабрь"
        | "дек"
        | "ديسمبر"
        | "كانون الاول" => 12,
        _ => return None,
    })
}

/// Maps a lower-case letter to its form without accents, since writers may omit them.
fn plain(c: char) -> char {
    match c {
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        'أ' | 'إ' | 'آ' => 'ا',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, year: Option<i16>, month: i8, day: i8) {
        let date = DatelineDate { year, month, day };
        assert_eq!(parse_day(text), Some(WrittenDay::Date(date)), "{text}");
    }

    #[test]
    fn reads_days_in_many_layouts() {
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
        assert_eq!(parse_day("Monday"), Some(WrittenDay::Weekday));
    }

    #[test]
    fn reads_months_of_many_languages() {
        check("19 Νοεμβρίου", None, 11, 19);
        check("1 ΜΑΪΟΥ 2026", Some(2026), 5, 1);
        check("Σεπτέμβριος 3", None, 9, 3);
        check("7 Αυγ. 2025", Some(2025), 8, 7);
        check("2 октября", None, 10, 2);
        check("МАЙ 9", None, 5, 9);
        check("5 сент. 2024", Some(2024), 9, 5);
        check("11 listopada 2026", Some(2026), 11, 11);
        check("1 WRZEŚNIA", None, 9, 1);
        check("29 Ekim 2023", Some(2023), 10, 29);
        check("3 ŞUBAT", None, 2, 3);
        check("23 NİSAN", None, 4, 23);
        check("6 maart", None, 3, 6);
        check("19 de noviembre de 2026", Some(2026), 11, 19);
        check("8 نوفمبر 2026", Some(2026), 11, 8);
        check("8 تشرين الثاني 2026", Some(2026), 11, 8);
        check("8 كانون الأول/ديسمبر", None, 12, 8);
        check("4 أيار", None, 5, 4);
        check("4 إبريل", None, 4, 4);
        check("4 آب 2026", Some(2026), 8, 4);
    }

    #[test]
    fn knows_all_months_of_a_language() {
        for year in [
            "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
            "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου Νοεμβρίου Δεκεμβρίου",
            "Ιανουάριος Φεβρουάριος Μάρτιος Απρίλιος Μάιος Ιούνιος Ιούλιος Αύγουστος Σεπτέμβριος Οκτώβριος Νοέμβριος Δεκέμβριος",
            "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
            "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
            "januari februari maart april mei juni juli augustus september oktober november december",
            "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
            "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
            "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
        ] {
            let months: Vec<_> = year.split(' ').map(month_number).collect();
            assert_eq!(months, (1..=12).map(Some).collect::<Vec<_>>(), "{year}");
            let loud: Vec<_> = year.to_uppercase().split(' ').map(month_number).collect();
            assert_eq!(loud, months, "{year}");
        }
    }

    #[test]
    fn rejects_what_is_not_a_day() {
        for text in ["", "Feb", "Feb 30", "Marx 3", "26", "40/13", "May be", "3 of 4"] {
            assert_eq!(parse_day(text), None, "{text}");
        }
    }

    #[test]
    fn infers_the_year_from_the_file() {
        let file = Stamp::parse("2026-01-02");
        let when = |month, day| {
            let date = DatelineDate { year: None, month, day };
            resolve_date(date, file).map(|(stamp, inferred)| (stamp.to_rfc3339(), inferred))
        };
        assert_eq!(when(12, 30), Some(("2025-12-30".into(), true)));
        assert_eq!(when(1, 4), Some(("2026-01-04".into(), true)));
        assert_eq!(when(1, 5), Some(("2025-01-05".into(), true)));
        assert_eq!(when(2, 29), Some(("2024-02-29".into(), true)));
        let date = DatelineDate { year: None, month: 1, day: 1 };
        assert_eq!(resolve_date(date, None), None);
    }
}
