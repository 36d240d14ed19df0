//! Judges all rows of a segment at once, by the heads: which are kept for sure, and which may be once their text is read.

use super::rows::RowSet;
use crate::desk::{EntryId, EntryRef, Segment, Snapshot};
use crate::filter::fuzzy::is_long_enough;
use crate::filter::query::{MatchKind, Node, QueryContext, Scope, Term};

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
