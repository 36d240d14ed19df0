//! Keeps what arrived in memory, compressed, so that it stays readable when others empty the spool; capped by size and age.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::press::BlockCompressor;
use crate::desk::{ByteBlock, RetainedBytes};

/// Bytes that are compressed together: dispatches share their words, and to read one again takes a moment only.
pub(super) const BLOCK_SIZE: usize = 64 << 10;

/// How much is kept, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionLimits {
    /// Compressed bytes.
    pub bytes: u64,
    pub age: Duration,
}

impl Default for RetentionLimits {
    fn default() -> Self {
        Self {
            bytes: 256 << 20,
            age: Duration::from_hours(7 * 24),
        }
    }
}

/// What is kept.
#[derive(Debug)]
pub(in crate::load) struct Retention {
    pub(super) limits: RetentionLimits,
    blocks: Mutex<Blocks>,
}

type Block = Arc<Mutex<ByteBlock>>;

#[derive(Debug, Default)]
struct Blocks {
    /// The block that is being filled, and since when.
    open: Option<(Instant, Block)>,
    /// The others, the oldest first, with their sizes.
    full: VecDeque<(Instant, Block, u64)>,
    total: u64,
    compressor: BlockCompressor,
}

impl Retention {
    pub(in crate::load) fn new(limits: RetentionLimits) -> Self {
        Self {
            limits,
            blocks: Mutex::default(),
        }
    }

    /// Keeps some bytes, the first of which stood at this place in their input. What is too old, or too much with them,
    /// is given up.
    pub(in crate::load) fn retain(&self, bytes: &[u8], first: u64) -> RetainedBytes {
        let now = Instant::now();
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, block) = match blocks.open.take() {
            Some(open) => open,
            None => (
                now,
                Arc::new(Mutex::new(ByteBlock::Raw(blocks.compressor.room()))),
            ),
        };
        let (mut from, mut filled) = (0, false);
        if let ByteBlock::Raw(raw) = &mut *lock_block(&block) {
            from = raw.len();
            raw.extend_from_slice(bytes);
            filled = raw.len() >= BLOCK_SIZE;
        }
        let kept = RetainedBytes {
            block: Arc::clone(&block),
            block_offset: from,
            length: bytes.len(),
            input_offset: first,
        };
        if filled {
            let size = blocks.compressor.compress_block(&block);
            blocks.full.push_back((since, block, size));
            blocks.total += size;
        } else {
            blocks.open = Some((since, block));
        }
        self.drop_old(&mut blocks, now);
        kept
    }

    fn drop_old(&self, blocks: &mut Blocks, now: Instant) {
        while let Some((since, ..)) = blocks.full.front() {
            let old = now.duration_since(*since) > self.limits.age;
            if !old && blocks.total <= self.limits.bytes {
                break;
            }
            let why = if old {
                format!("at most {}", duration_text(self.limits.age))
            } else {
                format!("cap {}", size_text(self.limits.bytes))
            };
            if let Some((_, block, size)) = blocks.full.pop_front() {
                *lock_block(&block) = ByteBlock::Dropped(why);
                blocks.total -= size;
            }
        }
    }
}

pub(super) fn lock_block(block: &Mutex<ByteBlock>) -> MutexGuard<'_, ByteBlock> {
    block.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `256 MiB`, as the user gives it.
pub(in crate::load) fn size_text(bytes: u64) -> String {
    match bytes {
        b if b >= 1 << 30 && b.trailing_zeros() >= 30 => format!("{} GiB", b >> 30),
        b if b >= 1 << 20 && b.trailing_zeros() >= 20 => format!("{} MiB", b >> 20),
        b if b >= 1 << 10 && b.trailing_zeros() >= 10 => format!("{} KiB", b >> 10),
        b => format!("{b} bytes"),
    }
}

fn duration_text(age: Duration) -> String {
    let seconds = age.as_secs();
    let (count, unit) = match seconds {
        s if s >= 86_400 && s % 86_400 == 0 => (s / 86_400, "day"),
        s if s >= 3600 && s % 3600 == 0 => (s / 3600, "hour"),
        s if s >= 60 && s % 60 == 0 => (s / 60, "minute"),
        s => (s, "second"),
    };
    crate::text::count_noun(usize::try_from(count).unwrap_or(usize::MAX), unit)
}

#[cfg(test)]
mod tests {
    use super::super::press::read_retained;
    use super::*;

    fn text(number: usize) -> Vec<u8> {
        format!("Dispatch {number} of the tide tables. ")
            .repeat(60)
            .into_bytes()
    }

    #[test]
    fn what_is_kept_comes_back() {
        let keep = Retention::new(RetentionLimits::default());
        let kept: Vec<RetainedBytes> = (0..200).map(|n| keep.retain(&text(n), 7)).collect();
        for (number, kept) in kept.iter().enumerate() {
            assert_eq!(read_retained(kept).as_ref(), Ok(&text(number)));
            assert_eq!(kept.input_offset, 7);
        }
    }

    #[test]
    fn the_oldest_is_given_up_first_and_says_why() {
        let keep = Retention::new(RetentionLimits {
            bytes: 2 << 10,
            ..RetentionLimits::default()
        });
        let kept: Vec<RetainedBytes> = (0..2000).map(|n| keep.retain(&text(n), 0)).collect();
        assert_eq!(read_retained(&kept[0]), Err("cap 2 KiB".to_owned()));
        assert_eq!(read_retained(&kept[1999]), Ok(text(1999)));
        let keep = Retention::new(RetentionLimits {
            age: Duration::ZERO,
            ..RetentionLimits::default()
        });
        let kept: Vec<RetainedBytes> = (0..100).map(|n| keep.retain(&text(n), 0)).collect();
        assert_eq!(read_retained(&kept[0]), Err("at most 0 seconds".to_owned()));
    }

    #[test]
    fn sizes_and_times_read_as_they_are_given() {
        assert_eq!(size_text(256 << 20), "256 MiB");
        assert_eq!(size_text(1000), "1000 bytes");
        assert_eq!(duration_text(Duration::from_hours(168)), "7 days");
        assert_eq!(duration_text(Duration::from_mins(90)), "90 minutes");
    }
}
