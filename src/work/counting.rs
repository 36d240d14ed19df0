//! How many quotes dispatches have: found out by reading them, and remembered.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::find_quotes;
use crate::desk::{EntryId, Snapshot};
use crate::dispatch::InputProblem;
use crate::load::{RawItem, visit};
use crate::quote::Quote;

/// Shortest time between two reports.
const COUNT_REPORT_INTERVAL: Duration = Duration::from_millis(250);

/// The number of statements of entries, as far as it is known.
#[derive(Debug, Default)]
pub(super) struct QuoteCounts(HashMap<EntryId, u32>);

impl QuoteCounts {
    /// The number of an entry's statements; 0 where it has not been counted.
    pub(super) fn get(&self, id: EntryId) -> u32 {
        self.0.get(&id).copied().unwrap_or(0)
    }

    /// Counts those of all that have not been counted. `tell` is told of how many that is known, and what could not be
    /// read; `None` where it became obsolete.
    pub(super) fn count(
        &mut self,
        snapshot: &Snapshot,
        ids: &[EntryId],
        obsolete: &dyn Fn() -> bool,
        tell: &mut dyn FnMut(usize, Vec<InputProblem>),
    ) -> Option<()> {
        let unknown = |id: &EntryId| !self.0.contains_key(id);
        let open: Vec<EntryId> = ids.iter().copied().filter(unknown).collect();
        let mut looked = ids.len() - open.len();
        let counted = Mutex::new(Vec::new());
        let count = |raw: &RawItem<'_>| {
            let quotes = raw.dispatch().map_or(0, |dispatch| {
                let quotes = find_quotes(&mut dispatch.into_owned());
                let statements = quotes.iter().filter(|quote| Quote::is_statement(quote));
                u32::try_from(statements.count()).unwrap_or(u32::MAX)
            });
            if let Ok(mut counted) = counted.lock() {
                counted.push((raw.id, quotes));
            }
            false
        };
        let (mut whole, mut told) = (true, Instant::now());
        visit(snapshot, &open, &count, &mut |part| {
            looked += part.count;
            if told.elapsed() > COUNT_REPORT_INTERVAL || !part.problems.is_empty() {
                tell(looked, part.problems);
                told = Instant::now();
            }
            whole = !obsolete();
            whole
        });
        self.0.extend(counted.into_inner().unwrap_or_default());
        whole.then_some(())
    }
}
