//! Per-entry status flags derived from other entries, and which entry caused each.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::index::segment::EntryId;

/// Bits that tell what the desk knows of an entry.
pub(super) mod status_flag {
    pub(crate) const SUPERSEDED: u8 = 1;
    pub(crate) const KILLED: u8 = 2;
    pub(crate) const CORRECTED: u8 = 4;
    pub(crate) const UNMATCHED: u8 = 8;
    /// Has other versions.
    pub(crate) const HAS_VERSIONS: u8 = 16;
    /// Is no row of its own.
    pub(crate) const UNLISTED: u8 = 32;
    /// Shares a name with so many that it tells no story.
    pub(crate) const CROWDED: u8 = 64;
    /// Is no row of its own since its file was written again.
    pub(crate) const REPLACED: u8 = 128;
}

/// What the other dispatches at hand make of an entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoryStatus {
    /// The newest version of its story, where that is another one.
    pub superseded_by: Option<EntryId>,
    /// The notice that kills it.
    pub killed_by: Option<EntryId>,
    /// The dispatch that corrects it.
    pub corrected_by: Option<EntryId>,
    /// The entry of the very same dispatch, which came before by another way.
    pub replaced_by: Option<EntryId>,
    /// True for a kill notice that finds nothing at hand that it kills.
    pub is_unmatched_kill: bool,
}

impl StoryStatus {
    fn flags(&self) -> u8 {
        let mut flags = 0;
        for (set, flag) in [
            (self.superseded_by.is_some(), status_flag::SUPERSEDED),
            (self.killed_by.is_some(), status_flag::KILLED),
            (self.corrected_by.is_some(), status_flag::CORRECTED),
            (self.is_unmatched_kill, status_flag::UNMATCHED),
        ] {
            flags |= if set { flag } else { 0 };
        }
        flags
    }
}

/// The flags of all entries, a segment at a time; empty where none of a segment has any. Shared with snapshots: a segment
/// is copied when it changes.
#[derive(Debug, Clone, Default)]
pub(super) struct StatusFlags {
    segments: Arc<Vec<Arc<[u8]>>>,
    /// How many entries are gone.
    unlisted_count: usize,
}

impl StatusFlags {
    pub(super) fn get(&self, id: EntryId) -> u8 {
        let segment = self.segments.get(id.segment());
        segment.and_then(|s| s.get(id.row())).copied().unwrap_or(0)
    }

    /// How many entries are no rows of their own.
    pub(super) fn gone(&self) -> usize {
        self.unlisted_count
    }

    /// True where no entry was ever given any.
    pub(super) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    pub(super) fn set(&mut self, id: EntryId, flags: u8, rows: usize) {
        if self.get(id) == flags {
            return;
        }
        let segments = Arc::make_mut(&mut self.segments);
        if segments.len() <= id.segment() {
            segments.resize(id.segment() + 1, Arc::from([]));
        }
        let segment = &mut segments[id.segment()];
        if segment.len() < rows {
            let mut longer = segment.to_vec();
            longer.resize(rows, 0);
            *segment = longer.into();
        }
        if let Some(place) = Arc::make_mut(segment).get_mut(id.row()) {
            self.unlisted_count += usize::from(flags & status_flag::UNLISTED != 0);
            self.unlisted_count -= usize::from(*place & status_flag::UNLISTED != 0);
            *place = flags;
        }
    }
}

/// No entry.
const NONE: u32 = u32::MAX;

/// A standing in numbers: superseded, killed, corrected by, same as; and the chain.
type PackedStatus = [u32; 5];

/// Who did what to the few entries of which there is something to say.
#[derive(Debug, Clone, Default)]
pub(super) struct StatusTable {
    pub(super) flags: StatusFlags,
    causes: HashMap<EntryId, PackedStatus, RandomState>,
    /// Versions of stories, the newest first, by number; and the numbers that are free.
    chains: Vec<Box<[EntryId]>>,
    free_chains: Vec<u32>,
}

impl StatusTable {
    pub(super) fn flags(&self) -> &StatusFlags {
        &self.flags
    }

    pub(super) fn of(&self, id: EntryId) -> StoryStatus {
        let by = self.causes.get(&id).copied().unwrap_or([NONE; 5]);
        let [superseded_by, killed_by, corrected_by, same_as, _] =
            by.map(|number| (number != NONE).then(|| EntryId::from_number(number)));
        StoryStatus {
            superseded_by,
            killed_by,
            corrected_by,
            replaced_by: same_as,
            is_unmatched_kill: self.flags.get(id) & status_flag::UNMATCHED != 0,
        }
    }

    /// The versions of an entry's story, the newest first, where there are others.
    pub(super) fn versions(&self, id: EntryId) -> Option<&[EntryId]> {
        let number = self.causes.get(&id)?[4];
        self.chains.get(number as usize).map(|chain| &**chain)
    }

    /// Takes in the versions of a story, the newest first; returns their number.
    pub(super) fn add_versions(&mut self, chain: Vec<EntryId>) -> u32 {
        let chain = chain.into_boxed_slice();
        if let Some(number) = self.free_chains.pop() {
            self.chains[number as usize] = chain;
            return number;
        }
        self.chains.push(chain);
        u32::try_from(self.chains.len() - 1).unwrap_or(NONE)
    }

    /// Gives the chain of an entry up, for all that are in it.
    pub(super) fn drop_versions(&mut self, id: EntryId) {
        let Some(by) = self.causes.get_mut(&id) else {
            return;
        };
        let number = std::mem::replace(&mut by[4], NONE);
        if let Some(chain) = self.chains.get_mut(number as usize)
            && !chain.is_empty()
        {
            *chain = Box::default();
            self.free_chains.push(number);
        }
    }

    /// Sets what is known of an entry: its standing, its chain, and flags that these do not tell. `rows` are those of its
    /// segment.
    pub(super) fn set(
        &mut self,
        id: EntryId,
        standing: &StoryStatus,
        (chain, more): (Option<u32>, u8),
        rows: usize,
    ) {
        let number = |id: Option<EntryId>| {
            let number = id.map(|id| u32::try_from(id.number()).unwrap_or(NONE));
            number.unwrap_or(NONE)
        };
        let by = [
            number(standing.superseded_by),
            number(standing.killed_by),
            number(standing.corrected_by),
            number(standing.replaced_by),
            chain.unwrap_or(NONE),
        ];
        if by == [NONE; 5] {
            if !self.causes.is_empty() {
                self.causes.remove(&id);
            }
        } else {
            self.causes.insert(id, by);
        }
        let versions = if chain.is_some() {
            status_flag::HAS_VERSIONS
        } else {
            0
        };
        self.flags.set(id, standing.flags() | versions | more, rows);
    }
}
