//! The paths that a watch was asked for, what each of them leads to now, and the folders that are watched.
//! Asks the file system only what is under a path.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{Access, access};

use crate::ingest::files::is_ignored_name;
use crate::ingest::watch::file_states::FileStat;
use crate::text::error_reason;

/// Device and inode of a folder.
pub(super) type FolderId = (u64, u64);

/// What is under the path of a root. It is another place as soon as the path leads to another folder: the old one was
/// moved away, a link points elsewhere, a file system was mounted or unmounted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) is_file: bool,
    /// The folder to watch: the one under the path, or that of the file.
    folder: FolderId,
}

/// A path that the user asked for.
#[derive(Debug, Clone)]
pub(super) struct WatchedRoot {
    pub(super) path: PathBuf,
    /// What is under the path was a file when it was last seen, not a folder.
    pub(super) is_file: bool,
    /// What is followed; `None` while there is nothing to follow. It is looked for at every poll.
    pub(super) place: Option<Place>,
    /// When `place` was first found missing: it may be about to be replaced.
    missing_since: Option<Instant>,
}

/// Time after which a place that is missing counts as gone: `mv spool old; mv new spool` replaces it.
const REPLACE_WINDOW: Duration = Duration::from_millis(if cfg!(test) { 10 } else { 200 });

/// What is under a path, compared with what is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Same,
    Other,
    /// Nothing is there, but that is not certain before this time.
    Undecided(Instant),
}

/// The folders of a watch.
#[derive(Debug, Default)]
pub(super) struct WatchedFolders {
    pub(super) roots: Vec<WatchedRoot>,
    /// Indexes of `roots`.
    by_path: HashMap<PathBuf, usize>,
    /// All watched folders, including the polled ones, and which folder each was when it was first watched.
    watched: HashMap<PathBuf, Option<FolderId>>,
    /// Folders without events, which are polled. For each, the files that were new or changed at the last poll.
    pub(super) polled: HashMap<PathBuf, HashMap<PathBuf, FileStat>>,
    /// Files that are links, and their stat if they had changed at the last poll.
    pub(super) links: HashMap<PathBuf, Option<FileStat>>,
    /// Reasons for polling that were reported. Each is reported once.
    pub(super) reported_reasons: HashSet<String>,
}

/// Device and inode of a folder; `None` if there is no folder at the path.
pub(super) fn read_folder_id(path: &Path) -> Option<FolderId> {
    let about = fs::metadata(or_current_dir(path)).ok()?;
    about.is_dir().then(|| (about.dev(), about.ino()))
}

/// The folder of a file, in the form in which it is watched: empty for the current folder.
pub(super) fn parent_folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// Replaces the empty path, which system calls reject, by `.`.
fn or_current_dir(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

/// True for a folder itself and all paths below it. The current folder (the empty path) is watched only for its files.
pub(super) fn is_within(path: &Path, folder: &Path) -> bool {
    if folder.as_os_str().is_empty() {
        return path.as_os_str().is_empty() || parent_folder(path).as_os_str().is_empty();
    }
    path.starts_with(folder)
}

pub(super) fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|about| about.is_symlink())
}

/// True for names of hidden and temporary files.
pub(super) fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| is_ignored_name(name.as_encoded_bytes()))
}

impl WatchedRoot {
    /// The folder to watch: the root itself, or the folder of a file.
    pub(super) fn folder(&self) -> &Path {
        if self.is_file { parent_folder(&self.path) } else { &self.path }
    }

    /// What is under the path now. A file that was deleted may be created again: its folder is followed. `seen` has the
    /// folders of files that were looked at already.
    ///
    /// # Errors
    /// If nothing there can be followed: why, as the end of a sentence.
    pub(super) fn find_place(
        &self,
        seen: &mut HashMap<PathBuf, Option<FolderId>>,
    ) -> Result<Place, String> {
        let mut file_place = || {
            let folder = parent_folder(&self.path);
            if !seen.contains_key(folder) {
                seen.insert(folder.to_owned(), read_folder_id(folder));
            }
            let folder = *seen.get(folder)?;
            let is_file = true;
            folder.map(|folder| Place { is_file, folder })
        };
        match fs::metadata(or_current_dir(&self.path)) {
            Ok(about) if about.is_dir() => {
                // A folder in which nothing can be listed or opened brings nothing, whatever its events say.
                access(or_current_dir(&self.path), Access::READ_OK | Access::EXEC_OK)
                    .map_err(|error| cannot_open(&error.into()))?;
                Ok(Place { is_file: false, folder: (about.dev(), about.ino()) })
            }
            Ok(about) if about.is_file() => file_place().ok_or_else(|| "gone".to_owned()),
            Ok(_) => Err("no longer a file or folder".to_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let place = if self.is_file { file_place() } else { None };
                place.ok_or_else(|| "gone".to_owned())
            }
            Err(error) => Err(cannot_open(&error)),
        }
    }

    /// Whether what was found under the path changes what is followed; if that cannot be said yet, when to ask again.
    pub(super) fn compare(&mut self, now: &Result<Place, String>, time: Instant) -> Comparison {
        if self.place.is_some() && now.is_err() {
            let due = *self.missing_since.get_or_insert(time) + REPLACE_WINDOW;
            if time < due {
                return Comparison::Undecided(due);
            }
        }
        self.missing_since = None;
        if self.place == now.as_ref().ok().copied() { Comparison::Same } else { Comparison::Other }
    }

    /// Forgets which folder it was: its watches are gone, and whatever is found under the path is another place.
    pub(super) fn forget_folder(&mut self) {
        if let Some(place) = &mut self.place {
            place.folder = (0, 0);
        }
    }
}

fn cannot_open(error: &std::io::Error) -> String {
    format!("not accessible ({})", error_reason(error))
}

impl WatchedFolders {
    /// Adds a path that the user asked for. Pipes and devices are not watched.
    pub(super) fn add_root(&mut self, path: &Path) {
        if self.by_path.contains_key(path) {
            return;
        }
        let about = fs::metadata(path).ok();
        if about.as_ref().is_some_and(|about| !about.is_dir() && !about.is_file()) {
            return;
        }
        let mut root = WatchedRoot {
            path: path.to_owned(),
            is_file: about.is_some_and(|about| about.is_file()),
            place: None,
            missing_since: None,
        };
        root.place = root.find_place(&mut HashMap::new()).ok();
        self.by_path.insert(path.to_owned(), self.roots.len());
        self.roots.push(root);
    }

    /// True if a file is one of the roots or inside one. Hidden and temporary files count only if they are roots.
    pub(super) fn is_asked_for(&self, path: &Path) -> bool {
        let root = self.by_path.get(path).map(|&at| &self.roots[at]);
        root.is_some_and(|root| root.is_file) || !is_hidden(path) && self.is_in_root_folder(path)
    }

    /// True for a root that is a folder, and everything below it.
    pub(super) fn is_in_root_folder(&self, path: &Path) -> bool {
        path.ancestors().any(|folder| {
            let at = self.by_path.get(folder);
            at.is_some_and(|&at| !self.roots[at].is_file)
        })
    }

    /// Adds a folder to those that are watched; false if it was there already.
    pub(super) fn insert(&mut self, folder: &Path) -> bool {
        // Asked before the watch is set: should the folder be replaced in between, the difference shows later.
        let is_new = !self.is_watched(folder);
        if is_new {
            let id = read_folder_id(folder);
            self.watched.insert(folder.to_owned(), id);
        }
        is_new
    }

    pub(super) fn is_watched(&self, folder: &Path) -> bool {
        self.watched.contains_key(folder)
    }

    /// True if another folder is under the path of a watched one, or none.
    pub(super) fn is_replaced(&self, folder: &Path) -> bool {
        let watched = self.watched.get(folder);
        watched.is_some_and(|id| *id != read_folder_id(folder))
    }

    /// The watched folders that are no longer under their paths.
    pub(super) fn replaced(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = self.watched.keys().cloned().collect();
        paths.retain(|path| self.is_replaced(path));
        paths
    }

    /// Removes watched folders.
    pub(super) fn forget(&mut self, is_gone: impl Fn(&Path) -> bool) {
        self.watched.retain(|path, _| !is_gone(path));
        self.polled.retain(|path, _| !is_gone(path));
    }

    /// Applies the renaming of a folder to its path and those below it.
    pub(super) fn rename(&mut self, from: &Path, to: &Path) {
        let moved = |path: PathBuf| match path.strip_prefix(from) {
            Ok(rest) if rest.as_os_str().is_empty() => to.to_owned(),
            Ok(rest) => to.join(rest),
            Err(_) => path,
        };
        let watched = self.watched.drain();
        self.watched = watched.map(|(path, id)| (moved(path), id)).collect();
        let polled = self.polled.drain();
        self.polled = polled.map(|(path, files)| (moved(path), files)).collect();
    }
}
