//! Retains the bytes of what arrived in memory, compressed and capped by size and age, so that it stays readable after its file is deleted.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use flate2::read::ZlibDecoder;
use flate2::{Compress, Compression, FlushCompress, Status};

use crate::index::{ByteBlock, RetainedBytes};

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
pub(in crate::ingest) struct Retention {
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
    pub(in crate::ingest) fn new(limits: RetentionLimits) -> Self {
        Self {
            limits,
            blocks: Mutex::default(),
        }
    }

    /// Keeps some bytes, the first of which stood at this place in their input. What is too old, or too much with them,
    /// is given up.
    pub(in crate::ingest) fn retain(&self, bytes: &[u8], first: u64) -> RetainedBytes {
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
pub(in crate::ingest) fn size_text(bytes: u64) -> String {
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

// Compresses the blocks of what is kept, in room that is taken once, and unpacks what is asked for.

/// Compresses blocks. What that takes is there once and for good: taken anew for each block and given back between what
/// stays, it would leave holes in the memory, and a wire that is followed for a day would live in them.
#[derive(Debug)]
pub(super) struct BlockCompressor {
    compress: Compress,
    /// Of the block that was packed last, for the next to be filled in.
    spare_buffer: Vec<u8>,
    packed: Vec<u8>,
}

impl Default for BlockCompressor {
    fn default() -> Self {
        Self {
            compress: Compress::new(Compression::fast(), true),
            spare_buffer: Vec::new(),
            packed: Vec::new(),
        }
    }
}

impl BlockCompressor {
    /// An empty block.
    pub(super) fn room(&mut self) -> Vec<u8> {
        let mut room = std::mem::take(&mut self.spare_buffer);
        room.clear();
        room
    }

    /// Compresses a block; returns the bytes that it takes then.
    pub(super) fn compress_block(&mut self, block: &Mutex<ByteBlock>) -> u64 {
        let mut stored = lock_block(block);
        let ByteBlock::Raw(raw) = &mut *stored else {
            return 0;
        };
        if self.compress_bytes(raw).is_none() {
            return raw.len() as u64;
        }
        let length = raw.len();
        self.spare_buffer = std::mem::take(raw);
        // A large file is no reason to hold its room for good.
        self.spare_buffer.truncate(2 * BLOCK_SIZE);
        self.spare_buffer.shrink_to(2 * BLOCK_SIZE);
        *stored = ByteBlock::Compressed(self.packed.as_slice().into(), length);
        let size = self.packed.len() as u64;
        self.packed.clear();
        self.packed.shrink_to(2 * BLOCK_SIZE);
        size
    }

    /// Fills `packed`; `None` where that failed.
    fn compress_bytes(&mut self, raw: &[u8]) -> Option<()> {
        self.compress.reset();
        self.packed.clear();
        loop {
            let done = usize::try_from(self.compress.total_in()).ok()?;
            self.packed.reserve(BLOCK_SIZE);
            let rest = raw.get(done..)?;
            let (last, packed) = (FlushCompress::Finish, self.packed.len());
            match self.compress.compress_vec(rest, &mut self.packed, last) {
                Ok(Status::StreamEnd) => return Some(()),
                Ok(_) if self.packed.len() > packed => {}
                _ => return None,
            }
        }
    }
}

/// The kept bytes.
///
/// # Errors
/// Why they were given up: the end of a sentence.
pub(in crate::ingest) fn read_retained(kept: &RetainedBytes) -> Result<Vec<u8>, String> {
    let range = kept.block_offset..kept.block_offset + kept.length;
    let whole = match &*lock_block(&kept.block) {
        ByteBlock::Raw(raw) => return Ok(raw.get(range).unwrap_or_default().to_vec()),
        ByteBlock::Dropped(why) => return Err(why.clone()),
        ByteBlock::Compressed(packed, length) => {
            let mut whole = Vec::with_capacity(*length);
            ZlibDecoder::new(&**packed)
                .read_to_end(&mut whole)
                .map_err(|_| "they cannot be unpacked".to_owned())?;
            whole
        }
    };
    Ok(whole.get(range).unwrap_or_default().to_vec())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

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

    /// Bytes that cannot be made smaller.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 7_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            state.to_be_bytes()[0]
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn blocks_of_any_size_go_through_one_press() {
        let mut press = BlockCompressor::default();
        for length in [
            0,
            1,
            BLOCK_SIZE,
            3 * BLOCK_SIZE + 1,
            1 << 20,
            200,
            2 * BLOCK_SIZE,
        ] {
            for bytes in [noise(length), vec![b'x'; length]] {
                let mut raw = press.room();
                assert!(raw.is_empty());
                raw.extend_from_slice(&bytes);
                let block = Arc::new(Mutex::new(ByteBlock::Raw(raw)));
                let size = press.compress_block(&block);
                assert!(size <= length as u64 + length as u64 / 8 + 64, "{length}");
                let (from, first) = (0, 0);
                let kept = RetainedBytes {
                    block,
                    block_offset: from,
                    length,
                    input_offset: first,
                };
                assert_eq!(read_retained(&kept).as_ref(), Ok(&bytes), "{length}");
            }
        }
        assert!(press.packed.capacity() + press.spare_buffer.capacity() <= 6 * BLOCK_SIZE);
    }
}
