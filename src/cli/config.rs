//! The command `config`: what it can be asked for.

use clap::Subcommand;

/// What to do with the config file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    /// Say what is wrong with it, with line and column; exit code 1 where something is
    Check,
    /// Print an example with everything that may stand in it
    Default,
    /// Print where it is looked for
    Path,
}
