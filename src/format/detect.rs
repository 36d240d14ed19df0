//! Detects the format of an input from its first bytes, and refuses what is not text.

use crate::dispatch::{Problem, Severity};
use crate::format::parser::{Context, SAMPLE_SIZE, Sample};
use crate::format::table::{FORMATS, FormatId, ParsedInput, parse_as};
use crate::format::tables::ColumnNames;
use crate::format::{anpa, iptc, warc};

/// Columnar tables, with what to do about them.
const PARQUET: &str = "a Parquet table: save it as CSV or JSON Lines, such as with \
                       `duckdb -c \"COPY 'x.parquet' TO 'x.csv'\"`";

/// Magic numbers of files that are not text: offset, bytes, and the name used in messages.
const MAGIC: [(usize, &[u8], &str); 31] = [
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"PK\x05\x06", "an empty ZIP archive"),
    (0, b"\x1f\x8b", "gzip data"),
    (0, b"BZh", "bzip2 data"),
    (0, b"\x28\xb5\x2f\xfd", "zstd data"),
    (0, b"\xfd7zXZ\0", "xz data"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"%PDF-", "a PDF file"),
    (0, b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"GIF87a", "a GIF image"),
    (0, b"GIF89a", "a GIF image"),
    (0, b"II*\0", "a TIFF image"),
    (0, b"MM\0*", "a TIFF image"),
    (8, b"WEBP", "a WebP image"),
    (8, b"WAVEfmt", "a WAV sound file"),
    (0, b"ID3", "an MP3 sound file"),
    (0, b"OggS", "an Ogg file"),
    (0, b"fLaC", "a FLAC sound file"),
    (4, b"ftyp", "an MP4 film"),
    (0, b"\x1aE\xdf\xa3", "a Matroska film"),
    (0, b"\x7fELF", "an ELF program"),
    (0, b"MZ\x90\0", "a Windows program"),
    (0, b"\xcf\xfa\xed\xfe", "a macOS program"),
    (0, b"\xca\xfe\xba\xbe", "a Java or macOS program"),
    (0, b"\0asm", "a WebAssembly program"),
    (0, b"PAR1", PARQUET),
    (0, b"ORC", "an ORC table: save it as CSV or JSON Lines"),
    (0, b"SQLite format 3\0", "an SQLite database"),
];

/// Begins a compound file: old Office documents, and encrypted ones.
const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// A message that says why an input cannot be read, or `None` if it can.
pub(super) fn refusal_reason(sample: &Sample<'_>) -> Option<String> {
    if sample.bytes.is_empty() {
        return Some("the input is empty".to_owned());
    }
    if sample.bytes.len() <= SAMPLE_SIZE && sample.start.is_empty() {
        return Some("the input contains only white space".to_owned());
    }
    let magic = |(at, mark, _): &&(usize, &[u8], &str)| {
        // Comparing the first byte rejects most rows cheaply.
        sample.bytes.get(*at) == mark.first() && sample.bytes[*at..].starts_with(mark)
    };
    if let Some((_, _, what)) = MAGIC.iter().find(magic) {
        // A hint comes last.
        return Some(match what.split_once(": ") {
            Some((what, hint)) => format!("looks like {what}, not text: {hint}"),
            None => format!("looks like {what}, not text"),
        });
    }
    if sample.bytes.starts_with(COMPOUND_FILE) {
        return Some(compound_file_reason(sample.bytes).to_owned());
    }
    if sample.is_utf16 {
        return None;
    }
    // Wire frames may contain more control characters than text does, and the records of a web archive anything.
    let framed = || {
        warc::is_1_0(sample)
            || warc::is_1_1(sample)
            || anpa::recognises(sample)
            || iptc::recognises(sample)
    };
    (is_binary(sample.start) && !framed())
        .then(|| "looks like binary data, not text: --input-format NAME reads it anyway".to_owned())
}

/// Why a compound file is not read, and what to do, by the names of the streams in its directory.
fn compound_file_reason(bytes: &[u8]) -> &'static str {
    let reasons = [
        ("EncryptedPackage", "an encrypted Office document: save it without a password"),
        ("WordDocument", "an old Word document (.doc): save it as DOCX, or as RTF"),
        ("Workbook", "an old Excel table (.xls): save it as XLSX, or as CSV"),
        ("PowerPoint Document", "an old presentation (.ppt): save its text as DOCX"),
        ("__substg1.0_", "a message of Outlook (.msg): save it as .eml"),
    ];
    // The directory may stand anywhere.
    let found = reasons.iter().find(|(stream, _)| {
        let name: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memchr::memmem::find(bytes, &name).is_some()
    });
    found.map_or("looks like an old Office document: save it as DOCX or XLSX", |(_, reason)| reason)
}

/// True if there are more NUL bytes or control characters than even a damaged dispatch would contain. The constants
/// added to the length tolerate a few dozen stray bytes in short inputs.
fn is_binary(start: &[u8]) -> bool {
    // Most texts have no control but newlines, which is cheaper to find out.
    let is_odd = |b: u8| (b < 0x20) != (b == b'\n');
    if !start.iter().fold(false, |any, &b| any | is_odd(b)) {
        return false;
    }
    let is_control = |b: u8| u8::from(b < 0x20) & u8::from(!matches!(b, b'\t'..=b'\r' | 0x1b));
    // Chunks below 256 bytes keep each sum in a u8, so that the loop vectorises. NUL counts as a control.
    let controls: usize = start
        .chunks(128)
        .map(|chunk| usize::from(chunk.iter().fold(0u8, |sum, &b| sum.wrapping_add(is_control(b)))))
        .sum();
    if controls == 0 {
        return false;
    }
    let nuls = || memchr::memchr_iter(0, start).count();
    controls * 8 > start.len() + 200
        || nuls() * 10 > start.len() + 200
        || controls * 32 > start.len()
            && (controls + count_c1_controls(start)) * 8 > start.len() + 64
}

/// Counts bytes that are C1 controls in Latin-1 and not part of valid UTF-8. They are letters or punctuation in many
/// legacy encodings, so they only suggest binary data together with other controls.
fn count_c1_controls(start: &[u8]) -> usize {
    let broken = start.utf8_chunks().flat_map(|chunk| chunk.invalid());
    broken.filter(|b| matches!(b, 0x80..=0x9f)).count()
}

/// A format requested by name (`--input-format`), whatever the input looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestedFormat(&'static str);

impl RequestedFormat {
    /// Looks up a format by name (`json`), in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        FormatId::from_name(name).map(|id| Self(id.row().name))
    }

    /// All format names, each once, in the order of the table.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        let mut names: Vec<&str> = Vec::new();
        for format in FORMATS {
            // Rows that share a name need not be neighbours.
            if !names.contains(&format.name) {
                names.push(format.name);
            }
        }
        names
    }
}

/// How the user wants inputs to be read.
#[derive(Debug, Clone, Default)]
pub struct ReadingRequest {
    /// The format of all inputs; `None` detects that of each.
    pub format: Option<RequestedFormat>,
    /// The columns of tables, beside those that are known by their names.
    pub columns: ColumnNames,
}

/// Returns the requested format, or detects it. Of rows that share a name, this is the first that recognises the input,
/// else the last one.
///
/// # Errors
/// Returns the same problems as [`detect()`]; a requested format is only refused if the input is empty.
pub fn detect_as(request: &ReadingRequest, bytes: &[u8]) -> Result<FormatId, Problem> {
    let sample = Sample::new(bytes).with_columns(&request.columns);
    let Some(RequestedFormat(name)) = request.format.filter(|_| !bytes.is_empty()) else {
        return detect_sample(&sample);
    };
    let mut rows = FormatId::all().filter(|id| id.row().name == name);
    let found = rows.clone().find(|id| id.row().recognises(&sample));
    Ok(found.or_else(|| rows.next_back()).unwrap_or(FormatId::PLAIN))
}

/// Detects the format of an input. Most formats are recognised from the first 64 KiB.
///
/// # Errors
/// Returns an [`Severity::Unreadable`] problem if the input is empty, blank or not text.
pub fn detect(bytes: &[u8]) -> Result<FormatId, Problem> {
    detect_sample(&Sample::new(bytes))
}

fn detect_sample(sample: &Sample<'_>) -> Result<FormatId, Problem> {
    if let Some(refusal) = refusal_reason(sample) {
        return Err(Problem::new(Severity::Unreadable, "", refusal));
    }
    Ok(FormatId::all().find(|id| id.row().recognises(sample)).unwrap_or(FormatId::PLAIN))
}

/// Detects the format of an input and reads all its dispatches. Never fails, see [`ParsedInput::problems`].
#[must_use]
pub fn parse(bytes: &[u8], ctx: &Context) -> ParsedInput {
    match detect(bytes) {
        Ok(format) => parse_as(format, bytes, ctx),
        Err(problem) => ParsedInput { dispatches: Vec::new(), problems: vec![problem] },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::record_boundary::RecordBoundary;

    /// Checks the name of the detected format, or the first words of the refusal.
    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        let found = match detect(bytes) {
            Ok(id) => id.row().name.to_owned(),
            Err(problem) => problem.message,
        };
        assert!(found.starts_with(expected), "{found:?} instead of {expected:?}");
    }

    #[test]
    fn refuses_what_is_not_text() {
        check(b"", "the input is empty");
        check(b" \n\t\n", "the input contains only white space");
        check(b"PK\x03\x04xxxx", "looks like a ZIP archive");
        check(b"%PDF-1.7", "looks like a PDF file");
        check(b"\x7fELF\x02", "looks like an ELF program");
        let compound = |stream: &str| {
            let name = stream.encode_utf16().flat_map(u16::to_le_bytes);
            [COMPOUND_FILE, &[0; 600], &name.collect::<Vec<u8>>()].concat()
        };
        check(&compound(""), "looks like an old Office document");
        check(&compound("WordDocument"), "an old Word document (.doc)");
        check(&compound("EncryptedPackage"), "an encrypted Office document");
        check(&[0u8; 300], "looks like binary data");
    }

    #[test]
    fn knows_framed_wires() {
        check(b"\x16\x16\x01a0123\x1f", "anpa1312");
        check(b"u i BC-FERRY-STRIKE  03-04 0120\nText", "anpa1312");
        check(b"\x01abc0123 3 pol 120 x\r\n", "iptc7901");
        check(b"abc0123 3 pol 120 xyz 061\n\nFerries/\n", "iptc7901");
        let bells = [b"\x16\x16\x01a0123\x1f\n\x02".as_slice(), &[7; 400]].concat();
        check(&bells, "anpa1312");
        check(b"ZCZC\nText", "zczc");
        check(b"ZCZCs are telex frames", "plain");
    }

    #[test]
    fn distinguishes_mail_from_plain_text() {
        check(b"From a@b.example Mon Jan 1\nFrom: a@b.example\nSubject: x\n\ny", "mail");
        check(b"Message-ID: <1@b.example>\nSubject: x\n\ny", "mail");
        check(b"From the quay: a note\n\ny", "plain");
    }

    #[test]
    fn recognises_xml_formats_by_their_first_element() {
        check(b"<?xml version=\"1.0\"?>\n<nitf><head/></nitf>", "nitf");
        check(b"<!-- a --><!DOCTYPE nitf [<!ENTITY a \"<b>\">]>\n<n:nitf>", "nitf");
        check(b"<rss version=\"2.0\"/>", "rss");
        check(b"<x:RDF xmlns:x='y'><x:item/></x:RDF>", "rss");
        check(b"<?xml version='1.0'?><RDF><Ontology/></RDF>", "xml");
        check(b"<newsItem guid=\"x\"/>", "newsml-g2");
        check(b"<NewsML>", "newsml1");
        check(b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "atom");
        check(b"<RBNews/>", "ritzau");
        check(b"\xef\xbb\xbf <!DOCTYPE html><p>x", "html");
        check(b"<HTML><p>x", "html");
        check(b"<?xml version='1.0'?><svg/>", "xml");
        let wide: Vec<u8> =
            "\u{feff}<?xml version=\"1.0\" encoding=\"utf-16\"?><rss><channel/></rss>"
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect();
        check(&wide, "rss");
    }

    #[test]
    fn distinguishes_ninjs_from_other_json() {
        check(b"{\"uri\": \"x\", \"versioncreated\": \"y\"}", "ninjs");
        check(b"[{\"guid\": \"x\", \"body_html\": \"y\"", "ninjs");
        check(b"{\"data\": {\"items\": [{\"meta\": {\"a\": 1}, \"item\": {\"uri\": \"x\", \"headlines\": []}}]}}", "ninjs");
        check(b"{\"uri\": \"x\", \"headline\": \"y\"}", "json");
        check(b"{\"id\": \"x\", \"body_text\": \"y\"}\n{}", "json");
        check(b"{\"version\": \"https://jsonfeed.org/version/1\", \"items\": []}", "jsonfeed");
        check(b"{\"text\": \"https://jsonfeed.org/version/1\"}", "json");
    }

    #[test]
    fn reads_damaged_text_as_plain() {
        check(b"Ferries\x00sail", "plain");
        check(b"\x1b[31mFerries sail\x07", "plain");
        check(b"F\xe4hren \xff", "plain");
        check(b"Subject: ferries\nDate: 2025-01-01\n\nText.", "plain");
        check(b"<b>Ferries</b> sail", "plain");
        check(b"\xff\xfeF\0e\0", "plain");
    }

    /// Pseudo-random bytes (xorshift).
    fn noise(seed: u64, length: usize) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_be_bytes()[0]
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn refuses_noise() {
        for seed in 1..1500 {
            for length in [400, 1000, 3000] {
                let refused = detect(&noise(seed, length)).is_err();
                assert!(refused, "{length} bytes of {seed}");
            }
        }
    }

    #[test]
    fn reads_old_encodings_as_plain() {
        let copy = "“It’s a ‘wet’ day”, she said… – “Fähren, naïveté” — ";
        let check_in = |encoding: &'static encoding_rs::Encoding, copy: &str| {
            check(&encoding.encode(&copy.repeat(40)).0, "plain");
        };
        check_in(encoding_rs::WINDOWS_1252, copy);
        check_in(encoding_rs::SHIFT_JIS, "雨が降った。カナダへ。");
        check_in(encoding_rs::IBM866, "ДОЖДЬ ИДЁТ ВСЮДУ. ");
        check_in(encoding_rs::WINDOWS_1251, "Дождь идёт – «всюду». ");
        check_in(encoding_rs::GBK, "下雨了。");
        let latin: Vec<u8> = b"F\xe4hren\x85 \x91so\x92 \x93und\x94 \x96 \x97\n".repeat(60);
        check(&latin, "plain");
        let damaged = [&latin[..], b"\0\x01\x02\x07"].concat();
        check(&damaged, "plain");
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let wide: Vec<u8> = copy.repeat(40).encode_utf16().flat_map(bytes).collect();
            check(&wide, "plain");
        }
    }

    #[test]
    fn the_table_is_in_order() {
        assert_eq!(FormatId::PLAIN.row().name, "plain");
        assert_eq!(
            FormatId::from_name("JSON").map(|id| id.row().boundary),
            Some(RecordBoundary::Newline)
        );
        assert_eq!(FormatId::from_name("telex"), None);
    }

    #[test]
    fn the_input_decides_between_rows_that_share_a_name() {
        let plain = RequestedFormat::from_name("Plain");
        let plain = ReadingRequest { format: plain, ..ReadingRequest::default() };
        assert_eq!(detect_as(&plain, b"{}").ok(), Some(FormatId::PLAIN));
        let json = RequestedFormat::from_name("json");
        let json = ReadingRequest { format: json, ..ReadingRequest::default() };
        let rows = |bytes: &[u8]| detect_as(&json, bytes).map(|id| id.row().boundary);
        assert_ne!(rows(b"{\"a\": 1}\n{\"a\": 2}\n"), rows(b"[{\"a\": 1}]"));
        assert!(detect_as(&plain, b"").is_err());
        assert_eq!(RequestedFormat::from_name("telegram"), None);
    }
}
