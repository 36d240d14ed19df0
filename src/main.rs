//! argv → command → exit code.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use dateline::app::{self, Choice, Choose, Manner, Setup};
use dateline::cli::{self, Cli, Command, Input, Print, QuotesFormat, ThemeName};
use dateline::command::{self, Outcome, PagerCommand, Request, Streams};
use dateline::config;
use dateline::desk::Desk;
use dateline::dispatch::Severity;
use dateline::filter::{Order, Query};
use dateline::format::Forced;
use dateline::load::{Source, Sources};
use dateline::term;
use dateline::text::safe;
use dateline::ui::{Depth, Theme};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    if let Some(message) = wrong_filter(&cli).or_else(|| wrong_format(&cli)) {
        return fail(&message);
    }
    let place = config::place(cli.config, |name| std::env::var_os(name));
    let paged = !cli.no_pager;
    let done = match cli.command {
        None if cli.output.format.is_none()
            && (io::stdout().is_terminal() || cli.screen.print.is_some()) =>
        {
            return screen(cli.input, &cli.screen, place.as_ref());
        }
        None => headless(paged, cli.input, |request, out| {
            command::list(request, cli.output.form(), out)
        }),
        Some(Command::List {
            input,
            output,
            sorting,
        }) => headless(paged, input, |request, out| {
            command::list(request.sorted(&sorting), output.form(), out)
        }),
        Some(Command::Show { input, output }) => headless(paged, input, |request, out| {
            command::show(request, output.form(), out)
        }),
        Some(Command::Export { input, to }) => headless(paged, input, |request, out| {
            command::export(request, to, out)
        }),
        Some(Command::Quotes {
            input,
            format,
            wanted,
        }) => {
            if wanted.fold && format == QuotesFormat::Jsonl {
                return fail(
                    "--fold prints one row a quote: give it --format text, tsv, csv or md",
                );
            }
            headless(paged, input, |request, out| {
                command::quotes(request, format, &wanted, out)
            })
        }
        Some(Command::Speakers { input, format }) => headless(paged, input, |request, out| {
            command::speakers(request, format, out)
        }),
        Some(Command::Check {
            source,
            output,
            verbose,
        }) => {
            let input = Input {
                source,
                filter: None,
            };
            headless(paged, input, |request, out| {
                command::check(request, output.form(), verbose, out)
            })
        }
        Some(Command::Config { asked }) => headless(paged, Input::default(), |_, streams| {
            command::config(asked, place.as_ref(), streams)
        }),
        Some(Command::Man) => print(&cli::man(&commands())),
        Some(Command::Completions { shell }) => print(&cli::completions(shell)),
    };
    ExitCode::from(finish(done))
}

/// The exit code.
fn finish(done: io::Result<Outcome>) -> u8 {
    match command::finish(done) {
        Ok(outcome) => outcome.code(),
        Err(error) => {
            let _ = fail(&format!("cannot write: {error}"));
            2
        }
    }
}

/// Prints the help, the version, or what is wrong with the command line, in which anything may stand.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let _ = write!(io::stderr(), "{}", safe(&error.render().to_string()));
    ExitCode::from(2)
}

/// Prints a text of the program's own.
fn print(text: &str) -> io::Result<Outcome> {
    io::stdout().write_all(text.as_bytes())?;
    Ok(Outcome::Shown)
}

/// The commands that are typed on the screen, and what each does.
fn commands() -> Vec<(String, &'static str)> {
    let typed = |command: &app::Command| format!("{} {}", command.name, command.takes);
    let commands = app::COMMANDS.iter();
    commands
        .map(|command| (typed(command).trim_end().to_owned(), command.help))
        .collect()
}

fn headless(
    paged: bool,
    input: Input,
    run: impl FnOnce(Request, Streams<'_>) -> io::Result<Outcome>,
) -> io::Result<Outcome> {
    let (sources, _) = sources(&input.source);
    let request = Request {
        sources,
        filter: input.filter.unwrap_or_default(),
        order: Order::default(),
    };
    let pager = std::env::var("PAGER").ok();
    let has_options = std::env::var_os("LESS").is_some();
    let pager = PagerCommand::of(pager.as_deref(), has_options).filter(|_| paged);
    command::with_streams(pager, |streams| run(request, streams))
}

fn screen(input: Input, screen: &cli::Screen, place: Option<&config::Found>) -> ExitCode {
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
    match term::run(sources, setup, &theme(screen.theme)) {
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
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let name = match name {
        Some(name) => name.name(),
        None if plain => "mono",
        None => "terminal",
    };
    Theme::named(name, depth).unwrap_or_else(Theme::terminal)
}

/// What is wrong with `--filter`, and where.
fn wrong_filter(cli: &Cli) -> Option<String> {
    let filter = cli.filter()?;
    let error = Query::check(filter).err()?;
    let mark = format!("{}^", " ".repeat(error.column));
    Some(format!("--filter, {error}\n  {}\n  {mark}", safe(filter)))
}

/// What is wrong with `--input-format`, and which names there are.
fn wrong_format(cli: &Cli) -> Option<String> {
    let name = cli.input_format()?;
    let known = Forced::names().join(", ");
    Forced::named(name).is_none().then(|| {
        format!(
            "--input-format: no format is called `{}`; there are {known}",
            safe(name)
        )
    })
}

/// Where not one of the paths exists: what to say instead of an empty screen.
fn nothing_there(paths: &[PathBuf]) -> Option<String> {
    let missing = |path: &PathBuf| path.as_os_str() != "-" && !path.exists();
    let first = paths.first().filter(|_| paths.iter().all(missing))?;
    let name = dateline::desk::path_text(first);
    Some(format!("{name}: no such file or folder"))
}

/// What the paths mean, and a name for it: without any, a pipe on standard input, else the built-in wire.
fn sources(source: &cli::Source) -> (Sources, String) {
    let (all, name) = named(&source.paths);
    let format = source.input_format.as_deref().and_then(Forced::named);
    (Sources { all, format }, name)
}

fn named(paths: &[PathBuf]) -> (Vec<Source>, String) {
    if paths.is_empty() && io::stdin().is_terminal() {
        return (vec![Source::BuiltIn], "built-in wire".to_owned());
    }
    if paths.is_empty() {
        return (
            vec![Source::Stream("-".into())],
            "standard input".to_owned(),
        );
    }
    let name = match paths {
        [one] if one.is_dir() => format!("{}/", last(one)),
        [one] => last(one),
        several => format!("{} and {} more", last(&several[0]), several.len() - 1),
    };
    let source = |path: &PathBuf| {
        if path.as_os_str() == "-" {
            Source::Stream(path.clone())
        } else {
            Source::Path(path.clone())
        }
    };
    (paths.iter().map(source).collect(), name)
}

fn last(path: &Path) -> String {
    let last = path.file_name().map_or(path, Path::new);
    dateline::desk::path_text(last)
}

fn fail(message: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "dateline: {message}");
    ExitCode::from(2)
}
