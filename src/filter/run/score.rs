//! How well an entry fits a query: for close matches by fuzzy-matcher, and for the order of relevance.

use super::scan::SegmentScan;
use crate::desk::EntryRef;
use crate::filter::fuzzy::{CloseMatcher, ClosePattern};
use crate::filter::query::{MatchKind, Node, QueryContext, Term, Verdict, combine_verdicts};

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
