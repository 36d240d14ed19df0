//! The screen from the command line: what it is given, its theme, and what was chosen on it.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use dateline::app::{Choice, Choose, Manner, Setup};
use dateline::cli::{self, Input, Print, ThemeName};
use dateline::command::{self, Outcome};
use dateline::config;
use dateline::desk::Desk;
use dateline::dispatch::Severity;
use dateline::term;
use dateline::text::safe;
use dateline::ui::{Depth, Theme};
use dateline::work::Following;

use crate::{fail, finish, sources};

/// Shows the screen until it is quit.
pub(crate) fn screen(
    input: Input,
    screen: &cli::Screen,
    follow: Following,
    place: Option<&config::Found>,
) -> ExitCode {
    if std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        return fail(
            "this terminal (TERM=dumb) cannot show a screen; `dateline list` prints instead",
        );
    }
    if input
        .source
        .paths
        .iter()
        .any(|path| path.as_os_str() == "-")
        && io::stdin().is_terminal()
    {
        return fail("- reads standard input, which is this terminal: give it a pipe or a file");
    }
    if let Some(message) = nothing_there(&input.source.paths) {
        return fail(&message);
    }
    let (config, problems) = command::read_config(place);
    if let Some(problem) = problems
        .iter()
        .find(|p| p.problem.severity == Severity::Unreadable)
    {
        return fail(&problem.to_string());
    }
    let (sources, name) = sources(&input.source);
    let setup = Setup {
        name,
        size: (80, 24),
        zone: jiff::tz::TimeZone::system(),
        filter: input.filter.unwrap_or_default(),
        manner: Manner {
            plain: screen.plain,
            mouse: screen.mouse,
            choose: screen.print.map(|what| match what {
                Print::Quote => Choose::Quote,
                _ => Choose::Dispatch,
            }),
        },
        views: config.views,
        mutes: config.mutes,
        problems,
    };
    match term::run(sources, follow, setup, &theme(screen.theme)) {
        Ok(end) => {
            let code = match (end.choice, screen.print) {
                (Some(choice), Some(what)) => finish(printed(choice, &end.desk, what)),
                _ => end.code,
            };
            // Not back to the caller: what is still being read is of no use to anybody.
            std::process::exit(code.into())
        }
        Err(error) => fail(&format!("the terminal cannot be used: {error}")),
    }
}

/// Prints what was chosen.
fn printed(choice: Choice, desk: &Desk, what: Print) -> io::Result<Outcome> {
    let (out, err) = (&mut io::stdout().lock(), &mut io::stderr().lock());
    match choice {
        Choice::Entries(ids) => {
            let raw = !io::stdout().is_terminal();
            command::pick(desk, &ids, what, raw, out, err)
        }
        Choice::Quote(text) => {
            out.write_all(safe(&text).as_bytes())?;
            Ok(Outcome::Shown)
        }
    }
}

/// The theme that was asked for; where none was, that of the terminal, or none where colours are not wanted.
fn theme(name: Option<ThemeName>) -> Theme {
    let value = |name| std::env::var(name).unwrap_or_default();
    let depth = Depth::of(&value("COLORTERM"), &value("TERM"));
    let name = match name {
        Some(name) => name.name(),
        None if no_colour() => "mono",
        None => "terminal",
    };
    Theme::named(name, depth).unwrap_or_else(Theme::terminal)
}

/// True where the reader wants none.
pub(crate) fn no_colour() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Where not one of the paths exists: what to say instead of an empty screen.
fn nothing_there(paths: &[PathBuf]) -> Option<String> {
    let missing = |path: &PathBuf| path.as_os_str() != "-" && !path.exists();
    let first = paths.first().filter(|_| paths.iter().all(missing))?;
    let name = dateline::desk::path_text(first);
    Some(format!("{name}: no such file or folder"))
}
