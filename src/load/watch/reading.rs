//! What a reader does more where a watch follows: it notes what it makes of a file, and keeps what arrives.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::super::batch::InputSlice;
use super::super::job::{ReadTask, SplitInput};
use super::super::now;
use super::super::parts;
use super::super::reader::{Reader, SEGMENT_INTERVAL};
use super::super::store::InputBytes;
use super::WatchState;
use super::grow::fingerprints;
use super::ledger::FileState;
use super::made::{ReadRecorder, limit_items};
use super::take::{Completeness, FileOutcome};
use crate::desk::{FileTracker, Input, InputLocation, WatchedInput};
use crate::dispatch::Stamp;
use crate::format::FormatId;

/// Shortest time between two segments of a stream that goes on: each costs something for as long as the program runs.
const LIVE_SEGMENT_INTERVAL: Duration = Duration::from_millis(400);

impl Reader<'_> {
    /// Reads files of the load, those that the watch has not read before.
    pub(in crate::load) fn read_files(&mut self, following: &WatchState, paths: &[PathBuf]) {
        for path in paths {
            if let FileOutcome::Read(_, true) =
                self.read_watched_file(following, path, false, Completeness::Closed)
            {
                following.add_incomplete(path);
            }
        }
    }

    /// Reads a stream; where a watch follows, what it brings arrives at this moment.
    pub(in crate::load) fn read_stream_task(&mut self, path: PathBuf) {
        if self.shared.watch.is_none() {
            return self.catch_panic(&path.clone(), |reader| reader.read_stream(path));
        }
        self.send_segment();
        (self.is_live, self.segment_interval) = (true, LIVE_SEGMENT_INTERVAL);
        self.catch_panic(&path.clone(), |reader| reader.read_stream(path));
        self.send_segment();
        (self.is_live, self.segment_interval) = (false, SEGMENT_INTERVAL);
    }

    /// An input; what is read as it arrives is dated.
    pub(in crate::load) fn new_input(
        &self,
        place: InputLocation,
        format: FormatId,
        length: u64,
        modified: Option<Stamp>,
    ) -> Arc<Input> {
        let mut input = Input::new(place, format, length, modified);
        input.arrived_at = self.is_live.then(now);
        Arc::new(input)
    }

    /// Notes of an input of a file where its bytes are, and keeps them where they shall be.
    pub(in crate::load) fn record_input(&self, input: &Input, batch: &InputSlice<'_>) {
        let (Some(made), Some(following)) = (&self.recorder, self.shared.watch) else {
            return;
        };
        if matches!(input.location, InputLocation::File(_)) {
            let kept = made
                .retain
                .then(|| following.retention.retain(batch.bytes, batch.offset));
            let file = Arc::clone(&made.trace);
            let _ = input.watched.set(WatchedInput {
                file,
                retained: kept,
            });
        }
    }

    /// An input that is held in memory: a piece of a stream, or of something packed. What arrives is kept as a watch
    /// keeps it.
    pub(in crate::load) fn memory_input(
        &self,
        (path, number): (&Path, u64),
        format: FormatId,
        bytes: &Arc<[u8]>,
        modified: Option<Stamp>,
    ) -> Arc<Input> {
        let kept = self.shared.watch.filter(|_| self.is_live);
        let kept = kept.map(|following| following.retention.retain(bytes, 0));
        let held = if kept.is_some() {
            Arc::default()
        } else {
            Arc::clone(bytes)
        };
        let place = InputLocation::Memory(path.to_owned(), number, held);
        let input = self.new_input(place, format, bytes.len() as u64, modified);
        if kept.is_some() {
            let file = Arc::new(FileTracker::default());
            let _ = input.watched.set(WatchedInput {
                file,
                retained: kept,
            });
        }
        input
    }

    /// Makes tasks of the parts of a followed input.
    pub(super) fn queue_watched_parts(&self, input: Input, known: FileState) {
        self.queue_parts_of(input, Some(known));
    }

    pub(in crate::load) fn queue_parts_of(&self, input: Input, known: Option<FileState>) {
        let count = parts::part_count(input.length);
        let counts = (0..count).map(|_| AtomicU32::new(0)).collect();
        let parted = Arc::new(SplitInput {
            input: Arc::new(input),
            part_counts: counts,
            parts_left: AtomicU32::new(count),
            file_state: known.map(Mutex::new),
        });
        // The end first, where the newest stand on most wires; then the start, for those that are the other way round.
        let order = std::iter::once(count - 1)
            .chain(std::iter::once(0))
            .chain((1..count - 1).rev());
        self.shared
            .add_tasks(order.map(|part| ReadTask::Part(Arc::clone(&parted), part)));
    }

    /// Begins to note what a part holds, where a watch follows.
    pub(in crate::load) fn start_part_record(&mut self, parted: &SplitInput) {
        self.recorder = parted.file_state.as_ref().map(|known| {
            let known = known.lock().unwrap_or_else(PoisonError::into_inner);
            ReadRecorder::new(&known.trace, false)
        });
    }

    /// What a part held is noted; `end` is where the last one ends.
    pub(in crate::load) fn finish_part_record(&mut self, parted: &SplitInput, end: Option<u64>) {
        let (Some(made), Some(known)) = (self.recorder.take(), &parted.file_state) else {
            return;
        };
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        known.items.extend(made.items);
        known.end = end.unwrap_or(known.end);
    }

    /// All parts have been read.
    pub(in crate::load) fn finish_parts(&self, parted: &SplitInput, path: &Path) {
        let (Some(following), Some(known)) = (self.shared.watch, &parted.file_state) else {
            return;
        };
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        known.items.sort_by_key(|item| (item.start, item.nth));
        limit_items(&mut known.items);
        let counts = parted.part_counts.iter();
        known.count = counts.map(|count| count.load(Ordering::Relaxed)).sum();
        known.fingerprints = InputBytes::open_location(&parted.input.location)
            .and_then(|store| fingerprints(&store, known.end))
            .unwrap_or_default();
        let waits = known.end < known.stat.length;
        following.file_states.finish_read(path, Some(known));
        if waits {
            following.add_incomplete(path);
        }
    }
}
