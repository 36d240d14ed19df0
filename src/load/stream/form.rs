//! What format a stream has, told while it comes, and where the items end that have come as a whole.

use super::super::parts::PART_SIZE;
use super::super::reader::FORMAT_SAMPLE_SIZE;
use super::super::unpack::PackedFormat;
use super::StreamState;
use crate::dispatch::Problem;
use crate::format::{self, RecordBoundary};

impl StreamState {
    /// Where the items end that have come as a whole. What was searched is not searched again.
    pub(super) fn find_items_end(&mut self) -> Option<usize> {
        let format = self.format?.row();
        let from = self.searched_to;
        // What tells a place may have come in part before.
        self.searched_to = self.pending.len().saturating_sub(RecordBoundary::LOOKAHEAD);
        if let Some(ends) = format.find_frame_end {
            return ends(&self.pending[from..]).map(|end| from + end);
        }
        let cut = format.boundary;
        let found = cut.find_last(&self.pending, from).or(self.last_boundary);
        // Without what follows, the last bytes tell nothing yet, unless every newline is a cut.
        let sure = |at: &usize| {
            self.paused
                || cut == RecordBoundary::Newline
                || self.pending.len() - at >= RecordBoundary::LOOKAHEAD
        };
        self.last_boundary = found.filter(|&at| at > 0);
        self.last_boundary.filter(sure)
    }

    /// Why the stream is not read on; looked at once, as soon as enough has come to tell, and the format with it.
    pub(super) fn detect_early(&mut self, came: usize) -> Option<Problem> {
        if self.read <= FORMAT_SAMPLE_SIZE || self.read - came as u64 > FORMAT_SAMPLE_SIZE {
            return None;
        }
        if PackedFormat::detect(&self.pending).is_some() {
            return None;
        }
        let format = match format::detect_as(self.forced, &self.pending) {
            Ok(format) => format,
            Err(problem) => return Some(problem),
        };
        // That each line is an item is seen by more lines, or by the first one.
        let sure = format.row().find_frame_end.is_some()
            || !matches!(
                format.row().boundary,
                RecordBoundary::Unsplittable | RecordBoundary::Newline
            );
        self.format = self.format.or(sure.then_some(format));
        None
    }

    /// Finds out the format: sure where the first line is an object, and where as much has come as is looked at in a
    /// file.
    pub(super) fn detect_format(&mut self) {
        let enough = self.pending.len() as u64 >= 2 * PART_SIZE;
        if self.format.is_some() || !enough && !begins_with_object(&self.pending) {
            return;
        }
        self.format = format::detect_as(self.forced, &self.pending)
            .ok()
            .filter(|format| {
                format.row().boundary != RecordBoundary::Unsplittable
                    || format.row().find_frame_end.is_some()
            });
    }

    /// Where a stream pauses after several items that are told apart by what begins them, or after one that is in a
    /// frame, that is its format.
    pub(super) fn detect_format_at_pause(&mut self) {
        if self.format.is_some() || self.pending.is_empty() {
            return;
        }
        let format = format::detect_as(self.forced, &self.pending).ok();
        self.format = format.filter(|format| {
            let cut = format.row().boundary;
            if let Some(ends) = format.row().find_frame_end {
                return ends(&self.pending).is_some();
            }
            !matches!(cut, RecordBoundary::Unsplittable | RecordBoundary::Newline)
                && cut.find_last(&self.pending, 1).is_some()
        });
    }
}

/// True where the first line is there to its end and looks like an object.
fn begins_with_object(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.trim_ascii_start();
    if start.first() != Some(&b'{') {
        return false;
    }
    memchr::memchr(b'\n', start).is_some_and(|end| start[..end].trim_ascii_end().ends_with(b"}"))
}
