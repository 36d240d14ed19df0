//! The table of actions with their names, keys and help, and the keymap made from it. The `?` screen, the man page and
//! the README's table of keys come from it, too. Knows nothing of terminals.

mod keymap;
mod table;

pub use keymap::{
    Binding, Code, Key, KeyMatch, KeySequenceError, Keymap, default_bindings,
    format_config_sequence, parse_config_sequence, parse_table_sequence, readme_key_table,
};
pub use table::{ACTIONS, Action, ActionSpec, HelpGroup, Pane};
