//! The record of one input, as `dateline check` prints it.

use std::fmt;

use serde::Serialize;

use crate::dispatch::Problem;

/// One input and what was found of it.
#[derive(Debug, Serialize)]
pub struct CheckRecord<'a> {
    pub path: &'a str,
    /// `null` where no dispatch was read.
    pub format: Option<&'a str>,
    /// Character encodings of its dispatches, sorted.
    pub encodings: Vec<&'a str>,
    pub dispatches: u64,
    pub problems: &'a [ProblemInInput],
}

/// A problem of an input, or of one of its dispatches.
#[derive(Debug, Serialize)]
pub struct ProblemInInput {
    /// Which dispatch of the input, 0-based; `null` for the input itself.
    pub index: Option<u64>,
    /// `note`, `fault` or `unreadable`.
    pub severity: &'static str,
    pub place: String,
    pub message: String,
}

impl ProblemInInput {
    /// A problem, and the number of the dispatch that has it.
    #[must_use]
    pub fn new(problem: &Problem, index: Option<u64>) -> Self {
        Self {
            index,
            severity: problem.severity.name(),
            place: problem.location.clone(),
            message: problem.message.clone(),
        }
    }
}

impl fmt::Display for ProblemInInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(index) = self.index {
            write!(f, "dispatch {index}: ")?;
        }
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.message)
    }
}
