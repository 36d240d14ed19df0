//! WARC (ISO 28500): the web pages of an archive of crawled sites, such as CC-NEWS, each read like a saved page. The
//! records of requests, redirects, errors and other media are left out.

use std::borrow::Cow;
use std::ops::Range;

use flate2::{Decompress, FlushDecompress, Status};

use crate::dispatch::{Problem, Severity};
use crate::format::html::{apply_page_metadata, parse_page};
use crate::format::parser::{Context, Detail, Draft, Input, ItemSink, ParsedItem, Sample};
use crate::format::shared::dates::parse_field_time;
use crate::format::shared::encoding::{self, encoding_for_name};
use crate::format::shared::fields::FieldKey;
use crate::format::shared::finish;
use crate::format::shared::search::memmem;

/// The mark at the start of every record of version 1.0, and of 1.1.
pub(super) const RECORD_1_0: &str = "WARC/1.0\r\n";
pub(super) const RECORD_1_1: &str = "WARC/1.1\r\n";

/// Name of the format in records.
const FORMAT: &str = "warc";

/// True for an archive of version 1.0.
pub(super) fn is_1_0(sample: &Sample<'_>) -> bool {
    sample.start.starts_with(RECORD_1_0.as_bytes())
}

/// True for an archive of version 1.1.
pub(super) fn is_1_1(sample: &Sample<'_>) -> bool {
    sample.start.starts_with(RECORD_1_1.as_bytes())
}

/// Reads the pages of an archive in order; `mark` begins each record.
pub(super) fn items(mark: &str, input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let mut has_others = false;
    let mut next = memmem::find(input.bytes, mark.as_bytes());
    while let Some(start) = next {
        next = next_record(mark, input.bytes, start);
        let range = start..next.unwrap_or(input.bytes.len());
        if sink.is_full() {
            return;
        }
        let page = Page::of_record(&input.bytes[range.clone()]);
        if input.detail == Detail::Full {
            leave_out(&input.bytes[range.clone()], page.is_ok(), sink);
        }
        match page {
            Ok(page) => sink.offer(|| page.read(input, range)),
            Err(NoPage::Compressed) => {
                let message = "a page that is compressed within its record, not as gzip, or damaged, is left out";
                let place = format!("byte {}", input.ctx.first_byte + range.start as u64);
                sink.problems.push(Problem::new(Severity::Unreadable, place, message));
            }
            Err(NoPage::Response) => has_others = true,
            Err(NoPage::Other) => {}
        }
    }
    if has_others {
        let message =
            "records that are no pages (redirects, errors, empty pages, pictures) are left out";
        sink.problems.push(Problem::new(Severity::Note, "", message));
    }
}

/// Says what of a record is not shown: of one with a page, the headers.
fn leave_out(record: &[u8], is_page: bool, sink: &mut ItemSink<'_>) {
    if !is_page {
        return sink.leave_out("other records", String::from_utf8_lossy(record));
    }
    let (fields, content) = split_header(record);
    sink.leave_out("record headers", fields);
    if content.starts_with(b"HTTP/") {
        let (header, body) = split_header(content);
        sink.leave_out("record headers", header);
        if field(header, "Content-Encoding").is_some() && is_packed(body) {
            sink.leave_out("packed pages", String::from_utf8_lossy(body));
        }
    }
}

/// Byte offset of the record after the one at `start`. A page may name the mark: where the length in the header leads to
/// a mark, that is the next one.
fn next_record(mark: &str, bytes: &[u8], start: usize) -> Option<usize> {
    // The header ends before the next mark: a longer reach would be read again for each of many marks.
    let reach = &bytes[start..bytes.len().min(start + MAX_HEADER)];
    let next = memmem::find(&reach[mark.len().min(reach.len())..], mark.as_bytes());
    let reach = &reach[..next.map_or(reach.len(), |next| mark.len() + next)];
    let (header, content) = split_header(reach);
    let begin = start + reach.len() - content.len();
    let length = field(header, "Content-Length").and_then(|length| length.parse().ok());
    let stated = begin.checked_add(length.unwrap_or(0)).map(|end| end.saturating_add(4));
    let find = |from: usize| {
        let rest = bytes.get(from..)?;
        memmem::find(rest, mark.as_bytes()).map(|at| from + at)
    };
    let is_stated = |at: &usize| {
        *at == bytes.len() || bytes.get(*at..).is_some_and(|rest| rest.starts_with(mark.as_bytes()))
    };
    match stated.filter(is_stated) {
        Some(end) => (end < bytes.len()).then_some(end),
        None => find(start + mark.len()),
    }
}

/// Longest header of a record, in bytes.
const MAX_HEADER: usize = 64 << 10;

/// Why a record is no page.
enum NoPage {
    /// A response that is an error, a redirect, or of another type than HTML.
    Response,
    /// A page packed by a method that is not undone.
    Compressed,
    /// About the archive or the request.
    Other,
}

/// A page in a record.
struct Page<'a> {
    address: &'a str,
    /// When it was fetched, as the record says it.
    captured: &'a str,
    charset: Option<&'a str>,
    /// The page itself, without the header of HTTP.
    html: Cow<'a, [u8]>,
    /// The record ends before the length that it states.
    is_cut: bool,
}

impl<'a> Page<'a> {
    /// The page in a record.
    fn of_record(record: &'a [u8]) -> Result<Self, NoPage> {
        let (fields, content) = split_header(record);
        let is = |name: &str, value: &str| {
            field(fields, name).is_some_and(|found| starts_with(found, value))
        };
        // The record ends with two empty lines.
        let length = field(fields, "Content-Length").and_then(|length| length.parse().ok());
        let length: usize = length.unwrap_or(content.len());
        let is_cut = content.len() < length;
        let content = &content[..content.len().min(length)];
        let address = field(fields, "WARC-Target-URI").unwrap_or("").trim_matches(['<', '>']);
        let captured = field(fields, "WARC-Date").unwrap_or("");
        if is("WARC-Type", "resource") && is("Content-Type", "text/html") {
            let html = Cow::Borrowed(content);
            return Ok(Self { address, captured, charset: None, html, is_cut });
        }
        if !is("WARC-Type", "response") {
            return Err(NoPage::Other);
        }
        let (header, body) = split_header(content);
        let status = header.lines().next().unwrap_or("").split(' ').nth(1);
        let kind = field(header, "Content-Type").unwrap_or("text/html");
        let is_page = starts_with(kind, "text/html") || starts_with(kind, "application/xhtml");
        if status != Some("200") || !is_page || body.trim_ascii().is_empty() {
            return Err(NoPage::Response);
        }
        let is_chunked =
            field(header, "Transfer-Encoding").is_some_and(|by| starts_with(by, "chunked"));
        let html = if is_chunked { join_chunks(body) } else { Cow::Borrowed(body) };
        let (html, is_unpacked_whole) = match field(header, "Content-Encoding") {
            Some(by) if !starts_with(by, "identity") => unpack(by, html)?,
            _ => (html, true),
        };
        let is_cut = is_cut || !is_unpacked_whole;
        let charset = kind.split(';').find_map(|part| part.trim().strip_prefix("charset="));
        let charset = charset.map(|name| name.trim_matches('"'));
        Ok(Self { address, captured, charset, html, is_cut })
    }

    /// Reads the page as a dispatch; `range` is the byte range of its record in the input.
    fn read(&self, input: &Input<'_>, range: Range<usize>) -> ParsedItem {
        let record = &input.bytes[range.clone()];
        let location = (range.start as u64..range.end as u64, 0);
        // Of a page that does not say when it was written, the day of its capture says more than that of the archive.
        let captured = parse_field_time(self.captured);
        let context =
            Context { file_time: captured.or(input.ctx.file_time), table: None, ..*input.ctx };
        let input = Input { ctx: &context, ..*input };
        let mut draft = Draft::new(FORMAT, record, location, &input);
        let declared = self.charset.and_then(encoding_for_name);
        let decoded = match declared {
            Some(_) => encoding::decode_as(&self.html, declared),
            None => encoding::decode(&self.html),
        };
        draft.set_encoding(decoded.encoding, decoded.problem);
        if self.is_cut {
            let message = "the record is shorter than it says, or its packed page is damaged: the page may be cut off";
            draft.add_problem(Severity::Fault, "Content-Length", message.to_owned());
        }
        draft.set_field(FieldKey::Links, "WARC-Target-URI", self.address);
        if !self.captured.is_empty() {
            draft.add_field("WARC-Date", self.captured);
        }
        let blocks = apply_page_metadata(&mut draft, parse_page(&decoded.text));
        finish::finish_blocks(draft, blocks)
    }
}

/// The lines of a header, and what follows the empty line after it. A header that is no text is empty.
fn split_header(bytes: &[u8]) -> (&str, &[u8]) {
    let end = memmem::find(bytes, b"\r\n\r\n").unwrap_or(bytes.len());
    let content = bytes.get(end + 4..).unwrap_or_default();
    (valid_start(&bytes[..end]), content)
}

/// The bytes as text, up to the first that are none.
fn valid_start(bytes: &[u8]) -> &str {
    bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

/// The value of a field of a header, by its name in any case.
fn field<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn starts_with(value: &str, start: &str) -> bool {
    value.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

/// True for data that is no text.
fn is_packed(body: &[u8]) -> bool {
    body[..body.len().min(200)].iter().any(|b| matches!(b, 0..=8 | 0xe..=0x1f))
}

/// Longest page that is unpacked, in bytes: this many, and as many times its packed length.
const MAX_UNPACKED: (usize, usize) = (1 << 20, 200);

/// Undoes the compression of a page within its record. Content that is not packed is returned as it is: archives often
/// keep the header of a page that they have unpacked. Returns false beside what could be unpacked if the rest is damaged
/// or too long.
fn unpack<'a>(method: &str, body: Cow<'a, [u8]>) -> Result<(Cow<'a, [u8]>, bool), NoPage> {
    let is_gzip = body.starts_with(b"\x1f\x8b");
    let is_zlib = body.first() == Some(&0x78) && starts_with(method, "deflate");
    if !is_gzip && !is_zlib {
        // Text is no compressed data, whatever the header says.
        return if is_packed(&body) { Err(NoPage::Compressed) } else { Ok((body, true)) };
    }
    let (least, times) = MAX_UNPACKED;
    let limit = body.len().saturating_mul(times).saturating_add(least);
    let mut decoder = if is_gzip { Decompress::new_gzip(15) } else { Decompress::new(true) };
    let mut page: Vec<u8> = Vec::new();
    let mut status = Ok(Status::Ok);
    while let Ok(Status::Ok) = status
        && page.len() < limit
    {
        let (read, before) = (decoder.total_in(), page.len());
        let rest = body.get(usize::try_from(read).unwrap_or(usize::MAX)..).unwrap_or_default();
        page.reserve(rest.len().clamp(4 << 10, 1 << 20));
        status = decoder.decompress_vec(rest, &mut page, FlushDecompress::None);
        // Nothing more comes of data that is cut off.
        if decoder.total_in() == read && page.len() == before {
            break;
        }
    }
    let is_whole = matches!(status, Ok(Status::StreamEnd));
    if page.trim_ascii().is_empty() { Err(NoPage::Compressed) } else { Ok((page.into(), is_whole)) }
}

/// Undoes the chunks of HTTP (RFC 9112, section 7.1). Content without them is returned as it is: archives often keep
/// the header of a page that they have joined.
fn join_chunks(body: &[u8]) -> Cow<'_, [u8]> {
    let mut joined = Vec::new();
    let mut rest = body;
    while let Some(end) = memmem::find(&rest[..rest.len().min(100)], b"\r\n") {
        let size = valid_start(&rest[..end]);
        let size = size.split(';').next().unwrap_or("").trim();
        let Ok(size) = usize::from_str_radix(size, 16) else {
            break;
        };
        let content = &rest[end + 2..];
        joined.extend_from_slice(&content[..content.len().min(size)]);
        if size == 0 || size.saturating_add(2) > content.len() {
            return Cow::Owned(joined);
        }
        rest = &content[size + 2..];
    }
    if joined.is_empty() { Cow::Borrowed(body) } else { Cow::Owned(joined) }
}

#[cfg(test)]
mod tests {
    use crate::format::detect::detect;
    use crate::format::parser::Context;
    use crate::format::table::parse_as;
    use crate::format::testing::parsed;

    /// A record of some fields and content.
    fn record(fields: &str, content: &str) -> String {
        let length = content.len();
        format!("WARC/1.0\r\n{fields}\r\nContent-Length: {length}\r\n\r\n{content}\r\n\r\n")
    }

    fn response(address: &str, header: &str, body: &str) -> String {
        record(
            &format!(
                "WARC-Type: response\r\nWARC-Target-URI: {address}\r\nWARC-Date: 2026-03-04T05:06:07Z"
            ),
            &format!("HTTP/1.1 {header}\r\n\r\n{body}"),
        )
    }

    #[test]
    fn pages_are_read_and_other_records_left_out() {
        let page = "<html><head><title>Kites</title></head><body><h1>Kites fly</h1><p>The kites of Salter fly.</p></body></html>";
        let chunked = format!(
            "{:x}\r\n{}\r\n{:x};x=y\r\n{}\r\n0\r\n\r\n",
            40,
            &page[..40],
            page.len() - 40,
            &page[40..]
        );
        let archive = [
            record("WARC-Type: warcinfo", "software: a crawler"),
            response(
                "https://a.example/1",
                "200 OK\r\nContent-Type: text/html; charset=UTF-8\r\nX-Crawler-Transfer-Encoding: chunked",
                page,
            ),
            record("WARC-Type: request", "GET /1 HTTP/1.1\r\n\r\n"),
            response("https://a.example/2", "301 Moved\r\nLocation: /1", ""),
            response(
                "https://a.example/3",
                "200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked",
                &chunked,
            ),
            response("https://a.example/4.png", "200 OK\r\nContent-Type: image/png", "x"),
        ];
        let found = parsed(&archive.concat());
        let links: Vec<&str> =
            found.dispatches.iter().map(|found| found.links[0].as_str()).collect();
        assert_eq!(links, ["https://a.example/1", "https://a.example/3"]);
        for dispatch in &found.dispatches {
            assert_eq!(dispatch.headline, "Kites fly");
            assert_eq!(dispatch.body.text(), "The kites of Salter fly.");
            assert_eq!(dispatch.fields["WARC-Date"], "2026-03-04T05:06:07Z");
        }
        assert_eq!(found.problems.len(), 1);
    }

    #[test]
    fn a_page_may_be_packed_within_its_record() {
        use std::io::Write as _;
        let text = "The kites of Salter fly.";
        let page = format!(
            "<html><head><title>Kites</title></head><body><h1>Kites</h1><p>{text}</p></body></html>"
        );
        let level = flate2::Compression::default();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), level);
        gzip.write_all(page.as_bytes()).unwrap();
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), level);
        zlib.write_all(page.as_bytes()).unwrap();
        let (gzip, zlib) = (gzip.finish().unwrap(), zlib.finish().unwrap());
        let mut bomb = flate2::write::GzEncoder::new(Vec::new(), level);
        bomb.write_all(&vec![b'a'; 8 << 20]).unwrap();
        let bomb = bomb.finish().unwrap();
        let cut = &gzip[..gzip.len() - 20];
        for (method, body, shown, problems) in [
            ("gzip", &gzip[..], Some(text), 0),
            ("deflate", &zlib, Some(text), 0),
            ("gzip", page.as_bytes(), Some(text), 0),
            ("gzip", cut, None, 1),
            ("gzip", &bomb, None, 1),
            ("br", b"\x0b\x02\x80\x00\x01", None, 1),
        ] {
            let mut archive = format!(
                "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {method}\r\n\r\n"
            )
            .into_bytes();
            archive.extend_from_slice(body);
            archive.extend_from_slice(b"\r\n\r\n");
            let id = detect(&archive).expect("an archive");
            let found = parse_as(id, &archive, &Context::default());
            let first = found.dispatches.first();
            let told = found.problems.len() + first.map_or(0, |first| first.problems.len());
            assert_eq!(told, problems, "{method}: {found:?}");
            if let Some(shown) = shown {
                assert_eq!(first.map(|first| first.body.text()), Some(shown), "{method}");
            }
        }
    }

    #[test]
    fn a_page_may_name_the_mark() {
        let page = "<html><head><title>Kites</title></head><body><h1>Kites fly</h1><p>It begins with WARC/1.0\r\nand an empty line.</p></body></html>";
        let header = "200 OK\r\nContent-Type: text/html";
        let archive =
            ["https://a.example/1", "https://a.example/2"].map(|at| response(at, header, page));
        let archive = archive.concat();
        let check = |archive: &str, count: usize| {
            let found = parsed(archive).dispatches;
            assert_eq!(found.len(), count, "{archive}");
            for dispatch in &found {
                let text = "It begins with WARC/1.0 and an empty line.";
                assert_eq!(dispatch.body.text(), text, "{archive}");
            }
        };
        check(&archive, 2);
    }
}
