//! Detects compressed data and archives by their first bytes, and decompresses gzip, zstd, bzip2 and xz streams.

use std::io::{self, BufRead, BufReader, Read};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::GzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

/// Most memory that an xz stream may ask for, in KiB. `xz -9` needs 65 MiB.
const XZ_MEMORY_LIMIT_KIB: u32 = 128 << 10;

/// A format whose files are unpacked or converted before they are read: of compression, of archives, of office files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PackedFormat {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
    Zip,
    Tar,
    /// Text, but converted before it is read. Other office files are ZIP archives.
    Rtf,
}

impl PackedFormat {
    /// Detects the format by its magic number. 262 bytes are enough for all formats: tar's is at byte 257.
    pub(super) fn detect(start: &[u8]) -> Option<Self> {
        if is_rtf(start) {
            return Some(Self::Rtf);
        }
        let kinds = [
            (0, &b"\x1f\x8b"[..], Self::Gzip),
            (0, b"\x28\xb5\x2f\xfd", Self::Zstd),
            (0, b"BZh", Self::Bzip2),
            (0, b"\xfd7zXZ\0", Self::Xz),
            (0, b"PK\x03\x04", Self::Zip),
            (0, b"PK\x05\x06", Self::Zip),
            (257, b"ustar", Self::Tar),
        ];
        let begins = |(at, mark, _): &&(usize, &[u8], Self)| {
            start.get(*at..).is_some_and(|rest| rest.starts_with(mark))
        };
        let found = kinds.iter().find(begins).map(|(.., kind)| *kind)?;
        // Text may begin with `BZh`. Real data goes on with a level (1 to 9) and the magic of a block (0x314159…) or of
        // the end of the stream (0x177245…).
        let bzip2 = || {
            matches!(start.get(3), Some(b'1'..=b'9'))
                && start.get(4).is_none_or(|b| matches!(b, 0x31 | 0x17))
        };
        (found != Self::Bzip2 || bzip2()).then_some(found)
    }

    /// The name used in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zip => "ZIP",
            Self::Tar => "tar",
            Self::Rtf => "RTF",
        }
    }

    /// True for compressed streams, false for archives of named files and for office files.
    pub(super) fn is_single_stream(self) -> bool {
        !matches!(self, Self::Zip | Self::Tar | Self::Rtf)
    }

    /// Decompresses a stream. For all others, returns the bytes unchanged.
    pub(super) fn decoder<'a>(self, packed: &'a mut dyn Read) -> Box<dyn Read + 'a> {
        let packed: BufReader<&'a mut dyn Read> = BufReader::with_capacity(64 << 10, packed);
        match self {
            Self::Gzip => Box::new(GzipReader::new(packed)),
            Self::Zstd => Box::new(ZstdReader::new(packed)),
            Self::Bzip2 => Box::new(MultiBzDecoder::new(packed)),
            Self::Xz => Box::new(XzReader::new_mem_limit(packed, true, XZ_MEMORY_LIMIT_KIB)),
            Self::Zip | Self::Tar | Self::Rtf => Box::new(packed),
        }
    }
}

/// True for the start of an RTF file. Some programs put a byte order mark or line ends before it.
fn is_rtf(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let blank = start.iter().take(64).take_while(|b| b.is_ascii_whitespace()).count();
    [&b"{\\rtf"[..], b"{\\urtf"].iter().any(|mark| start[blank..].starts_with(mark))
}

/// Skips zero bytes, which pad compressed data on tapes and other block devices. Returns true at the end of the input.
pub(super) fn skip_zero_padding(packed: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let bytes = packed.fill_buf()?;
        if bytes.is_empty() {
            return Ok(true);
        }
        let zeros = bytes.iter().take_while(|&&b| b == 0).count();
        let all = zeros == bytes.len();
        packed.consume(zeros);
        if !all {
            return Ok(false);
        }
    }
}

/// The error for bytes after the compressed data that are not compressed.
pub(super) fn trailing_data_error() -> io::Error {
    io::Error::other("data after the end of the packed data was ignored")
}

// Gzip.

/// Decompresses gzip data of one or several members in a row (RFC 1952, section 2.2).
pub(super) struct GzipReader<R> {
    /// The member being read; `None` at the end.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> GzipReader<R> {
    pub(super) fn new(packed: R) -> Self {
        Self { member: Some(GzDecoder::new(packed)) }
    }
}

impl<R: BufRead> Read for GzipReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let count = member.read(into)?;
            if count > 0 || into.is_empty() {
                return Ok(count);
            }
            let Some(mut packed) = self.member.take().map(GzDecoder::into_inner) else {
                break;
            };
            if skip_zero_padding(&mut packed)? {
                break;
            }
            // The first byte of the gzip magic.
            if !packed.fill_buf()?.starts_with(b"\x1f") {
                return Err(trailing_data_error());
            }
            self.member = Some(GzDecoder::new(packed));
        }
        Ok(0)
    }
}

// Zstandard.

/// Decompresses Zstandard data of one or several frames in a row (RFC 8878, section 3).
pub(super) enum ZstdReader<R: Read> {
    /// Between frames, or at the start.
    Next(R),
    Frame(Box<StreamingDecoder<R, FrameDecoder>>),
    End,
}

impl<R: BufRead> ZstdReader<R> {
    pub(super) fn new(packed: R) -> Self {
        Self::Next(packed)
    }
}

impl<R: BufRead> Read for ZstdReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(self, Self::End) {
                Self::End => return Ok(0),
                Self::Next(mut packed) => {
                    if skip_zero_padding(&mut packed)? {
                        return Ok(0);
                    }
                    if !packed.fill_buf()?.starts_with(b"\x28") {
                        return Err(trailing_data_error());
                    }
                    let frame = StreamingDecoder::new(packed).map_err(io::Error::other)?;
                    *self = Self::Frame(Box::new(frame));
                }
                Self::Frame(mut frame) => {
                    let count = frame.read(into)?;
                    if count > 0 || into.is_empty() {
                        *self = Self::Frame(frame);
                        return Ok(count);
                    }
                    *self = Self::Next(frame.into_inner());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_detected_by_their_magic() {
        assert_eq!(PackedFormat::detect(b"\x1f\x8b\x08"), Some(PackedFormat::Gzip));
        assert_eq!(PackedFormat::detect(b"BZh91AY"), Some(PackedFormat::Bzip2));
        assert_eq!(PackedFormat::detect(b"BZhelp"), None);
        assert_eq!(PackedFormat::detect(b"PK\x03\x04"), Some(PackedFormat::Zip));
        assert_eq!(PackedFormat::detect(b"text"), None);
        assert_eq!(PackedFormat::detect(b"\xef\xbb\xbf\r\n{\\rtf1\\ansi"), Some(PackedFormat::Rtf));
        assert_eq!(PackedFormat::detect(b"{\"rtf\": 1}"), None);
        assert_eq!(PackedFormat::detect(b""), None);
    }
}
