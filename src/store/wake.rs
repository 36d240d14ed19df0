//! What wakes the thread that writes marks: a request of this process, or a change of the database's files by any
//! process.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

/// Why a wait has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wake {
    /// [`Waker::wake`] was called.
    Asked,
    /// Files in the watched folder have changed.
    FilesChanged,
    TimedOut,
    /// The [`Waker`] was dropped.
    Closed,
}

/// Wakes a [`WakeSource`]. Dropping it ends the waits for good.
#[derive(Debug)]
pub(super) struct Waker(PipeWriter);

/// What a thread waits on.
#[derive(Debug)]
pub(super) struct WakeSource {
    requests: PipeReader,
    files: Option<files::FileEvents>,
}

/// A waker and what it wakes.
///
/// # Errors
/// If the process has too many open files.
pub(super) fn wake_pair() -> io::Result<(Waker, WakeSource)> {
    let (requests, waker) = io::pipe()?;
    // Whoever wakes must never wait: a pipe that is full wakes as well.
    fcntl_setfl(&waker, fcntl_getfl(&waker)? | OFlags::NONBLOCK)?;
    fcntl_setfl(&requests, fcntl_getfl(&requests)? | OFlags::NONBLOCK)?;
    Ok((Waker(waker), WakeSource { requests, files: None }))
}

impl Waker {
    /// Ends the current wait, or the next one.
    pub(super) fn wake(&mut self) {
        let _ = self.0.write(b".");
    }
}

impl WakeSource {
    /// From now on changes of files in this folder end a wait, where the system reports them. Only files whose names
    /// begin with `prefix` count.
    pub(super) fn watch(&mut self, folder: &Path, prefix: &'static str) {
        self.files = files::FileEvents::new(folder, prefix).ok();
    }

    /// False if changes of files are not reported, so that one has to look for them.
    pub(super) fn reports_changes(&self) -> bool {
        self.files.is_some()
    }

    /// Waits until woken, at most for `time`; `None` waits without limit.
    pub(super) fn wait(&mut self, time: Option<Duration>) -> Wake {
        let end = time.map(|time| Instant::now() + time);
        loop {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let (asked, changed) = self.poll(left);
            if asked {
                // Requests that have come meanwhile are answered together.
                return match self.requests.read(&mut [0; 4096]) {
                    Ok(0) => Wake::Closed,
                    _ => Wake::Asked,
                };
            }
            match self.files.as_mut().filter(|_| changed).map(files::FileEvents::take) {
                Some(Ok(true)) => return Wake::FilesChanged,
                Some(Err(())) => {
                    self.files = None;
                    return Wake::FilesChanged;
                }
                // A signal, or another file.
                _ if end.is_none_or(|end| Instant::now() < end) => {}
                _ => return Wake::TimedOut,
            }
        }
    }

    /// Waits for requests and events: whether there are any.
    fn poll(&self, time: Option<Duration>) -> (bool, bool) {
        let time = time.map(|time| Timespec {
            tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: time.subsec_nanos().into(),
        });
        let mut ready = vec![PollFd::new(&self.requests, PollFlags::IN)];
        ready.extend(self.files.iter().map(|files| PollFd::new(files, PollFlags::IN)));
        let _ = poll(&mut ready, time.as_ref());
        let is_ready = |at: usize| ready.get(at).is_some_and(|fd| !fd.revents().is_empty());
        (is_ready(0), is_ready(1))
    }
}

#[cfg(target_os = "linux")]
mod files {
    //! Changes of files on Linux: inotify(7).

    use std::io;
    use std::mem::MaybeUninit;
    use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
    use std::path::Path;

    use rustix::fs::inotify::{CreateFlags, ReadFlags, Reader, WatchFlags, add_watch, init};

    /// Events of files in one folder.
    #[derive(Debug)]
    pub(super) struct FileEvents {
        inotify: OwnedFd,
        prefix: &'static str,
    }

    impl FileEvents {
        pub(super) fn new(folder: &Path, prefix: &'static str) -> io::Result<Self> {
            let inotify = init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
            let flags = WatchFlags::MODIFY
                | WatchFlags::CREATE
                | WatchFlags::DELETE
                | WatchFlags::MOVED_TO
                | WatchFlags::ONLYDIR;
            add_watch(&inotify, folder, flags)?;
            Ok(Self { inotify, prefix })
        }

        /// Takes the events that have come: whether one was about a file that counts. `Err` if no more will come, as the
        /// folder is gone.
        pub(super) fn take(&mut self) -> Result<bool, ()> {
            let mut buffer = [MaybeUninit::uninit(); 4096];
            let mut reader = Reader::new(&self.inotify, &mut buffer);
            let mut counts = false;
            while let Ok(event) = reader.next() {
                let flags = event.events();
                if flags.contains(ReadFlags::IGNORED) {
                    return Err(());
                }
                let name = event.file_name().map_or(&[][..], |name| name.to_bytes());
                counts |= name.starts_with(self.prefix.as_bytes())
                    || flags.contains(ReadFlags::QUEUE_OVERFLOW);
            }
            Ok(counts)
        }
    }

    impl AsFd for FileEvents {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.inotify.as_fd()
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod files {
    //! Other systems report no changes.

    use std::convert::Infallible;
    use std::io;
    use std::os::fd::{AsFd, BorrowedFd};
    use std::path::Path;

    #[derive(Debug)]
    pub(super) struct FileEvents(Infallible);

    impl FileEvents {
        pub(super) fn new(_: &Path, _: &'static str) -> io::Result<Self> {
            Err(io::ErrorKind::Unsupported.into())
        }

        pub(super) fn take(&mut self) -> Result<bool, ()> {
            match self.0 {}
        }
    }

    impl AsFd for FileEvents {
        fn as_fd(&self) -> BorrowedFd<'_> {
            match self.0 {}
        }
    }
}
