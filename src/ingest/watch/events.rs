//! File system events (inotify on Linux, polling elsewhere), and the schedule of changed paths that wait to be read.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

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
pub(super) mod system {
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
    pub(crate) struct EventSource {
        /// `None` where the system gives no more of them.
        inotify: Option<OwnedFd>,
        folders: Mutex<HashMap<i32, PathBuf>>,
        bell: Mutex<PipeWriter>,
        rung: PipeReader,
    }

    impl EventSource {
        pub(crate) fn new() -> io::Result<Self> {
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
        pub(crate) fn add(&self, folder: &Path) -> Result<(), WatchError> {
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
        pub(crate) fn remove_below(&self, folder: &Path) {
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
        pub(crate) fn wake(&self) {
            let mut bell = self.bell.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = bell.write_all(b".");
        }

        /// Waits until there are events, the bell rings, or the time is over.
        pub(crate) fn wait(&self, time: Option<Duration>) {
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
        pub(crate) fn drain(&self) -> Vec<FileEvent> {
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
    pub(crate) struct EventSource {
        rung: Mutex<bool>,
        bell: Condvar,
    }

    impl EventSource {
        pub(crate) fn new() -> std::io::Result<Self> {
            Ok(Self::default())
        }

        pub(crate) fn add(&self, _: &Path) -> Result<(), WatchError> {
            let why = "this system is not asked for events";
            Err(WatchError::Poll(why.to_owned()))
        }

        pub(crate) fn remove_below(&self, _: &Path) {}

        pub(crate) fn wake(&self) {
            *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
            self.bell.notify_all();
        }

        pub(crate) fn wait(&self, time: Option<Duration>) {
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

        pub(crate) fn drain(&self) -> Vec<FileEvent> {
            Vec::new()
        }
    }
}

// Paths that something happened to, and when it is time to read them. Pure: the time is given.

/// What follows at once is taken along.
const COALESCE_DELAY: Duration = Duration::from_millis(15);

/// A file that grows line by line is read on at most so often.
const GROWING_INTERVAL: Duration = Duration::from_millis(100);

/// A file that is open for writing is looked at after this: it may be one that grows line by line.
const PEEK_DELAY: Duration = Duration::from_millis(150);

/// A file that came without being written to, as links do, is taken after this.
const QUIET_DELAY: Duration = Duration::from_millis(250);

/// A file that is not closed, or ends in the middle of a line, is taken as it is when nothing happened for so long.
const IDLE_DELAY: Duration = Duration::from_secs(5);

/// How a path is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PendingKind {
    /// Whole: closed, or renamed into place.
    Whole,
    /// The same, and something is known to have been in it.
    Filled,
    /// Known to grow item by item; its writer may still be at work.
    Growing,
    /// Being written for the first time: growing item by item, maybe.
    Peek,
    /// Made, and not written to since.
    Created,
    /// Found in a folder, nobody knows how complete.
    Found,
    /// Not closed, not growing item by item.
    Open,
    /// Something at its end is not complete.
    IncompleteEnd,
}

/// What is known of a file that is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WriterKind {
    Unknown,
    /// Read as a whole.
    Whole,
    /// Read on where it ended.
    Growing,
}

/// What waits to be read.
#[derive(Debug, Default)]
pub(super) struct PendingReads {
    paths: HashMap<PathBuf, (PendingKind, DueKey)>,
    /// The same by their turns.
    by_due: BTreeMap<DueKey, PathBuf>,
    count: u64,
}

/// When a path is due, and a number of its own.
type DueKey = (Instant, u64);

impl PendingReads {
    fn set(&mut self, path: PathBuf, kind: PendingKind, due: Instant) {
        let turn = (due, self.count);
        self.count += 1;
        if let Some((_, before)) = self.paths.insert(path.clone(), (kind, turn)) {
            self.by_due.remove(&before);
        }
        self.by_due.insert(turn, path);
    }

    fn set_if_new(&mut self, path: PathBuf, kind: PendingKind, due: Instant) {
        if !self.paths.contains_key(&path) {
            self.set(path, kind, due);
        }
    }

    /// Whole: what was known before tells no more than whether anything was written.
    pub(super) fn closed(&mut self, path: PathBuf, now: Instant) {
        let kind = match self.paths.get(&path).map(|(kind, _)| kind) {
            Some(
                PendingKind::Peek | PendingKind::Growing | PendingKind::Open | PendingKind::Filled,
            ) => PendingKind::Filled,
            _ => PendingKind::Whole,
        };
        self.set(path, kind, now + COALESCE_DELAY);
    }

    /// Renamed into place, as those do who have written it elsewhere.
    pub(super) fn renamed(&mut self, path: PathBuf, now: Instant) {
        self.set(path, PendingKind::Filled, now + COALESCE_DELAY);
    }

    /// Found in a folder.
    pub(super) fn found(&mut self, path: PathBuf, due: Instant) {
        self.set_if_new(path, PendingKind::Found, due);
    }

    pub(super) fn created(&mut self, path: PathBuf, now: Instant) {
        self.set_if_new(path, PendingKind::Created, now + QUIET_DELAY);
    }

    /// The end of a file is not complete.
    pub(super) fn incomplete_end(&mut self, path: PathBuf, now: Instant) {
        self.set_if_new(path, PendingKind::IncompleteEnd, now + IDLE_DELAY);
    }

    /// Somebody writes, and has not closed it.
    pub(super) fn written(&mut self, path: PathBuf, format: WriterKind, now: Instant) {
        let kind = self.paths.get(&path).map(|(kind, _)| *kind);
        match (kind, format) {
            (Some(PendingKind::Growing | PendingKind::Peek), _) => {}
            (_, WriterKind::Growing) => {
                self.set(path, PendingKind::Growing, now + GROWING_INTERVAL);
            }
            (Some(PendingKind::Open), _) | (_, WriterKind::Whole) => {
                self.set(path, PendingKind::Open, now + IDLE_DELAY);
            }
            (_, WriterKind::Unknown) => self.set(path, PendingKind::Peek, now + PEEK_DELAY),
        }
    }

    /// It is open, and does not grow item by item.
    pub(super) fn open(&mut self, path: PathBuf, now: Instant) {
        self.set(path, PendingKind::Open, now + IDLE_DELAY);
    }

    /// Somebody else is at it: a moment later.
    pub(super) fn retry(&mut self, path: PathBuf, kind: PendingKind, now: Instant) {
        self.set(path, kind, now + COALESCE_DELAY);
    }

    /// Returns how it was to be read.
    pub(super) fn forget(&mut self, path: &Path) -> Option<PendingKind> {
        let (kind, turn) = self.paths.remove(path)?;
        self.by_due.remove(&turn);
        Some(kind)
    }

    /// When the next one is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.by_due.keys().next().map(|(due, _)| *due)
    }

    /// Takes the next one that is due, the longest waiting first.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<(PathBuf, PendingKind)> {
        let first = self
            .by_due
            .first_entry()
            .filter(|first| first.key().0 <= now)?;
        let path = first.remove();
        let (kind, _) = self.paths.remove(&path)?;
        Some((path, kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_due_when_its_writer_is_done_or_pauses() {
        let start = Instant::now();
        let mut pending = PendingReads::default();
        let a = || PathBuf::from("a");
        let due = |pending: &PendingReads| pending.next_due().map(|due| due - start);
        pending.created(a(), start);
        assert_eq!(due(&pending), Some(QUIET_DELAY));
        pending.written(a(), WriterKind::Unknown, start);
        assert_eq!(due(&pending), Some(PEEK_DELAY));
        // Not one that grows item by item: each write puts it off.
        pending.open(a(), start);
        pending.written(a(), WriterKind::Unknown, start + PEEK_DELAY);
        assert_eq!(due(&pending), Some(PEEK_DELAY + IDLE_DELAY));
        pending.closed(a(), start);
        assert_eq!(due(&pending), Some(COALESCE_DELAY));
        assert_eq!(pending.forget(&a()), Some(PendingKind::Filled));
        pending.closed(a(), start);
        assert_eq!(pending.forget(&a()), Some(PendingKind::Whole));
        pending.renamed(a(), start);
        // Opened once more before it was read.
        pending.written(a(), WriterKind::Whole, start);
        assert_eq!(due(&pending), Some(IDLE_DELAY));
        assert_eq!(pending.take_due(start), None);
        assert_eq!(
            pending.take_due(start + IDLE_DELAY),
            Some((a(), PendingKind::Open))
        );
        assert_eq!(due(&pending), None);
    }

    #[test]
    fn one_that_grows_is_not_put_off() {
        let start = Instant::now();
        let mut pending = PendingReads::default();
        for count in 0..5 {
            pending.written(
                "a".into(),
                WriterKind::Growing,
                start + GROWING_INTERVAL * count / 10,
            );
        }
        pending.found("b".into(), start);
        assert_eq!(
            pending.take_due(start),
            Some(("b".into(), PendingKind::Found))
        );
        assert_eq!(
            pending.take_due(start + GROWING_INTERVAL),
            Some(("a".into(), PendingKind::Growing))
        );
        pending.incomplete_end("a".into(), start);
        pending.forget(Path::new("a"));
        assert_eq!(pending.take_due(start + IDLE_DELAY), None);
    }
}
