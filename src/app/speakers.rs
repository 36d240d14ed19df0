//! The speakers of the filtered list: rows that a job fills, narrowed by typing, and the filter that Enter makes of one.

use crate::action::{Key, Pane};
use crate::app::filter;
use crate::app::prompt::{Prompt, PromptEvent, PromptKind};
use crate::app::state::State;
use crate::app::update::Effect;
use crate::filter::quote_value;
use crate::speakers::SpeakerSummary;
use crate::text::fold;

/// Rows whose speakers are offered at the prompt: enough to know who speaks, and read in a moment.
const NAME_ROWS: usize = 5_000;

/// Which list it was that the speakers are counted of: the filter's job, whether there is a filter, and how many
/// rows there are.
type CountedList = (u64, bool, usize);

/// The view of the speakers. Open, it stands over the panes.
#[derive(Debug, Default)]
pub struct SpeakersView {
    pub open: bool,
    /// All speakers, those with the most quotes first.
    pub rows: Vec<SpeakerSummary>,
    /// Those that pass the narrowing, as numbers into `rows`.
    pub shown_rows: Vec<usize>,
    /// What names and titles must hold.
    pub filter_text: String,
    /// The selected row, a number into `shown_rows`.
    pub row: usize,
    /// First row on the screen.
    pub top: usize,
    /// How many dispatches have been read, and of how many, while the job is at work.
    pub progress: Option<(usize, usize)>,
    /// Number of the last job that was asked for, here or by `]s`.
    pub(super) generation: u64,
    /// The list that `rows` are, or will be, of.
    counted_list: Option<CountedList>,
    /// True while names are asked for at the prompt of the filter.
    names_requested: bool,
    /// True where the reader has chosen a row: then it is the speaker who stays selected.
    user_selected: bool,
}

impl SpeakersView {
    /// The selected speaker.
    #[must_use]
    pub fn selected(&self) -> Option<&SpeakerSummary> {
        self.rows.get(*self.shown_rows.get(self.row)?)
    }

    /// Finds out again which rows are shown; the selected speaker stays selected, if chosen and still there.
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

    fn selected_name(&self) -> Option<String> {
        self.selected().map(|row| row.name.clone())
    }

    fn select(&mut self, row: usize) {
        self.user_selected = true;
        self.row = row.min(self.shown_rows.len().saturating_sub(1));
    }
}

/// Opens the view, or closes it.
pub(super) fn toggle_speakers(state: &mut State, effects: &mut Vec<Effect>) {
    if state.speakers.open {
        close(state, effects);
    } else {
        state.speakers.open = true;
    }
}

/// Back to the panes, which are as they were. A job that has not ended is dropped.
pub(super) fn close(state: &mut State, effects: &mut Vec<Effect>) {
    state.speakers.open = false;
    if state.speakers.progress.take().is_some() {
        state.speakers.counted_list = None;
        state.speakers.generation += 1;
        effects.push(Effect::CountSpeakers {
            generation: state.speakers.generation,
            ids: Vec::new(),
            snapshot: state.index.snapshot(),
        });
    }
}

/// Moves by so many rows.
pub(super) fn step(state: &mut State, by: isize) {
    let row = state.speakers.row.saturating_add_signed(by);
    state.speakers.select(row);
}

/// Goes to a row.
pub(super) fn go_to(state: &mut State, row: usize) {
    state.speakers.select(row);
}

/// Filters the list on the selected speaker, within the filter that is on.
pub(super) fn filter_by_speaker(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(row) = state.speakers.selected() else {
        return;
    };
    let said = said_query(&row.name);
    let before = state.filter.text.trim();
    let text = if before.split_whitespace().any(|part| part == said) || before.ends_with(&said) {
        before.to_owned()
    } else if before.contains('|') {
        format!("({before}) {said}")
    } else {
        format!("{before} {said}").trim_start().to_owned()
    };
    close(state, effects);
    state.focus = Pane::List;
    filter::set_filter(state, &text, effects);
}

/// The query for what somebody has said.
fn said_query(name: &str) -> String {
    let name = name.strip_prefix("the ").unwrap_or(name);
    if name.contains(['"', '\\']) {
        return format!("said:{}", quote_value(name));
    }
    format!("said:\"{name}\"")
}

/// Asks for the speakers of the newest rows, so that `said:`, which is being typed, can be completed.
pub(super) fn request_names(state: &mut State, effects: &mut Vec<Effect>) {
    if state.speakers.open || state.speakers.names_requested {
        return;
    }
    let speakers = &mut state.speakers;
    (speakers.names_requested, speakers.counted_list) = (true, None);
    speakers.rows.clear();
    speakers.refilter_rows(None);
    request_speakers(state, NAME_ROWS, effects);
}

/// Asks for the speakers of so many rows.
fn request_speakers(state: &mut State, most: usize, effects: &mut Vec<Effect>) {
    let rows = state.list.rows(&state.index);
    let ids = rows[..rows.len().min(most)].to_vec();
    let speakers = &mut state.speakers;
    speakers.generation += 1;
    speakers.progress = Some((0, ids.len()));
    effects.push(Effect::CountSpeakers {
        generation: speakers.generation,
        ids,
        snapshot: state.index.snapshot(),
    });
}

/// No name is typed any more.
pub(super) fn stop_names(state: &mut State, effects: &mut Vec<Effect>) {
    if std::mem::take(&mut state.speakers.names_requested) && !state.speakers.open {
        close(state, effects);
    }
}

/// Opens the prompt that narrows the rows.
pub(super) fn open_prompt(state: &mut State) {
    state.prompt = Some(Prompt::new(
        PromptKind::Speakers,
        &state.speakers.filter_text,
    ));
}

/// A key at that prompt.
pub(super) fn handle_speakers_filter_key(state: &mut State, key: Key) {
    let Some(prompt) = state.prompt.as_mut() else {
        return;
    };
    let outcome = prompt.handle_key(key);
    let text = prompt.text().to_owned();
    match outcome {
        PromptEvent::Changed => set_speakers_filter(state, &text),
        PromptEvent::Accepted => state.prompt = None,
        PromptEvent::Cancelled => {
            let before = state.prompt.take().map(|prompt| prompt.before);
            set_speakers_filter(state, &before.unwrap_or_default());
        }
        PromptEvent::Move(by) => step(state, by),
        PromptEvent::Recall(_) | PromptEvent::Complete(_) | PromptEvent::Nothing => {}
    }
}

/// Shows the rows that hold a text.
pub(super) fn set_speakers_filter(state: &mut State, text: &str) {
    let name = state.speakers.selected_name();
    text.clone_into(&mut state.speakers.filter_text);
    state.speakers.refilter_rows(name);
}

/// Rows have come in.
pub(super) fn receive_speakers(
    state: &mut State,
    generation: u64,
    rows: Option<Vec<SpeakerSummary>>,
    progress: Option<(usize, usize)>,
) {
    let speakers = &mut state.speakers;
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

/// Asks for the speakers where the view is open and the list is another than the one they were counted of, and keeps
/// the selected row in sight.
pub(super) fn update_speakers(state: &mut State, effects: &mut Vec<Effect>) {
    if !state.speakers.open {
        return;
    }
    let now = (
        state.filter.generation,
        state.filter.query.is_empty(),
        state.list.rows(&state.index).len(),
    );
    let idle = state.speakers.progress.is_none() && !state.filter.is_running();
    if idle && state.speakers.counted_list != Some(now) {
        let speakers = &mut state.speakers;
        // The same filter with more entries: the rows stand until the new ones are there.
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
    let speakers = &mut state.speakers;
    let last = speakers.shown_rows.len().saturating_sub(height);
    let lowest = speakers.row;
    let highest = (speakers.row + 1).saturating_sub(height);
    speakers.top = speakers.top.clamp(highest, lowest).min(last);
}
