//! The tokens of RTF: groups, control words and symbols, escaped bytes, text.

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Open,
    Close,
    /// A control word without its backslash, and its number.
    Word(&'a str, Option<i32>),
    /// A control symbol: `\~`.
    Symbol(u8),
    /// `\'hh`.
    Byte(u8),
    /// Bytes as they stand in the file, without line ends.
    Text(&'a [u8]),
}

/// Control words without a number, and which programs write without a space before the next word: `\parThe`.
const JOINED: [&str; 7] = ["par", "line", "tab", "cell", "row", "page", "sect"];

/// Words that begin with `par` and are not that word.
const PAR_WORDS: [&str; 3] = ["pard", "pararsid", "pardirnatural"];

/// Longest control word, in bytes. The specification allows 32.
const MAX_WORD: usize = 64;

/// Splits an RTF file into tokens.
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Skips bytes, such as those of a picture.
    pub(super) fn skip_bytes(&mut self, count: usize) {
        self.at = self.at.saturating_add(count).min(self.bytes.len());
    }

    /// Skips text up to the next brace or backslash.
    pub(super) fn skip_text(&mut self) {
        self.at += text_length(&self.bytes[self.at..]);
    }

    /// The next token; `None` at the end.
    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let first = *self.bytes.get(self.at)?;
            return Some(match first {
                b'{' => {
                    self.at += 1;
                    Token::Open
                }
                b'}' => {
                    self.at += 1;
                    Token::Close
                }
                b'\\' => self.control(),
                b'\r' | b'\n' | 0 => {
                    self.at += 1;
                    continue;
                }
                _ => {
                    let rest = &self.bytes[self.at..];
                    let length = text_length(rest);
                    let line = memchr::memchr3(b'\r', b'\n', 0, &rest[..length]).unwrap_or(length);
                    self.at += line;
                    Token::Text(&rest[..line])
                }
            });
        }
    }

    /// After a backslash.
    fn control(&mut self) -> Token<'a> {
        let rest = &self.bytes[self.at + 1..];
        let Some(&symbol) = rest.first() else {
            self.at += 1;
            return Token::Text(b"");
        };
        if symbol == b'\'' {
            let digits = rest.get(1..3).and_then(|digits| std::str::from_utf8(digits).ok());
            if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                self.at += 4;
                return Token::Byte(byte);
            }
            self.at += 2;
            return Token::Text(b"'");
        }
        if !symbol.is_ascii_alphabetic() {
            self.at += 2;
            return Token::Symbol(symbol);
        }
        let reach = &rest[..rest.len().min(MAX_WORD)];
        let length = reach.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let word = std::str::from_utf8(&rest[..length]).unwrap_or_default();
        if let Some(word) = joined_word(word) {
            self.at += 1 + word.len();
            // Only a delimiter: `\par text`.
            let is_whole = length == word.len();
            self.at += usize::from(is_whole && rest.get(length) == Some(&b' '));
            return Token::Word(word, None);
        }
        self.at += 1 + length;
        let number = self.number();
        self.at += usize::from(self.bytes.get(self.at) == Some(&b' '));
        Token::Word(word, number)
    }

    /// The number of a control word.
    fn number(&mut self) -> Option<i32> {
        let rest = &self.bytes[self.at..];
        let sign = usize::from(rest.first() == Some(&b'-'));
        let digits = rest[sign..].iter().take(10).take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 {
            return None;
        }
        let text = std::str::from_utf8(&rest[..sign + digits]).ok()?;
        self.at += sign + digits;
        text.parse::<i64>().ok().map(|number| {
            let number = number.clamp(i32::MIN.into(), i32::MAX.into());
            i32::try_from(number).unwrap_or(0)
        })
    }
}

/// The word of [`JOINED`] that a run of letters is, or begins with where text follows without a space.
fn joined_word(letters: &str) -> Option<&'static str> {
    JOINED.into_iter().find(|word| {
        letters.strip_prefix(word).is_some_and(|rest| match rest.bytes().next() {
            None => true,
            // Control words are in small letters.
            Some(first) if first.is_ascii_uppercase() => true,
            Some(_) => *word == "par" && !PAR_WORDS.contains(&letters),
        })
    })
}

/// Length of the text before the next brace or backslash.
fn text_length(bytes: &[u8]) -> usize {
    memchr::memchr3(b'{', b'}', b'\\', bytes).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[Token<'_>]) {
        let mut tokens = Tokens::new(text.as_bytes());
        let found: Vec<Token<'_>> = std::iter::from_fn(|| tokens.next()).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn words_symbols_and_bytes() {
        use Token::{Byte, Close, Open, Symbol, Text, Word};
        check(
            "{\\rtf1\\ansi a\\'e4\\~b}",
            &[
                Open,
                Word("rtf", Some(1)),
                Word("ansi", None),
                Text(b"a"),
                Byte(0xe4),
                Symbol(b'~'),
                Text(b"b"),
                Close,
            ],
        );
        check("\\u-3913?x", &[Word("u", Some(-3913)), Text(b"?x")]);
        check("a\r\nb\\\n", &[Text(b"a"), Text(b"b"), Symbol(b'\n')]);
        check("\\'zz\\", &[Text(b"'"), Text(b"zz"), Text(b"")]);
    }

    #[test]
    fn text_joined_to_a_word() {
        use Token::{Text, Word};
        check("\\parThe port", &[Word("par", None), Text(b"The port")]);
        check("\\par58 words", &[Word("par", None), Text(b"58 words")]);
        check("\\parnine ships", &[Word("par", None), Text(b"nine ships")]);
        check("\\pard\\par The", &[Word("pard", None), Word("par", None), Text(b"The")]);
        check("\\pararsid12 x", &[Word("pararsid", Some(12)), Text(b"x")]);
        check("\\tabBody\\linex0", &[Word("tab", None), Text(b"Body"), Word("linex", Some(0))]);
    }
}
