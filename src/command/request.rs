//! Inputs, streams and outcome of a command, and the checks of command-line values before anything is read.

use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use crate::cli::{self, Cli, Command, QuotesFormat, SortArgs};
use crate::filter::{Query, Sort, SortKey, SortOrder};
use crate::format::{ColumnNames, ReadingRequest, RequestedFormat};
use crate::index::{DispatchIndex, EntryId};
use crate::ingest::{InputSource, LoadRequest};
use crate::store::StateDirectory;
use crate::text::{nearest_name, sanitize};

/// The outcome of a command, which decides its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Something was shown.
    Shown,
    /// Nothing matched.
    Nothing,
    /// Two compared dispatches differ.
    Different,
    /// Some input could not be read; the rest was shown.
    Unreadable,
}

impl Outcome {
    /// The exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Shown => 0,
            Self::Nothing | Self::Different => 1,
            Self::Unreadable => 2,
        }
    }

    /// The outcome for a number of printed dispatches or rows.
    pub(super) fn from_counts(shown: usize, unreadable: bool) -> Self {
        match (unreadable, shown) {
            (true, _) => Self::Unreadable,
            (false, 0) => Self::Nothing,
            (false, _) => Self::Shown,
        }
    }
}

/// What a command works on.
#[derive(Debug)]
pub struct Request {
    pub sources: LoadRequest,
    /// A valid query; empty to match everything.
    pub filter: String,
    /// Where marks are stored. Only `mark` and `state import` write there.
    pub state: StateDirectory,
    /// See [`source_key`].
    pub source_key: u64,
    /// The order of the matches.
    pub order: SortOrder,
    /// Leave out dispatches under embargo.
    pub hide_embargoed: bool,
}

/// Removes dispatches that are under embargo at a time, given in seconds since the epoch.
pub(super) fn remove_embargoed(index: &DispatchIndex, clock: i64, ids: &mut Vec<EntryId>) {
    let is_embargoed = |id| index.entry(id).is_some_and(|e| e.is_under_embargo(Some(clock)));
    ids.retain(|&id| !is_embargoed(id));
}

impl Request {
    /// The request with the order of `--sort` and `--reverse`, if given.
    #[must_use]
    pub fn sorted(mut self, sorting: &SortArgs) -> Self {
        let mut keys = sorting.sort.iter().copied();
        if !sorting.sort.is_empty() || sorting.reverse {
            self.order = SortOrder::Sorted(Sort {
                by: keys.next().unwrap_or(SortKey::Time),
                then: keys.next(),
                reversed: sorting.reverse,
            });
        }
        self
    }
}

/// The streams that a command writes to.
pub struct Streams<'a> {
    /// Standard output, for data.
    pub out: &'a mut dyn Write,
    /// Standard error, for problems.
    pub err: &'a mut dyn Write,
    /// Show progress on `err`: only if it is a terminal and `out` is not, whose lines would get mixed up with it.
    pub show_progress: bool,
    /// Columns of the terminal, if `out` is one, for wrapping running text.
    pub columns: Option<u16>,
}

/// Turns the error of a closed pipe into success, since `dateline list | head` is no failure.
///
/// # Errors
/// Any other error.
pub fn finish(result: io::Result<Outcome>) -> io::Result<Outcome> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Outcome::Shown),
        other => other,
    }
}

// Paths on the command line.

/// Why the screen cannot be opened for these paths; `None` if it can. `dumb`: `TERM` is dumb; `terminal`: standard
/// input is a terminal.
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

/// The message if none of the paths exists, instead of an empty screen.
fn missing_paths_message(paths: &[PathBuf]) -> Option<String> {
    let missing = |path: &PathBuf| path.as_os_str() != "-" && !path.exists();
    let first = paths.first().filter(|_| paths.iter().all(missing))?;
    let name = crate::index::path_text(first);
    Some(format!(
        "{name}: no such file or folder; without a path, `dateline` opens its built-in wire"
    ))
}

/// The inputs for the paths, and a name for the top line. Without paths it is standard input, or the built-in wire if
/// standard input is a `terminal`.
#[must_use]
pub fn resolve_inputs(source: &cli::SourceArgs, terminal: bool) -> (LoadRequest, String) {
    let (all, name) = inputs_with_name(&source.paths, terminal);
    let format = source.input_format.as_deref().and_then(RequestedFormat::from_name);
    let columns = source.columns.as_deref().and_then(|list| ColumnNames::parse(list).ok());
    let reading = ReadingRequest { format, columns: columns.unwrap_or_default() };
    (LoadRequest { sources: all, reading }, name)
}

fn inputs_with_name(paths: &[PathBuf], terminal: bool) -> (Vec<InputSource>, String) {
    if paths.is_empty() && terminal {
        return (vec![InputSource::BuiltIn], "built-in wire".to_owned());
    }
    if paths.is_empty() {
        return (vec![InputSource::Stream("-".into())], "standard input".to_owned());
    }
    let name = match paths {
        [one] if one.is_dir() => format!("{}/", file_name_text(one)),
        [one] => file_name_text(one),
        several => format!("{} and {} more", file_name_text(&several[0]), several.len() - 1),
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

/// The last component of a path, for display.
fn file_name_text(path: &Path) -> String {
    let last = path.file_name().map_or(path, Path::new);
    crate::index::path_text(last)
}

/// Hash of the absolute input paths, under which the state of the last session with these inputs is stored.
#[must_use]
pub fn source_key(paths: &[PathBuf]) -> u64 {
    let mut names: Vec<PathBuf> =
        paths.iter().map(|path| path.canonicalize().unwrap_or_else(|_| path.clone())).collect();
    names.sort();
    let bytes = names.iter().flat_map(|name| {
        let name = name.as_os_str().as_encoded_bytes();
        name.iter().chain(&[0]).copied()
    });
    crate::text::stable_hash(&bytes.collect::<Vec<u8>>())
}

/// The first mistake in the values on a command line that clap cannot find.
#[must_use]
pub fn invalid_arguments(cli: &Cli) -> Option<String> {
    invalid_filter(cli)
        .or_else(|| invalid_input_format(cli))
        .or_else(|| invalid_columns(cli))
        .or_else(|| invalid_fold(cli))
        .or_else(|| misspelled_command(cli))
        .or_else(|| nothing_to_follow(cli))
}

/// `follow` without a path, if standard input is a terminal.
fn nothing_to_follow(cli: &Cli) -> Option<String> {
    let Some(Command::Follow { input, .. }) = &cli.command else {
        return None;
    };
    let message = "follow needs files or folders to watch, or dispatches on standard input";
    let idle = input.source.paths.is_empty() && std::io::stdin().is_terminal();
    idle.then(|| message.to_owned())
}

/// A first path that does not exist and whose name is close to that of a command.
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

/// `--fold` with a format that has no rows to fold.
fn invalid_fold(cli: &Cli) -> Option<String> {
    let Some(Command::Quotes { format, wanted, .. }) = &cli.command else {
        return None;
    };
    let message = "--fold prints one row per quote: use --format text, tsv, csv or md";
    let has_no_rows = !matches!(
        format,
        QuotesFormat::Text | QuotesFormat::Tsv | QuotesFormat::Csv | QuotesFormat::Md
    );
    (wanted.fold && has_no_rows).then(|| message.to_owned())
}

/// A mistake in `--filter`, with the filter and a caret under the mistake.
fn invalid_filter(cli: &Cli) -> Option<String> {
    let filter = cli.filter()?;
    let error = Query::parse_strict(filter).err()?;
    let mark = format!("{}^", " ".repeat(error.column));
    Some(format!("--filter, {error}\n  {}\n  {mark}", sanitize(filter)))
}

/// An unknown `--input-format`, with the list of names.
fn invalid_input_format(cli: &Cli) -> Option<String> {
    let name = cli.input_format()?;
    let known = RequestedFormat::names().join(", ");
    RequestedFormat::from_name(name).is_none().then(|| {
        format!("--input-format: no format is called `{}`; there are {known}", sanitize(name))
    })
}

/// A mistake in `--columns`.
fn invalid_columns(cli: &Cli) -> Option<String> {
    let error = ColumnNames::parse(cli.columns()?).err()?;
    Some(format!("--columns: {}", sanitize(&error.to_string())))
}
