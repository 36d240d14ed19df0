//! What the desk found that does something to the dispatches that are printed: which item supersedes one, which kills it.

use std::collections::HashMap;

use crate::desk::{Desk, EntryId, EntryRef, Standing};
use crate::load;
use crate::record::Told;

/// What is told of some entries, in their order. Those that do something to them are read again for their ids; those
/// without an id are known by their hash.
pub(super) fn told(desk: &Desk, ids: &[EntryId]) -> Vec<Told> {
    // What came twice has one standing.
    let first = |id: EntryId| desk.successor(id).unwrap_or(id);
    let standings: Vec<Standing> = ids.iter().map(|&id| desk.standing(first(id))).collect();
    let doers = |s: &Standing| [s.superseded_by, s.killed_by];
    let mut others: Vec<EntryId> = standings.iter().flat_map(doers).flatten().collect();
    others.sort_unstable();
    others.dedup();
    let hash = |id: EntryId| desk.entry(id).map(|entry| format!("{:016x}", entry.item()));
    let origin = |id: &EntryId| {
        let entry = desk.entry(*id)?;
        Some((*id, (entry.origin()?, entry.item())))
    };
    let (read, origins): (Vec<EntryId>, Vec<_>) = others.iter().filter_map(origin).unzip();
    let opened = load::open_all(&origins).into_iter();
    let items = opened.map(|read| read.ok().map(|dispatch| dispatch.item()));
    let items: HashMap<EntryId, String> = read
        .into_iter()
        .zip(items)
        .filter_map(|(id, item)| Some((id, item?)))
        .collect();
    let item = |id: Option<EntryId>| {
        let id = id?;
        items.get(&id).cloned().or_else(|| hash(id))
    };
    let one = |standing: &Standing| Told {
        superseded_by: item(standing.superseded_by),
        killed_by: item(standing.killed_by),
    };
    standings.iter().map(one).collect()
}

/// What stands before a headline in lines of text, so that it can be searched for: `[killed] `.
pub(super) fn mark(entry: EntryRef<'_>) -> &'static str {
    if entry.is_killed() {
        "[killed] "
    } else if entry.is_unmatched() {
        "[kill notice, not matched] "
    } else if entry.is_superseded() {
        "[superseded] "
    } else if entry.is_corrected() {
        "[corrected] "
    } else {
        ""
    }
}
