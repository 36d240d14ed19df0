//! argv → command → exit code.

#[path = "main/screen.rs"]
mod screen;

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use dateline::app;
use dateline::cli::{self, Cli, Command, FollowFormat, Input, Keep, QuotesFormat};
use dateline::command::{self, Outcome, PagerCommand, Request, Streams, Told};
use dateline::config;
use dateline::filter::{Order, Query};
use dateline::format::Forced;
use dateline::load::{Limits, Source, Sources};
use dateline::term;
use dateline::text::safe;
use dateline::work::Following;

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
            let follow = following(cli.follow, cli.keep);
            return screen::screen(cli.input, &cli.screen, follow, place.as_ref());
        }
        None if cli.follow => return follow(cli.input, true, FollowFormat::default(), cli.keep),
        Some(Command::Follow {
            input,
            format,
            all,
            keep,
        }) => return follow(input, all, format, keep),
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
        Some(Command::Diff(wanted)) => {
            let colour = io::stdout().is_terminal() && !screen::no_colour();
            headless(paged, wanted.input.clone(), |request, out| {
                command::diff(request, &wanted, colour, out)
            })
        }
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
pub(crate) fn finish(done: io::Result<Outcome>) -> u8 {
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

fn following(on: bool, keep: Keep) -> Following {
    let limits = Limits {
        bytes: keep.keep_size,
        age: keep.keep_age,
    };
    Following { on, limits }
}

fn follow(input: Input, all: bool, format: FollowFormat, keep: Keep) -> ExitCode {
    let (sources, _) = sources(&input.source);
    let request = Request {
        sources,
        filter: input.filter.unwrap_or_default(),
        order: Order::default(),
    };
    let how = command::Following {
        all,
        format,
        limits: following(true, keep).limits,
    };
    let events = command::events();
    let stop = events.0.clone();
    let told = move |code| drop(stop.send(Told::Stop(code)));
    command::watch_output(events.0.clone());
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let streams = Streams {
        out: &mut out,
        err: &mut io::stderr(),
        live: false,
    };
    match term::on_end(told).and_then(|()| command::follow(request, how, events, streams)) {
        Ok(code) => ExitCode::from(code),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => fail(&format!("cannot write: {error}")),
    }
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

/// What the paths mean, and a name for it: without any, a pipe on standard input, else the built-in wire.
pub(crate) fn sources(source: &cli::Source) -> (Sources, String) {
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

pub(crate) fn fail(message: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "dateline: {message}");
    ExitCode::from(2)
}
