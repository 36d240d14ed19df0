//! Looks into folders: those that came, those that give no events, and all of them after events were lost.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::mem::take;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::events::FileEvent;
use super::folders::WatchedRoot;
use super::ledger::FileStat;
use super::turn::{Watcher, is_hidden};
use crate::desk::path_text;
use crate::dispatch::{InputProblem, Severity};
use crate::format::RecordBoundary;
use crate::load::walk::{WalkEvent, walk};

impl Watcher<'_> {
    /// A folder came: it is watched, and what lies in it already is read.
    pub(super) fn add_folder(&mut self, folder: &Path, settled: bool) {
        if fs::symlink_metadata(folder).is_ok_and(|about| about.is_dir()) {
            self.walk_folder(folder, settled);
        }
    }

    /// Watches a folder and those below it; what is new or has changed is to be read. Returns the files that are there.
    fn walk_folder(&mut self, folder: &Path, settled: bool) -> HashSet<PathBuf> {
        let mut files = HashSet::new();
        let mut problems = Vec::new();
        walk(folder, &mut |found| match found {
            WalkEvent::Folder(folder) => self.watch_folder(folder),
            WalkEvent::Files(paths) => files.extend(paths),
            WalkEvent::Skipped(_) => {}
            WalkEvent::Problem(problem) => problems.push(problem),
        });
        for problem in problems {
            self.report_problem(problem);
        }
        let now = Instant::now();
        let due = if settled {
            now
        } else {
            now + self.state.settle_time
        };
        for path in &files {
            if self.has_changed(path).is_some() {
                self.pending.found(path.clone(), due);
            }
        }
        files
    }

    /// What a file is like, where that is not what is known of it.
    pub(super) fn has_changed(&self, path: &Path) -> Option<FileStat> {
        let stat = FileStat::of(&fs::metadata(path).ok()?);
        let known = self.state.file_states.stat(path);
        (!known.is_some_and(|(known, _)| known.is_same(&stat))).then_some(stat)
    }

    /// Looks into everything: events were lost, or there were none.
    pub(super) fn rescan(&mut self) {
        let roots = self.state.folders().roots.clone();
        for root in &roots {
            self.rescan_root(root);
        }
    }

    fn rescan_root(&mut self, root: &WatchedRoot) {
        if root.is_file {
            self.watch_folder(root.folder());
            if self.has_changed(&root.path).is_some() {
                self.pending.found(root.path.clone(), Instant::now());
            }
            return;
        }
        if root.read_folder_id().is_none() {
            return;
        }
        let files = self.walk_folder(&root.path, true);
        for path in self.state.file_states.paths_below(&root.path) {
            if !files.contains(&path) {
                self.handle_deleted(&path);
            }
        }
    }

    fn handle_deleted(&mut self, path: &Path) {
        if self.state.file_states.is_busy(path) {
            self.deferred.push(FileEvent::Deleted(path.to_owned()));
        } else if fs::symlink_metadata(path).is_err() {
            self.pending.forget(path);
            self.state.file_states.mark_deleted(path);
        }
    }

    pub(super) fn handle_folder_renamed(&mut self, from: &Path, to: &Path) {
        let asked = {
            let folders = self.state.folders();
            folders
                .roots
                .iter()
                .any(|root| !root.is_file && to.starts_with(&root.path))
        };
        if is_hidden(to) || !asked {
            return self.handle_folder_deleted(from);
        }
        self.state.folders().rename(from, to);
        let ledger = &self.state.file_states;
        let mut later = Vec::new();
        for path in ledger.paths_below(from) {
            let Ok(rest) = path.strip_prefix(from) else {
                continue;
            };
            let now = to.join(rest);
            if ledger.is_busy(&path) || ledger.is_busy(&now) {
                later.push((path, now));
            } else {
                self.replaced.extend(ledger.rename_file(&path, &now));
            }
        }
        self.add_folder(to, true);
        for (path, now) in later {
            // Not as a new one: what is being read of it moves along.
            self.pending.forget(&now);
            self.deferred.push(FileEvent::Renamed(path, now));
        }
    }

    /// A folder is no longer there, or what lies at its place is another one.
    pub(super) fn handle_folder_deleted(&mut self, folder: &Path) {
        self.state.event_source.remove_below(folder);
        let mut lost = Vec::new();
        {
            let mut folders = self.state.folders();
            folders.forget(folder);
            for root in &mut folders.roots {
                if root.folder().starts_with(folder) {
                    root.set_folder_id(None);
                    lost.push(root.path.clone());
                }
            }
        }
        for path in self.state.file_states.paths_below(folder) {
            self.handle_deleted(&path);
        }
        for path in lost {
            let message = "the folder is gone; it is watched again as soon as it is there";
            let mut problem = InputProblem::unreadable(path_text(&path), message);
            problem.problem.severity = Severity::Note;
            self.report_problem(problem);
        }
        // Another one of its name may be there already.
        self.find_lost_roots();
        let below_root = {
            let folders = self.state.folders();
            let mut roots = folders.roots.iter();
            roots.any(|root| !root.is_file && folder != root.path && folder.starts_with(&root.path))
        };
        if below_root && !is_hidden(folder) {
            self.add_folder(folder, true);
        }
    }

    /// Looks for folders that are lost, and at those that give no events.
    pub(super) fn poll_folders(&mut self) {
        self.find_lost_roots();
        let mut polled = take(&mut self.state.folders().polled);
        for (folder, before) in &mut polled {
            *before = self.poll_folder(folder, before);
        }
        let mut folders = self.state.folders();
        for (folder, before) in polled {
            // New ones have come meanwhile.
            if folders.is_watched(&folder) {
                folders.polled.insert(folder, before);
            }
        }
    }

    fn find_lost_roots(&mut self) {
        let roots = self.state.folders().roots.clone();
        for (number, root) in roots.iter().enumerate().filter(|(_, root)| root.is_lost) {
            let is = root.read_folder_id();
            if is.is_none() || is == root.folder_id {
                continue;
            }
            {
                let mut folders = self.state.folders();
                folders.forget(root.folder());
                if let Some(root) = folders.roots.get_mut(number) {
                    root.set_folder_id(is);
                }
            }
            // What may be watched is not what lies there now.
            self.state.event_source.remove_below(root.folder());
            self.rescan_root(root);
        }
    }

    /// Looks into a folder that gives no events: a file is taken when it was the same the last time, and at once where
    /// it grows item by item. Returns those that were new or changed.
    fn poll_folder(
        &mut self,
        folder: &Path,
        before: &HashMap<PathBuf, FileStat>,
    ) -> HashMap<PathBuf, FileStat> {
        let now = Instant::now();
        let mut changed = HashMap::new();
        let mut there = HashSet::new();
        let Ok(listing) = fs::read_dir(folder) else {
            return changed;
        };
        for entry in listing.flatten() {
            let path = entry.path();
            let kind = entry.file_type();
            if kind.is_ok_and(|kind| kind.is_dir()) {
                if !is_hidden(&path) && !self.state.folders().is_watched(&path) {
                    self.add_folder(&path, false);
                }
                continue;
            }
            if !self.state.folders().is_asked_for(&path) {
                continue;
            }
            there.insert(path.clone());
            let Some(stat) = self.has_changed(&path) else {
                continue;
            };
            let format = self
                .state
                .file_states
                .stat(&path)
                .and_then(|(_, format)| format);
            let grows =
                format.is_some_and(|format| format.row().boundary != RecordBoundary::Unsplittable);
            if before.get(&path).is_some_and(|known| known.is_same(&stat)) {
                self.pending.found(path.clone(), now);
            } else if grows {
                self.pending
                    .written(path.clone(), super::pending::WriterKind::Growing, now);
            }
            changed.insert(path, stat);
        }
        let own = |path: &PathBuf| path.parent() == Some(folder) && !there.contains(path);
        let below = self.state.file_states.paths_below(folder);
        for path in below.into_iter().filter(own) {
            self.handle_deleted(&path);
        }
        changed
    }
}
