//! Reads a page that a DOCX, ODT or RTF file was converted to as one dispatch: its headline, byline and header lines,
//! its properties, and its text.

use crate::dispatch::{BlockKind, TimeSource};
use crate::format::html::{keep_links_and_media, parse_html};
use crate::format::office::page::converted_from;
use crate::format::parser::{Context, Draft, Input, ItemSink, ParsedItem, Sample};
use crate::format::plain::header_lines::{find_header_block, read};
use crate::format::shared::bylines::is_person;
use crate::format::shared::dates::parse_field_time;
use crate::format::shared::fields::FieldKey;
use crate::format::shared::finish;
use crate::format::shared::markup::{Markup, TextBlock};

/// Most paragraphs that are read as header lines.
const MAX_HEADER_LINES: usize = 20;

/// Longest header line, in bytes.
const MAX_HEADER_LENGTH: usize = 300;

/// Recognises a page that was converted from DOCX.
pub(in crate::format) fn is_docx(sample: &Sample<'_>) -> bool {
    converted_from(sample.start) == Some("docx")
}

/// Recognises a page that was converted from ODT.
pub(in crate::format) fn is_odt(sample: &Sample<'_>) -> bool {
    converted_from(sample.start) == Some("odt")
}

/// Recognises a page that was converted from RTF.
pub(in crate::format) fn is_rtf(sample: &Sample<'_>) -> bool {
    converted_from(sample.start) == Some("rtf")
}

/// Reads a page as one dispatch, in the name of the format that it was converted from.
pub(in crate::format) fn read_converted(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let format = match converted_from(input.bytes) {
        Some("docx") => "docx",
        Some("odt") => "odt",
        _ => "rtf",
    };
    read_document(format, input, sink);
}

/// Reads a page as one dispatch.
pub(in crate::format) fn read_document(
    format: &'static str,
    input: &Input<'_>,
    sink: &mut ItemSink<'_>,
) {
    let (_, page) = input.draft(format, 0..input.bytes.len());
    let markup = parse_html(&page);
    if markup.blocks.is_empty() {
        return;
    }
    sink.offer(|| read_item(format, input, markup));
}

fn read_item(format: &'static str, input: &Input<'_>, mut markup: Markup) -> ParsedItem {
    let properties = std::mem::take(&mut markup.meta);
    let property = |name: &str| {
        let found = properties.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    };
    let created = property("created").and_then(parse_field_time);
    // A document is copied and saved again: when it was written says more than the date of its file.
    let context = Context { file_time: created.or(input.ctx.file_time), ..input.ctx.clone() };
    let input = Input { ctx: &context, ..*input };
    let (mut draft, _) = input.draft(format, 0..input.bytes.len());
    let mut blocks = keep_links_and_media(&mut draft, markup);
    take_header_lines(&mut draft, &mut blocks);
    take_headline(&mut draft, &mut blocks);
    for (name, value) in &properties {
        match name.as_str() {
            "title" if is_title(value) => draft.fallback_headline = Some(value.clone()),
            "creator" if is_person(value) => draft.fallback_byline = Some(value.clone()),
            "language" => draft.set_field(FieldKey::Language, name, value),
            "keywords" => draft.set_field(FieldKey::Keywords, name, value),
            // A field of the dispatch, below.
            "created" if created.is_some() => {}
            _ => draft.add_field(name, value),
        }
    }
    let mut item = finish::finish_blocks(draft, blocks);
    let dispatch = &mut item.dispatch;
    if dispatch.created.is_none() {
        dispatch.created = created;
    }
    if dispatch.time_source == TimeSource::File && created.is_some() {
        dispatch.time_source = TimeSource::Created;
    }
    item
}

/// Moves a block of `Name: value` paragraphs at the start, one a paragraph, into the draft.
fn take_header_lines(draft: &mut Draft<'_>, blocks: &mut Vec<TextBlock>) {
    let is_line = |(kind, text): &&TextBlock| {
        *kind == BlockKind::Paragraph && text.len() <= MAX_HEADER_LENGTH && !text.contains('\n')
    };
    let has_name = |text: &str| text.split_once(':').is_some_and(|(name, _)| name.len() <= 32);
    let lines = blocks.iter().take(MAX_HEADER_LINES).take_while(is_line);
    // The first may be a headline without a name.
    let count = (0..).zip(lines).take_while(|(nth, (_, text))| *nth == 0 || has_name(text)).count();
    let text: Vec<&str> = blocks[..count].iter().map(|(_, text)| text.as_str()).collect();
    let text = text.join("\n");
    if (count > 1 || has_name(&text))
        && let Some(block) = find_header_block(&text)
    {
        block.apply(draft);
        blocks.drain(..count);
    }
}

/// Moves the headline, the byline and notes to editors at the start into the draft: a heading, or lines that look like
/// those of a plain dispatch.
fn take_headline(draft: &mut Draft<'_>, blocks: &mut Vec<TextBlock>) {
    let first = blocks.iter().take(3).position(|(kind, _)| *kind == BlockKind::Heading);
    if let Some(first) = first.filter(|_| draft.dispatch.headline.is_empty() && blocks.len() > 1) {
        let (_, text) = blocks.remove(first);
        draft.set_field(FieldKey::Headline, "heading", &text);
    }
    take_bare_byline(draft, blocks);
    let front = blocks.iter().take_while(|(kind, _)| *kind == BlockKind::Paragraph).take(24);
    let texts: Vec<&str> = front.map(|(_, text)| text.as_str()).collect();
    let text = texts.join("\n\n");
    let (rest, _) = read(&text, draft);
    let mut taken = text.len() - rest.len();
    let mut count = 0;
    for text in &texts {
        if taken < text.len() {
            break;
        }
        count += 1;
        taken = taken.saturating_sub(text.len() + 2);
    }
    if count < blocks.len() {
        blocks.drain(..count);
    }
}

/// Moves the name of a person under the headline into the draft: authors sign their documents so.
fn take_bare_byline(draft: &mut Draft<'_>, blocks: &mut Vec<TextBlock>) {
    let at = usize::from(draft.dispatch.headline.is_empty());
    let is_name = |text: &str| text.split_whitespace().count() <= 3 && is_person(text);
    let is_text = |nth: usize| {
        let block = blocks.get(nth);
        block.filter(|(kind, _)| *kind == BlockKind::Paragraph).map(|(_, text)| text.as_str())
    };
    let signs = is_text(at).is_some_and(is_name)
        && is_text(at + 1).is_some_and(|text| text.len() > 60)
        && (at == 0 || is_text(0).is_some_and(|text| !is_name(text) && text.len() <= 200));
    if signs && draft.dispatch.byline.is_none() {
        let (_, name) = blocks.remove(at);
        draft.set_field(FieldKey::Byline, "byline", &name);
    }
}

/// True for a title that somebody wrote: programs give a document the name of its file, or of an empty one.
fn is_title(title: &str) -> bool {
    let lower = title.to_lowercase();
    let is_file =
        [".doc", ".rtf", ".odt", ".txt", ".pdf", ".htm"].iter().any(|end| lower.contains(end));
    title.contains(' ') && !is_file && !lower.starts_with("microsoft word")
}
