//! Reads a followed file: all of it, or what was added to it, and says what stands in the place of what.

use std::fs::File;
use std::io::{self, Cursor};
use std::path::Path;
use std::sync::Arc;

use super::super::parts::PART;
use super::super::reader::{Reader, SAMPLE, WHOLE_LIMIT};
use super::super::store::{Store, open_file};
use super::super::unpack::Kind;
use super::super::{reason, stamp};
use super::Following;
use super::grow::grown;
use super::ledger::{Claim, Known, Stat};
use super::made::{Made, limit};
use super::pairing::{How, pairs};
use crate::desk::{Input, Place, Replaced, Seen, Trace, path_text};
use crate::dispatch::{InputProblem, Severity};
use crate::format::{self, Cut};
use crate::text::hash;

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
    Read(Vec<Replaced>, bool),
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
        let outcome = self.take_claimed(following, path, (&mut before, how), complete);
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
    ) -> io::Result<Option<(Known, Vec<Replaced>)>> {
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

    /// Reads a file from its first byte on.
    fn anew(
        &mut self,
        following: &Following,
        path: &Path,
        file: File,
        stat: Stat,
        before: Option<(Known, How)>,
        complete: Complete,
    ) -> io::Result<Option<(Known, Vec<Replaced>)>> {
        let modified = file.metadata()?.modified().ok().map(stamp);
        let mut known = Known::new(stat);
        let seen = Seen {
            path: path.to_owned(),
            length: stat.length,
            modified,
        };
        known.trace = Arc::new(Trace::of(seen));
        self.count(stat.length);
        let store = Store::File(file);
        let mut bytes = std::mem::take(&mut self.buffer);
        bytes.clear();
        let large = stat.length > 2 * PART;
        let first = if large { SAMPLE } else { stat.length + 1 };
        store.read(0..first, &mut bytes)?;
        if bytes.is_empty() {
            self.buffer = bytes;
            if let Some((old, _)) = before {
                // What was in it may be written again.
                old.trace.set(None);
                known.items = old.items;
                return Ok(Some((known, Vec::new())));
            }
            {
                let mut problem = InputProblem::unreadable(path_text(path), "empty so far");
                problem.problem.severity = Severity::Note;
                self.tell(problem);
            }
            return Ok(Some((known, Vec::new())));
        }
        if let Some(kind) = Kind::of(&bytes) {
            known.whole = (!large).then(|| hash(&bytes));
            known.end = stat.length;
            if let Some((old, _)) = &before
                && known.whole.is_some()
                && old.whole == known.whole
            {
                return Ok(Some(same(old, path, stat)));
            }
            self.made = Some(Made::new(&known.trace, false));
            if let (true, Store::File(mut file)) = (large, store) {
                io::Seek::rewind(&mut file)?;
                self.packed(path.to_owned(), kind, modified, stat.length, &mut file);
            } else {
                let mut content = Cursor::new(&bytes);
                self.packed(path.to_owned(), kind, modified, stat.length, &mut content);
            }
            return Ok(Some(self.succeed(known, before, &[])));
        }
        let format = match format::detect_as(self.forced(), &bytes) {
            Ok(format) => format,
            Err(problem) => {
                self.refuse(path, problem);
                known.end = stat.length;
                known.whole = Some(hash(&bytes));
                return Ok(Some(self.succeed(known, before, &[])));
            }
        };
        known.format = Some(format);
        if format.row().cut != Cut::Nowhere {
            if large && before.is_none() && !self.live {
                let input = Input::new(Place::File(path.to_owned()), format, stat.length, modified);
                self.begin_followed_parts(input, known);
                return Ok(None);
            }
            self.buffer = bytes;
            let (known, _) = self.read_on(&store, path, known, (0, None), complete)?;
            return Ok(Some(self.succeed(known, before, &[])));
        }
        if stat.length > WHOLE_LIMIT {
            let message =
                "larger than 1 GiB, and in a format that is read only as a whole: not read";
            self.unreadable(path, message);
            known.end = stat.length;
            return Ok(Some(self.succeed(known, before, &[])));
        }
        if large {
            bytes.clear();
            store.read(0..WHOLE_LIMIT, &mut bytes)?;
        }
        known.whole = Some(hash(&bytes));
        known.end = bytes.len() as u64;
        if let Some((old, how)) = &before
            && old.whole == known.whole
            && *how == How::Rewritten
        {
            let known = same(old, path, stat);
            self.buffer = bytes;
            return Ok(Some(known));
        }
        let keep = !large && self.may_keep(following, stat.length);
        self.made = Some(Made::new(&known.trace, keep));
        let input = self.input(Place::File(path.to_owned()), format, stat.length, modified);
        self.whole_input(&input, &bytes);
        let result = self.succeed(known, before, &bytes);
        if !large {
            self.buffer = bytes;
        }
        Ok(Some(result))
    }

    /// What was made of a file takes the place of what was before.
    fn succeed(
        &mut self,
        mut known: Known,
        before: Option<(Known, How)>,
        bytes: &[u8],
    ) -> (Known, Vec<Replaced>) {
        if let Some(made) = self.made.take() {
            known.items = made.items;
        }
        let Some((old, how)) = before else {
            return (known, Vec::new());
        };
        let start = usize::try_from(old.end).unwrap_or(usize::MAX);
        let grown = bytes
            .get(..start)
            .is_some_and(|start| old.whole == Some(hash(start)));
        let how = if grown { How::Grown } else { how };
        old.trace.set(None);
        let (replaced, left) = pairs(&old.items, &known.items, how);
        known.items.extend(left);
        limit(&mut known.items);
        (known, replaced)
    }

    /// Whether the bytes of a file are kept: of those that were there at the start, only so many.
    pub(super) fn may_keep(&self, following: &Following, length: u64) -> bool {
        self.live || following.spare(length)
    }
}

/// The same file under another date.
fn same(old: &Known, path: &Path, stat: Stat) -> (Known, Vec<Replaced>) {
    let mut known = old.clone();
    known.moved(path, stat);
    (known, Vec::new())
}
