//! The second tier of the list as state: dispatches that contain the words of the filter only with their texts, how far
//! these have been searched, and the words around each hit.

use std::collections::HashMap;
use std::ops::Range;

use crate::filter::{Excerpt, Query};
use crate::index::EntryId;

/// Most excerpts that are kept. Beyond it they are read again when their rows are shown.
const MAX_EXCERPTS: usize = 4_000;

/// The second tier of the list.
#[derive(Debug)]
pub struct TextTier {
    /// Whether texts are searched at all: the setting `texts`.
    pub is_on: bool,
    pub phase: TextPhase,
    /// The query of the tier; `None` if the filter has none, see [`Query::including_texts`].
    pub query: Option<Query>,
    /// Nothing is waited for: the keys have rested, or the filter is not being typed.
    pub(super) is_due: bool,
    /// While texts are being searched: texts searched, texts in all.
    pub progress: Option<(usize, usize)>,
    /// What has been found so far, in the order of the list.
    pub(super) found: Vec<EntryId>,
    /// Close matches, kept back until the tier is complete.
    pub(super) close: Vec<EntryId>,
    pub counts: TierCounts,
    excerpts: HashMap<EntryId, Excerpt>,
    /// The rows whose excerpts are being read.
    pub(super) requested: Vec<EntryId>,
    /// The generation of the last search, or of the rest that precedes it.
    pub(super) generation: u64,
    /// The entries that the last search looks at end here.
    pub(super) searched_until: EntryId,
}

/// How many rows and dispatches each tier has: exact hits, hits in texts, close matches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TierCounts {
    pub rows: [usize; 3],
    /// Dispatches that the rows represent, including folded ones.
    pub dispatches: [usize; 3],
}

/// Progress of the second tier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TextPhase {
    /// The filter has no second tier, or texts are not searched.
    #[default]
    Off,
    /// The words are too short to be searched for before the filter is accepted.
    TooShort,
    /// It is to be searched once the keys rest and the heads have been filtered.
    Waiting,
    /// It is being searched.
    Searching,
    Complete,
    /// It was complete, and arrivals are being searched.
    Updating,
}

impl TextPhase {
    /// True if rows may still be found for the first time.
    #[must_use]
    pub fn is_pending(self) -> bool {
        matches!(self, Self::Waiting | Self::Searching)
    }

    /// True if close matches are kept back: the tier comes before them.
    pub(super) fn keeps_close_matches_back(self) -> bool {
        self.is_pending()
    }

    /// True if there is a job to end.
    pub(super) fn is_running(self) -> bool {
        matches!(self, Self::Searching | Self::Updating)
    }
}

impl TextTier {
    /// The tier of the initial filter.
    pub(super) fn new(query: &Query, is_on: bool) -> Self {
        let mut tier = Self {
            is_on,
            phase: TextPhase::Off,
            query: None,
            is_due: true,
            progress: None,
            found: Vec::new(),
            close: Vec::new(),
            counts: TierCounts::default(),
            excerpts: HashMap::new(),
            requested: Vec::new(),
            generation: 0,
            searched_until: EntryId::FIRST,
        };
        tier.restart(query);
        tier
    }

    /// Forgets what was found for another filter or order.
    pub(super) fn restart(&mut self, query: &Query) {
        self.query = if self.is_on { query.including_texts() } else { None };
        self.phase = match &self.query {
            None => TextPhase::Off,
            Some(_) if self.is_due || query.is_long_enough_for_texts() => TextPhase::Waiting,
            Some(_) => TextPhase::TooShort,
        };
        self.generation += 1;
        self.progress = None;
        self.found = Vec::new();
        self.close = Vec::new();
        self.excerpts.clear();
        self.requested.clear();
        self.searched_until = EntryId::FIRST;
    }

    /// The words around the hit of a row, once they have been read.
    #[must_use]
    pub fn excerpt(&self, id: EntryId) -> Option<&Excerpt> {
        self.excerpts.get(&id)
    }

    /// The rows of the tier.
    #[must_use]
    pub fn rows(&self) -> Range<usize> {
        let [exact, texts, _] = self.counts.rows;
        exact..exact + texts
    }

    pub(super) fn store_excerpts(&mut self, read: Vec<(EntryId, Excerpt)>) {
        if self.excerpts.len() + read.len() > MAX_EXCERPTS {
            self.excerpts.clear();
        }
        self.excerpts.extend(read);
    }
}

impl Default for TextTier {
    fn default() -> Self {
        Self::new(&Query::default(), true)
    }
}
