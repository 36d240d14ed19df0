//! Completes a draft from the text of its dispatch: dateline, trailer, headline, role, time and body. The last step of
//! every format's parser.

use std::borrow::Cow;

use crate::dispatch::{
    BlockKind, Body, Dateline, DatelineDate, RelationKind, Role, Severity, Status, TimeSource,
};
use crate::format::parser::{Detail, Draft, ParsedItem};
use crate::format::shared::dateline::{self, LeadDateline};
use crate::format::shared::markup::TextBlock;
use crate::format::shared::word_set::WordSet;
use crate::format::shared::{blocks, bylines, dates, editor_directives, fields, labels};
use crate::text::has_prefix_ignoring_case;

/// The text of a body, separated from its trailer.
pub(in crate::format) struct BodyText<'a> {
    pub text: &'a str,
    pub trailer: Trailer,
    /// The word count, if `text` is only an extract without its middle, as some fast paths provide for heads. The text
    /// must then have no table, and its first line must be a paragraph that is not the last.
    pub words: Option<u32>,
    /// The blocks, if the format has them. Joined by empty lines, they equal `text`.
    pub blocks: Option<Vec<TextBlock>>,
    /// A slice of the item's bytes that appears in the body unchanged, apart from JSON escapes; empty if unknown.
    pub verbatim: &'a str,
}

/// Finishes a draft whose fields are set. `text` is its clean text, without headline and header lines. `known` is the
/// dateline of the lead if the parser has already looked for it.
pub(in crate::format) fn finish_text(
    draft: Draft<'_>,
    text: &str,
    known: Option<LeadDateline<'_>>,
) -> ParsedItem {
    let (text, trailer) = split_trailer(text);
    let core = BodyText { text, trailer, words: None, blocks: None, verbatim: text };
    finish_body_text(draft, core, known)
}

/// Like [`finish_text`], for a body of blocks. Headings before the lead are kept; the dateline is taken from the first
/// paragraph.
pub(in crate::format) fn finish_blocks(draft: Draft<'_>, mut blocks: Vec<TextBlock>) -> ParsedItem {
    // Many wires repeat the headline at the top of the text.
    let headline = [Some(&draft.dispatch.headline), draft.fallback_headline.as_ref()];
    if blocks.len() > 1
        && blocks[0].0 == BlockKind::Heading
        && headline.contains(&Some(&blocks[0].1))
    {
        blocks.remove(0);
    }
    let texts: Vec<&str> = blocks.iter().map(|(_, text)| text.as_str()).collect();
    let joined = texts.join("\n\n");
    let (text, trailer) = split_trailer(&joined);
    // Cuts the trailer off the blocks as well.
    let mut end = joined.len();
    while let Some((_, last)) = blocks.last_mut() {
        let start = end - last.len();
        if start < text.len() {
            last.truncate(text.len() - start);
            break;
        }
        end = start.saturating_sub(2);
        blocks.pop();
    }
    let core = BodyText { text, trailer, words: None, blocks: Some(blocks), verbatim: "" };
    finish_body_text(draft, core, None)
}

/// The only encoding for which decoded text is a slice of the input.
const UTF_8: &str = "UTF-8";

/// Like [`finish_text`], for a text whose trailer is already split off.
pub(in crate::format) fn finish_body_text(
    mut draft: Draft<'_>,
    core: BodyText<'_>,
    known: Option<LeadDateline<'_>>,
) -> ParsedItem {
    let (bytes, number) = draft.location.clone();
    let BodyText { text: core, trailer, words, blocks: known_blocks, verbatim } = core;
    // A verbatim range is into the item's own bytes, so it only makes sense if they are its byte range.
    let own = bytes.end - bytes.start == draft.raw_len() as u64 && draft.dispatch.encoding == UTF_8;
    let verbatim = draft.raw_range_of(verbatim).filter(|_| own).unwrap_or_default();
    if let Some(rights) = trailer.rights {
        fields::append_text(&mut draft.dispatch.rights, &rights, " ");
    }
    if trailer.has_more {
        draft.add_field("more", "true");
    }
    // The order matters: the headline skips the dateline, the role depends on the headline, directives on the role.
    let (lead, lead_at) = match &known_blocks {
        Some(blocks) => first_paragraph_block(blocks),
        None => (blocks::first_paragraph(core), 0),
    };
    let found = lead.as_deref().and_then(|lead| lead_dateline(&draft, lead, known));
    let dated = set_dateline(&mut draft, found);
    if draft.dispatch.byline.is_none() {
        let creator = draft.fallback_byline.take();
        draft.dispatch.byline = creator.map(|name| bylines::strip_by(&name).to_owned());
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
    // Only the first paragraph of an extract is complete, so a long lead is examined alone.
    let start = lead.as_deref().filter(|lead| lead.len() > 90);
    editor_directives::apply_directives(&mut draft, start.unwrap_or(core));
    editor_directives::apply_embargo(&mut draft, lead.as_deref());
    set_time(&mut draft, dated);
    // From a range into the lead to one into the body.
    if let Some(range) = (draft.dispatch.dateline.as_mut()).and_then(|found| found.range.as_mut()) {
        *range = range.start + lead_at..range.end + lead_at;
    }
    let (words, table) = set_body(&mut draft, core, words, known_blocks);
    // The cells of a table are padded with spaces.
    let length =
        if table { crate::text::count_letters(core.as_bytes()) } else { core.len() as u64 };
    ParsedItem {
        dispatch: draft.dispatch,
        left_out: draft.left_out,
        text_length: u32::try_from(length).unwrap_or(u32::MAX),
        word_count: words,
        has_table: table,
        bytes,
        number,
        verbatim_range: verbatim,
    }
}

/// Derives a headline if the wire sent none: from the lead after its dateline, else from the first line, else from
/// another field.
fn set_headline(draft: &mut Draft<'_>, core: &str, lead: Option<&str>) {
    let d = &mut draft.dispatch;
    if !d.headline.is_empty() {
        return;
    }
    d.headline_derived = true;
    // The words before the colon of an add belong to its sentence.
    let skip = d.dateline.as_ref().map_or(0, |found| match &found.range {
        Some(range) if !dateline::is_add_dateline(found, lead) => range.end,
        _ => 0,
    });
    let next = lead.filter(|lead| is_salutation(lead)).and_then(|_| second_paragraph(core));
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
    // A dispatch without any text still needs something to show in a list.
    if d.headline.is_empty() {
        let other = d.slug.as_ref().or(d.label.as_ref()).or(d.ednote.as_ref());
        d.headline = other
            .or(d.rights.as_ref())
            .or(d.id.as_ref())
            .map_or(String::new(), |text| derive_headline(text));
    }
}

/// True for a salutation such as `EDITORS:`, which makes no headline.
fn is_salutation(lead: &str) -> bool {
    lead.len() <= 40 && lead.ends_with(':')
}

/// The second block, if it is a paragraph.
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

/// Sets role, urgency and label from the label, the headline, the note or the look of the text, unless a field gave
/// them.
fn set_role(draft: &mut Draft<'_>, core: &str) {
    let d = &mut draft.dispatch;
    let from_label = d.label.as_deref().and_then(labels::parse_label_line);
    let in_headline = labels::parse_label_prefix(&d.headline).or_else(|| {
        let may_have_suffix = !d.headline_derived && d.label.is_none();
        labels::parse_label_suffix(&d.headline).filter(|_| may_have_suffix)
    });
    if d.label.is_none()
        && let Some((label, _)) = in_headline
    {
        d.label = Some(label.to_owned());
    }
    // A note may begin with a label too, but one that says `ADDS` or `UPDATES` describes a change, not a role.
    let strong = |role| matches!(role, Some(Role::Kill | Role::Correction | Role::Repeat));
    let from_note = d.ednote.as_deref().and_then(labels::parse_label_prefix);
    let from_note = from_note.map(|(_, meaning)| meaning).filter(|meaning| strong(meaning.role));
    for meaning in
        [from_label, in_headline.map(|(_, meaning)| meaning), from_note].into_iter().flatten()
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
    // A canceled item that kills another is a kill notice; one that was itself withdrawn keeps its role.
    let kills = d.relations.iter().any(|other| other.kind == RelationKind::Kills);
    if d.status == Status::Canceled && d.role == Role::Story && kills {
        d.role = Role::Kill;
    }
    // A line in capitals without a headline or dateline is how many wires send a flash.
    let text_only = d.role == Role::Story && d.headline_derived && d.dateline.is_none();
    if text_only && is_shouted(core) {
        d.role = Role::Alert;
    }
}

/// True for a single line of at least three words in capitals.
fn is_shouted(core: &str) -> bool {
    let line = core.trim_ascii();
    line.len() <= 400
        && !line.contains('\n')
        && line.split_ascii_whitespace().count() >= 3
        && line.chars().any(char::is_uppercase)
        && !line.chars().any(char::is_lowercase)
}

/// Sets the time that lists sort by: sent, else created, else the date of the dateline, else that of the file.
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

// The dateline, from the lead and from fields.

/// The dateline of the lead. Parsed only if it is neither `known` nor equal to the one that was sent in a field.
fn lead_dateline(
    draft: &Draft<'_>,
    lead: &str,
    known: Option<LeadDateline<'_>>,
) -> Option<Dateline> {
    if let Some(sent) = draft.dispatch.dateline.as_ref().filter(|_| draft.has_formal_dateline)
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
            draft.dispatch.dateline.is_some().then(|| dateline::parse_top_brackets(lead))?
        })
        .or_else(|| is_add(draft).then(|| dateline::parse_add_dateline(lead))?)
}

/// True if a role or label says that the text continues another one.
fn is_add(draft: &Draft<'_>) -> bool {
    let d = &draft.dispatch;
    d.role == Role::Add || d.label.as_deref().is_some_and(labels::is_add)
}

/// Merges the dateline of the lead with one from a field, whose parts take precedence, and sets the agency if it is
/// still unknown. Returns the date.
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
    // Place and country may have come in fields of their own, without a dateline.
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
            // `AFP-DPA`: the first agency is the sender, the others are sources.
            .and_then(|agency| agency.split(['-', '/']).next())
            .map(|agency| agency.trim().to_owned())
            .filter(|agency| !agency.is_empty())
            .or_else(|| draft.fallback_agency.take());
    }
    draft.dispatch.dateline = found;
    date
}

/// The first paragraph and its byte offset in the text. At most five blocks of other kinds may precede it.
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

/// Builds the body for [`Detail::Full`]. For [`Detail::Head`], returns the word count and whether there is a table.
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
        // Not all texts are clean: a character reference may stand for a control code.
        return (crate::text::count_words(core), table);
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

// Headlines derived from the lead.

/// Longest derived headline, in characters: about what fits a wide list row.
const MAX_DERIVED: usize = 110;

/// Shortest clause that can serve as a headline, in characters. A shorter one would say too little, so the sentence is
/// cut at a word instead.
const MIN_CLAUSE: usize = 55;

/// Words that a headline must not end with after it was cut.
static DANGLING: WordSet = WordSet::new(
    "a an the of to and or in on at by for with from as that but its his her their is was who which le la de der und",
);

/// Derives a headline from a lead without its dateline: the first sentence, or its start up to the end of a clause or
/// word, with `…`.
pub(in crate::format) fn derive_headline(lead: &str) -> String {
    let lead = lead.trim();
    let reach = &lead[..lead.floor_char_boundary(1024)];
    let sentence = &reach[..sentence_end(reach)];
    let is_complete = sentence.len() < lead.len() || reach.len() == lead.len();
    let limit = match sentence.char_indices().nth(MAX_DERIVED) {
        None if is_complete => return without_stop(sentence).to_owned(),
        None => sentence.len(),
        Some((limit, _)) => limit,
    };
    // At the end of a clause if it is long enough, else of a word.
    let cut = last_clause_end(&sentence[..limit]).unwrap_or_else(|| last_word_end(sentence, limit));
    let mut headline = trimmed(&sentence[..cut]);
    while let Some((front, last)) = headline.rsplit_once(' ') {
        if !DANGLING.contains(last) {
            break;
        }
        headline = trimmed(front);
    }
    if headline.is_empty() {
        headline = &sentence[..limit];
    }
    format!("{headline}…")
}

/// Strips the full stop of a sentence, but not that of an abbreviation or ellipsis.
fn without_stop(sentence: &str) -> &str {
    let sentence = sentence.trim_end();
    match sentence.strip_suffix('.') {
        Some(front) if !front.ends_with('.') && !ends_with_abbreviation(front) => front,
        _ => sentence,
    }
}

/// Strips white space and punctuation that should not precede `…`.
fn trimmed(text: &str) -> &str {
    text.trim_end_matches(|c: char| c.is_whitespace() || ",;:—–-(“\"«…".contains(c))
}

/// Byte offset after the first sentence, including its full stop and closing quotation marks.
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

/// True if the word before a full stop is an initial or abbreviation (`U.S.`, `Mr.`, `Feb.`).
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
        || dates::month_number(word).is_some() && letters <= 4
}

/// Byte offset of the last end of a clause, if it leaves at least [`MIN_CLAUSE`] characters.
fn last_clause_end(text: &str) -> Option<usize> {
    let ends = |&(at, mark): &(usize, char)| {
        let rest = &text[at + mark.len_utf8()..];
        mark == '、'
            || matches!(mark, ',' | ';' | '—' | '–' | '،') && rest.starts_with([' ', '"', '”'])
    };
    let (at, _) = text.char_indices().rev().find(ends)?;
    (text[..at].chars().count() >= MIN_CLAUSE).then_some(at)
}

/// Byte offset after the last word that ends before the limit, or the limit itself if that word is very long.
fn last_word_end(text: &str, limit: usize) -> usize {
    if text[limit..].starts_with(' ') {
        return limit;
    }
    match text[..limit].rfind(' ') {
        Some(at) if at > limit / 2 => at,
        _ => limit,
    }
}

// Trailers: end marks and rights lines.

/// Information from the lines after the last paragraph.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::format) struct Trailer {
    /// Copyright or usage lines, in the order of the text, joined by spaces.
    pub rights: Option<String>,
    /// True if the take is unfinished: `(more)`.
    pub has_more: bool,
}

/// End marks of many agencies, in lower case.
static MARKS: WordSet = WordSet::of(&[
    "-30-", "- 30 -", "—30—", "ends", "end", "-ends-", "- ends -", "-end-", "(end)", "(ends)",
    "ends.", "./.", "nnnn", "reuter", "==kyodo", "^end<", "-0-", "* * *", "***", "/end/",
]);

/// Lines that announce another take, in lower case.
static MORE: WordSet =
    WordSet::of(&["(more)", "more", "-more-", "- more -", "(more to come)", "more...", "(mf)"]);

/// Splits the trailer off a text. A text that consists of nothing else is left alone.
pub(in crate::format) fn split_trailer(text: &str) -> (&str, Trailer) {
    let mut trailer = Trailer::default();
    let mut rest = text.trim_ascii_end();
    // One step per line or group of rights lines. No real trailer has more than a few.
    for _ in 0..12 {
        let start = line_start(rest);
        let line = rest[start..].trim_ascii();
        let before = rest[..start].trim_ascii_end();
        if before.is_empty() {
            break;
        }
        if is_more(line) {
            trailer.has_more = true;
        } else if is_end_mark(line) {
        } else if let Some(at) = rights_start(rest) {
            let lines = rest[at..].split('\n').map(str::trim_ascii);
            let mut rights = lines.collect::<Vec<_>>().join(" ");
            if let Some(later) = trailer.rights.take() {
                rights.push(' ');
                rights.push_str(&later);
            }
            trailer.rights = Some(rights);
            rest = rest[..at].trim_ascii_end();
            continue;
        } else {
            break;
        }
        rest = before;
    }
    (rest, trailer)
}

/// Byte offset of the last line.
fn line_start(text: &str) -> usize {
    memchr::memrchr(b'\n', text.as_bytes()).map_or(0, |at| at + 1)
}

/// True for a line that announces another take; a lower-case `more` is a word of the text.
fn is_more(line: &str) -> bool {
    MORE.contains(line) && line != "more"
}

/// True for an end mark, on its own or with the initials of an editor.
fn is_end_mark(line: &str) -> bool {
    if line.len() > 40 {
        return false;
    }
    if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
        // In lower case, `ends` is a word of the text.
        return !matches!(line, "ends" | "end" | "ends.") && MARKS.contains(line);
    }
    let initials = |rest: &str| rest.len() <= 16 && !rest.contains("  ");
    MARKS.contains(line)
        || line.len() >= 3 && line.bytes().all(|b| b == b'#' || b == b' ')
        || line.strip_prefix("./.").is_some_and(initials)
        || line.strip_prefix("==").is_some_and(|name| name.chars().all(char::is_alphabetic))
}

/// Byte offset of the rights lines at the end: either the last line, or up to four last lines after an empty one.
fn rights_start(text: &str) -> Option<usize> {
    let mut end = text.len();
    for _ in 0..4 {
        let start = line_start(&text[..end]);
        let line = text[start..end].trim_ascii();
        if line.is_empty() || line.len() > 600 || start == 0 {
            return None;
        }
        if is_rights(line) {
            // A notice of several lines must be a paragraph of its own; otherwise the lines after it are text.
            let alone = end == text.len() || text[..start].ends_with("\n\n");
            return alone.then_some(start);
        }
        end = start.saturating_sub(1);
    }
    None
}

/// True if a line begins like a copyright notice. The word alone does not count (`Copyright law will change.`): a year,
/// a sign or “rights reserved” must follow.
pub(in crate::format) fn is_rights(line: &str) -> bool {
    if !matches!(line.as_bytes().first(), Some(b'(' | b'c' | b'C' | b'a' | b'A' | 0xc2 | 0xe2)) {
        return false;
    }
    let year = |text: &str| {
        let text = text.trim_start_matches([' ', ',', ':', '\u{a0}']);
        text.starts_with('©')
            || has_prefix_ignoring_case(text, "(c)")
            || text.bytes().take(4).filter(u8::is_ascii_digit).count() == 4
    };
    if line.starts_with(['©', '℗']) {
        return true;
    }
    let start = |name: &str| has_prefix_ignoring_case(line, name).then(|| &line[name.len()..]);
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
    fn a_short_sentence_is_the_headline() {
        check_headline("", "");
        check_headline("The mine reopened on Friday.", "The mine reopened on Friday");
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
    fn cuts_at_a_word_without_dangling_particles() {
        check_headline(
            "The mine at Nordvik which has been closed since the great flood of last winter reopened on Friday morning to the sound of brass bands",
            "The mine at Nordvik which has been closed since the great flood of last winter reopened on Friday morning…",
        );
        let long = "x".repeat(300);
        check_headline(&long, &format!("{}…", "x".repeat(110)));
    }

    #[track_caller]
    fn check_trailer(text: &str, rest: &str, rights: Option<&str>, more: bool) {
        let (found, trailer) = split_trailer(text);
        assert_eq!((found, trailer.rights.as_deref(), trailer.has_more), (rest, rights, more));
    }

    #[test]
    fn splits_off_rights_lines() {
        check_trailer("Text.\n© 2020 Harbour Wire\n", "Text.", Some("© 2020 Harbour Wire"), false);
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
    fn splits_off_end_marks() {
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
        check_trailer("Text.\nHow it ends\nends", "Text.\nHow it ends\nends", None, false);
        check_trailer("ENDS", "ENDS", None, false);
    }

    #[test]
    fn recognises_that_more_follows() {
        check_trailer("Text.\n(more)", "Text.", None, true);
        check_trailer("Text.\n\nMORE\n-30-", "Text.", None, true);
        check_trailer("Text.\nAnd more", "Text.\nAnd more", None, false);
    }
}
