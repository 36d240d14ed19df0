//! Cuts an input of framed dispatches where its frames begin.

use std::ops::Range;

/// The byte ranges of the frames that begin at these places, ascending. What stands before the first of them belongs to
/// it where `leads` says so of these bytes, else it is one by itself. Ranges that hold nothing to read are left out.
pub(super) fn ranges(
    bytes: &[u8],
    mut starts: Vec<usize>,
    leads: impl Fn(&[u8]) -> bool,
) -> impl Iterator<Item = Range<usize>> {
    match starts.first_mut() {
        Some(first) if leads(&bytes[..*first]) => *first = 0,
        Some(_) => starts.insert(0, 0),
        None => starts.push(0),
    }
    starts.push(bytes.len());
    let ranges: Vec<Range<usize>> = starts.windows(2).map(|pair| pair[0]..pair[1]).collect();
    ranges
        .into_iter()
        .filter(|range| is_read(&bytes[range.clone()]))
}

/// True where something stands that can be read.
pub(super) fn is_read(bytes: &[u8]) -> bool {
    bytes.iter().any(|b| b.is_ascii_graphic() || *b >= 0x80)
}
