//! Evaluates all rows of a segment by their heads: which match for sure, which may once their text is read, and how well.

use crate::filter::evaluate::{QueryContext, Verdict, combine_verdicts};
use crate::filter::matcher::{CloseMatcher, ClosePattern, MatchKind, is_long_enough};
use crate::filter::query::{Node, Query, Scope, Term};
use crate::index::{EntryId, EntryRef, Segment, Snapshot, iter_set_bits};

/// What the heads say.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    pub(crate) certain: RowSet,
    /// All of `certain`, and those that their text decides.
    pub(crate) possible: RowSet,
}

/// What counts as a word found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MatchMode {
    /// The word itself.
    Contained,
    /// Also the letters of a word that is long enough to have close matches.
    Close,
    /// Also the letters of a shorter one, which may become long enough as it is typed.
    Candidate,
}

/// A segment and what is known of it for one query.
pub(crate) struct SegmentScan<'a> {
    snapshot: &'a Snapshot,
    number: usize,
    pub(crate) segment: &'a Segment,
    pub(crate) view: QueryContext<'a>,
    /// The words of which close matches count, and the rows that contain each.
    pub(crate) close_terms: &'a [&'a Term],
    pub(crate) contained: Vec<RowSet>,
}

impl<'a> SegmentScan<'a> {
    /// The segment of this number.
    pub(crate) fn new(
        snapshot: &'a Snapshot,
        number: usize,
        view: QueryContext<'a>,
        close: &'a [&'a Term],
        universe: &RowSet,
    ) -> Self {
        let segment = &*snapshot.segments()[number];
        let contained = close.iter().map(|t| rows_matching(t, segment, universe));
        Self {
            snapshot,
            number,
            segment,
            view,
            close_terms: close,
            contained: contained.collect(),
        }
    }

    /// The entry of a row, with what the desk knows of it.
    pub(crate) fn entry(&self, row: usize) -> Option<EntryRef<'a>> {
        self.snapshot.entry(EntryId::new(self.number, row))
    }

    /// Judges the rows of a set.
    pub(crate) fn evaluate(&self, node: &Node, universe: &RowSet, how: MatchMode) -> Bounds {
        let decided = |rows: RowSet| Bounds {
            possible: rows.clone(),
            certain: rows,
        };
        match node {
            Node::All => decided(universe.clone()),
            Node::Fact(fact) => {
                let holds = |row| self.entry(row).is_some_and(|e| fact.matches(e, &self.view));
                decided(universe.filtered(holds))
            }
            Node::Term(term) if term.scope.needs_body() => Bounds {
                certain: rows_matching(term, self.segment, universe),
                possible: universe.clone(),
            },
            Node::Term(term) => decided(self.rows_for_term(term, universe, how)),
            Node::Not(node) => {
                let inner = self.evaluate(node, universe, how);
                let (mut sure, mut maybe) = (universe.clone(), universe.clone());
                sure.subtract(&inner.possible);
                maybe.subtract(&inner.certain);
                Bounds {
                    certain: sure,
                    possible: maybe,
                }
            }
            Node::And(nodes) => {
                let mut all = decided(universe.clone());
                for node in nodes {
                    if all.possible.is_empty() {
                        break;
                    }
                    let part = self.evaluate(node, &all.possible, how);
                    all.certain.and(&part.certain);
                    all.possible = part.possible;
                }
                all.certain.and(&all.possible);
                all
            }
            Node::Or(nodes) => {
                let mut any = decided(RowSet::empty(self.segment.len()));
                for node in nodes {
                    let part = self.evaluate(node, universe, how);
                    any.certain.or(&part.certain);
                    any.possible.or(&part.possible);
                }
                any
            }
        }
    }

    /// The number of a word among those with close matches.
    pub(crate) fn close_term_index(&self, term: &Term) -> Option<usize> {
        self.close_terms.iter().position(|&t| std::ptr::eq(t, term))
    }

    fn rows_for_term(&self, term: &Term, universe: &RowSet, how: MatchMode) -> RowSet {
        let Some(number) = self.close_term_index(term) else {
            return rows_matching(term, self.segment, universe);
        };
        let mut rows = self.contained[number].clone();
        rows.and(universe);
        if how == MatchMode::Candidate
            || how == MatchMode::Close && is_long_enough(&term.needle.folded)
        {
            let letters = term.needle.required_letters;
            let masks = self.segment.masks();
            rows.or(&universe.filtered(|row| masks[row] & letters == letters));
        }
        rows
    }
}

/// The rows of a set whose head holds the text, close matches aside.
pub(crate) fn rows_matching(term: &Term, segment: &Segment, universe: &RowSet) -> RowSet {
    let mut rows = RowSet::empty(segment.len());
    if universe.is_empty() {
        return rows;
    }
    if universe.is_sparse() {
        for row in universe.iter() {
            if segment
                .entry(row)
                .is_some_and(|entry| term.matches_head(entry))
            {
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

fn match_headlines(term: &Term, segment: &Segment, universe: &RowSet, rows: &mut RowSet) {
    let needle = &term.needle;
    let is_in = |row: usize| {
        segment
            .entry(row)
            .is_some_and(|entry| needle.matches(entry.headline(), entry.folded_headline()))
    };
    if let Some((finder, enough)) = needle.finder() {
        let arena = segment.folded_headlines().as_bytes();
        let (mut from, mut row) = (0, 0);
        while let Some(at) = finder.find(&arena[from..]) {
            row = segment.row_at_byte(from + at, row);
            if enough || is_in(row) {
                rows.set(row);
            }
            from = segment.row_end_byte(row);
        }
        return;
    }
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

// A set of rows of one segment, one bit each.

/// Rows of a segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RowSet {
    bits: Vec<u64>,
    len: usize,
}

impl RowSet {
    pub(crate) fn empty(len: usize) -> Self {
        Self {
            bits: vec![0; len.div_ceil(64)],
            len,
        }
    }

    pub(crate) fn full(len: usize) -> Self {
        let mut rows = Self {
            bits: vec![u64::MAX; len.div_ceil(64)],
            len,
        };
        if !len.is_multiple_of(64)
            && let Some(last) = rows.bits.last_mut()
        {
            *last = (1 << (len % 64)) - 1;
        }
        rows
    }

    pub(crate) fn set(&mut self, row: usize) {
        self.bits[row / 64] |= 1 << (row % 64);
    }

    pub(crate) fn contains(&self, row: usize) -> bool {
        self.bits
            .get(row / 64)
            .is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    pub(crate) fn count(&self) -> usize {
        self.bits
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    /// True where looking at each row is cheaper than looking at all text.
    pub(crate) fn is_sparse(&self) -> bool {
        self.count() * 24 < self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bits.iter().all(|&word| word == 0)
    }

    pub(crate) fn and(&mut self, other: &Self) {
        self.zip(other, |a, b| a & b);
    }

    /// Takes out all but these rows.
    pub(crate) fn keep(&mut self, rows: impl Iterator<Item = usize>) {
        let mut only = Self::empty(self.len);
        rows.for_each(|row| only.set(row));
        self.and(&only);
    }

    pub(crate) fn or(&mut self, other: &Self) {
        self.zip(other, |a, b| a | b);
    }

    pub(crate) fn subtract(&mut self, other: &Self) {
        self.zip(other, |a, b| a & !b);
    }

    fn zip(&mut self, other: &Self, join: impl Fn(u64, u64) -> u64) {
        for (mine, theirs) in self.bits.iter_mut().zip(&other.bits) {
            *mine = join(*mine, *theirs);
        }
    }

    /// Those that pass a test.
    pub(crate) fn filtered(&self, test: impl Fn(usize) -> bool) -> Self {
        let mut kept = Self::empty(self.len);
        for (at, &word) in self.bits.iter().enumerate() {
            let mut passed = 0;
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
            kept.bits[at] = passed;
        }
        kept
    }

    /// 64 rows each.
    pub(crate) fn words(&self) -> &[u64] {
        &self.bits
    }

    /// The rows, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        iter_set_bits(&self.bits)
    }
}

// What the heads of one segment say of a query: for those who judge entries as they arrive.

/// Rows of one segment, one bit each, 64 to a word. Close matches count as none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeadVerdicts {
    /// Rows that the query keeps.
    pub matching: Vec<u64>,
    /// Rows that only their text can decide, see [`Query::raw`] and [`Query::judge_body`].
    pub undecided: Vec<u64>,
}

/// Judges all rows of the segment of that number by their heads.
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
    HeadVerdicts {
        matching: bounds.certain.words().to_vec(),
        undecided: open.words().to_vec(),
    }
}

// How well an entry fits a query: for close matches by fuzzy-matcher, and for the order of relevance.

/// What a word counts that stands there as it is.
const CONTAINED_SCORE: u32 = 100;

/// The scorer with the words of one query made ready.
pub(crate) struct Scorer<'q> {
    fuzzy: CloseMatcher,
    patterns: Vec<Option<ClosePattern<'q>>>,
}

impl<'q> Scorer<'q> {
    pub(crate) fn new(close: &[&'q Term]) -> Self {
        let fuzzy = CloseMatcher::default();
        let patterns = close.iter().map(|t| fuzzy.pattern(&t.needle.folded));
        Self {
            patterns: patterns.collect(),
            fuzzy,
        }
    }

    /// The summed shares of a row; `None` where a word is neither contained nor close.
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
            Node::Or(nodes) => nodes
                .iter()
                .filter_map(|node| self.close_score(scan, node, row))
                .max(),
            Node::Term(term) => {
                let Some(number) = scan.close_term_index(term) else {
                    return term.matches_head(entry).then_some(CONTAINED_SCORE);
                };
                if scan.contained[number].contains(row) {
                    return Some(CONTAINED_SCORE);
                }
                let pattern = self.patterns[number].as_ref()?;
                let share = self.fuzzy.close_score(entry.folded_headline(), pattern)?;
                Some(u32::try_from(share.clamp(1, 99)).unwrap_or(1))
            }
            other => (head_verdict(other, entry, &scan.view) == Some(true)).then_some(0),
        }
    }

    /// How well an entry that is kept fits: words at the start of a headline, whole words and starts of words before
    /// words within words. With `exact`, letters in order are scored by fuzzy-matcher, else by how close they stand.
    pub(crate) fn relevance(&self, node: &Node, entry: EntryRef<'_>, exact: bool) -> u32 {
        match node {
            Node::And(nodes) => nodes.iter().map(|n| self.relevance(n, entry, exact)).sum(),
            Node::Or(nodes) => nodes
                .iter()
                .map(|n| self.relevance(n, entry, exact))
                .max()
                .unwrap_or(0),
            Node::Term(term) => self.term_relevance(term, entry, exact),
            Node::All | Node::Fact(_) | Node::Not(_) => 0,
        }
    }

    fn term_relevance(&self, term: &Term, entry: EntryRef<'_>, exact: bool) -> u32 {
        let (headline, word) = (entry.folded_headline(), term.needle.folded.as_str());
        if !term.scope.includes_headline() || term.needle.kind == MatchKind::Regex {
            return CONTAINED_SCORE;
        }
        let Some((finder, _)) = term.needle.finder() else {
            if exact {
                let share = self.fuzzy.subsequence_score(headline, word).unwrap_or(0);
                return u32::try_from(share.clamp(0, 100)).unwrap_or(0);
            }
            return subsequence_span(headline, word).map_or(0, |reach| {
                u32::try_from(word.len() * 100 / reach.max(1)).unwrap_or(0)
            });
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
            .unwrap_or(CONTAINED_SCORE - 10)
    }
}

/// Bytes from the first to the last letter of a word found in order; `None` where the text does not hold it so.
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

/// What the head says of an entry, close matches aside.
fn head_verdict(node: &Node, entry: EntryRef<'_>, view: &QueryContext<'_>) -> Verdict {
    match node {
        Node::All => Some(true),
        Node::Term(term) => term.head_verdict(entry),
        Node::Fact(fact) => Some(fact.matches(entry, view)),
        Node::Not(node) => head_verdict(node, entry, view).map(|found| !found),
        Node::And(nodes) => combine_verdicts(nodes, false, |node| head_verdict(node, entry, view)),
        Node::Or(nodes) => combine_verdicts(nodes, true, |node| head_verdict(node, entry, view)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_join() {
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
    }
}
