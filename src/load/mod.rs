//! From paths, standard input and the built-in wire to entries: walks, reads, scans, and reads single dispatches again.

mod builtin;
mod job;
mod open;
mod parts;
mod walk;

pub use builtin::WIRE;
pub use job::{Report, Source, Summary, load};
pub use open::open;

use crate::dispatch::{Problem, Severity};

/// A problem and the input that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputProblem {
    /// The path as records show it.
    pub path: String,
    pub problem: Problem,
}

impl InputProblem {
    fn unreadable(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), problem: Problem::new(Severity::Unreadable, "", message) }
    }
}

impl std::fmt::Display for InputProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.is_empty() {
            return self.problem.fmt(f);
        }
        let joint = if self.problem.place.is_empty() { ": " } else { ", " };
        write!(f, "{}{joint}{}", self.path, self.problem)
    }
}

/// An error of the system as the end of a sentence: `no such file or directory`.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
