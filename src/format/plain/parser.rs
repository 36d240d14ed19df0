//! Splits plain text into dispatches at separators such as `NNNN` or `-30-`, and parses each.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::format::iptc::header::DateTimeGroup;
use crate::format::parser::{Draft, Input, ItemSink};
use crate::format::plain::header_lines;
use crate::format::shared::dateline::LeadDateline;
use crate::format::shared::{encoding, finish};
use crate::text;

/// Parses the dispatches of a plain text in order, usually one.
pub(in crate::format) fn items(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    for range in dispatch_ranges(input.bytes) {
        if sink.is_full() {
            break;
        }
        parse_item(input, range, sink);
    }
}

/// Parses one dispatch; `range` is its byte range in the input. Blank text is no dispatch.
fn parse_item(input: &Input<'_>, range: Range<usize>, sink: &mut ItemSink<'_>) {
    let (mut draft, decoded) = input.draft("plain", range);
    let clean = text::clean(&decoded);
    if clean.trim_ascii().is_empty() {
        return;
    }
    let blank = clean.len() - clean.trim_start_matches('\n').len();
    let mut rest = &clean[blank..];
    if let Some(block) = header_lines::find_header_block(rest) {
        rest = &rest[block.end..];
        block.apply(&mut draft);
    }
    let rest = take_date_time_group(rest, &mut draft);
    let (body, known) = header_lines::read(rest, &mut draft);
    sink.offer(|| finish::finish_text(draft, body, known));
}

/// Takes the end mark with its date-time group (`./. 231530 JUL 16`) off the end of a text. The group gives the time
/// sent if no header does.
fn take_date_time_group<'a>(text: &'a str, draft: &mut Draft<'_>) -> &'a str {
    let trimmed = text.trim_ascii_end();
    let start = memchr::memrchr(b'\n', trimmed.as_bytes()).map_or(0, |at| at + 1);
    let Some(group) = trimmed[start..].strip_prefix("./.").and_then(DateTimeGroup::parse) else {
        return text;
    };
    if draft.dispatch.sent.is_none() {
        group.apply(draft, None);
    }
    &text[..start]
}

// Splitting a text of several dispatches. Whether a dispatch begins after a separator is decided by the text up to the
// next separator alone, so that a part gives the same dispatch when it is read again by itself.

/// Bytes at the start of a part that are searched for signs of a dispatch. Enough for headers and a dateline.
const MAX_JUDGED_BYTES: usize = 4096;

/// Lines at the start of a part that are searched for a dateline; headline, byline and notes come before it.
const MAX_DATELINE_LINES: usize = 12;

/// A line, or a form feed, that may come between two dispatches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Separator {
    /// `NNNN`, which always ends a dispatch.
    End,
    /// `./.` and a date-time group, as in files that collect the items of a day.
    DateTimeGroup,
    /// `-30-`, `./.` or a form feed, after which a note or another page may follow as well as a dispatch.
    Possible,
}

/// The byte ranges of the dispatches of a plain input, in order. They cover all of it.
pub(super) fn dispatch_ranges(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut from = 0;
    let marks = find_separators(bytes);
    let ends = marks.iter().skip(1).map(|&(at, _)| at).chain([bytes.len()]);
    for (&(at, mark), end) in marks.iter().zip(ends) {
        if starts_dispatch(&bytes[at..end], mark) {
            split_by_headers(bytes, from..at, &mut ranges);
            from = at;
        }
    }
    split_by_headers(bytes, from..bytes.len(), &mut ranges);
    ranges
}

// Every text is searched for these, so the searches are prepared once.
static TELEX_END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("NNNN"));
static THIRTY: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("30"));
static GROUP_MARK: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("./."));

/// The separators of an input, each with the byte offset of the line after it, ascending.
fn find_separators(bytes: &[u8]) -> Vec<(usize, Separator)> {
    let mut marks = Vec::new();
    // UTF-16 and stateful encodings such as ISO-2022-JP cannot be searched, or split, byte by byte.
    if encoding::is_utf16(bytes) || memchr::memchr(0x1b, bytes).is_some() {
        return marks;
    }
    let mut add = |needle: &Finder<'_>, judge: fn(&[u8]) -> Option<Separator>| {
        for at in needle.find_iter(bytes) {
            if let Some(line) = short_line(bytes, at)
                && let Some(mark) = judge(bytes[line.clone()].trim_ascii())
            {
                marks.push((line.end, mark));
            }
        }
    };
    add(&TELEX_END, |line| (line == b"NNNN").then_some(Separator::End));
    add(&THIRTY, |line| {
        matches!(line, b"-30-" | b"- 30 -" | b"--30--" | b"\xe2\x80\x9430\xe2\x80\x94")
            .then_some(Separator::Possible)
    });
    add(&GROUP_MARK, |line| {
        let rest = std::str::from_utf8(line.strip_prefix(b"./.")?).ok()?;
        let grouped = DateTimeGroup::parse(rest).is_some_and(|group| group.is_certain());
        (rest.len() <= 40).then_some(if grouped {
            Separator::DateTimeGroup
        } else {
            Separator::Possible
        })
    });
    marks.extend(memchr::memchr_iter(0x0c, bytes).map(|at| (at + 1, Separator::Possible)));
    marks.sort_unstable_by_key(|&(at, _)| at);
    marks.dedup_by_key(|&mut (at, _)| at);
    marks
}

/// The byte range, line end included, of the line around `at`. `None` if the line is too long for a separator.
fn short_line(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let from = at.saturating_sub(9);
    let start = match memchr::memrchr2(b'\n', b'\r', &bytes[from..at]) {
        Some(line) => from + line + 1,
        None if from == 0 => 0,
        None => return None,
    };
    let reach = &bytes[at..bytes.len().min(at + 80)];
    let end = match memchr::memchr(b'\n', reach) {
        Some(end) => at + end + 1,
        None if at + reach.len() == bytes.len() => bytes.len(),
        None => return None,
    };
    Some(start..end)
}

/// True if the part after a separator is a dispatch: it has at least three words and, after a separator that is only
/// possible, headers or a dateline.
fn starts_dispatch(part: &[u8], mark: Separator) -> bool {
    let text = String::from_utf8_lossy(&part[..part.len().min(MAX_JUDGED_BYTES)]);
    let text = text.trim_ascii();
    if text.split_ascii_whitespace().take(3).count() < 3 {
        return false;
    }
    mark != Separator::Possible
        || header_lines::find_header_block(text).is_some_and(|block| block.is_certain())
        || has_dateline(text)
}

/// True if one of the first lines begins with a dateline that names an agency.
fn has_dateline(text: &str) -> bool {
    let lines = text.lines().map(str::trim_ascii).filter(|line| !line.is_empty());
    lines
        .take(MAX_DATELINE_LINES)
        .filter_map(LeadDateline::parse)
        .any(|dateline| dateline.into_dateline().agency.is_some())
}

/// Splits a range further at each block of headers that begins like the one at its start, and adds the pieces.
fn split_by_headers(bytes: &[u8], range: Range<usize>, ranges: &mut Vec<Range<usize>>) {
    let part = &bytes[range.clone()];
    let start = part.len() - part.trim_ascii_start().len();
    let line = &part[start..];
    let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
    let name = memchr::memchr(b':', &line[..line.len().min(33)]).map(|colon| &line[..=colon]);
    let mut from = range.start;
    let name =
        name.filter(|_| !encoding::is_utf16(part) && starts_with_full_header_block(&part[start..]));
    for at in name.into_iter().flat_map(|name| memchr::memmem::find_iter(part, name)) {
        let at_line = at > start && part[at - 1] == b'\n';
        let before = part[..at]
            .strip_suffix(b"\n")
            .map_or(&b""[..], |before| before.strip_suffix(b"\r").unwrap_or(before));
        if at_line && before.ends_with(b"\n") && starts_with_full_header_block(&part[at..]) {
            ranges.push(from..range.start + at);
            from = range.start + at;
        }
    }
    ranges.push(from..range.end);
}

/// True if `bytes` begin with a block of several known headers and an empty line.
fn starts_with_full_header_block(bytes: &[u8]) -> bool {
    let reach = &bytes[..bytes.len().min(MAX_JUDGED_BYTES)];
    let end = [&b"\n\n"[..], b"\n\r\n"]
        .into_iter()
        .filter_map(|gap| memchr::memmem::find(reach, gap))
        .min();
    let Some(end) = end else { return false };
    let text = String::from_utf8_lossy(&reach[..=end]);
    header_lines::find_header_block(&text).is_some_and(|block| block.is_certain())
}

#[cfg(test)]
mod tests {
    use crate::dispatch::{BlockKind, Dispatch, Role, TimeSource};
    use crate::format::parser::Context;
    use crate::format::table::{FormatId, parse_as};

    fn dispatch(text: &str) -> Dispatch {
        let ctx = Context {
            file_time: crate::dispatch::Stamp::parse("2026-03-05"),
            ..Context::default()
        };
        let parsed = parse_as(FormatId::PLAIN, text.as_bytes(), &ctx);
        parsed.dispatches.into_iter().next().unwrap_or_default()
    }

    /// Checks headline (with `~` if derived), slug, byline, label and note, and the body with ` ¶ ` between blocks.
    #[track_caller]
    fn check(text: &str, front: [&str; 5], body: &str) {
        let d = dispatch(text);
        let text_of = |field: &Option<String>| field.clone().unwrap_or_default();
        let headline =
            if d.headline_derived { format!("~{}", d.headline) } else { d.headline.clone() };
        let found =
            [headline, text_of(&d.slug), text_of(&d.byline), text_of(&d.label), text_of(&d.ednote)];
        assert_eq!(found, front);
        assert_eq!(d.body.text().replace("\n\n", " ¶ "), body);
    }

    const LEAD: &str = "OSLO, Norway, Mar 3 (QNA) - Ferries sailed again on Tuesday.";

    #[test]
    fn a_lead_without_front_lines() {
        check(LEAD, ["~Ferries sailed again on Tuesday", "", "", "", ""], LEAD);
        let d = dispatch(LEAD);
        assert_eq!(
            (d.place(), d.country(), d.agency.as_deref()),
            (Some("OSLO"), Some("Norway"), Some("QNA"))
        );
        assert_eq!(d.time.map(crate::dispatch::Stamp::to_rfc3339).as_deref(), Some("2026-03-03"));
        assert_eq!(d.time_source, TimeSource::Dateline);
        assert_eq!(d.problems.len(), 1);
    }

    #[test]
    fn headline_slug_byline_and_notes_above_the_dateline() {
        check(
            &format!(
                "FERRIES-STRIKE/\nURGENT\nFerries sail again\nBy Anna Lind\n(Adds union)\n\n{LEAD}\nMore."
            ),
            ["Ferries sail again", "FERRIES-STRIKE/", "Anna Lind", "URGENT", "(Adds union)"],
            &format!("{LEAD} ¶ More."),
        );
        check(
            &format!("UPDATE 2-Ferries sail\nagain after strike\n\n{LEAD}"),
            ["UPDATE 2-Ferries sail again after strike", "", "", "UPDATE 2-", ""],
            LEAD,
        );
    }

    #[test]
    fn headlines_without_a_dateline() {
        let text = "The ferries sailed again on Tuesday after nine long days in which nothing moved at all in the harbour.";
        check(
            &format!("Ferries sail again\n\n{text}"),
            ["Ferries sail again", "", "", "", ""],
            text,
        );
        check(&format!("Ferries sail again\n{text}"), ["Ferries sail again", "", "", "", ""], text);
        check(
            "The ferries sail.\n\nMore.",
            ["~The ferries sail", "", "", "", ""],
            "The ferries sail. ¶ More.",
        );
    }

    #[test]
    fn notes_and_addresses() {
        check(
            "Headline: Plans\nSlug: PLANS/\n\nEditors:\n\nThese are the plans.",
            ["Plans", "PLANS/", "", "", ""],
            "Editors: ¶ These are the plans.",
        );
        check(
            "Headline: Plans\nSlug: PLANS/\n\nEditors: not for print.\n\nThese are the plans.",
            ["Plans", "PLANS/", "", "", "Editors: not for print."],
            "These are the plans.",
        );
        check(
            "Headline: Plans\nSlug: PLANS/\n\nEditors:\n\nThese are the plans.\n\nRAIN-OSLO (Quay Desk). At noon.",
            ["Plans", "PLANS/", "", "", ""],
            "Editors: ¶ These are the plans. ¶ RAIN-OSLO (Quay Desk). At noon.",
        );
        check(
            "ADVISORY\nNote to editors:\n\nThese are the plans.",
            ["~These are the plans", "", "", "ADVISORY", ""],
            "Note to editors: ¶ These are the plans.",
        );
    }

    #[test]
    fn header_lines() {
        check(
            &format!(
                "Headline: Ferries\n  sail again\nSlug: FERRIES/\nBy: Anna Lind\nX-Desk: north\n\n{LEAD}"
            ),
            ["Ferries sail again", "FERRIES/", "Anna Lind", "", ""],
            LEAD,
        );
        check(
            &format!("Ferries: both sides agree\nSlug: FERRIES/\nUrgency: 17\n\n{LEAD}"),
            ["Ferries: both sides agree", "FERRIES/", "", "", ""],
            LEAD,
        );
        let d = dispatch(
            "Urgency: 17\nDate: 2025-01-02T03:04:05+02:00\nX-Desk: north\nEmbargo: 2025-02-01\n\nText.",
        );
        assert_eq!(d.fields.get("Urgency").map(String::as_str), Some("17"));
        assert_eq!(d.fields.get("X-Desk").map(String::as_str), Some("north"));
        assert_eq!(d.problems.len(), 1);
        assert_eq!((d.time_source, d.embargoed), (TimeSource::Sent, true));
        assert_eq!(
            d.embargo.map(crate::dispatch::Stamp::to_rfc3339).as_deref(),
            Some("2025-02-01")
        );
    }

    #[test]
    fn text_that_only_looks_like_headers() {
        check(
            "He said: we sail.\nShe said: we stay.",
            ["~He said: we sail", "", "", "", ""],
            "He said: we sail. ¶ She said: we stay.",
        );
        check(
            "Note: no ferry sails",
            ["~Note: no ferry sails", "", "", "", ""],
            "Note: no ferry sails",
        );
    }

    #[test]
    fn roles_and_urgency() {
        let check = |text: &str, role, urgency| {
            let d = dispatch(text);
            assert_eq!(
                (d.role, d.urgency.map(crate::dispatch::Urgency::value)),
                (role, urgency),
                "{text}"
            );
        };
        check("FERRIES SAIL AGAIN", Role::Alert, None);
        check(&format!("FLASH\n{LEAD}"), Role::Alert, Some(1));
        check(&format!("URGENT: Ferries sail\n\n{LEAD}"), Role::Alert, Some(2));
        check(&format!("CORRECTED-Ferries sail\n\n{LEAD}"), Role::Correction, None);
        check(&format!("KILL KILL KILL\n{LEAD}"), Role::Kill, None);
        check(LEAD, Role::Story, None);
        assert!(dispatch(&format!("EMBARGOED until noon\n\n{LEAD}")).embargoed);
    }

    #[test]
    fn adds_that_begin_with_their_place() {
        let d = dispatch("Slug: RAIN\nLabel: 1st Add\n\nCOLD BAY: of a dry week.\n\nIt rained.");
        assert_eq!((d.place(), d.role), (Some("COLD BAY"), Role::Add));
        assert_eq!(d.headline, "COLD BAY: of a dry week");
        let d = dispatch("Slug: RAIN\n\nCOLD BAY: of a dry week.\n\nIt rained.");
        assert_eq!((d.place(), d.role), (None, Role::Story));
    }

    #[test]
    fn trailers_and_tables() {
        let d = dispatch(&format!(
            "{LEAD}\n\nA   1\nBB  2\nC   3\n\nEnd.\n\n(more)\n© 2026 Quay News\n-30-\n"
        ));
        let kinds: Vec<_> = d.body.blocks().iter().map(|block| block.kind).collect();
        assert_eq!(kinds, [BlockKind::Paragraph, BlockKind::Table, BlockKind::Paragraph]);
        assert_eq!(d.rights.as_deref(), Some("© 2026 Quay News"));
        assert_eq!(d.fields.get("more").map(String::as_str), Some("true"));
    }

    #[test]
    fn blank_text_is_no_dispatch() {
        assert!(parse_as(FormatId::PLAIN, b" \n\t", &Context::default()).dispatches.is_empty());
    }

    /// Checks the number of dispatches in a plain text.
    #[track_caller]
    fn check_count(text: &str, count: usize) {
        let parsed = parse_as(FormatId::PLAIN, text.as_bytes(), &Context::default());
        assert_eq!(parsed.dispatches.len(), count, "{text}");
    }

    #[test]
    fn several_dispatches_are_split_at_separators() {
        for mark in ["NNNN", "-30-", "./.", "./. 231530 GMT JUL 16", "\u{c}"] {
            check_count(&format!("{LEAD}\n{mark}\n{LEAD}\n{mark}\n"), 2);
        }
        let headed =
            "Headline: Plans\nSlug: PLANS\nDate: 2026-03-03T10:00:00Z\n\nThese are the plans.\n\n";
        check_count(&headed.repeat(3), 3);
    }

    #[test]
    fn a_single_dispatch_is_never_split() {
        check_count(&format!("{LEAD}\n-30-\nContact: A. Lind, Tarn, by day or night.\n"), 1);
        check_count(&format!("{LEAD}\n\u{c}\nThe second page of the same text.\n"), 1);
        check_count(&format!("{LEAD}\nNNNN\n\n"), 1);
        check_count(&format!("{LEAD}\n\nHeadline: a word.\nSlug: another.\n\n{LEAD}\n"), 1);
        check_count(
            "Slug: PLANS\nDate: 2026-03-03\n\nText.\n\nSlug: a word of the text.\n\nText.",
            1,
        );
    }
}
