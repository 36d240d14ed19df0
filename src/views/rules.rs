//! Rules over arrivals: what the heads of new segments say of several queries, and what is left for their texts.

use super::{RuleMatch, UndecidedEntries};
use crate::desk::{EntryId, Snapshot, iter_set_bits};
use crate::filter::{Query, QueryContext, evaluate_heads};

/// A query with a number.
#[derive(Debug, Clone)]
pub struct Rule {
    pub number: u32,
    pub query: Query,
}

/// Some rules. An empty query keeps nothing here: a rule that says nothing is none.
#[derive(Debug, Clone, Default)]
pub struct Rules(pub Vec<Rule>);

impl Rules {
    /// Rules that are numbered in the order given, from 0.
    #[must_use]
    pub fn from_queries(queries: impl IntoIterator<Item = Query>) -> Self {
        let rules = (0..).zip(queries);
        Self(
            rules
                .map(|(number, query)| Rule { number, query })
                .collect(),
        )
    }

    /// Which entries of a snapshot, from that one on, which rules keep: what their heads decide at
    /// once, and what is left open for [`super::Job`]. Found and open are ordered by rule, segment, row.
    #[must_use]
    pub fn evaluate(
        &self,
        snapshot: &Snapshot,
        first: EntryId,
        view: &QueryContext<'_>,
    ) -> (Vec<RuleMatch>, Vec<UndecidedEntries>) {
        let (mut found, mut parts) = (Vec::new(), Vec::new());
        for rule in self.0.iter().filter(|rule| !rule.query.is_empty()) {
            let mut open = Vec::new();
            for segment in first.segment()..snapshot.segments().len() {
                let heads = evaluate_heads(snapshot, segment, &rule.query, view);
                let id = |row| EntryId::new(segment, row);
                let new = |id: &EntryId| *id >= first;
                let kept = iter_set_bits(&heads.matching)
                    .map(id)
                    .filter(new)
                    .map(|id| RuleMatch {
                        id,
                        rule: rule.number,
                    });
                found.extend(kept);
                open.extend(iter_set_bits(&heads.undecided).map(id).filter(new));
            }
            if !open.is_empty() {
                parts.push(UndecidedEntries {
                    rule: rule.number,
                    query: rule.query.clone(),
                    entries: open,
                });
            }
        }
        (found, parts)
    }
}
