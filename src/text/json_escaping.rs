//! Serializes a record as one line of JSON in which no character can control a terminal.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

use crate::text::MAX_COMBINING_MARKS;

/// A record as one line of JSON, without the newline.
///
/// Characters that [`sanitize`](fn@crate::text::sanitize) would replace, and direction marks, are written as `\uXXXX`: the text is
/// complete for a JSON parser, and harmless on a terminal.
#[must_use]
pub fn to_json_line(record: &impl Serialize) -> String {
    let mut bytes = Vec::with_capacity(1024);
    let mut serializer = Serializer::with_formatter(&mut bytes, SafeFormatter);
    if record.serialize(&mut serializer).is_err() {
        return String::from("null");
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// Compact JSON with escapes for invisible characters.
struct SafeFormatter;

impl Formatter for SafeFormatter {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.is_ascii() && !fragment.contains('\u{7f}') {
            return writer.write_all(fragment.as_bytes());
        }
        let mut start = 0;
        // Length of the current run of zero-width characters: long stacks of combining marks are escaped too.
        let mut marks = 0;
        for (at, c) in fragment.char_indices() {
            let zero = unicode_width::UnicodeWidthChar::width(c).unwrap_or(0) == 0;
            marks = if zero { marks + 1 } else { 0 };
            if marks > MAX_COMBINING_MARKS || is_invisible(c) {
                writer.write_all(&fragment.as_bytes()[start..at])?;
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                start = at + c.len_utf8();
            }
        }
        writer.write_all(&fragment.as_bytes()[start..])
    }

    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        CompactFormatter.write_char_escape(writer, escape)
    }
}

/// True for controls, format characters, private use and non-characters.
fn is_invisible(c: char) -> bool {
    match c {
        // Joiners and variation selectors belong to Arabic and Indic scripts and emoji.
        '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' => false,
        c if c < '\u{a0}' => c.is_control(),
        '\u{61c}' | '\u{200e}' | '\u{200f}' => true,
        c => {
            let text = c.encode_utf8(&mut [0; 4]).to_owned();
            crate::text::sanitize(&text) != text && !is_mark(c)
        }
    }
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_controls_a_terminal_and_none_is_lost() {
        let text = format!(
            "a\u{1b}[31m\u{9b}\u{202e}b\u{feff} “é” \u{7f}\u{e0041}{}",
            "\u{301}".repeat(50)
        );
        let line = to_json_line(&text);
        assert!(
            line.chars().all(|c| !c.is_control() && c != '\u{202e}' && c != '\u{feff}'),
            "{line}"
        );
        assert!(line.contains("“é”"));
        assert!(line.matches('\u{301}').count() <= MAX_COMBINING_MARKS);
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }
}
