//! Gzip data of one member or of many, one after the other (RFC 1952, section 2.2).

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

use super::kind::{skip_zero_padding, trailing_data_error};

/// Reads what all members hold.
pub(super) struct GzipReader<R> {
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> GzipReader<R> {
    pub(super) fn new(packed: R) -> Self {
        Self {
            member: Some(GzDecoder::new(packed)),
        }
    }
}

impl<R: BufRead> Read for GzipReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let count = member.read(into)?;
            if count > 0 || into.is_empty() {
                return Ok(count);
            }
            let Some(mut packed) = self.member.take().map(GzDecoder::into_inner) else {
                break;
            };
            if skip_zero_padding(&mut packed)? {
                break;
            }
            if !packed.fill_buf()?.starts_with(b"\x1f") {
                return Err(trailing_data_error());
            }
            self.member = Some(GzDecoder::new(packed));
        }
        Ok(0)
    }
}
