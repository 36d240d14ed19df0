//! Reads a followed file from its first byte on: packed, item by item, or as a whole.

use std::fs::File;
use std::io::{self, Cursor};
use std::path::Path;
use std::sync::Arc;

use super::super::parts::PART_SIZE;
use super::super::reader::{Reader, SAMPLE, WHOLE_LIMIT};
use super::super::stamp;
use super::super::store::Store;
use super::super::unpack::Kind;
use super::Following;
use super::ledger::{Known, Stat};
use super::made::{Made, limit};
use super::pairing::{How, pairs};
use super::take::Complete;
use crate::desk::{FileTracker, Input, InputLocation, Replacement, TrackedFile, path_text};
use crate::dispatch::{InputProblem, Problem, Severity, Stamp};
use crate::format::{self, FormatId, RecordBoundary};
use crate::text::hash;

/// What is known of a file now, and what stands in the place of what.
pub(super) type ReadResult = (Known, Vec<Replacement>);

/// A file that is read from its first byte on.
struct Fresh<'a> {
    path: &'a Path,
    stat: Stat,
    modified: Option<Stamp>,
    /// Of a large one no more than a sample is read before it is known what it is.
    large: bool,
    store: Store,
    known: Known,
    /// What was known of it before.
    before: Option<(Known, How)>,
}

impl Reader<'_> {
    /// Reads a file. `Ok(None)`: the ledger will be told.
    pub(super) fn anew(
        &mut self,
        following: &Following,
        path: &Path,
        file: File,
        stat: Stat,
        before: Option<(Known, How)>,
        complete: Complete,
    ) -> io::Result<Option<ReadResult>> {
        let modified = file.metadata()?.modified().ok().map(stamp);
        let mut known = Known::new(stat);
        let seen = TrackedFile {
            path: path.to_owned(),
            length: stat.length,
            modified,
        };
        known.trace = Arc::new(FileTracker::new(seen));
        self.count(stat.length);
        let mut fresh = Fresh {
            path,
            stat,
            modified,
            large: stat.length > 2 * PART_SIZE,
            store: Store::File(file),
            known,
            before,
        };
        let mut bytes = std::mem::take(&mut self.buffer);
        bytes.clear();
        let first = if fresh.large { SAMPLE } else { stat.length + 1 };
        fresh.store.read(0..first, &mut bytes)?;
        if bytes.is_empty() {
            self.buffer = bytes;
            return Ok(Some(self.empty(fresh)));
        }
        if let Some(kind) = Kind::of(&bytes) {
            return self.packed_anew(fresh, kind, &bytes).map(Some);
        }
        match format::detect_as(self.forced(), &bytes) {
            Err(problem) => Ok(Some(self.refused(fresh, problem, &bytes))),
            Ok(format) => {
                fresh.known.format = Some(format);
                if format.row().cut == RecordBoundary::Unsplittable {
                    return self.whole_anew(following, fresh, format, bytes).map(Some);
                }
                self.buffer = bytes;
                self.items_anew(fresh, format, complete)
            }
        }
    }

    /// Nothing is in it, or nothing any more: what was may be written again.
    fn empty(&self, mut fresh: Fresh<'_>) -> ReadResult {
        if let Some((old, _)) = fresh.before {
            old.trace.set(None);
            fresh.known.items = old.items;
        } else {
            let mut problem = InputProblem::unreadable(path_text(fresh.path), "empty so far");
            problem.problem.severity = Severity::Note;
            self.tell(problem);
        }
        (fresh.known, Vec::new())
    }

    /// It is in no format that is read.
    fn refused(&mut self, mut fresh: Fresh<'_>, problem: Problem, bytes: &[u8]) -> ReadResult {
        self.refuse(fresh.path, problem);
        fresh.known.end = fresh.stat.length;
        fresh.known.whole = Some(hash(bytes));
        self.succeed(fresh.known, fresh.before, &[])
    }

    /// It holds others.
    fn packed_anew(
        &mut self,
        mut fresh: Fresh<'_>,
        kind: Kind,
        bytes: &[u8],
    ) -> io::Result<ReadResult> {
        let Fresh { path, stat, .. } = fresh;
        fresh.known.whole = (!fresh.large).then(|| hash(bytes));
        fresh.known.end = stat.length;
        if let Some((old, _)) = &fresh.before
            && fresh.known.whole.is_some()
            && old.whole == fresh.known.whole
        {
            return Ok(same(old, path, stat));
        }
        self.made = Some(Made::new(&fresh.known.trace, false));
        if let (true, Store::File(mut file)) = (fresh.large, fresh.store) {
            io::Seek::rewind(&mut file)?;
            self.packed(
                path.to_owned(),
                kind,
                fresh.modified,
                stat.length,
                &mut file,
            );
        } else {
            let mut content = Cursor::new(bytes);
            self.packed(
                path.to_owned(),
                kind,
                fresh.modified,
                stat.length,
                &mut content,
            );
        }
        Ok(self.succeed(fresh.known, fresh.before, &[]))
    }

    /// It is read item by item, and read on when it grows. A large one of the load is read in parts, side by side.
    fn items_anew(
        &mut self,
        fresh: Fresh<'_>,
        format: FormatId,
        complete: Complete,
    ) -> io::Result<Option<ReadResult>> {
        let Fresh { path, stat, .. } = fresh;
        if fresh.large && fresh.before.is_none() && !self.live {
            let place = InputLocation::File(path.to_owned());
            let input = Input::new(place, format, stat.length, fresh.modified);
            self.begin_followed_parts(input, fresh.known);
            return Ok(None);
        }
        let (known, _) = self.read_on(&fresh.store, path, fresh.known, (0, None), complete)?;
        Ok(Some(self.succeed(known, fresh.before, &[])))
    }

    /// It is read as a whole. `bytes`: all of it, or of a large one the first.
    fn whole_anew(
        &mut self,
        following: &Following,
        mut fresh: Fresh<'_>,
        format: FormatId,
        mut bytes: Vec<u8>,
    ) -> io::Result<ReadResult> {
        let Fresh { path, stat, .. } = fresh;
        if stat.length > WHOLE_LIMIT {
            let message =
                "larger than 1 GiB, and in a format that is read only as a whole: not read";
            self.unreadable(path, message);
            fresh.known.end = stat.length;
            return Ok(self.succeed(fresh.known, fresh.before, &[]));
        }
        if fresh.large {
            bytes.clear();
            fresh.store.read(0..WHOLE_LIMIT, &mut bytes)?;
        }
        fresh.known.whole = Some(hash(&bytes));
        fresh.known.end = bytes.len() as u64;
        if let Some((old, How::Rewritten)) = &fresh.before
            && old.whole == fresh.known.whole
        {
            let known = same(old, path, stat);
            self.buffer = bytes;
            return Ok(known);
        }
        let keep = !fresh.large && self.may_keep(following, stat.length);
        self.made = Some(Made::new(&fresh.known.trace, keep));
        let place = InputLocation::File(path.to_owned());
        let input = self.input(place, format, stat.length, fresh.modified);
        self.whole_input(&input, &bytes);
        let read = self.succeed(fresh.known, fresh.before, &bytes);
        if !fresh.large {
            self.buffer = bytes;
        }
        Ok(read)
    }

    /// What was made of a file takes the place of what was before.
    fn succeed(
        &mut self,
        mut known: Known,
        before: Option<(Known, How)>,
        bytes: &[u8],
    ) -> (Known, Vec<Replacement>) {
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
}

/// The same file under another date.
fn same(old: &Known, path: &Path, stat: Stat) -> (Known, Vec<Replacement>) {
    let mut known = old.clone();
    known.moved(path, stat);
    (known, Vec::new())
}
