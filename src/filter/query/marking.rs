//! Which parts of a text a query matched: what list, reader and quotes pane mark.

use std::ops::Range;

use super::node::{Scope, Term};
use super::{MatchKind, Query};
use crate::desk::{EntryRef, InternedColumn};
use crate::filter::fuzzy::CloseMatcher;

impl Query {
    /// The parts of a text of an entry that match: every place where something stands that is looked for in this text;
    /// where a word stands nowhere in the entry as it is, the letters of its closest match. Ascending ranges that do
    /// not overlap.
    #[must_use]
    pub fn match_ranges(
        &self,
        entry: EntryRef<'_>,
        text: &str,
        fuzzy: &CloseMatcher,
    ) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        self.root.visit_positive_terms(&mut |term| {
            if !term.applies_to(entry, text) {
                return;
            }
            let found = term.needle.find_all(text);
            let word = &term.needle.folded;
            if !found.is_empty() {
                ranges.extend(found);
            } else if term.needle.kind == MatchKind::Subsequence {
                ranges.extend(fuzzy.subsequence_ranges(text, word));
            } else if term.allows_close_match() && !term.matches_head(entry) {
                ranges.extend(fuzzy.close_match_ranges(text, word));
            }
        });
        merge_ranges(ranges)
    }

    /// Every place in the headline or the text of an open dispatch where something stands that is looked for there.
    #[must_use]
    pub fn match_ranges_in_text(&self, text: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        self.root.visit_positive_terms(&mut |term| {
            let shown =
                term.scope.includes_headline() || matches!(term.scope, Scope::Body | Scope::Quote);
            // `^` and `$` mean the headline, not the text.
            let anchored = matches!(
                term.needle.kind,
                MatchKind::Start | MatchKind::End | MatchKind::Exact
            );
            if shown && !(anchored && text.contains('\n')) {
                ranges.extend(term.needle.find_all(text));
            }
        });
        merge_ranges(ranges)
    }

    /// Every place in the name of a speaker that `said:` looks for.
    #[must_use]
    pub fn match_ranges_in_speaker(&self, name: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        self.root.visit_positive_terms(&mut |term| {
            if term.scope == Scope::Said {
                ranges.extend(term.needle.find_all(name));
            }
        });
        merge_ranges(ranges)
    }
}

impl Term {
    /// Whether a text of an entry is one that this term looks at.
    fn applies_to(&self, entry: EntryRef<'_>, text: &str) -> bool {
        if self.scope == Scope::Head || self.scope == Scope::Anywhere {
            return true;
        }
        if text == entry.headline() {
            return self.scope == Scope::Headline;
        }
        let columns = [
            InternedColumn::Slug,
            InternedColumn::Agency,
            InternedColumn::Place,
            InternedColumn::Country,
            InternedColumn::Byline,
            InternedColumn::Subjects,
        ];
        let named = columns.iter().filter(|&&c| entry.column(c) == text);
        let mut named = named.peekable();
        if named.peek().is_none() {
            // A part of the headline, as it is shown.
            return self.scope == Scope::Headline;
        }
        named.any(|c| self.scope.columns().contains(c))
    }
}

/// Sorts ranges and joins those that touch.
fn merge_ranges(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
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
