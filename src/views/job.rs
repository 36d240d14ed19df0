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
    pub entries: Vec<EntryId>,
}

/// A job for those who read texts.
#[derive(Debug, Clone, Default)]
pub struct RuleJob {
    pub snapshot: Snapshot,
    pub undecided: Vec<UndecidedEntries>,
    /// What is read, starred, and was there before.
    pub marks: MarkSets,
    /// True where the entries have just arrived: what is found may raise an alert.
    pub is_arrival: bool,
}

impl RuleJob {
    /// Takes a later job along.
    pub fn append(&mut self, later: Self) {
        self.snapshot = later.snapshot;
        self.marks = later.marks;
        for part in later.undecided {
            match self.undecided.iter_mut().find(|own| own.rule == part.rule) {
                Some(own) => own.entries.extend(part.entries),
                None => self.undecided.push(part),
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
