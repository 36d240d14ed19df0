//! What a file event means: created, written, renamed, deleted files and folders; rescans of folders; taking over a finished load.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::mem::take;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::dispatch::{InputProblem, Severity};
use crate::format::RecordBoundary;
use crate::index::{
    FileTracker, Input, InputLocation, Snapshot, TrackedFile, WatchedInput, path_text,
};
use crate::ingest::files::{WalkEvent, walk};
use crate::ingest::watch::events::{FileEvent, PendingKind, WriterKind};
use crate::ingest::watch::file_states::{FileStat, FileState, ReadItem, limit_items};
use crate::ingest::watch::watcher::{WatchState, WatchedRoot, Watcher, is_hidden};
use crate::text::hash;

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
                self.pending.closed(path, now);
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
        self.report_problem(InputProblem::unreadable(path_text(path), message));
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

// Looks into folders: those that came, those that give no events, and all of them after events were lost.

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
                self.pending.written(
                    path.clone(),
                    crate::ingest::watch::events::WriterKind::Growing,
                    now,
                );
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

// A watch that begins after the load: what was loaded is known from the inputs of the desk.

impl WatchState {
    /// Takes over what was loaded without a watch.
    pub(super) fn adopt_loaded(&self, loaded: &Snapshot) {
        let mut files: HashMap<PathBuf, FileState> = HashMap::new();
        for segment in loaded.segments() {
            for entry in segment.entries() {
                let Some(input) = entry.input() else { continue };
                let Some(path) = outer_file(input) else {
                    continue;
                };
                if input
                    .watched
                    .get()
                    .is_some_and(|followed| followed.retained.is_some())
                {
                    continue;
                }
                let known = files
                    .entry(path.clone())
                    .or_insert_with(|| state_of_input(input, path));
                let (start, nth) = entry.position_in_input();
                known.count = known.count.saturating_add(1);
                let name = format!("{}\n{}", entry.headline(), entry.slug());
                known.items.push(ReadItem {
                    input: Arc::clone(input),
                    start,
                    nth,
                    item_id: entry.item_key(),
                    title_hash: hash(name.as_bytes()),
                    // Not known: no bytes have this hash but by chance.
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

/// The file that an input was read from; of something packed, the outer one.
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

fn state_of_input(input: &Arc<Input>, path: PathBuf) -> FileState {
    if !matches!(input.location, InputLocation::File(_)) {
        // Unpacked: nothing tells the file's own length and date when it was read.
        let stat = fs::metadata(&path).map(|about| FileStat::of(&about));
        let stat = stat.unwrap_or(FileStat::from_input(0, None));
        let mut known = FileState::new(stat);
        known.end = stat.length;
        return known;
    }
    let stat = FileStat::from_input(input.length, input.modified);
    let mut known = FileState::new(stat);
    known.trace = Arc::new(FileTracker::new(TrackedFile {
        path,
        length: input.length,
        modified: input.modified,
    }));
    let file = Arc::clone(&known.trace);
    let _ = input.watched.set(WatchedInput {
        file,
        retained: None,
    });
    known.format = Some(input.format);
    known.end = input.length;
    known
}
