//! Zstandard data of one frame or of many, one after the other (RFC 8878, section 3).

use std::io::{self, BufRead, Read};

use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::kind::{skip_zero_padding, trailing_data_error};

/// Reads what all frames hold.
pub(super) enum ZstdReader<R: Read> {
    /// Before a frame.
    Next(R),
    Frame(Box<StreamingDecoder<R, FrameDecoder>>),
    End,
}

impl<R: BufRead> ZstdReader<R> {
    pub(super) fn new(packed: R) -> Self {
        Self::Next(packed)
    }
}

impl<R: BufRead> Read for ZstdReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(self, Self::End) {
                Self::End => return Ok(0),
                Self::Next(mut packed) => {
                    if skip_zero_padding(&mut packed)? {
                        return Ok(0);
                    }
                    if !packed.fill_buf()?.starts_with(b"\x28") {
                        return Err(trailing_data_error());
                    }
                    let frame = StreamingDecoder::new(packed).map_err(io::Error::other)?;
                    *self = Self::Frame(Box::new(frame));
                }
                Self::Frame(mut frame) => {
                    let count = frame.read(into)?;
                    if count > 0 || into.is_empty() {
                        *self = Self::Frame(frame);
                        return Ok(count);
                    }
                    *self = Self::Next(frame.into_inner());
                }
            }
        }
    }
}
