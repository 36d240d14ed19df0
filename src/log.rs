//! The log of a process: a file beside the marks with what went wrong. Never has the text of a dispatch.

use std::backtrace::Backtrace;
use std::fmt::{self, Debug, Write as _};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::panic::{self, PanicHookInfo};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use jiff::Timestamp;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Most bytes in a file.
const MAX_SIZE: usize = 1 << 20;

/// Most files that are kept, the newest.
const MAX_FILES: usize = 8;

/// Files of the log are called `log-TIME-PROCESS.txt`.
const PREFIX: &str = "log-";
const SUFFIX: &str = ".txt";

/// Starts the log in a folder, at most once per process. The file is created with the first line, the folder only if a
/// level is asked for. `level`: the value of `DATELINE_LOG`, such as `debug`; `warn` if there is none or it is not a
/// level. Also makes panics a line of the log, with a backtrace, instead of a message on standard error.
pub fn install(folder: &Path, level: Option<&str>) {
    let asked: Option<LevelFilter> = level.and_then(|level| level.parse().ok());
    let log = Log {
        level: asked.unwrap_or(LevelFilter::WARN),
        file: Mutex::new(LogFile {
            folder: folder.to_owned(),
            creates_folder: asked.is_some(),
            file: None,
            left: MAX_SIZE,
        }),
    };
    if tracing::subscriber::set_global_default(log).is_ok() {
        let (before, folder) = (panic::take_hook(), folder.to_owned());
        panic::set_hook(Box::new(move |info| {
            log_panic(info);
            // Where nothing can be logged, this is all there is.
            if !folder.is_dir() {
                before(info);
            }
        }));
    }
}

/// Logs a problem that is shown to the user. What it quotes may be of a dispatch, and is left out.
pub fn shown(problem: &str) {
    tracing::warn!("{}", without_quotes(problem));
}

/// Logs a panic, with a backtrace. Messages that are made when the panic happens may hold the text of a dispatch, and
/// are left out.
pub fn log_panic(info: &PanicHookInfo<'_>) {
    let message = info.payload().downcast_ref::<&str>().copied();
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let thread = std::thread::current();
    tracing::error!(
        "panic in thread {} at {place}: {}\n{}",
        thread.name().unwrap_or("?"),
        message.unwrap_or("…"),
        Backtrace::force_capture()
    );
}

fn now() -> Timestamp {
    Timestamp::try_from(SystemTime::now()).unwrap_or_default()
}

/// A text with `…` in place of what stands in quotation marks. A mark that is not closed counts to the end.
fn without_quotes(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        kept.push(c);
        let close = match c {
            '“' => '”',
            '‘' => '’',
            '"' | '`' => c,
            _ => continue,
        };
        kept.push('…');
        if rest.any(|c| c == close) {
            kept.push(close);
        }
    }
    kept
}

/// The receiver of all events.
struct Log {
    level: LevelFilter,
    file: Mutex<LogFile>,
}

struct LogFile {
    folder: PathBuf,
    creates_folder: bool,
    file: Option<File>,
    /// Bytes that may still be written.
    left: usize,
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut line = format!("{:.3} {} {}:", now(), metadata.level(), metadata.target());
        event.record(&mut Fields(&mut line));
        line.push('\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write(&line);
    }

    // There are no spans.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

impl LogFile {
    /// Writes a line, if it fits. Errors are ignored: there is nowhere to tell them.
    fn write(&mut self, line: &str) {
        if line.len() > self.left {
            self.left = 0;
            return;
        }
        if self.file.is_none() {
            self.file = self.create().ok();
        }
        if let Some(file) = &mut self.file {
            let _ = file.write_all(line.as_bytes());
        }
        // Also if there is no file, so that a flood of problems does not try to create it for ever.
        self.left -= line.len();
    }

    /// Creates the file, and deletes the oldest ones of other processes.
    fn create(&self) -> std::io::Result<File> {
        if self.creates_folder {
            DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        }
        let time = now().strftime("%Y%m%dT%H%M%SZ");
        let name = format!("{PREFIX}{time}-{}{SUFFIX}", std::process::id());
        let mut options = OpenOptions::new();
        let options = options.append(true).create(true).mode(0o600);
        let file = options.open(self.folder.join(name))?;
        let names = fs::read_dir(&self.folder)?.filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            (name.starts_with(PREFIX) && name.ends_with(SUFFIX)).then_some(name)
        });
        let mut names: Vec<String> = names.collect();
        names.sort_unstable();
        for name in names.iter().rev().skip(MAX_FILES) {
            let _ = fs::remove_file(self.folder.join(name));
        }
        Ok(file)
    }
}

/// Appends the message of an event, then its fields.
struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _: fmt::Result = match field.name() {
            "message" => write!(self.0, " {value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_left_out() {
        for (text, expected) in [
            ("wire/a.txt: no such file", "wire/a.txt: no such file"),
            ("“A kill” is no date, nor ‘it’s’", "“…” is no date, nor ‘…’s’"),
            ("line 3: \"never closed", "line 3: \"…"),
            ("use `:w! x` instead", "use `…` instead"),
        ] {
            assert_eq!(without_quotes(text), expected);
        }
    }

    #[test]
    fn a_log_is_small_private_and_one_of_few() {
        let folder = std::env::temp_dir().join(format!("dateline-log-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let start = |creates_folder| LogFile {
            folder: folder.clone(),
            creates_folder,
            file: None,
            left: MAX_SIZE,
        };
        // No folder is made for it unless it was asked for.
        start(false).write("a line\n");
        assert!(!folder.exists());
        fs::create_dir_all(&folder).unwrap();
        for day in 10..30 {
            let name = format!("{PREFIX}202601{day}T000000Z-1{SUFFIX}");
            fs::write(folder.join(name), "old").unwrap();
        }
        fs::write(folder.join("marks.db"), "marks").unwrap();
        let mut log = start(false);
        for _ in 0..3 * MAX_SIZE / 100 {
            log.write(&"x".repeat(100));
        }
        let size = |path: PathBuf| fs::metadata(path).unwrap().len();
        let files: Vec<PathBuf> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), MAX_FILES + 1);
        let sizes: Vec<u64> = files.into_iter().map(size).collect();
        assert!(sizes.iter().all(|&size| size <= MAX_SIZE as u64));
        assert!(sizes.iter().any(|&size| size > MAX_SIZE as u64 - 200));
        let _ = fs::remove_dir_all(folder);
    }
}
