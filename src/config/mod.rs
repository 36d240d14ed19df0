//! The config file: its text → settings, and what is wrong with it, with line and column. Reads no file but, through jiff,
//! those of the system's time zones.

mod example;
mod fields;
mod keys;
mod openers;
mod place;
mod screen;
mod tables;
#[cfg(test)]
mod tests;
mod value;

pub use example::example;
pub use openers::Openers;
pub use place::{ConfigPath, find_config_path};
pub use screen::{ScreenSettings, THEMES};

use std::fmt;

use crate::action::Keymap;
use crate::views::{Mute, SavedView};

/// What stands in a config file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    pub views: Vec<SavedView>,
    pub mutes: Vec<Mute>,
    pub retention: Retention,
    pub openers: Openers,
    pub screen: ScreenSettings,
    pub keys: Keymap,
}

/// How much is kept of what arrived, once its file is gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// In bytes. `None`: as the program has it.
    pub size: Option<u64>,
    /// In seconds. `None`: as the program has it.
    pub age: Option<i64>,
}

/// What is wrong, and where; both numbers count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    pub line: usize,
    pub column: usize,
    /// A sentence that says what would be right.
    pub message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.message
        )
    }
}

impl std::error::Error for ConfigError {}

/// Reads the text of a config file: all that is right, and what is not in the order of the lines. What is wrong in one
/// table leaves the others as they are.
#[must_use]
pub fn parse(text: &str) -> (Config, Vec<ConfigError>) {
    tables::parse_tables(text)
}
