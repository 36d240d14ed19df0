//! The man page: the command line, the keys, the query and what else a reader must know, from the tables that they are made of.

use clap::CommandFactory;
use clap_mangen::Man;
use roff::{Inline, Roff, bold, italic, roman};

use crate::action::Keymap;
use crate::cli::args::Cli;
use crate::filter::{FIELDS, IS_PROPERTIES, SYNTAX_EXAMPLES};

const EXIT_STATUS: &[(&str, &str)] = &[
    (
        "0",
        "Something was shown; with --print, something was chosen.",
    ),
    (
        "1",
        "Nothing matched; with --print, nothing was chosen; config check has found mistakes.",
    ),
    (
        "2",
        "Wrong usage, or some input could not be read; what could be was shown.",
    ),
    ("130", "Ended with ^C."),
];

const EXAMPLES: &[(&str, &str)] = &[
    ("dateline wire/", "Read a folder of dispatches."),
    (
        "tail -n 500 wire.jsonl | dateline",
        "Read a pipe; the keys come from the terminal.",
    ),
    (
        "dateline quotes --format jsonl wire/ | jq .",
        "Who said what, for other programs.",
    ),
    (
        "dateline list --filter 'is:urgent newer:2h' wire/",
        "The urgent dispatches of the last two hours.",
    ),
    (
        "vim \"$(dateline --print path wire/)\"",
        "Choose a dispatch and edit its file.",
    ),
];

/// The page in roff. `commands` are those that are typed on the screen after a colon, and what each does.
#[must_use]
pub fn man(commands: &[(String, &str)]) -> String {
    let mut cli = Cli::command();
    cli.build();
    let page = Man::new(cli.clone()).section("1").manual("User Commands");
    let mut out = Vec::new();
    // Writing to memory does not fail.
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
    for (command, rest) in [
        ("", " [OPTIONS] [PATHS]..."),
        (" COMMAND", " [OPTIONS] [PATHS]..."),
    ] {
        roff.text([bold("dateline"), italic(command), roman(rest)]);
        roff.control("br", []);
    }
}

/// A command under the main one: what it does, and its options.
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
    let also = format!("Takes {shared} as above.");
    roff.control("PP", []);
    roff.text([roman(also)]);
    let mut out = Vec::new();
    let _ = Man::new(own).render_options_section(&mut out);
    let options = String::from_utf8_lossy(&out);
    let lines = options.split_inclusive('\n');
    let without_heading = lines.filter(|line| !line.starts_with(".SH "));
    roff.to_roff() + &without_heading.collect::<String>()
}

/// The names of the arguments that a command shares with the main one, and the command without them.
fn split_shared_arguments(cli: &clap::Command, command: &clap::Command) -> (String, clap::Command) {
    let help = |argument: &clap::Arg| argument.get_help().map(ToString::to_string);
    let is_shared = |argument: &clap::Arg| {
        let above = cli
            .get_arguments()
            .find(|a| a.get_id() == argument.get_id());
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

fn write_entry(roff: &mut Roff, name: impl Into<Vec<Inline>>, text: &str) {
    roff.control("TP", []);
    roff.text(name);
    roff.text([roman(text)]);
}

fn write_keys(roff: &mut Roff, commands: &[(String, &str)]) {
    roff.control("SH", ["KEYS"]);
    roff.text([roman(
        "As they are without a config file, which may change them; the key ? shows those that hold. A number before a \
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
        "What is typed after / in the list, and given with --filter. Accents do not count, nor does case, \
         unless a word has a capital in it. A backslash takes the meaning of what follows it.",
    )]);
    let fields = FIELDS
        .iter()
        .map(|field| (field.example, field.description));
    let kinds = IS_PROPERTIES
        .iter()
        .map(|kind| (kind.example, kind.description));
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

// What the man page says of environment variables and files.

/// What the environment says, and where what it does not say is found.
pub(super) const ENVIRONMENT: &[(&str, &str)] = &[
    (
        "DATELINE_CONFIG",
        "The config file, which must then be there. --config goes before it.",
    ),
    (
        "DATELINE_STATE",
        "The directory in which marks are kept. --state goes before it, and with --no-state there is none.",
    ),
    (
        "XDG_CONFIG_HOME, XDG_STATE_HOME, HOME",
        "Where the config file and the marks are without these: see FILES. Of the first two, relative paths do not count.",
    ),
    (
        "NO_COLOR",
        "Where it is set and not empty, the theme is mono, unless --theme or the config file names another; dateline diff \
         prints without colours.",
    ),
    (
        "COLORTERM, TERM",
        "How many colours the themes dark and light may use; with TERM=dumb there is no screen.",
    ),
    (
        "DATELINE_NO_LINKS",
        "Where it is set and not empty, links in a text are not told to the terminal (OSC 8). Neither are they with --plain, \
         and where TERM is dumb or linux.",
    ),
    (
        "WAYLAND_DISPLAY, DISPLAY, SSH_TTY, SSH_CONNECTION",
        "Which program gets what is copied, beside the terminal (OSC 52): wl-copy, or xclip or xsel; none over ssh, unless \
         the config file names one.",
    ),
    (
        "VISUAL, EDITOR",
        "The editor, the first of them that is set; vi where neither is. Words as in a shell, without variables and patterns. \
         The config file goes before them.",
    ),
    (
        "PAGER",
        "What headless output that is longer than the terminal goes through; less where it is not set, nothing where it \
         is empty or cat. Words parted by spaces; no shell reads it. The config file and --no-pager go before it.",
    ),
    ("LESS", "Options of less; FRX where it is not set."),
    (
        "TZ",
        "The zone in which times are shown, unless the config file names one.",
    ),
    (
        "TMPDIR",
        "Where a note or a copy of a dispatch lies while an editor has it, if no marks are kept.",
    ),
];

pub(super) const FILES: &[(&str, &str)] = &[
    (
        "$XDG_CONFIG_HOME/dateline/config.toml, ~/.config/dateline/config.toml",
        "The config file: keys, theme, columns, zone and forms of times, openers, saved views, alerts, mutes. dateline config \
         default prints one with every setting and what holds without it; dateline config check says what is wrong with \
         yours; dateline config path says where it is.",
    ),
    (
        "$XDG_STATE_HOME/dateline/marks.db, ~/.local/state/dateline/marks.db",
        "What was read and how far, stars, notes, places, filters that were typed, and views and mutes that were saved on \
         the screen: an SQLite database with its -wal and -shm, and beside it the file lock. A damaged one is set \
         aside under another name. dateline state export prints it as JSON.",
    ),
    (
        "FILE, .FILE.*.tmp",
        "What :w FILE saves: it is written beside its place first. A note or a copy that an editor has lies in a file of the \
         state directory, or of TMPDIR, until the editor ends. Nothing else is written.",
    ),
    (
        "/usr/share/doc/dateline/examples/config.toml",
        "Where the Debian package puts what dateline config default prints.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The page as it reads: without escapes and fonts.
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
    fn no_line_is_taken_for_a_request_that_is_none() {
        const REQUESTS: &[&str] = &[
            "TH", "SH", "SS", "TP", "PP", "RS", "RE", "br", "IP", "ie", "el", "nf", "fi",
        ];
        for line in man(&[])
            .lines()
            .filter(|line| line.starts_with(['.', '\'']))
        {
            let request = line[1..].split([' ', '\\']).next().unwrap_or("");
            assert!(REQUESTS.contains(&request), "{line}");
        }
    }
}
