//! Completion scripts for bash, zsh and fish, generated from the clap definition.

use clap::{CommandFactory, ValueEnum};
use clap_complete::{generate, shells};

use crate::cli::args::Cli;

/// Shells with a completion script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// The completion script for a shell.
#[must_use]
pub fn completions(shell: Shell) -> String {
    let mut cli = Cli::command();
    let mut out = Vec::new();
    match shell {
        Shell::Bash => generate(shells::Bash, &mut cli, "dateline", &mut out),
        Shell::Zsh => generate(shells::Zsh, &mut cli, "dateline", &mut out),
        Shell::Fish => generate(shells::Fish, &mut cli, "dateline", &mut out),
    }
    let script = String::from_utf8_lossy(&out).into_owned();
    match shell {
        Shell::Fish => with_open_values(&script) + &words_of_commands(&cli),
        Shell::Bash | Shell::Zsh => script,
    }
}

/// Makes the fish script complete the value of an option that has none yet. There `argparse` fails, so every condition
/// is false and fish offers files; a second `argparse` call with an empty value is added after each.
fn with_open_values(script: &str) -> String {
    let line = |line: &str| {
        let again = line.replace(" -- $cmd ", " -- $cmd '' ");
        if line.trim_start().starts_with("argparse ") && again != line {
            format!("{line}\n    or {}\n", again.trim_start())
        } else {
            format!("{line}\n")
        }
    };
    script.lines().map(line).collect()
}

/// Lines for fish that complete positional arguments with a fixed set of values, for which clap completes files.
fn words_of_commands(cli: &clap::Command) -> String {
    let mut lines = String::new();
    for command in cli.get_subcommands() {
        let words = command.get_positionals().flat_map(clap::Arg::get_possible_values);
        let words: Vec<String> = words.map(|word| word.get_name().to_owned()).collect();
        if !words.is_empty() {
            let (name, words) = (command.get_name(), words.join(" "));
            let when = format!("__fish_dateline_using_subcommand {name}");
            let line = format!("complete -c dateline -n \"{when}\" -f -a \"{words}\"\n");
            lines.push_str(&line);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fish_completes_an_option_without_its_value() {
        let script = completions(Shell::Fish);
        let tried: Vec<&str> = script.lines().filter(|l| l.contains("argparse -s")).collect();
        assert_eq!(tried.len(), 2, "{tried:?}");
        assert_eq!(
            tried[1].trim_start(),
            format!("or {}", tried[0].trim_start().replace("$cmd", "$cmd ''"))
        );
        let theme = script.lines().find(|line| line.contains("-l theme"));
        assert!(theme.is_some_and(|line| line.contains(" -f -a \"terminal")), "{theme:?}");
    }

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
