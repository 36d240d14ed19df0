//! Paths that something happened to, and when it is time to read them. Pure: the time is given.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What follows at once is taken along.
const COALESCE_DELAY: Duration = Duration::from_millis(15);
/// A file that grows line by line is read on at most so often.
const GROWING_INTERVAL: Duration = Duration::from_millis(100);
/// A file that is open for writing is looked at after this: it may be one that grows line by line.
const PEEK_DELAY: Duration = Duration::from_millis(150);
/// A file that came without being written to, as links do, is taken after this.
const QUIET_DELAY: Duration = Duration::from_millis(250);
/// A file that is not closed, or ends in the middle of a line, is taken as it is when nothing happened for so long.
const IDLE_DELAY: Duration = Duration::from_secs(5);

/// How a path is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PendingKind {
    /// Whole: closed, or renamed into place.
    Whole,
    /// The same, and something is known to have been in it.
    Filled,
    /// Known to grow item by item; its writer may still be at work.
    Growing,
    /// Being written for the first time: growing item by item, maybe.
    Peek,
    /// Made, and not written to since.
    Created,
    /// Found in a folder, nobody knows how complete.
    Found,
    /// Not closed, not growing item by item.
    Open,
    /// Something at its end is not complete.
    IncompleteEnd,
}

/// What is known of a file that is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WriterKind {
    Unknown,
    /// Read as a whole.
    Whole,
    /// Read on where it ended.
    Growing,
}

/// What waits to be read.
#[derive(Debug, Default)]
pub(super) struct PendingReads {
    paths: HashMap<PathBuf, (PendingKind, DueKey)>,
    /// The same by their turns.
    by_due: BTreeMap<DueKey, PathBuf>,
    count: u64,
}

/// When a path is due, and a number of its own.
type DueKey = (Instant, u64);

impl PendingReads {
    fn set(&mut self, path: PathBuf, kind: PendingKind, due: Instant) {
        let turn = (due, self.count);
        self.count += 1;
        if let Some((_, before)) = self.paths.insert(path.clone(), (kind, turn)) {
            self.by_due.remove(&before);
        }
        self.by_due.insert(turn, path);
    }

    fn set_if_new(&mut self, path: PathBuf, kind: PendingKind, due: Instant) {
        if !self.paths.contains_key(&path) {
            self.set(path, kind, due);
        }
    }

    /// Whole: what was known before tells no more than whether anything was written.
    pub(super) fn closed(&mut self, path: PathBuf, now: Instant) {
        let kind = match self.paths.get(&path).map(|(kind, _)| kind) {
            Some(
                PendingKind::Peek | PendingKind::Growing | PendingKind::Open | PendingKind::Filled,
            ) => PendingKind::Filled,
            _ => PendingKind::Whole,
        };
        self.set(path, kind, now + COALESCE_DELAY);
    }

    /// Renamed into place, as those do who have written it elsewhere.
    pub(super) fn renamed(&mut self, path: PathBuf, now: Instant) {
        self.set(path, PendingKind::Filled, now + COALESCE_DELAY);
    }

    /// Found in a folder.
    pub(super) fn found(&mut self, path: PathBuf, due: Instant) {
        self.set_if_new(path, PendingKind::Found, due);
    }

    pub(super) fn created(&mut self, path: PathBuf, now: Instant) {
        self.set_if_new(path, PendingKind::Created, now + QUIET_DELAY);
    }

    /// The end of a file is not complete.
    pub(super) fn incomplete_end(&mut self, path: PathBuf, now: Instant) {
        self.set_if_new(path, PendingKind::IncompleteEnd, now + IDLE_DELAY);
    }

    /// Somebody writes, and has not closed it.
    pub(super) fn written(&mut self, path: PathBuf, format: WriterKind, now: Instant) {
        let kind = self.paths.get(&path).map(|(kind, _)| *kind);
        match (kind, format) {
            (Some(PendingKind::Growing | PendingKind::Peek), _) => {}
            (_, WriterKind::Growing) => {
                self.set(path, PendingKind::Growing, now + GROWING_INTERVAL)
            }
            (Some(PendingKind::Open), _) | (_, WriterKind::Whole) => {
                self.set(path, PendingKind::Open, now + IDLE_DELAY)
            }
            (_, WriterKind::Unknown) => self.set(path, PendingKind::Peek, now + PEEK_DELAY),
        }
    }

    /// It is open, and does not grow item by item.
    pub(super) fn open(&mut self, path: PathBuf, now: Instant) {
        self.set(path, PendingKind::Open, now + IDLE_DELAY);
    }

    /// Somebody else is at it: a moment later.
    pub(super) fn retry(&mut self, path: PathBuf, kind: PendingKind, now: Instant) {
        self.set(path, kind, now + COALESCE_DELAY);
    }

    /// Returns how it was to be read.
    pub(super) fn forget(&mut self, path: &Path) -> Option<PendingKind> {
        let (kind, turn) = self.paths.remove(path)?;
        self.by_due.remove(&turn);
        Some(kind)
    }

    /// When the next one is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.by_due.keys().next().map(|(due, _)| *due)
    }

    /// Takes the next one that is due, the longest waiting first.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<(PathBuf, PendingKind)> {
        let first = self
            .by_due
            .first_entry()
            .filter(|first| first.key().0 <= now)?;
        let path = first.remove();
        let (kind, _) = self.paths.remove(&path)?;
        Some((path, kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_due_when_its_writer_is_done_or_pauses() {
        let start = Instant::now();
        let mut pending = PendingReads::default();
        let a = || PathBuf::from("a");
        let due = |pending: &PendingReads| pending.next_due().map(|due| due - start);
        pending.created(a(), start);
        assert_eq!(due(&pending), Some(QUIET_DELAY));
        pending.written(a(), WriterKind::Unknown, start);
        assert_eq!(due(&pending), Some(PEEK_DELAY));
        // Not one that grows item by item: each write puts it off.
        pending.open(a(), start);
        pending.written(a(), WriterKind::Unknown, start + PEEK_DELAY);
        assert_eq!(due(&pending), Some(PEEK_DELAY + IDLE_DELAY));
        pending.closed(a(), start);
        assert_eq!(due(&pending), Some(COALESCE_DELAY));
        assert_eq!(pending.forget(&a()), Some(PendingKind::Filled));
        pending.closed(a(), start);
        assert_eq!(pending.forget(&a()), Some(PendingKind::Whole));
        pending.renamed(a(), start);
        // Opened once more before it was read.
        pending.written(a(), WriterKind::Whole, start);
        assert_eq!(due(&pending), Some(IDLE_DELAY));
        assert_eq!(pending.take_due(start), None);
        assert_eq!(
            pending.take_due(start + IDLE_DELAY),
            Some((a(), PendingKind::Open))
        );
        assert_eq!(due(&pending), None);
    }

    #[test]
    fn one_that_grows_is_not_put_off() {
        let start = Instant::now();
        let mut pending = PendingReads::default();
        for count in 0..5 {
            pending.written(
                "a".into(),
                WriterKind::Growing,
                start + GROWING_INTERVAL * count / 10,
            );
        }
        pending.found("b".into(), start);
        assert_eq!(
            pending.take_due(start),
            Some(("b".into(), PendingKind::Found))
        );
        assert_eq!(
            pending.take_due(start + GROWING_INTERVAL),
            Some(("a".into(), PendingKind::Growing))
        );
        pending.incomplete_end("a".into(), start);
        pending.forget(Path::new("a"));
        assert_eq!(pending.take_due(start + IDLE_DELAY), None);
    }
}
