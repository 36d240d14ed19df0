//! Recognises mails and mboxes, splits an mbox (RFC 4155), and parses each mail into a dispatch.

use std::borrow::Cow;
use std::ops::Range;

use crate::dispatch::Severity;
use crate::format::clues::MAX_MAIL_HEADER_NAME;
use crate::format::html;
use crate::format::mail::headers::{self, Headers};
use crate::format::mail::mime::{self, TextPart};
use crate::format::parser::{Detail, Draft, Input, ItemSink, ParsedItem, Sample};
use crate::format::plain::header_lines;
use crate::format::record_boundary::{RecordBoundary, is_mail_header};
use crate::format::shared::markup::TextBlock;
use crate::format::shared::{blocks, finish};
use crate::text;

/// True for an mbox: a line `From …`, then the headers of a mail.
pub(in crate::format) fn is_mbox(sample: &Sample<'_>) -> bool {
    let parted = || RecordBoundary::MboxFrom.find_next(sample.start, 0) == Some(0);
    sample.start.starts_with(b"From ") && (parted() || has_mail_headers(sample, 1))
}

/// True for a single mail.
pub(in crate::format) fn is_mail(sample: &Sample<'_>) -> bool {
    has_mail_headers(sample, 0)
}

/// Headers that only mails have.
const MAIL_HEADERS: [&str; 6] = [
    "Received",
    "Message-ID",
    "MIME-Version",
    "Return-Path",
    "Delivered-To",
    "Content-Transfer-Encoding",
];

/// True if the input begins with header lines that only mails have, once `skip` lines are left out.
fn has_mail_headers(sample: &Sample<'_>, skip: usize) -> bool {
    let (mut from, mut to, mut mail) = (false, false, false);
    for line in sample.start.split(|&b| b == b'\n').skip(skip).take(200) {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            break;
        }
        // A continuation of the header above.
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            continue;
        }
        let Some(colon) = line.iter().take(MAX_MAIL_HEADER_NAME).position(|&b| b == b':') else {
            return mail && from;
        };
        // `From`, `To` and `Subject` also head memos: each alone proves nothing.
        let name = line[..colon].trim_ascii_end();
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        if is("From") {
            from = true;
        } else if (is("To") || is("Subject")) && is_mail_header(line) {
            to = true;
        } else if MAIL_HEADERS.iter().any(|header| is(header)) {
            mail = true;
        } else if name.iter().any(|b| !b.is_ascii_graphic()) {
            return false;
        }
    }
    // `From:` alone may open a plain text with headers; after a `From ` line it is enough.
    mail || from && (to || skip > 0)
}

/// Parses the mails of an mbox in order.
pub(in crate::format) fn mbox(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let (bytes, mut start) = (input.bytes, 0);
    while start < bytes.len() && !sink.is_full() {
        let next = RecordBoundary::MboxFrom.find_next(bytes, start + 1);
        let end = next.unwrap_or(bytes.len());
        offer_mail(input, start..end, sink);
        start = end;
    }
}

/// Parses all bytes as one mail.
pub(in crate::format) fn single_mail(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    offer_mail(input, 0..input.bytes.len(), sink);
}

/// The HTML texts of a mail, decoded, each with the name of its encoding. Those of forwarded mails are among them.
pub(in crate::format) fn html_texts(mail: &[u8]) -> Vec<(String, &'static str)> {
    let mail = mail.strip_prefix(b"\xef\xbb\xbf").unwrap_or(mail).trim_ascii_start();
    let headers = Headers::parse(mail);
    let parts = mime::collect_pages(&headers, &mail[headers.body_start..]);
    let pages = parts.texts.into_iter().filter(|text| text.is_html);
    pages.map(|text| (text.content.into_owned(), text.encoding)).collect()
}

/// Offers the mail in the byte range `at` to the sink, unless the range is blank.
fn offer_mail(input: &Input<'_>, at: Range<usize>, sink: &mut ItemSink<'_>) {
    if !input.bytes[at.clone()].trim_ascii().is_empty() {
        sink.offer(|| parse_item(input, at));
    }
}

/// Parses one mail; `at` is its byte range in the input.
fn parse_item(input: &Input<'_>, at: Range<usize>) -> ParsedItem {
    let raw = &input.bytes[at.clone()];
    let mut draft = Draft::new("mail", raw, (at.start as u64..at.end as u64, 0), input);
    let mail = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    let mail = mail.trim_ascii_start();
    // The `From ` line of an mbox is not part of the mail.
    let (mail, boxed) = match memchr::memchr(b'\n', mail) {
        Some(end) if mail.starts_with(b"From ") => (&mail[end + 1..], true),
        None if mail.starts_with(b"From ") => (&mail[mail.len()..], true),
        _ => (mail, false),
    };
    let headers = Headers::parse(mail);
    headers::apply_headers(&headers, &mut draft);
    if headers.ended_early {
        let message = "a line among the headers is not a header: the text begins there";
        draft.add_problem(Severity::Fault, "", message.to_owned());
    }
    let body = &mail[headers.body_start..];
    if draft.detail == Detail::Full {
        draft.leave_out(HEADERS, String::from_utf8_lossy(&mail[..headers.body_start]));
        for line in part_headers(body) {
            draft.leave_out(HEADERS, line);
        }
    }
    // Only writers of an mbox quote `From ` lines: in a single mail `>From ` is text.
    let body = if boxed { unquote_from_lines(body) } else { Cow::Borrowed(body) };
    let parts = mime::collect_parts(&headers, &body);
    draft.dispatch.problems.extend(parts.problems);
    for attachment in &parts.attachments {
        draft.add_field("attachments", attachment);
    }
    draft.dispatch.encoding = parts.texts.first().map_or("UTF-8", |text| text.encoding);
    // One HTML part makes the body blocks; plain parts alone may begin with header lines of their own.
    if parts.texts.iter().any(|text| text.is_html) {
        let blocks = collect_blocks(parts.texts, &mut draft);
        finish::finish_blocks(draft, blocks)
    } else {
        let text = join_plain_texts(parts.texts);
        let text = text.trim_start_matches('\n');
        let (text, known) = header_lines::read(text, &mut draft);
        finish::finish_text(draft, text, known)
    }
}

/// The rule for headers that are no field of a dispatch.
const HEADERS: &str = "mail headers";

/// Leaves out the headers of a mail and of its parts: all that is shown of it are the pages in it.
pub(in crate::format) fn leave_out_headers(mail: &[u8], sink: &mut ItemSink<'_>) {
    let (headers, body) = mail.split_at(Headers::parse(mail).body_start);
    sink.leave_out(HEADERS, String::from_utf8_lossy(headers));
    for line in part_headers(body) {
        sink.leave_out(HEADERS, line);
    }
}

/// The boundaries between the parts of a mail, the headers of parts, and the text before the first, which is for
/// programs that know no parts.
fn part_headers(body: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(body);
    let mut found = Vec::new();
    let has_parts = text.starts_with("--") || text.contains("\n--");
    let mut is_header = has_parts && text.to_ascii_lowercase().contains("\ncontent-type:");
    for line in text.lines().filter(|_| has_parts) {
        if line.starts_with("--") {
            is_header = true;
            found.push(line.to_owned());
        } else if line.trim().is_empty() {
            is_header = false;
        } else if is_header {
            found.push(line.to_owned());
        }
    }
    found
}

/// Joins plain text parts into one clean text, with empty lines between them.
fn join_plain_texts(texts: Vec<TextPart<'_>>) -> Cow<'_, str> {
    let mut joined = Cow::Borrowed("");
    for text in texts {
        let text = text::clean_cow(text.content);
        if joined.is_empty() {
            joined = text;
        } else if !text.trim_ascii().is_empty() {
            let joined = joined.to_mut();
            joined.push_str("\n\n");
            joined.push_str(&text);
        }
    }
    joined
}

/// The blocks of all text parts, in order, if at least one of them is HTML.
fn collect_blocks(texts: Vec<TextPart<'_>>, draft: &mut Draft<'_>) -> Vec<TextBlock> {
    let mut all: Vec<TextBlock> = Vec::new();
    for text in texts {
        if !text.is_html {
            let clean = text::clean_cow(text.content);
            blocks::for_each_block(&clean, &mut |kind, block| {
                all.push((kind, block.into_owned()));
                true
            });
            continue;
        }
        let found = html::parse_html(&text.content);
        all.extend(html::keep_links_and_media(draft, found));
    }
    all
}

/// Removes one `>` from each line that begins with `>From `, `>>From ` and so on. Writers of an mbox add it so that the
/// line does not look like the start of a mail (RFC 4155, appendix A).
fn unquote_from_lines(body: &[u8]) -> Cow<'_, [u8]> {
    let quoted = |at: &usize| {
        let before = body[..*at].iter().rev().take_while(|&&b| b == b'>').count();
        before > 0 && (before == *at || body[at - before - 1] == b'\n')
    };
    let mut quoted_lines =
        memchr::memmem::find_iter(body, b">From ").map(|at| at + 1).filter(quoted).peekable();
    if quoted_lines.peek().is_none() {
        return Cow::Borrowed(body);
    }
    let mut out = Vec::with_capacity(body.len());
    let mut from = 0;
    for at in quoted_lines {
        out.extend_from_slice(&body[from..at - 1]);
        from = at;
    }
    out.extend_from_slice(&body[from..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::dispatch::{Dispatch, RelationKind, Role};
    use crate::format::detect::{detect, parse};
    use crate::format::parser::Context;

    fn all(text: &str) -> Vec<Dispatch> {
        parse(text.as_bytes(), &Context::default()).dispatches
    }

    const HEAD: &str = "From: Anna Lind <anna@quay.example>\nTo: desk@quay.example\nSubject: Ferries sail\nMessage-ID: <1@quay.example>\n";

    #[track_caller]
    fn body(headers: &str, body: &str) -> (String, usize) {
        let mails = all(&format!("{HEAD}{headers}\n{body}"));
        assert_eq!(mails.len(), 1);
        (mails[0].body.text().to_owned(), mails[0].problems.len())
    }

    #[test]
    fn one_mail_and_many() {
        let name = |text: &str| detect(text.as_bytes()).map_or("", |id| id.row().name);
        assert_eq!(name(&format!("{HEAD}\nText.\n")), "mail");
        assert_eq!(name("From: Anna Lind\nHeadline: x\n\nText."), "plain");
        assert_eq!(name("From here on, all is well.\n\nText."), "plain");
        let from = "From anna@quay.example Tue Mar  3 08:15:00 2026\n";
        let two = format!("{from}{HEAD}\nOne.\n>From two.\n>>From three.\n\n{from}{HEAD}\nTwo.\n");
        let mails = all(&two);
        let bodies: Vec<_> = mails.iter().map(|mail| mail.body.text()).collect();
        assert_eq!(bodies, ["One.\n\nFrom two.\n\n>From three.", "Two."]);
        assert_eq!(mails[0].byline.as_deref(), Some("Anna Lind"));
        assert_eq!(mails[0].id.as_deref(), Some("1@quay.example"));
    }

    #[test]
    fn parts_and_encodings() {
        let part = |kind: &str, text: &str| format!("--b\nContent-Type: {kind}\n\n{text}\n");
        let plain = part("text/plain", "Plain.");
        let html = part("text/html", "<p>Rich &amp; bold.</p>");
        let alternative = "Content-Type: multipart/alternative; boundary=b\n";
        assert_eq!(body(alternative, &format!("{plain}{html}--b--\n")), ("Plain.".into(), 0));
        assert_eq!(body(alternative, &format!("{html}{plain}--b--\n")), ("Plain.".into(), 0));
        assert_eq!(body(alternative, &format!("{html}--b--\n")), ("Rich & bold.".into(), 0));
        assert_eq!(body(alternative, &html), ("Rich & bold.".into(), 1));
        let mixed = "Content-Type: multipart/mixed; boundary=\"b\"\n";
        let picture = part("image/png; name=a.png", "xx");
        assert_eq!(
            body(mixed, &format!("{plain}{picture}{plain}--b--\n")),
            ("Plain.\n\nPlain.".into(), 0)
        );
        assert_eq!(body("Content-Type: multipart/mixed\n", "Text."), ("Text.".into(), 1));
        assert_eq!(body(mixed, "Text."), ("Text.".into(), 1));
        assert_eq!(body("Content-Transfer-Encoding: base64\n", "VGV4dC4="), ("Text.".into(), 0));
        assert_eq!(body("Content-Transfer-Encoding: base64\n", "V!GV4dC4"), ("Text.".into(), 1));
        assert_eq!(
            body(
                "Content-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=iso-8859-1\n",
                "F=E4hre."
            ),
            ("Fähre.".into(), 0)
        );
        assert_eq!(
            body("Content-Type: text/plain; charset=nosuch\n", "Text."),
            ("Text.".into(), 1)
        );
        let nested = part("message/rfc822", "Subject: x\n\nInner.");
        assert_eq!(body(mixed, &format!("{nested}--b--\n")), ("Inner.".into(), 0));
    }

    #[test]
    fn headers_that_refer_to_other_mails() {
        let text = format!(
            "{HEAD}References: <0@q> <00@q>\nIn-Reply-To: <00@q>\nSupersedes: <9@q>\nX-Priority: 1 (Highest)\nX-Slug: FERRY/\n\nText."
        );
        let mail = &all(&text)[0];
        assert_eq!(mail.story.as_deref(), Some("0@q"));
        assert_eq!(mail.relations[0].kind, RelationKind::Replaces);
        assert_eq!((mail.relations[0].id.as_str(), mail.slug.as_deref()), ("9@q", Some("FERRY/")));
        assert_eq!(mail.urgency.map(crate::dispatch::Urgency::value), Some(1));
        let kill = &all(&format!("{HEAD}Control: cancel <9@q>\n\nText."))[0];
        assert_eq!((kill.role, kill.relations[0].kind), (Role::Kill, RelationKind::Kills));
        let correction = &all(&HEAD.replace("Ferries", "CORRECTED-Ferries"))[0];
        assert_eq!(correction.role, Role::Correction);
    }

    #[test]
    fn damage_costs_little() {
        let torn = &all(&format!("{HEAD}no header\nText."))[0];
        assert_eq!((torn.headline.as_str(), torn.problems.len()), ("Ferries sail", 1));
        assert_eq!(torn.body.text(), "no header Text.");
        let deep = (0..2000).fold(String::new(), |mut text, n| {
            let next = n + 1;
            let _ = write!(text, "--b{n}\nContent-Type: multipart/mixed; boundary=b{next}\n\n");
            text
        });
        let (_, problems) = body("Content-Type: multipart/mixed; boundary=b0\n", &deep);
        assert!(problems > 0);
        let long = format!("{HEAD}X-Long: {}\n\nText.", "a ".repeat(20_000));
        assert_eq!(all(&long)[0].problems.len(), 1);
    }
}
