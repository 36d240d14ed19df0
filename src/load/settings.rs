//! Reads a small text file of the reader's own: the config file.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::error_reason;

/// Longest file that is read, in bytes.
const TEXT_FILE_LIMIT: u64 = 1 << 20;

/// The text of a file; `None` where there is none of that name.
///
/// # Errors
/// Why it cannot be read, as the end of a sentence.
pub fn read_text_file(path: &Path) -> Result<Option<String>, String> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("cannot be opened: {}", error_reason(&error))),
    };
    let mut bytes = Vec::new();
    let read = file.take(TEXT_FILE_LIMIT + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("cannot be read: {}", error_reason(&error)))?;
    if bytes.len() as u64 > TEXT_FILE_LIMIT {
        return Err(format!("is too long: more than {TEXT_FILE_LIMIT} bytes"));
    }
    let text = String::from_utf8(bytes);
    let text = text.map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("is not UTF-8, from byte {at} on")
    })?;
    Ok(Some(text))
}
