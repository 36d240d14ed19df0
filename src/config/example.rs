//! The example of a config file: every setting with what it does, and what holds without it.

use std::fmt::Write as _;

use crate::action::{ACTIONS, HelpGroup, Pane, format_config_sequence, parse_table_sequence};

/// What does not come from the table of actions.
const HEAD: &str = include_str!("example.toml");

/// A config file that changes nothing: its settings stand behind a `#`, with the values that hold without them.
#[must_use]
pub fn example() -> String {
    let mut text = HEAD.to_owned();
    for group in HelpGroup::ALL {
        let _ = writeln!(text, "# {}", group.title());
        for entry in ACTIONS.iter().filter(|entry| entry.group == group) {
            let keys = entry.keys.iter().map(|keys| toml_string(keys));
            let keys = keys.collect::<Vec<_>>().join(", ");
            let keys = if entry.keys.len() == 1 {
                keys
            } else {
                format!("[{keys}]")
            };
            let line = format!("#{} = {keys}", entry.action.name());
            let _ = writeln!(text, "{line:<42} # {}", entry.help);
        }
    }
    text.push_str(
        "# Keys of one pane only, which go before those above. An example: [keys.reader] with `down = \"n\"`.\n",
    );
    for pane in Pane::ALL {
        let _ = writeln!(text, "[keys.{}]", pane.name());
    }
    text
}

/// A sequence of the table of actions as a TOML string.
fn toml_string(keys: &str) -> String {
    let keys = format_config_sequence(&parse_table_sequence(keys));
    if keys.contains(['"', '\\']) {
        format!("'{keys}'")
    } else {
        format!("\"{keys}\"")
    }
}
