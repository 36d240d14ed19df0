//! Judges all rows of a segment at once, by the heads: which are kept for sure, and which may be once their text is read.

use super::rows::Rows;
use crate::desk::{EntryId, EntryRef, Segment, Snapshot};
use crate::filter::fuzzy::has_close;
use crate::filter::query::{Kind, Node, QueryContext, Scope, Term};

/// What the heads say.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    pub(crate) sure: Rows,
    /// All of `sure`, and those that their text decides.
    pub(crate) maybe: Rows,
}

/// What counts as a word found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// The word itself.
    Contained,
    /// Also the letters of a word that is long enough to have close matches.
    Close,
    /// Also the letters of a shorter one, which may become long enough as it is typed.
    Keep,
}

/// A segment and what is known of it for one query.
pub(crate) struct Scan<'a> {
    snapshot: &'a Snapshot,
    number: usize,
    pub(crate) segment: &'a Segment,
    pub(crate) view: QueryContext<'a>,
    /// The words of which close matches count, and the rows that contain each.
    pub(crate) close: &'a [&'a Term],
    pub(crate) contained: Vec<Rows>,
}

impl<'a> Scan<'a> {
    /// The segment of this number.
    pub(crate) fn new(
        snapshot: &'a Snapshot,
        number: usize,
        view: QueryContext<'a>,
        close: &'a [&'a Term],
        universe: &Rows,
    ) -> Self {
        let segment = &*snapshot.segments()[number];
        let contained = close.iter().map(|t| rows_with(t, segment, universe));
        Self {
            snapshot,
            number,
            segment,
            view,
            close,
            contained: contained.collect(),
        }
    }

    /// The entry of a row, with what the desk knows of it.
    pub(crate) fn entry(&self, row: usize) -> Option<EntryRef<'a>> {
        self.snapshot.entry(EntryId::new(self.number, row))
    }

    /// Judges the rows of a set.
    pub(crate) fn bounds(&self, node: &Node, universe: &Rows, how: How) -> Bounds {
        let decided = |rows: Rows| Bounds {
            maybe: rows.clone(),
            sure: rows,
        };
        match node {
            Node::All => decided(universe.clone()),
            Node::Fact(fact) => {
                let holds = |row| self.entry(row).is_some_and(|e| fact.holds(e, &self.view));
                decided(universe.filtered(holds))
            }
            Node::Term(term) if term.scope.needs_body() => Bounds {
                sure: rows_with(term, self.segment, universe),
                maybe: universe.clone(),
            },
            Node::Term(term) => decided(self.term(term, universe, how)),
            Node::Not(node) => {
                let inner = self.bounds(node, universe, how);
                let (mut sure, mut maybe) = (universe.clone(), universe.clone());
                sure.minus(&inner.maybe);
                maybe.minus(&inner.sure);
                Bounds { sure, maybe }
            }
            Node::And(nodes) => {
                let mut all = decided(universe.clone());
                for node in nodes {
                    if all.maybe.is_empty() {
                        break;
                    }
                    let part = self.bounds(node, &all.maybe, how);
                    all.sure.and(&part.sure);
                    all.maybe = part.maybe;
                }
                all.sure.and(&all.maybe);
                all
            }
            Node::Or(nodes) => {
                let mut any = decided(Rows::none(self.segment.len()));
                for node in nodes {
                    let part = self.bounds(node, universe, how);
                    any.sure.or(&part.sure);
                    any.maybe.or(&part.maybe);
                }
                any
            }
        }
    }

    /// The number of a word among those with close matches.
    pub(crate) fn close_number(&self, term: &Term) -> Option<usize> {
        self.close.iter().position(|&t| std::ptr::eq(t, term))
    }

    fn term(&self, term: &Term, universe: &Rows, how: How) -> Rows {
        let Some(number) = self.close_number(term) else {
            return rows_with(term, self.segment, universe);
        };
        let mut rows = self.contained[number].clone();
        rows.and(universe);
        if how == How::Keep || how == How::Close && has_close(&term.needle.folded) {
            let letters = term.needle.letters;
            let masks = self.segment.masks();
            rows.or(&universe.filtered(|row| masks[row] & letters == letters));
        }
        rows
    }
}

/// The rows of a set whose head holds the text, close matches aside.
pub(crate) fn rows_with(term: &Term, segment: &Segment, universe: &Rows) -> Rows {
    let mut rows = Rows::none(segment.len());
    if universe.is_empty() {
        return rows;
    }
    if universe.is_sparse() {
        for row in universe.iter() {
            if segment.entry(row).is_some_and(|entry| term.in_head(entry)) {
                rows.set(row);
            }
        }
        return rows;
    }
    if term.scope.has_headline() {
        headlines(term, segment, universe, &mut rows);
    }
    let columns = term.scope.columns();
    if !columns.is_empty() {
        let needle = &term.needle;
        let is_in = |sent: &str, folded: &str| !sent.is_empty() && needle.matches(sent, folded);
        let symbols = match needle.finder() {
            Some((finder, true)) => segment.symbols_containing(finder, |_, _| true),
            Some((finder, false)) => segment.symbols_containing(finder, is_in),
            None => segment.symbols_matching(needle.letters, is_in),
        };
        match symbols {
            Some(symbols) if columns == Scope::Head.columns() => {
                segment.rows_with(&symbols, |row| rows.set(row));
            }
            Some(symbols) => segment.for_rows_with_symbols_in(&symbols, columns, |r| rows.set(r)),
            None => {}
        }
    }
    rows.and(universe);
    rows
}

fn headlines(term: &Term, segment: &Segment, universe: &Rows, rows: &mut Rows) {
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
    let (masks, letters) = (segment.masks(), needle.letters);
    let has_letters = |row: usize| masks[row] & letters == letters;
    let found = if needle.kind == Kind::Subsequence && needle.cased.is_none() {
        universe
            .filtered(has_letters)
            .filtered(|row| needle.matches("", segment.folded_headline(row)))
    } else {
        universe.filtered(has_letters).filtered(is_in)
    };
    rows.or(&found);
}
