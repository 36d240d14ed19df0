//! The keys as they are: those of the table of actions, or those that the reader has given them in the config file.

use super::{ACTIONS, Action, ActionSpec, HelpGroup, Key, Pane, parse_table_sequence};

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
                    continuations.push((display_sequence(rest), binding.action.spec().help))
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
