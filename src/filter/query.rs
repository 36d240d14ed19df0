//! The query of the list prompt and `--filter`: words, each of which must be found in headline, slug, place or agency.

use std::ops::Range;

use super::fuzzy::Fuzzy;
use crate::desk::EntryRef;
use crate::text::{find_folded, fold};

/// One word of a query, folded for search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    folded: String,
}

impl Word {
    /// The folded word.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

/// A query: all its words must be found. The empty query keeps everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    words: Vec<Word>,
}

impl Query {
    /// Reads a query as typed: words parted by white space. Words that are equal when folded count once.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut words: Vec<Word> = Vec::new();
        for word in text.split_whitespace() {
            let word = Word { folded: fold(word) };
            if !word.folded.is_empty() && !words.contains(&word) {
                words.push(word);
            }
        }
        Self { words }
    }

    /// True where it keeps everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words.
    #[must_use]
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// The parts of a text of an entry that match: every place that contains a word; where a word stands nowhere in
    /// the entry as it is, the letters of its closest match. Ascending ranges that do not overlap.
    #[must_use]
    pub fn matches(&self, entry: EntryRef<'_>, text: &str, fuzzy: &Fuzzy) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        for word in &self.words {
            let found = find_folded(text, &word.folded);
            if found.is_empty() && !word.is_in(entry) {
                ranges.extend(fuzzy.letters(text, &word.folded));
            } else {
                ranges.extend(found);
            }
        }
        merge(ranges)
    }

    /// Every place in a text that contains a word: for the body of an open dispatch.
    #[must_use]
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        merge(
            self.words
                .iter()
                .flat_map(|word| find_folded(text, &word.folded))
                .collect(),
        )
    }
}

impl Word {
    /// True where headline, slug, place or agency contains the word.
    #[must_use]
    pub fn is_in(&self, entry: EntryRef<'_>) -> bool {
        entry.folded_headline().contains(&self.folded)
            || [entry.slug(), entry.place(), entry.agency()]
                .iter()
                .any(|text| fold(text).contains(&self.folded))
    }
}

/// Sorts ranges and joins those that touch.
fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|r| (r.start, r.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}
