//! Cuts JSON into members and values without building a tree, and forgives what it can. No recursion.

use std::borrow::Cow;

/// Where a text stops being JSON, and what was expected there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// Byte offset into the text.
    pub at: usize,
    pub expected: &'static str,
}

/// One value, as its raw text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Null,
    /// `true` or `false`.
    Bool(&'a str),
    /// A number, or a bare word such as `NaN` that stands for one.
    Number(&'a str),
    /// A string without its quotes, escapes still in it.
    Text(&'a str),
    /// With its brackets.
    Array(&'a str),
    /// With its braces.
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

/// A place in a JSON text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    pub at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn fail<T>(self, expected: &'static str) -> Result<T, SyntaxError> {
        Err(SyntaxError {
            at: self.at,
            expected,
        })
    }

    /// The next byte that is no white space, which stays.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        let skip = rest
            .iter()
            .position(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x1e))?;
        self.at += skip;
        rest.get(skip).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    /// A string whose opening quote is next, without its quotes.
    fn read_string(&mut self) -> Result<&'a str, SyntaxError> {
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut at = start;
        while let Some(found) = memchr::memchr(b'"', bytes.get(at..).unwrap_or(&[])) {
            at += found;
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

    /// The next value, whatever is in it.
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

    /// Everything up to the bracket that closes the one that is next.
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
                    return self.fail("the other closing bracket");
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

    /// The array that the object which is next breaks off in.
    pub(super) fn find_unclosed_array(&mut self) -> Option<&'a str> {
        if !self.eat(b'{') {
            return None;
        }
        while self.peek() == Some(b'"') {
            self.read_string().ok()?;
            if !self.eat(b':') {
                return None;
            }
            let array = self.peek() == Some(b'[');
            let at = self.at;
            if self.read_value().is_err() {
                return array.then(|| &self.text[at..]);
            }
            self.eat(b',');
        }
        None
    }

    /// The members of the object that is next, in order. A comma after the last one is forgiven.
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

/// The elements of an array, given with its brackets; ends where they stop being JSON.
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

/// A string with its escapes resolved. What is no escape, or half of a surrogate pair, becomes U+FFFD.
pub(super) fn unescape(raw: &str) -> Cow<'_, str> {
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

/// `u00e9`, or a pair of surrogates: the character and the bytes that it takes.
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

/// A value without the white space between its parts.
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
