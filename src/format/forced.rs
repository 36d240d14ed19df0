//! A format that is asked for by its name instead of found by the looks of an input.

use super::detect::Sample;
use super::{FORMATS, FormatId, detect};
use crate::dispatch::Problem;

/// A format that is asked for by its name, whatever the input looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestedFormat(&'static str);

impl RequestedFormat {
    /// The format of a name (`json`), in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        FormatId::from_name(name).map(|id| Self(id.row().name))
    }

    /// The names that there are, each once, in the order of the table.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        let mut names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        names.dedup();
        names
    }
}

/// The format asked for, or what [`detect()`] finds. Of rows that share a name, the first that recognises the input, else
/// the last one.
///
/// # Errors
/// As [`detect()`]; a format asked for is only refused where the input is empty.
pub fn detect_as(forced: Option<RequestedFormat>, bytes: &[u8]) -> Result<FormatId, Problem> {
    let Some(RequestedFormat(name)) = forced.filter(|_| !bytes.is_empty()) else {
        return detect(bytes);
    };
    let sample = Sample::new(bytes);
    let mut rows = FormatId::all().filter(|id| id.row().name == name);
    let found = rows.clone().find(|id| (id.row().recognises)(&sample));
    Ok(found
        .or_else(|| rows.next_back())
        .unwrap_or(FormatId::PLAIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_share_a_name_are_told_apart_by_the_input() {
        let plain = RequestedFormat::from_name("Plain");
        assert_eq!(detect_as(plain, b"{}").ok(), Some(FormatId::PLAIN));
        let json = RequestedFormat::from_name("json");
        let rows = |bytes: &[u8]| detect_as(json, bytes).map(|id| id.row().boundary);
        assert_ne!(rows(b"{\"a\": 1}\n{\"a\": 2}\n"), rows(b"[{\"a\": 1}]"));
        assert!(detect_as(plain, b"").is_err());
        assert_eq!(RequestedFormat::from_name("telegram"), None);
    }
}
