//! The view of the speakers in the filtered list: rows filled by a job, their filter, and turning one into a filter of
//! the list. Knows nothing of how speakers are found.

use crate::action::{Key, Pane};
use crate::app::filter;
use crate::app::messages::Effect;
use crate::app::prompt::{Prompt, PromptEvent, PromptKind};
use crate::app::quotes::SpeakerSearch;
use crate::app::state::State;
use crate::filter::quote_value;
use crate::speakers::SpeakerSummary;
use crate::text::fold;

/// Rows whose speakers are offered as completions: enough for the usual names, few enough to be read in a moment.
const NAME_ROWS: usize = 5_000;

/// Identifies the list that speakers were counted in: generation of the filter, whether the filter is empty, number of
/// rows.
type CountedList = (u64, bool, usize);

/// The view of the speakers.
#[derive(Debug, Default)]
pub struct SpeakersView {
    /// The view covers the panes.
    pub open: bool,
    /// All speakers, those with the most quotes first.
    pub rows: Vec<SpeakerSummary>,
    /// The speakers that match `filter_text`, as indices into `rows`.
    pub shown_rows: Vec<usize>,
    /// A text that name or title must contain.
    pub filter_text: String,
    /// The selected row, an index into `shown_rows`.
    pub row: usize,
    /// First visible row.
    pub top: usize,
    /// While the job is running: dispatches read, dispatches in all.
    pub progress: Option<(usize, usize)>,
    /// Generation of the last job, for this view or for the search of [`State::go_to_same_speaker`].
    pub(super) generation: u64,
    /// The running search for a speaker's next quote in the list.
    pub search: Option<SpeakerSearch>,
    /// The list that `rows` were, or are being, counted in.
    counted_list: Option<CountedList>,
    /// True while names are needed for completion at the filter prompt.
    names_requested: bool,
    /// Set once the user has moved to a row: from then on the selection stays on its speaker when rows change.
    user_selected: bool,
}

impl SpeakersView {
    /// The selected speaker.
    #[must_use]
    pub fn selected(&self) -> Option<&SpeakerSummary> {
        self.rows.get(*self.shown_rows.get(self.row)?)
    }

    /// Recomputes the shown rows. `name` stays selected if the user has selected it and it is still shown.
    fn refilter_rows(&mut self, name: Option<String>) {
        let word = fold(self.filter_text.trim());
        let holds = |text: &str| fold(text).contains(&word);
        let passes = |row: &SpeakerSummary| {
            word.is_empty() || holds(&row.name) || row.title.as_deref().is_some_and(holds)
        };
        self.shown_rows = (0..self.rows.len())
            .filter(|&number| passes(&self.rows[number]))
            .collect();
        let kept = name.filter(|_| self.user_selected).and_then(|name| {
            let is_it = |&number: &usize| self.rows[number].name == name;
            self.shown_rows.iter().position(is_it)
        });
        self.row = kept.unwrap_or(0);
    }

    /// The name of the selected speaker.
    fn selected_name(&self) -> Option<String> {
        self.selected().map(|row| row.name.clone())
    }

    /// Selects a row, clamped to the last one.
    fn select(&mut self, row: usize) {
        self.user_selected = true;
        self.row = row.min(self.shown_rows.len().saturating_sub(1));
    }
}

/// Opens the view, or closes it.
pub(super) fn toggle_speakers(state: &mut State, effects: &mut Vec<Effect>) {
    if state.session.speakers.open {
        close(state, effects);
    } else {
        state.session.speakers.open = true;
    }
}

/// Closes the view and cancels a running job.
pub(super) fn close(state: &mut State, effects: &mut Vec<Effect>) {
    state.session.speakers.open = false;
    if state.session.speakers.progress.take().is_some() {
        state.session.speakers.counted_list = None;
        state.session.speakers.generation += 1;
        // A job without entries only cancels the running one.
        effects.push(Effect::CountSpeakers {
            generation: state.session.speakers.generation,
            ids: Vec::new(),
            snapshot: state.session.index.snapshot(),
        });
    }
}

/// Moves the selection by a number of rows.
pub(super) fn step(state: &mut State, by: isize) {
    let row = state.session.speakers.row.saturating_add_signed(by);
    state.session.speakers.select(row);
}

/// Selects a row.
pub(super) fn go_to(state: &mut State, row: usize) {
    state.session.speakers.select(row);
}

/// Adds the selected speaker to the filter of the list.
pub(super) fn filter_by_speaker(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(row) = state.session.speakers.selected() else {
        return;
    };
    let query = said_query(&row.name);
    let filter = state.session.filter.text.trim();
    let text = if filter.split_whitespace().any(|part| part == query) || filter.ends_with(&query) {
        filter.to_owned()
    // An `or` binds weaker than the space: put it in brackets.
    } else if filter.contains('|') {
        format!("({filter}) {query}")
    } else {
        format!("{filter} {query}").trim_start().to_owned()
    };
    close(state, effects);
    state.ui.focus = Pane::List;
    filter::set_filter(state, &text, effects);
}

/// The query for the quotes of a speaker.
fn said_query(name: &str) -> String {
    // The article is no part of the name.
    let name = name.strip_prefix("the ").unwrap_or(name);
    if name.contains(['"', '\\']) {
        return format!("said:{}", quote_value(name));
    }
    format!("said:\"{name}\"")
}

/// Counts the speakers of the first rows, to complete `said:` at the prompt.
pub(super) fn request_names(state: &mut State, effects: &mut Vec<Effect>) {
    if state.session.speakers.open || state.session.speakers.names_requested {
        return;
    }
    let speakers = &mut state.session.speakers;
    (speakers.names_requested, speakers.counted_list) = (true, None);
    speakers.rows.clear();
    speakers.refilter_rows(None);
    request_speakers(state, NAME_ROWS, effects);
}

/// Starts a job to count the speakers of at most this many rows.
fn request_speakers(state: &mut State, most: usize, effects: &mut Vec<Effect>) {
    let rows = state.ui.list.rows(&state.session.index);
    let ids = rows[..rows.len().min(most)].to_vec();
    let speakers = &mut state.session.speakers;
    speakers.generation += 1;
    speakers.progress = Some((0, ids.len()));
    effects.push(Effect::CountSpeakers {
        generation: speakers.generation,
        ids,
        snapshot: state.session.index.snapshot(),
    });
}

/// Cancels the job for completions, since the prompt has been closed.
pub(super) fn stop_names(state: &mut State, effects: &mut Vec<Effect>) {
    if std::mem::take(&mut state.session.speakers.names_requested) && !state.session.speakers.open {
        close(state, effects);
    }
}

/// Opens the prompt for the filter of the view.
pub(super) fn open_prompt(state: &mut State) {
    state.ui.prompt = Some(Prompt::new(
        PromptKind::Speakers,
        &state.session.speakers.filter_text,
    ));
}

/// Handles a key at that prompt.
pub(super) fn handle_speakers_filter_key(state: &mut State, key: Key) {
    let Some(prompt) = state.ui.prompt.as_mut() else {
        return;
    };
    let outcome = prompt.handle_key(key);
    let text = prompt.text().to_owned();
    match outcome {
        PromptEvent::Changed => set_speakers_filter(state, &text),
        PromptEvent::Accepted => state.ui.prompt = None,
        PromptEvent::Cancelled => {
            let before = state.ui.prompt.take().map(|prompt| prompt.before);
            set_speakers_filter(state, &before.unwrap_or_default());
        }
        PromptEvent::Move(by) => step(state, by),
        PromptEvent::Recall(_) | PromptEvent::Complete(_) | PromptEvent::Nothing => {}
    }
}

/// Shows the speakers whose name or title contains a text.
pub(super) fn set_speakers_filter(state: &mut State, text: &str) {
    let name = state.session.speakers.selected_name();
    text.clone_into(&mut state.session.speakers.filter_text);
    state.session.speakers.refilter_rows(name);
}

/// Takes in counted speakers.
pub(super) fn receive_speakers(
    state: &mut State,
    generation: u64,
    rows: Option<Vec<SpeakerSummary>>,
    progress: Option<(usize, usize)>,
) {
    let speakers = &mut state.session.speakers;
    if generation != speakers.generation || !speakers.open && !speakers.names_requested {
        return;
    }
    speakers.progress = progress;
    if let Some(rows) = rows {
        let name = speakers.selected_name();
        speakers.rows = rows;
        speakers.refilter_rows(name);
    }
}

/// If the view is open: counts the speakers again if the list has changed, and scrolls to the selected row.
pub(super) fn update_speakers(state: &mut State, effects: &mut Vec<Effect>) {
    if !state.session.speakers.open {
        return;
    }
    let now = (
        state.session.filter.generation,
        state.session.filter.query.is_empty(),
        state.ui.list.rows(&state.session.index).len(),
    );
    // While the filter is running, the rows are not final: wait for it.
    let idle = state.session.speakers.progress.is_none() && !state.session.filter.is_running();
    if idle && state.session.speakers.counted_list != Some(now) {
        let speakers = &mut state.session.speakers;
        // Another filter: drop the old rows. The same filter with more entries keeps them until the new ones are there.
        if speakers
            .counted_list
            .is_none_or(|of| (of.0, of.1) != (now.0, now.1))
        {
            speakers.rows.clear();
            speakers.user_selected = false;
            speakers.refilter_rows(None);
        }
        speakers.counted_list = Some(now);
        request_speakers(state, usize::MAX, effects);
    }
    let height = state.pane_height(Pane::Speakers);
    let speakers = &mut state.session.speakers;
    let last = speakers.shown_rows.len().saturating_sub(height);
    let lowest = speakers.row;
    let highest = (speakers.row + 1).saturating_sub(height);
    speakers.top = speakers.top.clamp(highest, lowest).min(last);
}
