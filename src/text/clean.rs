//! Makes raw decoded text canonical: one kind of line end, no control characters. Direction marks stay.

use std::borrow::Cow;

/// True where [`clean`] would change the text.
#[must_use]
pub fn needs_cleaning(text: &str) -> bool {
    text.bytes()
        .any(|b| b < 0x20 && b != b'\n' && b != b'\t' || b == 0x7f || b == 0xc2)
        && text.chars().any(|c| {
            (c.is_control() && c != '\n' && c != '\t') || c == '\u{2028}' || c == '\u{2029}'
        })
        || text.contains(['\u{2028}', '\u{2029}'])
}

/// Line ends (CR LF, CR, VT, FF, NEL, U+2028, U+2029) become `\n`; other C0 controls and DEL become their pictures
/// (ESC is shown as `␛`), other C1 controls U+FFFD; tabs, newlines and everything else stay. Word counts do not change.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if !needs_cleaning(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' => {
                if chars.peek() == Some(&'\n') {
                    chars.next();
                }
                out.push('\n');
            }
            '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\u{0}'..='\u{1f}' => {
                out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'))
            }
            '\u{7f}' => out.push('\u{2421}'),
            '\u{80}'..='\u{9f}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}
