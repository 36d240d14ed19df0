//! argv → command → exit code.

use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use dateline::app::{self, Choice, ChoiceKind, Setup, StartupOptions, Welcome};
use dateline::cli::{self, Cli, Command, FollowFormat, InputArgs, PrintChoice, RetentionArgs};
use dateline::command::{self, FollowEvent, Outcome, Request, Streams};
use dateline::config;
use dateline::filter::SortOrder;
use dateline::index::DispatchIndex;
use dateline::store::StateDirectory;
use dateline::term::{self, Environment};
use dateline::text::sanitize;
use dateline::ui::Theme;
use dateline::work::FollowOptions;

/// Where the config file is.
type ConfigPath<'a> = Option<&'a config::ConfigPath>;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return print_usage(&error),
    };
    if let Some(message) = command::invalid_arguments(&cli) {
        return fail(&message);
    }
    let place = config::find_config_path(cli.config, env_var);
    let paged = (!cli.no_pager).then_some(place.as_ref());
    let format = cli.output.format;
    let shown = io::stdout().is_terminal() || cli.screen.print.is_some();
    let done = match cli.command {
        Some(command) => return run_named_command(command, paged, place.as_ref()),
        None if format.is_none() && shown => {
            let follow = (cli.follow, cli.keep);
            return run_screen(cli.input, &cli.screen, follow, place.as_ref());
        }
        None if cli.follow => {
            let format = FollowFormat::default();
            return run_follow(cli.input, true, format, cli.keep, place.as_ref());
        }
        None => headless(paged, cli.input, |request, out| {
            command::list(request, cli.output.format_or_default(), out)
        }),
    };
    ExitCode::from(exit_code_of(done))
}

/// Does what was asked for by name.
fn run_named_command(
    command: Command,
    paged: Option<ConfigPath<'_>>,
    place: ConfigPath<'_>,
) -> ExitCode {
    let done = match command {
        Command::Follow {
            input,
            format,
            all,
            keep,
        } => return run_follow(input, all, format, keep, place),
        Command::List {
            input,
            output,
            sorting,
        } => headless(paged, input, |request, out| {
            command::list(request.sorted(&sorting), output.format_or_default(), out)
        }),
        Command::Show { input, output } => headless(paged, input, |request, out| {
            command::show(request, output.format_or_default(), out)
        }),
        Command::Export { input, to } => headless(paged, input, |request, out| {
            command::export(request, to, out)
        }),
        Command::Quotes {
            input,
            format,
            wanted,
        } => headless(paged, input, |request, out| {
            command::quotes(request, format, &wanted, out)
        }),
        Command::Speakers { input, format } => headless(paged, input, |request, out| {
            command::speakers(request, format, out)
        }),
        Command::Diff(wanted) => {
            let colour = io::stdout().is_terminal()
                && env_var("NO_COLOR").is_none_or(|value| value.is_empty());
            headless(paged, wanted.input.clone(), |request, out| {
                command::diff(request, &wanted, colour, out)
            })
        }
        Command::Health(wanted) => headless(paged, wanted.input, |request, out| {
            command::health(request, wanted.format, out)
        }),
        Command::Mark(mark) => headless(paged, mark.selection().input.clone(), |request, out| {
            command::mark(request, &mark, out)
        }),
        Command::State(state) => {
            let input = InputArgs {
                state: state.state_args().clone(),
                ..InputArgs::default()
            };
            headless(paged, input, |request, out| {
                command::state(&request.state, &state, out)
            })
        }
        Command::Check {
            source,
            output,
            verbose,
        } => {
            let input = InputArgs {
                source,
                ..InputArgs::default()
            };
            headless(paged, input, |request, out| {
                command::check(request, output.format_or_default(), verbose, out)
            })
        }
        Command::Config { asked } => headless(paged, InputArgs::default(), |_, streams| {
            command::config(asked, place, streams)
        }),
        Command::Man => print_text(&cli::man(&app::typed_commands())),
        Command::Completions { shell } => print_text(&cli::completions(shell)),
    };
    ExitCode::from(exit_code_of(done))
}

/// The exit code.
fn exit_code_of(done: io::Result<Outcome>) -> u8 {
    match command::finish(done) {
        Ok(outcome) => outcome.code(),
        Err(error) => {
            let _ = fail(&format!("cannot write: {error}"));
            2
        }
    }
}

/// Prints the help, the version, or what is wrong with the command line, in which anything may stand.
fn print_usage(error: &clap::Error) -> ExitCode {
    let help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if error.use_stderr() && !help {
        return fail(&sanitize(&cli::usage_error_message(error)));
    }
    let _ = error.print();
    ExitCode::from(if help { 2 } else { 0 })
}

/// Prints a text of the program's own.
fn print_text(text: &str) -> io::Result<Outcome> {
    io::stdout().write_all(text.as_bytes())?;
    Ok(Outcome::Shown)
}

fn headless(
    paged: Option<ConfigPath<'_>>,
    input: InputArgs,
    run: impl FnOnce(Request, Streams<'_>) -> io::Result<Outcome>,
) -> io::Result<Outcome> {
    let request = build_request(input);
    let pager = std::env::var("PAGER").ok();
    let has_options = env_var("LESS").is_some();
    let pager = paged.and_then(|at| command::pager_command(at, pager.as_deref(), has_options));
    command::run_with_pager(pager, |streams| run(request, streams))
}

/// What a command without a screen works on.
fn build_request(input: InputArgs) -> Request {
    let (sources, _) = sources_of(&input.source);
    Request {
        sources,
        filter: input.filter.unwrap_or_default(),
        state: StateDirectory::find(input.state.state.as_deref(), input.state.no_state, env_var),
        source_key: command::source_key(&input.source.paths),
        order: SortOrder::default(),
        hide_embargoed: input.hide_embargoed,
    }
}

fn run_follow(
    input: InputArgs,
    all: bool,
    format: FollowFormat,
    keep: RetentionArgs,
    at: ConfigPath<'_>,
) -> ExitCode {
    let (config, problems) = match command::load_settings(at) {
        Ok(settings) => settings,
        Err(message) => return fail(&message),
    };
    for problem in problems {
        let _ = fail(&problem.to_string());
    }
    let request = build_request(input);
    let how = command::FollowOptions {
        all,
        format,
        limits: command::retention_limits(keep, &config),
    };
    let events = command::event_channel();
    command::watch_output(events.0.clone());
    let stop = events.0.clone();
    let told = move |code| drop(stop.send(FollowEvent::Stop(code)));
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let streams = Streams {
        out: &mut out,
        err: &mut io::stderr(),
        show_progress: false,
        columns: None,
    };
    match term::on_end_signal(told).and_then(|()| command::follow(request, how, events, streams)) {
        Ok(code) => ExitCode::from(code),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => fail(&format!("cannot write: {error}")),
    }
}

fn run_screen(
    input: InputArgs,
    screen: &cli::ScreenArgs,
    (on, keep): (bool, RetentionArgs),
    at: ConfigPath<'_>,
) -> ExitCode {
    let dumb = env_var("TERM").is_some_and(|term| term == "dumb");
    let terminal = io::stdin().is_terminal();
    if let Some(message) = command::screen_unavailable_reason(&input.source.paths, dumb, terminal) {
        return fail(&message);
    }
    let (config, problems) = match command::load_settings(at) {
        Ok(settings) => settings,
        Err(message) => return fail(&message),
    };
    let limits = command::retention_limits(keep, &config);
    let (follow, file) = (
        FollowOptions {
            enabled: on,
            limits,
        },
        config.screen,
    );
    let (sources, name) = sources_of(&input.source);
    let place = StateDirectory::find(input.state.state.as_deref(), input.state.no_state, env_var);
    let first = terminal && input.source.paths.is_empty() && screen.print.is_none();
    let setup = Setup {
        name,
        size: (80, 24),
        zone: file.zone.unwrap_or_else(|| term::system_zone(env_var)),
        filter: input.filter.unwrap_or_default(),
        order: file.order,
        keys: config.keys,
        look: file.look,
        options: StartupOptions {
            plain: screen.is_plain(file.plain),
            mouse: screen.has_mouse(file.mouse),
            welcome: Welcome::at_start(first && matches!(place, StateDirectory::Folder(_))),
            hide_embargoed: input.hide_embargoed || file.hide_embargoed,
            choose: screen.print.map(|what| match what {
                PrintChoice::Quote => ChoiceKind::Quote,
                _ => ChoiceKind::Dispatch,
            }),
        },
        views: config.views,
        mutes: config.mutes,
        problems,
    };
    let key = command::source_key(&input.source.paths);
    let around = Environment::new(place, key, config.openers, env_var, std::env::temp_dir());
    let theme = screen.theme.map(cli::ThemeName::name);
    let theme = theme.or(file.theme.as_deref());
    let theme = Theme::from_environment(theme, |name| std::env::var(name).unwrap_or_default());
    match term::run(sources, follow, setup, around, &theme) {
        Ok(end) => {
            for said in &end.pending_messages {
                let _ = fail(&sanitize(said));
            }
            let code = match (end.choice, screen.print) {
                (Some(choice), Some(what)) => exit_code_of(print_choice(choice, &end.desk, what)),
                _ => end.code,
            };
            // Not back to the caller: what is still being read is of no use to anybody.
            std::process::exit(code.into())
        }
        Err(error) => fail(&format!("the terminal cannot be used: {error}")),
    }
}

/// Prints what was chosen.
fn print_choice(choice: Choice, desk: &DispatchIndex, what: PrintChoice) -> io::Result<Outcome> {
    let (out, err) = (&mut io::stdout().lock(), &mut io::stderr().lock());
    match choice {
        Choice::Entries(ids) => {
            let raw = !io::stdout().is_terminal();
            command::print_chosen(desk, &ids, what, raw, out, err)
        }
        Choice::Quote(text) => {
            out.write_all(sanitize(&text).as_bytes())?;
            Ok(Outcome::Shown)
        }
    }
}

/// What is to be read, and a name for it.
fn sources_of(source: &cli::SourceArgs) -> (dateline::ingest::LoadRequest, String) {
    command::resolve_inputs(source, io::stdin().is_terminal())
}

/// What the environment says.
fn env_var(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

fn fail(message: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "dateline: {message}");
    ExitCode::from(2)
}
