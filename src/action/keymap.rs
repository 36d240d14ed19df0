//! Keys, the two notations for sequences of keys (that of the table and that of the config file), and the keymap, which
//! looks sequences up.

use std::fmt;

use crate::action::table::{ACTIONS, Action, ActionSpec, HelpGroup, Pane};
use crate::text::nearest_name;

/// A sequence of keys, and the action that it triggers in a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub pane: Pane,
    pub action: Action,
    pub keys: Vec<Key>,
}

/// The bindings of all panes, ordered by pane and action. `^C` quits everywhere, whatever else is bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap(Vec<Binding>);

/// The result of a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyMatch {
    /// The keys are the whole sequence of an action.
    Action(Action),
    /// The keys begin one or more sequences: the rest of each, and the help of its action.
    Prefix(Vec<(String, &'static str)>),
    /// No sequence begins with the keys.
    None,
}

impl Default for Keymap {
    fn default() -> Self {
        let all = Pane::ALL.into_iter().flat_map(|pane| {
            let specs = ACTIONS.iter().filter(move |s| s.panes.contains(&pane));
            specs.flat_map(move |spec| default_bindings(pane, spec))
        });
        Self::new(all.collect())
    }
}

/// The bindings of an action in a pane if the config file has none for it.
pub fn default_bindings(pane: Pane, spec: &'static ActionSpec) -> impl Iterator<Item = Binding> {
    spec.keys.iter().map(move |keys| Binding {
        pane,
        action: spec.action,
        keys: parse_table_sequence(keys),
    })
}

impl Keymap {
    /// Creates a keymap. Within a pane, no sequence may be the beginning of another: the longer one could never be
    /// typed. `^C` for [`Action::Quit`] is added to every pane.
    #[must_use]
    pub fn new(mut bindings: Vec<Binding>) -> Self {
        for pane in Pane::ALL {
            let quit = Binding { pane, action: Action::Quit, keys: vec![Key::ctrl('c')] };
            if !bindings.contains(&quit) {
                bindings.push(quit);
            }
        }
        bindings.sort_by_key(|binding| (binding.pane as u8, binding.action as u8));
        Self(bindings)
    }

    /// Looks up the keys typed so far.
    #[must_use]
    pub fn lookup(&self, pane: Pane, keys: &[Key]) -> KeyMatch {
        // `^C` quits in the middle of a sequence, too.
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
        if continuations.is_empty() { KeyMatch::None } else { KeyMatch::Prefix(continuations) }
    }

    /// The sequences of an action in a pane, in the notation of the help: `gg`, `^D`.
    pub fn sequences_of(&self, pane: Pane, action: Action) -> impl Iterator<Item = String> {
        let here = move |binding: &&Binding| binding.pane == pane && binding.action == action;
        self.0.iter().filter(here).map(|binding| display_sequence(&binding.keys))
    }

    /// True if a key is part of a sequence for an action in a pane.
    #[must_use]
    pub fn uses_key(&self, pane: Pane, action: Action, key: Key) -> bool {
        let here = |binding: &&Binding| binding.pane == pane && binding.action == action;
        let mut all = self.0.iter().filter(here);
        all.any(|binding| binding.keys.contains(&key))
    }

    /// The table of keys for the man page and the `?` screen: the title of each section, and its rows of keys and help.
    ///
    /// An action has several rows if its keys differ between panes; the keys are then followed by the panes' names.
    #[must_use]
    pub fn help(&self) -> Vec<(&'static str, Vec<(String, &'static str)>)> {
        let rows = |group: HelpGroup| {
            let specs = ACTIONS.iter().filter(move |spec| spec.group == group);
            let rows = specs.flat_map(|spec| {
                let rows = self.rows(spec).into_iter();
                rows.map(|keys| (keys, spec.help))
            });
            rows.collect()
        };
        HelpGroup::ALL.map(|group| (group.title(), rows(group))).into()
    }

    /// The keys of an action, once for each set of panes in which they are the same.
    fn rows(&self, spec: &ActionSpec) -> Vec<String> {
        let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
        for &pane in spec.panes {
            let keys: Vec<String> = self.sequences_of(pane, spec.action).collect();
            let keys = if keys.is_empty() { "no key".to_owned() } else { keys.join(" ") };
            match groups.iter_mut().find(|(known, _)| *known == keys) {
                Some((_, panes)) => panes.push(pane.name()),
                None => groups.push((keys, vec![pane.name()])),
            }
        }
        let same_everywhere = groups.len() == 1;
        let row = |(keys, panes): (String, Vec<&str>)| {
            if same_everywhere { keys } else { format!("{keys} ({})", panes.join(", ")) }
        };
        groups.into_iter().map(row).collect()
    }
}

/// A sequence in the notation of the help: `gg`, `^D`.
fn display_sequence(keys: &[Key]) -> String {
    keys.iter().map(ToString::to_string).collect()
}

/// The README's table of keys in Markdown, one row for each section.
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

// Keys, independent of any terminal library.

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
    /// A function key, counted from 1.
    F(u8),
    /// A key that cannot be bound.
    Other,
}

/// A key press. Shift is not kept: it shows in the character, and in [`Code::BackTab`].
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
        Self { code, ctrl: false, alt: false }
    }

    /// A lower-case letter with Ctrl.
    #[must_use]
    pub fn ctrl(letter: char) -> Self {
        Self { code: Code::Char(letter), ctrl: true, alt: false }
    }
}

/// Names of special keys in the table of actions and in the help.
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

/// Parses a sequence in the notation of the table of actions: keys without spaces, as in `gg`, `]q`, `^D`, `Enter`,
/// `^Wh`. Every text is valid; what is not the name of a key is a row of characters.
#[must_use]
pub fn parse_table_sequence(text: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some((name, code)) = DISPLAY_NAMES.iter().find(|(name, _)| rest.starts_with(name)) {
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

// Sequences in the notation of the config file: words separated by spaces, as in `g g`, `ctrl-d`, `space`, `G`.

/// Names of special keys in the config file: first the one that is written, then others that are accepted.
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

/// Letters whose Ctrl combination is the same byte as another key: terminals cannot tell the two apart.
const CTRL_ALIASES: &[(char, &str)] = &[('i', "tab"), ('m', "enter"), ('[', "esc")];

/// What is wrong with a sequence: a byte offset into its text, and a sentence that says what would be right.
pub type KeySequenceError = (usize, String);

/// Parses a sequence in the notation of the config file: keys separated by spaces. A key is a character or a name,
/// after `ctrl-` or `alt-` if need be.
///
/// # Errors
/// The first word that is not a key, or that can never be typed as part of a sequence.
pub fn parse_config_sequence(text: &str) -> Result<Vec<Key>, KeySequenceError> {
    let mut keys = Vec::new();
    for word in text.split_whitespace() {
        let at = word.as_ptr().addr() - text.as_ptr().addr();
        let key = read_key(word).map_err(|message| (at, message))?;
        // Esc cancels keys that were typed, and leading digits are counts: neither would ever be looked up.
        if key.code == Code::Esc && !keys.is_empty() {
            return Err((at, "esc cancels a sequence: it can only be the first key".into()));
        }
        let digit = matches!(key.code, Code::Char('1'..='9')) && !key.ctrl && !key.alt;
        if digit && keys.is_empty() {
            return Err((at, "a digit begins a count: start with another key".into()));
        }
        keys.push(key);
    }
    if keys.is_empty() {
        return Err((0, "is empty: [] leaves an action without keys".into()));
    }
    Ok(keys)
}

/// Parses one word of a sequence, or says what is wrong with it.
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
                    "“{shown}” is the same key as {name} in a terminal: write {name}"
                ));
            }
            if !c.is_ascii_lowercase() && c != ' ' {
                return Err(format!("terminals do not send “{shown}”: ctrl- takes a letter"));
            }
            Code::Char(c)
        }
        code => code,
    };
    Ok(Key { code, ctrl, alt })
}

/// The special or function key with a name, in any case.
fn code_named(word: &str) -> Option<Code> {
    let word = word.to_ascii_lowercase();
    let function = word.strip_prefix('f').and_then(|number| number.parse().ok());
    if let Some(number @ 1..=12) = function {
        return Some(Code::F(number));
    }
    let mut names = CONFIG_NAMES.iter();
    names.find(|(names, _)| names.contains(&word.as_str())).map(|(_, code)| *code)
}

/// The message for a word that is not a key, with a hint at what was probably meant.
fn invalid_key_message(word: &str) -> String {
    let shown = word.escape_debug();
    let lower = word.to_ascii_lowercase();
    let spaced = |text: &str| {
        let letters: Vec<String> = text.chars().map(|c| c.to_string()).collect();
        letters.join(" ").escape_debug().to_string()
    };
    if let Some(letter) = word.strip_prefix('^').filter(|rest| rest.chars().count() == 1) {
        let letter = letter.to_lowercase();
        let letter = letter.escape_debug();
        return format!("“{shown}” is not a key: write ctrl-{letter}");
    }
    if let Some(rest) = lower.strip_prefix("shift-") {
        let letter = rest.to_uppercase();
        return format!(
            "“{shown}” is not a key: write what it types, as in {}",
            letter.escape_debug()
        );
    }
    let names = CONFIG_NAMES.iter().map(|(names, _)| names[0]);
    if let Some(name) = nearest_name(names.chain(["ctrl-", "alt-"]), &lower) {
        return format!("“{shown}” is not a key: the nearest is {name}");
    }
    if word.chars().count() <= 3 {
        return format!(
            "“{shown}” is not a key: keys are separated by spaces, as in “{}”",
            spaced(word)
        );
    }
    format!(
        "“{shown}” is not a key: keys are characters, {}, f1 to f12, and these after ctrl- or alt-",
        CONFIG_NAMES.iter().map(|(names, _)| names[0]).collect::<Vec<_>>().join(", ")
    )
}

/// Writes a sequence in the notation of the config file.
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
    fn no_sequence_begins_another_in_a_pane() {
        for pane in Pane::ALL {
            let map = Keymap::default();
            let here: Vec<_> = map.0.iter().filter(|b| b.pane == pane).collect();
            for (at, binding) in here.iter().enumerate() {
                assert!(!binding.keys.is_empty(), "{binding:?} has no keys");
                for other in &here[at + 1..] {
                    let hides = binding.keys.starts_with(&other.keys)
                        || other.keys.starts_with(&binding.keys);
                    assert!(!hides, "{binding:?} and {other:?}");
                }
            }
        }
    }

    #[test]
    fn ctrl_c_always_quits() {
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
    fn keys_that_differ_between_panes_have_rows_of_their_own() {
        let mut map = Keymap::default();
        map.0.retain(|b| b.action != Action::Star || b.pane != Pane::List);
        let star = ACTIONS.iter().find(|spec| spec.action == Action::Star);
        let rows = star.map(|spec| map.rows(spec)).unwrap_or_default();
        assert_eq!(rows, ["no key (list)", "s (reader, quotes)"]);
    }

    #[track_caller]
    fn check_invalid(text: &str, at: usize, part: &str) {
        let Err((found, message)) = parse_config_sequence(text) else {
            panic!("{text} is accepted");
        };
        assert_eq!(found, at, "{message}");
        assert!(message.contains(part), "{message}\nlacks {part}");
    }

    #[test]
    fn written_sequences_are_read_back() {
        for keys in ACTIONS.iter().flat_map(|spec| spec.keys) {
            let keys = parse_table_sequence(keys);
            assert_eq!(parse_config_sequence(&format_config_sequence(&keys)), Ok(keys));
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
    fn errors_have_a_place_and_a_hint() {
        check_invalid("g gg", 2, "“g g”");
        check_invalid("^D", 0, "ctrl-d");
        check_invalid("entre", 0, "nearest is enter");
        check_invalid("ctrl-i", 0, "write tab");
        check_invalid("ctrl-/", 0, "takes a letter");
        check_invalid("shift-g", 0, "as in G");
        check_invalid("g esc", 2, "first key");
        check_invalid("5 g", 0, "count");
        check_invalid("  ", 0, "empty");
        check_invalid("f13", 0, "not a key");
    }
}
