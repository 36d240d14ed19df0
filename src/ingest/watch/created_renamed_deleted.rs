//! How a watch reacts to file events: created, written, renamed and deleted files and folders. Also rescans, polling,
//! and taking over a finished load. Reads no file itself: it schedules reads.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::mem::take;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::dispatch::{InputProblem, Severity};
use crate::format::RecordBoundary;
use crate::index::{FileTracker, Input, InputLocation, Snapshot, WatchedInput, path_text};
use crate::ingest::files::{WalkEvent, walk};
use crate::ingest::watch::events::{FileEvent, PendingKind, WriterKind};
use crate::ingest::watch::file_states::{FileStat, FileState, ReadItem, limit_items};
use crate::ingest::watch::watcher::{WatchState, WatchedRoot, Watcher, is_hidden};
use crate::text::stable_hash;

impl Watcher<'_> {
    /// Schedules a read, or updates the file states. Events of files that are not watched are ignored.
    pub(super) fn handle_event(&mut self, event: FileEvent) {
        let now = Instant::now();
        let file_states = &self.state.file_states;
        let is_asked_for = |path: &Path| self.state.folders().is_asked_for(path);
        match event {
            FileEvent::Closed(path) if is_asked_for(&path) => self.pending.closed(path, now),
            FileEvent::Created(path) if is_asked_for(&path) => self.pending.created(path, now),
            FileEvent::Written(path) if is_asked_for(&path) => {
                let format = file_states.stat(&path).map(|(_, format)| format);
                let writer = match format {
                    None => WriterKind::Unknown,
                    Some(format)
                        if format
                            .is_some_and(|f| f.row().boundary != RecordBoundary::Unsplittable) =>
                    {
                        WriterKind::Growing
                    }
                    Some(_) => WriterKind::Whole,
                };
                self.pending.written(path, writer, now);
            }
            FileEvent::PermissionsChanged(path) if self.failed.contains(&path) => {
                self.pending.closed(path, now);
            }
            FileEvent::Deleted(path) => {
                let pending = self.pending.forget(&path);
                if file_states.is_busy(&path) {
                    self.deferred.push(FileEvent::Deleted(path));
                } else {
                    let unread =
                        pending == Some(PendingKind::Filled) && file_states.stat(&path).is_none();
                    file_states.mark_deleted(&path);
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

    /// Reports a file that was deleted before it could be read, so that no dispatch is lost silently.
    pub(super) fn report_missed(&mut self, path: &Path) {
        let message = "appeared and was deleted before it could be read";
        self.report_problem(InputProblem::unreadable(path_text(path), message));
    }

    /// Handles an event that was deferred because another thread was reading the file. It may be outdated by now, so
    /// the path is checked for another file as well.
    pub(super) fn retry_deferred(&mut self, event: FileEvent) {
        let file_states = &self.state.file_states;
        let paths = match &event {
            FileEvent::Deleted(path) => vec![path.clone()],
            FileEvent::Renamed(from, to) => vec![from.clone(), to.clone()],
            _ => Vec::new(),
        };
        if paths.iter().any(|path| file_states.is_busy(path)) {
            self.deferred.push(event);
            return;
        }
        match event {
            FileEvent::Deleted(path) if fs::symlink_metadata(&path).is_ok() => {}
            event => self.handle_event(event),
        }
        for path in paths {
            let is_asked_for = self.state.folders().is_asked_for(&path);
            if is_asked_for && self.has_changed(&path).is_some() {
                self.pending.found(path, Instant::now());
            }
        }
    }

    /// A renamed file keeps its entries, unless it was moved out of the watched folders. It is read again if it has
    /// changed since.
    fn handle_renamed(&mut self, from: PathBuf, to: PathBuf) {
        let file_states = &self.state.file_states;
        if file_states.is_busy(&from) || file_states.is_busy(&to) {
            self.deferred.push(FileEvent::Renamed(from, to));
            return;
        }
        self.pending.forget(&from);
        if self.state.folders().is_asked_for(&to) {
            self.replaced.extend(file_states.rename_file(&from, &to));
            self.pending.renamed(to, Instant::now());
        } else {
            file_states.mark_deleted(&from);
        }
    }
}

// Folders: new ones, polled ones, and rescans after lost events.

impl Watcher<'_> {
    /// Watches a new folder and schedules the files in it: at once if they are known to be `settled`, else after
    /// [`WatchState::settle_time`], since their writers may still be at work.
    pub(super) fn add_folder(&mut self, folder: &Path, settled: bool) {
        if fs::symlink_metadata(folder).is_ok_and(|about| about.is_dir()) {
            self.walk_folder(folder, settled);
        }
    }

    /// Watches a folder and those below it, and schedules new and changed files. Returns all files found.
    fn walk_folder(&mut self, folder: &Path, settled: bool) -> HashSet<PathBuf> {
        let mut files = HashSet::new();
        let mut problems = Vec::new();
        walk(folder, &mut |event| match event {
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

    /// The current stat of a file if it differs from the one at the last read; `None` also if the file is gone.
    pub(super) fn has_changed(&self, path: &Path) -> Option<FileStat> {
        let stat = FileStat::of(&fs::metadata(path).ok()?);
        let known = self.state.file_states.stat(path);
        (!known.is_some_and(|(known, _)| known.is_same(&stat))).then_some(stat)
    }

    /// Walks all roots: events were lost, or the watch begins after the load.
    pub(super) fn rescan(&mut self) {
        let roots = self.state.folders().roots.clone();
        for root in &roots {
            self.rescan_root(root);
        }
    }

    /// Walks a root: schedules new and changed files, and handles known files that are gone.
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

    /// Handles a file that is no longer listed, after making sure that it is gone.
    fn handle_deleted(&mut self, path: &Path) {
        if self.state.file_states.is_busy(path) {
            self.deferred.push(FileEvent::Deleted(path.to_owned()));
        } else if fs::symlink_metadata(path).is_err() {
            self.pending.forget(path);
            self.state.file_states.mark_deleted(path);
        }
    }

    /// Moves the files below a renamed folder to their new paths, unless it was moved out of the watched folders.
    pub(super) fn handle_folder_renamed(&mut self, from: &Path, to: &Path) {
        let is_asked_for = {
            let folders = self.state.folders();
            folders
                .roots
                .iter()
                .any(|root| !root.is_file && to.starts_with(&root.path))
        };
        if is_hidden(to) || !is_asked_for {
            return self.handle_folder_deleted(from);
        }
        self.state.folders().rename(from, to);
        let file_states = &self.state.file_states;
        let mut busy = Vec::new();
        for path in file_states.paths_below(from) {
            let Ok(rest) = path.strip_prefix(from) else {
                continue;
            };
            let new_path = to.join(rest);
            if file_states.is_busy(&path) || file_states.is_busy(&new_path) {
                busy.push((path, new_path));
            } else {
                self.replaced
                    .extend(file_states.rename_file(&path, &new_path));
            }
        }
        self.add_folder(to, true);
        for (path, new_path) in busy {
            // `add_folder` has scheduled it as a new file. It is not: its state is moved when the read ends.
            self.pending.forget(&new_path);
            self.deferred.push(FileEvent::Renamed(path, new_path));
        }
    }

    /// Handles a folder that was deleted, moved away, or replaced by another one of its name.
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
            let message = "the folder is gone; it will be watched again once it is back";
            let mut problem = InputProblem::unreadable(path_text(&path), message);
            problem.problem.severity = Severity::Note;
            self.report_problem(problem);
        }
        // A new folder of its name may be there already.
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

    /// Looks for missing roots, and lists the folders without events.
    pub(super) fn poll_folders(&mut self) {
        self.find_lost_roots();
        let mut polled = take(&mut self.state.folders().polled);
        for (folder, before) in &mut polled {
            *before = self.poll_folder(folder, before);
        }
        let mut folders = self.state.folders();
        for (folder, before) in polled {
            // Folders may have been added or removed meanwhile.
            if folders.is_watched(&folder) {
                folders.polled.insert(folder, before);
            }
        }
    }

    /// Watches missing roots again that are back.
    fn find_lost_roots(&mut self) {
        let roots = self.state.folders().roots.clone();
        for (number, root) in roots.iter().enumerate().filter(|(_, root)| root.is_lost) {
            // Nothing there, or still the folder of the wrong device that was there last time.
            let id = root.read_folder_id();
            if id.is_none() || id == root.folder_id {
                continue;
            }
            {
                let mut folders = self.state.folders();
                folders.forget(root.folder());
                if let Some(root) = folders.roots.get_mut(number) {
                    root.set_folder_id(id);
                }
            }
            // An old watch would be on a different folder.
            self.state.event_source.remove_below(root.folder());
            self.rescan_root(root);
        }
    }

    /// Lists a folder without events. A new or changed file is read when two polls in a row find it the same, and at
    /// once if it grows item by item. Returns the files that are new or changed.
    fn poll_folder(
        &mut self,
        folder: &Path,
        before: &HashMap<PathBuf, FileStat>,
    ) -> HashMap<PathBuf, FileStat> {
        let now = Instant::now();
        let mut changed = HashMap::new();
        let mut present = HashSet::new();
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
            present.insert(path.clone());
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
                self.pending.written(path.clone(), WriterKind::Growing, now);
            }
            changed.insert(path, stat);
        }
        let is_gone = |path: &PathBuf| path.parent() == Some(folder) && !present.contains(path);
        let below = self.state.file_states.paths_below(folder);
        for path in below.into_iter().filter(is_gone) {
            self.handle_deleted(&path);
        }
        changed
    }
}

// Watches that begin after the load. What was loaded is known from the inputs of the index.

impl WatchState {
    /// Makes the file states from what was loaded without a watch.
    pub(super) fn adopt_loaded(&self, loaded: &Snapshot) {
        let mut files: HashMap<PathBuf, FileState> = HashMap::new();
        for segment in loaded.segments() {
            for entry in segment.entries() {
                let Some(input) = entry.input() else { continue };
                let Some(path) = outer_file(input) else {
                    continue;
                };
                // Retained bytes: an earlier watch has read this, and its file may be gone.
                if input
                    .watched
                    .get()
                    .is_some_and(|watched| watched.retained.is_some())
                {
                    continue;
                }
                let known = files
                    .entry(path.clone())
                    .or_insert_with(|| state_of_input(input, path));
                let (start, nth) = entry.position_in_input();
                known.count = known.count.saturating_add(1);
                let title = format!("{}\n{}", entry.headline(), entry.slug());
                known.items.push(ReadItem {
                    input: Arc::clone(input),
                    start,
                    nth,
                    item_id: entry.item_key(),
                    title_hash: stable_hash(title.as_bytes()),
                    // Unknown, since the bytes are not read here. This value equals that of other bytes only by chance,
                    // and differs between equal items of a file.
                    bytes_hash: entry.item_key()
                        ^ start.rotate_left(32)
                        ^ u64::from(nth).rotate_left(17)
                        ^ !0,
                });
            }
        }
        for (path, mut known) in files {
            known.items.sort_by_key(|item| (item.start, item.nth));
            limit_items(&mut known.items);
            self.file_states.adopt(path, known);
        }
    }
}

/// The file from which an input was read. For packed data (`a.zip!b.txt`), that of the outermost archive.
fn outer_file(input: &Input) -> Option<PathBuf> {
    match &input.location {
        InputLocation::File(path) => Some(path.clone()),
        InputLocation::Memory(path, ..) if path.is_file() => Some(path.clone()),
        InputLocation::Memory(path, ..) => {
            let name = path.to_str()?;
            let mut outer = name
                .match_indices('!')
                .map(|(at, _)| Path::new(&name[..at]));
            outer.find(|path| path.is_file()).map(Path::to_owned)
        }
        InputLocation::BuiltIn(..) => None,
    }
}

/// The state of a file of which an input was loaded. Items are added by the caller.
fn state_of_input(input: &Arc<Input>, path: PathBuf) -> FileState {
    if !matches!(input.location, InputLocation::File(_)) {
        // Packed data: the length and date of the file when it was read are not known, so take the current ones.
        let stat = fs::metadata(&path).map(|about| FileStat::of(&about));
        let stat = stat.unwrap_or(FileStat::from_input(0, None));
        let mut known = FileState::new(stat);
        known.end = stat.length;
        return known;
    }
    let stat = FileStat::from_input(input.length, input.modified());
    let mut known = FileState::new(stat);
    known.tracker = Arc::new(FileTracker::new(path));
    let file = Arc::clone(&known.tracker);
    let _ = input.watched.set(WatchedInput {
        file,
        retained: None,
    });
    known.format = Some(input.format);
    known.end = input.length;
    known
}
