//! How the screen looks and behaves: the arguments that only it takes.

use clap::{Args, ValueEnum};

/// The screen.
#[derive(Debug, Clone, Default, Args)]
#[allow(clippy::struct_excessive_bools)] // Flags, each with its contrary.
#[command(next_help_heading = "Screen")]
pub struct ScreenArgs {
    /// The colours [default: those of the config file, else terminal, or mono where `NO_COLOR` is set]
    ///
    /// dark and light have shades of their own. Where COLORTERM is neither truecolor nor 24bit they take the nearest of
    /// the 256 colours, and where TERM does not tell of those, the colours of the theme terminal.
    #[arg(long, value_enum, value_name = "NAME")]
    pub theme: Option<ThemeName>,
    /// One pane at a time, no lines, letters for signs, few updates: for screen readers and braille
    #[arg(long, overrides_with = "no_plain")]
    pub plain: bool,
    /// No --plain, whatever the config file says
    #[arg(long, overrides_with = "plain")]
    pub no_plain: bool,
    /// Listen to the mouse: the wheel scrolls, a click selects; with Shift the terminal selects text itself
    #[arg(long, overrides_with = "no_mouse")]
    pub mouse: bool,
    /// No --mouse, whatever the config file says
    #[arg(long, overrides_with = "mouse")]
    pub no_mouse: bool,
    /// Choose with Enter: show the screen on the terminal, and print what was chosen to standard output
    ///
    /// Exit codes: 0 chosen, 1 nothing chosen, 130 ended with ^C.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub print: Option<PrintChoice>,
}

impl ScreenArgs {
    /// Whether it shall be plain, where the config file says `file`.
    #[must_use]
    pub fn is_plain(&self, file: bool) -> bool {
        self.plain || (file && !self.no_plain)
    }

    /// Whether it listens to the mouse, where the config file says `file`.
    #[must_use]
    pub fn has_mouse(&self, file: bool) -> bool {
        self.mouse || (file && !self.no_mouse)
    }
}

/// The themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ThemeName {
    /// The sixteen colours of the terminal
    Terminal,
    /// Shades of its own on a dark ground
    Dark,
    /// Shades of its own on a light ground
    Light,
    /// No colours
    Mono,
}

impl ThemeName {
    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Mono => "mono",
        }
    }
}

/// What is printed of what was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PrintChoice {
    /// The id that the wire gave the dispatch, else the key `item` of its record
    Id,
    /// The file that it lies in
    Path,
    /// Its record, as `show --format jsonl` prints it
    Jsonl,
    /// A quote with its source: Enter in the reader or in the quotes
    Quote,
}
