//! The bytes of a stream as they come: opened without waiting for ever, read with pauses told.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{self, Mode, OFlags};

/// Bytes asked for at once: what a pipe holds.
const READ_SIZE: usize = 64 << 10;
/// A stream that brings nothing for so long pauses.
const PAUSE_AFTER: Duration = Duration::from_millis(50);
/// How long somebody may take to begin to write into a named pipe.
const WRITER_TIMEOUT: Duration = Duration::from_secs(3);

/// What a stream has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StreamRead {
    Bytes(usize),
    /// Nothing for now.
    Pause,
    End,
}

/// Opens a stream by its path, `-` for standard input.
pub(super) fn open_stream(path: &Path) -> io::Result<File> {
    if path != Path::new("-") {
        return open_path(path);
    }
    let stdin = io::stdin().as_fd().try_clone_to_owned()?;
    Ok(File::from(stdin))
}

/// A named pipe that nobody writes to is an error, not a wait without end.
fn open_path(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(fs::open(path, flags, Mode::empty())?);
    if !is_readable_within(&file, WRITER_TIMEOUT) {
        let message = "nobody writes to this pipe";
        return Err(io::Error::new(io::ErrorKind::TimedOut, message));
    }
    fs::fcntl_setfl(&file, OFlags::empty())?;
    Ok(file)
}

/// Appends what a file brings next.
pub(super) fn read_available(
    file: &mut File,
    into: &mut Vec<u8>,
    wait: bool,
) -> io::Result<StreamRead> {
    if !wait && !is_ready(file) {
        return Ok(StreamRead::Pause);
    }
    let before = into.len();
    into.resize(before + READ_SIZE, 0);
    let read = loop {
        match file.read(&mut into[before..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => break read,
        }
    };
    into.truncate(before + read.as_ref().map_or(0, |count| *count));
    Ok(match read? {
        0 => StreamRead::End,
        count => StreamRead::Bytes(count),
    })
}

/// True where something can be read within [`PAUSE_AFTER`].
fn is_ready(file: &File) -> bool {
    is_readable_within(file, PAUSE_AFTER)
}

/// True where something can be read, or the end, before the time is over.
fn is_readable_within(file: &File, time: Duration) -> bool {
    let time = Timespec {
        tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: time.subsec_nanos().into(),
    };
    let mut files = [PollFd::new(file, PollFlags::IN)];
    !matches!(poll(&mut files, Some(&time)), Ok(0))
}
