//! Completes a dispatch from its text: dateline, trailers, headline, role, time and body. Shared by all formats.

mod body;
mod filed;

use std::ops::Range;

use super::dateline::LeadDateline;
use super::days;
use super::draft::{Draft, ParsedItem};
use super::markup::TextBlock;
use super::trailer::Trailer;
use super::{blocks, dateline, embargo, fields, label, lead, orders, trailer};
use crate::dispatch::{BlockKind, DatelineDate, RelationKind, Role, Severity, Status, TimeSource};
use body::set_body;
use filed::{first_paragraph_block, lead_dateline, set_dateline};

/// A text without what ends it.
pub(super) struct BodyText<'a> {
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
pub(super) fn finish_text(
    draft: Draft<'_>,
    text: &str,
    known: Option<LeadDateline<'_>>,
    at: ItemLocation,
) -> ParsedItem {
    let (text, trailer) = trailer::split_trailer(text);
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
pub(super) fn finish_blocks(
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
    let (text, trailer) = trailer::split_trailer(&whole);
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
pub(super) fn finish_body_text(
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
    orders::apply_directives(&mut draft, start.unwrap_or(core));
    embargo::apply_embargo(&mut draft, lead.as_deref());
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
        Some(_) if next.is_some() => {
            next.map_or_else(String::new, |next| lead::derive_headline(&next))
        }
        Some(lead) if skip < lead.len() => lead::derive_headline(&lead[skip..]),
        Some(lead) => lead::derive_headline(lead),
        None => {
            let line = core.trim_ascii_start().split('\n').next().unwrap_or("");
            let line = line.strip_prefix("• ").unwrap_or(line);
            lead::derive_headline(&line.split_whitespace().collect::<Vec<_>>().join(" "))
        }
    };
    if d.headline.is_empty() {
        let other = d.slug.as_ref().or(d.label.as_ref()).or(d.ednote.as_ref());
        d.headline = other
            .or(d.rights.as_ref())
            .or(d.id.as_ref())
            .map_or(String::new(), |text| lead::derive_headline(text));
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
    let said = d.label.as_deref().and_then(label::parse_label_line);
    let before = label::parse_label_prefix(&d.headline).or_else(|| {
        let whole = !d.headline_derived && d.label.is_none();
        label::parse_label_suffix(&d.headline).filter(|_| whole)
    });
    if d.label.is_none()
        && let Some((label, _)) = before
    {
        d.label = Some(label.to_owned());
    }
    // A note that begins with a label; what it adds or updates is no role.
    let strong = |role| matches!(role, Some(Role::Kill | Role::Correction | Role::Repeat));
    let noted = d.ednote.as_deref().and_then(label::parse_label_prefix);
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
        dated.and_then(|date| days::resolve_date(date, file_time))
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
