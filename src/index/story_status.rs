//! Per-entry status flags derived from other entries, and which entry caused each.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::index::segment::EntryId;

/// Status bits of an entry, derived from other entries.
pub(super) mod status_flag {
    /// A newer version of its story exists.
    pub(crate) const SUPERSEDED: u16 = 1;
    /// Another entry kills it.
    pub(crate) const KILLED: u16 = 2;
    /// Another entry corrects it.
    pub(crate) const CORRECTED: u16 = 4;
    /// A kill notice whose target is not in the index.
    pub(crate) const UNMATCHED: u16 = 8;
    /// Its story has other versions.
    pub(crate) const HAS_VERSIONS: u16 = 16;
    /// Not listed as a row: a duplicate, or replaced.
    pub(crate) const UNLISTED: u16 = 32;
    /// Its group is too large to be resolved into stories.
    pub(crate) const CROWDED: u16 = 64;
    /// Unlisted because its file was rewritten.
    pub(crate) const REPLACED: u16 = 128;
    /// Another entry withholds it.
    pub(crate) const WITHHELD: u16 = 256;
    /// A kill or a hold of it was taken back.
    pub(crate) const RESTORED: u16 = 512;
}

/// The status of an entry as derived from other entries in the index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoryStatus {
    /// The newest version of its story, if that is another entry.
    pub superseded_by: Option<EntryId>,
    /// The notice that kills it.
    pub killed_by: Option<EntryId>,
    /// The notice, or the newer revision, that withholds it.
    pub withheld_by: Option<EntryId>,
    /// The dispatch that corrects it.
    pub corrected_by: Option<EntryId>,
    /// The entry listed instead: the same dispatch read from elsewhere, or the new contents of a rewritten file.
    pub replaced_by: Option<EntryId>,
    /// What takes back a kill or a hold of it: a later notice, or the same item sent again. Another kill may be in force
    /// all the same.
    pub restored_by: Option<EntryId>,
    /// True for a kill notice whose target is not in the index.
    pub is_unmatched_kill: bool,
}

impl StoryStatus {
    /// The bits of [`status_flag`] that follow from the status itself.
    fn flags(&self) -> u16 {
        let mut flags = 0;
        for (set, flag) in [
            (self.superseded_by.is_some(), status_flag::SUPERSEDED),
            (self.killed_by.is_some(), status_flag::KILLED),
            (self.withheld_by.is_some(), status_flag::WITHHELD),
            (self.corrected_by.is_some(), status_flag::CORRECTED),
            (self.is_unmatched_kill, status_flag::UNMATCHED),
            (self.restored_by.is_some(), status_flag::RESTORED),
        ] {
            flags |= if set { flag } else { 0 };
        }
        flags
    }
}

/// The status flags of all entries: a slice per segment with a value per row, empty or short where the remaining rows
/// have none. Shared with snapshots, and copied on write, one segment at a time.
#[derive(Debug, Clone, Default)]
pub(super) struct StatusFlags {
    segments: Arc<Vec<Arc<[u16]>>>,
    /// Number of entries with [`status_flag::UNLISTED`].
    unlisted_count: usize,
}

impl StatusFlags {
    /// The flags of an entry, 0 if none were set.
    pub(super) fn get(&self, id: EntryId) -> u16 {
        let segment = self.segments.get(id.segment());
        segment.and_then(|s| s.get(id.row())).copied().unwrap_or(0)
    }

    /// Number of entries that are not listed as rows.
    pub(super) fn unlisted_count(&self) -> usize {
        self.unlisted_count
    }

    /// True if no entry was ever given any flags.
    pub(super) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Sets the flags of an entry. `rows` is the current length of its segment.
    pub(super) fn set(&mut self, id: EntryId, flags: u16, rows: usize) {
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
        if let Some(slot) = Arc::make_mut(segment).get_mut(id.row()) {
            self.unlisted_count += usize::from(flags & status_flag::UNLISTED != 0);
            self.unlisted_count -= usize::from(*slot & status_flag::UNLISTED != 0);
            *slot = flags;
        }
    }
}

/// No entry, or no list of versions.
const NONE: u32 = u32::MAX;

/// Entry numbers of the first five causes in [`StoryStatus`], in the order of its fields, and the index of the list of
/// versions in [`StatusTable::chains`].
type PackedStatus = [u32; 6];

/// Per-entry status flags, and which entry caused each. The causes are a map, since few entries have any.
#[derive(Debug, Clone, Default)]
pub(super) struct StatusTable {
    pub(super) flags: StatusFlags,
    causes: HashMap<EntryId, PackedStatus, RandomState>,
    /// See [`StoryStatus::restored_by`]: a map of its own, since hardly any entry has one.
    restored: HashMap<EntryId, EntryId, RandomState>,
    /// The versions of each story, newest first; empty if the slot is free.
    chains: Vec<Box<[EntryId]>>,
    /// Free slots in `chains`.
    free_chains: Vec<u32>,
}

impl StatusTable {
    pub(super) fn flags(&self) -> &StatusFlags {
        &self.flags
    }

    /// The status of an entry; the default if there is none.
    pub(super) fn of(&self, id: EntryId) -> StoryStatus {
        let causes = self.causes.get(&id).copied().unwrap_or([NONE; 6]);
        let [superseded_by, killed_by, withheld_by, corrected_by, replaced_by, _] =
            causes.map(|number| (number != NONE).then(|| EntryId::from_number(number)));
        StoryStatus {
            superseded_by,
            killed_by,
            withheld_by,
            corrected_by,
            replaced_by,
            restored_by: self.restored.get(&id).copied(),
            is_unmatched_kill: self.flags.get(id) & status_flag::UNMATCHED != 0,
        }
    }

    /// The versions of an entry's story, newest first; `None` if there are no others.
    pub(super) fn versions(&self, id: EntryId) -> Option<&[EntryId]> {
        let number = self.causes.get(&id)?[5];
        self.chains.get(number as usize).map(|chain| &**chain)
    }

    /// Stores the versions of a story, newest first, and returns the index of the list.
    pub(super) fn add_versions(&mut self, versions: Vec<EntryId>) -> u32 {
        let chain = versions.into_boxed_slice();
        if let Some(number) = self.free_chains.pop() {
            self.chains[number as usize] = chain;
            return number;
        }
        self.chains.push(chain);
        u32::try_from(self.chains.len() - 1).unwrap_or(NONE)
    }

    /// Frees the list of versions that an entry belongs to. The caller drops those of all its versions, since the slot
    /// may be reused.
    pub(super) fn drop_versions(&mut self, id: EntryId) {
        let Some(causes) = self.causes.get_mut(&id) else {
            return;
        };
        let number = std::mem::replace(&mut causes[5], NONE);
        if let Some(chain) = self.chains.get_mut(number as usize)
            && !chain.is_empty()
        {
            *chain = Box::default();
            self.free_chains.push(number);
        }
    }

    /// Sets everything about an entry: its status, the index of its list of versions, and flags that do not follow from
    /// these. `rows` is the current length of its segment.
    pub(super) fn set(
        &mut self,
        id: EntryId,
        status: &StoryStatus,
        (chain, extra_flags): (Option<u32>, u16),
        rows: usize,
    ) {
        let number = |id: Option<EntryId>| {
            let number = id.map(|id| u32::try_from(id.number()).unwrap_or(NONE));
            number.unwrap_or(NONE)
        };
        let causes = [
            number(status.superseded_by),
            number(status.killed_by),
            number(status.withheld_by),
            number(status.corrected_by),
            number(status.replaced_by),
            chain.unwrap_or(NONE),
        ];
        if causes == [NONE; 6] {
            if !self.causes.is_empty() {
                self.causes.remove(&id);
            }
        } else {
            self.causes.insert(id, causes);
        }
        match status.restored_by {
            Some(by) => _ = self.restored.insert(id, by),
            None if self.restored.is_empty() => {}
            None => _ = self.restored.remove(&id),
        }
        let versions = if chain.is_some() { status_flag::HAS_VERSIONS } else { 0 };
        self.flags.set(id, status.flags() | versions | extra_flags, rows);
    }
}
