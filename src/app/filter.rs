//! The filter of the list: the query that is on, the ones it stands within, and those typed before.

use std::collections::HashMap;

use super::FilterPhase;
use crate::filter::{Query, QueryError, SortOrder};

/// Filters that are remembered.
const MAX_HISTORY: usize = 200;

/// The live filter of the list.
#[derive(Debug, Default)]
pub struct ListFilter {
    pub text: String,
    /// Filters that this one stands within, the widest first.
    pub outer_filters: Vec<String>,
    /// All of them together.
    pub query: Query,
    /// In which order the hits stand.
    pub order: SortOrder,
    /// The orders that were asked for, each for its filter.
    pub order_by_filter: HashMap<String, SortOrder>,
    /// Number of the last job that was asked for.
    pub generation: u64,
    pub phase: FilterPhase,
    /// How many texts have been looked at, and of how many, while texts are searched.
    pub progress: Option<(usize, usize)>,
    /// What is wrong with the query as it stands.
    pub error: Option<QueryError>,
    /// True where entries have arrived since the last job was asked for.
    pub needs_rerun: bool,
    /// What was typed before, the newest last.
    pub history: Vec<String>,
}

impl ListFilter {
    /// A filter to begin with.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self {
            query: Query::parse(&text),
            error: Query::parse_strict(&text).err(),
            text,
            needs_rerun: true,
            ..Self::default()
        }
    }

    /// True while a job is at work.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.phase != FilterPhase::Idle
    }

    /// True where a job finds the rows: there is a query, or an order that is not that of the desk.
    #[must_use]
    pub fn needs_job(&self) -> bool {
        !self.query.is_empty() || matches!(self.order, SortOrder::Sorted(_))
    }

    /// True where there is none.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.is_empty() && self.outer_filters.is_empty()
    }

    /// The filter as it is shown: `syria › kremlin`.
    #[must_use]
    pub fn display_text(&self) -> String {
        let mut parts: Vec<&str> = self.outer_filters.iter().map(String::as_str).collect();
        if !self.text.is_empty() || parts.is_empty() {
            parts.push(&self.text);
        }
        parts.join(" › ")
    }

    /// The query of a text within the trail.
    pub(super) fn query_within_outer(&self, text: &str) -> Query {
        let parts = self.outer_filters.iter().map(String::as_str).chain([text]);
        Query::intersection(parts.map(Query::parse))
    }

    /// Remembers the text that was kept.
    pub(super) fn add_to_history(&mut self) {
        self.text.truncate(self.text.trim_end().len());
        if self.text.trim().is_empty() {
            return;
        }
        self.history.retain(|before| *before != self.text);
        self.history.push(self.text.clone());
        let over = self.history.len().saturating_sub(MAX_HISTORY);
        self.history.drain(..over);
    }
}
