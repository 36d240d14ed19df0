//! Makes text safe for a terminal or a pipe: splits it into cells, none of which can control the terminal, and writes
//! records as lines of JSON in which no character can.
//!
//! Policy:
//!
//! - Controls are shown as their control pictures.
//! - Direction marks (LRM, RLM, ALM) stay; overrides are shown as U+FFFD.
//! - Embeddings, isolates, tags, soft hyphens and other invisible format characters are dropped, as a terminal would
//!   show nothing for them. Joiners stay inside a cluster.
//! - On the screen there is no symbol on whose width terminals disagree: emoji are not joined, flags become letters.
//! - A cluster keeps at most [`MAX_COMBINING_MARKS`] combining marks.
//! - Private-use characters and non-characters, which have no defined look or width, are shown as U+FFFD.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;
use std::ops::Range;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Maximum number of combining marks in one grapheme cluster. Real writing needs fewer; floods of them ("Zalgo text")
/// would spill over the lines above and below.
pub const MAX_COMBINING_MARKS: usize = 8;

/// One sanitized grapheme cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell<'a> {
    /// Its byte range in the source text.
    pub range: Range<usize>,
    /// The text to show; never empty.
    pub symbol: Cow<'a, str>,
    /// Columns it takes: 1 or 2.
    pub width: u16,
}

/// How one character is sanitized.
enum CharAction {
    Keep,
    Drop,
    Replace(char),
}

/// The rule for a character that is printed; see the policy in the module's docs.
fn char_action(c: char) -> CharAction {
    match c {
        // C0 controls: the block "Control Pictures" has them in the same order.
        '\u{0}'..='\u{1f}' => {
            CharAction::Replace(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'))
        }
        '\u{7f}' => CharAction::Replace('\u{2421}'),
        // C1 controls, direction overrides, private use, non-characters.
        '\u{80}'..='\u{9f}'
        | '\u{202d}'
        | '\u{202e}'
        | '\u{e000}'..='\u{f8ff}'
        | '\u{fdd0}'..='\u{fdef}'
        | '\u{f0000}'.. => CharAction::Replace('\u{fffd}'),
        // Invisible: soft hyphen, fillers, zero-width and format characters, tags.
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'
        | '\u{202a}'..='\u{202c}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2065}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => CharAction::Drop,
        '\u{2028}' | '\u{2029}' => CharAction::Replace(' '),
        // The last two code points of every plane are non-characters.
        c if u32::from(c) & 0xfffe == 0xfffe => CharAction::Replace('\u{fffd}'),
        _ => CharAction::Keep,
    }
}

/// The rule for a character on the screen: as [`char_action`], but symbols on whose width terminals disagree become
/// something that all draw alike. Flags become the letters that they are made of; emoji variation selectors and, except
/// as the `first` character of a cell, skin tones are dropped.
fn drawn_char_action(c: char, first: bool) -> CharAction {
    match c {
        '\u{1f1e6}'..='\u{1f1ff}' => {
            let letter = u32::from('A') + u32::from(c) - 0x1_f1e6;
            CharAction::Replace(char::from_u32(letter).unwrap_or('\u{fffd}'))
        }
        '\u{fe0f}' => CharAction::Drop,
        '\u{1f3fb}'..='\u{1f3ff}' if !first => CharAction::Drop,
        _ => char_action(c),
    }
}

/// True for printable ASCII: each byte is a cell of one column.
#[must_use]
pub fn is_printable_ascii(text: &str) -> bool {
    text.bytes().all(|b| (0x20..0x7f).contains(&b))
}

/// Sanitizes one grapheme cluster, for the screen if `drawn`. `None` if nothing of it is visible.
fn sanitize_cluster(range: Range<usize>, text: &str, drawn: bool) -> Option<Cell<'_>> {
    let mut out = String::new();
    let (mut changed, mut marks) = (false, 0);
    for c in text.chars() {
        let action = if drawn { drawn_char_action(c, out.is_empty()) } else { char_action(c) };
        match action {
            CharAction::Keep => {
                let zero = c.width().unwrap_or(0) == 0;
                marks += usize::from(zero);
                if zero && marks > MAX_COMBINING_MARKS {
                    changed = true;
                } else {
                    out.push(c);
                }
            }
            CharAction::Drop => changed = true,
            CharAction::Replace(shown) => {
                changed = true;
                out.push(shown);
            }
        }
    }
    let width = u16::try_from(out.width().min(2)).unwrap_or(2);
    if out.is_empty() {
        return None;
    }
    if width == 0 {
        // Joiners, direction marks and variation selectors alone show nothing; a combining mark without a letter is put
        // on a space.
        if out
            .chars()
            .all(|c| matches!(c, '\u{200c}'..='\u{200f}' | '\u{61c}' | '\u{fe00}'..='\u{fe0f}'))
        {
            return None;
        }
        return Some(Cell { range, symbol: Cow::Owned(format!(" {out}")), width: 1 });
    }
    let symbol = if changed { Cow::Owned(out) } else { Cow::Borrowed(text) };
    Some(Cell { range, symbol, width })
}

/// The parts of a cluster that are drawn one by one, with their byte ranges: the whole cluster, or the single emoji of
/// a joined sequence.
///
/// Some terminals draw a joined sequence as one symbol, others as several, and everything after it would be off by some
/// columns. Single emoji look alike everywhere.
fn split_joined_emoji(
    at: usize,
    cluster: &str,
    drawn: bool,
) -> impl Iterator<Item = (Range<usize>, &str)> {
    let wide = |part: &str| part.width() > 1;
    let joined = drawn && cluster.split(JOINER).skip(1).any(wide);
    let whole = (!joined).then(|| (at..at + cluster.len(), cluster));
    let split = joined.then(|| {
        let mut next = at;
        cluster.split_inclusive(JOINER).map(move |part| {
            let from = next;
            next += part.len();
            (from..next, part.strip_suffix(JOINER).unwrap_or(part))
        })
    });
    whole.into_iter().chain(split.into_iter().flatten())
}

/// Zero-width joiner (ZWJ): combines the emoji on both sides of it into one.
const JOINER: &str = "\u{200d}";

/// The visible cells of a text in order, as drawn on the screen. A tab or newline counts as one space: callers lay the
/// text out first.
pub fn cells(text: &str) -> impl Iterator<Item = Cell<'_>> {
    iter_cells(text, true)
}

/// The cells of a text: as `drawn` on the screen, where every terminal has to agree on columns, or as printed.
fn iter_cells(text: &str, drawn: bool) -> impl Iterator<Item = Cell<'_>> {
    // ASCII needs no segmentation, and is most of what is drawn.
    let plain = is_printable_ascii(text);
    let ascii = plain.then(|| {
        (0..text.len()).map(|i| Cell {
            range: i..i + 1,
            symbol: Cow::Borrowed(&text[i..=i]),
            width: 1,
        })
    });
    let other = (!plain).then(|| {
        let clusters = text.grapheme_indices(true);
        let clusters = clusters.flat_map(move |(at, g)| split_joined_emoji(at, g, drawn));
        clusters.filter_map(move |(range, g)| {
            if matches!(g, "\t" | "\n" | "\r\n" | "\r") {
                return Some(Cell { range, symbol: Cow::Borrowed(" "), width: 1 });
            }
            sanitize_cluster(range, g, drawn)
        })
    });
    ascii.into_iter().flatten().chain(other.into_iter().flatten())
}

/// Columns that a text takes when it is drawn.
#[must_use]
pub fn display_width(text: &str) -> usize {
    if is_printable_ascii(text) {
        text.len()
    } else {
        cells(text).map(|cell| usize::from(cell.width)).sum()
    }
}

/// Sanitizes a text for standard output. Newlines and tabs stay; joined emoji, flags and skin tones stay too, unlike in
/// [`cells`], as nothing has to line up.
#[must_use]
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b) || b == b'\n' || b == b'\t') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
        }
        for (j, part) in line.split('\t').enumerate() {
            if j > 0 {
                out.push('\t');
            }
            let mut end = 0;
            for cell in iter_cells(part, false) {
                // Direction marks of their own make no cell, but right-to-left text needs them.
                out.extend(
                    part[end..cell.range.start]
                        .chars()
                        .filter(|c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}'))
                        .take(MAX_COMBINING_MARKS),
                );
                out.push_str(&cell.symbol);
                end = cell.range.end;
            }
        }
    }
    Cow::Owned(out)
}

/// [`sanitize`] for a single line: newlines and tabs become spaces.
#[must_use]
pub fn sanitize_line(text: &str) -> Cow<'_, str> {
    let safe = sanitize(text);
    if safe.contains(['\n', '\t']) { Cow::Owned(safe.replace(['\n', '\t'], " ")) } else { safe }
}

/// Truncates a text to a number of columns, with `…` at the end if something is cut off.
#[must_use]
pub fn truncate_to_width(text: &str, columns: usize) -> Cow<'_, str> {
    if display_width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let (mut used, mut end) = (0, 0);
    for cell in cells(text) {
        used += usize::from(cell.width);
        // One column is for the `…`.
        if used + 1 > columns {
            break;
        }
        end = cell.range.end;
    }
    if columns == 0 {
        Cow::Borrowed("")
    } else {
        Cow::Owned(format!("{}…", text[..end].trim_end()))
    }
}

// Raw bytes as visible text, for the screen with the source of a dispatch.

/// Code units of a raw text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CodeUnits {
    /// UTF-8, or any other encoding that extends ASCII.
    #[default]
    Bytes,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
}

/// Raw bytes as lines in which everything is visible. A newline ends a line and is not shown; every other C0 control is
/// shown as its control picture (`␂`, `␍`), C1 controls and invalid UTF-8 byte by byte (`\xNN`), and other invisible
/// characters as `\u{NNNN}`.
#[must_use]
pub fn visible_lines(bytes: &[u8], units: CodeUnits) -> Vec<String> {
    let mut lines = vec![String::new()];
    match units {
        CodeUnits::Bytes => {
            for chunk in bytes.utf8_chunks() {
                chunk.valid().chars().for_each(|c| push_visible(c, &mut lines));
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

/// Appends one character to the last line, or starts a new line.
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
            let text = c.encode_utf8(&mut buffer);
            let mark = unicode_normalization::char::is_combining_mark(c);
            // Visible if sanitizing leaves it alone.
            if mark || *sanitize(text) == *text && display_width(text) > 0 {
                line.push(c);
            } else {
                let _ = write!(line, "\\u{{{:04x}}}", u32::from(c));
            }
        }
    }
}

// Records as lines of JSON.

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

    #[track_caller]
    fn check_visible(bytes: &[u8], units: CodeUnits, shown: &[&str]) {
        assert_eq!(visible_lines(bytes, units), shown);
    }

    #[test]
    fn every_byte_is_visible_and_none_controls_the_terminal() {
        check_visible(b"\x01a\x02b\r\n\x03\tc", CodeUnits::Bytes, &["␁a␂b␍", "␃␉c"]);
        check_visible(b"caf\xe9 \x1b[31m\x7f\n", CodeUnits::Bytes, &["caf\\xe9 ␛[31m␡"]);
        check_visible(
            "\u{85}\u{202e}é日".as_bytes(),
            CodeUnits::Bytes,
            &["\\xc2\\x85\\u{202e}é日"],
        );
        check_visible(b"a\0\n\0b\0\x3d\xd8!", CodeUnits::Utf16Le, &["a", "b\\u{d83d}\\x21"]);
        check_visible(b"\xfe\xff\0a", CodeUnits::Utf16Be, &["\\u{feff}a"]);
        check_visible(b"", CodeUnits::Bytes, &[]);
        check_visible(b"a\n\nb", CodeUnits::Bytes, &["a", "", "b"]);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_become_a_control(bytes: Vec<u8>) {
            for units in [CodeUnits::Bytes, CodeUnits::Utf16Le, CodeUnits::Utf16Be] {
                for line in visible_lines(&bytes, units) {
                    proptest::prop_assert!(!line.chars().any(char::is_control));
                }
            }
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(sanitize(text), expected);
    }

    #[test]
    fn emoji_are_drawn_so_that_every_terminal_agrees_on_their_columns() {
        let drawn = |text: &str| cells(text).map(|cell| cell.symbol).collect::<String>();
        for (text, shown, columns) in [
            ("a👩\u{200d}👩\u{200d}👧b", "a👩👩👧b", 8),
            ("🇨🇭!", "CH!", 3),
            ("❤\u{fe0f}!", "❤!", 2),
            ("👍🏽!", "👍!", 3),
        ] {
            assert_eq!((drawn(text), display_width(text)), (shown.to_owned(), columns));
            assert_eq!(sanitize(text), text, "printed unchanged");
        }
    }

    #[test]
    fn controls_are_shown() {
        check("a\u{1b}[31mb\u{7}", "a␛[31mb␇");
        check("x\u{9b}y\u{85}", "x\u{fffd}y\u{fffd}");
        check("one\ttwo\nthree", "one\ttwo\nthree");
    }

    #[test]
    fn direction_marks_stay_and_overrides_do_not_act() {
        check("\u{202e}abc", "\u{fffd}abc");
        check("\u{2067}אב\u{2069}", "אב");
        check("(\u{200f}AFP)", "(\u{200f}AFP)");
    }

    #[test]
    fn floods_of_combining_marks_are_cut() {
        let flood = format!("a{}", "\u{301}".repeat(1000));
        assert_eq!(sanitize(&flood).chars().count(), 1 + MAX_COMBINING_MARKS);
    }

    #[test]
    fn widths() {
        assert_eq!(display_width("東京"), 4);
        assert_eq!(display_width("a\u{200b}b"), 2);
        assert_eq!(truncate_to_width("Kremlin says", 8), "Kremlin…");
        assert_eq!(truncate_to_width("東京東京", 5), "東京…");
    }

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
