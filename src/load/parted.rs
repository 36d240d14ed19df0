//! Reads a large input in parts side by side, and numbers its dispatches when all are in.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use super::batch::InputSlice;
use super::error_reason;
use super::job::SplitInput;
use super::parts;
use super::reader::Reader;
use super::store::InputBytes;
use super::watch::{Completeness, complete_items_len};
use crate::desk::{Input, InputLocation};
use crate::dispatch::InputProblem;
use crate::format::Context;

impl Reader<'_> {
    /// Makes tasks of the parts of an input.
    pub(super) fn queue_parts(&self, input: Input) {
        self.queue_parts_of(input, None);
    }

    /// Reads one of the parts; the last one to be read numbers what is in all of them.
    pub(super) fn read_part(&mut self, parted: &SplitInput, part: u32) {
        let path = PathBuf::from(parted.input.display_path());
        self.catch_panic(&path, |reader| reader.scan_part(parted, part));
        if parted.parts_left.fetch_sub(1, Ordering::AcqRel) == 1 {
            let mut sum = 0u32;
            let mut bases = Vec::with_capacity(parted.part_counts.len());
            for count in &parted.part_counts {
                bases.push(sum);
                sum = sum.saturating_add(count.load(Ordering::Relaxed));
            }
            let _ = parted.input.part_bases.set(bases.into());
            if let InputLocation::File(path) = &parted.input.location {
                self.finish_parts(parted, path);
            }
        }
    }

    fn scan_part(&mut self, parted: &SplitInput, part: u32) {
        let mut bytes = std::mem::take(&mut self.buffer);
        let bounds = parts::part_range(parted.input.length, part);
        let cut = parted.input.format.row().boundary;
        let mut end = None;
        self.start_part_record(parted);
        match InputBytes::open_location(&parted.input.location)
            .and_then(|store| parts::read_part_items(&store, cut, bounds.clone(), &mut bytes))
        {
            Ok((first, skip)) => {
                let context = Context {
                    file_time: parted.input.modified,
                    first_index: 0,
                    first_byte: first,
                };
                let mut items = &bytes[skip..];
                if self.recorder.is_some() && part as usize + 1 == parted.part_counts.len() {
                    items = &items[..complete_items_len(cut, items, Completeness::Closed)];
                    end = Some(first + items.len() as u64);
                }
                let batch = InputSlice {
                    bytes: items,
                    part,
                    offset: first,
                };
                let found = self.scan(&parted.input, &batch, &context);
                parted.part_counts[part as usize]
                    .store(found.map_or(0, |(count, _)| count), Ordering::Relaxed);
            }
            Err(error) => {
                let message = format!(
                    "cannot be read from byte {} on: {}",
                    bounds.start,
                    error_reason(&error)
                );
                self.shared.report_problem(InputProblem::unreadable(
                    parted.input.display_path(),
                    message,
                ));
            }
        }
        self.buffer = bytes;
        self.finish_part_record(parted, end);
    }
}
