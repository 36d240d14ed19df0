//! A dispatch while it is read: what is set already, and what was said about it.

use std::ops::Range;

use super::{Context, Want};
use crate::dispatch::{Dispatch, Problem, Severity};

/// One item of an input, read as far as it was wanted.
pub(super) struct Item {
    pub dispatch: Dispatch,
    /// Words of the body, where it was not built.
    pub words: u32,
    /// True where the body holds a table, where it was not built.
    pub table: bool,
    /// Byte range into the bytes that were given.
    pub bytes: Range<u64>,
    /// Number within its byte range.
    pub nth: u32,
}

/// A dispatch while it is read.
pub(super) struct Draft<'c> {
    pub dispatch: Dispatch,
    pub want: Want,
    pub ctx: &'c Context,
    /// One bit for each [`super::fields::Key`] that has a value.
    pub given: u64,
    /// The dateline that was sent apart has the form of one.
    pub formal: bool,
}

impl<'c> Draft<'c> {
    pub(super) fn new(format: &'static str, raw: &[u8], want: Want, ctx: &'c Context) -> Self {
        let dispatch = Dispatch {
            format,
            raw_hash: crate::text::hash(raw),
            ..Dispatch::default()
        };
        Self {
            dispatch,
            want,
            ctx,
            given: 0,
            formal: false,
        }
    }

    /// Keeps a value under the wire's own name; a second one of the same name is added after `; `.
    pub(super) fn keep(&mut self, name: &str, value: &str) {
        if self.want == Want::Head {
            return;
        }
        let kept = self.dispatch.fields.entry(name.to_owned()).or_default();
        if !kept.is_empty() {
            kept.push_str("; ");
        }
        kept.push_str(value);
    }

    pub(super) fn problem(&mut self, severity: Severity, place: &str, message: String) {
        self.dispatch
            .problems
            .push(Problem::new(severity, place, message));
    }

    /// Notes a value that is not what its name promises, and keeps it.
    pub(super) fn misfit(&mut self, name: &str, value: &str, expected: &str) {
        self.keep(name, value);
        let shown: String = value.chars().take(60).collect();
        self.problem(
            Severity::Note,
            name,
            format!("expected {expected}, found `{shown}`; kept among the fields"),
        );
    }
}
