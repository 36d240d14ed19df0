//! What happened to a path, and what that means for what is known of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::events::FileEvent;
use super::pending::{PendingKind, WriterKind};
use super::turn::{Watcher, is_hidden};
use crate::format::RecordBoundary;

impl Watcher<'_> {
    pub(super) fn handle_event(&mut self, event: FileEvent) {
        let now = Instant::now();
        let ledger = &self.state.file_states;
        let asked = |path: &Path| self.state.folders().is_asked_for(path);
        match event {
            FileEvent::Closed(path) if asked(&path) => self.pending.closed(path, now),
            FileEvent::Created(path) if asked(&path) => self.pending.created(path, now),
            FileEvent::Written(path) if asked(&path) => {
                let format = ledger.stat(&path).map(|(_, format)| format);
                let format = match format {
                    None => WriterKind::Unknown,
                    Some(format)
                        if format
                            .is_some_and(|f| f.row().boundary != RecordBoundary::Unsplittable) =>
                    {
                        WriterKind::Growing
                    }
                    Some(_) => WriterKind::Whole,
                };
                self.pending.written(path, format, now);
            }
            FileEvent::PermissionsChanged(path) if self.failed.contains(&path) => {
                self.pending.closed(path, now)
            }
            FileEvent::Deleted(path) => {
                let waited = self.pending.forget(&path);
                if ledger.is_busy(&path) {
                    self.deferred.push(FileEvent::Deleted(path));
                } else {
                    let unread =
                        waited == Some(PendingKind::Filled) && ledger.stat(&path).is_none();
                    ledger.mark_deleted(&path);
                    if unread {
                        self.report_missed(&path);
                    }
                }
            }
            FileEvent::Renamed(from, to) => self.handle_renamed(from, to),
            FileEvent::FolderCreated(path) if !is_hidden(&path) => self.add_folder(&path, false),
            FileEvent::FolderRenamed(from, to) => self.handle_folder_renamed(&from, &to),
            FileEvent::FolderDeleted(path) => self.handle_folder_deleted(&path),
            FileEvent::Overflow => self.rescan(),
            FileEvent::Closed(_)
            | FileEvent::Created(_)
            | FileEvent::Written(_)
            | FileEvent::PermissionsChanged(_)
            | FileEvent::FolderCreated(_) => {}
        }
    }

    /// Names a file that came and went before it could be read: nothing is lost in silence.
    pub(super) fn report_missed(&mut self, path: &Path) {
        let message = "came and was gone again before it could be read";
        self.reader.report_unreadable(path, message);
    }

    /// An event of a file that somebody else was at then: what it tells of may be past, and another file be there.
    pub(super) fn retry_deferred(&mut self, event: FileEvent) {
        let ledger = &self.state.file_states;
        let paths = match &event {
            FileEvent::Deleted(path) => vec![path.clone()],
            FileEvent::Renamed(from, to) => vec![from.clone(), to.clone()],
            _ => Vec::new(),
        };
        if paths.iter().any(|path| ledger.is_busy(path)) {
            self.deferred.push(event);
            return;
        }
        match event {
            FileEvent::Deleted(path) if fs::symlink_metadata(&path).is_ok() => {}
            event => self.handle_event(event),
        }
        for path in paths {
            let asked = self.state.folders().is_asked_for(&path);
            if asked && self.has_changed(&path).is_some() {
                self.pending.found(path, Instant::now());
            }
        }
    }

    fn handle_renamed(&mut self, from: PathBuf, to: PathBuf) {
        let ledger = &self.state.file_states;
        if ledger.is_busy(&from) || ledger.is_busy(&to) {
            self.deferred.push(FileEvent::Renamed(from, to));
            return;
        }
        self.pending.forget(&from);
        if self.state.folders().is_asked_for(&to) {
            self.replaced.extend(ledger.rename_file(&from, &to));
            self.pending.renamed(to, Instant::now());
        } else {
            ledger.mark_deleted(&from);
        }
    }
}
