//! What is known of entries by the others at hand: a byte for each that jobs and screens ask, and who did it.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::super::EntryId;

/// Bits that tell what the desk knows of an entry.
pub(in crate::desk) mod flag {
    pub(in crate::desk) const SUPERSEDED: u8 = 1;
    pub(in crate::desk) const KILLED: u8 = 2;
    pub(in crate::desk) const CORRECTED: u8 = 4;
    pub(in crate::desk) const UNMATCHED: u8 = 8;
    /// Has other versions.
    pub(in crate::desk) const VERSIONS: u8 = 16;
    /// Is no row of its own.
    pub(in crate::desk) const GONE: u8 = 32;
    /// Shares a name with so many that it tells no story.
    pub(in crate::desk) const CROWDED: u8 = 64;
}

/// What the other dispatches at hand make of an entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// The newest version of its story, where that is another one.
    pub superseded_by: Option<EntryId>,
    /// The notice that kills it.
    pub killed_by: Option<EntryId>,
    /// The dispatch that corrects it.
    pub corrected_by: Option<EntryId>,
    /// The entry of the very same dispatch, which came before by another way.
    pub same_as: Option<EntryId>,
    /// True for a kill notice that finds nothing at hand that it kills.
    pub unmatched: bool,
}

impl Standing {
    fn flags(&self) -> u8 {
        let mut flags = 0;
        for (set, flag) in [
            (self.superseded_by.is_some(), flag::SUPERSEDED),
            (self.killed_by.is_some(), flag::KILLED),
            (self.corrected_by.is_some(), flag::CORRECTED),
            (self.unmatched, flag::UNMATCHED),
        ] {
            flags |= if set { flag } else { 0 };
        }
        flags
    }
}

/// The flags of all entries, a segment at a time; empty where none of a segment has any. Shared with snapshots: a segment
/// is copied when it changes.
#[derive(Debug, Clone, Default)]
pub(in crate::desk) struct Flags {
    segments: Arc<Vec<Arc<[u8]>>>,
}

impl Flags {
    pub(in crate::desk) fn of(&self, id: EntryId) -> u8 {
        let segment = self.segments.get(id.segment());
        segment.and_then(|s| s.get(id.row())).copied().unwrap_or(0)
    }

    pub(super) fn set(&mut self, id: EntryId, flags: u8, rows: usize) {
        if self.of(id) == flags {
            return;
        }
        let segments = Arc::make_mut(&mut self.segments);
        if segments.len() <= id.segment() {
            segments.resize(id.segment() + 1, Arc::from([]));
        }
        let segment = &mut segments[id.segment()];
        if segment.is_empty() {
            *segment = vec![0; rows].into();
        }
        if let Some(place) = Arc::make_mut(segment).get_mut(id.row()) {
            *place = flags;
        }
    }
}

/// No entry.
const NONE: u32 = u32::MAX;

/// A standing in four numbers: superseded, killed, corrected by, same as.
type Packed = [u32; 4];

/// Who did what to the few entries of which there is something to say.
#[derive(Debug, Clone, Default)]
pub(super) struct Standings {
    flags: Flags,
    by: HashMap<EntryId, Packed, RandomState>,
}

impl Standings {
    pub(super) fn flags(&self) -> &Flags {
        &self.flags
    }

    pub(super) fn of(&self, id: EntryId) -> Standing {
        let by = self.by.get(&id).copied().unwrap_or([NONE; 4]);
        let [superseded_by, killed_by, corrected_by, same_as] =
            by.map(|number| (number != NONE).then(|| EntryId::from_number(number)));
        Standing {
            superseded_by,
            killed_by,
            corrected_by,
            same_as,
            unmatched: self.flags.of(id) & flag::UNMATCHED != 0,
        }
    }

    /// Sets what is known of an entry; `more` are flags that the standing itself does not tell.
    pub(super) fn set(&mut self, id: EntryId, standing: &Standing, more: u8, rows: usize) {
        let number = |id: Option<EntryId>| {
            let number = id.map(|id| u32::try_from(id.number()).unwrap_or(NONE));
            number.unwrap_or(NONE)
        };
        let by = [
            number(standing.superseded_by),
            number(standing.killed_by),
            number(standing.corrected_by),
            number(standing.same_as),
        ];
        if by == [NONE; 4] {
            if !self.by.is_empty() {
                self.by.remove(&id);
            }
        } else {
            self.by.insert(id, by);
        }
        self.flags.set(id, standing.flags() | more, rows);
    }
}
