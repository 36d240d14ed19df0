//! Reads a followed file: all of it, or what was added to it, and says what stands in the place of what.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::super::error_reason;
use super::super::reader::{INPUT_PANIC_MESSAGE, Reader};
use super::super::store::{InputBytes, open_file};
use super::WatchState;
use super::anew::ReadResult;
use super::grow::find_append_point;
use super::ledger::{Claim, FileStat, FileState};
use super::pairing::FileChange;
use crate::desk::Replacement;

/// How complete a file is thought to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::load) enum Completeness {
    /// Somebody still writes: its last item may not be whole.
    StillWritten,
    /// Closed; the last line may still be a part of one.
    Closed,
    /// Taken as it is.
    AsIs,
}

/// What came of it.
#[derive(Debug)]
pub(in crate::load) enum FileOutcome {
    /// Somebody else reads it at this moment: try again.
    Busy,
    /// It is known already.
    AlreadyRead,
    /// It cannot be read.
    Failed,
    /// Read. True where something at its end waits to become complete.
    Read(Vec<Replacement>, bool),
}

impl Reader<'_> {
    /// Reads a file of a watch, where that is still to be done; `again` where it may have changed.
    pub(in crate::load) fn read_watched_file(
        &mut self,
        following: &WatchState,
        path: &Path,
        again: bool,
        complete: Completeness,
    ) -> FileOutcome {
        let (before, how) = match following.file_states.claim(path, again) {
            Claim::Busy => return FileOutcome::Busy,
            Claim::Read => return FileOutcome::AlreadyRead,
            Claim::Free(Some((known, how))) => (Some(known), how),
            Claim::Free(None) => (None, FileChange::Rewritten),
        };
        let mut before = before;
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            self.read_claimed(following, path, (&mut before, how), complete)
        }));
        let Ok(outcome) = outcome else {
            self.recorder = None;
            self.report_unreadable(path, INPUT_PANIC_MESSAGE);
            following
                .file_states
                .finish_read(path, FileState::unread(path));
            return FileOutcome::AlreadyRead;
        };
        match outcome {
            Ok(Some((known, replaced))) => {
                let waits = known.end < known.stat.length && known.whole_hash.is_none();
                following.file_states.finish_read(path, Some(known));
                FileOutcome::Read(replaced, waits)
            }
            Ok(None) => FileOutcome::AlreadyRead,
            Err(error) => {
                let there = before.is_some();
                following.file_states.finish_read(path, before);
                if error.kind() == io::ErrorKind::NotFound {
                    following.file_states.mark_deleted(path);
                    return FileOutcome::AlreadyRead;
                }
                if !there || again {
                    let message = format!("cannot be opened: {}", error_reason(&error));
                    self.report_unreadable(path, message);
                }
                FileOutcome::Failed
            }
        }
    }

    /// `Ok(None)`: the ledger has been told already, or will be.
    fn read_claimed(
        &mut self,
        following: &WatchState,
        path: &Path,
        (before, how): (&mut Option<FileState>, FileChange),
        complete: Completeness,
    ) -> io::Result<Option<ReadResult>> {
        let file = open_file(path)?;
        let about = file.metadata()?;
        let stat = FileStat::of(&about);
        let known = before.take();
        if let Some(mut known) = known {
            let rest = complete == Completeness::AsIs && known.end < stat.length;
            if known.stat.is_same(&stat) && !rest && how == FileChange::Rewritten {
                known.set_location(path, stat);
                following.file_states.finish_read(path, Some(known));
                return Ok(None);
            }
            let store = InputBytes::File(file);
            if let Some((at, last)) = find_append_point(&store, &known, &stat)? {
                known.set_location(path, stat);
                self.count_input(stat.length.saturating_sub(at));
                return self
                    .read_appended(&store, path, known, (at, last), complete)
                    .map(Some);
            }
            let InputBytes::File(file) = store else {
                return Ok(None);
            };
            return self.read_from_start(following, path, file, stat, Some((known, how)), complete);
        }
        self.read_from_start(following, path, file, stat, None, complete)
    }

    /// Whether the bytes of a file are kept: of those that were there at the start, only so many.
    pub(super) fn should_retain(&self, following: &WatchState, length: u64) -> bool {
        self.is_live || following.spare(length)
    }
}
