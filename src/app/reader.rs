//! The reader pane: the open dispatch, its scroll position, search in its text, and its links. Knows nothing of how a
//! dispatch is read or drawn.

use std::ops::Range;

use crate::action::{Action, Pane};
use crate::app::alerts::News;
use crate::app::band::{Band, BandContext, BandKey, BandKind};
use crate::app::document::{Document, LineKind, ReaderLine};
use crate::app::layout;
use crate::app::layout::{Area, LayoutMode};
use crate::app::state::{Effect, State};
use crate::dispatch::{Dispatch, InputProblem, Role};
use crate::index::{EntryId, EntryRef};
use crate::jobs::Job;
use crate::marks::MarkChange;
use crate::quotes::{Quote, TextPart};
use crate::text::{find_folded, fold};

/// State of the reader pane.
#[derive(Debug, Default)]
pub struct Reader {
    /// The entry to show.
    pub requested: Option<EntryId>,
    /// The shown document: that of `requested`, or the previous one while that is being read.
    pub document: Option<Document>,
    /// Why `requested` cannot be shown.
    pub failure: Option<InputProblem>,
    /// First visible line, an index into `Document::lines`.
    pub scroll: usize,
    /// Columns by which tables are scrolled sideways.
    pub table_scroll: usize,
    /// The current quote, an index into [`Document::quotes`].
    pub current_quote: Option<usize>,
    /// The quote whose cue and speaker are highlighted, an index into [`Document::quotes`].
    pub explained_quote: Option<usize>,
    pub quote_walk: QuoteWalk,
    pub search: TextSearch,
    /// Where to scroll in this entry once it has been read and laid out. Dropped if another entry is selected first.
    pub(super) scroll_target: Option<(EntryId, ScrollTarget)>,
    /// The dispatch has been opened, not only selected in passing: its reading position is saved.
    pub(super) was_opened: bool,
    /// The row of the screen in which the text began at last; `None` if it was not shown.
    pub(super) first_row: Option<u16>,
}

/// The quotes that a filter or a speaker leads to.
#[derive(Debug, Default)]
pub struct QuoteWalk {
    /// The quotes that fit the filter, as ascending indexes into [`Document::quotes`].
    pub fitting: Vec<usize>,
    /// The filter asks for quotes, by `said:` or `quote:`.
    pub is_filtered: bool,
    /// The filter also has words for the text itself, which `n` goes through.
    pub(super) has_words: bool,
    /// The speaker for [`ScrollTarget::SpeakerQuote`].
    pub(super) sought_speaker: String,
}

/// The search in the text of the open dispatch.
#[derive(Debug, Default)]
pub struct TextSearch {
    /// What is searched for; if empty, the words of the filter are highlighted instead.
    pub text: String,
    /// Matches in headline and body, as byte ranges into the text of the part, in text order.
    pub hits: Vec<(TextPart, Range<usize>)>,
    /// The hit moved to last, an index into `hits`.
    pub current_hit: Option<usize>,
    /// Shows only paragraphs with a hit or a quote that fits the filter.
    pub only_matches: bool,
}

impl Reader {
    /// Closes the document.
    pub(super) fn clear(&mut self) {
        self.document = None;
        self.failure = None;
        self.current_quote = None;
        self.quote_walk.fitting.clear();
        self.search.hits.clear();
    }

    /// Byte position in the body of the first visible line; 0 at or above the start of the text.
    pub(super) fn top_position(&self) -> usize {
        let document = self.document.as_ref().filter(|_| self.scroll > 0);
        let top = document.and_then(|document| document.page.lines.get(self.scroll));
        // A blank line in the body has the start of the block after it. Those above the body have no position.
        let in_body = |line: &&ReaderLine| match line.kind {
            LineKind::Body | LineKind::Heading | LineKind::Table | LineKind::OmittedBlocks => true,
            kind => kind == LineKind::Blank && line.range.start > 0,
        };
        top.filter(in_body).map_or(0, |line| line.range.start)
    }

    /// Lays the document out again if the text column has changed. The line at the top of the pane stays there.
    pub(super) fn lay_out(&mut self, measure: Area) {
        let Some(document) = self.document.as_mut() else {
            return;
        };
        if document.page.columns == measure.width {
            return;
        }
        // The first visible line, as kind and byte position, which stay valid when lines are wrapped differently.
        let anchor = document
            .page
            .lines
            .iter()
            .skip(self.scroll)
            .find(|line| line.kind != LineKind::Blank)
            .map(|line| (line.kind, line.range.start));
        let matches = self
            .search
            .only_matches
            .then(|| body_matches(document, &self.search.hits, &self.quote_walk.fitting));
        document.lay_out(measure.width, matches.as_deref().filter(|found| !found.is_empty()));
        if let Some((kind, start)) = anchor.filter(|_| self.scroll > 0) {
            let holds = |line: &ReaderLine| line.kind == kind && line.range.start <= start;
            self.scroll = document.page.lines.iter().rposition(holds).unwrap_or(self.scroll);
        }
    }
}

/// The hits in the body, and the quotes there that fit the filter (indexes into [`Document::quotes`]), as ascending byte
/// ranges of the body. A quote of several paragraphs has a range for each.
fn body_matches(
    document: &Document,
    hits: &[(TextPart, Range<usize>)],
    fitting: &[usize],
) -> Vec<Range<usize>> {
    let hits = hits.iter().filter(|(part, _)| *part == TextPart::Body);
    let quotes = fitting.iter().filter_map(|&number| document.quotes.get(number));
    let quotes = quotes.filter(|quote| quote.part == TextPart::Body);
    let mut found: Vec<Range<usize>> = hits.map(|(_, range)| range.clone()).collect();
    found.extend(quotes.flat_map(|quote| quote.pieces.iter().cloned()));
    found.sort_unstable_by_key(|range| (range.start, range.end));
    found
}

/// Takes in a dispatch that has been read, if it is the requested one. Any may be a notice that a band needs for its
/// reason.
pub(super) fn receive_dispatch(
    state: &mut State,
    id: EntryId,
    result: Result<Box<(Dispatch, Vec<Quote>)>, InputProblem>,
) {
    if let Ok(read) = &result {
        state.session.alerts.strikes.receive_notice(id, &read.0);
    }
    if state.ui.reader.requested != Some(id) {
        return;
    }
    // Moving away and back may read a dispatch again while it is still shown: scroll position and current quote stay.
    let same = state.ui.reader.document.as_ref().is_some_and(|d| d.id == id);
    state.ui.reader.failure = None;
    if !same {
        state.save_position();
        state.leave_news();
    }
    match result {
        Ok(read) => {
            let (dispatch, quotes) = *read;
            state.ui.reader.document =
                Some(Document::new(id, dispatch, quotes, &state.settings.zone));
        }
        Err(problem) => {
            state.ui.reader.clear();
            state.ui.reader.scroll_target = None;
            state.ui.reader.failure = Some(problem);
        }
    }
    if !same {
        state.ui.reader.was_opened = false;
        state.ui.reader.scroll = 0;
        state.ui.reader.table_scroll = 0;
        state.ui.reader.current_quote = None;
        state.ui.reader.explained_quote = None;
        state.ui.quotes.top = 0;
        let first_match = (id, state.first_match());
        let target = state.ui.reader.scroll_target.filter(|target| target.0 == id);
        let read = state.ui.reader.failure.is_none();
        state.ui.reader.scroll_target = read.then(|| target.unwrap_or(first_match));
    }
    state.ui.reader.find_hits(&state.session.filter.query);
    state.find_fitting_quotes();
    if state.ui.focus == Pane::Reader {
        state.mark_read();
    }
}

impl State {
    /// Sets where the selected dispatch is scrolled to once it has been read.
    pub(super) fn set_scroll_target(&mut self, target: ScrollTarget) {
        self.ui.reader.scroll_target = self.ui.list.selected.map(|id| (id, target));
    }

    /// Marks the selected dispatch read, and scrolls to where it was left last time.
    pub(super) fn mark_read(&mut self) {
        self.restore_position();
        mark_selected_read(self);
    }

    /// Number of lines in the reader pane.
    pub(super) fn line_count(&self) -> usize {
        self.shown_document().map_or(0, |d| d.page.lines.len())
    }

    /// The last scroll position: the last line is at the bottom of the pane.
    #[must_use]
    pub fn max_scroll(&self) -> usize {
        self.line_count().saturating_sub(self.pane_height(Pane::Reader))
    }

    /// Limits the scroll positions to the text and its tables.
    pub(super) fn clamp_scroll(&mut self) {
        self.ui.reader.scroll = self.ui.reader.scroll.min(self.max_scroll());
        self.ui.reader.table_scroll = self.ui.reader.table_scroll.min(self.max_table_scroll());
    }

    /// Scrolls by a number of lines. If that moves the text, it counts as read.
    pub(super) fn scroll_by(&mut self, by: isize) {
        if self.document().is_none() {
            return;
        }
        let before = self.ui.reader.scroll;
        self.ui.reader.scroll = before.saturating_add_signed(by).min(self.max_scroll());
        if self.ui.reader.scroll != before {
            self.mark_read();
            self.select_visible_quote();
        }
    }

    /// Scrolls lines into view: not at all if they are visible, else to a third of the pane.
    pub(super) fn scroll_into_view(&mut self, lines: Range<usize>) {
        let height = self.pane_height(Pane::Reader);
        let visible = self.ui.reader.scroll..self.ui.reader.scroll + height;
        let last = lines.end.max(lines.start + 1).min(lines.start + height);
        if lines.start < visible.start || last > visible.end {
            self.ui.reader.scroll = lines.start.saturating_sub(height / 3).min(self.max_scroll());
        }
    }

    /// The share of the text above the bottom of the pane, in percent.
    #[must_use]
    pub fn percent_read(&self) -> usize {
        let lines = self.line_count().max(1);
        ((self.ui.reader.scroll + self.pane_height(Pane::Reader)).min(lines)) * 100 / lines
    }

    /// True if the end of the text is visible.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.ui.reader.scroll >= self.max_scroll()
    }
}

// Search in the text: finding hits, and moving between them, past the last one into the next dispatch.

/// Where a dispatch is scrolled to when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScrollTarget {
    /// The first quote that fits the filter; without one the top, or the first match of the filter if that is not
    /// visible there.
    FirstMatch,
    /// The hit of the filter that only the text has: [`crate::filter::Query::first_text_hit`].
    TextHit,
    FirstHit,
    LastHit,
    /// This byte position in the body: where it was left last time.
    Position(usize),
    /// The first quote of [`QuoteWalk::sought_speaker`], or (`false`) the last one.
    SpeakerQuote(bool),
    /// The first quote that fits the filter, or (`false`) the last one.
    FittingQuote(bool),
}

impl Reader {
    /// Finds the matches of the search, or else of the filter.
    pub(super) fn find_hits(&mut self, filter: &crate::filter::Query) {
        self.search.current_hit = None;
        self.search.hits.clear();
        let Some(document) = &mut self.document else {
            return;
        };
        // Other paragraphs match now: lay out again.
        if self.search.only_matches {
            document.page.columns = 0;
        }
        let word = fold(self.search.text.trim());
        for (part, text) in [
            (TextPart::Headline, document.dispatch.headline.as_str()),
            (TextPart::Body, document.dispatch.body.text()),
        ] {
            let found = if word.is_empty() {
                filter.match_ranges_in_text(text)
            } else {
                find_folded(text, &word)
            };
            self.search.hits.extend(found.into_iter().map(|range| (part, range)));
        }
    }
}

impl State {
    /// Moves to the next or previous hit. If the filter asks for quotes, moves through those that fit instead, unless
    /// the text has been searched, or contains words of the filter.
    pub(super) fn next_hit(&mut self, forward: bool, effects: &mut Vec<Effect>) {
        let Reader { search, quote_walk, .. } = &self.ui.reader;
        let has_words = quote_walk.has_words && !search.hits.is_empty();
        if quote_walk.is_filtered && search.text.is_empty() && !has_words {
            self.go_to_fitting_quote(forward, effects);
        } else {
            self.go_to_hit(forward, false);
        }
    }

    /// Moves to the next or previous hit, or with `first` to the first hit at or below the top of the pane.
    pub(super) fn go_to_hit(&mut self, forward: bool, first: bool) {
        if !first && self.go_to_hit_in_neighbour(forward) {
            return;
        }
        let Some(document) = &self.ui.reader.document else {
            return;
        };
        if self.ui.reader.search.hits.is_empty() {
            let sought = if self.ui.reader.search.text.is_empty() {
                &self.session.filter.display_text()
            } else {
                &self.ui.reader.search.text
            };
            self.say(if sought.is_empty() {
                let hint = self.key_hint(": ", Action::Search, "searches the text");
                format!("no search is active{hint}")
            } else {
                format!("not in this text: {sought}")
            });
            return;
        }
        let count = self.ui.reader.search.hits.len();
        let line = |hit: usize| {
            document
                .line_of(self.ui.reader.search.hits[hit].0, self.ui.reader.search.hits[hit].1.start)
        };
        let below = || (0..count).find(|&hit| line(hit) >= self.ui.reader.scroll).unwrap_or(0);
        // Around the ends of the text, if there is no other dispatch to move to.
        let next = match (self.ui.reader.search.current_hit, forward) {
            (_, _) if first => below(),
            (Some(hit), true) => (hit + 1) % count,
            (Some(hit), false) => (hit + count - 1) % count,
            (None, true) => below(),
            (None, false) => (below() + count - 1) % count,
        };
        let at = line(next);
        self.ui.reader.search.current_hit = Some(next);
        self.say(format!("hit {} of {count}", next + 1));
        self.scroll_into_view(at..at + 1);
        self.select_visible_quote();
    }

    /// Moves past the last hit to the next dispatch, or before the first hit to the previous one, if the hits are those
    /// of the filter. True if it moved.
    fn go_to_hit_in_neighbour(&mut self, forward: bool) -> bool {
        let search = &self.ui.reader.search;
        let at_edge = match search.current_hit {
            Some(hit) if forward => hit + 1 == search.hits.len(),
            Some(hit) => hit == 0,
            None => false,
        };
        let step = if forward { 1 } else { -1 };
        let next = self.ui.list.row.saturating_add_signed(step);
        let rows = self.ui.list.rows(&self.session.index).len();
        // A search within the text is about this dispatch alone.
        let filtered = self.ui.list.hits.is_some() && search.text.is_empty();
        if !at_edge || !filtered || next >= rows || next == self.ui.list.row {
            return false;
        }
        self.ui.list.go_to(next, &self.session.index);
        self.set_scroll_target(if forward {
            ScrollTarget::FirstHit
        } else {
            ScrollTarget::LastHit
        });
        true
    }

    /// Switches between all paragraphs and only those with a hit or a quote that fits the filter.
    pub(super) fn toggle_only_matches(&mut self) {
        let Reader { search, quote_walk, .. } = &self.ui.reader;
        if !search.only_matches && search.hits.is_empty() && quote_walk.fitting.is_empty() {
            let hint = self.key_hint(": ", Action::Search, "searches it");
            return self.say(format!("no matches in this text{hint}"));
        }
        self.ui.reader.search.only_matches = !self.ui.reader.search.only_matches;
        if let Some(document) = &mut self.ui.reader.document {
            document.page.columns = 0;
        }
    }

    /// Where the selected dispatch opens if nothing else was asked for.
    fn first_match(&self) -> ScrollTarget {
        if self.is_text_row(self.ui.list.row) {
            ScrollTarget::TextHit
        } else {
            ScrollTarget::FirstMatch
        }
    }

    /// When an already shown dispatch is opened, scrolls to its first match, unless it has been scrolled or shows a
    /// quote that fits the filter. A hit in the text is about the words of the filter: they take the place of an earlier
    /// search.
    pub(super) fn open_at_first_match(&mut self) {
        let target = self.first_match();
        if target == ScrollTarget::TextHit && !self.ui.reader.search.text.is_empty() {
            self.ui.reader.search.text.clear();
            self.ui.reader.find_hits(&self.session.filter.query);
        }
        let is_there = self.ui.reader.scroll > 0 || self.is_on_fitting_quote();
        if !is_there && self.ui.reader.scroll_target.is_none() {
            self.set_scroll_target(target);
        }
    }

    /// Moves to the hit of the filter that only the text has.
    fn go_to_text_hit(&mut self) {
        let Some((document, entry)) = self.document().zip(self.selected_entry()) else {
            return;
        };
        let body = document.dispatch.body.text();
        let Some(hit) = self.session.filter.query.first_text_hit(entry, body) else {
            return;
        };
        let line = document.line_of(TextPart::Body, hit.start);
        let hits = &mut self.ui.reader.search.hits;
        let is_it = |(part, range): &(TextPart, Range<usize>)| {
            *part == TextPart::Body && range.end > hit.start
        };
        self.ui.reader.search.current_hit = hits.iter().position(is_it);
        self.scroll_into_view(line..line + 1);
    }

    /// Scrolls to the scroll target, once the dispatch has been read and laid out.
    pub(super) fn apply_scroll_target(&mut self) {
        if self.ui.reader.requested != self.document().map(|d| d.id) || self.line_count() == 0 {
            return;
        }
        let Some((id, target)) = self.ui.reader.scroll_target.take() else {
            return;
        };
        if Some(id) != self.ui.reader.requested {
            return;
        }
        if let Some(quote) = self.quote_of_target(target) {
            return self.go_to_quote(quote);
        }
        if target == ScrollTarget::TextHit {
            return self.go_to_text_hit();
        }
        if let (ScrollTarget::Position(at), Some(document)) = (target, self.document()) {
            self.ui.reader.scroll = document.line_of(TextPart::Body, at);
            return;
        }
        let last = self.ui.reader.search.hits.len().checked_sub(1);
        let hit = match target {
            ScrollTarget::FirstMatch if self.ui.reader.search.text.is_empty() => last.map(|_| 0),
            ScrollTarget::FirstMatch
            | ScrollTarget::TextHit
            | ScrollTarget::SpeakerQuote(_)
            | ScrollTarget::FittingQuote(_)
            | ScrollTarget::Position(_) => None,
            ScrollTarget::FirstHit => last.map(|_| 0),
            ScrollTarget::LastHit => last,
        };
        let Some((document, hit)) = self.document().zip(hit) else {
            return;
        };
        let (part, range) = &self.ui.reader.search.hits[hit];
        let line = document.line_of(*part, range.start);
        if target != ScrollTarget::FirstMatch {
            self.ui.reader.search.current_hit = Some(hit);
        }
        self.scroll_into_view(line..line + 1);
    }

    /// The quote of the open dispatch that a scroll target leads to.
    fn quote_of_target(&self, target: ScrollTarget) -> Option<usize> {
        let fitting = &self.ui.reader.quote_walk.fitting;
        let has_hits = !self.ui.reader.search.hits.is_empty();
        match target {
            ScrollTarget::SpeakerQuote(forward) => self.sought_speaker_quote(forward),
            ScrollTarget::FirstMatch | ScrollTarget::TextHit | ScrollTarget::FittingQuote(true) => {
                fitting.first().copied()
            }
            ScrollTarget::FittingQuote(false) => fitting.last().copied(),
            ScrollTarget::FirstHit if !has_hits => fitting.first().copied(),
            ScrollTarget::LastHit if !has_hits => fitting.last().copied(),
            ScrollTarget::FirstHit | ScrollTarget::LastHit | ScrollTarget::Position(_) => None,
        }
    }
}

// Sideways scrolling of tables that are wider than the reader pane.

/// Half the width of the reader pane, in columns.
pub(super) fn half_pane_columns(state: &State) -> isize {
    isize::try_from(state.table_columns() / 2).unwrap_or(1).max(1)
}

/// Scrolls the tables sideways by a number of columns; positive values show what is further right.
pub(super) fn scroll_tables(state: &mut State, by: isize) {
    let furthest = state.max_table_scroll();
    if furthest == 0 {
        return state.say("no table of this dispatch is wider than the pane");
    }
    let scroll = &mut state.ui.reader.table_scroll;
    *scroll = scroll.saturating_add_signed(by).min(furthest);
}

impl State {
    /// Visible columns of a table row. Tables may use the margin right of the text column.
    fn table_columns(&self) -> usize {
        let reader = self.layout_at(Pane::Reader);
        let area = self.layout().reader.or(reader.reader);
        area.map_or(0, |area| {
            usize::from((area.x + area.width).saturating_sub(layout::text_column(area).x))
        })
    }

    /// The last sideways position: the widest row ends at the edge of the pane.
    #[must_use]
    pub fn max_table_scroll(&self) -> usize {
        let columns = self.shown_document().map_or(0, |d| d.page.table_columns);
        columns.saturating_sub(self.table_columns())
    }
}

// The bands: that of the open dispatch, and those of others that have left the program.

/// A band on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BandView {
    /// One row.
    pub area: Area,
    pub key: BandKey,
    /// Its text, in the width of `area` without the first column.
    pub text: String,
}

/// Updates the bands of the open dispatch, notes which of them are news, and asks for the notices that give reasons.
pub(super) fn update_bands(state: &mut State, effects: &mut Vec<Effect>) {
    state.session.alerts.strikes.drop_outdated(&state.session.index);
    if let Some(mut document) = state.ui.reader.document.take() {
        // A dispatch that has just been opened is not news.
        let was_shown = document.page.columns != 0;
        let before: Vec<BandKey> = document.status.bands.iter().map(|band| band.key).collect();
        document.refresh_status(&state.band_context());
        let was_killed = before.iter().any(|key| key.kind == BandKind::Kill);
        let by = document.status.story_status.restored_by.filter(|_| was_killed && was_shown);
        if by.is_some() && !document.is_killed() {
            let key = BandKey { id: document.id, kind: BandKind::Restored, cause: by };
            let stays = state.ui.reader.was_opened;
            state.session.alerts.strikes.tell(News { key, stays });
            document.refresh_status(&state.band_context());
        }
        let keys = document.status.bands.iter().map(|band| band.key);
        let strikes = &mut state.session.alerts.strikes;
        for key in keys.filter(|key| was_shown && key.cause.is_some() && !before.contains(key)) {
            let stays = state.ui.reader.was_opened && key.kind <= BandKind::Restored;
            strikes.tell(News { key, stays });
        }
        state.ui.reader.document = Some(document);
    }
    let open = state.document().map_or(&[][..], |document| &document.status.bands);
    let mut keys: Vec<BandKey> = open.iter().map(|band| band.key).collect();
    let strikes = &mut state.session.alerts.strikes;
    keys.extend(strikes.news.iter().map(|news| news.key));
    for key in keys {
        if let Some(notice) = strikes.needs_reason(key) {
            effects.push(Effect::Spawn(Job::ReadDispatch(notice, state.session.index.snapshot())));
        }
    }
}

/// Keeps the lines of the text where they are on the screen when a band takes a row of the pane or gives it back. At its
/// start the text moves by that row: its first line is never covered.
pub(super) fn keep_lines_in_place(state: &mut State) {
    let layout = state.layout();
    let in_one_pane = layout.reader.filter(|_| layout.mode == LayoutMode::SinglePane);
    let now = in_one_pane.map(|reader| reader.y);
    let reader = &mut state.ui.reader;
    let before = std::mem::replace(&mut reader.first_row, now);
    let was_shown = reader.document.as_ref().is_some_and(|document| document.page.columns != 0);
    if let (Some(now), Some(before)) = (now, before)
        && was_shown
        && reader.scroll > 0
    {
        reader.scroll = (reader.scroll + usize::from(now)).saturating_sub(before.into());
    }
}

impl State {
    /// What bands are made from.
    pub(super) fn band_context(&self) -> BandContext<'_> {
        BandContext {
            index: &self.session.index,
            now: self.session.now,
            zone: &self.settings.zone,
            strikes: &self.session.alerts.strikes,
        }
    }

    /// Drops the news of the dispatch that is about to be replaced in the pane, unless it is to be told all the same.
    fn leave_news(&mut self) {
        let left = self.ui.reader.document.as_ref().map(|document| document.id);
        self.session.alerts.strikes.news.retain(|news| news.stays || Some(news.key.id) != left);
    }

    /// The band of the open dispatch: the highest that has not been acknowledged.
    pub(super) fn open_band(&self) -> Option<&Band> {
        let strikes = &self.session.alerts.strikes;
        let mut bands = self.shown_document()?.status.bands.iter();
        bands.find(|band| !strikes.is_acknowledged(band.key))
    }

    /// The bands on the screen, the highest first: Esc acknowledges the first one.
    ///
    /// That of the open dispatch lies where the layout puts it. What covers the panes, and bands of other dispatches, which
    /// name these, have the top line.
    #[must_use]
    pub fn visible_bands(&self) -> Vec<BandView> {
        let layout = self.layout();
        if layout.mode == LayoutMode::TooSmall {
            return Vec::new();
        }
        let news = &self.session.alerts.strikes.news;
        let view = |band: &Band, area: Area| BandView {
            area,
            key: band.key,
            text: band.fit(usize::from(area.width).saturating_sub(1)),
        };
        let is_shown =
            self.ui.overlay().is_none() && (layout.reader.is_some() || layout.quotes.is_some());
        let open = self.open_band().filter(|_| is_shown).map(|band| view(band, layout.band));
        let told = open.as_ref().map(|open| open.key);
        let is_free = open.as_ref().is_none_or(|open| open.area != layout.top);
        // Of what is open but covered, only news is told; its highest first.
        let covered = self.open_band().map(|band| band.key);
        let covered = covered.filter(|key| told.is_none() && news.iter().any(|n| n.key == *key));
        let shown = self.shown_document().map(|document| document.id);
        let others = news.iter().filter(|news| news.stays && Some(news.key.id) != shown);
        let top = covered.or_else(|| others.map(|news| news.key).min_by_key(|key| key.kind));
        let top = top.filter(|_| is_free);
        let top = top.and_then(|key| Some(view(&self.news_band(key)?, layout.top)));
        let mut views: Vec<BandView> = top.into_iter().chain(open).collect();
        views.sort_by_key(|view| view.key.kind);
        views
    }

    /// The band of news about a dispatch that is not on the screen.
    fn news_band(&self, key: BandKey) -> Option<Band> {
        self.band_context().named_band(key)
    }

    /// The sign in place of the band of the open dispatch, once that has been acknowledged: its cell, and what it
    /// stands for.
    #[must_use]
    pub fn band_sign(&self) -> Option<(Area, BandKind)> {
        let layout = self.layout();
        let is_shown = self.ui.overlay().is_none() && layout.reader.is_some();
        let band = self.shown_document().filter(|_| is_shown)?.status.bands.first()?;
        self.open_band().is_none().then_some((Area { width: 1, ..layout.band }, band.key.kind))
    }

    /// The band that Esc acknowledges: the first one on the screen. In the list, Esc takes back a selection or filter
    /// first, unless the band is news: there the dispatch is only looked at in passing.
    pub(super) fn band_to_acknowledge(&self) -> Option<BandKey> {
        let key = self.visible_bands().first()?.key;
        let is_news = self.session.alerts.strikes.news.iter().any(|news| news.key == key);
        let takes_back =
            !self.session.marks.selection.is_empty() || !self.session.filter.is_blank();
        (is_news || self.active_pane() != Pane::List || !takes_back).then_some(key)
    }

    /// Acknowledges a band, and with it whatever else is known of that dispatch. False if there is none to acknowledge.
    pub(super) fn acknowledge_band(&mut self) -> bool {
        let Some(key) = self.band_to_acknowledge() else {
            return false;
        };
        let of_open = self.shown_document().filter(|document| document.id == key.id);
        let bands = of_open.map_or(&[][..], |document| &document.status.bands);
        let keys: Vec<BandKey> = bands.iter().map(|band| band.key).chain([key]).collect();
        let strikes = &mut self.session.alerts.strikes;
        for key in keys {
            strikes.acknowledge(key);
        }
        true
    }

    /// True if Enter leads somewhere from the first band on the screen.
    pub(super) fn band_leads_on(&self) -> bool {
        let Some(BandView { key, .. }) = self.visible_bands().into_iter().next() else {
            return false;
        };
        let open = self.shown_document().filter(|document| document.id == key.id);
        key.cause.is_some() || open.is_none_or(|document| is_matched_notice(document, key))
    }

    /// Where Enter leads from the first band on the screen: to the kill notice, the correction or the newest version; from
    /// a notice to what it kills; from the band of a dispatch that is not open to that one.
    pub(super) fn band_target(&self) -> Option<EntryId> {
        let key = self.visible_bands().first()?.key;
        let index = &self.session.index;
        match self.shown_document().filter(|document| document.id == key.id) {
            None => Some(key.id),
            Some(document) if is_matched_notice(document, key) => {
                let is_killed = |id: &EntryId| index.story_status(*id).killed_by == Some(key.id);
                index.order().iter().copied().find(is_killed)
            }
            Some(_) => key.cause,
        }
    }
}

/// True for the band of a kill notice that kills something in the index.
fn is_matched_notice(document: &Document, key: BandKey) -> bool {
    let is_notice = document.dispatch.role == Role::Kill && key.kind == BandKind::Kill;
    is_notice && key.cause.is_none() && !document.status.story_status.is_unmatched_kill
}

// Marks of the open dispatch: read, its note, how far it has been read.

/// `312 marked read`, or for a single dispatch `marked read: HEADLINE`.
pub(super) fn describe_marked(state: &State, count: usize, what: &str) -> String {
    if count == 1 {
        let headline = state.selected_entry().map_or("", EntryRef::headline);
        let headline = crate::text::sanitize_line(headline);
        return format!("{what}: {}", crate::text::truncate_to_width(&headline, 72));
    }
    format!("{count} {what}")
}

/// Marks the selected dispatch read, since it has been opened.
pub(super) fn mark_selected_read(state: &mut State) {
    let Some(item) = state.selected_entry().map(EntryRef::item_key) else {
        return;
    };
    if !state.session.marks.will_be_read(item) {
        let said = describe_marked(state, 1, "marked read");
        state.session.marks.queue_undoable(vec![MarkChange::Read(item, true)], said);
    }
}

impl State {
    /// Makes the open document anew, for another zone or look. It stays where it is.
    pub(super) fn redo_document(&mut self) {
        self.ui.reader.requested = None;
    }

    /// Sets the note that is shown above the text of the open document.
    pub(super) fn show_note(&mut self) {
        let Some(document) = &mut self.ui.reader.document else {
            return;
        };
        let entry = self.session.index.entry(document.id);
        let note = entry.and_then(|entry| self.session.marks.note(entry.story_or_item_key()));
        let note = note.unwrap_or("");
        if document.reader_note != note {
            note.clone_into(&mut document.reader_note);
            document.page.columns = 0;
        }
    }

    /// When a dispatch is first opened, scrolls to where it was left last time, unless there is a better target.
    pub(super) fn restore_position(&mut self) {
        if self.document().is_none() || std::mem::replace(&mut self.ui.reader.was_opened, true) {
            return;
        }
        let place = self.selected_entry().map(crate::index::EntryRef::item_key);
        let place = place.and_then(|item| self.session.marks.position(item));
        let landing = self.ui.reader.scroll_target.map(|(_, landing)| landing);
        // A hit or quote that was asked for has precedence, and so has any scrolling.
        let free = matches!(landing, None | Some(ScrollTarget::FirstMatch))
            && self.ui.reader.quote_walk.fitting.is_empty()
            && !self.is_text_row(self.ui.list.row);
        if let Some(place) = place.filter(|_| free && self.ui.reader.scroll == 0) {
            self.set_scroll_target(ScrollTarget::Position(place));
        }
    }

    /// Saves the reading position when a dispatch is left, if it had been opened.
    pub(super) fn save_position(&mut self) {
        let reader = &self.ui.reader;
        let Some(document) = reader.document.as_ref().filter(|_| reader.was_opened) else {
            return;
        };
        let Some(entry) = self.session.index.entry(document.id) else {
            return;
        };
        let item = entry.item_key();
        let place = u32::try_from(self.ui.reader.top_position()).unwrap_or(0);
        if self.session.marks.position(item).unwrap_or(0) != place as usize {
            self.save(MarkChange::Position(item, place));
        }
    }
}
