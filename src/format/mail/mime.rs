//! MIME (RFC 2045 to 2047): the parts of a mail, transfer encodings, and encoded words in headers.

use std::borrow::Cow;

use mailparse::body::Body;
use mailparse::{
    DispositionType, ParsedContentType, parse_content_disposition, parse_content_type,
};

use crate::dispatch::{Problem, Severity};
use crate::format::mail::headers::Headers;
use crate::format::shared::encoding::{self, Decoded};

/// How deep parts may be nested. They are read by recursion: without a limit, damaged input could exhaust the stack.
const MAX_DEPTH: usize = 24;

/// Most parts of one mail that are read.
const MAX_PARTS: usize = 2000;

/// A part of a mail that is text.
pub(super) struct TextPart<'a> {
    /// The text with its encodings undone, not yet cleaned.
    pub content: Cow<'a, str>,
    /// WHATWG name of the character encoding (`UTF-8`).
    pub encoding: &'static str,
    pub is_html: bool,
}

/// The content of a mail.
#[derive(Default)]
pub(super) struct MailParts<'a> {
    /// Its texts in order. Of several alternatives of one text, only the one chosen.
    pub texts: Vec<TextPart<'a>>,
    /// All other parts, each as a file name with its type, or as a type.
    pub attachments: Vec<String>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Parts read so far, counted against [`MAX_PARTS`].
    visited: usize,
    /// Of alternatives, the page is wanted rather than the plain text.
    prefers_pages: bool,
}

/// The type of a part by its headers.
struct PartType {
    content: ParsedContentType,
    /// `Some` for an attached file, which is not shown as text. Empty if the file has no name.
    file_name: Option<String>,
}

/// Collects the texts and attachments of a mail.
pub(super) fn collect_parts<'a>(headers: &Headers<'a>, body: &'a [u8]) -> MailParts<'a> {
    let mut found = MailParts::default();
    collect_part(headers, body, 0, &mut found);
    found
}

/// Like [`collect_parts`], but of alternatives the page is chosen.
pub(super) fn collect_pages<'a>(headers: &Headers<'a>, body: &'a [u8]) -> MailParts<'a> {
    let mut found = MailParts { prefers_pages: true, ..MailParts::default() };
    collect_part(headers, body, 0, &mut found);
    found
}

/// Adds a part, and the parts in it, to `found`.
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
        match kind.content.params.get("boundary").filter(|b| !b.is_empty()) {
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
                found.push_fault("a multipart mail that declares no boundary: read as one text");
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
        let attachment = kind
            .file_name
            .filter(|file| !file.is_empty())
            .map_or_else(|| name.to_owned(), |file| format!("{file} ({name})"));
        found.attachments.push(crate::text::clean(&attachment).into_owned());
    }
}

/// Fast path for what most wires send: plain text in UTF-8 without a transfer encoding. `None` for anything else.
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
            &["text/plain; charset=utf-8", "text/plain; charset=\"utf-8\"", "text/plain"],
        )
        && headers.get("content-disposition").is_none();
    if !plain {
        return None;
    }
    let decoded = encoding::decode_as(body, None);
    if decoded.problem.is_some() {
        return None;
    }
    Some(TextPart { content: decoded.text, encoding: decoded.encoding, is_html: false })
}

/// Adds one of several alternatives of a text: the first plain one, or else the last that is not empty.
fn choose_alternative<'a>(boundary: &str, body: &'a [u8], depth: usize, found: &mut MailParts<'a>) {
    let mut best: Option<Vec<TextPart<'a>>> = None;
    for part in split_at_boundary(body, boundary, found) {
        let headers = Headers::parse(part);
        let before = found.texts.len();
        collect_part(&headers, &part[headers.body_start..], depth + 1, found);
        let texts = found.texts.split_off(before);
        let has_text = |texts: &[TextPart<'_>]| texts.iter().any(|t| !t.content.trim().is_empty());
        let is_plain = |texts: &[TextPart<'_>]| texts.iter().all(|t| !t.is_html);
        let is_wanted = |texts: &[TextPart<'_>]| is_plain(texts) != found.prefers_pages;
        let is_final = best.as_ref().is_some_and(|best| has_text(best) && is_wanted(best));
        if has_text(&texts) && !is_final || best.is_none() {
            best = Some(texts);
        }
    }
    found.texts.extend(best.unwrap_or_default());
}

/// Adds a text after undoing its transfer encoding and its character encoding.
fn push_text_part<'a>(
    headers: &Headers<'a>,
    kind: &PartType,
    body: &'a [u8],
    found: &mut MailParts<'a>,
) {
    let way = headers
        .value("content-transfer-encoding")
        .map_or(TransferEncoding::Identity, |value| TransferEncoding::parse(&value));
    let (bytes, damaged) = decode_transfer(way, body);
    if damaged {
        found.push_fault("invalid base64 in places: what could be read is shown");
    }
    let charset = kind.content.params.get("charset").map(|name| name.trim());
    let encoding = charset.and_then(encoding::encoding_for_name);
    if let Some(charset) = charset.filter(|name| encoding.is_none() && !name.is_empty()) {
        let charset: String = charset.chars().take(40).collect();
        let message = format!("unknown charset `{charset}`: the encoding was guessed");
        found.push_problem(Severity::Note, message);
    }
    let Decoded { text, encoding, problem } = match bytes {
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

/// The same with an owned text, for bytes that do not outlive the call.
fn into_owned<'a>(decoded: Decoded<'_>) -> Decoded<'a> {
    Decoded {
        text: Cow::Owned(decoded.text.into_owned()),
        encoding: decoded.encoding,
        problem: decoded.problem,
    }
}

/// Splits a body at its boundary lines (RFC 2046, section 5.1.1). What comes before the first and after the last of
/// them is dropped: it is meant for readers that do not know MIME.
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
        // Two more hyphens mark the last boundary.
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
            // The line end before the mark belongs to the mark, not to the part.
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
            found.push_fault("a multipart mail that breaks off: the last part has no end");
            parts.push(&body[start..]);
        }
        Some(_) => {}
        None => {
            found.push_fault("a multipart mail without its boundary line: read as one text");
            parts.push(body);
        }
    }
    parts
}

impl PartType {
    /// Reads `Content-Type` and `Content-Disposition`. A part without a type is plain text.
    fn from_headers(headers: &Headers<'_>) -> Self {
        let content = headers
            .value("content-type")
            .map_or_else(ParsedContentType::default, |value| parse_content_type(&value));
        let disposition =
            headers.value("content-disposition").map(|v| parse_content_disposition(&v));
        let file_name = disposition
            .as_ref()
            .and_then(|d| d.params.get("filename"))
            .or(content.params.get("name"));
        let is_attached =
            disposition.as_ref().is_some_and(|d| d.disposition == DispositionType::Attachment);
        let file_name =
            (is_attached || file_name.is_some()).then(|| file_name.cloned().unwrap_or_default());
        Self { content, file_name }
    }
}

impl MailParts<'_> {
    fn push_problem(&mut self, severity: Severity, message: impl Into<String>) {
        let problem = Problem::new(severity, "", message);
        // Thousands of broken parts have the same few problems.
        if self.problems.len() < 20 && !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn push_fault(&mut self, message: &str) {
        self.push_problem(Severity::Fault, message);
    }
}

// Content transfer encodings (RFC 2045, section 6), whole and damaged.

/// The transfer encoding of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TransferEncoding {
    /// None: `7bit`, `8bit`, `binary`, or an unknown name.
    Identity,
    Base64,
    QuotedPrintable,
}

impl TransferEncoding {
    /// Parses the value of a `Content-Transfer-Encoding` header.
    pub(super) fn parse(value: &str) -> Self {
        match value.trim().trim_matches('"') {
            name if name.eq_ignore_ascii_case("base64") => Self::Base64,
            name if name.eq_ignore_ascii_case("quoted-printable") => Self::QuotedPrintable,
            _ => Self::Identity,
        }
    }

    /// The name that `mailparse` knows it by.
    fn name(self) -> &'static str {
        match self {
            Self::Identity => "8bit",
            Self::Base64 => "base64",
            Self::QuotedPrintable => "quoted-printable",
        }
    }
}

/// Undoes a transfer encoding. The flag is true for damaged bytes: base64 is then decoded from its valid letters, and
/// bytes that cannot be decoded at all are returned unchanged.
pub(super) fn decode_transfer(way: TransferEncoding, bytes: &[u8]) -> (Cow<'_, [u8]>, bool) {
    if way == TransferEncoding::Identity {
        return (Cow::Borrowed(bytes), false);
    }
    if let Some(decoded) = decode_strictly(way, bytes) {
        return (Cow::Owned(decoded), false);
    }
    let decoded = match way {
        TransferEncoding::Base64 => decode_strictly(way, &repair_base64(bytes)),
        _ => None,
    };
    (decoded.map_or(Cow::Borrowed(bytes), Cow::Owned), true)
}

/// Decodes valid bytes. `None` if they are damaged, or have no transfer encoding.
fn decode_strictly(way: TransferEncoding, bytes: &[u8]) -> Option<Vec<u8>> {
    let kind = ParsedContentType::default();
    match Body::new(bytes, &kind, &Some(way.name().to_owned())) {
        Body::Base64(body) | Body::QuotedPrintable(body) => body.get_decoded().ok(),
        _ => None,
    }
}

/// The valid base64 letters among `bytes`, padded or cut to whole groups of four.
fn repair_base64(bytes: &[u8]) -> Vec<u8> {
    let letter = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let mut letters: Vec<u8> = bytes.iter().copied().filter(letter).collect();
    match letters.len() % 4 {
        0 => {}
        1 => {
            letters.pop();
        }
        odd => letters.resize(letters.len() + 4 - odd, b'='),
    }
    letters
}

// Encoded words in headers, `=?utf-8?B?…?=` (RFC 2047), read leniently: many programs write them wrongly.

/// An encoded word: charset, encoding, encoded text, and the length of the whole word in bytes.
type EncodedWord<'a> = (&'a str, TransferEncoding, &'a str, usize);

/// Decodes the encoded words in `text`; everything else stays. White space between two of them is dropped (section
/// 6.2). Adjacent words of one charset are joined before decoding: many programs split a character between two words.
pub(super) fn decode_encoded_words(text: &str) -> Cow<'_, str> {
    if !text.contains("=?") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut open: Option<(&str, Vec<u8>)> = None;
    let mut rest = text;
    while let Some(at) = rest.find("=?") {
        let (before, from) = rest.split_at(at);
        let Some((charset, way, encoded, length)) = parse_encoded_word(from) else {
            flush_decoded(&mut open, &mut out);
            out.push_str(before);
            out.push_str("=?");
            rest = &from[2..];
            continue;
        };
        let follows = before.bytes().all(|b| b.is_ascii_whitespace());
        if !follows || open.is_none() {
            flush_decoded(&mut open, &mut out);
            out.push_str(before);
        }
        let encoded = match way {
            TransferEncoding::QuotedPrintable => Cow::Owned(encoded.replace('_', " ")),
            _ => Cow::Borrowed(encoded),
        };
        let (bytes, _) = decode_transfer(way, encoded.as_bytes());
        match &mut open {
            Some((name, joined)) if name.eq_ignore_ascii_case(charset) => {
                joined.extend_from_slice(&bytes);
            }
            _ => {
                flush_decoded(&mut open, &mut out);
                open = Some((charset, bytes.into_owned()));
            }
        }
        rest = &from[length..];
    }
    flush_decoded(&mut open, &mut out);
    out.push_str(rest);
    Cow::Owned(out)
}

/// Decodes the bytes joined so far and writes the text.
fn flush_decoded(open: &mut Option<(&str, Vec<u8>)>, out: &mut String) {
    if let Some((charset, bytes)) = open.take() {
        out.push_str(&encoding::decode_as(&bytes, encoding::encoding_for_name(charset)).text);
    }
}

/// Parses the encoded word at the start of `text`.
fn parse_encoded_word(text: &str) -> Option<EncodedWord<'_>> {
    let (charset, rest) = text.strip_prefix("=?")?.split_once('?')?;
    let (way, rest) = rest.split_once('?')?;
    let (encoded, _) = rest.split_once("?=")?;
    let way = match way {
        "B" | "b" => TransferEncoding::Base64,
        "Q" | "q" => TransferEncoding::QuotedPrintable,
        _ => return None,
    };
    // A language may follow the charset (RFC 2231, section 5).
    let charset_name = charset.split('*').next().unwrap_or(charset);
    if charset_name.is_empty() || charset.len() > 40 || encoded.contains(['\n', '\r']) {
        return None;
    }
    Some((charset_name, way, encoded, charset.len() + encoded.len() + 7))
}

// All parts of a mail or an mbox at once, without reading its structure.

/// The name of the header that tells the transfer encoding of a part, in lower case.
const HEADER: &str = "content-transfer-encoding:";

/// The bytes with encoded text parts decoded and other encoded parts left out; unchanged if there are none.
pub(in crate::format) fn decode_transfers(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    // Start of what is not yet copied, and of the current block of headers.
    let (mut copied, mut block, mut at) = (0, 0, 0);
    while let Some(line) = next_line(bytes, at) {
        let text = &bytes[at..line];
        at = line;
        if text.trim_ascii().is_empty() || text.starts_with(b"--") {
            block = at;
            continue;
        }
        let name = text.get(..HEADER.len());
        if !name.is_some_and(|name| name.eq_ignore_ascii_case(HEADER.as_bytes())) {
            continue;
        }
        let value = String::from_utf8_lossy(&text[HEADER.len()..]);
        let way = TransferEncoding::parse(&value);
        if way == TransferEncoding::Identity {
            continue;
        }
        let start = headers_end(bytes, at);
        let end = part_end(bytes, start);
        out.extend_from_slice(&bytes[copied..start]);
        if is_text(&bytes[block..start]) {
            let decoded = decode_transfer(way, &bytes[start..end]).0;
            out.extend_from_slice(encoding::decode(&decoded).text.as_bytes());
            out.push(b'\n');
        }
        (copied, at, block) = (end, end, end);
    }
    if copied == 0 {
        return Cow::Borrowed(bytes);
    }
    out.extend_from_slice(&bytes[copied..]);
    Cow::Owned(out)
}

/// The offset after the line at `at`; `None` at the end.
fn next_line(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
    Some(memchr::memchr(b'\n', rest).map_or(bytes.len(), |end| at + end + 1))
}

/// The offset after the empty line that ends a block of headers.
fn headers_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(line) = next_line(bytes, at) {
        let is_empty = bytes[at..line].trim_ascii().is_empty();
        at = line;
        if is_empty {
            break;
        }
    }
    at
}

/// Where a part ends: before a boundary, or the first line of the next mail.
fn part_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(line) = next_line(bytes, at) {
        let text = &bytes[at..line];
        if text.starts_with(b"--") || text.starts_with(b"From ") {
            break;
        }
        at = line;
    }
    at
}

/// True for the headers of a part that is text.
fn is_text(headers: &[u8]) -> bool {
    let headers = String::from_utf8_lossy(headers).to_ascii_lowercase();
    let kind = headers.lines().find_map(|line| line.strip_prefix("content-type:"));
    kind.is_none_or(|kind| kind.trim_start().starts_with("text/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_and_damaged_transfer_encodings() {
        let check = |way, text: &str, expected: &str, damaged| {
            let (bytes, broken) = decode_transfer(way, text.as_bytes());
            assert_eq!((&*bytes, broken), (expected.as_bytes(), damaged), "{text}");
        };
        check(TransferEncoding::Base64, "RmVy\r\ncmllcw==\r\n", "Ferries", false);
        check(TransferEncoding::Base64, "RmVy*cm\u{e9}llcw", "Ferries", true);
        check(TransferEncoding::Base64, "RmVyc", "Fer", true);
        check(TransferEncoding::QuotedPrintable, "a=3Db=\r\nc", "a=bc", false);
        check(TransferEncoding::QuotedPrintable, "a=ZZb =\r\nc", "a=ZZb c", false);
        check(TransferEncoding::Identity, "a=3D", "a=3D", false);
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(decode_encoded_words(text), expected);
    }

    #[test]
    fn encoded_words_are_joined_and_decoded() {
        check("plain =? text", "plain =? text");
        check("=?utf-8?Q?F=C3=A4hren_fahren?=", "Fähren fahren");
        check("a =?iso-8859-1?q?=F6?= b", "a ö b");
        check("=?utf-8?B?RsOk?= \n =?utf-8?B?aHJlbg==?= sail", "Fähren sail");
        check("=?utf-8*de?Q?=C3?= =?UTF-8?Q?=A4?=", "ä");
        check("=?koi8-r?B?8NLJ?==?windows-1251?Q?=CF?=", "ПриП");
        check("=?utf-8?X?a?= =?utf-8?Q?open", "=?utf-8?X?a?= =?utf-8?Q?open");
        check("=?nosuch?Q?a=62?=", "ab");
    }

    #[track_caller]
    fn check_transfers(mail: &str, expected: &str) {
        let found = decode_transfers(mail.as_bytes());
        assert_eq!(String::from_utf8_lossy(&found), expected);
    }

    #[test]
    fn text_parts_are_decoded_and_others_left_out() {
        check_transfers("Ferries sail.\n", "Ferries sail.\n");
        check_transfers(
            "Subject: x\nContent-Transfer-Encoding: 8bit\n\ny=20z",
            "Subject: x\nContent-Transfer-Encoding: 8bit\n\ny=20z",
        );
        let head = "Content-Type: text/plain\nContent-transfer-encoding: quoted-printable\n\n";
        check_transfers(&format!("{head}F=C3=A4hre=\n n"), &format!("{head}Fähre n\n"));
        let text = "--b\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n";
        let image = "--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n";
        check_transfers(
            &format!("{text}PHA+eDwvcD4=\n{image}QUJD\n--b--\n"),
            &format!("{text}<p>x</p>\n{image}--b--\n"),
        );
    }
}
