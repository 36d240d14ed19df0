//! Reads listed dispatches again: one or several in full, or the raw bytes of one.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::dispatch::{Dispatch, InputProblem};
use crate::format;
use crate::index::{Input, InputLocation, Locator, SourceView};
use crate::ingest::locator::{Loss, has_content};
use crate::text::{CodeUnits, visible_lines};

/// Reads the dispatch of an entry in full.
///
/// # Errors
/// If the file cannot be read, or no longer has the dispatch as it was listed.
pub fn read_dispatch(locator: &Locator) -> Result<Dispatch, InputProblem> {
    read_dispatches(std::slice::from_ref(locator))
        .pop()
        .unwrap_or_else(|| Err(Loss::Changed.problem(&locator.input)))
}

/// Like [`read_dispatch`] for several entries, with one result each in the given order. Consecutive entries with the
/// same byte range are read and parsed together: some formats have several dispatches in one document.
pub fn read_dispatches(wanted: &[Locator]) -> Vec<Result<Dispatch, InputProblem>> {
    let groups = wanted.chunk_by(|a, b| Arc::ptr_eq(&a.input, &b.input) && a.bytes == b.bytes);
    groups.flat_map(read_group).collect()
}

/// Reads entries that share one byte range of one input.
fn read_group(group: &[Locator]) -> Vec<Result<Dispatch, InputProblem>> {
    let mut found: Vec<Option<Dispatch>> = group.iter().map(|_| None).collect();
    let Some(first) = group.first() else {
        return Vec::new();
    };
    let mut numbers: Vec<u32> = group.iter().map(|item| item.number_in_range).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut buffer = Vec::new();
    let read = parse_piece(
        first,
        &mut buffer,
        Some(&numbers),
        &mut |number, dispatch| {
            let is_it = |item: &Locator| item.number_in_range == number && item.is_of(&dispatch);
            if let Some(at) = group.iter().position(is_it) {
                found[at] = Some(dispatch);
            }
            found.iter().all(Option::is_some)
        },
    );
    let loss = read.err().unwrap_or(Loss::Changed);
    let or_lost = |dispatch: Option<Dispatch>| dispatch.ok_or_else(|| loss.problem(&first.input));
    found.into_iter().map(or_lost).collect()
}

/// Parses the items with some numbers, or all, in the bytes of a locator as they are now, then in those retained, until
/// `take` has all that it wants.
fn parse_piece(
    locator: &Locator,
    buffer: &mut Vec<u8>,
    numbers: Option<&[u32]>,
    take: &mut dyn FnMut(u32, Dispatch) -> bool,
) -> Result<(), Loss> {
    let mut panicked = false;
    let read = locator
        .read(buffer)
        .offer(&locator.bytes, &mut |bytes, is_listed| {
            // In bytes that changed, a parser may give up at a wanted item that is missing.
            let numbers = numbers.filter(|_| is_listed);
            let mut complete = false;
            let reading = catch_unwind(AssertUnwindSafe(|| {
                let (format, context) = (locator.input.format, locator.context());
                format::read_items(format, bytes, numbers, &context, &mut |number, dispatch| {
                    complete = take(number, dispatch);
                });
            }));
            panicked |= reading.is_err();
            complete
        });
    if panicked && read.is_err() {
        let message = "a fault in dateline itself stopped the reading of this dispatch";
        return Err(Loss::Unreadable(message.to_owned()));
    }
    read
}

// Several dispatches of one document, opened one after the other.

/// Longest document that is kept parsed, in bytes.
const MAX_KEPT: u64 = 8 << 20;

/// Reads dispatches in full, one at a time. Of a document with several dispatches, all are parsed when a second one is
/// wanted, and kept until one of another document is.
#[derive(Debug, Default)]
pub struct DispatchReader {
    /// The document read last.
    last: Option<Arc<Input>>,
    /// Its dispatches by their number; empty as long as only one was wanted.
    parsed: HashMap<u32, Dispatch>,
}

impl DispatchReader {
    /// Like [`read_dispatch`].
    ///
    /// # Errors
    /// Those of [`read_dispatch`].
    pub fn read(&mut self, locator: &Locator) -> Result<Dispatch, InputProblem> {
        let is_last = self
            .last
            .as_ref()
            .is_some_and(|last| Arc::ptr_eq(last, &locator.input));
        if !is_last {
            self.parsed = HashMap::new();
            self.last = is_shared_document(locator).then(|| Arc::clone(&locator.input));
            return read_dispatch(locator);
        }
        if self.parsed.is_empty() {
            let parsed = &mut self.parsed;
            let _ = parse_piece(locator, &mut Vec::new(), None, &mut |number, dispatch| {
                parsed.insert(number, dispatch);
                true
            });
        }
        // Only that the file is unchanged is read.
        let start = Locator {
            bytes: 0..0,
            ..locator.clone()
        };
        let kept = self.parsed.get(&locator.number_in_range);
        match kept.filter(|dispatch| locator.is_of(dispatch)) {
            Some(dispatch) if start.read(&mut Vec::new()).is_unchanged() => Ok(dispatch.clone()),
            _ => read_dispatch(locator),
        }
    }
}

/// True if the item was read from a document, not too long, that may have others, and can only be parsed as a whole.
fn is_shared_document(locator: &Locator) -> bool {
    let is_whole = locator.bytes == (0..locator.input.length);
    is_whole
        && locator.input.length <= MAX_KEPT
        && !matches!(locator.input.location, InputLocation::Memory(..))
}

// The source view: the bytes of a dispatch as the wire sent them.

/// Most bytes of a dispatch that the source view shows.
pub const SOURCE_LIMIT: u64 = 256 << 10;

/// Reads the bytes of an entry as lines with visible controls, and notes about them. `encoding` is the WHATWG name of
/// the dispatch's encoding.
///
/// # Errors
/// If the file cannot be read, or no longer has the dispatch as it was listed.
pub fn read_source(locator: &Locator, encoding: &str) -> Result<SourceView, InputProblem> {
    let range = &locator.bytes;
    let mut notes = vec![format!(
        "{}, bytes {} to {}, {encoding}",
        locator.input.display_path(),
        range.start,
        range.end
    )];
    if locator.number_in_range > 0 {
        notes.push("These bytes hold other dispatches too.".to_owned());
    }
    let length = range.end.saturating_sub(range.start);
    if length > SOURCE_LIMIT {
        notes.push(format!(
            "Only the first {SOURCE_LIMIT} of {length} bytes are shown."
        ));
    }
    let units = match encoding {
        "UTF-16LE" => CodeUnits::Utf16Le,
        "UTF-16BE" => CodeUnits::Utf16Be,
        _ => CodeUnits::Bytes,
    };
    let (mut lines, mut is_copy) = (Vec::new(), false);
    let mut buffer = Vec::new();
    let piece = locator.read(&mut buffer);
    let read = piece.offer(range, &mut |bytes, is_listed| {
        is_copy = is_listed && !piece.is_unchanged();
        let is_it = is_listed || has_content(bytes, locator.content_hash) || {
            let (format, context) = (locator.input.format, locator.context());
            let parsed = format::read_item(format, bytes, locator.number_in_range, &context);
            parsed.is_some_and(|dispatch| locator.is_of(&dispatch))
        };
        if is_it {
            let end = usize::try_from(SOURCE_LIMIT).unwrap_or(usize::MAX);
            lines = visible_lines(&bytes[..bytes.len().min(end)], units);
        }
        is_it
    });
    read.map_err(|loss| loss.problem(&locator.input))?;
    if is_copy {
        notes.push("Read from memory: the file is gone, or was overwritten.".to_owned());
    }
    Ok(SourceView { notes, lines })
}
