//! Sideways moves: tables that are wider than the reader pane.

use super::{State, text_column};
use crate::action::Pane;

/// Half the columns of the reader pane.
pub(super) fn half_pane_columns(state: &State) -> isize {
    isize::try_from(state.table_columns() / 2)
        .unwrap_or(1)
        .max(1)
}

/// Moves the tables by so many columns to the left.
pub(super) fn scroll_tables(state: &mut State, by: isize) {
    if state.max_table_scroll() == 0 {
        state.notice = Some("no table of this dispatch is wider than the pane".into());
        return;
    }
    let furthest = state.max_table_scroll();
    state.reader.table_scroll = state
        .reader
        .table_scroll
        .saturating_add_signed(by)
        .min(furthest);
}

impl State {
    /// Columns that a row of a table has: from the start of the text to the end of the pane.
    fn table_columns(&self) -> usize {
        let reader = self.layout_at(Pane::Reader);
        let area = self.layout().reader.or(reader.reader);
        area.map_or(0, |area| {
            usize::from((area.x + area.width).saturating_sub(text_column(area).x))
        })
    }

    /// The furthest that tables move: the end of the widest row at the end of the pane.
    #[must_use]
    pub fn max_table_scroll(&self) -> usize {
        let columns = self.shown_document().map_or(0, |d| d.table_columns);
        columns.saturating_sub(self.table_columns())
    }
}
