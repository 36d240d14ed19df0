//! The bytes of a stream as they come: opened without waiting for ever, read with pauses told.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

/// Bytes asked for at once: what a pipe holds.
const STEP: usize = 64 << 10;
/// A stream that brings nothing for so long pauses.
const PAUSE: Duration = Duration::from_millis(50);
/// How long somebody may take to begin to write into a named pipe.
#[cfg(unix)]
const WRITER: Duration = Duration::from_secs(3);

/// What a stream has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Brought {
    Bytes(usize),
    /// Nothing for now.
    Pause,
    End,
}

/// Opens a stream by its path, `-` for standard input.
pub(super) fn open(path: &Path) -> io::Result<File> {
    if path != Path::new("-") {
        return open_path(path);
    }
    #[cfg(unix)]
    let stdin = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned()?;
    #[cfg(windows)]
    let stdin = std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned()?;
    Ok(File::from(stdin))
}

/// A named pipe that nobody writes to is an error, not a wait without end.
#[cfg(unix)]
fn open_path(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, fcntl_setfl, open};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(open(path, flags, Mode::empty())?);
    if !comes_within(&file, WRITER) {
        let message = "nobody writes to this pipe";
        return Err(io::Error::new(io::ErrorKind::TimedOut, message));
    }
    fcntl_setfl(&file, OFlags::empty())?;
    Ok(file)
}

#[cfg(not(unix))]
fn open_path(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Appends what a file brings next.
pub(super) fn more(file: &mut File, into: &mut Vec<u8>, wait: bool) -> io::Result<Brought> {
    if !wait && !is_ready(file) {
        return Ok(Brought::Pause);
    }
    let before = into.len();
    into.resize(before + STEP, 0);
    let read = loop {
        match file.read(&mut into[before..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => break read,
        }
    };
    into.truncate(before + read.as_ref().map_or(0, |count| *count));
    Ok(match read? {
        0 => Brought::End,
        count => Brought::Bytes(count),
    })
}

/// True where something can be read within [`PAUSE`].
fn is_ready(file: &File) -> bool {
    comes_within(file, PAUSE)
}

/// True where something can be read, or the end, before the time is over.
#[cfg(unix)]
fn comes_within(file: &File, time: Duration) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let time = Timespec {
        tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: time.subsec_nanos().into(),
    };
    let mut files = [PollFd::new(file, PollFlags::IN)];
    !matches!(poll(&mut files, Some(&time)), Ok(0))
}

/// Nobody can say: each time something has come it is as if nothing followed for now.
#[cfg(not(unix))]
fn comes_within(_: &File, _: Duration) -> bool {
    false
}
