//! Paths that something happened to, and when it is time to read them. Pure: the time is given.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What follows at once is taken along.
const TOGETHER: Duration = Duration::from_millis(15);
/// A file that grows line by line is read on at most so often.
const PACE: Duration = Duration::from_millis(100);
/// A file that is open for writing is looked at after this: it may be one that grows line by line.
const PEEK: Duration = Duration::from_millis(150);
/// A file that came without being written to, as links do, is taken after this.
const QUIET: Duration = Duration::from_millis(250);
/// A file that is not closed, or ends in the middle of a line, is taken as it is when nothing happened for so long.
const PAUSE: Duration = Duration::from_secs(5);

/// How a path is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Whole: closed, or renamed into place.
    Whole,
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

#[derive(Debug, Clone, Copy)]
struct Item {
    kind: Kind,
    due: Instant,
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
pub(super) struct Pending(HashMap<PathBuf, Item>);

impl Pending {
    fn set(&mut self, path: PathBuf, kind: Kind, due: Instant) {
        self.0.insert(path, Item { kind, due });
    }

    /// Whole: whatever was known before does not matter.
    pub(super) fn whole(&mut self, path: PathBuf, now: Instant) {
        self.set(path, Kind::Whole, now + TOGETHER);
    }

    /// Found in a folder.
    pub(super) fn found(&mut self, path: PathBuf, due: Instant) {
        let item = Item {
            kind: Kind::Found,
            due,
        };
        self.0.entry(path).or_insert(item);
    }

    pub(super) fn made(&mut self, path: PathBuf, now: Instant) {
        let kind = Kind::Made;
        let due = now + QUIET;
        self.0.entry(path).or_insert(Item { kind, due });
    }

    /// The end of a file is not complete.
    pub(super) fn rest(&mut self, path: PathBuf, now: Instant) {
        let kind = Kind::Rest;
        let due = now + PAUSE;
        self.0.entry(path).or_insert(Item { kind, due });
    }

    /// Somebody writes, and has not closed it.
    pub(super) fn written(&mut self, path: PathBuf, format: Format, now: Instant) {
        let kind = self.0.get(&path).map(|item| item.kind);
        match (kind, format) {
            (Some(Kind::Growing | Kind::Peek), _) => {}
            (_, Format::Growing) => self.set(path, Kind::Growing, now + PACE),
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

    pub(super) fn forget(&mut self, path: &Path) {
        self.0.remove(path);
    }

    /// When the next one is due.
    pub(super) fn due(&self) -> Option<Instant> {
        self.0.values().map(|item| item.due).min()
    }

    /// Takes those that are due, the longest waiting first, at most so many.
    pub(super) fn take(&mut self, now: Instant, most: usize) -> Vec<(PathBuf, Kind)> {
        let mut due: Vec<(Instant, PathBuf, Kind)> = self
            .0
            .iter()
            .filter(|(_, item)| item.due <= now)
            .map(|(path, item)| (item.due, path.clone(), item.kind))
            .collect();
        due.sort();
        due.truncate(most);
        for (_, path, _) in &due {
            self.0.remove(path);
        }
        due.into_iter()
            .map(|(_, path, kind)| (path, kind))
            .collect()
    }
}
