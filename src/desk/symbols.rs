//! The texts of a segment that repeat: looked through once each, not once a row.

use memchr::memmem::Finder;

use super::segment::Symbol;
use super::{InternedColumn, Segment};

impl Segment {
    /// For each symbol that has these letters whether its text, as sent and folded, passes a test; `None` where none does.
    pub fn symbols_matching(
        &self,
        letters: u64,
        test: impl Fn(&str, &str) -> bool,
    ) -> Option<Vec<bool>> {
        let mut with: Option<Vec<bool>> = None;
        for (symbol, mask) in self.symbol_masks.iter().enumerate() {
            if mask & letters == letters && self.symbol_passes(symbol, &test) {
                with.get_or_insert_with(|| vec![false; self.symbols.len()])[symbol] = true;
            }
        }
        with
    }

    /// The same where the folded text must contain a word.
    pub fn symbols_containing(
        &self,
        word: &Finder<'_>,
        test: impl Fn(&str, &str) -> bool,
    ) -> Option<Vec<bool>> {
        let arena = self.symbol_text.as_bytes();
        let mut with: Option<Vec<bool>> = None;
        let (mut from, mut symbol) = (0, 0);
        while let Some(at) = word.find(&arena[from..]) {
            let at = from + at;
            symbol = gallop(&self.symbols, symbol, |s| s.0 as usize <= at);
            let (_, middle, end) = self.symbols[symbol];
            if at < middle as usize {
                // In the text as sent, or across its end: the folded one follows.
                from = at + 1;
                continue;
            }
            let within = at + word.needle().len() <= end as usize;
            if within && self.symbol_passes(symbol, &test) {
                with.get_or_insert_with(|| vec![false; self.symbols.len()])[symbol] = true;
            }
            from = if within { end as usize } else { at + 1 };
        }
        with
    }

    fn symbol_passes(&self, symbol: usize, test: impl Fn(&str, &str) -> bool) -> bool {
        let (start, middle, end) = self.symbols[symbol];
        let (start, middle, end) = (start as usize, middle as usize, end as usize);
        test(
            &self.symbol_text[start..middle],
            &self.symbol_text[middle..end],
        )
    }

    /// Calls back with every row that has one of the symbols as slug, place or agency.
    pub fn for_rows_with_symbols(&self, symbols: &[bool], mut found: impl FnMut(usize)) {
        let passed = |symbol: Symbol| symbols.get(usize::from(symbol)).is_some_and(|&p| p);
        for (row, &[slug, place, agency]) in self.columns.iter().enumerate() {
            if passed(slug) | passed(place) | passed(agency) {
                found(row);
            }
        }
    }

    /// Calls back with every row that has one of the symbols in one of the columns.
    pub fn for_rows_with_symbols_in(
        &self,
        symbols: &[bool],
        columns: &[InternedColumn],
        mut found: impl FnMut(usize),
    ) {
        let passed = |symbol: Symbol| symbols.get(usize::from(symbol)).is_some_and(|&p| p);
        for row in 0..self.rows.len() {
            if columns.iter().any(|&c| passed(self.symbol(row, c))) {
                found(row);
            }
        }
    }

    /// The different texts of a column, and how many rows have each.
    pub fn values(&self, column: InternedColumn) -> impl Iterator<Item = (&str, usize)> {
        let mut counts = vec![0; self.symbols.len()];
        for row in 0..self.rows.len() {
            counts[usize::from(self.symbol(row, column))] += 1;
        }
        let numbered = (0..).zip(counts).skip(1);
        numbered
            .filter(|(_, count)| *count > 0)
            .map(|(symbol, count)| (self.text(symbol), count))
    }
}

/// The last item that passes, looked for from an earlier one on: items that pass stand before those that do not.
pub(super) fn gallop<T>(items: &[T], from: usize, passes: impl Fn(&T) -> bool) -> usize {
    let mut low = from;
    let mut step = 1;
    while low + step < items.len() && passes(&items[low + step]) {
        low += step;
        step *= 2;
    }
    let high = (low + step).min(items.len());
    let within = items[low..high].partition_point(passes);
    (low + within).saturating_sub(1)
}
