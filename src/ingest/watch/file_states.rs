//! What has been read of each file, and how the items of a rewritten file are matched with those read before.

use std::collections::{HashMap, VecDeque};
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::dispatch::Stamp;
use crate::format::{FormatId, ScannedItem};
use crate::index::{FileTracker, Input, ItemLocation, Replacement, TrackedFile};
use crate::text::hash;

/// Deleted files that are remembered, in case they are written again.
const MAX_DELETED: usize = 4096;

/// A file of the same name made so soon after is the same one, written again.
const REWRITE_WINDOW: Duration = Duration::from_secs(2);

/// What tells whether a file is still as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) struct FileStat {
    /// Device and number of the file; 0 where they are not known.
    device: u64,
    inode: u64,
    pub(in crate::ingest) length: u64,
    seconds: i64,
    nanoseconds: Option<i64>,
}

impl FileStat {
    pub(in crate::ingest) fn of(about: &Metadata) -> Self {
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
pub(in crate::ingest) struct FileState {
    pub(in crate::ingest) stat: FileStat,
    /// Shared with its inputs.
    pub(in crate::ingest) trace: Arc<FileTracker>,
    pub(in crate::ingest) format: Option<FormatId>,
    /// Where that what was read ends; the rest waits until it is complete.
    pub(in crate::ingest) end: u64,
    /// Dispatches up to there.
    pub(in crate::ingest) count: u32,
    /// Hashes of the first bytes, and of those before `end`: where they stand still, the file has only grown.
    pub(in crate::ingest) fingerprints: Option<(u64, u64)>,
    /// Hash of the whole, of a file that is read as a whole.
    pub(in crate::ingest) whole_hash: Option<u64>,
    pub(in crate::ingest) items: Vec<ReadItem>,
}

impl FileState {
    /// A file of which nothing has been read.
    pub(in crate::ingest) fn new(stat: FileStat) -> Self {
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
pub(in crate::ingest) enum Claim {
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
pub(in crate::ingest) struct FileStates(Mutex<StateTable>);

impl FileStates {
    fn lock(&self) -> MutexGuard<'_, StateTable> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks to read a path; `again` where it is known to have changed.
    pub(in crate::ingest) fn claim(&self, path: &Path, again: bool) -> Claim {
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
    pub(in crate::ingest) fn finish_read(&self, path: &Path, known: Option<FileState>) {
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

// A file written again: which of its dispatches stand in the places of which before. Pure.

/// One dispatch of a file, as far as it is needed to find it again when the file is written again.
#[derive(Debug, Clone)]
pub(in crate::ingest) struct ReadItem {
    pub(in crate::ingest) input: Arc<Input>,
    pub(in crate::ingest) start: u64,
    pub(in crate::ingest) nth: u32,
    /// Identity of the version.
    pub(in crate::ingest) item_id: u64,
    /// Hash of headline and slug; 0 where there is neither.
    pub(in crate::ingest) title_hash: u64,
    /// Hash of its bytes and its number in them.
    pub(in crate::ingest) bytes_hash: u64,
}

impl ReadItem {
    /// True for the very same one.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.input, &other.input) && (self.start, self.nth) == (other.start, other.nth)
    }
}

/// What happened to the file between the two readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum FileChange {
    /// The old bytes stand at its start still.
    Grown,
    /// Written again, or another file in its place.
    Rewritten,
    /// Deleted, and another one of its name made later.
    Recreated,
}

/// Pairs the dispatches of a file with those before: the same bytes, then the same identity, then the same name at the
/// same place. A place alone tells where the file grew, and where it holds one dispatch as before. Those before that
/// have no pair are in the file no longer: they stay, and are returned too.
pub(in crate::ingest) fn match_items(
    old: &[ReadItem],
    new: &[ReadItem],
    how: FileChange,
) -> (Vec<Replacement>, Vec<ReadItem>) {
    let mut successor: Vec<Option<usize>> = vec![None; old.len()];
    let mut taken = vec![false; new.len()];
    for key in [
        |item: &ReadItem| item.bytes_hash,
        |item: &ReadItem| item.item_id,
    ] {
        let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, item) in new.iter().enumerate().rev().filter(|(at, _)| !taken[*at]) {
            places.entry(key(item)).or_default().push(at);
        }
        for (at, item) in old.iter().enumerate() {
            if successor[at].is_none() {
                let found = places.get_mut(&key(item)).and_then(Vec::pop);
                successor[at] = found;
                if let Some(at) = found {
                    taken[at] = true;
                }
            }
        }
    }
    let single = old.len() == 1 && new.len() == 1;
    for (at, (before, after)) in old.iter().zip(new).enumerate() {
        let place = match how {
            FileChange::Grown => true,
            FileChange::Rewritten => single || same_name(before, after),
            FileChange::Recreated => same_name(before, after),
        };
        if place && successor[at].is_none() && !taken[at] {
            successor[at] = Some(at);
            taken[at] = true;
        }
    }
    let spot = |item: &ReadItem| ItemLocation {
        input: Arc::clone(&item.input),
        start: item.start,
        nth: item.nth,
    };
    let (mut replaced, mut left) = (Vec::new(), Vec::new());
    for (before, at) in old.iter().zip(successor) {
        match at.map(|at| &new[at]) {
            Some(after) => replaced.push(Replacement {
                old: spot(before),
                new: spot(after),
                is_unchanged: before.bytes_hash == after.bytes_hash,
            }),
            None => left.push(before.clone()),
        }
    }
    (replaced, left)
}

fn same_name(a: &ReadItem, b: &ReadItem) -> bool {
    a.title_hash == b.title_hash && a.title_hash != 0
}

// What is made of a file while it is read: its dispatches, and what is kept of its bytes.

/// Most dispatches of one file that are remembered one by one; of more, only the last.
const MAX_ITEMS: usize = 100_000;

/// What is made of one file.
#[derive(Debug)]
pub(in crate::ingest) struct ReadRecorder {
    pub(in crate::ingest) trace: Arc<FileTracker>,
    /// Its bytes are to be kept.
    pub(in crate::ingest) retain: bool,
    pub(in crate::ingest) items: Vec<ReadItem>,
}

impl ReadRecorder {
    pub(in crate::ingest) fn new(trace: &Arc<FileTracker>, keep: bool) -> Self {
        Self {
            trace: Arc::clone(trace),
            retain: keep,
            items: Vec::new(),
        }
    }

    /// Notes a dispatch and its bytes.
    pub(in crate::ingest) fn record_item(
        &mut self,
        input: &Arc<Input>,
        found: &ScannedItem<'_>,
        bytes: &[u8],
    ) {
        let head = &found.head;
        let name = match (head.headline.is_empty(), head.slug.is_empty()) {
            (true, true) => 0,
            _ => hash(format!("{}\n{}", head.headline, head.slug).as_bytes()),
        };
        self.items.push(ReadItem {
            input: Arc::clone(input),
            start: found.byte_range.start,
            nth: found.number,
            item_id: head.item_key,
            title_hash: name,
            bytes_hash: hash(bytes).rotate_left(found.number % 64),
        });
        if self.items.len() > 2 * MAX_ITEMS {
            limit_items(&mut self.items);
        }
    }
}

/// Forgets all but the last where there are too many.
pub(in crate::ingest) fn limit_items(items: &mut Vec<ReadItem>) {
    if items.len() > MAX_ITEMS {
        items.drain(..items.len() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::FormatId;
    use crate::index::InputLocation;

    /// Items from their identity, name and bytes.
    fn items(of: &[(u64, u64, u64)]) -> Vec<ReadItem> {
        let place = InputLocation::BuiltIn("test", b"");
        let input = Arc::new(Input::new(place, FormatId::PLAIN, 0, None));
        let item = |(start, &(key, name, bytes)): (u64, &(u64, u64, u64))| ReadItem {
            input: Arc::clone(&input),
            start,
            nth: 0,
            item_id: key,
            title_hash: name,
            bytes_hash: bytes,
        };
        (0..).zip(of).map(item).collect()
    }

    #[track_caller]
    fn check(
        how: FileChange,
        old: &[(u64, u64, u64)],
        new: &[(u64, u64, u64)],
        expected: &[(u64, u64, bool)],
    ) {
        let (replaced, left) = match_items(&items(old), &items(new), how);
        assert_eq!(replaced.len() + left.len(), old.len());
        let found: Vec<(u64, u64, bool)> = replaced
            .iter()
            .map(|pair| (pair.old.start, pair.new.start, pair.is_unchanged))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_single_dispatch_takes_its_place() {
        check(
            FileChange::Rewritten,
            &[(1, 1, 1)],
            &[(2, 2, 2)],
            &[(0, 0, false)],
        );
        check(FileChange::Recreated, &[(1, 1, 1)], &[(2, 2, 2)], &[]);
        check(
            FileChange::Recreated,
            &[(1, 7, 1)],
            &[(2, 7, 2)],
            &[(0, 0, false)],
        );
        check(
            FileChange::Recreated,
            &[(5, 1, 1)],
            &[(5, 2, 2)],
            &[(0, 0, false)],
        );
    }

    #[test]
    fn a_feed_that_moves_on_keeps_what_left_it() {
        // Newest first: 4 came, 1 went.
        let (a, b, c, d) = ((1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4));
        check(
            FileChange::Rewritten,
            &[c, b, a],
            &[d, c, b],
            &[(0, 1, true), (1, 2, true)],
        );
        // One of them corrected under its id.
        let (again, pairs) = ((2, 2, 9), [(0, 0, true), (1, 1, false)]);
        check(FileChange::Rewritten, &[c, b], &[c, again], &pairs);
    }

    #[test]
    fn the_last_one_grows_on() {
        let (a, part, whole, next) = ((1, 1, 1), (2, 2, 2), (3, 2, 3), (4, 4, 4));
        let pairs = [(0, 0, true), (1, 1, false)];
        check(FileChange::Grown, &[a, part], &[a, whole, next], &pairs);
    }

    #[test]
    fn equal_dispatches_are_paired_one_by_one() {
        let a = (1, 1, 1);
        let pairs = [(0, 0, true), (1, 1, true)];
        check(FileChange::Rewritten, &[a, a], &[a, a, a], &pairs);
        check(FileChange::Rewritten, &[a, a, a], &[a, a], &pairs);
    }
}
