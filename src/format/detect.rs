//! Looks at the first bytes of an input: what holds nothing, and what is no text.

use std::cell::OnceCell;

use super::xml::RootElement;
use super::{anpa, encoding, iptc};

/// Bytes that a recogniser sees at least.
pub(super) const SAMPLE_SIZE: usize = 64 * 1024;

/// What recognisers look at.
pub(super) struct Sample<'a> {
    /// The whole input.
    pub bytes: &'a [u8],
    /// The first [`SAMPLE_SIZE`] bytes without a byte order mark and white space before them.
    pub start: &'a [u8],
    /// True for UTF-16, whose bytes say little.
    pub is_utf16: bool,
    root: OnceCell<Option<RootElement>>,
}

impl<'a> Sample<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let start = &bytes[..bytes.len().min(SAMPLE_SIZE)];
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
        Self {
            bytes,
            start: start.trim_ascii_start(),
            is_utf16: encoding::is_utf16(bytes),
            root: OnceCell::new(),
        }
    }

    /// The first element, where this is markup.
    pub(super) fn root(&self) -> Option<&RootElement> {
        let start = if self.is_utf16 {
            &self.bytes[..self.bytes.len().min(SAMPLE_SIZE)]
        } else {
            self.start
        };
        let root = || RootElement::parse(start, self.is_utf16);
        self.root.get_or_init(root).as_ref()
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

/// Why an input is not read at all, as a sentence; `None` where it may be.
pub(super) fn refusal_reason(sample: &Sample<'_>) -> Option<String> {
    if sample.bytes.is_empty() {
        return Some("the input is empty".to_owned());
    }
    if sample.bytes.len() <= SAMPLE_SIZE && sample.start.is_empty() {
        return Some("the input holds nothing but white space".to_owned());
    }
    let magic = |(at, mark, _): &&(usize, &[u8], &str)| {
        // Most are told by their first byte.
        sample.bytes.get(*at) == mark.first() && sample.bytes[*at..].starts_with(mark)
    };
    if let Some((_, _, what)) = MAGIC.iter().find(magic) {
        return Some(format!("looks like {what}, not like text"));
    }
    if sample.is_utf16 {
        return None;
    }
    // A wire frame may hold more controls than text does.
    let framed = || anpa::recognises(sample) || iptc::recognises(sample);
    (is_binary(sample.start) && !framed()).then(|| {
        "looks like binary data, not like text: --input-format NAME reads it all the same"
            .to_owned()
    })
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
        || controls * 32 > start.len()
            && (controls + count_c1_controls(start)) * 8 > start.len() + 64
}

/// Bytes that are C1 controls in Latin-1 and no part of UTF-8. Many of them are letters in some encodings, so that only
/// together with other controls they tell something.
fn count_c1_controls(start: &[u8]) -> usize {
    let broken = start.utf8_chunks().flat_map(|chunk| chunk.invalid());
    broken.filter(|b| matches!(b, 0x80..=0x9f)).count()
}
