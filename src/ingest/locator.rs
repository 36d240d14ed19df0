//! The one way back to the bytes of listed dispatches: from their file as long as it has them, or from memory. Notices
//! files that changed since they were listed.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::dispatch::{Dispatch, InputProblem};
use crate::format::Context;
use crate::index::{FileIdentity, Input, InputLocation, Locator};
use crate::ingest::files::{current_identity, open_file, read_range};
use crate::ingest::watch::read_retained;
use crate::text::{error_reason, stable_hash};

/// A stretch of an input that was read again, for the items in it.
pub(super) struct Piece<'a> {
    input: &'a Input,
    /// Offset of the first byte in the input.
    start: u64,
    /// The bytes at this place now, and whether they are certainly those that were listed.
    bytes: io::Result<(&'a [u8], bool)>,
    /// The bytes that a watch retained, or why it dropped them. Unpacked on demand.
    retained: OnceCell<Result<Vec<u8>, String>>,
}

impl Locator {
    /// Reads the bytes again, wherever they are now. `buffer` may be used for them; its contents are overwritten.
    pub(super) fn read<'a>(&'a self, buffer: &'a mut Vec<u8>) -> Piece<'a> {
        let (input, range) = (&*self.input, &self.bytes);
        let bytes = match (&input.location, input.watched.get()) {
            (InputLocation::File(path), None) => read_file(path, range, input.identity, buffer),
            (InputLocation::BuiltIn(_, bytes), _) => Ok((slice_range(bytes, range), true)),
            (InputLocation::Memory(_, _, bytes), None) => Ok((slice_range(bytes, range), true)),
            (_, Some(watched)) => match watched.file.current() {
                Some(path) => read_file(&path, range, input.identity, buffer),
                None => Err(io::Error::other(
                    "no longer available: deleted or overwritten, and not kept in memory: it was there before the \
                     watch began, or is larger than 8 MiB",
                )),
            },
        };
        Piece {
            input,
            start: range.start,
            bytes,
            retained: OnceCell::new(),
        }
    }

    /// True if the dispatch is the one that was listed.
    pub(super) fn is_of(&self, dispatch: &Dispatch) -> bool {
        is_same_dispatch(dispatch, self.item_key, self.content_hash)
    }

    /// What a parser must know to read the item as it was read first.
    pub(super) fn context(&self) -> Context {
        Context {
            file_time: self.input.modified(),
            first_index: self.index_in_part,
            first_byte: self.bytes.start,
        }
    }
}

/// True if a dispatch has this identity and these raw bytes.
pub(super) fn is_same_dispatch(dispatch: &Dispatch, item_key: u64, content_hash: u32) -> bool {
    let head = dispatch.head();
    (head.item_key, head.story_links.content_hash) == (item_key, content_hash)
}

/// True if these are the raw bytes that an item had. False does not mean that they are not: formats may hash less than
/// the byte range of an item, or decoded text.
pub(super) fn has_content(bytes: &[u8], content_hash: u32) -> bool {
    stable_hash(bytes) >> 32 == u64::from(content_hash)
}

/// Reads a range of a file: the bytes, fewer if the file ends within the range, and whether the file still is the one
/// with this identity.
fn read_file<'a>(
    path: &Path,
    range: &Range<u64>,
    listed: FileIdentity,
    buffer: &'a mut Vec<u8>,
) -> io::Result<(&'a [u8], bool)> {
    let (file, _) = open_file(path)?;
    let bytes = read_range(&file, range.clone(), buffer)?;
    // After the read, so that a change during it is noticed too.
    let is_unchanged = current_identity(&file.metadata()?) == listed;
    Ok((bytes, is_unchanged))
}

impl Piece<'_> {
    /// Offers the bytes of an item from each place that may have them, until `accept` takes them. `accept` gets the
    /// bytes, and whether they are certainly those that were listed: if not, it must check them.
    ///
    /// # Errors
    /// If no bytes were accepted: why.
    pub(super) fn offer(
        &self,
        range: &Range<u64>,
        accept: &mut dyn FnMut(&[u8], bool) -> bool,
    ) -> Result<(), Loss> {
        let from = |start: u64| range.start.saturating_sub(start)..range.end.saturating_sub(start);
        if let Ok((bytes, is_listed)) = self.bytes
            && accept(slice_range(bytes, &from(self.start)), is_listed)
        {
            return Ok(());
        }
        let watched = self.input.watched.get();
        if let Some(retained) = watched.and_then(|watched| watched.retained.as_ref()) {
            match self.retained.get_or_init(|| read_retained(retained)) {
                Ok(bytes) => {
                    if accept(slice_range(bytes, &from(retained.input_offset)), true) {
                        return Ok(());
                    }
                }
                Err(why) => {
                    return Err(Loss::Unreadable(format!(
                        "no longer available: deleted from the spool, and dropped from memory ({why})"
                    )));
                }
            }
        }
        Err(match &self.bytes {
            Ok(_) => Loss::Changed,
            Err(error) => Loss::Unreadable(error_reason(error)),
        })
    }

    /// True if the input certainly still has the bytes that were listed.
    pub(super) fn is_unchanged(&self) -> bool {
        matches!(self.bytes, Ok((_, true)))
    }
}

/// Slices bytes by a range, clamped to their length.
fn slice_range<'a>(bytes: &'a [u8], range: &Range<u64>) -> &'a [u8] {
    let at = |position: u64| {
        let at = usize::try_from(position).unwrap_or(usize::MAX);
        at.min(bytes.len())
    };
    &bytes[at(range.start)..at(range.end).max(at(range.start))]
}

// What is lost.

/// Why a listed dispatch cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Loss {
    /// The file changed: the dispatch is no longer at its place.
    Changed,
    /// The end of a sentence.
    Unreadable(String),
}

impl Loss {
    /// The problem of one dispatch.
    pub(super) fn problem(&self, input: &Input) -> InputProblem {
        InputProblem::unreadable(input.display_path(), match self {
            Self::Changed => "changed since it was listed: this dispatch is no longer in it; restart to see it as it is now".to_owned(),
            Self::Unreadable(reason) => format!("cannot be read again: {reason}"),
        })
    }
}

/// Dispatches that could not be read: for each reason, the first of their inputs by path, whether there are more, and
/// the number of dispatches.
#[derive(Debug, Default)]
pub(super) struct Losses(HashMap<Loss, (Arc<Input>, bool, usize)>);

impl Losses {
    /// Counts dispatches of an input.
    pub(super) fn add(&mut self, loss: Loss, input: &Arc<Input>, count: usize) {
        self.merge(loss, (Arc::clone(input), false, count));
    }

    fn merge(&mut self, loss: Loss, (input, several, count): (Arc<Input>, bool, usize)) {
        let all = self
            .0
            .entry(loss)
            .or_insert_with(|| (Arc::clone(&input), several, 0));
        all.1 |= several || !all.0.location.is_same_input(&input.location);
        if input.location < all.0.location {
            all.0 = input;
        }
        all.2 += count;
    }

    /// Adds those counted by another thread.
    pub(super) fn append(&mut self, others: Self) {
        others
            .0
            .into_iter()
            .for_each(|(loss, counted)| self.merge(loss, counted));
    }

    /// One problem for each reason, with the number of dispatches.
    pub(super) fn into_problems(self) -> Vec<InputProblem> {
        let problem = |(loss, (input, several, count)): (Loss, (Arc<Input>, bool, usize))| {
            let message = match loss {
                Loss::Changed => "changed since it was listed: what is no longer in it is left out; restart to see it as it is now".to_owned(),
                Loss::Unreadable(reason) => format!("cannot be read again: {reason}"),
            };
            let more = if several { " and others" } else { "" };
            let mut problem = InputProblem::unreadable(input.display_path() + more, message);
            problem.problem.dispatches = count;
            problem
        };
        let mut problems: Vec<InputProblem> = self.0.into_iter().map(problem).collect();
        problems.sort_by(|a, b| a.problem.message.cmp(&b.problem.message));
        problems
    }
}
