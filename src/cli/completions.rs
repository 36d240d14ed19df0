//! What a shell completes, from the one definition of the command line.

use clap::{CommandFactory, ValueEnum};
use clap_complete::{generate, shells};

use super::Cli;

/// The shells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// The script for a shell.
#[must_use]
pub fn completions(shell: Shell) -> String {
    let mut cli = Cli::command();
    let mut out = Vec::new();
    match shell {
        Shell::Bash => generate(shells::Bash, &mut cli, "dateline", &mut out),
        Shell::Zsh => generate(shells::Zsh, &mut cli, "dateline", &mut out),
        Shell::Fish => generate(shells::Fish, &mut cli, "dateline", &mut out),
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_hold_every_command_and_every_flag() {
        for shell in Shell::value_variants() {
            let script = completions(*shell);
            let mut cli = Cli::command();
            cli.build();
            for command in std::iter::once(&cli).chain(cli.get_subcommands()) {
                assert!(script.contains(command.get_name()), "{shell:?}");
                for argument in command.get_arguments().filter(|a| !a.is_hide_set()) {
                    let Some(long) = argument.get_long() else {
                        continue;
                    };
                    assert!(script.contains(long), "{shell:?} lacks --{long}");
                }
            }
        }
    }
}
