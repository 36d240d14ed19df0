//! Full dispatches as text, record or export; background tasks that save them to a file, copy them, or start a program.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use std::{fmt, thread};

use crate::dispatch::{Dispatch, InputProblem, Status, kill_reason};
use crate::index::{EntryId, ItemOrigin, Snapshot, StoryStatus};
use crate::ingest;
use crate::record::{self, Relations, to_json_line};
use crate::text::{count_noun, error_reason};
use crate::work::view_commands::run;
use crate::work::worker::Worker;
use crate::work::workers::{Answer, AnswerSink, recv_newest, worker};

/// Dispatches that are read in a row.
const READ_CHUNK: usize = 64;

/// Dispatches that could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadFailures {
    pub count: usize,
    /// Why the first of them could not be.
    why: String,
}

impl ReadFailures {
    /// One more.
    pub fn add(&mut self, problem: &InputProblem) {
        if self.count == 0 {
            self.why = problem.to_string();
        }
        self.count += 1;
    }

    /// What is to be said of it: how many, and why. `None` where none was lost.
    #[must_use]
    pub fn message(&self) -> Option<String> {
        match self.count {
            0 => None,
            1 => Some(format!("one dispatch could not be read: {}", self.why)),
            count => Some(format!(
                "{count} dispatches could not be read: {}",
                self.why
            )),
        }
    }
}

/// A form in which dispatches are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputForm {
    Text,
    /// A record of all that is known, on a line.
    Jsonl,
    /// A ninjs 3.1 item, on a line.
    Ninjs,
    Md,
}

/// One dispatch read whole, its path and its number in it.
#[derive(Debug)]
pub struct FullDispatch {
    pub dispatch: Dispatch,
    pub path: String,
    pub index: u64,
    pub relations: Relations,
}

impl FullDispatch {
    /// Headline, facts, notes, text, rights; an empty line and a rule end it.
    #[must_use]
    pub fn text(&self) -> String {
        record::to_text(&self.dispatch, &self.relations)
    }

    /// The whole record, on a line.
    #[must_use]
    pub fn json(&self) -> String {
        let record = record::FullDispatchRecord::new(&self.dispatch, self.path.clone(), self.index);
        to_json_line(&record.with_relations(&self.relations)) + "\n"
    }

    /// The dispatch as it goes to others.
    #[must_use]
    pub fn export(&mut self, form: OutputForm) -> String {
        // What was killed since goes nowhere as usable; the records tell both.
        if self.relations.killed_by.is_some() && form != OutputForm::Jsonl {
            self.dispatch.status = Status::Canceled;
        }
        match form {
            OutputForm::Ninjs => to_json_line(&record::Ninjs::new(&self.dispatch)) + "\n",
            OutputForm::Jsonl => self.json(),
            OutputForm::Md => record::to_markdown(&self.dispatch, &self.relations) + "\n\n---\n\n",
            OutputForm::Text => self.text(),
        }
    }
}

/// Reads dispatches whole, in the order of their ids; `standings` has what others do to each.
#[must_use]
pub fn read_full_dispatches(
    snapshot: &Snapshot,
    ids: &[EntryId],
    standings: &[StoryStatus],
) -> Vec<Result<FullDispatch, InputProblem>> {
    let origin = |id: &EntryId| {
        let entry = snapshot.entry(*id)?;
        Some((entry.origin()?, entry.item_key()))
    };
    let wanted: Vec<Option<(ItemOrigin, u64)>> = ids.iter().map(origin).collect();
    let there: Vec<(ItemOrigin, u64)> = wanted.iter().flatten().cloned().collect();
    let mut opened = ingest::read_dispatches(&there).into_iter();
    let whole = |(wanted, told): (&Option<(ItemOrigin, u64)>, Relations)| {
        let (origin, _) = wanted
            .as_ref()
            .ok_or_else(crate::work::workers::unavailable_problem)?;
        Ok(FullDispatch {
            dispatch: opened
                .next()
                .unwrap_or_else(|| Err(crate::work::workers::unavailable_problem()))?,
            path: origin.input.display_path(),
            index: origin.number_in_input(),
            relations: told,
        })
    };
    let told = relations_of(snapshot, standings);
    wanted.iter().zip(told).map(whole).collect()
}

/// Reads dispatches whole, as [`read_full_dispatches`] does, and hands each that can be read on until `put` fails. Those that cannot
/// be read are counted.
///
/// # Errors
/// That of `put`.
pub fn for_each_full_dispatch<E>(
    (snapshot, ids, standings): (&Snapshot, &[EntryId], &[StoryStatus]),
    lost: &mut ReadFailures,
    mut put: impl FnMut(FullDispatch) -> Result<(), E>,
) -> Result<(), E> {
    for (ids, standings) in ids.chunks(READ_CHUNK).zip(standings.chunks(READ_CHUNK)) {
        for whole in read_full_dispatches(snapshot, ids, standings) {
            match whole {
                Ok(whole) => put(whole)?,
                Err(problem) => lost.add(&problem),
            }
        }
    }
    Ok(())
}

/// What is told of entries that stand so. Those that do something to them are read again for their ids and reasons; those without
/// an id are known by their hash.
fn relations_of(snapshot: &Snapshot, standings: &[StoryStatus]) -> Vec<Relations> {
    let doers = |s: &StoryStatus| [s.superseded_by, s.killed_by, s.corrected_by];
    let mut others: Vec<EntryId> = standings.iter().flat_map(doers).flatten().collect();
    others.sort_unstable();
    others.dedup();
    let hash = |id: EntryId| {
        let entry = snapshot.entry(id);
        entry.map(|entry| format!("{:016x}", entry.item_key()))
    };
    let origin = |id: &EntryId| {
        let entry = snapshot.entry(*id)?;
        Some((*id, (entry.origin()?, entry.item_key())))
    };
    let (read, origins): (Vec<EntryId>, Vec<_>) = others.iter().filter_map(origin).unzip();
    let opened = ingest::read_dispatches(&origins).into_iter();
    let doers: HashMap<EntryId, Dispatch> = read
        .into_iter()
        .zip(opened)
        .filter_map(|(id, dispatch)| Some((id, dispatch.ok()?)))
        .collect();
    let item = |id: Option<EntryId>| {
        let id = id?;
        doers
            .get(&id)
            .map(Dispatch::item_identity)
            .or_else(|| hash(id))
    };
    let one = |standing: &StoryStatus| Relations {
        superseded_by: item(standing.superseded_by),
        killed_by: item(standing.killed_by),
        killed_for: (standing.killed_by).and_then(|id| doers.get(&id).map(kill_reason)),
        corrected_by: item(standing.corrected_by),
    };
    standings.iter().map(one).collect()
}

// Dispatches written to a file of the reader's: whole or not at all, and never over another one unasked.

/// Most names that are tried for the file that is written first.
const MAX_TEMP_NAMES: usize = 100;

/// What is written, and where.
#[derive(Debug)]
pub struct SaveRequest {
    pub ids: Vec<EntryId>,
    /// What others do to each of them.
    pub standings: Vec<StoryStatus>,
    pub snapshot: Snapshot,
    /// Its ending says in which form: `.json`, `.jsonl`, `.ninjs`, `.md`; else text.
    pub path: PathBuf,
    /// A file that is there already is replaced.
    pub overwrite: bool,
}

/// Writes dispatches beside the file first, which is then put in its place. `.json` has the record of a single
/// dispatch, or an array of them; the other forms are those of `dateline export`. Returns what is to be said of it.
/// `given_up` is asked now and then: where it says so, nothing is written.
///
/// # Errors
/// A sentence that says why nothing was written.
pub fn save_dispatches(
    wanted: &SaveRequest,
    given_up: &dyn Fn() -> bool,
) -> Result<String, String> {
    let path = resolve_target(wanted)?;
    let shown = path.display();
    let done = create_temp_file(&path).and_then(|(beside, file)| {
        let done = write_dispatches(wanted, file, given_up).and_then(|(saved, lost)| {
            if saved == 0 {
                return Err(io::Error::other(lost.message().unwrap_or_default()));
            }
            move_into_place(&beside, &path, wanted.overwrite)?;
            Ok((saved, lost))
        });
        if done.is_err() {
            let _ = fs::remove_file(&beside);
        }
        done
    });
    match done {
        Ok((saved, lost)) => {
            let saved = count_noun(saved, "dispatch");
            let lost = lost
                .message()
                .map_or(String::new(), |lost| format!("; {lost}"));
            Ok(format!("{saved} saved in {shown}{lost}"))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists_message(&path)),
        Err(error) => Err(format!("{shown} is not saved: {}", error_reason(&error))),
    }
}

/// The file that is meant, behind all links; an error where it may not be written.
fn resolve_target(wanted: &SaveRequest) -> Result<PathBuf, String> {
    let path = &wanted.path;
    let shown = path.display();
    let Ok(path) = fs::canonicalize(path) else {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        return match folder {
            Some(folder) if !folder.is_dir() => Err(format!(
                "{shown} is not saved: there is no folder {}; make it first",
                folder.display()
            )),
            _ => Ok(path.clone()),
        };
    };
    if path.is_dir() {
        return Err(format!(
            "{shown} is a folder: a file is wanted, as in {}",
            path.join("dispatch.txt").display()
        ));
    }
    if !path.is_file() {
        return Err(format!(
            "{shown} is no ordinary file: | gives a dispatch to a command"
        ));
    }
    if wanted.overwrite {
        Ok(path)
    } else {
        Err(exists_message(&path))
    }
}

fn exists_message(path: &Path) -> String {
    let path = path.display();
    format!("{path} is there already: `:w! {path}` writes over it")
}

/// A new file in the same folder, by a name that no wire reader takes for a dispatch. Another one that is being saved
/// there has another.
fn create_temp_file(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    for number in 0..MAX_TEMP_NAMES {
        let name = format!(".{name}.{}-{number}.tmp", std::process::id());
        let beside = path.with_file_name(name);
        match File::options().write(true).create_new(true).open(&beside) {
            Ok(file) => return Ok((beside, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(
        "files of earlier tries are in the way: those beside it that end with .tmp can go",
    ))
}

/// Writes what can be read; how many those are, and what could not be.
fn write_dispatches(
    wanted: &SaveRequest,
    file: File,
    given_up: &dyn Fn() -> bool,
) -> io::Result<(usize, ReadFailures)> {
    let ending = wanted.path.extension().unwrap_or_default();
    let ending = ending.to_string_lossy().to_ascii_lowercase();
    let form = match ending.as_str() {
        "json" | "jsonl" | "ndjson" => OutputForm::Jsonl,
        "ninjs" => OutputForm::Ninjs,
        "md" | "markdown" => OutputForm::Md,
        _ => OutputForm::Text,
    };
    let array = ending == "json" && wanted.ids.len() > 1;
    let mut out = BufWriter::new(file);
    let (mut saved, mut lost) = (0, ReadFailures::default());
    let all = (&wanted.snapshot, &wanted.ids[..], &wanted.standings[..]);
    for_each_full_dispatch(all, &mut lost, |mut whole| {
        if given_up() {
            return Err(io::Error::other("dateline was quit before all was written"));
        }
        let text = whole.export(form);
        if array {
            out.write_all(if saved == 0 { b"[\n" } else { b",\n" })?;
            out.write_all(text.trim_end().as_bytes())?;
        } else {
            out.write_all(text.as_bytes())?;
        }
        saved += 1;
        Ok(())
    })?;
    if array {
        out.write_all(b"\n]\n")?;
    }
    out.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()?;
    Ok((saved, lost))
}

/// Puts the written file in its place.
fn move_into_place(beside: &Path, path: &Path, over: bool) -> io::Result<()> {
    if over {
        if let Ok(there) = fs::metadata(path) {
            fs::set_permissions(beside, there.permissions())?;
        }
        return fs::rename(beside, path);
    }
    // A second name fails where the first is taken, which no look before a rename can promise.
    match fs::hard_link(beside, path) {
        Ok(()) => fs::remove_file(beside),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Not every file system has second names.
        Err(_) if fs::symlink_metadata(path).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(beside, path),
    }
}

// Errands that a key has asked for and that nobody waits for: a file is written, a program of the reader's is
// started.

/// How long a program may take to take a copy over.
const COPY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the giving up of what is in hand may take.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(1);

/// An errand.
#[derive(Debug)]
pub enum BackgroundTask {
    /// Writes dispatches to a file.
    Save(SaveRequest),
    /// Reads dispatches as `dateline show` prints them.
    Print {
        ids: Vec<EntryId>,
        standings: Vec<StoryStatus>,
        snapshot: Snapshot,
    },
    /// Starts a program that shows something, such as a browser.
    Launch(Vec<String>),
    /// Gives a text to the first of some programs that takes it. It is told only where `asked` that none does.
    Copy {
        programs: Vec<Vec<String>>,
        asked: bool,
        text: String,
    },
}

/// What is being done, and what must not be cut off when the program ends.
#[derive(Debug, Default)]
struct InFlight {
    /// Files that are being written, texts that are being copied.
    count: Mutex<usize>,
    changed: Condvar,
    /// The program ends: what is not written by now is given up.
    stop: AtomicBool,
}

/// Work in hand until it is dropped, also by a panic.
struct InFlightGuard(Arc<InFlight>);

impl InFlightGuard {
    fn new(hand: &Arc<InFlight>) -> Self {
        *hand.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Self(Arc::clone(hand))
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        *self.0.count.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.changed.notify_all();
    }
}

/// Runs errands.
pub(super) struct BackgroundTasks {
    tell: AnswerSink,
    in_flight: Arc<InFlight>,
    copies: Worker<(BackgroundTask, InFlightGuard)>,
}

impl BackgroundTasks {
    /// One thread copies one text after the other, so that the newest one stays.
    pub(super) fn start(tell: &AnswerSink) -> Self {
        let hand = Arc::<InFlight>::default();
        let held = Arc::clone(&hand);
        let copies = worker(tell, move |jobs, tell| {
            while let Some((errand, _held)) = recv_newest(jobs) {
                run_and_answer(errand, &held, tell);
            }
        });
        Self {
            tell: Arc::clone(tell),
            in_flight: hand,
            copies,
        }
    }

    /// Runs an errand beside the others; copies wait for each other, and one that a newer one has overtaken is left out.
    pub(super) fn run(&self, errand: BackgroundTask) {
        if matches!(errand, BackgroundTask::Copy { .. }) {
            self.copies
                .ask((errand, InFlightGuard::new(&self.in_flight)));
            return;
        }
        let held =
            matches!(errand, BackgroundTask::Save(_)).then(|| InFlightGuard::new(&self.in_flight));
        let (tell, hand) = (Arc::clone(&self.tell), Arc::clone(&self.in_flight));
        thread::spawn(move || {
            let _held = held;
            run_and_answer(errand, &hand, &tell);
        });
    }

    /// Waits for files and copies, for so long at most; then files that are still being written are given up, each with
    /// a word. Returns how much was not even given up in time.
    pub(super) fn finish(&self, limit: Duration) -> usize {
        let wait = |limit: Duration| {
            let open = self.in_flight.count.lock();
            let open = open.unwrap_or_else(PoisonError::into_inner);
            let waited = self
                .in_flight
                .changed
                .wait_timeout_while(open, limit, |open| *open > 0);
            *waited.unwrap_or_else(PoisonError::into_inner).0
        };
        if wait(limit) == 0 {
            return 0;
        }
        self.in_flight.stop.store(true, Ordering::Release);
        wait(CANCEL_TIMEOUT)
    }
}

impl fmt::Debug for BackgroundTasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Errands")
            .field("hand", &self.in_flight)
            .finish_non_exhaustive()
    }
}

fn run_and_answer(errand: BackgroundTask, hand: &InFlight, tell: &AnswerSink) {
    if let Some(answer) = run_task(errand, hand) {
        tell(answer);
    }
}

/// Runs an errand; what is to be answered.
fn run_task(errand: BackgroundTask, hand: &InFlight) -> Option<Answer> {
    match errand {
        BackgroundTask::Save(wanted) => {
            let given_up = || hand.stop.load(Ordering::Acquire);
            let said = save_dispatches(&wanted, &given_up).unwrap_or_else(|why| why);
            Some(Answer::Message(said))
        }
        BackgroundTask::Print {
            ids,
            standings,
            snapshot,
        } => {
            let (mut text, mut lost) = (String::new(), ReadFailures::default());
            let Ok(()) =
                for_each_full_dispatch((&snapshot, &ids, &standings), &mut lost, |whole| {
                    text.push_str(&whole.text());
                    Ok::<_, Infallible>(())
                });
            Some(Answer::Printed(text, lost.message()))
        }
        BackgroundTask::Launch(command) => launch_program(&command).err().map(Answer::Message),
        BackgroundTask::Copy {
            programs,
            asked,
            text,
        } => {
            let tries = programs
                .iter()
                .map(|p| run(p, text.clone().into_bytes(), COPY_TIMEOUT));
            let mut fault = None;
            for tried in tries {
                match tried {
                    Ok(()) => return None,
                    Err(why) => fault = Some(why),
                }
            }
            fault.filter(|_| asked).map(Answer::Message)
        }
    }
}

/// Starts a program apart from this one, and waits for its end to see whether it could do its work.
fn launch_program(command: &[String]) -> Result<(), String> {
    let (program, arguments) = command.split_first().ok_or("there is no command")?;
    let hint = "url = [\"PROGRAM\", \"{}\"] under [open] in the config file names another";
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    let mut child = child.map_err(|error| {
        format!(
            "{program} cannot be started ({}): {hint}",
            error_reason(&error)
        )
    })?;
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(match status.code() {
            Some(code) => format!("{program} ended with exit code {code}: {hint}"),
            None => format!("{program} was ended by a signal: {hint}"),
        }),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn two_that_are_saved_at_once_leave_each_other_alone() {
        let folder = std::env::temp_dir().join(format!("dateline-saving-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("big.txt");
        let (first, _file) = create_temp_file(&path).expect("a file");
        let (second, _file) = create_temp_file(&path).expect("another file");
        assert_ne!(first, second);
        // Nothing is there to be saved: the second goes away alone.
        let nothing = SaveRequest {
            ids: Vec::new(),
            standings: Vec::new(),
            snapshot: crate::index::DispatchIndex::default().snapshot(),
            path,
            overwrite: true,
        };
        assert!(
            save_dispatches(&nothing, &|| false).is_err_and(|why| why.contains("is not saved"))
        );
        let left = fs::read_dir(&folder).expect("the folder").count();
        assert_eq!(left, 2);
        let _ = fs::remove_dir_all(folder);
    }

    /// A program that keeps what it is given in a file, after so long.
    fn keeper(path: &std::path::Path, seconds: &str) -> Vec<Vec<String>> {
        let line = format!("sleep {seconds}; cat > '{}'", path.display());
        vec![["sh", "-c", &line].map(str::to_owned).to_vec()]
    }

    #[test]
    fn copies_come_one_after_the_other_and_are_waited_for() {
        let name = format!("dateline-copied-{}.txt", std::process::id());
        let path = std::env::temp_dir().join(name);
        let tell: AnswerSink = Arc::new(|_| {});
        let errands = BackgroundTasks::start(&tell);
        for (text, seconds) in [("older", "0.2"), ("newest", "0")] {
            errands.run(BackgroundTask::Copy {
                programs: keeper(&path, seconds),
                asked: true,
                text: text.to_owned(),
            });
        }
        assert_eq!(errands.finish(Duration::from_mins(1)), 0);
        assert_eq!(
            std::fs::read_to_string(&path).ok().as_deref(),
            Some("newest")
        );
        let _ = std::fs::remove_file(path);
    }

    #[test]
    fn what_does_not_end_is_not_waited_for_long() {
        let (tell, told) = channel();
        let tell: AnswerSink = Arc::new(move |answer| drop(tell.send(answer)));
        let errands = BackgroundTasks::start(&tell);
        let sleeper = ["sleep", "5"].map(str::to_owned).to_vec();
        errands.run(BackgroundTask::Launch(sleeper.clone()));
        assert_eq!(errands.finish(Duration::ZERO), 0);
        errands.run(BackgroundTask::Copy {
            programs: vec![sleeper],
            asked: true,
            text: String::new(),
        });
        assert_eq!(errands.finish(Duration::ZERO), 1);
        assert!(told.try_recv().is_err());
    }
}
