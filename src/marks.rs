//! What a reader marks, as plain data: read, star, note, place, and the sets of them that jobs look at.
//!
//! A star and a note belong to the story ([`crate::index::EntryRef::story`]), read and place to the item
//! ([`crate::index::EntryRef::item`]): both are hashes of what the wire calls it, never of a path, so that marks outlive
//! files that are moved.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::text::hash;

/// All that was kept in earlier sessions.
#[derive(Debug, Clone, Default)]
pub struct SavedMarks {
    pub sets: MarkSets,
    /// Notes by story.
    pub notes: HashMap<u64, String>,
    /// Places by item: byte positions in the body.
    pub positions: HashMap<u64, u32>,
    /// Filters that were typed, the newest last.
    pub queries: Vec<String>,
    /// Saved views: name and definition, by name.
    pub views: Vec<(String, String)>,
    /// What else is remembered: name and value, by name.
    pub settings: Vec<(String, String)>,
}

// One change of one mark, and its opposite.

/// Kinds of marks. The numbers stand in databases and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MarkKind {
    Read = 1,
    Star = 2,
    Note = 3,
    Position = 4,
    Query = 5,
    View = 6,
    Setting = 7,
}

impl MarkKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Read,
        Self::Star,
        Self::Note,
        Self::Position,
        Self::Query,
        Self::View,
        Self::Setting,
    ];

    /// The name in exports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Star => "star",
            Self::Note => "note",
            Self::Position => "place",
            Self::Query => "query",
            Self::View => "view",
            Self::Setting => "setting",
        }
    }

    /// The kind of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind of a number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as i64 == number)
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkChange {
    /// An item has been read, or not.
    Read(u64, bool),
    /// A story is starred, or not.
    Star(u64, bool),
    /// The note on a story, empty for none, and the one that it takes the place of: where that is not what is kept, another
    /// process has written one, and both are kept.
    Note {
        story: u64,
        text: String,
        before: String,
    },
    /// How far an item has been read: a byte position in its body.
    Position(u64, u32),
    /// A filter has been typed.
    Query(String),
    /// A saved view of that name, or none any more.
    View(String, Option<String>),
    /// Something else to remember under a name, or to forget.
    Setting(String, Option<String>),
}

impl MarkChange {
    /// What kind of mark it changes.
    #[must_use]
    pub fn kind(&self) -> MarkKind {
        match self {
            Self::Read(..) => MarkKind::Read,
            Self::Star(..) => MarkKind::Star,
            Self::Note { .. } => MarkKind::Note,
            Self::Position(..) => MarkKind::Position,
            Self::Query(_) => MarkKind::Query,
            Self::View(..) => MarkKind::View,
            Self::Setting(..) => MarkKind::Setting,
        }
    }

    /// What it marks: an item, a story, or the hash of a name.
    #[must_use]
    pub fn key(&self) -> u64 {
        match self {
            Self::Read(key, _) | Self::Star(key, _) | Self::Position(key, _) => *key,
            Self::Note { story, .. } => *story,
            Self::Query(name) | Self::View(name, _) | Self::Setting(name, _) => {
                hash(name.as_bytes())
            }
        }
    }

    /// The change that takes this one back, where what it changes was different before. Of a place or a name there is
    /// none: nobody calls that a mark.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        match self {
            Self::Read(item, read) => Some(Self::Read(*item, !read)),
            Self::Star(story, star) => Some(Self::Star(*story, !star)),
            Self::Note {
                story,
                text,
                before,
            } => Some(Self::Note {
                story: *story,
                text: before.clone(),
                before: text.clone(),
            }),
            Self::Position(..) | Self::Query(_) | Self::View(..) | Self::Setting(..) => None,
        }
    }
}

// The marks that a query may ask for, shared with the jobs that run it.

/// Most lists that are kept beside each other, and items that are kept though they are gone.
const MAX_LISTS: usize = 16;

const MAX_STALE_ITEMS: usize = 10_000;

/// What had been listed when the last visit ended: sorted hashes of items, in one or several lists.
///
/// `is:since-last` keeps what is in none of them. No clock is asked: neither the wire's time nor the date of a file tells
/// when a dispatch arrived here. Where nothing was kept of a visit, everything is new.
#[derive(Debug, Clone, Default)]
pub struct LastVisit {
    lists: Vec<Arc<[u64]>>,
}

impl LastVisit {
    /// Of some lists, each ascending.
    #[must_use]
    pub fn new(lists: Vec<Arc<[u64]>>) -> Self {
        Self { lists }
    }

    /// True where it is time to write one list of what is listed now (so many items) in the place of all that is kept.
    #[must_use]
    pub fn needs_compaction(&self, listed: usize) -> bool {
        let kept: usize = self.lists.iter().map(|list| list.len()).sum();
        self.lists.len() > MAX_LISTS || kept > 2 * listed + MAX_STALE_ITEMS
    }

    /// Whether an item had been listed.
    #[must_use]
    pub fn contains(&self, item: u64) -> bool {
        self.lists
            .iter()
            .any(|list| list.binary_search(&item).is_ok())
    }
}

/// Read and starred, and what was there before.
#[derive(Debug, Clone, Default)]
pub struct MarkSets {
    /// Items that have been read.
    pub read: KeySet,
    /// Stories that are starred.
    pub starred: KeySet,
    /// Items that were there at the last visit.
    pub last_visit: LastVisit,
}

// A set of hashed identities that is cheap to share and to change at once: a change copies a small part of it at
// most.

/// Parts of a set: of a million keys, a change while somebody else holds the set copies some four thousand.
const SHARD_COUNT: usize = 256;

type Shard = HashSet<u64, FixedState>;

/// Some items or stories.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    /// By the last eight bits of the keys; none at all while the set is empty.
    shards: Arc<Vec<Arc<Shard>>>,
    count: usize,
}

impl KeySet {
    /// Whether a key is in it.
    #[must_use]
    pub fn contains(&self, key: u64) -> bool {
        self.shards
            .get(shard_of(key))
            .is_some_and(|part| part.contains(&key))
    }

    /// Takes a key in, or out.
    pub fn set(&mut self, key: u64, is_in: bool) {
        if self.contains(key) == is_in {
            return;
        }
        let parts = Arc::make_mut(&mut self.shards);
        if parts.is_empty() {
            parts.resize_with(SHARD_COUNT, Arc::default);
        }
        let part = Arc::make_mut(&mut parts[shard_of(key)]);
        if is_in {
            part.insert(key);
            self.count += 1;
        } else {
            part.remove(&key);
            self.count -= 1;
        }
    }

    /// How many keys it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// True where it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All keys, in no order.
    pub fn iter(&self) -> impl Iterator<Item = u64> {
        self.shards.iter().flat_map(|part| part.iter().copied())
    }
}

impl FromIterator<u64> for KeySet {
    fn from_iter<T: IntoIterator<Item = u64>>(keys: T) -> Self {
        let mut parts = vec![Shard::default(); SHARD_COUNT];
        for key in keys {
            parts[shard_of(key)].insert(key);
        }
        let count = parts.iter().map(Shard::len).sum();
        if count == 0 {
            return Self::default();
        }
        Self {
            shards: Arc::new(parts.into_iter().map(Arc::new).collect()),
            count,
        }
    }
}

fn shard_of(key: u64) -> usize {
    usize::from(key.to_le_bytes()[0])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set_and_what_is_shared_stays(changes: Vec<(u8, bool)>) {
            let mut set = KeySet::default();
            let mut model = HashSet::new();
            for (key, is_in) in changes {
                let (key, held, before) = (u64::from(key) << 6, set.clone(), model.clone());
                set.set(key, is_in);
                if is_in { model.insert(key); } else { model.remove(&key); }
                prop_assert_eq!(held.iter().collect::<HashSet<_>>(), before);
                prop_assert_eq!(set.iter().collect::<HashSet<_>>(), model.clone());
                prop_assert_eq!(set.len(), model.len());
                prop_assert_eq!(set.contains(key), is_in);
            }
        }
    }
}
