//! A set of hashed identities that is cheap to share and to change at once: a change copies a small part of it at most.

use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::FixedState;

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
    use super::*;
    use proptest::prelude::*;

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
