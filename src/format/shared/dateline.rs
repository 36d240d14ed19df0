//! Parses the dateline at the start of a lead, in the styles of many agencies. Knows nothing of files or formats.
//!
//! The grammar is `PLACE {", " PLACE} [", " DATE] [" (" AGENCY ")"] SEP`. Some agencies put their name between slashes
//! or without brackets, or a region in brackets after the place. There must be a date, an agency or a place in
//! capitals, so that an ordinary sentence with a dash is not taken for a dateline.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;

use crate::dispatch::{Dateline, DatelineDate};
use crate::format::shared::dateline_names::{self, LetterCase, is_place_name};
use crate::format::shared::dates::{WrittenDay, parse_day};

pub(in crate::format) use crate::format::shared::dateline_names::is_known_agency;

/// A dateline must end within this many bytes of the lead.
const MAX_LENGTH: usize = 240;

/// A parsed dateline with the start of the lead that it was parsed from. Parsers that look for a dateline early pass it
/// on, so that it is not parsed twice.
pub(in crate::format) struct LeadDateline<'a>(&'a str, Dateline);

impl<'a> LeadDateline<'a> {
    /// Parses the dateline of a lead.
    pub(in crate::format) fn parse(lead: &'a str) -> Option<Self> {
        Some(Self(limit_length(lead), parse(lead)?))
    }

    /// True if a text begins with the lead of this dateline.
    pub(in crate::format) fn begins_text(&self, text: &str) -> bool {
        text.trim_ascii_start().starts_with(self.0)
    }

    /// The agency of the dateline.
    pub(in crate::format) fn agency(&self) -> Option<&str> {
        self.1.agency.as_deref()
    }

    /// The dateline itself; its range is into its own lead.
    pub(in crate::format) fn into_dateline(self) -> Dateline {
        self.1
    }

    /// The dateline, if it was parsed from this lead.
    pub(in crate::format) fn for_lead(self, lead: &str) -> Option<Dateline> {
        (self.0 == limit_length(lead)).then_some(self.1)
    }
}

/// The part of a lead that a dateline may take up. Nothing beyond it is examined, so equal parts give equal datelines.
fn limit_length(lead: &str) -> &str {
    &lead[..lead.floor_char_boundary(MAX_LENGTH)]
}

/// Parses the dateline at the start of a lead; its range is into the lead. `None` if in doubt.
pub(in crate::format) fn parse(lead: &str) -> Option<Dateline> {
    let head = limit_length(lead);
    let start = head.len() - head.trim_ascii_start().len();
    let head = &head[start..];
    let marks = Marks::of(head)?;
    let if_non_ascii = |parse: fn(&str) -> _| marks.non_ascii.then(|| parse(head))?;
    let if_brackets = |parse: fn(&str) -> _| marks.brackets.then(|| parse(head))?;
    // The styles in order from the most to the least distinctive.
    let (mut dateline, end) = if_non_ascii(parse_bracketed)
        .or_else(|| if_brackets(parse_agency_first))
        .or_else(|| if_brackets(|head| parse_with_agency(head, '(', ')')))
        .or_else(|| if_non_ascii(|head| parse_with_agency(head, '（', '）')))
        .or_else(|| marks.slashes.then(|| parse_with_agency(head, '/', '/'))?)
        .or_else(|| (marks.dashes || marks.non_ascii).then(|| parse_bare(head))?)?;
    dateline.range = Some(start..start + end);
    Some(dateline)
}

/// Parses a dateline that the wire sent in a field of its own, so the whole text is taken as one. The flag is true if
/// it has the full form of a dateline and would parse to the same result at the start of a lead.
pub(in crate::format) fn parse_field(text: &str) -> (Dateline, bool) {
    let text = without_separator(text.trim());
    // A separator is appended, since the grammar requires one. A result for only a part of the field is discarded.
    let parsed = parse(&[text, " -"].concat())
        .filter(|found| found.text.len() + 6 > text.len().min(MAX_LENGTH));
    let formal = parsed.as_ref().is_some_and(|found| found.text == text);
    let mut dateline = parsed.unwrap_or_else(|| {
        let (place, country, date) =
            parse_names(text).unwrap_or_else(|| (Some(text.to_owned()), None, None));
        Dateline { place, country, date, ..Dateline::default() }
    });
    text.clone_into(&mut dateline.text);
    dateline.range = None;
    (dateline, formal)
}

/// Strips the separator from the end of a dateline field, but not the full stop of an abbreviation (`N.D.`).
fn without_separator(text: &str) -> &str {
    if text.ends_with(|c: char| c.is_ascii_alphanumeric() || c == ')') {
        return text;
    }
    let mut rest = text;
    loop {
        let dashes = [' ', '-', '_', '=', ':', '—', '–', '―', '─'];
        let next = rest.trim_end_matches(dashes);
        let next = match next.strip_suffix('.') {
            Some(front) if front.ends_with([')', '/', '）']) => front,
            _ => next,
        };
        match next.len() {
            0 => return text,
            length if length == rest.len() => return rest,
            _ => rest = next,
        }
    }
}

/// The byte range of a known dateline at the start of a lead, including the separator, or `None` if the lead does not
/// begin with it.
pub(in crate::format) fn range_of(text: &str, lead: &str) -> Option<Range<usize>> {
    let after = lead.strip_prefix(text)?;
    let after = separator_length(&after[..after.floor_char_boundary(MAX_LENGTH)])?;
    Some(0..text.len() + after)
}

/// Place, country and date.
type Parts = (Option<String>, Option<String>, Option<DatelineDate>);

/// Parses the part of a dateline before the agency; `None` if anything in it is neither a place nor a date.
fn parse_names(text: &str) -> Option<Parts> {
    let text = text.trim();
    if text.is_empty() || text.len() > 140 {
        return None;
    }
    let (names, date) = match split_trailing_day(text) {
        Some((names, WrittenDay::Date(date))) => (names, Some(date)),
        Some((names, WrittenDay::Weekday)) => (names, None),
        None => (Cow::Borrowed(text), None),
    };
    if names.is_empty() {
        return Some((None, None, date));
    }
    // The place comes first; what follows are regions and countries, from small to large.
    let mut names = names.split([',', '،', '、']).map(str::trim).filter(|name| !name.is_empty());
    let first = names.next()?;
    let region = first.strip_suffix(')').and_then(|name| name.split_once('('));
    let (place, region) = match region {
        Some((place, region)) => (place.trim_end(), Some(region.trim())),
        None => (first, None),
    };
    if !is_place_name(place) {
        return None;
    }
    let rest: Vec<&str> = region.into_iter().chain(names).collect();
    if rest.len() > 3 || !rest.iter().all(|name| is_place_name(name)) {
        return None;
    }
    let country = (!rest.is_empty()).then(|| rest.join(", "));
    Some((Some(place.to_owned()), country, date))
}

/// Splits off a day at the end of a text: `BRUXELLES 23/07`, `STOCKHOLM, Aug 29, 2014`, `MOSCOW, Monday`.
fn split_trailing_day(text: &str) -> Option<(Cow<'_, str>, WrittenDay)> {
    let bytes = text.as_bytes();
    let after_gap =
        |at: usize| matches!(bytes[at - 1], b' ' | b',') || bytes[..at].ends_with("،".as_bytes());
    let starts = (0..bytes.len())
        .rev()
        .filter(|&at| !matches!(bytes[at], b' ' | b',') && (at == 0 || after_gap(at)));
    // The longest of the last few groups of words that is a day; `3 de febrero de 2026` has five words.
    let mut best = None;
    for at in starts.take(6) {
        if let Some(found) = parse_day(&text[at..]) {
            best = Some((at, found));
        }
    }
    let (at, found) = best?;
    let before = text[..at].trim_end_matches([' ', ',', '،', '\u{a0}']);
    Some((Cow::Borrowed(before), found))
}

// Dateline styles.

/// Length in bytes of the separator at the start of a text, including the white space around it, if there is one.
pub(super) fn separator_length(text: &str) -> Option<usize> {
    let rest = text.trim_ascii_start();
    let mut at = text.len() - rest.len();
    let mut found = false;
    loop {
        let rest = &text[at..];
        let first = rest.chars().next();
        let length = match first {
            Some('—' | '–' | '―' | '─') => first.map_or(0, char::len_utf8),
            Some('-') if rest.starts_with("--") => 2,
            Some('.') if rest.starts_with(".-") => 2,
            Some('-' | '_' | '=' | '.' | ':') => 1,
            _ => break,
        };
        let after = &rest[length..];
        // Short marks need a space after them: `AP-NEWS` or `10:30` contain no separator.
        let tight = matches!(first, Some('—' | '–' | '―' | '─')) || rest.starts_with("--");
        if !(tight || after.is_empty() || after.starts_with([' ', '\t'])) {
            break;
        }
        found = true;
        at += length;
        at += after.len() - after.trim_ascii_start().len();
    }
    found.then_some(at)
}

/// Japanese style: `【東京=XX】`. Like all functions of this section, returns the dateline without a range, and the byte
/// offset where the text begins.
pub(super) fn parse_bracketed(head: &str) -> Option<(Dateline, usize)> {
    let inner = head.strip_prefix('【')?;
    let end = inner.find('】').filter(|&end| end <= 90)?;
    let (text, inner) = (&head[..'【'.len_utf8() + end + '】'.len_utf8()], &inner[..end]);
    let (place, agency) = inner.split_once(['=', '＝'])?;
    let after = &head[text.len()..];
    let space = after.len() - after.trim_start_matches([' ', '\u{3000}']).len();
    let dateline = Dateline {
        text: text.to_owned(),
        place: Some(place.trim().to_owned()).filter(|place| !place.is_empty()),
        agency: Some(agency.trim().to_owned()).filter(|agency| !agency.is_empty()),
        ..Dateline::default()
    };
    Some((dateline, text.len() + space))
}

/// ANSA style, agency first: `(ANSA) - ROMA, 1 LUG - `.
pub(super) fn parse_agency_first(head: &str) -> Option<(Dateline, usize)> {
    let inner = head.strip_prefix('(')?;
    let (agency, _) = inner.split_once(')')?;
    if !dateline_names::agency_form(agency)?.is_agency() {
        return None;
    }
    let mut at = agency.len() + 2;
    at += separator_length(&head[at..])?;
    let (mut dateline, end) = parse_bare(&head[at..])?;
    let text = head[..at + dateline.text.len()].to_owned();
    dateline.text = text;
    dateline.agency = Some(agency.trim().to_owned());
    Some((dateline, at + end))
}

/// The most common style: `PLACE, DATE (AGENCY) — ` or `PLACE, DATE. /AGENCY/. `.
pub(super) fn parse_with_agency(head: &str, open: char, close: char) -> Option<(Dateline, usize)> {
    let slashes = open == '/';
    for (at, _) in head.match_indices(open).take(4) {
        let inner = &head[at + open.len_utf8()..];
        let Some(length) = inner.find(close) else {
            break;
        };
        let agency = &inner[..length];
        let before = &head[..at];
        // A slash may also be part of a place (`Frankfurt/Main`) or a date.
        if slashes && !before.ends_with(' ') {
            continue;
        }
        if open == '(' && is_region(agency, &head[at + length + 2..]) {
            continue;
        }
        let form = dateline_names::agency_form(agency)?;
        let end = at + open.len_utf8() + length + close.len_utf8();
        let sep = separator_length(&head[end..]);
        let before = before.trim().trim_end_matches(['.', ',']);
        if before.is_empty() {
            return None;
        }
        let (place, country, date) = parse_names(before)?;
        let caps = place
            .as_deref()
            .is_none_or(|place| dateline_names::letter_case(place) == LetterCase::All);
        // The less the name is certain to be an agency, the more of the rest must look like a dateline.
        if !(form.known
            || form.lowercase && !slashes && opens_text(&head[end..], sep)
            || form.is_agency() && (sep.is_some() || caps && !head[end..].trim().is_empty()))
        {
            return None;
        }
        let spaces = || head[end..].len() - head[end..].trim_ascii_start().len();
        let dateline = Dateline {
            text: head[..end].to_owned(),
            place,
            country,
            date,
            agency: Some(agency.trim().to_owned()),
            range: None,
        };
        return Some((dateline, end + sep.unwrap_or_else(spaces)));
    }
    None
}

/// True if a dash follows, and then a text that begins with a capital or a quotation mark.
fn opens_text(after: &str, separator: Option<usize>) -> bool {
    let first = separator.and_then(|length| after[length..].chars().next());
    after.trim_ascii_start().starts_with(['-', '–', '—', '_'])
        && first.is_some_and(|c| !c.is_lowercase() && !c.is_whitespace())
}

/// True for a name in brackets that is a region rather than an agency, since the dateline continues after it, as in
/// `PLACE (REGION), DATE`.
fn is_region(name: &str, after: &str) -> bool {
    let next = after.trim_ascii_start();
    let continues = matches!(next.as_bytes().first(), Some(b',' | b'(')) || next.starts_with('،');
    continues && is_place_name(name) && !is_known_agency(name)
}

/// True for initials that may name an agency.
fn is_initials(word: &str) -> bool {
    (2..=6).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_uppercase())
        && dateline_names::agency_form(word).is_some()
}

/// Styles without an agency in brackets: `PLACE, DATE - `, `PLACE, DATE AGENCY - `, `PLACE, COUNTRY - ` and `PLACE - `.
pub(super) fn parse_bare(head: &str) -> Option<(Dateline, usize)> {
    // The separator must be among the first 120 characters.
    let reach = head.char_indices().nth(120).map_or(head.len(), |(at, _)| at);
    let end = head.as_bytes()[..reach]
        .iter()
        .enumerate()
        .filter(|&(at, b)| match b {
            b'-' | b'_' | b'=' => head[..at].ends_with([' ', '\t']),
            0xe2 => head[at..].starts_with(['—', '–', '―']),
            _ => false,
        })
        .find_map(|(at, _)| separator_length(&head[at..]).map(|length| (at, at + length)))?;
    let (at, end) = end;
    let before = head[..at].trim_ascii_end();
    let (mut agency, mut named) = (None, parse_names(before));
    if named.as_ref().is_none_or(|(.., date)| date.is_none()) {
        // The agency may follow the date without brackets: `Dec. 9 Kyodo - `.
        if let Some((front, last)) = before.rsplit_once(' ')
            && (is_known_agency(last) || has_day(front) && is_initials(last))
            && let Some(front) = parse_names(front)
        {
            agency = Some(last.to_owned());
            named = Some(front);
        }
    }
    let (place, country, date) = named?;
    let caps = match &place {
        Some(place) => {
            dateline_names::letter_case(place) == LetterCase::All && place.chars().count() > 2
        }
        None => false,
    };
    // A place alone must be in capitals. Before `=`, even that is not enough, since headlines of IPTC 7901 end so.
    let dated = has_day(before);
    let equals = head[at..].starts_with('=');
    if !(dated && place.is_some() || agency.is_some() || caps && !equals) {
        return None;
    }
    let dateline = Dateline { text: before.to_owned(), place, country, date, agency, range: None };
    Some((dateline, end))
}

/// True if the text ends with a date or a weekday.
fn has_day(text: &str) -> bool {
    let last = text.rsplit([',', '،']).next().unwrap_or("");
    parse_day(last).is_some() || split_trailing_day(text).is_some()
}

/// Kyodo style without a separator between place and agency: `【函館共同】`. Only for a lead whose dateline was also
/// sent in a field, since labels are written the same way.
pub(in crate::format) fn parse_top_brackets(lead: &str) -> Option<Dateline> {
    // Labels: breaking, correction, extra, resend, update, exclusive, details, attention, schedule.
    const LABELS: [&str; 9] =
        ["速報", "訂正", "号外", "再送", "更新", "独自", "詳報", "注意", "予定"];
    let (name, after) = limit_length(lead).strip_prefix('【')?.split_once('】')?;
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '・' | '＝' | '=' | ' ');
    if !(2..=12).contains(&name.chars().count())
        || !name.chars().all(fits)
        || LABELS.iter().any(|label| name.contains(label))
    {
        return None;
    }
    let end = name.len() + 2 * '【'.len_utf8();
    let space = after.len() - after.trim_start_matches([' ', '\u{3000}']).len();
    Some(Dateline {
        text: lead[..end].to_owned(),
        range: Some(0..end + space),
        ..Dateline::default()
    })
}

/// The start of an add, which says which story it continues: the place, then the last words of the previous take
/// (`PORT SALANE: and so on`). Unlike in a lead such as `NOTE: Rain fell`, the text resumes within a sentence.
pub(in crate::format) fn parse_add_dateline(lead: &str) -> Option<Dateline> {
    let (place, after) = limit_length(lead).split_once(": ")?;
    let continues = |c: char| c.is_lowercase() || c.is_ascii_digit();
    if place.len() < 3
        || !is_place_name(place)
        || dateline_names::letter_case(place) == LetterCase::Mixed
        || !after.trim_ascii_start().starts_with(continues)
    {
        return None;
    }
    let end = lead.len() - lead[place.len() + 2..].trim_ascii_start().len();
    Some(Dateline {
        text: place.to_owned(),
        place: Some(place.to_owned()),
        range: Some(0..end),
        ..Dateline::default()
    })
}

/// True for a dateline that [`parse_add_dateline`] parsed from this lead.
pub(in crate::format) fn is_add_dateline(dateline: &Dateline, lead: Option<&str>) -> bool {
    let after = lead.and_then(|lead| lead.strip_prefix(dateline.text.as_str()));
    dateline.place.as_ref() == Some(&dateline.text)
        && after.is_some_and(|rest| rest.starts_with(':'))
}

/// The kinds of punctuation at the start of a lead. A cheap first check: each dateline style is only tried if its
/// punctuation is there.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools)] // One for each kind.
pub(super) struct Marks {
    pub brackets: bool,
    pub slashes: bool,
    pub dashes: bool,
    /// Any character beyond ASCII.
    pub non_ascii: bool,
}

impl Marks {
    /// `None` if there can be no dateline, because of the first character or for lack of any punctuation.
    pub(super) fn of(head: &str) -> Option<Self> {
        let first = head.chars().next()?;
        if !(first.is_ascii_uppercase()
            || !first.is_ascii() && first.is_alphabetic()
            || matches!(first, '(' | '【' | '［'))
        {
            return None;
        }
        let bytes = head.as_bytes();
        let marks = Self {
            brackets: memchr::memchr(b'(', bytes).is_some(),
            slashes: memchr::memchr(b'/', bytes).is_some(),
            dashes: memchr::memchr3(b'-', b'_', b'=', bytes).is_some(),
            non_ascii: !bytes.is_ascii(),
        };
        (marks.brackets || marks.slashes || marks.dashes || marks.non_ascii).then_some(marks)
    }
}

/// Limit on the cached datelines. The cache is cleared when full, which is rare: a wire has few datelines a day.
const MAX_CACHED: usize = 512;

/// Caches parsed dateline fields, since on a wire the same few come again and again.
#[derive(Debug, Default)]
pub(in crate::format) struct DatelineCache(
    RefCell<HashMap<Box<str>, (Dateline, bool), RandomState>>,
);

impl DatelineCache {
    /// Like [`parse_field`], cached.
    pub(in crate::format) fn parse_field(&self, text: &str) -> (Dateline, bool) {
        let mut cache = self.0.borrow_mut();
        if let Some(found) = cache.get(text) {
            return found.clone();
        }
        let found = parse_field(text);
        if cache.len() >= MAX_CACHED {
            cache.clear();
        }
        cache.insert(text.into(), found.clone());
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_returns_what_parsing_does() {
        let cache = DatelineCache::default();
        for number in 0..3 * MAX_CACHED {
            let text = format!("PORT SALANE, Jan {} (QNA)", number % 2 * number + 1);
            assert_eq!(cache.parse_field(&text), parse_field(&text), "{text}");
        }
        assert!(cache.0.borrow().len() <= MAX_CACHED);
    }

    /// Parses a text with marks: `⟦place⟧`, `⟨country⟩`, `«agency»`, and `|` where the text of the lead begins.
    #[track_caller]
    fn check(marked: &str, date: &str) {
        let text: String = marked.chars().filter(|c| !"⟦⟧⟨⟩«»|".contains(*c)).collect();
        let part = |open: char, close: char| {
            let start = marked.find(open)? + open.len_utf8();
            Some(marked[start..start + marked[start..].find(close)?].to_owned())
        };
        let Some(found) = parse(&text) else {
            panic!("no dateline in {text}");
        };
        assert_eq!(found.place, part('⟦', '⟧'), "place of {text}");
        assert_eq!(found.country, part('⟨', '⟩'), "country of {text}");
        assert_eq!(found.agency, part('«', '»'), "agency of {text}");
        let range = found.range.clone().unwrap_or_default();
        let rest = marked.split_once('|').map(|(_, rest)| rest.to_owned());
        assert_eq!(Some(text[range.end..].to_owned()), rest, "text of {text}");
        let written = found.date.map_or(String::new(), |date| {
            let year = date.year.map_or("-".into(), |year| year.to_string());
            format!("{year}-{:02}-{:02}", date.month, date.day)
        });
        assert_eq!(written, date, "date of {text}");
    }

    #[track_caller]
    fn check_none(text: &str) {
        assert_eq!(parse(text), None, "{text}");
    }

    #[test]
    fn place_and_agency() {
        check("⟦MOSCOW⟧, ⟨Russia⟩ («AFP») — |Rain fell.", "");
        // An unknown agency in lower case.
        check("⟦Nordvik⟧ («npr») - |Rain fell.", "");
        check("⟦Nordvik⟧ («npr») – |“Rain fell,” she said.", "");
        check_none("Nordvik (left) - Rain fell.");
        check_none("Nordvik (npr) - and rain fell.");
        check_none("Nordvik (npr): Rain fell.");
        check("⟦BUENOS AIRES⟧, ⟨Argentina⟩ («AP») _ |Rain fell.", "");
        check("⟦NEW YORK⟧ («AP») — |Rain fell.", "");
        check("⟦NEW YORK⟧ («AP») —|Rain fell.", "");
        check("⟦ST. LOUIS⟧ («AP») -- |Rain fell.", "");
        check("⟦N'DJAMENA⟧ («AFP») - |Rain fell.", "");
        check("⟦Berlin⟧ («dpa») - |Es regnet.", "");
        check("⟦Frankfurt/Main⟧ («dpa») - |Es regnet.", "");
        check("⟦Rom/Sydney⟧ («dpa») – |Es regnet.", "");
        check("⟦Peine⟧ («dpa/lni») - |Es regnet.", "");
        check("⟦Paris⟧ («ats afp») |Il pleut.", "");
        check("⟦Harbour City⟧ («QNA») - |Rain fell.", "");
        check("⟦LIMA⟧ («Thomson Reuters Foundation») - |Rain fell.", "");
    }

    #[test]
    fn with_a_date() {
        check("⟦STOCKHOLM⟧, Aug 29, 2014 («AFP») - |Rain fell.", "2014-08-29");
        check("⟦Gaza City⟧, ⟨Palestinian Territories⟩, May 16, 2021 («AFP») -|", "2021-05-16");
        check("⟦MOSCOW⟧, Monday («Reuters»)|", "");
        check("⟦MOSCOW⟧, Jan 3 («NWA») - |Rain fell.", "--01-03");
        check("    ⟦SALVADOR⟧, Feb 26 - |Rain fell.", "--02-26");
        check("⟦SALVADOR⟧, FEb 26 - - |Rain fell.", "--02-26");
        check("⟦Salvador⟧, 2 March - |Rain fell.", "--03-02");
        check("Jan 30 («Gracenote») - |Rain fell.", "--01-30");
        check("   ⟦BRUXELLES⟧ 23/07 («AFP-DPA-REUTER») = |Il pleut.", "--07-23");
        check("⟦ROMA⟧, 21 jan 2019 («XYZ») - |Piove.", "2019-01-21");
        check("(«ANSA») - ⟦ROMA⟧, 1 LUG - |Piove.", "--07-01");
        check("⟦MOSCOW⟧, January 21. /«TASS»/. |Rain fell.", "--01-21");
        check("⟦SAITAMA⟧, ⟨Japan⟩, Dec. 9 «Kyodo» - |Rain fell.", "--12-09");
        check("⟦AUSTIN⟧, ⟨Texas⟩, Feb. 1, 2017 /«PRNewswire-AsiaNet»/ --|", "2017-02-01");
        check("⟦OSLO⟧, Monday - |Rain fell.", "");
    }

    #[test]
    fn regions_in_brackets() {
        check("⟦VANNES⟧ (⟨Morbihan⟩), 3 févr 2026 («QNA») - |Il pleut.", "2026-02-03");
        check("⟦CONIL⟧ (⟨Cádiz⟩), 3 feb («EFE»).- |Llueve.", "--02-03");
        check("⟦LORIENT⟧ (⟨Morbihan⟩) («QNA») - |Il pleut.", "");
        check("⟦PARIS⟧ (⟨Texas⟩), Feb. 3 - |Rain fell.", "--02-03");
        check("⟦سوسة⟧ (⟨تونس⟩), 3-2-2026 («أ ف ب») - |نزل المطر", "2026-02-03");
        check("⟦LIMA⟧ («QNA») - |Rain (much of it), then hail (QNA) fell.", "");
    }

    #[test]
    fn agencies_without_brackets() {
        check("⟦TOULON⟧, ⟨France⟩, Feb. 3 «QNA» - |Rain fell.", "--02-03");
        check("⟦OTARU⟧, ⟨Japan⟩, Feb. 3 «QNA» -- |Rain fell.", "--02-03");
        check("⟦OSLO⟧, Monday «QNA» - |Rain fell.", "");
        check("Feb. 3 «QNA» - |Rain fell.", "--02-03");
        check_none("Rain fell on TV - and then on Oslo");
        check_none("Feb. 3 rain - and hail");
    }

    #[test]
    fn without_an_agency() {
        check("⟦LONDON⟧ — |Rain fell.", "");
        check("⟦MOSCOW⟧, ⟨Russia⟩ - |Rain fell.", "");
        check("⟦BADEN-BADEN⟧ – |Es regnet.", "");
    }

    #[test]
    fn other_scripts() {
        check("⟦نيقوسيا⟧, 25-11-2023 («أ ف ب») - |نزل المطر", "2023-11-25");
        check("⟦ΑΘΗΝΑ⟧ («XX») — |Βρέχει.", "");
        check("【⟦東京⟧=«XX»】|雨が降った。", "");
        check("⟦東京⟧ («XX») ― |雨が降った。", "");
        check("⟦МОСКВА⟧, 5 May («ТАСС») — |Идёт дождь.", "--05-05");
    }

    #[test]
    fn with_months_of_many_languages() {
        check("⟦ΧΑΝΙΑ⟧, 3 Φεβρουαρίου («QNA») - |Βρέχει.", "--02-03");
        check("⟦МУРМАНСК⟧, 3 февраля 2026 («ТАСС») — |Идёт дождь.", "2026-02-03");
        check("⟦Gdynia⟧, 3 lutego («PAP») - |Pada.", "--02-03");
        check("⟦سوسة⟧, 3 كانون الثاني 2026 («أ ف ب») - |نزل المطر", "2026-01-03");
        check("⟦VIGO⟧, 3 de febrero de 2026 («EFE») - |Llueve.", "2026-02-03");
    }

    #[test]
    fn datelines_that_need_further_evidence() {
        let check = |found: Option<Dateline>, text: &str, end: usize| {
            let found = found.unwrap_or_default();
            assert_eq!((found.text.as_str(), found.range), (text, Some(0..end)));
        };
        check(parse_top_brackets("【小樽共同】雨が降った。"), "【小樽共同】", 18);
        check(parse_add_dateline("COLD BAY: and then it rained."), "COLD BAY", 10);
        for lead in ["【速報】雨が降った。", "【雨、そして雪】雨が降った。", "小樽で雨"]
        {
            assert_eq!(parse_top_brackets(lead), None, "{lead}");
        }
        for lead in
            ["MAYOR: “It rained.”", "COLD BAY: Rain fell.", "Cold Bay: and then", "NOTE: and then"]
        {
            assert_eq!(parse_add_dateline(lead), None, "{lead}");
        }
    }

    #[test]
    fn leads_without_a_dateline() {
        check_none("");
        check_none("Police said (Friday) - nothing was lost.");
        check_none("Police said (AP) - nothing was lost.");
        check_none("The port - closed since May - opens.");
        check_none("The port (AFP) reopened.");
        check_none("Anna Lind (pictured) - the mayor - spoke.");
        check_none("URGENT - Port closed");
        check_none("UPDATE 1-Port closed");
        check_none("WARNING: rough sea");
        check_none("Two-day talks — and no end.");
        check_none("“We stay,” she said (AFP) - no more.");
        check_none("lower case (AP) - text");
        check_none("/x/y - no");
    }

    #[test]
    fn datelines_in_a_field() {
        let check = |text: &str, place: &str, country: Option<&str>, agency: Option<&str>| {
            let (found, formal) = parse_field(text);
            assert_eq!(found.text, text);
            assert_eq!(found.place.as_deref(), Some(place), "{text}");
            assert_eq!(found.country.as_deref(), country, "{text}");
            assert_eq!(found.agency.as_deref(), agency, "{text}");
            assert_eq!(found.range, None);
            let lead = format!("{text} — Rain fell.");
            let again = parse(&lead).filter(|_| formal);
            assert_eq!(again.map(|again| again.range), formal.then(|| range_of(text, &lead)));
        };
        check("OSLO, Norway, Mar 3 (QNA)", "OSLO", Some("Norway"), Some("QNA"));
        check("Oslo", "Oslo", None, None);
        check("OSLO, March 3", "OSLO", None, None);
        check("somewhere at sea", "somewhere at sea", None, None);
    }

    #[test]
    fn datelines_in_a_field_with_a_separator() {
        for (sent, text) in [
            ("OSLO, Norway, Mar 3 (QNA) --", "OSLO, Norway, Mar 3 (QNA)"),
            ("OSLO, March 3. /QNA/.", "OSLO, March 3. /QNA/"),
            ("OSLO, 3 MAR (QNA) =", "OSLO, 3 MAR (QNA)"),
            ("OSLO —", "OSLO"),
            ("VIGO (EFE).-", "VIGO (EFE)"),
            ("AMES, N.D.", "AMES, N.D."),
            ("--", "--"),
        ] {
            assert_eq!(parse_field(sent).0.text, text);
        }
        assert_eq!(parse_field("OSLO, March 3. /QNA/.").0.agency.as_deref(), Some("QNA"));
    }
}
