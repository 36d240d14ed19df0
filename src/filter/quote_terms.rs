//! The quotes that a query is about: those of a dispatch that fit its `said:` and `quote:` terms. Knows nothing of how
//! quotes are found in a text.

use crate::dispatch::Dispatch;
use crate::filter::evaluate::{LazyDispatch, QueryContext, evaluate_node};
use crate::filter::query::{Node, Query, Scope, Term};
use crate::index::EntryRef;
use crate::marks::MarkSets;
use crate::quotes::Quote;

/// A query that asks for quotes, with the marks that it is evaluated with.
#[derive(Debug, Clone)]
pub struct QuoteTerms {
    query: Query,
    marks: MarkSets,
    /// Seconds since the epoch that `newer:` and `older:` count back from.
    now: i64,
    /// As [`QueryContext::clock`].
    clock: Option<i64>,
    /// See [`Self::has_words`].
    has_words: bool,
}

impl QuoteTerms {
    /// `None` for a query without a `said:` or `quote:` term, not counting negated ones. `now` and `clock`
    /// are as in [`QueryContext`].
    #[must_use]
    pub fn new(query: &Query, marks: MarkSets, now: i64, clock: Option<i64>) -> Option<Self> {
        let (mut asks, mut has_words) = (false, false);
        query.root.visit_positive_terms(&mut |term| {
            let about_quotes = is_about_quotes(term);
            asks |= about_quotes;
            has_words |= term.scope.needs_body() && !about_quotes;
        });
        asks.then(|| Self { query: query.clone(), marks, now, clock, has_words })
    }

    /// True if the query also has words that are searched for in the text: `body:` and phrases.
    #[must_use]
    pub fn has_words(&self) -> bool {
        self.has_words
    }

    /// The quotes that fit, as ascending indexes into `quotes`, which are quotes of the dispatch. Only statements fit.
    ///
    /// Of terms that must all match, those fit that as many as possible hold of: `said:lind quote:boats` is what Lind
    /// said of boats; if she said nothing of them, it is what she said, and what others said of them. Of alternatives,
    /// those count that the dispatch matches.
    #[must_use]
    pub fn fitting(
        &self,
        entry: EntryRef<'_>,
        dispatch: &Dispatch,
        quotes: &[Quote],
    ) -> Vec<usize> {
        let full = LazyDispatch::with_quotes(dispatch, quotes);
        let view = QueryContext { now: self.now, clock: self.clock, marks: &self.marks };
        let holds = |node: &Node| {
            evaluate_node(node, entry, &view, &|term| {
                term.matches_head(entry) || term.matches_body(&full)
            })
        };
        fitting_node(&self.query.root, &full, &holds).unwrap_or_default()
    }
}

fn is_about_quotes(term: &Term) -> bool {
    matches!(term.scope, Scope::Said | Scope::Quote)
}

/// The quotes that fit a node; `None` if it asks for none. `holds` tells whether the dispatch matches a node.
fn fitting_node(
    node: &Node,
    full: &LazyDispatch<'_>,
    holds: &dyn Fn(&Node) -> bool,
) -> Option<Vec<usize>> {
    match node {
        Node::Term(term) if is_about_quotes(term) => {
            let quotes = full.quotes().iter().enumerate();
            let fits = quotes.filter(|(_, quote)| term.matches_quote(quote, full));
            Some(fits.map(|(number, _)| number).collect())
        }
        Node::And(parts) => {
            let sets = parts.iter().filter_map(|part| fitting_node(part, full, holds));
            in_most_sets(&sets.collect::<Vec<_>>(), full.quotes().len())
        }
        Node::Or(branches) => {
            let sets = branches
                .iter()
                .filter_map(|branch| Some((fitting_node(branch, full, holds)?, holds(branch))));
            let sets: Vec<(Vec<usize>, bool)> = sets.collect();
            let union = |all: bool| {
                let sets = sets.iter().filter(|(_, held)| all || *held);
                let mut union: Vec<usize> = sets.flat_map(|(set, _)| set).copied().collect();
                union.sort_unstable();
                union.dedup();
                union
            };
            // Close matches of words do not count as matches here: if none of the branches holds, all do.
            let held = union(false);
            (!sets.is_empty()).then(|| if held.is_empty() { union(true) } else { held })
        }
        Node::All | Node::Term(_) | Node::Condition(_) | Node::Not(_) => None,
    }
}

/// The numbers below `count` that are in the most sets, but in one at least; `None` without sets.
fn in_most_sets(sets: &[Vec<usize>], count: usize) -> Option<Vec<usize>> {
    let mut times = vec![0; count];
    for &number in sets.iter().flatten() {
        times[number] += 1;
    }
    let most = times.iter().copied().max().filter(|&most| most > 0);
    let fits = (0..count).filter(|&number| Some(times[number]) == most);
    (!sets.is_empty()).then(|| fits.collect())
}
