//! The binary: parses the command line, runs a command or the screen, and sets the exit code.

use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use dateline::app::{self, Choice, ChoiceKind, Setup, StartupOptions, Welcome};
use dateline::cli::{self, Cli, Command, FollowFormat, InputArgs, PrintChoice, RetentionArgs};
use dateline::command::{self, FollowEvent, Outcome, Request, Streams};
use dateline::config;
use dateline::dispatch::Stamp;
use dateline::filter::SortOrder;
use dateline::index::DispatchIndex;
use dateline::ingest;
use dateline::log;
use dateline::store::StateDirectory;
use dateline::term::{self, Environment};
use dateline::text::sanitize;
use dateline::ui::Theme;
use dateline::work::FollowOptions;

/// Path of the config file; `None` if there is no home folder to look in.
type ConfigPath<'a> = Option<&'a config::ConfigPath>;

fn main() -> ExitCode {
    // The hook has told more. The user gets a sentence and an exit code, as after any other failure.
    std::panic::catch_unwind(run)
        .unwrap_or_else(|_| fail("a fault in dateline itself ended the program: please report it"))
}

fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return print_usage(&error),
    };
    if let Some(message) = command::invalid_arguments(&cli).or_else(set_clock) {
        return fail(&message);
    }
    if let Some(code) = run_supervised() {
        return ExitCode::from(code);
    }
    let config_path = config::find_config_path(cli.config, env_var);
    let config_path = config_path.as_ref();
    // `config` tells about the file itself.
    let tells = matches!(
        cli.command,
        Some(Command::Config { .. } | Command::Man | Command::Completions { .. })
    );
    if let Some(message) = command::unreadable_config(config_path).filter(|_| !tells) {
        return fail(&message);
    }
    let paged = (!cli.no_pager).then_some(config_path);
    // With --print the screen is on the terminal while standard output may be a pipe.
    let has_screen = io::stdout().is_terminal() || cli.screen.print.is_some();
    let result = match cli.command {
        Some(command) => return run_named_command(command, paged, config_path),
        None if cli.output.format.is_none() && has_screen => {
            let follow = (cli.follow, cli.keep);
            return run_screen(cli.input, &cli.screen, follow, config_path);
        }
        None if cli.follow => {
            let format = FollowFormat::default();
            return run_follow(cli.input, true, format, cli.keep, config_path);
        }
        None => run_headless((paged, config_path), cli.input, |request, out| {
            command::list(request, cli.output.format_or_default(), out)
        }),
    };
    ExitCode::from(exit_code_of(result))
}

/// The name by which the program calls itself where its memory is limited.
const SUPERVISED: &str = "dateline-supervised";

/// Where memory is limited, runs the program as a child and returns its exit code: memory that runs out then leaves
/// neither the terminal in the modes of the screen nor the user without a sentence. `None` if this process is to do
/// everything itself.
fn run_supervised() -> Option<u8> {
    let limit = term::memory_limit()?;
    let mut arguments = std::env::args_os();
    if arguments.next()? == SUPERVISED {
        return None;
    }
    term::supervise(&std::env::current_exe().ok()?, SUPERVISED, arguments, limit).ok()
}

/// Runs a subcommand. `paged`: the config path to look up the pager with, or `None` for no pager.
fn run_named_command(
    command: Command,
    paged: Option<ConfigPath<'_>>,
    config_path: ConfigPath<'_>,
) -> ExitCode {
    let result = match command {
        Command::Follow { input, format, all, keep } => {
            return run_follow(input, all, format, keep, config_path);
        }
        Command::List { input, output, sorting } => {
            run_headless((paged, config_path), input, |request, out| {
                command::list(request.sorted(&sorting), output.format_or_default(), out)
            })
        }
        Command::Show { input, output } => {
            run_headless((paged, config_path), input, |request, out| {
                command::show(request, output.format_or_default(), out)
            })
        }
        Command::Export { input, to } => {
            run_headless((paged, config_path), input, |request, out| {
                command::export(request, to, out)
            })
        }
        Command::Quotes { input, format, wanted } => {
            run_headless((paged, config_path), input, |request, out| {
                command::quotes(request, format, &wanted, out)
            })
        }
        Command::Speakers { input, format, wanted } => {
            run_headless((paged, config_path), input, |request, out| {
                command::speakers(request, format, &wanted, out)
            })
        }
        Command::Diff(wanted) => {
            let colour = io::stdout().is_terminal()
                && env_var("NO_COLOR").is_none_or(|value| value.is_empty());
            run_headless((paged, config_path), wanted.input.clone(), |request, out| {
                command::diff(request, &wanted, colour, out)
            })
        }
        Command::Health(wanted) => {
            run_headless((paged, config_path), wanted.input, |request, out| {
                command::health(request, wanted.format, out)
            })
        }
        Command::Mark(mark) => {
            run_headless((paged, config_path), mark.selection().input.clone(), |request, out| {
                command::mark(request, &mark, out)
            })
        }
        Command::State(state) => {
            let input = InputArgs { state: state.state_args().clone(), ..InputArgs::default() };
            run_headless((paged, config_path), input, |request, out| {
                command::state(&request.state, &state, out)
            })
        }
        Command::Check { source, output, verbose } => {
            let input = InputArgs { source, ..InputArgs::default() };
            run_headless((paged, config_path), input, |request, out| {
                command::check(request, output.format_or_default(), verbose, out)
            })
        }
        Command::Config { asked } => {
            run_headless((paged, config_path), InputArgs::default(), |_, streams| {
                command::config(asked, config_path, streams)
            })
        }
        Command::Man => print_text(&cli::man(&app::typed_commands())),
        Command::Completions { shell } => print_text(&cli::completions(shell)),
    };
    ExitCode::from(exit_code_of(result))
}

/// The exit code of a command; an error of standard output is reported.
fn exit_code_of(result: io::Result<Outcome>) -> u8 {
    match command::finish(result) {
        Ok(outcome) => outcome.code(),
        Err(error) => {
            let _ = fail_to_write(&error);
            2
        }
    }
}

/// Prints the help, the version, or a usage error. The error quotes arguments, which may contain control characters.
fn print_usage(error: &clap::Error) -> ExitCode {
    let help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if error.use_stderr() && !help {
        return fail(&sanitize(&cli::usage_error_message(error)));
    }
    let code = if help { 2 } else { 0 };
    match error.print().and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => fail_to_write(&error),
        _ => ExitCode::from(code),
    }
}

/// Prints a generated text as it is.
fn print_text(text: &str) -> io::Result<Outcome> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(Outcome::Shown)
}

/// Runs a command without a screen, through the pager if there is one.
fn run_headless(
    (paged, config_path): (Option<ConfigPath<'_>>, ConfigPath<'_>),
    input: InputArgs,
    run: impl FnOnce(Request, Streams<'_>) -> io::Result<Outcome>,
) -> io::Result<Outcome> {
    let request = build_request(input, config_path);
    let pager = std::env::var("PAGER").ok();
    let has_options = env_var("LESS").is_some();
    let pager = paged.and_then(|path| command::pager_command(path, pager.as_deref(), has_options));
    command::run_with_pager(pager, |streams| run(request, streams))
}

/// The inputs, filter and settings for a command without a screen.
fn build_request(input: InputArgs, config_path: ConfigPath<'_>) -> Request {
    let (sources, _) = sources_of(&input.source, config_path);
    Request {
        sources,
        filter: input.filter.unwrap_or_default(),
        state: find_state(&input.state),
        source_key: command::source_key(&input.source.paths),
        order: SortOrder::default(),
        hide_embargoed: input.hide_embargoed,
    }
}

/// Finds the state directory, and starts the log in it.
fn find_state(wanted: &cli::StateArgs) -> StateDirectory {
    let state = StateDirectory::find(wanted.state.as_deref(), wanted.no_state, env_var);
    if let Some(folder) = state.path() {
        log::install(folder, std::env::var("DATELINE_LOG").ok().as_deref());
    }
    state
}

/// Prints dispatches as they arrive, until a signal or until nobody reads standard output. `all`: existing ones first.
fn run_follow(
    input: InputArgs,
    all: bool,
    format: FollowFormat,
    keep: RetentionArgs,
    config_path: ConfigPath<'_>,
) -> ExitCode {
    let (config, problems) = match command::load_settings(config_path) {
        Ok(settings) => settings,
        Err(message) => return fail(&message),
    };
    for problem in problems {
        let _ = fail(&problem.to_string());
    }
    let request = build_request(input, config_path);
    let options =
        command::FollowOptions { all, format, limits: command::retention_limits(keep, &config) };
    let events = command::event_channel();
    let closed = command::watch_output(events.0.clone());
    let stop = events.0.clone();
    let on_signal = move |code| drop(stop.send(FollowEvent::Stop(code)));
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let streams =
        Streams { out: &mut out, err: &mut io::stderr(), show_progress: false, columns: None };
    if let Err(error) = closed.and_then(|()| term::on_end_signal(on_signal)) {
        return fail(&format!("the wire cannot be followed: {error}"));
    }
    match command::follow(request, options, events, streams) {
        Ok(code) => ExitCode::from(code),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => fail_to_write(&error),
    }
}

/// Runs the screen. `follow`: whether the wire is followed from the start, and the limits of what is kept in memory.
fn run_screen(
    input: InputArgs,
    screen: &cli::ScreenArgs,
    (follow, keep): (bool, RetentionArgs),
    config_path: ConfigPath<'_>,
) -> ExitCode {
    let dumb = env_var("TERM").is_some_and(|term| term == "dumb");
    let terminal = io::stdin().is_terminal();
    if let Some(message) = command::screen_unavailable_reason(&input.source.paths, dumb, terminal) {
        return fail(&message);
    }
    let (config, problems) = match command::load_settings(config_path) {
        Ok(settings) => settings,
        Err(message) => return fail(&message),
    };
    let follow =
        FollowOptions { enabled: follow, limits: command::retention_limits(keep, &config) };
    let file = config.screen;
    let (sources, name) = sources_of(&input.source, config_path);
    let state = find_state(&input.state);
    // The welcome is for somebody who just types `dateline`, and needs a state directory to remember that it was shown.
    let welcome = terminal && input.source.paths.is_empty() && screen.print.is_none();
    let theme = screen.theme.map(cli::ThemeName::name).or(file.theme.as_deref());
    let setup = Setup {
        name,
        size: (80, 24),
        zone: file.zone.unwrap_or_else(|| term::system_zone(env_var)),
        filter: input.filter.unwrap_or_default(),
        order: file.order,
        keys: config.keys,
        look: file.look,
        theme: theme.map(str::to_owned),
        options: StartupOptions {
            plain: screen.is_plain(file.plain),
            mouse: screen.has_mouse(file.mouse),
            welcome: Welcome::at_start(welcome && matches!(state, StateDirectory::Folder(_))),
            hide_embargoed: input.hide_embargoed || file.hide_embargoed,
            choose: screen.print.map(|what| match what {
                PrintChoice::Quote => ChoiceKind::Quote,
                _ => ChoiceKind::Dispatch,
            }),
            texts: file.texts,
        },
        views: config.views,
        mutes: config.mutes,
        problems,
    };
    let key = command::source_key(&input.source.paths);
    let environment = Environment::new(state, key, config.openers, env_var, std::env::temp_dir());
    let theme = Theme::from_environment(theme, |name| std::env::var(name).unwrap_or_default());
    match term::run(sources, follow, setup, environment, theme) {
        Ok(end) => {
            for message in &end.pending_messages {
                let _ = fail(&sanitize(message));
            }
            let code = match (end.choice, screen.print) {
                (Some(choice), Some(what)) => {
                    exit_code_of(print_choice(choice, &end.index, what)).max(end.code)
                }
                _ => end.code,
            };
            // Exits at once: returning would wait for threads that may still be loading.
            std::process::exit(code.into())
        }
        Err(error) => fail(&format!("the screen cannot be shown: {error}")),
    }
}

/// Prints the dispatches or the quote chosen on the screen.
fn print_choice(choice: Choice, index: &DispatchIndex, what: PrintChoice) -> io::Result<Outcome> {
    let (out, err) = (&mut io::stdout().lock(), &mut io::stderr().lock());
    let outcome = match choice {
        Choice::Entries(ids) => {
            let raw = !io::stdout().is_terminal();
            command::print_chosen(index, &ids, what, raw, out, err)?
        }
        Choice::Quote(text) => {
            out.write_all(sanitize(&text).as_bytes())?;
            Outcome::Shown
        }
    };
    out.flush()?;
    Ok(outcome)
}

/// The inputs to read, and the name of the wire for the top line.
fn sources_of(
    source: &cli::SourceArgs,
    config_path: ConfigPath<'_>,
) -> (dateline::ingest::LoadRequest, String) {
    let (mut sources, name) = command::resolve_inputs(source, io::stdin().is_terminal());
    let columns = &mut sources.reading.columns;
    *columns = columns.or(&command::configured_columns(config_path));
    (sources, name)
}

/// Sets the clock to `$DATELINE_NOW`, if there is one. Returns a message if that is not a time.
fn set_clock() -> Option<String> {
    let set = env_var("DATELINE_NOW")?;
    let set = set.to_string_lossy();
    let Some(time) = Stamp::parse(&set) else {
        let set = sanitize(&set);
        return Some(format!(
            "DATELINE_NOW is no time: `{set}`; write it as in 2026-11-19T18:00:00Z"
        ));
    };
    ingest::fix_clock(time);
    None
}

/// Reads an environment variable.
fn env_var(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Reports that standard output cannot be written to; returns exit code 2.
fn fail_to_write(error: &io::Error) -> ExitCode {
    fail(&format!("cannot write: {error}"))
}

/// Prints a message to standard error; returns exit code 2.
fn fail(message: &str) -> ExitCode {
    log::shown(message);
    let _ = writeln!(io::stderr(), "dateline: {message}");
    ExitCode::from(2)
}
