//! What a command is asked to do and where it writes: inputs from the paths given, outcome and exit code, errors in command-line values.

use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use crate::cli::{self, Cli, Command, QuotesFormat, SortArgs};
use crate::filter::{Query, Sort, SortKey, SortOrder};
use crate::format::RequestedFormat;
use crate::index::{DispatchIndex, EntryId};
use crate::ingest::{InputSource, LoadRequest, now};
use crate::store::StateDirectory;
use crate::text::{nearest_name, sanitize};

/// What a command has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Something was shown.
    Shown,
    /// Nothing matched.
    Nothing,
    /// Of two things compared, that they differ.
    Different,
    /// Some input could not be read; what could be was shown.
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

    pub(super) fn from_counts(shown: usize, unreadable: bool) -> Self {
        match (unreadable, shown) {
            (true, _) => Self::Unreadable,
            (false, 0) => Self::Nothing,
            (false, _) => Self::Shown,
        }
    }
}

/// What is read, and what is kept of it.
#[derive(Debug)]
pub struct Request {
    pub sources: LoadRequest,
    pub filter: String,
    /// Where marks are kept; only `mark` writes there.
    pub state: StateDirectory,
    /// Hash of what is read, for what was there at the last visit.
    pub source_key: u64,
    /// In which order commands print that print the newest first.
    pub order: SortOrder,
    /// What may not be published yet is left out.
    pub hide_embargoed: bool,
}

/// Leaves out what may not be published yet.
pub(super) fn remove_embargoed(desk: &DispatchIndex, ids: &mut Vec<EntryId>) {
    let now = Some(now().seconds);
    let held = |id| desk.entry(id).is_some_and(|e| e.is_under_embargo(now));
    ids.retain(|&id| !held(id));
}

impl Request {
    /// The same, in the order of the command line.
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

/// Where a command writes: data and problems apart.
pub struct Streams<'a> {
    pub out: &'a mut dyn Write,
    pub err: &'a mut dyn Write,
    /// True where how far a long command is can be told on `err`: a terminal that shows nothing else meanwhile.
    pub show_progress: bool,
    /// Columns of the terminal that is written to, where it is one: running text is wrapped at its words.
    pub columns: Option<u16>,
}

/// An outcome, or the error of a stream; a closed pipe is a quiet end.
///
/// # Errors
/// Any error but that of a closed pipe.
pub fn finish(result: io::Result<Outcome>) -> io::Result<Outcome> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Outcome::Shown),
        other => other,
    }
}

// What the paths of a command line mean: which inputs are read, their name for the top line, their key in the
// state.

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
    let name = crate::index::path_text(first);
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
    crate::index::path_text(last)
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
