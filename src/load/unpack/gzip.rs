//! Gzip data of one member or of many, one after the other (RFC 1952, section 2.2).

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

use super::kind::{at_end, trailing};

/// Reads what all members hold.
pub(super) struct Gzip<R> {
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Gzip<R> {
    pub(super) fn new(packed: R) -> Self {
        Self {
            member: Some(GzDecoder::new(packed)),
        }
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let count = member.read(into)?;
            if count > 0 || into.is_empty() {
                return Ok(count);
            }
            let Some(mut packed) = self.member.take().map(GzDecoder::into_inner) else {
                break;
            };
            if at_end(&mut packed)? {
                break;
            }
            if !packed.fill_buf()?.starts_with(b"\x1f") {
                return Err(trailing());
            }
            self.member = Some(GzDecoder::new(packed));
        }
        Ok(0)
    }
}
