//! What only texts can decide: a job that holds all that it needs, so that it may run anywhere.

use crate::desk::{EntryId, Snapshot};
use crate::filter::Query;
use crate::marks::MarkSets;

/// Entries that one rule leaves open.
#[derive(Debug, Clone)]
pub struct UndecidedEntries {
    /// The number of the rule.
    pub rule: u32,
    pub query: Query,
    pub open: Vec<EntryId>,
}

/// A job for those who read texts.
#[derive(Debug, Clone, Default)]
pub struct RuleJob {
    pub snapshot: Snapshot,
    pub parts: Vec<UndecidedEntries>,
    /// What is read, starred, and was there before.
    pub marks: MarkSets,
    /// True where the entries have just arrived: what is found may raise an alert.
    pub fresh: bool,
}

impl RuleJob {
    /// Takes a later job along.
    pub fn join(&mut self, later: Self) {
        self.snapshot = later.snapshot;
        self.marks = later.marks;
        for part in later.parts {
            match self.parts.iter_mut().find(|own| own.rule == part.rule) {
                Some(own) => own.open.extend(part.open),
                None => self.parts.push(part),
            }
        }
    }
}

/// An entry that a rule keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleMatch {
    pub id: EntryId,
    /// The number of the rule.
    pub rule: u32,
}
