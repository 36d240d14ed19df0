//! What happened to a path, and what that means for what is known of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::events::Event;
use super::pending::{Format, Kind};
use super::turn::{Turn, is_hidden};
use crate::format::RecordBoundary;

impl Turn<'_> {
    pub(super) fn event(&mut self, event: Event) {
        let now = Instant::now();
        let ledger = &self.following.ledger;
        let asked = |path: &Path| self.following.folders().is_asked_for(path);
        match event {
            Event::Whole(path) if asked(&path) => self.pending.whole(path, now),
            Event::Made(path) if asked(&path) => self.pending.made(path, now),
            Event::Written(path) if asked(&path) => {
                let format = ledger.stat(&path).map(|(_, format)| format);
                let format = match format {
                    None => Format::Unknown,
                    Some(format)
                        if format.is_some_and(|f| f.row().cut != RecordBoundary::Unsplittable) =>
                    {
                        Format::Growing
                    }
                    Some(_) => Format::Whole,
                };
                self.pending.written(path, format, now);
            }
            Event::Rights(path) if self.failed.contains(&path) => self.pending.whole(path, now),
            Event::Gone(path) => {
                let waited = self.pending.forget(&path);
                if ledger.is_busy(&path) {
                    self.deferred.push(Event::Gone(path));
                } else {
                    let unread = waited == Some(Kind::Filled) && ledger.stat(&path).is_none();
                    ledger.gone(&path);
                    if unread {
                        self.missed(&path);
                    }
                }
            }
            Event::Renamed(from, to) => self.renamed(from, to),
            Event::Folder(path) if !is_hidden(&path) => self.folder(&path, false),
            Event::FolderRenamed(from, to) => self.folder_renamed(&from, &to),
            Event::FolderGone(path) => self.folder_gone(&path),
            Event::Lost => self.rescan(),
            Event::Whole(_)
            | Event::Made(_)
            | Event::Written(_)
            | Event::Rights(_)
            | Event::Folder(_) => {}
        }
    }

    /// Names a file that came and went before it could be read: nothing is lost in silence.
    pub(super) fn missed(&mut self, path: &Path) {
        let message = "came and was gone again before it could be read";
        self.reader.unreadable(path, message);
    }

    /// An event of a file that somebody else was at then: what it tells of may be past, and another file be there.
    pub(super) fn deferred(&mut self, event: Event) {
        let ledger = &self.following.ledger;
        let paths = match &event {
            Event::Gone(path) => vec![path.clone()],
            Event::Renamed(from, to) => vec![from.clone(), to.clone()],
            _ => Vec::new(),
        };
        if paths.iter().any(|path| ledger.is_busy(path)) {
            self.deferred.push(event);
            return;
        }
        match event {
            Event::Gone(path) if fs::symlink_metadata(&path).is_ok() => {}
            event => self.event(event),
        }
        for path in paths {
            let asked = self.following.folders().is_asked_for(&path);
            if asked && self.has_changed(&path).is_some() {
                self.pending.found(path, Instant::now());
            }
        }
    }

    fn renamed(&mut self, from: PathBuf, to: PathBuf) {
        let ledger = &self.following.ledger;
        if ledger.is_busy(&from) || ledger.is_busy(&to) {
            self.deferred.push(Event::Renamed(from, to));
            return;
        }
        self.pending.forget(&from);
        if self.following.folders().is_asked_for(&to) {
            self.replaced.extend(ledger.rename(&from, &to));
            self.pending.renamed(to, Instant::now());
        } else {
            ledger.gone(&from);
        }
    }
}
