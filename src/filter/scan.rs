//! Evaluates a query on all rows of a segment at once, by their heads: which match for certain, which may match once
//! their text is read, and how well.

use crate::filter::evaluate::{QueryContext, Verdict, combine_verdicts};
use crate::filter::matcher::{CloseMatcher, ClosePattern, MatchKind, is_long_enough};
use crate::filter::query::{Node, Query, Scope, Term};
use crate::index::{EntryId, EntryRef, Segment, Snapshot, iter_set_bits};

/// The result of a query as far as the heads decide it.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    /// Rows that match whatever their text is.
    pub(crate) certain: RowSet,
    /// All of `certain`, and the rows that their text decides.
    pub(crate) possible: RowSet,
}

/// When a word counts as found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MatchMode {
    /// If the head contains it.
    Contained,
    /// Also if the headline has its letters, and the word is long enough to have close matches.
    Close,
    /// Also if the headline has its letters and it is shorter: it may become long enough as it is typed.
    Candidate,
}

/// One segment in the run of a query.
pub(crate) struct SegmentScan<'a> {
    snapshot: &'a Snapshot,
    /// Number of the segment in the snapshot.
    number: usize,
    pub(crate) segment: &'a Segment,
    pub(crate) view: QueryContext<'a>,
    /// The words that may have close matches.
    pub(crate) close_terms: &'a [&'a Term],
    /// For each of `close_terms`, the rows that contain it.
    pub(crate) contained: Vec<RowSet>,
}

impl<'a> SegmentScan<'a> {
    /// Prepares a segment. Only the rows in `universe` are looked at.
    pub(crate) fn new(
        snapshot: &'a Snapshot,
        number: usize,
        view: QueryContext<'a>,
        close_terms: &'a [&'a Term],
        universe: &RowSet,
    ) -> Self {
        let segment = &*snapshot.segments()[number];
        let contained = close_terms.iter().map(|term| rows_matching(term, segment, universe));
        Self { snapshot, number, segment, view, close_terms, contained: contained.collect() }
    }

    /// The entry in a row, with its status flags.
    pub(crate) fn entry(&self, row: usize) -> Option<EntryRef<'a>> {
        self.snapshot.entry(EntryId::new(self.number, row))
    }

    /// Evaluates a node on the rows of a set.
    pub(crate) fn evaluate(&self, node: &Node, universe: &RowSet, mode: MatchMode) -> Bounds {
        let decided = |rows: RowSet| Bounds { possible: rows.clone(), certain: rows };
        match node {
            Node::All => decided(universe.clone()),
            Node::Condition(fact) => {
                let holds = |row| self.entry(row).is_some_and(|e| fact.matches(e, &self.view));
                decided(universe.filtered(holds))
            }
            Node::Term(term) if term.scope.needs_body() => Bounds {
                certain: rows_matching(term, self.segment, universe),
                possible: universe.clone(),
            },
            Node::Term(term) => decided(self.rows_for_term(term, universe, mode)),
            Node::Not(node) => {
                // Negation swaps the bounds: what is not possible is certainly absent.
                let inner = self.evaluate(node, universe, mode);
                let (mut certain, mut possible) = (universe.clone(), universe.clone());
                certain.subtract(&inner.possible);
                possible.subtract(&inner.certain);
                Bounds { certain, possible }
            }
            Node::And(nodes) => {
                let mut all = decided(universe.clone());
                // Each part only looks at the rows left by the parts before it.
                for node in nodes {
                    if all.possible.is_empty() {
                        break;
                    }
                    let part = self.evaluate(node, &all.possible, mode);
                    all.certain.and(&part.certain);
                    all.possible = part.possible;
                }
                all.certain.and(&all.possible);
                all
            }
            Node::Or(nodes) => {
                let mut any = decided(RowSet::empty(self.segment.len()));
                for node in nodes {
                    let part = self.evaluate(node, universe, mode);
                    any.certain.or(&part.certain);
                    any.possible.or(&part.possible);
                }
                any
            }
        }
    }

    /// The index of a term in `close_terms`.
    pub(crate) fn close_term_index(&self, term: &Term) -> Option<usize> {
        self.close_terms.iter().position(|&t| std::ptr::eq(t, term))
    }

    /// The rows of a set in which a term counts as found. Close matches are over-estimated by their letters; the scorer
    /// decides.
    fn rows_for_term(&self, term: &Term, universe: &RowSet, mode: MatchMode) -> RowSet {
        let Some(number) = self.close_term_index(term) else {
            return rows_matching(term, self.segment, universe);
        };
        let mut rows = self.contained[number].clone();
        rows.and(universe);
        if mode == MatchMode::Candidate
            || mode == MatchMode::Close && is_long_enough(&term.needle.folded)
        {
            let letters = term.needle.required_letters;
            let masks = self.segment.masks();
            rows.or(&universe.filtered(|row| masks[row] & letters == letters));
        }
        rows
    }
}

/// The rows of a set whose head contains the text of a term. Close matches do not count.
pub(crate) fn rows_matching(term: &Term, segment: &Segment, universe: &RowSet) -> RowSet {
    let mut rows = RowSet::empty(segment.len());
    if universe.is_empty() {
        return rows;
    }
    // Few rows are tested one by one; for many it is faster to search the arenas.
    if universe.is_sparse() {
        for row in universe.iter() {
            if segment.entry(row).is_some_and(|entry| term.matches_head(entry)) {
                rows.set(row);
            }
        }
        return rows;
    }
    if term.scope.includes_headline() {
        match_headlines(term, segment, universe, &mut rows);
    }
    let columns = term.scope.columns();
    if !columns.is_empty() {
        let needle = &term.needle;
        let is_in = |sent: &str, folded: &str| !sent.is_empty() && needle.matches(sent, folded);
        // Each distinct text is tested once. If the finder is sufficient, a match needs no further test.
        let symbols = match needle.finder() {
            Some((finder, true)) => segment.symbols_containing(finder, |_, _| true),
            Some((finder, false)) => segment.symbols_containing(finder, is_in),
            None => segment.symbols_matching(needle.required_letters, is_in),
        };
        match symbols {
            Some(symbols) if columns == Scope::Head.columns() => {
                segment.for_rows_with_symbols(&symbols, |row| rows.set(row));
            }
            Some(symbols) => segment.for_rows_with_symbols_in(&symbols, columns, |r| rows.set(r)),
            None => {}
        }
    }
    rows.and(universe);
    rows
}

/// Adds the rows whose headline contains the text of a term. May add rows outside `universe`.
fn match_headlines(term: &Term, segment: &Segment, universe: &RowSet, rows: &mut RowSet) {
    let needle = &term.needle;
    let is_in = |row: usize| {
        segment
            .entry(row)
            .is_some_and(|entry| needle.matches(entry.headline(), entry.folded_headline()))
    };
    // One search through all headlines, skipping to the next row after a match.
    if let Some((finder, is_sufficient)) = needle.finder() {
        let arena = segment.folded_headlines().as_bytes();
        let (mut from, mut row) = (0, 0);
        while let Some(at) = finder.find(&arena[from..]) {
            row = segment.row_at_byte(from + at, row);
            if is_sufficient || is_in(row) {
                rows.set(row);
            }
            from = segment.row_end_byte(row);
        }
        return;
    }
    // Regular expressions and letters in order: row by row, but only where the letter mask allows it.
    let (masks, letters) = (segment.masks(), needle.required_letters);
    let has_letters = |row: usize| masks[row] & letters == letters;
    let found = if needle.kind == MatchKind::Subsequence && needle.cased.is_none() {
        universe
            .filtered(has_letters)
            .filtered(|row| needle.matches("", segment.folded_headline(row)))
    } else {
        universe.filtered(has_letters).filtered(is_in)
    };
    rows.or(&found);
}

// Sets of rows.

/// A set of rows of one segment, as a bitmap.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RowSet {
    bits: Vec<u64>,
    /// Number of rows of the segment.
    len: usize,
}

impl RowSet {
    /// The empty set for a segment of so many rows.
    pub(crate) fn empty(len: usize) -> Self {
        Self { bits: vec![0; len.div_ceil(64)], len }
    }

    /// The set of all rows of a segment.
    pub(crate) fn full(len: usize) -> Self {
        let mut rows = Self { bits: vec![u64::MAX; len.div_ceil(64)], len };
        if !len.is_multiple_of(64)
            && let Some(last) = rows.bits.last_mut()
        {
            *last = (1 << (len % 64)) - 1;
        }
        rows
    }

    /// Removes the rows before `first`.
    pub(crate) fn remove_before(&mut self, first: usize) {
        for (at, word) in self.bits.iter_mut().enumerate().take(first.div_ceil(64)) {
            *word &= if at == first / 64 { u64::MAX << (first % 64) } else { 0 };
        }
    }

    /// Adds a row.
    pub(crate) fn set(&mut self, row: usize) {
        self.bits[row / 64] |= 1 << (row % 64);
    }

    pub(crate) fn contains(&self, row: usize) -> bool {
        self.bits.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Number of rows in the set.
    pub(crate) fn count(&self) -> usize {
        self.bits.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// True if testing each row is cheaper than searching the text of the whole segment: below one row in 24.
    pub(crate) fn is_sparse(&self) -> bool {
        self.count() * 24 < self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bits.iter().all(|&word| word == 0)
    }

    /// Removes the rows that are not in `other`.
    pub(crate) fn and(&mut self, other: &Self) {
        self.zip(other, |a, b| a & b);
    }

    /// Removes all rows but these.
    pub(crate) fn keep(&mut self, rows: impl Iterator<Item = usize>) {
        let mut only = Self::empty(self.len);
        rows.for_each(|row| only.set(row));
        self.and(&only);
    }

    /// Adds the rows of `other`.
    pub(crate) fn or(&mut self, other: &Self) {
        self.zip(other, |a, b| a | b);
    }

    /// Removes the rows of `other`.
    pub(crate) fn subtract(&mut self, other: &Self) {
        self.zip(other, |a, b| a & !b);
    }

    fn zip(&mut self, other: &Self, join: impl Fn(u64, u64) -> u64) {
        for (mine, theirs) in self.bits.iter_mut().zip(&other.bits) {
            *mine = join(*mine, *theirs);
        }
    }

    /// The rows that pass a test.
    pub(crate) fn filtered(&self, test: impl Fn(usize) -> bool) -> Self {
        let mut filtered = Self::empty(self.len);
        for (at, &word) in self.bits.iter().enumerate() {
            let mut passed = 0;
            // All 64 rows, as in a full set: no need to search for the set bits.
            if word == u64::MAX {
                for bit in 0..64 {
                    passed |= u64::from(test(at * 64 + bit)) << bit;
                }
            } else {
                let mut rest = word;
                while rest != 0 {
                    let bit = rest.trailing_zeros() as usize;
                    passed |= u64::from(test(at * 64 + bit)) << bit;
                    rest &= rest - 1;
                }
            }
            filtered.bits[at] = passed;
        }
        filtered
    }

    /// The bitmap, 64 rows to a word.
    pub(crate) fn words(&self) -> &[u64] {
        &self.bits
    }

    /// The rows, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        iter_set_bits(&self.bits)
    }
}

// Evaluating arrivals, for saved views and mutes.

/// The result of a query on the heads of one segment, as bitmaps with 64 rows to a word. Close matches do not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeadVerdicts {
    /// Rows that the query keeps.
    pub matching: Vec<u64>,
    /// Rows that only their text can decide, see [`Query::raw`] and [`Query::matches_dispatch`].
    pub undecided: Vec<u64>,
}

/// Evaluates a query on the heads of the segment with this number.
#[must_use]
pub fn evaluate_heads(
    snapshot: &Snapshot,
    segment: usize,
    query: &Query,
    view: &QueryContext<'_>,
) -> HeadVerdicts {
    let all = RowSet::full(snapshot.segments()[segment].len());
    let scan = SegmentScan::new(snapshot, segment, *view, &[], &all);
    let bounds = scan.evaluate(query.root(), &all, MatchMode::Contained);
    let mut open = bounds.possible;
    open.subtract(&bounds.certain);
    HeadVerdicts { matching: bounds.certain.words().to_vec(), undecided: open.words().to_vec() }
}

// Scores: of close matches by fuzzy-matcher, and for the order of relevance.

/// The score of a word that is contained; a close match scores at most 99.
const CONTAINED_SCORE: u32 = 100;

/// Scores entries for one query.
pub(crate) struct Scorer<'q> {
    fuzzy: CloseMatcher,
    /// The patterns of the close terms; `None` for words too short to have close matches.
    patterns: Vec<Option<ClosePattern<'q>>>,
}

impl<'q> Scorer<'q> {
    /// Prepares the words that may have close matches.
    pub(crate) fn new(close_terms: &[&'q Term]) -> Self {
        let fuzzy = CloseMatcher::default();
        let patterns = close_terms.iter().map(|term| fuzzy.pattern(&term.needle.folded));
        Self { patterns: patterns.collect(), fuzzy }
    }

    /// The score of a row, summed over its words; `None` if a word is neither contained nor close.
    pub(crate) fn close_score(
        &self,
        scan: &SegmentScan<'_>,
        node: &Node,
        row: usize,
    ) -> Option<u32> {
        let entry = scan.entry(row)?;
        match node {
            Node::And(nodes) => {
                let mut sum = 0;
                for node in nodes {
                    sum += self.close_score(scan, node, row)?;
                }
                Some(sum)
            }
            Node::Or(nodes) => {
                nodes.iter().filter_map(|node| self.close_score(scan, node, row)).max()
            }
            Node::Term(term) => {
                let Some(number) = scan.close_term_index(term) else {
                    return term.matches_head(entry).then_some(CONTAINED_SCORE);
                };
                if scan.contained[number].contains(row) {
                    return Some(CONTAINED_SCORE);
                }
                let pattern = self.patterns[number].as_ref()?;
                let percent = self.fuzzy.close_score(entry.folded_headline(), pattern)?;
                Some(u32::try_from(percent.clamp(1, 99)).unwrap_or(1))
            }
            // Conditions and negations have to hold, but add nothing.
            other => (head_verdict(other, entry, &scan.view) == Some(true)).then_some(0),
        }
    }

    /// How well a kept entry matches. Whole words score above starts of words, and these above words within words; the
    /// start of the headline adds to that. With `exact`, letters in order are scored by fuzzy-matcher, otherwise by how
    /// close together they are.
    pub(crate) fn relevance(&self, node: &Node, entry: EntryRef<'_>, exact: bool) -> u32 {
        match node {
            Node::And(nodes) => nodes.iter().map(|n| self.relevance(n, entry, exact)).sum(),
            Node::Or(nodes) => {
                nodes.iter().map(|n| self.relevance(n, entry, exact)).max().unwrap_or(0)
            }
            Node::Term(term) => self.term_relevance(term, entry, exact),
            Node::All | Node::Condition(_) | Node::Not(_) => 0,
        }
    }

    /// The relevance of one term.
    fn term_relevance(&self, term: &Term, entry: EntryRef<'_>, exact: bool) -> u32 {
        let (headline, word) = (entry.folded_headline(), term.needle.folded.as_str());
        if !term.scope.includes_headline() || term.needle.kind == MatchKind::Regex {
            return CONTAINED_SCORE;
        }
        let Some((finder, _)) = term.needle.finder() else {
            if exact {
                let percent = self.fuzzy.subsequence_score(headline, word).unwrap_or(0);
                return u32::try_from(percent.clamp(0, 100)).unwrap_or(0);
            }
            return subsequence_span(headline, word)
                .map_or(0, |span| u32::try_from(word.len() * 100 / span.max(1)).unwrap_or(0));
        };
        let text = headline.as_bytes();
        finder
            .find_iter(text)
            .map(|at| {
                let begins = at == 0 || !text[at - 1].is_ascii_alphanumeric();
                let after = text.get(at + word.len());
                let ends = after.is_none_or(|b| !b.is_ascii_alphanumeric());
                CONTAINED_SCORE
                    + if begins { 10 } else { 0 }
                    + if begins && ends { 10 } else { 0 }
                    + if at == 0 { 5 } else { 0 }
            })
            .max()
            // Found in another field than the headline.
            .unwrap_or(CONTAINED_SCORE - 10)
    }
}

/// Length in bytes from the first to the last letter of a word whose letters occur in this order; `None` if they do
/// not.
fn subsequence_span(text: &str, word: &str) -> Option<usize> {
    let mut letters = word.chars().peekable();
    let mut start = None;
    for (at, c) in text.char_indices() {
        if letters.next_if_eq(&c).is_some() {
            let first = *start.get_or_insert(at);
            if letters.peek().is_none() {
                return Some(at + c.len_utf8() - first);
            }
        }
    }
    None
}

/// The verdict on an entry by its head. Close matches do not count.
fn head_verdict(node: &Node, entry: EntryRef<'_>, view: &QueryContext<'_>) -> Verdict {
    match node {
        Node::All => Some(true),
        Node::Term(term) => term.head_verdict(entry),
        Node::Condition(fact) => Some(fact.matches(entry, view)),
        Node::Not(node) => head_verdict(node, entry, view).map(|found| !found),
        Node::And(nodes) => combine_verdicts(nodes, false, |node| head_verdict(node, entry, view)),
        Node::Or(nodes) => combine_verdicts(nodes, true, |node| head_verdict(node, entry, view)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_operations() {
        let mut a = RowSet::full(70);
        assert_eq!(a.count(), 70);
        let mut b = RowSet::empty(70);
        for row in [0, 63, 64, 69] {
            b.set(row);
        }
        a.subtract(&b);
        assert_eq!(a.count(), 66);
        assert!(!a.contains(64) && a.contains(65) && !a.contains(70));
        a.or(&b);
        a.and(&b);
        assert_eq!(a.iter().collect::<Vec<_>>(), [0, 63, 64, 69]);
        for first in 0..72 {
            let mut rest = RowSet::full(70);
            rest.remove_before(first);
            assert_eq!(rest.iter().collect::<Vec<_>>(), (first..70).collect::<Vec<_>>());
        }
    }
}
