//! The ways in which agencies write a dateline, and what parts it from the text.

use super::place::{self, LetterCase, is_known_agency, is_place_name};
use super::{limit_length, parse_names, split_trailing_day};
use crate::dispatch::Dateline;
use crate::format::days::parse_day;

/// Bytes of a separator at the start of a text, white space around it included; `None` where there is none.
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
pub(super) fn parse_bracketed(head: &str) -> Option<(Dateline, usize)> {
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
pub(super) fn parse_agency_first(head: &str) -> Option<(Dateline, usize)> {
    let inner = head.strip_prefix('(')?;
    let (agency, _) = inner.split_once(')')?;
    if !place::agency_form(agency)?.is_agency() {
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

/// `PLACE, DATE (AGENCY) — ` and `PLACE, DATE. /AGENCY/. `
pub(super) fn parse_with_agency(head: &str, open: char, close: char) -> Option<(Dateline, usize)> {
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
        if open == '(' && is_region(agency, &head[at + length + 2..]) {
            continue;
        }
        let looks = place::agency_form(agency)?;
        let end = at + open.len_utf8() + length + close.len_utf8();
        let sep = separator_length(&head[end..]);
        let before = before.trim().trim_end_matches(['.', ',']);
        if before.is_empty() {
            return None;
        }
        let (place, country, date) = parse_names(before)?;
        let caps = place
            .as_deref()
            .is_none_or(|place| place::letter_case(place) == LetterCase::All);
        if !(looks.known
            || looks.small && !slashes && opens_text(&head[end..], sep)
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

/// True where a dash parts a dateline from a text that begins with a capital or a quotation mark.
fn opens_text(after: &str, separator: Option<usize>) -> bool {
    let first = separator.and_then(|length| after[length..].chars().next());
    after.trim_ascii_start().starts_with(['-', '–', '—', '_'])
        && first.is_some_and(|c| !c.is_lowercase() && !c.is_whitespace())
}

/// True for a name in brackets that is no agency: the rest of a dateline follows it, as in `PLACE (REGION), DATE`.
fn is_region(name: &str, after: &str) -> bool {
    let next = after.trim_ascii_start();
    let goes_on = matches!(next.as_bytes().first(), Some(b',' | b'(')) || next.starts_with('،');
    goes_on && is_place_name(name) && !is_known_agency(name)
}

/// True for a few capitals, as agencies shorten their names.
fn is_initials(word: &str) -> bool {
    (2..=6).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_uppercase())
        && place::agency_form(word).is_some()
}

/// `PLACE, DATE - `, `PLACE, DATE AGENCY - `, `PLACE, COUNTRY - ` and `PLACE - `: without an agency set apart.
pub(super) fn parse_bare(head: &str) -> Option<(Dateline, usize)> {
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
        .find_map(|(at, _)| separator_length(&head[at..]).map(|length| (at, at + length)))?;
    let (at, end) = end;
    let before = head[..at].trim_ascii_end();
    let (mut agency, mut named) = (None, parse_names(before));
    if named.as_ref().is_none_or(|(.., date)| date.is_none()) {
        // The agency may stand bare behind the date: `Dec. 9 Kyodo - `.
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
        Some(place) => place::letter_case(place) == LetterCase::All && place.chars().count() > 2,
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
    parse_day(last).is_some() || split_trailing_day(text).is_some()
}

/// `【函館共同】`: brackets at the top of a lead whose dateline was sent apart, so that they need no mark within.
pub(in crate::format) fn parse_top_brackets(lead: &str) -> Option<Dateline> {
    // Labels that stand so too.
    const LABELS: [&str; 9] = [
        "速報", "訂正", "号外", "再送", "更新", "独自", "詳報", "注意", "予定",
    ];
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

/// `PORT SALANE: and so on`: how an add says which story it goes on with. The text goes on within a sentence.
pub(in crate::format) fn parse_add_dateline(lead: &str) -> Option<Dateline> {
    let (place, after) = limit_length(lead).split_once(": ")?;
    let goes_on = |c: char| c.is_lowercase() || c.is_ascii_digit();
    if place.len() < 3
        || !is_place_name(place)
        || place::letter_case(place) == LetterCase::Mixed
        || !after.trim_ascii_start().starts_with(goes_on)
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

/// True for a dateline that [`parse_add_dateline`] found in this lead.
pub(in crate::format) fn is_add_dateline(dateline: &Dateline, lead: Option<&str>) -> bool {
    let after = lead.and_then(|lead| lead.strip_prefix(dateline.text.as_str()));
    dateline.place.as_ref() == Some(&dateline.text)
        && after.is_some_and(|rest| rest.starts_with(':'))
}
