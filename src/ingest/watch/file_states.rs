//! What has been read of each file, and how the items of a rewritten file are matched with those read before.
//! Reads no file itself.

use std::collections::{HashMap, VecDeque};
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::dispatch::Stamp;
use crate::format::{FormatId, ScannedItem};
use crate::index::{FileTracker, Input, ItemLocation, Replacement};
use crate::ingest::watch::roots::is_within;
use crate::text::stable_hash;

/// Most deleted files to remember, in case they are created again. The longest deleted are forgotten first.
const MAX_DELETED: usize = 4096;

/// A file that is created again within this time counts as rewritten: many programs delete a file to replace it.
const REWRITE_WINDOW: Duration = Duration::from_secs(2);

/// What tells whether a file has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) struct FileStat {
    /// Device and inode of the file; 0 if unknown.
    device: u64,
    inode: u64,
    /// In bytes.
    pub(in crate::ingest) length: u64,
    /// Modification time in seconds since 1970; `i64::MIN` if unknown.
    seconds: i64,
    /// Fraction of that time; `None` if unknown.
    nanoseconds: Option<i64>,
    /// When the file was last written, renamed or given other permissions, in seconds and nanoseconds; `None` if
    /// unknown. Unlike the modification time it cannot be set.
    changed: Option<(i64, i64)>,
}

impl FileStat {
    pub(in crate::ingest) fn of(about: &Metadata) -> Self {
        Self {
            device: about.dev(),
            inode: about.ino(),
            length: about.len(),
            seconds: about.mtime(),
            nanoseconds: Some(about.mtime_nsec()),
            changed: Some((about.ctime(), about.ctime_nsec())),
        }
    }

    /// As much as is known from an input: length and whole seconds.
    pub(super) fn from_input(length: u64, modified: Option<Stamp>) -> Self {
        Self {
            device: 0,
            inode: 0,
            length,
            seconds: modified.map_or(i64::MIN, |stamp| stamp.seconds),
            nanoseconds: None,
            changed: None,
        }
    }

    /// True if nothing that is known differs.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.may_be_renamed(other)
            && (self.changed == other.changed || self.changed.is_none() || other.changed.is_none())
    }

    /// True if it may be the same file under another name: a rename leaves everything but `changed` as it is.
    pub(super) fn may_be_renamed(&self, other: &Self) -> bool {
        self.is_same_file(other)
            && self.length == other.length
            && self.seconds == other.seconds
            && (self.nanoseconds == other.nanoseconds
                || self.nanoseconds.is_none()
                || other.nanoseconds.is_none())
    }

    /// True if it may be the same file, whatever its contents.
    pub(super) fn is_same_file(&self, other: &Self) -> bool {
        self.inode == 0
            || other.inode == 0
            || (self.device, self.inode) == (other.device, other.inode)
    }

    /// Device and inode; `None` if they are unknown.
    pub(super) fn file_id(&self) -> Option<(u64, u64)> {
        (self.inode != 0).then_some((self.device, self.inode))
    }
}

/// What has been read of a file.
#[derive(Debug, Clone)]
pub(in crate::ingest) struct FileState {
    pub(in crate::ingest) stat: FileStat,
    /// Where the file is now; shared with its inputs.
    pub(in crate::ingest) tracker: Arc<FileTracker>,
    pub(in crate::ingest) format: Option<FormatId>,
    /// Offset up to which the file has been read. An incomplete item may follow.
    pub(in crate::ingest) end: u64,
    /// Number of dispatches up to `end`.
    pub(in crate::ingest) count: u32,
    /// Hashes of the first bytes and of those before `end`. If they still match, the file has only grown.
    pub(in crate::ingest) fingerprints: Option<(u64, u64)>,
    /// Hash of all bytes, for a file that is read as a whole.
    pub(in crate::ingest) whole_hash: Option<u64>,
    /// The dispatches of the file, and those that were in it before and have no successor.
    pub(in crate::ingest) items: Vec<ReadItem>,
}

impl FileState {
    /// The state of a file of which nothing has been read.
    pub(in crate::ingest) fn new(stat: FileStat) -> Self {
        Self {
            stat,
            tracker: Arc::default(),
            format: None,
            end: 0,
            count: 0,
            fingerprints: None,
            whole_hash: None,
            items: Vec::new(),
        }
    }

    /// The state of a file whose reading failed: it is not read again until it changes. `None` if the file is gone.
    pub(super) fn unread(path: &Path) -> Option<Self> {
        let stat = FileStat::of(&fs::metadata(path).ok()?);
        let mut known = Self::new(stat);
        known.end = stat.length;
        Some(known)
    }

    /// Sets the path and stat of the file. What has been read of it must still be valid: the file was only renamed, or
    /// has grown.
    pub(super) fn set_location(&mut self, path: &Path, stat: FileStat) {
        self.stat = stat;
        self.tracker.update(Some(path.to_owned()));
    }
}

/// The answer to a thread that wants to read a file.
pub(in crate::ingest) enum Claim {
    /// The caller must read it now, and call [`FileStates::finish_read`] when it is done. Has what was read of the file
    /// before, and what has happened to it since.
    Free(Option<(FileState, FileChange)>),
    /// Another thread is reading it.
    Busy,
    /// It has been read, and the caller does not want to read it again.
    Read,
}

#[derive(Debug, Default)]
struct StateTable {
    /// Files by path; `None` while a thread reads the file.
    known: HashMap<PathBuf, Option<FileState>>,
    /// Files that are no longer under their path. Several for one path if its folder was replaced more than once.
    gone: HashMap<PathBuf, Vec<GoneFile>>,
    /// Paths of deleted files in the order of their deletion. Some may have come back since.
    deleted: VecDeque<PathBuf>,
}

/// A file that was deleted, or whose folder is no longer under its path.
#[derive(Debug)]
struct GoneFile {
    /// `None` if its folder was moved away or replaced. Such files are not forgotten: the folder may come back.
    deleted_at: Option<Instant>,
    state: FileState,
}

impl StateTable {
    /// Takes the file that was read under a path before: the one that is there again, else the last one.
    fn take_gone(&mut self, path: &Path) -> Option<(FileState, FileChange)> {
        let files = self.gone.get_mut(path)?;
        let id = fs::metadata(path).ok();
        let id = id.and_then(|about| FileStat::of(&about).file_id());
        let at = files.iter().rposition(|file| file.state.stat.file_id() == id);
        let GoneFile { deleted_at, state } = files.remove(at.unwrap_or(files.len() - 1));
        if files.is_empty() {
            self.gone.remove(path);
        }
        let is_rewrite = deleted_at.is_some_and(|when| when.elapsed() < REWRITE_WINDOW);
        let change = if is_rewrite { FileChange::Rewritten } else { FileChange::Recreated };
        Some((state, change))
    }

    /// Moves a known file to `gone`, unless a thread reads it. Its inputs are read from retained bytes from now on.
    fn mark_gone(&mut self, path: &Path, now_at: PathBuf, deleted_at: Option<Instant>) {
        if !matches!(self.known.get(path), Some(Some(_))) {
            return;
        }
        let Some(Some(state)) = self.known.remove(path) else {
            return;
        };
        state.tracker.update(None);
        if deleted_at.is_some() {
            if state.items.is_empty() {
                return;
            }
            self.deleted.push_back(now_at.clone());
        }
        let file = GoneFile { deleted_at, state };
        self.gone.entry(now_at).or_default().push(file);
        if self.deleted.len() > MAX_DELETED
            && let Some(oldest) = self.deleted.pop_front()
            && let Some(files) = self.gone.get_mut(&oldest)
        {
            if let Some(at) = files.iter().position(|file| file.deleted_at.is_some()) {
                files.remove(at);
            }
            if files.is_empty() {
                self.gone.remove(&oldest);
            }
        }
    }
}

/// What has been read of each file. Makes sure that no two threads read the same file at a time.
#[derive(Debug, Default)]
pub(in crate::ingest) struct FileStates(Mutex<StateTable>);

impl FileStates {
    fn lock(&self) -> MutexGuard<'_, StateTable> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Claims a file for reading. `again` allows to read a file once more that has been read.
    pub(in crate::ingest) fn claim(&self, path: &Path, again: bool) -> Claim {
        let mut table = self.lock();
        match table.known.get_mut(path) {
            Some(None) => Claim::Busy,
            Some(Some(_)) if !again => Claim::Read,
            Some(known) => Claim::Free(known.take().map(|known| (known, FileChange::Rewritten))),
            None => {
                table.known.insert(path.to_owned(), None);
                // A new path. A file of this name may have been there before.
                Claim::Free(table.take_gone(path))
            }
        }
    }

    /// Ends a claim with the new state of the file; `None` if there is nothing to remember of it.
    pub(in crate::ingest) fn finish_read(&self, path: &Path, known: Option<FileState>) {
        let mut table = self.lock();
        match known {
            Some(known) => drop(table.known.insert(path.to_owned(), Some(known))),
            None => drop(table.known.remove(path)),
        }
    }

    /// Stat and format of a file at its last read. `None` if it has not been read, or is being read.
    pub(super) fn stat(&self, path: &Path) -> Option<(FileStat, Option<FormatId>)> {
        let table = self.lock();
        let known = table.known.get(path)?.as_ref()?;
        Some((known.stat, known.format))
    }

    /// Records that a file was deleted.
    pub(super) fn mark_deleted(&self, path: &Path) {
        self.lock().mark_gone(path, path.to_owned(), Some(Instant::now()));
    }

    /// Records that a folder is no longer under its path, or is another one now. Returns the files below it that
    /// another thread is reading.
    pub(super) fn mark_folder_gone(&self, folder: &Path) -> Vec<PathBuf> {
        let mut paths = self.paths_below(folder);
        let mut table = self.lock();
        for path in &paths {
            table.mark_gone(path, path.clone(), None);
        }
        // Those that were deleted shortly before are no part of a rewritten file either.
        for (_, files) in table.gone.iter_mut().filter(|(path, _)| is_within(path, folder)) {
            for file in files {
                file.deleted_at = None;
            }
        }
        paths.retain(|path| table.known.contains_key(path));
        paths
    }

    /// Records renames that no event reported. What was read of the files is kept under their new paths, but they have
    /// to be read again: they may have changed as well.
    pub(super) fn mark_moved(&self, moves: Vec<(PathBuf, PathBuf)>) {
        let mut table = self.lock();
        for (from, to) in &moves {
            table.mark_gone(from, to.clone(), None);
        }
        // Those that were overwritten.
        for (_, to) in moves {
            table.mark_gone(&to, to.clone(), None);
        }
    }

    /// Records that a file was renamed. If it overwrote another file, the entries of that one are matched with its own.
    pub(super) fn rename_file(&self, from: &Path, to: &Path) -> Vec<Replacement> {
        let mut table = self.lock();
        let Some(Some(mut known)) = table.known.remove(from) else {
            return Vec::new();
        };
        let now = fs::metadata(to).map(|about| FileStat::of(&about)).ok();
        let now = now.filter(|now| known.stat.may_be_renamed(now));
        let stat = now.unwrap_or(known.stat);
        known.set_location(to, stat);
        let mut replaced = Vec::new();
        if let Some(Some(old)) = table.known.remove(to) {
            old.tracker.update(None);
            let (pairs, unmatched) = match_items(&old.items, &known.items, FileChange::Rewritten);
            replaced = pairs;
            known.items.extend(unmatched);
        }
        table.known.insert(to.to_owned(), Some(known));
        replaced
    }

    /// True while a thread reads the file.
    pub(super) fn is_busy(&self, path: &Path) -> bool {
        matches!(self.lock().known.get(path), Some(None))
    }

    /// Adds the state of a file that was loaded without a watch.
    pub(super) fn adopt(&self, path: PathBuf, known: FileState) {
        self.lock().known.entry(path).or_insert(Some(known));
    }

    /// The paths of known files below a folder.
    pub(super) fn paths_below(&self, folder: &Path) -> Vec<PathBuf> {
        self.paths(|path| is_within(path, folder))
    }

    /// The paths of known files that pass a test.
    pub(super) fn paths(&self, test: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
        let table = self.lock();
        let found = table.known.keys().filter(|path| test(path));
        found.cloned().collect()
    }
}

// Matching the items of a rewritten file. Without IO.

/// An item of a file, as far as is needed to recognize it when the file is rewritten.
#[derive(Debug, Clone)]
pub(in crate::ingest) struct ReadItem {
    pub(in crate::ingest) input: Arc<Input>,
    /// Offset of its first byte in the input.
    pub(in crate::ingest) start: u64,
    /// Its number among the items of the same byte range.
    pub(in crate::ingest) nth: u32,
    /// Hash of the wire's identity of this version.
    pub(in crate::ingest) item_id: u64,
    /// Hash of headline and slug; 0 if there is neither.
    pub(in crate::ingest) title_hash: u64,
    /// Hash of its bytes and `nth`.
    pub(in crate::ingest) bytes_hash: u64,
}

impl ReadItem {
    /// True if both are the same item of the same input.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.input, &other.input) && (self.start, self.nth) == (other.start, other.nth)
    }
}

/// What happened to a file between two reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum FileChange {
    /// Bytes were appended; the old ones are unchanged.
    Grown,
    /// It was overwritten, or replaced by another file.
    Rewritten,
    /// It was deleted, and a file of its name was created some time later. The two may have nothing in common.
    Recreated,
}

/// Matches the items of a file with those of its last read: first by equal bytes, then by equal identity, then by equal
/// headline and slug at the same position. Position alone is enough if the file has only grown, or if it had one item
/// and still has one.
///
/// Returns the matches, and the old items without one. Those are no longer in the file but stay listed: a feed drops
/// old items all the time.
pub(in crate::ingest) fn match_items(
    old: &[ReadItem],
    new: &[ReadItem],
    change: FileChange,
) -> (Vec<Replacement>, Vec<ReadItem>) {
    // For each old item the index of the new one.
    let mut successor: Vec<Option<usize>> = vec![None; old.len()];
    let mut taken = vec![false; new.len()];
    for key in [|item: &ReadItem| item.bytes_hash, |item: &ReadItem| item.item_id] {
        // Reversed, so that `pop` gives the first: equal items are matched in their order.
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
        let is_match = match change {
            FileChange::Grown => true,
            FileChange::Rewritten => single || has_same_title(before, after),
            FileChange::Recreated => has_same_title(before, after),
        };
        if is_match && successor[at].is_none() && !taken[at] {
            successor[at] = Some(at);
            taken[at] = true;
        }
    }
    let location = |item: &ReadItem| ItemLocation {
        input: Arc::clone(&item.input),
        start: item.start,
        nth: item.nth,
    };
    let (mut replaced, mut unmatched) = (Vec::new(), Vec::new());
    for (before, at) in old.iter().zip(successor) {
        match at.map(|at| &new[at]) {
            Some(after) => replaced.push(Replacement {
                old: location(before),
                new: location(after),
                is_unchanged: before.bytes_hash == after.bytes_hash,
            }),
            None => unmatched.push(before.clone()),
        }
    }
    (replaced, unmatched)
}

fn has_same_title(a: &ReadItem, b: &ReadItem) -> bool {
    a.title_hash == b.title_hash && a.title_hash != 0
}

// Recording.

/// Most items remembered of one file. Of a longer file only the last one is kept, which is enough to continue it when
/// it grows.
const MAX_ITEMS: usize = 100_000;

/// Records the items of a file while it is read.
#[derive(Debug)]
pub(in crate::ingest) struct ReadRecorder {
    pub(in crate::ingest) tracker: Arc<FileTracker>,
    /// True if the bytes of the file are to be retained.
    pub(in crate::ingest) retain: bool,
    pub(in crate::ingest) items: Vec<ReadItem>,
}

impl ReadRecorder {
    pub(in crate::ingest) fn new(trace: &Arc<FileTracker>, retain: bool) -> Self {
        Self { tracker: Arc::clone(trace), retain, items: Vec::new() }
    }

    /// Records an item and its bytes.
    pub(in crate::ingest) fn record_item(
        &mut self,
        input: &Arc<Input>,
        found: &ScannedItem<'_>,
        bytes: &[u8],
    ) {
        let head = &found.head;
        let title_hash = match (head.headline.is_empty(), head.slug.is_empty()) {
            (true, true) => 0,
            _ => stable_hash(format!("{}\n{}", head.headline, head.slug).as_bytes()),
        };
        self.items.push(ReadItem {
            input: Arc::clone(input),
            start: found.byte_range.start,
            nth: found.number,
            item_id: head.item_key,
            title_hash,
            bytes_hash: stable_hash(bytes).rotate_left(found.number % 64),
        });
        // Not at each item beyond the limit, which would move the others each time.
        if self.items.len() > 2 * MAX_ITEMS {
            limit_items(&mut self.items);
        }
    }
}

/// Drops all but the last item if there are more than [`MAX_ITEMS`].
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

    /// Items from their hashes: identity, title, bytes.
    fn items(hashes: &[(u64, u64, u64)]) -> Vec<ReadItem> {
        let location = InputLocation::BuiltIn("test", b"");
        let input = Arc::new(Input::new(location, FormatId::PLAIN, 0, None));
        let item = |(start, &(key, title, bytes)): (u64, &(u64, u64, u64))| ReadItem {
            input: Arc::clone(&input),
            start,
            nth: 0,
            item_id: key,
            title_hash: title,
            bytes_hash: bytes,
        };
        (0..).zip(hashes).map(item).collect()
    }

    /// `expected`: for each match the numbers of the old and the new item, and whether they are unchanged.
    #[track_caller]
    fn check(
        change: FileChange,
        old: &[(u64, u64, u64)],
        new: &[(u64, u64, u64)],
        expected: &[(u64, u64, bool)],
    ) {
        let (replaced, unmatched) = match_items(&items(old), &items(new), change);
        assert_eq!(replaced.len() + unmatched.len(), old.len());
        let found: Vec<(u64, u64, bool)> = replaced
            .iter()
            .map(|pair| (pair.old.start, pair.new.start, pair.is_unchanged))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_single_item_is_matched_by_position_unless_recreated() {
        check(FileChange::Rewritten, &[(1, 1, 1)], &[(2, 2, 2)], &[(0, 0, false)]);
        check(FileChange::Recreated, &[(1, 1, 1)], &[(2, 2, 2)], &[]);
        check(FileChange::Recreated, &[(1, 7, 1)], &[(2, 7, 2)], &[(0, 0, false)]);
        check(FileChange::Recreated, &[(5, 1, 1)], &[(5, 2, 2)], &[(0, 0, false)]);
    }

    #[test]
    fn items_that_a_feed_drops_stay_unmatched() {
        // Newest first: 4 is new, 1 was dropped.
        let (a, b, c, d) = ((1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4));
        check(FileChange::Rewritten, &[c, b, a], &[d, c, b], &[(0, 1, true), (1, 2, true)]);
        // One of them was corrected under its id.
        let (again, pairs) = ((2, 2, 9), [(0, 0, true), (1, 1, false)]);
        check(FileChange::Rewritten, &[c, b], &[c, again], &pairs);
    }

    #[test]
    fn the_last_item_may_grow() {
        let (a, part, whole, next) = ((1, 1, 1), (2, 2, 2), (3, 2, 3), (4, 4, 4));
        let pairs = [(0, 0, true), (1, 1, false)];
        check(FileChange::Grown, &[a, part], &[a, whole, next], &pairs);
    }

    #[test]
    fn equal_items_are_matched_in_order() {
        let a = (1, 1, 1);
        let pairs = [(0, 0, true), (1, 1, true)];
        check(FileChange::Rewritten, &[a, a], &[a, a, a], &pairs);
        check(FileChange::Rewritten, &[a, a, a], &[a, a], &pairs);
    }
}
