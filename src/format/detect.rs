//! Looks at the first bytes of an input: what holds nothing, what is no text, and what is a format not read yet.

use std::cell::OnceCell;

use super::xml::Root;
use super::{anpa, encoding, iptc};

/// Bytes that a recogniser sees at least.
pub(super) const SAMPLE: usize = 64 * 1024;

/// What recognisers look at.
pub(super) struct Sample<'a> {
    /// The whole input.
    pub bytes: &'a [u8],
    /// The first [`SAMPLE`] bytes without a byte order mark and white space before them.
    pub start: &'a [u8],
    /// True for UTF-16, whose bytes say little.
    pub utf16: bool,
    root: OnceCell<Option<Root>>,
}

impl<'a> Sample<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let start = &bytes[..bytes.len().min(SAMPLE)];
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
        Self {
            bytes,
            start: start.trim_ascii_start(),
            utf16: encoding::is_utf16(bytes),
            root: OnceCell::new(),
        }
    }

    /// The first element, where this is markup.
    pub(super) fn root(&self) -> Option<&Root> {
        let start = if self.utf16 {
            &self.bytes[..self.bytes.len().min(SAMPLE)]
        } else {
            self.start
        };
        let root = || Root::of(start, self.utf16);
        self.root.get_or_init(root).as_ref()
    }

    fn has(&self, needle: &str) -> bool {
        memchr::memmem::find(self.start, needle.as_bytes()).is_some()
    }
}

/// First bytes of files that are no text, and what they are.
const MAGIC: [(usize, &[u8], &str); 30] = [
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
    (0, b"SQLite format 3\0", "an SQLite database"),
    (
        0,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Office document",
    ),
];

/// True where a sample has the looks of a format.
type Recogniser = fn(&Sample<'_>) -> bool;

/// Formats known by their looks but not read yet. A format leaves this list when it gets its row in the table.
const NOT_YET: [(&str, Recogniser); 4] = [
    ("SGML of the Reuters-21578 collection", |s| {
        is_markup(s) && s.has("<REUTERS")
    }),
    ("SGML of the TREC collections", |s| {
        s.start.starts_with(b"<DOC>")
    }),
    ("an mbox of mails", |s| {
        s.start.starts_with(b"From ") && is_mail(s, 1)
    }),
    ("a mail", |s| is_mail(s, 0)),
];

/// Why an input is not read at all, as a sentence; `None` where it may be.
pub(super) fn refusal(sample: &Sample<'_>) -> Option<String> {
    if sample.bytes.is_empty() {
        return Some("the input is empty".to_owned());
    }
    if sample.bytes.len() <= SAMPLE && sample.start.is_empty() {
        return Some("the input holds nothing but white space".to_owned());
    }
    let magic = |(at, mark, _): &&(usize, &[u8], &str)| {
        // Most are told by their first byte.
        sample.bytes.get(*at) == mark.first() && sample.bytes[*at..].starts_with(mark)
    };
    if let Some((_, _, what)) = MAGIC.iter().find(magic) {
        return Some(format!("looks like {what}, not like text"));
    }
    if sample.utf16 {
        return None;
    }
    if let Some((what, _)) = NOT_YET.iter().find(|(_, recognises)| recognises(sample)) {
        return Some(format!("looks like {what}, a format not read yet"));
    }
    // A wire frame may hold more controls than text does.
    let framed = || anpa::recognises(sample) || iptc::recognises(sample);
    (is_binary(sample.start) && !framed())
        .then(|| "looks like binary data, not like text".to_owned())
}

/// More NUL bytes or control characters than a damaged dispatch would hold.
fn is_binary(start: &[u8]) -> bool {
    let odd = |b: u8| u8::from(b < 0x20) & u8::from(!matches!(b, b'\t'..=b'\r' | 0x1b));
    // Small chunks keep each sum in one byte, so that it vectorises. NUL bytes are among the controls.
    let controls: usize = start
        .chunks(128)
        .map(|chunk| usize::from(chunk.iter().fold(0u8, |sum, &b| sum.wrapping_add(odd(b)))))
        .sum();
    if controls == 0 {
        return false;
    }
    let nuls = || memchr::memchr_iter(0, start).count();
    controls * 8 > start.len() + 200
        || nuls() * 10 > start.len() + 200
        || controls * 32 > start.len() && (controls + high_controls(start)) * 8 > start.len() + 64
}

/// Bytes that are C1 controls in Latin-1 and no part of UTF-8. Many of them are letters in some encodings, so that only
/// together with other controls they tell something.
fn high_controls(start: &[u8]) -> usize {
    let broken = start.utf8_chunks().flat_map(|chunk| chunk.invalid());
    broken.filter(|b| matches!(b, 0x80..=0x9f)).count()
}

fn is_markup(sample: &Sample<'_>) -> bool {
    sample.start.first() == Some(&b'<')
}

/// True where header lines that only mails have stand in the first block, after this many lines.
fn is_mail(sample: &Sample<'_>, skip: usize) -> bool {
    let (mut from, mut to, mut mail) = (false, false, false);
    for line in sample.start.split(|&b| b == b'\n').skip(skip).take(60) {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            continue;
        }
        let Some(colon) = line.iter().take(40).position(|&b| b == b':') else {
            return false;
        };
        match line[..colon].to_ascii_lowercase().as_slice() {
            b"from" => from = true,
            b"to" => to = true,
            b"received" | b"message-id" | b"mime-version" | b"return-path" | b"delivered-to" => {
                mail = true;
            }
            _ => {}
        }
    }
    mail || from && (to || skip > 0)
}
