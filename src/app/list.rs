//! The list: which entries it shows, which is selected, and from which row on. The selection is an entry, never a row.

use std::collections::HashSet;
use std::sync::Arc;

use crate::desk::{DispatchIndex, EntryId};
use crate::filter::Hits;

/// State of the list pane.
#[derive(Debug, Default)]
pub struct List {
    /// The hits of the filter; `None` shows the whole desk.
    pub hits: Option<Arc<Hits>>,
    /// The rows, where they are others than those of filter or desk: see [`super::rows`].
    pub(super) row_override: Option<Vec<EntryId>>,
    /// How many entries the desk had when the rows were last made from it: see [`super::rows`].
    pub(super) made_from: usize,
    /// How many dispatches the rows stand for, folded ones counted; `None`: as many as there are rows.
    pub(super) dispatch_count: Option<usize>,
    /// Rows that stand under the newest version of their story.
    pub nested_rows: HashSet<EntryId>,
    /// Rows that have other versions of their story folded under them, or standing under them.
    pub story_heads: HashSet<EntryId>,
    /// A row that is one only while it is selected: another version stands for its story.
    pub(super) pinned_row: Option<EntryId>,
    pub selected: Option<EntryId>,
    /// Row of the selection.
    pub row: usize,
    /// First row on the screen.
    pub top: usize,
    /// Set once the reader has chosen a row: from then on what arrives above does not move the selection.
    pub user_selected: bool,
}

impl List {
    /// The rows in order.
    #[must_use]
    pub fn rows<'a>(&'a self, desk: &'a DispatchIndex) -> &'a [EntryId] {
        match (&self.row_override, &self.hits) {
            (Some(view), _) => view,
            (None, Some(hits)) => &hits.ids,
            (None, None) => desk.order(),
        }
    }

    /// How many dispatches the rows stand for: themselves, and those that are folded.
    #[must_use]
    pub fn represented_dispatches(&self, desk: &DispatchIndex) -> usize {
        self.dispatch_count.unwrap_or_else(|| self.rows(desk).len())
    }

    /// Row of an entry.
    #[must_use]
    pub fn row_of(&self, desk: &DispatchIndex, id: EntryId) -> Option<usize> {
        if self.row_override.is_none() && self.hits.is_none() {
            return desk.position_of(id);
        }
        self.rows(desk).iter().position(|&row| row == id)
    }

    /// Selects a row, or the last one where there are fewer.
    pub fn select(&mut self, row: usize, desk: &DispatchIndex) {
        let rows = self.rows(desk);
        let row = row.min(rows.len().saturating_sub(1));
        let selected = rows.get(row).copied();
        self.row = row;
        self.selected = selected;
    }

    /// Moves the selection by so many rows.
    pub fn move_selection(&mut self, by: isize, desk: &DispatchIndex) {
        self.user_selected = true;
        self.select(self.row.saturating_add_signed(by), desk);
    }

    /// Scrolls so that the selection is visible in so many rows, no further than needed.
    pub fn scroll_to_selection(&mut self, height: usize, desk: &DispatchIndex) {
        let height = height.max(1);
        let margin = usize::from(height > 8) * 2;
        let last = self.rows(desk).len().saturating_sub(height);
        let lowest = self.row.saturating_sub(margin);
        let highest = (self.row + margin + 1).saturating_sub(height);
        self.top = self.top.clamp(highest.min(lowest), lowest).min(last);
    }

    /// Finds the selection again after the rows have changed: it stays on its entry and at its place on the screen.
    /// Where the entry is gone, on what took its place or on its row; where the reader has not chosen any, on the
    /// first row.
    pub(super) fn restore_selection(&mut self, desk: &DispatchIndex) {
        if !self.user_selected || self.rows(desk).is_empty() {
            self.top = 0;
            self.user_selected = false;
            self.select(0, desk);
            return;
        }
        let mut heirs = self.selected.into_iter().flat_map(|id| {
            let after = std::iter::successors(Some(id), |&id| desk.successor(id)).take(8);
            after.chain(desk.versions(id))
        });
        let kept = heirs.find_map(|id| Some((id, self.row_of(desk, id)?)));
        match kept {
            Some((id, row)) => {
                self.top = (row + self.top).saturating_sub(self.row);
                self.row = row;
                self.selected = Some(id);
            }
            None => self.select(self.row, desk),
        }
    }
}
