//! The one table of actions: names, keys, and the line of help each. Makes the keymap, the `?` screen and the README's table.

mod key;
mod keymap;
mod notation;
mod table;

pub use key::{Code, Key, parse_table_sequence};
pub use keymap::{Binding, KeyMatch, Keymap, default_bindings, readme_key_table};
pub use notation::{KeySequenceError, format_config_sequence, parse_config_sequence};
pub use table::{ACTIONS, Action, ActionSpec, HelpGroup, Pane};

impl Action {
    /// Its row of the table.
    #[must_use]
    pub fn spec(self) -> &'static ActionSpec {
        let row = ACTIONS.iter().find(|entry| entry.action == self);
        // The enum and the table are made from the same rows.
        row.unwrap_or(&ACTIONS[0])
    }

    /// Its name in the config file: `next-quote`.
    #[must_use]
    pub fn name(self) -> String {
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    }

    /// The action of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut actions = ACTIONS.iter().map(|entry| entry.action);
        actions.find(|action| action.name() == name)
    }
}

impl Pane {
    /// Its name in the config file: `[keys.list]`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Reader => "reader",
            Self::Quotes => "quotes",
            Self::Speakers => "speakers",
            Self::Choice => "choice",
            Self::Changes => "changes",
            Self::Sheet => "sheet",
        }
    }
}
