//! Problems found in an input: a message and where it applies. Parsers return problems; they never fail.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Deref;

use crate::text::{count_noun, stable_hash};

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
    /// For a problem that is reported once for several dispatches: their number. Otherwise 0.
    pub dispatches: usize,
}

impl Problem {
    pub fn new(
        severity: Severity,
        location: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self { severity, location: location.into(), message: message.into(), dispatches: 0 }
    }

    /// The message, with the number of dispatches if it is reported once for several.
    #[must_use]
    pub fn sentence(&self) -> Cow<'_, str> {
        match self.dispatches {
            0 => Cow::Borrowed(&self.message),
            count => Cow::Owned(format!("{} ({})", self.message, count_noun(count, "dispatch"))),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.location.is_empty() {
            write!(f, "{}: ", self.location)?;
        }
        f.write_str(&self.sentence())
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
        Self { path: path.into(), problem: Problem::new(Severity::Unreadable, "", message) }
    }
}

impl fmt::Display for InputProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return self.problem.fmt(f);
        }
        let separator = if self.problem.location.is_empty() { ": " } else { ", " };
        write!(f, "{}{separator}{}", self.path, self.problem)
    }
}

/// Problems in order of arrival, each once. Those with the same message are a kind: beyond the first
/// 1,000 they are only counted, so that memory stays limited however long problems arrive.
///
/// A problem that stands for several dispatches replaces the earlier one of its kind: a newer search counted anew.
#[derive(Debug, Default)]
pub struct Problems {
    list: Vec<InputProblem>,
    /// By message.
    kinds: HashMap<String, ProblemKind>,
    /// Hashes of the texts of those in the list.
    texts: HashSet<u64>,
    left_out: usize,
}

/// The problems that have the same message.
#[derive(Debug, Default)]
struct ProblemKind {
    /// Number of them in the list.
    listed: usize,
    /// Index of the one that stands for several dispatches.
    counted: Option<usize>,
}

/// Most problems of a kind that are listed.
const MAX_OF_A_KIND: usize = 1000;

/// Most kinds of problems that are listed.
const MAX_KINDS: usize = 1000;

impl Problems {
    /// Adds a problem unless it is there already.
    pub fn push(&mut self, problem: InputProblem) {
        let inner = &problem.problem;
        let is_known = self.kinds.contains_key(&inner.message);
        if !is_known && self.kinds.len() >= MAX_KINDS {
            self.left_out += 1;
            return;
        }
        let kind = self.kinds.entry(inner.message.clone()).or_default();
        if inner.dispatches > 0 {
            if let Some(at) = kind.counted {
                self.list[at] = problem;
                return;
            }
            kind.counted = Some(self.list.len());
        } else {
            let hash = stable_hash(problem.to_string().as_bytes());
            if self.texts.contains(&hash) {
                return;
            }
            if kind.listed >= MAX_OF_A_KIND {
                self.left_out += 1;
                return;
            }
            self.texts.insert(hash);
        }
        kind.listed += 1;
        self.list.push(problem);
    }

    /// The number of problems, listed or not.
    #[must_use]
    pub fn count(&self) -> usize {
        self.list.len() + self.left_out
    }
}

/// Those that are listed.
impl Deref for Problems {
    type Target = [InputProblem];

    fn deref(&self) -> &[InputProblem] {
        &self.list
    }
}

impl From<Vec<InputProblem>> for Problems {
    fn from(problems: Vec<InputProblem>) -> Self {
        let mut all = Self::default();
        for problem in problems {
            all.push(problem);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of each problem: path, message, and number of dispatches.
    #[track_caller]
    fn check(problems: &[(&str, &str, usize)], expected: &[&str]) {
        let problem = |&(path, message, dispatches): &(&str, &str, usize)| {
            let mut problem = InputProblem::unreadable(path, message);
            problem.problem.dispatches = dispatches;
            problem
        };
        let all = Problems::from(problems.iter().map(problem).collect::<Vec<_>>());
        let texts: Vec<String> = all.iter().map(ToString::to_string).collect();
        assert_eq!(texts, expected);
        assert_eq!(all.count(), expected.len());
    }

    #[test]
    fn each_problem_is_listed_once_and_searches_count_anew() {
        check(&[("a", "gone", 0), ("a", "gone", 0), ("b", "gone", 0)], &["a: gone", "b: gone"]);
        check(
            &[("a", "gone", 3000), ("c", "late", 0), ("b and others", "gone", 2), ("b", "gone", 0)],
            &["b and others: gone (2 dispatches)", "c: late", "b: gone"],
        );
    }

    #[test]
    fn many_problems_of_a_kind_take_limited_memory() {
        let mut all = Problems::default();
        for number in 0..5000 {
            all.push(InputProblem::unreadable(format!("{number}.txt"), "is empty"));
        }
        assert_eq!((all.len(), all.count()), (MAX_OF_A_KIND, 5000));
        for number in 0..5000 {
            all.push(InputProblem::unreadable("a.txt", format!("line {number} is empty")));
        }
        assert_eq!((all.len(), all.count()), (MAX_OF_A_KIND + MAX_KINDS - 1, 10_000));
    }
}
