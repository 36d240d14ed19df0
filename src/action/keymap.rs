//! Keys, key sequences as the table and the config file write them, and the keymap that looks them up.

use std::fmt;

use crate::action::table::{ACTIONS, Action, ActionSpec, HelpGroup, Pane};
use crate::text::nearest_name;

/// A sequence of keys and what it does in a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub pane: Pane,
    pub action: Action,
    pub keys: Vec<Key>,
}

/// All sequences of all panes, in the order of the table. ^C quits everywhere, whatever else is bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap(Vec<Binding>);

/// What a sequence of keys means in a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyMatch {
    Action(Action),
    /// More keys must follow; these may: the rest of the sequence and what it does.
    Prefix(Vec<(String, &'static str)>),
    None,
}

impl Default for Keymap {
    fn default() -> Self {
        let all = Pane::ALL.into_iter().flat_map(|pane| {
            let entries = ACTIONS.iter().filter(move |e| e.panes.contains(&pane));
            entries.flat_map(move |entry| default_bindings(pane, entry))
        });
        Self::new(all.collect())
    }
}

/// The sequences that an action has in a pane where the config file gives it none.
pub fn default_bindings(pane: Pane, entry: &'static ActionSpec) -> impl Iterator<Item = Binding> {
    entry.keys.iter().map(move |keys| Binding {
        pane,
        action: entry.action,
        keys: parse_table_sequence(keys),
    })
}

impl Keymap {
    /// The keys of these bindings, of which none may hide another. ^C need not be among them.
    #[must_use]
    pub fn new(mut bindings: Vec<Binding>) -> Self {
        for pane in Pane::ALL {
            let quit = Binding {
                pane,
                action: Action::Quit,
                keys: vec![Key::ctrl('c')],
            };
            if !bindings.contains(&quit) {
                bindings.push(quit);
            }
        }
        bindings.sort_by_key(|binding| (binding.pane as u8, binding.action as u8));
        Self(bindings)
    }

    /// Looks a sequence of keys up.
    #[must_use]
    pub fn lookup(&self, pane: Pane, keys: &[Key]) -> KeyMatch {
        // Also within a sequence.
        if keys.last() == Some(&Key::ctrl('c')) {
            return KeyMatch::Action(Action::Quit);
        }
        let mut continuations = Vec::new();
        for binding in self.0.iter().filter(|binding| binding.pane == pane) {
            match binding.keys.strip_prefix(keys) {
                Some([]) => return KeyMatch::Action(binding.action),
                Some(rest) => {
                    continuations.push((display_sequence(rest), binding.action.spec().help));
                }
                None => {}
            }
        }
        if continuations.is_empty() {
            KeyMatch::None
        } else {
            KeyMatch::Prefix(continuations)
        }
    }

    /// The sequences of an action in a pane, as people see them.
    pub fn sequences_of(&self, pane: Pane, action: Action) -> impl Iterator<Item = String> {
        let here = move |binding: &&Binding| binding.pane == pane && binding.action == action;
        self.0
            .iter()
            .filter(here)
            .map(|binding| display_sequence(&binding.keys))
    }

    /// True where a key is part of a sequence of an action in a pane.
    #[must_use]
    pub fn uses_key(&self, pane: Pane, action: Action, key: Key) -> bool {
        let here = |binding: &&Binding| binding.pane == pane && binding.action == action;
        let mut all = self.0.iter().filter(here);
        all.any(|binding| binding.keys.contains(&key))
    }

    /// The table of keys in the man page and on the `?` screen: groups in order, and in each the keys and what they do.
    /// An action that has other keys in other panes stands once for each of them, with the names of the panes.
    #[must_use]
    pub fn help(&self) -> Vec<(&'static str, Vec<(String, &'static str)>)> {
        let rows = |group: HelpGroup| {
            let entries = ACTIONS.iter().filter(move |entry| entry.group == group);
            let rows = entries.flat_map(|entry| {
                let rows = self.rows(entry).into_iter();
                rows.map(|keys| (keys, entry.help))
            });
            rows.collect()
        };
        HelpGroup::ALL
            .map(|group| (group.title(), rows(group)))
            .into()
    }

    fn rows(&self, entry: &ActionSpec) -> Vec<String> {
        let mut kinds: Vec<(String, Vec<&str>)> = Vec::new();
        for &pane in entry.panes {
            let keys: Vec<String> = self.sequences_of(pane, entry.action).collect();
            let keys = if keys.is_empty() {
                "no key".to_owned()
            } else {
                keys.join(" ")
            };
            match kinds.iter_mut().find(|(known, _)| *known == keys) {
                Some((_, panes)) => panes.push(pane.name()),
                None => kinds.push((keys, vec![pane.name()])),
            }
        }
        let one = kinds.len() == 1;
        let row = |(keys, panes): (String, Vec<&str>)| {
            if one {
                keys
            } else {
                format!("{keys} ({})", panes.join(", "))
            }
        };
        kinds.into_iter().map(row).collect()
    }
}

/// A sequence as people see it: `gg`, `^D`.
fn display_sequence(keys: &[Key]) -> String {
    keys.iter().map(ToString::to_string).collect()
}

/// The table of keys in the README: one row a group.
#[must_use]
pub fn readme_key_table() -> String {
    let mut rows = vec!["| | keys |".to_owned(), "|---|---|".to_owned()];
    for (title, actions) in Keymap::default().help() {
        let cell = |(keys, help): (String, &str)| {
            let keys: Vec<String> = keys.split(' ').map(|key| format!("`{key}`")).collect();
            format!("{} {help}", keys.join(" ").replace('|', "\\|"))
        };
        let cells: Vec<String> = actions.into_iter().map(cell).collect();
        rows.push(format!("| {title} | {} |", cells.join(" · ")));
    }
    rows.join("\n") + "\n"
}

// Keys as the program names them, apart from any terminal library.

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

// Keys as the config file writes them: words parted by spaces, `g g`, `ctrl-d`, `space`, `G`.

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
    use crate::action::table::ACTIONS;

    #[test]
    fn every_key_has_one_meaning_in_a_pane() {
        for pane in Pane::ALL {
            let map = Keymap::default();
            let here: Vec<_> = map.0.iter().filter(|b| b.pane == pane).collect();
            for (at, binding) in here.iter().enumerate() {
                assert!(!binding.keys.is_empty(), "{binding:?} cannot be read");
                for other in &here[at + 1..] {
                    let hides = binding.keys.starts_with(&other.keys)
                        || other.keys.starts_with(&binding.keys);
                    assert!(!hides, "{binding:?} and {other:?}");
                }
            }
        }
    }

    #[test]
    fn nothing_takes_the_way_out() {
        let map = Keymap::new(Vec::new());
        let quit = [Key::ctrl('c')];
        for pane in Pane::ALL {
            assert_eq!(map.lookup(pane, &quit), KeyMatch::Action(Action::Quit));
        }
        let within = [parse_table_sequence("g"), parse_table_sequence("^C")].concat();
        let found = Keymap::default().lookup(Pane::List, &within);
        assert_eq!(found, KeyMatch::Action(Action::Quit));
    }

    #[test]
    fn other_keys_in_other_panes_stand_apart() {
        let mut map = Keymap::default();
        map.0
            .retain(|b| b.action != Action::Star || b.pane != Pane::List);
        let star = ACTIONS.iter().find(|entry| entry.action == Action::Star);
        let rows = star.map(|entry| map.rows(entry)).unwrap_or_default();
        assert_eq!(rows, ["no key (list)", "s (reader, quotes)"]);
    }

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
