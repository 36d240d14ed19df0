//! How a watch reacts to file events: created, written, renamed and deleted files and folders. Also rescans, polling,
//! and taking over a finished load. Reads no file itself: it schedules reads.

use std::collections::{HashMap, HashSet};
use std::fs::{self, ReadDir};
use std::mem::take;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::dispatch::InputProblem;
use crate::format::RecordBoundary;
use crate::index::{FileTracker, Input, InputLocation, Snapshot, WatchedInput, path_text};
use crate::ingest::files::{WalkEvent, walk};
use crate::ingest::watch::events::{FileEvent, PendingKind, WriterKind};
use crate::ingest::watch::file_states::{FileStat, FileState, ReadItem, limit_items};
use crate::ingest::watch::roots::{
    Comparison, Place, WatchedRoot, is_hidden, is_link, is_within, parent_folder,
};
use crate::ingest::watch::watcher::{WatchState, Watcher};
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
                    if let Some(kind) = pending
                        && file_states.stat(&path).is_none()
                    {
                        self.vanished.push((path.clone(), kind));
                    }
                    file_states.mark_deleted(&path);
                }
            }
            FileEvent::Renamed(from, to) => self.handle_renamed(from, to),
            FileEvent::FolderCreated(path)
                if !is_hidden(&path) && self.state.folders().is_in_root_folder(&path) =>
            {
                self.add_folder(&path, false);
            }
            FileEvent::FolderRenamed(from, to) => self.handle_folder_renamed(&from, &to),
            FileEvent::FolderDeleted(path) => self.handle_folder_deleted(&path),
            FileEvent::FolderMoved => self.roots_suspect = true,
            FileEvent::MountsChanged => self.mounts_changed = true,
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
            self.follow_folder(folder, settled);
        }
    }

    /// Like [`Self::add_folder`], for a folder that may also be a link to one.
    fn follow_folder(&mut self, folder: &Path, settled: bool) {
        let files = self.walk_folder(folder);
        let changed = self.changed_files(&files);
        self.schedule(changed, settled);
    }

    /// Watches a folder and those below it. Returns all files found.
    fn walk_folder(&mut self, folder: &Path) -> Vec<PathBuf> {
        let mut files = Vec::new();
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
        files
    }

    /// The files that are new or have changed since they were read, with their current stat.
    fn changed_files(&self, files: &[PathBuf]) -> Vec<(PathBuf, FileStat)> {
        let changed = |path: &PathBuf| Some((path.clone(), self.has_changed(path)?));
        files.iter().filter_map(changed).collect()
    }

    /// Schedules new and changed files.
    fn schedule(&mut self, files: Vec<(PathBuf, FileStat)>, settled: bool) {
        let wait = if settled { Duration::ZERO } else { self.state.settle_time };
        let due = Instant::now() + wait;
        for (path, _) in files {
            self.pending.found(path, due);
        }
    }

    /// The current stat of a file if it differs from the one at the last read; `None` also if the file is gone.
    pub(super) fn has_changed(&self, path: &Path) -> Option<FileStat> {
        let stat = FileStat::of(&fs::metadata(path).ok()?);
        let known = self.state.file_states.stat(path);
        (!known.is_some_and(|(known, _)| known.is_same(&stat))).then_some(stat)
    }

    /// Walks all roots: events were lost, or the watch begins after the load. Schedules new and changed files, and
    /// handles known files that are gone.
    pub(super) fn rescan(&mut self) {
        self.check_roots();
        let roots = self.state.folders().roots.clone();
        let mut files = Vec::new();
        for root in roots.iter().filter(|root| root.place.is_some()) {
            if root.is_file {
                self.watch_folder(root.folder());
                files.push(root.path.clone());
            } else {
                files.extend(self.walk_folder(&root.path));
            }
        }
        let changed = self.changed_files(&files);
        let present: HashSet<PathBuf> = files.into_iter().collect();
        let gone = self.state.file_states.paths(|path| !present.contains(path));
        self.handle_gone(gone, &changed);
        self.schedule(changed, true);
    }

    /// Handles known files that are no longer listed. Those of which the same file is among the new and changed ones
    /// were only renamed: what was read of them is kept.
    fn handle_gone(&mut self, gone: Vec<PathBuf>, changed: &[(PathBuf, FileStat)]) {
        let file_states = &self.state.file_states;
        let mut known = HashMap::new();
        for path in gone.iter().chain(changed.iter().map(|(path, _)| path)) {
            let id = file_states.stat(path).and_then(|(stat, _)| stat.file_id());
            known.extend(id.map(|id| (id, path)));
        }
        let mut moves = Vec::new();
        for (to, stat) in changed {
            let from = stat.file_id().and_then(|id| known.remove(&id));
            moves.extend(from.filter(|from| *from != to).map(|from| (from.clone(), to.clone())));
        }
        file_states.mark_moved(moves);
        for path in gone {
            self.handle_deleted(&path);
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
        if is_hidden(to) || !self.state.folders().is_in_root_folder(to) {
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
                self.replaced.extend(file_states.rename_file(&path, &new_path));
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
        let unread = self.leave_folder(folder);
        let mut folders = self.state.folders();
        let roots = folders.roots.iter_mut();
        let lost = roots.filter(|root| is_within(root.folder(), folder));
        // A new folder of its name may be there already.
        self.roots_suspect |= lost.map(WatchedRoot::forget_folder).count() > 0;
        drop(folders);
        if self.roots_suspect {
            self.check_roots();
        }
        let folders = self.state.folders();
        let is_below_root = folder.parent().is_some_and(|parent| folders.is_in_root_folder(parent));
        drop(folders);
        if is_below_root && !is_hidden(folder) {
            if unread > 0 {
                let message = "the folder was replaced or is gone".to_owned();
                self.report_replaced(folder, message, unread);
            }
            self.add_folder(folder, true);
        }
    }

    /// Forgets a folder that is no longer under its path, and what was pending there. What was read of its files is
    /// kept, since they may come back. Returns the number of files that were written but not read.
    fn leave_folder(&mut self, folder: &Path) -> usize {
        let is_left = |path: &Path| is_within(path, folder);
        self.state.event_source.remove(is_left);
        self.state.folders().forget(is_left);
        for busy in self.state.file_states.mark_folder_gone(folder) {
            self.deferred.push(FileEvent::Deleted(busy));
        }
        let vanished = self.vanished.extract_if(.., |(path, _)| is_left(path));
        let missed = vanished.filter(|(_, kind)| *kind == PendingKind::Filled).count();
        missed + self.pending.forget_all(is_left)
    }

    /// Compares what is under the path of each root with what is followed. Where that is something else, it is read and
    /// followed instead.
    pub(super) fn check_roots(&mut self) {
        self.roots_suspect = false;
        let roots = self.state.folders().roots.clone();
        let mut seen = HashMap::new();
        for (number, root) in roots.into_iter().enumerate() {
            let now = root.find_place(&mut seen);
            let mut folders = self.state.folders();
            let Some(current) = folders.roots.get_mut(number) else {
                continue;
            };
            let comparison = current.compare(&now, Instant::now());
            drop(folders);
            match comparison {
                Comparison::Same => {}
                Comparison::Other => self.change_root(number, &root, &now),
                Comparison::Undecided(due) => self.next_poll = self.next_poll.min(due),
            }
        }
    }

    /// Leaves what was under the path of a root, and follows what is there now.
    fn change_root(&mut self, number: usize, root: &WatchedRoot, now: &Result<Place, String>) {
        let mut unread = 0;
        if root.is_file {
            let moves = vec![(root.path.clone(), root.path.clone())];
            self.state.file_states.mark_moved(moves);
            // Other roots may be watched through the same folder.
            let mut folders = self.state.folders();
            if folders.is_replaced(root.folder()) {
                self.state.event_source.remove(|path| path == root.folder());
                folders.forget(|path| path == root.folder());
            }
        } else if root.place.is_some() {
            unread = self.leave_folder(&root.path);
        }
        if let Some(root) = self.state.folders().roots.get_mut(number) {
            root.place = now.as_ref().ok().copied();
            root.is_file = root.place.map_or(root.is_file, |place| place.is_file);
        }
        // What was not read in a folder that is away is read when it is back.
        let unread = if now.is_ok() { unread } else { 0 };
        self.report_replaced(&root.path, root_message(root, now), unread);
        let Ok(place) = now else { return };
        if place.is_file {
            self.watch_folder(parent_folder(&root.path));
            let changed = self.changed_files(std::slice::from_ref(&root.path));
            self.schedule(changed, false);
        } else {
            self.follow_folder(&root.path, false);
        }
    }

    /// Decides about files that were gone when they were to be read, after the roots have been checked. A file that is
    /// back was away with its folder. While the folder is away, it may come back with the file.
    pub(super) fn handle_vanished(&mut self) {
        for (path, kind) in take(&mut self.vanished) {
            let is_away = self.state.folders().is_replaced(parent_folder(&path));
            if self.has_changed(&path).is_some() {
                self.pending.found(path, Instant::now());
            } else if is_away {
                self.vanished.push((path, kind));
            } else if kind == PendingKind::Filled {
                self.report_missed(&path);
            }
        }
    }

    /// Lists the folders without events, and looks at files that are links. Takes time in proportion to the files.
    pub(super) fn poll_folders(&mut self) {
        if take(&mut self.mounts_changed) {
            let replaced = self.state.folders().replaced();
            for folder in replaced {
                self.handle_replaced(&folder);
            }
        }
        let mut polled = take(&mut self.state.folders().polled);
        let (mut listed, mut present) = (HashSet::new(), HashSet::new());
        for (folder, changed) in &mut polled {
            if self.state.folders().is_replaced(folder) {
                self.handle_replaced(folder);
            } else if let Ok(listing) = fs::read_dir(folder) {
                *changed = self.poll_folder(listing, changed, &mut present);
                listed.insert(folder.clone());
            }
        }
        let changed = polled.values().flatten();
        let changed: Vec<_> = changed.map(|(path, stat)| (path.clone(), *stat)).collect();
        let is_gone = |path: &Path| !present.contains(path) && listed.contains(parent_folder(path));
        let gone = self.state.file_states.paths(is_gone);
        self.handle_gone(gone, &changed);
        let mut folders = self.state.folders();
        for (folder, changed) in polled {
            // Folders may have been added or removed meanwhile.
            if folders.is_watched(&folder) {
                folders.polled.insert(folder, changed);
            }
        }
        drop(folders);
        self.poll_links();
    }

    /// Handles a watched folder under whose path is another one, or none.
    fn handle_replaced(&mut self, folder: &Path) {
        // Not if a folder above it was handled before.
        if self.state.folders().is_watched(folder) {
            self.handle_folder_deleted(folder);
        }
    }

    /// Looks at the files of a folder without events, given those that were new or changed at the last poll. Returns
    /// those that are now, and adds all files to `present`.
    fn poll_folder(
        &mut self,
        listing: ReadDir,
        before: &HashMap<PathBuf, FileStat>,
        present: &mut HashSet<PathBuf>,
    ) -> HashMap<PathBuf, FileStat> {
        let mut changed = HashMap::new();
        for entry in listing.flatten() {
            let path = entry.path();
            let kind = entry.file_type();
            if kind.is_ok_and(|kind| kind.is_dir()) {
                let folders = self.state.folders();
                let is_new = !folders.is_watched(&path) && folders.is_in_root_folder(&path);
                drop(folders);
                if is_new && !is_hidden(&path) {
                    self.add_folder(&path, false);
                }
            } else if self.state.folders().is_asked_for(&path) {
                if let Some(stat) = self.poll_file(&path, before.get(&path)) {
                    changed.insert(path.clone(), stat);
                }
                present.insert(path);
            }
        }
        changed
    }

    /// Looks at a file without events. A new or changed file is read when two polls in a row find it the same, and at
    /// once if it grows item by item. Returns its stat if it is new or changed.
    fn poll_file(&mut self, path: &Path, before: Option<&FileStat>) -> Option<FileStat> {
        let stat = self.has_changed(path)?;
        let known = self.state.file_states.stat(path);
        let format = known.and_then(|(_, format)| format);
        let grows = format.is_some_and(|it| it.row().boundary != RecordBoundary::Unsplittable);
        if before.is_some_and(|before| before.is_same(&stat)) {
            self.pending.found(path.to_owned(), Instant::now());
        } else if grows {
            self.pending.written(path.to_owned(), WriterKind::Growing, Instant::now());
        }
        Some(stat)
    }

    /// Looks at the files that are links: events tell of the link, not of the file that it leads to.
    fn poll_links(&mut self) {
        let mut links = take(&mut self.state.folders().links);
        links.retain(|path, changed| {
            *changed = self.poll_file(path, changed.as_ref());
            is_link(path)
        });
        self.state.folders().links.extend(links);
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
                if input.watched.get().is_some_and(|watched| watched.retained.is_some()) {
                    continue;
                }
                let known =
                    files.entry(path.clone()).or_insert_with(|| state_of_input(input, path));
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
            self.add_link(&path);
            known.items.sort_by_key(|item| (item.start, item.nth));
            limit_items(&mut known.items);
            self.file_states.adopt(path, known);
        }
    }
}

/// The sentence about a root under whose path is something else than before.
fn root_message(before: &WatchedRoot, now: &Result<Place, String>) -> String {
    let what = |is_file| if is_file { "file" } else { "folder" };
    match (before.place, now) {
        (_, Err(why)) => {
            let what = what(before.is_file);
            format!("the {what} is {why}; it will be watched again once it is back")
        }
        (None, Ok(place)) => {
            let what = what(place.is_file);
            format!("a {what} is under this path now: it is read and followed")
        }
        // It may still be the same file.
        (Some(Place { is_file: true, .. }), Ok(Place { is_file: true, .. })) => {
            "in another folder now: it is read and followed there".to_owned()
        }
        (Some(_), Ok(place)) => {
            let what = what(place.is_file);
            format!("another {what} is under this path now: it is read and followed")
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
            let mut outer = name.match_indices('!').map(|(at, _)| Path::new(&name[..at]));
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
    let _ = input.watched.set(WatchedInput { file, retained: None });
    known.format = Some(input.format);
    known.end = input.length;
    known
}
