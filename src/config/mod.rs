//! Parses the text of the config file into settings, and reports mistakes with line and column.
//!
//! Reads no files itself; jiff reads the system's time zone database to check the name of a zone.

mod file;
mod keys;
mod settings;
#[cfg(test)]
mod tests;
mod typed;
mod values;

pub use file::{ConfigPath, example, find_config_path};
pub use settings::{Config, ConfigError, Openers, Retention, ScreenSettings, THEMES, parse};
pub use typed::{FIXED_SETTINGS, TYPED_SETTINGS, TypedSetting, TypedSettingRow, sort_words};
