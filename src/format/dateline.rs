//! Reads the dateline that a lead begins with, in the styles of many agencies. Knows nothing of files or formats.
//!
//! The rule: `PLACE {", " PLACE} [", " DATE] [" (" AGENCY ")"] SEP`, where an agency may also stand between slashes or
//! bare, a region in brackets behind its place, and where a date, an agency or capitals must show that it is one at all.

mod marks;
mod place;
mod seen;
mod styles;

use std::borrow::Cow;
use std::ops::Range;

use super::days::{WrittenDay, parse_day};
use crate::dispatch::{Dateline, DatelineDate};
use marks::Marks;
pub(super) use place::is_known_agency;
use place::is_place_name;
pub(super) use seen::DatelineCache;
pub(super) use styles::{is_add_dateline, parse_add_dateline, parse_top_brackets};
use styles::{
    parse_agency_first, parse_bare, parse_bracketed, parse_with_agency, separator_length,
};

/// Bytes of a lead in which a dateline must end.
const MAX_LENGTH: usize = 240;

/// A dateline that was read once already, and all that was looked at for it.
pub(super) struct LeadDateline<'a>(&'a str, Dateline);

impl<'a> LeadDateline<'a> {
    /// The dateline of a lead.
    pub(super) fn parse(lead: &'a str) -> Option<Self> {
        Some(Self(limit_length(lead), parse(lead)?))
    }

    /// True where a text begins with the lead of this dateline.
    pub(super) fn begins_text(&self, text: &str) -> bool {
        text.trim_ascii_start().starts_with(self.0)
    }

    /// The agency that it names.
    pub(super) fn agency(&self) -> Option<&str> {
        self.1.agency.as_deref()
    }

    /// The dateline itself; its range is into its own lead.
    pub(super) fn into_dateline(self) -> Dateline {
        self.1
    }

    /// The dateline of this lead, where it is the same.
    pub(super) fn for_lead(self, lead: &str) -> Option<Dateline> {
        (self.0 == limit_length(lead)).then_some(self.1)
    }
}

fn limit_length(lead: &str) -> &str {
    &lead[..lead.floor_char_boundary(MAX_LENGTH)]
}

/// The dateline at the start of a lead, with the range that it takes there. `None` where in doubt.
pub(super) fn parse(lead: &str) -> Option<Dateline> {
    let head = limit_length(lead);
    let start = head.len() - head.trim_ascii_start().len();
    let head = &head[start..];
    let marks = Marks::of(head)?;
    let beyond = |found: fn(&str) -> _| marks.non_ascii.then(|| found(head))?;
    let brackets = |found: fn(&str) -> _| marks.brackets.then(|| found(head))?;
    let (mut dateline, end) = beyond(parse_bracketed)
        .or_else(|| brackets(parse_agency_first))
        .or_else(|| brackets(|head| parse_with_agency(head, '(', ')')))
        .or_else(|| beyond(|head| parse_with_agency(head, '（', '）')))
        .or_else(|| marks.slashes.then(|| parse_with_agency(head, '/', '/'))?)
        .or_else(|| (marks.dashes || marks.non_ascii).then(|| parse_bare(head))?)?;
    dateline.range = Some(start..start + end);
    Some(dateline)
}

/// A dateline that the wire sent in a field of its own: all of the text is taken to be one. True where it has the form
/// of one, so that it reads the same at the start of a lead.
pub(super) fn parse_field(text: &str) -> (Dateline, bool) {
    let text = without_separator(text.trim());
    let whole = parse(&[text, " -"].concat())
        .filter(|found| found.text.len() + 6 > text.len().min(MAX_LENGTH));
    let formal = whole.as_ref().is_some_and(|found| found.text == text);
    let mut dateline = whole.unwrap_or_else(|| {
        let (place, country, date) =
            parse_names(text).unwrap_or_else(|| (Some(text.to_owned()), None, None));
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

/// A dateline without the separator that it may have been sent with; the full stop of a short form stays.
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

/// The range of a dateline of full form at the start of a lead, where that begins with it and a separator.
pub(super) fn range_of(text: &str, lead: &str) -> Option<Range<usize>> {
    let after = lead.strip_prefix(text)?;
    let after = separator_length(&after[..after.floor_char_boundary(MAX_LENGTH)])?;
    Some(0..text.len() + after)
}

type Parts = (Option<String>, Option<String>, Option<DatelineDate>);

/// Place, country and date of what stands before the agency; `None` where one of them cannot be that.
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
    let mut names = names
        .split([',', '،', '、'])
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let first = names.next()?;
    let region = first
        .strip_suffix(')')
        .and_then(|name| name.split_once('('));
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

/// The text before a day at its end, and the day: `BRUXELLES 23/07`, `STOCKHOLM, Aug 29, 2014`, `MOSCOW, Monday`.
fn split_trailing_day(text: &str) -> Option<(Cow<'_, str>, WrittenDay)> {
    let bytes = text.as_bytes();
    let parted =
        |at: usize| matches!(bytes[at - 1], b' ' | b',') || bytes[..at].ends_with("،".as_bytes());
    let starts = (0..bytes.len())
        .rev()
        .filter(|&at| !matches!(bytes[at], b' ' | b',') && (at == 0 || parted(at)));
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

#[cfg(test)]
mod tests;
