//! The bytes of an input where they lie now: in its file, in memory, or in what a watch keeps of it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use rustix::fs::OFlags;

use super::stamp_from_system_time;
use super::watch::read_retained;
use crate::desk::{Input, InputLocation};

/// Up to so many bytes, room is made for all that is asked for.
const SMALL_READ: u64 = 64 << 10;
use crate::dispatch::Stamp;

/// Bytes that can be read at any place.
#[derive(Debug)]
pub(super) enum InputBytes {
    File(File),
    Memory(Arc<[u8]>),
    Static(&'static [u8]),
    /// A part of an input that was kept, and where it begins.
    Retained(Vec<u8>, u64),
}

/// Opens a regular file. To open a pipe must not be to wait for its writer.
pub(super) fn open_file(path: &Path) -> io::Result<File> {
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = File::options().read(true).custom_flags(flags).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("no longer a regular file"));
    }
    Ok(file)
}

impl InputBytes {
    /// Opens the bytes of an input where they are now. True where the file no longer is as it was when it was read.
    pub(super) fn open_input(input: &Input) -> io::Result<(Self, bool)> {
        let Some(followed) = input.watched.get() else {
            let store = Self::open_location(&input.location)?;
            let changed = store.is_changed(input.length, input.modified)?;
            return Ok((store, changed));
        };
        let seen = followed.file.current();
        let file = seen.as_ref().map(|seen| {
            let store = Self::File(open_file(&seen.path)?);
            let changed = store.is_changed(seen.length, seen.modified)?;
            Ok((store, changed))
        });
        match (file, &followed.retained) {
            (Some(Ok((store, false))), _) => Ok((store, false)),
            (_, Some(kept)) => match read_retained(kept) {
                Ok(bytes) => Ok((Self::Retained(bytes, kept.input_offset), false)),
                Err(why) => Err(io::Error::other(format!(
                    "no longer at hand: deleted from the spool, and dropped from what is kept ({why})"
                ))),
            },
            (Some(opened), None) => opened,
            (None, None) => Err(io::Error::other(
                "no longer at hand: deleted or written again, and it was not kept: it was there before the watch \
                 began, or is larger than 8 MiB",
            )),
        }
    }

    fn is_changed(&self, length: u64, modified: Option<Stamp>) -> io::Result<bool> {
        let Self::File(file) = self else {
            return Ok(false);
        };
        let about = file.metadata()?;
        Ok(about.len() != length || about.modified().ok().map(stamp_from_system_time) != modified)
    }

    /// Opens the bytes of a place.
    pub(super) fn open_location(place: &InputLocation) -> io::Result<Self> {
        Ok(match place {
            InputLocation::File(path) => Self::File(open_file(path)?),
            InputLocation::Memory(_, _, bytes) => Self::Memory(Arc::clone(bytes)),
            InputLocation::BuiltIn(_, bytes) => Self::Static(bytes),
        })
    }

    /// The bytes of a range, less where the input ends before: held in memory, or read into a buffer whose old bytes
    /// do not matter.
    pub(super) fn bytes<'b>(
        &'b self,
        range: Range<u64>,
        buffer: &'b mut Vec<u8>,
    ) -> io::Result<&'b [u8]> {
        let file = match self {
            Self::File(file) => file,
            Self::Memory(bytes) => return Ok(slice_range(bytes, range)),
            Self::Static(bytes) => return Ok(slice_range(bytes, range)),
            Self::Retained(bytes, first) => {
                return Ok(slice_range(bytes, relative_range(range, *first)));
            }
        };
        let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(0);
        if buffer.len() < length {
            buffer.resize(length, 0);
        }
        let mut filled = 0;
        while filled < length {
            match file.read_at(&mut buffer[filled..length], range.start + filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&buffer[..filled])
    }

    /// Appends a range to a buffer; less where the input ends before.
    pub(super) fn read(&self, range: Range<u64>, into: &mut Vec<u8>) -> io::Result<()> {
        let bytes = match self {
            Self::File(file) => {
                let mut file = file;
                file.seek(SeekFrom::Start(range.start))?;
                let length = range.end.saturating_sub(range.start);
                let mut room = length;
                if length > SMALL_READ {
                    // Room for what is there, not for all that is asked for: a file that grows is read by lines.
                    let there = file.metadata().map_or(length, |stat| stat.len());
                    room = length.min(there.saturating_sub(range.start) + 1);
                }
                into.reserve(usize::try_from(room).unwrap_or(0));
                file.take(length).read_to_end(into)?;
                return Ok(());
            }
            Self::Memory(bytes) => slice_range(bytes, range),
            Self::Static(bytes) => slice_range(bytes, range),
            Self::Retained(bytes, first) => slice_range(bytes, relative_range(range, *first)),
        };
        into.extend_from_slice(bytes);
        Ok(())
    }
}

/// A range of an input within a part of it that begins there.
fn relative_range(range: Range<u64>, first: u64) -> Range<u64> {
    range.start.saturating_sub(first)..range.end.saturating_sub(first)
}

/// The part of some bytes that a range covers.
fn slice_range(bytes: &[u8], range: Range<u64>) -> &[u8] {
    let at = |position: u64| {
        let at = usize::try_from(position).unwrap_or(usize::MAX);
        at.min(bytes.len())
    };
    &bytes[at(range.start)..at(range.end).max(at(range.start))]
}
