//! Splits JSON into members and values without building a tree. Lenient where it can be, and free of recursion, so that
//! deep nesting cannot exhaust the stack.

use std::borrow::Cow;

/// A place where a text stops being JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// Byte offset into the text.
    pub at: usize,
    /// What was expected there (`a colon`).
    pub expected: &'static str,
}

/// A value as raw text, a slice of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Null,
    /// `true` or `false`.
    Bool(&'a str),
    /// A number, or a bare word such as `NaN` that stands for one.
    Number(&'a str),
    /// A string without its quotes, not yet unescaped.
    Text(&'a str),
    /// An array with its brackets.
    Array(&'a str),
    /// An object with its braces.
    Object(&'a str),
}

impl<'a> Value<'a> {
    /// The raw text of a string.
    pub(super) fn as_text(self) -> Option<&'a str> {
        match self {
            Self::Text(raw) => Some(raw),
            _ => None,
        }
    }
}

/// A position in a JSON text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    /// Byte offset into the text.
    pub at: usize,
}

impl<'a> Cursor<'a> {
    /// A cursor at the start of `text`.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn fail<T>(self, expected: &'static str) -> Result<T, SyntaxError> {
        Err(SyntaxError { at: self.at, expected })
    }

    /// Skips white space and returns the next byte without consuming it. `None` at the end.
    pub(super) fn peek(&mut self) -> Option<u8> {
        // RS (0x1e) begins each text of a JSON text sequence (RFC 7464).
        let rest = &self.text.as_bytes()[self.at..];
        let skip = rest.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x1e))?;
        self.at += skip;
        rest.get(skip).copied()
    }

    /// Consumes the next byte after white space if it is `byte`.
    fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Reads a string without its quotes. The opening quote must be next.
    fn read_string(&mut self) -> Result<&'a str, SyntaxError> {
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut at = start;
        while let Some(found) = memchr::memchr(b'"', bytes.get(at..).unwrap_or(&[])) {
            at += found;
            // An even number of backslashes are escaped backslashes, and the quote is real.
            let escapes = bytes[start..at].iter().rev().take_while(|&&b| b == b'\\');
            if escapes.count() % 2 == 0 {
                self.at = at + 1;
                return Ok(&self.text[start..at]);
            }
            at += 1;
        }
        self.at = bytes.len();
        self.fail("the end of a string")
    }

    /// Reads the next value. Only its extent is checked: what is inside an array or object may not be JSON.
    ///
    /// # Errors
    ///
    /// If no value begins here, or if it does not end.
    pub(super) fn read_value(&mut self) -> Result<Value<'a>, SyntaxError> {
        match self.peek() {
            Some(b'"') => Ok(Value::Text(self.read_string()?)),
            Some(b'{') => Ok(Value::Object(self.read_nested()?)),
            Some(b'[') => Ok(Value::Array(self.read_nested()?)),
            Some(b) if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.') => {
                let rest = &self.text[self.at..];
                let end = rest
                    .bytes()
                    .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.')))
                    .unwrap_or(rest.len());
                let word = &rest[..end];
                let value = match word {
                    "null" => Value::Null,
                    "true" | "false" => Value::Bool(word),
                    "NaN" | "Infinity" | "-Infinity" => Value::Number(word),
                    _ if b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.') => {
                        Value::Number(word)
                    }
                    _ => return self.fail("a value"),
                };
                self.at += end;
                Ok(value)
            }
            _ => self.fail("a value"),
        }
    }

    /// Reads from the next bracket to the one that closes it.
    fn read_nested(&mut self) -> Result<&'a str, SyntaxError> {
        let (start, bytes) = (self.at, self.text.as_bytes());
        let mut open: Vec<u8> = Vec::new();
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b'"' => {
                    self.read_string()?;
                    continue;
                }
                b'{' => open.push(b'}'),
                b'[' => open.push(b']'),
                b'}' | b']' if open.pop() != Some(byte) => {
                    return self.fail("a matching bracket");
                }
                b'}' | b']' if open.is_empty() => {
                    self.at += 1;
                    return Ok(&self.text[start..self.at]);
                }
                _ => {}
            }
            self.at += 1;
        }
        self.fail("a closing bracket")
    }

    /// The array, up to the end of the text, in which the next object breaks off. `None` if it breaks off elsewhere.
    pub(super) fn find_unclosed_array(&mut self) -> Option<&'a str> {
        if !self.eat(b'{') {
            return None;
        }
        while self.peek() == Some(b'"') {
            self.read_string().ok()?;
            if !self.eat(b':') {
                return None;
            }
            let is_array = self.peek() == Some(b'[');
            let at = self.at;
            if self.read_value().is_err() {
                return is_array.then(|| &self.text[at..]);
            }
            self.eat(b',');
        }
        None
    }

    /// Reads the next object and replaces `members` with its members in order, names not yet unescaped. A comma after
    /// the last one is accepted. The caller owns `members` so that reading many objects reuses one allocation.
    ///
    /// # Errors
    ///
    /// Where the text stops being an object; `members` then holds those before that place.
    pub(super) fn members(
        &mut self,
        members: &mut Vec<(&'a str, Value<'a>)>,
    ) -> Result<(), SyntaxError> {
        members.clear();
        if !self.eat(b'{') {
            return self.fail("an object");
        }
        loop {
            if self.eat(b'}') {
                return Ok(());
            }
            if self.peek() != Some(b'"') {
                return self.fail("a name in quotes");
            }
            let name = self.read_string()?;
            if !self.eat(b':') {
                return self.fail("a colon");
            }
            members.push((name, self.read_value()?));
            if !self.eat(b',') {
                return if self.eat(b'}') {
                    Ok(())
                } else {
                    self.fail("a comma or a closing brace")
                };
            }
        }
    }
}

/// The elements of an array, which is given with its brackets. Ends early if an element is not JSON.
pub(super) fn elements(array: &str) -> impl Iterator<Item = Value<'_>> {
    let mut cursor = Cursor::new(array);
    cursor.at = 1;
    std::iter::from_fn(move || {
        while cursor.eat(b',') {}
        if matches!(cursor.peek(), None | Some(b']')) {
            return None;
        }
        cursor.read_value().ok()
    })
}

/// A string with its escapes resolved. Invalid escapes, and halves of surrogate pairs, become U+FFFD.
pub(in crate::format) fn unescape(raw: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'\\', raw.as_bytes()) else {
        return Cow::Borrowed(raw);
    };
    let mut out = String::with_capacity(raw.len());
    out.push_str(&raw[..first]);
    let mut rest = &raw[first..];
    while let Some(escape) = rest.strip_prefix('\\') {
        let mut taken = 1;
        match escape.as_bytes().first() {
            Some(b'n') => out.push('\n'),
            Some(b'"') => out.push('"'),
            Some(b'\\') => out.push('\\'),
            Some(b'/') => out.push('/'),
            Some(b't') => out.push('\t'),
            Some(b'r') => out.push('\r'),
            Some(b'b') => out.push('\u{8}'),
            Some(b'f') => out.push('\u{c}'),
            Some(b'u') => {
                let (c, length) = parse_unicode_escape(escape);
                out.push(c);
                taken = length;
            }
            _ => {
                out.push('\u{fffd}');
                taken = 0;
            }
        }
        rest = &escape[taken..];
        let next = memchr::memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len());
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    Cow::Owned(out)
}

/// Parses an escape after its backslash: `u00e9`, or a pair of surrogates (`ud83d\ude00`). Returns the character and
/// the length of the escape in bytes.
pub(super) fn parse_unicode_escape(escape: &str) -> (char, usize) {
    let hex = |text: Option<&str>| {
        let text = text.filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))?;
        u32::from_str_radix(text, 16).ok()
    };
    let Some(unit) = hex(escape.get(1..5)) else {
        return ('\u{fffd}', 1);
    };
    if (0xd800..0xdc00).contains(&unit)
        && escape.get(5..7) == Some("\\u")
        && let Some(low) = hex(escape.get(7..11)).filter(|low| (0xdc00..0xe000).contains(low))
    {
        let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        return (char::from_u32(code).unwrap_or('\u{fffd}'), 11);
    }
    (char::from_u32(unit).unwrap_or('\u{fffd}'), 5)
}

/// The raw text of a value without the white space outside strings.
pub(super) fn compact(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let (mut quoted, mut escaped) = (false, false);
    for c in raw.chars() {
        if quoted || !c.is_ascii_whitespace() {
            out.push(c);
        }
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && c == '\\' && !escaped;
    }
    out
}
