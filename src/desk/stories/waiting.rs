//! Names that dispatches gave of items that were not at hand then, and the dispatches that gave them.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::super::{EntryId, Segment, letters_of};
use super::notices::is_in_window;

/// Who waits for what.
#[derive(Debug, Clone, Default)]
pub(super) struct Waiting {
    names: HashMap<u64, Vec<EntryId>, RandomState>,
    headlines: Vec<Headline>,
}

/// A headline that a notice names.
#[derive(Debug, Clone)]
struct Headline {
    notice: EntryId,
    /// Folded, and its letters.
    text: Box<str>,
    letters: u64,
}

impl Waiting {
    /// Whoever waits for a name.
    pub(super) fn of(&self, key: u64) -> impl Iterator<Item = EntryId> {
        let waiting = if self.names.is_empty() {
            None
        } else {
            self.names.get(&key)
        };
        waiting.into_iter().flatten().copied()
    }

    /// Lets an entry wait for a name.
    pub(super) fn add(&mut self, key: u64, id: EntryId) {
        let waiting = self.names.entry(key).or_default();
        if waiting.last() != Some(&id) {
            waiting.push(id);
        }
    }

    /// The entries that have a headline which a notice names; the notice waits for others.
    pub(super) fn add_headline(
        &mut self,
        segments: &[Arc<Segment>],
        notice: EntryId,
        text: &str,
    ) -> Vec<EntryId> {
        let headline = Headline {
            notice,
            text: text.into(),
            letters: letters_of(text),
        };
        let numbers = 0..segments.len();
        let found = numbers.flat_map(|number| headline.find(segments, (number, 0)));
        let found = found.collect();
        self.headlines.push(headline);
        found
    }

    /// Calls back with every notice and entry of a segment, from a row on, whose headline it names.
    pub(super) fn headlines(
        &self,
        segments: &[Arc<Segment>],
        from: (usize, usize),
        mut found: impl FnMut(EntryId, EntryId),
    ) {
        for headline in &self.headlines {
            for id in headline.find(segments, from) {
                found(headline.notice, id);
            }
        }
    }
}

impl Headline {
    /// The entries of a segment, from a row on, that have it, in the time before the notice.
    fn find(&self, segments: &[Arc<Segment>], (number, old): (usize, usize)) -> Vec<EntryId> {
        let notice = (segments.get(self.notice.segment())).and_then(|s| s.entry(self.notice.row()));
        let (Some(segment), Some(notice)) = (segments.get(number), notice) else {
            return Vec::new();
        };
        let masks = segment.masks().iter().enumerate().skip(old);
        let lettered = masks.filter(|(_, mask)| **mask & self.letters == self.letters);
        let is = |&(row, _): &(usize, &u64)| {
            segment.folded_headline(row).ends_with(&*self.text)
                && segment.entry(row).is_some_and(|entry| {
                    entry.bare_headline() == &*self.text && is_in_window(entry, notice)
                        || entry.folded_headline() == &*self.text
                })
        };
        let found = lettered
            .filter(is)
            .map(|(row, _)| EntryId::new(number, row));
        found.filter(|&id| id != self.notice).collect()
    }
}
