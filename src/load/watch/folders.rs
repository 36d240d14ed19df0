//! The folders of a watch: which are watched, which have to be looked at now and then, and which are lost for now.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::WatchState;
use super::events::WatchError;
use super::ledger::FileStat;
use crate::desk::path_text;
use crate::dispatch::{InputProblem, Severity};
use crate::load::error_reason;
use crate::load::job::LoadEvent;
use crate::load::walk::is_ignored_name;

/// What a watch was asked for.
#[derive(Debug, Clone)]
pub(super) struct WatchedRoot {
    pub(super) path: PathBuf,
    pub(super) is_file: bool,
    /// Device and number of the folder that is watched; `None` while it is not there.
    pub(super) folder_id: Option<(u64, u64)>,
    /// The device that it lay on when the watch began, or as soon as it was there.
    home_device: Option<u64>,
    /// True while it is looked for: it was deleted, or another file system lies at its place.
    pub(super) is_lost: bool,
}

/// The folders of a watch.
#[derive(Debug, Default)]
pub(super) struct WatchedFolders {
    pub(super) roots: Vec<WatchedRoot>,
    watched: HashSet<PathBuf>,
    /// Those that are looked at now and then: files that were new or changed the last time.
    pub(super) polled: HashMap<PathBuf, HashMap<PathBuf, FileStat>>,
    /// Why folders are polled: said once each.
    reported_reasons: HashSet<String>,
}

/// Device and number of a folder, or of that which a file lies in.
pub(super) fn read_folder_id(path: &Path) -> Option<(u64, u64)> {
    let about = fs::metadata(path).ok()?;
    about.is_dir().then(|| (about.dev(), about.ino()))
}

/// The folder of a file, as it is watched.
pub(super) fn parent_folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

fn or_current_dir(path: &Path) -> &Path {
    if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    }
}

impl WatchedRoot {
    /// The folder that is watched for it.
    pub(super) fn folder(&self) -> &Path {
        if self.is_file {
            parent_folder(&self.path)
        } else {
            &self.path
        }
    }

    pub(super) fn read_folder_id(&self) -> Option<(u64, u64)> {
        read_folder_id(or_current_dir(self.folder()))
    }

    /// What lies at its place now. Where a file system was, it is waited for.
    pub(super) fn set_folder_id(&mut self, is: Option<(u64, u64)>) {
        let device = is.map(|(device, _)| device);
        self.folder_id = is;
        self.home_device = self.home_device.or(device);
        self.is_lost = is.is_none() || self.home_device != device;
    }
}

impl WatchedFolders {
    /// Notes a path that is asked for. One that is not there yet is looked for.
    pub(super) fn add_root(&mut self, path: &Path) {
        if self.roots.iter().any(|root| root.path == path) {
            return;
        }
        let about = fs::metadata(path).ok();
        if about
            .as_ref()
            .is_some_and(|about| !about.is_dir() && !about.is_file())
        {
            return;
        }
        let mut root = WatchedRoot {
            path: path.to_owned(),
            is_file: about.is_some_and(|about| about.is_file()),
            folder_id: None,
            home_device: None,
            is_lost: false,
        };
        root.set_folder_id(root.read_folder_id());
        self.roots.push(root);
    }

    pub(super) fn has_roots(&self) -> bool {
        !self.roots.is_empty()
    }

    /// Whether a file that something happened to is one of those that were asked for.
    pub(super) fn is_asked_for(&self, path: &Path) -> bool {
        let left_out = path
            .file_name()
            .is_some_and(|name| is_ignored_name(name.as_encoded_bytes()));
        self.roots.iter().any(|root| {
            if root.is_file {
                root.path == path
            } else {
                !left_out && path.starts_with(&root.path)
            }
        })
    }

    pub(super) fn is_watched(&self, folder: &Path) -> bool {
        self.watched.contains(folder)
    }

    /// A folder and all below it are watched no longer.
    pub(super) fn forget(&mut self, folder: &Path) {
        self.watched.retain(|path| !path.starts_with(folder));
        self.polled.retain(|path, _| !path.starts_with(folder));
    }

    /// A folder has another name.
    pub(super) fn rename(&mut self, from: &Path, to: &Path) {
        let moved = |path: PathBuf| match path.strip_prefix(from) {
            Ok(rest) if rest.as_os_str().is_empty() => to.to_owned(),
            Ok(rest) => to.join(rest),
            Err(_) => path,
        };
        self.watched = self.watched.drain().map(moved).collect();
        self.polled = self
            .polled
            .drain()
            .map(|(path, files)| (moved(path), files))
            .collect();
    }

    /// True where something has to be looked at now and then.
    pub(super) fn needs_polling(&self) -> bool {
        !self.polled.is_empty() || self.roots.iter().any(|root| root.is_lost)
    }
}

impl WatchState {
    /// Watches a folder, before it is looked into.
    pub(in crate::load) fn watch_folder(&self, folder: &Path, tell: &(dyn Fn(LoadEvent) + Sync)) {
        if !self.folders().watched.insert(folder.to_owned()) {
            return;
        }
        let note = |message: String| {
            let mut problem = InputProblem::unreadable(path_text(folder), message);
            problem.problem.severity = Severity::Note;
            tell(LoadEvent::Problem(problem));
        };
        match self.event_source.add(folder) {
            Ok(()) => {}
            Err(WatchError::Poll(why)) => {
                let mut folders = self.folders();
                folders.polled.insert(folder.to_owned(), HashMap::new());
                if folders.reported_reasons.insert(why.clone()) {
                    drop(folders);
                    note(format!("looked at every second, since {why}"));
                }
            }
            Err(WatchError::Failed(error)) => {
                self.folders().watched.remove(folder);
                note(format!("cannot be watched: {}", error_reason(&error)));
            }
        }
    }

    /// Watches the folder of a file.
    pub(in crate::load) fn watch_file(&self, path: &Path, tell: &(dyn Fn(LoadEvent) + Sync)) {
        self.watch_folder(parent_folder(path), tell);
    }
}
