//! argv → command → exit code.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use dateline::app::Setup;
use dateline::cli::{self, Cli, Command, FollowFormat, Input, Keep, QuotesFormat, StateCommand};
use dateline::command::{self, Outcome, Request, Streams, Told};
use dateline::config;
use dateline::dispatch::Severity;
use dateline::filter::{Order, Query};
use dateline::format::Forced;
use dateline::load::{Limits, Source, Sources};
use dateline::store::Place;
use dateline::term::{self, Surroundings};
use dateline::text::safe;
use dateline::ui::Theme;
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
    let done = match cli.command {
        None if io::stdout().is_terminal() && cli.output.format.is_none() => {
            let follow = following(cli.follow, cli.keep);
            return screen(cli.input, follow, place.as_ref());
        }
        None if cli.follow => return follow(cli.input, true, FollowFormat::default(), cli.keep),
        Some(Command::Follow {
            input,
            format,
            all,
            keep,
        }) => return follow(input, all, format, keep),
        None => headless(cli.input, |request, out| {
            command::list(request, cli.output.form(), out)
        }),
        Some(Command::List {
            input,
            output,
            sorting,
        }) => headless(input, |request, out| {
            command::list(request.sorted(&sorting), output.form(), out)
        }),
        Some(Command::Show { input, output }) => headless(input, |request, out| {
            command::show(request, output.form(), out)
        }),
        Some(Command::Export { input, to }) => {
            headless(input, |request, out| command::export(request, to, out))
        }
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
            headless(input, |request, out| {
                command::quotes(request, format, &wanted, out)
            })
        }
        Some(Command::Speakers { input, format }) => headless(input, |request, out| {
            command::speakers(request, format, out)
        }),
        Some(Command::Diff(wanted)) => {
            let colour = io::stdout().is_terminal() && !no_colour();
            headless(wanted.input.clone(), |request, out| {
                command::diff(request, &wanted, colour, out)
            })
        }
        Some(Command::Mark(mark)) => headless(mark.selection().input.clone(), |request, out| {
            command::mark(request, &mark, out)
        }),
        Some(Command::State(state)) => headless(
            Input {
                state: state.place().clone(),
                ..Input::default()
            },
            |request, mut out| match &state {
                StateCommand::Path { .. } => command::state_path(&request.state, &mut out),
                StateCommand::Export { .. } => command::state_export(&request.state, &mut out),
                StateCommand::Import { file, .. } => {
                    command::state_import(&request.state, file.as_deref(), &mut out)
                }
            },
        ),
        Some(Command::Check {
            source,
            output,
            verbose,
        }) => {
            let input = Input {
                source,
                ..Input::default()
            };
            headless(input, |request, out| {
                command::check(request, output.form(), verbose, out)
            })
        }
        Some(Command::Config { asked }) => headless(Input::default(), |_, streams| {
            command::config(asked, place.as_ref(), streams)
        }),
    };
    match command::finish(done) {
        Ok(outcome) => ExitCode::from(outcome.code()),
        Err(error) => fail(&format!("cannot write: {error}")),
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

fn headless(
    input: Input,
    run: impl FnOnce(Request, Streams<'_>) -> io::Result<Outcome>,
) -> io::Result<Outcome> {
    let request = request(input);
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let streams = Streams {
        out: &mut out,
        err: &mut io::stderr().lock(),
        live: io::stderr().is_terminal() && !io::stdout().is_terminal(),
    };
    run(request, streams)
}

/// What a command without a screen works on.
fn request(input: Input) -> Request {
    let (sources, _) = sources(&input.source);
    Request {
        sources,
        filter: input.filter.unwrap_or_default(),
        state: state_place(&input.state),
        source: source_key(&input.source.paths),
        order: Order::default(),
    }
}

fn following(on: bool, keep: Keep) -> Following {
    let limits = Limits {
        bytes: keep.keep_size,
        age: keep.keep_age,
    };
    Following { on, limits }
}

fn follow(input: Input, all: bool, format: FollowFormat, keep: Keep) -> ExitCode {
    let request = request(input);
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

fn screen(input: Input, follow: Following, place: Option<&config::Found>) -> ExitCode {
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
        views: config.views,
        mutes: config.mutes,
        problems,
    };
    let theme = if no_colour() {
        Theme::mono()
    } else {
        Theme::terminal()
    };
    let around = Surroundings::new(
        state_place(&input.state),
        source_key(&input.source.paths),
        |name| std::env::var_os(name),
        std::env::temp_dir(),
    );
    match term::run(sources, follow, setup, around, &theme) {
        Ok(code) => std::process::exit(code.into()),
        Err(error) => fail(&format!("the terminal cannot be used: {error}")),
    }
}

/// True where the reader wants none.
fn no_colour() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Where marks are kept.
fn state_place(state: &cli::StateDir) -> Place {
    Place::find(state.state.as_deref(), state.no_state, |name| {
        std::env::var_os(name)
    })
}

/// Hash of what is read, whatever the working directory: what was there at the last visit is kept by it.
fn source_key(paths: &[PathBuf]) -> u64 {
    let mut names: Vec<PathBuf> = paths
        .iter()
        .map(|path| path.canonicalize().unwrap_or_else(|_| path.clone()))
        .collect();
    names.sort();
    let bytes = names.iter().flat_map(|name| {
        let name = name.as_os_str().as_encoded_bytes();
        name.iter().chain(&[0]).copied()
    });
    dateline::text::hash(&bytes.collect::<Vec<u8>>())
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
