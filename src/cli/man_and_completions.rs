//! The man page in roff, and completion scripts for bash, zsh and fish: generated from the clap definition, the table of
//! actions and the tables of query syntax.

use clap::{CommandFactory, ValueEnum};
use clap_complete::{generate, shells};
use clap_mangen::Man;
use roff::{Inline, Roff, bold, italic, roman};

use crate::action::Keymap;
use crate::cli::args::Cli;
use crate::filter::{FIELDS, IS_PROPERTIES, SYNTAX_EXAMPLES};

/// Exit codes and their meaning.
const EXIT_STATUS: &[(&str, &str)] = &[
    ("0", "Something was shown; with --print, something was chosen."),
    (
        "1",
        "Nothing matched; with --print, nothing was chosen; config check found mistakes; diff found differences.",
    ),
    (
        "2",
        "Wrong usage, or some input could not be read; the rest was shown. The marks that a filter asks for cannot be read; \
         nothing was shown. Marks were lost.",
    ),
    ("129, 130, 143", "Ended by SIGHUP, by ^C, by SIGTERM."),
];

/// Command lines and what they do.
const EXAMPLES: &[(&str, &str)] = &[
    ("dateline wire/", "Read a folder of dispatches."),
    ("tail -n 500 wire.jsonl | dateline", "Read a pipe; the keys come from the terminal."),
    ("dateline quotes --format jsonl wire/ | jq .", "Who said what, for other programs."),
    (
        "dateline list --filter 'is:urgent newer:2h' wire/",
        "Urgent dispatches of the last two hours.",
    ),
    ("vim \"$(dateline --print path wire/)\"", "Choose a dispatch and edit its file."),
];

/// The page in roff. `commands` are those typed on the screen after `:`, each with its help text.
#[must_use]
pub fn man(commands: &[(String, &str)]) -> String {
    let mut cli = Cli::command();
    cli.build();
    let page = Man::new(cli.clone()).section("1").manual("User Commands");
    let mut out = Vec::new();
    // Writing to a Vec does not fail.
    let _ = page.render_title(&mut out);
    let _ = page.render_name_section(&mut out);
    let mut roff = Roff::new();
    write_synopsis(&mut roff);
    let _ = roff.to_writer(&mut out);
    let _ = page.render_description_section(&mut out);
    let _ = page.render_options_section(&mut out);
    let mut text = String::from_utf8_lossy(&out).into_owned();
    text.push_str(&Roff::new().control("SH", ["COMMANDS"]).to_roff());
    for command in cli.get_subcommands().filter(|c| c.get_name() != "help") {
        text.push_str(&format_subcommand(&cli, command));
    }
    let mut roff = Roff::new();
    write_keys(&mut roff, commands);
    write_query(&mut roff);
    write_table(&mut roff, "ENVIRONMENT", ENVIRONMENT);
    write_table(&mut roff, "FILES", FILES);
    write_table(&mut roff, "EXIT STATUS", EXIT_STATUS);
    write_table(&mut roff, "EXAMPLES", EXAMPLES);
    text.push_str(&roff.to_roff());
    text
}

fn write_synopsis(roff: &mut Roff) {
    roff.control("SH", ["SYNOPSIS"]);
    for (command, rest) in [("", " [OPTIONS] [PATHS]..."), (" COMMAND", " [OPTIONS] [PATHS]...")] {
        roff.text([bold("dateline"), italic(command), roman(rest)]);
        roff.control("br", []);
    }
}

/// The section of one subcommand: its description and options. Options that it shares with the main command are only
/// named, not explained again.
fn format_subcommand(cli: &clap::Command, command: &clap::Command) -> String {
    let mut roff = Roff::new();
    roff.control("SS", [format!("dateline {}", command.get_name()).as_str()]);
    let about = command.get_long_about().or_else(|| command.get_about());
    for line in about.map(ToString::to_string).unwrap_or_default().lines() {
        if line.is_empty() {
            roff.control("PP", []);
        } else {
            roff.text([roman(line)]);
        }
    }
    let (shared, own) = split_shared_arguments(cli, command);
    let also = format!("Also takes {shared}, as above.");
    roff.control("PP", []);
    roff.text([roman(also)]);
    let mut out = Vec::new();
    let _ = Man::new(own).render_options_section(&mut out);
    let options = String::from_utf8_lossy(&out);
    let lines = options.split_inclusive('\n');
    let without_heading = lines.filter(|line| !line.starts_with(".SH "));
    roff.to_roff() + &without_heading.collect::<String>()
}

/// Names of the arguments that have the same help text in the main command, and a copy of `command` in which they are
/// hidden.
fn split_shared_arguments(cli: &clap::Command, command: &clap::Command) -> (String, clap::Command) {
    let help = |argument: &clap::Arg| argument.get_help().map(ToString::to_string);
    let is_shared = |argument: &clap::Arg| {
        let above = cli.get_arguments().find(|a| a.get_id() == argument.get_id());
        above.is_some_and(|above| help(above) == help(argument))
    };
    let mut names = Vec::new();
    for argument in command.get_arguments().filter(|a| is_shared(a)) {
        names.push(match (argument.get_long(), argument.get_value_names()) {
            (Some(long), _) => format!("--{long}"),
            (None, Some(names)) => names[0].to_string(),
            (None, None) => continue,
        });
    }
    let own = command.clone().mut_args(|argument| {
        let shared = is_shared(&argument);
        argument.hide(shared)
    });
    (names.join(", "), own)
}

/// A tagged paragraph: a term and its explanation.
fn write_entry(roff: &mut Roff, name: impl Into<Vec<Inline>>, text: &str) {
    roff.control("TP", []);
    roff.text(name);
    roff.text([roman(text)]);
}

fn write_keys(roff: &mut Roff, commands: &[(String, &str)]) {
    roff.control("SH", ["KEYS"]);
    roff.text([roman(
        "These are the defaults, which the config file may change; the key ? shows the current ones. A number before a \
         move repeats it.",
    )]);
    for (title, rows) in Keymap::default().help() {
        roff.control("SS", [title]);
        for (keys, help) in rows {
            write_entry(roff, [bold(keys)], help);
        }
    }
    roff.control("SS", ["Commands by name"]);
    for (name, help) in commands {
        write_entry(roff, [bold(format!(":{name}"))], help);
    }
}

fn write_query(roff: &mut Roff) {
    roff.control("SH", ["QUERIES"]);
    roff.text([roman(
        "Typed after / in the list, or given with --filter. Accents are ignored, and so is case unless a word has a \
         capital in it. A backslash makes the next character literal.",
    )]);
    let fields = FIELDS.iter().map(|field| (field.example, field.description));
    let kinds = IS_PROPERTIES.iter().map(|kind| (kind.example, kind.description));
    for (example, keeps) in SYNTAX_EXAMPLES.iter().copied().chain(fields).chain(kinds) {
        write_entry(roff, [bold(example)], keeps);
    }
}

fn write_table(roff: &mut Roff, title: &str, rows: &[(&str, &str)]) {
    roff.control("SH", [title]);
    for (name, text) in rows {
        write_entry(roff, [bold(*name)], text);
    }
}

/// Environment variables: what each is for, and what overrides it.
pub(super) const ENVIRONMENT: &[(&str, &str)] = &[
    ("DATELINE_CONFIG", "The config file, which must then exist. --config overrides it."),
    (
        "DATELINE_STATE",
        "The directory in which marks are stored. --state overrides it; --no-state turns marks off.",
    ),
    (
        "DATELINE_LOG",
        "How much is logged: error, warn, info, debug or off; warn if it is not set. See FILES.",
    ),
    (
        "DATELINE_NOW",
        "The time by which embargoes are judged, such as 2026-11-19T18:00:00Z, instead of the clock of the system.",
    ),
    (
        "XDG_CONFIG_HOME, XDG_STATE_HOME, HOME",
        "Where the config file and the marks are by default: see FILES. Relative paths in the first two are ignored.",
    ),
    (
        "NO_COLOR",
        "If set and not empty, the theme is mono unless --theme or the config file names another, and dateline diff \
         prints without colours.",
    ),
    (
        "COLORTERM, TERM, TERM_PROGRAM",
        "How many colours the dark and light themes use, and whether the terminal strikes text through; with TERM=dumb \
         there is no screen.",
    ),
    (
        "DATELINE_NO_LINKS",
        "If set and not empty, links in a text are not made clickable (OSC 8). They are not either with --plain, or if \
         TERM is dumb or linux.",
    ),
    (
        "WAYLAND_DISPLAY, DISPLAY, SSH_TTY, SSH_CONNECTION",
        "Which program receives copied text, besides the terminal (OSC 52): wl-copy, xclip or xsel; none over ssh, \
         unless the config file names one.",
    ),
    (
        "VISUAL, EDITOR",
        "The editor: the first of them that is set, else vi. Split into words as in a shell, without variables and \
         patterns. The config file overrides them.",
    ),
    (
        "PAGER",
        "The pager for output longer than the terminal: less by default, none if it is empty or cat. Split at spaces, \
         not run by a shell. The config file and --no-pager override it.",
    ),
    ("LESS", "Options of less; FRX if it is not set."),
    ("TZ", "The time zone of the screen, unless the config file names one."),
    (
        "TMPDIR",
        "Where a note or a copy of a dispatch is while it is edited, if marks are turned off.",
    ),
];

/// Files that are read and written.
pub(super) const FILES: &[(&str, &str)] = &[
    (
        "$XDG_CONFIG_HOME/dateline/config.toml, ~/.config/dateline/config.toml",
        "The config file: keys, theme, columns, time zone and formats, openers, saved views, alerts, mutes. dateline config \
         default prints one with every setting and its default; dateline config check reports mistakes in yours; \
         dateline config path prints where it is.",
    ),
    (
        "$XDG_STATE_HOME/dateline/marks.db, ~/.local/state/dateline/marks.db",
        "What was read and how far, stars, notes, places, the filter history, and views and mutes saved on the screen: an \
         SQLite database with its -wal and -shm, and the file lock beside it. dateline state export prints it as JSON. \
         A database of another program is never changed.",
    ),
    (
        "unsaved-*.json, beside marks.db",
        "Marks that could not be written before the screen ended, since the database was locked or the disk full. The \
         next dateline that writes marks takes them in; all that only read see them.",
    ),
    (
        "marks.damaged-*.db, marks.recovered-*.db, beside marks.db",
        "A database that SQLite found damaged, set aside when a new one was started. Every start says so until dateline \
         state recover has brought back what is readable in it and given it the second name. Then it can be deleted.",
    ),
    (
        "log-*.txt, beside marks.db",
        "What went wrong, one file for each process that has something to tell: problems that were shown, and panics with \
         their backtraces, never the text of a dispatch. At most 1 MB each; the newest 8 are kept. DATELINE_LOG=debug \
         logs more. There is none with --no-state.",
    ),
    (
        "FILE, .FILE.*.tmp",
        "Written by :w FILE, first to a temporary file beside it. A note or a copy in an editor is a file in the state \
         directory, or in TMPDIR, until the editor exits. Nothing else is written.",
    ),
    (
        "/usr/share/doc/dateline/examples/config.toml",
        "In the Debian package: the output of dateline config default.",
    ),
];

// Completion scripts.

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

    /// The text of the page, without escapes and fonts.
    fn page() -> String {
        let page = man(&[("sort KEY".to_owned(), "sorts the list")]);
        let mut text = page;
        for (code, plain) in [
            ("\\fB", ""),
            ("\\fI", ""),
            ("\\fR", ""),
            ("\\-", "-"),
            ("\\*(Aq", "'"),
            ("\\[aq]", "'"),
            ("\\(aq", "'"),
            ("\\&", ""),
            ("\\\\", "\\"),
        ] {
            text = text.replace(code, plain);
        }
        text
    }

    #[track_caller]
    fn has(page: &str, text: &str) {
        assert!(page.contains(text), "the man page lacks {text:?}:\n{page}");
    }

    #[test]
    fn it_holds_every_command_and_every_flag() {
        let page = page();
        let mut cli = Cli::command();
        cli.build();
        let commands = cli.get_subcommands().filter(|c| c.get_name() != "help");
        for command in std::iter::once(&cli).chain(commands) {
            has(&page, command.get_name());
            for argument in command.get_arguments().filter(|a| !a.is_hide_set()) {
                if let Some(long) = argument.get_long() {
                    has(&page, &format!("--{long}"));
                }
                for value in argument.get_possible_values() {
                    has(&page, value.get_name());
                }
            }
        }
    }

    #[test]
    fn it_holds_every_key_and_every_form_of_a_query() {
        let page = page();
        for (title, rows) in Keymap::default().help() {
            has(&page, title);
            for (keys, help) in rows {
                has(&page, &keys);
                has(&page, help);
            }
        }
        for (example, keeps) in SYNTAX_EXAMPLES {
            has(&page, example);
            has(&page, keeps);
        }
        for field in FIELDS {
            has(&page, field.example);
            has(&page, field.description);
        }
        has(&page, ":sort KEY");
    }

    #[test]
    fn no_text_line_is_taken_for_a_roff_request() {
        const REQUESTS: &[&str] =
            &["TH", "SH", "SS", "TP", "PP", "RS", "RE", "br", "IP", "ie", "el", "nf", "fi"];
        for line in man(&[]).lines().filter(|line| line.starts_with(['.', '\''])) {
            let request = line[1..].split([' ', '\\']).next().unwrap_or("");
            assert!(REQUESTS.contains(&request), "{line}");
        }
    }

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
