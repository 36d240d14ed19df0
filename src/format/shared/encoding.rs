//! Detects the character encoding of an input and decodes it. Knows nothing of wires.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::dispatch::{Problem, Severity};

/// How many bytes are searched for a declared encoding and for the pattern of UTF-16.
const LOOK: usize = 2048;

/// How many bytes are given to the detection of legacy encodings, which is slow.
const LOOK_FOR_LETTERS: usize = 32 << 10;

/// Decoded text, without a byte order mark.
#[derive(Debug)]
pub(in crate::format) struct Decoded<'a> {
    pub text: Cow<'a, str>,
    /// WHATWG name (`UTF-8`, `windows-1252`).
    pub encoding: &'static str,
    /// Set if some bytes could not be decoded.
    pub problem: Option<Problem>,
}

/// Decodes bytes. Never fails: what cannot be decoded becomes U+FFFD and is reported as a fault.
///
/// The encoding is, in this order: that of a byte order mark, UTF-16 if the bytes look like it, a declared stateful
/// encoding such as ISO-2022-JP, UTF-8 if the bytes are valid or mostly valid, any other declared encoding, a guess.
/// UTF-8 comes before declarations, since bytes that are valid UTF-8 beyond ASCII are hardly ever anything else.
pub(in crate::format) fn decode(bytes: &[u8]) -> Decoded<'_> {
    decode_by(bytes, || find_declared(bytes))
}

/// Like [`decode`], for bytes whose encoding is declared elsewhere, or nowhere.
pub(in crate::format) fn decode_as<'a>(
    bytes: &'a [u8],
    declared: Option<&'static Encoding>,
) -> Decoded<'a> {
    decode_by(bytes, || declared)
}

/// Looks up an encoding by label, as mails and markup declare it (WHATWG Encoding Standard, section 4.2).
pub(in crate::format) fn encoding_for_name(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label(label.as_bytes())
}

fn decode_by(bytes: &[u8], declared: impl Fn() -> Option<&'static Encoding>) -> Decoded<'_> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return utf8(rest).unwrap_or_else(|| lossy(rest, 3));
    }
    if let Some((encoding, rest)) = utf16(bytes) {
        return decode_with(encoding, rest);
    }
    // Stateful encodings consist of 7-bit bytes, which are also valid UTF-8; only their escape sequences tell.
    if memchr::memchr(0x1b, bytes).is_some() {
        let stateful =
            |e: &&'static Encoding| !e.is_ascii_compatible() && *e != UTF_16LE && *e != UTF_16BE;
        if let Some(encoding) = declared().filter(stateful) {
            return decode_with(encoding, bytes);
        }
        if let Some(decoded) = decode_iso_2022_jp(bytes) {
            return decoded;
        }
    }
    if let Some(decoded) = utf8(bytes) {
        return decoded;
    }
    if mostly_utf8(bytes) {
        return lossy(bytes, 0);
    }
    decode_with(declared().unwrap_or_else(|| guess_encoding(bytes)), bytes)
}

/// Decodes ISO-2022-JP, recognised by its escape sequences, if all of it is valid.
fn decode_iso_2022_jp(bytes: &[u8]) -> Option<Decoded<'static>> {
    let has = |shift: &[u8]| memchr::memmem::find(bytes, shift).is_some();
    let shifts = (has(b"\x1b$B") || has(b"\x1b$@")) && (has(b"\x1b(B") || has(b"\x1b(J"));
    let decoded = shifts.then(|| decode_with(ISO_2022_JP, bytes))?;
    decoded.problem.is_none().then_some(decoded)
}

/// Guesses a legacy encoding from the letter frequencies of many languages.
fn guess_encoding(bytes: &[u8]) -> &'static Encoding {
    let look = &bytes[..bytes.len().min(LOOK_FOR_LETTERS)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(look, look.len() == bytes.len());
    let guess = detector.guess(None, Utf8Detection::Deny);
    // A character or two of an East Asian script are unlikely; they are punctuation pasted into a Latin text.
    let few = || {
        let non_ascii = look.iter().filter(|b| !b.is_ascii());
        non_ascii.take(MIN_MULTIBYTE).count() < MIN_MULTIBYTE
    };
    if !guess.is_single_byte() && few() {
        return WINDOWS_1252;
    }
    guess
}

/// Minimum number of non-ASCII bytes for which a guess of a multi-byte encoding is believed: two characters.
const MIN_MULTIBYTE: usize = 4;

/// True for UTF-16, which must not be split at newline bytes.
pub(in crate::format) fn is_utf16(bytes: &[u8]) -> bool {
    utf16(bytes).is_some()
}

/// Recognises UTF-16 and returns the bytes after its byte order mark. Without a mark, more than half of the bytes at
/// either the odd or the even positions must be NUL, and few of the others.
fn utf16(bytes: &[u8]) -> Option<(&'static Encoding, &[u8])> {
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return Some((UTF_16LE, rest));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return Some((UTF_16BE, rest));
    }
    let look = &bytes[..bytes.len().min(LOOK)];
    if look.len() < 8 || memchr::memchr(0, &look[..8]).is_none() {
        return None;
    }
    let pairs = look.len() / 2;
    let nuls = |odd: usize| look.chunks_exact(2).filter(|pair| pair[odd] == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    if odd * 2 > pairs && even * 10 < pairs {
        Some((UTF_16LE, bytes))
    } else if even * 2 > pairs && odd * 10 < pairs {
        Some((UTF_16BE, bytes))
    } else {
        None
    }
}

fn utf8(bytes: &[u8]) -> Option<Decoded<'_>> {
    let text = simdutf8::basic::from_utf8(bytes).ok()?;
    Some(Decoded { text: Cow::Borrowed(text), encoding: "UTF-8", problem: None })
}

/// Decodes UTF-8 with replacement characters. `skipped` is the length of a byte order mark before the bytes.
fn lossy(bytes: &[u8], skipped: usize) -> Decoded<'_> {
    let mut at = skipped;
    if let Err(error) = std::str::from_utf8(bytes) {
        at += error.valid_up_to();
    }
    Decoded {
        text: String::from_utf8_lossy(bytes),
        encoding: "UTF-8",
        problem: Some(Problem::new(
            Severity::Fault,
            byte_location(at as u64),
            "not valid UTF-8 in places from here on; invalid bytes are shown as \u{fffd}",
        )),
    }
}

fn decode_with(encoding: &'static Encoding, bytes: &[u8]) -> Decoded<'static> {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    let problem = broken.then(|| {
        Problem::new(
            Severity::Fault,
            "",
            format!("not valid {} in places; invalid bytes are shown as \u{fffd}", encoding.name()),
        )
    });
    Decoded { text: Cow::Owned(text.into_owned()), encoding: encoding.name(), problem }
}

/// True if there are more valid multi-byte UTF-8 characters than invalid sequences.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut valid, mut invalid) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        // Bytes from 0xc0 on begin a character.
        valid += chunk.valid().bytes().filter(|&b| b >= 0xc0).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    valid > invalid
}

/// The encoding declared near the start: a `Charset:` or `Encoding:` header, an XML declaration, `<meta charset=…>`, or
/// the `charset` parameter of a `Content-Type` header.
fn find_declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let look = &bytes[..bytes.len().min(LOOK)];
    look.split(|&b| b == b'\n' || b == b'\r').find_map(|line| {
        let lower = line.to_ascii_lowercase();
        let from = [&b"charset:"[..], b"encoding:", b"character-set:"]
            .iter()
            .find(|name| lower.starts_with(name))
            .map(|name| name.len())
            .or_else(|| {
                // `<?xml version="1.0" encoding="…"?>`, `<meta charset="…">`
                let at = memchr::memmem::find(&lower, b"<?xml")?;
                let length = memchr::memmem::find(&lower[at..], b"encoding=")?;
                Some(at + length + 9)
            })
            .or_else(|| {
                let at = memchr::memmem::find(&lower, b"<meta")?;
                let length = memchr::memmem::find(&lower[at..], b"charset=")?;
                Some(at + length + 8)
            })
            .or_else(|| {
                let header = lower.starts_with(b"content-type:");
                let at = memchr::memmem::find(&lower, b"charset=")?;
                header.then_some(at + 8)
            })?;
        let label = lower[from..].trim_ascii();
        let quoted = label.strip_prefix(b"\"").or_else(|| label.strip_prefix(b"'"));
        let label = quoted.unwrap_or(label);
        let ends = |b: &u8| matches!(b, b';' | b' ' | b'"' | b'\'' | b'>' | b'?');
        let end = label.iter().position(ends).unwrap_or(label.len());
        // A declaration that can be found as ASCII bytes is not in UTF-16, whatever it says.
        Encoding::for_label(&label[..end]).filter(|e| *e != UTF_16LE && *e != UTF_16BE)
    })
}

/// Formats a byte offset for [`Problem::location`]: `byte 2,048`.
pub(in crate::format) fn byte_location(at: u64) -> String {
    let digits = at.to_string();
    let mut place = String::from("byte ");
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            place.push(',');
        }
        place.push(digit);
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], text: &str, encoding: &str) {
        let decoded = decode(bytes);
        assert_eq!((&*decoded.text, decoded.encoding), (text, encoding));
    }

    #[test]
    fn finds_the_encoding() {
        check(b"", "", "UTF-8");
        check(b"\xef\xbb\xbfKlar", "Klar", "UTF-8");
        check("Größe".as_bytes(), "Größe", "UTF-8");
        check(b"Gr\xf6\xdfe \x80", "Größe €", "windows-1252");
        check(b"The hen of Tarn\x84turned forty.", "The hen of Tarn„turned forty.", "windows-1252");
        check(b"Charset: koi8-r\n\xf0\xd2\xc9", "Charset: koi8-r\nПри", "KOI8-R");
        check(
            b"<?xml version='1.0' encoding='koi8-r'?><p>\xf0\xd2\xc9",
            "<?xml version='1.0' encoding='koi8-r'?><p>При",
            "KOI8-R",
        );
        check(b"\xff\xfeO\0s\0", "Os", "UTF-16LE");
        check(b"\xfe\xff\0O\0s", "Os", "UTF-16BE");
        check(b"H\0a\0r\0b\0o\0u\0r\0", "Harbour", "UTF-16LE");
        check(b"\0H\0a\0r\0b\0o\0u\0r", "Harbour", "UTF-16BE");
    }

    #[test]
    fn guesses_legacy_encodings() {
        let check = |label: &str, text: &str| {
            let encoding = encoding_for_name(label).unwrap_or(UTF_16LE);
            let (bytes, _, lost) = encoding.encode(text);
            assert!(!lost, "{label}");
            let decoded = decode(&bytes);
            assert_eq!(decoded.text, text, "{label}, read as {}", decoded.encoding);
        };
        check(
            "windows-1252",
            "Die Fähre lief nach neun Tagen wieder aus, sagte der Hafenmeister. „Schön“, meinte sie.",
        );
        check("windows-1252", "Größe");
        check("windows-1251", "Паром снова вышел в море после девяти дней стоянки, сообщил порт.");
        check("koi8-r", "Паром снова вышел в море после девяти дней стоянки, сообщил порт.");
        check("windows-1253", "Το πλοίο απέπλευσε ξανά μετά από εννέα ημέρες στο λιμάνι.");
        check(
            "iso-8859-2",
            "Prom znów wypłynął po dziewięciu dniach postoju w porcie, powiedział związek.",
        );
        check(
            "windows-1250",
            "Trajekt po devíti dnech znovu vyplul, řekl přístavní úřad. Žádný cestující nečekal.",
        );
        check("shift_jis", "フェリーは九日ぶりに港を出たと、組合が火曜日に発表した。");
        check("euc-jp", "フェリーは九日ぶりに港を出たと、組合が火曜日に発表した。");
        check("iso-2022-jp", "フェリーは九日ぶりに港を出た。");
        check("gb18030", "工会周二表示，渡轮在停泊九天后再次启航。");
        check("big5", "工會週二表示，渡輪在停泊九天後再次啟航。");
        check("euc-kr", "노조는 화요일 여객선이 아흐레 만에 다시 출항했다고 밝혔다.");
    }

    #[test]
    fn a_few_invalid_bytes_leave_the_rest_intact() {
        let mut bytes = "über Öl, äußerst öde".as_bytes().to_vec();
        bytes.push(0xff);
        let decoded = decode(&bytes);
        assert_eq!(decoded.text, "über Öl, äußerst öde\u{fffd}");
        let place = decoded.problem.map(|problem| problem.location);
        assert_eq!(place.as_deref(), Some("byte 25"));
    }

    #[test]
    fn byte_locations_have_commas() {
        assert_eq!(byte_location(7), "byte 7");
        assert_eq!(byte_location(2048), "byte 2,048");
        assert_eq!(byte_location(1_234_567), "byte 1,234,567");
    }
}
