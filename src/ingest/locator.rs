//! The one way back to listed dispatches: reads their bytes from their file, as long as it has them, or from memory, and
//! parses one or several of them. Notices files that changed since they were listed.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::io;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use crate::dispatch::{Dispatch, InputProblem, model};
use crate::format::{self, Context};
use crate::index::{FileIdentity, Input, InputLocation, Locator, SourceView};
use crate::ingest::files::{current_identity, open_file, read_range};
use crate::ingest::watch::UnpackedChunk;
use crate::text::{CodeUnits, error_reason, stable_hash, visible_lines};

/// A stretch of an input that was read again, for the items in it.
pub(super) struct Piece<'a> {
    input: &'a Input,
    /// Where it is in the input.
    range: &'a Range<u64>,
    /// The bytes at this place now, and whether they are certainly those that were listed.
    bytes: io::Result<(&'a [u8], bool)>,
    /// The bytes that a watch retained, or why it dropped them. Unpacked on demand.
    retained: OnceCell<Result<Vec<u8>, String>>,
    unpacked: &'a RefCell<UnpackedChunk>,
}

/// What reads have in common that follow each other: memory, and what was unpacked for the last of them.
#[derive(Debug, Default)]
pub(super) struct ReadBuffer {
    bytes: Vec<u8>,
    unpacked: RefCell<UnpackedChunk>,
}

impl Locator {
    /// Reads the bytes again, wherever they are now. `buffer` may be used for them; its contents are overwritten.
    pub(super) fn read<'a>(&'a self, buffer: &'a mut ReadBuffer) -> Piece<'a> {
        let ReadBuffer { bytes: buffer, unpacked } = buffer;
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
        Piece { input, range, bytes, retained: OnceCell::new(), unpacked }
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
            table: self.input.table.get().cloned(),
        }
    }
}

/// True if a dispatch has this identity and these raw bytes.
pub(super) fn is_same_dispatch(dispatch: &Dispatch, item_key: u64, content_hash: u32) -> bool {
    let (id, revision) = (dispatch.id.as_deref(), dispatch.revision.as_deref());
    dispatch.raw_hash >> 32 == u64::from(content_hash)
        && model::item_key(id, revision, dispatch.raw_hash) == item_key
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
            && accept(slice_range(bytes, &from(self.range.start)), is_listed)
        {
            return Ok(());
        }
        let watched = self.input.watched.get();
        if let Some(retained) = watched.and_then(|watched| watched.retained.as_ref()) {
            let read = || self.unpacked.borrow_mut().read(retained, self.range);
            match self.retained.get_or_init(read) {
                Ok(bytes) => {
                    let start = self.range.start.max(retained.input_offset);
                    if accept(slice_range(bytes, &from(start)), true) {
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
    /// The problem of one dispatch, or of several of an input.
    pub(super) fn problem(&self, input: &Input) -> InputProblem {
        let message = match self {
            Self::Changed => "changed since it was listed: what was listed is no longer in it; restart to see it as it is now".to_owned(),
            Self::Unreadable(reason) => format!("cannot be read again: {reason}"),
        };
        InputProblem::unreadable(input.display_path(), message)
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
        let all = self.0.entry(loss).or_insert_with(|| (Arc::clone(&input), several, 0));
        all.1 |= several || !all.0.location.is_same_input(&input.location);
        if input.location < all.0.location {
            all.0 = input;
        }
        all.2 += count;
    }

    /// Adds those counted by another thread.
    pub(super) fn append(&mut self, others: Self) {
        others.0.into_iter().for_each(|(loss, counted)| self.merge(loss, counted));
    }

    /// One problem for each reason, with the number of dispatches.
    pub(super) fn into_problems(self) -> Vec<InputProblem> {
        let problem = |(loss, (input, several, count)): (Loss, (Arc<Input>, bool, usize))| {
            let mut problem = loss.problem(&input);
            if several {
                problem.path.push_str(" and others");
            }
            problem.problem.dispatches = count;
            problem
        };
        let mut problems: Vec<InputProblem> = self.0.into_iter().map(problem).collect();
        problems.sort_by(|a, b| a.problem.message.cmp(&b.problem.message));
        problems
    }
}

// Dispatches in full.

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
    let mut buffer = ReadBuffer::default();
    let read = parse_piece(first, &mut buffer, Some(&numbers), &mut |number, dispatch| {
        let is_it = |item: &Locator| item.number_in_range == number && item.is_of(&dispatch);
        if let Some(at) = group.iter().position(is_it) {
            found[at] = Some(dispatch);
        }
        found.iter().all(Option::is_some)
    });
    let loss = read.err().unwrap_or(Loss::Changed);
    let or_lost = |dispatch: Option<Dispatch>| dispatch.ok_or_else(|| loss.problem(&first.input));
    found.into_iter().map(or_lost).collect()
}

/// Parses the items with some numbers, or all, in the bytes of a locator as they are now, then in those retained, until
/// `take` has all that it wants.
fn parse_piece(
    locator: &Locator,
    buffer: &mut ReadBuffer,
    numbers: Option<&[u32]>,
    take: &mut dyn FnMut(u32, Dispatch) -> bool,
) -> Result<(), Loss> {
    let mut panicked = false;
    let read = locator.read(buffer).offer(&locator.bytes, &mut |bytes, is_listed| {
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
        let is_last = self.last.as_ref().is_some_and(|last| Arc::ptr_eq(last, &locator.input));
        if !is_last {
            self.parsed = HashMap::new();
            self.last = is_shared_document(locator).then(|| Arc::clone(&locator.input));
            return read_dispatch(locator);
        }
        if self.parsed.is_empty() {
            let parsed = &mut self.parsed;
            let _ =
                parse_piece(locator, &mut ReadBuffer::default(), None, &mut |number, dispatch| {
                    parsed.insert(number, dispatch);
                    true
                });
        }
        // Only that the file is unchanged is read.
        let start = Locator { bytes: 0..0, ..locator.clone() };
        let kept = self.parsed.get(&locator.number_in_range);
        match kept.filter(|dispatch| locator.is_of(dispatch)) {
            Some(dispatch) if start.read(&mut ReadBuffer::default()).is_unchanged() => {
                Ok(dispatch.clone())
            }
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
        notes.push(format!("Only the first {SOURCE_LIMIT} of {length} bytes are shown."));
    }
    let units = match encoding {
        "UTF-16LE" => CodeUnits::Utf16Le,
        "UTF-16BE" => CodeUnits::Utf16Be,
        _ => CodeUnits::Bytes,
    };
    let (mut lines, mut is_copy) = (Vec::new(), false);
    let mut buffer = ReadBuffer::default();
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

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::fs;
    use std::path::PathBuf;
    use std::sync::Mutex;

    use super::*;
    use crate::index::{EntryRef, FileVersion};
    use crate::ingest::{InputSource, LoadEvent, load};

    /// Writes a file, and returns it with the locators of its items.
    fn listed(name: &str, text: &str) -> (PathBuf, Vec<Locator>) {
        let name = format!("dateline-locator-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, text).unwrap();
        let locators = Mutex::new(Vec::new());
        load(vec![InputSource::Path(path.clone())], 1, &|event| {
            if let LoadEvent::Segment(segment) = event {
                let found = segment.entries().filter_map(EntryRef::locator);
                locators.lock().unwrap().extend(found);
            }
        });
        (path, locators.into_inner().unwrap())
    }

    fn feed(items: usize, padding: &str) -> String {
        let mut text = format!("<rss version=\"2.0\"><!--{padding}--><channel><title>Wire</title>");
        for number in 0..items {
            let _ = write!(
                text,
                "<item><title>Item {number}</title><description>Text {number}.</description></item>"
            );
        }
        text + "</channel></rss>"
    }

    #[test]
    fn a_document_is_kept_parsed_from_its_second_dispatch_on() {
        let (path, mut items) = listed("feed", &feed(5, ""));
        // As if it had been read long after it was written.
        let identity = current_identity(&fs::metadata(&path).unwrap());
        let read = Arc::clone(&items[0].input);
        let version = FileVersion { length: read.length, modified: read.modified(), identity };
        let old = Input::of_file(read.location.clone(), read.format, &version);
        let old = Arc::new(old);
        for item in &mut items {
            item.input = Arc::clone(&old);
        }
        let mut reader = DispatchReader::default();
        for (item, kept) in items.iter().zip([0, 5, 5, 5, 5]) {
            assert_eq!(reader.read(item), read_dispatch(item));
            assert_eq!(reader.parsed.len(), kept);
        }
        let (other_path, others) = listed("other", &feed(2, ""));
        assert!(reader.read(&others[1]).is_ok() && reader.parsed.is_empty());
        // What is kept is not shown once the file is another one.
        assert!(items.iter().take(2).all(|item| reader.read(item).is_ok()));
        fs::write(&path, feed(5, "").replace("Text", "Other text")).unwrap();
        let problem = reader.read(&items[1]).unwrap_err();
        assert!(problem.to_string().contains("changed since it was listed"));
        for path in [path, other_path] {
            fs::remove_file(path).unwrap();
        }
    }

    #[test]
    fn a_long_document_is_not_kept() {
        let (path, items) = listed("long", &feed(2, &"x".repeat(9 << 20)));
        let mut reader = DispatchReader::default();
        for item in [&items[0], &items[1], &items[0]] {
            assert!(reader.read(item).is_ok() && reader.parsed.is_empty());
        }
        fs::remove_file(path).unwrap();
    }
}
