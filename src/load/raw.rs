//! Reads the bytes of one dispatch again as they are, for those who want to see what the wire sent.

use super::error_reason;
use super::store::InputBytes;
use crate::desk::{ItemOrigin, SourceView};
use crate::dispatch::InputProblem;
use crate::text::{CodeUnits, visible_lines};

/// Most bytes that are shown.
pub const SOURCE_LIMIT: u64 = 256 << 10;

/// The bytes of an entry as lines, and what is to be said about them. `encoding` is that of the dispatch, by its WHATWG
/// name.
///
/// # Errors
/// Where the file cannot be read.
pub fn read_source(origin: &ItemOrigin, encoding: &str) -> Result<SourceView, InputProblem> {
    let failed = |error: std::io::Error| {
        let message = format!("cannot be read again: {}", error_reason(&error));
        InputProblem::unreadable(origin.input.display_path(), message)
    };
    let (store, changed) = InputBytes::open_input(&origin.input).map_err(failed)?;
    let range = origin.bytes.clone();
    let mut notes = vec![format!(
        "{}, bytes {} to {}, {encoding}",
        origin.input.display_path(),
        range.start,
        range.end
    )];
    if changed {
        let note = "The file changed since it was listed: these are its bytes as they are now.";
        notes.push(note.to_owned());
    }
    if let InputBytes::Retained(..) = store {
        notes.push("From what is kept: the file is gone, or was written again.".to_owned());
    }
    if origin.number_in_range > 0 {
        notes.push("These bytes hold other dispatches too.".to_owned());
    }
    let length = range.end.saturating_sub(range.start);
    let mut bytes = Vec::new();
    let end = range.end.min(range.start.saturating_add(SOURCE_LIMIT));
    store.read(range.start..end, &mut bytes).map_err(failed)?;
    if length > SOURCE_LIMIT {
        notes.push(format!(
            "Only the first {SOURCE_LIMIT} of {length} bytes are shown."
        ));
    }
    let units = match encoding {
        "UTF-16LE" => CodeUnits::Utf16Le,
        "UTF-16BE" => CodeUnits::Utf16Be,
        _ => CodeUnits::Bytes,
    };
    Ok(SourceView {
        notes,
        lines: visible_lines(&bytes, units),
    })
}
