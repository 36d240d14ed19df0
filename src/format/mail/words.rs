//! Encoded words in headers: `=?utf-8?B?…?=`. RFC 2047; what damaged writers make of it is forgiven.

use std::borrow::Cow;

use super::transfer::{self, TransferEncoding};
use crate::format::encoding;

/// One encoded word: charset, way of encoding, encoded text, and its length in bytes.
type EncodedWord<'a> = (&'a str, TransferEncoding, &'a str, usize);

/// Resolves the encoded words of a text. Words that follow each other are joined (section 6.2), those of one charset
/// before they are decoded: many writers cut characters in two. What is no such word stays as it is.
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
        let (bytes, _) = transfer::decode_transfer(way, encoded.as_bytes());
        match &mut open {
            Some((of, joined)) if of.eq_ignore_ascii_case(charset) => {
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

/// Writes what was joined.
fn flush_decoded(open: &mut Option<(&str, Vec<u8>)>, out: &mut String) {
    if let Some((charset, bytes)) = open.take() {
        out.push_str(&encoding::decode_as(&bytes, encoding::encoding_for_name(charset)).text);
    }
}

/// The encoded word that a text begins with.
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
    Some((
        charset_name,
        way,
        encoded,
        charset.len() + encoded.len() + 7,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(decode_encoded_words(text), expected);
    }

    #[test]
    fn words_are_resolved_and_joined() {
        check("plain =? text", "plain =? text");
        check("=?utf-8?Q?F=C3=A4hren_fahren?=", "Fähren fahren");
        check("a =?iso-8859-1?q?=F6?= b", "a ö b");
        check(
            "=?utf-8?B?RsOk?= \n =?utf-8?B?aHJlbg==?= sail",
            "Fähren sail",
        );
        check("=?utf-8*de?Q?=C3?= =?UTF-8?Q?=A4?=", "ä");
        check("=?koi8-r?B?8NLJ?==?windows-1251?Q?=CF?=", "ПриП");
        check(
            "=?utf-8?X?a?= =?utf-8?Q?open",
            "=?utf-8?X?a?= =?utf-8?Q?open",
        );
        check("=?nosuch?Q?a=62?=", "ab");
    }
}
