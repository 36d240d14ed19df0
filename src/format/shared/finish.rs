//! Completes a dispatch from its text: dateline, trailer, headline, role, time and body. Shared by all formats.

use std::borrow::Cow;
use std::ops::Range;

use crate::dispatch::{
    BlockKind, Body, Dateline, DatelineDate, RelationKind, Role, Severity, Status, TimeSource,
};
use crate::format::parser::{Detail, Draft, ParsedItem};
use crate::format::shared::dateline::{self, LeadDateline};
use crate::format::shared::dates::{self, WordSet};
use crate::format::shared::markup::TextBlock;
use crate::format::shared::{blocks, editor_directives, fields, labels};

/// A text without what ends it.
pub(in crate::format) struct BodyText<'a> {
    pub text: &'a str,
    pub trailer: Trailer,
    /// Its words, where `text` lacks its middle: then it holds no table, its first line is a paragraph, and more follow.
    pub words: Option<u32>,
    /// Its blocks, where they are known: parted by an empty line they are `text`.
    pub blocks: Option<Vec<TextBlock>>,
    /// A part of the item's bytes that is in the body as it is, JSON's escapes aside.
    pub verbatim: &'a str,
}

/// Byte range, and number within it.
type ItemLocation = (Range<u64>, u32);

/// Finishes a draft whose fields are set. `text` is its clean text, headline and header lines left out.
pub(in crate::format) fn finish_text(
    draft: Draft<'_>,
    text: &str,
    known: Option<LeadDateline<'_>>,
    at: ItemLocation,
) -> ParsedItem {
    let (text, trailer) = split_trailer(text);
    let core = BodyText {
        text,
        trailer,
        words: None,
        blocks: None,
        verbatim: text,
    };
    finish_body_text(draft, core, known, at)
}

/// The same for a body of blocks. Headings before the lead stay; the dateline is that of the first paragraph.
pub(in crate::format) fn finish_blocks(
    draft: Draft<'_>,
    mut blocks: Vec<TextBlock>,
    at: ItemLocation,
) -> ParsedItem {
    // Many repeat the headline over the text.
    let headline = [
        Some(&draft.dispatch.headline),
        draft.fallback_headline.as_ref(),
    ];
    if blocks.len() > 1
        && blocks[0].0 == BlockKind::Heading
        && headline.contains(&Some(&blocks[0].1))
    {
        blocks.remove(0);
    }
    let texts: Vec<&str> = blocks.iter().map(|(_, text)| text.as_str()).collect();
    let whole = texts.join("\n\n");
    let (text, trailer) = split_trailer(&whole);
    let mut end = whole.len();
    while let Some((_, last)) = blocks.last_mut() {
        let start = end - last.len();
        if start < text.len() {
            last.truncate(text.len() - start);
            break;
        }
        end = start.saturating_sub(2);
        blocks.pop();
    }
    let core = BodyText {
        text,
        trailer,
        words: None,
        blocks: Some(blocks),
        verbatim: "",
    };
    finish_body_text(draft, core, None, at)
}

/// The encoding in which a text stands in its bytes as it is.
const UTF_8: &str = "UTF-8";

/// The same for a text that is parted from what ends it.
pub(in crate::format) fn finish_body_text(
    mut draft: Draft<'_>,
    core: BodyText<'_>,
    known: Option<LeadDateline<'_>>,
    (bytes, nth): ItemLocation,
) -> ParsedItem {
    let BodyText {
        text: core,
        trailer,
        words,
        blocks: known_blocks,
        verbatim,
    } = core;
    // Only where the range is that of the item alone, whose bytes are known and are those of the text.
    let own = bytes.end - bytes.start == draft.length() as u64 && draft.dispatch.encoding == UTF_8;
    let verbatim = draft.range_of(verbatim).filter(|_| own).unwrap_or_default();
    if let Some(rights) = trailer.rights {
        fields::append_text(&mut draft.dispatch.rights, &rights, " ");
    }
    if trailer.has_more {
        draft.add_field("more", "true");
    }
    let (lead, lead_at) = match &known_blocks {
        Some(blocks) => first_paragraph_block(blocks),
        None => (blocks::first_paragraph(core), 0),
    };
    let found = lead
        .as_deref()
        .and_then(|lead| lead_dateline(&draft, lead, known));
    let dated = set_dateline(&mut draft, found);
    if draft.dispatch.byline.is_none() {
        let creator = draft.fallback_byline.take();
        draft.dispatch.byline = creator.map(|name| fields::strip_by(&name).to_owned());
    }
    if let Some(title) = draft.fallback_headline.take() {
        if draft.dispatch.headline.is_empty() {
            draft.dispatch.headline = title;
        } else if draft.dispatch.headline != title {
            draft.add_field("title", &title);
        }
    }
    set_headline(&mut draft, core, lead.as_deref());
    set_role(&mut draft, core);
    // Of a text without its middle only the first paragraph is whole.
    let start = lead.as_deref().filter(|lead| lead.len() > 90);
    editor_directives::apply_directives(&mut draft, start.unwrap_or(core));
    editor_directives::apply_embargo(&mut draft, lead.as_deref());
    set_time(&mut draft, dated);
    if let Some(range) = (draft.dispatch.dateline.as_mut()).and_then(|found| found.range.as_mut()) {
        *range = range.start + lead_at..range.end + lead_at;
    }
    let (words, table) = set_body(&mut draft, core, words, known_blocks);
    ParsedItem {
        dispatch: draft.dispatch,
        word_count: words,
        has_table: table,
        bytes,
        number: nth,
        verbatim_range: verbatim,
    }
}

fn set_headline(draft: &mut Draft<'_>, core: &str, lead: Option<&str>) {
    let d = &mut draft.dispatch;
    if !d.headline.is_empty() {
        return;
    }
    d.headline_derived = true;
    // What an add begins with is a part of its sentence.
    let skip = d.dateline.as_ref().map_or(0, |found| match &found.range {
        Some(range) if !dateline::is_add_dateline(found, lead) => range.end,
        _ => 0,
    });
    let next = lead
        .filter(|lead| is_salutation(lead))
        .and_then(|_| second_paragraph(core));
    d.headline = match lead {
        Some(_) if next.is_some() => next.map_or_else(String::new, |next| derive_headline(&next)),
        Some(lead) if skip < lead.len() => derive_headline(&lead[skip..]),
        Some(lead) => derive_headline(lead),
        None => {
            let line = core.trim_ascii_start().split('\n').next().unwrap_or("");
            let line = line.strip_prefix("• ").unwrap_or(line);
            derive_headline(&line.split_whitespace().collect::<Vec<_>>().join(" "))
        }
    };
    if d.headline.is_empty() {
        let other = d.slug.as_ref().or(d.label.as_ref()).or(d.ednote.as_ref());
        d.headline = other
            .or(d.rights.as_ref())
            .or(d.id.as_ref())
            .map_or(String::new(), |text| derive_headline(text));
    }
}

/// `EDITORS:`, which says nothing of what follows.
fn is_salutation(lead: &str) -> bool {
    lead.len() <= 40 && lead.ends_with(':')
}

/// The paragraph after the first.
fn second_paragraph(core: &str) -> Option<String> {
    let (mut nth, mut found) = (0, None);
    blocks::for_each_block(core, &mut |kind, block| {
        nth += 1;
        if nth == 2 && kind == BlockKind::Paragraph {
            found = Some(block.into_owned());
        }
        nth < 2
    });
    found
}

/// Role, urgency and label, where labels or the looks of the text say them and no field did.
fn set_role(draft: &mut Draft<'_>, core: &str) {
    let d = &mut draft.dispatch;
    let said = d.label.as_deref().and_then(labels::parse_label_line);
    let before = labels::parse_label_prefix(&d.headline).or_else(|| {
        let whole = !d.headline_derived && d.label.is_none();
        labels::parse_label_suffix(&d.headline).filter(|_| whole)
    });
    if d.label.is_none()
        && let Some((label, _)) = before
    {
        d.label = Some(label.to_owned());
    }
    // A note that begins with a label; what it adds or updates is no role.
    let strong = |role| matches!(role, Some(Role::Kill | Role::Correction | Role::Repeat));
    let noted = d.ednote.as_deref().and_then(labels::parse_label_prefix);
    let noted = noted
        .map(|(_, meaning)| meaning)
        .filter(|meaning| strong(meaning.role));
    for meaning in [said, before.map(|(_, meaning)| meaning), noted]
        .into_iter()
        .flatten()
    {
        if let Some(role) = meaning.role
            && d.role == Role::Story
        {
            d.role = role;
        }
        if d.urgency.is_none() {
            d.urgency = meaning.urgency;
        }
    }
    // One that withdraws another; one that is withdrawn itself stays what it was.
    let kills = d
        .relations
        .iter()
        .any(|other| other.kind == RelationKind::Kills);
    if d.status == Status::Canceled && d.role == Role::Story && kills {
        d.role = Role::Kill;
    }
    let lone = d.role == Role::Story && d.headline_derived && d.dateline.is_none();
    if lone && is_shouted(core) {
        d.role = Role::Alert;
    }
}

/// One line of at least three words in capitals.
fn is_shouted(core: &str) -> bool {
    let line = core.trim_ascii();
    line.len() <= 400
        && !line.contains('\n')
        && line.split_ascii_whitespace().count() >= 3
        && line.chars().any(char::is_uppercase)
        && !line.chars().any(char::is_lowercase)
}

fn set_time(draft: &mut Draft<'_>, dated: Option<DatelineDate>) {
    let file_time = draft.ctx.file_time;
    let d = &mut draft.dispatch;
    let (time, source) = if d.sent.is_some() {
        (d.sent, TimeSource::Sent)
    } else if d.created.is_some() {
        (d.created, TimeSource::Created)
    } else if let Some((stamp, inferred)) =
        dated.and_then(|date| dates::resolve_date(date, file_time))
    {
        if inferred {
            let year = stamp.to_zoned().year();
            let message =
                format!("the dateline names no year; {year} is inferred from the date of the file");
            draft.add_problem(Severity::Note, "dateline", message);
        }
        (Some(stamp), TimeSource::Dateline)
    } else if file_time.is_some() {
        (file_time, TimeSource::File)
    } else {
        (None, TimeSource::None)
    };
    draft.dispatch.time = time;
    draft.dispatch.time_source = source;
}

// The dateline of a dispatch: what its lead says, completed by what was sent apart.

/// The dateline of the lead: read, unless it is known from before or is the one that was sent apart.
fn lead_dateline(
    draft: &Draft<'_>,
    lead: &str,
    known: Option<LeadDateline<'_>>,
) -> Option<Dateline> {
    if let Some(sent) = draft
        .dispatch
        .dateline
        .as_ref()
        .filter(|_| draft.has_formal_dateline)
        && let Some(range) = dateline::range_of(&sent.text, lead)
    {
        return Some(Dateline {
            text: sent.text.clone(),
            range: Some(range),
            ..Dateline::default()
        });
    }
    known
        .and_then(|known| known.for_lead(lead))
        .or_else(|| dateline::parse(lead))
        .or_else(|| {
            draft
                .dispatch
                .dateline
                .is_some()
                .then(|| dateline::parse_top_brackets(lead))?
        })
        .or_else(|| is_add(draft).then(|| dateline::parse_add_dateline(lead))?)
}

/// True where a role or a label says that this goes on with another text.
fn is_add(draft: &Draft<'_>) -> bool {
    let d = &draft.dispatch;
    d.role == Role::Add || d.label.as_deref().is_some_and(labels::is_add)
}

/// The dateline of the lead, completed by one that was sent apart; its date.
fn set_dateline(draft: &mut Draft<'_>, found: Option<Dateline>) -> Option<DatelineDate> {
    let sent = draft.dispatch.dateline.take();
    let mut found = match (found, sent) {
        (Some(found), Some(sent)) => Some(Dateline {
            place: sent.place.or(found.place),
            country: sent.country.or(found.country),
            date: sent.date.or(found.date),
            agency: sent.agency.or(found.agency),
            ..found
        }),
        (found, sent) => found.or(sent),
    };
    if let Some(found) = &mut found
        && found.text.is_empty()
    {
        let parts = [found.place.as_deref(), found.country.as_deref()];
        found.text = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    }
    let date = found.as_ref().and_then(|found| found.date);
    if draft.dispatch.agency.is_none() {
        draft.dispatch.agency = found
            .as_ref()
            .and_then(|found| found.agency.as_deref())
            .and_then(|agency| agency.split(['-', '/']).next())
            .map(|agency| agency.trim().to_owned())
            .filter(|agency| !agency.is_empty())
            .or_else(|| draft.sender.take());
    }
    draft.dispatch.dateline = found;
    date
}

/// The first paragraph, and where it begins in the text; few blocks of other kinds may stand before it.
fn first_paragraph_block(blocks: &[TextBlock]) -> (Option<Cow<'_, str>>, usize) {
    let mut at = 0;
    for (kind, text) in blocks.iter().take(6) {
        if *kind == BlockKind::Paragraph {
            return (Some(Cow::Borrowed(text.as_str())), at);
        }
        at += text.len() + 2;
    }
    (None, 0)
}

// The body of a dispatch, or what its head says of it.

/// Sets the body where the whole is wanted; else how many words it has, and whether it has a table.
fn set_body(
    draft: &mut Draft<'_>,
    core: &str,
    words: Option<u32>,
    known: Option<Vec<TextBlock>>,
) -> (u32, bool) {
    if draft.detail == Detail::Head {
        let table = match (words, &known) {
            (Some(words), _) => return (words, false),
            (None, Some(blocks)) => blocks.iter().any(|(kind, _)| *kind == BlockKind::Table),
            (None, None) => blocks::has_table(core),
        };
        return (crate::text::count_clean_words(core), table);
    }
    draft.dispatch.body = if let Some(blocks) = known {
        Body::new(blocks)
    } else {
        let mut parts = Vec::new();
        blocks::for_each_block(core, &mut |kind, block| {
            parts.push((kind, block));
            true
        });
        Body::new(parts)
    };
    (0, false)
}

// Makes a headline from the lead of a dispatch whose wire sent none.

/// Longest derived headline, in characters.
const LONGEST: usize = 110;

/// Shortest part of a sentence that may stand for it.
const SHORTEST: usize = 55;

/// Words that no headline ends with.
const DANGLING: [&str; 30] = [
    "a", "an", "the", "of", "to", "and", "or", "in", "on", "at", "by", "for", "with", "from", "as",
    "that", "but", "its", "his", "her", "their", "is", "was", "who", "which", "le", "la", "de",
    "der", "und",
];

/// The first sentence of a lead (without its dateline), or its start up to a clause or word, with `…`.
pub(in crate::format) fn derive_headline(lead: &str) -> String {
    let lead = lead.trim();
    let reach = &lead[..lead.floor_char_boundary(1024)];
    let sentence = &reach[..sentence_end(reach)];
    let whole = sentence.len() < lead.len() || reach.len() == lead.len();
    let limit = match sentence.char_indices().nth(LONGEST) {
        None if whole => return without_stop(sentence).to_owned(),
        None => sentence.len(),
        Some((limit, _)) => limit,
    };
    let cut = last_clause_end(&sentence[..limit]).unwrap_or_else(|| last_word_end(sentence, limit));
    let mut kept = trimmed(&sentence[..cut]);
    while let Some((front, last)) = kept.rsplit_once(' ') {
        if !DANGLING.contains(&last.to_lowercase().as_str()) {
            break;
        }
        kept = trimmed(front);
    }
    if kept.is_empty() {
        kept = &sentence[..limit];
    }
    format!("{kept}…")
}

/// A sentence without its full stop.
fn without_stop(sentence: &str) -> &str {
    let sentence = sentence.trim_end();
    match sentence.strip_suffix('.') {
        Some(front) if !front.ends_with('.') && !ends_with_abbreviation(front) => front,
        _ => sentence,
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_end_matches(|c: char| c.is_whitespace() || ",;:—–-(“\"«…".contains(c))
}

/// Where the first sentence ends, its full stop and closing marks included.
fn sentence_end(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if matches!(c, '。' | '！' | '？' | '۔' | '؟' | '।') {
            return at + c.len_utf8();
        }
        if !matches!(c, '.' | '!' | '?') {
            continue;
        }
        let mut end = at + 1;
        while let Some((close, c)) = chars.next_if(|(_, c)| "\"”’»)'“".contains(*c)) {
            end = close + c.len_utf8();
        }
        let rest = &text[end..];
        let next = rest.trim_start().chars().next();
        let starts = next
            .is_none_or(|c| !c.is_lowercase() && !c.is_ascii_punctuation() || "\"(".contains(c));
        if rest.starts_with(char::is_whitespace)
            && starts
            && !(c == '.' && ends_with_abbreviation(&text[..at]))
        {
            return end;
        }
    }
    text.len()
}

/// True where the word before a full stop is an initial or a usual short form (`U.S.`, `Mr.`, `Feb.`).
fn ends_with_abbreviation(text: &str) -> bool {
    let word = text.rsplit([' ', '(', '“', '"']).next().unwrap_or("");
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    letters == 1
        || word.contains('.')
        || [
            "Mr", "Mrs", "Ms", "Dr", "St", "Gen", "Col", "Sen", "Rep", "Gov", "Lt", "Sgt", "No",
            "Prof",
        ]
        .contains(&word)
        || crate::format::shared::dates::month_number(word).is_some() && letters <= 4
}

/// The last place in a text where a clause ends.
fn last_clause_end(text: &str) -> Option<usize> {
    let ends = |&(at, mark): &(usize, char)| {
        let rest = &text[at + mark.len_utf8()..];
        mark == '、'
            || matches!(mark, ',' | ';' | '—' | '–' | '،') && rest.starts_with([' ', '"', '”'])
    };
    let (at, _) = text.char_indices().rev().find(ends)?;
    (text[..at].chars().count() >= SHORTEST).then_some(at)
}

/// The end of the last word that lies before the limit.
fn last_word_end(text: &str, limit: usize) -> usize {
    if text[limit..].starts_with(' ') {
        return limit;
    }
    match text[..limit].rfind(' ') {
        Some(at) if at > limit / 2 => at,
        _ => limit,
    }
}

// Takes end marks and rights lines off the end of a text.

/// What stood behind the last paragraph.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::format) struct Trailer {
    /// Copyright or usage lines, in the order of the text, joined by spaces.
    pub rights: Option<String>,
    /// The take is not finished: `(more)`.
    pub has_more: bool,
}

/// Lines that end a dispatch and say nothing else, in lower case.
static MARKS: WordSet<20> = WordSet::new([
    "-30-", "- 30 -", "—30—", "ends", "end", "-ends-", "- ends -", "-end-", "(end)", "(ends)",
    "ends.", "./.", "nnnn", "reuter", "==kyodo", "^end<", "-0-", "* * *", "***", "/end/",
]);

/// Lines that promise another take, in lower case.
static MORE: WordSet<7> = WordSet::new([
    "(more)",
    "more",
    "-more-",
    "- more -",
    "(more to come)",
    "more...",
    "(mf)",
]);

/// The text without what ends it, and what that was. A text of nothing else stays as it is.
pub(in crate::format) fn split_trailer(text: &str) -> (&str, Trailer) {
    let mut trailer = Trailer::default();
    let mut kept = text.trim_ascii_end();
    for _ in 0..12 {
        let start = line_start(kept);
        let line = kept[start..].trim_ascii();
        let before = kept[..start].trim_ascii_end();
        if before.is_empty() {
            break;
        }
        if is_more(line) {
            trailer.has_more = true;
        } else if is_end_mark(line) {
        } else if let Some(at) = rights_start(kept) {
            let lines = kept[at..].split('\n').map(str::trim_ascii);
            let mut rights = lines.collect::<Vec<_>>().join(" ");
            if let Some(later) = trailer.rights.take() {
                rights.push(' ');
                rights.push_str(&later);
            }
            trailer.rights = Some(rights);
            kept = kept[..at].trim_ascii_end();
            continue;
        } else {
            break;
        }
        kept = before;
    }
    (kept, trailer)
}

/// Where the last line begins.
fn line_start(text: &str) -> usize {
    memchr::memrchr(b'\n', text.as_bytes()).map_or(0, |at| at + 1)
}

fn is_more(line: &str) -> bool {
    MORE.contains(line) && line != "more"
}

fn is_end_mark(line: &str) -> bool {
    if line.len() > 40 {
        return false;
    }
    if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
        // `ends` is a word; the mark stands in capitals or between dashes.
        return !matches!(line, "ends" | "end" | "ends.") && MARKS.contains(line);
    }
    let initials = |rest: &str| rest.len() <= 16 && !rest.contains("  ");
    MARKS.contains(line)
        || line.len() >= 3 && line.bytes().all(|b| b == b'#' || b == b' ')
        || line.strip_prefix("./.").is_some_and(initials)
        || line
            .strip_prefix("==")
            .is_some_and(|name| name.chars().all(char::is_alphabetic))
}

/// Where the rights lines at the end begin: the last line, or the last four at most after an empty one.
fn rights_start(text: &str) -> Option<usize> {
    let mut end = text.len();
    for _ in 0..4 {
        let start = line_start(&text[..end]);
        let line = text[start..end].trim_ascii();
        if line.is_empty() || line.len() > 600 || start == 0 {
            return None;
        }
        if is_rights(line) {
            // Behind the first line of a longer paragraph, more of it may only follow after an empty line.
            let alone = end == text.len() || text[..start].ends_with("\n\n");
            return alone.then_some(start);
        }
        end = start.saturating_sub(1);
    }
    None
}

/// True where a line begins as a copyright notice does.
pub(in crate::format) fn is_rights(line: &str) -> bool {
    if !matches!(
        line.as_bytes().first(),
        Some(b'(' | b'c' | b'C' | b'a' | b'A' | 0xc2 | 0xe2)
    ) {
        return false;
    }
    let year = |text: &str| {
        let text = text.trim_start_matches([' ', ',', ':', '\u{a0}']);
        text.starts_with('©')
            || text
                .get(..3)
                .is_some_and(|mark| mark.eq_ignore_ascii_case("(c)"))
            || text.bytes().take(4).filter(u8::is_ascii_digit).count() == 4
    };
    if line.starts_with(['©', '℗']) {
        return true;
    }
    let start = |name: &str| {
        line.get(..name.len())
            .filter(|start| start.eq_ignore_ascii_case(name))
            .map(|_| &line[name.len()..])
    };
    start("(c)").is_some_and(|rest| year(rest) || rest.to_ascii_lowercase().contains("rights"))
        || start("copyright")
            .is_some_and(|rest| year(rest) || rest.to_ascii_lowercase().contains("rights reserved"))
        || start("all rights reserved").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_headline(lead: &str, expected: &str) {
        assert_eq!(derive_headline(lead), expected);
    }

    #[test]
    fn takes_a_short_sentence_whole() {
        check_headline("", "");
        check_headline(
            "The mine reopened on Friday.",
            "The mine reopened on Friday",
        );
        check_headline("The mine reopened. Miners sang.", "The mine reopened");
        check_headline(
            "Gen. Olaf Brun of the U.S. Army left St. Malo. He sailed.",
            "Gen. Olaf Brun of the U.S. Army left St. Malo",
        );
        check_headline("“We dig,” she said. “And sing.”", "“We dig,” she said");
        check_headline("鉱山が再開した。歌った。", "鉱山が再開した。");
    }

    #[test]
    fn cuts_a_long_one_at_a_clause() {
        check_headline(
            "The mine at Nordvik reopened on Friday after eleven months of repair, its owner said in a statement that named no cost.",
            "The mine at Nordvik reopened on Friday after eleven months of repair…",
        );
    }

    #[test]
    fn cuts_at_a_word_and_leaves_nothing_dangling() {
        check_headline(
            "The mine at Nordvik which has been closed since the great flood of last winter reopened on Friday morning to the sound of brass bands",
            "The mine at Nordvik which has been closed since the great flood of last winter reopened on Friday morning…",
        );
        let long = "x".repeat(300);
        check_headline(&long, &format!("{}…", "x".repeat(110)));
    }

    #[track_caller]
    fn check_trailer(text: &str, kept: &str, rights: Option<&str>, more: bool) {
        let (found, trailer) = split_trailer(text);
        assert_eq!(
            (found, trailer.rights.as_deref(), trailer.has_more),
            (kept, rights, more)
        );
    }

    #[test]
    fn takes_rights_lines() {
        check_trailer(
            "Text.\n© 2020 Harbour Wire\n",
            "Text.",
            Some("© 2020 Harbour Wire"),
            false,
        );
        check_trailer(
            "Text.\n\nCopyright 2020 HW. Kept.",
            "Text.",
            Some("Copyright 2020 HW. Kept."),
            false,
        );
        check_trailer(
            "Text.\n\n(c) 2020 HW\nAll rights reserved.",
            "Text.",
            Some("(c) 2020 HW All rights reserved."),
            false,
        );
        check_trailer(
            "Text.\n\nCopyright (c) 2020 HW, to be\nkept.",
            "Text.",
            Some("Copyright (c) 2020 HW, to be kept."),
            false,
        );
        check_trailer(
            "Text.\n\nCopyright law will change.",
            "Text.\n\nCopyright law will change.",
            None,
            false,
        );
        check_trailer("© 2020 HW", "© 2020 HW", None, false);
    }

    #[test]
    fn takes_end_marks() {
        for mark in [
            "-30-", "ENDS", "####", "# # #", "./.", "./. abc", "NNNN", " Reuter", "REUTER",
            "==Kyodo", "^END<",
        ] {
            check_trailer(&format!("Text.\n\n{mark}\n"), "Text.", None, false);
        }
        check_trailer(
            "Text.\n(Reporting by A; Editing by B)",
            "Text.\n(Reporting by A; Editing by B)",
            None,
            false,
        );
        check_trailer(
            "Text.\nHow it ends\nends",
            "Text.\nHow it ends\nends",
            None,
            false,
        );
        check_trailer("ENDS", "ENDS", None, false);
    }

    #[test]
    fn says_where_more_follows() {
        check_trailer("Text.\n(more)", "Text.", None, true);
        check_trailer("Text.\n\nMORE\n-30-", "Text.", None, true);
        check_trailer("Text.\nAnd more", "Text.\nAnd more", None, false);
    }
}
