//! Retains the bytes of arrivals in memory, compressed, so that they stay readable after their files are deleted.
//! Drops the oldest when they exceed a size or an age. Knows nothing of dispatches.

use std::collections::VecDeque;
use std::io::Read;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use flate2::read::ZlibDecoder;
use flate2::{Compress, Compression, FlushCompress, Status};

use crate::index::{ByteBlock, CompressedBlock, RetainedBytes};

/// Bytes that are compressed together. Dispatches have many words in common, so larger blocks compress better; smaller
/// ones are faster to decompress for a single dispatch.
pub(super) const BLOCK_SIZE: usize = 64 << 10;

/// How much is retained, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionLimits {
    /// Most compressed bytes.
    pub bytes: u64,
    /// Age at which a block is dropped, counted from its first bytes.
    pub age: Duration,
}

impl Default for RetentionLimits {
    fn default() -> Self {
        Self { bytes: 256 << 20, age: Duration::from_hours(7 * 24) }
    }
}

/// The retained bytes of a watch.
#[derive(Debug)]
pub(in crate::ingest) struct Retention {
    pub(super) limits: RetentionLimits,
    blocks: Mutex<Blocks>,
}

type Block = Arc<Mutex<ByteBlock>>;

#[derive(Debug, Default)]
struct Blocks {
    /// The block that is being filled, and when it was begun.
    open: Option<(Instant, Block)>,
    /// The other blocks, the oldest first: when they were begun, and their compressed sizes in bytes.
    full: VecDeque<(Instant, Block, u64)>,
    /// Sum of these sizes.
    total: u64,
    compressor: BlockCompressor,
}

impl Retention {
    pub(in crate::ingest) fn new(limits: RetentionLimits) -> Self {
        Self { limits, blocks: Mutex::default() }
    }

    /// Retains bytes of an input from offset `input_offset` on, and drops the oldest blocks if that exceeds a limit.
    pub(in crate::ingest) fn retain(&self, bytes: &[u8], input_offset: u64) -> RetainedBytes {
        let now = Instant::now();
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, block) = match blocks.open.take() {
            Some(open) => open,
            None => (now, Arc::new(Mutex::new(ByteBlock::Raw(blocks.compressor.take_buffer())))),
        };
        let (mut from, mut filled) = (0, false);
        if let ByteBlock::Raw(raw) = &mut *lock_block(&block) {
            from = raw.len();
            raw.extend_from_slice(bytes);
            filled = raw.len() >= BLOCK_SIZE;
        }
        let retained = RetainedBytes {
            block: Arc::clone(&block),
            block_offset: from,
            length: bytes.len(),
            input_offset,
        };
        if filled {
            let size = blocks.compressor.compress_block(&block);
            blocks.full.push_back((since, block, size));
            blocks.total += size;
        } else {
            blocks.open = Some((since, block));
        }
        self.drop_old(&mut blocks, now);
        retained
    }

    /// Drops full blocks, the oldest first, until the limits are met. The reason is left in their place, for messages.
    fn drop_old(&self, blocks: &mut Blocks, now: Instant) {
        while let Some((since, ..)) = blocks.full.front() {
            let is_old = now.duration_since(*since) > self.limits.age;
            if !is_old && blocks.total <= self.limits.bytes {
                break;
            }
            let why = if is_old {
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

/// A size in the unit in which a user would give it: `256 MiB`.
pub(in crate::ingest) fn size_text(bytes: u64) -> String {
    match bytes {
        b if b >= 1 << 30 && b.trailing_zeros() >= 30 => format!("{} GiB", b >> 30),
        b if b >= 1 << 20 && b.trailing_zeros() >= 20 => format!("{} MiB", b >> 20),
        b if b >= 1 << 10 && b.trailing_zeros() >= 10 => format!("{} KiB", b >> 10),
        b => format!("{b} bytes"),
    }
}

/// A duration in the largest unit that divides it: `7 days`, `90 minutes`.
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

// Compression of blocks.

/// Compresses blocks. Reuses its buffers to avoid heap fragmentation in long sessions: if they were allocated for each
/// block, between the compressed blocks that stay, they would leave holes.
#[derive(Debug)]
pub(super) struct BlockCompressor {
    compress: Compress,
    /// The buffer of the last block, for the next one to be filled.
    spare_buffer: Vec<u8>,
    /// The output of the compression.
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
    /// An empty buffer for a new block.
    pub(super) fn take_buffer(&mut self) -> Vec<u8> {
        let mut buffer = std::mem::take(&mut self.spare_buffer);
        buffer.clear();
        buffer
    }

    /// Compresses a block, and returns its new size in bytes. If compression fails, the block stays as it is.
    pub(super) fn compress_block(&mut self, block: &Mutex<ByteBlock>) -> u64 {
        let mut stored = lock_block(block);
        let ByteBlock::Raw(raw) = &mut *stored else {
            return 0;
        };
        let Some(chunks) = self.compress_chunks(raw) else {
            return raw.len() as u64;
        };
        let size = chunks.iter().map(|chunk| chunk.len() as u64).sum();
        self.spare_buffer = std::mem::take(raw);
        // Do not keep the memory of a large file for good.
        self.spare_buffer.truncate(2 * BLOCK_SIZE);
        self.spare_buffer.shrink_to(2 * BLOCK_SIZE);
        *stored = ByteBlock::Compressed(CompressedBlock { chunks, chunk_length: BLOCK_SIZE });
        self.packed.clear();
        self.packed.shrink_to(2 * BLOCK_SIZE);
        size
    }

    /// Compresses chunks of [`BLOCK_SIZE`], the last of which has the rest; `None` if that failed.
    fn compress_chunks(&mut self, raw: &[u8]) -> Option<Box<[Box<[u8]>]>> {
        let count = (raw.len() / BLOCK_SIZE).max(1);
        let mut chunks = Vec::with_capacity(count);
        for number in 0..count {
            let end = if number + 1 == count { raw.len() } else { (number + 1) * BLOCK_SIZE };
            self.compress_bytes(raw.get(number * BLOCK_SIZE..end)?)?;
            chunks.push(self.packed.as_slice().into());
        }
        Some(chunks.into())
    }

    /// Compresses into `packed`; `None` if that failed.
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

// Reading.

/// The chunk of a compressed block that was unpacked last: neighbours are mostly read one after the other.
#[derive(Debug, Default)]
pub(in crate::ingest) struct UnpackedChunk {
    /// Its block, and its number there. `None` before the first.
    of: Option<(Block, usize)>,
    bytes: Vec<u8>,
}

impl UnpackedChunk {
    /// Reads a part of retained bytes: those in `range`, offsets into the input, as far as they are retained.
    ///
    /// # Errors
    /// If they have been dropped. The error says why, as the end of a sentence: `cap 256 MiB`.
    pub(in crate::ingest) fn read(
        &mut self,
        retained: &RetainedBytes,
        range: &Range<u64>,
    ) -> Result<Vec<u8>, String> {
        let in_block = |offset: u64| {
            let at = offset.saturating_sub(retained.input_offset);
            retained.block_offset + usize::try_from(at).unwrap_or(usize::MAX).min(retained.length)
        };
        let wanted = in_block(range.start)..in_block(range.end.max(range.start));
        let block = lock_block(&retained.block);
        match &*block {
            ByteBlock::Raw(raw) => Ok(raw.get(wanted).unwrap_or_default().to_vec()),
            ByteBlock::Dropped(why) => Err(why.clone()),
            ByteBlock::Compressed(packed) => {
                let mut read = Vec::with_capacity(wanted.len());
                let last = packed.chunks.len().saturating_sub(1);
                let chunk_of = |at: usize| (at / packed.chunk_length.max(1)).min(last);
                for number in chunk_of(wanted.start)..=chunk_of(wanted.end) {
                    let start = number * packed.chunk_length;
                    let chunk = packed.chunks.get(number).map_or(&[][..], |chunk| chunk);
                    let bytes = self.unpack(&retained.block, number, chunk)?;
                    let at = |offset: usize| offset.saturating_sub(start).min(bytes.len());
                    read.extend_from_slice(&bytes[at(wanted.start)..at(wanted.end)]);
                }
                Ok(read)
            }
        }
    }

    /// The bytes of a chunk, unpacked unless it was the last one.
    fn unpack(&mut self, block: &Block, number: usize, chunk: &[u8]) -> Result<&[u8], String> {
        let is_last = |(of, last): &(Block, usize)| Arc::ptr_eq(of, block) && *last == number;
        if !self.of.as_ref().is_some_and(is_last) {
            self.of = None;
            self.bytes.clear();
            ZlibDecoder::new(chunk)
                .read_to_end(&mut self.bytes)
                .map_err(|_| "they cannot be unpacked".to_owned())?;
            self.of = Some((Arc::clone(block), number));
        }
        Ok(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn read_retained(retained: &RetainedBytes) -> Result<Vec<u8>, String> {
        UnpackedChunk::default().read(retained, &(0..u64::MAX))
    }

    fn text(number: usize) -> Vec<u8> {
        format!("Dispatch {number} of the tide tables. ").repeat(60).into_bytes()
    }

    #[test]
    fn retained_bytes_are_read_back() {
        let retention = Retention::new(RetentionLimits::default());
        let retained: Vec<RetainedBytes> =
            (0..200).map(|n| retention.retain(&text(n), 7)).collect();
        for (number, retained) in retained.iter().enumerate() {
            assert_eq!(read_retained(retained).as_ref(), Ok(&text(number)));
            assert_eq!(retained.input_offset, 7);
        }
    }

    #[test]
    fn the_oldest_bytes_are_dropped_first_with_a_reason() {
        let retention =
            Retention::new(RetentionLimits { bytes: 2 << 10, ..RetentionLimits::default() });
        let retained: Vec<RetainedBytes> =
            (0..2000).map(|n| retention.retain(&text(n), 0)).collect();
        assert_eq!(read_retained(&retained[0]), Err("cap 2 KiB".to_owned()));
        assert_eq!(read_retained(&retained[1999]), Ok(text(1999)));
        let retention =
            Retention::new(RetentionLimits { age: Duration::ZERO, ..RetentionLimits::default() });
        let retained: Vec<RetainedBytes> =
            (0..100).map(|n| retention.retain(&text(n), 0)).collect();
        assert_eq!(read_retained(&retained[0]), Err("at most 0 seconds".to_owned()));
    }

    #[test]
    fn sizes_and_durations_are_written_in_the_users_units() {
        assert_eq!(size_text(256 << 20), "256 MiB");
        assert_eq!(size_text(1000), "1000 bytes");
        assert_eq!(duration_text(Duration::from_hours(168)), "7 days");
        assert_eq!(duration_text(Duration::from_mins(90)), "90 minutes");
    }

    /// Incompressible bytes.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_be_bytes()[0]
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn one_compressor_handles_blocks_of_any_size() {
        let mut compressor = BlockCompressor::default();
        for length in [0, 1, BLOCK_SIZE, 3 * BLOCK_SIZE + 1, 1 << 20, 200, 2 * BLOCK_SIZE] {
            for bytes in [noise(length), vec![b'x'; length]] {
                let mut raw = compressor.take_buffer();
                assert!(raw.is_empty());
                raw.extend_from_slice(&bytes);
                let block = Arc::new(Mutex::new(ByteBlock::Raw(raw)));
                let size = compressor.compress_block(&block);
                assert!(size <= length as u64 + length as u64 / 8 + 64, "{length}");
                let retained = RetainedBytes { block, block_offset: 0, length, input_offset: 0 };
                assert_eq!(read_retained(&retained).as_ref(), Ok(&bytes), "{length}");
                // Parts of it, within a chunk and over several.
                let mut last = UnpackedChunk::default();
                for start in (0..length).step_by(BLOCK_SIZE / 2 + 7) {
                    for part in [1, 100, BLOCK_SIZE, 3 * BLOCK_SIZE] {
                        let end = length.min(start + part);
                        let range = start as u64..(start + part) as u64;
                        let read = last.read(&retained, &range);
                        assert_eq!(read.as_deref(), Ok(&bytes[start..end]), "{range:?}");
                    }
                }
            }
        }
        assert!(
            compressor.packed.capacity() + compressor.spare_buffer.capacity() <= 6 * BLOCK_SIZE
        );
    }
}
