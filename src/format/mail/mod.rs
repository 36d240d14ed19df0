//! Mails, one a file or many in an mbox. RFC 5322, RFC 2045 to 2047, RFC 4155.

mod fields;
mod header;
mod mime;
mod transfer;
mod words;

use std::borrow::Cow;
use std::ops::Range;

use super::cut::{RecordBoundary, is_mail_header};
use super::detect::Sample;
use super::draft::{Draft, ItemSink, ParsedItem};
use super::markup::{self, TextBlock};
use super::plain::front;
use super::{Context, Detail, blocks, finish};
use crate::dispatch::{Problem, Severity};
use crate::text;
use header::Headers;
use mime::TextPart;

/// True for an mbox: a line `From …` before the headers of a mail.
pub(super) fn is_mbox(sample: &Sample<'_>) -> bool {
    let parted = || RecordBoundary::MboxFrom.find_next(sample.start, 0) == Some(0);
    !sample.is_utf16
        && sample.start.starts_with(b"From ")
        && (parted() || has_mail_headers(sample, 1))
}

/// True for one mail.
pub(super) fn is_mail(sample: &Sample<'_>) -> bool {
    !sample.is_utf16 && has_mail_headers(sample, 0)
}

/// True where header lines that only mails have stand in the first block, after this many lines.
fn has_mail_headers(sample: &Sample<'_>, skip: usize) -> bool {
    let (mut from, mut to, mut mail) = (false, false, false);
    for line in sample.start.split(|&b| b == b'\n').skip(skip).take(200) {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            continue;
        }
        let Some(colon) = line.iter().take(77).position(|&b| b == b':') else {
            return mail && from;
        };
        match line[..colon]
            .trim_ascii_end()
            .to_ascii_lowercase()
            .as_slice()
        {
            b"from" => from = true,
            b"to" | b"subject" if is_mail_header(line) => to = true,
            b"received"
            | b"message-id"
            | b"mime-version"
            | b"return-path"
            | b"delivered-to"
            | b"content-transfer-encoding" => mail = true,
            name if name.iter().any(|b| !b.is_ascii_graphic()) => return false,
            _ => {}
        }
    }
    mail || from && (to || skip > 0)
}

/// All mails of an mbox.
pub(super) fn mbox(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    let mut start = 0;
    while start < bytes.len() && !sink.is_full() {
        let end = RecordBoundary::MboxFrom
            .find_next(bytes, start + 1)
            .unwrap_or(bytes.len());
        offer_mail(bytes, start..end, want, ctx, sink);
        start = end;
    }
    Vec::new()
}

/// All bytes as one mail.
pub(super) fn single_mail(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    offer_mail(bytes, 0..bytes.len(), want, ctx, sink);
    Vec::new()
}

fn offer_mail(
    bytes: &[u8],
    at: Range<usize>,
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) {
    let raw = &bytes[at.clone()];
    if raw.trim_ascii().is_empty() {
        return;
    }
    sink.offer(|| parse_item(raw, at, want, ctx));
}

fn parse_item(raw: &[u8], at: Range<usize>, want: Detail, ctx: &Context) -> ParsedItem {
    let mut draft = Draft::new("mail", raw, want, ctx);
    let mail = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    let mail = mail.trim_ascii_start();
    let (mail, boxed) = match memchr::memchr(b'\n', mail) {
        Some(end) if mail.starts_with(b"From ") => (&mail[end + 1..], true),
        None if mail.starts_with(b"From ") => (&mail[mail.len()..], true),
        _ => (mail, false),
    };
    let headers = Headers::parse(mail);
    fields::apply_headers(&headers, &mut draft);
    if headers.ended_early {
        let message = "a line among the headers is none: the text is taken to begin with it";
        draft.add_problem(Severity::Fault, "", message.to_owned());
    }
    let body = &mail[headers.body_start..];
    let body = if boxed {
        unquote_from_lines(body)
    } else {
        Cow::Borrowed(body)
    };
    let parts = mime::collect_parts(&headers, &body);
    draft.dispatch.problems.extend(parts.problems);
    for other in &parts.attachments {
        draft.add_field("attachments", other);
    }
    draft.dispatch.encoding = parts.texts.first().map_or("UTF-8", |text| text.encoding);
    let place = (at.start as u64..at.end as u64, 0);
    if parts.texts.iter().any(|text| text.is_html) {
        let blocks = collect_blocks(parts.texts, &mut draft);
        finish::finish_blocks(draft, blocks, place)
    } else {
        let text = join_plain_texts(parts.texts);
        let text = text.trim_start_matches('\n');
        let (text, known) = front::read(text, &mut draft);
        finish::finish_text(draft, text, known, place)
    }
}

/// Plain texts as one clean text.
fn join_plain_texts(texts: Vec<TextPart<'_>>) -> Cow<'_, str> {
    let mut whole = Cow::Borrowed("");
    for text in texts {
        let text = clean_text(text.content);
        if whole.is_empty() {
            whole = text;
        } else if !text.trim_ascii().is_empty() {
            let whole = whole.to_mut();
            whole.push_str("\n\n");
            whole.push_str(&text);
        }
    }
    whole
}

/// The blocks of texts of which some are marked up.
fn collect_blocks(texts: Vec<TextPart<'_>>, draft: &mut Draft<'_>) -> Vec<TextBlock> {
    let mut all: Vec<TextBlock> = Vec::new();
    for text in texts {
        if !text.is_html {
            let clean = clean_text(text.content);
            blocks::for_each_block(&clean, &mut |kind, block| {
                all.push((kind, block.into_owned()));
                true
            });
            continue;
        }
        let found = markup::parse_html(&text.content);
        draft.add_links(found.links);
        for media in found.media {
            draft.add_field("media", &media);
        }
        all.extend(found.blocks);
    }
    all
}

fn clean_text(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => text::clean(text),
        Cow::Owned(text) => match text::clean(&text) {
            Cow::Borrowed(_) => Cow::Owned(text),
            Cow::Owned(text) => Cow::Owned(text),
        },
    }
}

/// Takes one `>` off each line that begins with some and `From `: writers of an mbox put it there (RFC 4155, appendix A).
fn unquote_from_lines(body: &[u8]) -> Cow<'_, [u8]> {
    let quoted = |at: &usize| {
        let before = body[..*at].iter().rev().take_while(|&&b| b == b'>').count();
        before > 0 && (before == *at || body[at - before - 1] == b'\n')
    };
    let mut places = memchr::memmem::find_iter(body, b">From ")
        .map(|at| at + 1)
        .filter(quoted)
        .peekable();
    if places.peek().is_none() {
        return Cow::Borrowed(body);
    }
    let mut out = Vec::with_capacity(body.len());
    let mut from = 0;
    for at in places {
        out.extend_from_slice(&body[from..at - 1]);
        from = at;
    }
    out.extend_from_slice(&body[from..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests;
