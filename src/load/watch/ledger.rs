//! What has been read of which file: so that what two ways lead to is shown once, and what grows is read on.

use std::collections::{HashMap, VecDeque};
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::pairing::{FileChange, ReadItem, match_items};
use crate::desk::{FileTracker, Replacement, TrackedFile};
use crate::dispatch::Stamp;
use crate::format::FormatId;

/// Deleted files that are remembered, in case they are written again.
const MAX_DELETED: usize = 4096;
/// A file of the same name made so soon after is the same one, written again.
const REWRITE_WINDOW: Duration = Duration::from_secs(2);

/// What tells whether a file is still as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) struct FileStat {
    /// Device and number of the file; 0 where they are not known.
    device: u64,
    inode: u64,
    pub(in crate::load) length: u64,
    seconds: i64,
    nanoseconds: Option<i64>,
}

impl FileStat {
    pub(in crate::load) fn of(about: &Metadata) -> Self {
        Self {
            device: about.dev(),
            inode: about.ino(),
            length: about.len(),
            seconds: about.mtime(),
            nanoseconds: Some(about.mtime_nsec()),
        }
    }

    /// As far as an input tells it.
    pub(super) fn from_input(length: u64, modified: Option<Stamp>) -> Self {
        Self {
            device: 0,
            inode: 0,
            length,
            seconds: modified.map_or(i64::MIN, |stamp| stamp.seconds),
            nanoseconds: None,
        }
    }

    /// True where nothing tells them apart.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.is_same_file(other)
            && self.length == other.length
            && self.seconds == other.seconds
            && (self.nanoseconds == other.nanoseconds
                || self.nanoseconds.is_none()
                || other.nanoseconds.is_none())
    }

    /// True where it may be the same file, whatever it holds.
    pub(super) fn is_same_file(&self, other: &Self) -> bool {
        self.inode == 0
            || other.inode == 0
            || (self.device, self.inode) == (other.device, other.inode)
    }

    fn modified(&self) -> Option<Stamp> {
        (self.seconds != i64::MIN).then(|| Stamp::from_seconds(self.seconds))
    }
}

/// What has been read of a file.
#[derive(Debug, Clone)]
pub(in crate::load) struct FileState {
    pub(in crate::load) stat: FileStat,
    /// Shared with its inputs.
    pub(in crate::load) trace: Arc<FileTracker>,
    pub(in crate::load) format: Option<FormatId>,
    /// Where that what was read ends; the rest waits until it is complete.
    pub(in crate::load) end: u64,
    /// Dispatches up to there.
    pub(in crate::load) count: u32,
    /// Hashes of the first bytes, and of those before `end`: where they stand still, the file has only grown.
    pub(in crate::load) fingerprints: Option<(u64, u64)>,
    /// Hash of the whole, of a file that is read as a whole.
    pub(in crate::load) whole_hash: Option<u64>,
    pub(in crate::load) items: Vec<ReadItem>,
}

impl FileState {
    /// A file of which nothing has been read.
    pub(in crate::load) fn new(stat: FileStat) -> Self {
        Self {
            stat,
            trace: Arc::default(),
            format: None,
            end: 0,
            count: 0,
            fingerprints: None,
            whole_hash: None,
            items: Vec::new(),
        }
    }

    /// A file that could not be read to its end: it is read again when it changes.
    pub(super) fn unread(path: &Path) -> Option<Self> {
        let stat = FileStat::of(&fs::metadata(path).ok()?);
        let mut known = Self::new(stat);
        known.end = stat.length;
        Some(known)
    }

    /// The file is as it was but for what follows what was read, or lies at another place.
    pub(super) fn set_location(&mut self, path: &Path, stat: FileStat) {
        self.stat = stat;
        self.trace.update(Some(TrackedFile {
            path: path.to_owned(),
            length: stat.length,
            modified: stat.modified(),
        }));
    }
}

/// What the ledger says of a path that somebody wants to read.
pub(in crate::load) enum Claim {
    /// Nobody has: the caller reads it now, and says so with [`Ledger::took`] when it is done.
    Free(Option<(FileState, FileChange)>),
    /// Somebody reads it at this moment.
    Busy,
    /// It has been read; only a watch reads it again.
    Read,
}

#[derive(Debug, Default)]
struct StateTable {
    /// `None` while somebody reads it.
    known: HashMap<PathBuf, Option<FileState>>,
    /// Deleted ones, the last one last.
    deleted: VecDeque<(Instant, PathBuf, FileState)>,
}

/// All files.
#[derive(Debug, Default)]
pub(in crate::load) struct FileStates(Mutex<StateTable>);

impl FileStates {
    fn lock(&self) -> MutexGuard<'_, StateTable> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks to read a path; `again` where it is known to have changed.
    pub(in crate::load) fn claim(&self, path: &Path, again: bool) -> Claim {
        let mut books = self.lock();
        match books.known.get_mut(path) {
            Some(None) => Claim::Busy,
            Some(Some(_)) if !again => Claim::Read,
            Some(known) => Claim::Free(known.take().map(|known| (known, FileChange::Rewritten))),
            None => {
                books.known.insert(path.to_owned(), None);
                let at = books.deleted.iter().rposition(|(_, gone, _)| gone == path);
                let gone = at.and_then(|at| books.deleted.remove(at));
                Claim::Free(gone.map(|(when, _, known)| {
                    let soon = when.elapsed() < REWRITE_WINDOW;
                    (
                        known,
                        if soon {
                            FileChange::Rewritten
                        } else {
                            FileChange::Recreated
                        },
                    )
                }))
            }
        }
    }

    /// A claimed path has been read; `None`: there is no such file.
    pub(in crate::load) fn finish_read(&self, path: &Path, known: Option<FileState>) {
        let mut books = self.lock();
        match known {
            Some(known) => drop(books.known.insert(path.to_owned(), Some(known))),
            None => drop(books.known.remove(path)),
        }
    }

    /// What is known of a path: length and date.
    pub(super) fn stat(&self, path: &Path) -> Option<(FileStat, Option<FormatId>)> {
        let books = self.lock();
        let known = books.known.get(path)?.as_ref()?;
        Some((known.stat, known.format))
    }

    /// A file has been deleted. Its inputs live on what is kept.
    pub(super) fn mark_deleted(&self, path: &Path) {
        let mut books = self.lock();
        // One that is being read is looked for again by its reader.
        if let Some(Some(_)) = books.known.get(path)
            && let Some(Some(known)) = books.known.remove(path)
        {
            known.trace.update(None);
            if !known.items.is_empty() {
                books
                    .deleted
                    .push_back((Instant::now(), path.to_owned(), known));
            }
            if books.deleted.len() > MAX_DELETED {
                books.deleted.pop_front();
            }
        }
    }

    /// A file lies at another path now, maybe in the place of another one: what that means for the rows of both.
    pub(super) fn rename_file(&self, from: &Path, to: &Path) -> Vec<Replacement> {
        let mut books = self.lock();
        let Some(Some(mut known)) = books.known.remove(from) else {
            return Vec::new();
        };
        let stat = known.stat;
        known.set_location(to, stat);
        let mut replaced = Vec::new();
        if let Some(Some(old)) = books.known.remove(to) {
            old.trace.update(None);
            let (pairs, left) = match_items(&old.items, &known.items, FileChange::Rewritten);
            replaced = pairs;
            known.items.extend(left);
        }
        books.known.insert(to.to_owned(), Some(known));
        replaced
    }

    /// True while somebody reads a path.
    pub(super) fn is_busy(&self, path: &Path) -> bool {
        matches!(self.lock().known.get(path), Some(None))
    }

    /// Takes over what a load has read that noted nothing.
    pub(super) fn adopt(&self, path: PathBuf, known: FileState) {
        self.lock().known.entry(path).or_insert(Some(known));
    }

    /// The known paths below a folder.
    pub(super) fn paths_below(&self, folder: &Path) -> Vec<PathBuf> {
        let books = self.lock();
        let below = books.known.keys().filter(|path| path.starts_with(folder));
        below.cloned().collect()
    }
}
