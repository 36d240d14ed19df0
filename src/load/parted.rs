//! Reads a large input in parts side by side, and numbers its dispatches when all are in.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::job::{Parted, Task};
use super::parts::{self, Store};
use super::reader::{Batch, Reader};
use super::reason;
use crate::desk::Input;
use crate::dispatch::InputProblem;
use crate::format::Context;

impl Reader<'_> {
    /// Makes tasks of the parts of an input.
    pub(super) fn begin_parts(&self, input: Input) {
        let count = parts::count(input.length);
        let counts = (0..count).map(|_| AtomicU32::new(0)).collect();
        let parted = Arc::new(Parted {
            input: Arc::new(input),
            counts,
            left: AtomicU32::new(count),
        });
        // The end first, where the newest stand on most wires; then the start, for those that are the other way round.
        let order = std::iter::once(count - 1)
            .chain(std::iter::once(0))
            .chain((1..count - 1).rev());
        self.shared
            .add(order.map(|part| Task::Part(Arc::clone(&parted), part)));
    }

    /// Reads one of the parts.
    pub(super) fn part(&mut self, parted: &Parted, part: u32) {
        let mut bytes = std::mem::take(&mut self.buffer);
        let bounds = parts::bounds(parted.input.length, part);
        match Store::open(&parted.input.place).and_then(|store| {
            parts::items(
                &store,
                parted.input.format.row().cut,
                bounds.clone(),
                &mut bytes,
            )
        }) {
            Ok((first, skip)) => {
                let context = Context {
                    file_time: parted.input.modified,
                    first_index: 0,
                    first_byte: first,
                };
                let batch = Batch {
                    bytes: &bytes[skip..],
                    part,
                    at: first,
                };
                let found = self.scan(&parted.input, &batch, &context);
                parted.counts[part as usize]
                    .store(found.map_or(0, |(count, _)| count), Ordering::Relaxed);
            }
            Err(error) => {
                let message = format!(
                    "cannot be read from byte {} on: {}",
                    bounds.start,
                    reason(&error)
                );
                self.shared
                    .problem(InputProblem::unreadable(parted.input.path(), message));
            }
        }
        self.buffer = bytes;
        if parted.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            let mut sum = 0u32;
            let mut bases = Vec::with_capacity(parted.counts.len());
            for count in &parted.counts {
                bases.push(sum);
                sum = sum.saturating_add(count.load(Ordering::Relaxed));
            }
            let _ = parted.input.bases.set(bases.into());
        }
    }
}
