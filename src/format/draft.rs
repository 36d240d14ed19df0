//! A dispatch while it is read: what is set already, and what was said about it.

use std::collections::HashSet;
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
    /// Byte range into its own bytes that stands in the body as it is, JSON's escapes aside. Empty where none is known to.
    pub verbatim: Range<u32>,
}

/// Takes items in order: all of them, or a single one, so that the others are not built.
pub(super) struct Sink<'s> {
    /// Items passed over.
    skip: u32,
    /// Items taken after these, at most.
    most: usize,
    push: &'s mut dyn FnMut(Item),
}

impl<'s> Sink<'s> {
    pub(super) fn all(push: &'s mut dyn FnMut(Item)) -> Self {
        Self {
            skip: 0,
            most: usize::MAX,
            push,
        }
    }

    /// Takes only the item of this number.
    pub(super) fn only(nth: u32, push: &'s mut dyn FnMut(Item)) -> Self {
        Self {
            skip: nth,
            most: 1,
            push,
        }
    }

    /// Takes the next item, which is built only where it is wanted.
    pub(super) fn offer(&mut self, item: impl FnOnce() -> Item) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if self.most > 0 {
            self.most -= 1;
            (self.push)(item());
        }
    }

    /// True where no further item is wanted.
    pub(super) fn is_full(&self) -> bool {
        self.most == 0
    }
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
    /// Address and length of the bytes of the item.
    raw: (usize, usize),
    /// Items that the wire names without saying what this one does to them: its role says that.
    pub references: Vec<String>,
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
            raw: (raw.as_ptr() as usize, raw.len()),
            references: Vec::new(),
        }
    }

    /// Where a text stands in the bytes of the item, if it is a part of them and not made from them.
    pub(super) fn place_of(&self, text: &str) -> Option<Range<u32>> {
        let (start, length) = self.raw;
        let at = (text.as_ptr() as usize).checked_sub(start)?;
        let end = at.checked_add(text.len()).filter(|&end| end <= length)?;
        Some(u32::try_from(at).ok()?..u32::try_from(end).ok()?)
    }

    /// Bytes of the item.
    pub(super) fn length(&self) -> usize {
        self.raw.1
    }

    /// Names another item that this one acts on in the way of its role.
    pub(super) fn reference(&mut self, id: &str) {
        self.references.push(id.to_owned());
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

    /// Adds links that are not there yet.
    pub(super) fn links(&mut self, links: Vec<String>) {
        if self.want == Want::Whole {
            let before: HashSet<String> = self.dispatch.links.iter().cloned().collect();
            let new = links.into_iter().filter(|link| !before.contains(link));
            self.dispatch.links.extend(new);
        }
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
