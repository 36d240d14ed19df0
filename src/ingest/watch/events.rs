//! File system events (inotify on Linux, none elsewhere), and the schedule of changed paths that wait to be read.
//! Knows nothing of formats and never reads a file.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// An event of a path in a watched folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FileEvent {
    /// Created. Nothing may have been written yet.
    Created(PathBuf),
    /// Written to. It may still be open.
    Written(PathBuf),
    /// Closed after writing, or moved here from a folder that is not watched. It is complete.
    Closed(PathBuf),
    /// Its permissions changed. It may be readable now.
    PermissionsChanged(PathBuf),
    /// Deleted, or moved to a folder that is not watched.
    Deleted(PathBuf),
    /// Old and new path.
    Renamed(PathBuf, PathBuf),
    /// A folder was created, or moved here from a folder that is not watched.
    FolderCreated(PathBuf),
    /// Old and new path.
    FolderRenamed(PathBuf, PathBuf),
    /// A watched folder was deleted, or moved to a folder that is not watched.
    FolderDeleted(PathBuf),
    /// The queue was full, and events were lost. Everything must be rescanned.
    Overflow,
}

/// Why a folder gives no events.
#[derive(Debug)]
pub(super) enum WatchError {
    /// It must be polled instead. Why: the end of a sentence.
    Poll(String),
    /// It cannot be watched at all.
    Failed(std::io::Error),
}

#[cfg(target_os = "linux")]
pub(super) mod system {
    //! File events on Linux: inotify(7), one descriptor for all folders.

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

    /// Bytes of events taken from the kernel at once: more than a thousand events.
    const EVENT_BUFFER_SIZE: usize = 64 << 10;

    /// File systems that other machines may write to without an event here, by their magic numbers in statfs(2): NFS,
    /// SMB, CIFS, SMB2, 9P, FUSE, Ceph, AFS.
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

    /// The watched folders, and a pipe that wakes the waiting thread.
    #[derive(Debug)]
    pub(crate) struct EventSource {
        /// `None` if the user has too many inotify instances already. Folders are then polled.
        inotify: Option<OwnedFd>,
        /// Folders by their watch descriptors.
        folders: Mutex<HashMap<i32, PathBuf>>,
        /// A byte written here wakes the thread in `wait`, like a signal but without its pitfalls.
        wake_writer: Mutex<PipeWriter>,
        wake_reader: PipeReader,
    }

    impl EventSource {
        pub(crate) fn new() -> io::Result<Self> {
            let (wake_reader, wake_writer) = io::pipe()?;
            let flags = rustix::fs::fcntl_getfl(&wake_reader)? | rustix::fs::OFlags::NONBLOCK;
            rustix::fs::fcntl_setfl(&wake_reader, flags)?;
            Ok(Self {
                inotify: init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).ok(),
                folders: Mutex::default(),
                wake_writer: Mutex::new(wake_writer),
                wake_reader,
            })
        }

        fn folders(&self) -> MutexGuard<'_, HashMap<i32, PathBuf>> {
            self.folders.lock().unwrap_or_else(PoisonError::into_inner)
        }

        /// Watches a folder, without those below it.
        ///
        /// # Errors
        /// If the folder cannot be watched, or must be polled as well.
        pub(crate) fn add(&self, folder: &Path) -> Result<(), WatchError> {
            let path = if folder.as_os_str().is_empty() {
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
                let why = "the system allows no more watches for this user (fs.inotify.max_user_instances)";
                return Err(WatchError::Poll(why.to_owned()));
            };
            let mut folders = self.folders();
            match add_watch(inotify, path, flags) {
                Ok(number) => {
                    folders.insert(number, folder.to_owned());
                }
                Err(Errno::NOSPC) => {
                    let why =
                        "the system allows no more watched folders (fs.inotify.max_user_watches)";
                    return Err(WatchError::Poll(why.to_owned()));
                }
                Err(error) => return Err(WatchError::Failed(error.into())),
            }
            let kind = rustix::fs::statfs(path)
                .map_or(0, |about| u64::try_from(about.f_type).unwrap_or(0));
            if REMOTE_FILE_SYSTEMS.contains(&(kind & 0xffff_ffff)) {
                let why = "its file system does not report what others write";
                return Err(WatchError::Poll(why.to_owned()));
            }
            Ok(())
        }

        /// Stops watching a folder and those below it.
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

        /// Wakes the thread in [`Self::wait`].
        pub(crate) fn wake(&self) {
            let mut writer = self
                .wake_writer
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let _ = writer.write_all(b".");
        }

        /// Waits for events or a call of [`Self::wake`], at most for `time`.
        pub(crate) fn wait(&self, time: Option<Duration>) {
            let time = time.map(|time| Timespec {
                tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: time.subsec_nanos().into(),
            });
            let mut files = vec![PollFd::new(&self.wake_reader, PollFlags::IN)];
            files.extend(self.inotify.iter().map(|fd| PollFd::new(fd, PollFlags::IN)));
            let _ = poll(&mut files, time.as_ref());
            if !files[0].revents().is_empty() {
                let _ = (&self.wake_reader).read(&mut [0; 64]);
            }
        }

        /// Takes the events that have occurred, in their order. A rename comes from the kernel as two events with one
        /// cookie; they are combined.
        pub(crate) fn drain(&self) -> Vec<FileEvent> {
            let mut events = Vec::new();
            // By cookie: where the event of the old path is in `events`, and the old path.
            let mut moved: HashMap<u32, (usize, PathBuf)> = HashMap::new();
            let mut buffer = vec![MaybeUninit::uninit(); EVENT_BUFFER_SIZE];
            let Some(inotify) = &self.inotify else {
                return events;
            };
            let mut reader = Reader::new(inotify, &mut buffer);
            while let Ok(event) = reader.next() {
                let flags = event.events();
                if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
                    events.push(FileEvent::Overflow);
                    continue;
                }
                let mut folders = self.folders();
                let Some(folder) = folders.get(&event.wd()).cloned() else {
                    continue;
                };
                // The kernel has removed the watch: the folder was deleted or unmounted.
                if flags.intersects(ReadFlags::IGNORED) {
                    folders.remove(&event.wd());
                    events.push(FileEvent::FolderDeleted(folder));
                    continue;
                }
                let Some(name) = event.file_name() else {
                    continue;
                };
                let path = join(&folder, OsStr::from_bytes(name.to_bytes()));
                let is_folder = flags.contains(ReadFlags::ISDIR);
                if flags.contains(ReadFlags::MOVED_FROM) {
                    moved.insert(event.cookie(), (events.len(), path.clone()));
                    events.push(if is_folder {
                        FileEvent::FolderDeleted(path)
                    } else {
                        FileEvent::Deleted(path)
                    });
                } else if flags.contains(ReadFlags::MOVED_TO) {
                    let from = moved.remove(&event.cookie()).map(|(at, from)| {
                        // It was not deleted: put a harmless event in the place of that one.
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
                    if flags.contains(ReadFlags::CREATE) {
                        events.push(FileEvent::FolderCreated(path));
                    }
                } else if flags.contains(ReadFlags::CLOSE_WRITE) {
                    events.push(FileEvent::Closed(path));
                } else if flags.contains(ReadFlags::DELETE) {
                    events.push(FileEvent::Deleted(path));
                } else if flags.contains(ReadFlags::MODIFY) {
                    events.push(FileEvent::Written(path));
                } else if flags.contains(ReadFlags::CREATE) {
                    events.push(FileEvent::Created(path));
                } else if flags.contains(ReadFlags::ATTRIB) {
                    events.push(FileEvent::PermissionsChanged(path));
                }
            }
            events
        }
    }

    /// Applies the renaming of a folder: its watch and those below it stay valid under the new paths.
    fn rename(folders: &mut HashMap<i32, PathBuf>, from: &Path, to: &Path) {
        for path in folders.values_mut() {
            if let Ok(rest) = path.strip_prefix(from) {
                *path = join(to, rest.as_os_str());
            }
        }
    }

    /// Joins a folder and a name in it. An empty name gives the folder itself, without a trailing slash.
    fn join(folder: &Path, name: &OsStr) -> PathBuf {
        if name.is_empty() {
            return folder.to_owned();
        }
        folder.join(name)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    //! Systems other than Linux: no events, so every folder is polled.

    use std::path::Path;
    use std::sync::{Condvar, Mutex, PoisonError};
    use std::time::Duration;

    use super::{FileEvent, WatchError};

    /// No events; only the means to wake the waiting thread.
    #[derive(Debug, Default)]
    pub(crate) struct EventSource {
        woken: Mutex<bool>,
        signal: Condvar,
    }

    impl EventSource {
        pub(crate) fn new() -> std::io::Result<Self> {
            Ok(Self::default())
        }

        pub(crate) fn add(&self, _: &Path) -> Result<(), WatchError> {
            let why = "file events are not supported on this system";
            Err(WatchError::Poll(why.to_owned()))
        }

        pub(crate) fn remove_below(&self, _: &Path) {}

        pub(crate) fn wake(&self) {
            *self.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
            self.signal.notify_all();
        }

        pub(crate) fn wait(&self, time: Option<Duration>) {
            let mut woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
            while !*woken {
                let Some(time) = time else {
                    woken = self
                        .signal
                        .wait(woken)
                        .unwrap_or_else(PoisonError::into_inner);
                    continue;
                };
                let waited = self.signal.wait_timeout(woken, time);
                woken = waited.unwrap_or_else(PoisonError::into_inner).0;
                break;
            }
            *woken = false;
        }

        pub(crate) fn drain(&self) -> Vec<FileEvent> {
            Vec::new()
        }
    }
}

// The schedule of changed paths. The current time is always an argument, so that tests need no clock.

/// Delay before a closed file is read, so that events that follow at once lead to one read.
const COALESCE_DELAY: Duration = Duration::from_millis(15);

/// Shortest time between reads of a file that grows item by item.
const GROWING_INTERVAL: Duration = Duration::from_millis(100);

/// Delay before a file that is open for writing is peeked at, to see whether it grows item by item.
const PEEK_DELAY: Duration = Duration::from_millis(150);

/// Delay before a file that was created but not written to is read. Hard links cause no other event.
const QUIET_DELAY: Duration = Duration::from_millis(250);

/// Idle time after which a file is read as it is, although it is not closed or ends in an incomplete item.
const IDLE_DELAY: Duration = Duration::from_secs(5);

/// Why a path waits to be read, which decides how it will be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PendingKind {
    /// Complete: closed, or moved into place.
    Whole,
    /// Complete, and it is known that something was written. If it vanishes unread, that is reported.
    Filled,
    /// Known to grow item by item. It may still be being written.
    Growing,
    /// Being written for the first time. It may grow item by item: peek at it.
    Peek,
    /// Created, and not written to since.
    Created,
    /// Found in a folder. How complete it is, is not known.
    Found,
    /// Open for writing, and not growing item by item.
    Open,
    /// Read, except for an incomplete item at its end.
    IncompleteEnd,
}

/// How a file that is being written has been read before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WriterKind {
    /// Not read yet.
    Unknown,
    /// Read as a whole: its format cannot be split.
    Whole,
    /// Read item by item: only what is appended has to be read.
    Growing,
}

/// Paths that wait to be read, each with the time when it is due. A path waits once; a later event may change its kind
/// and time.
#[derive(Debug, Default)]
pub(super) struct PendingReads {
    paths: HashMap<PathBuf, (PendingKind, DueKey)>,
    /// The same paths in the order in which they are due.
    by_due: BTreeMap<DueKey, PathBuf>,
    /// Number of the next key.
    count: u64,
}

/// When a path is due, and a unique number: several may be due at the same time.
type DueKey = (Instant, u64);

impl PendingReads {
    fn set(&mut self, path: PathBuf, kind: PendingKind, due: Instant) {
        let key = (due, self.count);
        self.count += 1;
        if let Some((_, before)) = self.paths.insert(path.clone(), (kind, key)) {
            self.by_due.remove(&before);
        }
        self.by_due.insert(key, path);
    }

    fn set_if_new(&mut self, path: PathBuf, kind: PendingKind, due: Instant) {
        if !self.paths.contains_key(&path) {
            self.set(path, kind, due);
        }
    }

    /// The file was closed: it is complete. It is `Filled` if a write was seen before.
    pub(super) fn closed(&mut self, path: PathBuf, now: Instant) {
        let kind = match self.paths.get(&path).map(|(kind, _)| kind) {
            Some(
                PendingKind::Peek | PendingKind::Growing | PendingKind::Open | PendingKind::Filled,
            ) => PendingKind::Filled,
            _ => PendingKind::Whole,
        };
        self.set(path, kind, now + COALESCE_DELAY);
    }

    /// The file was renamed to this path: the usual way to put a complete file into a spool.
    pub(super) fn renamed(&mut self, path: PathBuf, now: Instant) {
        self.set(path, PendingKind::Filled, now + COALESCE_DELAY);
    }

    /// The file was found in a folder.
    pub(super) fn found(&mut self, path: PathBuf, due: Instant) {
        self.set_if_new(path, PendingKind::Found, due);
    }

    /// The file was created. If it is only a link, no write will follow.
    pub(super) fn created(&mut self, path: PathBuf, now: Instant) {
        self.set_if_new(path, PendingKind::Created, now + QUIET_DELAY);
    }

    /// The file was read except for an incomplete item at its end.
    pub(super) fn incomplete_end(&mut self, path: PathBuf, now: Instant) {
        self.set_if_new(path, PendingKind::IncompleteEnd, now + IDLE_DELAY);
    }

    /// The file was written to and is still open. Reads of growing files are not put off by further writes; those of
    /// others are, until the writer pauses.
    pub(super) fn written(&mut self, path: PathBuf, writer: WriterKind, now: Instant) {
        let kind = self.paths.get(&path).map(|(kind, _)| *kind);
        match (kind, writer) {
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

    /// The file is open and does not grow item by item.
    pub(super) fn open(&mut self, path: PathBuf, now: Instant) {
        self.set(path, PendingKind::Open, now + IDLE_DELAY);
    }

    /// Another thread is reading the file: try again a moment later.
    pub(super) fn retry(&mut self, path: PathBuf, kind: PendingKind, now: Instant) {
        self.set(path, kind, now + COALESCE_DELAY);
    }

    /// Removes a path. Returns the kind for which it was waiting.
    pub(super) fn forget(&mut self, path: &Path) -> Option<PendingKind> {
        let (kind, key) = self.paths.remove(path)?;
        self.by_due.remove(&key);
        Some(kind)
    }

    /// When the next path is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.by_due.keys().next().map(|(due, _)| *due)
    }

    /// Takes a path that is due, the one that has been due longest.
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
        // It does not grow item by item: each write puts it off.
        pending.open(a(), start);
        pending.written(a(), WriterKind::Unknown, start + PEEK_DELAY);
        assert_eq!(due(&pending), Some(PEEK_DELAY + IDLE_DELAY));
        pending.closed(a(), start);
        assert_eq!(due(&pending), Some(COALESCE_DELAY));
        assert_eq!(pending.forget(&a()), Some(PendingKind::Filled));
        pending.closed(a(), start);
        assert_eq!(pending.forget(&a()), Some(PendingKind::Whole));
        pending.renamed(a(), start);
        // Opened for writing again before it was read.
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
    fn writes_do_not_put_off_a_growing_file() {
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
