//! Reads the dateline that a lead begins with, in the styles of many agencies. Knows nothing of files or formats.
//!
//! The rule: `PLACE {", " PLACE} [", " DATE] [" (" AGENCY ")"] SEP`, where an agency may also stand between slashes or
//! bare, and where a date, an agency or capitals must show that it is a dateline at all.

mod marks;
mod place;

use std::borrow::Cow;
use std::ops::Range;

use super::days::{Day, day};
use crate::dispatch::{Dateline, DatelineDate};
use marks::Marks;
use place::{Caps, is_known_agency, names_place};

/// Bytes of a lead in which a dateline must end.
const REACH: usize = 240;

/// A dateline that was read once already, and all that was looked at for it.
pub(super) struct Known<'a>(&'a str, Dateline);

impl<'a> Known<'a> {
    /// The dateline of a lead.
    pub(super) fn of(lead: &'a str) -> Option<Self> {
        Some(Self(reach(lead), parse(lead)?))
    }

    /// The dateline of this lead, where it is the same.
    pub(super) fn at(self, lead: &str) -> Option<Dateline> {
        (self.0 == reach(lead)).then_some(self.1)
    }
}

fn reach(lead: &str) -> &str {
    &lead[..lead.floor_char_boundary(REACH)]
}

/// The dateline at the start of a lead, with the range that it takes there. `None` where in doubt.
pub(super) fn parse(lead: &str) -> Option<Dateline> {
    let head = reach(lead);
    let start = head.len() - head.trim_ascii_start().len();
    let head = &head[start..];
    let marks = Marks::of(head)?;
    let beyond = |found: fn(&str) -> _| marks.beyond.then(|| found(head))?;
    let brackets = |found: fn(&str) -> _| marks.brackets.then(|| found(head))?;
    let (mut dateline, end) = beyond(bracketed)
        .or_else(|| brackets(agency_first))
        .or_else(|| brackets(|head| with_agency(head, '(', ')')))
        .or_else(|| beyond(|head| with_agency(head, '（', '）')))
        .or_else(|| marks.slashes.then(|| with_agency(head, '/', '/'))?)
        .or_else(|| (marks.dashes || marks.beyond).then(|| bare(head))?)?;
    dateline.range = Some(start..start + end);
    Some(dateline)
}

/// A dateline that the wire sent in a field of its own: all of the text is taken to be one. True where it has the form
/// of one, so that it reads the same at the start of a lead.
pub(super) fn parse_field(text: &str) -> (Dateline, bool) {
    let text = text.trim();
    let whole =
        parse(&[text, " -"].concat()).filter(|found| found.text.len() + 6 > text.len().min(REACH));
    let formal = whole.as_ref().is_some_and(|found| found.text == text);
    let mut dateline = whole.unwrap_or_else(|| {
        let (place, country, date) =
            parts(text).unwrap_or_else(|| (Some(text.to_owned()), None, None));
        Dateline {
            place,
            country,
            date,
            ..Dateline::default()
        }
    });
    text.clone_into(&mut dateline.text);
    dateline.range = None;
    (dateline, formal)
}

/// The range of a dateline of full form at the start of a lead, where that begins with it and a separator.
pub(super) fn range_of(text: &str, lead: &str) -> Option<Range<usize>> {
    let after = lead.strip_prefix(text)?;
    let after = separator(&after[..after.floor_char_boundary(REACH)])?;
    Some(0..text.len() + after)
}

/// Bytes of a separator at the start of a text, white space around it included; `None` where there is none.
fn separator(text: &str) -> Option<usize> {
    let rest = text.trim_ascii_start();
    let mut at = text.len() - rest.len();
    let mut found = false;
    loop {
        let rest = &text[at..];
        let first = rest.chars().next();
        let length = match first {
            Some('—' | '–' | '―' | '─') => first.map_or(0, char::len_utf8),
            Some('-') if rest.starts_with("--") => 2,
            Some('-' | '_' | '=' | '.' | ':') => 1,
            _ => break,
        };
        let after = &rest[length..];
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

/// `【東京=XX】`
fn bracketed(head: &str) -> Option<(Dateline, usize)> {
    let inner = head.strip_prefix('【')?;
    let end = inner.find('】').filter(|&end| end <= 90)?;
    let (whole, inner) = (
        &head[..'【'.len_utf8() + end + '】'.len_utf8()],
        &inner[..end],
    );
    let (place, agency) = inner.split_once(['=', '＝'])?;
    let after = &head[whole.len()..];
    let space = after.len() - after.trim_start_matches([' ', '\u{3000}']).len();
    let dateline = Dateline {
        text: whole.to_owned(),
        place: Some(place.trim().to_owned()).filter(|place| !place.is_empty()),
        agency: Some(agency.trim().to_owned()).filter(|agency| !agency.is_empty()),
        ..Dateline::default()
    };
    Some((dateline, whole.len() + space))
}

/// `(ANSA) - ROMA, 1 LUG - `
fn agency_first(head: &str) -> Option<(Dateline, usize)> {
    let inner = head.strip_prefix('(')?;
    let (agency, _) = inner.split_once(')')?;
    if !place::agency(agency)?.is_agency() {
        return None;
    }
    let mut at = agency.len() + 2;
    at += separator(&head[at..])?;
    let (mut dateline, end) = bare(&head[at..])?;
    let text = head[..at + dateline.text.len()].to_owned();
    dateline.text = text;
    dateline.agency = Some(agency.trim().to_owned());
    Some((dateline, at + end))
}

/// `PLACE, DATE (AGENCY) — ` and `PLACE, DATE. /AGENCY/. `
fn with_agency(head: &str, open: char, close: char) -> Option<(Dateline, usize)> {
    let slashes = open == '/';
    for (at, _) in head.match_indices(open).take(4) {
        let inner = &head[at + open.len_utf8()..];
        let Some(length) = inner.find(close) else {
            break;
        };
        let agency = &inner[..length];
        let before = &head[..at];
        // A slash may also stand within a place (`Frankfurt/Main`) or a date.
        if slashes && !before.ends_with(' ') {
            continue;
        }
        let looks = place::agency(agency)?;
        let end = at + open.len_utf8() + length + close.len_utf8();
        let sep = separator(&head[end..]);
        let before = before.trim().trim_end_matches(['.', ',']);
        if before.is_empty() {
            return None;
        }
        let (place, country, date) = parts(before)?;
        let caps = place
            .as_deref()
            .is_none_or(|place| place::caps(place) == Caps::All);
        if !(looks.known
            || looks.is_agency() && (sep.is_some() || caps && !head[end..].trim().is_empty()))
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

/// `PLACE, DATE - `, `PLACE, DATE AGENCY - `, `PLACE, COUNTRY - ` and `PLACE - `: without an agency set apart.
fn bare(head: &str) -> Option<(Dateline, usize)> {
    let reach = head
        .char_indices()
        .nth(120)
        .map_or(head.len(), |(at, _)| at);
    let end = head.as_bytes()[..reach]
        .iter()
        .enumerate()
        .filter(|&(at, b)| match b {
            b'-' | b'_' | b'=' => head[..at].ends_with([' ', '\t']),
            0xe2 => head[at..].starts_with(['—', '–', '―']),
            _ => false,
        })
        .find_map(|(at, _)| separator(&head[at..]).map(|length| (at, at + length)))?;
    let (at, end) = end;
    let before = head[..at].trim_ascii_end();
    let (mut agency, mut named) = (None, parts(before));
    if named.as_ref().is_none_or(|(.., date)| date.is_none()) {
        // The agency may stand bare behind the date: `Dec. 9 Kyodo - `.
        if let Some((front, last)) = before.rsplit_once(' ')
            && is_known_agency(last)
            && let Some(front) = parts(front)
        {
            agency = Some(last.to_owned());
            named = Some(front);
        }
    }
    let (place, country, date) = named?;
    let caps = match &place {
        Some(place) => place::caps(place) == Caps::All && place.chars().count() > 2,
        None => false,
    };
    let dated = has_day(before);
    let equals = head[at..].starts_with('=');
    if !(dated && place.is_some() || agency.is_some() || caps && !equals) {
        return None;
    }
    let dateline = Dateline {
        text: before.to_owned(),
        place,
        country,
        date,
        agency,
        range: None,
    };
    Some((dateline, end))
}

/// True where the last of the parts is a day, be it a weekday.
fn has_day(text: &str) -> bool {
    let last = text.rsplit([',', '،']).next().unwrap_or("");
    day(last).is_some() || with_trailing_day(text).is_some()
}

type Parts = (Option<String>, Option<String>, Option<DatelineDate>);

/// Place, country and date of what stands before the agency; `None` where one of them cannot be that.
fn parts(text: &str) -> Option<Parts> {
    let text = text.trim();
    if text.is_empty() || text.len() > 140 {
        return None;
    }
    let (names, date) = match with_trailing_day(text) {
        Some((names, Day::Date(date))) => (names, Some(date)),
        Some((names, Day::Weekday)) => (names, None),
        None => (Cow::Borrowed(text), None),
    };
    if names.is_empty() {
        return Some((None, None, date));
    }
    let mut names = names
        .split([',', '،', '、'])
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let place = names.next().filter(|name| names_place(name))?;
    let rest: Vec<&str> = names.collect();
    if rest.len() > 3 || !rest.iter().all(|name| names_place(name)) {
        return None;
    }
    let country = (!rest.is_empty()).then(|| rest.join(", "));
    Some((Some(place.to_owned()), country, date))
}

/// The text before a day at its end, and the day: `BRUXELLES 23/07`, `STOCKHOLM, Aug 29, 2014`, `MOSCOW, Monday`.
fn with_trailing_day(text: &str) -> Option<(Cow<'_, str>, Day)> {
    let bytes = text.as_bytes();
    let parted =
        |at: usize| matches!(bytes[at - 1], b' ' | b',') || bytes[..at].ends_with("،".as_bytes());
    let starts = (0..bytes.len())
        .rev()
        .filter(|&at| !matches!(bytes[at], b' ' | b',') && (at == 0 || parted(at)));
    let mut best = None;
    for at in starts.take(4) {
        if let Some(found) = day(&text[at..]) {
            best = Some((at, found));
        }
    }
    let (at, found) = best?;
    let before = text[..at].trim_end_matches([' ', ',', '،', '\u{a0}']);
    Some((Cow::Borrowed(before), found))
}

#[cfg(test)]
mod tests;
