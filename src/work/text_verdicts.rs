//! Which texts have been searched for the last query, and which of them match: a query that is run again because time
//! has passed, something was read or something arrived does not search them again.

use crate::filter::Query;
use crate::index::EntryId;

/// The verdicts of the last query on texts. Texts never change: an entry whose file is rewritten gets another id.
#[derive(Debug, Default)]
pub(super) struct TextVerdicts {
    /// The part of the query that does not change its verdicts, see [`Query::lasting_part`].
    query: Option<Query>,
    /// Entries whose texts have been searched.
    searched: IdSet,
    /// Those of them that match.
    matching: IdSet,
}

/// A set of entries, as a bitmap that grows.
#[derive(Debug, Default)]
struct IdSet(Vec<u64>);

impl IdSet {
    fn insert(&mut self, id: EntryId) {
        let at = id.number() / 64;
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        self.0[at] |= 1 << (id.number() % 64);
    }

    fn remove(&mut self, id: EntryId) {
        if let Some(word) = self.0.get_mut(id.number() / 64) {
            *word &= !(1 << (id.number() % 64));
        }
    }

    fn contains(&self, id: EntryId) -> bool {
        self.0.get(id.number() / 64).is_some_and(|word| word >> (id.number() % 64) & 1 == 1)
    }
}

impl TextVerdicts {
    /// Forgets the verdicts if they are those of another query.
    pub(super) fn prepare(&mut self, query: &Query) {
        let lasting = query.lasting_part();
        if lasting.is_none() || lasting != self.query {
            *self = Self { query: lasting, ..Self::default() };
        }
    }

    /// Parts entries that only their texts can decide: those that are known to match, and those to be searched.
    pub(super) fn split(&self, open: &[EntryId]) -> (Vec<EntryId>, Vec<EntryId>) {
        let known = |id: &&EntryId| self.matching.contains(**id);
        let unknown = |id: &&EntryId| !self.searched.contains(**id);
        let matching = open.iter().filter(known).copied().collect();
        (matching, open.iter().filter(unknown).copied().collect())
    }

    /// Takes in a complete search of some entries: which of them match, and which could not be read.
    pub(super) fn store(&mut self, searched: &[EntryId], found: &[EntryId], unread: &[EntryId]) {
        if self.query.is_none() {
            return;
        }
        for &id in searched {
            self.searched.insert(id);
        }
        for &id in unread {
            self.searched.remove(id);
        }
        for &id in found {
            self.matching.insert(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(rows: &[usize]) -> Vec<EntryId> {
        rows.iter().map(|&row| EntryId::new(row / 10, row % 10)).collect()
    }

    #[test]
    fn verdicts_last_as_long_as_the_query() {
        let mut verdicts = TextVerdicts::default();
        let query = |text: &str| Query::parse(text);
        verdicts.prepare(&query("text:oil is:unread"));
        verdicts.store(&ids(&[0, 1, 2, 30]), &ids(&[1, 30]), &ids(&[2]));
        let open = ids(&[0, 1, 2, 3, 30, 31]);
        let known = (ids(&[1, 30]), ids(&[2, 3, 31]));
        assert_eq!(verdicts.split(&open), known);
        // Other conditions on the entry change nothing about its text.
        for text in ["text:oil newer:2h", "text:oil", "text:oil is:read is:starred"] {
            verdicts.prepare(&query(text));
            assert_eq!(verdicts.split(&open), known, "{text}");
        }
        for text in ["text:oils", "text:oil | is:unread", "text:oil"] {
            verdicts.prepare(&query(text));
            assert_eq!(verdicts.split(&open), (Vec::new(), open.clone()), "{text}");
        }
    }
}
