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
    /// A watched folder was itself renamed. Whether it still is under its path has to be found out.
    FolderMoved,
    /// A file system was mounted or unmounted somewhere.
    MountsChanged,
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
    use std::fs::{self, File};
    use std::io::{self, PipeReader, PipeWriter, Read, Write};
    use std::mem::MaybeUninit;
    use std::os::fd::OwnedFd;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::MetadataExt;
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicBool, Ordering};
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
        /// The table of mounts. It polls as urgent data once it has changed; `None` without `/proc`.
        mounts: Option<File>,
        mounts_changed: AtomicBool,
        /// Events for the next [`Self::drain`].
        #[cfg(test)]
        injected: Mutex<Vec<FileEvent>>,
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
                mounts: File::open("/proc/self/mountinfo").ok(),
                mounts_changed: AtomicBool::new(false),
                #[cfg(test)]
                injected: Mutex::default(),
                wake_writer: Mutex::new(wake_writer),
                wake_reader,
            })
        }

        /// No events, as on systems that have none.
        #[cfg(test)]
        pub(crate) fn without_events() -> io::Result<Self> {
            let events = Self::new()?;
            Ok(Self { inotify: None, ..events })
        }

        /// Adds an event as if it came from the system.
        #[cfg(test)]
        pub(crate) fn inject(&self, event: FileEvent) {
            let mut events = self.injected.lock().unwrap_or_else(PoisonError::into_inner);
            events.push(event);
            drop(events);
            self.wake();
        }

        fn folders(&self) -> MutexGuard<'_, HashMap<i32, PathBuf>> {
            self.folders.lock().unwrap_or_else(PoisonError::into_inner)
        }

        /// Watches a folder, without those below it.
        ///
        /// # Errors
        /// If the folder cannot be watched, or must be polled as well.
        pub(crate) fn add(&self, folder: &Path) -> Result<(), WatchError> {
            let path = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            let flags = WatchFlags::CLOSE_WRITE
                | WatchFlags::MODIFY
                | WatchFlags::ATTRIB
                | WatchFlags::CREATE
                | WatchFlags::DELETE
                | WatchFlags::MOVED_FROM
                | WatchFlags::MOVED_TO
                | WatchFlags::DELETE_SELF
                | WatchFlags::MOVE_SELF
                | WatchFlags::ONLYDIR;
            let Some(inotify) = &self.inotify else {
                let why = "the system allows no more watches for this user (fs.inotify.max_user_instances)";
                return Err(WatchError::Poll(why.to_owned()));
            };
            let mut folders = self.folders();
            match add_watch(inotify, path, flags) {
                Ok(number) => {
                    // One folder has one watch, however many paths lead to it.
                    if let Some(other) = folders.get(&number)
                        && other != folder
                        && is_same_folder(other, path)
                    {
                        let why = "the same folder is watched under another path";
                        return Err(WatchError::Poll(why.to_owned()));
                    }
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

        /// Stops watching folders.
        pub(crate) fn remove(&self, is_gone: impl Fn(&Path) -> bool) {
            for (number, _) in self.folders().extract_if(|_, path| is_gone(path)) {
                self.remove_watch(number);
            }
        }

        fn remove_watch(&self, number: i32) {
            if let Some(inotify) = &self.inotify {
                let _ = remove_watch(inotify, number);
            }
        }

        /// Wakes the thread in [`Self::wait`].
        pub(crate) fn wake(&self) {
            let mut writer = self.wake_writer.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = writer.write_all(b".");
        }

        /// Waits for events or a call of [`Self::wake`], at most for `time`.
        pub(crate) fn wait(&self, time: Option<Duration>) {
            let time = time.map(|time| Timespec {
                tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: time.subsec_nanos().into(),
            });
            let mut files = vec![PollFd::new(&self.wake_reader, PollFlags::IN)];
            let mounts = self.mounts.iter();
            files.extend(mounts.map(|file| PollFd::new(file, PollFlags::PRI)));
            files.extend(self.inotify.iter().map(|fd| PollFd::new(fd, PollFlags::IN)));
            let _ = poll(&mut files, time.as_ref());
            if !files[0].revents().is_empty() {
                let _ = (&self.wake_reader).read(&mut [0; 64]);
            }
            if self.mounts.is_some() && !files[1].revents().is_empty() {
                self.mounts_changed.store(true, Ordering::Relaxed);
            }
        }

        /// The events that do not come from inotify.
        fn other_events(&self) -> Vec<FileEvent> {
            let mut events = Vec::new();
            if self.mounts_changed.swap(false, Ordering::Relaxed) {
                events.push(FileEvent::MountsChanged);
            }
            #[cfg(test)]
            events.append(&mut self.injected.lock().unwrap_or_else(PoisonError::into_inner));
            events
        }

        /// Takes the events that have occurred, in their order. A rename comes from the kernel as two events with one
        /// cookie; they are combined.
        pub(crate) fn drain(&self) -> Vec<FileEvent> {
            let mut events = self.other_events();
            // By cookie.
            let mut moved: HashMap<u32, MovedFrom> = HashMap::new();
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
                if flags.contains(ReadFlags::MOVE_SELF) {
                    events.push(FileEvent::FolderMoved);
                }
                let Some(name) = event.file_name() else {
                    continue;
                };
                let path = join(&folder, OsStr::from_bytes(name.to_bytes()));
                let is_folder = flags.contains(ReadFlags::ISDIR);
                if flags.contains(ReadFlags::MOVED_FROM) {
                    let mut watches = Vec::new();
                    if is_folder {
                        watches.extend(folders.extract_if(|_, watched| watched.starts_with(&path)));
                    }
                    let from = MovedFrom { event: events.len(), path: path.clone(), watches };
                    moved.insert(event.cookie(), from);
                    events.push(if is_folder {
                        FileEvent::FolderDeleted(path)
                    } else {
                        FileEvent::Deleted(path)
                    });
                } else if flags.contains(ReadFlags::MOVED_TO) {
                    let from = moved.remove(&event.cookie()).map(|from| {
                        // It was not deleted: put a harmless event in the place of that one.
                        events[from.event] = FileEvent::PermissionsChanged(from.path.clone());
                        // The watches stay valid under the new path.
                        folders.extend(from.watches.into_iter().map(|(number, watched)| {
                            let rest = watched.strip_prefix(&from.path).unwrap_or(&watched);
                            (number, join(&path, rest.as_os_str()))
                        }));
                        from.path
                    });
                    events.push(match (from, is_folder) {
                        (Some(from), true) => FileEvent::FolderRenamed(from, path),
                        (Some(from), false) => FileEvent::Renamed(from, path),
                        (None, true) => FileEvent::FolderCreated(path),
                        (None, false) => FileEvent::Closed(path),
                    });
                } else {
                    events.extend(event_at(flags, path));
                }
            }
            // Moved out of the watched folders.
            for (number, _) in moved.into_values().flat_map(|from| from.watches) {
                self.remove_watch(number);
            }
            events
        }
    }

    /// The first of the two events of a rename.
    struct MovedFrom {
        /// Where the event of the old path is among those that were read.
        event: usize,
        path: PathBuf,
        /// The watches on a folder and those below it. While it is not known where the folder is, their events belong
        /// to no path.
        watches: Vec<(i32, PathBuf)>,
    }

    /// The event of a path that was not renamed; `None` if it tells nothing.
    fn event_at(flags: ReadFlags, path: PathBuf) -> Option<FileEvent> {
        if flags.contains(ReadFlags::ISDIR) {
            let is_new = flags.contains(ReadFlags::CREATE);
            return is_new.then_some(FileEvent::FolderCreated(path));
        }
        Some(if flags.contains(ReadFlags::CLOSE_WRITE) {
            FileEvent::Closed(path)
        } else if flags.contains(ReadFlags::DELETE) {
            FileEvent::Deleted(path)
        } else if flags.contains(ReadFlags::MODIFY) {
            FileEvent::Written(path)
        } else if flags.contains(ReadFlags::CREATE) {
            FileEvent::Created(path)
        } else if flags.contains(ReadFlags::ATTRIB) {
            FileEvent::PermissionsChanged(path)
        } else {
            return None;
        })
    }

    fn is_same_folder(a: &Path, b: &Path) -> bool {
        let id = |path| fs::metadata(path).ok().map(|about| (about.dev(), about.ino()));
        id(a) == id(b)
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

        pub(crate) fn remove(&self, _: impl Fn(&Path) -> bool) {}

        pub(crate) fn wake(&self) {
            *self.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
            self.signal.notify_all();
        }

        pub(crate) fn wait(&self, time: Option<Duration>) {
            let mut woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
            while !*woken {
                let Some(time) = time else {
                    woken = self.signal.wait(woken).unwrap_or_else(PoisonError::into_inner);
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

    /// Removes all paths that pass a test. Returns how many of them are known to have something to read.
    pub(super) fn forget_all(&mut self, test: impl Fn(&Path) -> bool) -> usize {
        let paths = self.paths.extract_if(|path, _| test(path));
        let removed: Vec<(PendingKind, DueKey)> = paths.map(|(_, pending)| pending).collect();
        for (_, key) in &removed {
            self.by_due.remove(key);
        }
        removed.iter().filter(|(kind, _)| *kind == PendingKind::Filled).count()
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
        let first = self.by_due.first_entry().filter(|first| first.key().0 <= now)?;
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
        assert_eq!(pending.take_due(start + IDLE_DELAY), Some((a(), PendingKind::Open)));
        assert_eq!(due(&pending), None);
    }

    #[test]
    fn writes_do_not_put_off_a_growing_file() {
        let start = Instant::now();
        let mut pending = PendingReads::default();
        for count in 0..5 {
            pending.written("a".into(), WriterKind::Growing, start + GROWING_INTERVAL * count / 10);
        }
        pending.found("b".into(), start);
        assert_eq!(pending.take_due(start), Some(("b".into(), PendingKind::Found)));
        assert_eq!(
            pending.take_due(start + GROWING_INTERVAL),
            Some(("a".into(), PendingKind::Growing))
        );
        pending.incomplete_end("a".into(), start);
        pending.forget(Path::new("a"));
        assert_eq!(pending.take_due(start + IDLE_DELAY), None);
    }
}
