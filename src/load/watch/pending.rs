//! Paths that something happened to, and when it is time to read them. Pure: the time is given.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What follows at once is taken along.
const TOGETHER: Duration = Duration::from_millis(15);
/// A file that grows line by line is read on at most so often.
const GROWING_INTERVAL: Duration = Duration::from_millis(100);
/// A file that is open for writing is looked at after this: it may be one that grows line by line.
const PEEK: Duration = Duration::from_millis(150);
/// A file that came without being written to, as links do, is taken after this.
const QUIET: Duration = Duration::from_millis(250);
/// A file that is not closed, or ends in the middle of a line, is taken as it is when nothing happened for so long.
const PAUSE: Duration = Duration::from_secs(5);

/// How a path is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Whole: closed, or renamed into place.
    Whole,
    /// The same, and something is known to have been in it.
    Filled,
    /// Known to grow item by item; its writer may still be at work.
    Growing,
    /// Being written for the first time: growing item by item, maybe.
    Peek,
    /// Made, and not written to since.
    Made,
    /// Found in a folder, nobody knows how complete.
    Found,
    /// Not closed, not growing item by item.
    Open,
    /// Something at its end is not complete.
    Rest,
}

/// What is known of a file that is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Unknown,
    /// Read as a whole.
    Whole,
    /// Read on where it ended.
    Growing,
}

/// What waits to be read.
#[derive(Debug, Default)]
pub(super) struct Pending {
    paths: HashMap<PathBuf, (Kind, DueKey)>,
    /// The same by their turns.
    turns: BTreeMap<DueKey, PathBuf>,
    count: u64,
}

/// When a path is due, and a number of its own.
type DueKey = (Instant, u64);

impl Pending {
    fn set(&mut self, path: PathBuf, kind: Kind, due: Instant) {
        let turn = (due, self.count);
        self.count += 1;
        if let Some((_, before)) = self.paths.insert(path.clone(), (kind, turn)) {
            self.turns.remove(&before);
        }
        self.turns.insert(turn, path);
    }

    fn set_if_new(&mut self, path: PathBuf, kind: Kind, due: Instant) {
        if !self.paths.contains_key(&path) {
            self.set(path, kind, due);
        }
    }

    /// Whole: what was known before tells no more than whether anything was written.
    pub(super) fn whole(&mut self, path: PathBuf, now: Instant) {
        let kind = match self.paths.get(&path).map(|(kind, _)| kind) {
            Some(Kind::Peek | Kind::Growing | Kind::Open | Kind::Filled) => Kind::Filled,
            _ => Kind::Whole,
        };
        self.set(path, kind, now + TOGETHER);
    }

    /// Renamed into place, as those do who have written it elsewhere.
    pub(super) fn renamed(&mut self, path: PathBuf, now: Instant) {
        self.set(path, Kind::Filled, now + TOGETHER);
    }

    /// Found in a folder.
    pub(super) fn found(&mut self, path: PathBuf, due: Instant) {
        self.set_if_new(path, Kind::Found, due);
    }

    pub(super) fn made(&mut self, path: PathBuf, now: Instant) {
        self.set_if_new(path, Kind::Made, now + QUIET);
    }

    /// The end of a file is not complete.
    pub(super) fn rest(&mut self, path: PathBuf, now: Instant) {
        self.set_if_new(path, Kind::Rest, now + PAUSE);
    }

    /// Somebody writes, and has not closed it.
    pub(super) fn written(&mut self, path: PathBuf, format: Format, now: Instant) {
        let kind = self.paths.get(&path).map(|(kind, _)| *kind);
        match (kind, format) {
            (Some(Kind::Growing | Kind::Peek), _) => {}
            (_, Format::Growing) => self.set(path, Kind::Growing, now + GROWING_INTERVAL),
            (Some(Kind::Open), _) | (_, Format::Whole) => self.set(path, Kind::Open, now + PAUSE),
            (_, Format::Unknown) => self.set(path, Kind::Peek, now + PEEK),
        }
    }

    /// It is open, and does not grow item by item.
    pub(super) fn open(&mut self, path: PathBuf, now: Instant) {
        self.set(path, Kind::Open, now + PAUSE);
    }

    /// Somebody else is at it: a moment later.
    pub(super) fn later(&mut self, path: PathBuf, kind: Kind, now: Instant) {
        self.set(path, kind, now + TOGETHER);
    }

    /// Returns how it was to be read.
    pub(super) fn forget(&mut self, path: &Path) -> Option<Kind> {
        let (kind, turn) = self.paths.remove(path)?;
        self.turns.remove(&turn);
        Some(kind)
    }

    /// When the next one is due.
    pub(super) fn due(&self) -> Option<Instant> {
        self.turns.keys().next().map(|(due, _)| *due)
    }

    /// Takes the next one that is due, the longest waiting first.
    pub(super) fn take(&mut self, now: Instant) -> Option<(PathBuf, Kind)> {
        let first = self
            .turns
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
        let mut pending = Pending::default();
        let a = || PathBuf::from("a");
        let due = |pending: &Pending| pending.due().map(|due| due - start);
        pending.made(a(), start);
        assert_eq!(due(&pending), Some(QUIET));
        pending.written(a(), Format::Unknown, start);
        assert_eq!(due(&pending), Some(PEEK));
        // Not one that grows item by item: each write puts it off.
        pending.open(a(), start);
        pending.written(a(), Format::Unknown, start + PEEK);
        assert_eq!(due(&pending), Some(PEEK + PAUSE));
        pending.whole(a(), start);
        assert_eq!(due(&pending), Some(TOGETHER));
        assert_eq!(pending.forget(&a()), Some(Kind::Filled));
        pending.whole(a(), start);
        assert_eq!(pending.forget(&a()), Some(Kind::Whole));
        pending.renamed(a(), start);
        // Opened once more before it was read.
        pending.written(a(), Format::Whole, start);
        assert_eq!(due(&pending), Some(PAUSE));
        assert_eq!(pending.take(start), None);
        assert_eq!(pending.take(start + PAUSE), Some((a(), Kind::Open)));
        assert_eq!(due(&pending), None);
    }

    #[test]
    fn one_that_grows_is_not_put_off() {
        let start = Instant::now();
        let mut pending = Pending::default();
        for count in 0..5 {
            pending.written(
                "a".into(),
                Format::Growing,
                start + GROWING_INTERVAL * count / 10,
            );
        }
        pending.found("b".into(), start);
        assert_eq!(pending.take(start), Some(("b".into(), Kind::Found)));
        assert_eq!(
            pending.take(start + GROWING_INTERVAL),
            Some(("a".into(), Kind::Growing))
        );
        pending.rest("a".into(), start);
        pending.forget(Path::new("a"));
        assert_eq!(pending.take(start + PAUSE), None);
    }
}
