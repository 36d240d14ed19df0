//! Compresses the blocks of what is kept, in room that is taken once, and unpacks what is asked for.

use std::io::Read;
use std::sync::Mutex;

use flate2::read::ZlibDecoder;
use flate2::{Compress, Compression, FlushCompress, Status};

use super::keep::{BLOCK_SIZE, lock_block};
use crate::desk::{ByteBlock, RetainedBytes};

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
pub(in crate::load) fn read_retained(kept: &RetainedBytes) -> Result<Vec<u8>, String> {
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
