//! What the paths of a command line mean: which inputs are read, their name for the top line, their key in the state.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use crate::cli::{self, Cli, Command, QuotesFormat};
use crate::filter::Query;
use crate::format::RequestedFormat;
use crate::load::{InputSource, LoadRequest};
use crate::text::{nearest_name, sanitize};

/// Why there is no screen to be shown of these paths: on a terminal that is `dumb`, or where standard input is
/// a `terminal`.
#[must_use]
pub fn screen_unavailable_reason(paths: &[PathBuf], dumb: bool, terminal: bool) -> Option<String> {
    if dumb {
        let message =
            "this terminal (TERM=dumb) cannot show a screen; `dateline list` prints instead";
        return Some(message.to_owned());
    }
    if terminal && paths.iter().any(|path| path.as_os_str() == "-") {
        let message = "- reads standard input, which is this terminal: give it a pipe or a file";
        return Some(message.to_owned());
    }
    missing_paths_message(paths)
}

/// Where not one of the paths exists: what to say instead of an empty screen.
fn missing_paths_message(paths: &[PathBuf]) -> Option<String> {
    let missing = |path: &PathBuf| path.as_os_str() != "-" && !path.exists();
    let first = paths.first().filter(|_| paths.iter().all(missing))?;
    let name = crate::desk::path_text(first);
    Some(format!(
        "{name}: no such file or folder; without a name, `dateline` reads a wire of its own"
    ))
}

/// What the paths mean, and a name for it: without any, a pipe on standard input, else the built-in wire.
#[must_use]
pub fn resolve_inputs(source: &cli::SourceArgs, terminal: bool) -> (LoadRequest, String) {
    let (all, name) = inputs_with_name(&source.paths, terminal);
    let format = source
        .input_format
        .as_deref()
        .and_then(RequestedFormat::from_name);
    (
        LoadRequest {
            sources: all,
            format,
        },
        name,
    )
}

fn inputs_with_name(paths: &[PathBuf], terminal: bool) -> (Vec<InputSource>, String) {
    if paths.is_empty() && terminal {
        return (vec![InputSource::BuiltIn], "built-in wire".to_owned());
    }
    if paths.is_empty() {
        return (
            vec![InputSource::Stream("-".into())],
            "standard input".to_owned(),
        );
    }
    let name = match paths {
        [one] if one.is_dir() => format!("{}/", file_name_text(one)),
        [one] => file_name_text(one),
        several => format!(
            "{} and {} more",
            file_name_text(&several[0]),
            several.len() - 1
        ),
    };
    let source = |path: &PathBuf| {
        if path.as_os_str() == "-" {
            InputSource::Stream(path.clone())
        } else {
            InputSource::Path(path.clone())
        }
    };
    (paths.iter().map(source).collect(), name)
}

fn file_name_text(path: &Path) -> String {
    let last = path.file_name().map_or(path, Path::new);
    crate::desk::path_text(last)
}

/// Hash of what is read, whatever the working directory: what was there at the last visit is kept by it.
#[must_use]
pub fn source_key(paths: &[PathBuf]) -> u64 {
    let mut names: Vec<PathBuf> = paths
        .iter()
        .map(|path| path.canonicalize().unwrap_or_else(|_| path.clone()))
        .collect();
    names.sort();
    let bytes = names.iter().flat_map(|name| {
        let name = name.as_os_str().as_encoded_bytes();
        name.iter().chain(&[0]).copied()
    });
    crate::text::hash(&bytes.collect::<Vec<u8>>())
}

/// What is wrong with the values on a command line.
#[must_use]
pub fn invalid_arguments(cli: &Cli) -> Option<String> {
    invalid_filter(cli)
        .or_else(|| invalid_input_format(cli))
        .or_else(|| invalid_fold(cli))
        .or_else(|| misspelled_command(cli))
        .or_else(|| nothing_to_follow(cli))
}

/// `follow` without a path, where nobody can give it a dispatch on standard input.
fn nothing_to_follow(cli: &Cli) -> Option<String> {
    let Some(Command::Follow { input, .. }) = &cli.command else {
        return None;
    };
    let message =
        "follow needs files or folders to go on with, or dispatches on its standard input";
    let idle = input.source.paths.is_empty() && std::io::stdin().is_terminal();
    idle.then(|| message.to_owned())
}

/// The first path is not there, and its name is nearly that of a command.
fn misspelled_command(cli: &Cli) -> Option<String> {
    let paths = cli.command.is_none().then_some(&cli.input.source.paths)?;
    let name = paths.first().filter(|path| !path.exists())?.to_str()?;
    let names = cli::command_names();
    let command = nearest_name(names.iter().map(String::as_str), name)?;
    Some(format!(
        "there is no file {}, and no such command; did you mean `dateline {command}`?",
        sanitize(name)
    ))
}

/// `--fold` without rows that could be folded.
fn invalid_fold(cli: &Cli) -> Option<String> {
    let Some(Command::Quotes { format, wanted, .. }) = &cli.command else {
        return None;
    };
    let message = "--fold prints one row a quote: give it --format text, tsv, csv or md";
    (wanted.fold && *format == QuotesFormat::Jsonl).then(|| message.to_owned())
}

/// What is wrong with `--filter`, and where.
fn invalid_filter(cli: &Cli) -> Option<String> {
    let filter = cli.filter()?;
    let error = Query::parse_strict(filter).err()?;
    let mark = format!("{}^", " ".repeat(error.column));
    Some(format!(
        "--filter, {error}\n  {}\n  {mark}",
        sanitize(filter)
    ))
}

/// What is wrong with `--input-format`, and which names there are.
fn invalid_input_format(cli: &Cli) -> Option<String> {
    let name = cli.input_format()?;
    let known = RequestedFormat::names().join(", ");
    RequestedFormat::from_name(name).is_none().then(|| {
        format!(
            "--input-format: no format is called `{}`; there are {known}",
            sanitize(name)
        )
    })
}
