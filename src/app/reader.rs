//! The reader pane: the open dispatch, how far it is scrolled, the current quote, and search in the text.

use std::ops::Range;

use super::hits::ScrollTarget;
use super::{Area, Document, LineKind, State};
use crate::action::Pane;
use crate::desk::EntryId;
use crate::dispatch::{Dispatch, InputProblem};
use crate::quote::{Quote, TextPart};

/// State of the reader pane.
#[derive(Debug, Default)]
pub struct Reader {
    /// The entry that shall be shown.
    pub requested: Option<EntryId>,
    /// What is shown: the wanted entry, or the one before while that is being read.
    pub document: Option<Document>,
    /// Why the wanted entry cannot be shown.
    pub failure: Option<InputProblem>,
    /// First line on the screen.
    pub scroll: usize,
    /// Columns by which tables are moved to the left.
    pub table_scroll: usize,
    /// The current statement, an index into [`Document::quotes`].
    pub current_quote: Option<usize>,
    /// The statement whose cue and speaker are marked in the text.
    pub explained_quote: Option<usize>,
    /// The speaker at whose quote a dispatch is opened: see [`Landing::Speaker`].
    pub(super) sought_speaker: String,
    /// What is searched for in the text; empty: the words of the filter are marked instead.
    pub search: String,
    /// Places that match in headline and body, in the order of the text.
    pub hits: Vec<(TextPart, Range<usize>)>,
    /// The hit that was gone to last.
    pub current_hit: Option<usize>,
    /// Only the paragraphs that hold a hit are shown.
    pub only_matches: bool,
    /// Where to go in a dispatch that has just been read, once its lines are there; nowhere in any other one.
    pub(super) scroll_target: Option<(EntryId, ScrollTarget)>,
    /// The dispatch has been opened, not only passed over: where it is left is kept.
    pub(super) was_opened: bool,
}

impl Reader {
    /// Shows nothing.
    pub(super) fn clear(&mut self) {
        self.document = None;
        self.failure = None;
        self.current_quote = None;
        self.hits.clear();
    }

    /// Byte position in the body of what stands on top of the pane; 0 at the top of the text, and over it.
    pub(super) fn top_position(&self) -> usize {
        let document = self.document.as_ref().filter(|_| self.scroll > 0);
        let top = document.and_then(|document| document.lines.get(self.scroll));
        // A blank line stands for the block after it, but one above the body for nothing.
        let in_body = |line: &&super::ReaderLine| match line.kind {
            LineKind::Body | LineKind::Heading | LineKind::Table | LineKind::OmittedBlocks => true,
            kind => kind == LineKind::Blank && line.range.start > 0,
        };
        top.filter(in_body).map_or(0, |line| line.range.start)
    }

    /// Makes the lines anew where the measure has changed; what stood on top of the pane stays there.
    pub(super) fn lay_out(&mut self, measure: Area) {
        let Some(document) = self.document.as_mut() else {
            return;
        };
        let same = document.layout_columns == measure.width;
        if same && !document.needs_layout {
            return;
        }
        let before = document.lines_above_headline();
        let anchor = document
            .lines
            .iter()
            .skip(self.scroll)
            .find(|line| line.kind != LineKind::Blank)
            .map(|line| (line.kind, line.range.start));
        let in_body = |(part, range): &(TextPart, Range<usize>)| {
            (*part == TextPart::Body).then(|| range.clone())
        };
        let body_hits: Vec<Range<usize>> = self.hits.iter().filter_map(in_body).collect();
        let only = (self.only_matches && !body_hits.is_empty()).then_some(&body_hits[..]);
        document.lay_out(measure.width, only);
        if same {
            // What has grown over the text moves it by as much, but for a reader at the top, who shall see it.
            if self.scroll > 0 {
                self.scroll =
                    (self.scroll + document.lines_above_headline()).saturating_sub(before);
            }
            return;
        }
        if let Some((kind, start)) = anchor.filter(|_| self.scroll > 0) {
            let holds = |line: &super::ReaderLine| line.kind == kind && line.range.start <= start;
            self.scroll = document
                .lines
                .iter()
                .rposition(holds)
                .unwrap_or(self.scroll);
        }
    }
}

/// A dispatch has been read.
pub(super) fn receive_dispatch(
    state: &mut State,
    id: EntryId,
    result: Result<Box<(Dispatch, Vec<Quote>)>, InputProblem>,
) {
    if state.reader.requested != Some(id) {
        if let Ok(read) = result {
            super::fate::receive_kill_notice(state, id, &read.0);
        }
        return;
    }
    let same = state.reader.document.as_ref().is_some_and(|d| d.id == id);
    state.reader.failure = None;
    if !same {
        state.save_position();
    }
    match result {
        Ok(read) => {
            let (dispatch, quotes) = *read;
            state.reader.document = Some(Document::new(id, dispatch, quotes, &state.zone));
        }
        Err(problem) => {
            state.reader.clear();
            state.reader.scroll_target = None;
            state.reader.failure = Some(problem);
        }
    }
    if !same {
        state.reader.was_opened = false;
        state.reader.scroll = 0;
        state.reader.table_scroll = 0;
        state.reader.current_quote = None;
        state.reader.explained_quote = None;
        state.quotes_top = 0;
        let first = (id, ScrollTarget::FirstMatch);
        let landing = state.reader.scroll_target.filter(|landing| landing.0 == id);
        let read = state.reader.failure.is_none();
        state.reader.scroll_target = read.then(|| landing.unwrap_or(first));
    }
    state.reader.find_hits(&state.filter.query);
    if state.focus == Pane::Reader {
        state.mark_read();
    }
}

impl State {
    /// The selected dispatch is to be opened there.
    pub(super) fn set_scroll_target(&mut self, landing: ScrollTarget) {
        self.reader.scroll_target = self.list.selected.map(|id| (id, landing));
    }

    /// Notes that the selected dispatch has been read.
    pub(super) fn mark_read(&mut self) {
        self.restore_position();
        super::marking::mark_selected_read(self);
    }

    pub(super) fn line_count(&self) -> usize {
        self.shown_document().map_or(0, |d| d.lines.len())
    }

    /// The furthest that the reader scrolls: the last line at the foot of the pane.
    #[must_use]
    pub fn max_scroll(&self) -> usize {
        self.line_count()
            .saturating_sub(self.pane_height(Pane::Reader))
    }

    pub(super) fn clamp_scroll(&mut self) {
        self.reader.scroll = self.reader.scroll.min(self.max_scroll());
        self.reader.table_scroll = self.reader.table_scroll.min(self.max_table_scroll());
    }

    /// Scrolls by so many lines; the text counts as read.
    pub(super) fn scroll_by(&mut self, by: isize) {
        if self.document().is_none() {
            return;
        }
        let before = self.reader.scroll;
        self.reader.scroll = before.saturating_add_signed(by).min(self.max_scroll());
        if self.reader.scroll != before {
            self.mark_read();
            self.select_visible_quote();
        }
    }

    /// Scrolls so that some lines are visible: not at all where they are, else to a third of the pane.
    pub(super) fn scroll_into_view(&mut self, lines: Range<usize>) {
        let height = self.pane_height(Pane::Reader);
        let visible = self.reader.scroll..self.reader.scroll + height;
        let last = lines.end.max(lines.start + 1).min(lines.start + height);
        if lines.start < visible.start || last > visible.end {
            self.reader.scroll = lines
                .start
                .saturating_sub(height / 3)
                .min(self.max_scroll());
        }
    }

    /// The share of the text above the foot of the pane, in percent.
    #[must_use]
    pub fn percent_read(&self) -> usize {
        let lines = self.line_count().max(1);
        ((self.reader.scroll + self.pane_height(Pane::Reader)).min(lines)) * 100 / lines
    }

    /// True where the end of the text is on the screen.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.reader.scroll >= self.max_scroll()
    }
}
