//! What went wrong with an input, as a sentence with a place. Parsers return problems; they never fail.

use std::fmt;

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth saying; everything was read (a year that was inferred).
    Note,
    /// Something of the input could not be read as it should.
    Fault,
    /// The input, or an item in it, could not be shown at all: batch commands exit with 2.
    Unreadable,
}

/// One problem: where (`line 17`, `byte 2,048`, or empty for the whole input) and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub severity: Severity,
    pub place: String,
    pub message: String,
}

impl Problem {
    /// A problem at a place.
    pub fn new(severity: Severity, place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity,
            place: place.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.place, self.message)
        }
    }
}
