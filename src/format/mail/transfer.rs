//! Content transfer encodings: base64 and quoted-printable, whole and damaged. RFC 2045, section 6.

use std::borrow::Cow;

use mailparse::ParsedContentType;
use mailparse::body::Body;

/// How the bytes of a part were made fit for the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TransferEncoding {
    /// Not at all: `7bit`, `8bit`, `binary`, or a name that nobody knows.
    Identity,
    Base64,
    QuotedPrintable,
}

impl TransferEncoding {
    /// Reads the value of a `Content-Transfer-Encoding`.
    pub(super) fn parse(value: &str) -> Self {
        match value.trim().trim_matches('"') {
            name if name.eq_ignore_ascii_case("base64") => Self::Base64,
            name if name.eq_ignore_ascii_case("quoted-printable") => Self::QuotedPrintable,
            _ => Self::Identity,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Identity => "8bit",
            Self::Base64 => "base64",
            Self::QuotedPrintable => "quoted-printable",
        }
    }
}

/// The bytes as they were, and whether some of them could not be read.
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

fn decode_strictly(way: TransferEncoding, bytes: &[u8]) -> Option<Vec<u8>> {
    let kind = ParsedContentType::default();
    match Body::new(bytes, &kind, &Some(way.name().to_owned())) {
        Body::Base64(body) | Body::QuotedPrintable(body) => body.get_decoded().ok(),
        _ => None,
    }
}

/// The letters of base64 alone, in whole groups of four.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_and_damaged() {
        let check = |way, text: &str, expected: &str, damaged| {
            let (bytes, broken) = decode_transfer(way, text.as_bytes());
            assert_eq!((&*bytes, broken), (expected.as_bytes(), damaged), "{text}");
        };
        check(
            TransferEncoding::Base64,
            "RmVy\r\ncmllcw==\r\n",
            "Ferries",
            false,
        );
        check(
            TransferEncoding::Base64,
            "RmVy*cm\u{e9}llcw",
            "Ferries",
            true,
        );
        check(TransferEncoding::Base64, "RmVyc", "Fer", true);
        check(
            TransferEncoding::QuotedPrintable,
            "a=3Db=\r\nc",
            "a=bc",
            false,
        );
        check(
            TransferEncoding::QuotedPrintable,
            "a=ZZb =\r\nc",
            "a=ZZb c",
            false,
        );
        check(TransferEncoding::Identity, "a=3D", "a=3D", false);
    }
}
