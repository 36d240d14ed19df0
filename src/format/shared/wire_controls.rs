//! Control codes in wire copy, after the IPTC's C0 set (ISO-IR 26), and typographic leftovers of teletypesetters
//! (` ``…'' `, `_`, `{`): removed, or replaced by the characters they stand for.

use std::borrow::Cow;

/// True for controls that only concern typesetting: all of C0 and DEL, except tab, newline and ESC.
fn is_typesetting_control(b: u8) -> bool {
    b < 0x20 && !matches!(b, b'\t' | b'\n' | 0x1b) || b == 0x7f
}

/// Byte offset of the next typesetting control, or the length of the text.
fn next_control(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    for chunk in bytes[from..].chunks(32) {
        // No branch per byte, so that the loop vectorises.
        let is_control = |b: u8| u8::from(b < 0x20) | u8::from(b == 0x7f);
        if chunk.iter().fold(0, |any, &b| any | is_control(b)) != 0
            && let Some(found) = chunk.iter().position(|&b| is_typesetting_control(b))
        {
            return at + found;
        }
        at += chunk.len();
    }
    bytes.len()
}

/// Removes typesetting controls and ends all lines with `\n`. The kill word control (0x18) also removes the word before
/// it; the various spaces (0x1a, 0x1c to 0x1f) become spaces; rails, faces, bells and fill characters are dropped. ESC
/// is kept, so that it becomes visible when the text is cleaned.
pub(in crate::format) fn remove_controls(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let first = next_control(bytes, 0);
    if first == bytes.len() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let (mut from, mut at) = (0, first);
    loop {
        out.push_str(&text[from..at]);
        let Some(&b) = bytes.get(at) else { break };
        at += 1;
        match b {
            b'\r' if bytes.get(at) != Some(&b'\n') => out.push('\n'),
            0x0b | 0x0c => out.push('\n'),
            0x18 => {
                let rest = out.trim_end_matches(' ').trim_end_matches(|c: char| !c.is_whitespace());
                out.truncate(rest.len());
            }
            0x1a | 0x1c..=0x1f if !out.ends_with(' ') => out.push(' '),
            _ => {}
        }
        from = at;
        at = next_control(bytes, at);
    }
    Cow::Owned(out)
}

/// Replaces CR by LF in a text whose lines end in CR alone.
pub(in crate::format) fn normalize_line_ends(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    if memchr::memchr(b'\r', bytes).is_none() || memchr::memchr(b'\n', bytes).is_some() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('\r', "\n"))
}

/// Replaces typographic leftovers of teletypesetters: ` ``…'' ` are quotation marks, a lone `_` is a dash, and `3{` is
/// three and a half.
pub(in crate::format) fn convert_typesetter_signs(text: &str) -> Cow<'_, str> {
    if memchr::memchr3(b'`', b'_', b'{', text.as_bytes()).is_none() && !text.contains("''") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    // True after an opening single quotation mark, until the apostrophe that closes it.
    let mut single = false;
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        let sign = match (c, next) {
            ('`', Some('`')) => Some('“'),
            ('\'', Some('\'')) => Some('”'),
            _ => None,
        };
        if let Some(sign) = sign {
            chars.next();
            out.push(sign);
            before = sign;
            continue;
        }
        let replacement = match c {
            '`' => {
                single = true;
                '‘'
            }
            '\'' if single
                && !before.is_whitespace()
                && next.is_none_or(|n| !n.is_alphanumeric()) =>
            {
                single = false;
                '’'
            }
            '_' if is_gap(before) && next.is_none_or(is_gap) => '—',
            '{' if (before.is_ascii_digit() || is_gap(before))
                && next.is_none_or(|n| !n.is_alphanumeric()) =>
            {
                '½'
            }
            '\n' => {
                single = false;
                c
            }
            _ => c,
        };
        out.push(replacement);
        before = c;
    }
    Cow::Owned(out)
}

/// True for white space and the cell separator of agate tables.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || c == ';'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_controls() {
        let check = |text: &str, expected: &str| assert_eq!(remove_controls(text), expected);
        check("plain\ttext\n", "plain\ttext\n");
        check("a\r\nb\rc\u{c}d", "a\nb\nc\nd");
        check("\u{e}Bold\u{f} face\u{11}\u{7}\u{7}", "Bold face");
        check("nine ten \u{18}eleven", "nine eleven");
        check("a\u{1e}b \u{1f}c\u{7f}", "a b c");
        check("\u{18}\u{18}a", "a");
        check("\u{1b}[1m", "\u{1b}[1m");
    }

    #[test]
    fn replaces_typesetter_signs() {
        let check =
            |text: &str, expected: &str| assert_eq!(convert_typesetter_signs(text), expected);
        check("none's here", "none's here");
        check("``Sail,'' he said, ``or `don't,' I say.''", "“Sail,” he said, “or ‘don't,’ I say.”");
        check("TARN (AP) _ One _ or two_three", "TARN (AP) — One — or two_three");
        check("3{ games; {;_;{x}", "3½ games; ½;—;{x}");
    }
}
