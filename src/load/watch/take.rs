//! Reads a followed file: all of it, or what was added to it, and says what stands in the place of what.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::super::reader::{FAULT, Reader};
use super::super::reason;
use super::super::store::{Store, open_file};
use super::Following;
use super::anew::ReadResult;
use super::grow::grown;
use super::ledger::{Claim, Known, Stat};
use super::pairing::How;
use crate::desk::Replacement;

/// How complete a file is thought to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::load) enum Complete {
    /// Somebody still writes: its last item may not be whole.
    Written,
    /// Closed; the last line may still be a part of one.
    Closed,
    /// Taken as it is.
    AsItIs,
}

/// What came of it.
#[derive(Debug)]
pub(in crate::load) enum Taken {
    /// Somebody else reads it at this moment: try again.
    Busy,
    /// It is known already.
    Known,
    /// It cannot be read.
    Failed,
    /// Read. True where something at its end waits to become complete.
    Read(Vec<Replacement>, bool),
}

impl Reader<'_> {
    /// Reads a file of a watch, where that is still to be done; `again` where it may have changed.
    pub(in crate::load) fn take(
        &mut self,
        following: &Following,
        path: &Path,
        again: bool,
        complete: Complete,
    ) -> Taken {
        let (before, how) = match following.ledger.claim(path, again) {
            Claim::Busy => return Taken::Busy,
            Claim::Read => return Taken::Known,
            Claim::Free(Some((known, how))) => (Some(known), how),
            Claim::Free(None) => (None, How::Rewritten),
        };
        let mut before = before;
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            self.take_claimed(following, path, (&mut before, how), complete)
        }));
        let Ok(outcome) = outcome else {
            self.made = None;
            self.unreadable(path, FAULT);
            following.ledger.took(path, Known::untold(path));
            return Taken::Known;
        };
        match outcome {
            Ok(Some((known, replaced))) => {
                let waits = known.end < known.stat.length && known.whole.is_none();
                following.ledger.took(path, Some(known));
                Taken::Read(replaced, waits)
            }
            Ok(None) => Taken::Known,
            Err(error) => {
                let there = before.is_some();
                following.ledger.took(path, before);
                if error.kind() == io::ErrorKind::NotFound {
                    following.ledger.gone(path);
                    return Taken::Known;
                }
                if !there || again {
                    let message = format!("cannot be opened: {}", reason(&error));
                    self.unreadable(path, message);
                }
                Taken::Failed
            }
        }
    }

    /// `Ok(None)`: the ledger has been told already, or will be.
    fn take_claimed(
        &mut self,
        following: &Following,
        path: &Path,
        (before, how): (&mut Option<Known>, How),
        complete: Complete,
    ) -> io::Result<Option<ReadResult>> {
        let file = open_file(path)?;
        let about = file.metadata()?;
        let stat = Stat::of(&about);
        let known = before.take();
        if let Some(mut known) = known {
            let rest = complete == Complete::AsItIs && known.end < stat.length;
            if known.stat.is_same(&stat) && !rest && how == How::Rewritten {
                known.moved(path, stat);
                following.ledger.took(path, Some(known));
                return Ok(None);
            }
            let store = Store::File(file);
            if let Some((at, last)) = grown(&store, &known, &stat)? {
                known.moved(path, stat);
                self.count(stat.length.saturating_sub(at));
                return self
                    .read_on(&store, path, known, (at, last), complete)
                    .map(Some);
            }
            let Store::File(file) = store else {
                return Ok(None);
            };
            return self.anew(following, path, file, stat, Some((known, how)), complete);
        }
        self.anew(following, path, file, stat, None, complete)
    }

    /// Whether the bytes of a file are kept: of those that were there at the start, only so many.
    pub(super) fn may_keep(&self, following: &Following, length: u64) -> bool {
        self.live || following.spare(length)
    }
}
