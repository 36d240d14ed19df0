//! What the system tells of watched folders (Linux: inotify), in the words of the watch. Sleeps until something happens.

pub(super) use system::EventSource;

use std::path::PathBuf;

/// What happened to a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FileEvent {
    /// Made, not necessarily written yet.
    Created(PathBuf),
    /// Written to, not necessarily closed.
    Written(PathBuf),
    /// Closed after writing, or renamed to this from where it is not watched: whole.
    Closed(PathBuf),
    /// Its rights changed: it may be readable now.
    PermissionsChanged(PathBuf),
    /// Deleted, or renamed to where it is not watched.
    Deleted(PathBuf),
    Renamed(PathBuf, PathBuf),
    /// A folder came: made, or renamed to this.
    FolderCreated(PathBuf),
    FolderRenamed(PathBuf, PathBuf),
    /// A watched folder is there no longer.
    FolderDeleted(PathBuf),
    /// Events were lost.
    Overflow,
}

/// Why a folder gives no events.
#[derive(Debug)]
pub(super) enum WatchError {
    /// It is to be looked at now and then instead; why: the end of a sentence.
    Poll(String),
    /// It cannot be watched at all.
    Failed(std::io::Error),
}

#[cfg(target_os = "linux")]
mod system {
    //! Linux tells what happens in folders: inotify(7), one descriptor for all of them.

    use std::collections::HashMap;
    use std::ffi::OsStr;
    use std::io::{self, PipeReader, PipeWriter, Read, Write};
    use std::mem::MaybeUninit;
    use std::os::fd::OwnedFd;
    use std::os::unix::ffi::OsStrExt;
    use std::path::{Path, PathBuf};
    use std::sync::{Mutex, MutexGuard, PoisonError};
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::inotify::{
        CreateFlags, ReadFlags, Reader, WatchFlags, add_watch, init, remove_watch,
    };
    use rustix::io::Errno;

    use super::{FileEvent, WatchError};

    /// Most events that are taken at once, in bytes.
    const EVENT_BUFFER_SIZE: usize = 64 << 10;

    /// File systems that others write to without this system's knowing, by their numbers in statfs(2): NFS, SMB, CIFS, 9P,
    /// FUSE, Ceph, AFS.
    const REMOTE_FILE_SYSTEMS: [u64; 8] = [
        0x6969,
        0x517b,
        0xff53_4d42,
        0xfe53_4d42,
        0x0102_1997,
        0x6573_5546,
        0x00c3_6400,
        0x5346_414f,
    ];

    /// The folders that are watched, and a bell that wakes the one who waits.
    #[derive(Debug)]
    pub(in crate::load::watch) struct EventSource {
        /// `None` where the system gives no more of them.
        inotify: Option<OwnedFd>,
        folders: Mutex<HashMap<i32, PathBuf>>,
        bell: Mutex<PipeWriter>,
        rung: PipeReader,
    }

    impl EventSource {
        pub(in crate::load::watch) fn new() -> io::Result<Self> {
            let (rung, bell) = io::pipe()?;
            let flags = rustix::fs::fcntl_getfl(&rung)? | rustix::fs::OFlags::NONBLOCK;
            rustix::fs::fcntl_setfl(&rung, flags)?;
            Ok(Self {
                inotify: init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).ok(),
                folders: Mutex::default(),
                bell: Mutex::new(bell),
                rung,
            })
        }

        fn folders(&self) -> MutexGuard<'_, HashMap<i32, PathBuf>> {
            self.folders.lock().unwrap_or_else(PoisonError::into_inner)
        }

        /// Watches a folder, not those below it.
        pub(in crate::load::watch) fn add(&self, folder: &Path) -> Result<(), WatchError> {
            let asked = if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            };
            let flags = WatchFlags::CLOSE_WRITE
                | WatchFlags::MODIFY
                | WatchFlags::ATTRIB
                | WatchFlags::CREATE
                | WatchFlags::DELETE
                | WatchFlags::MOVED_FROM
                | WatchFlags::MOVED_TO
                | WatchFlags::DELETE_SELF
                | WatchFlags::ONLYDIR;
            let Some(inotify) = &self.inotify else {
                let why =
                    "the system lets a user have no more watches (fs.inotify.max_user_instances)";
                return Err(WatchError::Poll(why.to_owned()));
            };
            let mut folders = self.folders();
            match add_watch(inotify, asked, flags) {
                Ok(number) => {
                    folders.insert(number, folder.to_owned());
                }
                Err(Errno::NOSPC) => {
                    let why = "the system lets a user watch no more folders (fs.inotify.max_user_watches)";
                    return Err(WatchError::Poll(why.to_owned()));
                }
                Err(error) => return Err(WatchError::Failed(error.into())),
            }
            let kind = rustix::fs::statfs(asked)
                .map_or(0, |about| u64::try_from(about.f_type).unwrap_or(0));
            if REMOTE_FILE_SYSTEMS.contains(&(kind & 0xffff_ffff)) {
                let why = "its file system does not tell what others write";
                return Err(WatchError::Poll(why.to_owned()));
            }
            Ok(())
        }

        /// Watches a folder and those below it no longer.
        pub(in crate::load::watch) fn remove_below(&self, folder: &Path) {
            let mut folders = self.folders();
            folders.retain(|&number, path| {
                let below = path.starts_with(folder);
                if let (true, Some(inotify)) = (below, &self.inotify) {
                    let _ = remove_watch(inotify, number);
                }
                !below
            });
        }

        /// Wakes the one who waits.
        pub(in crate::load::watch) fn wake(&self) {
            let mut bell = self.bell.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = bell.write_all(b".");
        }

        /// Waits until there are events, the bell rings, or the time is over.
        pub(in crate::load::watch) fn wait(&self, time: Option<Duration>) {
            let time = time.map(|time| Timespec {
                tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: time.subsec_nanos().into(),
            });
            let mut files = vec![PollFd::new(&self.rung, PollFlags::IN)];
            files.extend(self.inotify.iter().map(|fd| PollFd::new(fd, PollFlags::IN)));
            let _ = poll(&mut files, time.as_ref());
            if !files[0].revents().is_empty() {
                let _ = (&self.rung).read(&mut [0; 64]);
            }
        }

        /// The events so far, in their order.
        pub(in crate::load::watch) fn drain(&self) -> Vec<FileEvent> {
            let mut events = Vec::new();
            let mut moved: HashMap<u32, (usize, PathBuf)> = HashMap::new();
            let mut buffer = vec![MaybeUninit::uninit(); EVENT_BUFFER_SIZE];
            let Some(inotify) = &self.inotify else {
                return events;
            };
            let mut reader = Reader::new(inotify, &mut buffer);
            while let Ok(event) = reader.next() {
                let what = event.events();
                if what.contains(ReadFlags::QUEUE_OVERFLOW) {
                    events.push(FileEvent::Overflow);
                    continue;
                }
                let mut folders = self.folders();
                let Some(folder) = folders.get(&event.wd()).cloned() else {
                    continue;
                };
                if what.intersects(ReadFlags::IGNORED) {
                    folders.remove(&event.wd());
                    events.push(FileEvent::FolderDeleted(folder));
                    continue;
                }
                let Some(name) = event.file_name() else {
                    continue;
                };
                let path = join(&folder, OsStr::from_bytes(name.to_bytes()));
                let is_folder = what.contains(ReadFlags::ISDIR);
                if what.contains(ReadFlags::MOVED_FROM) {
                    moved.insert(event.cookie(), (events.len(), path.clone()));
                    events.push(if is_folder {
                        FileEvent::FolderDeleted(path)
                    } else {
                        FileEvent::Deleted(path)
                    });
                } else if what.contains(ReadFlags::MOVED_TO) {
                    let from = moved.remove(&event.cookie()).map(|(at, from)| {
                        // It did not go: where it stood, nothing happens.
                        events[at] = FileEvent::PermissionsChanged(from.clone());
                        from
                    });
                    events.push(match (from, is_folder) {
                        (Some(from), true) => {
                            rename(&mut folders, &from, &path);
                            FileEvent::FolderRenamed(from, path)
                        }
                        (Some(from), false) => FileEvent::Renamed(from, path),
                        (None, true) => FileEvent::FolderCreated(path),
                        (None, false) => FileEvent::Closed(path),
                    });
                } else if is_folder {
                    if what.contains(ReadFlags::CREATE) {
                        events.push(FileEvent::FolderCreated(path));
                    }
                } else if what.contains(ReadFlags::CLOSE_WRITE) {
                    events.push(FileEvent::Closed(path));
                } else if what.contains(ReadFlags::DELETE) {
                    events.push(FileEvent::Deleted(path));
                } else if what.contains(ReadFlags::MODIFY) {
                    events.push(FileEvent::Written(path));
                } else if what.contains(ReadFlags::CREATE) {
                    events.push(FileEvent::Created(path));
                } else if what.contains(ReadFlags::ATTRIB) {
                    events.push(FileEvent::PermissionsChanged(path));
                }
            }
            events
        }
    }

    /// A folder has another name: its watch goes with it, and so do those below.
    fn rename(folders: &mut HashMap<i32, PathBuf>, from: &Path, to: &Path) {
        for path in folders.values_mut() {
            if let Ok(rest) = path.strip_prefix(from) {
                *path = join(to, rest.as_os_str());
            }
        }
    }

    /// A folder and a name in it; the folder may be the empty path, which is the current one.
    fn join(folder: &Path, name: &OsStr) -> PathBuf {
        if name.is_empty() {
            return folder.to_owned();
        }
        folder.join(name)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    //! Where the system is not asked for events: every folder is looked at now and then instead.

    use std::path::Path;
    use std::sync::{Condvar, Mutex, PoisonError};
    use std::time::Duration;

    use super::{FileEvent, WatchError};

    /// No events; only a bell.
    #[derive(Debug, Default)]
    pub(in crate::load::watch) struct EventSource {
        rung: Mutex<bool>,
        bell: Condvar,
    }

    impl EventSource {
        pub(in crate::load::watch) fn new() -> std::io::Result<Self> {
            Ok(Self::default())
        }

        pub(in crate::load::watch) fn add(&self, _: &Path) -> Result<(), WatchError> {
            let why = "this system is not asked for events";
            Err(WatchError::Poll(why.to_owned()))
        }

        pub(in crate::load::watch) fn remove_below(&self, _: &Path) {}

        pub(in crate::load::watch) fn wake(&self) {
            *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
            self.bell.notify_all();
        }

        pub(in crate::load::watch) fn wait(&self, time: Option<Duration>) {
            let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
            while !*rung {
                let Some(time) = time else {
                    rung = self.bell.wait(rung).unwrap_or_else(PoisonError::into_inner);
                    continue;
                };
                let waited = self.bell.wait_timeout(rung, time);
                rung = waited.unwrap_or_else(PoisonError::into_inner).0;
                break;
            }
            *rung = false;
        }

        pub(in crate::load::watch) fn drain(&self) -> Vec<FileEvent> {
            Vec::new()
        }
    }
}
