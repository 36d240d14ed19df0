//! Keys as the config file writes them: words parted by spaces, `g g`, `ctrl-d`, `space`, `G`.

use super::{Code, Key};
use crate::text::nearest_name;

/// Keys that are no character: the name that is written, then others that are read too.
const CONFIG_NAMES: &[(&[&str], Code)] = &[
    (&["enter", "return"], Code::Enter),
    (&["esc", "escape"], Code::Esc),
    (&["shift-tab", "backtab"], Code::BackTab),
    (&["tab"], Code::Tab),
    (&["backspace"], Code::Backspace),
    (&["delete", "del"], Code::Delete),
    (&["up"], Code::Up),
    (&["down"], Code::Down),
    (&["left"], Code::Left),
    (&["right"], Code::Right),
    (&["home"], Code::Home),
    (&["end"], Code::End),
    (&["pgup", "pageup"], Code::PageUp),
    (&["pgdn", "pagedown"], Code::PageDown),
    (&["space"], Code::Char(' ')),
];

/// What terminals send for some letters with Ctrl cannot be told from another key.
const CTRL_ALIASES: &[(char, &str)] = &[('i', "tab"), ('m', "enter"), ('[', "esc")];

/// Where a sequence is wrong: a byte offset into its text, and a sentence that says what would be right.
pub type KeySequenceError = (usize, String);

/// Reads a sequence: one key after the other, parted by spaces. A key is a character, the name of a key, or one of them
/// after `ctrl-` or `alt-`.
///
/// # Errors
/// The first key that is none, or that can never be part of a sequence.
pub fn parse_config_sequence(text: &str) -> Result<Vec<Key>, KeySequenceError> {
    let mut keys = Vec::new();
    for word in text.split_whitespace() {
        let at = word.as_ptr().addr() - text.as_ptr().addr();
        let key = read_key(word).map_err(|message| (at, message))?;
        if key.code == Code::Esc && !keys.is_empty() {
            return Err((
                at,
                "esc ends a sequence: it can only be its first key".into(),
            ));
        }
        let digit = matches!(key.code, Code::Char('1'..='9')) && !key.ctrl && !key.alt;
        if digit && keys.is_empty() {
            return Err((
                at,
                "a digit begins a count: let another key be the first".into(),
            ));
        }
        keys.push(key);
    }
    if keys.is_empty() {
        return Err((0, "is empty: [] takes an action's keys away".into()));
    }
    Ok(keys)
}

fn read_key(word: &str) -> Result<Key, String> {
    let (mut ctrl, mut alt) = (false, false);
    let mut rest = word;
    loop {
        let lower = rest.to_ascii_lowercase();
        if lower.starts_with("ctrl-") && rest.len() > 5 {
            (ctrl, rest) = (true, &rest[5..]);
        } else if lower.starts_with("alt-") && rest.len() > 4 {
            (alt, rest) = (true, &rest[4..]);
        } else {
            break;
        }
    }
    let shown = word.escape_debug();
    let mut chars = rest.chars();
    let code = match (chars.next(), chars.next()) {
        (Some(c), None) if !c.is_control() => Code::Char(c),
        _ => code_named(rest).ok_or_else(|| invalid_key_message(rest))?,
    };
    let code = match code {
        Code::Char(c) if ctrl => {
            let c = c.to_ascii_lowercase();
            if let Some((_, name)) = CTRL_ALIASES.iter().find(|(same, _)| *same == c) {
                return Err(format!(
                    "“{shown}” is what terminals send for {name}: write {name}"
                ));
            }
            if !c.is_ascii_lowercase() && c != ' ' {
                return Err(format!(
                    "“{shown}” is sent by no terminal: ctrl- takes a letter"
                ));
            }
            Code::Char(c)
        }
        code => code,
    };
    Ok(Key { code, ctrl, alt })
}

/// The key of a name, in any case.
fn code_named(word: &str) -> Option<Code> {
    let word = word.to_ascii_lowercase();
    let function = word
        .strip_prefix('f')
        .and_then(|number| number.parse().ok());
    if let Some(number @ 1..=12) = function {
        return Some(Code::F(number));
    }
    let mut names = CONFIG_NAMES.iter();
    names
        .find(|(names, _)| names.contains(&word.as_str()))
        .map(|(_, code)| *code)
}

/// What would be right in the place of a word that is no key.
fn invalid_key_message(word: &str) -> String {
    let shown = word.escape_debug();
    let lower = word.to_ascii_lowercase();
    let spaced = |text: &str| {
        let letters: Vec<String> = text.chars().map(|c| c.to_string()).collect();
        letters.join(" ").escape_debug().to_string()
    };
    if let Some(letter) = word
        .strip_prefix('^')
        .filter(|rest| rest.chars().count() == 1)
    {
        let letter = letter.to_lowercase();
        return format!("“{shown}” is no key: write ctrl-{}", letter.escape_debug());
    }
    if let Some(rest) = lower.strip_prefix("shift-") {
        let letter = rest.to_uppercase();
        return format!(
            "“{shown}” is no key: write what it types, as in {}",
            letter.escape_debug()
        );
    }
    let names = CONFIG_NAMES.iter().map(|(names, _)| names[0]);
    if let Some(name) = nearest_name(names.chain(["ctrl-", "alt-"]), &lower) {
        return format!("“{shown}” is no key: the nearest is {name}");
    }
    if word.chars().count() <= 3 {
        return format!(
            "“{shown}” is no key: keys are parted by spaces, as in “{}”",
            spaced(word)
        );
    }
    format!(
        "“{shown}” is no key: there are characters, {}, f1 to f12, and ctrl- or alt- before them",
        CONFIG_NAMES
            .iter()
            .map(|(names, _)| names[0])
            .collect::<Vec<_>>()
            .join(", ")
    )
}

/// A sequence as it is written.
#[must_use]
pub fn format_config_sequence(keys: &[Key]) -> String {
    let words: Vec<String> = keys.iter().map(|key| write_key(*key)).collect();
    words.join(" ")
}

fn write_key(key: Key) -> String {
    let mut word = String::new();
    word.push_str(if key.ctrl { "ctrl-" } else { "" });
    word.push_str(if key.alt { "alt-" } else { "" });
    let name = CONFIG_NAMES.iter().find(|(_, code)| *code == key.code);
    match (name, key.code) {
        (Some((names, _)), _) => word.push_str(names[0]),
        (None, Code::Char(c)) => word.push(c),
        (None, Code::F(number)) => {
            word.push('f');
            word.push_str(&number.to_string());
        }
        _ => {}
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::{ACTIONS, parse_table_sequence};

    #[track_caller]
    fn wrong(text: &str, at: usize, part: &str) {
        let Err((found, message)) = parse_config_sequence(text) else {
            panic!("{text} is read");
        };
        assert_eq!(found, at, "{message}");
        assert!(message.contains(part), "{message}\nwants {part}");
    }

    #[test]
    fn what_is_written_is_read_again() {
        for keys in ACTIONS.iter().flat_map(|entry| entry.keys) {
            let keys = parse_table_sequence(keys);
            assert_eq!(
                parse_config_sequence(&format_config_sequence(&keys)),
                Ok(keys)
            );
        }
        for (text, written) in [
            ("g  g", "g g"),
            ("Ctrl-D", "ctrl-d"),
            ("Escape", "esc"),
            ("alt-x -", "alt-x -"),
            ("ctrl-w ctrl-w", "ctrl-w ctrl-w"),
            ("F5", "f5"),
            ("alt--", "alt--"),
            ("ctrl-space", "ctrl-space"),
        ] {
            let keys = parse_config_sequence(text).unwrap_or_default();
            assert_eq!(format_config_sequence(&keys), written);
        }
    }

    #[test]
    fn what_is_no_key_has_a_place_and_a_hint() {
        wrong("g gg", 2, "“g g”");
        wrong("^D", 0, "ctrl-d");
        wrong("entre", 0, "nearest is enter");
        wrong("ctrl-i", 0, "write tab");
        wrong("ctrl-/", 0, "takes a letter");
        wrong("shift-g", 0, "as in G");
        wrong("g esc", 2, "first key");
        wrong("5 g", 0, "count");
        wrong("  ", 0, "empty");
        wrong("f13", 0, "no key");
    }
}
