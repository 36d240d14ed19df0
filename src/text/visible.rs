//! Bytes as text for the eye: everything that is there shows, and nothing acts.

use std::fmt::Write as _;

/// How the bytes of a text are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CodeUnits {
    /// UTF-8, or an encoding that shares its ASCII.
    #[default]
    Bytes,
    /// UTF-16, the lower byte first.
    Utf16Le,
    /// UTF-16, the higher byte first.
    Utf16Be,
}

/// The lines of some bytes. A newline ends a line and is not shown; every other control is shown as its picture (`␂`,
/// `␍`), what is no UTF-8 and C1 controls byte by byte (`\xNN`), and what else has no look of its own as `\u{NNNN}`.
#[must_use]
pub fn visible_lines(bytes: &[u8], units: CodeUnits) -> Vec<String> {
    let mut lines = vec![String::new()];
    match units {
        CodeUnits::Bytes => {
            for chunk in bytes.utf8_chunks() {
                chunk
                    .valid()
                    .chars()
                    .for_each(|c| push_visible(c, &mut lines));
                if let Some(line) = lines.last_mut() {
                    for byte in chunk.invalid() {
                        let _ = write!(line, "\\x{byte:02x}");
                    }
                }
            }
        }
        CodeUnits::Utf16Le | CodeUnits::Utf16Be => {
            let pairs = bytes.chunks_exact(2);
            let rest = pairs.remainder();
            let unit = |pair: &[u8]| match units {
                CodeUnits::Utf16Be => u16::from_be_bytes([pair[0], pair[1]]),
                _ => u16::from_le_bytes([pair[0], pair[1]]),
            };
            for decoded in char::decode_utf16(pairs.map(unit)) {
                match decoded {
                    Ok(c) => push_visible(c, &mut lines),
                    Err(lone) => {
                        if let Some(line) = lines.last_mut() {
                            let _ = write!(line, "\\u{{{:04x}}}", lone.unpaired_surrogate());
                        }
                    }
                }
            }
            if let (Some(line), [byte]) = (lines.last_mut(), rest) {
                let _ = write!(line, "\\x{byte:02x}");
            }
        }
    }
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

fn push_visible(c: char, lines: &mut Vec<String>) {
    if c == '\n' {
        lines.push(String::new());
        return;
    }
    let Some(line) = lines.last_mut() else { return };
    match c {
        '\0'..='\x1f' => line.extend(char::from_u32(0x2400 + u32::from(c))),
        ' '..='~' => line.push(c),
        '\x7f' => line.push('␡'),
        '\u{80}'..='\u{9f}' => {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(line, "\\x{byte:02x}");
            }
        }
        c => {
            let mut buffer = [0; 4];
            let one = c.encode_utf8(&mut buffer);
            let mark = unicode_normalization::char::is_combining_mark(c);
            if mark || *super::sanitize(one) == *one && super::display_width(one) > 0 {
                line.push(c);
            } else {
                let _ = write!(line, "\\u{{{:04x}}}", u32::from(c));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_visible(bytes: &[u8], units: CodeUnits, shown: &[&str]) {
        assert_eq!(visible_lines(bytes, units), shown);
    }

    #[test]
    fn everything_shows_and_nothing_acts() {
        check_visible(
            b"\x01a\x02b\r\n\x03\tc",
            CodeUnits::Bytes,
            &["␁a␂b␍", "␃␉c"],
        );
        check_visible(
            b"caf\xe9 \x1b[31m\x7f\n",
            CodeUnits::Bytes,
            &["caf\\xe9 ␛[31m␡"],
        );
        check_visible(
            "\u{85}\u{202e}é日".as_bytes(),
            CodeUnits::Bytes,
            &["\\xc2\\x85\\u{202e}é日"],
        );
        check_visible(
            b"a\0\n\0b\0\x3d\xd8!",
            CodeUnits::Utf16Le,
            &["a", "b\\u{d83d}\\x21"],
        );
        check_visible(b"\xfe\xff\0a", CodeUnits::Utf16Be, &["\\u{feff}a"]);
        check_visible(b"", CodeUnits::Bytes, &[]);
        check_visible(b"a\n\nb", CodeUnits::Bytes, &["a", "", "b"]);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_a_control(bytes: Vec<u8>) {
            for units in [CodeUnits::Bytes, CodeUnits::Utf16Le, CodeUnits::Utf16Be] {
                for line in visible_lines(&bytes, units) {
                    proptest::prop_assert!(!line.chars().any(char::is_control));
                }
            }
        }
    }
}
