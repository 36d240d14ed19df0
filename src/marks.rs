//! Marks as plain data: read, starred, notes, reading positions, and the sets of them that filters ask for. No IO.
//!
//! A star and a note belong to the story ([`crate::index::EntryRef::story_or_item_key`]), read and reading position to
//! the item ([`crate::index::EntryRef::item_key`]). Both keys are hashes of the identifiers that the wire gives, never
//! of a path, so that marks survive moved files.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::text::stable_hash;

/// All marks read from the store.
#[derive(Debug, Clone, Default)]
pub struct SavedMarks {
    pub sets: MarkSets,
    /// Reading positions by item: byte positions in the body.
    pub positions: HashMap<u64, u32>,
    /// History of typed filters, the newest last.
    pub queries: Vec<String>,
    /// Saved views as (name, definition), ordered by name. See [`crate::views::SavedView::definition`].
    pub views: Vec<(String, String)>,
    /// Other settings as (name, value), ordered by name.
    pub settings: Vec<(String, String)>,
}

// Changes to marks.

/// Kinds of marks. The numbers are stored in databases and never change.
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
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::Read,
        Self::Star,
        Self::Note,
        Self::Position,
        Self::Query,
        Self::View,
        Self::Setting,
    ];

    /// Its name in exports.
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

    /// The kind with a name, see [`MarkKind::name`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind with a number in the database.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as i64 == number)
    }
}

/// A change of one mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkChange {
    /// Marks an item as read, or unread.
    Read(u64, bool),
    /// Stars a story, or removes its star.
    Star(u64, bool),
    /// Replaces the note `before` on a story with `text`; empty means no note. If the store has another text than
    /// `before`, another process has edited the note in the meantime, and both texts are kept.
    Note { story: u64, text: String, before: String },
    /// How far an item has been read: a byte position in its body.
    Position(u64, u32),
    /// Adds a typed filter to the history.
    Query(String),
    /// Saves the definition of a view under a name; `None` deletes the view.
    View(String, Option<String>),
    /// Stores another setting under a name; `None` deletes it.
    Setting(String, Option<String>),
}

impl MarkChange {
    /// The kind of mark that it changes.
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

    /// The key of the mark: an item, a story, or the hash of a name.
    #[must_use]
    pub fn key(&self) -> u64 {
        match self {
            Self::Read(key, _) | Self::Star(key, _) | Self::Position(key, _) => *key,
            Self::Note { story, .. } => *story,
            Self::Query(name) | Self::View(name, _) | Self::Setting(name, _) => {
                stable_hash(name.as_bytes())
            }
        }
    }

    /// The change that undoes this one, assuming that the mark was different before. `None` for reading positions,
    /// queries, views and settings, which undo does not cover.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        match self {
            Self::Read(item, read) => Some(Self::Read(*item, !read)),
            Self::Star(story, star) => Some(Self::Star(*story, !star)),
            Self::Note { story, text, before } => {
                Some(Self::Note { story: *story, text: before.clone(), before: text.clone() })
            }
            Self::Position(..) | Self::Query(_) | Self::View(..) | Self::Setting(..) => None,
        }
    }
}

// The marks that a query may ask for, shared with the jobs that run it.

/// Maximum number of lists in a [`LastVisit`] before they are merged: each lookup searches all of them.
const MAX_LISTS: usize = 16;

/// How many items a [`LastVisit`] may have beyond twice those listed now, before those that are gone are dropped.
const MAX_STALE_ITEMS: usize = 10_000;

/// The items that were listed when the last visit ended: sorted item keys, in one or several lists.
///
/// `is:since-last` matches the items in none of them. No clock is involved: neither the wire's time nor the date of a
/// file tells when a dispatch arrived here. If nothing is stored of an earlier visit, everything is new.
#[derive(Debug, Clone, Default)]
pub struct LastVisit {
    lists: Vec<Arc<[u64]>>,
}

impl LastVisit {
    /// Creates it from lists of item keys, each ascending.
    #[must_use]
    pub fn new(lists: Vec<Arc<[u64]>>) -> Self {
        Self { lists }
    }

    /// True if the lists should be replaced by a single one of the `listed` items of today: there are too many lists,
    /// or too many items that are gone.
    #[must_use]
    pub fn needs_compaction(&self, listed: usize) -> bool {
        let kept: usize = self.lists.iter().map(|list| list.len()).sum();
        self.lists.len() > MAX_LISTS || kept > 2 * listed + MAX_STALE_ITEMS
    }

    /// Whether an item was listed at the last visit.
    #[must_use]
    pub fn contains(&self, item: u64) -> bool {
        self.lists.iter().any(|list| list.binary_search(&item).is_ok())
    }
}

/// The marks that queries can ask for. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct MarkSets {
    /// Items that have been read.
    pub read: KeySet,
    /// Starred stories.
    pub starred: KeySet,
    /// Notes by story; none of them is empty. A change while a job has a clone copies all of them.
    pub notes: Arc<HashMap<u64, String>>,
    /// Items that were listed at the last visit.
    pub last_visit: LastVisit,
}

// A copy-on-write set of keys.

/// Shards of a set, one for each value of a byte. With a million keys, a change while a job has a clone of the set
/// copies one shard of about 4,000 keys.
const SHARD_COUNT: usize = 256;

type Shard = HashSet<u64, FixedState>;

/// A set of item or story keys that is cheap both to clone for a job and to change afterwards: a change copies one
/// shard at most.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    /// Indexed by the lowest byte of a key, see [`shard_of`]. Empty while the set is empty.
    shards: Arc<Vec<Arc<Shard>>>,
    count: usize,
}

impl KeySet {
    /// Whether a key is in the set.
    #[must_use]
    pub fn contains(&self, key: u64) -> bool {
        self.shards.get(shard_of(key)).is_some_and(|shard| shard.contains(&key))
    }

    /// Inserts a key, or removes it.
    pub fn set(&mut self, key: u64, is_in: bool) {
        // Without a change nothing may be copied.
        if self.contains(key) == is_in {
            return;
        }
        let shards = Arc::make_mut(&mut self.shards);
        if shards.is_empty() {
            shards.resize_with(SHARD_COUNT, Arc::default);
        }
        let shard = Arc::make_mut(&mut shards[shard_of(key)]);
        if is_in {
            shard.insert(key);
            self.count += 1;
        } else {
            shard.remove(&key);
            self.count -= 1;
        }
    }

    /// Number of keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// True if there are no keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All keys, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = u64> {
        self.shards.iter().flat_map(|shard| shard.iter().copied())
    }
}

impl FromIterator<u64> for KeySet {
    fn from_iter<T: IntoIterator<Item = u64>>(keys: T) -> Self {
        let mut shards = vec![Shard::default(); SHARD_COUNT];
        for key in keys {
            shards[shard_of(key)].insert(key);
        }
        let count = shards.iter().map(Shard::len).sum();
        if count == 0 {
            return Self::default();
        }
        Self { shards: Arc::new(shards.into_iter().map(Arc::new).collect()), count }
    }
}

/// The shard of a key: its lowest byte, since keys are hashes.
fn shard_of(key: u64) -> usize {
    usize::from(key.to_le_bytes()[0])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn key_set_behaves_like_a_hash_set_and_clones_do_not_change(changes: Vec<(u8, bool)>) {
            let mut set = KeySet::default();
            let mut model = HashSet::new();
            for (key, is_in) in changes {
                let (key, clone, before) = (u64::from(key) << 6, set.clone(), model.clone());
                set.set(key, is_in);
                if is_in { model.insert(key); } else { model.remove(&key); }
                prop_assert_eq!(clone.iter().collect::<HashSet<_>>(), before);
                prop_assert_eq!(set.iter().collect::<HashSet<_>>(), model.clone());
                prop_assert_eq!(set.len(), model.len());
                prop_assert_eq!(set.contains(key), is_in);
            }
        }
    }
}
