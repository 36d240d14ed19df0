//! Problems found in an input: a message and where it applies. Parsers return problems; they never fail.

use std::fmt;

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Everything was read, but the reader should know something (a year was inferred).
    Note,
    /// Part of the input could not be read as intended.
    Fault,
    /// The input, or an item in it, cannot be shown at all; batch commands exit with 2.
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

/// One problem. Displayed as `location: message`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub severity: Severity,
    /// `line 17`, `byte 2,048` or the name of a field; empty if the problem concerns the whole input.
    pub location: String,
    /// A sentence without a full stop.
    pub message: String,
}

impl Problem {
    pub fn new(
        severity: Severity,
        location: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            location: location.into(),
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

/// A problem and the input that it was found in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputProblem {
    /// The path as records show it; empty if the problem concerns no particular input.
    pub path: String,
    pub problem: Problem,
}

impl InputProblem {
    /// A [`Severity::Unreadable`] problem that concerns the whole input.
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
        let separator = if self.problem.location.is_empty() {
            ": "
        } else {
            ", "
        };
        write!(f, "{}{separator}{}", self.path, self.problem)
    }
}
