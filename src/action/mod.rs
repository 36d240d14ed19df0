//! The one table of actions: names, keys, and the line of help each. Makes the keymap, the `?` screen and the README's table.

mod key;
mod table;

pub use key::{Code, Key, parse_sequence};
pub use table::{ACTIONS, Action, Entry, Group, Pane};

/// What a sequence of keys means in a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    Action(Action),
    /// More keys must follow; these may: the rest of the sequence and what it does.
    Prefix(Vec<(String, &'static str)>),
    None,
}

/// Looks a sequence of keys up.
#[must_use]
pub fn lookup(pane: Pane, keys: &[Key]) -> Match {
    let mut continuations = Vec::new();
    for entry in ACTIONS.iter().filter(|entry| entry.panes.contains(&pane)) {
        for sequence in entry.keys {
            let sequence = parse_sequence(sequence);
            if sequence == keys {
                return Match::Action(entry.action);
            }
            if sequence.len() > keys.len() && sequence.starts_with(keys) {
                let rest: String = sequence[keys.len()..].iter().map(Key::to_string).collect();
                continuations.push((rest, entry.help));
            }
        }
    }
    if continuations.is_empty() {
        Match::None
    } else {
        Match::Prefix(continuations)
    }
}

/// The table of keys in the README and on the `?` screen: groups in order, and in each the keys and what they do.
#[must_use]
pub fn help() -> Vec<(&'static str, Vec<(String, &'static str)>)> {
    Group::ALL
        .iter()
        .map(|group| {
            let rows = ACTIONS
                .iter()
                .filter(|entry| entry.group == *group)
                .map(|entry| {
                    let keys: Vec<String> = entry
                        .keys
                        .iter()
                        .map(|k| parse_sequence(k).iter().map(Key::to_string).collect())
                        .collect();
                    (keys.join(" "), entry.help)
                });
            (group.title(), rows.collect())
        })
        .collect()
}

/// The table of keys in the README: one row a group.
#[must_use]
pub fn markdown() -> String {
    let mut rows = vec!["| | keys |".to_owned(), "|---|---|".to_owned()];
    for (title, actions) in help() {
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
    use std::collections::HashMap;

    #[test]
    fn every_key_has_one_meaning_in_a_pane() {
        for pane in Pane::ALL {
            let mut seen: HashMap<Vec<Key>, Action> = HashMap::new();
            for entry in ACTIONS.iter().filter(|entry| entry.panes.contains(&pane)) {
                for keys in entry.keys {
                    let sequence = parse_sequence(keys);
                    assert!(!sequence.is_empty(), "{keys} cannot be read");
                    let other = seen.insert(sequence, entry.action);
                    assert!(
                        other.is_none(),
                        "{keys} in {pane:?} means {:?} and {other:?}",
                        entry.action
                    );
                }
            }
            for (sequence, action) in &seen {
                let prefix = seen
                    .iter()
                    .find(|(other, _)| other.len() > sequence.len() && other.starts_with(sequence));
                assert!(prefix.is_none(), "{action:?} hides {prefix:?}");
            }
        }
    }
}
