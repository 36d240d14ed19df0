//! Keys as the program names them, apart from any terminal library.

use std::fmt;

/// A key without its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    /// A function key, from 1.
    F(u8),
    /// A key that means nothing here.
    Other,
}

/// A key press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    pub code: Code,
    pub ctrl: bool,
    pub alt: bool,
}

impl Key {
    /// A key without modifiers.
    #[must_use]
    pub fn plain(code: Code) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
        }
    }

    /// A letter held with Ctrl.
    #[must_use]
    pub fn ctrl(letter: char) -> Self {
        Self {
            code: Code::Char(letter),
            ctrl: true,
            alt: false,
        }
    }
}

/// Names of keys that are not characters, as the table of actions writes them and as people see them.
const DISPLAY_NAMES: &[(&str, Code)] = &[
    ("Enter", Code::Enter),
    ("Esc", Code::Esc),
    ("Tab", Code::Tab),
    ("⇧Tab", Code::BackTab),
    ("Backspace", Code::Backspace),
    ("Del", Code::Delete),
    ("↑", Code::Up),
    ("↓", Code::Down),
    ("←", Code::Left),
    ("→", Code::Right),
    ("Home", Code::Home),
    ("End", Code::End),
    ("PgUp", Code::PageUp),
    ("PgDn", Code::PageDown),
    ("Space", Code::Char(' ')),
];

/// Reads a sequence as the table of actions writes it: `gg`, `]q`, `^D`, `Enter`, `^Wh`.
#[must_use]
pub fn parse_table_sequence(text: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some((name, code)) = DISPLAY_NAMES
            .iter()
            .find(|(name, _)| rest.starts_with(name))
        {
            keys.push(Key::plain(*code));
            rest = &rest[name.len()..];
        } else if first == '^' && rest.len() > 1 {
            let letter = rest[1..].chars().next().unwrap_or('^');
            keys.push(Key::ctrl(letter.to_ascii_lowercase()));
            rest = &rest[1 + letter.len_utf8()..];
        } else {
            keys.push(Key::plain(Code::Char(first)));
            rest = &rest[first.len_utf8()..];
        }
    }
    keys
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.alt {
            f.write_str("M-")?;
        }
        if self.ctrl {
            f.write_str("^")?;
        }
        if let Some((name, _)) = DISPLAY_NAMES.iter().find(|(_, code)| *code == self.code) {
            return f.write_str(name);
        }
        match self.code {
            Code::Char(c) if self.ctrl => write!(f, "{}", c.to_ascii_uppercase()),
            Code::Char(c) => write!(f, "{c}"),
            Code::F(number) => write!(f, "F{number}"),
            _ => Ok(()),
        }
    }
}
