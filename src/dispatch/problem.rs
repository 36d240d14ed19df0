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

impl Severity {
    /// The name in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Fault => "fault",
            Self::Unreadable => "unreadable",
        }
    }
}

/// One problem: where (`line 17`, `byte 2,048`, or empty for the whole input) and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub severity: Severity,
    pub location: String,
    pub message: String,
}

impl Problem {
    /// A problem at a place.
    pub fn new(severity: Severity, place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity,
            location: place.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.location.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.location, self.message)
        }
    }
}

/// A problem and the input that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputProblem {
    /// The path as records show it; empty where no input is meant.
    pub path: String,
    pub problem: Problem,
}

impl InputProblem {
    /// An input, or a part of it, that cannot be shown.
    pub fn unreadable(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            problem: Problem::new(Severity::Unreadable, "", message),
        }
    }
}

impl fmt::Display for InputProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return self.problem.fmt(f);
        }
        let joint = if self.problem.location.is_empty() {
            ": "
        } else {
            ", "
        };
        write!(f, "{}{joint}{}", self.path, self.problem)
    }
}
