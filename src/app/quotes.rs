//! The quotes pane and the current quote: its citation, the walk through the quotes of a speaker or of a filter, and the
//! jobs that count the speakers of the list. Knows nothing of how quotes are found in a text.

use crate::action::{Action, Code, Key, KeyMatch, Pane};
use crate::app::document::QuotePaneRow;
use crate::app::overlay::{OverlayKind, QuoteSearch};
use crate::app::reader::ScrollTarget;
use crate::app::state::{Effect, State};
use crate::app::{document, views};
use crate::dispatch::{Role, Status, TimeSource};
use crate::filter::{QuoteTerms, quote_value};
use crate::index::{EntryId, EntryRef};
use crate::jobs::{Job, WantedQuotes};
use crate::quotes::{self, Certainty};
use crate::speakers::{SpeakerSummary, is_same_speaker};

impl State {
    /// Makes a quote the current one and scrolls to it.
    pub(super) fn go_to_quote(&mut self, quote: usize) {
        let Some(document) = self.document() else {
            return;
        };
        let lines = document.quote_lines(quote);
        self.ui.reader.current_quote = Some(quote);
        self.scroll_into_view(lines);
    }

    /// Moves to the next or previous quote in the text.
    pub(super) fn next_quote(&mut self, forward: bool) {
        let Some(document) = self.document() else {
            return;
        };
        if document.quotes.is_empty() {
            return self.say("no quotes in this dispatch");
        }
        let count = document.quotes.len();
        let next = match (self.ui.reader.current_quote, forward) {
            (Some(now), true) => Some(now + 1).filter(|&next| next < count),
            (Some(now), false) => now.checked_sub(1),
            (None, true) => Some(0),
            (None, false) => count.checked_sub(1),
        };
        if let Some(quote) = next {
            self.go_to_quote(quote);
        } else {
            let which = if forward { "last" } else { "first" };
            self.say(format!("this is the {which} quote"));
            if let Some(quote) = self.ui.reader.current_quote {
                self.go_to_quote(quote);
            }
        }
    }

    /// Moves within the quotes pane, in the order of its rows.
    pub(super) fn step_quote(&mut self, by: isize) {
        let Some(document) = self.document() else {
            return;
        };
        let order: Vec<usize> = document::group_quotes(document, self.ui.quotes.in_text_order)
            .into_iter()
            .flat_map(|(_, quotes)| quotes)
            .collect();
        if order.is_empty() {
            return;
        }
        let position = self
            .ui
            .reader
            .current_quote
            .and_then(|q| order.iter().position(|&o| o == q))
            .unwrap_or(0);
        let next = order[position.saturating_add_signed(by).min(order.len() - 1)];
        self.go_to_quote(next);
    }

    /// Moves to a quote by its position in the pane.
    pub(super) fn go_to_quote_row(&mut self, position: usize) {
        let position = isize::try_from(position).unwrap_or(isize::MAX / 2);
        // To the first one, then down by the position.
        self.step_quote(isize::MIN / 2);
        self.step_quote(position.min(isize::MAX / 2));
    }

    /// After the text has been scrolled, makes a visible quote the current one, or the last one above the visible text.
    /// A current quote that is still visible stays.
    pub(super) fn select_visible_quote(&mut self) {
        let Some(document) = self.document() else {
            return;
        };
        let view = self.ui.reader.scroll..self.ui.reader.scroll + self.pane_height(Pane::Reader);
        let visible = |q: usize| {
            let lines = document.quote_lines(q);
            lines.start < view.end && lines.end > view.start
        };
        if self.ui.reader.current_quote.is_some_and(visible) {
            return;
        }
        let count = document.quotes.len();
        // One that fits the filter comes first.
        let mut fitting = self.ui.reader.quote_walk.fitting.iter().copied();
        let shown = fitting.find(|&q| visible(q)).or_else(|| (0..count).find(|&q| visible(q)));
        self.ui.reader.current_quote = shown
            .or_else(|| (0..count).rev().find(|&q| document.quote_lines(q).start < view.start))
            .or(self.ui.reader.current_quote);
    }

    /// Lays the quotes pane out and scrolls it to the current quote.
    pub(super) fn scroll_quotes_pane(&mut self) {
        let Some(area) = self.layout().quotes else {
            return;
        };
        if self.ui.reader.current_quote.is_none()
            && self.document().is_some_and(|d| !d.quotes.is_empty())
        {
            self.select_visible_quote();
        }
        let Some(document) = self.ui.reader.document.as_mut() else {
            return;
        };
        document.lay_out_quotes(usize::from(area.width), self.ui.quotes.in_text_order);
        let rows = &document.quote_rows;
        // Two lines of the pane are its heading.
        let height = usize::from(area.height).saturating_sub(2).max(1);
        let of_current = |row: &QuotePaneRow| matches!(row, QuotePaneRow::Quote { quote, .. } if Some(*quote) == self.ui.reader.current_quote);
        let top = match (rows.iter().position(of_current), rows.iter().rposition(of_current)) {
            (Some(first), Some(last)) => {
                // Show the heading of the speaker too, if it is right above.
                let first = if first > 0 && matches!(rows[first - 1], QuotePaneRow::Speaker(_)) {
                    first - 1
                } else {
                    first
                };
                self.ui.quotes.top.clamp((last + 1).saturating_sub(height).min(first), first)
            }
            _ => self.ui.quotes.top,
        };
        self.ui.quotes.top = top.min(rows.len().saturating_sub(height));
    }
}

// The current quote: why it has this speaker, and its citation.

impl State {
    /// Shows who said the current quote and why that is assumed, and highlights the evidence in the text; or hides
    /// both.
    pub(super) fn toggle_explanation(&mut self) {
        let Some((document, number)) = self.document().zip(self.ui.reader.current_quote) else {
            return;
        };
        let Some(quote) = document.quotes.get(number) else {
            return;
        };
        let text = match (&quote.speaker, quote.certainty) {
            (Some(name), Certainty::Sure) => format!("{name}: {}", quote.why),
            (Some(name), _) => format!("{name} (not certain): {}", quote.why),
            (None, _) => format!("no speaker: {}", quote.why),
        };
        let shown = self.ui.reader.explained_quote == Some(number);
        self.ui.reader.explained_quote = (!shown).then_some(number);
        self.ui.notice = (!shown).then_some(text);
    }

    /// Hides the words that are highlighted for the current quote. False if none are to be seen.
    pub(super) fn close_explanation(&mut self) -> bool {
        let reader = &self.ui.reader;
        let is_explained =
            reader.explained_quote.is_some() && reader.explained_quote == reader.current_quote;
        let layout = self.layout();
        let is_seen = self.ui.overlay().is_none()
            && self.shown_document().is_some()
            && (layout.reader.is_some() || layout.quotes.is_some());
        if is_explained && is_seen {
            self.ui.reader.explained_quote = None;
        }
        is_explained && is_seen
    }

    /// The current quote with its source, for the clipboard: speaker, title, agency, place, time, headline. A warning
    /// about a kill or an embargo comes first.
    pub(super) fn citation(&self) -> Option<String> {
        let document = self.document()?;
        let quote = document.quotes.get(self.ui.reader.current_quote?)?;
        let dispatch = &document.dispatch;
        let words = quotes::quote_text(quote, document.part_text(quote.part));
        let mut from = Vec::new();
        match (&quote.speaker, &quote.title) {
            (Some(name), Some(title)) => from.push(format!("{name}, {title}")),
            (Some(name), None) => from.push(name.clone()),
            (None, _) => from.push("unattributed".to_owned()),
        }
        // Whoever pastes the quote must know that the attribution is not certain.
        if quote.speaker.is_some() && quote.certainty != Certainty::Sure {
            from.push("attribution inferred".to_owned());
        }
        let time = dispatch.time.map(|time| {
            // Likewise that the wire gave no time.
            let of_file = dispatch.time_source == TimeSource::File;
            let zone = time.in_zone(&self.settings.zone).strftime("%Z").to_string();
            let file = if of_file { "file dated " } else { "" };
            format!("{file}{} {zone}", time.display_in(&self.settings.zone))
        });
        let place = dispatch.place().map(document::title_case);
        let facts: Vec<String> =
            [dispatch.agency.clone(), place, time].into_iter().flatten().collect();
        if !facts.is_empty() {
            from.push(facts.join(", "));
        }
        if !dispatch.headline.is_empty() {
            from.push(dispatch.headline.clone());
        }
        let warning = document.warning();
        Some(format!("{warning}“{words}”\n— {}\n", from.join("; ")))
    }
}

// Walking through quotes: those that fit the filter, or those of one speaker. First in the open text, then, by a job, in
// the other dispatches of the list.

impl State {
    /// The terms of the filter for quotes; `None` if it has none.
    fn quote_terms(&mut self) -> Option<QuoteTerms> {
        let marks = self.session.marks.for_filter(true);
        let clock = self.session.now.map(|now| now.seconds);
        QuoteTerms::new(&self.session.filter.query, marks, views::newest_seconds(self), clock)
    }

    /// Finds the quotes of the open document that fit the filter.
    pub(super) fn find_fitting_quotes(&mut self) {
        let terms = self.quote_terms();
        let document = self.shown_document();
        let entry = document.and_then(|document| self.session.index.entry(document.id));
        let fitting = terms.as_ref().zip(document).zip(entry).map(|((terms, document), entry)| {
            terms.fitting(entry, &document.dispatch, &document.quotes)
        });
        let walk = &mut self.ui.reader.quote_walk;
        walk.fitting = fitting.unwrap_or_default();
        walk.is_filtered = terms.is_some();
        walk.has_words = terms.is_some_and(|terms| terms.has_words());
    }

    /// True if the current quote fits the filter.
    pub(super) fn is_on_fitting_quote(&self) -> bool {
        let fitting = &self.ui.reader.quote_walk.fitting;
        self.ui.reader.current_quote.is_some_and(|quote| fitting.contains(&quote))
    }

    /// Moves to the next or previous quote that fits the filter, past the end of the text into other dispatches of the
    /// list.
    pub(super) fn go_to_fitting_quote(&mut self, forward: bool, effects: &mut Vec<Effect>) {
        let fitting = &self.ui.reader.quote_walk.fitting;
        let now = self.ui.reader.current_quote;
        let next = if forward {
            fitting.iter().position(|&quote| now.is_none_or(|now| quote > now))
        } else {
            fitting.iter().rposition(|&quote| now.is_none_or(|now| quote < now))
        };
        match next {
            Some(next) => {
                let (quote, count) = (fitting[next], fitting.len());
                self.go_to_quote(quote);
                self.say(match count {
                    1 => "the only quote here that fits the filter".to_owned(),
                    _ => format!("quote {} of {count} that fit the filter", next + 1),
                });
            }
            None => {
                if let Some(terms) = self.quote_terms() {
                    self.search_list(WantedQuotes::Fitting(terms), forward, effects);
                }
            }
        }
    }

    /// Moves to the same speaker's next or previous quote, past the end of the text into other dispatches of the list.
    /// From a quote that fits a filter for quotes, moves to the next one that fits instead.
    pub(super) fn go_to_same_speaker(&mut self, forward: bool, effects: &mut Vec<Effect>) {
        let Some(document) = self.document() else {
            return;
        };
        let current = self.ui.reader.current_quote;
        if self.ui.reader.quote_walk.is_filtered
            && (current.is_none() || self.is_on_fitting_quote())
        {
            return self.go_to_fitting_quote(forward, effects);
        }
        let speaker = current
            .and_then(|quote| Some((quote, &document.speakers[document.speaker_of(quote)?])));
        // Without a current quote, any quote will do.
        let Some((quote, speaker)) = speaker else {
            return self.next_quote(forward);
        };
        let further = |&&other: &&usize| {
            if forward { other > quote } else { other < quote }
        };
        let quotes = &speaker.quotes;
        let next = if forward {
            quotes.iter().find(further).copied()
        } else {
            quotes.iter().rev().find(further).copied()
        };
        match (next, speaker.name.clone()) {
            (Some(next), _) => self.go_to_quote(next),
            (None, Some(name)) => self.search_list(WantedQuotes::Speaker(name), forward, effects),
            (None, None) => {
                let which = if forward { "last" } else { "first" };
                self.say(format!("this is the {which} unattributed quote"));
            }
        }
    }

    /// Starts the search for the next dispatch of the list with a quote.
    fn search_list(&mut self, wanted: WantedQuotes, forward: bool, effects: &mut Vec<Effect>) {
        let rows = self.ui.list.rows(&self.session.index);
        let row = self.ui.list.row.min(rows.len());
        let ids: Vec<EntryId> = if forward {
            rows.iter().skip(row + 1).copied().collect()
        } else {
            rows[..row].iter().rev().copied().collect()
        };
        let search = QuoteSearch { wanted: wanted.clone(), forward };
        if ids.is_empty() {
            return self.say(not_found_notice(&search));
        }
        self.say(searching_notice(&search));
        self.session.speakers.generation += 1;
        effects.push(Effect::Spawn(Job::Speakers {
            generation: self.session.speakers.generation,
            wanted: Some(wanted),
            ids,
            snapshot: self.session.index.snapshot(),
        }));
        self.session.speakers.search = Some(search);
    }

    /// Takes in the result of the search, unless another has been started since: selects the dispatch found.
    pub(super) fn receive_found_quote(&mut self, generation: u64, id: Option<EntryId>) {
        if generation != self.session.speakers.generation {
            return;
        }
        let Some(search) = self.session.speakers.search.take() else {
            return;
        };
        let row = id.and_then(|id| self.ui.list.row_of(&self.session.index, id));
        self.ui.notice = None;
        let Some(row) = row else {
            return self.say(not_found_notice(&search));
        };
        self.ui.list.go_to(row, &self.session.index);
        let target = match search.wanted {
            WantedQuotes::Fitting(_) => ScrollTarget::FittingQuote(search.forward),
            WantedQuotes::Speaker(name) => {
                self.ui.reader.quote_walk.sought_speaker = name;
                ScrollTarget::SpeakerQuote(search.forward)
            }
        };
        self.set_scroll_target(target);
    }

    /// Handles a key while the search is running: another step is deferred until the answer, any other key cancels the
    /// search. True if the key has been used up.
    pub(super) fn handle_key_in_search(&mut self, key: Key, effects: &mut Vec<Effect>) -> bool {
        let Some(search) = &self.session.speakers.search else {
            return false;
        };
        if self.is_step_key(key) {
            self.say(searching_notice(search));
            self.ui.typed.deferred.push(key);
            return true;
        }
        self.session.speakers.search = None;
        // The first half of a sequence may have been deferred as a step (`]` of `]s`). This key then completes it: the
        // `q` of `]q` must not act on its own.
        let prefix = self.ui.typed.deferred.drain(..).next_back().filter(|&prefix| {
            let meaning = self.settings.keys.lookup(self.ui.focus, &[prefix]);
            matches!(meaning, KeyMatch::Prefix(_)) && key.code != Code::Esc
        });
        self.ui.typed.keys.extend(prefix);
        self.session.speakers.generation += 1;
        effects.push(Effect::Spawn(Job::Speakers {
            generation: self.session.speakers.generation,
            wanted: None,
            ids: Vec::new(),
            snapshot: self.session.index.snapshot(),
        }));
        key.code == Code::Esc
    }

    /// True for a key that moves to a hit or to a quote of the same speaker, or is part of such a sequence.
    fn is_step_key(&self, key: Key) -> bool {
        let steps = [Action::NextSame, Action::PreviousSame, Action::NextHit, Action::PreviousHit];
        steps.iter().any(|&step| self.settings.keys.uses_key(self.ui.focus, step, key))
    }

    /// Defers steps, and what is typed after them, while the selected dispatch is being read: they start from where it
    /// opens. True if the key has been used up.
    pub(super) fn defer_until_read(&mut self, key: Key) -> bool {
        let is_free = self.ui.prompt.is_none()
            && self.ui.overlays.is_empty()
            && self.session.bookmarks.awaiting_letter.is_none();
        if !is_free || !self.is_being_read() || key == Key::ctrl('c') {
            return false;
        }
        let deferred = &mut self.ui.typed.deferred;
        if key.code == Code::Esc {
            deferred.clear();
            return false;
        }
        if deferred.is_empty() && !self.is_step_key(key) {
            return false;
        }
        self.ui.typed.deferred.push(key);
        true
    }

    /// True while the selected dispatch is being read.
    pub(super) fn is_being_read(&self) -> bool {
        self.ui.list.selected.is_some()
            && self.document().is_none()
            && self.ui.reader.failure.is_none()
    }

    /// The first quote of the sought speaker in the open dispatch, or (`false`) the last one.
    pub(super) fn sought_speaker_quote(&self, forward: bool) -> Option<usize> {
        let document = self.document()?;
        let is_sought = |&quote: &usize| {
            let speaker = document.quotes[quote].speaker.as_deref();
            let sought = &self.ui.reader.quote_walk.sought_speaker;
            speaker.is_some_and(|name| is_same_speaker(name, sought))
        };
        let mut quotes = 0..document.quotes.len();
        if forward { quotes.find(is_sought) } else { quotes.rfind(is_sought) }
    }
}

/// The notice while the search is running.
fn searching_notice(search: &QuoteSearch) -> String {
    match &search.wanted {
        WantedQuotes::Speaker(name) => format!("looking for {name} … Esc stops"),
        WantedQuotes::Fitting(_) => "looking for the next quote … Esc stops".to_owned(),
    }
}

/// The notice if the search found nothing.
fn not_found_notice(search: &QuoteSearch) -> String {
    let where_to = if search.forward { "below" } else { "above" };
    match &search.wanted {
        WantedQuotes::Speaker(name) => format!("no more by {name} {where_to} in this list"),
        WantedQuotes::Fitting(_) => {
            format!("no more quotes that fit the filter {where_to} in this list")
        }
    }
}

// The speakers of the list.

/// Dispatches whose speakers are offered as completions: enough for the usual names, few enough to be read in a moment.
const NAME_DISPATCHES: usize = 5_000;

/// The name of the selected speaker, if the view is open.
pub(super) fn selected_name(state: &mut State) -> Option<String> {
    let row = state.ui.overlay_of(Pane::Speakers)?.row;
    let speakers = &state.session.speakers;
    let number = *speakers.shown_rows.get(row)?;
    Some(speakers.rows[number].name.clone())
}

/// Recomputes the rows of the view. The speaker called `name` stays selected if the user has selected a row.
pub(super) fn refilter(state: &mut State, name: Option<String>) {
    let Some(view) = state.ui.overlay_of(Pane::Speakers) else {
        return;
    };
    let speakers = &mut state.session.speakers;
    speakers.show(&view.words);
    let kept = name.filter(|_| view.user_selected).and_then(|name| {
        let is_it = |&number: &usize| speakers.rows[number].name == name;
        speakers.shown_rows.iter().position(is_it)
    });
    view.row = kept.unwrap_or(0);
}

/// Shows all speakers again; the selected one stays selected.
pub(super) fn end_narrowing(state: &mut State) {
    let name = selected_name(state);
    if let Some(view) = state.ui.overlay_of(Pane::Speakers) {
        view.words.clear();
        refilter(state, name);
    }
}

/// True if the view is open.
fn is_open(state: &State) -> bool {
    let mut overlays = state.ui.overlays.iter();
    overlays.any(|overlay| overlay.is(&OverlayKind::Speakers))
}

/// Cancels the running job.
pub(super) fn stop_counting(state: &mut State, effects: &mut Vec<Effect>) {
    let speakers = &mut state.session.speakers;
    if speakers.progress.take().is_some() {
        speakers.counted_list = None;
        speakers.generation += 1;
        // A job without entries only cancels the running one.
        effects.push(Effect::Spawn(Job::Speakers {
            generation: speakers.generation,
            wanted: None,
            ids: Vec::new(),
            snapshot: state.session.index.snapshot(),
        }));
    }
}

/// The query for the quotes of a speaker.
pub(super) fn said_query(name: &str) -> String {
    // The article is no part of the name.
    let name = name.strip_prefix("the ").unwrap_or(name);
    if name.contains(['"', '\\']) {
        return format!("said:{}", quote_value(name));
    }
    format!("said:\"{name}\"")
}

/// Counts the speakers of the first rows, to complete `said:` at the prompt.
pub(super) fn request_names(state: &mut State, effects: &mut Vec<Effect>) {
    if is_open(state) || state.session.speakers.names_requested {
        return;
    }
    let speakers = &mut state.session.speakers;
    (speakers.names_requested, speakers.counted_list) = (true, None);
    speakers.rows.clear();
    speakers.shown_rows.clear();
    request_speakers(state, NAME_DISPATCHES, effects);
}

/// Starts a job to count the speakers of at most this many dispatches of the list, folded ones included and killed ones
/// left out.
fn request_speakers(state: &mut State, most: usize, effects: &mut Vec<Effect>) {
    let listed = state.listed_dispatches();
    let entry = |id: EntryId| state.session.index.entry(id);
    let is_killed =
        |id: &EntryId| entry(*id).map(EntryRef::current_status) == Some(Status::Canceled);
    let (killed, ids): (Vec<EntryId>, Vec<EntryId>) =
        listed.into_iter().take(most).partition(is_killed);
    // The notices that kill them are left out too, but are not counted as killed.
    let is_notice = |id: EntryId| entry(id).is_some_and(|entry| entry.role() == Role::Kill);
    let killed = killed.into_iter().filter(|&id| !is_notice(id)).count();
    let speakers = &mut state.session.speakers;
    speakers.killed_left_out = killed;
    speakers.generation += 1;
    speakers.progress = Some((0, ids.len()));
    effects.push(Effect::Spawn(Job::Speakers {
        generation: speakers.generation,
        wanted: None,
        ids,
        snapshot: state.session.index.snapshot(),
    }));
}

/// Cancels the job for completions, since the prompt has been closed.
pub(super) fn stop_names(state: &mut State, effects: &mut Vec<Effect>) {
    if std::mem::take(&mut state.session.speakers.names_requested) && !is_open(state) {
        stop_counting(state, effects);
    }
}

/// Takes in counted speakers.
pub(super) fn receive_speakers(
    state: &mut State,
    generation: u64,
    rows: Option<Vec<SpeakerSummary>>,
    progress: Option<(usize, usize)>,
) {
    let open = is_open(state);
    let name = selected_name(state);
    let speakers = &mut state.session.speakers;
    if generation != speakers.generation || !open && !speakers.names_requested {
        return;
    }
    speakers.progress = progress;
    if let Some(rows) = rows {
        speakers.rows = rows;
        refilter(state, name);
    }
}

/// If the view is open: counts the speakers again if the list has changed.
pub(super) fn update_speakers(state: &mut State, effects: &mut Vec<Effect>) {
    if !is_open(state) {
        return;
    }
    let now = (
        state.session.filter.run.generation,
        state.session.filter.query.is_empty(),
        state.ui.list.represented_dispatches(&state.session.index),
    );
    let speakers = &mut state.session.speakers;
    // While the filter is running, the rows are not final: wait for it.
    let filter = &state.session.filter;
    let is_filtered = !filter.is_running() && !filter.texts.phase.is_pending();
    let idle = speakers.progress.is_none() && is_filtered;
    if !idle || speakers.counted_list == Some(now) {
        return;
    }
    let before = speakers.counted_list.replace(now);
    // Another filter: drop the old rows. The same filter with more entries keeps them until the new ones are there.
    if before.is_none_or(|of| (of.0, of.1) != (now.0, now.1)) {
        speakers.rows.clear();
        if let Some(view) = state.ui.overlay_of(Pane::Speakers) {
            view.user_selected = false;
        }
        refilter(state, None);
    }
    request_speakers(state, usize::MAX, effects);
}
