//! How much may be unpacked: archives can be made to fill a memory.

use std::cell::Cell;
use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};

/// Most bytes that one archive may unpack to, and all archives of a load together.
const MAX_ARCHIVE_BYTES: u64 = 1 << 30;
const MAX_TOTAL_BYTES: u64 = 2 << 30;
/// Most times its own size that an archive may unpack to, beyond [`RATIO_FREE_BYTES`] bytes: text shrinks to a tenth, rarely to a fiftieth.
const MAX_RATIO: u64 = 200;
const RATIO_FREE_BYTES: u64 = 32 << 20;
/// Most files of one archive.
const MAX_MEMBERS: u32 = 100_000;

/// What an archive may still unpack.
pub(in crate::load) struct UnpackBudget<'a> {
    left: Cell<u64>,
    members: Cell<u32>,
    /// The ratio bites, not the size.
    is_ratio_limit: bool,
    /// Bytes unpacked by the whole load.
    total: &'a AtomicU64,
}

impl<'a> UnpackBudget<'a> {
    /// For an archive of so many bytes.
    pub(in crate::load) fn new(packed: u64, all: &'a AtomicU64) -> Self {
        let by_ratio = packed.saturating_mul(MAX_RATIO).max(RATIO_FREE_BYTES);
        Self {
            left: Cell::new(by_ratio.min(MAX_ARCHIVE_BYTES)),
            members: Cell::new(MAX_MEMBERS),
            is_ratio_limit: by_ratio < MAX_ARCHIVE_BYTES,
            total: all,
        }
    }

    fn spend(&self, count: usize) -> io::Result<()> {
        let count = count as u64;
        let left = self.left.get().checked_sub(count);
        self.left.set(left.unwrap_or(0));
        let message = match left {
            None if self.is_ratio_limit => {
                "it unpacks to more than 200 times its size, as what is made to fill a memory does"
            }
            None => "it unpacks to more than 1 GiB",
            _ if self.total.fetch_add(count, Ordering::Relaxed) > MAX_TOTAL_BYTES => {
                "all archives together unpack to more than 2 GiB"
            }
            _ => return Ok(()),
        };
        Err(io::Error::other(message))
    }

    /// True where one more file may be read.
    pub(super) fn take_member(&self) -> bool {
        let left = self.members.get().checked_sub(1);
        self.members.set(left.unwrap_or(0));
        left.is_some()
    }

    /// True where nothing more may be read.
    pub(super) fn is_spent(&self) -> bool {
        self.left.get() == 0 || self.total.load(Ordering::Relaxed) > MAX_TOTAL_BYTES
    }
}

/// A reader whose bytes are counted.
pub(super) struct BudgetedReader<'b, 'a, R> {
    pub(super) content: R,
    pub(super) budget: &'b UnpackBudget<'a>,
}

impl<R: Read> Read for BudgetedReader<'_, '_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.budget.is_spent() {
            self.budget.spend(1)?;
        }
        let count = self.content.read(into)?;
        self.budget.spend(count)?;
        Ok(count)
    }
}
