//! The config file: its text → settings, and what is wrong with it, with line and column. Reads no file but, through jiff,
//! those of the system's time zones.

mod file;
mod keys;
mod settings;
#[cfg(test)]
mod tests;
mod values;

pub use file::{ConfigPath, example, find_config_path};
pub use settings::{Config, ConfigError, Openers, Retention, ScreenSettings, THEMES, parse};
