//! The parts of a mail: which of them are its text, and what hangs on it. RFC 2045 and 2046.

use std::borrow::Cow;

use mailparse::{
    DispositionType, ParsedContentType, parse_content_disposition, parse_content_type,
};

use super::header::Headers;
use super::transfer::{self, TransferEncoding};
use crate::dispatch::{Problem, Severity};
use crate::format::encoding::{self, Decoded};

/// How deep parts may lie in each other, and how many there may be.
const MAX_DEPTH: usize = 24;
const MAX_PARTS: usize = 2000;

/// A text in a mail.
pub(super) struct TextPart<'a> {
    pub content: Cow<'a, str>,
    pub encoding: &'static str,
    pub is_html: bool,
}

/// What a mail holds.
#[derive(Default)]
pub(super) struct MailParts<'a> {
    /// Its texts in order; of several forms of one text, the one that is nearest to plain.
    pub texts: Vec<TextPart<'a>>,
    /// What else there is: a file's name, or a type.
    pub attachments: Vec<String>,
    pub problems: Vec<Problem>,
    visited: usize,
}

/// What is said of a part.
struct PartType {
    content: ParsedContentType,
    /// A file, not a text to be read on the spot.
    file_name: Option<String>,
}

/// The parts of a mail, or of a part of one.
pub(super) fn collect_parts<'a>(headers: &Headers<'a>, body: &'a [u8]) -> MailParts<'a> {
    let mut found = MailParts::default();
    collect_part(headers, body, 0, &mut found);
    found
}

fn collect_part<'a>(
    headers: &Headers<'a>,
    body: &'a [u8],
    depth: usize,
    found: &mut MailParts<'a>,
) {
    found.visited += 1;
    if depth > MAX_DEPTH || found.visited > MAX_PARTS {
        found.push_fault("parts nested too deep, or too many of them: the rest was not read");
        return;
    }
    if let Some(text) = simple_text_part(headers, body) {
        return found.texts.push(text);
    }
    let kind = PartType::from_headers(headers);
    let name = kind.content.mimetype.as_str();
    if let Some(way) = name.strip_prefix("multipart/") {
        match kind
            .content
            .params
            .get("boundary")
            .filter(|b| !b.is_empty())
        {
            Some(boundary) if way == "alternative" => {
                choose_alternative(boundary, body, depth, found);
            }
            Some(boundary) => {
                for part in split_at_boundary(body, boundary, found) {
                    let headers = Headers::parse(part);
                    collect_part(&headers, &part[headers.body_start..], depth + 1, found);
                }
            }
            None => {
                found.push_fault(
                    "a mail of several parts that does not say where they part: read as one text",
                );
                push_text_part(headers, &kind, body, found);
            }
        }
    } else if name == "message/rfc822" && kind.file_name.is_none() {
        let headers = Headers::parse(body);
        collect_part(&headers, &body[headers.body_start..], depth + 1, found);
    } else if matches!(name, "text/plain" | "text/html" | "text/enriched" | "text")
        && kind.file_name.is_none()
    {
        push_text_part(headers, &kind, body, found);
    } else {
        let what = kind
            .file_name
            .filter(|file| !file.is_empty())
            .map_or_else(|| name.to_owned(), |file| format!("{file} ({name})"));
        found
            .attachments
            .push(crate::text::clean(&what).into_owned());
    }
}

/// The text of what most wires send: plain text in UTF-8, not made fit for anything. `None` where it is not that.
fn simple_text_part<'a>(headers: &Headers<'a>, body: &'a [u8]) -> Option<TextPart<'a>> {
    let is = |name: &str, values: &[&str]| {
        headers.get(name).is_none_or(|header| {
            let same = |value: &&str| header.raw.eq_ignore_ascii_case(value.as_bytes());
            values.iter().any(same)
        })
    };
    let plain = is("content-transfer-encoding", &["8bit", "7bit"])
        && is(
            "content-type",
            &[
                "text/plain; charset=utf-8",
                "text/plain; charset=\"utf-8\"",
                "text/plain",
            ],
        )
        && headers.get("content-disposition").is_none();
    if !plain {
        return None;
    }
    let decoded = encoding::decode_as(body, None);
    if decoded.problem.is_some() {
        return None;
    }
    Some(TextPart {
        content: decoded.text,
        encoding: decoded.encoding,
        is_html: false,
    })
}

/// Of several forms of one text the plain one, or the last that holds any.
fn choose_alternative<'a>(boundary: &str, body: &'a [u8], depth: usize, found: &mut MailParts<'a>) {
    let mut best: Option<Vec<TextPart<'a>>> = None;
    for part in split_at_boundary(body, boundary, found) {
        let headers = Headers::parse(part);
        let before = found.texts.len();
        collect_part(&headers, &part[headers.body_start..], depth + 1, found);
        let texts = found.texts.split_off(before);
        let says = |texts: &[TextPart<'_>]| texts.iter().any(|t| !t.content.trim().is_empty());
        let plain = |texts: &[TextPart<'_>]| texts.iter().all(|t| !t.is_html);
        let settled = best.as_ref().is_some_and(|best| says(best) && plain(best));
        if says(&texts) && !settled || best.is_none() {
            best = Some(texts);
        }
    }
    found.texts.extend(best.unwrap_or_default());
}

/// One text, its encodings undone.
fn push_text_part<'a>(
    headers: &Headers<'a>,
    kind: &PartType,
    body: &'a [u8],
    found: &mut MailParts<'a>,
) {
    let way = headers
        .value("content-transfer-encoding")
        .map_or(TransferEncoding::Identity, |value| {
            TransferEncoding::parse(&value)
        });
    let (bytes, damaged) = transfer::decode_transfer(way, body);
    if damaged {
        found.push_fault("not valid base64 in places: what could be read of it is shown");
    }
    let charset = kind.content.params.get("charset").map(|name| name.trim());
    let encoding = charset.and_then(encoding::encoding_for_name);
    if let Some(charset) = charset.filter(|name| encoding.is_none() && !name.is_empty()) {
        let charset: String = charset.chars().take(40).collect();
        let message =
            format!("the charset `{charset}` is not known: read as what its bytes look like");
        found.push_problem(Severity::Note, message);
    }
    let Decoded {
        text,
        encoding,
        problem,
    } = match bytes {
        Cow::Borrowed(bytes) => encoding::decode_as(bytes, encoding),
        Cow::Owned(bytes) => into_owned(encoding::decode_as(&bytes, encoding)),
    };
    found.problems.extend(problem);
    found.texts.push(TextPart {
        content: text,
        encoding,
        is_html: kind.content.mimetype == "text/html",
    });
}

fn into_owned<'a>(decoded: Decoded<'_>) -> Decoded<'a> {
    Decoded {
        text: Cow::Owned(decoded.text.into_owned()),
        encoding: decoded.encoding,
        problem: decoded.problem,
    }
}

/// The bytes of each part between the lines that part them; what stands before the first and behind the last is for
/// readers that know no parts. RFC 2046, section 5.1.1.
fn split_at_boundary<'a>(
    body: &'a [u8],
    boundary: &str,
    found: &mut MailParts<'_>,
) -> Vec<&'a [u8]> {
    let mark = [b"--", boundary.as_bytes()].concat();
    let mut parts = Vec::new();
    let mut start = None;
    let mut closed = false;
    for at in memchr::memmem::find_iter(body, &mark) {
        if at > 0 && body[at - 1] != b'\n' {
            continue;
        }
        let after = &body[at + mark.len()..];
        let line = &after[..memchr::memchr(b'\n', after).map_or(after.len(), |end| end + 1)];
        let (rest, last) = match line.strip_prefix(b"--") {
            Some(rest) => (rest, true),
            None => (line, false),
        };
        if !rest.trim_ascii().is_empty() {
            continue;
        }
        if let Some(start) = start {
            // The line end before the mark belongs to the mark.
            let part: &[u8] = &body[start..at.max(start)];
            let part = part.strip_suffix(b"\n").unwrap_or(part);
            parts.push(part.strip_suffix(b"\r").unwrap_or(part));
        }
        start = Some(at + mark.len() + line.len());
        closed = last;
        if last || parts.len() > MAX_PARTS {
            break;
        }
    }
    match start {
        Some(start) if !closed => {
            found.push_fault("a mail of several parts that breaks off: the last one has no end");
            parts.push(&body[start..]);
        }
        Some(_) => {}
        None => {
            found.push_fault(
                "a mail of several parts without the line that parts them: read as one text",
            );
            parts.push(body);
        }
    }
    parts
}

impl PartType {
    fn from_headers(headers: &Headers<'_>) -> Self {
        let content = headers
            .value("content-type")
            .map_or_else(ParsedContentType::default, |value| {
                parse_content_type(&value)
            });
        let disposition = headers
            .value("content-disposition")
            .map(|v| parse_content_disposition(&v));
        let named = disposition
            .as_ref()
            .and_then(|d| d.params.get("filename"))
            .or(content.params.get("name"));
        let attached = disposition
            .as_ref()
            .is_some_and(|d| d.disposition == DispositionType::Attachment);
        let file = (attached || named.is_some()).then(|| named.cloned().unwrap_or_default());
        Self {
            content,
            file_name: file,
        }
    }
}

impl MailParts<'_> {
    fn push_problem(&mut self, severity: Severity, message: impl Into<String>) {
        let problem = Problem::new(severity, "", message);
        if self.problems.len() < 20 && !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn push_fault(&mut self, message: &str) {
        self.push_problem(Severity::Fault, message);
    }
}
