//! Where the config file is looked for, and the example that `dateline config default` prints. Does not read the file.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::action::{ACTIONS, HelpGroup, Pane, format_config_sequence, parse_table_sequence};

/// The path of the config file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigPath {
    pub path: PathBuf,
    /// Named by `--config` or `DATELINE_CONFIG`: it is an error if the file does not exist.
    pub named: bool,
}

/// The path of the config file: `given` (`--config`), else `$DATELINE_CONFIG`, else
/// `$XDG_CONFIG_HOME/dateline/config.toml`, else `~/.config/dateline/config.toml`. `variable` reads an environment
/// variable. `None` if there is no home folder.
///
/// Empty variables are ignored, and so are relative paths in `XDG_CONFIG_HOME` and `HOME`, as the XDG Base Directory
/// Specification demands.
pub fn find_config_path(
    given: Option<PathBuf>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Option<ConfigPath> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let named = given.or_else(|| set("DATELINE_CONFIG").map(PathBuf::from));
    if let Some(path) = named {
        return Some(ConfigPath { path, named: true });
    }
    let folder = |name: &str| set(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config =
        folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")));
    config.map(|config| ConfigPath {
        path: config.join("dateline").join("config.toml"),
        named: false,
    })
}

// The example config file.

/// All of it but the keys, which are generated from the table of actions.
const HEAD: &str = include_str!("example.toml");

/// A config file that changes nothing: every setting is commented out, with its default as the value.
#[must_use]
pub fn example() -> String {
    let mut text = HEAD.to_owned();
    for group in HelpGroup::ALL {
        let _ = writeln!(text, "# {}", group.title());
        for entry in ACTIONS.iter().filter(|entry| entry.group == group) {
            let keys = entry.keys.iter().map(|keys| toml_string(keys));
            let keys = keys.collect::<Vec<_>>().join(", ");
            let keys = if entry.keys.len() == 1 { keys } else { format!("[{keys}]") };
            let line = format!("#{} = {keys}", entry.action.name());
            let _ = writeln!(text, "{line:<42} # {}", entry.help);
        }
    }
    text.push_str(
        "# Keys of one pane only, which override those above. An example: [keys.reader] with `down = \"n\"`.\n",
    );
    for pane in Pane::ALL {
        let _ = writeln!(text, "[keys.{}]", pane.name());
    }
    text
}

/// A key sequence from the table of actions as a TOML string; in single quotes if it would need escapes.
fn toml_string(keys: &str) -> String {
    let keys = format_config_sequence(&parse_table_sequence(keys));
    if keys.contains(['"', '\\']) { format!("'{keys}'") } else { format!("\"{keys}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: Option<&str>, variables: &[(&str, &str)], path: Option<&str>, named: bool) {
        let variable = |name: &str| {
            let set = variables.iter().find(|(known, _)| *known == name);
            set.map(|(_, value)| OsString::from(value))
        };
        let found = find_config_path(given.map(PathBuf::from), variable);
        let path = path.map(PathBuf::from);
        assert_eq!(found, path.map(|path| ConfigPath { path, named }));
    }

    #[test]
    fn the_more_specific_path_wins() {
        let all = [("DATELINE_CONFIG", "d.toml"), ("XDG_CONFIG_HOME", "/x")];
        check(Some("a.toml"), &all, Some("a.toml"), true);
        check(None, &all, Some("d.toml"), true);
        check(None, &all[1..], Some("/x/dateline/config.toml"), false);
        let home = [("XDG_CONFIG_HOME", "x"), ("HOME", "/h"), ("DATELINE_CONFIG", "")];
        check(None, &home, Some("/h/.config/dateline/config.toml"), false);
        check(None, &[], None, false);
    }
}
