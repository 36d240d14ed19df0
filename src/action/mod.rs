//! The one table of actions: names, keys, and the line of help each. Makes the keymap, the `?` screen and the README's table.

mod keymap;
mod table;

pub use keymap::{
    Binding, Code, Key, KeyMatch, KeySequenceError, Keymap, default_bindings,
    format_config_sequence, parse_config_sequence, parse_table_sequence, readme_key_table,
};
pub use table::{ACTIONS, Action, ActionSpec, HelpGroup, Pane};
